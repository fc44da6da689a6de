// SPDX-License-Identifier: BSL-1.0
#pragma once

// A value that derivatives do not see.

#include <tapeless/primitive/operand.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

struct gradient_stopped : primitive<1> {
  static constexpr text_view name = "stop_gradient";
  template <class T>
  static constexpr T primal(const T& x) {
    return x;
  }
  template <class V>
  static constexpr auto partials(const V&, const V&) {
    return derivatives{no_derivative{}};
  }
};

/// stop_gradient(x): x, taken for a constant by every derivative.
/// Partial:  none
/// Domain:   all x; NaN -> NaN
template <operand A>
TAPELESS_INLINE constexpr lifted<gradient_stopped, A> stop_gradient(A x) {
  return lift<gradient_stopped>(x);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
