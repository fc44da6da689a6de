// SPDX-License-Identifier: BSL-1.0
#pragma once

// sqrt, cbrt, hypot, pow and their kin.

#include <tapeless/primitive/arithmetic.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

struct square_root : primitive<1> {
  static constexpr std::string_view name = "sqrt";
  template <class T>
  static constexpr T primal(const T& x) {
    using std::sqrt;
    return sqrt(x);
  }
  template <class V>
  static constexpr auto partials(const V&, const V& y) {
    return std::tuple{over(0.5, y)};
  }
};

/// sqrt(x): the square root.
/// Partial:  1 / (2 sqrt(x))
/// Domain:   x >= 0; 0 -> 0 with partial inf, x < 0 -> NaN
/// Source:   IEEE 754-2019 5.4.1
template <operand A>
TAPELESS_INLINE constexpr lifted<square_root, A> sqrt(const A& x) {
  return lift<square_root>(x);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
