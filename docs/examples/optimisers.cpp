// SPDX-License-Identifier: BSL-1.0
// The examples of docs/reference/optimisers.md, in the order of the page, and the last of
// docs/how-to/other-optimisers.md.
#include <tapeless/optimize.hpp>
#include <tapeless/tapeless.hpp>

#include <cassert>
#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace tl = tapeless;

int main() {
  using list = std::vector<double>;
  {
    // [first]
    constexpr auto loss = [](auto w, auto target) { return tl::mean_squared_error(w, target); };
    list w{0, 0};
    const auto opt = tl::adam({.learning_rate = 0.1});
    auto state = opt.init(w);
    list gradient = w;
    for (int step = 0; step < 200; ++step) {
      tl::value_and_grad<0>(loss).into(gradient)(w, list{1, -2});
      opt.update(w, gradient, state);
    }
    assert(std::abs(w[0] - 1) < 1e-3 && std::abs(w[1] + 2) < 1e-3);
    // [end]
  }
  {
    // [schedule]
    double w = 0;
    const auto opt = tl::sgd({.momentum = 0.5});
    auto state = opt.init(w);
    const tl::warm_up schedule{2, tl::cosine_schedule{.rate = 0.3, .steps = 100}};
    opt.update(w, 1.0, state, schedule(state.step));  // a third of 0.3
    assert(std::abs(w + 0.1) < 1e-15);
    // [end]
  }
  {
    // [guard]
    std::tuple<double, list> gradient{3, {4, std::numeric_limits<double>::quiet_NaN()}};
    try {
      tl::require_finite(gradient);
    } catch (const std::invalid_argument& e) {
      assert(e.what() == std::string("tapeless: the gradient is not finite in [1]"));
    }
    std::get<1>(gradient) = {4};
    const double length = tl::clip_by_global_norm(gradient, 1);
    assert(length == 5 && std::abs(std::get<0>(gradient) - 0.6) < 1e-15);
    // [end]
  }
  {
    // [losses]
    constexpr auto loss = [](auto logits, auto label) {
      return tl::softmax_cross_entropy(logits, label);
    };
    const list g = tl::grad<0>(loss)(list{800, 800, -800}, 1);
    assert((g == list{0.5, -0.5, 0}));
    // [end]
  }
  {
    // [initialise]
    static double W[10][64];
    std::mt19937_64 generator(1);
    tl::glorot_uniform(W, generator);
    assert(std::abs(W[3][5]) <= std::sqrt(6.0 / 74));
    // [end]
  }
  {
    // [objective]
    constexpr auto loss = [](auto line, auto x, auto y) {
      auto [slope, offset] = line;
      return sum(tl::square(slope * x + offset - y));
    };
    const list x{0, 1, 2}, y{1, 3, 6};
    tl::objective objective(loss, std::pair{2.0, 1.0}, x, y);
    list at = objective.start(), gradient(objective.size());
    const double value = objective.value_and_grad(at, gradient);
    assert((at == list{2, 1} && value == 1 && gradient == list{-4, -2}));
    at[0] = 2.5;
    assert(objective.value(at) == 0.25);
    const std::pair<double, double> line = objective.parameters(at);
    assert(line.first == 2.5 && line.second == 1);
    // [end]
  }
}
