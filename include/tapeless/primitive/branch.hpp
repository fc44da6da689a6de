// SPDX-License-Identifier: BSL-1.0
#pragma once

// Case distinctions inside primals.
//
// For scalars a condition is a bool and one case is computed. For packets and their like it is a
// mask, both cases are computed and select(mask, a, b), found by ADL, merges them.

#include <tapeless/primitive/operand.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

template <class C, class T>
constexpr T pick(const C& condition, const T& a, const T& b) {
  if constexpr (std::is_convertible_v<C, bool>) {
    return condition ? a : b;
  } else {
    return select(condition, a, b);
  }
}

/// branch(condition, [&] { return a; }, [&] { return b; }).
template <class C, class A, class B>
constexpr auto branch(const C& condition, const A& a, const B& b) {
  if constexpr (std::is_convertible_v<C, bool>) {
    return condition ? a() : b();
  } else {
    return select(condition, a(), b());
  }
}

}  // namespace detail
}  // namespace TAPELESS_ABI
}  // namespace tapeless
