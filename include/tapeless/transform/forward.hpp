// SPDX-License-Identifier: BSL-1.0
#pragma once

// The one tangent sweep: from a graph to the same graph with its Jacobian-vector product.

#include <tapeless/transform/factored.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Adds the tangents of the first `count` nodes of g, given those of some inputs (none: zero).
/// `uses` counts the nodes that use each node: a tangent needed more than once becomes a base.
template <class Policy>
constexpr void tangent_sweep(builder& g, int count, factored* tangent, const int* uses) {
  for (int n = 0; n < count; ++n) {
    const operation* op = g[n].op;
    bool any = false;
    for (int i = 0; i < op->arity; ++i) any = any || tangent[g[n].operand(i)].exists();
    if (!any || op->returns_condition) continue;
    partial parts[max_arity]{{}, {}, {}};
    const int operands[max_arity]{g[n].a, g[n].b, g[n].c};
    op->partials(g, operands, n, parts);
    const bool twice = is_twice(g[n], parts);
    // Quotients with one denominator are added before the division.
    factored sum{};
    int shared = -1;
    for (int i = twice ? 1 : 0; i < op->arity; ++i) {
      const factored x = tangent[g[n].operand(i)];
      partial p = parts[i];
      if (!x.exists() || p.numerator < 0) continue;
      if (!sum.exists()) shared = p.denominator;
      if (shared >= 0 && shared != p.denominator) {
        sum = sum.times<Policy>(g, {g.constant(1), shared});
        shared = -1;
      }
      if (shared >= 0) p.denominator = -1;
      sum.add(g, (twice ? doubled(g, x) : x).times<Policy>(g, p));
    }
    if (shared >= 0) sum = sum.times<Policy>(g, {g.constant(1), shared});
    tangent[n] = sum.exists() && uses[n] > 1 ? sum.rebased(g) : sum;
  }
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
