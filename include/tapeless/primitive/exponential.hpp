// SPDX-License-Identifier: BSL-1.0
#pragma once

// exp, log and their kin.

#include <tapeless/primitive/arithmetic.hpp>
#include <tapeless/primitive/literal.hpp>
#include <tapeless/primitive/standard_functions.hpp>

#include <numbers>

namespace tapeless {
inline namespace TAPELESS_ABI {

struct exponential : primitive<1> {
  static constexpr text_view name = "exp";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::exp;
    return exp(x);
  }
  template <class V>
  static constexpr auto partials(const V&, const V& y) {
    return derivatives{y};
  }
};

/// exp(x): the exponential function.
/// Partial:  exp(x)
/// Domain:   all x; inf -> inf, -inf -> 0, NaN -> NaN
/// Source:   NIST DLMF 4.2.19, 4.7.7
template <operand A>
TAPELESS_INLINE constexpr lifted<exponential, A> exp(A x) {
  return lift<exponential>(x);
}

struct binary_exponential : primitive<1> {
  static constexpr text_view name = "exp2";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::exp2;
    return exp2(x);
  }
  template <class V>
  static constexpr auto partials(const V&, const V& y) {
    return derivatives{y * detail::literal<V>(std::numbers::ln2_v<long double>)};
  }
};

/// exp2(x): 2 to the power x.
/// Partial:  log(2) exp2(x)
/// Domain:   all x; inf -> inf, -inf -> 0, NaN -> NaN
/// Source:   ISO C17 7.12.6.2, NIST DLMF 4.7.9
template <operand A>
TAPELESS_INLINE constexpr lifted<binary_exponential, A> exp2(A x) {
  return lift<binary_exponential>(x);
}

struct exponential_minus_one : primitive<1> {
  static constexpr text_view name = "expm1";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::expm1;
    return expm1(x);
  }
  template <class V>
  static constexpr auto partials(const V&, const V& y) {
    return derivatives{y + 1};
  }
};

/// expm1(x): exp(x) - 1, accurate near 0.
/// Partial:  expm1(x) + 1
/// Domain:   all x; inf -> inf, -inf -> -1, NaN -> NaN
/// Source:   ISO C17 7.12.6.3
template <operand A>
TAPELESS_INLINE constexpr lifted<exponential_minus_one, A> expm1(A x) {
  return lift<exponential_minus_one>(x);
}

struct natural_logarithm : primitive<1> {
  static constexpr text_view name = "log";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::log;
    return log(x);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return derivatives{over(1, x)};
  }
};

/// log(x): the natural logarithm.
/// Partial:  1 / x
/// Domain:   x > 0; 0 -> -inf with partial inf, x < 0 or NaN -> NaN
/// Source:   NIST DLMF 4.2.2, 4.7.1
template <operand A>
TAPELESS_INLINE constexpr lifted<natural_logarithm, A> log(A x) {
  return lift<natural_logarithm>(x);
}

struct binary_logarithm : primitive<1> {
  static constexpr text_view name = "log2";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::log2;
    return log2(x);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return derivatives{over(detail::literal<V>(std::numbers::log2e_v<long double>), x)};
  }
};

/// log2(x): the logarithm to base 2.
/// Partial:  1 / (x log(2))
/// Domain:   x > 0; 0 -> -inf with partial inf, x < 0 or NaN -> NaN
/// Source:   ISO C17 7.12.6.10
template <operand A>
TAPELESS_INLINE constexpr lifted<binary_logarithm, A> log2(A x) {
  return lift<binary_logarithm>(x);
}

struct decimal_logarithm : primitive<1> {
  static constexpr text_view name = "log10";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::log10;
    return log10(x);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return derivatives{over(detail::literal<V>(std::numbers::log10e_v<long double>), x)};
  }
};

/// log10(x): the logarithm to base 10.
/// Partial:  1 / (x log(10))
/// Domain:   x > 0; 0 -> -inf with partial inf, x < 0 or NaN -> NaN
/// Source:   ISO C17 7.12.6.8, NIST DLMF 4.2.20
template <operand A>
TAPELESS_INLINE constexpr lifted<decimal_logarithm, A> log10(A x) {
  return lift<decimal_logarithm>(x);
}

struct logarithm_of_one_plus : primitive<1> {
  static constexpr text_view name = "log1p";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::log1p;
    return log1p(x);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return derivatives{over(1, 1 + x)};
  }
};

/// log1p(x): log(1 + x), accurate near 0.
/// Partial:  1 / (1 + x)
/// Domain:   x > -1; -1 -> -inf with partial inf, x < -1 or NaN -> NaN
/// Source:   ISO C17 7.12.6.9
template <operand A>
TAPELESS_INLINE constexpr lifted<logarithm_of_one_plus, A> log1p(A x) {
  return lift<logarithm_of_one_plus>(x);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
