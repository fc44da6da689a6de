// SPDX-License-Identifier: BSL-1.0
#pragma once

// Whole arrays in expressions, continued: parts of them, whose positions and sizes are integers,
// and functions of two that have a user's array on one side.

#include <tapeless/expression/array_tree.hpp>
#include <tapeless/primitive/power.hpp>
#include <tapeless/primitive/rounding.hpp>
#include <tapeless/primitive/trigonometric.hpp>

#include <concepts>
#include <cstddef>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// A position or a number of elements, met at run time.
struct held_integer : expression_node<held_integer> {
  static constexpr expression_facts facts{1, 1, 1, false, origin::other, false, {}, false, true};
  std::ptrdiff_t value;
  static constexpr traced lower(expression_context& c) { return c.next_stored(); }
};

/// A number, or what an expression says: argmax(v), an integer argument.
template <class N>
concept part_number = std::integral<N> || expression<N>;

template <part_number N>
constexpr auto held_number(const N& n) {
  if constexpr (std::integral<N>) {
    return held_integer{{}, static_cast<std::ptrdiff_t>(n)};
  } else {
    return n;
  }
}

// head(v, n), tail(v, n), segment(v, start, n), row(A, i), col(A, j), reshape(a, m, n); of a user's
// array where a number is an expression.
#define TAPELESS_ARRAY_PART(name, numbers)                                                         \
  struct name##_of_array : array_function {                                                        \
    template <class A, class... N>                                                                 \
    static constexpr auto call(const A& a, const N&... n) {                                        \
      if constexpr (requires { name(a, n...); }) {                                                 \
        return name(a, n...);                                                                      \
      } else {                                                                                     \
        return no_array_operation(a, n...);                                                        \
      }                                                                                            \
    }                                                                                              \
  };                                                                                               \
  template <expression E, part_number... N>                                                        \
    requires(sizeof...(N) == numbers)                                                              \
  constexpr auto name(const E& e, const N&... n) {                                                 \
    return expression_family::apply<name##_of_array>(e, held_number(n)...);                        \
  }                                                                                                \
  template <array_operand_of_expression A, part_number... N>                                       \
    requires(sizeof...(N) == numbers && !symbolic<std::remove_cvref_t<A>> &&                       \
             (expression<N> || ...))                                                               \
  constexpr auto name(A&& a, const N&... n) {                                                      \
    return expression_family::apply<name##_of_array>(held(std::forward<A>(a)), held_number(n)...); \
  }
TAPELESS_ARRAY_PART(head, 1)
TAPELESS_ARRAY_PART(tail, 1)
TAPELESS_ARRAY_PART(segment, 2)
TAPELESS_ARRAY_PART(row, 1)
TAPELESS_ARRAY_PART(col, 1)
TAPELESS_ARRAY_PART(reshape, 2)
#undef TAPELESS_ARRAY_PART

#define TAPELESS_ARRAY_PRIMITIVE(name, primitive)                         \
  template <class A, class B>                                             \
    requires beside_array<A, B>                                           \
  constexpr auto name(A&& a, B&& b) {                                     \
    return expression_family::apply<primitive>(held(std::forward<A>(a)),  \
                                               held(std::forward<B>(b))); \
  }
TAPELESS_ARRAY_PRIMITIVE(max, maximum)
TAPELESS_ARRAY_PRIMITIVE(min, minimum)
TAPELESS_ARRAY_PRIMITIVE(copysign, sign_copied)
TAPELESS_ARRAY_PRIMITIVE(huber, huber_function)
TAPELESS_ARRAY_PRIMITIVE(hypot, hypotenuse)
TAPELESS_ARRAY_PRIMITIVE(pow, power)
TAPELESS_ARRAY_PRIMITIVE(atan2, arc_tangent_of_point)
TAPELESS_ARRAY_PRIMITIVE(logaddexp, logarithm_of_sum)
TAPELESS_ARRAY_PRIMITIVE(xlogy, product_with_logarithm)
TAPELESS_ARRAY_PRIMITIVE(fmod, floating_remainder)
#undef TAPELESS_ARRAY_PRIMITIVE

}  // namespace TAPELESS_ABI
}  // namespace tapeless
