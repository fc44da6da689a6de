// SPDX-License-Identifier: BSL-1.0
// A dense recurrent net: h[t+1] = tanh(W h[t] + U x[t] + b) for t = 0 ... steps-1,
//   value = sum of h[steps]^2 + sum over t = 1 ... steps of h[t][0].
// With g[t] the derivative of the value with respect to h[t], g[steps] = 2 h[steps] at first, for
// t = steps-1 ... 0:
//   g[t+1][0] += 1;  a = g[t+1] (1 - h[t+1]^2);
//   gradient of W += a h[t]^T, of U += a x[t]^T, of b += a;  g[t] = W^T a
// and g[0] is the gradient of h[0].
// Shapes: W[states][states], U[states][inputs] row by row, b[states], h0[states], x[steps][inputs];
// the gradients likewise. The workspace is the caller's, of workspace_size numbers; states > 0.
#pragma once
#include "packet.hpp"

#include <algorithm>

namespace bench::loops::recurrent {

/// Enough for all versions.
inline std::size_t workspace_size(std::size_t states, std::size_t inputs, std::size_t steps) {
  return (2 * steps + 2) * states + states * (states + inputs);
}

inline double scalar(const double* W, const double* U, const double* b, const double* h0,
                     const double* x, std::size_t states, std::size_t inputs, std::size_t steps,
                     double* gradient_W, double* gradient_U, double* gradient_b,
                     double* gradient_h0, double* workspace) {
  double* h = workspace;
  double* a = h + (steps + 1) * states;
  std::copy(h0, h0 + states, h);
  double value = 0;
  for (std::size_t t = 0; t < steps; ++t) {
    const double* now = h + t * states;
    double* next = h + (t + 1) * states;
    for (std::size_t i = 0; i < states; ++i) {
      double sum = b[i];
      for (std::size_t j = 0; j < inputs; ++j) sum += U[i * inputs + j] * x[t * inputs + j];
      for (std::size_t j = 0; j < states; ++j) sum += W[i * states + j] * now[j];
      next[i] = std::tanh(sum);
    }
    value += next[0];
  }

  std::fill(gradient_W, gradient_W + states * states, 0.0);
  std::fill(gradient_U, gradient_U + states * inputs, 0.0);
  std::fill(gradient_b, gradient_b + states, 0.0);
  double* g = gradient_h0;
  const double* end = h + steps * states;
  for (std::size_t i = 0; i < states; ++i) {
    value += end[i] * end[i];
    g[i] = 2 * end[i];
  }
  for (std::size_t t = steps; t-- > 0;) {
    const double* now = h + t * states;
    const double* next = h + (t + 1) * states;
    g[0] += 1;
    for (std::size_t i = 0; i < states; ++i) {
      a[i] = g[i] * (1 - next[i] * next[i]);
      gradient_b[i] += a[i];
    }
    std::fill(g, g + states, 0.0);
    for (std::size_t i = 0; i < states; ++i) {
      for (std::size_t j = 0; j < inputs; ++j)
        gradient_U[i * inputs + j] += a[i] * x[t * inputs + j];
      for (std::size_t j = 0; j < states; ++j) {
        gradient_W[i * states + j] += a[i] * now[j];
        g[j] += a[i] * W[i * states + j];
      }
    }
  }
  return value;
}

/// Rows of a matrix, each `width` long, and a weight for each of them, `stride` apart.
struct weighted_rows {
  const double* weights;
  std::size_t stride;
  const double* rows;
  std::size_t count;
};

/// sum += columns `column` ... of all weighted rows. Even and odd rows are added up apart: for few
/// packets the additions would wait for each other.
template <std::size_t Packets>
[[gnu::always_inline]] inline void add(const weighted_rows& m, std::size_t width,
                                       std::size_t column, batch (&sum)[Packets]) {
  batch odd[Packets];
  unrolled<Packets>([&](auto p) { odd[p] = 0.0; });
  const double* row = m.rows + column;
  std::size_t r = 0;
  for (; r + 2 <= m.count; r += 2, row += 2 * width) {
    const batch even_weight = m.weights[r * m.stride];
    const batch odd_weight = m.weights[(r + 1) * m.stride];
    unrolled<Packets>([&](auto p) {
      sum[p] = fma(even_weight, load(row + p * lanes), sum[p]);
      odd[p] = fma(odd_weight, load(row + width + p * lanes), odd[p]);
    });
  }
  if (r < m.count) {
    const batch weight = m.weights[r * m.stride];
    unrolled<Packets>([&](auto p) { sum[p] = fma(weight, load(row + p * lanes), sum[p]); });
  }
  unrolled<Packets>([&](auto p) { sum[p] += odd[p]; });
}

/// to[i] = map(from[i] + what the weighted rows add up to in column i), for all columns.
template <class Map, class... Rows>
[[gnu::always_inline]] inline void combine(const double* from, double* to, std::size_t width,
                                           Map map, const Rows&... matrices) {
  std::size_t i = 0;
  const auto packets = [&]<std::size_t Packets>(std::integral_constant<std::size_t, Packets>) {
    for (; i + Packets * lanes <= width; i += Packets * lanes) {
      batch sum[Packets];
      unrolled<Packets>([&](auto p) { sum[p] = load(from + i + p * lanes); });
      (add(matrices, width, i, sum), ...);
      unrolled<Packets>([&](auto p) { store(to + i + p * lanes, map(sum[p])); });
    }
  };
  packets(std::integral_constant<std::size_t, 4>{});
  packets(std::integral_constant<std::size_t, 2>{});
  packets(std::integral_constant<std::size_t, 1>{});
  for (; i < width; ++i) {
    double sum = from[i];
    const auto add_one = [&](const weighted_rows& m) {
      for (std::size_t r = 0; r < m.count; ++r)
        sum += m.weights[r * m.stride] * m.rows[r * width + i];
    };
    (add_one(matrices), ...);
    to[i] = map(sum);
  }
}

inline void transpose(const double* from, std::size_t rows, std::size_t columns, double* to) {
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) to[j * rows + i] = from[i * columns + j];
}

/// W and U transposed, so that no sum runs across lanes, and the gradients of W and U as matrix
/// products over some steps at once, so that sums stay in registers instead of being fetched and
/// stored in each step.
inline double packet(const double* W, const double* U, const double* b, const double* h0,
                     const double* x, std::size_t states, std::size_t inputs, std::size_t steps,
                     double* gradient_W, double* gradient_U, double* gradient_b,
                     double* gradient_h0, double* workspace) {
  constexpr std::size_t steps_at_once = 32;  // their h fit into L1 with a row of the gradient
  double* h = workspace;
  double* a = h + (steps + 1) * states;
  double* zero = a + steps * states;
  double* W_transposed = zero + states;
  double* U_transposed = W_transposed + states * states;
  transpose(W, states, states, W_transposed);
  transpose(U, states, inputs, U_transposed);
  std::fill(zero, zero + states, 0.0);
  std::copy(h0, h0 + states, h);
  double value = 0;
  for (std::size_t t = 0; t < steps; ++t) {
    const double* now = h + t * states;
    double* next = h + (t + 1) * states;
    const auto activate = [](const auto& sum) {
      using std::tanh;
      return tanh(sum);
    };
    combine(b, next, states, activate, weighted_rows{x + t * inputs, 1, U_transposed, inputs},
            weighted_rows{now, 1, W_transposed, states});
    value += next[0];
  }

  double* g = gradient_h0;
  const double* end = h + steps * states;
  for (std::size_t i = 0; i < states; ++i) {
    value += end[i] * end[i];
    g[i] = 2 * end[i];
  }
  const auto same = [](const auto& sum) { return sum; };
  for (std::size_t t = steps; t-- > 0;) {
    const double* next = h + (t + 1) * states;
    double* here = a + t * states;
    g[0] += 1;
    for (std::size_t i = 0; i < states; ++i) here[i] = g[i] * (1 - next[i] * next[i]);
    combine(zero, g, states, same, weighted_rows{here, 1, W, states});
  }
  std::fill(gradient_W, gradient_W + states * states, 0.0);
  std::fill(gradient_U, gradient_U + states * inputs, 0.0);
  std::fill(gradient_b, gradient_b + states, 0.0);
  for (std::size_t t = 0; t < steps; ++t)
    for (std::size_t i = 0; i < states; ++i) gradient_b[i] += a[t * states + i];
  for (std::size_t t = 0; t < steps; t += steps_at_once) {
    const std::size_t count = std::min(steps_at_once, steps - t);
    for (std::size_t i = 0; i < states; ++i) {
      const double* weights = a + t * states + i;
      double* of_W = gradient_W + i * states;
      double* of_U = gradient_U + i * inputs;
      combine(of_W, of_W, states, same, weighted_rows{weights, states, h + t * states, count});
      combine(of_U, of_U, inputs, same, weighted_rows{weights, states, x + t * inputs, count});
    }
  }
  return value;
}

/// Needs 2 * states active numbers of workspace.
template <class T>
T generic(const T* W, const T* U, const T* b, const T* h0, const double* x, std::size_t states,
          std::size_t inputs, std::size_t steps, T* workspace) {
  using std::tanh;
  T* now = workspace;
  T* next = workspace + states;
  for (std::size_t i = 0; i < states; ++i) now[i] = h0[i];
  T value = 0;
  for (std::size_t t = 0; t < steps; ++t) {
    for (std::size_t i = 0; i < states; ++i) {
      T sum = b[i];
      for (std::size_t j = 0; j < inputs; ++j) sum += U[i * inputs + j] * x[t * inputs + j];
      for (std::size_t j = 0; j < states; ++j) sum += W[i * states + j] * now[j];
      next[i] = tanh(sum);
    }
    value += next[0];
    std::swap(now, next);
  }
  for (std::size_t i = 0; i < states; ++i) value += now[i] * now[i];
  return value;
}

}  // namespace bench::loops::recurrent
