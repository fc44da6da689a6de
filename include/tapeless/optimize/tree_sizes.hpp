// SPDX-License-Identifier: BSL-1.0
#pragma once

// Whether trees have one structure and one size, and the errors that say where they differ.

#include <tapeless/codegen/mistakes.hpp>
#include <tapeless/optimize/leaves.hpp>

#include <string>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

template <bool Same>
constexpr auto refuse_trees() {
  static_assert(Same,
                "tapeless: trees differ in structure: a gradient or state belongs to parameters of "
                "another type");
  return false;
}
/// All have the structure of P; an array is as good as another of its size.
template <class P, class... Q>
constexpr auto check_trees() {
  constexpr bool same =
      ((same_shape<shape_of<P>, shape_of<Q>> || output_fits<shape_of<P>, shape_of<Q>>) && ...);
  if constexpr (!shape_of<P>::valid) {
    return refuse_argument<P>();
  } else if constexpr (!same) {
    return refuse_trees<same>();
  } else {
    return true;
  }
}
template <template <char...> class Text, char... C>
void append_text(std::string& to, Text<C...>*) {
  (to.push_back(C), ...);
}
/// The name of part number I of a P in a path: ".W", "[1]".
template <class P, std::size_t I>
void append_part(std::string& to) {
  if constexpr (has_names<P>) {
    to.push_back('.');
    append_text(to, static_cast<typename named_members<P>::template name<I>*>(nullptr));
  } else {
    to.push_back('[');
    to.append(std::to_string(I));
    to.push_back(']');
  }
}
template <class A>
void append_sizes(std::string& to, const A& a) {
  for (int d = 0; d < A::rank; ++d) {
    if (d > 0) to.append(" x ");
    to.append(std::to_string(a.extents[d]));
  }
}

/// What the trees of an update are, for its errors; of other functions they are numbered.
inline constexpr const char* update_names[]{"the parameters", "the gradient", "the state"};
inline constexpr const char* zip_names[]{"the first", "another tree", "another tree"};

template <class A, class B>
constexpr bool same_extents(const A& a, const B& b) {
  for (int d = 0; d < A::rank; ++d) {
    if (a.extents[d] != b.extents[d]) return false;
  }
  return true;
}
/// All arrays of q have the sizes of p's.
template <class P, class Q>
constexpr bool same_sizes(const P& p, const Q& q) {
  bool same = true;
  each_leaf(
      [&]<class A>(const A& a, const auto& b) {
        if constexpr (requires { A::rank; }) same = same && same_extents(a, b);
      },
      p, q);
  return same;
}
/// Appends the path of the first array whose sizes differ, and both sizes.
// Appended to, and not joined by +, which makes g++ 12 warn in the standard library (PR 105651).
template <class P, class Q>
bool append_path_of_other(std::string& path, std::string& size, std::string& size_of_first,
                          const P& p, const Q& q) {
  if constexpr (is_tuple_like<P>) {
    bool found = false;
    const auto look = [&]<std::size_t K>(std::integral_constant<std::size_t, K>) {
      if constexpr (!has_passive_part<P, K>()) {
        const std::size_t length = path.size();
        if (found) return;
        append_part<P, K>(path);
        found = append_path_of_other(path, size, size_of_first, part_of<K>(p), part_of<K>(q));
        if (!found) path.resize(length);
      }
    };
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (look(std::integral_constant<std::size_t, I>{}), ...);
    }(part_indices<P>{});
    return found;
  } else if constexpr (is_array_leaf<P>) {
    if constexpr (!std::is_floating_point_v<typename scalar_of_type<P>::type>) return false;
    const auto& a = reference_to(p);
    const auto& b = reference_to(q);
    if (same_extents(a, b)) return false;
    append_sizes(size, b);
    append_sizes(size_of_first, a);
    return true;
  } else if constexpr (requires { std::tuple_size<P>::value; }) {
    for (std::size_t i = 0; i < p.size(); ++i) {
      const std::size_t length = path.size();
      path.push_back('[');
      path.append(std::to_string(i));
      path.push_back(']');
      if (append_path_of_other(path, size, size_of_first, p[i], q[i])) return true;
      path.resize(length);
    }
  }
  return false;
}
template <class P, class Q>
[[noreturn, gnu::cold, gnu::noinline]] void trees_differ(const char* first, const char* other,
                                                         const P& p, const Q& q) {
  std::string path, size, size_of_first;
  append_path_of_other(path, size, size_of_first, p, q);
  std::string message("tapeless: trees differ in size: ");
  const char* const of = path.empty() ? "" : "of ";
  message.append(path).append(path.empty() ? "" : " ").append(of).append(other);
  message.append(" has ").append(size).append(" elements, ").append(of).append(first);
  message.append(" ").append(size_of_first);
  invalid(message.c_str());
}
/// All have the sizes of p's arrays; `names` says what they are.
template <class P, class... Q>
constexpr void check_sizes(const char* const (&names)[3], const P& p, const Q&... q) {
  int number = 0;
  const auto check = [&](const auto& other) {
    if (number < 2) ++number;
    if (!same_sizes(p, other)) trees_differ(names[0], names[number], p, other);
  };
  (check(q), ...);
}

}  // namespace detail
}  // namespace TAPELESS_ABI
}  // namespace tapeless
