// SPDX-License-Identifier: BSL-1.0
#pragma once

// The cotangents of a graph with loops, and the reverse of what is no elementwise operation.
//
// A use in a deeper scope is reversed by a sum over the loops between, a sum by a use in a deeper
// scope; a load by a put into the array's cotangent, a put by a load from it. A fold is reversed by
// a mirror, a fold that runs the other way; in it a forward value is what it was at that iteration:
// the carries' history is an array, the rest of the body is computed again.

#include <tapeless/graph/nest.hpp>
#include <tapeless/transform/factored.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

class nest_cotangents {
 public:
  static constexpr bool has_loops = true;

  constexpr explicit nest_cotangents(builder& g)
      : g_(g),
        t_(*g.nest),
        mirror_(g),
        count_(g.size()),
        first_(g.size(), 0),
        puts_(g.size(), 0),
        mirrors_(g.nest->loop_count, 0),
        pool_(g.size() * 4 + 64),
        put_pool_(g.size() * 4 + 64) {}

  /// The forward value n where the sweep is.
  constexpr int seen(int n) const { return mirror_(n); }
  constexpr int seen_scope(int s) const { return mirror_.scope(s); }

  constexpr bool exists(int n) const { return first_.of[n] != 0; }

  /// A contribution of the node that is being reversed, in its scope.
  constexpr void add(builder&, int n, const factored& c) { add_in(use_, n, c); }
  constexpr void add_in(int scope, int n, const factored& c) {
    int i = first_.of[n];
    while (i != 0 && pool_.of[i].scope != scope) i = pool_.of[i].next;
    if (i != 0) {
      pool_.of[i].value.add(g_, c);
    } else {
      if (used_ == g_count()) return g_.overflow();
      pool_.of[used_] = {c, scope, first_.of[n]};
      first_.of[n] = used_++;
    }
  }

  /// The cotangent of n in n's own scope: what deeper scopes contribute is summed over their loops.
  constexpr factored& sum(builder&, int n) {
    const int target = seen_scope(t_.scope[n]);
    for (;;) {
      int deepest = first_.of[n], before = 0, p = 0;
      for (int i = first_.of[n]; i != 0; p = i, i = pool_.of[i].next) {
        if (t_.loops[pool_.of[i].scope].depth >= t_.loops[pool_.of[deepest].scope].depth) {
          deepest = i, before = p;
        }
      }
      const contribution c = pool_.of[deepest];
      if (c.scope == target) return pool_.of[deepest].value;
      (before == 0 ? first_.of[n] : pool_.of[before].next) = c.next;
      add_in(t_.loops[c.scope].parent, n, summed(c.scope, c.value));
    }
  }
  constexpr int node(builder& g, int n) {
    return exists(n) ? sum(g, n).node(g) : g.structural_zero();
  }

  /// The cotangent of array n: what has been put.
  constexpr int array(int n) {
    const in_branch_of none(t_, 0);
    int count = 0;
    for (int i = puts_.of[n]; i != 0; i = put_pool_.of[i].next) ++count;
    scratch<element_put> all(count);
    for (int i = puts_.of[n], k = count; i != 0; i = put_pool_.of[i].next)
      all.of[--k] = put_pool_.of[i].value;
    const int scope = seen_scope(t_.scope[n]);
    array_shape s = nest::shape_of(g_, n);
    for (int d = 0; d < s.rank; ++d) s.extent[d] = seen(s.extent[d]);
    if (count == 1) {
      if (const int whole = whole_routine(all.of[0], s, scope); whole >= 0) return whole;
    }
    return nest::scatter(g_, scope, nest::shape(g_, s), all.of, count);
  }

  /// The cotangent of array n, a result, is the input of this number.
  constexpr void seed_array(int n, int input) {
    const int shape = nest::shape(g_, nest::shape_of(g_, n));
    add_whole(n, g_.intern(&array_operation, input, -1, shape, 0), 0);
  }

  /// Reverses node n unless it is an elementwise operation.
  constexpr bool reversed(int n, const bool* active) {
    const auto v = g_[n];
    use_ = seen_scope(t_.scope[n]);
    if (t_.branches) t_.floor = t_.branch_of(use_);
    // A mirror is completed at its first carry, whatever that one depends on.
    const bool of_fold = v.op->kind == algebra::carry || v.op->kind == algebra::fold;
    if (!active[n] && !of_fold) return true;
    switch (v.op->kind) {
      case algebra::load:
        if (exists(n)) put_element(n, v);
        return true;
      case algebra::sum:
        if (exists(n) && active[v.a]) {
          const factored w = sum(g_, n);
          // A sum over the iterations of a fold.
          see_from(v.b, t_.scope[n]);
          add_in(mirror_.inner_loop(v.b), v.a, w);
        }
        return true;
      case algebra::pick:
        if (exists(n) && active[v.b]) add(g_, v.b, unless_empty(g_[v.a].b, sum(g_, n)));
        return true;
      case algebra::scatter:
        if (puts_.of[n] != 0) reverse_array(n, active);
        return true;
      case algebra::routine:
        if (puts_.of[n] != 0) reverse_routine(n, v, active);
        return true;
      case algebra::fold:
        reverse_fold(n, active);
        return true;
      case algebra::carry:
        if (v.b == 0 && mirrors_.of[v.a] != 0) finish_mirror(v.a, active);
        return true;
      default:
        return v.op->kind >= algebra::array && v.op->kind <= algebra::carry;
    }
  }

 private:
  struct contribution {
    factored value;
    int scope = 0;
    int next = 0;  ///< 0: the last
  };
  struct pending_put {
    element_put value = no_put;
    int next = 0;
  };
  constexpr int g_count() const { return count_ * 4 + 64; }

  constexpr factored summed(int l, const factored& c) {
    // Nothing leaves a branch: where it is not taken, the base may be infinite or need not exist.
    if (c.factor >= 0 && t_.loops[l].condition < 0 && !t_.inside(t_.scope[c.base], l)) {
      return {c.base, nest::sum(g_, l, c.factor)};
    }
    return {nest::sum(g_, l, c.node(g_)), -1};
  }
  constexpr factored unless_empty(int l, const factored& c) {
    const int extent = seen(t_.loops[l].extent);
    if (nest::is_number(g_, extent) && nest::number_of(g_, extent) > 0) return c;
    const int some = g_.intern(&index_less_operation, nest::number(g_, 0), extent, -1, 0);
    return {g_.apply(g_.operations.choose, some, c.node(g_), g_.structural_zero()), -1};
  }

  /// Adds a put whose last indices are those of `rest` to the array that slices lead to from a.
  constexpr void put_through(int a, const element_put& rest) {
    int indices[max_rank + 2]{};
    int rank = 0, d = 0;
    for (; g_[a].op->kind == algebra::slice; a = g_[a].a) indices[rank++] = g_[a].b;
    element_put p = rest;
    while (rank > 0) p.index[d++] = seen(indices[--rank]);
    for (int k = 0; d < max_rank; ++k) p.index[d++] = rest.index[k];
    add_put(a, p);
  }
  constexpr void put_element(int n, const tapeless::node& v) {
    element_put p = no_put;
    p.index[0] = seen(v.b);
    if (v.op->arity == 3) p.index[1] = seen(v.c);
    p.value = sum(g_, n).node(g_);
    p.scope = use_;
    put_through(v.a, p);
  }
  /// All elements of an array, in a scope of the cotangents, contribute to those of array a.
  constexpr void add_whole(int a, int from, int scope) {
    const array_shape s = nest::shape_of(g_, from);
    element_put p = no_put;
    p.scope = scope;
    for (int d = 0; d < s.rank; ++d) {
      p.scope = nest::range(g_, p.scope, s.extent[d]);
      p.index[d] = nest::index(g_, p.scope);
    }
    p.value = nest::element(g_, from, p.index);
    if (!g_.is_structural_zero(p.value)) put_through(a, p);
  }
  /// What a routine has made, if the put copies all of it into an array of this shape; -1: it does
  /// something else.
  constexpr int whole_routine(const element_put& p, const array_shape& s, int scope) const {
    const tapeless::node& x = g_[p.value];
    if (x.op->kind != algebra::load || x.op->arity != s.rank + 1) return -1;
    if (!g_.is(x.a, algebra::routine) || t_.scope[x.a] != scope) return -1;
    const array_shape from = nest::shape_of(g_, x.a);
    int l = p.scope;
    for (int d = s.rank - 1; d >= 0; --d, l = t_.loops[l].parent) {
      const loop& around = t_.loops[l];
      if (l == scope || x.operand(d + 1) != p.index[d] || around.index != p.index[d] ||
          around.sequential || around.condition >= 0 || around.extent != s.extent[d] ||
          from.extent[d] != s.extent[d]) {
        return -1;
      }
    }
    return l == scope ? x.a : -1;
  }
  constexpr void add_put(int a, const element_put& p) {
    for (int i = puts_.of[a]; i != 0; i = put_pool_.of[i].next) {
      element_put& q = put_pool_.of[i].value;
      if (q.scope == p.scope && q.index[0] == p.index[0] && q.index[1] == p.index[1] &&
          q.index[2] == p.index[2]) {
        q.value = g_.apply(g_.operations.add, q.value, p.value);
        return;
      }
    }
    if (puts_used_ == g_count()) return g_.overflow();
    put_pool_.of[puts_used_] = {p, puts_.of[a]};
    puts_.of[a] = puts_used_++;
  }

  constexpr void reverse_array(int n, const bool* active) {
    const int cotangent = array(n);
    const array_info a = t_.arrays[g_[n].a];
    for (int i = 0; i < a.puts; ++i) {
      const element_put p = t_.puts[a.first_put + i];
      if (!active[p.value]) continue;
      see_from(p.scope, a.scope);
      const in_branch_of there(t_, mirror_.inner_loop(p.scope));
      int index[max_rank]{};
      for (int d = 0; d < max_rank; ++d) index[d] = seen(p.index[d]);
      const int scope = mirror_.inner_loop(p.scope);
      if (nest_tables::is_array(g_[p.value])) {
        int part = cotangent;
        for (int d = 0; d < max_rank && p.index[d] >= 0; ++d)
          part = nest::slice(g_, part, index[d]);
        add_whole(p.value, part, scope);
        continue;
      }
      const int w = nest::element(g_, cotangent, index);
      if (!g_.is_structural_zero(w)) add_in(scope, p.value, {w, -1});
    }
  }

  constexpr void reverse_routine(int n, const tapeless::node& v, const bool* active) {
    const int operands[]{v.a, v.b, v.c}, x[]{seen(v.a), seen(v.b), seen(v.c)};
    const int cotangent = array(n), scope = use_;
    int out[max_arity]{-1, -1, -1};
    v.op->vjp(g_, x, seen(n), cotangent, out);
    for (int i = 0; i < v.op->arity; ++i) {
      if (out[i] >= 0 && active[operands[i]]) add_whole(operands[i], out[i], scope);
    }
  }

  /// Result k of the fold node n; -1 if nobody asked for it.
  constexpr int result(int n, int k) const {
    const auto& c = g_[t_.carries[t_.loops[g_[n].a].first_carry + k].node];
    const bool array = nest_tables::is_array(c);
    const int r = g_.find(array ? &array_result_operation : &fold_result_operation, n, k,
                          array ? c.c : -1, 0);
    return r >= 0 && (array ? puts_.of[r] != 0 : exists(r)) ? r : -1;
  }

  /// Makes the mirrors of the folds between two scopes.
  constexpr void see_from(int scope, int outer) {
    if (scope == outer) return;
    see_from(t_.loops[scope].parent, outer);
    if (t_.loops[scope].sequential && mirrors_.of[scope] == 0) make_mirror(scope);
  }
  /// The mirror of fold f, and the forward values in it; what it carries comes later.
  constexpr void make_mirror(int f) {
    const loop from = t_.loops[f];
    const int outside = seen_scope(from.parent);
    // In the mirror of an outer fold the forward fold runs again; its clone is there already.
    const int again = seen_scope(f);
    const int to = nest::sequence(g_, outside, t_.loops[again].extent, !from.backward);
    mirrors_.of[f] = to;
    scratch<int> history(from.carries, -1);
    for (int k = 0; k < from.carries; ++k) history.of[k] = trajectory(again, outside, k);
    see_mirrored(f, to, history);
  }

  /// Values of the fold f leave it by sums or puts that come before its node n. Their cotangents
  /// are known only when the sweep has passed the body, which is too late.
  constexpr bool is_left_elsewhere(int f, int n, const bool* active) const {
    for (int i = 0; i < n; ++i) {
      const auto& x = g_[i];
      if (!active[i]) continue;
      if (x.op->kind == algebra::sum && x.b == f) return true;
      if (x.op->kind != algebra::scatter) continue;
      const array_info& a = t_.arrays[x.a];
      for (int k = 0; k < a.puts && !t_.inside(a.scope, f); ++k) {
        if (t_.inside(t_.puts[a.first_put + k].scope, f)) return true;
      }
    }
    return false;
  }

  constexpr void reverse_fold(int n, const bool* active) {
    const int f = g_[n].a;
    const loop from = t_.loops[f];
    bool any = mirrors_.of[f] != 0 || is_left_elsewhere(f, n, active);
    for (int k = 0; k < from.carries; ++k) {
      any = any || result(n, k) >= 0;
    }
    if (!any) return;
    if (mirrors_.of[f] == 0) make_mirror(f);
    const int to = mirrors_.of[f];
    scratch<int> start(from.carries);
    for (int k = 0; k < from.carries; ++k) {
      const int r = result(n, k);
      start.of[k] = total(r, t_.carries[from.first_carry + k].initial);
    }
    for (int k = 0; k < from.carries; ++k) mirror_.add_carry(to, start.of[k]);
    for (int k = 0; k < from.carries; ++k) {
      const int next = t_.carries[from.first_carry + k].next;
      if (!active[next]) continue;
      const int c = mirror_.carried_node(to, k);
      if (nest_tables::is_array(g_[c])) {
        add_whole(next, c, to);
      } else {
        add_in(to, next, {c, -1});
      }
    }
  }
  /// The cotangent of n, which has the form of another node; zero if n is -1.
  constexpr int total(int n, int form) {
    if (nest_tables::is_array(g_[form])) {
      return n >= 0 ? array(n) : nothing_like(form);
    }
    return n >= 0 ? sum(g_, n).node(g_) : g_.constant(0);
  }
  /// Zeros in the shape of array a.
  constexpr int nothing_like(int a) {
    array_shape s = nest::shape_of(g_, a);
    for (int d = 0; d < s.rank; ++d) s.extent[d] = seen(s.extent[d]);
    return nest::scatter(g_, seen_scope(t_.scope[a]), nest::shape(g_, s), nullptr, 0);
  }
  /// All values of carry k of fold f, the initial one among them, as an array that lives in
  /// `scope`.
  constexpr int trajectory(int f, int scope, int k) {
    const loop x = t_.loops[f];
    const carried c = t_.carries[x.first_carry + k];
    const int one = nest::number(g_, 1);
    element_put puts[2]{no_put, no_put};
    puts[0].index[0] = x.backward ? x.extent : nest::number(g_, 0);
    puts[0].value = c.initial;
    puts[0].scope = scope;
    puts[1].index[0] = x.backward ? x.index : nest::index_sum(g_, x.index, one);
    puts[1].value = c.next;
    puts[1].scope = f;
    array_shape s{1, {nest::index_sum(g_, x.extent, one), -1, -1}};
    if (nest_tables::is_array(g_[c.node])) {
      const array_shape row = nest::shape_of(g_, c.node);
      for (int d = 0; d < row.rank; ++d) s.extent[s.rank++] = row.extent[d];
    }
    return nest::scatter(g_, scope, nest::shape(g_, s), puts, 2, true);
  }
  /// From now on the values in the body of fold f are seen from its mirror.
  constexpr void see_mirrored(int f, int to, const scratch<int>& history) {
    const loop from = t_.loops[f];
    const int here = t_.loops[to].index;
    const int beyond = nest::index_sum(g_, here, nest::number(g_, 1));
    const int before = from.backward ? beyond : here, after = from.backward ? here : beyond;
    for (int l = 1; l < mirrors_count(); ++l) {
      if (l != f && t_.inside(l, f)) mirror_.forget_loop(l);
    }
    mirror_.set_loop(f, to);
    mirror_.set(from.index, here);
    const auto at = [&](int k, int index) {
      const int indices[]{index, -1, -1};
      return nest::shape_of(g_, history.of[k]).rank == 1 ? nest::load(g_, history.of[k], indices)
                                                         : nest::slice(g_, history.of[k], index);
    };
    for (int k = 0; k < from.carries; ++k) {
      mirror_.set(t_.carries[from.first_carry + k].node, at(k, before));
    }
    for (int i = from.index + 1; i < count_; ++i) {
      const algebra kind = g_[i].op->kind;
      if (!t_.inside(t_.scope[i], f) || (kind == algebra::carry && g_[i].a == f)) continue;
      int value = -1;
      for (int k = 0; k < from.carries && kind != algebra::load; ++k) {
        const int next = t_.carries[from.first_carry + k].next;
        if (next == i) {
          value = at(k, after);
        } else if (const int* index = element_of(next, i); index != nullptr) {
          int indices[max_rank]{seen(index[0]), seen(index[1]), -1};
          value = nest::element(g_, at(k, after), indices);
        }
      }
      mirror_.set(i, value >= 0 ? value : mirror_.rebuilt(i));
    }
    mirror_.close_folds();
  }
  /// The indices of the element that value v is of the array `next`, if it is one.
  constexpr const int* element_of(int next, int v) const {
    if (!g_.is(next, algebra::scatter) || !nest::is_dense(g_, nest::info(g_, next))) return nullptr;
    const element_put& p = t_.puts[nest::info(g_, next).first_put];
    return p.value == v && p.scope == t_.scope[v] ? p.index : nullptr;
  }
  constexpr int mirrors_count() const { return mirrors_size_; }

  /// All contributions to the carries of f are there: its mirror is complete.
  constexpr void finish_mirror(int f, const bool* active) {
    const loop from = t_.loops[f];
    const int to = mirrors_.of[f];
    for (int k = 0; k < from.carries; ++k) {
      const int c = t_.carries[from.first_carry + k].node;
      const bool any = exists(c) || puts_.of[c] != 0;
      t_.carries[t_.loops[to].first_carry + k].next = total(any ? c : -1, c);
    }
    const int fold = nest::fold(g_, to);
    for (int k = 0; k < from.carries; ++k) {
      const int start = t_.carries[from.first_carry + k].initial;
      if (!active[start]) continue;
      const int r = nest::fold_result(g_, fold, k);
      if (nest_tables::is_array(g_[r])) {
        add_whole(start, r, t_.loops[to].parent);
      } else {
        add_in(t_.loops[to].parent, start, {r, -1});
      }
    }
  }

  builder& g_;
  nest_tables& t_;
  mapping mirror_;
  int count_;
  scratch<int> first_;    ///< contribution in the pool; 0: none
  scratch<int> puts_;     ///< likewise, of arrays
  scratch<int> mirrors_;  ///< of folds; 0: none
  scratch<contribution> pool_;
  scratch<pending_put> put_pool_;
  int mirrors_size_ = t_.loop_count;
  int used_ = 1, puts_used_ = 1;
  int use_ = 0;
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
