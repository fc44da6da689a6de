// SPDX-License-Identifier: BSL-1.0
#pragma once

// Structures of parameters, number by number: tree_map, tree_zip, tree_reduce, zeros_like. A tree
// is whatever can be a differentiated argument: a number, an array, a structure of them. Integers
// and members without derivative are left alone.

#include <tapeless/api/output_elements.hpp>
#include <tapeless/api/refuse.hpp>
#include <tapeless/codegen/mistakes.hpp>
#include <tapeless/codegen/reference.hpp>
#include <tapeless/codegen/scalar.hpp>

#include <concepts>
#include <string>
#include <type_traits>

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

/// Elements lie side by side, all in one order.
template <class A>
constexpr bool is_dense(const A& a) {
  if constexpr (A::rank == 1) {
    return a.template stride<0>() == 1;
  } else {
    return a.template stride<1>() == 1
               ? a.template stride<0>() == a.extents[1]
               : a.template stride<0>() == 1 && a.template stride<1>() == a.extents[0];
  }
}
template <class A, class B>
constexpr bool same_order(const A& a, const B& b) {
  if constexpr (A::rank == 1) {
    return true;
  } else {
    return a.template stride<0>() == b.template stride<0>() &&
           a.template stride<1>() == b.template stride<1>();
  }
}

/// use(element, elements...) for all elements of arrays of one size.
template <class Use, class A, class... B>
constexpr void each_element(const Use& use, const A& a, const B&... b) {
  if (is_dense(a) && (true && ... && (is_dense(b) && same_order(a, b)))) {
    const std::ptrdiff_t count = a.count();
    for (std::ptrdiff_t i = 0; i < count; ++i) use(a.data[i], b.data[i]...);
  } else if constexpr (A::rank == 1) {
    for (std::ptrdiff_t i = 0; i < a.extents[0]; ++i) use(a.at(i, 0, 0), b.at(i, 0, 0)...);
  } else {
    for (std::ptrdiff_t i = 0; i < a.extents[0]; ++i) {
      for (std::ptrdiff_t j = 0; j < a.extents[1]; ++j) use(a.at(i, j, 0), b.at(i, j, 0)...);
    }
  }
}

template <class P>
inline constexpr bool is_array_leaf =
    container<P> || scalar_rank<shape_of<P>> == 1 || scalar_rank<shape_of<P>> == 2;

template <std::size_t I, class Leaf, class P, class... Q>
constexpr void each_leaf_of_part(const Leaf& leaf, P& p, Q&... q);

/// leaf(number or array, numbers or arrays...) for all leaves of trees of one structure.
template <class Leaf, class P, class... Q>
constexpr void each_leaf(const Leaf& leaf, P& p, Q&... q) {
  using plain = std::remove_const_t<P>;
  if constexpr (!shape_of<plain>::valid) {
    refuse_argument<plain>();
  } else if constexpr (is_tuple_like<plain>) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (each_leaf_of_part<I>(leaf, p, q...), ...);
    }(part_indices<plain>{});
  } else if constexpr (std::is_floating_point_v<plain>) {
    leaf(p, q...);
  } else if constexpr (is_array_leaf<plain>) {
    if constexpr (std::is_floating_point_v<typename scalar_of_type<plain>::type>) {
      leaf(reference_to(p), reference_to(q)...);
    }
  } else if constexpr (requires { std::tuple_size<plain>::value; }) {
    for (std::size_t i = 0; i < p.size(); ++i) each_leaf(leaf, p[i], q[i]...);
  }
}
template <std::size_t I, class Leaf, class P, class... Q>
constexpr void each_leaf_of_part(const Leaf& leaf, P& p, Q&... q) {
  if constexpr (!has_passive_part<std::remove_const_t<P>, I>()) {
    each_leaf(leaf, part_of<I>(p), part_of<I>(q)...);
  }
}
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
/// use(number, numbers...) for all numbers of trees of one structure and one size.
template <class Use, class P, class... Q>
constexpr void each_number_unchecked(const Use& use, P& p, Q&... q) {
  each_leaf(
      [&]<class A>(A&& a, auto&&... b) {
        if constexpr (requires { std::remove_reference_t<A>::rank; }) {
          each_element(use, a, b...);
        } else {
          use(a, b...);
        }
      },
      p, q...);
}
/// The same. Sizes are looked at before.
template <class Use, class P, class... Q>
constexpr void each_number(const Use& use, P& p, Q&... q) {
  if constexpr (sizeof...(Q) > 0) check_sizes(zip_names, p, q...);
  each_number_unchecked(use, p, q...);
}

/// Makes `to` a tree like `from`: its sizes, all numbers zero, the rest as it is there.
template <class To, class From>
constexpr void make_zero(To& to, const From& from) {
  if constexpr (is_tuple_like<To>) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      const auto part = [&]<std::size_t K>(std::integral_constant<std::size_t, K>) {
        if constexpr (has_passive_part<To, K>()) {
          // What can not be copied, a std::unique_ptr, stays empty.
          if constexpr (std::is_assignable_v<decltype(part_of<K>(to)),
                                             decltype(part_of<K>(from))>) {
            part_of<K>(to) = part_of<K>(from);
          }
        } else {
          make_zero(part_of<K>(to), part_of<K>(from));
        }
      };
      (part(std::integral_constant<std::size_t, I>{}), ...);
    }(part_indices<To>{});
  } else if constexpr (container<To> && container<From>) {
    using traits = array_traits<From>;
    std::ptrdiff_t sizes[traits::rank]{};
    for (int d = 0; d < traits::rank; ++d) sizes[d] = traits::extent(from, d);
    if constexpr (!std::is_array_v<To>) {
      to = traits::template make<typename traits::value_type>(sizes);
    }
    each_number([](auto& x) { x = 0; }, to);
  } else {
    to = To{};
  }
}

}  // namespace detail

/// What can be a tree.
template <class P>
concept tree = shape_of<P>::valid && !symbolic<P>;
/// What is refused if it is no tree. Expressions of arrays have functions of the same names.
template <class P>
concept tree_argument = !symbolic<P>;

/// zeros_like(p): a tree of p's structure that owns its numbers, all zero.
template <tree_argument P>
constexpr auto zeros_like(const P& p) {
  if constexpr (shape_of<P>::valid) {
    rebuilt_t<P, keep> zeros{};
    detail::make_zero(zeros, p);
    return zeros;
  } else {
    return refuse_argument<P>();
  }
}

/// tree_zip(f, p, q...): a tree of p's structure of f(number of p, number of q, ...).
/// Errors:   compile error if structures differ; std::invalid_argument if sizes do
template <class F, tree_argument P, tree_argument... Q>
constexpr auto tree_zip(const F& f, const P& p, const Q&... q) {
  auto result = zeros_like(p);
  if constexpr (detail::check_trees<P, Q...>()) {
    detail::each_number(
        [&](auto& r, const auto&... numbers) {
          r = static_cast<std::remove_reference_t<decltype(r)>>(f(numbers...));
        },
        result, p, q...);
  }
  return result;
}
/// tree_map(f, p): a tree of p's structure of f(number).
template <class F, tree_argument P>
constexpr auto tree_map(const F& f, const P& p) {
  return tree_zip(f, p);
}
/// tree_reduce(f, initial, p): f(f(initial, first number), second) ...
template <class F, class R, tree_argument P>
constexpr R tree_reduce(const F& f, R initial, const P& p) {
  detail::each_number([&](const auto& number) { initial = f(initial, number); }, p);
  return initial;
}
/// tree_size(p): how many numbers p holds.
template <tree_argument P>
constexpr std::size_t tree_size(const P& p) {
  if constexpr (!shape_of<P>::valid) return refuse_argument<P>();
  return tree_reduce([](std::size_t n, const auto&) { return n + 1; }, std::size_t{0}, p);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
