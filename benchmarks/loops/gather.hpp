// SPDX-License-Identifier: BSL-1.0
// Group effects: with r[i] = b[id[i]] - y[i], value = sum of r[i]^2 and, of b,
//   gradient[g] = 2 (sum of r[i] over the i with id[i] = g).
// Shapes: b[groups], id[n] in [0, groups), y[n], gradient[groups]; n = 0 gives 0.
#pragma once
#include "packet.hpp"

#include <algorithm>

namespace bench::loops::gather {

inline double add(const double* b, const int* id, const double* y, std::size_t n,
                  double* gradient) {
  double value = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double r = b[id[i]] - y[i];
    value += r * r;
    gradient[id[i]] += 2 * r;
  }
  return value;
}

inline double scalar(const double* b, std::size_t groups, const int* id, const double* y,
                     std::size_t n, double* gradient) {
  std::fill(gradient, gradient + groups, 0.0);
  return add(b, id, y, n, gradient);
}

/// Groups may repeat within a packet, so the additions to the gradient stay one by one.
inline double packet(const double* b, std::size_t groups, const int* id, const double* y,
                     std::size_t n, double* gradient) {
  std::fill(gradient, gradient + groups, 0.0);
  batch values = 0.0;
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    // Inserted one by one: numbers stored apart and loaded as a packet would wait for the stores.
    const batch entries = [&]<std::size_t... K>(std::index_sequence<K...>) {
      return batch{b[id[i + K]]...};
    }(std::make_index_sequence<lanes>{});
    const batch r = entries - load(y + i);
    values = fma(r, r, values);
    double twice[lanes];
    store(twice, r + r);
    unrolled<lanes>([&](auto k) { gradient[id[i + k]] += twice[k]; });
  }
  return total(values) + add(b, id + i, y + i, n - i, gradient);
}

template <class T>
T generic(const T* b, const int* id, const double* y, std::size_t n) {
  T value = 0;
  for (std::size_t i = 0; i < n; ++i) {
    T r = b[id[i]] - y[i];
    value += r * r;
  }
  return value;
}

}  // namespace bench::loops::gather
