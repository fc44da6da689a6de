// SPDX-License-Identifier: BSL-1.0
#pragma once

// Functions of packets that are computed lane by lane.

#include <tapeless/interop/packet_calls.hpp>

#include <cmath>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class T>
struct lane_functions {
  static constexpr bool missing = false;
  using P = packet<T>;

  template <class F, class... X>
  TAPELESS_KERNEL static P lane_by_lane(const F& f, const P& first, const X&... x) {
    P r;
    for (int i = 0; i < P::width; ++i) r.v[i] = f(first.v[i], x.v[i]...);
    return r;
  }
#define TAPELESS_PACKET_FUNCTION(f)                                        \
  TAPELESS_KERNEL static P f(const P& x) {                                 \
    return lane_by_lane([](T a) TAPELESS_LAMBDA { return std::f(a); }, x); \
  }
  TAPELESS_ROUNDING_FUNCTIONS(TAPELESS_PACKET_FUNCTION)
  TAPELESS_LANE_FUNCTIONS(TAPELESS_PACKET_FUNCTION)
#undef TAPELESS_PACKET_FUNCTION
#define TAPELESS_PACKET_FUNCTION(f)                                                   \
  TAPELESS_KERNEL static P f(const P& x, const P& y) {                                \
    return lane_by_lane([](T a, T b) TAPELESS_LAMBDA { return std::f(a, b); }, x, y); \
  }
  TAPELESS_POWERS_AND_ANGLES(TAPELESS_PACKET_FUNCTION)
  TAPELESS_LANE_FUNCTIONS_OF_TWO(TAPELESS_PACKET_FUNCTION)
#undef TAPELESS_PACKET_FUNCTION
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
