// SPDX-License-Identifier: BSL-1.0
#pragma once

// The machine that xsimd compiles its functions for.

#include <tapeless/config.hpp>

// These compilers take the undefined operands in their own AVX-512 headers for mistakes (gcc bug
// 105593), wherever they are inlined.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <xsimd/xsimd.hpp>

#include <cstdint>

namespace tapeless {
inline namespace TAPELESS_ABI {

#if defined(__AVX512DQ__)
/// xsimd's own, but for the conversions between numbers and integers that its functions make:
/// xsimd 8.1 does not find its own instructions for them, and converts by way of memory in halves,
/// on which the load of the whole has to wait (exp and log take twice as long).
struct packet_machine : xsimd::default_arch {};
#else
using packet_machine = xsimd::default_arch;
#endif

}  // namespace TAPELESS_ABI
}  // namespace tapeless

#if defined(__AVX512DQ__)
namespace xsimd::types {
template <class T>
struct get_bool_simd_register<T, tapeless::packet_machine>
    : get_bool_simd_register<T, default_arch> {};
template <class T>
struct simd_register<T, tapeless::packet_machine> : simd_register<T, default_arch> {
  using register_type = typename simd_register<T, default_arch>::register_type;
  simd_register() = default;
  simd_register(register_type all) noexcept : simd_register<T, default_arch>{all} {}
};
template <class T>
struct has_simd_register<T, tapeless::packet_machine> : has_simd_register<T, default_arch> {};
}  // namespace xsimd::types

namespace tapeless {
inline namespace TAPELESS_ABI {

// Found by argument-dependent lookup, before xsimd's templates.
template <class T>
using machine_batch = xsimd::batch<T, packet_machine>;

TAPELESS_KERNEL machine_batch<std::int64_t> to_int(const machine_batch<double>& x) {
  return _mm512_cvttpd_epi64(x);
}
TAPELESS_KERNEL machine_batch<double> to_float(const machine_batch<std::int64_t>& x) {
  return _mm512_cvtepi64_pd(x);
}
TAPELESS_KERNEL machine_batch<std::int32_t> to_int(const machine_batch<float>& x) {
  return _mm512_cvttps_epi32(x);
}
TAPELESS_KERNEL machine_batch<float> to_float(const machine_batch<std::int32_t>& x) {
  return _mm512_cvtepi32_ps(x);
}
#if defined(__clang__) && !defined(TAPELESS_NO_CONTRACTION)
// xsimd 8.1 multiplies and adds, which g++ fuses by itself.
#define TAPELESS_FUSED(f, suffix, T)                                                       \
  TAPELESS_KERNEL machine_batch<T> f(const machine_batch<T>& x, const machine_batch<T>& y, \
                                     const machine_batch<T>& z) {                          \
    return _mm512_##suffix(x, y, z);                                                       \
  }
TAPELESS_FUSED(fma, fmadd_pd, double)
TAPELESS_FUSED(fma, fmadd_ps, float)
TAPELESS_FUSED(fms, fmsub_pd, double)
TAPELESS_FUSED(fms, fmsub_ps, float)
TAPELESS_FUSED(fnma, fnmadd_pd, double)
TAPELESS_FUSED(fnma, fnmadd_ps, float)
#undef TAPELESS_FUSED
#endif

}  // namespace TAPELESS_ABI
}  // namespace tapeless
#endif

#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#pragma GCC diagnostic pop
#endif
