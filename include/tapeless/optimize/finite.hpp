// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which leaf of a gradient has gone bad.

#include <tapeless/optimize/tree.hpp>

#include <cmath>
#include <string>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

template <template <char...> class Text, char... C>
std::string text_of_name(Text<C...>*) {
  return {C...};
}
template <class P, std::size_t I>
std::string name_of_part() {
  if constexpr (has_names<P>) {
    return "." + text_of_name(static_cast<typename named_members<P>::template name<I>*>(nullptr));
  } else {
    return "[" + std::to_string(I) + "]";
  }
}

template <class P>
bool all_finite(const P& p) {
  bool finite = true;
  each_number([&](const auto& number) { finite = finite && std::isfinite(number); }, p);
  return finite;
}
template <class P>
std::string path_of_bad(const P& p) {
  std::string found;
  if constexpr (is_tuple_like<P>) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      const auto look = [&]<std::size_t K>(std::integral_constant<std::size_t, K>) {
        if constexpr (!has_passive_part<P, K>()) {
          if (found.empty() && !all_finite(part_of<K>(p))) {
            found = name_of_part<P, K>() + path_of_bad(part_of<K>(p));
          }
        }
      };
      (look(std::integral_constant<std::size_t, I>{}), ...);
    }(part_indices<P>{});
  }
  return found;
}

}  // namespace detail

/// all_finite(p): no number of p is infinite or NaN.
template <tree P>
bool all_finite(const P& p) {
  return detail::all_finite(p);
}

/// require_finite(g): a guard before an update.
/// Errors:   std::invalid_argument if a number of g is infinite or NaN; the message names its leaf:
///           ".layers[1].W"
template <tree G>
void require_finite(const G& g) {
  if (all_finite(g)) return;
  const std::string path = detail::path_of_bad(g);
  invalid(("tapeless: the gradient is not finite" + (path.empty() ? path : " in " + path)).c_str());
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
