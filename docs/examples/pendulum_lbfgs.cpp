// SPDX-License-Identifier: BSL-1.0
// The length and the friction of a pendulum, found from noisy angles: the loss runs through a
// Runge-Kutta method of 100 steps, and so does its gradient.

// [include]
#include <tapeless/interop/lbfgs.hpp>
#include <tapeless/tapeless.hpp>

#include <LBFGS.h>
// [end]

#include <boost/hana/define_struct.hpp>

#include <cassert>
#include <cmath>
#include <cstdio>
#include <random>
#include <tuple>
#include <vector>

namespace tl = tapeless;

// [model]
struct pendulum {
  BOOST_HANA_DEFINE_STRUCT(pendulum, (double, length), (double, friction));
};

/// One step of the classical Runge-Kutta method.
constexpr auto advance = [](const auto& p, const auto& angle, const auto& speed, double dt) {
  const auto pull = 9.81 / tl::get<"length">(p);
  const auto friction = tl::get<"friction">(p);
  const auto force = [&](const auto& a, const auto& v) { return -pull * sin(a) - friction * v; };
  const auto v1 = speed, f1 = force(angle, v1);
  const auto v2 = speed + dt / 2 * f1, f2 = force(angle + dt / 2 * v1, v2);
  const auto v3 = speed + dt / 2 * f2, f3 = force(angle + dt / 2 * v2, v3);
  const auto v4 = speed + dt * f3, f4 = force(angle + dt * v3, v4);
  return std::tuple{angle + dt / 6 * (v1 + 2 * v2 + 2 * v3 + v4),
                    speed + dt / 6 * (f1 + 2 * f2 + 2 * f3 + f4)};
};

/// It is let go at an angle of 2; `seen` are its angles after each step.
constexpr auto loss = [](const auto& p, const auto& seen) {
  const auto last = tl::fold(seen.size(), std::tuple{2, 0, 0}, [&](auto state, auto i) {
    const auto [angle, speed] = advance(p, std::get<0>(state), std::get<1>(state), 0.05);
    return std::tuple{angle, speed, std::get<2>(state) + tl::square(angle - seen[i])};
  });
  return std::get<2>(last) / seen.size();
};
// [end]

/// A number of mean 0 and variance 1, the same with every standard library.
double normal(std::mt19937_64& generator) {
  const auto uniform = [&] { return (static_cast<double>(generator() >> 11) + 0.5) * 0x1p-53; };
  const double radius = std::sqrt(-2 * std::log(uniform()));
  return radius * std::cos(2 * 3.141592653589793 * uniform());
}

int main() {
  const pendulum truth{1.25, 0.15};
  std::vector<double> seen(100);
  std::mt19937_64 generator(1);
  double angle = 2, speed = 0;
  // [data]
  for (double& a : seen) {
    std::tie(angle, speed) = advance(truth, angle, speed, 0.05);
    a = angle + 0.01 * normal(generator);
  }
  // [end]

  // [optimise]
  tl::lbfgs_function function(loss, pendulum{1, 0.5}, seen);
  LBFGSpp::LBFGSParam<double> options;
  options.epsilon = 1e-10;
  LBFGSpp::LBFGSSolver<double> solver(options);
  Eigen::VectorXd x = function.start();
  double least;
  solver.minimize(function, x, least);
  const pendulum found = function.parameters(x);
  // [end]

  std::printf("length    %.4f   true %.4f\n", found.length, truth.length);
  std::printf("friction  %.4f   true %.4f\n", found.friction, truth.friction);
  std::printf("noise     %.4f   true %.4f\n", std::sqrt(least), 0.01);
  assert(std::abs(found.length - truth.length) < 5e-3);
  assert(std::abs(found.friction - truth.friction) < 5e-3);
}
