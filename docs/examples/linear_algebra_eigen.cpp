// SPDX-License-Identifier: BSL-1.0
// The examples of docs/reference/arrays.md, Linear algebra.
#include <tapeless/interop/eigen.hpp>
#include <tapeless/tapeless.hpp>

#include <cassert>
#include <cmath>

namespace tl = tapeless;

namespace {

void gaussian() {
  // [gaussian]
  constexpr auto gaussian = [](auto S, auto x) {  // minus the log of the density, but a constant
    return 0.5 * dot(x, solve(S, x)) + 0.5 * logdet(S);
  };
  Eigen::Matrix2d S;
  S << 2, 0, 0, 4;
  const Eigen::Vector2d x(2, 4);
  const auto [value, gradients] = tl::value_and_grad(gaussian)(S, x);
  assert(value == 0.5 * (4.0 / 2 + 16.0 / 4) + 0.5 * std::log(8.0));
  const auto& [of_S, of_x] = gradients;
  assert(of_x == Eigen::Vector2d(1, 1));  // S^-1 x
  assert(of_S(0, 0) == 0.5 * (-1 + 0.5) && of_S(0, 1) == -0.5);
  // [end]
}

void cholesky() {
  // [cholesky]
  constexpr auto same = [](auto S, auto x) {
    const auto L = cholesky(S);
    return 0.5 * squared_norm(solve_lower(L, x)) + sum(log(diagonal(L)));
  };
  const Eigen::MatrixXd S = Eigen::Vector2d(4, 16).asDiagonal();
  const Eigen::VectorXd x = Eigen::Vector2d(2, 4);
  assert(std::abs(tl::evaluate(same)(S, x) - (1 + std::log(8.0))) < 1e-14);
  const Eigen::MatrixXd of_S = tl::grad<0>(same)(S, x);
  assert(of_S(0, 1) == 0);  // only the lower triangle is read
  // [end]
}

}  // namespace

int main() {
  gaussian();
  cholesky();
}
