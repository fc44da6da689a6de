// SPDX-License-Identifier: BSL-1.0
// The examples of docs/tutorial/loss-over-data.md that use Eigen.

#include "flowers.hpp"

// [include]
#include <tapeless/interop/eigen.hpp>

#include <Eigen/Dense>
// [end]

#include <cstddef>
#include <cstdio>
#include <vector>

int main() {
  std::vector<double> table = read_table(IRIS_CSV);
  for (std::size_t column = 0; column < 3; ++column) standardise(table, column, 5);

  std::puts("[squares]");
  // [squares]
  using matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const matrix> flowers(table.data(), 150, 5);
  const auto X = flowers.leftCols(3);  // a part of the table, no copy
  const auto petal_width = flowers.col(3);

  Eigen::VectorXd w = Eigen::VectorXd::Zero(4), gradient;
  const auto loss = tl::value_and_grad<0>(squares).into(gradient);
  for (int step = 0; step <= 400; ++step) {
    const double value = loss(w, X, petal_width);
    if (step % 100 == 0) std::printf("step %3d  loss %.6f\n", step, value);
    w -= 0.25 * gradient;
  }
  // [end]

  std::puts("[solved]");
  // [solved]
  Eigen::MatrixXd A(150, 4);
  A << X, Eigen::VectorXd::Ones(150);
  const Eigen::VectorXd solution = A.colPivHouseholderQr().solve(petal_width);
  std::printf("loss of the exact solution %.6f\n", tl::evaluate(squares)(solution, X, petal_width));
  std::puts((w - solution).norm() < 1e-6 ? "descent has found it" : "WRONG");
  // [end]

  standardise(table, 3, 5);
  std::puts("[logistic]");
  // [logistic]
  const auto lengths = flowers.leftCols(4);
  const Eigen::VectorXd virginica = (flowers.col(4).array() == 2).cast<double>();
  Eigen::VectorXd v = Eigen::VectorXd::Zero(5);
  for (int step = 0; step < 2000; ++step) {
    v -= tl::grad<0>(logistic)(v, lengths, virginica);
  }
  std::printf("loss %.4f  accuracy %.3f\n", tl::evaluate(logistic)(v, lengths, virginica),
              tl::evaluate(accuracy)(v, lengths, virginica));
  // [end]
}
