// SPDX-License-Identifier: BSL-1.0
#pragma once

// exp, log and their kin.

#include <tapeless/primitive/arithmetic.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

struct exponential : primitive<1> {
  static constexpr std::string_view name = "exp";
  template <class T>
  static constexpr T primal(const T& x) {
    using std::exp;
    return exp(x);
  }
  template <class V>
  static constexpr auto partials(const V&, const V& y) {
    return std::tuple{y};
  }
};

struct natural_logarithm : primitive<1> {
  static constexpr std::string_view name = "log";
  template <class T>
  static constexpr T primal(const T& x) {
    using std::log;
    return log(x);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return std::tuple{over(1, x)};
  }
};

/// exp(x): the exponential function.
/// Partial:  exp(x)
/// Domain:   all x; inf -> inf, -inf -> 0, NaN -> NaN
/// Source:   NIST DLMF 4.2.19
template <operand A>
TAPELESS_INLINE constexpr lifted<exponential, A> exp(const A& x) {
  return lift<exponential>(x);
}

/// log(x): the natural logarithm.
/// Partial:  1 / x
/// Domain:   x > 0; 0 -> -inf with partial inf, x < 0 -> NaN
/// Source:   NIST DLMF 4.2.2
template <operand A>
TAPELESS_INLINE constexpr lifted<natural_logarithm, A> log(const A& x) {
  return lift<natural_logarithm>(x);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
