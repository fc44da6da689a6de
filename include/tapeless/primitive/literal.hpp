// SPDX-License-Identifier: BSL-1.0
#pragma once

// Irrational constants in the type of a computation.

#include <tapeless/primitive/operand.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

/// v as a T. Types of the user's are promised a double, which all of them accept.
template <class T>
constexpr T literal(long double v) {
  if constexpr (std::is_floating_point_v<T> || symbolic<T>) {
    return T(v);
  } else {
    return T(static_cast<double>(v));
  }
}

}  // namespace detail
}  // namespace TAPELESS_ABI
}  // namespace tapeless
