// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which nodes of a graph depend on one of the chosen inputs: only they have derivatives.

#include <tapeless/graph/scope.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Which nodes depend on one of the chosen inputs.
template <int Size>
struct activity {
  bool active[Size]{};

  template <class Nodes>
  constexpr activity(const node* all, int count, const Nodes& inputs) {
    for (int n : inputs) {
      if (n >= 0) active[n] = true;
    }
    for (int n = 0; n < count; ++n) {
      const node& x = all[n];
      if (x.op->arity > 0 &&
          (active[x.a] || (x.op->arity > 1 && active[x.b]) || (x.op->arity > 2 && active[x.c]))) {
        active[n] = true;
      }
    }
  }
};

/// Which nodes of a graph with loops depend on one of the chosen inputs.
template <int Size>
struct nest_activity {
  bool active[Size]{};

  template <class Graph, class Nodes>
  constexpr nest_activity(const Graph& g, const Nodes& inputs) {
    for (int n : inputs) {
      if (n >= 0) active[n] = true;
    }
    // A carry depends on what comes later in its body: again until nothing changes.
    for (bool changed = true; changed;) {
      changed = false;
      for (int n = 0; n < g.size; ++n) {
        if (active[n] || !depends(g, n)) continue;
        active[n] = true;
        changed = changed || g.nodes[n].op->kind == algebra::carry;
        for (int k = 0; k < g.carry_count && !changed; ++k) changed = g.carries[k].next == n;
      }
    }
  }

 private:
  template <class Graph>
  constexpr bool depends(const Graph& g, int n) const {
    const node& x = g.nodes[n];
    switch (x.op->kind) {
      case algebra::index_value:
      case algebra::index_cast:
      case algebra::index_truth:
      case algebra::index_load:
      case algebra::index_compare:
      case algebra::extremum:
      case algebra::argument:
        return false;
      case algebra::load:
      case algebra::slice:
        return active[x.a];
      case algebra::pick:
        return active[x.b];
      case algebra::scatter: {
        const array_info& a = g.arrays[x.a];
        for (int i = 0; i < a.puts; ++i) {
          if (active[g.puts[a.first_put + i].value]) return true;
        }
        return false;
      }
      case algebra::carry: {
        const carried& c = g.carries[g.loops[x.a].first_carry + x.b];
        return active[c.initial] || active[c.next];
      }
      case algebra::fold:
        for (int k = 0; k < g.loops[x.a].carries; ++k) {
          const carried& c = g.carries[g.loops[x.a].first_carry + k];
          if (active[c.node] || active[c.next]) return true;
        }
        return false;
      case algebra::routine:
        for (int i = 0; i < x.op->arity; ++i) {
          if ((x.op->derivatives >> i & 1u) != 0 && active[x.operand(i)]) return true;
        }
        return false;
      case algebra::fold_result:
        return active[g.carries[g.loops[g.nodes[x.a].a].first_carry + x.b].node] ||
               active[g.carries[g.loops[g.nodes[x.a].a].first_carry + x.b].next];
      default:
        for (int i = 0; i < x.op->arity; ++i) {
          if (active[x.operand(i)]) return true;
        }
        return false;
    }
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
