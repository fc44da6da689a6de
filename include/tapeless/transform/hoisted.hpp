// SPDX-License-Identifier: BSL-1.0
#pragma once

// Out of loops what does not depend on them, though loops between do: exp(q[c]) within a loop over
// i and one over c in it becomes an array, computed before the loop over i.
//
// What depends on none of the loops around has left them when it was made, because a node lives in
// the outermost scope that defines what it needs; this is for what needs the inner ones.

#include <tapeless/graph/access.hpp>
#include <tapeless/trace/trace.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Which heavy values can leave loops, as arrays.
template <int Capacity, int Outputs>
class hoisting {
 public:
  using graph_type = nest_graph<Capacity, Outputs>;

  constexpr explicit hoisting(const graph_type& g)
      : g_(g), use_(g, g.outputs), loops_(g.size), rank_(g.size) {
    if (g.loop_count > 63) return;
    for (int n = 0; n < g.size; ++n) {
      if (!use_.live[n]) continue;
      loops_[n] = loops_of(n);
      rank_[n] = is_heavy(*g.nodes[n].op) ? array_rank(n) : 0;
      any = any || rank_[n] > 0;
    }
  }
  bool any = false;

  /// The graph with these arrays.
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
      int to = kind == algebra::pick ? m(g_.nodes[n].a) : m.rebuilt(n);
      if (kind == algebra::load && to < Capacity && moved_[to]) {
        // It is read there anyway.
        moved_[to] = false;
        w.tables.wanted[to] = g_.wanted[n] == 0 ? 0 : m.inner_loop(g_.wanted[n] - 1) + 1;
      }
      if (rank_[n] > 0) to = as_element(w.g, to, m.inner_loop(g_.scope[n]), rank_[n]);
      m.set(n, to);
    }
    m.close_folds();
    for (int i = 0; i < Outputs; ++i) w.result.outputs[i] = m(g_.outputs[i]);
    w.result.inputs = g_.inputs;
    return checked(w);
  }

 private:
  static constexpr std::uint64_t everything = ~std::uint64_t{0};
  static constexpr std::uint64_t bit(int l) { return l == 0 ? 0 : std::uint64_t{1} << l; }

  /// The loops that the value of node n depends on.
  constexpr std::uint64_t loops_of(int n) const {
    const node& x = g_.nodes[n];
    const auto extent = [&](int l) { return loops_[g_.loops[l].extent]; };
    switch (x.op->kind) {
      case algebra::iota:
        return bit(x.a) | extent(x.a);
      case algebra::sum:
      case algebra::extremum:
        return (loops_[x.a] | extent(x.b)) & ~bit(x.b);
      case algebra::pick:
      case algebra::argument:
        return loops_[x.a];
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
          std::uint64_t one = loops_[p.value];
          for (int d = 0; d < max_rank && p.index[d] >= 0; ++d) one |= loops_[p.index[d]];
          for (int l = p.scope; l != a.scope; l = g_.loops[l].parent) {
            one = (one | extent(l)) & ~bit(l);
          }
          all |= one;
        }
        return all;
      }
      default: {
        std::uint64_t all = 0;
        for (int i = 0; i < x.op->arity; ++i) all |= loops_[x.operand(i)];
        return all;
      }
    }
  }
  /// How many loops node n depends on before one around them that it does not depend on; 0: there
  /// is none, or n has to stay.
  constexpr int array_rank(int n) const {
    if (loops_[n] == everything) return 0;
    int l = g_.scope[n], rank = 0;
    for (; l != 0 && (loops_[n] & bit(l)) != 0; l = g_.loops[l].parent) {
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
    for (int d = rank - 1, s = l; d >= 0; --d, s = g.nest()->loops[s].parent) {
      index[d] = nest::index(g, s);
    }
    const int array = nest::generated(g, rank, l, v);
    for (int n = known; n < g.size(); ++n) {
      if (!g.is(n, algebra::load)) continue;
      g.nest()->wanted[n] = l + 1;
      moved_[n] = true;
    }
    return nest::element(g, array, index);
  }

  /// Inputs keep their places, arrays get the sizes that they have had.
  constexpr void enter_inputs(builder& g, mapping& m) const {
    for (int n = 0; n < g_.size; ++n) {
      const node& x = g_.nodes[n];
      if (x.op->kind == algebra::input) m.set(n, g.intern(x));
      if (x.op->kind == algebra::array) m.set(n, g.intern({x.op, x.a, -1, -1, x.bits}));
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
  scratch<bool> moved_{Capacity};  ///< loads of the result
};

/// Whether anything can leave loops.
template <int Capacity, int Outputs>
constexpr bool has_hoistable(const nest_graph<Capacity, Outputs>& g) {
  return hoisting<Capacity, Outputs>(g).any;
}
/// The graph where it has left them, or g itself if that does not fit.
template <int Capacity, int Outputs>
constexpr auto hoisted(const nest_graph<Capacity, Outputs>& g) {
  const auto result = hoisting<Capacity, Outputs>(g).result();
  return result.full || result.escaped || result.unbounded ? g : result;
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
