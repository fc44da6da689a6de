// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which nodes a program needs and in which order it computes them.

#include <tapeless/codegen/freeing_order.hpp>
#include <tapeless/codegen/long_sums.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

struct program_sizes {
  int instructions = 0, inputs = 0, outputs = 0, values = 0, conditions = 0;
  bool calls = false;  ///< libm
};

/// Leaves from which on an output is an array of which nobody expects that it stays in registers.
inline constexpr int long_output = 8;

/// Many outputs are written when they are known, by turns of some instructions: until the end of
/// the program compilers would keep them on the stack. Of longer programs, that takes them too
/// long.
inline constexpr int turn_length = 64, most_in_turns = 600;
constexpr bool writes_in_turns(const program_sizes& sizes) {
  return sizes.outputs >= long_output && sizes.instructions > turn_length &&
         sizes.instructions <= most_in_turns;
}

template <int Size>
struct schedule {
  int memory[Size]{};
  int count = 0;
  /// The nodes; found from the last to the first, they stand at the end of `memory`.
  constexpr const int* order() const { return memory + (Size - count); }
  constexpr int* order() { return memory + (Size - count); }
  sum_marks<Size> sums{};
  program_sizes sizes{};
  bool anonymous = false;  ///< an operation's name does not identify it
};

/// Expressions meet their variables one by one; programs begin with their inputs.
template <int Size, int Capacity, int Outputs>
constexpr void inputs_first(const graph<Capacity, Outputs>& g, schedule<Size>& r) {
  int sorted[Size]{}, inputs = 0, others = r.sizes.inputs;
  int* const order = r.order();
  while (inputs < others && g.nodes[order[inputs]].is_input()) ++inputs;
  if (inputs == others) return;
  inputs = 0;
  for (int k = 0; k < r.count; ++k) {
    const int n = order[k];
    sorted[g.nodes[n].is_input() ? inputs++ : others++] = n;
  }
  for (int k = 0; k < r.count; ++k) order[k] = sorted[k];
}

template <int Size, int Capacity, int Outputs>
constexpr auto scheduled(const graph<Capacity, Outputs>& g) {
  schedule<Size> r;
  bool live[Size]{}, calls = false;
  int sums[Size]{}, additions = 0, begin = Size, inputs = 0, conditions = 0;
  for (int i = 0; i < Outputs; ++i) live[g.outputs[i]] = true;
  for (int n = g.size - 1; n >= 0; --n) {
    if (!live[n]) continue;
    r.memory[--begin] = n;
    const node& x = g.nodes[n];
    const algebra kind = x.op->kind;
    if (kind >= algebra::add && kind <= algebra::divide) {  // most, in few steps
      live[x.a] = live[x.b] = true;
      if (kind == algebra::add) sums[additions++] = n;
    } else if (x.op->arity > 0) {
      for (int i = 0; i < x.op->arity; ++i) live[x.operand(i)] = true;
      if (kind == algebra::other) calls = true;
      if (x.op->returns_condition) ++conditions;
      if (x.op->anonymous) r.anonymous = true;
    } else if (kind == algebra::input) {
      ++inputs;
    }
  }
  const int count = r.count = Size - begin;
  r.sizes = {count - inputs, inputs, Outputs, count - conditions, conditions, calls};
  if (calls) {
    order_around_calls<Size>(g, live, r.order(), count);
    if (writes_in_turns(r.sizes)) freeing_order<Size>().sort(g, r.order(), count);
  } else if (writes_in_turns(r.sizes)) {
    sort_by_last_value<Size>(g, live, r.order());
  }
  inputs_first(g, r);
  mark_long_sums(g, live, sums, additions, r.sums);
  if (r.sums.any_separate) {
    const int rows = form_rows(g, r.order(), count, r.sums);
    r.sizes.instructions -= rows * (row_length - 1);
  }
  return r;
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
