// SPDX-License-Identifier: BSL-1.0
#pragma once

// What lowering an expression into a graph carries along: names of inputs, stored numbers, locals.

#include <tapeless/expression/identity.hpp>
#include <tapeless/trace/traced.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Size and content of an expression, known without visiting it.
struct expression_facts {
  unsigned size;  ///< nodes of the tree (not of the graph), saturating
  unsigned depth;
  int stored;  ///< numbers it holds
  bool open;   ///< has inputs
  origin why = origin::other;
  bool named = false;   ///< mentions variables
  type_id function{};   ///< whose arguments it uses
  bool mixed = false;   ///< it uses those of several, or the value of a let
  bool arrays = false;  ///< it holds an array or an operation on whole arrays

  static constexpr unsigned limit = 1u << 30;
  constexpr expression_facts operator+(const expression_facts& o) const {
    return {size + o.size < limit ? size + o.size : limit,
            depth > o.depth ? depth : o.depth,
            stored + o.stored,
            open || o.open,
            why > o.why ? why : o.why,
            named || o.named,
            function.exists ? function : o.function,
            mixed || o.mixed || (function.exists && o.function.exists && !(function == o.function)),
            arrays || o.arrays};
  }
  constexpr expression_facts parent() const {
    return {size + 1, depth + 1, stored, open, why, named, function, mixed, arrays};
  }
};

/// Captured numbers become inputs, one for each place where they stand, and so two equal
/// subexpressions with data are two computations. While merging, a subexpression whose type occurs
/// again is taken to be the same, and the pairs of numbers that must be equal for it are noted.
struct merging {
  static constexpr int limit = 256;
  type_id types[limit]{};
  int nodes[limit]{}, first_number[limit]{};
  int seen = 0;
  int left[limit]{}, right[limit]{};
  int pairs = 0;

  /// The node of an earlier occurrence, -1 if there is none (or no room to note its pairs).
  constexpr int find(type_id type, int first, int count) {
    for (int i = 0; i < seen; ++i) {
      if (!(types[i] == type) || pairs + count > limit) continue;
      for (int k = 0; k < count; ++k) {
        left[pairs] = first_number[i] + k;
        right[pairs++] = first + k;
      }
      return nodes[i];
    }
    return -1;
  }
  constexpr void note(type_id type, int node, int first) {
    if (seen == limit) return;
    types[seen] = type;
    nodes[seen] = node;
    first_number[seen++] = first;
  }
};

struct expression_context {
  builder& graph;
  /// Input numbers: stored numbers count from `first_stored`, variables from `first_variable`.
  int first_stored = 0;
  int first_variable = 0;
  text_view* names = nullptr;  ///< of the variables met so far
  int variables = 0;
  int met_stored = 0;
  merging* merge = nullptr;
  /// While a function's body is lowered: the function, and the leaves that it takes from outside.
  type_id function{};
  const type_id* outer_leaves = nullptr;
  int outer_count = 0;
  int first_outer = 0;

  struct binding {
    type_id name;
    traced value;
    const binding* outer;
  };
  const binding* locals = nullptr;

  constexpr traced constant(double v) { return traced(&graph, graph.constant(v)); }
  constexpr traced input(int number) { return traced(&graph, graph.input(number)); }
  constexpr traced next_stored() { return input(first_stored + met_stored++); }
  /// The input that stands for a leaf of the surroundings.
  constexpr traced outer(type_id leaf) {
    int i = 0;
    while (i < outer_count && !(outer_leaves[i] == leaf)) ++i;
    return input(first_outer + i);
  }
  constexpr traced variable(text_view name, type_id leaf) {
    if (names == nullptr) return outer(leaf);
    for (int i = 0; i < variables; ++i) {
      if (names[i] == name) return input(first_variable + i);
    }
    names[variables] = name;
    return input(first_variable + variables++);
  }
  constexpr traced local(type_id name, type_id leaf) {
    for (const binding* b = locals; b != nullptr; b = b->outer) {
      if (b->name == name) return b->value;
    }
    return outer(leaf);
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
