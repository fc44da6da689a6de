// SPDX-License-Identifier: BSL-1.0
// The core compiles without exceptions and without run-time type information.
// FLAGS: -fno-exceptions -fno-rtti
#include <tapeless/inspect.hpp>
#include <tapeless/tapeless.hpp>

#include <tuple>

namespace tl = tapeless;

constexpr tl::variable<"x"> x;
constexpr tl::variable<"y"> y;
constexpr auto h = [](auto a, auto b) { return a * exp(b) + select(a > b, sqrt(a), b); };

double use(double a, double b) {
  double ga = 0, gb = 0;
  double sum = tl::value_and_grad(h).into(ga, gb)(a, b);
  sum += tl::grad(h(x, y))(x = a, y = b)[x];
  sum += tl::grad(tl::grad<0>(h, tl::safe))(a, b) == std::tuple{1.0, 1.0};
  sum += tl::vjp(h, a, b).value + tl::jvp(h, std::tuple{a, b}, std::tuple{1.0, 0.0}).tangent;
  sum += tl::grad([a](auto t) { return a * t; })(b);
  return sum + static_cast<double>(tl::to_string(h(x, y)).size());
}
