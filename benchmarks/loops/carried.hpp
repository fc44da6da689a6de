// SPDX-License-Identifier: BSL-1.0
// A sum and a product in one carried number: s = 0; for each i: s = s x[i] + x[i]; value = s.
// With t[i] = 1 + s before step i, t[i+1] = t[i] x[i] + 1 and
//   value = t[n] - 1,  gradient[i] = t[i] (product of x[j], j > i).
// Shapes: x[n], gradient[n]; n = 0 gives 0. The gradient holds t between the passes. Entries near 1
// keep the products of a long x normal numbers.
#pragma once
#include "packet.hpp"

namespace bench::loops::carried {

inline double scalar(const double* x, std::size_t n, double* gradient) {
  double s = 0;
  for (std::size_t i = 0; i < n; ++i) {
    gradient[i] = s + 1;
    s = s * x[i] + x[i];
  }
  double after = 1;
  for (std::size_t i = n; i-- > 0;) {
    gradient[i] *= after;
    after *= x[i];
  }
  return s;
}

/// Looks ahead by a packet: t[i + lanes] = P t[i] + Q, where P is the product of the `lanes`
/// entries between and Q what they make of 0. Only this step waits for the one before; P and Q do
/// not.
inline double packet(const double* x, std::size_t n, double* gradient) {
  if (n < 2 * lanes) return scalar(x, n, gradient);
  double start = 1;
  for (std::size_t i = 0; i < lanes; ++i) {
    gradient[i] = start;
    start = start * x[i] + 1;
  }
  batch t = load(gradient);
  std::size_t i = lanes;
  for (; i + lanes <= n; i += lanes) {
    batch p = load(x + i - lanes);
    batch q = 1.0;
    unrolled<lanes - 1>([&](auto k) {
      const batch factor = load(x + i - lanes + k + 1);
      q = fma(q, factor, 1.0);
      p *= factor;
    });
    t = fma(p, t, q);
    store(gradient + i, t);
  }
  for (; i < n; ++i) gradient[i] = gradient[i - 1] * x[i - 1] + 1;
  const double value = gradient[n - 1] * x[n - 1];

  double products[lanes];
  products[lanes - 1] = 1;
  for (std::size_t k = lanes - 1; k > 0; --k) products[k - 1] = products[k] * x[n - lanes + k];
  i = n - lanes;
  batch after = load(products);
  store(gradient + i, load(gradient + i) * after);
  while (i >= lanes) {
    i -= lanes;
    batch p = load(x + i + 1);
    unrolled<lanes - 1>([&](auto k) { p *= load(x + i + k + 2); });
    after *= p;
    store(gradient + i, load(gradient + i) * after);
  }
  double rest = after.get(0);
  for (; i > 0; --i) {
    rest *= x[i];
    gradient[i - 1] *= rest;
  }
  return value;
}

template <class T>
T generic(const T* x, std::size_t n) {
  T s = 0;
  for (std::size_t i = 0; i < n; ++i) s = s * x[i] + x[i];
  return s;
}

}  // namespace bench::loops::carried
