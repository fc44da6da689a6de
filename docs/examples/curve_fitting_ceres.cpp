// SPDX-License-Identifier: BSL-1.0
// Ceres with gradients and Jacobians: reference data of NIST fitted by residuals, and a function of
// a structure minimised.

// [include]
#include <tapeless/interop/ceres.hpp>
#include <tapeless/tapeless.hpp>

#include <ceres/ceres.h>
// [end]

#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <utility>
#include <vector>

namespace tl = tapeless;

int main() {
  // NIST, Statistical Reference Datasets, nonlinear regression: Misra1a.
  // https://www.itl.nist.gov/div898/strd/nls/data/misra1a.shtml
  const std::vector x{77.6,  114.9, 141.1, 190.8, 239.9, 289.0, 332.8,
                      378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0};
  const std::vector y{10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02,
                      44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78};
  {
    std::puts("[residuals]");
    // [residuals]
    constexpr auto residual = [](auto b, auto x_i, auto y_i) {
      return b[0] * (1 - exp(-b[1] * x_i)) - y_i;
    };
    double b[] = {500, 0.0001};
    ceres::Problem problem;
    for (std::size_t i = 0; i < x.size(); ++i) {
      auto cost = tl::ceres_cost_function<1, 2>(residual, x[i], y[i]);  // 1 residual of 2 numbers
      problem.AddResidualBlock(cost.release(), nullptr, b);
    }
    ceres::Solver::Options options;
    options.function_tolerance = 1e-14;
    options.logging_type = ceres::SILENT;
    ceres::Solver::Summary summary;
    ceres::Solve(options, &problem, &summary);
    std::printf("b = %.4f, %.4e\n", b[0], b[1]);
    // [end]
    assert(std::abs(b[0] / 2.3894212918E+02 - 1) < 1e-6);
    assert(std::abs(b[1] / 5.5015643181E-04 - 1) < 1e-6);
  }
  {
    // [array]
    constexpr auto residuals = [](auto b, auto xs, auto ys) {
      return tl::generate(xs.size(),
                          [&](auto i) { return b[0] * (1 - exp(-b[1] * xs[i])) - ys[i]; });
    };
    auto cost = tl::ceres_cost_function<14, 2>(residuals, x, y);
    // [end]
    const double b[] = {500, 0.0001};
    const double* const blocks[] = {b};
    double values[14], jacobian[28];
    double* jacobians[] = {jacobian};
    const bool finite = cost->Evaluate(blocks, values, jacobians);
    assert(finite && std::abs(values[0] - (500 * (1 - std::exp(-0.0001 * 77.6)) - 10.07)) < 1e-12);
    assert(std::abs(jacobian[1] - 500 * 77.6 * std::exp(-0.0001 * 77.6)) < 1e-9);
  }
  {
    std::puts("[gradient]");
    // [gradient]
    constexpr auto rosenbrock = [](auto p) {
      auto [u, v] = p;
      return 100 * tl::square(v - u * u) + tl::square(1 - u);
    };
    auto* function = new tl::ceres_function(rosenbrock, std::pair{-1.2, 1.0});
    const ceres::GradientProblem problem(function);  // takes possession of it
    ceres::GradientProblemSolver::Options options;
    options.function_tolerance = 1e-15;
    options.logging_type = ceres::SILENT;
    ceres::GradientProblemSolver::Summary summary;
    std::vector<double> at = function->start();
    ceres::Solve(options, problem, at.data(), &summary);
    const std::pair minimum = function->parameters(at.data());
    std::printf("minimum at (%.4f, %.4f)\n", minimum.first, minimum.second);
    // [end]
    assert(std::abs(minimum.first - 1) < 1e-6 && std::abs(minimum.second - 1) < 1e-6);
  }
}
