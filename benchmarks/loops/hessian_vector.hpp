// SPDX-License-Identifier: BSL-1.0
// Products of a Hessian with a direction v, by differentiating the gradients in that direction:
//   rosenbrock, with u[i] = v[i+1] - 2 x[i] v[i], the derivative of x[i+1] - x[i]^2:
//     product[i] = 200 u[i-1] - 400 (u[i] x[i] + (x[i+1] - x[i]^2) v[i]) + 2 v[i]
//   regression: product = 2 X^T (X v), whatever w and y are
//   log_sum_exp, with p its gradient: product[i] = p[i] (v[i] - sum of p[j] v[j])
// Shapes: x, v, product [n]; for regression v, product [m] and X[n][m].
#pragma once
#include "log_sum_exp.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace bench::loops::hessian_vector {

inline void rosenbrock(const double* x, const double* v, std::size_t n, double* product) {
  double carried = 0;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    const double valley = x[i + 1] - x[i] * x[i];
    const double tangent = v[i + 1] - 2 * x[i] * v[i];
    product[i] = carried - 400 * (tangent * x[i] + valley * v[i]) + 2 * v[i];
    carried = 200 * tangent;
  }
  if (n > 0) product[n - 1] = carried;
}

inline void regression(const double* v, const double* X, std::size_t n, std::size_t m,
                       double* product) {
  std::fill(product, product + m, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    const double* row = X + i * m;
    double tangent = 0;
    for (std::size_t j = 0; j < m; ++j) tangent += row[j] * v[j];
    for (std::size_t j = 0; j < m; ++j) product[j] += 2 * tangent * row[j];
  }
}

inline void log_sum_exp(const double* x, const double* v, std::size_t n, double* product) {
  loops::log_sum_exp::scalar(x, n, product);
  double mean = 0;
  for (std::size_t i = 0; i < n; ++i) mean += product[i] * v[i];
  for (std::size_t i = 0; i < n; ++i) product[i] *= v[i] - mean;
}

}  // namespace bench::loops::hessian_vector
