// SPDX-License-Identifier: BSL-1.0
#pragma once

// The tangents of a graph with loops: of arrays arrays, of sums sums; a fold is run again with the
// tangents of its carries beside them.

#include <tapeless/graph/nest.hpp>
#include <tapeless/transform/factored.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

class nest_tangents {
 public:
  static constexpr bool has_loops = true;

  /// `active`: depends on an input that has a tangent.
  constexpr nest_tangents(builder& g, factored* tangents, const bool* active)
      : g_(g),
        t_(*g.nest),
        widened_(g),
        tangent_(tangents),
        active_(active),
        array_(g.size(), -1),
        changed_(g.size()) {}

  constexpr int seen(int n) const { return widened_(n); }
  constexpr void set_array(int n, int tangent) { array_.of[n] = tangent; }
  /// The tangent of an array; zeros if it has none.
  constexpr int array(int n) {
    if (array_.of[n] >= 0) return array_.of[n];
    array_shape s = nest::shape_of(g_, n);
    for (int d = 0; d < s.rank; ++d) s.extent[d] = seen(s.extent[d]);
    return nest::scatter(g_, widened_.scope(t_.scope[n]), nest::shape(g_, s), nullptr, 0);
  }

  /// Sees to node n: where it is now, and its tangent unless it is an elementwise operation.
  constexpr bool pushed(int n) {
    const auto v = g_[n];
    t_.floor = 0;
    move(n, v);
    if (t_.branches) t_.floor = t_.branch_of(widened_.scope(t_.scope[n]));
    switch (v.op->kind) {
      case algebra::load:
        if (active_[n]) load(n, v);
        return true;
      case algebra::slice:
        if (active_[n]) array_.of[n] = nest::slice(g_, array(v.a), seen(v.b));
        return true;
      case algebra::sum:
        if (tangent_[v.a].exists()) {
          tangent_[n] = {nest::sum(g_, widened_.inner_loop(v.b), tangent_[v.a].node(g_)), -1};
        }
        return true;
      case algebra::pick:
        if (tangent_[v.b].exists()) tangent_[n] = unless_empty(g_[v.a].b, tangent_[v.b]);
        return true;
      case algebra::scatter:
        if (active_[n]) array_.of[n] = scatter(v.a);
        return true;
      case algebra::routine:
        if (active_[n]) array_.of[n] = routine(n, v);
        return true;
      case algebra::fold_result:
        if (active_[n]) {
          const int k = t_.loops[g_[v.a].a].carries + v.b;
          set_tangent(n, nest::fold_result(g_, seen(v.a), k));
        }
        return true;
      default:
        return v.op->kind >= algebra::array && v.op->kind <= algebra::carry;
    }
  }

 private:
  /// Rebuilds n if what it needs has moved.
  constexpr void move(int n, const node& v) {
    if (v.op->kind == algebra::iota && widens(v.a)) {
      const loop x = t_.loops[v.a];
      const int to = nest::sequence(g_, widened_.inner_loop(x.parent), seen(x.extent), x.backward);
      widened_.set_loop(v.a, to);
      widened_.set(n, nest::index(g_, to));
      changed_.of[n] = true;
    } else if (v.op->kind == algebra::carry && widens(v.a)) {
      if (v.b == 0) add_carries(v.a);
      widened_.set(n, widened_.carried_node(widened_.scope(v.a), v.b));
      const int with_tangent = t_.loops[v.a].carries + v.b;
      set_tangent(n, widened_.carried_node(widened_.scope(v.a), with_tangent));
      changed_.of[n] = true;
    } else if (v.op->kind == algebra::fold && widens(v.a)) {
      close(v.a);
      widened_.set(n, nest::fold(g_, widened_.scope(v.a)));
      changed_.of[n] = true;
    } else {
      bool any = widened_.inner_loop(t_.scope[n]) != t_.scope[n];
      for_each_operand(t_, n,
                       [&](int id, bool) { any = any || (id >= 0 && id < n && changed_.of[id]); });
      if (!any) return;
      widened_.set(n, widened_.rebuilt(n));
      changed_.of[n] = true;
    }
  }
  /// A fold one of whose carries has a tangent.
  constexpr bool widens(int l) const {
    const loop& x = t_.loops[l];
    for (int k = 0; k < x.carries; ++k) {
      if (active_[t_.carries[x.first_carry + k].node]) return true;
    }
    return false;
  }
  constexpr void add_carries(int f) {
    const loop x = t_.loops[f];
    scratch<int> start(x.carries);
    for (int k = 0; k < x.carries; ++k) {
      start.of[k] = tangent_node(t_.carries[x.first_carry + k].initial);
    }
    const int to = widened_.scope(f);
    for (int k = 0; k < x.carries; ++k) {
      widened_.add_carry(to, seen(t_.carries[x.first_carry + k].initial));
    }
    for (int k = 0; k < x.carries; ++k) widened_.add_carry(to, start.of[k]);
  }
  constexpr void close(int f) {
    const loop from = t_.loops[f], to = t_.loops[widened_.scope(f)];
    for (int k = 0; k < from.carries; ++k) {
      const int next = t_.carries[from.first_carry + k].next;
      const int tangent = tangent_node(next);
      t_.carries[to.first_carry + k].next = seen(next);
      t_.carries[to.first_carry + from.carries + k].next = tangent;
    }
  }
  constexpr int tangent_node(int n) {
    if (nest_tables::is_array(g_[n])) return array(n);
    return tangent_[n].exists() ? tangent_[n].node(g_) : g_.constant(0);
  }
  constexpr void set_tangent(int n, int tangent) {
    if (nest_tables::is_array(g_[n])) {
      array_.of[n] = tangent;
    } else {
      tangent_[n] = {tangent, -1};
    }
  }

  constexpr void load(int n, const node& v) {
    const int index[]{seen(v.b), seen(v.c), -1};
    const int t = nest::element(g_, array(v.a), index);
    if (!g_.is_structural_zero(t)) tangent_[n] = {t, -1};
  }
  constexpr int scatter(int a) {
    const array_info x = t_.arrays[a];
    scratch<element_put> puts(x.puts);
    int count = 0;
    for (int i = 0; i < x.puts; ++i) {
      const element_put& from = t_.puts[x.first_put + i];
      const bool part = nest_tables::is_array(g_[from.value]);
      const bool any = part ? array_.of[from.value] >= 0 : tangent_[from.value].exists();
      if (!any && !x.exact) continue;
      const int to = widened_.inner_loop(from.scope);
      const in_branch_of there(t_, to);
      element_put p = no_put;
      for (int d = 0; d < max_rank; ++d) p.index[d] = seen(from.index[d]);
      p.value = part  ? array(from.value)
                : any ? tangent_[from.value].node(g_)
                      : g_.structural_zero();
      p.scope = to;
      puts.of[count++] = p;
    }
    array_shape s = t_.shapes[x.shape];
    for (int d = 0; d < s.rank; ++d) s.extent[d] = seen(s.extent[d]);
    return nest::scatter(g_, widened_.scope(x.scope), nest::shape(g_, s), puts.of, count, x.exact);
  }
  constexpr int routine(int n, const node& v) {
    const int operands[]{v.a, v.b, v.c};
    int x[max_arity]{-1, -1, -1}, tangents[max_arity]{-1, -1, -1};
    for (int i = 0; i < v.op->arity; ++i) {
      x[i] = seen(operands[i]);
      if ((v.op->derivatives >> i & 1u) != 0) tangents[i] = array(operands[i]);
    }
    return v.op->jvp(g_, x, seen(n), tangents);
  }
  constexpr factored unless_empty(int l, const factored& c) {
    const int extent = seen(t_.loops[l].extent);
    if (nest::is_number(g_, extent) && nest::number_of(g_, extent) > 0) return c;
    const int some = g_.intern(&index_less_operation, nest::number(g_, 0), extent, -1, 0);
    return {g_.apply(g_.operations.choose, some, c.node(g_), g_.structural_zero()), -1};
  }

  builder& g_;
  nest_tables& t_;
  mapping widened_;
  factored* tangent_;
  const bool* active_;
  scratch<int> array_;
  scratch<bool> changed_;
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
