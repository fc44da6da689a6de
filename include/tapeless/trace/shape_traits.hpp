// SPDX-License-Identifier: BSL-1.0
#pragma once

// What is asked of shapes: whether two are alike, what they hold, how they look to a program with
// loops.

#include <tapeless/trace/shape.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Structures of one kind, whose arrays have the same extents where both are types' constants.
template <class A, class B>
inline constexpr bool same_shape = std::same_as<A, B>;
template <int Rank, bool Integers, std::ptrdiff_t... A, std::ptrdiff_t... B>
inline constexpr bool
    same_shape<shape::container<Rank, Integers, A...>, shape::container<Rank, Integers, B...>> =
        ((A == B || A < 0 || B < 0) && ...);
template <class A, class B, int N>
inline constexpr bool same_shape<shape::array<A, N>, shape::array<B, N>> = same_shape<A, B>;
template <class Form, class... A, class... B>
  requires(sizeof...(A) == sizeof...(B))
inline constexpr bool same_shape<shape::structure<Form, A...>, shape::structure<Form, B...>> =
    (same_shape<A, B> && ...);
template <class A, class B, class C, class D>
inline constexpr bool same_shape<shape::pair<A, B>, shape::pair<C, D>> =
    same_shape<A, C> && same_shape<B, D>;

/// All leaves are numbers, whose arithmetic does not throw.
template <class T>
constexpr bool record_has_plain_leaves();
template <class T>
inline constexpr bool has_plain_leaves = std::is_arithmetic_v<T> || record_has_plain_leaves<T>();
template <class T, std::size_t N>
inline constexpr bool has_plain_leaves<std::array<T, N>> = has_plain_leaves<T>;
template <class... T>
inline constexpr bool has_plain_leaves<std::tuple<T...>> = (has_plain_leaves<T> && ...);
template <class A, class B>
inline constexpr bool has_plain_leaves<std::pair<A, B>> =
    has_plain_leaves<A> && has_plain_leaves<B>;
template <class T>
constexpr bool record_has_plain_leaves() {
  if constexpr (is_tuple_like<T>) {
    return []<std::size_t... I>(std::index_sequence<I...>) {
      return (has_plain_leaves<part_type<I, T>> && ...);
    }(part_indices<T>{});
  } else {
    return false;
  }
}

/// The shape in a program with loops: arrays of scalars become one leaf each.
template <class Shape>
struct looped_shape {
  using type = Shape;
};
template <class E>
inline constexpr int scalar_rank = std::same_as<E, shape::scalar> ? 0 : -1;
template <class E, int N>
inline constexpr int scalar_rank<shape::array<E, N>> = scalar_rank<E> < 0 ? -1 : scalar_rank<E> + 1;
template <class E, int N>
struct looped_shape<shape::array<E, N>> {
  static constexpr int inner = scalar_rank<E>;
  using type = std::conditional_t<inner == 0 || inner == 1, shape::block<E, N>,
                                  shape::array<typename looped_shape<E>::type, N>>;
};
template <class Form, class... E>
struct looped_shape<shape::structure<Form, E...>> {
  using type = shape::structure<Form, typename looped_shape<E>::type...>;
};
template <class A, class B>
struct looped_shape<shape::pair<A, B>> {
  using type = shape::pair<typename looped_shape<A>::type, typename looped_shape<B>::type>;
};
template <class Shape>
using looped = typename looped_shape<Shape>::type;

/// An argument of this shape makes its function a program with loops.
template <class Shape>
inline constexpr bool has_container = false;
template <int Rank, bool Integers, std::ptrdiff_t... Extents>
inline constexpr bool has_container<shape::container<Rank, Integers, Extents...>> = true;
template <class E, int N>
inline constexpr bool has_container<shape::block<E, N>> = true;
template <class E, int N>
inline constexpr bool has_container<shape::array<E, N>> = has_container<E>;
template <class Form, class... E>
inline constexpr bool has_container<shape::structure<Form, E...>> = (has_container<E> || ...);
template <class A, class B>
inline constexpr bool has_container<shape::pair<A, B>> = has_container<A> || has_container<B>;

template <class Shape>
inline constexpr bool is_integer_array = false;
template <int Rank, std::ptrdiff_t... Extents>
inline constexpr bool is_integer_array<shape::container<Rank, true, Extents...>> = true;

/// A leaf of scalars, whose types the shape has forgotten.
template <class Shape>
inline constexpr bool may_be_integer = std::same_as<Shape, shape::scalar>;
template <>
inline constexpr bool may_be_integer<shape::integer> = true;
template <class E, int N>
inline constexpr bool may_be_integer<shape::block<E, N>> = true;

/// A shape of which some leaves have no derivative: members of records.
template <class Shape>
inline constexpr bool holds_passive = false;
template <class E, int N>
inline constexpr bool holds_passive<shape::array<E, N>> = holds_passive<E>;
template <class Form, class... E>
inline constexpr bool holds_passive<shape::structure<Form, E...>> =
    ((is_passive<E> || holds_passive<E>) || ...);
template <class A, class B>
inline constexpr bool holds_passive<shape::pair<A, B>> = holds_passive<A> || holds_passive<B>;

}  // namespace TAPELESS_ABI
}  // namespace tapeless
