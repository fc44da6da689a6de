// SPDX-License-Identifier: BSL-1.0
#pragma once

// Local algebra: what `builder::apply` does instead of appending a node.
//
// Every rule preserves values to rounding and keeps NaN, inf and domains. Folding happens only
// where it is exact in every scalar type: the operands fit into float, the result into double
// without rounding. Whatever is left the C++ compiler folds in the program's own scalar type.

#include <tapeless/graph/builder.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Static functions of the rules, one an operation; -1 means "no rule applies".
struct local_algebra {
  static constexpr bool fits_float(double v) {
    return (v < 0 ? -v : v) <= 3e38 && static_cast<double>(static_cast<float>(v)) == v;
  }
  /// a + b without rounding error (Knuth's two-sum).
  static constexpr bool exact_sum(double a, double b) {
    if (!fits_float(a) || !fits_float(b)) return false;  // inf - inf is no constant expression
    const double s = a + b, t = s - a;
    return (a - (s - t)) + (b - t) == 0 && (s != 0 || a != 0);
  }
  /// And within float's range: there a program's own products, in another order, would be.
  static constexpr bool exact_product(double a, double b) {
    // What fits_float says of both, without a call: derivatives of powers ask for each constant.
    if (!(a <= 3e38 && a >= -3e38 && b <= 3e38 && b >= -3e38) ||
        static_cast<double>(static_cast<float>(a)) != a ||
        static_cast<double>(static_cast<float>(b)) != b) {
      return false;
    }
    const double p = a * b;
    return (p >= 0x1p-126 && p <= 3e38) || (p <= -0x1p-126 && p >= -3e38);
  }
  static constexpr bool exact_quotient(double a, double b) {
    return fits_float(a) && fits_float(b) && b != 0 && a != 0 && fits_float(a / b) &&
           (a / b) * b == a;
  }
  /// k * x with k < 0. A sum subtracts -k * x instead: one spelling, so that equal terms meet and
  /// alike sums look alike to compilers that vectorise them.
  static constexpr bool is_negative_multiple(const builder& g, int id) {
    const node& n = g.nodes[id];
    return n.op->kind == algebra::multiply && g.nodes[n.a].op->kind == algebra::constant &&
           g.nodes[n.a].value() < 0;
  }
  static constexpr int opposite_multiple(builder& g, int id) {
    const node& n = g.nodes[id];
    return multiple(g, -g.nodes[n.a].value(), n.b);
  }
  /// The value can not be -0.0, so adding +0.0 changes nothing.
  static constexpr bool never_negative_zero(const builder& g, int id) {
    const node& n = g[id];
    return n.op->kind == algebra::multiply   ? n.a == n.b
           : n.op->kind == algebra::constant ? n.value() != 0
           : n.op->kind == algebra::add ? never_negative_zero(g, n.a) || never_negative_zero(g, n.b)
                                        : false;
  }
  /// A select one of whose arms is zero by structure (the cotangent of a branch).
  static constexpr bool has_zero_arm(const builder& g, int id) {
    return g.is(id, algebra::select) && g[id].bits == 1;
  }

  /// Branches within branches are looked through to this depth.
  static constexpr int search_limit = 8;
  /// x is zero by structure unless condition c has the given outcome. Where cotangents from
  /// branches within branches are added, the sum must keep what guards both, or a derivative that
  /// is inf or NaN leaks out of a branch not taken.
  static constexpr bool is_guarded(const builder& g, int x, int c, bool outcome, int depth = 0) {
    if (g.is_structural_zero(x)) return true;
    if (!has_zero_arm(g, x) || depth == search_limit) return false;
    if (g[x].a == c) return g.is_structural_zero(outcome ? g[x].c : g[x].b);
    return is_guarded(g, g[x].b, c, outcome, depth + 1) &&
           is_guarded(g, g[x].c, c, outcome, depth + 1);
  }
  /// x where condition c is known to have the outcome that guards it.
  static constexpr int unguarded(builder& g, int x, int c, bool outcome) {
    const node n = g[x];
    if (g.is_structural_zero(x)) return x;
    if (n.a == c) return outcome ? n.b : n.c;
    return choice(g, n.op, n.a, unguarded(g, n.b, c, outcome), unguarded(g, n.c, c, outcome));
  }
  /// The sum of a and b where both are zero unless one condition holds, which is met in x: the sum
  /// is made under that condition. -1: they have none in common.
  static constexpr int guarded_sum(builder& g, int a, int b, int level, int x, int depth = 0) {
    if (!has_zero_arm(g, x) || depth == search_limit) return -1;
    const node n = g[x];
    const bool outcome = g.is_structural_zero(n.c);
    if ((outcome || g.is_structural_zero(n.b)) && is_guarded(g, a, n.a, outcome) &&
        is_guarded(g, b, n.a, outcome)) {
      const int s = sum(g, unguarded(g, a, n.a, outcome), unguarded(g, b, n.a, outcome), level + 1);
      const int zero = g.structural_zero();
      return choice(g, n.op, n.a, outcome ? s : zero, outcome ? zero : s);
    }
    const int s = guarded_sum(g, a, b, level, n.b, depth + 1);
    return s >= 0 ? s : guarded_sum(g, a, b, level, n.c, depth + 1);
  }

  static constexpr int opposite(builder& g, int c) {
    return c < 0 ? -1 : g.apply(g.operations.opposite, c);
  }
  static constexpr int either(builder& g, int c, int d) {
    if (c < 0 || d < 0) return -1;
    return c == d ? c : g.apply(g.operations.either, c < d ? c : d, c < d ? d : c);
  }
  static constexpr int both(builder& g, int c, int d) {
    return c < 0 ? d : d < 0 ? c : opposite(g, either(g, opposite(g, c), opposite(g, d)));
  }
  /// Conditions within conditions that a guard is made of.
  static constexpr int guard_depth = 4;
  /// The condition without which x, which has a zero arm, is zero by structure; -1: there is none.
  static constexpr int guard_of(builder& g, int x, int depth = 0) {
    if (!has_zero_arm(g, x) || depth == guard_depth) return -1;
    const node n = g[x];
    if (g.is_structural_zero(n.c)) return both(g, n.a, guard_of(g, n.b, depth + 1));
    const int otherwise = both(g, opposite(g, n.a), guard_of(g, n.c, depth + 1));
    if (g.is_structural_zero(n.b)) return otherwise;
    return either(g, both(g, n.a, guard_of(g, n.b, depth + 1)), otherwise);
  }
  /// The sum of two such values under either condition, or a derivative that is inf or NaN would be
  /// multiplied by zeros where none of them holds. -1: it has none.
  static constexpr int sum_of_guarded(builder& g, int a, int b) {
    const int c = g.guards_sums ? either(g, guard_of(g, a), guard_of(g, b)) : -1;
    if (c < 0) return -1;
    const int x = without_guard(g, a), y = without_guard(g, b);
    const int s = g.intern(g.operations.add, x < y ? x : y, x < y ? y : x, -1,
                           1 + static_cast<std::uint64_t>(c));
    return g.apply(g[a].op, c, s, g.structural_zero());
  }
  /// Such a sum is zero as well where its condition does not hold: it needs that only as a factor.
  static constexpr int without_guard(const builder& g, int x) {
    if (!has_zero_arm(g, x) || !g.is_structural_zero(g[x].c)) return x;
    const node& s = g[g[x].b];
    return s.op->kind == algebra::add && s.bits == 1 + static_cast<std::uint64_t>(g[x].a) ? g[x].b
                                                                                          : x;
  }

  static constexpr int sum(builder& g, int a, int b, int level = 0) {
    const node& x = g.nodes[a];
    const node& y = g.nodes[b];
    const bool ka = x.op->kind == algebra::constant, kb = y.op->kind == algebra::constant;
    if (ka || kb) {
      if (ka && kb && exact_sum(x.value(), y.value())) return g.constant(x.value() + y.value());
      if (g.is_structural_zero(a)) return b;
      if (g.is_structural_zero(b)) return a;
      if (ka && x.value() == 0 && (x.bits != 0 || never_negative_zero(g, b))) return b;
      if (kb && y.value() == 0 && (y.bits != 0 || never_negative_zero(g, a))) return a;
    }
    if (y.op->kind == algebra::negate) return g.apply(g.operations.subtract, a, y.a);
    if (x.op->kind == algebra::negate) return g.apply(g.operations.subtract, b, x.a);
    if (is_negative_multiple(g, b)) return difference(g, a, opposite_multiple(g, b));
    if (is_negative_multiple(g, a)) return difference(g, b, opposite_multiple(g, a));
    if (a == b) return g.apply(g.operations.multiply, g.constant(2), a);
    if (level < search_limit && has_zero_arm(g, a) && has_zero_arm(g, b)) {
      if (x.a == y.a) return g.apply(x.op, x.a, sum(g, x.b, y.b), sum(g, x.c, y.c));
      if (const int s = guarded_sum(g, a, b, level, a); s >= 0) return s;
      if (const int s = sum_of_guarded(g, a, b); s >= 0) return s;
    }
    a = without_guard(g, a), b = without_guard(g, b);
    return g.intern(g.operations.add, a < b ? a : b, a < b ? b : a, -1, 0);
  }

  static constexpr int difference(builder& g, int a, int b) {
    const node& x = g.nodes[a];
    const node& y = g.nodes[b];
    const bool ka = x.op->kind == algebra::constant, kb = y.op->kind == algebra::constant;
    if (ka || kb) {
      if (ka && kb && exact_sum(x.value(), -y.value())) return g.constant(x.value() - y.value());
      if (kb && y.bits == 0) return a;
      if (g.is_structural_zero(a)) return g.apply(g.operations.negate, b);
    }
    if (y.op->kind == algebra::negate) return g.apply(g.operations.add, a, y.a);
    if (is_negative_multiple(g, b)) return sum(g, a, opposite_multiple(g, b));
    return g.intern(g.operations.subtract, a, b, -1, 0);
  }

  static constexpr int product(builder& g, int a, int b) {
    const node* const v = g.nodes;
    if (v[b].op->kind == algebra::constant) return scaled(g, b, a);
    if (v[a].op->kind == algebra::constant) return scaled(g, a, b);
    const node& x = v[a];
    const node& y = v[b];
    if (y.op->kind == algebra::select && y.bits == 1) {
      return g.apply(y.op, y.a, product(g, a, y.b), product(g, a, y.c));
    }
    if (x.op->kind == algebra::select && x.bits == 1) {
      return g.apply(x.op, x.a, product(g, x.b, b), product(g, x.c, b));
    }
    if (x.op->kind == algebra::negate) {
      return y.op->kind == algebra::negate ? product(g, x.a, y.a)
                                           : g.apply(g.operations.negate, product(g, x.a, b));
    }
    if (y.op->kind == algebra::negate) return g.apply(g.operations.negate, product(g, a, y.a));
    if (g.nest != nullptr) {
      if (const int p = product_by_depth(g, a, b); p >= 0) return p;
      if (const int p = product_by_depth(g, b, a); p >= 0) return p;
      if (const int p = product_without_invariants(g, a, b); p >= 0) return p;
      if (const int p = product_without_invariants(g, b, a); p >= 0) return p;
    }
    return g.intern(g.operations.multiply, a < b ? a : b, a < b ? b : a, -1, 0);
  }

  static constexpr int depth(const builder& g, int n) {
    return g.nest->loops[g.nest->scope[n]].depth;
  }
  /// a * (c * d) where d alone belongs to the innermost loop: (a * c) * d, whose first product is
  /// outside of that loop. -1: it is not so.
  static constexpr int product_by_depth(builder& g, int a, int b) {
    const node y = g[b];
    if (y.op->kind != algebra::multiply) return -1;
    const int inner = depth(g, b);
    if (inner == 0 || depth(g, a) >= inner) return -1;
    const int c = depth(g, y.a), d = depth(g, y.b);
    if (c < inner && d == inner) return product(g, product(g, a, y.a), y.b);
    if (d < inner && c == inner) return product(g, product(g, a, y.b), y.a);
    return -1;
  }

  /// (c * d) * b where c does not belong to the innermost loop: c * (d * b), so that sums of
  /// products of equal variables meet whatever scales them.
  static constexpr int product_without_invariants(builder& g, int a, int b) {
    const node x = g[a];
    const int inner = depth(g, a);
    if (x.op->kind != algebra::multiply || inner == 0 || depth(g, b) != inner) return -1;
    const int c = depth(g, x.a), d = depth(g, x.b);
    if (c < inner && d == inner) return product(g, x.a, product(g, x.b, b));
    if (d < inner && c == inner) return product(g, x.b, product(g, x.a, b));
    return -1;
  }

  /// The product of the constant a and b; constants stand first and meet each other.
  static constexpr int scaled(builder& g, int a, int b) {
    const double k = g.nodes[a].value();
    return k == 0 && g.nodes[a].a == 1 ? a : multiple(g, k, b, a);
  }
  /// The product of the number k, whose node is `a` if it has one already, and b.
  static constexpr int multiple(builder& g, double k, int b, int a = -1) {
    if (k == 1) return b;
    if (k == -1) return g.apply(g.operations.negate, b);
    const node& y = g.nodes[b];
    const algebra kind = y.op->kind;
    if (kind == algebra::multiply || kind == algebra::divide) {
      const node& c = g.nodes[y.a];
      if (c.op->kind == algebra::constant && exact_product(k, c.value())) {
        return kind == algebra::multiply ? multiple(g, k * c.value(), y.b)
                                         : quotient(g, y.op, g.constant(k * c.value()), y.b);
      }
    } else if (kind == algebra::constant) {
      if (y.a == 1) return b;
      if (exact_product(k, y.value())) return g.constant(k * y.value());
    } else if (kind == algebra::negate) {
      return multiple(g, -k, y.a);
    }
    if (a < 0) a = g.constant(k);
    if (kind == algebra::select && y.bits == 1) {
      return g.apply(y.op, y.a, product(g, a, y.b), product(g, a, y.c));
    }
    if (g.nest != nullptr && kind == algebra::multiply && !g.is_constant(y.a)) {
      if (const int p = product_by_depth(g, a, b); p >= 0) return p;
    }
    return g.intern(g.operations.multiply, a, b, -1, 0);
  }

  static constexpr int quotient(builder& g, const operation* op, int a, int b) {
    const node& x = g[a];
    const node& y = g[b];
    if (y.is_constant()) {
      const double k = y.value();
      if (k == 1) return a;
      if (k == -1) return g.apply(g.operations.negate, a);
      if (x.is_constant() && exact_quotient(x.value(), k)) {
        return g.constant(x.value() / k);
      }
      if (exact_quotient(1, k)) return product(g, g.constant(1 / k), a);
    }
    if (g.is_structural_zero(a)) return a;
    if (has_zero_arm(g, a)) {
      return g.apply(x.op, x.a, quotient(g, op, x.b, b), quotient(g, op, x.c, b));
    }
    if (x.op->kind == algebra::negate) {
      return y.op->kind == algebra::negate ? quotient(g, op, x.a, y.a)
                                           : g.apply(g.operations.negate, quotient(g, op, x.a, b));
    }
    if (y.op->kind == algebra::negate) return g.apply(g.operations.negate, quotient(g, op, a, y.a));
    // One division outside of the loop.
    if (g.nest != nullptr && depth(g, b) < depth(g, a)) {
      return product(g, a, quotient(g, op, g.constant(1), b));
    }
    return g.intern(op, a, b, -1, 0);
  }

  static constexpr int negation(builder& g, int a) {
    const node& x = g.nodes[a];
    if (x.op->kind == algebra::constant) return x.a == 1 ? a : g.constant(-x.value());
    if (x.op->kind == algebra::negate) return x.a;
    if (x.op->kind == algebra::multiply && g.is_constant(x.a)) {
      return multiple(g, -g.nodes[x.a].value(), x.b);
    }
    if (has_zero_arm(g, a)) return g.apply(x.op, x.a, negation(g, x.b), negation(g, x.c));
    return g.intern(g.operations.negate, a, -1, -1, 0);
  }

  /// The outcome of a comparison of constants: 1, 0, or -1 if it is unknown or depends on the
  /// scalar type. Rounding to float is monotonic, so what differs there differs everywhere.
  static constexpr int outcome(const builder& g, int c) {
    const node n = g[c];
    if (n.op->kind != algebra::compare || !g.is_constant(n.a) || !g.is_constant(n.b)) return -1;
    const double a = g[n.a].value(), b = g[n.b].value();
    if (a == b) return n.op->name != "<";
    if (!(a >= -3e38 && a <= 3e38 && b >= -3e38 && b <= 3e38)) return -1;
    const float x = static_cast<float>(a), y = static_cast<float>(b);
    return x == y ? -1 : n.op->name != "==" && x < y;
  }

  /// What is zero unless c and a condition from outside of c's loop hold: the latter comes first,
  /// so that a sum over the loop is guarded by it, too. -1: it is not so.
  static constexpr int choice_by_depth(builder& g, const operation* op, int c, int a, int b) {
    const bool taken = g.is_structural_zero(b);
    const int x = taken ? a : b;
    if (!(taken || g.is_structural_zero(a)) || !has_zero_arm(g, x)) return -1;
    const node n = g[x];
    const bool second = g.is_structural_zero(n.b);
    if (!(second || g.is_structural_zero(n.c)) || depth(g, n.a) >= depth(g, c)) return -1;
    const int zero = second ? n.b : n.c, rest = second ? n.c : n.b;
    const int s = choice(g, op, c, taken ? rest : zero, taken ? zero : rest);
    return choice(g, op, n.a, second ? zero : s, second ? s : zero);
  }

  static constexpr int choice(builder& g, const operation* op, int c, int a, int b) {
    // A choice within a choice by the same condition is made already.
    if (g.is(a, algebra::select) && g[a].a == c) a = g[a].b;
    if (g.is(b, algebra::select) && g[b].a == c) b = g[b].c;
    if (a == b) return a;
    if (const int known = outcome(g, c); known >= 0) return known == 1 ? a : b;
    if (g.is(c, algebra::logical_not)) return choice(g, op, g[c].a, b, a);
    if (g.nest != nullptr) {
      if (const int x = choice_by_depth(g, op, c, a, b); x >= 0) return x;
    }
    const bool zero = g.is_structural_zero(a) || g.is_structural_zero(b) || has_zero_arm(g, a) ||
                      has_zero_arm(g, b);
    return g.intern(op, c, a, b, zero ? 1u : 0u);
  }
};

constexpr int builder::apply(const operation* op, int a, int b, int c) {
  const algebra kind = op->kind;
  // Most of a program is arithmetic to which no rule applies.
  if (kind >= algebra::add && kind <= last_plain_) {
    const algebra x = nodes_[a].op->kind, y = nodes_[b].op->kind;
    if (x < algebra::constant && y < algebra::constant &&
        (kind > algebra::subtract ||
         ((a != b || kind == algebra::subtract) &&
          (x != algebra::multiply || nodes_[nodes_[a].a].op->kind != algebra::constant ||
           !local_algebra::is_negative_multiple(*this, a)) &&
          (y != algebra::multiply || nodes_[nodes_[b].a].op->kind != algebra::constant ||
           !local_algebra::is_negative_multiple(*this, b))))) {
      return b < a && (kind == algebra::add || kind == algebra::multiply) ? intern(op, b, a, -1, 0)
                                                                          : intern(op, a, b, -1, 0);
    }
    if (kind == algebra::multiply && x == algebra::constant) {
      return local_algebra::scaled(*this, a, b);
    }
  }
  switch (kind) {
    case algebra::add:
      return local_algebra::sum(*this, a, b);
    case algebra::subtract:
      return local_algebra::difference(*this, a, b);
    case algebra::multiply:
      return local_algebra::product(*this, a, b);
    case algebra::divide:
      return local_algebra::quotient(*this, op, a, b);
    case algebra::negate:
      return local_algebra::negation(*this, a);
    case algebra::select:
      return local_algebra::choice(*this, op, a, b, c);
    case algebra::logical_not:
      if (is(a, algebra::logical_not)) return nodes_[a].a;
      break;
    default:
      break;
  }
  return intern(op, a, b, c, 0);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
