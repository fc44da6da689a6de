// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a node of a graph with loops refers to: operands, and through tables loops, carries and
// puts.

#include <tapeless/graph/scope.hpp>
#include <tapeless/graph/scratch.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class Graph, class Use>
constexpr void use_extents(const Graph& g, int shape, const Use& use) {
  for (int d = 0; d < g.shapes[shape].rank; ++d) use(g.shapes[shape].extent[d], false);
}

/// Calls use(id, guarded) for all nodes that node n of graph g (or of tables) needs for its value.
/// `guarded`: only where a condition holds.
template <class Graph, class Use>
constexpr void for_each_use(const Graph& g, int n, const Use& use) {
  const node& x = g.nodes[n];
  // Most nodes by far, and one by one: compilers take their time for calls and labels.
  if (x.op->kind < algebra::slice ||
      (x.op->kind > algebra::carry && x.op->kind != algebra::select)) {
    if (x.op->kind == algebra::iota) {
      use(g.loops[x.a].extent, false);
    } else if (x.op->kind == algebra::array) {
      use_extents(g, x.c, use);
    } else {
      if (x.op->arity > 0) use(x.a, false);
      if (x.op->arity > 1) use(x.b, false);
      if (x.op->arity > 2) use(x.c, false);
    }
    return;
  }
  switch (x.op->kind) {
    case algebra::pick:
      use(x.a, false);
      return;
    case algebra::select:
      use(x.a, false), use(x.b, true), use(x.c, true);
      return;
    case algebra::sum:
    case algebra::extremum:
      use(x.a, g.loops[x.b].condition >= 0), use(g.loops[x.b].extent, false);
      return;
    case algebra::carry: {
      const loop& l = g.loops[x.a];
      use(l.extent, false);
      use(g.carries[l.first_carry + x.b].initial, false);
      use(g.carries[l.first_carry + x.b].next, false);
      if (is_carried_array(*x.op)) use_extents(g, x.c, use);
      return;
    }
    case algebra::fold:
      use(g.loops[x.a].extent, false);
      return;
    case algebra::fold_result:
      use(x.a, false), use(g.carries[g.loops[g.nodes[x.a].a].first_carry + x.b].node, false);
      if (is_carried_array(*x.op)) use_extents(g, x.c, use);
      return;
    case algebra::scatter: {
      const array_info& a = g.arrays[x.a];
      for (int i = 0; i < a.puts; ++i) {
        const element_put& p = g.puts[a.first_put + i];
        bool guarded = false;
        for (int l = p.scope; l != a.scope; l = g.loops[l].parent) {
          guarded = guarded || g.loops[l].condition >= 0;
          use(g.loops[l].extent, false);
        }
        for (int d = 0; d < max_rank; ++d) {
          if (p.index[d] >= 0) use(p.index[d], guarded);
        }
        use(p.value, guarded);
      }
      use_extents(g, a.shape, use);
      return;
    }
    case algebra::routine:
      for (int i = 0; i < x.op->arity; ++i) {
        if ((x.op->values >> i & 1u) != 0) use(x.operand(i), false);
      }
      use_extents(g, shape_number(g, x), use);
      return;
    default:
      if (x.op->arity > 0) use(x.a, false);
      if (x.op->arity > 1) use(x.b, false);
      if (x.op->arity > 2) use(x.c, false);
  }
}

/// What for_each_use finds, of all live nodes, in lists: they are gone through again and again, and
/// a call for each use takes a compiler longer than all else.
template <class Graph>
class use_lists {
 public:
  template <class Usage>
  constexpr use_lists(const Graph& g, const Usage& use)
      : first(g.size), last(g.size), of(new int[static_cast<std::size_t>(most(g))]) {
    for (int n = 0; n < g.size; ++n) {
      if (!use.live[n]) continue;
      first.of[n] = count;
      for_each_use(g, n, [&](int id, bool) {
        if (id >= 0) of[count++] = id;
      });
      last.of[n] = count;
    }
  }
  use_lists(const use_lists&) = delete;
  use_lists& operator=(const use_lists&) = delete;
  constexpr ~use_lists() { delete[] of; }

  scratch<int> first, last;  ///< places of a node's first use, and behind its last
  int* of;
  int count = 0;

 private:
  static constexpr int most(const Graph& g) {
    int count = g.size * (3 + max_rank) + 1;
    for (int i = 0; i < g.put_count; ++i) {
      count += 1 + max_rank + g.loops[g.puts[i].scope].depth;
    }
    return count;
  }
};

/// The same with what only derivatives of the node need, and with whole folds.
template <class Graph, class Use>
constexpr void for_each_operand(const Graph& g, int n, const Use& use) {
  for_each_use(g, n, use);
  const node& x = g.nodes[n];
  if (x.op->kind == algebra::pick) use(x.b, false);
  if (x.op->kind == algebra::routine) {
    for (int i = 0; i < x.op->arity; ++i) {
      if ((x.op->values >> i & 1u) == 0) use(x.operand(i), false);
    }
  }
  if (x.op->kind == algebra::carry) use(g.loops[x.a].fold, false);
  if (x.op->kind == algebra::fold) {
    const loop& l = g.loops[x.a];
    for (int k = 0; k < l.carries; ++k) use(g.carries[l.first_carry + k].node, false);
  }
}

/// The nodes within a scope that one of them needs, and the deepest scope around that they need.
struct closure {
  scratch<bool> marked;
  int last;  ///< no node above is marked
  int outside = 0;

  constexpr closure(nest_tables& t, int count, int n, int outer) : marked(count), last(n) {
    scratch<int> open(count);
    int waiting = 0;
    const auto meet = [&](int id, bool) {
      if (id < 0 || marked.of[id]) return;
      if (!t.inside(t.scope[id], outer)) {
        outside = t.deeper(outside, t.scope[id]);
        return;
      }
      marked.of[id] = true;
      open.of[waiting++] = id;
      if (id > last) last = id;
    };
    meet(n, false);
    while (waiting > 0) for_each_operand(t, open.of[--waiting], meet);
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
