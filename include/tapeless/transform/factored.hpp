// SPDX-License-Identifier: BSL-1.0
#pragma once

// Derivatives under construction, as products of a base and a factor.

#include <tapeless/graph/scratch.hpp>
#include <tapeless/trace/traced.hpp>
#include <tapeless/transform/policy.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// A tangent or cotangent: base * factor. Along a path without branches only the factor grows, and
/// contributions that come from one base are added as factors: for e = sin(e) * e that is
/// w * (sin(e) + e * cos(e)), one product fewer, and one on the chain of derivatives instead of
/// two.
struct factored {
  int base = -1;    ///< -1: none yet
  int factor = -1;  ///< -1: one

  constexpr bool exists() const { return base >= 0; }
  constexpr int node(builder& g) const {
    return factor < 0 ? base : g.apply(g.operations.multiply, factor, base);
  }
  constexpr int factor_node(builder& g) const { return factor < 0 ? g.constant(1) : factor; }

  /// The product as the base of what follows.
  constexpr factored rebased(builder& g) const { return {node(g), -1}; }

  constexpr void add(builder& g, const factored& c) {
    if (base < 0) {
      *this = c;
    } else if (base == c.base) {
      factor = g.apply(g.operations.add, factor_node(g), c.factor_node(g));
    } else {
      *this = {g.apply(g.operations.add, node(g), c.node(g)), -1};
    }
  }
  constexpr factored negated(builder& g) const {
    return {g.apply(g.operations.negate, base), factor};
  }
  /// This times a node that is not the constant 1.
  template <class Policy>
  constexpr factored times(builder& g, int n) const {
    if (factor >= 0) return {base, Policy::contribution(g, factor, {n, -1})};
    if (!Policy::factors) return {Policy::contribution(g, base, {n, -1}), -1};
    return {base, n};
  }
  /// This times a partial derivative.
  template <class Policy>
  constexpr factored times(builder& g, const partial& p) const {
    if (factor >= 0) return {base, Policy::contribution(g, factor, p)};
    if (!Policy::factors || p.denominator >= 0) return {Policy::contribution(g, base, p), -1};
    return {base, g.is_value(p.numerator, 1) ? -1 : p.numerator};
  }
};

/// x * x: the two contributions are one of twice the derivative, whose factor 2 joins its constant.
constexpr bool is_twice(const node& n, const partial* parts) {
  return n.op->arity == 2 && n.a == n.b && parts[0] == parts[1];
}
constexpr factored doubled(builder& g, const factored& f) {
  return {local_algebra::multiple(g, 2, f.base), f.factor};
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
