// SPDX-License-Identifier: BSL-1.0
#pragma once

// Adam with weight decay that has nothing to do with the gradient.

#include <tapeless/optimize/adam.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

struct adamw_options {
  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 1e-2;
};

struct adamw_optimizer : optimizer<adamw_optimizer, adam_state> {
  adamw_options options;

  /// The state before the first update.
  template <tree_argument P>
  constexpr auto init(const P& p) const {
    return adam_state<decltype(zeros_like(p))>{0, zeros_like(p), zeros_like(p)};
  }
  template <class P, class G, class S>
  void advance(P& p, const G& g, adam_state<S>& state, double learning_rate) const {
    detail::update_adam(p, g, state, options, learning_rate, 0,
                        1 - learning_rate * options.weight_decay);
  }
};

/// adamw({.learning_rate = 1e-3}): p -= learning_rate weight_decay p, then adam without weight
/// decay. Defaults as PyTorch's.
/// Source:   Loshchilov, Hutter: Decoupled weight decay regularization (2019), algorithm 2
constexpr adamw_optimizer adamw(const adamw_options& options = {}) { return {{}, options}; }

}  // namespace TAPELESS_ABI
}  // namespace tapeless
