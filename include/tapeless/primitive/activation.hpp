// SPDX-License-Identifier: BSL-1.0
#pragma once

// Smooth activation functions; relu, leaky_relu and elu are in primitive/piecewise.hpp.

#include <tapeless/primitive/branch.hpp>
#include <tapeless/primitive/exponential.hpp>
#include <tapeless/primitive/piecewise.hpp>
#include <tapeless/primitive/probability.hpp>
#include <tapeless/primitive/standard_functions.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

struct logistic_function : primitive<1> {
  static constexpr text_view name = "logistic";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::exp;
    return T(1) / (T(1) + exp(-x));
  }
  template <class V>
  static constexpr auto partials(const V&, const V& y) {
    return derivatives{y * (1 - y)};
  }
};

/// logistic(x): 1 / (1 + exp(-x)).
/// Partial:  y (1 - y) with y = logistic(x), so 0 where y is 0 or 1
/// Domain:   all x; inf -> 1, -inf -> 0, NaN -> NaN
/// Accuracy: relative error < 2 epsilon
template <operand A>
TAPELESS_INLINE constexpr lifted<logistic_function, A> logistic(A x) {
  return lift<logistic_function>(x);
}

struct softplus_function : primitive<1> {
  static constexpr text_view name = "softplus";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::exp, detail::standard::log1p;
    return rectifier::primal(x) + log1p(exp(-absolute_value::primal(x)));
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return derivatives{logistic(x)};
  }
};

/// softplus(x): log(1 + exp(x)) without overflow.
/// Partial:  logistic(x)
/// Domain:   all x; inf -> inf, -inf -> 0, NaN -> NaN
/// Accuracy: relative error < 2 epsilon
template <operand A>
TAPELESS_INLINE constexpr lifted<softplus_function, A> softplus(A x) {
  return lift<softplus_function>(x);
}

/// log_sigmoid(x): log(logistic(x)) = -softplus(-x), accurate where logistic(x) underflows.
/// Partial:  logistic(-x)
/// Domain:   all x; inf -> 0, -inf -> -inf, NaN -> NaN
/// Accuracy: relative error < 2 epsilon
template <operand A>
TAPELESS_INLINE constexpr auto log_sigmoid(A x) {
  return -softplus(-x);
}

/// silu(x): x logistic(x), also called swish.
/// Partial:  s + x s (1 - s) with s = logistic(x)
/// Domain:   all finite x; inf -> inf, -inf or NaN -> NaN
/// Source:   Elfwing, Uchibe and Doya, Neural Networks 107 (2018)
template <operand A>
TAPELESS_INLINE constexpr auto silu(A x) {
  return x * logistic(x);
}

/// gelu(x): x normal_cdf(x), the exact form.
/// Partial:  normal_cdf(x) + x normal_pdf(x)
/// Domain:   all finite x; inf -> inf, -inf or NaN -> NaN
/// Source:   Hendrycks and Gimpel, arXiv:1606.08415
template <operand A>
TAPELESS_INLINE constexpr auto gelu(A x) {
  return x * normal_cdf(x);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
