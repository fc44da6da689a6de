// SPDX-License-Identifier: BSL-1.0
// Programs of linear algebra written by tl::to_source return the same bits as the library's.

#include "generated_linear_algebra.hpp"  // before all others: it includes what it needs

#include <bit>
#include <cmath>
#include <cstdint>
#include <source/linear_algebra.hpp>
#include <stdexcept>
#include <support/catch.hpp>
#include <vector>

using namespace linear_algebra;

namespace {

template <class M = matrix>
M some_matrix(int rows, int cols, double start = 0.3) {
  return matrix::NullaryExpr(rows, cols, [start](Eigen::Index i, Eigen::Index j) {
    return std::sin(start + 1.3 * static_cast<double>(i) + 0.7 * static_cast<double>(j * j + j));
  });
}
/// Positive definite.
matrix covariance(int n) {
  const matrix a = some_matrix(n, n);
  return a * a.transpose() + matrix::Identity(n, n);
}

template <class M>
void append_bits(std::vector<std::uint64_t>& to, const M& m) {
  for (Eigen::Index i = 0; i < m.rows(); ++i) {
    for (Eigen::Index j = 0; j < m.cols(); ++j) to.push_back(std::bit_cast<std::uint64_t>(m(i, j)));
  }
}
template <class... M>
std::vector<std::uint64_t> bits(double value, const M&... m) {
  std::vector<std::uint64_t> all{std::bit_cast<std::uint64_t>(value)};
  (append_bits(all, m), ...);
  return all;
}

/// `source` writes value and gradient over copies of what the library returns.
template <class Function, class Source, class A, class B>
void compare(const Function& f, const Source& source, const A& a, const B& b) {
  auto [value, gradient] = tl::value_and_grad(f)(a, b);
  auto& [of_a, of_b] = gradient;
  const auto expected = bits(value, of_a, of_b);
  value = 7;
  of_a.setConstant(7);
  of_b.setConstant(7);
  source(a, b, value, of_a, of_b);
  CHECK(bits(value, of_a, of_b) == expected);
}
template <class Function, class Source, class A>
void compare(const Function& f, const Source& source, const A& a) {
  auto [value, of_a] = tl::value_and_grad(f)(a);
  const auto expected = bits(value, of_a);
  value = 7;
  of_a.setConstant(7);
  source(a, value, of_a);
  CHECK(bits(value, of_a) == expected);
}

}  // namespace

#define SOURCE(name) [](auto&&... a) { name##_source<double>(a...); }

TEST_CASE("products and their gradients, to the bit") {
  for (const int n : {1, 3, 5, 33}) {
    compare(product, SOURCE(product), some_matrix(n, 4), some_matrix<row_major>(4, 6, 0.7));
    compare(gram, SOURCE(gram), some_matrix(n, 5));
    compare(powers, SOURCE(powers), matrix(0.3 * some_matrix(n, n)), some_matrix(n, 3, 0.1));
  }
}

TEST_CASE("systems, determinants, inverses and Cholesky factors, to the bit") {
  for (const int n : {1, 3, 5, 40}) {
    const matrix s = covariance(n);
    compare(solution, SOURCE(solution), s, vector(some_matrix(n, 1)));
    compare(solutions, SOURCE(solutions), row_major(s), some_matrix(n, 3));
    compare(inverse_and_det, SOURCE(inverse_and_det), s);
    compare(normal, SOURCE(normal), s, vector(some_matrix(n, 1)));
    compare(triangular, SOURCE(triangular), s, some_matrix(n, 3));
  }
}

TEST_CASE("written programs refuse sizes that differ") {
  double value = 7;
  matrix of_a = matrix::Constant(3, 3, 7);
  vector of_b = vector::Constant(3, 7);
  CHECK_THROWS_AS(
      solution_source<double>(covariance(3), vector(some_matrix(4, 1)), value, of_a, of_b),
      std::invalid_argument);
  CHECK(value == 7);
  CHECK(of_a == matrix::Constant(3, 3, 7));
}
