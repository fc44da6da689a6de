// SPDX-License-Identifier: BSL-1.0
#pragma once

// The one tangent sweep: from a graph to the same graph with its Jacobian-vector product.

#include <tapeless/transform/factored.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// A graph without loops: values are where they were.
struct straight_tangents {
  static constexpr bool has_loops = false;
  static constexpr int seen(int n) { return n; }
};

/// dx times the partial p of what uses it. Where both are zero unless a condition holds, that of p
/// is asked first: it may be what makes sure that there is what the other one reads.
template <class Policy>
constexpr factored pushed(builder& g, const factored& dx, const partial& p) {
  const auto has_condition = [&](int n) { return n >= 0 && local_algebra::has_zero_arm(g, n); };
  if (!has_condition(p.numerator) || !(has_condition(dx.base) || has_condition(dx.factor))) {
    return dx.template times<Policy>(g, p);
  }
  const node n = g[p.numerator];
  const auto arm = [&](int value) {
    if (g.is_structural_zero(value)) return value;
    return dx.template times<Policy>(g, {value, p.denominator}).node(g);
  };
  const int first = arm(n.b), second = arm(n.c);
  return {g.apply(n.op, n.a, first, second), -1};
}

/// Adds the tangents of the first `count` nodes of g, given those of some inputs (none: zero).
/// `uses` counts the nodes that use each node: a tangent needed more than once becomes a base.
/// `loops` sees to what is no elementwise operation.
template <class Policy, class Loops = straight_tangents>
constexpr void tangent_sweep(builder& g, int count, factored* tangent, const int* uses,
                             Loops&& loops = {}) {
  for (int n = 0; n < count; ++n) {
    if constexpr (std::remove_cvref_t<Loops>::has_loops) {
      if (loops.pushed(n)) continue;
    }
    const node& v = g.nodes[n];
    const operation* op = v.op;
    const int operands[max_arity]{v.a, v.b, v.c};
    bool any = false;
    for (int i = 0; i < op->arity; ++i) any = any || tangent[operands[i]].exists();
    if (!any || op->returns_condition) continue;
    const int x[max_arity]{loops.seen(v.a), loops.seen(v.b), loops.seen(v.c)};
    partial parts[max_arity]{{}, {}, {}};
    op->partials(g, x, loops.seen(n), parts);
    const bool twice = is_twice(g[n], parts);
    // Quotients with one denominator are added before the division.
    factored sum{};
    int shared = -1;
    for (int i = twice ? 1 : 0; i < op->arity; ++i) {
      const factored dx = tangent[operands[i]];
      partial p = parts[i];
      if (!dx.exists() || p.numerator < 0) continue;
      if (!sum.exists()) shared = p.denominator;
      if (shared >= 0 && shared != p.denominator) {
        sum = sum.times<Policy>(g, {g.constant(1), shared});
        shared = -1;
      }
      if (shared >= 0) p.denominator = -1;
      sum.add(g, pushed<Policy>(g, twice ? doubled(g, dx) : dx, p));
    }
    if (shared >= 0) sum = sum.times<Policy>(g, {g.constant(1), shared});
    tangent[n] = sum.exists() && uses[n] > 1 ? sum.rebased(g) : sum;
  }
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
