// SPDX-License-Identifier: BSL-1.0
#pragma once

// Adam.

#include <tapeless/optimize/optimizer.hpp>

#include <cmath>

namespace tapeless {
inline namespace TAPELESS_ABI {

struct adam_options {
  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
};

template <class P>
struct adam_state {
  long step = 0;
  P mean{};    ///< running mean of the gradient
  P square{};  ///< of its squares
};

namespace detail {

/// What adam and adamw share: a step along the gradient `slope(w, dw)`, of weights that have been
/// shrunk before.
template <class P, class G, class S, class O>
void update_adam(P& p, const G& g, adam_state<S>& state, const O& o, double rate, double decay,
                 double shrink) {
  const double step = static_cast<double>(state.step + 1);
  const double factor = rate / (1 - std::pow(o.beta1, step));
  const double root = 1 / std::sqrt(1 - std::pow(o.beta2, step));
  update_each(
      [=](auto& w, const auto& dw, auto& m, auto& v) {
        using T = std::remove_reference_t<decltype(w)>;
        const T d = static_cast<T>(dw) + static_cast<T>(decay) * w;
        m = static_cast<T>(o.beta1) * m + static_cast<T>(1 - o.beta1) * d;
        v = static_cast<T>(o.beta2) * v + static_cast<T>(1 - o.beta2) * d * d;
        w = static_cast<T>(shrink) * w -
            static_cast<T>(factor) * m /
                (std::sqrt(v) * static_cast<T>(root) + static_cast<T>(o.epsilon));
      },
      p, g, state.mean, state.square);
}

}  // namespace detail

struct adam_optimizer : optimizer<adam_optimizer, adam_state> {
  adam_options options;

  /// The state before the first update.
  template <tree_argument P>
  constexpr auto init(const P& p) const {
    return adam_state<decltype(zeros_like(p))>{0, zeros_like(p), zeros_like(p)};
  }
  template <class P, class G, class S>
  void advance(P& p, const G& g, adam_state<S>& state, double learning_rate) const {
    detail::update_adam(p, g, state, options, learning_rate, options.weight_decay, 1);
  }
};

/// adam({.learning_rate = 1e-3}): d = g + weight_decay p; m = beta1 m + (1 - beta1) d;
/// v = beta2 v + (1 - beta2) d^2; p -= learning_rate m^ / (sqrt(v^) + epsilon), where
/// m^ = m / (1 - beta1^step), v^ = v / (1 - beta2^step). Defaults as PyTorch's.
/// Source:   Kingma, Ba: Adam: A method for stochastic optimization (2015), algorithm 1
constexpr adam_optimizer adam(const adam_options& options = {}) { return {{}, options}; }

}  // namespace TAPELESS_ABI
}  // namespace tapeless
