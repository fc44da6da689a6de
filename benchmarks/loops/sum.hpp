// SPDX-License-Identifier: BSL-1.0
// value = sum of x[i];  gradient[i] = 1.  Shapes: x[n], gradient[n]; n = 0 gives 0.
#pragma once
#include "packet.hpp"

namespace bench::loops::sum {

inline double scalar(const double* x, std::size_t n, double* gradient) {
  double value = 0;
  for (std::size_t i = 0; i < n; ++i) {
    value += x[i];
    gradient[i] = 1;
  }
  return value;
}

inline double packet(const double* x, std::size_t n, double* gradient) {
  constexpr std::size_t chains = 4;  // an addition takes about four cycles; two start in each
  batch sums[chains] = {0.0, 0.0, 0.0, 0.0};
  const batch one = 1.0;
  std::size_t i = 0;
  for (; i + chains * lanes <= n; i += chains * lanes)
    unrolled<chains>([&](auto c) {
      sums[c] += load(x + i + c * lanes);
      store(gradient + i + c * lanes, one);
    });
  for (; i + lanes <= n; i += lanes) {
    sums[0] += load(x + i);
    store(gradient + i, one);
  }
  return total((sums[0] + sums[1]) + (sums[2] + sums[3])) + scalar(x + i, n - i, gradient + i);
}

template <class T>
T generic(const T* x, std::size_t n) {
  T value = 0;
  for (std::size_t i = 0; i < n; ++i) value += x[i];
  return value;
}

}  // namespace bench::loops::sum
