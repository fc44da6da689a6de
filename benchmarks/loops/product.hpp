// SPDX-License-Identifier: BSL-1.0
// value = product of x[i];  gradient[i] = (product before i) (product after i), exact where entries
// are zero because nothing is divided.  Shapes: x[n], gradient[n]; n = 0 gives 1. The gradient
// holds the products before i between the passes, which saves a workspace.
#pragma once
#include "packet.hpp"

namespace bench::loops::product {

inline double scalar(const double* x, std::size_t n, double* gradient) {
  double before = 1;
  for (std::size_t i = 0; i < n; ++i) {
    gradient[i] = before;
    before *= x[i];
  }
  double after = 1;
  for (std::size_t i = n; i-- > 0;) {
    gradient[i] *= after;
    after *= x[i];
  }
  return before;
}

/// Each of the columns, which are as many as two packets have lanes, is a product of its own; so is
/// what is left at the end. `after` starts with the product of all other columns.
inline double packet(const double* x, std::size_t n, double* gradient) {
  constexpr std::size_t chains = 2;
  constexpr std::size_t columns = chains * lanes;
  const std::size_t whole = n - n % columns;
  if (whole == 0) return scalar(x, n, gradient);
  batch before[chains] = {1.0, 1.0};
  for (std::size_t i = 0; i < whole; i += columns)
    unrolled<chains>([&](auto c) {
      store(gradient + i + c * lanes, before[c]);
      before[c] *= load(x + i + c * lanes);
    });
  double products[columns + 1];
  double others[columns + 1];
  unrolled<chains>([&](auto c) { store(products + c * lanes, before[c]); });
  products[columns] = scalar(x + whole, n - whole, gradient + whole);
  const double value = scalar(products, columns + 1, others);
  for (std::size_t i = whole; i < n; ++i) gradient[i] *= others[columns];
  batch after[chains];
  unrolled<chains>([&](auto c) { after[c] = load(others + c * lanes); });
  for (std::size_t i = whole; i > 0; i -= columns)
    unrolled<chains>([&](auto c) {
      const std::size_t at = i - columns + c * lanes;
      store(gradient + at, load(gradient + at) * after[c]);
      after[c] *= load(x + at);
    });
  return value;
}

template <class T>
T generic(const T* x, std::size_t n) {
  T value = 1;
  for (std::size_t i = 0; i < n; ++i) value *= x[i];
  return value;
}

}  // namespace bench::loops::product
