// SPDX-License-Identifier: BSL-1.0
#pragma once

// Adagrad.

#include <tapeless/optimize/optimizer.hpp>

#include <cmath>

namespace tapeless {
inline namespace TAPELESS_ABI {

struct adagrad_options {
  double learning_rate = 1e-2;
  double learning_rate_decay = 0;
  double weight_decay = 0;
  double initial_accumulator = 0;
  double epsilon = 1e-10;
};

template <class P>
struct adagrad_state {
  long step = 0;
  P sum{};  ///< of the squares of all gradients
};

struct adagrad_optimizer : optimizer<adagrad_optimizer, adagrad_state> {
  adagrad_options options;

  /// The state before the first update.
  template <tree_argument P>
  constexpr auto init(const P& p) const {
    adagrad_state<decltype(zeros_like(p))> state{0, zeros_like(p)};
    const double initial = options.initial_accumulator;
    detail::each_number(
        [=](auto& s) { s = static_cast<std::remove_reference_t<decltype(s)>>(initial); },
        state.sum);
    return state;
  }
  template <class P, class G, class S>
  void advance(P& p, const G& g, adagrad_state<S>& state, double learning_rate) const {
    const adagrad_options o = options;
    const double rate =
        learning_rate / (1 + static_cast<double>(state.step) * o.learning_rate_decay);
    detail::update_each(
        [=](auto& w, const auto& dw, auto& s) {
          using T = std::remove_reference_t<decltype(w)>;
          const T d = static_cast<T>(dw) + static_cast<T>(o.weight_decay) * w;
          s += d * d;
          w -= static_cast<T>(rate) * d / (std::sqrt(s) + static_cast<T>(o.epsilon));
        },
        p, g, state.sum);
  }
};

/// adagrad({.learning_rate = 0.01}): d = g + weight_decay p; s += d^2;
/// p -= rate d / (sqrt(s) + epsilon), rate = learning_rate / (1 + (step - 1) learning_rate_decay).
/// Defaults as PyTorch's.
/// Source:   Duchi, Hazan, Singer: Adaptive subgradient methods for online learning and stochastic
///           optimization, JMLR 12 (2011)
constexpr adagrad_optimizer adagrad(const adagrad_options& options = {}) { return {{}, options}; }

}  // namespace TAPELESS_ABI
}  // namespace tapeless
