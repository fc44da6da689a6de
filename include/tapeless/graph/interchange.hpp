// SPDX-License-Identifier: BSL-1.0
#pragma once

// Sums over matrices that are products: the order of the sums is changed where a factor then leaves
// the inner one, so that no product is computed.

#include <tapeless/graph/nest.hpp>

#include <initializer_list>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Static functions, as in nest.
struct interchange {
  /// An element of a product of matrices that a routine would compute, as the sum that it is.
  static constexpr int expanded(builder& g, int b) {
    const node x = g[b];
    if (x.op->kind != algebra::load || x.op->arity != 3 || !g.is(x.a, algebra::routine)) return b;
    const node product = g[x.a];
    const bool first = product.op->name == "transposed_product",
               second = product.op->name == "product_transposed";
    if (!first && !second && product.op->name != "product") return b;
    nest_tables& t = *g.nest;
    const int extent = nest::shape_of(g, product.a).extent[first ? 0 : 1];
    const int l = nest::range(g, t.scope[b], extent), k = nest::index(g, l);
    const int of_a[]{first ? k : x.b, first ? x.b : k}, of_b[]{second ? x.c : k, second ? k : x.c};
    return nest::sum(g, l,
                     g.apply(g.operations.multiply, nest::element(g, product.a, of_a),
                             nest::element(g, product.b, of_b)));
  }
  /// The sum of b over the loop l. sum_j sum_k x_k y_kj is sum_k x_k sum_j y_kj.
  static constexpr int sum(builder& g, int l, int b) {
    nest_tables& t = *g.nest;
    const node s = g[b];
    if (t.branches || s.op->kind != algebra::sum || t.loops[s.b].parent != l ||
        !g.is(s.a, algebra::multiply) || t.inside(t.scope[t.loops[s.b].extent], l)) {
      return nest::sum(g, l, b);
    }
    const node product = g[s.a];
    const int m = s.b;
    for (int swap = 0; swap < 2; ++swap) {
      const int x = swap != 0 ? product.b : product.a, y = swap != 0 ? product.a : product.b;
      if (t.inside(nest::free_scope(g, m, x), l)) continue;
      const int outer = nest::range(g, t.loops[l].parent, t.loops[m].extent);
      const int inner = nest::range(g, outer, t.loops[l].extent);
      mapping of_x(g);
      of_x.set_loop(m, outer);
      of_x.set(t.loops[m].index, nest::index(g, outer));
      const int factor = of_x.clone(m, x);
      mapping of_y(g);
      of_y.set_loop(l, inner);
      of_y.set_loop(m, inner);
      of_y.set(t.loops[l].index, nest::index(g, inner));
      of_y.set(t.loops[m].index, nest::index(g, outer));
      const int rest = sum(g, inner, of_y.clone(l, y));
      return nest::sum(g, outer, g.apply(g.operations.multiply, factor, rest));
    }
    return nest::sum(g, l, b);
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
