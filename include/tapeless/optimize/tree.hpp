// SPDX-License-Identifier: BSL-1.0
#pragma once

// Structures of parameters, number by number: tree_map, tree_zip, tree_reduce, zeros_like. A tree
// is whatever can be a differentiated argument: a number, an array, a structure of them. Integers
// and members without derivative are left alone.

#include <tapeless/api/output_elements.hpp>
#include <tapeless/codegen/mistakes.hpp>
#include <tapeless/codegen/reference.hpp>
#include <tapeless/codegen/scalar.hpp>

#include <concepts>
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
  if constexpr (!same) {
    return refuse_trees<same>();
  } else {
    return true;
  }
}
[[noreturn, gnu::cold, gnu::noinline]] inline void trees_differ(std::ptrdiff_t size,
                                                                std::ptrdiff_t other) {
  char text[160];
  __builtin_snprintf(
      text, sizeof text,
      "tapeless: trees differ in size: an array of %td elements (rows, columns) meets one "
      "of %td",
      size, other);
  invalid(text);
}

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

template <class A, class... B>
constexpr void check_extents(const A& a, const B&... b) {
  for (int d = 0; d < A::rank; ++d) {
    (void)((a.extents[d] == b.extents[d] ? true
                                         : (trees_differ(a.extents[d], b.extents[d]), false)) &&
           ...);
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
  if constexpr (is_tuple_like<plain>) {
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
/// All arrays have the sizes of p's.
template <class P, class... Q>
constexpr void check_sizes(const P& p, const Q&... q) {
  each_leaf(
      []<class A>(const A& a, const auto&... b) {
        if constexpr (requires { A::rank; }) check_extents(a, b...);
      },
      p, q...);
}
/// use(number, numbers...) for all numbers of trees of one structure. Sizes are looked at before.
template <class Use, class P, class... Q>
constexpr void each_number(const Use& use, P& p, Q&... q) {
  if constexpr (sizeof...(Q) > 0) check_sizes(p, q...);
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

/// Makes `to` a tree like `from`: its sizes, all numbers zero, the rest as it is there.
template <class To, class From>
constexpr void make_zero(To& to, const From& from) {
  if constexpr (is_tuple_like<To>) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      const auto part = [&]<std::size_t K>(std::integral_constant<std::size_t, K>) {
        if constexpr (has_passive_part<To, K>()) {
          part_of<K>(to) = part_of<K>(from);
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
    to = traits::template make<typename traits::value_type>(sizes);
    each_number([](auto& x) { x = 0; }, to);
  } else {
    to = To{};
  }
}

}  // namespace detail

/// What can be a tree.
template <class P>
concept tree = shape_of<P>::valid && !symbolic<P>;

/// zeros_like(p): a tree of p's structure that owns its numbers, all zero.
template <tree P>
constexpr auto zeros_like(const P& p) {
  rebuilt_t<P, keep> zeros{};
  detail::make_zero(zeros, p);
  return zeros;
}

/// tree_zip(f, p, q...): a tree of p's structure of f(number of p, number of q, ...).
/// Errors:   compile error if structures differ; std::invalid_argument if sizes do
template <class F, tree P, tree... Q>
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
template <class F, tree P>
constexpr auto tree_map(const F& f, const P& p) {
  return tree_zip(f, p);
}
/// tree_reduce(f, initial, p): f(f(initial, first number), second) ...
template <class F, class R, tree P>
constexpr R tree_reduce(const F& f, R initial, const P& p) {
  detail::each_number([&](const auto& number) { initial = f(initial, number); }, p);
  return initial;
}
/// tree_size(p): how many numbers p holds.
template <tree P>
constexpr std::size_t tree_size(const P& p) {
  return tree_reduce([](std::size_t n, const auto&) { return n + 1; }, std::size_t{0}, p);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
