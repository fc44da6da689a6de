// SPDX-License-Identifier: BSL-1.0
// The log density of a stochastic volatility model, constants included, with c = log(2 pi) / 2:
//   h[0] ~ N(mu, sigma / sqrt(1 - phi^2))        log density  -z[0]^2 / 2 - log(sigma)
//                                                             + log(1 - phi^2) / 2 - c
//   h[t] ~ N(mu + phi (h[t-1] - mu), sigma)                   -z[t]^2 / 2 - log(sigma) - c
//   y[t] ~ N(0, exp(h[t] / 2))                                -(y[t]^2 exp(-h[t]) + h[t]) / 2 - c
// where d[t] = h[t] - mu, z[0] = d[0] sqrt(1 - phi^2) / sigma, z[t] = (d[t] - phi d[t-1]) / sigma.
// With e[t] = z[t] sigma for t > 0:
//   gradient of h[t]:  (phi e[t+1] - e[t]) / sigma^2 - 1/2 + y[t]^2 exp(-h[t]) / 2,
//                      for t = 0 with d[0] (1 - phi^2) in the place of e[t]; e[n] = 0
//   of mu:    ((1 - phi^2) d[0] + (1 - phi) sum of e[t]) / sigma^2
//   of phi:   (phi d[0]^2 + sum of e[t] d[t-1]) / sigma^2 - phi / (1 - phi^2)
//   of sigma: (sum of z[t]^2 - n) / sigma
// Shapes: h[n], parameters[3] = (mu, phi, sigma), y[n], gradient_h[n], gradient_parameters[3];
// |phi| < 1, sigma > 0; n = 0 gives 0.
#pragma once
#include "packet.hpp"

#include <algorithm>

namespace bench::loops::stochastic_volatility {

inline constexpr double log_2pi = 1.83787706640934548356;

/// What the loop over t adds up.
struct sums {
  double observed;  // y[t]^2 exp(-h[t]) + h[t]
  double residuals;
  double squares;  // of residuals
  double lagged;   // residual times the deviation before
};

inline double finish(const sums& s, double first, std::size_t n, const double* parameters,
                     double* gradient_parameters) {
  const double phi = parameters[1];
  const double sigma = parameters[2];
  const double count = static_cast<double>(n);
  const double rest = 1 - phi * phi;
  const double precision = 1 / (sigma * sigma);
  const double squares = (rest * first * first + s.squares) * precision;
  gradient_parameters[0] = (rest * first + (1 - phi) * s.residuals) * precision;
  gradient_parameters[1] = (phi * first * first + s.lagged) * precision - phi / rest;
  gradient_parameters[2] = (squares - count) / sigma;
  return -0.5 * (squares + s.observed - std::log(rest)) - count * (std::log(sigma) + log_2pi);
}

/// Steps begin ... n-1. `residual` and `before` belong to step `begin`: e[begin], or what stands in
/// its place, and d[begin].
inline void from(std::size_t begin, double residual, double before, const double* h,
                 const double* parameters, const double* y, std::size_t n, sums& s,
                 double* gradient_h) {
  const double mu = parameters[0];
  const double phi = parameters[1];
  const double precision = 1 / (parameters[2] * parameters[2]);
  for (std::size_t t = begin; t < n; ++t) {
    const double observed = y[t] * y[t] * std::exp(-h[t]);
    s.observed += observed + h[t];
    double next = 0;
    double deviation = 0;
    if (t + 1 < n) {
      deviation = h[t + 1] - mu;
      next = deviation - phi * before;
      s.residuals += next;
      s.squares += next * next;
      s.lagged += next * before;
    }
    gradient_h[t] = (phi * next - residual) * precision + 0.5 * (observed - 1);
    residual = next;
    before = deviation;
  }
}

inline double scalar(const double* h, const double* parameters, const double* y, std::size_t n,
                     double* gradient_h, double* gradient_parameters) {
  if (n == 0) {
    std::fill(gradient_parameters, gradient_parameters + 3, 0.0);
    return 0;
  }
  sums s{};
  const double first = h[0] - parameters[0];
  from(0, first * (1 - parameters[1] * parameters[1]), first, h, parameters, y, n, s, gradient_h);
  return finish(s, first, n, parameters, gradient_parameters);
}

/// The residual of step t + 1 is computed twice, once for each of the two entries that need it.
inline double packet(const double* h, const double* parameters, const double* y, std::size_t n,
                     double* gradient_h, double* gradient_parameters) {
  if (n < lanes + 2) return scalar(h, parameters, y, n, gradient_h, gradient_parameters);
  const double mu = parameters[0];
  const double phi = parameters[1];
  const double precision = 1 / (parameters[2] * parameters[2]);
  const double first = h[0] - mu;
  double residual = first * (1 - phi * phi);
  const auto sum_step = [&](sums& s, double next, double before) {
    s.residuals += next;
    s.squares += next * next;
    s.lagged += next * before;
  };
  sums s{};
  {
    const double observed = y[0] * y[0] * std::exp(-h[0]);
    const double next = h[1] - mu - phi * first;
    s.observed = observed + h[0];
    sum_step(s, next, first);
    gradient_h[0] = (phi * next - residual) * precision + 0.5 * (observed - 1);
  }
  batch sum_observed = 0.0;
  batch residuals = 0.0;
  batch squares = 0.0;
  batch lagged = 0.0;
  std::size_t t = 1;
  for (; t + lanes < n; t += lanes) {
    const batch here = load(h + t);
    const batch deviation = here - mu;
    const batch now = fma(-phi, load(h + t - 1) - mu, deviation);
    const batch next = fma(-phi, deviation, load(h + t + 1) - mu);
    const batch data = load(y + t);
    const batch observed = data * data * xsimd::exp(-here);
    sum_observed += observed + here;
    residuals += next;
    squares = fma(next, next, squares);
    lagged = fma(next, deviation, lagged);
    store(gradient_h + t, fma(fma(phi, next, -now), precision, 0.5 * (observed - 1.0)));
  }
  s.observed += total(sum_observed);
  s.residuals += total(residuals);
  s.squares += total(squares);
  s.lagged += total(lagged);
  const double before = h[t] - mu;
  from(t, before - phi * (h[t - 1] - mu), before, h, parameters, y, n, s, gradient_h);
  return finish(s, first, n, parameters, gradient_parameters);
}

template <class T>
T generic(const T* h, const T* parameters, const double* y, std::size_t n) {
  using std::exp;
  using std::log;
  if (n == 0) return T(0);
  const T& mu = parameters[0];
  const T& phi = parameters[1];
  const T& sigma = parameters[2];
  const double count = static_cast<double>(n);
  T before = h[0] - mu;
  T rest = 1 - phi * phi;
  T squares = rest * (before * before);
  T observed = y[0] * y[0] * exp(-h[0]) + h[0];
  for (std::size_t t = 1; t < n; ++t) {
    T deviation = h[t] - mu;
    T residual = deviation - phi * before;
    squares += residual * residual;
    observed += y[t] * y[t] * exp(-h[t]) + h[t];
    before = deviation;
  }
  return -0.5 * (squares / (sigma * sigma) + observed - log(rest)) - count * (log(sigma) + log_2pi);
}

}  // namespace bench::loops::stochastic_volatility
