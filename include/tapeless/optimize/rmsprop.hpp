// SPDX-License-Identifier: BSL-1.0
#pragma once

// RMSprop.

#include <tapeless/optimize/optimizer.hpp>

#include <cmath>

namespace tapeless {
inline namespace TAPELESS_ABI {

struct rmsprop_options {
  double learning_rate = 1e-2;
  double decay = 0.99;
  double epsilon = 1e-8;
  double weight_decay = 0;
  double momentum = 0;
  bool centered = false;
};

template <class P>
struct rmsprop_state {
  long step = 0;
  P square{};    ///< running mean of the gradient's squares
  P mean{};      ///< of the gradient; not centered: it has no elements
  P velocity{};  ///< without momentum it has no elements
};

struct rmsprop_optimizer : optimizer<rmsprop_optimizer, rmsprop_state> {
  rmsprop_options options;

  /// The state before the first update.
  template <tree_argument P>
  constexpr auto init(const P& p) const {
    rmsprop_state<decltype(zeros_like(p))> state{0, zeros_like(p), {}, {}};
    if (options.centered) state.mean = zeros_like(p);
    if (options.momentum != 0) state.velocity = zeros_like(p);
    return state;
  }
  template <class P, class G, class S>
  void advance(P& p, const G& g, rmsprop_state<S>& state, double learning_rate) const {
    const rmsprop_options o = options;
    const auto direction = [=](auto& w, const auto& dw, auto& v) {
      using T = std::remove_reference_t<decltype(w)>;
      const T d = static_cast<T>(dw) + static_cast<T>(o.weight_decay) * w;
      v = static_cast<T>(o.decay) * v + static_cast<T>(1 - o.decay) * d * d;
      return d;
    };
    const auto scaled = [=](auto d, auto v) {
      return d / (std::sqrt(v) + static_cast<decltype(d)>(o.epsilon));
    };
    const auto variance = [=](auto d, auto v, auto& m) {
      using T = decltype(d);
      m = static_cast<T>(o.decay) * m + static_cast<T>(1 - o.decay) * d;
      const T centred = v - m * m;
      return centred > 0 ? centred : T(0);  // by rounding it may be negative
    };
    const auto take = [=](auto& w, auto step, auto& b) {
      using T = std::remove_reference_t<decltype(w)>;
      b = static_cast<T>(o.momentum) * b + step;
      w -= static_cast<T>(learning_rate) * b;
    };
    if (!o.centered && o.momentum == 0) {
      detail::update_each(
          [=](auto& w, const auto& dw, auto& v) {
            const auto d = direction(w, dw, v);
            w -= static_cast<decltype(d)>(learning_rate) * scaled(d, v);
          },
          p, g, state.square);
    } else if (!o.centered) {
      detail::update_each(
          [=](auto& w, const auto& dw, auto& v, auto& b) {
            const auto d = direction(w, dw, v);
            take(w, scaled(d, v), b);
          },
          p, g, state.square, state.velocity);
    } else if (o.momentum == 0) {
      detail::update_each(
          [=](auto& w, const auto& dw, auto& v, auto& m) {
            const auto d = direction(w, dw, v);
            w -= static_cast<decltype(d)>(learning_rate) * scaled(d, variance(d, v, m));
          },
          p, g, state.square, state.mean);
    } else {
      detail::update_each(
          [=](auto& w, const auto& dw, auto& v, auto& m, auto& b) {
            const auto d = direction(w, dw, v);
            take(w, scaled(d, variance(d, v, m)), b);
          },
          p, g, state.square, state.mean, state.velocity);
    }
  }
};

/// rmsprop({.learning_rate = 0.01, .decay = 0.99}): d = g + weight_decay p;
/// v = decay v + (1 - decay) d^2; p -= learning_rate d / (sqrt(v) + epsilon). Centered: v less the
/// square of the running mean of d. With momentum b = momentum b + that quotient,
/// p -= learning_rate b. Defaults as PyTorch's, which calls the decay alpha.
/// Source:   Tieleman, Hinton: Lecture 6.5, Neural Networks for Machine Learning (2012);
///           centered: Graves: Generating sequences with recurrent neural networks (2013), (38-45)
constexpr rmsprop_optimizer rmsprop(const rmsprop_options& options = {}) { return {{}, options}; }

}  // namespace TAPELESS_ABI
}  // namespace tapeless
