// SPDX-License-Identifier: BSL-1.0
#pragma once

// Programs in packets beside the same without: they give the same, up to the order of sums.

#include <tapeless/tapeless.hpp>
// After the core, which it does not include.
#include <tapeless/interop/eigen.hpp>
#include <tapeless/interop/simd.hpp>
#include <tapeless/trace/view.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <support/catch.hpp>
#include <tuple>
#include <vector>

namespace packets {

namespace tl = tapeless;

inline constexpr int sizes[]{0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
                             12, 13, 14, 15, 16, 17, 31, 33, 64, 70, 100};

template <class T>
std::vector<T> numbers(int n) {
  std::vector<T> v(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i)
    v[static_cast<std::size_t>(i)] = static_cast<T>(std::sin(1.3 * i) + 0.1);
  return v;
}
template <class T>
bool close(T a, T b, T scale) {
  return a == b || std::abs(a - b) <= 100 * std::numeric_limits<T>::epsilon() * (1 + scale);
}

/// Packets give what numbers do, up to the order of sums.
template <class T = double, class F>
void same_as_default(const char* name, F f) {
  for (int n : sizes) {
    INFO(name << ", n = " << n);
    const auto x = numbers<T>(n);
    const auto [value, gradient] = tl::value_and_grad(f)(x);
    const auto [packed, slopes] = tl::value_and_grad(f, tl::simd)(x);
    CHECK(close(value, packed, std::abs(value) + static_cast<T>(n)));
    for (std::size_t i = 0; i < x.size(); ++i) {
      CHECK(close(gradient[i], slopes[i], std::abs(gradient[i]) + static_cast<T>(n)));
    }
    // Accumulated, and into memory of the caller's.
    std::vector<T> sum(x.size(), T(2));
    tl::value_and_grad(f, tl::simd).add_to(sum)(x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      CHECK(close(sum[i], 2 + slopes[i], std::abs(gradient[i]) + static_cast<T>(n)));
    }
  }
}

/// Of n rows and m columns that lie as the strides say, with w[m].
template <class T, class Loss, class Make>
void same_for_matrices(const char* name, Loss loss, Make make) {
  for (int n : {0, 1, 3, 8, 17, 33}) {
    for (int m : {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 33}) {
      INFO(name << ", " << n << " x " << m);
      const auto data = numbers<T>(2 * n * m + 1);
      const auto w = numbers<T>(m);
      const auto y = numbers<T>(n);
      const auto X = make(data.data(), n, m);
      const auto [value, gradient] = tl::value_and_grad<0, 1>(loss)(w, X, y);
      const auto [packed, slopes] = tl::value_and_grad<0, 1>(loss, tl::simd)(w, X, y);
      const T scale = std::abs(value) + static_cast<T>(n * m);
      CHECK(close(value, packed, scale));
      for (std::size_t j = 0; j < w.size(); ++j) {
        CHECK(close(std::get<0>(gradient)[j], std::get<0>(slopes)[j], scale));
      }
      bool all = true;
      for (int i = 0; i < n; ++i) {
        for (int j = 0; j < m; ++j) {
          all = all && close(std::get<1>(gradient)(i, j), std::get<1>(slopes)(i, j), scale);
        }
      }
      CHECK(all);
    }
  }
}
inline constexpr auto row_by_row = [](const auto* data, int n, int m) {
  return tl::view(data, n, m);
};
inline constexpr auto column_by_column = [](const double* data, int n, int m) {
  return Eigen::MatrixXd(Eigen::Map<const Eigen::MatrixXd>(data, n, m));
};
inline constexpr auto with_gaps = [](const auto* data, int n, int m) {
  return tl::view(data, n, m, 2 * m, 2);
};

inline constexpr auto sum_of = [](auto x) {
  return tl::sum(x.size(), [&](auto i) { return x[i]; });
};
inline constexpr auto rosenbrock = [](auto x) {
  return tl::sum(x.size() - 1,
                 [&](auto i) { return 100 * square(x[i + 1] - x[i] * x[i]) + square(1 - x[i]); });
};
inline constexpr auto logarithm_of_sum = [](auto x) {
  return tl::logsumexp(x.size(), [&](auto i) { return x[i] * x[i]; });
};

}  // namespace packets
