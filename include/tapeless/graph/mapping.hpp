// SPDX-License-Identifier: BSL-1.0
#pragma once

// Nodes seen from another index space: what clones a loop's body, in one engine for all who need
// it.

#include <tapeless/graph/nest.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Maps nodes and loops to others; what is not mapped stands for itself. Nodes are mapped in the
/// order of their ids, so that operands come first.
class mapping {
 public:
  constexpr explicit mapping(builder& g) : mapping(g, g.nodes(), g.size(), *g.nest(), false) {}
  /// Of the nodes of another graph into g, all of them.
  constexpr mapping(builder& g, const node* nodes, int count, nest_tables& tables)
      : mapping(g, nodes, count, tables, true) {
    set_loop(0, g.nest()->current);
  }

  constexpr int operator()(int n) const {
    return n < 0 || n >= count_ || nodes_[n] == 0 ? n : nodes_[n] - 1;
  }
  constexpr int scope(int l) const {
    return l < 0 || l >= loop_count_ || loops_[l] == 0 ? l : loops_[l] - 1;
  }
  constexpr void set(int n, int to) {
    if (n < count_) nodes_[n] = to + 1;
  }
  constexpr void set_loop(int l, int to) {
    loops_[l] = to + 1;
    cloned_[l] = false;
  }
  constexpr void forget_loop(int l) {
    loops_[l] = 0;
    cloned_[l] = false;
  }

  /// The loop l where its surroundings are mapped to; made when it is first met.
  constexpr int inner_loop(int l) {
    const nest_tables& t = from_;
    if (l >= loop_count_ || loops_[l] != 0) return scope(l);
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
      cloned_[l] = true;
    }
    set(x.index, nest::index(g_, scope(l)));
    return scope(l);
  }
  /// The fold l with its carries. All initial values come before the first carry.
  constexpr int carrying_loop(int l) {
    const int to = inner_loop(l);
    const loop x = from_.loops[l];
    for (int k = 0; k < x.carries && cloned_[l]; ++k) {
      if (g_.nest()->loops[to].carries == k) {
        // Nobody needs a carry whose initial value was not mapped.
        const int initial = from_.carries[x.first_carry + k].initial;
        add_carry(to, foreign_ && nodes_[initial] == 0 ? g_.constant(0) : (*this)(initial));
      }
    }
    return to;
  }
  /// One more value handed on by the fold l; returns what its body sees.
  constexpr int add_carry(int l, int initial) {
    nest_tables& t = *g_.nest();
    loop& x = t.loops[l];
    if (t.carry_count == t.capacity) return g_.overflow(), 0;
    if (x.carries == 0) x.first_carry = t.carry_count;
    const int node = g_.intern({&carry_operation, l, x.carries++, -1, 0});
    t.carries[t.carry_count++] = {node, initial, -1};
    return node;
  }
  constexpr int carried_node(int l, int k) const {
    const nest_tables& t = *g_.nest();
    return t.carries[t.loops[l].first_carry + k].node;
  }

  /// The node n with its operands and loops mapped.
  constexpr int rebuilt(int n) {
    nest_tables& t = *g_.nest();
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
      case algebra::index_count:
        return nest::count(g_, (*this)(x.a));
      case algebra::index_value:
        return nest::value(g_, (*this)(x.a));
      case algebra::load: {
        const int index[]{(*this)(x.b), (*this)(x.c)};
        return nest::element(g_, (*this)(x.a), index);
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
        for (int i = 0; i < a.puts; ++i) puts[i] = mapped(from_.puts[a.first_put + i]);
        array_shape s = from_.shapes[a.shape];
        for (int d = 0; d < s.rank; ++d) s.extent[d] = (*this)(s.extent[d]);
        return nest::scatter(g_, inner_loop(a.scope), nest::shape(g_, s), puts.data(), a.puts,
                             a.exact);
      }
      case algebra::fold: {
        const int to = inner_loop(x.a);
        close_folds(false);
        return nest::fold(g_, to);
      }
      case algebra::index_cast:
      case algebra::index_truth:
      case algebra::index_load:
      case algebra::index_compare:
      case algebra::argument:
      case algebra::fold_result:
        return g_.intern({x.op, (*this)(x.a),
                          x.op->kind == algebra::fold_result ? x.b : (*this)(x.b), -1, x.bits});
      default:
        return g_.apply(x.op, (*this)(x.a), (*this)(x.b), (*this)(x.c));
    }
  }
  constexpr element_put mapped(const element_put& p) {
    element_put q;
    for (int d = 0; d < max_rank; ++d) q.index[d] = (*this)(p.index[d]);
    q.value = (*this)(p.value);
    q.scope = inner_loop(p.scope);
    return q;
  }

  /// Maps the value b, and what it needs, inside of the loop l, which is mapped already.
  constexpr int clone(int l, int b) {
    const closure needed(*g_.nest(), count_, b, l);
    for (int n = 0; n <= needed.last; ++n) {
      if (needed.marked[n] && nodes_[n] == 0) set(n, rebuilt(n));
    }
    close_folds();
    return (*this)(b);
  }
  /// The folds that were made get what they hand on, now that it is mapped.
  constexpr void close_folds(bool all = true) {
    nest_tables& t = *g_.nest();
    for (int l = 1; l < loop_count_; ++l) {
      if (!cloned_[l]) continue;
      const loop from = from_.loops[l], to = t.loops[scope(l)];
      for (int k = 0; k < to.carries && k < from.carries; ++k) {
        carried& c = t.carries[to.first_carry + k];
        const int next = from_.carries[from.first_carry + k].next;
        if (c.next < 0 && next >= 0 && nodes_[next] != 0) c.next = (*this)(next);
        if (c.next < 0 && next >= 0 && !foreign_ && nodes_[next] == 0) c.next = next;
        if (c.next < 0 && all) c.next = c.node;
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
  nest_tables& t = *g.nest();
  const int outside = closure(t, g.size(), b, l).outside;
  return t.deeper(outside, t.scope[t.loops[l].extent]);
}

constexpr nest::settled_loop nest::settled(builder& g, int l, int b) {
  nest_tables& t = *g.nest();
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
  nest_tables& t = *g.nest();
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
  element_put one;
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
  const closure needed(*g.nest(), g.size(), n, l);
  int operations = 0;
  for (int k = 0; k <= needed.last; ++k) {
    if (!needed.marked[k]) continue;
    const algebra kind = g[k].op->kind;
    if (kind == algebra::other || kind == algebra::sum || kind == algebra::extremum ||
        kind == algebra::fold || kind == algebra::carry || kind == algebra::scatter ||
        ++operations > cheap_operations) {
      return false;
    }
  }
  return true;
}

constexpr int nest::element(builder& g, int a, const int* i) {
  nest_tables& t = *g.nest();
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
