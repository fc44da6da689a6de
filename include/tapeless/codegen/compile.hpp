// SPDX-License-Identifier: BSL-1.0
#pragma once

// From a source and a transform to the name of a program, stage by stage: each stage is a
// constant of its own, with a step budget of its own.

#include <tapeless/codegen/name.hpp>
#include <tapeless/trace/trace.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// The graph that a transform makes, as a template argument: too many steps are no error here.
template <auto Graph>
struct derived_graph {
  static constexpr const auto& value = Graph;
};
template <class Source, class Transform, int Capacity>
constexpr auto transformed_graph() {
  return Transform::template apply<Source, Capacity>(forward_graph<Source>::value);
}
template <class Source, class Transform, int Capacity,
          auto Graph = transformed_graph<Source, Transform, Capacity>()>
derived_graph<Graph> derive(int);
template <class Source, class Transform, int Capacity>
void derive(...);

/// Stands in for a graph that could not be made.
template <class Graph>
inline constexpr Graph empty_graph = [] {
  Graph g{};
  g.nodes[0] = {&constant_operation, -1, -1, -1, 0};
  g.size = 1;
  return g;
}();

/// A rule appends a handful of nodes; a program of unusually long rules gets a second attempt.
template <class Source>
inline constexpr int expected_size = forward_graph<Source>::value.size * 6 + 64;

/// Only a substitution failure survives a program that takes more steps than the compiler allows;
/// only long ones pay for it.
template <class Source, class Transform, bool Long = forward_graph<Source>::value.size >= 2048>
struct budget {
  using derived = void;
  static constexpr bool kept = true;
};
template <class Source, class Transform>
struct budget<Source, Transform, true> {
  using derived = decltype(derive<Source, Transform, expected_size<Source>>(0));
  static constexpr bool kept = !std::is_void_v<derived>;
};

template <class Source, class Transform>
struct compiled {
  static constexpr const auto& forward = forward_graph<Source>::value;
  template <int Capacity>
  static constexpr auto attempt = Transform::template apply<Source, Capacity>(forward);
  static constexpr int small = expected_size<Source>;
  static constexpr bool in_budget = budget<Source, Transform>::kept;

  static constexpr const auto& choose() {
    using derived = typename budget<Source, Transform>::derived;
    if constexpr (!in_budget) {
      return empty_graph<decltype(Transform::template apply<Source, 1>(forward))>;
    } else if constexpr (!std::is_void_v<derived>) {
      if constexpr (derived::value.full) {
        return attempt<small * 8>;
      } else {
        return derived::value;
      }
    } else if constexpr (!attempt<small>.full) {
      return attempt<small>;
    } else {
      return attempt<small * 8>;
    }
  }
  static constexpr const auto& full = choose();
  static constexpr auto order = scheduled<full.size>(full);
  static constexpr auto compacted = compact<order.sizes>(full, order);
  using name = decltype(name_of<compacted>());
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
