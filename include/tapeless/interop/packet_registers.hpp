// SPDX-License-Identifier: BSL-1.0
#pragma once

// Registers of the machine: their size, and the instructions that compilers do not make of
// operators. By the compilers' own names for these: <immintrin.h>, which has them all, takes a
// fifth of the time that a small program takes to compile.

#include <tapeless/config.hpp>

#include <cstddef>

#if defined(__AVX512F__)
#if __has_builtin(__builtin_ia32_maxpd512_mask)
#define TAPELESS_MASKED_INSTRUCTIONS  // g++
#elif !__has_builtin(__builtin_ia32_maxpd512) || !__has_builtin(__builtin_ia32_sqrtpd512)
#define TAPELESS_INTRINSICS
#endif
#elif defined(__AVX__)
#if !__has_builtin(__builtin_ia32_maxpd256) || !__has_builtin(__builtin_ia32_sqrtpd256)
#define TAPELESS_INTRINSICS
#endif
#elif defined(__SSE2__)
#if !__has_builtin(__builtin_ia32_maxpd) || !__has_builtin(__builtin_ia32_sqrtpd)
#define TAPELESS_INTRINSICS
#endif
#endif
#if defined(TAPELESS_INTRINSICS)
#include <immintrin.h>
#endif

namespace tapeless {
inline namespace TAPELESS_ABI {

#if defined(__AVX512F__)
inline constexpr std::size_t register_bytes = 64;
#elif defined(__AVX__)
inline constexpr std::size_t register_bytes = 32;
#else
inline constexpr std::size_t register_bytes = 16;
#endif
typedef double register_of_doubles __attribute__((vector_size(register_bytes)));
typedef float register_of_floats __attribute__((vector_size(register_bytes)));

// Masks of all lanes, which g++ takes as signed.
#if defined(__clang__)
inline constexpr unsigned char all_doubles = 0xff;
inline constexpr unsigned short all_floats = 0xffff;
#else
inline constexpr int all_doubles = -1, all_floats = -1;
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
#if defined(TAPELESS_INTRINSICS)
#if defined(__AVX512F__)
#define TAPELESS_OF_TWO(f, kind, x, y) _mm512_##f##_##kind(x, y)
#define TAPELESS_OF_ONE(f, kind, x) _mm512_##f##_##kind(x)
#elif defined(__AVX__)
#define TAPELESS_OF_TWO(f, kind, x, y) _mm256_##f##_##kind(x, y)
#define TAPELESS_OF_ONE(f, kind, x) _mm256_##f##_##kind(x)
#else
#define TAPELESS_OF_TWO(f, kind, x, y) _mm_##f##_##kind(x, y)
#define TAPELESS_OF_ONE(f, kind, x) _mm_##f##_##kind(x)
#endif
#elif defined(TAPELESS_MASKED_INSTRUCTIONS)
// Of all lanes; 4: rounded as usual.
#define TAPELESS_OF_TWO(f, kind, x, y) __builtin_ia32_##f##kind##512_mask(x, y, x, -1, 4)
#define TAPELESS_OF_ONE(f, kind, x) __builtin_ia32_##f##kind##512_mask(x, x, -1, 4)
#elif defined(__AVX512F__)
#define TAPELESS_OF_TWO(f, kind, x, y) __builtin_ia32_##f##kind##512(x, y, 4)
#define TAPELESS_OF_ONE(f, kind, x) __builtin_ia32_##f##kind##512(x, 4)
#elif defined(__AVX__)
#define TAPELESS_OF_TWO(f, kind, x, y) __builtin_ia32_##f##kind##256(x, y)
#define TAPELESS_OF_ONE(f, kind, x) __builtin_ia32_##f##kind##256(x)
#else
#define TAPELESS_OF_TWO(f, kind, x, y) __builtin_ia32_##f##kind(x, y)
#define TAPELESS_OF_ONE(f, kind, x) __builtin_ia32_##f##kind(x)
#endif
#define TAPELESS_INSTRUCTIONS(kind, Register)                                 \
  TAPELESS_KERNEL Register larger_of(const Register& x, const Register& y) {  \
    return TAPELESS_OF_TWO(max, kind, x, y);                                  \
  }                                                                           \
  TAPELESS_KERNEL Register smaller_of(const Register& x, const Register& y) { \
    return TAPELESS_OF_TWO(min, kind, x, y);                                  \
  }                                                                           \
  TAPELESS_KERNEL Register root_of(const Register& x) { return TAPELESS_OF_ONE(sqrt, kind, x); }
TAPELESS_INSTRUCTIONS(pd, register_of_doubles)
TAPELESS_INSTRUCTIONS(ps, register_of_floats)
#undef TAPELESS_INSTRUCTIONS
#undef TAPELESS_OF_ONE
#undef TAPELESS_OF_TWO
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
#undef TAPELESS_INTRINSICS
#undef TAPELESS_MASKED_INSTRUCTIONS

}  // namespace TAPELESS_ABI
}  // namespace tapeless
