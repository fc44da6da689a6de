// SPDX-License-Identifier: BSL-1.0
#pragma once

// The first lanes of a register, to and from memory: at least one of them. No memory is touched for
// the others, which are zero.

#include <tapeless/interop/packet_registers.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

#if defined(__AVX512F__)
TAPELESS_KERNEL void load_first(__m512d& to, const double* from, int count) {
  to = _mm512_maskz_loadu_pd(static_cast<__mmask8>((1u << count) - 1), from);
}
TAPELESS_KERNEL void load_first(__m512& to, const float* from, int count) {
  to = _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1), from);
}
TAPELESS_KERNEL void store_first(double* to, const __m512d& x, int count) {
  _mm512_mask_storeu_pd(to, static_cast<__mmask8>((1u << count) - 1), x);
}
TAPELESS_KERNEL void store_first(float* to, const __m512& x, int count) {
  _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1u << count) - 1), x);
}
#elif defined(__AVX__)
// Not AVX's masked moves: AMD's first Zen takes as long for one as for a whole row of a small
// matrix, and what has been stored through a mask, or by less than what is loaded, has to reach the
// cache before it can be loaded.
TAPELESS_KERNEL void load_few(__m128d& to, const double* from, int count) {
  to = count == 1 ? _mm_load_sd(from) : _mm_loadu_pd(from);
}
TAPELESS_KERNEL void store_few(double* to, const __m128d& x, int count) {
  if (count == 1) {
    _mm_store_sd(to, x);
  } else {
    _mm_storeu_pd(to, x);
  }
}
TAPELESS_KERNEL void load_few(__m128& to, const float* from, int count) {
  if (count == 4) {
    to = _mm_loadu_ps(from);
  } else if (count == 1) {
    to = _mm_load_ss(from);
  } else {
    to = _mm_castsi128_ps(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)));
    if (count == 3) to = _mm_movelh_ps(to, _mm_load_ss(from + 2));
  }
}
TAPELESS_KERNEL void store_few(float* to, const __m128& x, int count) {
  if (count == 4) {
    _mm_storeu_ps(to, x);
  } else if (count == 1) {
    _mm_store_ss(to, x);
  } else {
    _mm_storel_epi64(reinterpret_cast<__m128i*>(to), _mm_castps_si128(x));
    if (count == 3) _mm_store_ss(to + 2, _mm_movehl_ps(x, x));
  }
}
TAPELESS_KERNEL void load_first(__m256d& to, const double* from, int count) {
  __m128d some;
  if (count > 2) {
    load_few(some, from + 2, count - 2);
    to = _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_loadu_pd(from)), some, 1);
  } else {
    load_few(some, from, count);
    to = _mm256_zextpd128_pd256(some);
  }
}
TAPELESS_KERNEL void load_first(__m256& to, const float* from, int count) {
  __m128 some;
  if (count > 4) {
    load_few(some, from + 4, count - 4);
    to = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(from)), some, 1);
  } else {
    load_few(some, from, count);
    to = _mm256_zextps128_ps256(some);
  }
}
TAPELESS_KERNEL void store_first(double* to, const __m256d& x, int count) {
  const __m128d low = _mm256_castpd256_pd128(x);
  if (count > 2) {
    _mm_storeu_pd(to, low);
    store_few(to + 2, _mm256_extractf128_pd(x, 1), count - 2);
  } else {
    store_few(to, low, count);
  }
}
TAPELESS_KERNEL void store_first(float* to, const __m256& x, int count) {
  const __m128 low = _mm256_castps256_ps128(x);
  if (count > 4) {
    _mm_storeu_ps(to, low);
    store_few(to + 4, _mm256_extractf128_ps(x, 1), count - 4);
  } else {
    store_few(to, low, count);
  }
}
#else
template <class Register, class T>
TAPELESS_KERNEL void load_first(Register& to, const T* from, int count) {
  to = Register{};
  for (int l = 0; l < count; ++l) to[l] = from[l];
}
template <class Register, class T>
TAPELESS_KERNEL void store_first(T* to, const Register& x, int count) {
  for (int l = 0; l < count; ++l) to[l] = x[l];
}
#endif

}  // namespace TAPELESS_ABI
}  // namespace tapeless
