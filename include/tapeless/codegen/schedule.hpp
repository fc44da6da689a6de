// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which nodes a program needs and in which order it computes them.

#include <tapeless/graph/graph.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

struct program_sizes {
  int instructions = 0, inputs = 0, outputs = 0, values = 0, conditions = 0;
  bool calls = false;  ///< libm
};

template <int Size>
struct schedule {
  int order[Size]{};
  int count = 0;
  bool separate[Size]{};  ///< products that are not fused into the sum they are part of
  program_sizes sizes{};
};

/// Links of a sum of products from which on it is limited by latency, not by throughput.
inline constexpr int long_sum = 8;

/// Finds the products of long sums. In a chain s + a * b + c * d + ... the next addition waits for
/// the sum, never for its product: an addition is faster there than a fused multiply-add, which
/// also keeps the products from being computed in vectors.
template <int Size, int Capacity, int Outputs>
constexpr void separate_products(const graph<Capacity, Outputs>& g, const bool* live,
                                 schedule<Size>& r) {
  int length[Size]{}, product[Size]{};
  int longest = 0;
  for (int n = 0; n < g.size; ++n) {
    const node& x = g.nodes[n];
    if (x.op->kind != algebra::add || !live[n]) continue;
    const bool first = g.nodes[x.a].op->kind == algebra::multiply && length[x.b] > 0;
    const int p = first || g.nodes[x.b].op->kind != algebra::multiply ? x.a : x.b;
    if (g.nodes[p].op->kind != algebra::multiply) continue;
    product[n] = p;
    length[n] = 1 + length[p == x.a ? x.b : x.a];
    if (length[n] > longest) longest = length[n];
  }
  if (longest < long_sum) return;
  int uses[Size]{};
  bool part_of_long[Size]{};
  for (int n = 0; n < g.size; ++n) {
    if (!live[n]) continue;
    for (int i = 0; i < g.nodes[n].op->arity; ++i) ++uses[g.nodes[n].operand(i)];
  }
  for (int n = g.size - 1; n >= 0; --n) {
    if (length[n] < long_sum && !part_of_long[n]) continue;
    const node& x = g.nodes[n];
    if (uses[product[n]] == 1) r.separate[product[n]] = true;
    const int rest = product[n] == x.a ? x.b : x.a;
    if (length[rest] > 0) part_of_long[rest] = true;
  }
}

/// How many values are kept across how many calls, summed: each is stored and loaded once.
template <int Size, int Capacity, int Outputs>
constexpr int kept_across_calls(const graph<Capacity, Outputs>& g, const int* order, int count) {
  int last_use[Size]{}, calls[Size + 1]{};
  for (int k = 0; k < count; ++k) {
    const node& x = g.nodes[order[k]];
    calls[k + 1] = calls[k] + (x.op->kind == algebra::other ? 1 : 0);
    for (int i = 0; i < x.op->arity; ++i) last_use[x.operand(i)] = k;
  }
  for (int i = 0; i < Outputs; ++i) last_use[g.outputs[i]] = count - 1;
  int sum = 0;
  for (int k = 0; k < count; ++k) {
    const int n = order[k];
    if (!g.nodes[n].is_constant() && last_use[n] > k) {
      sum += calls[last_use[n]] - calls[k + 1];
    }
  }
  return sum;
}

/// Sorts by the last value that a node needs (a counting sort); inputs stay in order.
template <int Size, int Capacity, int Outputs>
constexpr void sort_by_last_value(const graph<Capacity, Outputs>& g, const bool* live, int* order) {
  int last[Size]{}, start[Size + 1]{}, last_input = 0;
  for (int n = 0; n < g.size; ++n) {
    if (!live[n]) continue;
    const node& x = g.nodes[n];
    if (n < g.primal) {
      last[n] = n;
      if (x.is_input()) last_input = n;
    } else if (x.is_input()) {
      last[n] = last_input;
    } else {
      if (x.op->arity > 0) last[n] = last[x.a];
      if (x.op->arity > 1 && last[x.b] > last[n]) last[n] = last[x.b];
      if (x.op->arity > 2 && last[x.c] > last[n]) last[n] = last[x.c];
    }
    ++start[last[n] + 1];
  }
  for (int n = 0; n < g.size; ++n) start[n + 1] += start[n];
  for (int n = 0; n < g.size; ++n) {
    if (live[n]) order[start[last[n]]++] = n;
  }
}

/// The values in their order, then their derivatives; or each derivative as soon as the last value
/// that it needs, if that keeps fewer values across calls to libm. Compilers move no arithmetic
/// across calls, so the choice is made here.
template <int Size, int Capacity, int Outputs>
constexpr auto scheduled(const graph<Capacity, Outputs>& g) {
  schedule<Size> r;
  bool live[Size]{}, calls = false;
  int count = 0, inputs = 0, conditions = 0;
  for (int i = 0; i < Outputs; ++i) live[g.outputs[i]] = true;
  for (int n = g.size - 1; n >= 0; --n) {
    if (!live[n]) continue;
    const node& x = g.nodes[n];
    if (x.op->arity > 0) live[x.a] = true;
    if (x.op->arity > 1) live[x.b] = true;
    if (x.op->arity > 2) live[x.c] = true;
    ++count;
    inputs += x.op->kind == algebra::input;
    conditions += x.op->returns_condition;
    calls = calls || x.op->kind == algebra::other;
  }
  r.sizes = {count - inputs, inputs, Outputs, count - conditions, conditions, calls};
  for (int n = 0; n < g.size; ++n) {
    if (live[n]) r.order[r.count++] = n;
  }
  separate_products(g, live, r);
  if (!calls) return r;
  const int kept = kept_across_calls<Size>(g, r.order, r.count);
  if (kept > 0) {
    int early[Size]{};
    sort_by_last_value<Size>(g, live, early);
    if (kept_across_calls<Size>(g, early, r.count) * 5 <= kept * 4) {
      for (int k = 0; k < r.count; ++k) r.order[k] = early[k];
    }
  }
  return r;
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
