// SPDX-License-Identifier: BSL-1.0
#pragma once

// The cotangent of every value of a gradient's program. The program itself folds some of them into
// products; for inspection each is written out.

#include <tapeless/inspect/graph_of.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

template <class Subject, class Transform = typename Subject::transform>
struct cotangents_of {
  static constexpr bool known = false;
};
template <class Subject, class Policy, bool WithValue, class Wrt>
struct cotangents_of<Subject, reverse_mode<Policy, WithValue, false, Wrt>> {
  using program = compiled<typename Subject::source, typename Subject::transform>;
  static constexpr const auto& forward = program::forward();
  static constexpr bool known = true;

  /// The program's graph, to which cotangents are added that it does not have yet.
  template <int Capacity>
  static constexpr auto sweep() {
    constexpr auto inputs = Wrt::template inputs<typename Subject::source>();
    workshop<Capacity, forward.size> w;
    w.enter(program::full());
    int* cotangent = w.result.outputs;
    bool active[forward.size]{};
    for (const int i : inputs) {
      const int n = i < 0 ? -1 : forward.input_node(i);
      if (n >= 0) active[n] = true;
    }
    for (int n = 0; n < forward.size; ++n) {
      cotangent[n] = -1;
      const node& x = forward.nodes[n];
      for (int i = 0; i < x.op->arity; ++i) active[n] = active[n] || active[x.operand(i)];
    }
    const int result = forward.outputs[0];
    if (active[result]) cotangent[result] = w.g.constant(1);
    for (int n = forward.size - 1; n >= 0; --n) {
      const node x = w.g[n];
      if (cotangent[n] < 0 || x.op->arity == 0) continue;
      partial parts[max_arity]{{}, {}, {}};
      const int operands[max_arity]{x.a, x.b, x.c};
      x.op->partials(w.g, operands, n, parts);
      for (int i = 0; i < x.op->arity; ++i) {
        int& c = cotangent[x.operand(i)];
        if (parts[i].numerator < 0 || !active[x.operand(i)]) continue;
        const int part = Policy::contribution(w.g, cotangent[n], parts[i]);
        c = c < 0 ? part : w.g.apply(w.g.operations.add, c, part);
      }
    }
    return w.finish();
  }
  template <int Capacity>
  static constexpr auto attempt = sweep<Capacity>();
  static constexpr const auto& choose() {
    constexpr int small = program::full().size + forward.size * 6 + 64;
    if constexpr (!attempt<small>.full) {
      return attempt<small>;
    } else {
      return attempt<small * 8>;
    }
  }
  /// outputs[n]: the node that holds the cotangent of the value n; -1: none.
  static constexpr const auto& graph = choose();
};

}  // namespace detail
}  // namespace TAPELESS_ABI
}  // namespace tapeless
