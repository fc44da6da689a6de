// SPDX-License-Identifier: BSL-1.0
// Functions that cannot be evaluated at compile time: those that capture data, and those whose
// bodies are no constant expressions. Straight-line code works all the same.

#include "support/catch.hpp"

#include <tapeless/tapeless.hpp>

#include <array>
#include <cmath>
#include <tuple>
#include <vector>

namespace tl = tapeless;
using namespace tl::literals;

namespace {

double scale = 2.5;        // no constant, and may change
const double shift = 0.5;  // const double is no constant expression either

double opaque(double v) { return 3.0 * v; }

}  // namespace

TEST_CASE("captured numbers") {
  double c = 2.5;
  float narrow = 0.5f;
  int n = 3;
  auto f = [c, narrow, n](auto t) { return n * exp(c * t) + narrow; };
  CHECK(tl::grad(f)(0.3) == Approx(3 * 2.5 * std::exp(0.75)));
  CHECK(tl::evaluate(f)(0.3) == Approx(3 * std::exp(0.75) + 0.5));

  auto by_reference = [&c](auto t) { return c * t * t; };
  c = 4.0;
  CHECK(tl::grad(by_reference)(3.0) == Approx(24.0));

  auto [value, gradient] = tl::value_and_grad([c](auto a, auto b) { return c * a * b; })(3.0, 2.0);
  auto [ga, gb] = gradient;
  CHECK(value == Approx(24.0));
  CHECK(ga == Approx(8.0));
  CHECK(gb == Approx(12.0));

  auto [y, pullback] = tl::vjp([c](auto a) { return std::tuple{c * a, a * a}; }, 3.0);
  CHECK(std::get<0>(y) == Approx(12.0));
  CHECK(pullback(std::tuple{1.0, 2.0}) == Approx(4.0 + 12.0));
  auto [z, dz] = tl::jvp(f, std::tuple{0.3}, std::tuple{2.0});
  CHECK(dz == Approx(2 * 3 * 2.5 * std::exp(0.75)));
}

TEST_CASE("two captured numbers of one type stay apart") {
  double a = 1.5, b = -0.5;
  auto f = [a, b](auto t) { return exp(a * t) + exp(b * t); };
  CHECK(tl::grad(f)(0.4) == Approx(1.5 * std::exp(0.6) - 0.5 * std::exp(-0.2)));
}

TEST_CASE("captured in nested lambdas") {
  double c = 2.0, d = 3.0;
  auto inner = [c](auto t) { return c * t * t; };
  auto outer = [inner, d](auto t) { return inner(t) + d * inner(sin(t)); };
  CHECK(tl::grad(outer)(0.7) == Approx(4 * 0.7 + 3 * 4 * std::sin(0.7) * std::cos(0.7)));

  auto f = [&](auto t) { return [&](auto u) { return c * u + t; }(d * t); };
  CHECK(tl::grad(f)(0.7) == Approx(7.0));
}

TEST_CASE("a captured traced value") {
  auto f = [](auto t) { return t * tl::grad([t](auto u) { return t * u * u; })(3.0); };
  CHECK(tl::grad(f)(2.0) == Approx(2 * 2.0 * 6.0));
}

TEST_CASE("a global variable") {
  auto f = [](auto t) { return scale * t * t + shift * t; };
  CHECK(tl::grad(f)(3.0) == Approx(2 * 2.5 * 3.0 + 0.5));
  scale = 1.5;
  CHECK(tl::grad(f)(3.0) == Approx(2 * 1.5 * 3.0 + 0.5));
  scale = 2.5;
  CHECK(tl::grad([](auto a, auto b) { return a * opaque(2.0) * b; })(3.0, 5.0) ==
        std::tuple(30.0, 18.0));
  CHECK(tl::grad([](auto t) {
          static int calls = 0;
          return t * t + 0 * ++calls;
        })(3.0) == Approx(6.0));
}

TEST_CASE("a function of <cmath> on plain numbers") {
  // A constant expression on g++ only.
  auto f = [](auto t) { return std::sqrt(2.0) * t + t * std::exp(1.0) * t; };
  CHECK(tl::grad(f)(3.0) == Approx(std::sqrt(2.0) + 6 * std::exp(1.0)));
  auto g = [](auto t) {
    auto s = t;
    for (int i = 0; i < 3; ++i) s = s * (sqrt(2_c) * t);
    return s;
  };
  CHECK(tl::grad(g)(1.5) == Approx(4 * std::pow(2.0, 1.5) * std::pow(1.5, 3)));
}

TEST_CASE("a loop of plain numbers beyond the compiler's step limit") {
  auto f = [](auto t) {
    double sum = 0;
    for (int i = 0; i < 2'000'000; ++i) sum += 0.5;
    return sum * t;
  };
  CHECK(tl::grad(f)(3.0) == Approx(1e6));
}

TEST_CASE("array arguments of callables that capture data") {
  double c = 2.0;
  const std::array p{1.0, 2.0, 3.0};
  auto bound = [c](auto v) {
    auto [x, y, z] = v;
    return c * x * y + z * z;
  };
  CHECK(tl::grad(bound)(p) == std::array{4.0, 2.0, 6.0});
  auto indexed = [c](auto v) { return c * get<0>(v) * v[1_c] + get<2>(v) * get<2>(v); };
  CHECK(tl::grad(indexed)(p) == std::array{4.0, 2.0, 6.0});

  auto nested = [c](auto m) {
    auto [first, second] = m;
    return c * get<0>(first) * get<1>(second);
  };
  CHECK(tl::grad(nested)(std::array{std::array{1.0, 2.0}, std::array{3.0, 4.0}}) ==
        std::array{std::array{8.0, 0.0}, std::array{0.0, 2.0}});

  auto tuple = [c](auto t) { return c * std::get<0>(t) * get<1>(std::get<1>(t)); };
  auto g = tl::grad(tuple)(std::tuple{3.0, std::array{1.0, 5.0}});
  CHECK(std::get<0>(g) == Approx(10.0));
  CHECK(std::get<1>(g) == std::array{0.0, 6.0});
}

TEST_CASE("loops over data that bind_back or an argument brings") {
  auto power = [](auto t, auto c) {
    auto s = t;
    for (int i = 0; i < 3; ++i) s = s * c;
    return s;
  };
  double c = 2.0;
  CHECK(tl::grad(tl::bind_back(power, c))(5.0) == Approx(8.0));
  CHECK(tl::grad<0>(power)(5.0, c) == Approx(8.0));

  auto polynomial = [](auto t, auto coefficients) {
    decltype(t) s = 0.0;
    for (auto k : coefficients) s = s * t + k;
    return s;
  };
  const std::array coefficients{1.0, -2.0, 3.0};  // t^2 - 2 t + 3
  auto bound = tl::bind_back(polynomial, coefficients);
  CHECK(bound(2.0) == Approx(3.0));
  CHECK(tl::grad(bound)(2.0) == Approx(2.0));
  CHECK(tl::grad(tl::grad(bound))(2.0) == Approx(2.0));
  auto [y, pullback] = tl::vjp(bound, 2.0);
  CHECK(pullback(3.0) == Approx(6.0));
}

TEST_CASE("a loop that does not touch traced values") {
  const std::vector<double> data{1.0, 2.0, 3.0};
  auto f = [&data](auto t) {
    double sum = 0;
    for (double d : data) sum += d;
    return sum * t * t;
  };
  CHECK(tl::grad(f)(2.0) == Approx(24.0));
}
