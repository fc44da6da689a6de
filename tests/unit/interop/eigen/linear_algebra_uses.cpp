// SPDX-License-Identifier: BSL-1.0
// Routines of linear algebra beside the rest of the library: what they allocate, inspection,
// packets.
// FLAGS: -DEIGEN_RUNTIME_NO_MALLOC
#include <cstdlib>
// Eigen, which does not allocate by `new`, says so if it allocates.
#define eigen_assert(condition) ((condition) ? void() : std::abort())

#include <tapeless/inspect.hpp>
#include <tapeless/interop/eigen.hpp>
#include <tapeless/tapeless.hpp>

#include <cmath>
#include <cstddef>
#include <string>
#include <support/catch.hpp>
#include <support/counting_new.hpp>
#include <tuple>
#if __has_include(<xsimd/xsimd.hpp>)
#include <tapeless/interop/simd.hpp>
#define HAS_PACKETS
#endif

namespace tl = tapeless;

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr auto all = [](auto A, auto b) {
  const auto L = cholesky(A);
  return dot(b, solve(A, b)) + logdet(A) + det(A) + sum(inverse(A)) +
         squared_norm(solve_lower(L, b)) + sum(solve_upper_transposed(A, b));
};

/// Positive definite.
template <class M>
M matrix(int n) {
  M a(n, n);
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) a(i, j) = i == j ? 2 : 0.3 * std::sin(1.0 + i * j) / n;
  }
  return a;
}
template <class V>
V vector(int n) {
  V b(n);
  for (int i = 0; i < n; ++i) b(i) = std::cos(0.5 + i);
  return b;
}

}  // namespace

TEST_CASE("routines of linear algebra allocate nothing beside a workspace") {
  const MatrixXd a = matrix<MatrixXd>(6);
  const VectorXd b = vector<VectorXd>(6);
  MatrixXd of_a(6, 6);
  VectorXd of_b(6);
  const auto gradient = tl::value_and_grad(all);
  tl::workspace memory;
  const double first = gradient.into(of_a, of_b)(memory, a, b);
  int before = allocations;
  Eigen::internal::set_is_malloc_allowed(false);
  const double again = gradient.into(of_a, of_b)(memory, a, b);
  Eigen::internal::set_is_malloc_allowed(true);
  CHECK(allocations == before);
  CHECK(again == first);

  const Eigen::Matrix<double, 6, 6> fixed = a;
  const Eigen::Matrix<double, 6, 1> fixed_b = b;
  Eigen::Matrix<double, 6, 6> of_fixed;
  Eigen::Matrix<double, 6, 1> of_fixed_b;
  before = allocations;
  Eigen::internal::set_is_malloc_allowed(false);
  const double value = gradient.into(of_fixed, of_fixed_b)(fixed, fixed_b);
  Eigen::internal::set_is_malloc_allowed(true);
  CHECK(allocations == before);
  CHECK(value == Approx(first));
  CHECK((of_fixed - of_a).norm() < 1e-12);
  CHECK((of_fixed_b - of_b).norm() < 1e-12);
}

TEST_CASE("routines of linear algebra are named where programs are shown") {
  constexpr auto f = [](auto A, auto b) { return sum(solve(A, b)) + logdet(A) - det(A); };
  // The factors of a matrix are not a part of what was written.
  CHECK(tl::to_string<MatrixXd, VectorXd>(f) ==
        "sum(i < a0.rows(), solve(a0, a1)[i]) + logdet(a0) - det(a0)");
  constexpr auto g = [](auto A) { return det(A); };
  CHECK(tl::to_string<MatrixXd>(tl::grad(g)).find("cofactors(a0)") != std::string::npos);
  const std::string drawn = tl::to_dot<MatrixXd, VectorXd>(f);
  for (const char* name : {"\"lu\"", "\"solve\"", "\"logdet\"", "\"det\""}) {
    INFO(name);
    CHECK(drawn.find(name) != std::string::npos);
  }
  const std::string triangular =
      tl::to_string<MatrixXd, VectorXd>([](auto A, auto b) { return sum(solve_lower(A, b)); });
  CHECK(triangular.find("solve_lower(a0, a1)") != std::string::npos);
}

#ifdef HAS_PACKETS
TEST_CASE("routines of linear algebra beside packets") {
  constexpr auto mixed = [](auto A, auto b) { return all(A, tanh(b)) + sum(exp(A * b)); };
  for (const int n : {1, 3, 8, 21, 40}) {
    const MatrixXd a = matrix<MatrixXd>(n);
    const VectorXd b = vector<VectorXd>(n);
    const auto [value, slopes] = tl::value_and_grad(mixed)(a, b);
    const auto [packed, packed_slopes] = tl::value_and_grad(mixed, tl::simd)(a, b);
    CHECK(packed == Approx(value));
    CHECK((std::get<0>(packed_slopes) - std::get<0>(slopes)).norm() <=
          1e-11 * (1 + std::get<0>(slopes).norm()));
    CHECK((std::get<1>(packed_slopes) - std::get<1>(slopes)).norm() <=
          1e-11 * (1 + std::get<1>(slopes).norm()));
  }
}
#endif
