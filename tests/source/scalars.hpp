// SPDX-License-Identifier: BSL-1.0
// The functions whose programs are written, compiled and compared.
#pragma once

#include <tapeless/tapeless.hpp>

#include <array>
#include <tuple>
#include <utility>

namespace functions {

namespace tl = tapeless;

inline constexpr auto elementary = [](auto x, auto y) { return x * sin(y) + exp(x * y) + x / y; };

inline constexpr auto rosenbrock = [](auto p) {
  auto sum = 100 * tl::square(p[1] - p[0] * p[0]) + tl::square(1 - p[0]);
  for (std::size_t i = 1; i + 1 < p.size(); ++i) {
    sum += 100 * tl::square(p[i + 1] - p[i] * p[i]) + tl::square(1 - p[i]);
  }
  return sum;
};

inline constexpr auto branches = [](auto x, auto y) {
  const auto inside = x * x + y * y < 1 && !(x < y || x == 0.5);
  return tl::select(inside, sqrt(abs(x)) * y, tl::select(x >= -0.25, log(abs(y)) - x, x / (1 + y)));
};

inline constexpr auto layer = [](auto weights, auto in) {
  auto sum = weights[0][0] * 0.5;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    auto z = weights[i][2];
    for (std::size_t k = 0; k < 2; ++k) z += weights[i][k] * in[k];
    sum += tanh(z) * logistic(z) - softplus(-z);
  }
  return sum;
};

inline constexpr auto powers = [](auto p) {
  const auto [x, y] = p;
  return pow(abs(x), y) + tl::pow<5>(x) + pow(y, -3) + hypot(x, y) + hypot(x, y, 1.5) + cbrt(y) +
         rsqrt(1 + x * x) + fma(x, y, 0.1);
};

inline constexpr auto special = [](auto t) {
  const auto& [x, y] = t;
  return normal_cdf(x) * erf(y) + normal_log_cdf(y - x) + max(x, y) * min(x, 0.25) +
         clamp(x, -1, 1) + huber(y, 0.5) + copysign(x, y) * atan2(y, x) + logaddexp(x, y) +
         tl::stop_gradient(x) * y + relu(y) + fmod(x, 0.7) + xlogy(abs(x), abs(y)) + elu(x, 1.5) +
         floor(x) * y + sign(y) * x;
};

/// Functions of one number, one after the other.
inline constexpr auto all_of_one = [](auto x) {
  const auto u = logistic(x);  // in (0, 1)
  return sin(x) * cos(x) + tan(x) + asin(u) + acos(u) + atan(x) + sinh(x) + cosh(x) + asinh(x) +
         acosh(1 + u) + atanh(u) + exp2(x) + expm1(x) + log(u) + log2(u) + log10(u) + log1p(u) +
         erfc(x) + normal_pdf(x) + round(x) * ceil(x) * trunc(x) + gelu(x) + silu(x) +
         log_sigmoid(x) + log1mexp(u) + leaky_relu(x) + reciprocal(x) + abs(x);
};

inline constexpr auto chain = [](auto t) {
  auto e = t;
  for (int i = 0; i < 12; ++i) e = sin(e) * e;
  return e;
};

inline constexpr tl::variable<"x"> x;
inline constexpr tl::variable<"y"> y;
inline constexpr auto expression =
    tl::let(x * y + 0.3, [](auto t) { return exp(-t) * t / (1.7 + x * x) + sin(t) * 0.1; });

/// A callable that holds numbers.
inline auto with_state(double rate, long double shift) {
  return [rate, shift](auto t) { return exp(-rate * t) * (t + shift) / rate; };
}

}  // namespace functions
