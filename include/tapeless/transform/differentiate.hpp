// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a program computes from a source's graph: its value, its gradient, a pullback, a tangent.
//
// A transform has apply<Source, Capacity>(forward), which returns the graph with its outputs set.
// `Wrt` lists the inputs to differentiate with respect to: Wrt::template inputs<Source>().

#include <tapeless/graph/checks.hpp>
#include <tapeless/trace/trace.hpp>
#include <tapeless/transform/activity.hpp>
#include <tapeless/transform/forward.hpp>
#include <tapeless/transform/nest_cotangents.hpp>
#include <tapeless/transform/nest_tangents.hpp>
#include <tapeless/transform/reverse.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Outputs: the values.
template <bool Packets>
struct value_mode {
  static constexpr bool packets = Packets;
  template <class Source, int Capacity, int C, int O>
  static constexpr auto apply(const graph<C, O>& f) {
    workshop<Capacity, O> w;
    w.enter(f);
    for (int i = 0; i < O; ++i) w.result.outputs[i] = f.outputs[i];
    return w.finish();
  }
  template <class Source, int Capacity, int C, int O>
  static constexpr auto apply(const nest_graph<C, O>& f) {
    nest_workshop<Capacity, O> w;
    w.enter(f);
    for (int i = 0; i < O; ++i) w.result.outputs[i] = f.outputs[i];
    return checked(w);
  }
};
using value_only = value_mode<false>;

/// The nodes of the given inputs; -1 for one that the graph does not have.
template <class Inputs, int C, int O>
constexpr auto nodes_of(const Inputs& inputs, const graph<C, O>& f) {
  Inputs nodes = inputs;
  for (int& i : nodes) i = i < 0 ? -1 : f.input_node(i);
  return nodes;
}

/// How many nodes use each node.
template <int Size>
struct use_counts {
  int uses[Size]{};

  constexpr use_counts(const node* all, int count) {
    for (int n = 0; n < count; ++n) {
      const node& x = all[n];
      for (int i = 0; i < x.op->arity; ++i) {
        uses[x.operand(i)] += i > 0 && x.operand(i) == x.operand(i - 1) ? 0 : 1;
      }
    }
  }
};

/// One tangent a node, none at first. Assigned one by one: g++ 12 forgets the member initialisers
/// of an array's elements in a function that it has evaluated before.
template <int Size>
struct tangents {
  factored of[Size];

  constexpr tangents() {
    for (factored& t : of) t = factored{};
  }
};

/// The derivative of one output in one input: both modes need the same operations; the tangents
/// are computed beside the values, not after the last of them.
template <class Policy, int C, int O>
constexpr int scalar_derivative(builder& g, const graph<C, O>& f, int input) {
  if (input < 0) return g.structural_zero();
  const use_counts<C> info(f.nodes, f.size);
  tangents<C> all;
  all.of[input].base = g.constant(1);
  tangent_sweep<Policy>(g, f.size, all.of, info.uses);
  const factored& t = all.of[f.outputs[0]];
  return t.exists() ? local_algebra::without_guard(g, t.node(g)) : g.structural_zero();
}

/// Outputs: the value if WithValue, then the cotangents of the inputs in Wrt. The cotangents of
/// the source's outputs are 1 for a gradient, further inputs of the program for a pullback.
template <class Policy, bool WithValue, bool SeedIsInput, class Wrt>
struct reverse_mode {
  static constexpr bool packets = Policy::is_packets;
  template <class Source, int Capacity, int C, int O>
  static constexpr auto apply(const graph<C, O>& f) {
    constexpr auto inputs = Wrt::template inputs<Source>();
    constexpr int values = WithValue ? O : 0;
    workshop<Capacity, values + static_cast<int>(inputs.size())> w;
    w.g.guards_sums = Policy::factors;
    w.enter(f);
    for (int i = 0; i < values; ++i) w.result.outputs[i] = f.outputs[i];
    const auto nodes = nodes_of(inputs, f);
    if (O == 1 && inputs.size() == 1 && !SeedIsInput && Policy::factors &&
        !has_own_pullback(w.g, f.size)) {
      w.result.outputs[values] = scalar_derivative<Policy>(w.g, f, nodes[0]);
    } else {
      cotangents all(f.size);
      const activity<C> info(f.nodes, f.size, nodes);
      for (int i = 0; i < O; ++i) {
        const int seed = SeedIsInput ? w.g.input(f.inputs + i) : w.g.constant(1);
        all.add(w.g, f.outputs[i], {seed, -1});
      }
      reverse_sweep<Policy>(w.g, f.size, all, info.active);
      int k = values;
      for (int n : nodes) {
        w.result.outputs[k++] = n < 0 ? w.g.structural_zero() : all.node(w.g, n);
      }
    }
    return w.finish();
  }
  template <class Source, int Capacity, int C, int O>
  static constexpr auto apply(const nest_graph<C, O>& f) {
    constexpr auto inputs = Wrt::template inputs<Source>();
    constexpr int values = WithValue ? O : 0;
    nest_workshop<Capacity, values + static_cast<int>(inputs.size())> w;
    w.g.guards_sums = Policy::factors;
    w.enter(f);
    for (int i = 0; i < values; ++i) w.result.outputs[i] = f.outputs[i];
    const auto nodes = nodes_of(inputs, f);
    const nest_activity<C> info(f, nodes);
    nest_cotangents all(w.g);
    for (int i = 0; i < O; ++i) {
      const int n = f.outputs[i];
      if (nest_tables::is_array(w.g[n])) {
        all.seed_array(n, f.inputs + i);
        add_size_check(w, check_kind::cotangent, i, f.inputs + i, n);
      } else {
        all.add_in(0, n, {SeedIsInput ? w.g.input(f.inputs + i) : w.g.constant(1), -1});
      }
    }
    if (SeedIsInput) w.result.inputs = f.inputs + O;
    reverse_sweep<Policy>(w.g, f.size, all, info.active);
    int k = values;
    for (int n : nodes) {
      w.result.outputs[k++] = n < 0                       ? w.g.structural_zero()
                              : w.g.is(n, algebra::array) ? all.array(n)
                                                          : all.node(w.g, n);
    }
    return checked(w);
  }
};

/// Outputs: the values if WithValue, then their tangents. The tangent of the kth of the inputs Wrt
/// is the program's input f.inputs + k.
template <class Policy, bool WithValue, class Wrt>
struct forward_mode {
  static constexpr bool packets = Policy::is_packets;
  template <class Source, int Capacity, int C, int O>
  static constexpr auto apply(const graph<C, O>& f) {
    constexpr auto inputs = Wrt::template inputs<Source>();
    constexpr int values = WithValue ? O : 0;
    workshop<Capacity, values + O> w;
    w.g.guards_sums = Policy::factors;
    w.enter(f);
    const auto nodes = nodes_of(inputs, f);
    const use_counts<C> info(f.nodes, f.size);
    tangents<C> all;
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      if (nodes[k] >= 0) all.of[nodes[k]].base = w.g.input(f.inputs + static_cast<int>(k));
    }
    tangent_sweep<Policy>(w.g, f.size, all.of, info.uses);
    for (int i = 0; i < values; ++i) w.result.outputs[i] = f.outputs[i];
    for (int i = 0; i < O; ++i) {
      const factored& t = all.of[f.outputs[i]];
      w.result.outputs[values + i] =
          t.exists() ? local_algebra::without_guard(w.g, t.node(w.g)) : w.g.structural_zero();
    }
    return w.finish();
  }
  template <class Source, int Capacity, int C, int O>
  static constexpr auto apply(const nest_graph<C, O>& f) {
    constexpr auto inputs = Wrt::template inputs<Source>();
    constexpr int values = WithValue ? O : 0;
    nest_workshop<Capacity, values + O> w;
    w.g.guards_sums = Policy::factors;
    w.enter(f);
    const auto nodes = nodes_of(inputs, f);
    const use_counts<C> info(f.nodes, f.size);
    const nest_activity<C> activity(f, nodes);
    tangents<C> all;
    nest_tangents loops(w.g, all.of, activity.active);
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      const int n = nodes[k];
      if (n < 0) continue;
      if (w.g.is(n, algebra::array)) {
        const int tangent = f.inputs + static_cast<int>(k);
        loops.set_array(n, w.g.intern(&array_operation, tangent, -1, w.g[n].c, 0));
        add_size_check(w, check_kind::tangent, inputs[k], tangent, n);
      } else {
        all.of[n].base = w.g.input(f.inputs + static_cast<int>(k));
      }
    }
    w.result.inputs = f.inputs + static_cast<int>(inputs.size());
    tangent_sweep<Policy>(w.g, f.size, all.of, info.uses, loops);
    for (int i = 0; i < values; ++i) w.result.outputs[i] = loops.seen(f.outputs[i]);
    for (int i = 0; i < O; ++i) {
      const int n = f.outputs[i];
      w.result.outputs[values + i] = nest_tables::is_array(w.g[n]) ? loops.array(n)
                                     : all.of[n].exists()          ? all.of[n].node(w.g)
                                                                   : w.g.structural_zero();
    }
    return checked(w);
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
