// SPDX-License-Identifier: BSL-1.0
// Callables of Eigen's vectors: the gradient is tl::grad's; LBFGS++ finds minima with them.

#include "support/catch.hpp"
#include "support/minima.hpp"

#include <tapeless/interop/eigen.hpp>
#include <tapeless/interop/lbfgs.hpp>
#include <tapeless/optimize/flatten.hpp>
#include <tapeless/tapeless.hpp>

#include <boost/hana/define_struct.hpp>

#include <LBFGS.h>
#include <limits>
#include <stdexcept>
#include <type_traits>
#include <vector>

namespace tl = tapeless;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

struct layer {
  BOOST_HANA_DEFINE_STRUCT(layer, (MatrixXd, W), (VectorXd, b), (double, scale));
};
constexpr auto loss = [](auto p, const auto& x) {
  auto [W, b, scale] = p;
  return scale * sum(square(W * x + b)) + square(scale);
};

}  // namespace

TEST_CASE("lbfgs: value and gradient of a structure of matrices") {
  const layer p{MatrixXd::Constant(2, 3, 0.5), VectorXd::Constant(2, 1), 2};
  const VectorXd x = VectorXd::LinSpaced(3, -1, 2);
  tl::lbfgs_function f(loss, p, x);
  static_assert(std::is_same_v<decltype(f(x, std::declval<VectorXd&>())), double>);

  VectorXd at = f.start();
  REQUIRE(at.size() == 9);
  REQUIRE(at[8] == 2);
  at = VectorXd::LinSpaced(9, -0.5, 1.25);
  VectorXd gradient;  // is resized
  const double value = f(at, gradient);
  const layer q = f.parameters(at);
  REQUIRE(q.W(1, 0) == at[1]);  // by columns, as in memory
  const auto [v, g] = tl::value_and_grad<0>(loss)(q, x);
  REQUIRE(value == v);
  const std::vector<double> flat = tl::flatten(g);
  REQUIRE(gradient == Eigen::Map<const VectorXd>(flat.data(), 9));
  REQUIRE(gradient.norm() > 0.1);
  REQUIRE_THROWS_AS(f(VectorXd::Zero(8), gradient), std::invalid_argument);
}

TEST_CASE("lbfgs: a vector as it is") {
  const VectorXd x = VectorXd::LinSpaced(4, -1, 2);
  tl::lbfgs_function f(minima::rosenbrock, x);
  VectorXd gradient(4);
  REQUIRE(f(x, gradient) == tl::evaluate(minima::rosenbrock)(x));
  REQUIRE(gradient == tl::grad(minima::rosenbrock)(x));
}

namespace {

template <template <class> class LineSearch, class F>
VectorXd minimum(F& f, int line_search) {
  LBFGSpp::LBFGSParam<double> options;
  options.epsilon = options.epsilon_rel = 1e-12;
  options.linesearch = line_search;
  options.max_linesearch = 60;
  options.max_iterations = 1000;
  LBFGSpp::LBFGSSolver<double, LineSearch> solver(options);
  VectorXd x = f.start();
  double value = 0;
  solver.minimize(f, x, value);
  return x;
}

}  // namespace

TEST_CASE("lbfgs: minima of Rosenbrock's function") {
  for (const std::size_t n : {2U, 10U}) {
    tl::lbfgs_function f(minima::rosenbrock, minima::start(n));
    const int wolfe = LBFGSpp::LBFGS_LINESEARCH_BACKTRACKING_STRONG_WOLFE;
    REQUIRE(minima::distance(minimum<LBFGSpp::LineSearchBracketing>(f, wolfe)) < 1e-8);
    REQUIRE(minima::distance(minimum<LBFGSpp::LineSearchNocedalWright>(f, wolfe)) < 1e-8);
  }
}

TEST_CASE("lbfgs: line searches turn back where there is no value") {
  tl::lbfgs_function f(minima::walled, std::vector{0.01, 0.0});
  VectorXd gradient;
  REQUIRE(f(VectorXd::Constant(2, -1), gradient) == std::numeric_limits<double>::infinity());
  const int armijo = LBFGSpp::LBFGS_LINESEARCH_BACKTRACKING_ARMIJO;
  REQUIRE(minima::distance(minimum<LBFGSpp::LineSearchBacktracking>(f, armijo)) < 1e-8);
}
