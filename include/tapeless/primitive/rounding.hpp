// SPDX-License-Identifier: BSL-1.0
#pragma once

// floor, ceil, round, trunc: piecewise constant; fmod: the remainder.

#include <tapeless/primitive/arithmetic.hpp>
#include <tapeless/primitive/standard_functions.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

struct round_down : primitive<1> {
  static constexpr text_view name = "floor";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::floor;
    return floor(x);
  }
  template <class V>
  static constexpr auto partials(const V&, const V&) {
    return derivatives{no_derivative{}};
  }
};

/// floor(x): the largest integer <= x.
/// Partial:  0, at the jumps too
/// Domain:   all x; inf -> inf, -inf -> -inf, NaN -> NaN
/// Source:   ISO C17 7.12.9.2
template <operand A>
TAPELESS_INLINE constexpr lifted<round_down, A> floor(A x) {
  return lift<round_down>(x);
}

struct round_up : primitive<1> {
  static constexpr text_view name = "ceil";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::ceil;
    return ceil(x);
  }
  template <class V>
  static constexpr auto partials(const V&, const V&) {
    return derivatives{no_derivative{}};
  }
};

/// ceil(x): the smallest integer >= x.
/// Partial:  0, at the jumps too
/// Domain:   all x; inf -> inf, -inf -> -inf, NaN -> NaN
/// Source:   ISO C17 7.12.9.1
template <operand A>
TAPELESS_INLINE constexpr lifted<round_up, A> ceil(A x) {
  return lift<round_up>(x);
}

struct round_nearest : primitive<1> {
  static constexpr text_view name = "round";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::round;
    return round(x);
  }
  template <class V>
  static constexpr auto partials(const V&, const V&) {
    return derivatives{no_derivative{}};
  }
};

/// round(x): the nearest integer, halfway cases away from 0.
/// Partial:  0, at the jumps too
/// Domain:   all x; inf -> inf, -inf -> -inf, NaN -> NaN
/// Source:   ISO C17 7.12.9.6
template <operand A>
TAPELESS_INLINE constexpr lifted<round_nearest, A> round(A x) {
  return lift<round_nearest>(x);
}

struct round_toward_zero : primitive<1> {
  static constexpr text_view name = "trunc";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::trunc;
    return trunc(x);
  }
  template <class V>
  static constexpr auto partials(const V&, const V&) {
    return derivatives{no_derivative{}};
  }
};

/// trunc(x): the integer part.
/// Partial:  0, at the jumps too
/// Domain:   all x; inf -> inf, -inf -> -inf, NaN -> NaN
/// Source:   ISO C17 7.12.9.8
template <operand A>
TAPELESS_INLINE constexpr lifted<round_toward_zero, A> trunc(A x) {
  return lift<round_toward_zero>(x);
}

struct floating_remainder : primitive<2> {
  static constexpr text_view name = "fmod";
  template <class T>
  static constexpr T primal(const T& x, const T& y) {
    using detail::standard::fmod;
    return fmod(x, y);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V& y, const V& r) {
    // trunc(x / y) without its errors: x / y may round up to the next integer, x - r is a multiple.
    return derivatives{V(1), round((r - x) / y)};
  }
};

/// fmod(x, y): the remainder x - n y with n = trunc(x / y); it has the sign of x.
/// Partial:  1, -trunc(x / y)
/// Domain:   finite x, y != 0; infinite x, y = 0 or NaN -> NaN
/// Source:   ISO C17 7.12.10.1
template <operand A, operand B>
TAPELESS_INLINE constexpr lifted<floating_remainder, A, B> fmod(A x, B y) {
  return lift<floating_remainder>(x, y);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
