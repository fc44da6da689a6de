// SPDX-License-Identifier: BSL-1.0
#pragma once

// Affine functions of index variables, and their bounds over all iterations.

#include <tapeless/graph/nest_graph.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Factors whose sign shows only when the program runs, and which sign is assumed of each.
struct assumed_signs {
  static constexpr int most = 2;
  int factor[most]{-1, -1};
  int count = 0;  ///< most + 1: there are more
  unsigned negative = 0;

  constexpr int find(int i) const {
    for (int k = 0; k < count && k < most; ++k) {
      if (factor[k] == i) return k;
    }
    return -1;
  }
  constexpr void add(int i) {
    if (find(i) >= 0 || count > most) return;
    if (count < most) factor[count] = i;
    ++count;
  }
};

/// Affine functions of index variables, and their bounds over all iterations.
struct affine {
  /// What is computed of arrays or by loops is not known before the program runs.
  static constexpr bool reads_array(const builder& g, int i) {
    const node& n = g[i];
    const bool computed = n.op->kind >= algebra::index_sum && n.op->kind <= algebra::index_count;
    if (n.op->kind == algebra::index_cast) return !is_scalar(g, n.a);
    for (int k = 0; computed && k < n.op->arity; ++k) {
      if (reads_array(g, n.operand(k))) return true;
    }
    return n.op->kind == algebra::index_load;
  }
  /// A value that is computed of scalar arguments and sizes alone, by few operations.
  static constexpr bool is_scalar(const builder& g, int v, int depth = 8) {
    const node& n = g[v];
    switch (n.op->kind) {
      case algebra::input:
      case algebra::constant:
        return true;
      case algebra::index_value:
        return !reads_array(g, n.a);
      case algebra::index_compare:
        return !reads_array(g, n.a) && !reads_array(g, n.b);
      case algebra::load:
      case algebra::sum:
      case algebra::extremum:
      case algebra::pick:
      case algebra::fold_result:
      case algebra::carry:
        return false;
      default:
        for (int k = 0; k < n.op->arity; ++k) {
          if (depth == 0 || !is_scalar(g, n.operand(k), depth - 1)) return false;
        }
        return true;
    }
  }
  /// The loop whose variable the node is, or whose extremum's position; 0: neither.
  static constexpr int loop_of(const builder& g, int i) {
    const node& n = g[i];
    return n.op->kind == algebra::iota ? n.a : n.op->kind == algebra::argument ? g[n.a].b : 0;
  }
  /// The variable of the deepest loop in i; -1: none.
  static constexpr int variable(const builder& g, int i) {
    const node& n = g[i];
    if (loop_of(g, i) != 0) return i;
    int deepest = -1;
    const bool operands = n.op->kind >= algebra::index_sum && n.op->kind <= algebra::index_count;
    for (int k = 0; operands && k < n.op->arity; ++k) {
      const int v = variable(g, n.operand(k));
      if (v >= 0 && (deepest < 0 || depth(g, v) > depth(g, deepest))) deepest = v;
    }
    return deepest;
  }
  static constexpr int depth(const builder& g, int variable) {
    return g.nest->loops[loop_of(g, variable)].depth;
  }
  /// Whether i grows (1) or falls (-1) with a variable; 0: it does not depend on it.
  static constexpr int unknown = 2;
  static constexpr int slope(const builder& g, int i, int v, const assumed_signs& signs = {}) {
    const node& n = g[i];
    if (i == v) return 1;
    switch (n.op->kind) {
      case algebra::index_sum:
      case algebra::index_difference: {
        const int a = slope(g, n.a, v, signs), b = slope(g, n.b, v, signs);
        if (a == unknown || b == unknown) return unknown;
        const int c = n.op->kind == algebra::index_sum ? b : -b;
        return a == 0 ? c : c == 0 || a == c ? a : unknown;
      }
      case algebra::index_product: {
        const int a = slope(g, n.a, v, signs), b = slope(g, n.b, v, signs);
        if (a == 0 && b == 0) return 0;
        if (a == unknown || b == unknown || (a != 0 && b != 0)) return unknown;
        const int moving = a != 0 ? a : b, factor = a != 0 ? n.b : n.a;
        if (nest::is_number(g, factor)) return nest::number_of(g, factor) < 0 ? -moving : moving;
        if (nest::never_negative(g, factor)) return moving;
        const int k = signs.find(factor);
        return k < 0 ? unknown : (signs.negative >> k & 1) != 0 ? -moving : moving;
      }
      case algebra::index_quotient: {
        const int a = slope(g, n.a, v, signs);
        return slope(g, n.b, v, signs) != 0 ? unknown : a == 0 || is_positive(g, n.b) ? a : unknown;
      }
      case algebra::index_remainder:
        return slope(g, n.a, v, signs) == 0 && slope(g, n.b, v, signs) == 0 ? 0 : unknown;
      case algebra::index_count:
        return slope(g, n.a, v, signs);
      default:
        return 0;
    }
  }
  /// The factors of i that are the same in all iterations and whose sign is not known.
  static constexpr void find_signs(const builder& g, int i, assumed_signs& signs) {
    const node& n = g[i];
    if (n.op->kind < algebra::index_sum || n.op->kind > algebra::index_count) return;
    for (int k = 0; k < n.op->arity; ++k) find_signs(g, n.operand(k), signs);
    if (n.op->kind != algebra::index_product) return;
    for (int k = 0; k < 2; ++k) {
      const int factor = n.operand(k);
      if (variable(g, n.operand(1 - k)) >= 0 && variable(g, factor) < 0 &&
          g.nest->scope[factor] == 0 && !reads_array(g, factor) && !nest::is_number(g, factor) &&
          !nest::never_negative(g, factor)) {
        signs.add(factor);
      }
    }
  }
  /// Or zero: sizes.
  static constexpr bool is_positive(const builder& g, int i) {
    return nest::is_number(g, i) ? nest::number_of(g, i) > 0
                                 : g.is(i, algebra::extent) || g.is(i, algebra::index_count);
  }
  static constexpr int replaced(builder& g, int i, int from, int to) {
    const node n = g[i];
    if (i == from) return to;
    switch (n.op->kind) {
      case algebra::index_sum:
        return nest::index_sum(g, replaced(g, n.a, from, to), replaced(g, n.b, from, to));
      case algebra::index_difference:
        return nest::index_difference(g, replaced(g, n.a, from, to), replaced(g, n.b, from, to));
      case algebra::index_product:
        return nest::index_product(g, replaced(g, n.a, from, to), replaced(g, n.b, from, to));
      case algebra::index_quotient:
        return nest::index_quotient(g, replaced(g, n.a, from, to), replaced(g, n.b, from, to));
      case algebra::index_remainder:
        return nest::index_remainder(g, replaced(g, n.a, from, to), replaced(g, n.b, from, to));
      case algebra::index_count:
        return nest::count(g, replaced(g, n.a, from, to));
      default:
        return i;
    }
  }
  /// The largest value of i (or the least) over all iterations; -1 if it is not known.
  static constexpr int bound(builder& g, int i, bool largest, const assumed_signs& signs = {}) {
    for (;;) {
      const int v = variable(g, i);
      if (v < 0) {
        return g.nest->scope[i] == 0 && !reads_array(g, i) ? i : -1;
      }
      const int s = slope(g, i, v, signs);
      if (s == unknown) return -1;
      const int extent = g.nest->loops[loop_of(g, v)].extent;
      const bool last = largest == (s > 0);
      i = replaced(g, i, v,
                   last ? nest::index_sum(g, extent, nest::number(g, -1)) : nest::number(g, 0));
    }
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
