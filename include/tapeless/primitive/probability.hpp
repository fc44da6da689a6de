// SPDX-License-Identifier: BSL-1.0
#pragma once

// The error function and the standard normal distribution.

#include <tapeless/primitive/branch.hpp>
#include <tapeless/primitive/comparison.hpp>
#include <tapeless/primitive/exponential.hpp>
#include <tapeless/primitive/literal.hpp>
#include <tapeless/primitive/standard_functions.hpp>

#include <numbers>

namespace tapeless {
inline namespace TAPELESS_ABI {

struct error_function : primitive<1> {
  static constexpr text_view name = "erf";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::erf;
    return erf(x);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return derivatives{detail::literal<V>(2 * std::numbers::inv_sqrtpi_v<long double>) *
                       exp(-(x * x))};
  }
};

/// erf(x): the error function.
/// Partial:  2 / sqrt(pi) exp(-x^2)
/// Domain:   all x; inf -> 1, -inf -> -1, NaN -> NaN
/// Source:   NIST DLMF 7.2.1, 7.10.1
template <operand A>
TAPELESS_INLINE constexpr lifted<error_function, A> erf(A x) {
  return lift<error_function>(x);
}

struct complementary_error_function : primitive<1> {
  static constexpr text_view name = "erfc";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::erfc;
    return erfc(x);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return derivatives{detail::literal<V>(-2 * std::numbers::inv_sqrtpi_v<long double>) *
                       exp(-(x * x))};
  }
};

/// erfc(x): 1 - erf(x), accurate where it is small.
/// Partial:  -2 / sqrt(pi) exp(-x^2)
/// Domain:   all x; inf -> 0, -inf -> 2, NaN -> NaN
/// Source:   NIST DLMF 7.2.2, 7.10.1
template <operand A>
TAPELESS_INLINE constexpr lifted<complementary_error_function, A> erfc(A x) {
  return lift<complementary_error_function>(x);
}

namespace detail {

inline constexpr long double half_log_two_pi = 0.918938533204672741780329736405617640L;
inline constexpr long double inverse_sqrt_two_pi = 0.398942280401432677939946059934381868L;

/// Below this the normal distribution is computed from its asymptotic expansion, whose terms then
/// fall below the precision of long double's logarithm before they grow again.
inline constexpr int normal_tail = -12;

/// x Phi(x) / -phi(x) for x < normal_tail: 1 - 1/x^2 + 1*3/x^4 - 1*3*5/x^6 + ... (DLMF 7.12.1).
template <class T>
constexpr T normal_tail_series(const T& x) {
  const T t = T(1) / (x * x);
  T sum(1);
  for (int odd = 39; odd > 0; odd -= 2) sum = T(1) - T(odd) * t * sum;
  return sum;
}

}  // namespace detail

struct normal_density : primitive<1> {
  static constexpr text_view name = "normal_pdf";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::exp;
    return detail::literal<T>(detail::inverse_sqrt_two_pi) * exp(T(-0.5) * (x * x));
  }
  template <class V>
  static constexpr auto partials(const V& x, const V& y) {
    return derivatives{-(x * y)};
  }
};

/// normal_pdf(x): the density of the standard normal distribution, exp(-x^2 / 2) / sqrt(2 pi).
/// Partial:  -x normal_pdf(x)
/// Domain:   all x; inf or -inf -> 0, NaN -> NaN
/// Accuracy: relative error < (2 + x^2) epsilon
/// Source:   NIST DLMF 7.20.1
template <operand A>
TAPELESS_INLINE constexpr lifted<normal_density, A> normal_pdf(A x) {
  return lift<normal_density>(x);
}

struct normal_distribution : primitive<1> {
  static constexpr text_view name = "normal_cdf";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::erfc;
    return T(0.5) * erfc(x * detail::literal<T>(-1 / std::numbers::sqrt2_v<long double>));
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return derivatives{normal_pdf(x)};
  }
};

/// normal_cdf(x): the standard normal distribution, erfc(-x / sqrt(2)) / 2.
/// Partial:  normal_pdf(x)
/// Domain:   all x; inf -> 1, -inf -> 0, NaN -> NaN
/// Accuracy: relative error < (2 + x^2) epsilon
/// Source:   NIST DLMF 7.20.1
template <operand A>
TAPELESS_INLINE constexpr lifted<normal_distribution, A> normal_cdf(A x) {
  return lift<normal_distribution>(x);
}

struct inverse_mills_ratio : primitive<1> {
  static constexpr text_view name = "inverse_mills";
  template <class T>
  static constexpr T primal(const T& x) {
    return detail::branch(
        x < T(detail::normal_tail), [&] { return T(-x / detail::normal_tail_series(x)); },
        [&] { return T(normal_density::primal(x) / normal_distribution::primal(x)); });
  }
  template <class V>
  static constexpr auto partials(const V& x, const V& y) {
    return derivatives{-(y * (x + y))};
  }
};

/// inverse_mills(x): normal_pdf(x) / normal_cdf(x), accurate far in the tail.
/// Partial:  -y (x + y) with y = inverse_mills(x)
/// Domain:   all x; -inf -> inf, inf -> 0, NaN -> NaN
/// Accuracy: relative error < 2 epsilon for x < -12, < (2 + x^2) epsilon elsewhere
/// Source:   NIST DLMF 7.8.1, 7.12.1
template <operand A>
TAPELESS_INLINE constexpr lifted<inverse_mills_ratio, A> inverse_mills(A x) {
  return lift<inverse_mills_ratio>(x);
}

struct normal_log_distribution : primitive<1> {
  static constexpr text_view name = "normal_log_cdf";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::log, detail::standard::log1p;
    return detail::branch(
        x < T(0),
        [&] {
          return detail::branch(
              x < T(detail::normal_tail),
              [&] {
                return T(log(detail::normal_tail_series(x) / -x) - T(0.5) * (x * x) -
                         detail::literal<T>(detail::half_log_two_pi));
              },
              [&] { return T(log(normal_distribution::primal(x))); });
        },
        [&] { return T(log1p(-normal_distribution::primal(T(-x)))); });
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return derivatives{inverse_mills(x)};
  }
};

/// normal_log_cdf(x): log(normal_cdf(x)), accurate far in the tail.
/// Partial:  inverse_mills(x)
/// Domain:   all x; inf -> 0, -inf -> -inf, NaN -> NaN
/// Accuracy: relative error < 2 epsilon for x <= 0, < (2 + x^2) epsilon elsewhere
/// Source:   NIST DLMF 7.12.1, 7.20.1
template <operand A>
TAPELESS_INLINE constexpr lifted<normal_log_distribution, A> normal_log_cdf(A x) {
  return lift<normal_log_distribution>(x);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
