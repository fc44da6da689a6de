// SPDX-License-Identifier: BSL-1.0
#pragma once

// How often the loops of a region must run.

#include <tapeless/codegen/region_needs.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// How often a loop must have run before a root over it can be computed. Numbers the loops of the
/// roots from 1.
template <class Graph>
constexpr void find_passes(const Graph& g, const use_lists<Graph>& uses, int scope,
                           scratch<root_of_loop>& roots, int count,
                           const region_needs<Graph>& needs, scratch<int>& number) {
  int loops = 1;
  for (int i = 0; i < count; ++i) {
    if (roots.of[i].loop != 0 && number.of[roots.of[i].loop] == 0)
      number.of[roots.of[i].loop] = loops++;
  }
  if (loops == 1) return;
  // Of each of the region's own nodes: the runs of each loop that it needs, and whether any.
  scratch<int> passes((needs.row_count + 1) * loops);
  scratch<bool> some(needs.row_count + 1);
  const auto raise = [&](int k, int id) {
    const int from = needs.row.of[id] - 1;
    if (from < 0 || !some.of[from]) return;
    some.of[k] = true;
    int* const to = &passes.of[k * loops];
    const int* const of = &passes.of[from * loops];
    for (int l = 1; l < loops; ++l) {
      if (to[l] < of[l]) to[l] = of[l];
    }
  };
  const auto find_pass = [&](int i) {
    root_of_loop& r = roots.of[i];
    const int l = number.of[r.loop];
    needs.for_each_need(i, [&](int id) {
      const int pass = passes.of[(needs.row.of[id] - 1) * loops + l];
      if (r.pass < pass) r.pass = pass;
    });
  };
  int next = 0;  // The roots stand in the order of their nodes.
  for (int k = 0; k < needs.row_count; ++k) {
    const int n = needs.rows.of[k];
    const algebra kind_of = g.nodes[n].op->kind;
    if (kind_of == algebra::carry) continue;
    if (kind_of != algebra::sum && kind_of != algebra::extremum &&
        kind_of != algebra::fold_result && kind_of != algebra::scatter) {
      for (int i = uses.first.of[n], end = uses.last.of[n]; i < end; ++i) {
        const int from = needs.row.of[uses.of[i]] - 1;
        if (from >= 0 && some.of[from]) raise(k, uses.of[i]);
      }
      continue;
    }
    for (; next < count && roots.of[next].node == n; ++next) {
      root_of_loop& r = roots.of[next];
      needs.for_each_need(next, [&](int id) { raise(k, id); });
      if (r.loop == 0) continue;
      find_pass(next);
      int& runs = passes.of[k * loops + number.of[r.loop]];
      if (runs <= r.pass) runs = r.pass + 1;
      some.of[k] = true;
    }
  }
  // Puts into arrays around the region.
  for (int i = 0; i < count; ++i) {
    const root_of_loop& r = roots.of[i];
    if (r.put >= 0 && g.scope[r.node] != scope && r.loop != 0) find_pass(i);
  }
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
