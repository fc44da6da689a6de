// SPDX-License-Identifier: BSL-1.0
#pragma once

// sin, cos, tan and their inverses.

#include <tapeless/primitive/arithmetic.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

struct sine : primitive<1> {
  static constexpr std::string_view name = "sin";
  template <class T>
  static constexpr T primal(const T& x) {
    using std::sin;
    return sin(x);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return std::tuple{cos(x)};
  }
};

struct cosine : primitive<1> {
  static constexpr std::string_view name = "cos";
  template <class T>
  static constexpr T primal(const T& x) {
    using std::cos;
    return cos(x);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return std::tuple{-sin(x)};
  }
};

/// sin(x): sine.
/// Units:    x in radians
/// Partial:  cos(x)
/// Domain:   all finite x; inf or NaN -> NaN
/// Source:   NIST DLMF 4.20.1
template <operand A>
TAPELESS_INLINE constexpr lifted<sine, A> sin(const A& x) {
  return lift<sine>(x);
}

/// cos(x): cosine.
/// Units:    x in radians
/// Partial:  -sin(x)
/// Domain:   all finite x; inf or NaN -> NaN
/// Source:   NIST DLMF 4.20.2
template <operand A>
TAPELESS_INLINE constexpr lifted<cosine, A> cos(const A& x) {
  return lift<cosine>(x);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
