// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which node is the cotangent of which: what a reverse sweep knows and a finished program does not.

#include <tapeless/inspect/graph_of.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

/// The reverse sweep once more on a program's graph: equal nodes are one node, so cotangents that
/// the program computes are found again, the others are appended. `Extra`: room for them.
template <class Subject, class Transform = typename Subject::transform>
struct cotangents {
  static constexpr bool known = false;
};
template <class Subject, class Policy, bool WithValue, class Wrt>
struct cotangents<Subject, reverse_mode<Policy, WithValue, false, Wrt>> {
  using program = compiled<typename Subject::source, typename Subject::transform>;
  static constexpr const auto& forward = program::forward;
  static constexpr bool known = true;

  template <int Capacity>
  static constexpr auto sweep() {
    constexpr auto inputs = nodes_of(Wrt::template inputs<typename Subject::source>(), forward);
    constexpr int count = forward.size;
    const activity<count> info(forward.nodes, count, inputs);
    workshop<Capacity, count> w;
    w.enter(program::full);
    factored cotangent[count]{};
    cotangent[forward.outputs[0]].base = w.g.constant(1);
    reverse_sweep<Policy>(w.g, count, cotangent, info.active);
    for (int n = 0; n < count; ++n) {
      const bool active = info.active[n] && cotangent[n].exists();
      w.result.outputs[n] = active ? cotangent[n].node(w.g) : -1;
    }
    return w.finish();
  }
  template <int Capacity>
  static constexpr auto attempt = sweep<Capacity>();
  static constexpr const auto& choose() {
    constexpr int small = program::full.size + forward.size * 6 + 64;
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
