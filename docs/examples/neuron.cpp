// SPDX-License-Identifier: BSL-1.0
// A neuron learns which of two groups a point belongs to: docs/explanation/backpropagation.md.
#include <tapeless/optimize.hpp>
#include <tapeless/tapeless.hpp>

#include <boost/hana/define_struct.hpp>

#include <cassert>
#include <cstddef>
#include <cstdio>
#include <vector>

namespace tl = tapeless;

// [model]
struct neuron {
  BOOST_HANA_DEFINE_STRUCT(neuron, (std::vector<double>, w), (double, b));
};
constexpr auto output = [](const auto& p, const auto& points) {
  return tanh(points * tl::get<"w">(p) + tl::get<"b">(p));
};
constexpr auto loss = [](const auto& p, const auto& points, const auto& targets) {
  return tl::mean_squared_error(output(p, points), targets);
};
// [end]

int main() {
  // [fit]
  const double points[6][2] = {{2, -1}, {1, 1}, {0, -1}, {-1, 1}, {0, 2}, {-2, -1}};
  const std::vector<double> targets{1, 1, 1, -1, -1, -1};

  neuron p{{0, 0}, 0}, gradient = p;
  const auto opt = tl::sgd({.learning_rate = 0.1});
  auto state = opt.init(p);
  for (int step = 0; step <= 100; ++step) {
    const double value = tl::value_and_grad<0>(loss).into(gradient)(p, points, targets);
    if (step % 25 == 0) {
      std::printf("step %3d  loss %.4f  w = (%.3f, %.3f), b = %.3f\n", step, value, p.w[0], p.w[1],
                  p.b);
    }
    opt.update(p, gradient, state);
  }
  const std::vector<double> guess = tl::evaluate(output)(p, points);
  for (std::size_t i = 0; i < 6; ++i) assert(guess[i] * targets[i] > 0.5);
  // [end]
}
