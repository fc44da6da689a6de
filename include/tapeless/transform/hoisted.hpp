// SPDX-License-Identifier: BSL-1.0
#pragma once

// Out of loops what does not depend on them, though loops between do: exp(q[c]) within a loop over
// i and one over c in it becomes an array, computed before the loop over i. Likewise factors of
// what is put into an array: for A[s] += q[c][s] * w over i, c, s the w are added up over i, as an
// array of c, before they are multiplied.
//
// What depends on none of the loops around has left them when it was made, because a node lives in
// the outermost scope that defines what it needs; this is for what needs the inner ones.

#include <tapeless/graph/checks.hpp>
#include <tapeless/graph/sizes.hpp>
#include <tapeless/primitive/comparison.hpp>
#include <tapeless/trace/trace.hpp>
#include <tapeless/transform/clamps.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Which heavy values can leave loops, as arrays, and which factors of puts.
template <int Capacity, int Outputs>
class hoisting {
 public:
  using graph_type = nest_graph<Capacity, Outputs>;

  constexpr explicit hoisting(const graph_type& g)
      : g_(g), use_(g, g.outputs), loops_(g.size), rank_(g.size), split_(g.put_count + 1) {
    if (g.loop_count > 63) return;
    for (int n = 0; n < g.size; ++n) {
      if (!use_.live[n]) continue;
      loops_.of[n] = loops_of(n);
      rank_.of[n] = is_heavy(*g.nodes[n].op) ? array_rank(n) : 0;
      any = any || rank_.of[n] > 0 || is_clamp(n);
    }
    for (int n = 0; n < g.size; ++n) {
      if (!use_.live[n] || g.nodes[n].op->kind != algebra::scatter) continue;
      const array_info& a = g.arrays[g.nodes[n].a];
      for (int i = a.first_put; i < a.first_put + a.puts && !a.exact; ++i) {
        split_.of[i] = splits(a, g.puts[i]);
        any = any || split_.of[i];
      }
    }
  }
  bool any = false;

  /// The graph with these arrays; with clamped values only if there are some, because most programs
  /// do without that primitive.
  template <bool Clamps>
  constexpr graph_type result() {
    nest_workshop<Capacity, Outputs> w;
    graph_type source = g_;
    nest_tables tables = source.tables();
    mapping m(w.g, source.nodes, source.size, tables);
    enter_inputs(w.g, m);
    for (int n = 0; n < g_.size; ++n) {
      const algebra kind = g_.nodes[n].op->kind;
      if (!use_.live[n] || kind == algebra::input || kind == algebra::array) continue;
      // There are no further derivatives.
      int to = kind == algebra::pick ? m(g_.nodes[n].a)
               : has_split(n)        ? with_split_puts(w.g, m, n)
                                     : rebuilt<Clamps>(w.g, m, n);
      if (kind == algebra::load && to < Capacity && moved_.of[to]) {
        // It is read there anyway.
        moved_.of[to] = false;
        w.tables.wanted[to] = g_.wanted[n] == 0 ? 0 : m.inner_loop(g_.wanted[n] - 1) + 1;
      }
      if (rank_.of[n] > 0) to = as_element(w.g, to, m.inner_loop(g_.scope[n]), rank_.of[n]);
      m.set(n, to);
    }
    m.close_folds();
    for (int i = 0; i < g_.equal_count; ++i) {
      const equal_sizes& e = g_.equal[i];
      size_algebra::enter(w.g, {size(w.g, m, e.left), size(w.g, m, e.right), e.rule});
    }
    // The checks of indices are made again, those of sizes beside arguments not.
    for (int i = 0; i < g_.check_count; ++i) {
      range_check c = g_.checks[i];
      if (c.kind != check_kind::tangent && c.kind != check_kind::cotangent) continue;
      c.first = c.last = c.extent = size(w.g, m, c.extent);
      enter_check(w, c);
    }
    for (int i = 0; i < Outputs; ++i) w.result.outputs[i] = m(g_.outputs[i]);
    w.result.inputs = g_.inputs;
    return checked(w);
  }

 private:
  constexpr bool is_clamp(int n) const { return parts_of_clamp(g_, n).value >= 0; }
  template <bool Clamps>
  constexpr int rebuilt(builder& g, mapping& m, int n) {
    if constexpr (Clamps) {
      if (is_clamp(n)) {
        const in_branch_of here(*g.nest, m.inner_loop(g_.scope[n]));
        return clamp_of_parts(g, parts_of_clamp(g_, n), m);
      }
    }
    return m.rebuilt(n);
  }

  static constexpr std::uint64_t everything = ~std::uint64_t{0};
  static constexpr std::uint64_t bit(int l) { return l == 0 ? 0 : std::uint64_t{1} << l; }

  /// The loops that the value of node n depends on.
  constexpr std::uint64_t loops_of(int n) const {
    const node& x = g_.nodes[n];
    const auto extent = [&](int l) { return loops_.of[g_.loops[l].extent]; };
    switch (x.op->kind) {
      case algebra::iota:
        return bit(x.a) | extent(x.a);
      case algebra::sum:
      case algebra::extremum:
        return (loops_.of[x.a] | extent(x.b)) & ~bit(x.b);
      case algebra::pick:
      case algebra::argument:
        return loops_.of[x.a];
      case algebra::carry:
      case algebra::fold:
      case algebra::fold_result:
      case algebra::index_load:
      case algebra::slice:
        return everything;
      case algebra::scatter: {
        std::uint64_t all = 0;
        const array_info& a = g_.arrays[x.a];
        for (int i = 0; i < a.puts; ++i) {
          const element_put& p = g_.puts[a.first_put + i];
          std::uint64_t one = loops_.of[p.value];
          for (int d = 0; d < max_rank && p.index[d] >= 0; ++d) one |= loops_.of[p.index[d]];
          for (int l = p.scope; l != a.scope; l = g_.loops[l].parent) {
            one = (one | extent(l)) & ~bit(l);
          }
          all |= one;
        }
        return all;
      }
      default: {
        std::uint64_t all = 0;
        for (int i = 0; i < x.op->arity; ++i) all |= loops_.of[x.operand(i)];
        return all;
      }
    }
  }
  /// How many loops node n depends on before one around them that it does not depend on; 0: there
  /// is none, or n has to stay.
  constexpr int array_rank(int n) const {
    if (loops_.of[n] == everything) return 0;
    int l = g_.scope[n], rank = 0;
    for (; l != 0 && (loops_.of[n] & bit(l)) != 0; l = g_.loops[l].parent) {
      const loop& x = g_.loops[l];
      if (++rank > max_rank || x.sequential || !is_known_before(g_, x.extent)) return 0;
    }
    for (int around = l; around != 0; around = g_.loops[around].parent) {
      if (g_.loops[around].condition >= 0) return 0;
    }
    return l == 0 ? 0 : rank;
  }
  /// The value v in loop l and the loops around it: an element of the array of all of them. What it
  /// reads need not exist where the loops that it has left have no iterations.
  constexpr int as_element(builder& g, int v, int l, int rank) {
    const int known = g.size();
    int index[max_rank]{-1, -1, -1};
    for (int d = rank - 1, s = l; d >= 0; --d, s = g.nest->loops[s].parent) {
      index[d] = nest::index(g, s);
    }
    const int array = nest::generated(g, rank, l, v);
    for (int n = known; n < g.size(); ++n) {
      if (!g.is(n, algebra::load)) continue;
      g.nest->wanted[n] = l + 1;
      moved_.of[n] = true;
    }
    return nest::element(g, array, index);
  }

  /// The value of a put as a product, with the conditions elsewhere of which it is zero.
  struct product {
    static constexpr int max_factors = 6;
    int factors[max_factors]{}, count = 0;
    int conditions[max_factors]{}, condition_count = 0;
    bool taken[max_factors]{};
    bool negative = false, failed = false;
  };
  constexpr product factors_of(int v) const {
    product p;
    for (;;) {
      const node& x = g_.nodes[v];
      if (x.op->kind == algebra::negate) {
        p.negative = !p.negative;
        v = x.a;
      } else if (x.op->kind == algebra::select && x.bits == 1 && is_zero(x.b) != is_zero(x.c) &&
                 p.condition_count < product::max_factors) {
        p.taken[p.condition_count] = is_zero(x.c);
        p.conditions[p.condition_count++] = x.a;
        v = is_zero(x.c) ? x.b : x.c;
      } else {
        break;
      }
    }
    collect_factors(v, p);
    return p;
  }
  constexpr void collect_factors(int v, product& p) const {
    const node& x = g_.nodes[v];
    if (x.op->kind == algebra::multiply && p.count + 1 < product::max_factors) {
      collect_factors(x.a, p);
      collect_factors(x.b, p);
    } else if (p.count < product::max_factors) {
      p.factors[p.count++] = v;
    } else {
      p.failed = true;
    }
  }
  constexpr bool is_zero(int n) const {
    return g_.nodes[n].op->kind == algebra::constant && g_.nodes[n].a == 1;
  }
  /// The outermost loop around a put, within the array's scope.
  constexpr int outermost(const array_info& a, const element_put& p) const {
    int l = p.scope;
    while (l != a.scope && g_.loops[l].parent != a.scope) l = g_.loops[l].parent;
    return l;
  }
  /// Neither the index nor one of the factors depends on the outermost loop, nor what remains on
  /// the innermost, so that summing over the outermost first takes the put out of it.
  constexpr bool splits(const array_info& a, const element_put& p) const {
    const int out = outermost(a, p);
    if (out == a.scope || out == p.scope || g_.loop_count > 60) return false;
    int rank = 0;
    for (int l = p.scope; l != a.scope; l = g_.loops[l].parent) {
      const loop& x = g_.loops[l];
      if (x.sequential || x.condition >= 0) return false;
      if (l == out) continue;
      if ((loops_.of[x.extent] & bit(out)) != 0) return false;
      // The loops of the array of sums.
      if (l != p.scope && (++rank > max_rank || !is_known_before(g_, x.extent))) return false;
    }
    if (rank == 0) return false;
    for (int d = 0; d < max_rank && p.index[d] >= 0; ++d) {
      if ((loops_.of[p.index[d]] & bit(out)) != 0) return false;
    }
    for (int s = a.scope; s != 0; s = g_.loops[s].parent) {
      if (g_.loops[s].condition >= 0) return false;
    }
    const product f = factors_of(p.value);
    bool some = false;
    for (int i = 0; i < f.count; ++i) {
      const bool stays = (loops_.of[f.factors[i]] & bit(out)) == 0;
      some = some || (stays && (loops_.of[f.factors[i]] & bit(p.scope)) != 0);
      if (!stays && (loops_.of[f.factors[i]] & bit(p.scope)) != 0) return false;
    }
    for (int i = 0; i < f.condition_count; ++i) {
      if ((loops_.of[f.conditions[i]] & bit(p.scope)) != 0) return false;
    }
    return some && !f.failed;
  }
  constexpr bool has_split(int n) const {
    if (g_.nodes[n].op->kind != algebra::scatter) return false;
    const array_info& a = g_.arrays[g_.nodes[n].a];
    for (int i = 0; i < a.puts; ++i) {
      if (split_.of[a.first_put + i]) return true;
    }
    return false;
  }
  constexpr int with_split_puts(builder& g, mapping& m, int n) {
    const array_info& a = g_.arrays[g_.nodes[n].a];
    scratch<element_put> puts(a.puts);
    for (int i = 0; i < a.puts; ++i) {
      const element_put& p = g_.puts[a.first_put + i];
      puts.of[i] = split_.of[a.first_put + i] ? split(g, m, a, p) : m.mapped(p);
    }
    array_shape s = g_.shapes[a.shape];
    for (int d = 0; d < s.rank; ++d) s.extent[d] = m(s.extent[d]);
    return nest::scatter(g, m.inner_loop(a.scope), nest::shape(g, s), puts.of, a.puts);
  }
  /// The put of what does not depend on the outermost loop times the sums of the rest.
  constexpr element_put split(builder& g, mapping& m, const array_info& a, const element_put& p) {
    const arithmetic_operations& op = g.operations;
    const int out = outermost(a, p), scope = m.inner_loop(a.scope);
    const product f = factors_of(p.value);
    int inside = -1, outside = -1;
    for (int i = 0; i < f.count; ++i) {
      int& part = (loops_.of[f.factors[i]] & bit(out)) == 0 ? outside : inside;
      part = part < 0 ? m(f.factors[i]) : g.apply(op.multiply, part, m(f.factors[i]));
    }
    if (inside < 0) inside = g.constant(1);
    if (f.negative) inside = g.apply(op.negate, inside);
    for (int i = f.condition_count - 1; i >= 0; --i) {
      const int zero = g.structural_zero();
      inside = g.apply(op.choose, m(f.conditions[i]), f.taken[i] ? inside : zero,
                       f.taken[i] ? zero : inside);
    }
    // The array of sums.
    element_put sum = no_put;
    sum.scope = m.inner_loop(g_.loops[p.scope].parent);
    sum.value = inside;
    array_shape shape = no_shape;
    for (int l = sum.scope; l != m.inner_loop(out); l = g.nest->loops[l].parent) ++shape.rank;
    for (int d = shape.rank - 1, l = sum.scope; d >= 0; --d, l = g.nest->loops[l].parent) {
      sum.index[d] = nest::index(g, l);
      shape.extent[d] = g.nest->loops[l].extent;
    }
    const int sums = nest::scatter(g, scope, nest::shape(g, shape), &sum, 1);
    // The put without the outermost loop.
    const int known = g.size();
    mapping without(g);
    without.set_loop(m.inner_loop(out), scope);
    element_put q = no_put;
    q.scope = without.inner_loop(m.inner_loop(p.scope));
    for (int d = 0; d < max_rank && p.index[d] >= 0; ++d) {
      q.index[d] = without.clone(m.inner_loop(out), m(p.index[d]));
    }
    int index[max_rank]{-1, -1, -1};
    for (int d = 0; d < shape.rank; ++d) index[d] = without(sum.index[d]);
    const int factor = without.clone(m.inner_loop(out), outside);
    const int total = nest::element(g, sums, index);
    q.value = g.apply(op.multiply, factor, total);
    if (f.condition_count > 0) {
      // Where no condition holds there is nothing, whatever the factor is.
      const traced_condition none = traced(&g, total) == traced(0);
      q.value = g.apply(op.choose, none.id(g), g.structural_zero(), q.value);
    }
    for (int k = known; k < g.size(); ++k) {
      if (!g.is(k, algebra::load) || k == total) continue;
      g.nest->wanted[k] = m.inner_loop(p.scope) + 1;
      moved_.of[k] = true;
    }
    return q;
  }

  /// Inputs keep their places, arrays get the sizes that they have had.
  constexpr void enter_inputs(builder& g, mapping& m) const {
    for (int n = 0; n < g_.size; ++n) {
      const node& x = g_.nodes[n];
      if (x.op->kind == algebra::input) m.set(n, g.intern(x));
      if (x.op->kind == algebra::array) m.set(n, g.intern(x.op, x.a, -1, -1, x.bits));
    }
    for (int n = 0; n < g_.size; ++n) {
      const node& x = g_.nodes[n];
      if (x.op->kind != algebra::array) continue;
      array_shape s = g_.shapes[x.c];
      for (int d = 0; d < s.rank; ++d) s.extent[d] = size(g, m, s.extent[d]);
      g.set_shape(m(n), nest::shape(g, s));
    }
  }
  constexpr int size(builder& g, mapping& m, int n) const {
    const node x = g_.nodes[n];
    if (x.op->kind == algebra::extent) {
      m.set(n, g.intern(x));
    } else if (x.op->kind != algebra::input) {
      for (int i = 0; i < x.op->arity; ++i) size(g, m, x.operand(i));
      m.set(n, m.rebuilt(n));
    }
    return m(n);
  }

  const graph_type& g_;
  usage<Capacity> use_;
  scratch<std::uint64_t> loops_;
  scratch<int> rank_;
  scratch<bool> split_;            ///< puts
  scratch<bool> moved_{Capacity};  ///< loads of the result
};

/// Whether anything can leave loops.
template <int Capacity, int Outputs>
constexpr bool has_hoistable(const nest_graph<Capacity, Outputs>& g) {
  return hoisting<Capacity, Outputs>(g).any;
}
/// The graph where it has left them, or g itself if that does not fit.
template <bool Clamps, int Capacity, int Outputs>
constexpr auto hoisted(const nest_graph<Capacity, Outputs>& g) {
  const auto result = hoisting<Capacity, Outputs>(g).template result<Clamps>();
  return result.full || result.escaped || result.unbounded ? g : result;
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
