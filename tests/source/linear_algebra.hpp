// SPDX-License-Identifier: BSL-1.0
// The functions of Eigen's matrices whose programs are written, compiled and compared.
#pragma once

#include <tapeless/interop/eigen.hpp>
#include <tapeless/tapeless.hpp>

#include <Eigen/Core>

namespace linear_algebra {

namespace tl = tapeless;

using matrix = Eigen::MatrixXd;
using vector = Eigen::VectorXd;
using row_major = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

inline constexpr auto product = [](auto A, auto B) { return sum(square(A * B)); };
inline constexpr auto gram = [](auto A) { return sum(square(transpose(A) * A)); };
inline constexpr auto powers = [](auto A, auto S) {
  return sum(square(tl::fold(3, S, [&](auto s, auto) { return tanh(A * s); })));
};
inline constexpr auto solution = [](auto A, auto b) {
  return sum(square(solve(A, b))) + logdet(A);
};
inline constexpr auto solutions = [](auto A, auto B) { return sum(square(solve(A, B))); };
inline constexpr auto inverse_and_det = [](auto A) { return sum(square(inverse(A))) * det(A); };
/// The log density of a normal distribution, but for a constant.
inline constexpr auto normal = [](auto S, auto x) {
  const auto L = cholesky(S);
  const auto z = solve_lower(L, x);
  return -0.5 * dot(z, z) - sum(log(diagonal(L)));
};
inline constexpr auto triangular = [](auto A, auto B) {
  return sum(square(solve_upper(A, B))) + sum(solve_lower(transpose(A), B));
};

}  // namespace linear_algebra
