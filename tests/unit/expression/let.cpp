// SPDX-License-Identifier: BSL-1.0
// tl::let: sharing in expressions.

#include <tapeless/tapeless.hpp>

#include <cmath>
#include <support/catch.hpp>
#include <type_traits>

namespace tl = tapeless;
using namespace tl::literals;

namespace {

constexpr tl::variable<"x"> x;
constexpr tl::variable<"y"> y;

/// sin(e) * e, `Levels` times.
template <int Levels>
struct chain {
  template <class E>
  constexpr auto operator()(const E& e) const {
    if constexpr (Levels == 0) {
      return e;
    } else {
      return tl::let(sin(e) * e, chain<Levels - 1>{});
    }
  }
};

}  // namespace

TEST_CASE("let: the value and its derivative") {
  constexpr auto f = tl::let(x * y, [](auto t) { return t * t + t; });
  CHECK(std::is_empty_v<std::remove_const_t<decltype(f)>>);
  CHECK(f(x = 3.0, y = 2.0) == 42);
  const auto g = tl::grad(f)(x = 3.0, y = 2.0);
  CHECK(g[x] == 13 * 2);
  CHECK(g[y] == 13 * 3);
  CHECK(tl::grad<y>(tl::grad<x>(f))(x = 3.0, y = 2.0) == 13 + 12);
}

TEST_CASE("let of a number, and inside functions") {
  CHECK(tl::let(3.0, [](auto t) { return t * t; }) == 9);
  constexpr auto f = [](auto a) { return tl::let(a * a, [a](auto t) { return t * a; }); };
  CHECK(tl::grad(f)(2.0) == 12);
  CHECK(tl::grad<x>(f(x))(x = 2.0) == 12);
}

TEST_CASE("let in let: inner values see outer ones") {
  constexpr auto f = tl::let(x * x, [](auto a) {
    return tl::let(a + y,
                   [a](auto b) { return tl::let(a * b, [a, b](auto c) { return a + b * c; }); });
  });
  // a = x^2, b = a + y, c = a b: f = a + a b^2
  CHECK(f(x = 2.0, y = 1.0) == 4 + 4 * 25);
  const auto g = tl::grad(f)(x = 2.0, y = 1.0);
  CHECK(g[y] == 2 * 4 * 5);
  CHECK(g[x] == (1 + 25 + 2 * 4 * 5) * 4);
}

TEST_CASE("let: one lambda, several places") {
  constexpr auto square_plus = [](auto t) { return t * t + 1_c; };
  constexpr auto f = tl::let(x, square_plus) * tl::let(y, square_plus);
  const auto g = tl::grad(f)(x = 2.0, y = 3.0);
  CHECK(g[x] == 40);
  CHECK(g[y] == 30);
  // The same lambda inside its own value.
  constexpr auto nested = tl::let(tl::let(x, square_plus), square_plus);
  CHECK(nested(x = 2.0) == 26);
  CHECK(tl::grad<x>(nested)(x = 2.0) == 2 * 5 * 4);
}

TEST_CASE("let with stored numbers in the value, the body and both") {
  const double a = 2, b = 3;
  const auto f = tl::let(a * x, [b](auto t) { return b * t * t + t; });
  CHECK(f(x = 1.0) == 14);
  CHECK(tl::grad<x>(f)(x = 1.0) == 26);
  const auto g = tl::let(x, [a, b](auto t) { return a * t + b; }) * a;
  CHECK(g(x = 1.0) == 10);
  CHECK(tl::grad<x>(g)(x = 1.0) == 4);
}

TEST_CASE("a long chain equals the loop bit for bit") {
  constexpr auto loop = [](auto t) {
    auto e = t;
    for (int i = 0; i < 12; ++i) e = sin(e) * e;
    return e;
  };
  constexpr auto e = chain<12>{}(x);
  for (double t : {1.6, 1.75, 1.9}) {
    const auto [value, gradient] = tl::value_and_grad(loop)(t);
    const auto expression = tl::value_and_grad(e)(x = t);
    CHECK(expression.value == value);
    CHECK(expression.gradient[x] == gradient);
  }
}
