// SPDX-License-Identifier: BSL-1.0
// The examples of docs/how-to/eigen.md, in the order of the page.

// [include]
#include <tapeless/interop/eigen.hpp>
#include <tapeless/tapeless.hpp>

#include <Eigen/Dense>
// [end]

#include <cassert>
#include <cstdio>
#include <tuple>
#include <type_traits>
#include <vector>

namespace tl = tapeless;

// [loss]
constexpr auto residuals = [](auto w, auto X, auto y) {
  return tl::sum(X.rows(), [&](auto i) {
    return tl::square(tl::sum(X.cols(), [&](auto j) { return X(i, j) * w[j]; }) - y[i]);
  });
};
// [end]

namespace {

template <class T, class A>
constexpr bool is(const A&) {
  return std::is_same_v<A, T>;
}

Eigen::MatrixXd example() {
  Eigen::MatrixXd X(3, 2);
  X << 1, 2, 3, 4, 5, 6;
  return X;
}

void first() {
  // [first]
  Eigen::MatrixXd X(3, 2);
  X << 1, 2, 3, 4, 5, 6;
  Eigen::Vector3d y(1, 2, 4);
  Eigen::VectorXd w = Eigen::VectorXd::Constant(2, 0.5);

  auto [value, gradient] = tl::value_and_grad<0>(residuals)(w, X, y);
  static_assert(std::is_same_v<decltype(gradient), Eigen::VectorXd>);
  std::printf("value %.2f, gradient (%.1f, %.1f)\n", value, gradient[0], gradient[1]);

  Eigen::VectorXd expected = 2 * X.transpose() * (X * w - y);
  assert((gradient - expected).norm() < 1e-12);
  // [end]
}

void orders() {
  // [orders]
  using by_rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Eigen::MatrixXd X = example();  // Eigen's default: column by column
  by_rows same = X;
  Eigen::VectorXd w = Eigen::VectorXd::Ones(2), y = Eigen::VectorXd::Ones(3);
  assert(tl::evaluate(residuals)(w, X, y) == tl::evaluate(residuals)(w, same, y));
  assert(is<Eigen::MatrixXd>(tl::grad<1>(residuals)(w, X, y)));
  assert(is<by_rows>(tl::grad<1>(residuals)(w, same, y)));
  const std::tuple at(w, same, y);  // transforms of a gradient return the same types
  assert(is<by_rows>(tl::jvp(tl::grad<1>(residuals), at, at).tangent));
  // [end]
}

// [ref]
double loss_of(const Eigen::Ref<const Eigen::VectorXd>& w,
               const Eigen::Ref<const Eigen::MatrixXd>& X,
               const Eigen::Ref<const Eigen::VectorXd>& y) {
  return tl::evaluate(residuals)(w, X, y);
}
// [end]

void views() {
  // [views]
  std::vector<double> numbers{1, 2, 3, 4, 5, 6};
  Eigen::Map<const Eigen::MatrixXd> X(numbers.data(), 3, 2);
  Eigen::VectorXd w(2), y(3);
  w << 1, -1;
  y << 0, 1, 2;
  double value = tl::evaluate(residuals)(w, X, y);
  assert(value == tl::evaluate(residuals)(w, X.transpose().transpose(), y));
  assert(tl::evaluate(residuals)(w, X.topRows(2), y.head(2)) == 9 + 16);
  assert(tl::evaluate(residuals)(w.reverse().eval(), X, y) == 9 + 4 + 1);  // reversed: 3 - i
  assert(is<Eigen::VectorXd>(tl::grad<0>(residuals)(w, X, y)));
  assert(is<Eigen::MatrixXd>(tl::grad<1>(residuals)(w, X, y)));
  assert(is<Eigen::VectorXd>(tl::grad<2>(residuals)(w, X.topRows(2), y.head(2))));
  // [end]
  assert(loss_of(w, X, y) == value);
}

void outputs() {
  // [outputs]
  Eigen::MatrixXd X = example();
  Eigen::VectorXd y = Eigen::VectorXd::Zero(3), parameters = Eigen::VectorXd::Ones(4);
  Eigen::VectorXd gradient = Eigen::VectorXd::Zero(4);

  auto part = gradient.segment(1, 2);  // a block is named before it is written to
  tl::grad<0>(residuals).into(part)(parameters.segment(1, 2), X, y);
  assert(gradient[0] == 0 && gradient[1] == 2 * (3 + 21 + 55) && gradient[3] == 0);

  Eigen::VectorXd whole;
  tl::grad<0>(residuals).into(whole)(parameters.head(2), X, y);  // resized
  assert(whole.size() == 2);
  // [end]
}

void lazy() {
  Eigen::MatrixXd X = example();
  Eigen::VectorXd y = Eigen::VectorXd::Zero(3), w = Eigen::VectorXd::Ones(2);
  // [lazy]
  double value = tl::evaluate(residuals)((2 * w).eval(), X, y);  // 2 * w is no vector yet
  // [end]
  assert(value == 4 * (9 + 49 + 121));
}

void fixed() {
  // [fixed]
  constexpr auto norm = [](auto v) {
    return sqrt(tl::sum(v.size(), [&](auto i) { return v[i] * v[i]; }));
  };
  Eigen::Vector3f g = tl::grad(norm)(Eigen::Vector3f(2, 3, 6));
  std::printf("%.4f %.4f %.4f\n", double(g[0]), double(g[1]), double(g[2]));
  // [end]
}

}  // namespace

int main() {
  std::puts("[first]");
  first();
  orders();
  views();
  outputs();
  lazy();
  std::puts("[fixed]");
  fixed();
}
