// SPDX-License-Identifier: BSL-1.0
// Least squares: with r = X w - y, value = sum of r[i]^2 and gradient = 2 X^T r, of w.
// Shapes: w[m], X[n][m] row by row, y[n], gradient[m]; n = 0 gives 0.
#pragma once
#include "packet.hpp"

#include <algorithm>

namespace bench::loops::regression {

inline double scalar(const double* w, const double* X, const double* y, std::size_t n,
                     std::size_t m, double* gradient) {
  std::fill(gradient, gradient + m, 0.0);
  double value = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double* row = X + i * m;
    double r = -y[i];
    for (std::size_t j = 0; j < m; ++j) r += row[j] * w[j];
    value += r * r;
    for (std::size_t j = 0; j < m; ++j) gradient[j] += 2 * r * row[j];
  }
  return value;
}

/// As many rows at once as a packet has lanes: their dot products are summed across lanes together,
/// and each packet of w and of the gradient is fetched once for all of them. The packet at the end
/// of a row overlaps the one before; what it has twice is zero in `w_end`, unused in `end`.
inline double packet(const double* w, const double* X, const double* y, std::size_t n,
                     std::size_t m, double* gradient) {
  if (m < lanes) return scalar(w, X, y, n, m, gradient);
  const std::size_t whole = m - m % lanes;
  double w_end[lanes] = {};
  std::copy(w + whole, w + m, w_end + lanes - (m - whole));
  const batch w_last = load(w_end);
  const std::size_t last = m - lanes;

  std::fill(gradient, gradient + m, 0.0);
  batch values = 0.0;
  batch gradient_last = 0.0;
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    const double* rows = X + i * m;
    batch dots[lanes];
    unrolled<lanes>([&](auto k) { dots[k] = load(rows + k * m + last) * w_last; });
    for (std::size_t j = 0; j < whole; j += lanes) {
      const batch here = load(w + j);
      unrolled<lanes>([&](auto k) { dots[k] = fma(load(rows + k * m + j), here, dots[k]); });
    }
    const batch r = xsimd::haddp(dots) - load(y + i);
    values = fma(r, r, values);
    double weights[lanes];
    store(weights, r + r);
    batch each[lanes];
    unrolled<lanes>([&](auto k) { each[k] = batch(weights[k]); });
    for (std::size_t j = 0; j < whole; j += lanes) {
      batch even = load(gradient + j);
      batch odd = 0.0;
      unrolled<lanes / 2>([&](auto k) {
        even = fma(each[2 * k], load(rows + 2 * k * m + j), even);
        odd = fma(each[2 * k + 1], load(rows + (2 * k + 1) * m + j), odd);
      });
      store(gradient + j, even + odd);
    }
    unrolled<lanes>(
        [&](auto k) { gradient_last = fma(each[k], load(rows + k * m + last), gradient_last); });
  }
  double value = total(values);
  double end[lanes];
  store(end, gradient_last);
  for (std::size_t j = whole; j < m; ++j) gradient[j] += end[j - last];
  for (; i < n; ++i) {
    const double* row = X + i * m;
    batch dot = load(row + last) * w_last;
    for (std::size_t j = 0; j < whole; j += lanes) dot = fma(load(row + j), load(w + j), dot);
    const double r = total(dot) - y[i];
    value += r * r;
    const batch weight = 2 * r;
    for (std::size_t j = 0; j < whole; j += lanes)
      store(gradient + j, fma(weight, load(row + j), load(gradient + j)));
    for (std::size_t j = whole; j < m; ++j) gradient[j] += 2 * r * row[j];
  }
  return value;
}

template <class T>
T generic(const T* w, const double* X, const double* y, std::size_t n, std::size_t m) {
  T value = 0;
  for (std::size_t i = 0; i < n; ++i) {
    T r = -y[i];
    for (std::size_t j = 0; j < m; ++j) r += X[i * m + j] * w[j];
    value += r * r;
  }
  return value;
}

}  // namespace bench::loops::regression
