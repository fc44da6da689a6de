// SPDX-License-Identifier: BSL-1.0
// The functions with loops whose programs are written, compiled and compared.
#pragma once

#include <tapeless/tapeless.hpp>

#include <array>
#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

namespace loops {

namespace tl = tapeless;

template <class T>
using list = std::vector<T>;

inline constexpr auto least_squares = [](auto w, auto X, auto y) {
  return tl::sum(X.rows(), [&](auto i) {
    return tl::square(tl::sum(X.cols(), [&](auto j) { return X(i, j) * w[j]; }) - y[i]);
  });
};

inline constexpr auto log_sum_exp = [](auto x) {
  return tl::logsumexp(x.size(), [&](auto i) { return x[i]; });
};

inline constexpr auto rosenbrock = [](auto x) {
  return tl::sum(x.size() - 1, [&](auto i) {
    return 100 * tl::square(x[i + 1] - x[i] * x[i]) + tl::square(1 - x[i]);
  });
};

/// Puts at distances from the index at which there may be no element.
inline constexpr auto stencil = [](auto x) {
  return tl::sum(x.size(), [&](auto i) {
    const auto before = tl::cond(0 < i, [&] { return x[i - 1]; }, [&] { return 0 * x[i]; });
    const auto after = tl::cond(i + 1 < x.size(), [&] { return x[i + 1]; }, [&] { return x[0]; });
    return tl::square(before - 2 * x[i] + after);
  });
};

inline constexpr auto recurrence = [](auto x) {
  return tl::fold(x.size(), 0.5, [&](auto c, auto i) { return sin(c * x[i]); });
};

/// Each carry becomes the other.
inline constexpr auto exchange = [](auto x, auto a) {
  const auto [p, q] = tl::fold(x.size(), std::pair{a, x[0]}, [&](auto c, auto i) {
    return std::pair{c.second, c.first * x[i] + 0.25 * c.second};
  });
  return p * p + q;
};

/// A network that is fed one row after another.
inline constexpr auto recurrent = [](auto w, auto X) {
  return tl::fold(X.rows(), 0.0, [&](auto s, auto t) {
    return tanh(tl::sum(X.cols(), [&](auto j) { return X(t, j) * w[j]; }) + 0.5 * s);
  });
};

/// A fold of each row.
inline constexpr auto rows_folded = [](auto X) {
  return tl::sum(X.rows(), [&](auto i) {
    return tl::fold(X.cols(), 1.0, [&](auto c, auto j) { return exp(-c * c) + X(i, j); });
  });
};

/// Arrays that change places.
inline constexpr auto diffusion = [](auto x, auto steps) {
  const auto last = tl::fold(steps, x, [&](auto h, auto) {
    return tl::generate(h.size(), [&](auto i) {
      const auto left = tl::select(i > 0, h[i - 1], 0);
      const auto right = tl::select(i + 1 < h.size(), h[i + 1], 0);
      return sin(h[i]) / 2 + (left + right) / 4;
    });
  });
  return tl::sum(x.size(), [&](auto i) { return tl::square(last[i]) * (i + 1); });
};

inline constexpr auto hidden_states = [](auto W, auto X, auto first) {
  const auto last = tl::fold(X.rows(), std::pair{first, 0}, [&](auto carry, auto t) {
    const auto next = tl::generate(W.rows(), [&](auto i) {
      return tanh(X(t, i) + tl::sum(W.cols(), [&](auto j) { return W(i, j) * carry.first[j]; }));
    });
    return std::pair{
        next, carry.second + tl::sum(W.rows(), [&](auto i) { return next[i] * carry.first[i]; })};
  });
  return last.second + last.first[0];
};

inline constexpr auto gathered = [](auto x, auto entries, auto y) {
  return tl::sum(entries.size(),
                 [&](auto k) { return tl::square(x[entries[k]] - y[k]) * x[entries[k]]; });
};

inline constexpr auto branches = [](auto x) {
  return tl::sum(x.size(), [&](auto i) {
    return tl::cond(
        x[i] > 0, [&] { return sqrt(x[i]); },
        [&] {
          return tl::cond(x[i] < -1, [&] { return exp(x[i]); }, [&] { return x[i] * x[i]; });
        });
  });
};

inline constexpr auto huber = [](auto r, auto width) {
  return tl::sum(r.size(), [&](auto i) {
    const auto a = abs(r[i]);
    return tl::select(a < width, 0.5 * a * a, width * (a - 0.5 * width));
  });
};

inline constexpr auto products = [](auto x, auto y) {
  return tl::prod(x.size(), [&](auto i) { return x[i] + y[i]; }) *
         tl::max(x.size(), [&](auto i) { return x[i] * y[i]; }) *
         tl::min(y.size(), [&](auto i) { return sin(y[i]); });
};

inline constexpr auto softmax_cross_entropy = [](auto W, auto X, auto labels) {
  return tl::sum(X.rows(), [&](auto i) {
    const auto score = tl::generate(W.rows(), [&](auto k) {
      return tl::sum(X.cols(), [&](auto j) { return W(k, j) * X(i, j); });
    });
    return tl::logsumexp(W.rows(), [&](auto k) { return score[k]; }) - score[labels[i]];
  });
};

inline constexpr auto powers = [](auto x, auto n) {
  return tl::sum(n, [&](auto k) { return x * (k + 1) + tl::square(x - k); });
};

/// Arrays whose sizes are constants.
inline constexpr auto fixed = [](auto A, auto b) {
  return tl::sum(A.size(), [&](auto i) {
    return exp(tl::sum(b.size(), [&](auto j) { return A[i][j] * b[j]; }) - b[0]);
  });
};

inline constexpr auto structured = [](auto parameters, auto x) {
  const auto& w = std::get<0>(parameters);
  const auto& bias = std::get<1>(parameters);
  return tl::sum(x.first.size(), [&](auto i) { return tanh(w[i] * x.first[i] + bias); }) * x.second;
};

/// Entries of an integer matrix, indices that are divided.
inline constexpr auto interpolated = [](auto x, auto corners) {
  return tl::sum(corners.rows(), [&](auto i) {
    return tl::sum(corners.cols(), [&](auto j) {
      return tl::square(x[corners(i, j)] - x[(i * 3 + j) % x.size()] / 2) + x[i / 2] * (i % 2);
    });
  });
};

/// Puts of two loops into one array.
inline constexpr auto two_windows = [](auto x) {
  const auto slopes =
      tl::sum(x.size() - 1, [&](auto i) { return tl::square(x[i + 1] - x[i]) * x[i]; });
  return slopes + tl::sum(x.size() - 2, [&](auto i) { return sin(x[i] * x[i + 2] - x[i + 1]); });
};

/// Arrays as results.
inline constexpr auto squares = [](auto x) {
  return tl::generate(x.size(), [&](auto i) { return x[i] * x[i] + i; });
};
inline constexpr auto outer = [](auto x, auto y) {
  return tl::generate(x.size() + 1, y.size(), [&](auto i, auto j) {
    return tl::select(i < x.size(), x[i] * y[j], sin(y[j]));
  });
};
inline constexpr auto running = [](auto x) {
  const auto [last, all] = tl::scan(x.size(), 0.0, [&](auto c, auto i) { return 0.9 * c + x[i]; });
  return std::tuple{last, all};
};

/// A gradient, differentiated again.
inline constexpr auto curvature = [](auto x, auto v) {
  const auto g = tl::grad(rosenbrock)(x);
  return tl::sum(x.size(), [&](auto i) { return g[i] * v[i]; });
};

}  // namespace loops
