// SPDX-License-Identifier: BSL-1.0
// Linear equations, inverses, determinants, Cholesky factors: against Eigen's own, by differences
// and by the adjoint identity; inside of loops; sizes 0 and 1, singular matrices, matrices that are
// not square. To second order: linear_algebra_laws.cpp.

#include "support/array_laws.hpp"
#include "support/mistakes.hpp"

#include <tapeless/interop/eigen.hpp>

#include <Eigen/Cholesky>
#include <Eigen/LU>

#include <array>
#include <limits>
#include <type_traits>

using namespace array_laws;

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using row_major = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr double infinity = std::numeric_limits<double>::infinity();

MatrixXd some_matrix(int rows, int cols, double start = 0.3) {
  return MatrixXd::NullaryExpr(rows, cols, [start](Eigen::Index i, Eigen::Index j) {
    return std::sin(start + 1.3 * static_cast<double>(i) + 0.7 * static_cast<double>(j * j + j));
  });
}
/// Its rows want to be exchanged, its determinant is negative for some sizes.
MatrixXd regular(int n) {
  MatrixXd a = some_matrix(n, n) / (n + 1);
  for (int i = 0; i < n; ++i) a(i, n - 1 - i) += 1.5;
  return a;
}
MatrixXd positive(int n) {
  MatrixXd a = some_matrix(n, n, 0.9) / (n + 1);
  return a + 2 * MatrixXd::Identity(n, n);
}
void near(const std::string& what, const auto& got, const auto& want, double tolerance = 1e-12) {
  INFO(what);
  REQUIRE((got.rows() == want.rows() && got.cols() == want.cols()));
  CHECK((got - want).norm() <= tolerance * (1 + want.norm()));
}
/// What is no argument's gradient comes as the library's own matrix.
MatrixXd copied(const tl::matrix<double>& m) {
  return Eigen::Map<const row_major>(m.data(), m.rows(), m.cols());
}
MatrixXd lower(const MatrixXd& a) { return a.triangularView<Eigen::Lower>(); }
MatrixXd upper(const MatrixXd& a) { return a.triangularView<Eigen::Upper>(); }

constexpr auto solutions = [](auto A, auto b) { return solve(A, b); };

}  // namespace

TEST_CASE("routines of linear algebra compute what Eigen does") {
  constexpr auto lower_solutions = [](auto A, auto b) { return solve_lower(A, b); };
  constexpr auto upper_solutions = [](auto A, auto b) { return solve_upper(A, b); };
  constexpr auto lower_transposed = [](auto A, auto b) { return solve_lower_transposed(A, b); };
  constexpr auto upper_transposed = [](auto A, auto b) { return solve_upper_transposed(A, b); };
  constexpr auto inverses = [](auto A) { return inverse(A); };
  constexpr auto determinants = [](auto A) { return det(A) + 3 * logdet(A); };
  constexpr auto factors = [](auto A) { return cholesky(A); };
  for (const int n : {0, 1, 2, 3, 5, 17, 33, 70}) {
    const std::string size = ", size " + std::to_string(n);
    const MatrixXd a = regular(n), p = positive(n), b = some_matrix(n, 4, 0.5);
    const row_major rows = a, columns_of_b = b;
    const VectorXd v = some_matrix(n, 1, 0.7);
    const MatrixXd x = a.partialPivLu().solve(b);
    near("solve" + size, copied(tl::evaluate(solutions)(a, b)), x);
    near("solve, by rows" + size, copied(tl::evaluate(solutions)(rows, columns_of_b)), x);
    const std::vector<double> one = tl::evaluate(solutions)(a, v);
    near("solve, vector" + size, Eigen::Map<const VectorXd>(one.data(), n),
         VectorXd(a.partialPivLu().solve(v)));
    near("solve_lower" + size, copied(tl::evaluate(lower_solutions)(p, b)),
         MatrixXd(lower(p).partialPivLu().solve(b)));
    near("solve_upper" + size, copied(tl::evaluate(upper_solutions)(row_major(p), b)),
         MatrixXd(upper(p).partialPivLu().solve(b)));
    near("solve_lower_transposed" + size, copied(tl::evaluate(lower_transposed)(p, b)),
         MatrixXd(lower(p).transpose().partialPivLu().solve(b)));
    near("solve_upper_transposed" + size, copied(tl::evaluate(upper_transposed)(p, b)),
         MatrixXd(upper(p).transpose().partialPivLu().solve(b)));
    near("inverse" + size, copied(tl::evaluate(inverses)(a)), MatrixXd(a.inverse()));
    const double determinant = n == 0 ? 1 : a.partialPivLu().determinant();
    close("det" + size, tl::evaluate(determinants)(a),
          determinant + 3 * std::log(std::abs(determinant)), 1e-12);
    const MatrixXd L = MatrixXd(p.selfadjointView<Eigen::Lower>()).llt().matrixL();
    near("cholesky" + size, copied(tl::evaluate(factors)(p)), L);
    near("cholesky, by rows" + size, copied(tl::evaluate(factors)(row_major(p))), L);
  }
}

TEST_CASE("adjoint identity of routines of linear algebra, larger sizes") {
  constexpr auto all = [](auto A, auto b) {
    const auto L = cholesky(A);
    return dot(col(b, 0), solve(A, col(b, 1))) + logdet(A) + sum(square(solve_lower(L, b))) +
           sum(sin(inverse(A))) + sum(solve(A, b));
  };
  for (const int n : {0, 1, 17, 33, 70}) {
    const MatrixXd a = positive(n), b = some_matrix(n, 3, 0.5), da = some_matrix(n, n, 2.1),
                   db = some_matrix(n, 3, 0.2);
    const auto [value, gradients] = tl::value_and_grad(all)(a, b);
    const auto& [of_a, of_b] = gradients;
    const auto [same, tangent] = tl::jvp(all, std::tuple{a, b}, std::tuple{da, db});
    close("value", same, value, 1e-13);
    close("adjoint identity, size " + std::to_string(n), tangent,
          of_a.cwiseProduct(da).sum() + of_b.cwiseProduct(db).sum(), 1e-11);
    constexpr double h = 1e-4;
    const auto at = [&](double step) {
      return tl::evaluate(all)(MatrixXd(a + step * da), MatrixXd(b + step * db));
    };
    close("differences", tangent, (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h),
          1e-8);
  }
}

TEST_CASE("sizes known at compile time, blocks, maps with gaps, float") {
  constexpr auto f = [](auto A, auto b) { return dot(b, solve(A, b)) + logdet(A); };
  const Eigen::Matrix3d a = positive(3);
  const Eigen::Vector3d b = some_matrix(3, 1);
  const VectorXd x = a.partialPivLu().solve(b);
  const VectorXd y = a.transpose().partialPivLu().solve(b);
  const MatrixXd want = MatrixXd(a.inverse().transpose()) - y * x.transpose();
  const auto slope = tl::grad<0>(f)(a, b);
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(slope)>, Eigen::Matrix3d>);
  near("fixed", slope, want);

  MatrixXd big = some_matrix(7, 8);
  big.block(2, 3, 3, 3) = a;
  near("block", MatrixXd(tl::grad<0>(f)(big.block(2, 3, 3, 3), b)), want);
  std::vector<double> gaps(40, 7.0);
  Eigen::Map<MatrixXd, 0, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>> map(
      gaps.data(), 3, 3, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>(11, 2));
  map = a;
  near("gaps", MatrixXd(tl::grad<0>(f)(map, b)), want);
  constexpr auto triangular = [](auto A, auto v) { return sum(solve_lower(A, v)); };
  close("triangle with gaps", tl::evaluate(triangular)(map, b),
        lower(a).partialPivLu().solve(MatrixXd(b)).sum(), 1e-13);
  const std::array<std::array<double, 2>, 2> nested{{{2, 1}, {0, 4}}};
  CHECK((tl::grad([](auto A) { return logdet(A); })(nested) ==
         std::array<std::array<double, 2>, 2>{{{0.5, 0}, {-0.125, 0.25}}}));
  const Eigen::MatrixXf single = a.cast<float>();
  close("float",
        static_cast<double>(tl::grad<0>(f)(single, Eigen::VectorXf(b.cast<float>()))(1, 2)),
        want(1, 2), 1e-5);

  Eigen::Matrix3d into;
  tl::grad<0>(f).into(into)(a, b);
  near("into", into, want);
}

TEST_CASE("routines inside of loops, and of what loops make") {
  constexpr auto steps = [](auto A, auto v) {
    return sum(tl::fold(3, v, [&](auto s, auto) { return tanh(solve(A + outer(s, s), s)) + v; }));
  };
  constexpr auto each = [](auto A, auto v) {
    return tl::sum(v.size(), [&](auto i) {
      return 0.1 * v[i] * logdet(A + square(v[i]) * A) + 0.01 * det(v[i] * A);
    });
  };
  constexpr auto chosen = [](auto A, auto v) {
    return tl::cond(v[0] > 0, [&] { return logdet(A); }, [&] { return sum(solve(A, v)); });
  };
  const auto hold_all = [](const std::string& name, const auto& f, double first) {
    for (const int n : {1, 2, 4}) {
      const MatrixXd a = positive(n);
      VectorXd v = some_matrix(n, 1, 0.7);
      v[0] = first;
      const auto [of_a, of_v] = tl::grad(f)(a, v);
      const MatrixXd da = some_matrix(n, n, 2.1), dv = some_matrix(n, 1, 0.2);
      const auto tangent = tl::jvp(f, std::tuple{a, v}, std::tuple{da, VectorXd(dv)}).tangent;
      constexpr double h = 1e-4;
      const auto at = [&](double step) {
        return tl::evaluate(f)(MatrixXd(a + step * da), VectorXd(v + step * dv));
      };
      const std::string what = name + ", size " + std::to_string(n);
      close(what, tangent, (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h), 1e-8);
      close(what + ", gradient", of_a.cwiseProduct(da).sum() + of_v.dot(dv.col(0)), tangent, 1e-11);
    }
  };
  hold_all("fold", steps, 0.4);
  hold_all("loop", each, 0.4);
  hold_all("branch", chosen, 0.4);
  hold_all("other branch", chosen, -0.4);
}

TEST_CASE("the gradient of a determinant is made of cofactors, also where it is 0") {
  constexpr auto determinant = [](auto A) { return det(A); };
  const auto expected = [](const MatrixXd& a) {
    const Eigen::Index n = a.rows();
    MatrixXd all(n, n), minor(n - 1, n - 1);
    for (Eigen::Index i = 0; i < n; ++i) {
      for (Eigen::Index j = 0; j < n; ++j) {
        for (Eigen::Index k = 0; k + 1 < n; ++k) {
          for (Eigen::Index l = 0; l + 1 < n; ++l) minor(k, l) = a(k + (k >= i), l + (l >= j));
        }
        all(i, j) = ((i + j) % 2 == 0 ? 1 : -1) * (n == 1 ? 1.0 : minor.determinant());
      }
    }
    return all;
  };
  MatrixXd exchanged = MatrixXd::Zero(2, 2), same_rows(2, 2), of_whole_numbers(3, 3);
  exchanged(0, 1) = 3;
  same_rows << 1, 2, 2, 4;
  of_whole_numbers << 1, 2, 3, 4, 5, 6, 7, 8, 9;
  near("one element", MatrixXd(tl::grad(determinant)(MatrixXd(MatrixXd::Zero(1, 1)))),
       MatrixXd(MatrixXd::Ones(1, 1)));
  for (const MatrixXd& a : {exchanged, same_rows, of_whole_numbers}) {
    near("whole numbers", MatrixXd(tl::grad(determinant)(a)), expected(a));
  }
  for (const int n : {2, 3, 4, 7, 12, 34}) {
    const std::string size = ", size " + std::to_string(n);
    MatrixXd a = regular(n);
    near("regular" + size, MatrixXd(tl::grad(determinant)(a)), expected(a));
    near("regular, by rows" + size, MatrixXd(tl::grad(determinant)(row_major(a))), expected(a));
    a.row(n - 1) = a.row(0);
    near("equal rows" + size, MatrixXd(tl::grad(determinant)(a)), expected(a));
    a.row(n - 1).setZero();
    near("zero row" + size, MatrixXd(tl::grad(determinant)(a)), expected(a));
    a.col(0) = a.col(n - 1);
    near("zero row and equal columns" + size, MatrixXd(tl::grad(determinant)(a)), expected(a));
    a.setZero();
    for (int i = 1; i < n; ++i) a(i - 1, i) = 1 + 0.1 * i;  // nothing on the diagonal, rank n - 1
    near("shifted" + size, MatrixXd(tl::grad(determinant)(a)), expected(a));
    a(0, 1) = 0;
    CHECK(tl::grad(determinant)(a).isZero(0));
  }
  const auto [value, slope] = tl::jvp(determinant, std::tuple{same_rows}, std::tuple{exchanged});
  CHECK(value == 0);
  CHECK(slope == Approx(-2 * 3));
}

TEST_CASE("routines of linear algebra at their edges") {
  constexpr auto logarithm = [](auto A) { return logdet(A); };
  constexpr auto determinant = [](auto A) { return det(A); };
  MatrixXd singular(2, 2);
  singular << 1, 2, 2, 4;
  CHECK(tl::evaluate(logarithm)(singular) == -infinity);
  CHECK(tl::evaluate(determinant)(singular) == 0);
  CHECK(!tl::grad(logarithm)(singular).allFinite());
  const std::vector<double> x = tl::evaluate(solutions)(singular, VectorXd(VectorXd::Ones(2)));
  CHECK(!std::isfinite(x[0]));
  constexpr auto root = [](auto A) { return sum(cholesky(A)); };
  MatrixXd indefinite(2, 2);
  indefinite << 1, 7, 2, 1;
  CHECK(std::isnan(tl::evaluate(root)(indefinite)));
  const MatrixXd nothing(0, 0);
  CHECK(tl::evaluate(logarithm)(nothing) == 0);
  CHECK(tl::evaluate(determinant)(nothing) == 1);
  CHECK(tl::grad(determinant)(nothing).size() == 0);

  const MatrixXd wide = some_matrix(2, 3), square = positive(3);
  MatrixXd gradient = some_matrix(2, 2);
  const MatrixXd before = gradient;
  CHECK(mistake([&] { tl::grad(logarithm).into(gradient)(wide); }) ==
        "tapeless: sizes differ in logdet: argument 0 has 2 elements (rows), argument 0 has 3 "
        "columns");
  CHECK(gradient == before);
  CHECK(mistake([&] { tl::evaluate(solutions)(square, VectorXd(VectorXd::Ones(2))); }) ==
        "tapeless: sizes differ in solve: argument 0 has 3 elements (rows), argument 1 has 2 "
        "elements (rows)");
  CHECK(contains(mistake([&] { tl::evaluate(root)(wide); }), "sizes differ in cholesky"));
}

TEST_CASE("linear algebra of variables and captured matrices") {
  constexpr tl::variable<"X"> X;
  constexpr tl::variable<"v"> v;
  constexpr auto gauss = 0.5 * dot(v, solve(X, v)) + 0.5 * logdet(X);
  const MatrixXd a = positive(5);
  const VectorXd b = some_matrix(5, 1);
  const VectorXd want = 0.5 * (a.partialPivLu().solve(b) + a.transpose().partialPivLu().solve(b));
  const VectorXd slope = tl::grad<v>(gauss)(X = a, v = b);
  near("variables", slope, want);
  const VectorXd same = tl::grad([&a](auto y) { return 0.5 * dot(y, solve(a, y)); })(b);
  near("captured", same, want);
}
