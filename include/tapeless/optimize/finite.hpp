// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which leaf of a gradient has gone bad.

#include <tapeless/optimize/tree.hpp>

#include <cmath>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

template <class P>
bool all_finite(const P& p) {
  bool finite = true;
  each_number([&](const auto& number) { finite = finite && std::isfinite(number); }, p);
  return finite;
}
// Appended to, and not joined by +, which makes g++ 12 warn in the standard library (PR 105651).
template <class P>
void append_path_of_bad(std::string& to, const P& p) {
  if constexpr (is_tuple_like<P>) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      bool found = false;
      const auto look = [&]<std::size_t K>(std::integral_constant<std::size_t, K>) {
        if constexpr (!has_passive_part<P, K>()) {
          if (!found && !all_finite(part_of<K>(p))) {
            found = true;
            append_part<P, K>(to);
            append_path_of_bad(to, part_of<K>(p));
          }
        }
      };
      (look(std::integral_constant<std::size_t, I>{}), ...);
    }(part_indices<P>{});
  }
}

}  // namespace detail

/// all_finite(p): no number of p is infinite or NaN.
template <tree_argument P>
bool all_finite(const P& p) {
  return detail::all_finite(p);
}

/// require_finite(g): a guard before an update.
/// Errors:   std::invalid_argument if a number of g is infinite or NaN; the message names its leaf:
///           ".layers[1].W"
template <tree_argument G>
void require_finite(const G& g) {
  if (all_finite(g)) return;
  std::string message("tapeless: the gradient is not finite");
  if (is_tuple_like<G>) message.append(" in ");
  detail::append_path_of_bad(message, g);
  invalid(message.c_str());
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
