// SPDX-License-Identifier: BSL-1.0
#pragma once

// Structures of parameters, number by number: tree_map, tree_zip, tree_reduce, zeros_like. A tree
// is whatever can be a differentiated argument: a number, an array, a structure of them. Integers
// and members without derivative are left alone.

#include <tapeless/optimize/tree_sizes.hpp>

#include <type_traits>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

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
