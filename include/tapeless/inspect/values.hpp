// SPDX-License-Identifier: BSL-1.0
#pragma once

// The value of every node of a program at a point, and the cotangents of its values.

#include <tapeless/inspect/cotangents.hpp>

#include <vector>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

/// A program that returns all that the program of a subject computes: the value of each node (1 or
/// 0 of a condition), then the cotangent of each node (0 where there is none).
template <class Subject>
struct all_values {
  using seen = inspection<Subject>;
  static constexpr int nodes = seen::size;
  static constexpr bool with_cotangents = cotangents_of<Subject>::known;
  static constexpr int outputs = with_cotangents ? 2 * nodes : nodes;

  static constexpr const auto& base() {
    if constexpr (with_cotangents) {
      return cotangents_of<Subject>::graph;
    } else {
      return seen::full;
    }
  }
  static constexpr auto build() {
    constexpr const auto& g = base();
    workshop<g.size + 3 + seen::program::order().sizes.conditions, outputs> w;
    w.enter(g);
    w.result.primal = seen::full.primal;
    for (int k = 0; k < nodes; ++k) {
      const int id = seen::position.id[k];
      int& value = w.result.outputs[k];
      value = id;
      if (g.nodes[id].op->returns_condition) {
        const int one = w.g.constant(1), zero = w.g.constant(0);
        value = w.g.intern(operation_for<choose>, id, one, zero, 0);
      }
      if constexpr (with_cotangents) {
        const int c = id < cotangents_of<Subject>::forward.size ? g.outputs[id] : -1;
        w.result.outputs[nodes + k] = c < 0 ? w.g.structural_zero() : c;
      }
    }
    return w.finish();
  }
  static constexpr auto graph = build();
  static constexpr auto order = scheduled<graph.size>(graph);
  static constexpr auto compacted = compact<order.sizes>(graph, order);
  using name = typename forced<tie_name<compacted>>::name;

  static constexpr bool has_cotangent(int k) {
    if constexpr (with_cotangents) {
      const int id = seen::position.id[k];
      return id < cotangents_of<Subject>::forward.size && base().outputs[id] >= 0;
    } else {
      return false;
    }
  }
};

/// A node's value and cotangent at a point.
struct node_value {
  long double value = 0;
  long double cotangent = 0;
  bool has_cotangent = false;
};

template <class Subject, class F, class... A>
std::vector<node_value> values_of(const F& f, const A&... a) {
  using all = all_values<Subject>;
  std::array<typename Subject::scalar, static_cast<std::size_t>(all::outputs)> out{};
  Subject::template execute<typename all::name>(f, std::tie(out), a...);
  std::vector<node_value> r(static_cast<std::size_t>(all::nodes));
  for (std::size_t k = 0; k < r.size(); ++k) {
    r[k].value = static_cast<long double>(out[k]);
    r[k].has_cotangent = all::has_cotangent(static_cast<int>(k));
    if (r[k].has_cotangent) r[k].cotangent = static_cast<long double>(out[r.size() + k]);
  }
  return r;
}

}  // namespace detail
}  // namespace TAPELESS_ABI
}  // namespace tapeless
