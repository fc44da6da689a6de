// SPDX-License-Identifier: BSL-1.0
#pragma once

// The gamma function and its kin, on top of Boost.Math.

#include <tapeless/primitive/arithmetic.hpp>

#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/polygamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>

#include <cmath>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

/// Poles and overflow give NaN and infinities, as in <cmath>, never an exception; double stays
/// double.
using quiet = boost::math::policies::policy<
    boost::math::policies::domain_error<boost::math::policies::ignore_error>,
    boost::math::policies::pole_error<boost::math::policies::ignore_error>,
    boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::evaluation_error<boost::math::policies::ignore_error>,
    boost::math::policies::promote_float<false>, boost::math::policies::promote_double<false>>;

}  // namespace detail

struct polygamma_function;

/// polygamma(n, x): derivative number n of digamma.
/// Partial:  polygamma(n + 1, x) with respect to x; none with respect to n
/// Domain:   integer n >= 0; all x but 0, -1, -2 ...; NaN -> NaN
/// Source:   NIST DLMF 5.15
template <operand N, operand A>
TAPELESS_INLINE constexpr lifted<polygamma_function, N, A> polygamma(const N& n, const A& x) {
  return lift<polygamma_function>(n, x);
}

struct polygamma_function : primitive<2> {
  static constexpr text_view name = "polygamma";
  template <class T>
  static constexpr T primal(const T& n, const T& x) {
    if (x != x) return x;
    const auto order = static_cast<int>(n);
    return order == 0   ? boost::math::digamma(x, detail::quiet())
           : order == 1 ? boost::math::trigamma(x, detail::quiet())
                        : boost::math::polygamma(order, x, detail::quiet());
  }
  template <class V>
  static constexpr auto partials(const V& n, const V& x, const V&) {
    return derivatives{no_derivative{}, polygamma(n + 1, x)};
  }
};

struct digamma_function : primitive<1> {
  static constexpr text_view name = "digamma";
  template <class T>
  static constexpr T primal(const T& x) {
    return x != x ? x : boost::math::digamma(x, detail::quiet());
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return derivatives{polygamma(1, x)};
  }
};

/// digamma(x): the logarithmic derivative of the gamma function.
/// Partial:  polygamma(1, x)
/// Domain:   all x but 0, -1, -2 ...; NaN -> NaN
/// Source:   NIST DLMF 5.2.2
template <operand A>
TAPELESS_INLINE constexpr lifted<digamma_function, A> digamma(const A& x) {
  return lift<digamma_function>(x);
}

/// trigamma(x): the derivative of digamma, polygamma(1, x).
/// Partial:  polygamma(2, x)
/// Domain:   all x but 0, -1, -2 ...; NaN -> NaN
/// Source:   NIST DLMF 5.15.1
template <operand A>
TAPELESS_INLINE constexpr lifted<polygamma_function, int, A> trigamma(const A& x) {
  return polygamma(1, x);
}

struct gamma_function : primitive<1> {
  static constexpr text_view name = "tgamma";
  template <class T>
  static constexpr T primal(const T& x) {
    using std::tgamma;
    return tgamma(x);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V& y) {
    return derivatives{y * digamma(x)};
  }
};

/// tgamma(x): the gamma function.
/// Partial:  tgamma(x) digamma(x)
/// Domain:   all x but 0, -1, -2 ...; inf -> inf, NaN -> NaN
/// Source:   NIST DLMF 5.2.1, 5.2.2
template <operand A>
TAPELESS_INLINE constexpr lifted<gamma_function, A> tgamma(const A& x) {
  return lift<gamma_function>(x);
}

struct logarithm_of_gamma : primitive<1> {
  static constexpr text_view name = "lgamma";
  template <class T>
  static constexpr T primal(const T& x) {
    using std::lgamma;
    return lgamma(x);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return derivatives{digamma(x)};
  }
};

/// lgamma(x): the logarithm of the gamma function's absolute value.
/// Partial:  digamma(x)
/// Domain:   all x; 0, -1, -2 ... -> inf with partial NaN; inf or -inf -> inf, NaN -> NaN
/// Source:   ISO C17 7.12.8.3, NIST DLMF 5.2.2
template <operand A>
TAPELESS_INLINE constexpr lifted<logarithm_of_gamma, A> lgamma(const A& x) {
  return lift<logarithm_of_gamma>(x);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
