// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a program computes from a source's graph: its value, its gradient, a pullback, a tangent.
//
// A transform has apply<Source, Capacity>(forward), which returns the graph with its outputs set.
// `Wrt` lists the inputs to differentiate with respect to: Wrt::template inputs<Source>().

#include <tapeless/trace/trace.hpp>
#include <tapeless/transform/forward.hpp>
#include <tapeless/transform/reverse.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

struct value_only {
  template <class Source, int Capacity, int C, int O>
  static constexpr auto apply(const graph<C, O>& f) {
    workshop<Capacity, O> w;
    w.enter(f);
    for (int i = 0; i < O; ++i) w.result.outputs[i] = f.outputs[i];
    return w.finish();
  }
};

/// Marks the nodes of f that depend on one of the given inputs.
template <int C, int O, class Inputs>
constexpr void mark_active(const graph<C, O>& f, const Inputs& inputs, bool* active) {
  for (int n = 0; n < f.size; ++n) {
    const node& x = f.nodes[n];
    if (x.op == &input_operation) {
      for (int i : inputs) active[n] = active[n] || i == x.a;
    } else {
      active[n] = (x.op->arity > 0 && active[x.a]) || (x.op->arity > 1 && active[x.b]) ||
                  (x.op->arity > 2 && active[x.c]);
    }
  }
}

/// Outputs: the value if WithValue, then the cotangents of the inputs in Wrt. The cotangents of
/// the source's outputs are 1 for a gradient, further inputs of the program for a pullback.
template <class Policy, bool WithValue, bool SeedIsInput, class Wrt>
struct reverse_mode {
  template <class Source, int Capacity, int C, int O>
  static constexpr auto apply(const graph<C, O>& f) {
    constexpr auto inputs = Wrt::template inputs<Source>();
    constexpr int values = WithValue ? O : 0;
    workshop<Capacity, values + static_cast<int>(inputs.size())> w;
    w.enter(f);
    int cotangent[C]{};
    bool active[C]{};
    mark_active(f, inputs, active);
    for (int n = 0; n < f.size; ++n) cotangent[n] = -1;
    for (int i = 0; i < O; ++i) {
      int& c = cotangent[f.outputs[i]];
      const int seed = SeedIsInput ? w.g.input(f.inputs + i) : w.g.constant(1);
      c = c < 0 ? seed : w.g.apply(w.g.operations().add, c, seed);
    }
    reverse_sweep<Policy>(w.g, f.size, cotangent, active);
    for (int i = 0; i < values; ++i) w.result.outputs[i] = f.outputs[i];
    int k = values;
    for (int i : inputs) {
      const int n = i < 0 ? -1 : f.input_node(i);
      w.result.outputs[k++] = n < 0 || cotangent[n] < 0 ? w.g.structural_zero() : cotangent[n];
    }
    return w.finish();
  }
};

/// Outputs: the values if WithValue, then their tangents. The tangent of input i is the program's
/// input f.inputs + i.
template <class Policy, bool WithValue, class Wrt>
struct forward_mode {
  template <class Source, int Capacity, int C, int O>
  static constexpr auto apply(const graph<C, O>& f) {
    constexpr auto inputs = Wrt::template inputs<Source>();
    constexpr int values = WithValue ? O : 0;
    workshop<Capacity, values + O> w;
    w.enter(f);
    int tangent[C]{};
    for (int n = 0; n < f.size; ++n) tangent[n] = -1;
    for (int i : inputs) {
      if (i >= 0 && f.input_node(i) >= 0) tangent[f.input_node(i)] = w.g.input(f.inputs + i);
    }
    tangent_sweep<Policy>(w.g, f.size, tangent);
    for (int i = 0; i < values; ++i) w.result.outputs[i] = f.outputs[i];
    for (int i = 0; i < O; ++i) {
      const int t = tangent[f.outputs[i]];
      w.result.outputs[values + i] = t < 0 ? w.g.structural_zero() : t;
    }
    return w.finish();
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
