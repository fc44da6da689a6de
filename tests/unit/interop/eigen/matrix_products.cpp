// SPDX-License-Identifier: BSL-1.0
// Products of Eigen's matrices, which are Eigen's work: values and gradients against its own, both
// storage orders, transposes, gaps, loops around them, second order; sums of them, which are none.

#include "support/array_laws.hpp"

#include <tapeless/inspect.hpp>
#include <tapeless/interop/eigen.hpp>

#include <Eigen/Core>

#include <algorithm>

using namespace array_laws;

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using row_major = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

MatrixXd some_matrix(int rows, int cols, double start = 0.3) {
  return MatrixXd::NullaryExpr(rows, cols, [start](Eigen::Index i, Eigen::Index j) {
    return std::sin(start + 1.3 * static_cast<double>(i) + 0.7 * static_cast<double>(j * j + j));
  });
}
void near(const std::string& what, const auto& got, const auto& want, double tolerance = 1e-12) {
  INFO(what);
  REQUIRE((got.rows() == want.rows() && got.cols() == want.cols()));
  CHECK((got - want).norm() <= tolerance * (1 + want.norm()));
}
bool has_routine(const std::string& text) { return text.find("product") != text.npos; }

constexpr auto product = [](auto A, auto B) { return A * B; };
constexpr auto squares = [](auto A, auto B) { return sum(square(A * B)); };
constexpr auto of_transposes = [](auto A, auto B) {
  return sum(square(transpose(A) * A)) + sum(square(B * transpose(B)));
};

}  // namespace

TEST_CASE("products of Eigen's matrices are computed by Eigen") {
  CHECK(has_routine(tl::to_string<MatrixXd, MatrixXd>(squares)));
  CHECK(has_routine(tl::to_string<row_major, Eigen::Matrix3d>(squares)));
  for (const int n : {0, 1, 2, 5, 17, 40}) {
    for (const int k : {0, 1, 3, 33}) {
      const MatrixXd a = some_matrix(n, k), b = some_matrix(k, 4, 0.7);
      const std::string size = std::to_string(n) + " x " + std::to_string(k);
      const auto p = tl::evaluate(product)(a, b);
      near(size, MatrixXd(Eigen::Map<const row_major>(p.data(), n, 4)), MatrixXd(a * b));
      const auto [of_a, of_b] = tl::grad(squares)(a, row_major(b));
      near(size + ", first", of_a, MatrixXd(2 * (a * b) * b.transpose()));
      near(size + ", second", of_b, row_major(2 * a.transpose() * (a * b)));
      const auto [of_first, of_second] = tl::grad(of_transposes)(row_major(a), b);
      near(size + ", first", of_first, row_major(4 * a * (a.transpose() * a)));
      near(size + ", second", of_second, MatrixXd(4 * (b * b.transpose()) * b));
    }
  }
}

TEST_CASE("sums and traces of products, products of few numbers and of other arrays are loops") {
  constexpr auto total = [](auto A, auto B) { return sum(A * B); };
  constexpr auto traces = [](auto A, auto B) { return trace(transpose(A) * B); };
  CHECK(!has_routine(tl::to_string<MatrixXd, MatrixXd>(total)));
  CHECK(!has_routine(tl::to_string<MatrixXd, MatrixXd>(traces)));
  CHECK(!has_routine(tl::to_string<MatrixXd, MatrixXd>(tl::grad(total))));
  CHECK(!has_routine(tl::to_string<Eigen::Matrix4d, Eigen::Matrix4d>(squares)));
  CHECK(!has_routine(tl::to_string<tl::matrix<double>, tl::matrix<double>>(squares)));
  CHECK(!has_routine(tl::to_string<MatrixXd, VectorXd>(
      [](auto A, auto x) { return sum(square(A * (transpose(A) * x))); })));
  const MatrixXd a = some_matrix(7, 5), b = some_matrix(5, 6, 0.7);
  const auto [of_a, of_b] = tl::grad(total)(a, b);
  near("sum", of_a, MatrixXd(VectorXd::Ones(7) * b.rowwise().sum().transpose()));
  near("sum", of_b, MatrixXd(a.colwise().sum().transpose() * Eigen::RowVectorXd::Ones(6)));
  near("trace", tl::grad<0>(traces)(a, a), a);
}

TEST_CASE("a network of two layers, to second order") {
  constexpr auto network = [](auto x, auto W, auto X) {
    const auto V = W + reshape(x, W.rows(), W.cols());
    return sum(square(tanh(X * V) * transpose(V)));
  };
  for (const int n : {1, 2, 4}) {
    hold_with_data("network, size " + std::to_string(n), network, numbers(n * 3),
                   some_matrix(n, 3, 0.9), some_matrix(5, n, 0.4));
  }
}

TEST_CASE("products of matrices with gaps, of blocks, of float, in loops") {
  const MatrixXd a = some_matrix(5, 3), b = some_matrix(3, 4, 0.7);
  const MatrixXd want = 2 * (a * b) * b.transpose();
  std::vector<double> gaps(90, 7.0);
  Eigen::Map<MatrixXd, 0, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>> map(
      gaps.data(), 5, 3, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>(17, 2));
  map = a;
  near("gaps", MatrixXd(tl::grad<0>(squares)(map, b)), want);
  MatrixXd big = some_matrix(9, 9);
  big.block(1, 2, 5, 3) = a;
  near("block", MatrixXd(tl::grad<0>(squares)(big.block(1, 2, 5, 3), b)), want);
  near("transposed argument",
       MatrixXd(tl::grad<0>(squares)(MatrixXd(a.transpose()).transpose(), b)), want);
  constexpr auto part = [](auto A, auto B) {  // the first two columns of A, transposed
    return sum(square(tl::generate(2, A.rows(), [&](auto i, auto j) { return A(j, i); }) * B));
  };
  const MatrixXd head = a.leftCols(2), c = some_matrix(5, 4, 0.2);
  MatrixXd of_part = MatrixXd::Zero(5, 3);
  of_part.leftCols(2) = 2 * c * (head.transpose() * c).transpose();
  near("part of a transpose", tl::grad<0>(part)(a, c), of_part);
  near("float",
       MatrixXd(tl::grad<0>(squares)(a.cast<float>().eval(), b.cast<float>().eval())
                    .template cast<double>()),
       want, 1e-5);

  constexpr auto powers = [](auto A, auto S) {
    return sum(square(tl::fold(3, S, [&](auto s, auto) { return tanh(A * s); })));
  };
  const MatrixXd q = 0.3 * some_matrix(6, 6), s = some_matrix(6, 4, 0.1),
                 dq = some_matrix(6, 6, 2.1), ds = some_matrix(6, 4, 0.2);
  const auto [of_q, of_s] = tl::grad(powers)(q, s);
  const auto at = [&](double h) {
    return tl::evaluate(powers)(MatrixXd(q + h * dq), MatrixXd(s + h * ds));
  };
  constexpr double h = 1e-4;
  close("fold", of_q.cwiseProduct(dq).sum() + of_s.cwiseProduct(ds).sum(),
        (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h), 1e-8);
}

TEST_CASE("products of matrices with gaps are computed piece by piece") {
  using strides = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;
  using map = Eigen::Map<MatrixXd, 0, strides>;
  for (const int n : {1, 31, 32, 33, 70}) {
    const int k = 71 - n, m = 33;
    std::vector<double> of_a(6000), of_b(6000), of_da(6000, 7.0), of_db(6000, 7.0);
    map a(of_a.data(), n, k, strides(2 * n + 1, 2)), b(of_b.data(), k, m, strides(2, 2 * m + 1));
    map da(of_da.data(), n, k, strides(2 * n + 1, 2)), db(of_db.data(), k, m, strides(2, 2 * m));
    a = some_matrix(n, k), b = some_matrix(k, m, 0.7);
    const MatrixXd p = a * b, want_a = 2 * p * b.transpose(), want_b = 2 * a.transpose() * p;
    const std::string size = std::to_string(n) + " x " + std::to_string(k);
    tl::grad(squares).into(da, db)(a, b);
    near(size + ", first", MatrixXd(da), want_a);
    near(size + ", second", MatrixXd(db), want_b);
    tl::grad(squares).add_to(da, db)(a, b);
    near(size + ", first, added", MatrixXd(da), MatrixXd(2 * want_a));
    near(size + ", second, added", MatrixXd(db), MatrixXd(2 * want_b));
    CHECK(std::count(of_da.begin(), of_da.end(), 7.0) == 6000 - n * k);
    CHECK(std::count(of_db.begin(), of_db.end(), 7.0) == 6000 - k * m);
  }
}

TEST_CASE("products are written to, and added to, the caller's matrices") {
  const MatrixXd a = some_matrix(5, 3), b = some_matrix(3, 4, 0.7);
  const MatrixXd want = 2 * (a * b) * b.transpose(), before = some_matrix(5, 3, 0.1);
  MatrixXd columns = before;
  row_major rows = before;
  std::vector<double> memory(90, 7.0);
  Eigen::Map<MatrixXd, 0, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>> gaps(
      memory.data(), 5, 3, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>(17, 2));
  gaps = before;
  tl::grad<0>(squares).add_to(columns)(a, b);
  tl::grad<0>(squares).add_to(rows)(a, b);
  tl::grad<0>(squares).add_to(gaps)(a, b);
  near("columns, added", columns, MatrixXd(before + want));
  near("rows, added", MatrixXd(rows), MatrixXd(before + want));
  near("gaps, added", MatrixXd(gaps), MatrixXd(before + want));
  tl::grad<0>(squares).into(columns)(a, b);
  tl::grad<0>(squares).into(rows)(a, b);
  tl::grad<0>(squares).into(gaps)(a, b);
  near("columns", columns, want);
  near("rows", MatrixXd(rows), want);
  near("gaps", MatrixXd(gaps), want);
  CHECK(std::count(memory.begin(), memory.end(), 7.0) == 90 - 15);
}

TEST_CASE("products of matrices in expressions, beside captured matrices") {
  constexpr tl::variable<"A"> A;
  constexpr tl::variable<"B"> B;
  constexpr auto e = sum(square(A * B));
  const MatrixXd a = some_matrix(5, 3), b = some_matrix(3, 4, 0.7);
  const MatrixXd want = 2 * (a * b) * b.transpose();
  const MatrixXd slope = tl::grad<A>(e)(A = a, B = b);
  near("variables", slope, want);
  const MatrixXd same = tl::grad([&b](auto x) { return sum(square(x * b)); })(a);
  near("captured", same, want);
}

TEST_CASE("cotangents and tangents whose sizes are in their types") {
  const auto cubes = [](auto x) { return sum(x * x * x); };
  const Eigen::Vector2d x(1, 2), w(1, 1);
  const VectorXd dynamic = x;
  CHECK(tl::vjp(tl::grad(cubes), x).pullback(w)[1] == 12);
  CHECK(tl::jvp(tl::grad(cubes), std::tuple{dynamic}, std::tuple{w}).tangent[0] == 6);
  CHECK_THROWS_AS(tl::vjp(tl::grad(cubes), dynamic).pullback(Eigen::Vector3d(1, 1, 1)),
                  std::invalid_argument);
}
