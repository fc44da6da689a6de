// SPDX-License-Identifier: BSL-1.0
#pragma once

// sinh, cosh, tanh and their inverses.

#include <tapeless/primitive/power.hpp>
#include <tapeless/primitive/standard_functions.hpp>

#include <concepts>

namespace tapeless {
inline namespace TAPELESS_ABI {

// The rules of sinh and cosh refer to each other.
struct hyperbolic_cosine;
template <operand A>
TAPELESS_INLINE constexpr lifted<hyperbolic_cosine, A> cosh(A x);

struct hyperbolic_sine : primitive<1> {
  static constexpr text_view name = "sinh";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::sinh;
    return sinh(x);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return derivatives{cosh(x)};
  }
};

/// sinh(x): hyperbolic sine.
/// Partial:  cosh(x)
/// Domain:   all x; inf -> inf, -inf -> -inf, NaN -> NaN
/// Source:   NIST DLMF 4.34.1
template <operand A>
TAPELESS_INLINE constexpr lifted<hyperbolic_sine, A> sinh(A x) {
  return lift<hyperbolic_sine>(x);
}

struct hyperbolic_cosine : primitive<1> {
  static constexpr text_view name = "cosh";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::cosh;
    return cosh(x);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return derivatives{sinh(x)};
  }
};

/// cosh(x): hyperbolic cosine.
/// Partial:  sinh(x)
/// Domain:   all x; inf or -inf -> inf, NaN -> NaN
/// Source:   NIST DLMF 4.34.2
template <operand A>
TAPELESS_INLINE constexpr lifted<hyperbolic_cosine, A> cosh(A x) {
  return lift<hyperbolic_cosine>(x);
}

struct hyperbolic_tangent : primitive<1> {
  static constexpr text_view name = "tanh";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::tanh;
    return tanh(x);
  }
  /// The same from expm1 by the two formulas of C libraries, without a branch for the sign, which a
  /// processor foretells for one element in two: a quarter less time in a loop.
  template <std::same_as<double> T>
  static constexpr T in_loop(T x) {
    using detail::standard::copysign;
    using detail::standard::expm1;
    using detail::standard::fabs;
    T a = fabs(x);
    a = a > 22 ? T(22) : a;  // tanh(22) is 1; a NaN stays one
    if (a >= 1) return copysign(1 - 2 / (expm1(2 * a) + 2), x);
    const T t = expm1(-2 * a);
    return copysign(-t / (t + 2), x);
  }
  template <class V>
  static constexpr auto partials(const V&, const V& y) {
    return derivatives{1 - y * y};
  }
};

/// tanh(x): hyperbolic tangent.
/// Partial:  1 - tanh(x)^2
/// Domain:   all x; inf -> 1, -inf -> -1, NaN -> NaN
/// Source:   NIST DLMF 4.34.3
template <operand A>
TAPELESS_INLINE constexpr lifted<hyperbolic_tangent, A> tanh(A x) {
  return lift<hyperbolic_tangent>(x);
}

struct inverse_hyperbolic_sine : primitive<1> {
  static constexpr text_view name = "asinh";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::asinh;
    return asinh(x);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return derivatives{over(1, sqrt(1 + x * x))};
  }
};

/// asinh(x): the number whose hyperbolic sine is x.
/// Partial:  1 / sqrt(1 + x^2)
/// Domain:   all x; inf -> inf, -inf -> -inf, NaN -> NaN
/// Source:   NIST DLMF 4.38.9
template <operand A>
TAPELESS_INLINE constexpr lifted<inverse_hyperbolic_sine, A> asinh(A x) {
  return lift<inverse_hyperbolic_sine>(x);
}

struct inverse_hyperbolic_cosine : primitive<1> {
  static constexpr text_view name = "acosh";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::acosh;
    return acosh(x);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return derivatives{over(1, sqrt(x * x - 1))};
  }
};

/// acosh(x): the number >= 0 whose hyperbolic cosine is x.
/// Partial:  1 / sqrt(x^2 - 1)
/// Domain:   x >= 1; 1 -> 0 with partial inf, x < 1 or NaN -> NaN
/// Source:   NIST DLMF 4.38.10
template <operand A>
TAPELESS_INLINE constexpr lifted<inverse_hyperbolic_cosine, A> acosh(A x) {
  return lift<inverse_hyperbolic_cosine>(x);
}

struct inverse_hyperbolic_tangent : primitive<1> {
  static constexpr text_view name = "atanh";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::atanh;
    return atanh(x);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return derivatives{over(1, 1 - x * x)};
  }
};

/// atanh(x): the number whose hyperbolic tangent is x.
/// Partial:  1 / (1 - x^2)
/// Domain:   |x| <= 1; 1 -> inf, -1 -> -inf with partials inf; |x| > 1 or NaN -> NaN
/// Source:   NIST DLMF 4.38.11
template <operand A>
TAPELESS_INLINE constexpr lifted<inverse_hyperbolic_tangent, A> atanh(A x) {
  return lift<inverse_hyperbolic_tangent>(x);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
