// SPDX-License-Identifier: BSL-1.0
#pragma once

// Building graphs with loops: indices, elements of arrays, sums, arrays.

#include <tapeless/graph/algebra.hpp>
#include <tapeless/graph/indices.hpp>
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
struct nest : index_algebra {
  // ---- loops ------------------------------------------------------------------------------------

  static constexpr int scope(const builder& g, int n) { return g.nest->scope[n]; }

  static constexpr int new_loop(builder& g, loop l) {
    nest_tables& t = *g.nest;
    if (t.loop_count == t.capacity) return g.overflow(), 0;
    l.parent = t.deeper(l.parent, t.scope[l.extent]);
    l.depth = t.loops[l.parent].depth + 1;
    const int id = t.loop_count++;
    t.loops[id] = l;
    t.loops[id].index = g.intern(&iota_operation, id, -1, -1, 0);
    return id;
  }
  /// The loop over `extent` elements in a scope: equal loops are one.
  static constexpr int range(builder& g, int parent, int extent) {
    nest_tables& t = *g.nest;
    extent = count(g, extent);
    const int p = t.deeper(parent, t.scope[extent]);
    for (int l = 1; l < t.loop_count; ++l) {
      const loop& x = t.loops[l];
      if (x.parent == p && x.extent == extent && !x.sequential && x.condition < 0) return l;
    }
    return new_loop(g, loop_in(p, extent));
  }
  /// Where a condition has the given outcome: a loop of one iteration or none.
  static constexpr int branch(builder& g, int parent, int condition, bool taken) {
    nest_tables& t = *g.nest;
    t.branches = true;
    const int p = t.deeper(parent, t.scope[condition]);
    for (int l = 1; l < t.loop_count; ++l) {
      const loop& x = t.loops[l];
      if (x.parent == p && x.condition == condition && x.taken == taken) return l;
    }
    const in_branch_of around(t, p);
    const int truth = g.intern(&index_truth_operation, condition, -1, -1, 0);
    loop l = loop_in(p, taken ? truth : index_difference(g, number(g, 1), truth));
    l.condition = condition;
    l.taken = taken;
    return new_loop(g, l);
  }
  static constexpr int sequence(builder& g, int parent, int extent, bool backward = false) {
    loop l = loop_in(parent, count(g, extent));
    l.sequential = true;
    l.backward = backward;
    return new_loop(g, l);
  }
  /// The node of the fold l, once its body is complete.
  static constexpr int fold(builder& g, int l) {
    return g.nest->loops[l].fold = g.intern(&fold_operation, l, -1, -1, 0);
  }
  /// What carry k of a fold is at last.
  static constexpr int fold_result(builder& g, int fold, int k) {
    const nest_tables& t = *g.nest;
    const node& c = g[t.carries[t.loops[g[fold].a].first_carry + k].node];
    const bool array = nest_tables::is_array(c);
    return g.intern(array ? &array_result_operation : &fold_result_operation, fold, k,
                    array ? c.c : -1, 0);
  }
  static constexpr int index(const builder& g, int l) { return g.nest->loops[l].index; }

  /// The deepest scope outside of loop l that the value b, inside of it, needs.
  static constexpr int free_scope(builder& g, int l, int b);
  /// The loop l as far out as the value b in it allows: {loop, value}.
  struct settled_loop {
    int l, value;
  };
  static constexpr settled_loop settled(builder& g, int l, int b);

  static constexpr int sum(builder& g, int l, int b) {
    nest_tables& t = *g.nest;
    if (g.is_structural_zero(b)) return b;
    const in_branch_of around(t, t.loops[l].parent);
    if (t.loops[l].condition >= 0) return sum_branch(g, l, b);
    if (!t.inside(t.scope[b], l)) {
      return g.apply(g.operations.multiply, b, value(g, t.loops[l].extent));
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
    return g.intern(&sum_operation, b, l, -1, 0);
  }
  static constexpr bool is_product(const builder& g, int n) {
    return g.is(n, algebra::multiply) ||
           (g.is(n, algebra::negate) && g.is(g[n].a, algebra::multiply));
  }
  /// Nothing may leave the branch: 0 * inf is no zero.
  static constexpr int sum_branch(builder& g, int l, int b) {
    nest_tables& t = *g.nest;
    const loop& x = t.loops[l];
    if (t.inside(t.scope[b], l)) return g.intern(&sum_operation, b, l, -1, 0);
    const int zero = g.structural_zero();
    return g.apply(g.operations.choose, x.condition, x.taken ? b : zero, x.taken ? zero : b);
  }
  static constexpr int extremum(builder& g, int l, int b) {
    const in_branch_of around(*g.nest, g.nest->loops[l].parent);
    const settled_loop s = settled(g, l, b);
    return g.intern(&extremum_operation, s.value, s.l, -1, 0);
  }
  /// The sum over all loops from scope s out to scope p.
  static constexpr int sum_out(builder& g, int v, int s, int p) {
    for (; s != p; s = g.nest->loops[s].parent) v = sum(g, s, v);
    return v;
  }

  // ---- arrays -----------------------------------------------------------------------------------

  static constexpr int shape(builder& g, const array_shape& s) {
    nest_tables& t = *g.nest;
    for (int i = 0; i < t.shape_count; ++i) {
      if (t.shapes[i] == s) return i;
    }
    if (t.shape_count == t.capacity) return g.overflow(), 0;
    t.shapes[t.shape_count] = s;
    return t.shape_count++;
  }
  /// Enters the extents of the array that input number i is; -1 stands for what is known at run
  /// time, -2 too where a library multiplies matrices. Inputs come first in a graph, so that the
  /// array's node has its number.
  static constexpr void enter(builder& g, int i, int rank, const std::ptrdiff_t* extents) {
    array_shape s{rank, {-1, -1, -1}};
    for (int d = 0; d < rank; ++d) {
      if (extents[d] == -2) g.nest->library = true;
      s.extent[d] =
          extents[d] >= 0 ? number(g, extents[d]) : g.intern(&extent_operation, i, d, -1, 0);
    }
    g.set_shape(i, shape(g, s));
  }
  static constexpr const array_shape& shape_of(const builder& g, int a) {
    const nest_tables& t = *g.nest;
    return t.shapes[shape_number(t, g[a])];
  }
  static constexpr const array_info& info(const builder& g, int a) {
    return g.nest->arrays[g[a].a];
  }

  /// What a routine makes of the arrays x, in the deepest scope of theirs.
  static constexpr int routine(builder& g, const operation* op, const int* x,
                               const array_shape& s) {
    return g.intern(op, x[0], op->arity > 1 ? x[1] : -1, op->arity > 2 ? x[2] : -1,
                    static_cast<std::uint64_t>(shape(g, s)));
  }

  /// The array that lives in `scope` and consists of the given puts.
  static constexpr int scatter(builder& g, int scope, int shape, const element_put* puts, int count,
                               bool exact = false) {
    nest_tables& t = *g.nest;
    array_info a{scope, shape, t.put_count, count, exact};
    if (t.put_count + count > t.capacity || t.array_count == t.capacity) return g.overflow(), 0;
    for (int i = 0; i < count; ++i) {
      if (!t.inside(puts[i].scope, scope)) t.escaped = true;
      t.puts[t.put_count + i] = puts[i];
    }
    a.exact = exact || is_dense(g, a);
    for (int i = 0; i < t.array_count; ++i) {
      if (same_array(t, t.arrays[i], a)) return g.intern(&scatter_operation, i, -1, -1, 0);
    }
    t.put_count += count;
    t.arrays[t.array_count] = a;
    return g.intern(&scatter_operation, t.array_count++, -1, -1, 0);
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
    const nest_tables& t = *g.nest;
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

  /// The same for the body that is being traced. An element that does not depend on the loop is
  /// read outside, but if the loop has no iterations, it need not exist.
  static constexpr int wanted_element(builder& g, int a, const int* index) {
    const int known = g.size();
    const int n = element(g, a, index);
    nest_tables& t = *g.nest;
    if (!g.is(n, algebra::load)) return n;
    if (n >= known) t.wanted[n] = t.current + 1;
    if (t.wanted[n] > 0) t.wanted[n] = t.common(t.wanted[n] - 1, t.current) + 1;
    return n;
  }
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
    return g.intern(rank > 1 ? &load_pair_operation : &load_operation, a, index[0],
                    rank > 1 ? index[1] : -1, 0);
  }
  /// The elements of an array whose first index is fixed, as an array.
  static constexpr int slice(builder& g, int a, int index) {
    const array_shape s = shape_of(g, a);
    const array_shape rest{s.rank - 1, {s.extent[1], s.extent[2], -1}};
    return g.intern(&slice_operation, a, index, shape(g, rest), 0);
  }
  static constexpr int index_load(builder& g, int a, int index) {
    return g.intern(&index_load_operation, a, index, -1, 0);
  }

  // ---- values that are integers -----------------------------------------------------------------

  /// The value n as an index: a scalar argument, an element of a std::array argument, which must
  /// then be integers, an index or a whole number, and their sums, differences and products.
  /// -1: it is none of these.
  static constexpr int integer(builder& g, int n) {
    int steps = 256;  // of what is shared each use counts
    return integer(g, n, steps);
  }
  static constexpr int integer(builder& g, int n, int& steps) {
    if (--steps < 0) return -1;
    nest_tables& t = *g.nest;
    const node x = g[n];
    switch (x.op->kind) {
      case algebra::input:
        return t.demand_integer(x.a) ? cast(g, n) : -1;
      case algebra::constant:
        return whole_number(g, x.value());
      case algebra::index_value:
        return x.a;
      case algebra::load:
        if (!g.is(x.a, algebra::array) || !t.demand_integer(g[x.a].a)) return -1;
        return x.op->arity == 3 ? index_load(g, slice(g, x.a, x.b), x.c) : index_load(g, x.a, x.b);
      case algebra::negate: {
        const int a = integer(g, x.a, steps);
        return a < 0 ? -1 : index_difference(g, number(g, 0), a);
      }
      case algebra::add:
      case algebra::subtract:
      case algebra::multiply: {
        const int a = integer(g, x.a, steps), b = a < 0 ? -1 : integer(g, x.b, steps);
        return b < 0                             ? -1
               : x.op->kind == algebra::add      ? index_sum(g, a, b)
               : x.op->kind == algebra::subtract ? index_difference(g, a, b)
                                                 : index_product(g, a, b);
      }
      default:
        return -1;
    }
  }
  static constexpr int whole_number(builder& g, double v) {
    constexpr double exact = 9007199254740992.0;  // 2^53
    if (!(v > -exact && v < exact)) return -1;
    const auto i = static_cast<std::ptrdiff_t>(v);
    return static_cast<double>(i) == v ? number(g, i) : -1;
  }
  /// The value v truncated.
  static constexpr int cast(builder& g, int v) {
    if (g.is(v, algebra::index_value)) return g[v].a;
    return g.intern(&index_cast_operation, v, -1, -1, 0);
  }
};

// ---- nodes seen from another index space: one engine for all who clone a loop's body
// -------------

/// Maps nodes and loops to others; what is not mapped stands for itself. Nodes are mapped in the
/// order of their ids, so that operands come first.
class mapping {
 public:
  constexpr explicit mapping(builder& g) : mapping(g, g.nodes, g.size(), *g.nest, false) {}
  /// Of the nodes of another graph into g, all of them.
  constexpr mapping(builder& g, const node* nodes, int count, nest_tables& tables)
      : mapping(g, nodes, count, tables, true) {
    set_loop(0, g.nest->current);
  }

  constexpr int operator()(int n) const {
    return n < 0 || n >= count_ || nodes_.of[n] == 0 ? n : nodes_.of[n] - 1;
  }
  constexpr int scope(int l) const {
    return l < 0 || l >= loop_count_ || loops_.of[l] == 0 ? l : loops_.of[l] - 1;
  }
  constexpr void set(int n, int to) {
    if (n < count_) nodes_.of[n] = to + 1;
  }
  constexpr void set_loop(int l, int to) {
    loops_.of[l] = to + 1;
    cloned_.of[l] = false;
  }
  constexpr void forget_loop(int l) {
    loops_.of[l] = 0;
    cloned_.of[l] = false;
  }

  /// The loop l where its surroundings are mapped to; made when it is first met.
  constexpr int inner_loop(int l) {
    const nest_tables& t = from_;
    if (l >= loop_count_ || loops_.of[l] != 0) return scope(l);
    const loop x = t.loops[l];
    if (x.parent < 0) return l;
    const int parent = inner_loop(x.parent), extent = (*this)(x.extent);
    if (!foreign_ && parent == x.parent && extent == x.extent &&
        (*this)(x.condition) == x.condition) {
      return l;
    }
    if (x.condition >= 0) {
      set_loop(l, nest::branch(g_, parent, (*this)(x.condition), x.taken));
    } else if (!x.sequential) {
      set_loop(l, nest::range(g_, parent, extent));
    } else {
      set_loop(l, nest::sequence(g_, parent, extent, x.backward));
      cloned_.of[l] = true;
    }
    set(x.index, nest::index(g_, scope(l)));
    return scope(l);
  }
  /// The fold l with its carries. All initial values come before the first carry.
  constexpr int carrying_loop(int l) {
    const int to = inner_loop(l);
    const loop x = from_.loops[l];
    for (int k = 0; k < x.carries && cloned_.of[l]; ++k) {
      if (g_.nest->loops[to].carries == k) {
        // Nobody needs a carry whose initial value was not mapped.
        const int initial = from_.carries[x.first_carry + k].initial;
        add_carry(to, foreign_ && nodes_.of[initial] == 0 ? g_.constant(0) : (*this)(initial));
      }
    }
    return to;
  }
  /// One more value handed on by the fold l; returns what its body sees.
  constexpr int add_carry(int l, int initial) {
    nest_tables& t = *g_.nest;
    loop& x = t.loops[l];
    if (t.carry_count == t.capacity) return g_.overflow(), 0;
    if (x.carries == 0) x.first_carry = t.carry_count;
    const bool array = nest_tables::is_array(g_[initial]);
    const int shape = array ? nest::shape(g_, nest::shape_of(g_, initial)) : -1;
    const int node =
        g_.intern(array ? &array_carry_operation : &carry_operation, l, x.carries++, shape, 0);
    t.carries[t.carry_count++] = {node, initial, -1};
    return node;
  }
  constexpr int carried_node(int l, int k) const {
    const nest_tables& t = *g_.nest;
    return t.carries[t.loops[l].first_carry + k].node;
  }

  /// The node n with its operands and loops mapped.
  constexpr int rebuilt(int n) {
    nest_tables& t = *g_.nest;
    const in_branch_of here(t, from_.branches ? inner_loop(from_.scope[n]) : t.current);
    const node x = source_[n];
    switch (x.op->kind) {
      case algebra::input:
      case algebra::array:
        return n;
      case algebra::constant:
      case algebra::index_constant:
        return foreign_ ? g_.intern(x) : n;
      case algebra::extent:
        // Of what the array stands for.
        return foreign_ ? nest::shape_of(g_, (*this)(x.a)).extent[x.b] : n;
      case algebra::iota:
        return nest::index(g_, inner_loop(x.a));
      case algebra::carry:
        return carried_node(carrying_loop(x.a), x.b);
      case algebra::index_sum:
        return nest::index_sum(g_, (*this)(x.a), (*this)(x.b));
      case algebra::index_difference:
        return nest::index_difference(g_, (*this)(x.a), (*this)(x.b));
      case algebra::index_product:
        return nest::index_product(g_, (*this)(x.a), (*this)(x.b));
      case algebra::index_quotient:
        return nest::index_quotient(g_, (*this)(x.a), (*this)(x.b));
      case algebra::index_remainder:
        return nest::index_remainder(g_, (*this)(x.a), (*this)(x.b));
      case algebra::index_count:
        return nest::count(g_, (*this)(x.a));
      case algebra::index_value:
        return nest::value(g_, (*this)(x.a));
      case algebra::load: {
        const int index[]{(*this)(x.b), (*this)(x.c)};
        const int array = (*this)(x.a), known = g_.size();
        const int to = nest::element(g_, array, index);
        if (foreign_ && from_.wanted[n] > 0 && to >= known && g_.is(to, algebra::load)) {
          t.wanted[to] = inner_loop(from_.wanted[n] - 1) + 1;
        }
        return to;
      }
      case algebra::slice:
        return nest::slice(g_, (*this)(x.a), (*this)(x.b));
      case algebra::sum:
        return nest::sum(g_, inner_loop(x.b), (*this)(x.a));
      case algebra::extremum:
        return nest::extremum(g_, inner_loop(x.b), (*this)(x.a));
      case algebra::scatter: {
        const array_info a = from_.arrays[x.a];
        scratch<element_put> puts(a.puts);
        for (int i = 0; i < a.puts; ++i) puts.of[i] = mapped(from_.puts[a.first_put + i]);
        array_shape s = from_.shapes[a.shape];
        for (int d = 0; d < s.rank; ++d) s.extent[d] = (*this)(s.extent[d]);
        return nest::scatter(g_, inner_loop(a.scope), nest::shape(g_, s), puts.of, a.puts, a.exact);
      }
      case algebra::routine: {
        array_shape s = from_.shapes[shape_number(from_, x)];
        for (int d = 0; d < s.rank; ++d) s.extent[d] = (*this)(s.extent[d]);
        int operands[]{x.a, x.b, x.c}, known = -1;
        // One that only derivatives need is not there where there are no more of them.
        const auto gone = [&](int i) { return foreign_ && nodes_.of[operands[i]] == 0; };
        for (int i = 0; i < x.op->arity; ++i) {
          if (!gone(i)) known = (*this)(operands[i]);
        }
        for (int i = 0; i < x.op->arity; ++i) {
          operands[i] = gone(i) ? known : (*this)(operands[i]);
        }
        return nest::routine(g_, x.op, operands, s);
      }
      case algebra::fold: {
        const int to = inner_loop(x.a);
        close_fold(x.a);
        return nest::fold(g_, to);
      }
      case algebra::index_cast:
        return nest::cast(g_, (*this)(x.a));
      case algebra::index_truth:
      case algebra::index_load:
      case algebra::index_compare:
      case algebra::argument: {
        const int a = (*this)(x.a), b = (*this)(x.b);
        return g_.intern(x.op, a, b, -1, x.bits);
      }
      case algebra::fold_result:
        return nest::fold_result(g_, (*this)(x.a), x.b);
      default:
        return g_.apply(x.op, (*this)(x.a), (*this)(x.b), (*this)(x.c));
    }
  }
  constexpr element_put mapped(const element_put& p) {
    element_put q = no_put;
    for (int d = 0; d < max_rank; ++d) q.index[d] = (*this)(p.index[d]);
    q.value = (*this)(p.value);
    q.scope = inner_loop(p.scope);
    return q;
  }

  /// Maps the value b, and what it needs, inside of the loop l, which is mapped already.
  constexpr int clone(int l, int b) {
    const closure needed(*g_.nest, count_, b, l);
    for (int n = 0; n <= needed.last; ++n) {
      if (needed.marked.of[n] && nodes_.of[n] == 0) set(n, rebuilt(n));
    }
    close_folds();
    return (*this)(b);
  }
  /// The folds that were made get what they hand on, now that it is mapped.
  constexpr void close_folds() {
    for (int l = 1; l < loop_count_; ++l) close_fold(l);
  }
  constexpr void close_fold(int l) {
    if (!cloned_.of[l]) return;
    nest_tables& t = *g_.nest;
    const loop from = from_.loops[l], to = t.loops[scope(l)];
    for (int k = 0; k < to.carries && k < from.carries; ++k) {
      carried& c = t.carries[to.first_carry + k];
      const int next = from_.carries[from.first_carry + k].next;
      if (c.next >= 0) continue;
      if (next >= 0 && (nodes_.of[next] != 0 || !foreign_)) {
        c.next = (*this)(next);
      } else {
        c.next = c.node;  // nobody needs it
      }
    }
  }

 private:
  constexpr mapping(builder& g, const node* nodes, int count, nest_tables& tables, bool foreign)
      : g_(g),
        source_(nodes),
        from_(tables),
        nodes_(count),
        loops_(tables.loop_count),
        cloned_(tables.loop_count),
        count_(count),
        loop_count_(tables.loop_count),
        foreign_(foreign) {}

  builder& g_;
  const node* source_;
  nest_tables& from_;   ///< those of the source: g's own, or another graph's
  scratch<int> nodes_;  ///< plus one; 0: itself
  scratch<int> loops_;
  scratch<bool> cloned_;  ///< folds that were made here
  int count_, loop_count_;
  bool foreign_;
};

constexpr int nest::free_scope(builder& g, int l, int b) {
  nest_tables& t = *g.nest;
  const int outside = closure(t, g.size(), b, l).outside;
  return t.deeper(outside, t.scope[t.loops[l].extent]);
}

constexpr nest::settled_loop nest::settled(builder& g, int l, int b) {
  nest_tables& t = *g.nest;
  const loop x = t.loops[l];
  if (x.parent == 0 || x.sequential) return {l, b};
  const int p = t.deeper(free_scope(g, l, b), t.branch_of(x.parent));
  if (p == x.parent) return {l, b};
  const int to = range(g, p, x.extent);
  mapping m(g);
  m.set_loop(l, to);
  m.set(x.index, index(g, to));
  return {to, m.clone(l, b)};
}

constexpr int nest::generated(builder& g, int rank, int l, int b) {
  nest_tables& t = *g.nest;
  int loops[max_rank]{}, outermost = l;
  for (int d = rank - 1; d >= 0; --d, l = t.loops[l].parent) loops[d] = outermost = l;
  mapping m(g);
  int p = t.loops[outermost].parent;
  if (p != 0) p = t.deeper(free_scope(g, outermost, b), t.branch_of(p));
  if (p != t.loops[outermost].parent) {
    for (int d = 0, q = p; d < rank; ++d) {
      q = range(g, q, m(t.loops[loops[d]].extent));
      m.set_loop(loops[d], q);
      m.set(t.loops[loops[d]].index, index(g, q));
    }
    b = m.clone(outermost, b);
  }
  element_put one = no_put;
  array_shape s{rank, {-1, -1, -1}};
  for (int d = 0; d < rank; ++d) {
    const loop& x = t.loops[m.scope(loops[d])];
    one.index[d] = x.index;
    s.extent[d] = x.extent;
    one.scope = m.scope(loops[d]);
  }
  one.value = b;
  return scatter(g, p, shape(g, s), &one, 1, true);
}

/// Values of so few operations are computed again rather than stored.
inline constexpr int cheap_operations = 12;

/// Computed by a few operations inside of the loop l.
constexpr bool is_cheap(builder& g, int n, int l) {
  const closure needed(*g.nest, g.size(), n, l);
  int operations = 0;
  for (int k = 0; k <= needed.last; ++k) {
    if (!needed.marked.of[k]) continue;
    const algebra kind = g[k].op->kind;
    if (kind == algebra::other || kind == algebra::sum || kind == algebra::extremum ||
        kind == algebra::fold || kind == algebra::carry || kind == algebra::scatter ||
        kind == algebra::routine || ++operations > cheap_operations) {
      return false;
    }
  }
  return true;
}

/// Costs more to compute again than to store and load, whatever its operands are.
constexpr bool is_heavy(const operation& op) {
  if (op.kind == algebra::sum || op.kind == algebra::fold_result) return true;
  if (op.kind != algebra::other || op.returns_condition) return false;
  constexpr text_view light[]{"abs", "fma", "min", "max", "relu", "sign", "copysign"};
  for (text_view name : light) {
    if (op.name == name) return false;
  }
  return true;
}

constexpr int nest::element(builder& g, int a, const int* i) {
  nest_tables& t = *g.nest;
  if (g.is(a, algebra::slice) && g.is(g[a].a, algebra::scatter) && shape_of(g, a).rank == 1) {
    // Of a row of what the function made.
    const int both[]{g[a].b, i[0]};
    return element(g, g[a].a, both);
  }
  if (g[a].op->kind != algebra::scatter) return load(g, a, i);
  const array_info x = info(g, a);
  if (x.puts == 0) return g.structural_zero();
  if (!is_dense(g, x)) return load(g, a, i);
  const element_put p = t.puts[x.first_put];
  const int rank = t.shapes[x.shape].rank;
  bool own = true;
  for (int d = 0; d < rank; ++d) own = own && i[d] == p.index[d];
  if (own) return p.value;
  // The outermost of the array's loops; an element of it is a function of the given indices.
  int outermost = p.scope, target = x.scope;
  while (t.loops[outermost].parent != x.scope) outermost = t.loops[outermost].parent;
  if (!is_cheap(g, p.value, outermost)) return load(g, a, i);
  mapping m(g);
  for (int d = 0; d < rank; ++d) target = t.deeper(target, t.scope[i[d]]);
  int l = p.scope;
  for (int d = rank - 1; d >= 0; --d, l = t.loops[l].parent) {
    m.set_loop(l, target);
    m.set(t.loops[l].index, i[d]);
  }
  return m.clone(outermost, p.value);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
