// SPDX-License-Identifier: BSL-1.0
// Huber's loss with delta = 1: with r[i] = y[i] - x[i] and c[i] = r[i] clamped to [-1, 1],
//   value = sum of c[i] (r[i] - c[i] / 2), which is r^2 / 2 inside and |r| - 1/2 outside
//   gradient[i], of x: -c[i]
// Shapes: x[n], y[n], gradient[n]; n = 0 gives 0.
#pragma once
#include "packet.hpp"

#include <algorithm>

namespace bench::loops::huber {

inline double scalar(const double* x, const double* y, std::size_t n, double* gradient) {
  double value = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double r = y[i] - x[i];
    const double c = std::min(std::max(r, -1.0), 1.0);
    value += c * (r - 0.5 * c);
    gradient[i] = -c;
  }
  return value;
}

inline double packet(const double* x, const double* y, std::size_t n, double* gradient) {
  constexpr std::size_t chains = 2;
  batch values[chains] = {0.0, 0.0};
  const auto add = [&](auto chain, std::size_t i) {
    const batch r = load(y + i) - load(x + i);
    const batch c = xsimd::min(xsimd::max(r, batch(-1.0)), batch(1.0));
    values[chain] = fma(c, fma(-0.5, c, r), values[chain]);
    store(gradient + i, -c);
  };
  std::size_t i = 0;
  for (; i + chains * lanes <= n; i += chains * lanes)
    unrolled<chains>([&](auto c) { add(c, i + c * lanes); });
  if (i + lanes <= n) {
    add(std::integral_constant<std::size_t, 0>{}, i);
    i += lanes;
  }
  return total(values[0] + values[1]) + scalar(x + i, y + i, n - i, gradient + i);
}

/// Branches on active numbers: a tape is good for other x only while no r[i] crosses +-1.
template <class T>
T generic(const T* x, const double* y, std::size_t n) {
  T value = 0;
  for (std::size_t i = 0; i < n; ++i) {
    T r = y[i] - x[i];
    if (r > 1)
      value += r - 0.5;
    else if (r < -1)
      value += -r - 0.5;
    else
      value += 0.5 * (r * r);
  }
  return value;
}

}  // namespace bench::loops::huber
