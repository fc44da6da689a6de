// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which elements of arrays a program touches: what must be checked before it runs.

#include <tapeless/graph/nest_graph.hpp>

#include <initializer_list>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// What the outputs need, and what of it is needed whatever the conditions are.
template <int Size>
struct usage {
  bool live[Size]{};
  bool always[Size]{};

  template <class Graph, int Outputs>
  /// With all that derivatives need too, and the sizes that are compared.
  constexpr usage(const Graph& g, const int (&outputs)[Outputs], bool differentiable = false) {
    scratch<int> open(g.size * 2 + Outputs + 2 * g.equal_count);
    int count = 0;
    const auto meet = [&](int n, bool guarded) {
      if (n < 0 || (live[n] && (guarded || always[n]))) return;
      live[n] = true;
      always[n] = !guarded;
      open.of[count++] = n;
    };
    for (int n : outputs) meet(n, false);
    for (int i = 0; differentiable && i < g.equal_count; ++i) {
      meet(g.equal[i].left, false), meet(g.equal[i].right, false);
    }
    while (count > 0) {
      const int n = open.of[--count];
      const bool sure = always[n];
      const auto use = [&](int id, bool guarded) { meet(id, guarded || !sure); };
      if (differentiable) {
        for_each_operand(g, n, use);
      } else {
        for_each_use(g, n, use);
      }
    }
  }
};

/// Scope s is `outer` or lies within it.
template <class Graph>
constexpr bool lies_within(const Graph& g, int s, int outer) {
  while (g.loops[s].depth > g.loops[outer].depth) s = g.loops[s].parent;
  return s == outer;
}
/// The load is made outside of the loops that want it, which may have no iterations; the loops
/// around it are such that looking whether there is an element costs nothing, or it was moved into
/// loops of its own, which run once.
template <class Graph>
constexpr bool is_hoisted(const Graph& g, int n) {
  const int s = g.scope[n];
  if (g.nodes[n].op->kind != algebra::load || g.wanted[n] == 0) return false;
  for (int l = s; l != 0 && lies_within(g, g.wanted[n] - 1, s); l = g.loops[l].parent) {
    if (!g.loops[l].sequential) return false;
  }
  for (int l = g.wanted[n] - 1; l != s && l != 0; l = g.loops[l].parent) {
    const node& e = g.nodes[g.loops[l].extent];
    const bool runs =
        e.op->kind == algebra::index_constant && static_cast<std::ptrdiff_t>(e.bits) > 0;
    if (!runs) return true;
  }
  return false;
}

/// Where the program reads whatever the conditions are: such an index is checked before it runs,
/// and what else is accessed there needs no guard.
template <int Size>
struct sure_accesses {
  template <class Graph>
  constexpr sure_accesses(const Graph& g, const usage<Size>& use) {
    // The function's own loads first: what derivatives read in the same place is there if they are.
    for (const bool own : {true, false}) {
      for (int n = 0; n < g.size; ++n) {
        if (use.live[n] && g.nodes[n].op->kind == algebra::load && (g.wanted[n] != 0) == own) {
          enter(g, n, is_hoisted(g, n), use.always[n]);
        }
      }
    }
  }
  constexpr bool has(int i, int e) const { return sure_.has(i, e); }
  /// There is an element unless loops that want it have no iterations.
  constexpr bool is_doubtful(int i, int e) const { return doubtful_.has(i, e) && !has(i, e); }

 private:
  template <class Graph>
  constexpr void enter(const Graph& g, int n, bool hoisted, bool always) {
    const node& x = g.nodes[n];
    const node& a = g.nodes[x.a];
    int s = g.scope[n];
    while (s != 0 && g.loops[s].condition < 0) s = g.loops[s].parent;
    if (s != 0 || (a.op->kind != algebra::array && a.op->kind != algebra::scatter)) return;
    const array_shape& shape = g.shapes[shape_number(g, a)];
    for (int d = 0; d < x.op->arity - 1; ++d) {
      const int i = x.operand(d + 1), e = shape.extent[d];
      if (hoisted) {
        doubtful_.add(i, e);
      } else if (always && (g.wanted[n] != 0 || !doubtful_.has(i, e))) {
        sure_.add(i, e);
      }
    }
  }

  struct list {
    int index[Size]{}, extent[Size]{};
    int count = 0;

    constexpr bool has(int i, int e) const {
      for (int k = 0; k < count; ++k) {
        if (index[k] == i && extent[k] == e) return true;
      }
      return false;
    }
    constexpr void add(int i, int e) {
      if (has(i, e) || count == Size) return;
      index[count] = i;
      extent[count++] = e;
    }
  };
  list sure_, doubtful_;
};

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

// Which accesses look for themselves whether there is an element: the checks before a program and
// its plan must agree. g is a graph or a builder's tables.

/// What is put where a condition holds, and zero elsewhere.
template <class Graph>
constexpr bool vanishes(const Graph& g, int v, int depth = 0) {
  const node& n = g.nodes[v];
  if (n.op->kind == algebra::constant) return n.a == 1;
  if (n.op->kind == algebra::select) return n.bits == 1;
  return depth < 8 && ((n.op->kind == algebra::add && vanishes(g, n.a, depth + 1) &&
                        vanishes(g, n.b, depth + 1)) ||
                       (n.op->kind == algebra::negate && vanishes(g, n.a, depth + 1)));
}
/// i depends on the position of an extremum, which there need not be.
template <class Graph>
constexpr bool uses_argument(const Graph& g, int i) {
  const node& n = g.nodes[i];
  if (n.op->kind == algebra::argument) return true;
  if (n.op->kind == algebra::index_load) return uses_argument(g, n.b);
  if (n.op->kind == algebra::iota) return uses_argument(g, g.loops[n.a].extent);
  if (n.op->kind < algebra::index_sum || n.op->kind > algebra::index_count) return false;
  for (int k = 0; k < n.op->arity; ++k) {
    if (uses_argument(g, n.operand(k))) return true;
  }
  return false;
}
/// An access to a dimension of this extent must look whether there is such an element.
template <class Graph>
constexpr bool is_unsafe(const Graph& g, int index, int extent, bool guarded) {
  if (uses_argument(g, index)) return true;
  const node& n = g.nodes[index];
  return guarded && (n.op->kind != algebra::iota || g.loops[n.a].extent != extent);
}

/// The check is made only if all loops from a scope outwards have iterations. False: that can not
/// be known before the program runs.
template <class Workshop>
constexpr bool add_trips(Workshop& w, range_check& c, int scope) {
  builder& g = w.g;
  for (int l = scope; l != 0; l = w.tables.loops[l].parent) {
    if (w.tables.loops[l].condition >= 0) continue;
    const int trips = affine::bound(g, w.tables.loops[l].extent, true);
    if (trips < 0) return false;
    if (nest::is_number(g, trips) && nest::number_of(g, trips) > 0) continue;
    if (c.loop_count == range_check::max_loops) return false;
    c.loops[c.loop_count++] = trips;
  }
  return true;
}
template <class Workshop>
constexpr void enter_check(Workshop& w, const range_check& c) {
  for (int i = 0; i < w.result.check_count; ++i) {
    if (w.result.checks[i].covers(c)) return;
  }
  if (w.result.check_count == w.result.table) return w.g.overflow();
  w.result.checks[w.result.check_count++] = c;
}

/// The index follows from sizes and scalar arguments.
template <class Graph>
constexpr bool is_known_before(const Graph& g, int i) {
  const node& n = g.nodes[i];
  if (n.op->kind == algebra::extent || n.op->kind == algebra::index_constant) return true;
  if (n.op->kind == algebra::index_cast) return g.nodes[n.a].op->kind == algebra::input;
  if (n.op->kind < algebra::index_sum || n.op->kind > algebra::index_count) return false;
  for (int k = 0; k < n.op->arity; ++k) {
    if (!is_known_before(g, n.operand(k))) return false;
  }
  return true;
}

/// The check is made only if the factors have the signs that are assumed.
template <class Workshop>
constexpr bool add_signs(Workshop& w, range_check& c, const assumed_signs& signs, int scope) {
  builder& g = w.g;
  for (int k = 0; k < signs.count; ++k) {
    const bool negative = (signs.negative >> k & 1) != 0;
    // A loop that runs as often has no iterations if it is negative.
    bool is_size = false;
    for (int l = scope; l != 0; l = w.tables.loops[l].parent) {
      is_size = is_size || w.tables.loops[l].extent == nest::count(g, signs.factor[k]);
    }
    if (is_size && negative) return false;
    if (is_size) continue;
    if (c.loop_count == range_check::max_loops) return false;
    c.loops[c.loop_count++] = negative
                                  ? nest::index_difference(g, nest::number(g, 0), signs.factor[k])
                                  : nest::index_sum(g, signs.factor[k], nest::number(g, 1));
  }
  return true;
}

template <class Workshop, class Sure>
constexpr void add_check(Workshop& w, const Sure& sure, int array, int dimension, int index,
                         int scope, bool guarded, bool hoisted = false) {
  builder& g = w.g;
  range_check c = no_check;
  c.array = array, c.dimension = dimension;
  c.extent = nest::shape_of(g, array).extent[dimension];
  if (!hoisted) {
    guarded = (guarded || sure.is_doubtful(index, c.extent)) && !sure.has(index, c.extent);
    if (is_unsafe(w.tables, index, c.extent, guarded)) return;
  }
  // The array's own loop is in range.
  if (g.is(index, algebra::iota) && w.tables.loops[g[index].a].extent == c.extent) return;
  if (g.is(array, algebra::scatter) && !nest::info(g, array).exact &&
      g.is(c.extent, algebra::extent)) {
    // What is added up has the shape of the argument whose gradient it is: users know that one.
    c.array = g[c.extent].a, c.dimension = g[c.extent].b;
  }
  // Arrays of the function's own may have an extent that shows only later.
  if (affine::bound(g, c.extent, true) != c.extent) return;
  if (!add_trips(w, c, scope)) return;
  assumed_signs signs;
  affine::find_signs(g, index, signs);
  if (signs.count > assumed_signs::most) return;
  for (unsigned k = 0; k < 1u << signs.count; ++k) {
    signs.negative = k;
    range_check one = c;
    one.first = affine::bound(g, index, false, signs);
    one.last = affine::bound(g, index, true, signs);
    if (one.first < 0 || one.last < 0 || !add_signs(w, one, signs, scope)) continue;
    if (nest::is_number(g, one.first) && nest::is_number(g, one.last) &&
        nest::is_number(g, one.extent) && nest::number_of(g, one.first) >= 0 &&
        nest::number_of(g, one.last) < nest::number_of(g, one.extent)) {
      continue;
    }
    enter_check(w, one);
  }
}

/// What the body of a fold returns for an array that it is handed must be of the same size.
template <class Workshop>
constexpr void add_carry_check(Workshop& w, int carry) {
  builder& g = w.g;
  const carried c = w.tables.carries[carry];
  const array_shape was = nest::shape_of(g, c.initial), next = nest::shape_of(g, c.next);
  for (int d = 0; d < was.rank; ++d) {
    if (was.extent[d] == next.extent[d]) continue;
    range_check check = no_check;
    check.kind = check_kind::carried;
    check.array = carry, check.dimension = d;
    check.first = check.last = affine::bound(g, next.extent[d], true);
    check.extent = affine::bound(g, was.extent[d], true);
    // Sizes that change with an outer loop are compared by their nodes only.
    if (check.first != next.extent[d] || check.extent != was.extent[d] ||
        !add_trips(w, check, g[c.node].a)) {
      w.result.unbounded = true;
      return;
    }
    enter_check(w, check);
  }
}

/// An input that stands beside an array, as tangent or cotangent, must be of the array's size.
template <class Workshop>
constexpr void add_size_check(Workshop& w, check_kind kind, int number, int input, int array) {
  const array_shape shape = nest::shape_of(w.g, array);
  for (int d = 0; d < shape.rank; ++d) {
    const int extent = shape.extent[d];
    range_check c = no_check;
    c.kind = kind, c.array = number, c.dimension = d, c.input = input;
    c.first = c.last = c.extent = extent;
    enter_check(w, c);
  }
}

/// The sizes that operations on whole arrays need equal.
template <class Workshop>
constexpr void add_equality_checks(Workshop& w) {
  builder& g = w.g;
  const auto side = [&](int e, int& input, int& dimension) {
    if (g.is(e, algebra::extent)) input = g[e].a, dimension = g[e].b;
  };
  for (int i = 0; i < w.tables.equal_count; ++i) {
    const equal_sizes e = w.tables.equal[i];
    // Sizes that change with an outer loop are equal at its ends.
    for (int end = 0; end < 2; ++end) {
      const bool last = end != 0;
      range_check c = no_check;
      c.kind = check_kind::equal, c.rule = e.rule;
      side(e.left, c.array, c.dimension);
      side(e.right, c.input, c.input_dimension);
      c.first = c.last = affine::bound(g, e.left, last);
      c.extent = affine::bound(g, e.right, last);
      if (c.first < 0 || c.extent < 0 || !add_trips(w, c, w.tables.scope[e.left]) ||
          !add_trips(w, c, w.tables.scope[e.right])) {
        w.result.unbounded = true;
        return;
      }
      if (c.first != c.extent) enter_check(w, c);
      if (w.tables.scope[e.left] == 0 && w.tables.scope[e.right] == 0) break;
    }
  }
}

/// What an array inside of loops needs at most.
template <class Workshop>
constexpr array_shape largest_size(Workshop& w, array_shape s) {
  for (int d = 0; d < s.rank; ++d) {
    s.extent[d] = affine::bound(w.g, s.extent[d], true);
    if (s.extent[d] < 0) w.result.unbounded = true, s.extent[d] = nest::number(w.g, 0);
    s.extent[d] = nest::count(w.g, s.extent[d]);
  }
  return s;
}

/// Completes a graph: adds the checks of all indices that are affine.
template <class Workshop>
constexpr auto checked(Workshop& w) {
  builder& g = w.g;
  if (g.full()) return w.finish();
  w.result.size = g.size();
  w.result.take_counts(w.tables);
  const usage<std::remove_cvref_t<decltype(w.result)>::capacity> use(w.result, w.result.outputs);
  const sure_accesses<std::remove_cvref_t<decltype(w.result)>::capacity> sure(w.result, use);
  const int size = g.size();
  add_equality_checks(w);
  int routines = 0;
  for (int n = 0; n < size; ++n) {
    if (!use.live[n]) continue;
    const node x = g[n];
    if (x.op->kind == algebra::scatter) {
      w.result.stored[x.a] = largest_size(w, w.tables.shapes[w.tables.arrays[x.a].shape]);
      const array_info a = w.tables.arrays[x.a];
      for (int i = 0; i < a.puts && !a.exact; ++i) {
        const element_put p = w.tables.puts[a.first_put + i];
        const bool guarded = vanishes(w.tables, p.value) || w.tables.branch_of(p.scope) != 0;
        for (int d = 0; d < max_rank && p.index[d] >= 0; ++d) {
          add_check(w, sure, n, d, p.index[d], p.scope, guarded);
        }
      }
    }
    if (x.op->kind == algebra::routine) {
      if (w.tables.array_count + routines == w.tables.capacity) return g.overflow(), w.finish();
      w.result.stored[w.tables.array_count + routines++] =
          largest_size(w, w.tables.shapes[shape_number(w.tables, x)]);
    }
    if (x.op->kind == algebra::carry && is_carried_array(*x.op)) {
      const int carry = w.tables.loops[x.a].first_carry + x.b;
      w.result.carried_sizes[carry] = largest_size(w, w.tables.shapes[x.c]);
      add_carry_check(w, carry);
    }
    if (x.op->kind == algebra::load || x.op->kind == algebra::index_load ||
        x.op->kind == algebra::slice) {
      const bool guarded = !use.always[n] || w.tables.branch_of(w.tables.scope[n]) != 0;
      const bool hoisted = !guarded && is_hoisted(w.tables, n);
      const int scope = hoisted ? w.tables.wanted[n] - 1 : w.tables.scope[n];
      add_check(w, sure, x.a, 0, x.b, scope, guarded, hoisted);
      if (x.op->arity == 3) add_check(w, sure, x.a, 1, x.c, scope, guarded, hoisted);
    }
  }
  return w.finish();
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
