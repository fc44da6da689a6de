// SPDX-License-Identifier: BSL-1.0
#pragma once

// The one reverse sweep: from a graph to the same graph with its vector-Jacobian product.

#include <tapeless/trace/traced.hpp>
#include <tapeless/transform/policy.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Adds the cotangents of the first `count` nodes of g, given those of some of them in
/// `cotangent` (-1: none), and leaves them there. Only nodes for which `active` holds take part.
template <class Policy>
constexpr void reverse_sweep(builder& g, int count, int* cotangent, const bool* active) {
  for (int n = count - 1; n >= 0; --n) {
    const int w = cotangent[n];
    if (w < 0 || !active[n]) continue;
    const operation* op = g[n].op;
    if (op->arity == 0) continue;
    partial parts[max_arity]{};
    op->partials(g, n, parts);
    // x * x: one contribution of twice the cotangent, whose factor 2 joins its constant.
    const bool twice = op->arity == 2 && g[n].a == g[n].b && parts[0] == parts[1];
    for (int i = twice ? 1 : 0; i < op->arity; ++i) {
      const int x = g[n].operand(i);
      if (!active[x] || parts[i].numerator < 0) continue;
      const int c = Policy::contribution(
          g, twice ? g.apply(g.operations().multiply, g.constant(2), w) : w, parts[i]);
      cotangent[x] = cotangent[x] < 0 ? c : g.apply(g.operations().add, cotangent[x], c);
    }
  }
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
