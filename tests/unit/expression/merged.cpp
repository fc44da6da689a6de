// SPDX-License-Identifier: BSL-1.0
// Subexpressions with data: the merged program where the numbers agree, the plain one elsewhere.
#include <tapeless/tapeless.hpp>

#include <cmath>
#include <limits>
#include <support/catch.hpp>

namespace tl = tapeless;

namespace {

double gradient(double a, double b, double t_) {
  return tl::grad([a, b](auto t) { return exp(a * t) * exp(b * t) + exp(a * t); })(t_);
}
double by_hand(double a, double b, double t) {
  return (a + b) * std::exp((a + b) * t) + a * std::exp(a * t);
}

}  // namespace

TEST_CASE("merged: one captured number used several times") {
  const double c = 1.7;
  const auto f = [c](auto t) {
    auto u = exp(c * t);
    return u * u * u;
  };
  CHECK(tl::grad(f)(0.3) == Approx(3 * c * std::exp(3 * c * 0.3)).epsilon(1e-14));
}

TEST_CASE("merged: equal and different numbers in equal places") {
  CHECK(gradient(0.5, 0.5, 0.3) == Approx(by_hand(0.5, 0.5, 0.3)).epsilon(1e-14));
  CHECK(gradient(0.5, 0.7, 0.3) == Approx(by_hand(0.5, 0.7, 0.3)).epsilon(1e-14));
  CHECK(gradient(0.0, -0.0, 0.3) == Approx(by_hand(0.0, -0.0, 0.3)).margin(1e-14));
}

TEST_CASE("merged: NaN is equal to itself there, and stays NaN") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(std::isnan(gradient(nan, nan, 0.3)));
  CHECK(std::isnan(gradient(0.5, nan, 0.3)));
}

TEST_CASE("merged: stored numbers of expressions") {
  constexpr tl::variable<"x"> x;
  const double rate = 0.25;
  const auto f = exp(rate * x) * exp(rate * x) + sin(rate * x);
  const double want = 2 * rate * std::exp(2 * rate * 0.8) + rate * std::cos(rate * 0.8);
  CHECK(tl::grad(f)(x = 0.8)[x] == Approx(want).epsilon(1e-14));
  CHECK(tl::grad<x>(f)(x = 0.8f) == Approx(want).epsilon(1e-6));
}

TEST_CASE("merged: bound data stand before the captured numbers") {
  const double c = 1.25;
  const auto f = [c](auto t, auto q) { return exp(c * t) * exp(c * t) * q; };
  const auto g = tl::bind_back(f, 3.0);
  CHECK(tl::grad(g)(0.2) == Approx(3 * 2 * c * std::exp(2 * c * 0.2)).epsilon(1e-14));
}
