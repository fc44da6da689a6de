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

/// Adds the cotangents of the first `count` nodes of g, given those of some of them, and leaves
/// them there. Only nodes for which `active` holds take part.
template <class Policy>
constexpr void reverse_sweep(builder& g, int count, cotangents& all, const bool* active) {
  for (int n = count - 1; n >= 0; --n) {
    const operation* op = g[n].op;
    if (!all.exists(n) || op->arity == 0 || !active[n]) continue;
    if (op->has_vjp) {
      int contributions[max_arity]{};
      op->vjp(g, n, all.sum(g, n).node(g), contributions);
      for (int i = 0; i < op->arity; ++i) {
        const int x = g[n].operand(i);
        if (contributions[i] >= 0 && active[x]) all.add(g, x, {contributions[i], -1});
      }
      continue;
    }
    partial parts[max_arity]{};
    op->partials(g, n, parts);
    factored& sum = all.sum(g, n);
    if (sum.factor >= 0 && receivers(g[n], parts, active) > 1) sum = sum.rebased(g);
    const bool twice = is_twice(g[n], parts);
    const factored w = twice ? doubled(g, sum) : sum;
    for (int i = twice ? 1 : 0; i < op->arity; ++i) {
      const int x = g[n].operand(i);
      if (parts[i].numerator < 0 || !active[x]) continue;
      all.add(g, x, w.times<Policy>(g, parts[i]));
    }
  }
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
