// SPDX-License-Identifier: BSL-1.0
// The same mathematics as an expression.
#include <tapeless/tapeless.hpp>

double run(double p, double q) {
  constexpr tapeless::variable<"x"> x;
  constexpr tapeless::variable<"y"> y;
  constexpr auto f = x * sin(y) + exp(x * y) + x / y;
  const auto [value, gradient] = tapeless::value_and_grad(f)(x = p, y = q);
  return value + gradient[x] * gradient[y];
}
