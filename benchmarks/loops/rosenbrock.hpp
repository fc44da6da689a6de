// SPDX-License-Identifier: BSL-1.0
// The chained Rosenbrock function: with v[i] = x[i+1] - x[i]^2,
//   value = sum over i < n-1 of 100 v[i]^2 + (1 - x[i])^2
//   gradient[i] = 200 v[i-1] - 400 v[i] x[i] - 2 (1 - x[i]), without the terms that do not exist.
// Shapes: x[n], gradient[n]; n = 0 and n = 1 give 0.
#pragma once
#include "packet.hpp"

namespace bench::loops::rosenbrock {

/// The entries from `begin` on; `carried` is what the term before adds to the first of them.
inline double from(std::size_t begin, double carried, const double* x, std::size_t n,
                   double* gradient) {
  double value = 0;
  for (std::size_t i = begin; i + 1 < n; ++i) {
    const double valley = x[i + 1] - x[i] * x[i];
    const double distance = 1 - x[i];
    value += 100 * (valley * valley) + distance * distance;
    gradient[i] = carried - 400 * valley * x[i] - 2 * distance;
    carried = 200 * valley;
  }
  if (n > 0) gradient[n - 1] = carried;
  return value;
}

inline double scalar(const double* x, std::size_t n, double* gradient) {
  return from(0, 0, x, n, gradient);
}

/// The valley of the entry before is computed again: cheaper than to move it across lanes.
inline double packet(const double* x, std::size_t n, double* gradient) {
  if (n < lanes + 2) return scalar(x, n, gradient);
  batch valleys = 0.0;
  batch distances = 0.0;
  double valley = x[1] - x[0] * x[0];
  double value = 100 * (valley * valley) + (1 - x[0]) * (1 - x[0]);
  gradient[0] = -400 * valley * x[0] - 2 * (1 - x[0]);
  std::size_t i = 1;
  for (; i + lanes < n; i += lanes) {
    const batch before = load(x + i - 1);
    const batch here = load(x + i);
    const batch valley_before = fma(-before, before, here);
    const batch valley_here = fma(-here, here, load(x + i + 1));
    const batch distance = 1.0 - here;
    valleys = fma(valley_here, valley_here, valleys);
    distances = fma(distance, distance, distances);
    const batch twice = fma(200.0 * valley_here, here, distance);
    store(gradient + i, fma(-2.0, twice, 200.0 * valley_before));
  }
  value += total(fma(100.0, valleys, distances));
  valley = x[i] - x[i - 1] * x[i - 1];
  return value + from(i, 200 * valley, x, n, gradient);
}

template <class T>
T generic(const T* x, std::size_t n) {
  T value = 0;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    T valley = x[i + 1] - x[i] * x[i];
    T distance = 1 - x[i];
    value += 100 * (valley * valley) + distance * distance;
  }
  return value;
}

}  // namespace bench::loops::rosenbrock
