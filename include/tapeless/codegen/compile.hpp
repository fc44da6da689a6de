// SPDX-License-Identifier: BSL-1.0
#pragma once

// From a source and a transform to the name of a program, stage by stage: each stage is a
// constant of its own, with a step budget of its own.

#include <tapeless/codegen/name.hpp>
#include <tapeless/trace/trace.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class Source, class Transform, int Capacity>
constexpr bool apply_transform() {
  const auto g = Transform::template apply<Source, Capacity>(forward_graph<Source>::value);
  return g.size > 0;
}
template <class Source, class Transform, int Capacity,
          bool Done = apply_transform<Source, Transform, Capacity>()>
constexpr std::bool_constant<Done> evaluates(int);
template <class Source, class Transform, int Capacity>
constexpr std::false_type evaluates(...);

/// Stands in for a graph that could not be made.
template <class Graph>
inline constexpr Graph empty_graph = [] {
  Graph g{};
  g.nodes[0] = {&constant_operation, -1, -1, -1, 0};
  g.size = 1;
  return g;
}();

template <class Source, class Transform>
struct compiled {
  static constexpr const auto& forward = forward_graph<Source>::value;
  // A rule appends a handful of nodes; a program of unusually long rules gets a second attempt.
  template <int Capacity>
  static constexpr auto attempt = Transform::template apply<Source, Capacity>(forward);
  static constexpr int small = forward.size * 6 + 64;

  // Large programs may take more steps than the compiler allows, which only a substitution failure
  // survives. Small ones are not evaluated twice.
  static constexpr bool find_in_budget() {
    if constexpr (forward.size < 2048) {
      return true;
    } else {
      return decltype(evaluates<Source, Transform, small>(0))::value;
    }
  }
  static constexpr bool in_budget = find_in_budget();

  static constexpr const auto& choose() {
    if constexpr (!in_budget) {
      return empty_graph<decltype(Transform::template apply<Source, 1>(forward))>;
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
