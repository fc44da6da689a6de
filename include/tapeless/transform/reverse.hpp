// SPDX-License-Identifier: BSL-1.0
#pragma once

// The one reverse sweep: from a graph to the same graph with its vector-Jacobian product.

#include <tapeless/transform/cotangents.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Some operation has a pullback that is no product of the cotangent: tangents do not give it.
template <class Graph>
constexpr bool has_own_pullback(const Graph& g, int count) {
  for (int n = 0; n < count; ++n) {
    if (g[n].op->has_vjp) return true;
  }
  return false;
}

/// How many different operands of node n receive a contribution.
constexpr int receivers(const node& n, const partial* parts, const bool* active) {
  int count = 0;
  for (int i = 0; i < n.op->arity; ++i) {
    bool seen = parts[i].numerator < 0 || !active[n.operand(i)];
    for (int k = 0; k < i; ++k) seen = seen || n.operand(k) == n.operand(i);
    count += seen ? 0 : 1;
  }
  return count;
}

/// The contributions of a node whose operation has a pullback of its own.
template <class Cotangents>
constexpr void own_pullback(builder& g, int n, const int* x, int y, Cotangents& all,
                            const bool* active) {
  const node& v = g.nodes[n];
  const int operands[]{v.a, v.b, v.c};
  int contributions[max_arity]{};
  v.op->vjp(g, x, y, all.sum(g, n).node(g), contributions);
  for (int i = 0; i < v.op->arity; ++i) {
    if (contributions[i] >= 0 && active[operands[i]])
      all.add(g, operands[i], {contributions[i], -1});
  }
}

/// Adds the cotangents of the first `count` nodes of g, given those of some of them, and leaves
/// them there. Only nodes for which `active` holds take part. What is no elementwise operation,
/// loops and arrays, is the matter of the store of cotangents, which also knows where a value is
/// seen from the reverse of a fold.
template <class Policy, class Cotangents>
constexpr void reverse_sweep(builder& g, int count, Cotangents& all, const bool* active) {
  const node* const nodes = g.nodes;
  for (int n = count - 1; n >= 0; --n) {
    if constexpr (Cotangents::has_loops) {
      if (all.reversed(n, active) || !active[n] || !all.exists(n)) continue;
    }
    const node& v = nodes[n];
    const algebra kind = v.op->kind;
    // Sums and differences hand the cotangent on, products multiply it. Their rules say the same,
    // but long programs consist of them, and the steps of constant evaluation are counted.
    if (kind == algebra::add || kind == algebra::subtract) {
      factored& w = all.sum(g, n);
      if (w.base < 0) continue;
      const bool to_a = active[v.a], to_b = active[v.b];
      if (w.factor >= 0 && to_a && to_b) w = w.rebased(g);
      if (to_a) all.add(g, v.a, w);
      if (to_b && kind == algebra::add) all.add(g, v.b, w);
      if (to_b && kind == algebra::subtract) all.add(g, v.b, w.negated(g));
      continue;
    }
    if (kind == algebra::multiply) {
      int a = v.a, b = v.b;
      if constexpr (Cotangents::has_loops) a = all.seen(a), b = all.seen(b);
      factored& w = all.sum(g, n);
      if (w.base < 0) continue;
      if (a == b && v.a == v.b) {
        all.add(g, v.a, doubled(g, w).template times<Policy>(g, a));
        continue;
      }
      const bool to_a = active[v.a], to_b = active[v.b];
      if (w.factor >= 0 && to_a && to_b) w = w.rebased(g);
      if (to_a) all.add(g, v.a, w.template times<Policy>(g, b));
      if (to_b) all.add(g, v.b, w.template times<Policy>(g, a));
      continue;
    }
    const operation& op = *v.op;
    if (op.arity == 0 || !active[n] || !all.exists(n)) continue;
    const int x[max_arity]{all.seen(v.a), all.seen(v.b), all.seen(v.c)};
    if (op.has_vjp) {
      own_pullback(g, n, x, all.seen(n), all, active);
      continue;
    }
    partial parts[max_arity]{{}, {}, {}};
    op.partials(g, x, all.seen(n), parts);
    factored& sum = all.sum(g, n);
    if (sum.factor >= 0 && receivers(v, parts, active) > 1) sum = sum.rebased(g);
    const bool twice = op.arity == 2 && v.a == v.b && parts[0] == parts[1];
    const factored w = twice ? doubled(g, sum) : sum;
    if (!twice && parts[0].numerator >= 0 && active[v.a]) {
      all.add(g, v.a, w.template times<Policy>(g, parts[0]));
    }
    if (op.arity > 1 && parts[1].numerator >= 0 && active[v.b]) {
      all.add(g, v.b, w.template times<Policy>(g, parts[1]));
    }
    if (op.arity > 2 && parts[2].numerator >= 0 && active[v.c]) {
      all.add(g, v.c, w.template times<Policy>(g, parts[2]));
    }
  }
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
