// SPDX-License-Identifier: BSL-1.0
#pragma once

// Registers of the machine: their size, and the instructions that compilers do not make of
// operators.

#include <tapeless/config.hpp>

// These compilers take the undefined operands in their own AVX-512 headers for mistakes (gcc bug
// 105593), wherever they are inlined.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include <cstddef>

namespace tapeless {
inline namespace TAPELESS_ABI {

#if defined(__AVX512F__)
inline constexpr std::size_t register_bytes = 64;
#elif defined(__AVX__)
inline constexpr std::size_t register_bytes = 32;
#else
inline constexpr std::size_t register_bytes = 16;
#endif

/// Registers that are kept in memory, around calls for example, lie on their own alignment. clang
/// aligns a function's stack only for what it knows of before it chooses registers; otherwise half
/// of them or all would cross lines of the cache.
TAPELESS_KERNEL void align_stack() {
#if defined(__clang__)
  alignas(register_bytes) unsigned char aligned;
  asm volatile("" : "=m"(aligned));
#endif
}

// The larger or the smaller of x and y, and y where one of them is NaN or both are zero.
#if defined(__SSE2__)
#define TAPELESS_INSTRUCTIONS(prefix, doubles, floats)                              \
  TAPELESS_KERNEL doubles larger_of(const doubles& x, const doubles& y) {           \
    return prefix##_max_pd(x, y);                                                   \
  }                                                                                 \
  TAPELESS_KERNEL floats larger_of(const floats& x, const floats& y) {              \
    return prefix##_max_ps(x, y);                                                   \
  }                                                                                 \
  TAPELESS_KERNEL doubles smaller_of(const doubles& x, const doubles& y) {          \
    return prefix##_min_pd(x, y);                                                   \
  }                                                                                 \
  TAPELESS_KERNEL floats smaller_of(const floats& x, const floats& y) {             \
    return prefix##_min_ps(x, y);                                                   \
  }                                                                                 \
  TAPELESS_KERNEL doubles root_of(const doubles& x) { return prefix##_sqrt_pd(x); } \
  TAPELESS_KERNEL floats root_of(const floats& x) { return prefix##_sqrt_ps(x); }
#if defined(__AVX512F__)
TAPELESS_INSTRUCTIONS(_mm512, __m512d, __m512)
#elif defined(__AVX__)
TAPELESS_INSTRUCTIONS(_mm256, __m256d, __m256)
#else
TAPELESS_INSTRUCTIONS(_mm, __m128d, __m128)
#endif
#undef TAPELESS_INSTRUCTIONS
#else
template <class Register>
TAPELESS_KERNEL Register larger_of(const Register& x, const Register& y) {
  return x > y ? x : y;
}
template <class Register>
TAPELESS_KERNEL Register smaller_of(const Register& x, const Register& y) {
  return x < y ? x : y;
}
template <class Register>
TAPELESS_KERNEL Register root_of(const Register& x) {
  Register r;
  for (std::size_t i = 0; i < sizeof(r) / sizeof(r[0]); ++i) r[i] = __builtin_sqrt(x[i]);
  return r;
}
#endif

}  // namespace TAPELESS_ABI
}  // namespace tapeless

#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#pragma GCC diagnostic pop
#endif
