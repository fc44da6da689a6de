// SPDX-License-Identifier: BSL-1.0
// A loop body of 16 statements, two of them transcendental: value = sum of term(x[i], y[i], z[i]),
// where term is what `generic` has in its loop;  gradient[i] = d term / d x[i], by running the
// statements backwards (d4 is the derivative of the term with respect to v4).
// Shapes: x[n], y[n], z[n], gradient[n]; n = 0 gives 0.
#pragma once
#include "packet.hpp"

namespace bench::loops::body_16 {

/// V is a number or a packet.
template <class V>
[[gnu::always_inline]] inline V term(const V& x, const V& y, const V& z, V& dx) {
  using std::exp;
  const V v1 = x * y;
  const V v2 = v1 + z;
  const V v3 = fma(V(-0.5), z, x);
  const V v4 = v2 * v3;
  const V v5 = fma(v4, v4, V(1));
  const V v6 = exp(-(v3 * v3));
  const V v7 = v6 * v2;
  const V v8 = fma(V(0.25), v1, v7);
  const V v9 = v8 * v3;
  const V v10 = v9 - y;
  const V v11 = v10 * v10;
  const V inverse = 1.0 / v5;
  const V v12 = v11 * inverse;
  V v13;
  V cosine;
  sine_cosine(v2, v13, cosine);
  const V v14 = v13 * v8;
  const V v15 = v12 + v14;
  const V v16 = fma(v15, x, v4);

  const V d11 = x * inverse;  // d15 = d14 = d12 = x
  const V d9 = 2.0 * v10 * d11;
  const V d8 = fma(d9, v3, x * v13);
  const V d4 = fma(-2.0 * v4, v12 * d11, V(1));
  const V d3 = fma(d9, v8, fma(d4, v2, -2.0 * v3 * (v6 * (d8 * v2))));
  const V d2 = fma(x * v8, cosine, fma(d8, v6, d4 * v3));
  const V d1 = fma(V(0.25), d8, d2);
  dx = fma(d1, y, d3 + v15);
  return v16;
}

inline double scalar(const double* x, const double* y, const double* z, std::size_t n,
                     double* gradient) {
  double value = 0;
  for (std::size_t i = 0; i < n; ++i) value += term(x[i], y[i], z[i], gradient[i]);
  return value;
}

inline double packet(const double* x, const double* y, const double* z, std::size_t n,
                     double* gradient) {
  batch values = 0.0;
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    batch dx;
    values += term(load(x + i), load(y + i), load(z + i), dx);
    store(gradient + i, dx);
  }
  return total(values) + scalar(x + i, y + i, z + i, n - i, gradient + i);
}

template <class T>
T generic(const T* x, const double* y, const double* z, std::size_t n) {
  using std::exp;
  using std::sin;
  T value = 0;
  for (std::size_t i = 0; i < n; ++i) {
    T v1 = x[i] * y[i];
    T v2 = v1 + z[i];
    T v3 = x[i] - 0.5 * z[i];
    T v4 = v2 * v3;
    T v5 = v4 * v4 + 1;
    T v6 = exp(-(v3 * v3));
    T v7 = v6 * v2;
    T v8 = v7 + 0.25 * v1;
    T v9 = v8 * v3;
    T v10 = v9 - y[i];
    T v11 = v10 * v10;
    T v12 = v11 / v5;
    T v13 = sin(v2);
    T v14 = v13 * v8;
    T v15 = v12 + v14;
    T v16 = v15 * x[i] + v4;
    value += v16;
  }
  return value;
}

}  // namespace bench::loops::body_16
