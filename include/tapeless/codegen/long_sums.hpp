// SPDX-License-Identifier: BSL-1.0
#pragma once

// Long sums: which products are rounded before they are added, which are computed beside each
// other, and which additions stay where they are.

#include <tapeless/graph/graph.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Links of a sum from which on it is limited by latency, not by throughput.
inline constexpr int long_sum = 8;
/// Every so many links a long sum is computed where it stands.
inline constexpr int pinned_link = 4;

/// What is special about the additions and products of long sums.
template <int Size>
struct sum_marks {
  bool separate[Size]{};  ///< products that are not fused into the sum they are part of
  bool row[Size]{};       ///< the first of four such products that are computed together
  bool pinned[Size]{};    ///< additions that are computed where they stand
  bool any = false, any_separate = false;
};

/// Finds the products of long sums. In a chain s + a * b + c * d + ... the next addition waits for
/// the sum, never for its product: an addition is faster there than a fused multiply-add, which
/// also keeps the products from being computed in vectors. And finds the additions at which g++,
/// which would compute all of the chain where the last link is used, has to stop. `sums` are the
/// additions that the program needs, the last first.
template <int Size, int Capacity, int Outputs>
constexpr void mark_long_sums(const graph<Capacity, Outputs>& g, const bool* live, const int* sums,
                              int count, sum_marks<Size>& marks) {
  if (count < long_sum) return;
  int length[Size]{}, product[Size]{}, links[Size]{};
  int longest = 0, most_products = 0;
  for (int k = count - 1; k >= 0; --k) {
    const int n = sums[k];
    const node& x = g.nodes[n];
    links[n] = 1 + (links[x.a] > links[x.b] ? links[x.a] : links[x.b]);
    if (links[n] > longest) longest = links[n];
    const bool first = g.nodes[x.a].op->kind == algebra::multiply && length[x.b] > 0;
    const int p = first || g.nodes[x.b].op->kind != algebra::multiply ? x.a : x.b;
    if (g.nodes[p].op->kind != algebra::multiply) continue;
    product[n] = p;
    length[n] = 1 + length[p == x.a ? x.b : x.a];
    if (length[n] > most_products) most_products = length[n];
  }
#ifndef TAPELESS_PIN
  longest = most_products;  // An addition that is pinned is one like any other.
#endif
  if (longest < long_sum) return;
  int uses[Size]{};
  for (int n = 0; n < g.size; ++n) {
    if (!live[n]) continue;
    for (int i = 0; i < g.nodes[n].op->arity; ++i) ++uses[g.nodes[n].operand(i)];
  }
  for (int k = 0; k < count; ++k) {
    const int n = sums[k];
    if (links[n] >= long_sum && links[n] % pinned_link == 0 && uses[n] == 1) {
      marks.pinned[n] = marks.any = true;
    }
  }
  if (most_products < long_sum) return;
  bool part_of_long[Size]{};
  for (int k = 0; k < count; ++k) {
    const int n = sums[k];
    if (length[n] < long_sum && !part_of_long[n]) continue;
    const node& x = g.nodes[n];
    if (uses[product[n]] == 1) {
      marks.separate[product[n]] = marks.any_separate = marks.any = true;
    }
    const int rest = product[n] == x.a ? x.b : x.a;
    if (length[rest] > 0) part_of_long[rest] = true;
  }
}

/// Products in one row: what a vector register holds on most machines.
inline constexpr int row_length = 4;

/// Four products of inputs that stand at equal distances from each other.
template <int Capacity, int Outputs>
constexpr bool is_row(const graph<Capacity, Outputs>& g, const int* product, const int* number) {
  for (int side = 0; side < 2; ++side) {
    for (int j = 0; j < row_length; ++j) {
      if (!g.nodes[g.nodes[product[j]].operand(side)].is_input()) return false;
    }
    const int first = number[g.nodes[product[0]].operand(side)];
    const int distance = number[g.nodes[product[1]].operand(side)] - first;
    for (int j = 2; j < row_length; ++j) {
      if (number[g.nodes[product[j]].operand(side)] != first + j * distance) return false;
    }
  }
  return true;
}

/// Moves the separate products of an order, whose inputs come first, into rows: the others of a row
/// come with its first, which is marked. Returns the number of rows.
template <int Size, int Capacity, int Outputs>
constexpr int form_rows(const graph<Capacity, Outputs>& g, int* order, int count,
                        sum_marks<Size>& marks) {
  int number[Size]{}, product[Size]{}, calls[Size]{};
  int inputs = 0, products = 0, passed = 0, rows = 0;
  for (int k = 0; k < count; ++k) {
    const int n = order[k];
    if (g.nodes[n].is_input()) number[n] = inputs++;
    passed += g.nodes[n].op->kind == algebra::other;
    if (!marks.separate[n]) continue;
    product[products] = n;
    calls[products++] = passed;
  }
  int row_of[Size]{}, members[Size + 1]{};
  bool moved[Size]{};
  for (int i = 0; i + row_length <= products;) {
    // What is computed before a call is stored and loaded.
    if (calls[i] == calls[i + row_length - 1] && is_row(g, product + i, number)) {
      marks.row[product[i]] = true;
      row_of[product[i]] = i;
      for (int j = 1; j < row_length; ++j) moved[product[i + j]] = true;
      i += row_length;
      ++rows;
    } else {
      ++i;
    }
  }
  if (rows == 0) return 0;
  int to = 0;
  for (int k = 0; k < count; ++k) {
    const int n = order[k];
    if (moved[n]) continue;
    members[to++] = n;
    for (int j = 1; marks.row[n] && j < row_length; ++j) members[to++] = product[row_of[n] + j];
  }
  for (int k = 0; k < count; ++k) order[k] = members[k];
  return rows;
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
