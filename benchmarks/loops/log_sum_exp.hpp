// SPDX-License-Identifier: BSL-1.0
// value = log(sum of exp(x[i])), computed as m + log(sum of exp(x[i] - m)) with m the largest x[i],
// so that nothing overflows;  gradient[i] = exp(x[i] - m) / sum.  Shapes: x[n], gradient[n]; n = 0
// gives -infinity. The gradient holds the exponentials between the passes.
#pragma once
#include "packet.hpp"
#include "primal.hpp"

#include <algorithm>
#include <limits>

namespace bench::loops::log_sum_exp {

inline constexpr double lowest = -std::numeric_limits<double>::infinity();

inline double scalar(const double* x, std::size_t n, double* gradient) {
  if (n == 0) return lowest;
  double shift = lowest;
  for (std::size_t i = 0; i < n; ++i) shift = std::max(shift, x[i]);
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    gradient[i] = std::exp(x[i] - shift);
    sum += gradient[i];
  }
  const double scale = 1 / sum;
  for (std::size_t i = 0; i < n; ++i) gradient[i] *= scale;
  return shift + std::log(sum);
}

inline double packet(const double* x, std::size_t n, double* gradient) {
  if (n < lanes) return scalar(x, n, gradient);
  const std::size_t whole = n - n % lanes;
  batch largest = load(x + n - lanes);  // the packet at the end covers what is left over
  for (std::size_t i = 0; i < whole; i += lanes) largest = xsimd::max(largest, load(x + i));
  double each[lanes];
  store(each, largest);
  const double shift = *std::max_element(each, each + lanes);
  batch sums = 0.0;
  for (std::size_t i = 0; i < whole; i += lanes) {
    const batch e = xsimd::exp(load(x + i) - shift);
    store(gradient + i, e);
    sums += e;
  }
  double sum = total(sums);
  for (std::size_t i = whole; i < n; ++i) {
    gradient[i] = std::exp(x[i] - shift);
    sum += gradient[i];
  }
  const double scale = 1 / sum;
  for (std::size_t i = 0; i < whole; i += lanes) store(gradient + i, load(gradient + i) * scale);
  for (std::size_t i = whole; i < n; ++i) gradient[i] *= scale;
  return shift + std::log(sum);
}

/// The shift cancels, so it may be passive. n > 0.
template <class T>
T generic(const T* x, std::size_t n) {
  using std::exp;
  using std::log;
  double shift = lowest;
  for (std::size_t i = 0; i < n; ++i) shift = std::max(shift, primal(x[i]));
  T sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += exp(x[i] - shift);
  return log(sum) + shift;
}

}  // namespace bench::loops::log_sum_exp
