// SPDX-License-Identifier: BSL-1.0
// Functions with loops of Eigen's types: both storage orders, sizes in the type and at run time,
// maps with gaps, blocks, transposes; gradients come back in Eigen's own types.

#include "support/array_laws.hpp"

#include <tapeless/interop/eigen.hpp>

#include <Eigen/Core>

#include <stdexcept>
#include <tuple>
#include <type_traits>

using namespace array_laws;

namespace {

using Eigen::Dynamic;
using row_major = Eigen::Matrix<double, Dynamic, Dynamic, Eigen::RowMajor>;

// Not symmetric, so that rows and columns can not be mistaken for each other.
constexpr auto weighted = [](auto m) {
  return tl::sum(m.rows(), [&](auto i) {
    return tl::prod(m.cols(), [&](auto j) { return 2 * m(i, j) + i - 3 * j; });
  });
};
constexpr auto chain = [](auto a) {
  return tl::sum(a.size() - 1, [&](auto i) { return sin(a[i + 1]) * a(i); });
};

Eigen::MatrixXd filled(int rows, int cols) {
  Eigen::MatrixXd m(rows, cols);
  const std::vector<double> all = numbers(rows * cols, 0.9);
  for (int i = 0; i < rows * cols; ++i) m(i / cols, i % cols) = all[static_cast<std::size_t>(i)];
  return m;
}
double plain_weighted(const Eigen::MatrixXd& m) {
  double s = 0;
  for (int i = 0; i < m.rows(); ++i) {
    double p = 1;
    for (int j = 0; j < m.cols(); ++j) p *= 2 * m(i, j) + i - 3 * j;
    s += p;
  }
  return s;
}
Eigen::MatrixXd plain_gradient(const Eigen::MatrixXd& m) {
  Eigen::MatrixXd g(m.rows(), m.cols());
  for (int i = 0; i < m.rows(); ++i) {
    for (int k = 0; k < m.cols(); ++k) {
      double p = 2;
      for (int j = 0; j < m.cols(); ++j) p *= j == k ? 1 : 2 * m(i, j) + i - 3 * j;
      g(i, k) = p;
    }
  }
  return g;
}

/// Of any matrix.
template <class M>
Eigen::MatrixXd copied(const M& m) {
  Eigen::MatrixXd to(m.rows(), m.cols());
  for (int i = 0; i < to.rows(); ++i) {
    for (int j = 0; j < to.cols(); ++j) to(i, j) = m(i, j);
  }
  return to;
}

template <class G, class A>
void check(const A& a) {
  const auto got = tl::value_and_grad(weighted)(a);
  CHECK(std::is_same_v<std::remove_cvref_t<decltype(got.gradient)>, G>);
  close("value", got.value, plain_weighted(a), 1e-14);
  const Eigen::MatrixXd want = plain_gradient(a);
  REQUIRE((got.gradient.rows() == want.rows() && got.gradient.cols() == want.cols()));
  CHECK((got.gradient - want).norm() <= 1e-13 * (1 + want.norm()));
}

}  // namespace

TEST_CASE("matrices of both orders, of all sizes") {
  for (const int rows : {0, 1, 2, 3, 5, 8, 17}) {
    for (const int cols : {0, 1, 2, 4, 7}) {
      const Eigen::MatrixXd m = filled(rows, cols);
      check<Eigen::MatrixXd>(m);
      check<row_major>(row_major(m));
    }
  }
}

TEST_CASE("sizes in the type, one or both") {
  const Eigen::MatrixXd m = filled(2, 3);
  check<Eigen::Matrix<double, 2, 3>>(Eigen::Matrix<double, 2, 3>(m));
  check<Eigen::Matrix<double, 2, 3, Eigen::RowMajor>>(
      Eigen::Matrix<double, 2, 3, Eigen::RowMajor>(m));
  check<Eigen::Matrix<double, Dynamic, 3>>(Eigen::Matrix<double, Dynamic, 3>(m));
  check<Eigen::Matrix<double, 2, Dynamic>>(Eigen::Matrix<double, 2, Dynamic>(m));
}

TEST_CASE("blocks, transposes, maps with gaps") {
  const Eigen::MatrixXd m = filled(6, 7);
  const row_major r = m;
  check<Eigen::MatrixXd>(m.block(1, 2, 3, 4));
  check<row_major>(r.block(1, 2, 3, 4));
  check<row_major>(m.transpose());
  check<Eigen::MatrixXd>(m.topRows(0));
  const Eigen::Map<const Eigen::MatrixXd, 0, Eigen::Stride<Dynamic, Dynamic>> gaps(
      m.data() + 1, 3, 4, Eigen::Stride<Dynamic, Dynamic>(9, 2));
  check<Eigen::MatrixXd>(gaps);
  const Eigen::Map<const row_major, 0, Eigen::Stride<Dynamic, Dynamic>> reversed(
      m.data() + 41, 3, 4, Eigen::Stride<Dynamic, Dynamic>(-9, -2));
  check<row_major>(reversed);
}

TEST_CASE("vectors, rows and columns") {
  const std::vector<double> x = numbers(5);
  const auto want = tl::value_and_grad(chain)(x);
  const Eigen::VectorXd g = Eigen::Map<const Eigen::VectorXd>(want.gradient.data(), 5);
  const Eigen::VectorXd v = Eigen::Map<const Eigen::VectorXd>(x.data(), 5);
  CHECK(tl::grad(chain)(v).isApprox(g, 1e-15));
  CHECK(tl::grad(chain)(Eigen::RowVectorXd(v.transpose())).isApprox(g.transpose(), 1e-15));
  CHECK(tl::grad(chain)(Eigen::Matrix<double, 5, 1>(v)).isApprox(g, 1e-15));
  CHECK(tl::grad(chain)(v.array()).matrix().isApprox(g, 1e-15));
  Eigen::MatrixXd m(3, 5);
  m.row(1) = v.transpose();
  CHECK(tl::grad(chain)(m.row(1)).isApprox(g.transpose(), 1e-15));
  CHECK(tl::grad(chain)(m.transpose().col(1)).isApprox(g, 1e-15));
  CHECK(tl::grad(chain)(Eigen::VectorXf(v.cast<float>())).isApprox(g.cast<float>(), 1e-6F));
  CHECK(tl::grad(chain)(Eigen::VectorXd()).size() == 0);
}

TEST_CASE("second order of a matrix") {
  const Eigen::MatrixXd m = filled(3, 4), u = filled(4, 3).transpose();
  const auto second = tl::jvp(tl::grad(weighted), std::tuple{m}, std::tuple{u});
  const Eigen::MatrixXd g = copied(second.value), h = copied(second.tangent);
  CHECK(g.isApprox(plain_gradient(m), 1e-14));
  const Eigen::MatrixXd difference =
      (plain_gradient(m + 1e-5 * u) - plain_gradient(m - 1e-5 * u)) / 2e-5;
  CHECK(h.isApprox(difference, 1e-8));
  // The adjoint identity.
  const double slope = tl::jvp(weighted, std::tuple{m}, std::tuple{u}).tangent;
  close("adjoint", slope, g.cwiseProduct(u).sum(), 1e-14);
}

TEST_CASE("transforms of gradients return what the gradient returns") {
  constexpr auto f = [](auto x) {
    return tl::sum(x.size(), [&](auto i) { return sin(x[i]) * x[i] * x[i]; });
  };
  constexpr auto g = [](auto A, auto b) { return dot(b, tanh(A * b)); };
  const auto agrees = [](const auto& function, const auto& x, const auto& u) {
    using type = typename std::remove_cvref_t<decltype(x)>::PlainObject;
    const auto gradient = tl::grad(function);
    const auto [value, tangent] = tl::jvp(gradient, std::tuple{x}, std::tuple{u});
    STATIC_REQUIRE(std::is_same_v<decltype(value), const type>);
    STATIC_REQUIRE(std::is_same_v<decltype(tangent), const type>);
    CHECK(value.isApprox(gradient(x), 1e-14));
    const type difference = (gradient(type(x + 1e-5 * u)) - gradient(type(x - 1e-5 * u))) / 2e-5;
    CHECK(tangent.isApprox(difference, 1e-8));
    const type again = tl::evaluate(gradient)(x);
    STATIC_REQUIRE(std::is_same_v<decltype(tl::evaluate(gradient)(x)), type>);
    CHECK(again == value);
    // The Hessian is symmetric.
    const auto [same, pullback] = tl::vjp(gradient, x);
    STATIC_REQUIRE(std::is_same_v<std::remove_cvref_t<decltype(same)>, type>);
    CHECK(pullback(u).isApprox(tangent, 1e-12));
  };
  agrees(f, Eigen::VectorXd(Eigen::VectorXd::LinSpaced(4, 0.2, 0.9)),
         Eigen::VectorXd(Eigen::VectorXd::LinSpaced(4, -1.0, 1.0)));
  agrees(f, Eigen::RowVectorXd(Eigen::RowVectorXd::LinSpaced(4, 0.2, 0.9)),
         Eigen::RowVectorXd(Eigen::RowVectorXd::LinSpaced(4, -1.0, 1.0)));
  agrees(f, Eigen::Vector3d(0.1, 0.2, 0.3), Eigen::Vector3d(1, 2, -1));
  agrees(weighted, filled(3, 4), Eigen::MatrixXd(filled(4, 3).transpose()));
  agrees(weighted, row_major(filled(3, 4)), row_major(filled(4, 3).transpose()));
  agrees(weighted, Eigen::Matrix2d(filled(2, 2)), Eigen::Matrix2d(filled(2, 2).transpose()));
  const Eigen::MatrixXd m = filled(3, 4);
  agrees(weighted, m.block(0, 1, 2, 2), Eigen::MatrixXd(filled(2, 2)));

  const Eigen::Matrix2d A = filled(2, 2);
  const Eigen::VectorXd b = Eigen::VectorXd::Constant(2, 0.5), c = Eigen::VectorXd::Constant(2, 1);
  const auto two = tl::jvp(tl::grad(g), std::tuple{A, b}, std::tuple{A, c});
  STATIC_REQUIRE(
      std::is_same_v<decltype(two.tangent), std::tuple<Eigen::Matrix2d, Eigen::VectorXd>>);
  const auto gradient = [&](double t) {
    return std::get<1>(tl::grad(g)(Eigen::Matrix2d(A + t * A), Eigen::VectorXd(b + t * c)));
  };
  CHECK(std::get<1>(two.tangent)
            .isApprox(Eigen::VectorXd((gradient(1e-5) - gradient(-1e-5)) / 2e-5), 1e-8));
  const auto bound = tl::jvp(tl::grad(tl::bind_back(g, b)), std::tuple{A}, std::tuple{A});
  STATIC_REQUIRE(std::is_same_v<decltype(bound.tangent), Eigen::Matrix2d>);
  const auto behind = tl::jvp(tl::bind_back(tl::grad<0>(g), b), std::tuple{A}, std::tuple{A});
  STATIC_REQUIRE(std::is_same_v<decltype(behind.tangent), Eigen::Matrix2d>);
  CHECK(behind.tangent.isApprox(bound.tangent, 1e-14));
}

TEST_CASE("outputs: resized, of the other order, blocks") {
  const Eigen::MatrixXd m = filled(3, 4), want = plain_gradient(m);
  Eigen::MatrixXd g;
  tl::grad(weighted).into(g)(m);
  CHECK(g.isApprox(want, 1e-14));
  tl::grad(weighted).add_to(g)(m);
  CHECK(g.isApprox(2 * want, 1e-14));
  row_major r(1, 1);
  tl::grad(weighted).into(r)(m);
  CHECK(r.isApprox(want, 1e-14));
  Eigen::MatrixXd large = Eigen::MatrixXd::Constant(5, 6, 9);
  auto inner = large.block(1, 1, 3, 4);
  tl::grad(weighted).into(inner)(m);
  CHECK(large.block(1, 1, 3, 4).isApprox(want, 1e-14));
  CHECK(large.row(0).isConstant(9));
  CHECK(large.col(5).isConstant(9));
  large.setConstant(9);
  tl::grad(weighted).into(large.bottomRightCorner(3, 4))(m);  // without a name
  CHECK(large.bottomRightCorner(3, 4).isApprox(want, 1e-14));
  CHECK(large.topRows(2).isConstant(9));
  auto narrow = large.topRows(2);
  large.setConstant(9);
  CHECK_THROWS_AS(tl::grad(weighted).into(narrow)(m), std::invalid_argument);
  CHECK(large.isConstant(9));
  Eigen::MatrixXd same = m;
  CHECK_THROWS_AS(tl::grad(weighted).into(same)(same), std::invalid_argument);
  CHECK(same == m);
}
