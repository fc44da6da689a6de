// SPDX-License-Identifier: BSL-1.0
#pragma once

// The designed errors of symbolic values in places where only plain C++ values can stand.
// Function templates, not classes: a failed static_assert in a class poisons the class.

#include <tapeless/config.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class>
inline constexpr bool never = false;

template <class B>
constexpr bool branch_on_condition() {
  static_assert(never<B>,
                "tapeless: a condition on traced values or expressions has no bool value here; use "
                "tl::select(condition, a, b)");
  return false;
}

template <class D>
constexpr D traced_as_number() {
  static_assert(never<D>,
                "tapeless: a traced value or expression was used as a plain number; make the "
                "function generic (auto parameters) and call sin(x), not std::sin(x)");
  return D();
}

#define TAPELESS_TOO_LARGE                                                                        \
  "tapeless: the expression type has too many nodes: shared subexpressions are copied in nested " \
  "types; use tl::let(value, [](auto t) { ... }), or write the function as a lambda"

}  // namespace TAPELESS_ABI
}  // namespace tapeless
