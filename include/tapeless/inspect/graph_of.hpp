// SPDX-License-Identifier: BSL-1.0
#pragma once

// tl::graph_of: the graph of a program as a constant that can be counted and walked.

#include <tapeless/inspect/subject.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// A node of an inspected graph. Operands are positions in the same graph.
struct graph_node : node {
  bool backward = false;  ///< belongs to the derivative, not to the value

  constexpr text_view name() const { return op->name; }
  constexpr bool is_input() const { return op->kind == algebra::input; }
  constexpr bool is_constant() const { return op->kind == algebra::constant; }
  constexpr int arity() const { return op->arity; }
};

/// The nodes that a program computes: operands before what uses them, the value's nodes before
/// those of its derivatives.
template <int Nodes, int Outputs>
struct inspected_graph {
  graph_node nodes[Nodes]{};
  int outputs[Outputs > 0 ? Outputs : 1]{};

  /// Number of nodes, inputs and constants among them.
  static constexpr int size() { return Nodes; }
  constexpr int inputs() const {
    return count_if([](const graph_node& n) { return n.is_input(); });
  }
  constexpr int constants() const {
    return count_if([](const graph_node& n) { return n.is_constant(); });
  }
  /// Number of nodes that compute something.
  constexpr int operations() const { return Nodes - inputs() - constants(); }
  /// Number of uses of one node by another.
  constexpr int edges() const {
    int sum = 0;
    for (const graph_node& n : nodes) sum += n.arity();
    return sum;
  }
  /// Number of nodes of this name: count("*"), count("sin"). "-" is difference and sign.
  constexpr int count(text_view name) const {
    return count_if([&](const graph_node& n) { return n.name() == name; });
  }
  constexpr const graph_node& operator[](int i) const { return nodes[i]; }
  constexpr const graph_node* begin() const { return nodes; }
  constexpr const graph_node* end() const { return nodes + Nodes; }

 private:
  template <class Condition>
  constexpr int count_if(const Condition& holds) const {
    int sum = 0;
    for (const graph_node& n : nodes) sum += holds(n) ? 1 : 0;
    return sum;
  }
};

namespace detail {

/// The graph of a subject, and where each of its nodes came to stand.
template <class Subject>
struct inspection {
  using program = compiled<typename Subject::source, typename Subject::transform>;
  static constexpr const auto& full = program::full();
  static constexpr int size = program::order().count;
  static constexpr int outputs = program::order().sizes.outputs;

  struct placement {
    int of[full.size]{};  ///< position of a node; -1: the program does not need it
    int id[size]{};       ///< the node at a position
  };
  static constexpr placement place() {
    placement p;
    for (int& k : p.of) k = -1;
    for (int k = 0; k < size; ++k) p.of[program::order().order()[k]] = 0;
    int k = 0;
    for (int n = 0; n < full.size; ++n) {
      if (p.of[n] < 0) continue;
      p.id[k] = n;
      p.of[n] = k++;
    }
    return p;
  }
  static constexpr auto position = place();

  static constexpr auto build() {
    inspected_graph<size, outputs> r;
    for (int k = 0; k < size; ++k) {
      const int id = position.id[k];
      node n = full.nodes[id];
      if (n.op->arity > 0) n.a = position.of[n.a];
      if (n.op->arity > 1) n.b = position.of[n.b];
      if (n.op->arity > 2) n.c = position.of[n.c];
      r.nodes[k] = {n, id >= full.primal};
    }
    for (int i = 0; i < outputs; ++i) r.outputs[i] = position.of[full.outputs[i]];
    return r;
  }
  static constexpr auto graph = build();
};

/// Of refused calls.
inline constexpr inspected_graph<1, 1> refused_graph{{{{&constant_operation, -1, -1, -1, 0}}}};

}  // namespace detail

/// graph_of<double, double>(h), graph_of(f): the graph of a function's program for arguments of
/// these types, or of an expression's. The graph of tl::value_and_grad(h) holds both passes.
/// Errors:   compile error where the call h(a...) would be one
template <class... A, class C>
constexpr const auto& graph_of(const C&) {
  if constexpr (detail::subject_of<C, A...>::check::passes()) {
    return detail::inspection<typename detail::subject_of<C, A...>::type>::graph;
  } else {
    return detail::refused_graph;
  }
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
