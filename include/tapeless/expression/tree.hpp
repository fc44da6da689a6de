// SPDX-License-Identifier: BSL-1.0
#pragma once

// The syntax tree: a static expression is its type, the type is its computation graph.
//
//   variable<"x">        a named input                     (expression/variable.hpp)
//   constant<bits>       an exact number
//   stored<V>            a number met at run time
//   argument<K, F>       leaf K of the arguments of the function F
//   apply<P, X...>       primitive P applied to expressions
//   local<F>             the value that tl::let gave a name to        (expression/let.hpp)
//   let_in<V, F, Body>   Body, in which local<F> stands for V
//   derivative<E, V>     the derivative of E with respect to V (api/derivative.hpp)
//   refused              what a refused operation returns             (expression/node.hpp)
//   too_large            what operators return beyond the limit of nested types
//
// Nodes are empty where nothing is stored, by value everywhere, and aggregates: constructors would
// leave symbols as long as the expression behind.

#include <tapeless/expression/node.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <std::uint64_t Bits>
struct constant : expression_node<constant<Bits>> {
  static constexpr expression_facts facts{1, 1, 0, false};
  static constexpr double value = std::bit_cast<double>(Bits);
  static constexpr traced lower(expression_context& c) { return c.constant(value); }
};

template <class V>
struct stored : expression_node<stored<V>> {
  static constexpr expression_facts facts{1, 1, 1, false};
  V value;
  static constexpr traced lower(expression_context& c) { return c.next_stored(); }
};

/// A run-time choice between expressions is an input like any other; not 0 means true. `lower` is a
/// template so that only programs with such a choice instantiate the comparison.
template <>
struct stored<bool> : expression_node<stored<bool>> {
  using is_condition = void;
  static constexpr expression_facts facts{1, 1, 1, false};
  bool value;
  static constexpr traced_condition lower(auto& c) { return c.next_stored() != 0; }
};

/// Of functions without captures, whose bodies can not mention arguments of others.
struct untraced {};

/// What the arguments of F are marked with. Calls nest, and the body of an inner function may use
/// the arguments of outer ones.
template <class F>
using mark_of = std::conditional_t<std::is_empty_v<F>, untraced, F>;
template <class Mark>
inline constexpr origin origin_of =
    std::same_as<Mark, untraced> ? origin::untraced : origin::captures;

template <int Leaf, class F>
struct argument : expression_node<argument<Leaf, F>> {
  static constexpr expression_facts facts{1, 1, 0, true, origin_of<F>, false, type_identity<F>};
  static constexpr traced lower(expression_context& c) {
    return c.function == type_identity<F> ? c.input(Leaf) : c.outer(type_identity<argument>);
  }

  constexpr argument() = default;
  /// decltype(x) s = 0.0, which only traced values can be.
  template <number N>
  constexpr argument(N) {
    needs_tracing<origin_of<F>>();
  }
};

/// Empty where all operands are.
template <class P, class... X>
struct apply : apply_node<P, X...> {};

template <class P, class A>
  requires holds_data<A>
struct apply<P, A> : apply_node<P, A> {
  A a;
};
template <class P, class A, class B>
  requires holds_data<A, B>
struct apply<P, A, B> : apply_node<P, A, B> {
  [[no_unique_address]] A a;
  [[no_unique_address]] B b;
};
template <class P, class A, class B, class C>
  requires holds_data<A, B, C>
struct apply<P, A, B, C> : apply_node<P, A, B, C> {
  [[no_unique_address]] A a;
  [[no_unique_address]] B b;
  [[no_unique_address]] C c;
};

struct too_large : expression_node<too_large> {
  static constexpr expression_facts facts{TAPELESS_MAX_TREE + 1, 1, 0, true};
  static constexpr traced lower(expression_context&) { return {}; }
};

constexpr bool fits(const expression_facts& f) {
  return f.size <= TAPELESS_MAX_TREE && f.depth <= 480;
}
/// Instead of a node that does not fit. The error comes where the expression is used, because here
/// it would repeat the whole type.
template <class... X>
constexpr auto beyond_limit() {
  if constexpr ((std::same_as<X, refused> || ...)) {
    return refused{};
  } else {
    return too_large{};
  }
}

/// gather(e, to): writes the stored numbers of e in the order in which lowering meets them.
template <class E, class T>
TAPELESS_INLINE constexpr void gather(const E&, T*&) {}
template <class V, class T>
TAPELESS_INLINE constexpr void gather(const stored<V>& e, T*& to) {
  *to++ = static_cast<T>(e.value);
}
template <class P, class A, class T>
  requires holds_data<A>
TAPELESS_INLINE constexpr void gather(const apply<P, A>& e, T*& to) {
  gather(e.a, to);
}
template <class P, class A, class B, class T>
  requires holds_data<A, B>
TAPELESS_INLINE constexpr void gather(const apply<P, A, B>& e, T*& to) {
  gather(e.a, to);
  gather(e.b, to);
}
template <class P, class A, class B, class C, class T>
  requires holds_data<A, B, C>
TAPELESS_INLINE constexpr void gather(const apply<P, A, B, C>& e, T*& to) {
  gather(e.a, to);
  gather(e.b, to);
  gather(e.c, to);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
