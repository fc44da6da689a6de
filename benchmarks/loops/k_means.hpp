// SPDX-License-Identifier: BSL-1.0
// The cost of k-means: value = sum over the points of the squared distance to the nearest centre;
// a point p with nearest centre c adds 2 (c - p) to the gradient of c.
// Shapes: centres[k][d], points[n][d], gradient[k][d]; k > 0; n = 0 gives 0.
#pragma once
#include <algorithm>
#include <cstddef>
#include <limits>

namespace bench::loops::k_means {

inline double scalar(const double* centres, const double* points, std::size_t n, std::size_t d,
                     std::size_t k, double* gradient) {
  std::fill(gradient, gradient + k * d, 0.0);
  double value = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double* point = points + i * d;
    double best = std::numeric_limits<double>::infinity();
    std::size_t nearest = 0;
    for (std::size_t c = 0; c < k; ++c) {
      double distance = 0;
      for (std::size_t r = 0; r < d; ++r) {
        const double difference = centres[c * d + r] - point[r];
        distance += difference * difference;
      }
      if (distance < best) {
        best = distance;
        nearest = c;
      }
    }
    value += best;
    for (std::size_t r = 0; r < d; ++r)
      gradient[nearest * d + r] += 2 * (centres[nearest * d + r] - point[r]);
  }
  return value;
}

/// Branches on active numbers: a tape is good for other centres only while the nearest stays so.
template <class T>
T generic(const T* centres, const double* points, std::size_t n, std::size_t d, std::size_t k) {
  T value = 0;
  for (std::size_t i = 0; i < n; ++i) {
    T best = 0;
    for (std::size_t c = 0; c < k; ++c) {
      T distance = 0;
      for (std::size_t r = 0; r < d; ++r) {
        T difference = centres[c * d + r] - points[i * d + r];
        distance += difference * difference;
      }
      if (c == 0 || distance < best) best = distance;
    }
    value += best;
  }
  return value;
}

}  // namespace bench::loops::k_means
