// SPDX-License-Identifier: BSL-1.0
// Operations on whole arrays of Eigen's, against Eigen's own arithmetic: both storage orders,
// blocks, maps with strides, references, sizes known at compile time.

#include "support/catch.hpp"
#include "support/mistakes.hpp"

#include <tapeless/interop/eigen.hpp>
#include <tapeless/tapeless.hpp>

#include <Eigen/Dense>

#include <cmath>
#include <tuple>
#include <type_traits>

namespace tl = tapeless;

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using row_major = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

MatrixXd some_matrix(int rows, int cols, double start = 0.3) {
  return MatrixXd::NullaryExpr(rows, cols, [start](Eigen::Index i, Eigen::Index j) {
    return std::sin(start + 1.3 * static_cast<double>(i) + 0.7 * static_cast<double>(j * j + j));
  });
}
void close(const auto& got, const auto& want, double tolerance = 1e-13) {
  REQUIRE((got.rows() == want.rows() && got.cols() == want.cols()));
  const double distance = (got - want).norm();
  CHECK(distance <= tolerance * (1 + want.norm()));
}

constexpr auto regression = [](auto w, auto X, auto y) {
  const auto z = X * w;
  return sum(softplus(z) - y * z) + 0.5 * squared_norm(w);
};
VectorXd regression_gradient(const VectorXd& w, const MatrixXd& X, const VectorXd& y) {
  const VectorXd p = (1 / (1 + (-(X * w).array()).exp())).matrix();
  return X.transpose() * (p - y) + w;
}

}  // namespace

TEST_CASE("Eigen arrays: a regression on matrices of every layout") {
  const auto gradient = tl::grad<0>(regression);
  for (const auto& [n, m] : {std::pair{0, 2}, {1, 1}, {2, 3}, {5, 2}, {17, 4}, {40, 10}, {33, 0}}) {
    const MatrixXd X = some_matrix(n, m);
    const VectorXd w = some_matrix(m, 1, 0.9), y = some_matrix(n, 1, 1.7);
    const VectorXd want = regression_gradient(w, X, y);
    close(gradient(w, X, y), want);
    close(gradient(w, row_major(X), y), want);
    close(gradient(w, Eigen::Ref<const MatrixXd>(X), y), want);

    MatrixXd around = MatrixXd::Constant(n + 3, m + 2, 1e9);
    around.block(2, 1, n, m) = X;
    close(gradient(w, around.block(2, 1, n, m), y), want);
    row_major around_rows = around;
    close(gradient(w, around_rows.block(2, 1, n, m), y), want);
    MatrixXd gaps = MatrixXd::Constant(2 * n, m, 1e9);
    for (int i = 0; i < n && m > 0; ++i) gaps.row(2 * i) = X.row(i);
    using strides = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;
    close(gradient(w, Eigen::Map<MatrixXd, 0, strides>(gaps.data(), n, m, strides(2 * n, 2)), y),
          want);
    const MatrixXd turned = X.transpose();
    close(gradient(w, turned.transpose(), y), want);
  }
}

TEST_CASE("Eigen arrays: products, gradients of the layout of their argument, second order") {
  const auto f = [](auto A, auto B) { return sum(tanh(A * B)) + trace(transpose(A) * A); };
  const MatrixXd A = some_matrix(4, 3), B = some_matrix(3, 5, 0.8), D = some_matrix(4, 3, 2.2);
  const MatrixXd slope = 1 - (A * B).array().tanh().square();
  const MatrixXd want_a = slope * B.transpose() + 2 * A, want_b = A.transpose() * slope;
  const auto [a, b] = tl::grad(f)(A, B);
  close(a, want_a);
  close(b, want_b);
  const auto [rows, columns] = tl::grad(f)(row_major(A), B);
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(rows)>, row_major>);
  close(rows, want_a);
  close(columns, want_b);

  const auto of_a = tl::bind_back(f, B);
  const auto [same, along] = tl::jvp(tl::grad(of_a), std::tuple{A}, std::tuple{D});
  close(same, want_a);
  constexpr double h = 1e-5;
  const MatrixXd up = A + h * D, down = A - h * D;
  const MatrixXd difference = (tl::grad(of_a)(up) - tl::grad(of_a)(down)) / (2 * h);
  close(along, difference, 1e-8);

  // Results that are arrays.
  const VectorXd x = some_matrix(3, 1, 0.5);
  VectorXd image(4);
  tl::evaluate([](auto M, auto v) { return M * v; }).into(image)(A, x);
  close(image, VectorXd(A * x));
  MatrixXd product(4, 5), gradient = MatrixXd::Zero(6, 4);
  tl::evaluate([](auto M, auto N) { return M * N; }).into(product)(A, B);
  close(product, MatrixXd(A * B));
  auto block = gradient.block(1, 1, 4, 3);
  tl::grad<0>(f).into(block)(A, B);
  close(MatrixXd(block), want_a);
  CHECK((gradient.row(0).norm() == 0 && gradient.row(5).norm() == 0));
}

TEST_CASE("Eigen arrays: reductions, broadcasts and parts") {
  const auto f = [](auto M, auto v) {
    return dot(norm(M, tl::axis<0>), v) + sum(logsumexp(M, tl::axis<1>)) +
           sum(square(M - rowwise(v))) * max(M) + sum(softmax(M, tl::axis<1>) * row(M, 0)) +
           variance(M) * sum(col(M, 1) * segment(flatten(M), 2, M.rows()));
  };
  for (const auto& [r, c] : {std::pair{2, 3}, {4, 4}, {9, 2}}) {
    const MatrixXd M = some_matrix(r, c);
    const VectorXd v = some_matrix(c, 1, 0.9);
    const row_major R = M;
    const VectorXd flat = Eigen::Map<const VectorXd>(R.data(), R.size());
    const Eigen::ArrayXXd e = M.array().exp();
    const Eigen::ArrayXXd soft = e.colwise() / e.rowwise().sum();
    const double mean = M.mean();
    const double want = M.colwise().norm().dot(v.transpose()) + e.rowwise().sum().log().sum() +
                        (M.rowwise() - v.transpose()).squaredNorm() * M.maxCoeff() +
                        (soft.matrix() * M.row(0).transpose()).sum() +
                        (M.array() - mean).square().mean() * M.col(1).dot(flat.segment(2, r));
    const auto value_and_grad = tl::value_and_grad<0>(f);
    const auto [value, gradient] = value_and_grad(M, v);
    CHECK(std::fabs(value - want) <= 1e-13 * (1 + std::fabs(want)));
    const auto [same, gradient_of_rows] = value_and_grad(R, v);
    CHECK(std::fabs(same - want) <= 1e-13 * (1 + std::fabs(want)));
    close(gradient_of_rows, gradient);
    constexpr double h = 1e-5;
    const MatrixXd D = some_matrix(r, c, 2.2);
    const double slope =
        (tl::evaluate(f)(MatrixXd(M + h * D), v) - tl::evaluate(f)(MatrixXd(M - h * D), v)) /
        (2 * h);
    CHECK(std::fabs(gradient.cwiseProduct(D).sum() - slope) <= 1e-8 * (1 + std::fabs(slope)));
  }
}

TEST_CASE("Eigen arrays: sizes known at compile time, float, rows") {
  Eigen::Matrix3d S;
  S << 4, 1, 0, 1, 3, 0.5, 0, 0.5, 2;
  const Eigen::Vector3d x(1, -2, 3);
  const auto quadratic = [](auto v, auto A) { return dot(v, A * v); };
  close(tl::grad<0>(quadratic)(x, S), Eigen::Vector3d(2 * S * x));
  static_assert(std::is_same_v<decltype(tl::grad<0>(quadratic)(x, S)), Eigen::Vector3d>);
  close(tl::grad<1>(quadratic)(x, S), Eigen::Matrix3d(x * x.transpose()));
  const Eigen::RowVector3d r = x.transpose();
  close(tl::grad<0>(quadratic)(r, S), Eigen::RowVector3d(2 * x.transpose() * S));
  const Eigen::Vector3f narrow = x.cast<float>();
  const Eigen::Matrix3f narrow_matrix = S.cast<float>();
  close(tl::grad<0>(quadratic)(narrow, narrow_matrix).cast<double>(), Eigen::Vector3d(2 * S * x),
        1e-6);
  CHECK(contains(mistake([&] { tl::grad<0>(quadratic)(x, MatrixXd(3, 4)); }), "matrix * vector"));
}
