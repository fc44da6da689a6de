// SPDX-License-Identifier: BSL-1.0
// What the packet versions share: xsimd under short names, and the two things that it lacks.
#pragma once
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
// These compilers take the undefined operands in their own AVX-512 headers for mistakes (gcc bug
// 105593), wherever they are inlined.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <xsimd/xsimd.hpp>
#pragma GCC diagnostic pop
#else
#include <xsimd/xsimd.hpp>
#endif

#include <cmath>
#include <cstddef>
#include <utility>

namespace bench::loops {

using batch = xsimd::batch<double>;
inline constexpr std::size_t lanes = batch::size;

inline batch load(const double* from) { return batch::load_unaligned(from); }
inline void store(double* to, const batch& values) { values.store_unaligned(to); }
inline double total(const batch& values) { return xsimd::hadd(values); }

/// a * b + c. xsimd 8.1 has no AVX-512 kernel and multiplies, then adds; gcc contracts that to one
/// instruction and clang, which does not look across the two intrinsics, leaves two.
inline batch fma(const batch& a, const batch& b, const batch& c) {
#ifdef __AVX512F__
  return _mm512_fmadd_pd(a, b, c);
#else
  return xsimd::fma(a, b, c);
#endif
}
/// For bodies written once for numbers and packets. Both compilers contract this expression where
/// the machine can; std::fma would be a call where it cannot.
inline double fma(double a, double b, double c) { return a * b + c; }

inline void sine_cosine(double x, double& sine, double& cosine) {
  sine = std::sin(x);
  cosine = std::cos(x);
}
inline void sine_cosine(const batch& x, batch& sine, batch& cosine) {
  const auto both = xsimd::sincos(x);
  sine = both.first;
  cosine = both.second;
}

/// Calls f with the constants 0 ... N-1: indices that are constants keep an array of packets in
/// registers, which a loop does not promise.
template <std::size_t N, class F>
[[gnu::always_inline]] inline void unrolled(F f) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (f(std::integral_constant<std::size_t, I>{}), ...);
  }(std::make_index_sequence<N>{});
}

}  // namespace bench::loops
