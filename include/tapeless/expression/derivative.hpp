// SPDX-License-Identifier: BSL-1.0
#pragma once

// The derivative of an expression is an expression.

#include <tapeless/expression/stored_scalar.hpp>
#include <tapeless/expression/variable.hpp>
#include <tapeless/transform/differentiate.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// The node that is the derivative of y with respect to the input x.
template <class Policy>
constexpr int derivative_node(builder& g, int y, int x) {
  if (x > y) return g.structural_zero();
  const int count = y + 1;
  if (Policy::factors && !has_own_pullback(g, count)) {
    scratch<factored> derivatives(count);
    scratch<int> uses(count);
    for (int n = 0; n < count; ++n) {
      for (int i = 0; i < g[n].op->arity; ++i) {
        uses.of[g[n].operand(i)] += i > 0 && g[n].operand(i) == g[n].operand(i - 1) ? 0 : 1;
      }
    }
    derivatives.of[x].base = g.constant(1);
    tangent_sweep<Policy>(g, count, derivatives.of, uses.of);
    return derivatives.of[y].exists() ? derivatives.of[y].node(g) : g.structural_zero();
  } else {
    scratch<bool> active(count);
    active.of[x] = true;
    for (int n = x + 1; n < count; ++n) {
      for (int i = 0; i < g[n].op->arity; ++i)
        active.of[n] = active.of[n] || active.of[g[n].operand(i)];
    }
    cotangents all(count);
    all.add(g, y, {g.constant(1), -1});
    reverse_sweep<Policy>(g, count, all, active.of);
    return all.node(g, x);
  }
}

template <class Policy, class E, class V>
struct derivative;

template <class Policy, class E, class V>
struct derivative_members : expression_node<derivative<Policy, E, V>> {
  static constexpr expression_facts facts = E::facts.parent();
  static constexpr traced lower(expression_context& c) {
    const int y = E::lower(c).id(c.graph);
    const int x = V::lower(c).id(c.graph);
    return traced(&c.graph, derivative_node<Policy>(c.graph, y, x));
  }
};

template <class Policy, class E, class V>
struct derivative : derivative_members<Policy, E, V> {};
template <class Policy, class E, class V>
  requires holds_data<E>
struct derivative<Policy, E, V> : derivative_members<Policy, E, V> {
  E expression;
};

template <class Policy, class E, class V, class T>
  requires holds_data<E>
TAPELESS_INLINE constexpr void gather(const derivative<Policy, E, V>& e, T*& to) {
  gather(e.expression, to);
}
template <class Policy, class E, class V>
struct stored_scalar<derivative<Policy, E, V>> : stored_scalar<E> {};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
