// SPDX-License-Identifier: BSL-1.0
// The derivatives of linear equations, inverses, determinants and Cholesky factors: gradients
// against differences, their derivatives forward and backward.

#include "support/array_laws.hpp"

#include <tapeless/interop/eigen.hpp>

#include <Eigen/Core>

using namespace array_laws;

namespace {

using Eigen::MatrixXd;

MatrixXd some_matrix(int rows, int cols, double start) {
  return MatrixXd::NullaryExpr(rows, cols, [start](Eigen::Index i, Eigen::Index j) {
    return std::sin(start + 1.3 * static_cast<double>(i) + 0.7 * static_cast<double>(j * j + j));
  });
}
constexpr auto weighted = [](auto a, auto w) { return sum(elementwise_product(a, w)); };

}  // namespace

// Matrices are x + A: the derivatives are those in each element.
TEST_CASE("derivatives of routines of linear algebra, to second order") {
  constexpr auto dense = [](auto x, auto A, auto b, auto w) {
    const auto M = A + reshape(x, A.rows(), A.cols());
    return weighted(solve(M, b + M * b), w) + dot(col(w, 0), solve(M, col(b, 1)));
  };
  constexpr auto inverted = [](auto x, auto A, auto b) {
    const auto M = A + reshape(x, A.rows(), A.cols());
    return weighted(inverse(M), A) * logdet(M) + sin(0.01 * det(M)) * sum(b);
  };
  constexpr auto triangles = [](auto x, auto A, auto b, auto w) {
    const auto M = A + reshape(x, A.rows(), A.cols());
    return weighted(solve_lower(M, solve_upper(M, b)), w);
  };
  constexpr auto transposed = [](auto x, auto A, auto b, auto w) {
    const auto M = A + reshape(x, A.rows(), A.cols());
    return dot(solve_lower_transposed(M, solve_upper_transposed(M, col(b, 0))), col(w, 1));
  };
  constexpr auto factor = [](auto x, auto A, auto w) {
    return weighted(square(cholesky(A + reshape(x, A.rows(), A.cols()))), w);
  };
  for (const int n : {1, 2, 3, 5}) {
    const std::string size = ", size " + std::to_string(n);
    const list x = numbers(n * n);
    const MatrixXd a = some_matrix(n, n, 0.9) / (n + 1) + 4 * MatrixXd::Identity(n, n),
                   b = some_matrix(n, 3, 0.5), w = some_matrix(n, 3, 1.9);
    hold_with_data("solve" + size, dense, x, a, b, w);
    hold_with_data("inverse, det" + size, inverted, x, a, b);
    hold_with_data("triangles" + size, triangles, x, a, b, w);
    hold_with_data("transposed triangles" + size, transposed, x, a, b, w);
    hold_with_data("cholesky" + size, factor, x, a, some_matrix(n, n, 0.1));
  }
}
