// SPDX-License-Identifier: BSL-1.0
#pragma once

// Where abs(x) <= k a multiple of x, elsewhere the same multiple of k sign(x): that of x clamped to
// [-k, k], which takes neither the comparison nor the sign. The derivatives of Huber's loss and of
// its relatives look so. For graphs of which no derivatives will be taken: at abs(x) = k those of
// the choice depend on the comparison.

#include <tapeless/graph/nest_graph.hpp>
#include <tapeless/primitive/piecewise.hpp>
#include <tapeless/trace/traced.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// scale * factors * clamp(value, -bound, bound)
struct clamp_parts {
  static constexpr int most_factors = 4;
  int value = -1;  ///< -1: the node is something else
  double bound = 0, scale = 1;
  int factors[most_factors]{}, count = 0;

  /// Takes the factors of v apart; false: there are too many.
  template <class Graph>
  constexpr bool collect(const Graph& g, int v) {
    const node& x = g.nodes[v];
    switch (x.op->kind) {
      case algebra::negate:
        scale = -scale;
        return collect(g, x.a);
      case algebra::multiply:
        return collect(g, x.a) && collect(g, x.b);
      case algebra::constant:
        scale *= x.value();
        return true;
      default:
        if (count == most_factors) return false;
        factors[count++] = v;
        return true;
    }
  }
  /// Removes the first factor that is as wanted; -1: none is.
  template <class Wanted>
  constexpr int take(const Wanted& wanted) {
    for (int i = 0; i < count; ++i) {
      if (!wanted(factors[i])) continue;
      const int found = factors[i];
      factors[i] = factors[--count];
      return found;
    }
    return -1;
  }
};

template <class Graph>
constexpr clamp_parts parts_of_clamp(const Graph& g, int n) {
  // operation_of would make the rules of these primitives part of every program.
  const auto is = [&](int id, std::uint64_t hash) { return g.nodes[id].op->hash == hash; };
  const node& x = g.nodes[n];
  if (x.op->kind != algebra::select || g.nodes[x.a].op->kind != algebra::compare) return {};
  const node& c = g.nodes[x.a];
  if (c.op->name == "==" || !is(c.a, hash_of(type_name<absolute_value>())) ||
      !g.nodes[c.b].is_constant() || !(g.nodes[c.b].value() > 0)) {
    return {};
  }
  const int value = g.nodes[c.a].a;
  clamp_parts whole, inside, outside;
  if (!whole.collect(g, value) || !inside.collect(g, x.b) || !outside.collect(g, x.c)) return {};
  const auto is_sign = [&](int id) {
    return is(id, hash_of(type_name<signum>())) && g.nodes[id].a == value;
  };
  if (outside.take(is_sign) < 0) return {};
  // What multiplies the value, which may be a product itself.
  for (int i = 0; i < whole.count; ++i) {
    if (inside.take([&](int id) { return id == whole.factors[i]; }) < 0) return {};
  }
  inside.scale /= whole.scale;
  inside.bound = g.nodes[c.b].value();
  if (outside.count != inside.count || outside.scale != inside.scale * inside.bound) return {};
  for (int i = 0; i < inside.count; ++i) {
    if (outside.take([&](int id) { return id == inside.factors[i]; }) < 0) return {};
  }
  inside.value = value;
  return inside;
}

template <class Graph>
constexpr bool has_clamps(const Graph& g) {
  for (int n = 0; n < g.size; ++n) {
    if (parts_of_clamp(g, n).value >= 0) return true;
  }
  return false;
}

/// The same in another graph, with its own numbers of nodes.
template <class Numbers, class Clamped = clamped>
constexpr int clamp_of_parts(builder& g, const clamp_parts& p, const Numbers& number) {
  int r =
      g.apply(operation_for<Clamped>, number(p.value), g.constant(-p.bound), g.constant(p.bound));
  for (int i = 0; i < p.count; ++i) {
    r = g.apply(g.operations.multiply, number(p.factors[i]), r);
  }
  return g.apply(g.operations.multiply, g.constant(p.scale), r);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
