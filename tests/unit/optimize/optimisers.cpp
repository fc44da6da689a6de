// SPDX-License-Identifier: BSL-1.0
// Optimisers step by step beside the formulas of PyTorch's documentation, written out here for one
// parameter as they stand there: no state but what the formula names, no code of the library.

#include "support/catch.hpp"

#include <tapeless/optimize.hpp>

#include <boost/hana/define_struct.hpp>

#include <array>
#include <cmath>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

namespace tl = tapeless;
using list = std::vector<double>;

namespace {

struct parameters {
  BOOST_HANA_DEFINE_STRUCT(parameters, (list, w), (double, s), (std::array<double, 2>, a),
                           (std::string, name));
};
// Gradients of five steps for each of the numbers.
constexpr int steps = 5;
double gradient_at(int step, int number) { return std::sin(1.0 + step * 1.7 + number * 0.9); }
parameters gradient(int step) {
  const auto g = [&](int k) { return gradient_at(step, k); };
  return {{g(0), g(1)}, g(2), {g(3), g(4)}, ""};
}
const parameters start{{1, -2}, 0.5, {3, 0}, "p"};

/// Runs both; reference(p, g, step) changes one number, with a memory of its own.
template <class Optimizer, class Reference>
void compare(const Optimizer& opt, const Reference& reference) {
  parameters p = start;
  auto state = opt.init(p);
  std::vector<double> expected = tl::flatten(start);
  std::vector<decltype(reference())> memory(expected.size(), reference());
  for (int step = 0; step < steps; ++step) {
    opt.update(p, gradient(step), state);
    const list now = tl::flatten(p);
    for (std::size_t k = 0; k < expected.size(); ++k) {
      memory[k](expected[k], gradient_at(step, static_cast<int>(k)), step + 1);
      REQUIRE(now[k] == Approx(expected[k]).margin(1e-15).epsilon(1e-13));
    }
  }
  REQUIRE(state.step == steps);
  REQUIRE(p.name == "p");
}

}  // namespace

TEST_CASE("optimisers: sgd") {
  compare(tl::sgd({.learning_rate = 0.1}),
          [] { return [](double& p, double g, int) { p = p - 0.1 * g; }; });
  compare(tl::sgd({.learning_rate = 0.1, .weight_decay = 0.3}),
          [] { return [](double& p, double g, int) { p = p - 0.1 * (g + 0.3 * p); }; });
  for (const bool nesterov : {false, true}) {
    for (const double dampening : {0.0, 0.25}) {
      compare(tl::sgd({.learning_rate = 0.1,
                       .momentum = 0.9,
                       .dampening = dampening,
                       .weight_decay = 0.3,
                       .nesterov = nesterov}),
              [=] {
                return [=, b = 0.0](double& p, double g, int t) mutable {
                  g = g + 0.3 * p;
                  if (t > 1) {
                    b = 0.9 * b + (1 - dampening) * g;
                  } else {
                    b = g;
                  }
                  if (nesterov) {
                    g = g + 0.9 * b;
                  } else {
                    g = b;
                  }
                  p = p - 0.1 * g;
                };
              });
    }
  }
}

TEST_CASE("optimisers: adagrad") {
  compare(tl::adagrad({.learning_rate = 0.1,
                       .learning_rate_decay = 0.2,
                       .weight_decay = 0.3,
                       .initial_accumulator = 0.5,
                       .epsilon = 0.01}),
          [] {
            return [sum = 0.5](double& p, double g, int t) mutable {
              const double rate = 0.1 / (1 + (t - 1) * 0.2);
              g = g + 0.3 * p;
              sum = sum + g * g;
              p = p - rate * g / (std::sqrt(sum) + 0.01);
            };
          });
}

TEST_CASE("optimisers: rmsprop") {
  for (const bool centered : {false, true}) {
    for (const double momentum : {0.0, 0.8}) {
      compare(tl::rmsprop({.learning_rate = 0.1,
                           .decay = 0.9,
                           .epsilon = 0.01,
                           .weight_decay = 0.3,
                           .momentum = momentum,
                           .centered = centered}),
              [=] {
                return [=, v = 0.0, mean = 0.0, b = 0.0](double& p, double g, int) mutable {
                  g = g + 0.3 * p;
                  v = 0.9 * v + 0.1 * g * g;
                  double variance = v;
                  if (centered) {
                    mean = 0.9 * mean + 0.1 * g;
                    variance = v - mean * mean;
                  }
                  if (momentum > 0) {
                    b = momentum * b + g / (std::sqrt(variance) + 0.01);
                    p = p - 0.1 * b;
                  } else {
                    p = p - 0.1 * g / (std::sqrt(variance) + 0.01);
                  }
                };
              });
    }
  }
}

TEST_CASE("optimisers: adam and adamw") {
  const auto reference = [](double decay, double decoupled) {
    return [=] {
      return [=, m = 0.0, v = 0.0](double& p, double g, int t) mutable {
        p = p - 0.1 * decoupled * p;
        g = g + decay * p;
        m = 0.8 * m + 0.2 * g;
        v = 0.95 * v + 0.05 * g * g;
        const double m_hat = m / (1 - std::pow(0.8, t));
        const double v_hat = v / (1 - std::pow(0.95, t));
        p = p - 0.1 * m_hat / (std::sqrt(v_hat) + 0.01);
      };
    };
  };
  compare(tl::adam({.learning_rate = 0.1, .beta1 = 0.8, .beta2 = 0.95, .epsilon = 0.01}),
          reference(0, 0));
  compare(tl::adam({.learning_rate = 0.1,
                    .beta1 = 0.8,
                    .beta2 = 0.95,
                    .epsilon = 0.01,
                    .weight_decay = 0.3}),
          reference(0.3, 0));
  compare(tl::adamw({.learning_rate = 0.1,
                     .beta1 = 0.8,
                     .beta2 = 0.95,
                     .epsilon = 0.01,
                     .weight_decay = 0.3}),
          reference(0, 0.3));
}

TEST_CASE("optimisers: defaults are those of PyTorch's documentation") {
  REQUIRE(tl::sgd().options.learning_rate == 1e-3);
  REQUIRE(tl::adagrad().options.learning_rate == 1e-2);
  REQUIRE(tl::adagrad().options.epsilon == 1e-10);
  REQUIRE(tl::rmsprop().options.learning_rate == 1e-2);
  REQUIRE(tl::rmsprop().options.decay == 0.99);
  REQUIRE(tl::rmsprop().options.epsilon == 1e-8);
  REQUIRE(tl::adam().options.learning_rate == 1e-3);
  REQUIRE(tl::adam().options.beta1 == 0.9);
  REQUIRE(tl::adam().options.beta2 == 0.999);
  REQUIRE(tl::adam().options.epsilon == 1e-8);
  REQUIRE(tl::adam().options.weight_decay == 0);
  REQUIRE(tl::adamw().options.weight_decay == 1e-2);
}

TEST_CASE("optimisers: a constant gradient, worked out by hand") {
  // Each bias-corrected step is the step size, up to epsilon.
  float w = 1;
  const auto adam = tl::adam({.learning_rate = 0.1});
  auto state = adam.init(w);
  for (int i = 0; i < 3; ++i) adam.update(w, 1.0f, state);
  REQUIRE(w == Approx(0.7f));
  // Momentum 0.5: velocities 1, 1.5, 1.75.
  double u = 0;
  const auto sgd = tl::sgd({.learning_rate = 1, .momentum = 0.5});
  auto moving = sgd.init(u);
  for (int i = 0; i < 3; ++i) sgd.update(u, 1.0, moving);
  REQUIRE(u == -4.25);
  // The variance is 0, which rounding may make negative.
  double r = 0;
  const auto centered = tl::rmsprop({.learning_rate = 1e-9, .decay = 0, .centered = true});
  auto mean = centered.init(r);
  for (int i = 0; i < 9; ++i) centered.update(r, 0.1 * i, mean);
  REQUIRE(std::isfinite(r));
}

TEST_CASE("optimisers: schedules") {
  REQUIRE(tl::constant_schedule{0.5}(7) == 0.5);
  const tl::step_schedule halves{.rate = 8, .every = 10, .factor = 0.5};
  REQUIRE(halves(0) == 8);
  REQUIRE(halves(9) == 8);
  REQUIRE(halves(10) == 4);
  REQUIRE(halves(35) == 1);
  REQUIRE(tl::exponential_schedule{.rate = 8, .factor = 0.5}(3) == 1);
  const tl::cosine_schedule cosine{.rate = 3, .steps = 100, .least = 1};
  REQUIRE(cosine(0) == 3);
  REQUIRE(cosine(50) == Approx(2));
  REQUIRE(cosine(25) == Approx(2 + std::sqrt(0.5)));
  REQUIRE(cosine(100) == 1);
  REQUIRE(cosine(500) == 1);
  const tl::warm_up warm{3, cosine};
  REQUIRE(warm(0) == 0.75);
  REQUIRE(warm(2) == 2.25);
  REQUIRE(warm(3) == 3);
  REQUIRE(warm(53) == Approx(2));
  double p = 0;
  const auto opt = tl::sgd();
  auto state = opt.init(p);
  for (int i = 0; i < 20; ++i) opt.update(p, 1.0, state, halves(state.step));
  REQUIRE(p == -(10 * 8 + 10 * 4));
}

TEST_CASE("optimisers: another size is noticed before anything is written") {
  std::tuple<double, list> p{1, {1, 2}}, g{1, {1, 2, 3}};
  const auto before = p;
  const auto opt = tl::adam({.learning_rate = 1});
  auto state = opt.init(p);
  CHECK_THROWS_AS(opt.update(p, g, state), std::invalid_argument);
  CHECK(p == before);
  CHECK(state.step == 0);
  std::get<1>(p) = std::get<1>(g);  // so is that of the state
  CHECK_THROWS_AS(opt.update(p, g, state), std::invalid_argument);
  CHECK(std::get<0>(p) == 1);
  CHECK(std::get<0>(state.mean) == 0);
  CHECK(state.step == 0);
  // Momentum that the state was not made for.
  auto without = tl::rmsprop().init(p);
  CHECK_THROWS_AS(tl::rmsprop({.momentum = 0.5}).update(p, p, without), std::invalid_argument);
  CHECK(without.step == 0);
  CHECK(std::get<0>(without.square) == 0);
}

TEST_CASE("optimisers: arrays of C are parameters like others") {
  double c[2][2]{{1, 2}, {3, 4}};
  const std::array<std::array<double, 2>, 2> g{{{1, 0}, {0, -1}}};
  const auto opt = tl::sgd({.learning_rate = 1, .momentum = 0.5});
  auto state = opt.init(c);
  opt.update(c, g, state);
  CHECK((c[0][0] == 0 && c[0][1] == 2 && c[1][0] == 3 && c[1][1] == 5));
}

TEST_CASE("optimisers: nesterov without momentum is a mistake") {
  CHECK_THROWS_AS(tl::sgd({.nesterov = true}), std::invalid_argument);
}

TEST_CASE("optimisers: step_schedule needs a positive `every`") {
  CHECK_THROWS_AS((tl::step_schedule{.rate = 1, .every = 0}(3)), std::invalid_argument);
}
