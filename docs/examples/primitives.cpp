// SPDX-License-Identifier: BSL-1.0
// The examples of docs/reference/primitives.md.
#include <tapeless/tapeless.hpp>

#include <cassert>
#include <cmath>
#include <type_traits>

namespace tl = tapeless;
using namespace tl::literals;

static void plain_numbers() {
  // [numbers]
  static_assert(std::is_same_v<decltype(tl::logistic(0.5f)), float>);
  static_assert(tl::max(1, 2.5) == 2.5);  // integers are computed in double
  assert(tl::hypot(3, 4) == 5.0);
  // [end]
}

static void integer_powers() {
  // [powers]
  constexpr auto cubed = [](auto x) { return pow(x, 3); };     // x * x * x
  constexpr auto inverse = [](auto x) { return pow<-2>(x); };  // (1 / x) * (1 / x)
  constexpr auto real = [](auto x) { return pow(x, 2.5); };    // std::pow, no logarithm
  static_assert(tl::grad(cubed)(-2.0) == 12.0);
  static_assert(tl::grad(inverse)(2.0) == -0.25);
  assert(tl::grad(real)(4.0) == 20.0);

  constexpr tl::variable<"x"> x;
  static_assert(std::is_empty_v<decltype(pow(x, 3_c))>);  // the same products
  // [end]
}

static void choices() {
  // [select]
  constexpr auto entropy = [](auto p) { return tl::select(p > 0, -p * log(p), 0.0); };
  assert(tl::grad(entropy)(0.0) == 0.0);  // log'(0) is infinite, but its branch is not taken
  constexpr auto sinc = [](auto x) { return tl::select(x == 0, 1.0, sin(x) / x); };
  assert(tl::grad(sinc)(0.0) == 0.0);
  // [end]
}

static void second_order() {
  // [second]
  constexpr auto f = [](auto x, auto y) { return hypot(x, y); };
  auto [fx, fy] = tl::grad(f)(0.0, 0.0);
  assert(fx == 0 && fy == 0);
  assert(tl::grad<0>(tl::grad<0>(f))(0.0, 0.0) == 0);
  assert(std::isinf(tl::grad([](auto x) { return sqrt(x); })(0.0)));
  // [end]
}

int main() {
  plain_numbers();
  integer_powers();
  choices();
  second_order();
}
