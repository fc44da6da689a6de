// SPDX-License-Identifier: BSL-1.0
// A loop body of 32 statements, two of them transcendental: value = sum of term(x[i], y[i], z[i]),
// where term is what `generic` has in its loop;  gradient[i] = d term / d x[i], by running the
// statements backwards (d4 is the derivative of the term with respect to v4).
// Shapes: x[n], y[n], z[n], gradient[n]; n = 0 gives 0.
#pragma once
#include "packet.hpp"

namespace bench::loops::body_32 {

/// V is a number or a packet.
template <class V>
[[gnu::always_inline]] inline V term(const V& x, const V& y, const V& z, V& dx) {
  using std::exp;
  const V v1 = x + y;
  const V v2 = x - z;
  const V v3 = v1 * v2;
  const V v4 = v3 + x;
  const V v5 = fma(v4, v4, V(1));
  const V inverse5 = 1.0 / v5;
  const V v6 = v1 * inverse5;
  const V v7 = v6 * v6;
  const V v8 = v7 - v2;
  const V v9 = exp(-(v8 * v8));
  const V v10 = v9 * v4;
  const V v11 = v10 + v6;
  const V v12 = v11 * v3;
  const V v13 = v12 - y;
  V v14;
  V cosine;
  sine_cosine(v13, v14, cosine);
  const V v15 = v14 * v11;
  const V v16 = v15 + v10;
  const V v17 = v16 * v2;
  const V v18 = fma(-z, v14, v17);
  const V v19 = v18 * v18;
  const V v20 = v19 + 1.0;
  const V inverse20 = 1.0 / v20;
  const V v21 = v16 * inverse20;
  const V v22 = v21 + v9;
  const V v23 = v22 * v6;
  const V v24 = fma(V(-0.5), v17, v23);
  const V v25 = v24 * v22;
  const V v26 = fma(v21, x, v25);
  const V v27 = v26 * v9;
  const V v28 = v27 - v7;
  const V v29 = v28 * v28;
  const V quotient = v18 * inverse20;
  const V v30 = v29 + quotient;
  const V v31 = v30 * x;
  const V v32 = v31 + v25;

  const V d28 = 2.0 * v28 * x;  // d30 = d29 = x
  const V d26 = d28 * v9;
  const V d25 = d26 + 1.0;
  const V d24 = d25 * v22;
  const V d22 = fma(d25, v24, d24 * v6);
  const V d21 = fma(d26, x, d22);
  const V d16_of_21 = d21 * inverse20;
  const V d20 = -fma(x * quotient, inverse20, v21 * d16_of_21);
  const V d18 = fma(2.0 * v18, d20, x * inverse20);
  const V d17 = fma(V(-0.5), d24, d18);
  const V d16 = fma(d17, v2, d16_of_21);
  const V d14 = fma(d16, v11, -(z * d18));
  const V d12 = d14 * cosine;
  const V d11 = fma(d16, v14, d12 * v3);
  const V d10 = d16 + d11;
  const V d9 = fma(d28, v26, fma(d10, v4, d22));
  const V d8 = -2.0 * v8 * (v9 * d9);
  const V d7 = d8 - d28;
  const V d6 = fma(d24, v22, fma(2.0 * v6, d7, d11));
  const V d1_of_6 = d6 * inverse5;
  const V d4 = fma(d10, v9, -2.0 * v4 * (v6 * d1_of_6));
  const V d3 = fma(d12, v11, d4);
  const V d2 = fma(d17, v16, fma(d3, v1, -d8));
  const V d1 = fma(d3, v2, d1_of_6);
  dx = fma(d26, v21, v30) + (d4 + (d1 + d2));
  return v32;
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
    T v1 = x[i] + y[i];
    T v2 = x[i] - z[i];
    T v3 = v1 * v2;
    T v4 = v3 + x[i];
    T v5 = v4 * v4 + 1;
    T v6 = v1 / v5;
    T v7 = v6 * v6;
    T v8 = v7 - v2;
    T v9 = exp(-(v8 * v8));
    T v10 = v9 * v4;
    T v11 = v10 + v6;
    T v12 = v11 * v3;
    T v13 = v12 - y[i];
    T v14 = sin(v13);
    T v15 = v14 * v11;
    T v16 = v15 + v10;
    T v17 = v16 * v2;
    T v18 = v17 - z[i] * v14;
    T v19 = v18 * v18;
    T v20 = v19 + 1;
    T v21 = v16 / v20;
    T v22 = v21 + v9;
    T v23 = v22 * v6;
    T v24 = v23 - 0.5 * v17;
    T v25 = v24 * v22;
    T v26 = v25 + v21 * x[i];
    T v27 = v26 * v9;
    T v28 = v27 - v7;
    T v29 = v28 * v28;
    T v30 = v29 + v18 / v20;
    T v31 = v30 * x[i];
    T v32 = v31 + v25;
    value += v32;
  }
  return value;
}

}  // namespace bench::loops::body_32
