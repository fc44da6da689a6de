// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which elements of arrays a program touches, and whether for sure.

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

}  // namespace TAPELESS_ABI
}  // namespace tapeless
