// SPDX-License-Identifier: BSL-1.0
#pragma once

// Functions of packets: xsimd's, and lane by lane those that it does not have, or not of the
// meaning wanted here.

#include <tapeless/interop/packet_calls.hpp>
#include <tapeless/interop/packet_machine.hpp>

#include <cmath>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class T>
struct xsimd_functions {
  static constexpr bool missing = false;
  using P = packet<T>;
  using batch = xsimd::batch<T, packet_machine>;
  static_assert(batch::size == P::width);

  TAPELESS_KERNEL static batch of(const P& x) { return batch((typename batch::register_type)x.v); }
  TAPELESS_KERNEL static P of(const batch& x) {
    return {(typename P::lanes) static_cast<typename batch::register_type>(x), 0};
  }

#define TAPELESS_PACKET_FUNCTION(f) \
  TAPELESS_KERNEL static P f(const P& x) { return of(xsimd::f(of(x))); }
  TAPELESS_XSIMD_FUNCTIONS(TAPELESS_PACKET_FUNCTION)
#undef TAPELESS_PACKET_FUNCTION
  TAPELESS_KERNEL static void sincos(const P& x, P& sine, P& cosine) {
    const auto both = xsimd::sincos(of(x));
    sine = of(both.first), cosine = of(both.second);
  }

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
  TAPELESS_LANE_FUNCTIONS(TAPELESS_PACKET_FUNCTION)
#undef TAPELESS_PACKET_FUNCTION
#define TAPELESS_PACKET_FUNCTION(f)                                                   \
  TAPELESS_KERNEL static P f(const P& x, const P& y) {                                \
    return lane_by_lane([](T a, T b) TAPELESS_LAMBDA { return std::f(a, b); }, x, y); \
  }
  TAPELESS_LANE_FUNCTIONS_OF_TWO(TAPELESS_PACKET_FUNCTION)
#undef TAPELESS_PACKET_FUNCTION
};

template <>
struct packet_functions<double> : xsimd_functions<double> {};
template <>
struct packet_functions<float> : xsimd_functions<float> {};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
