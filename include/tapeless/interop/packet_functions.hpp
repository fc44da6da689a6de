// SPDX-License-Identifier: BSL-1.0
#pragma once

// Functions of packets: xsimd's, and lane by lane those that it does not have, or not of the
// meaning wanted here.

#include <tapeless/interop/packet_lane_functions.hpp>
#include <tapeless/interop/packet_machine.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class T>
struct xsimd_functions : lane_functions<T> {
  using P = packet<T>;
  static constexpr int library = 1;
  using batch = xsimd::batch<T, packet_machine>;
  static_assert(batch::size == P::width);

  TAPELESS_KERNEL static batch of(const P& x) { return batch((typename batch::register_type)x.v); }
  TAPELESS_KERNEL static P of(const batch& x) {
    return {(typename P::lanes) static_cast<typename batch::register_type>(x), 0};
  }

#define TAPELESS_PACKET_FUNCTION(f) \
  TAPELESS_KERNEL static P f(const P& x) { return of(xsimd::f(of(x))); }
  TAPELESS_ROUNDING_FUNCTIONS(TAPELESS_PACKET_FUNCTION)
  TAPELESS_ELEMENTARY_FUNCTIONS(TAPELESS_PACKET_FUNCTION)
#undef TAPELESS_PACKET_FUNCTION
  TAPELESS_KERNEL static void sincos(const P& x, P& sine, P& cosine) {
    const auto both = xsimd::sincos(of(x));
    sine = of(both.first), cosine = of(both.second);
  }
};

#if defined(TAPELESS_PACKETS_BY_LIBMVEC)
#error "tapeless: simd.hpp and simd_libmvec.hpp are both included: a file has the one or the other"
#else
#define TAPELESS_PACKETS_BY_XSIMD
template <>
struct packet_functions<double> : xsimd_functions<double> {};
template <>
struct packet_functions<float> : xsimd_functions<float> {};
#endif

}  // namespace TAPELESS_ABI
}  // namespace tapeless
