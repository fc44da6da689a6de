// SPDX-License-Identifier: BSL-1.0
// The Gaussian mixture objective of the ADBench suite: n points of d dimensions, k components, of
// which each has a weight alpha (unnormalised, logarithmic), a mean and the factor Q of its inverse
// covariance Q^T Q, lower triangular. The diagonal of Q is exp(q):
//   value = sum over i of log(sum over c of exp(alpha_c + sum(q_c) - |Q_c (x_i - mean_c)|^2 / 2))
//           - n log(sum over c of exp(alpha_c)) - n d log(2 pi) / 2
//           + sum over c of gamma^2 |Q_c|^2 / 2 - m sum(q_c)
//           - k (p d log(gamma / sqrt(2)) - log Gamma_d(p / 2)),  p = d + m + 1.
// The last two lines are the Wishart prior with the sign that the suite gives it.
// With e = Q_c (x_i - mean_c) and w the share of component c in the sum of point i, point i adds
//   w to the gradients of alpha_c and of each q;  w Q_c^T e to that of mean_c;
//   -w e[r] (x_i - mean_c)[s] to that of Q_c[r][s], which exp(q) scales on the diagonal.
// Q_c^T does not depend on i: the w e are added up first.
// Shapes: alphas[k], means[k][d], icf[k][d (d+1) / 2] = (q, then the columns below the diagonal one
// after the other), x[n][d]; the gradients likewise. The workspace is the caller's.
#pragma once
#include "primal.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace bench::loops::gaussian_mixture {

inline constexpr double half_log_2pi = 0.91893853320467274178;
inline constexpr double log_pi = 1.14472988584940017414;
inline constexpr double log_sqrt2 = 0.34657359027997265471;

/// Numbers that `scalar` needs; `generic` needs no more.
inline std::size_t workspace_size(std::size_t d, std::size_t k) { return 2 * k + 3 * k * d; }

/// The part of the value that no parameter is in.
inline double constant(std::size_t n, std::size_t d, std::size_t k, double gamma, int m) {
  const double dimensions = static_cast<double>(d);
  const double freedom = dimensions + m + 1;
  double log_gamma = 0.25 * dimensions * (dimensions - 1) * log_pi;
  for (std::size_t j = 0; j < d; ++j)
    log_gamma += std::lgamma(0.5 * (freedom - static_cast<double>(j)));
  return -static_cast<double>(n) * dimensions * half_log_2pi -
         static_cast<double>(k) *
             (freedom * dimensions * (std::log(gamma) - log_sqrt2) - log_gamma);
}

inline double scalar(const double* alphas, const double* means, const double* icf, const double* x,
                     std::size_t n, std::size_t d, std::size_t k, double gamma, int m,
                     double* gradient_alphas, double* gradient_means, double* gradient_icf,
                     double* workspace) {
  const std::size_t factor = d * (d + 1) / 2;
  double* diagonals = workspace;        // exp(q)
  double* centred = diagonals + k * d;  // x_i - mean_c
  double* rotated = centred + k * d;    // e
  double* offsets = rotated + k * d;    // alpha_c + sum(q_c)
  double* shares = offsets + k;
  std::fill(gradient_alphas, gradient_alphas + k, 0.0);
  std::fill(gradient_means, gradient_means + k * d, 0.0);
  std::fill(gradient_icf, gradient_icf + k * factor, 0.0);
  double value = constant(n, d, k, gamma, m);
  for (std::size_t c = 0; c < k; ++c) {
    offsets[c] = alphas[c];
    for (std::size_t r = 0; r < d; ++r) {
      const double q = icf[c * factor + r];
      offsets[c] += q;
      diagonals[c * d + r] = std::exp(q);
    }
  }

  for (std::size_t i = 0; i < n; ++i) {
    const double* point = x + i * d;
    double largest = -std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < k; ++c) {
      const double* below = icf + c * factor + d;
      double* y = centred + c * d;
      double* e = rotated + c * d;
      for (std::size_t r = 0; r < d; ++r) {
        y[r] = point[r] - means[c * d + r];
        e[r] = diagonals[c * d + r] * y[r];
      }
      for (std::size_t s = 0; s < d; ++s) {
        for (std::size_t r = s + 1; r < d; ++r) e[r] += below[r - s - 1] * y[s];
        below += d - 1 - s;
      }
      double squares = 0;
      for (std::size_t r = 0; r < d; ++r) squares += e[r] * e[r];
      shares[c] = offsets[c] - 0.5 * squares;
      largest = std::max(largest, shares[c]);
    }
    double sum = 0;
    for (std::size_t c = 0; c < k; ++c) {
      shares[c] = std::exp(shares[c] - largest);
      sum += shares[c];
    }
    value += largest + std::log(sum);
    const double scale = 1 / sum;
    for (std::size_t c = 0; c < k; ++c) {
      const double share = shares[c] * scale;
      const double* y = centred + c * d;
      double* e = rotated + c * d;
      double* of_mean = gradient_means + c * d;
      double* of_diagonal = gradient_icf + c * factor;
      double* of_below = of_diagonal + d;
      gradient_alphas[c] += share;
      for (std::size_t r = 0; r < d; ++r) {
        e[r] *= share;
        of_mean[r] += e[r];
        of_diagonal[r] -= e[r] * y[r];
      }
      for (std::size_t s = 0; s < d; ++s) {
        for (std::size_t r = s + 1; r < d; ++r) of_below[r - s - 1] -= e[r] * y[s];
        of_below += d - 1 - s;
      }
    }
  }

  double largest = -std::numeric_limits<double>::infinity();
  for (std::size_t c = 0; c < k; ++c) largest = std::max(largest, alphas[c]);
  double sum = 0;
  for (std::size_t c = 0; c < k; ++c) sum += std::exp(alphas[c] - largest);
  const double count = static_cast<double>(n);
  value -= count * (largest + std::log(sum));
  for (std::size_t c = 0; c < k; ++c) {
    const double* q = icf + c * factor;
    const double* below = q + d;
    double* of_mean = gradient_means + c * d;
    double* of_diagonal = gradient_icf + c * factor;
    double* of_below = of_diagonal + d;
    const double shares_of_all = gradient_alphas[c];
    gradient_alphas[c] -= count * (std::exp(alphas[c] - largest) / sum);
    for (std::size_t s = 0; s < d; ++s) {
      const double diagonal = diagonals[c * d + s];
      value += 0.5 * gamma * gamma * diagonal * diagonal - m * q[s];
      of_diagonal[s] = diagonal * (of_diagonal[s] + gamma * gamma * diagonal) + shares_of_all - m;
      double of_centre = diagonal * of_mean[s];  // entry s of Q^T; later ones need only later ones
      for (std::size_t r = s + 1; r < d; ++r, ++below, ++of_below) {
        value += 0.5 * gamma * gamma * *below * *below;
        of_centre += *below * of_mean[r];
        *of_below += gamma * gamma * *below;
      }
      of_mean[s] = of_centre;
    }
  }
  return value;
}

template <class T>
T log_sum_exp(const T* x, std::size_t n) {
  using std::exp;
  using std::log;
  double largest = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < n; ++i) largest = std::max(largest, primal(x[i]));
  T sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += exp(x[i] - largest);
  return log(sum) + largest;
}

template <class T>
T generic(const T* alphas, const T* means, const T* icf, const double* x, std::size_t n,
          std::size_t d, std::size_t k, double gamma, int m, T* workspace) {
  using std::exp;
  const std::size_t factor = d * (d + 1) / 2;
  T* diagonals = workspace;
  T* offsets = diagonals + k * d;
  T* terms = offsets + k;
  T* y = terms + k;
  T* e = y + d;
  T value = constant(n, d, k, gamma, m);
  for (std::size_t c = 0; c < k; ++c) {
    const T* q = icf + c * factor;
    const T* below = q + d;
    T logarithms = 0;
    T squares = 0;
    for (std::size_t r = 0; r < d; ++r) {
      logarithms += q[r];
      diagonals[c * d + r] = exp(q[r]);
      squares += diagonals[c * d + r] * diagonals[c * d + r];
    }
    for (std::size_t r = 0; r < factor - d; ++r) squares += below[r] * below[r];
    offsets[c] = alphas[c] + logarithms;
    value += 0.5 * gamma * gamma * squares - static_cast<double>(m) * logarithms;
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t c = 0; c < k; ++c) {
      const T* below = icf + c * factor + d;
      for (std::size_t r = 0; r < d; ++r) {
        y[r] = x[i * d + r] - means[c * d + r];
        e[r] = diagonals[c * d + r] * y[r];
      }
      for (std::size_t s = 0; s < d; ++s) {
        for (std::size_t r = s + 1; r < d; ++r) e[r] += below[r - s - 1] * y[s];
        below += d - 1 - s;
      }
      T squares = 0;
      for (std::size_t r = 0; r < d; ++r) squares += e[r] * e[r];
      terms[c] = offsets[c] - 0.5 * squares;
    }
    value += log_sum_exp(terms, k);
  }
  return value - static_cast<double>(n) * log_sum_exp(alphas, k);
}

}  // namespace bench::loops::gaussian_mixture
