// SPDX-License-Identifier: BSL-1.0
#pragma once

// Sums, products and differences that stay finite on a logarithmic scale.

#include <tapeless/primitive/activation.hpp>
#include <tapeless/primitive/branch.hpp>
#include <tapeless/primitive/comparison.hpp>
#include <tapeless/primitive/exponential.hpp>
#include <tapeless/primitive/literal.hpp>
#include <tapeless/primitive/piecewise.hpp>
#include <tapeless/primitive/standard_functions.hpp>

#include <numbers>

namespace tapeless {
inline namespace TAPELESS_ABI {

struct logarithm_of_sum : primitive<2> {
  static constexpr text_view name = "logaddexp";
  template <class T>
  static constexpr T primal(const T& x, const T& y) {
    using detail::standard::exp, detail::standard::log1p;
    // Equal operands apart: the difference of two infinities is NaN.
    return detail::branch(
        x == y, [&] { return T(x + detail::literal<T>(std::numbers::ln2_v<long double>)); },
        [&] { return T(maximum::primal(x, y) + log1p(exp(-absolute_value::primal(T(x - y))))); });
  }
  template <class V>
  static constexpr auto partials(const V& x, const V& y, const V&) {
    return derivatives{logistic(x - y), logistic(y - x)};
  }
};

/// logaddexp(x, y): log(exp(x) + exp(y)) without overflow.
/// Partial:  logistic(x - y), logistic(y - x)
/// Domain:   all (x, y); (-inf, -inf) -> -inf with partials NaN, 0 under tapeless::safe; NaN -> NaN
/// Accuracy: relative error < 2 epsilon where the result is not near 0
template <operand A, operand B>
TAPELESS_INLINE constexpr lifted<logarithm_of_sum, A, B> logaddexp(A x, B y) {
  return lift<logarithm_of_sum>(x, y);
}

struct product_with_logarithm : primitive<2> {
  static constexpr text_view name = "xlogy";
  template <class T>
  static constexpr T primal(const T& x, const T& y) {
    using detail::standard::log;
    return detail::branch(
        x == T(0), [&] { return detail::pick(y == y, T(0), y); }, [&] { return T(x * log(y)); });
  }
  template <class V>
  static constexpr auto partials(const V& x, const V& y, const V&) {
    const auto at_origin = x == 0 && y == 0;
    const V zero{structural_zero{}};
    return derivatives{select(at_origin, zero, log(y)), over(select(at_origin, zero, x), y)};
  }
};

/// xlogy(x, y): x log(y), 0 where x is 0.
/// Partial:  log(y), x / y; (0, 0) at the origin
/// Domain:   y > 0, or x = 0; NaN -> NaN
template <operand A, operand B>
TAPELESS_INLINE constexpr lifted<product_with_logarithm, A, B> xlogy(A x, B y) {
  return lift<product_with_logarithm>(x, y);
}

struct reciprocal_of_exponential_minus_one : primitive<1> {
  static constexpr text_view name = "reciprocal_expm1";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::expm1;
    return T(1) / expm1(x);
  }
  template <class V>
  static constexpr auto partials(const V&, const V& y) {
    return derivatives{-(y * (1 + y))};
  }
};

/// reciprocal_expm1(x): 1 / (exp(x) - 1), whose derivatives stay finite where exp(x) overflows.
/// Partial:  -y (1 + y) with y = reciprocal_expm1(x)
/// Domain:   all x; 0 -> inf with partial -inf, inf -> 0, -inf -> -1, NaN -> NaN
template <operand A>
TAPELESS_INLINE constexpr lifted<reciprocal_of_exponential_minus_one, A> reciprocal_expm1(A x) {
  return lift<reciprocal_of_exponential_minus_one>(x);
}

struct logarithm_of_difference : primitive<1> {
  static constexpr text_view name = "log1mexp";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::exp, detail::standard::expm1, detail::standard::log,
        detail::standard::log1p;
    return detail::branch(
        x < detail::literal<T>(std::numbers::ln2_v<long double>),
        [&] { return T(log(-expm1(-x))); }, [&] { return T(log1p(-exp(-x))); });
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return derivatives{reciprocal_expm1(x)};
  }
};

/// log1mexp(x): log(1 - exp(-x)), accurate for small and large x.
/// Partial:  reciprocal_expm1(x)
/// Domain:   x > 0; 0 -> -inf with partial inf, inf -> 0, x < 0 or NaN -> NaN
/// Accuracy: relative error < 2 epsilon
/// Source:   Maechler, Accurately Computing log(1 - exp(-|a|)), 2012
template <operand A>
TAPELESS_INLINE constexpr lifted<logarithm_of_difference, A> log1mexp(A x) {
  return lift<logarithm_of_difference>(x);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
