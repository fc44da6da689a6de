// SPDX-License-Identifier: BSL-1.0
// A function of two numbers: value and gradient.
#include <tapeless/tapeless.hpp>

double run(double x, double y) {
  constexpr auto f = [](auto a, auto b) { return a * sin(b) + exp(a * b) + a / b; };
  const auto [value, gradient] = tapeless::value_and_grad(f)(x, y);
  return value + std::get<0>(gradient) * std::get<1>(gradient);
}
