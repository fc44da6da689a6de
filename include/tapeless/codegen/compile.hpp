// SPDX-License-Identifier: BSL-1.0
#pragma once

// From a source and a transform to the name of a program, stage by stage: each stage is a
// constant of its own, with a step budget of its own.

#include <tapeless/codegen/name.hpp>
#include <tapeless/trace/trace.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class Source, class Transform>
struct compiled {
  static constexpr const auto& forward = forward_graph<Source>::value;
  // A rule appends a handful of nodes; a program of unusually long rules gets a second attempt.
  template <int Capacity>
  static constexpr auto attempt = Transform::template apply<Source, Capacity>(forward);
  static constexpr const auto& choose() {
    constexpr int small = forward.size * 6 + 64;
    if constexpr (!attempt<small>.full) {
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
