// SPDX-License-Identifier: BSL-1.0
// Functions for Ceres: gradients are tl::grad's, Jacobians pass Ceres' own check, and its solvers
// find minima and the certified parameters of reference data.
// LIBRARIES: ceres glog

#include "support/catch.hpp"
#include "support/minima.hpp"

#include <tapeless/interop/ceres.hpp>
#include <tapeless/tapeless.hpp>

#include <ceres/ceres.h>

#include <array>
#include <cmath>
#include <limits>
#include <tuple>
#include <type_traits>
#include <vector>

namespace tl = tapeless;
using list = std::vector<double>;

TEST_CASE("ceres: a first-order function is tl::value_and_grad's") {
  const list at = minima::start(10);
  const tl::ceres_function f(minima::rosenbrock, list(10));
  static_assert(std::is_base_of_v<ceres::FirstOrderFunction, decltype(f)>);
  REQUIRE(f.NumParameters() == 10);
  const auto [value, gradient] = tl::value_and_grad(minima::rosenbrock)(at);
  double cost = 0;
  list g(10);
  REQUIRE(f.Evaluate(at.data(), &cost, g.data()));
  REQUIRE(cost == value);
  REQUIRE(g == gradient);
  cost = 0;
  REQUIRE(f.Evaluate(at.data(), &cost, nullptr));
  REQUIRE(cost == Approx(value).epsilon(1e-15));
}

TEST_CASE("ceres: structures of parameters, data by reference") {
  list x{1, 2, 3};
  const list y{2, 3, 5};
  constexpr auto line = [](auto p, auto t, auto seen) {
    auto [slope, offset] = p;
    return sum(tl::square(slope * t + offset - seen));
  };
  const tl::ceres_function f(line, std::pair{1.0, 0.5}, x, y);
  REQUIRE(f.start() == list{1, 0.5});
  const double at[] = {1, 1};
  double cost = 0, g[2];
  REQUIRE(f.Evaluate(at, &cost, g));
  REQUIRE((cost == 1 && g[0] == -6 && g[1] == -2));
  x[2] = 4;
  REQUIRE((f.Evaluate(at, &cost, nullptr) && cost == 0));
  REQUIRE(f.parameters(at) == std::pair{1.0, 1.0});
}

TEST_CASE("ceres: minima of Rosenbrock's function") {
  for (const std::size_t n : {2U, 10U}) {
    for (const auto direction : {ceres::LBFGS, ceres::BFGS}) {
      auto* const f = new tl::ceres_function(minima::rosenbrock, minima::start(n));
      const ceres::GradientProblem problem(f);
      ceres::GradientProblemSolver::Options options;
      options.line_search_direction_type = direction;
      options.max_num_iterations = 1000;
      options.function_tolerance = 0;
      options.parameter_tolerance = 0;
      options.gradient_tolerance = 1e-11;
      options.logging_type = ceres::SILENT;
      ceres::GradientProblemSolver::Summary summary;
      list x = f->start();
      ceres::Solve(options, problem, x.data(), &summary);
      REQUIRE(summary.termination_type == ceres::CONVERGENCE);
      REQUIRE(minima::distance(x) < 1e-8);
    }
  }
}

TEST_CASE("ceres: where there is no finite value, evaluation fails and line searches turn back") {
  auto* const f = new tl::ceres_function(minima::walled, std::array{0.01, 0.0});
  double cost = 0, g[2];
  const double nowhere[] = {-1, 0}, edge[] = {0, 0};
  REQUIRE_FALSE(f->Evaluate(nowhere, &cost, nullptr));
  REQUIRE_FALSE(f->Evaluate(nowhere, &cost, g));
  REQUIRE_FALSE(f->Evaluate(edge, &cost, nullptr));
  const tl::ceres_function root([](auto w) { return sqrt(w); }, 1.0);
  REQUIRE(root.Evaluate(edge, &cost, nullptr));
  REQUIRE_FALSE(root.Evaluate(edge, &cost, g));  // the value is finite, its slope is not

  const ceres::GradientProblem problem(f);
  ceres::GradientProblemSolver::Options options;
  options.function_tolerance = 1e-16;
  options.logging_type = ceres::SILENT;
  ceres::GradientProblemSolver::Summary summary;
  list x = f->start();
  ceres::Solve(options, problem, x.data(), &summary);
  REQUIRE(minima::distance(x) < 1e-7);
}

TEST_CASE("ceres: Jacobians pass Ceres' check") {
  constexpr auto turned = [](auto angle, auto p, auto shift, auto seen) {
    const auto c = cos(angle[0]), s = sin(angle[0]);
    return std::array{c * p[0] - s * p[1] + shift[0] - seen[0],
                      s * p[0] + c * p[1] + shift[1] * shift[0] - seen[1]};
  };
  ceres::Problem::Options ours;
  ours.cost_function_ownership = ceres::DO_NOT_TAKE_OWNERSHIP;
  const auto by_rows = tl::ceres_cost_function<2, 1, 2, 2>(turned, std::array{0.5, 0.25});
  REQUIRE(by_rows->num_residuals() == 2);
  REQUIRE(by_rows->parameter_block_sizes() == std::vector<int>{1, 2, 2});
  constexpr auto powers = [](auto q) {
    return std::array{q[0] - 1, q[0] * q[1] - 2, q[1] * q[1] * q[1], sin(q[0]) * q[1]};
  };
  double angle[] = {0.7}, p[] = {1.5, -2}, shift[] = {0.3, 0.4};
  ceres::Problem problem(ours);
  problem.AddResidualBlock(by_rows.get(), nullptr, angle, p, shift);
  const auto by_columns = tl::ceres_cost_function<4, 2>(powers);
  problem.AddResidualBlock(by_columns.get(), nullptr, p);
  ceres::Solver::Options options;
  options.check_gradients = true;  // against numeric differences, at each iteration
  options.gradient_check_relative_precision = 1e-7;
  options.max_num_iterations = 5;
  options.logging_type = ceres::SILENT;
  ceres::Solver::Summary summary;
  ceres::Solve(options, &problem, &summary);
  INFO(summary.message);
  REQUIRE(summary.termination_type != ceres::FAILURE);
  REQUIRE(summary.final_cost < summary.initial_cost);
}

TEST_CASE("ceres: residuals without value, and null Jacobians") {
  constexpr auto root = [](auto p) { return std::array{sqrt(p[0]), p[0] * 2}; };
  const auto cost = tl::ceres_cost_function<2, 1>(root);
  const double below[] = {-1}, edge[] = {0}, inside[] = {4};
  double r[2], j[] = {99, 99};
  double* jacobians[] = {j};
  double* none[] = {nullptr};
  const auto evaluate = [&](const double* at, double** to) {
    const double* const blocks[] = {at};
    return cost->Evaluate(blocks, r, to);
  };
  REQUIRE_FALSE(evaluate(below, nullptr));
  REQUIRE_FALSE(evaluate(below, jacobians));
  REQUIRE_FALSE(evaluate(edge, jacobians));
  REQUIRE(evaluate(edge, nullptr));
  REQUIRE(evaluate(edge, none));
  REQUIRE(evaluate(inside, jacobians));
  REQUIRE((r[0] == 2 && r[1] == 8 && j[0] == 0.25 && j[1] == 2));
}

namespace {

// Data and certified values: NIST, Statistical Reference Datasets, nonlinear regression, Misra1a
// (Misra 1978, dental research) and Rat43 (Ratkowsky 1983, onion bulbs), each from its start 1.
// https://www.itl.nist.gov/div898/strd/nls/nls_main.shtml
const list misra_x{77.6,  114.9, 141.1, 190.8, 239.9, 289.0, 332.8,
                   378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0};
const list misra_y{10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02,
                   44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78};
constexpr auto misra = [](auto b, auto x, auto y) { return b[0] * (1 - exp(-b[1] * x)) - y; };

constexpr auto rat = [](auto b, auto x, auto y) {
  return b[0] / pow(1 + exp(b[1] - b[2] * x), 1 / b[3]) - y;
};
const list rat_y{16.08,  33.83,  65.80,  97.20,  191.55, 326.20, 386.87, 520.53,
                 590.03, 651.92, 724.93, 699.56, 689.96, 637.56, 717.41};

ceres::Solver::Summary solve(ceres::Problem& problem) {
  ceres::Solver::Options options;
  options.max_num_iterations = 500;
  options.function_tolerance = 1e-16;
  options.parameter_tolerance = 1e-14;
  options.gradient_tolerance = 1e-14;
  options.logging_type = ceres::SILENT;
  options.num_threads = 2;
  ceres::Solver::Summary summary;
  ceres::Solve(options, &problem, &summary);
  return summary;
}

}  // namespace

TEST_CASE("ceres: certified parameters, a residual a point") {
  double b[] = {500, 0.0001};
  ceres::Problem problem;
  for (std::size_t i = 0; i < misra_x.size(); ++i) {
    problem.AddResidualBlock(tl::ceres_cost_function<1, 2>(misra, misra_x[i], misra_y[i]).release(),
                             nullptr, b);
  }
  const auto summary = solve(problem);
  REQUIRE(b[0] == Approx(2.3894212918E+02).epsilon(1e-8));
  REQUIRE(b[1] == Approx(5.5015643181E-04).epsilon(1e-8));
  REQUIRE(2 * summary.final_cost == Approx(1.2455138894E-01).epsilon(1e-8));
}

TEST_CASE("ceres: certified parameters, all residuals in one array, by columns") {
  double b[] = {100, 10, 1, 1};
  list x;
  for (int i = 1; i <= 15; ++i) x.push_back(i);
  ceres::Problem problem;
  problem.AddResidualBlock(tl::ceres_cost_function<15, 4>(rat, x, rat_y).release(), nullptr, b);
  const auto summary = solve(problem);
  REQUIRE(b[0] == Approx(6.9964151270E+02).epsilon(1e-6));
  REQUIRE(b[1] == Approx(5.2771253025E+00).epsilon(1e-6));
  REQUIRE(b[2] == Approx(7.5962938329E-01).epsilon(1e-6));
  REQUIRE(b[3] == Approx(1.2792483859E+00).epsilon(1e-6));
  REQUIRE(2 * summary.final_cost == Approx(8.7864049080E+03).epsilon(1e-8));
}

TEST_CASE("ceres: a constant block is left alone") {
  constexpr auto product = [](auto p, auto q) { return std::array{p[0] * q[0] - 6}; };
  double p = 1, q = 2;
  ceres::Problem problem;
  problem.AddResidualBlock(tl::ceres_cost_function<1, 1, 1>(product).release(), nullptr, &p, &q);
  problem.SetParameterBlockConstant(&q);
  solve(problem);
  REQUIRE(p == Approx(3).epsilon(1e-12));
  REQUIRE(q == 2);
}

TEST_CASE("ceres: policies stand behind the data") {
  constexpr auto root = [](auto p, auto c) { return c * p[0] * sqrt(p[0]); };
  const double at[] = {0};
  const double* const blocks[] = {at};
  double residual = 99, slope = 99;
  double* jacobians[] = {&slope};
  const auto strict = tl::ceres_cost_function<1, 1>(root, 2.0);
  REQUIRE_FALSE(strict->Evaluate(blocks, &residual, jacobians));
  const auto zero = tl::ceres_cost_function<1, 1>(root, 2.0, tl::strong_zero);
  REQUIRE(zero->Evaluate(blocks, &residual, jacobians));
  REQUIRE((residual == 0 && slope == 0));
}
