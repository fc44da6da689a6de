// SPDX-License-Identifier: BSL-1.0
// Objectives for NLopt: what it calls is tl::grad's gradient, and its optimisers find minima.
// LIBRARIES: nlopt

#include "support/catch.hpp"
#include "support/minima.hpp"

#include <tapeless/interop/nlopt.hpp>
#include <tapeless/tapeless.hpp>

#include <cmath>
#include <limits>
#include <nlopt.hpp>
#include <stdexcept>
#include <type_traits>
#include <vector>

namespace tl = tapeless;
using list = std::vector<double>;

TEST_CASE("nlopt: the function is tl::value_and_grad's") {
  const list at = minima::start(10);
  tl::nlopt_objective o(minima::rosenbrock, list(10));
  static_assert(std::is_convertible_v<decltype(&o.function), nlopt::func>);
  const auto [value, gradient] = tl::value_and_grad(minima::rosenbrock)(at);
  list g(10);
  REQUIRE(o.function(10, at.data(), g.data(), &o) == value);
  REQUIRE(g == gradient);
  REQUIRE(o.function(10, at.data(), nullptr, &o) == Approx(value).epsilon(1e-15));
}

TEST_CASE("nlopt: minima of Rosenbrock's function") {
  for (const unsigned n : {2U, 10U}) {
    for (const auto algorithm : {nlopt::LD_LBFGS, nlopt::LD_SLSQP,
                                 nlopt::LD_TNEWTON_PRECOND_RESTART, nlopt::LN_NELDERMEAD}) {
      tl::nlopt_objective o(minima::rosenbrock, minima::start(n));
      nlopt::opt opt(algorithm, n);
      opt.set_min_objective(o.function, &o);
      opt.set_ftol_rel(1e-15);
      opt.set_xtol_rel(1e-14);
      opt.set_maxeval(20000);
      list x = o.start();
      double value = 0;
      INFO(opt.get_algorithm_name() << " of " << n);
      REQUIRE(opt.optimize(x, value) > 0);
      REQUIRE(minima::distance(x) < 1e-8);
      REQUIRE(o.parameters(x) == x);
    }
  }
}

TEST_CASE("nlopt: line searches turn back where there is no value") {
  tl::nlopt_objective o(minima::walled, list{0.01, 0});
  list g(2);
  const double nowhere[] = {-1, 0};
  REQUIRE(o.function(2, nowhere, nullptr, &o) == std::numeric_limits<double>::infinity());
  REQUIRE(o.function(2, nowhere, g.data(), &o) == std::numeric_limits<double>::infinity());

  nlopt::opt opt(nlopt::LD_LBFGS, 2);
  opt.set_min_objective(o.function, &o);
  opt.set_ftol_rel(1e-15);
  list x = o.start();
  double value = 0;
  opt.optimize(x, value);
  REQUIRE(minima::distance(x) < 1e-7);
  REQUIRE(value == Approx(1).epsilon(1e-14));
}

TEST_CASE("nlopt: constraints") {
  constexpr auto inside = [](auto p, auto radius) {
    return p[0] * p[0] + p[1] * p[1] - radius * radius;
  };
  tl::nlopt_objective sum([](auto p) { return p[0] + p[1]; }, list{0.5, 0});
  tl::nlopt_objective circle(inside, list{0.5, 0}, std::sqrt(2.0));
  nlopt::opt opt(nlopt::LD_SLSQP, 2);
  opt.set_min_objective(sum.function, &sum);
  opt.add_inequality_constraint(circle.function, &circle, 1e-10);
  opt.set_xtol_rel(1e-12);
  list x = sum.start();
  double value = 0;
  opt.optimize(x, value);
  REQUIRE(x[0] == Approx(-1).epsilon(1e-6));
  REQUIRE(x[1] == Approx(-1).epsilon(1e-6));
}

TEST_CASE("nlopt: exceptions stop it, and it throws its own") {
  tl::nlopt_objective o(minima::rosenbrock, list{-1.2, 1});
  nlopt::opt opt(nlopt::LD_LBFGS, 3);
  opt.set_min_objective(o.function, &o);
  list x{1, 2, 3};
  double value = 0;
  REQUIRE_THROWS_AS(opt.optimize(x, value), std::invalid_argument);
}
