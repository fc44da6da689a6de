// SPDX-License-Identifier: BSL-1.0
#pragma once

// sin, cos, tan and their inverses. Angles are in radians.

#include <tapeless/primitive/power.hpp>
#include <tapeless/primitive/standard_functions.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

// The rules of sin and cos refer to each other.
struct cosine;
template <operand A>
TAPELESS_INLINE constexpr lifted<cosine, A> cos(A x);

struct sine : primitive<1> {
  static constexpr text_view name = "sin";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::sin;
    return sin(x);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return derivatives{cos(x)};
  }
};

/// sin(x): sine.
/// Units:    x in radians
/// Partial:  cos(x)
/// Domain:   all finite x; inf or NaN -> NaN
/// Source:   NIST DLMF 4.20.1
template <operand A>
TAPELESS_INLINE constexpr lifted<sine, A> sin(A x) {
  return lift<sine>(x);
}

struct cosine : primitive<1> {
  static constexpr text_view name = "cos";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::cos;
    return cos(x);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return derivatives{-sin(x)};
  }
};

/// cos(x): cosine.
/// Units:    x in radians
/// Partial:  -sin(x)
/// Domain:   all finite x; inf or NaN -> NaN
/// Source:   NIST DLMF 4.20.2
template <operand A>
TAPELESS_INLINE constexpr lifted<cosine, A> cos(A x) {
  return lift<cosine>(x);
}

struct tangent : primitive<1> {
  static constexpr text_view name = "tan";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::tan;
    return tan(x);
  }
  template <class V>
  static constexpr auto partials(const V&, const V& y) {
    return derivatives{1 + y * y};
  }
};

/// tan(x): tangent.
/// Units:    x in radians
/// Partial:  1 + tan(x)^2
/// Domain:   all finite x; inf or NaN -> NaN
/// Source:   NIST DLMF 4.20.3
template <operand A>
TAPELESS_INLINE constexpr lifted<tangent, A> tan(A x) {
  return lift<tangent>(x);
}

struct arc_sine : primitive<1> {
  static constexpr text_view name = "asin";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::asin;
    return asin(x);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return derivatives{over(1, sqrt(1 - x * x))};
  }
};

/// asin(x): the angle in [-pi/2, pi/2] whose sine is x.
/// Units:    result in radians
/// Partial:  1 / sqrt(1 - x^2)
/// Domain:   |x| <= 1; partial inf at both ends; |x| > 1 or NaN -> NaN
/// Source:   NIST DLMF 4.24.7
template <operand A>
TAPELESS_INLINE constexpr lifted<arc_sine, A> asin(A x) {
  return lift<arc_sine>(x);
}

struct arc_cosine : primitive<1> {
  static constexpr text_view name = "acos";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::acos;
    return acos(x);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return derivatives{over(-1, sqrt(1 - x * x))};
  }
};

/// acos(x): the angle in [0, pi] whose cosine is x.
/// Units:    result in radians
/// Partial:  -1 / sqrt(1 - x^2)
/// Domain:   |x| <= 1; partial -inf at both ends; |x| > 1 or NaN -> NaN
/// Source:   NIST DLMF 4.24.8
template <operand A>
TAPELESS_INLINE constexpr lifted<arc_cosine, A> acos(A x) {
  return lift<arc_cosine>(x);
}

struct arc_tangent : primitive<1> {
  static constexpr text_view name = "atan";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::atan;
    return atan(x);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return derivatives{over(1, 1 + x * x)};
  }
};

/// atan(x): the angle in [-pi/2, pi/2] whose tangent is x.
/// Units:    result in radians
/// Partial:  1 / (1 + x^2)
/// Domain:   all x; inf -> pi/2 with partial 0, NaN -> NaN
/// Source:   NIST DLMF 4.24.9
template <operand A>
TAPELESS_INLINE constexpr lifted<arc_tangent, A> atan(A x) {
  return lift<arc_tangent>(x);
}

struct arc_tangent_of_point : primitive<2> {
  static constexpr text_view name = "atan2";
  template <class T>
  static constexpr T primal(const T& y, const T& x) {
    using detail::standard::atan2;
    return atan2(y, x);
  }
  template <class V>
  static constexpr auto partials(const V& y, const V& x, const V&) {
    const V d = x * x + y * y;
    return derivatives{over(x, d), over(-y, d)};
  }
};

/// atan2(y, x): the angle in [-pi, pi] of the point (x, y).
/// Units:    result in radians
/// Partial:  x / (x^2 + y^2), -y / (x^2 + y^2)
/// Domain:   all (y, x); partials NaN at (0, 0), 0 there under tapeless::safe; NaN -> NaN
/// Source:   ISO C17 7.12.4.4
template <operand Y, operand X>
TAPELESS_INLINE constexpr lifted<arc_tangent_of_point, Y, X> atan2(Y y, X x) {
  return lift<arc_tangent_of_point>(y, x);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
