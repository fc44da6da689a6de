// SPDX-License-Identifier: BSL-1.0
#pragma once

// The order of what follows the last call to libm: compilers keep it, but for what is near, and a
// processor holds what waits for its operands only as long as there is room.

#include <tapeless/codegen/call_order.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Whether values before the first derivative take part. Of these clang makes better code in their
/// own order (benchmarks/runtime/reprojection.cpp, as an expression: 3 % faster), g++ worse code (9
/// % slower).
#if defined(__clang__)
inline constexpr bool sorts_values = false;
#else
inline constexpr bool sorts_values = true;
#endif

/// Where the order below begins: after the last call; `count` or 0: nowhere.
template <class Graph>
constexpr int begin_of_freeing_order(const Graph& g, const int* order, int count) {
  int begin = count;
  while (begin > 0 && !is_call(g.nodes[order[begin - 1]])) --begin;
  if (sorts_values || begin == 0) return begin;
  int derivative = begin;
  while (derivative < count && order[derivative] < g.primal) ++derivative;
  return derivative == count ? begin : derivative;
}

/// Of what has its operands, what needs one of them as the last comes first; then what has its
/// operands first, in sums from the program's start: products are fused with sums.
template <int Size>
class freeing_order {
 public:
  template <class Graph>
  constexpr void sort(const Graph& g, int* order, int count) {
    const int begin = begin_of_freeing_order(g, order, count);
    if (begin == 0 || begin == count) return;
    for (int k = 0; k < count; ++k) enter(g, order[k], k >= begin);
    for (int k = count - 1; k >= begin; --k) {  // lists run in the order of the program
      const node& x = g.nodes[order[k]];
      for (int i = 0; i < x.op->arity; ++i) {
        if (is_first(x, i)) list_user(x.operand(i), order[k] * max_arity + i + 1);
      }
    }
    for (int k = begin; k < count; ++k) {
      if (missing_[order[k]] == 0) make_ready(g, order[k]);
    }
    for (int k = begin; k < count; ++k) {
      int n = freeing_.next();
      if (n < 0) {
        do n = ready_.next();
        while (done_[n]);
      }
      order[k] = n;
      emit(g, n);
    }
  }

 private:
  static constexpr int longest = Size * 2 + 64;  ///< later arrivals count as one
  /// Nodes by the time at which they can run, then in the order in which they came.
  struct queue {
    int first[longest + 1]{}, last[longest + 1]{}, after[Size]{};
    int earliest = longest;

    constexpr void push(int n, int time) {
      (first[time] == 0 ? first[time] : after[last[time] - 1]) = n + 1;
      last[time] = n + 1;
      after[n] = 0;
      if (time < earliest) earliest = time;
    }
    constexpr int next() {
      while (earliest < longest && first[earliest] == 0) ++earliest;
      const int n = first[earliest] - 1;
      if (n >= 0) first[earliest] = after[n];
      return n;
    }
  };

  static constexpr bool is_first(const node& x, int i) {
    return (i < 1 || x.b != x.a) && (i < 2 || (x.c != x.a && x.c != x.b));
  }
  template <class Graph>
  constexpr void enter(const Graph& g, int n, bool sorted) {
    const node& x = g.nodes[n];
    int latest = 0;
    for (int i = 0; i < x.op->arity; ++i) {
      const int o = x.operand(i);
      if (time_[o] > latest) latest = time_[o];
      if (!sorted || !is_first(x, i)) continue;
      ++users_[o], sum_of_users_[o] += n;
      if (waits_[o]) ++missing_[n];
    }
    waits_[n] = sorted;
    time_[n] = latest + duration(x.op->kind);
    if (time_[n] > longest) time_[n] = longest;
  }
  static constexpr int duration(algebra kind) {
    return kind == algebra::other                                ? 12
           : kind == algebra::divide                             ? 4
           : kind == algebra::multiply                           ? 0
           : kind == algebra::input || kind == algebra::constant ? 0
                                                                 : 1;
  }
  constexpr void list_user(int o, int use) {
    next_use_[use] = first_use_[o];
    first_use_[o] = use;
  }
  template <class Graph>
  constexpr void make_ready(const Graph& g, int n) {
    const node& x = g.nodes[n];
    bool& frees = frees_[n];
    for (int i = 0; i < x.op->arity; ++i) frees = frees || users_[x.operand(i)] == 1;
    (frees ? freeing_ : ready_).push(n, time_[n]);
  }
  template <class Graph>
  constexpr void emit(const Graph& g, int n) {
    const node& x = g.nodes[n];
    done_[n] = true;
    for (int use = first_use_[n]; use > 0; use = next_use_[use]) {
      const int user = (use - 1) / max_arity;
      if (--missing_[user] == 0) make_ready(g, user);
    }
    for (int i = 0; i < x.op->arity; ++i) {
      const int o = x.operand(i);
      if (!is_first(x, i)) continue;
      sum_of_users_[o] -= n;
      if (--users_[o] != 1) continue;
      const int user = sum_of_users_[o];
      if (missing_[user] != 0 || frees_[user]) continue;
      frees_[user] = true;
      freeing_.push(user, time_[user]);
    }
  }

  int time_[Size]{}, missing_[Size]{}, users_[Size]{}, sum_of_users_[Size]{};
  int first_use_[Size]{}, next_use_[Size * max_arity + 1]{};
  bool waits_[Size]{}, frees_[Size]{}, done_[Size]{};
  queue freeing_, ready_;
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
