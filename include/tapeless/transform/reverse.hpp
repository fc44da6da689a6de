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
constexpr void own_pullback(builder& g, int n, cotangents& all, const bool* active) {
  int contributions[max_arity]{};
  g[n].op->vjp(g, n, all.sum(g, n).node(g), contributions);
  for (int i = 0; i < g[n].op->arity; ++i) {
    const int x = g[n].operand(i);
    if (contributions[i] >= 0 && active[x]) all.add(g, x, {contributions[i], -1});
  }
}

/// Adds the cotangents of the first `count` nodes of g, given those of some of them, and leaves
/// them there. Only nodes for which `active` holds take part.
template <class Policy>
constexpr void reverse_sweep(builder& g, int count, cotangents& all, const bool* active) {
  const node* const nodes = g.nodes();
  for (int n = count - 1; n >= 0; --n) {
    const node& v = nodes[n];
    const algebra kind = v.op->kind;
    if (!active[n] || v.op->arity == 0 || !all.exists(n)) continue;
    // Sums and differences hand the cotangent on. Their rules say the same, but long programs
    // consist of them, and the steps of constant evaluation are counted.
    if (kind == algebra::add || kind == algebra::subtract) {
      factored& w = all.sum(g, n);
      if (w.factor >= 0 && active[v.a] && active[v.b]) w = w.rebased(g);
      if (active[v.a]) all.add(g, v.a, w);
      if (active[v.b]) {
        all.add(g, v.b, kind == algebra::add ? w : w.negated(g));
      }
      continue;
    }
    if (v.op->has_vjp) {
      own_pullback(g, n, all, active);
      continue;
    }
    partial parts[max_arity]{{}, {}, {}};
    if (kind == algebra::multiply) {
      parts[0].numerator = v.b, parts[1].numerator = v.a;
    } else {
      v.op->partials(g, n, parts);
    }
    factored& sum = all.sum(g, n);
    if (sum.factor >= 0 && receivers(v, parts, active) > 1) sum = sum.rebased(g);
    const bool twice = v.op->arity == 2 && v.a == v.b && parts[0] == parts[1];
    const factored w = twice ? doubled(g, sum) : sum;
    if (!twice && parts[0].numerator >= 0 && active[v.a]) {
      all.add(g, v.a, w.times<Policy>(g, parts[0]));
    }
    if (v.op->arity > 1 && parts[1].numerator >= 0 && active[v.b]) {
      all.add(g, v.b, w.times<Policy>(g, parts[1]));
    }
    if (v.op->arity > 2 && parts[2].numerator >= 0 && active[v.c]) {
      all.add(g, v.c, w.times<Policy>(g, parts[2]));
    }
  }
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
