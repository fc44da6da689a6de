// SPDX-License-Identifier: BSL-1.0
// Linear regression by L-BFGS: employment in the United States explained by six other figures, in
// data that are known to be hard. Checked against the normal equations, which Eigen solves, and
// against the coefficients that NIST has certified.

// [include]
#include <tapeless/interop/eigen.hpp>
#include <tapeless/interop/nlopt.hpp>
#include <tapeless/tapeless.hpp>

#include <nlopt.hpp>
// [end]

#include <Eigen/Dense>
#include <boost/hana/define_struct.hpp>

#include <cassert>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <limits>
#include <vector>

namespace tl = tapeless;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// [model]
struct plane {
  BOOST_HANA_DEFINE_STRUCT(plane, (VectorXd, slopes), (double, offset));
};
constexpr auto loss = [](const auto& p, const auto& X, const auto& y) {
  return sum(square(X * tl::get<"slopes">(p) + tl::get<"offset">(p) - y));
};
// [end]

namespace {

constexpr Index years = 16, figures = 6;

void read(MatrixXd& X, VectorXd& y) {
  std::ifstream file(LONGLEY_CSV);
  file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  char comma;
  for (Index i = 0; i < years; ++i) {
    for (Index j = 0; j < figures; ++j) file >> X(i, j) >> comma;
    file >> y[i];
  }
  assert(file);
}

}  // namespace

int main() {
  MatrixXd X(years, figures);
  VectorXd y(years);
  read(X, y);
  // All columns with mean 0 and length 1, or nothing but the largest would count.
  const VectorXd means = X.colwise().mean();
  X.rowwise() -= means.transpose();
  const VectorXd lengths = X.colwise().norm();
  X.array().rowwise() /= lengths.transpose().array();
  const double mean = y.mean(), length = (y.array() - mean).matrix().norm();
  y = (y.array() - mean) / length;

  // [optimise]
  tl::nlopt_objective objective(loss, plane{VectorXd::Zero(figures), 0}, X, y);
  nlopt::opt opt(nlopt::LD_LBFGS, static_cast<unsigned>(objective.size()));
  opt.set_min_objective(objective.function, &objective);
  opt.set_ftol_rel(1e-15);
  std::vector<double> x = objective.start();
  double least;
  opt.optimize(x, least);
  const plane found = objective.parameters(x);
  // [end]

  // [check]
  const VectorXd solved = (X.transpose() * X).ldlt().solve(X.transpose() * y);
  assert((found.slopes - solved).norm() < 1e-6 * solved.norm());
  // [end]
  assert(std::abs(found.offset) < 1e-6);

  // NIST, Statistical Reference Datasets, linear regression: Longley.
  // https://www.itl.nist.gov/div898/strd/lls/data/Longley.shtml
  const double certified[] = {15.0618722713733,  -0.0358191792925910, -2.02022980381683,
                              -1.03322686717359, -0.0511041056535807, 1829.15146461355};
  const char* const names[] = {"price deflator", "national product", "unemployed",
                               "armed forces",   "population",       "year"};
  for (Index j = 0; j < figures; ++j) {
    const double slope = found.slopes[j] * length / lengths[j];
    std::printf("%-17s %10.4f   certified %10.4f\n", names[j], slope, certified[j]);
    assert(std::abs(slope - certified[j]) < 1e-6 * std::abs(certified[j]));
  }
}
