// SPDX-License-Identifier: BSL-1.0
#pragma once

// Functions of packets: those of libmvec, the vector library of glibc, and lane by lane those that
// it does not have. They are called, not inlined: nothing of them is compiled.
//
// Accuracy: 4 units in the last place. Source: the GNU C Library, sysdeps/x86_64/fpu/ and
// https://sourceware.org/glibc/wiki/libmvec; names by the x86-64 vector function ABI.

#if defined(TAPELESS_PACKETS) && !defined(TAPELESS_PACKETS_BY_LIBMVEC)
#define TAPELESS_PACKETS_CLASH
#endif
#define TAPELESS_PACKETS_BY_LIBMVEC

#include <tapeless/interop/packet_lane_functions.hpp>

#if !defined(__x86_64__) || !defined(__GLIBC__)
#define TAPELESS_HAS_LIBMVEC 0
#else
#define TAPELESS_HAS_LIBMVEC __GLIBC_PREREQ(2, 35)
#endif
#if !TAPELESS_HAS_LIBMVEC
#error \
    "tapeless: simd_libmvec.hpp needs glibc 2.35 or later on x86-64; simd.hpp needs xsimd instead"
#endif

namespace tapeless {
inline namespace TAPELESS_ABI {

#if defined(__AVX512F__)
#define TAPELESS_LIBMVEC_OF(f, v, double_or_float) "_ZGVe" double_or_float(8, 16) #v "_" #f
#elif defined(__AVX2__)
#define TAPELESS_LIBMVEC_OF(f, v, double_or_float) "_ZGVd" double_or_float(4, 8) #v "_" #f
#elif defined(__AVX__)
#define TAPELESS_LIBMVEC_OF(f, v, double_or_float) "_ZGVc" double_or_float(4, 8) #v "_" #f
#else
#define TAPELESS_LIBMVEC_OF(f, v, double_or_float) "_ZGVb" double_or_float(2, 4) #v "_" #f
#endif
#define TAPELESS_OF_DOUBLE(lanes_of_double, lanes_of_float) "N" #lanes_of_double
#define TAPELESS_OF_FLOAT(lanes_of_double, lanes_of_float) "N" #lanes_of_float

/// By their names in the library, so that no declaration of the user's can differ.
template <class T>
struct libmvec;
template <>
struct libmvec<double> {
  using lanes = packet<double>::lanes;
#define TAPELESS_PACKET_FUNCTION(f) \
  static lanes f(lanes) noexcept __asm__(TAPELESS_LIBMVEC_OF(f, v, TAPELESS_OF_DOUBLE));
  TAPELESS_ELEMENTARY_FUNCTIONS(TAPELESS_PACKET_FUNCTION)
#undef TAPELESS_PACKET_FUNCTION
#define TAPELESS_PACKET_FUNCTION(f) \
  static lanes f(lanes, lanes) noexcept __asm__(TAPELESS_LIBMVEC_OF(f, vv, TAPELESS_OF_DOUBLE));
  TAPELESS_POWERS_AND_ANGLES(TAPELESS_PACKET_FUNCTION)
#undef TAPELESS_PACKET_FUNCTION
};
template <>
struct libmvec<float> {
  using lanes = packet<float>::lanes;
#define TAPELESS_PACKET_FUNCTION(f) \
  static lanes f(lanes) noexcept __asm__(TAPELESS_LIBMVEC_OF(f, v, TAPELESS_OF_FLOAT) "f");
  TAPELESS_ELEMENTARY_FUNCTIONS(TAPELESS_PACKET_FUNCTION)
#undef TAPELESS_PACKET_FUNCTION
#define TAPELESS_PACKET_FUNCTION(f) \
  static lanes f(lanes, lanes) noexcept __asm__(TAPELESS_LIBMVEC_OF(f, vv, TAPELESS_OF_FLOAT) "f");
  TAPELESS_POWERS_AND_ANGLES(TAPELESS_PACKET_FUNCTION)
#undef TAPELESS_PACKET_FUNCTION
};
#undef TAPELESS_OF_FLOAT
#undef TAPELESS_OF_DOUBLE
#undef TAPELESS_LIBMVEC_OF
#undef TAPELESS_HAS_LIBMVEC

template <class T>
struct libmvec_functions : lane_functions<T> {
  using P = packet<T>;
  static constexpr int library = 2;
#define TAPELESS_PACKET_FUNCTION(f) \
  TAPELESS_KERNEL static P f(const P& x) { return {libmvec<T>::f(x.v), 0}; }
  TAPELESS_ELEMENTARY_FUNCTIONS(TAPELESS_PACKET_FUNCTION)
#undef TAPELESS_PACKET_FUNCTION
#define TAPELESS_PACKET_FUNCTION(f) \
  TAPELESS_KERNEL static P f(const P& x, const P& y) { return {libmvec<T>::f(x.v, y.v), 0}; }
  TAPELESS_POWERS_AND_ANGLES(TAPELESS_PACKET_FUNCTION)
#undef TAPELESS_PACKET_FUNCTION
  TAPELESS_KERNEL static void sincos(const P& x, P& sine, P& cosine) {
    sine = sin(x), cosine = cos(x);
  }
};

#if defined(TAPELESS_PACKETS_CLASH)
#error "tapeless: simd_libmvec.hpp comes before other headers for packets, or instead of them"
#endif
#if !defined(TAPELESS_PACKETS_BY_XSIMD)
template <>
struct packet_functions<double> : libmvec_functions<double> {};
template <>
struct packet_functions<float> : libmvec_functions<float> {};
#endif

}  // namespace TAPELESS_ABI
}  // namespace tapeless
