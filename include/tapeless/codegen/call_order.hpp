// SPDX-License-Identifier: BSL-1.0
#pragma once

// The order of a program with calls to libm. A value that is needed after a call is stored before
// it and loaded behind it, and compilers move no arithmetic across calls: the choice is made here.
// Programs without calls are sorted by last value where they have many outputs (schedule.hpp).

#include <tapeless/graph/graph.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

constexpr bool is_call(const node& n) { return n.op->kind == algebra::other; }

/// How many values are kept across how many calls, summed: each is stored and loaded once. Inputs
/// do not count after the last call: those of long arrays are read again (run.hpp).
template <int Size, int Capacity, int Outputs>
constexpr int kept_across_calls(const graph<Capacity, Outputs>& g, const int* order, int count) {
  int last_use[Size]{}, calls[Size + 1]{}, last_call = 0;
  for (int k = 0; k < count; ++k) {
    const bool call = is_call(g.nodes[order[k]]);
    calls[k + 1] = calls[k] + (call ? 1 : 0);
    if (call) last_call = k;
  }
  for (int k = 0; k < count; ++k) {
    const node& x = g.nodes[order[k]];
    for (int i = 0; i < x.op->arity; ++i) {
      const int o = x.operand(i);
      if (k <= last_call || !g.nodes[o].is_input()) last_use[o] = k;
    }
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

/// Sorts by the last value that a node needs (a counting sort); inputs stay in order. A derivative
/// that is a call, cos(x), comes after the call of a value that begins with it, sin(x): what comes
/// next waits for that one.
template <int Size, int Capacity, int Outputs>
constexpr void sort_by_last_value(const graph<Capacity, Outputs>& g, const bool* live, int* order) {
  int last[Size]{}, start[Size + 1]{}, caller[Size]{}, last_input = 0;
  for (int n = 0; n < g.size; ++n) {
    if (!live[n]) continue;
    const node& x = g.nodes[n];
    if (n < g.primal) {
      last[n] = n;
      if (x.is_input()) last_input = n;
      if (is_call(x) && caller[x.a] == 0) caller[x.a] = n;
    } else if (x.is_input()) {
      last[n] = last_input;
    } else {
      if (x.op->arity > 0) last[n] = last[x.a];
      if (x.op->arity > 1 && last[x.b] > last[n]) last[n] = last[x.b];
      if (x.op->arity > 2 && last[x.c] > last[n]) last[n] = last[x.c];
      if (is_call(x) && caller[x.a] > last[n]) last[n] = caller[x.a];
    }
    ++start[last[n] + 1];
  }
  for (int n = 0; n < g.size; ++n) start[n + 1] += start[n];
  for (int n = 0; n < g.size; ++n) {
    if (live[n]) order[start[last[n]]++] = n;
  }
}

/// Leaves the calls in their order and moves the arithmetic between them: down to where it is
/// needed, or up to where its operands are, if one of them is not needed any longer then.
template <int Size, int Capacity, int Outputs>
constexpr void settle_between_calls(const graph<Capacity, Outputs>& g, const int* order, int count,
                                    int* settled) {
  // Place 2 c lies before call number c, place 2 c + 1 is the call itself.
  int place[Size]{}, last_use[Size]{}, last_users[Size]{}, calls = 0;
  for (int k = 0; k < count; ++k) calls += is_call(g.nodes[order[k]]);
  const int end = 2 * calls;
  for (int n = 0; n < g.size; ++n) place[n] = end;
  int call = calls;
  for (int k = count - 1; k >= 0; --k) {
    const int n = order[k];
    const node& x = g.nodes[n];
    if (is_call(x)) place[n] = 2 * --call + 1;
    if (x.is_input()) place[n] = 0;
    for (int i = 0; i < x.op->arity; ++i) {
      const int before = place[n] & ~1;
      if (!is_call(g.nodes[x.operand(i)]) && place[x.operand(i)] > before) {
        place[x.operand(i)] = before;
      }
    }
  }
  const auto use = [&](int n, int at) {
    if (at > last_use[n]) last_users[n] = 0;
    if (at >= last_use[n]) last_use[n] = at, ++last_users[n];
  };
  for (int k = 0; k < count; ++k) {
    const node& x = g.nodes[order[k]];
    for (int i = 0; i < x.op->arity; ++i) {
      if (i == 0 || x.operand(i) != x.operand(i - 1)) use(x.operand(i), place[order[k]] & ~1);
    }
  }
  for (int i = 0; i < Outputs; ++i) use(g.outputs[i], end + 2);
  for (int k = 0; k < count; ++k) {
    const int n = order[k];
    const node& x = g.nodes[n];
    if (is_call(x) || x.op->arity == 0) continue;
    int ready = 0;
    bool frees = false;
    for (int i = 0; i < x.op->arity; ++i) {
      const int o = x.operand(i), at = (place[o] + 1) & ~1;
      if (at > ready) ready = at;
      frees = frees || (!g.nodes[o].is_constant() && last_use[o] == place[n] && last_users[o] == 1);
    }
    if (!frees || ready >= place[n]) continue;
    for (int i = 0; i < x.op->arity; ++i) {
      const int o = x.operand(i);
      if (last_use[o] == place[n] && last_users[o] == 1) last_use[o] = ready;
    }
    place[n] = ready;
  }
  int start[2 * Size + 2]{};
  for (int k = 0; k < count; ++k) ++start[place[order[k]] + 1];
  for (int i = 0; i <= end; ++i) start[i + 1] += start[i];
  for (int k = 0; k < count; ++k) settled[start[place[order[k]]]++] = order[k];
}

/// Nodes up to which settling is affordable: compilers limit the steps of a constant.
inline constexpr int most_settled = 1000;

/// The values in their order, then their derivatives; or each derivative as soon as the last value
/// that it needs; and the arithmetic where that has it or where it is needed: what keeps clearly
/// fewer values across calls.
template <int Size, int Capacity, int Outputs>
constexpr void order_around_calls(const graph<Capacity, Outputs>& g, const bool* live, int* order,
                                  int count) {
  int kept = kept_across_calls<Size>(g, order, count);
  if (kept == 0) return;
  int candidate[Size]{};
  const auto choose = [&] {
    const int keeps = kept_across_calls<Size>(g, candidate, count);
    if (keeps * 5 > kept * 4) return;
    kept = keeps;
    for (int k = 0; k < count; ++k) order[k] = candidate[k];
  };
  sort_by_last_value<Size>(g, live, candidate);
  choose();
  if (count > most_settled) return;
  settle_between_calls<Size>(g, order, count, candidate);
  choose();
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
