// SPDX-License-Identifier: BSL-1.0
#pragma once

// Stochastic gradient descent.

#include <tapeless/optimize/optimizer.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

struct sgd_options {
  double learning_rate = 1e-3;
  double momentum = 0;
  double dampening = 0;
  double weight_decay = 0;
  bool nesterov = false;
};

template <class P>
struct sgd_state {
  long step = 0;
  P velocity{};  ///< without momentum it has no elements
};

struct sgd_optimizer : optimizer<sgd_optimizer, sgd_state> {
  sgd_options options;

  /// The state before the first update.
  template <tree_argument P>
  constexpr auto init(const P& p) const {
    sgd_state<decltype(zeros_like(p))> state;
    if (options.momentum != 0) state.velocity = zeros_like(p);
    return state;
  }
  template <class P, class G, class S>
  constexpr void advance(P& p, const G& g, sgd_state<S>& state, double learning_rate) const {
    const bool first = state.step == 0;
    const sgd_options o = options;
    if (o.momentum == 0) {
      detail::update_each(
          [=](auto& w, const auto& dw) {
            using T = std::remove_reference_t<decltype(w)>;
            const T d = static_cast<T>(dw) + static_cast<T>(o.weight_decay) * w;
            w -= static_cast<T>(learning_rate) * d;
          },
          p, g);
      return;
    }
    const double kept = first ? 0 : o.momentum;
    const double taken = first ? 1 : 1 - o.dampening;
    detail::update_each(
        [=](auto& w, const auto& dw, auto& v) {
          using T = std::remove_reference_t<decltype(w)>;
          const T d = static_cast<T>(dw) + static_cast<T>(o.weight_decay) * w;
          v = static_cast<T>(kept) * v + static_cast<T>(taken) * d;
          w -=
              static_cast<T>(learning_rate) * (o.nesterov ? d + static_cast<T>(o.momentum) * v : v);
        },
        p, g, state.velocity);
  }
};

/// sgd({.learning_rate = 0.1, .momentum = 0.9}): d = g + weight_decay p; v = momentum v +
/// (1 - dampening) d, at first v = d; p -= learning_rate v, with nesterov
/// p -= learning_rate (d + momentum v). Defaults as PyTorch's.
/// Source:   Robbins, Monro: A stochastic approximation method (1951); Polyak: Some methods of
///           speeding up the convergence of iteration methods (1964); Sutskever, Martens, Dahl,
///           Hinton: On the importance of initialization and momentum in deep learning (2013)
/// Errors:   std::invalid_argument if nesterov has no momentum
constexpr sgd_optimizer sgd(const sgd_options& options = {}) {
  if (options.nesterov && options.momentum == 0) {
    invalid("tapeless::sgd: 'nesterov' needs a momentum");
  }
  return {{}, options};
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
