// SPDX-License-Identifier: BSL-1.0
#pragma once

// Building graphs with loops: indices, elements of arrays, sums, arrays.

#include <tapeless/graph/algebra.hpp>
#include <tapeless/graph/uses.hpp>

#include <cstddef>

namespace tapeless {
inline namespace TAPELESS_ABI {

class mapping;

/// New nodes stay in the branch that a scope lies in, until this object goes.
struct in_branch_of {
  nest_tables& t;
  int before;

  constexpr in_branch_of(nest_tables& tables, int scope) : t(tables), before(tables.floor) {
    if (t.branches) t.floor = t.branch_of(scope);
  }
  in_branch_of(const in_branch_of&) = delete;
  in_branch_of& operator=(const in_branch_of&) = delete;
  constexpr ~in_branch_of() { t.floor = before; }
};

/// Static functions, as in local_algebra. All take the builder of a graph with loops.
struct nest {
  // ---- indices: signed integers -----------------------------------------------------------------

  static constexpr int number(builder& g, std::ptrdiff_t v) {
    return g.intern({&index_constant_operation, -1, -1, -1, static_cast<std::uint64_t>(v)});
  }
  static constexpr bool is_number(const builder& g, int i) {
    return g.is(i, algebra::index_constant);
  }
  static constexpr std::ptrdiff_t number_of(const builder& g, int i) {
    return static_cast<std::ptrdiff_t>(g[i].bits);
  }
  /// Constants stand last and meet each other: i + 1 - 1 is i.
  static constexpr int index_sum(builder& g, int a, int b) {
    if (is_number(g, a)) {
      if (is_number(g, b)) return number(g, number_of(g, a) + number_of(g, b));
      const int swap = a;
      a = b, b = swap;
    }
    const node x = g[a], y = g[b];
    if (is_number(g, b)) {
      if (number_of(g, b) == 0) return a;
      if (x.op->kind == algebra::index_sum && is_number(g, x.b)) {
        return index_sum(g, x.a, number(g, number_of(g, x.b) + number_of(g, b)));
      }
      return g.intern({&index_sum_operation, a, b, -1, 0});
    }
    if (x.op->kind == algebra::index_sum && is_number(g, x.b)) {
      return index_sum(g, index_sum(g, x.a, b), x.b);
    }
    if (y.op->kind == algebra::index_sum && is_number(g, y.b)) {
      return index_sum(g, index_sum(g, a, y.a), y.b);
    }
    if (y.op->kind == algebra::index_difference && y.b == a) return y.a;
    if (x.op->kind == algebra::index_difference && x.b == b) return x.a;
    return g.intern({&index_sum_operation, a < b ? a : b, a < b ? b : a, -1, 0});
  }
  static constexpr int index_difference(builder& g, int a, int b) {
    if (a == b) return number(g, 0);
    if (is_number(g, b)) return index_sum(g, a, number(g, -number_of(g, b)));
    const node x = g[a], y = g[b];
    if (x.op->kind == algebra::index_sum) {
      if (x.a == b) return x.b;
      if (x.b == b) return x.a;
      if (is_number(g, x.b)) return index_sum(g, index_difference(g, x.a, b), x.b);
    }
    if (y.op->kind == algebra::index_sum && is_number(g, y.b)) {
      return index_sum(g, index_difference(g, a, y.a), number(g, -number_of(g, y.b)));
    }
    return g.intern({&index_difference_operation, a, b, -1, 0});
  }
  static constexpr int index_product(builder& g, int a, int b) {
    if (is_number(g, a)) {
      const int swap = a;
      a = b, b = swap;
    }
    if (is_number(g, b)) {
      const std::ptrdiff_t k = number_of(g, b);
      if (is_number(g, a)) return number(g, number_of(g, a) * k);
      if (k == 0) return b;
      if (k == 1) return a;
    }
    return g.intern({&index_product_operation, a, b, -1, 0});
  }
  /// max(a, 0): a number of elements.
  static constexpr int count(builder& g, int a) {
    if (is_number(g, a)) return number_of(g, a) < 0 ? number(g, 0) : a;
    if (never_negative(g, a)) return a;
    return g.intern({&index_count_operation, a, -1, -1, 0});
  }
  static constexpr bool never_negative(const builder& g, int a) {
    const node& n = g[a];
    switch (n.op->kind) {
      case algebra::extent:
      case algebra::index_count:
      case algebra::iota:
        return true;
      case algebra::index_constant:
        return number_of(g, a) >= 0;
      case algebra::index_sum:
      case algebra::index_product:
        return never_negative(g, n.a) && never_negative(g, n.b);
      default:
        return false;
    }
  }
  /// The index as a value.
  static constexpr int value(builder& g, int i) {
    if (is_number(g, i)) return g.constant(static_cast<double>(number_of(g, i)));
    return g.intern({&index_value_operation, i, -1, -1, 0});
  }

  // ---- loops ------------------------------------------------------------------------------------

  static constexpr int scope(const builder& g, int n) { return g.nest()->scope[n]; }

  static constexpr int new_loop(builder& g, loop l) {
    nest_tables& t = *g.nest();
    if (t.loop_count == t.capacity) return g.overflow(), 0;
    l.parent = t.deeper(l.parent, t.scope[l.extent]);
    l.depth = t.loops[l.parent].depth + 1;
    const int id = t.loop_count++;
    t.loops[id] = l;
    t.loops[id].index = g.intern({&iota_operation, id, -1, -1, 0});
    return id;
  }
  /// The loop over `extent` elements in a scope: equal loops are one.
  static constexpr int range(builder& g, int parent, int extent) {
    nest_tables& t = *g.nest();
    extent = count(g, extent);
    const int p = t.deeper(parent, t.scope[extent]);
    for (int l = 1; l < t.loop_count; ++l) {
      const loop& x = t.loops[l];
      if (x.parent == p && x.extent == extent && !x.sequential && x.condition < 0) return l;
    }
    return new_loop(g, {p, extent});
  }
  /// Where a condition has the given outcome: a loop of one iteration or none.
  static constexpr int branch(builder& g, int parent, int condition, bool taken) {
    nest_tables& t = *g.nest();
    t.branches = true;
    const int p = t.deeper(parent, t.scope[condition]);
    for (int l = 1; l < t.loop_count; ++l) {
      const loop& x = t.loops[l];
      if (x.parent == p && x.condition == condition && x.taken == taken) return l;
    }
    const in_branch_of around(t, p);
    const int truth = g.intern({&index_truth_operation, condition, -1, -1, 0});
    loop l{p, taken ? truth : index_difference(g, number(g, 1), truth)};
    l.condition = condition;
    l.taken = taken;
    return new_loop(g, l);
  }
  static constexpr int sequence(builder& g, int parent, int extent, bool backward = false) {
    loop l{parent, count(g, extent)};
    l.sequential = true;
    l.backward = backward;
    return new_loop(g, l);
  }
  /// The node of the fold l, once its body is complete.
  static constexpr int fold(builder& g, int l) {
    return g.nest()->loops[l].fold = g.intern({&fold_operation, l, -1, -1, 0});
  }
  static constexpr int index(const builder& g, int l) { return g.nest()->loops[l].index; }

  /// The deepest scope outside of loop l that the value b, inside of it, needs.
  static constexpr int free_scope(builder& g, int l, int b);
  /// The loop l as far out as the value b in it allows: {loop, value}.
  struct settled_loop {
    int l, value;
  };
  static constexpr settled_loop settled(builder& g, int l, int b);

  static constexpr int sum(builder& g, int l, int b) {
    nest_tables& t = *g.nest();
    if (g.is_structural_zero(b)) return b;
    const in_branch_of around(t, t.loops[l].parent);
    if (t.loops[l].condition >= 0) return sum_branch(g, l, b);
    if (!t.inside(t.scope[b], l)) {
      return g.apply(g.operations().multiply, b, value(g, t.loops[l].extent));
    }
    const node n = g[b];
    const auto outside = [&](int id) { return !t.inside(t.scope[id], l); };
    switch (n.op->kind) {
      case algebra::negate:
        return g.apply(n.op, sum(g, l, n.a));
      case algebra::multiply:
        if (outside(n.a)) return g.apply(n.op, n.a, sum(g, l, n.b));
        if (outside(n.b)) return g.apply(n.op, n.b, sum(g, l, n.a));
        break;
      case algebra::divide:
        if (outside(n.b)) return g.apply(n.op, sum(g, l, n.a), n.b);
        break;
      case algebra::add:
      case algebra::subtract:
        // Not in general: sum(y - m) would cancel. What is scaled has a size of its own.
        if ((outside(n.a) && is_product(g, n.b)) || (outside(n.b) && is_product(g, n.a))) {
          return g.apply(n.op, sum(g, l, n.a), sum(g, l, n.b));
        }
        break;
      case algebra::select:
        if (outside(n.a) && local_algebra::has_zero_arm(g, b)) {
          return g.apply(n.op, n.a, sum(g, l, n.b), sum(g, l, n.c));
        }
        break;
      default:
        break;
    }
    const settled_loop s = settled(g, l, b);
    if (s.l != l) return sum(g, s.l, s.value);
    return g.intern({&sum_operation, b, l, -1, 0});
  }
  static constexpr bool is_product(const builder& g, int n) {
    return g.is(n, algebra::multiply) ||
           (g.is(n, algebra::negate) && g.is(g[n].a, algebra::multiply));
  }
  /// Nothing may leave the branch: 0 * inf is no zero.
  static constexpr int sum_branch(builder& g, int l, int b) {
    nest_tables& t = *g.nest();
    const loop& x = t.loops[l];
    if (t.inside(t.scope[b], l)) return g.intern({&sum_operation, b, l, -1, 0});
    const int zero = g.structural_zero();
    return g.apply(g.operations().choose, x.condition, x.taken ? b : zero, x.taken ? zero : b);
  }
  static constexpr int extremum(builder& g, int l, int b) {
    const in_branch_of around(*g.nest(), g.nest()->loops[l].parent);
    const settled_loop s = settled(g, l, b);
    return g.intern({&extremum_operation, s.value, s.l, -1, 0});
  }
  /// The sum over all loops from scope s out to scope p.
  static constexpr int sum_out(builder& g, int v, int s, int p) {
    for (; s != p; s = g.nest()->loops[s].parent) v = sum(g, s, v);
    return v;
  }

  // ---- arrays -----------------------------------------------------------------------------------

  static constexpr int shape(builder& g, const array_shape& s) {
    nest_tables& t = *g.nest();
    for (int i = 0; i < t.shape_count; ++i) {
      if (t.shapes[i] == s) return i;
    }
    if (t.shape_count == t.capacity) return g.overflow(), 0;
    t.shapes[t.shape_count] = s;
    return t.shape_count++;
  }
  /// Enters the extents of the array that input number i is; -1 stands for what is known at run
  /// time. Inputs come first in a graph, so that the array's node has its number.
  static constexpr void enter(builder& g, int i, int rank, const std::ptrdiff_t* extents) {
    array_shape s{rank, {-1, -1, -1}};
    for (int d = 0; d < rank; ++d) {
      s.extent[d] =
          extents[d] >= 0 ? number(g, extents[d]) : g.intern({&extent_operation, i, d, -1, 0});
    }
    g.set_shape(i, shape(g, s));
  }
  static constexpr const array_shape& shape_of(const builder& g, int a) {
    const nest_tables& t = *g.nest();
    const node& n = g[a];
    return t.shapes[n.op->kind == algebra::scatter ? t.arrays[n.a].shape : n.c];
  }
  static constexpr const array_info& info(const builder& g, int a) {
    return g.nest()->arrays[g[a].a];
  }

  /// The array that lives in `scope` and consists of the given puts.
  static constexpr int scatter(builder& g, int scope, int shape, const element_put* puts, int count,
                               bool exact = false) {
    nest_tables& t = *g.nest();
    array_info a{scope, shape, t.put_count, count, exact};
    if (t.put_count + count > t.capacity || t.array_count == t.capacity) return g.overflow(), 0;
    for (int i = 0; i < count; ++i) {
      if (!t.inside(puts[i].scope, scope)) t.escaped = true;
      t.puts[t.put_count + i] = puts[i];
    }
    a.exact = exact || is_dense(g, a);
    for (int i = 0; i < t.array_count; ++i) {
      if (same_array(t, t.arrays[i], a)) return g.intern({&scatter_operation, i, -1, -1, 0});
    }
    t.put_count += count;
    t.arrays[t.array_count] = a;
    return g.intern({&scatter_operation, t.array_count++, -1, -1, 0});
  }
  static constexpr bool same_array(const nest_tables& t, const array_info& a, const array_info& b) {
    if (a.scope != b.scope || a.shape != b.shape || a.puts != b.puts || a.exact != b.exact) {
      return false;
    }
    for (int i = 0; i < a.puts; ++i) {
      if (!(t.puts[a.first_put + i] == t.puts[b.first_put + i])) return false;
    }
    return true;
  }
  /// One put, whose indices are the variables of the loops around it, over the whole extents.
  static constexpr bool is_dense(const builder& g, const array_info& a) {
    const nest_tables& t = *g.nest();
    if (a.puts != 1) return false;
    const element_put& p = t.puts[a.first_put];
    const array_shape& s = t.shapes[a.shape];
    int l = p.scope;
    for (int d = s.rank - 1; d >= 0; --d, l = t.loops[l].parent) {
      if (l == a.scope || t.loops[l].sequential || p.index[d] != t.loops[l].index ||
          t.loops[l].extent != s.extent[d]) {
        return false;
      }
    }
    return l == a.scope;
  }

  /// The array of the value b over the loop l and those around it, as far out as b allows.
  static constexpr int generated(builder& g, int rank, int l, int b);

  /// The element of an array: its value where that is known or cheap, otherwise a load.
  static constexpr int element(builder& g, int a, const int* index);

  static constexpr int load(builder& g, int a, const int* index) {
    const node& n = g[a];
    if (n.op->kind == algebra::slice) {
      // A row of a row is an element.
      const array_shape& s = shape_of(g, a);
      if (s.rank == 1) {
        const int inner[]{n.b, index[0]};
        return load(g, n.a, inner);
      }
    }
    const int rank = shape_of(g, a).rank;
    if (rank == 3) return load(g, slice(g, a, index[0]), index + 1);
    return g.intern({rank > 1 ? &load_pair_operation : &load_operation, a, index[0],
                     rank > 1 ? index[1] : -1, 0});
  }
  /// The elements of an array whose first index is fixed, as an array.
  static constexpr int slice(builder& g, int a, int index) {
    const array_shape s = shape_of(g, a);
    const array_shape rest{s.rank - 1, {s.extent[1], s.extent[2], -1}};
    return g.intern({&slice_operation, a, index, shape(g, rest), 0});
  }
  static constexpr int index_load(builder& g, int a, int index) {
    return g.intern({&index_load_operation, a, index, -1, 0});
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
