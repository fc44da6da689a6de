// SPDX-License-Identifier: BSL-1.0
// Eigen's arrays beside expressions: every operator is the library's, on either side.
#include <tapeless/interop/eigen.hpp>
#include <tapeless/tapeless.hpp>

#include <Eigen/Dense>

#include <array>
#include <cmath>
#include <span>
#include <support/catch.hpp>
#include <type_traits>
#include <utility>
#include <vector>

namespace tl = tapeless;

namespace {

constexpr tl::variable<"p"> p;
using Eigen::Index, Eigen::MatrixXd, Eigen::VectorXd;

MatrixXd data(Index rows, Index cols) {
  return MatrixXd::NullaryExpr(rows, cols, [](Index i, Index j) {
    return std::sin(1.3 * static_cast<double>(i) + 0.7 * static_cast<double>(j * j));
  });
}

template <class E>
constexpr bool ours = tl::expression<std::remove_cvref_t<E>>;

/// All operators with an array on the left, on the right, beside a variable and beside more.
template <class A>
void has_operators(A&& a) {
  const auto more = p * 2.0;
  const auto all = [&](const auto& e) {
    static_assert(ours<decltype(a + e)> && ours<decltype(e + a)>);
    static_assert(ours<decltype(a - e)> && ours<decltype(e - a)>);
    static_assert(ours<decltype(a * e)> && ours<decltype(e * a)>);
    static_assert(ours<decltype(a / e)> && ours<decltype(e / a)>);
    static_assert(ours<decltype(a < e)> && ours<decltype(e < a)>);
    static_assert(ours<decltype(a <= e)> && ours<decltype(e >= a)>);
    static_assert(ours<decltype(a == e)> && ours<decltype(e == a)>);
    static_assert(ours<decltype(std::forward<A>(a) - e)>);
  };
  all(p);
  all(more);
}
template <class D>
auto of_base(const Eigen::MatrixBase<D>& base) {
  return sum(p * (base * p));
}

}  // namespace

TEST_CASE("operators of Eigen's arrays with expressions are the library's") {
  MatrixXd m = data(3, 3);
  const MatrixXd c = m;
  Eigen::Matrix<double, 3, 3, Eigen::RowMajor> by_rows = m;
  VectorXd v = m.col(0);
  Eigen::RowVectorXd r = m.row(0);
  Eigen::Vector3d fixed = v;
  Eigen::ArrayXd array = v.array();
  Eigen::MatrixXf floats = m.cast<float>();
  Eigen::Map<MatrixXd> map(m.data(), 3, 3);
  Eigen::Ref<MatrixXd> ref(m);
  has_operators(m);
  has_operators(c);
  has_operators(MatrixXd(m));
  has_operators(by_rows);
  has_operators(v);
  has_operators(r);
  has_operators(fixed);
  has_operators(array);
  has_operators(floats);
  has_operators(map);
  has_operators(ref);
  has_operators(m.block(0, 0, 2, 2));
  has_operators(m.transpose());
  has_operators(m.array());
  has_operators(m * m);
  has_operators(m + m);
  has_operators(v.head(2));
  std::vector<double> plain{1, 2, 3};
  const std::array<double, 3> numbers{1, 2, 3};
  double c_array[3]{1, 2, 3};
  has_operators(plain);
  has_operators(numbers);
  has_operators(c_array);
  has_operators(std::span<const double>(plain));
  has_operators(tl::view(plain.data(), 3));
  using namespace Eigen;
  static_assert(ours<decltype(m * p)> && ours<decltype(p - v)>);
}

TEST_CASE("what stands beside an expression is what Eigen says it is") {
  const MatrixXd a = data(4, 3), b = data(3, 3);
  const VectorXd w = VectorXd::LinSpaced(3, -1, 1), y = VectorXd::LinSpaced(4, 0, 2);
  const auto value = [&](const auto& e) { return e(p = w); };
  CHECK(value(sum(a * p)) == Approx((a * w).sum()));
  CHECK(value(sum(b.transpose() * p)) == Approx((b.transpose() * w).sum()));
  CHECK(value(sum((b * b) * p)) == Approx((b * b * w).sum()));
  CHECK(value(sum((b + b) * p)) == Approx((2 * b * w).sum()));
  CHECK(value(sum(a.topRows(2) * p)) == Approx((a.topRows(2) * w).sum()));
  CHECK(value(sum(b.col(1) * p)) == Approx(b.col(1).dot(w)));
  CHECK(value(sum(w.array() / (2.0 + p))) == Approx((w.array() / (2 + w.array())).sum()));
  CHECK(value(of_base(b)) == Approx(w.dot(b * w)));
  CHECK(value(squared_norm(a * p - y)) == Approx((a * w - y).squaredNorm()));
  const VectorXd gradient = tl::grad<p>(squared_norm(a * p - y))(p = w);
  CHECK((gradient - 2 * a.transpose() * (a * w - y)).norm() < 1e-12);
  // A temporary is kept, a block or map of something refers to it.
  const auto kept = [&] { return sum((a * 2.0) * p); }();
  CHECK(value(kept) == Approx(2 * (a * w).sum()));
}

TEST_CASE("gradients of expressions have the types of what was bound") {
  constexpr tl::variable<"A"> A;
  const Eigen::Matrix<double, 4, 3, Eigen::RowMajor> a = data(4, 3);
  const Eigen::Vector3d w(1, 2, 3);
  const auto g = tl::grad(sum(tanh(A * p)))(A = a, p = w);
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(g[A])>,
                               Eigen::Matrix<double, 4, 3, Eigen::RowMajor>>);
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(g[p])>, Eigen::Vector3d>);
  const VectorXd slopes = 1 - (a * w).array().tanh().square();
  CHECK((g[p] - a.transpose() * slopes).norm() < 1e-14);
  CHECK((g[A] - slopes * w.transpose()).norm() < 1e-14);
}

TEST_CASE("what Eigen computes is bound to variables") {
  constexpr tl::variable<"A"> A;
  constexpr tl::variable<"v"> v;
  Eigen::Matrix2d m;
  m << 1, 2, 3, 4;
  const Eigen::Vector2d u(0.5, -2);
  const auto e = sum(square(A * v));
  CHECK(e(A = 2 * m, v = u + u) == (2 * m * (u + u)).squaredNorm());
  const auto of_base = [&]<class D>(const Eigen::MatrixBase<D>& base) {
    return e(A = base, v = u);
  };
  CHECK(of_base(m + m) == (2 * m * u).squaredNorm());
}
