// SPDX-License-Identifier: BSL-1.0
#pragma once

// The one tangent sweep: from a graph to the same graph with its Jacobian-vector product.

#include <tapeless/trace/traced.hpp>
#include <tapeless/transform/policy.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Adds the tangents of the first `count` nodes of g, given those of its inputs (-1: zero).
template <class Policy>
constexpr void tangent_sweep(builder& g, int count, int* tangent) {
  for (int n = 0; n < count; ++n) {
    const operation* op = g[n].op;
    bool any = false;
    for (int i = 0; i < op->arity; ++i) any = any || tangent[g[n].operand(i)] >= 0;
    if (!any || op->returns_condition) continue;
    partial parts[max_arity]{};
    op->partials(g, n, parts);
    // Quotients with one denominator are added before the division.
    int sum = -1, shared = -1;
    for (int i = 0; i < op->arity; ++i) {
      if (tangent[g[n].operand(i)] < 0 || parts[i].numerator < 0) continue;
      const bool first = sum < 0;
      if (first) shared = parts[i].denominator;
      if (!first && shared != parts[i].denominator) {
        if (shared >= 0) sum = g.apply(g.operations().divide, sum, shared);
        shared = -1;
      }
      partial p = parts[i];
      if (shared >= 0) p.denominator = -1;
      const int c = Policy::contribution(g, tangent[g[n].operand(i)], p);
      sum = first ? c : g.apply(g.operations().add, sum, c);
    }
    if (shared >= 0) sum = Policy::contribution(g, sum, {g.constant(1), shared});
    tangent[n] = sum;
  }
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
