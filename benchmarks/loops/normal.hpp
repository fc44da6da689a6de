// SPDX-License-Identifier: BSL-1.0
// The log density of data y, independent and normal with a mean and a scale:
//   value = sum of -((y[i] - mean) / scale)^2 / 2 - log(scale) - log(2 pi) / 2.
// With r[i] = y[i] - mean:
//   gradient[0], of the mean:  sum of r[i] / scale^2
//   gradient[1], of the scale: sum of r[i]^2 / scale^3 - n / scale
// so two sums are all that the loop needs.  Shapes: y[n], gradient[2]; n = 0 gives 0.
#pragma once
#include "packet.hpp"

namespace bench::loops::normal {

inline constexpr double half_log_2pi = 0.91893853320467274178;

inline double finish(double sum, double squares, std::size_t n, double scale, double* gradient) {
  const double count = static_cast<double>(n);
  const double inverse = 1 / scale;
  const double weighted = squares * inverse * inverse;
  gradient[0] = sum * inverse * inverse;
  gradient[1] = (weighted - count) * inverse;
  return -0.5 * weighted - count * (std::log(scale) + half_log_2pi);
}

inline double scalar(double mean, double scale, const double* y, std::size_t n, double* gradient) {
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double r = y[i] - mean;
    sum += r;
    squares += r * r;
  }
  return finish(sum, squares, n, scale, gradient);
}

inline double packet(double mean, double scale, const double* y, std::size_t n, double* gradient) {
  constexpr std::size_t chains = 4;
  batch sums[chains] = {0.0, 0.0, 0.0, 0.0};
  batch squares[chains] = {0.0, 0.0, 0.0, 0.0};
  const auto add = [&](auto c, const double* from) {
    const batch r = load(from) - mean;
    sums[c] += r;
    squares[c] = fma(r, r, squares[c]);
  };
  std::size_t i = 0;
  for (; i + chains * lanes <= n; i += chains * lanes)
    unrolled<chains>([&](auto c) { add(c, y + i + c * lanes); });
  for (; i + lanes <= n; i += lanes) add(std::integral_constant<std::size_t, 0>{}, y + i);
  double sum = total((sums[0] + sums[1]) + (sums[2] + sums[3]));
  double square = total((squares[0] + squares[1]) + (squares[2] + squares[3]));
  for (; i < n; ++i) {
    const double r = y[i] - mean;
    sum += r;
    square += r * r;
  }
  return finish(sum, square, n, scale, gradient);
}

template <class T>
T generic(const T& mean, const T& scale, const double* y, std::size_t n) {
  using std::log;
  const double count = static_cast<double>(n);
  T squares = 0;
  for (std::size_t i = 0; i < n; ++i) {
    T r = y[i] - mean;
    squares += r * r;
  }
  return -0.5 * squares / (scale * scale) - count * (log(scale) + half_log_2pi);
}

}  // namespace bench::loops::normal
