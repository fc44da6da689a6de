// SPDX-License-Identifier: BSL-1.0
// strict, safe, strong_zero: what each makes of the places where calculus has no answer.

#include <tapeless/tapeless.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <support/catch.hpp>
#include <tuple>

namespace tl = tapeless;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr auto root = [](auto t) { return sqrt(t); };
constexpr auto product = [](auto t) { return t * sqrt(t); };

constexpr tl::variable<"x"> x;

}  // namespace

TEST_CASE("sqrt at 0: inf; safe: 0") {
  CHECK(tl::grad(root)(0.0) == infinity);
  CHECK(tl::grad(root, tl::strict)(0.0) == infinity);
  CHECK(tl::grad(root, tl::strong_zero)(0.0) == infinity);
  CHECK(tl::grad(root, tl::safe)(0.0) == 0);
  CHECK(tl::grad(root, tl::safe)(4.0) == 0.25);
}

TEST_CASE("x sqrt(x) at 0: NaN; strong_zero and safe: 0") {
  CHECK(std::isnan(tl::grad(product)(0.0)));
  CHECK(tl::grad(product, tl::strong_zero)(0.0) == 0);
  CHECK(tl::grad(product, tl::safe)(0.0) == 0);
  CHECK(tl::grad(product, tl::strong_zero)(4.0) == 3);
  CHECK(tl::grad(product, tl::safe)(4.0) == 3);
}

TEST_CASE("policies combine in any order") {
  CHECK(tl::grad(root, tl::safe, tl::strong_zero)(0.0) == 0);
  CHECK(tl::grad(product, tl::strong_zero, tl::safe)(0.0) == 0);
  CHECK(tl::grad(product, tl::safe, tl::strong_zero)(4.0) == 3);
}

TEST_CASE("the same in value_and_grad, vjp and jvp") {
  CHECK(std::isnan(tl::value_and_grad(product)(0.0).gradient));
  CHECK(tl::value_and_grad(product, tl::strong_zero)(0.0).gradient == 0);
  double g = 5;
  tl::value_and_grad(product, tl::safe).into(g)(0.0);
  CHECK(g == 0);
  CHECK(std::isnan(tl::vjp(product, 0.0).pullback(1.0)));
  CHECK(tl::vjp(product, 0.0, tl::strong_zero).pullback(1.0) == 0);
  CHECK(tl::vjp(root, 0.0, tl::safe).pullback(2.0) == 0);
  CHECK(tl::jvp(root, std::tuple{0.0}, std::tuple{1.0}).tangent == infinity);
  CHECK(tl::jvp(root, std::tuple{0.0}, std::tuple{1.0}, tl::safe).tangent == 0);
  CHECK(std::isnan(tl::jvp(root, std::tuple{0.0}, std::tuple{0.0}).tangent));
  CHECK(tl::jvp(root, std::tuple{0.0}, std::tuple{0.0}, tl::strong_zero).tangent == 0);
}

TEST_CASE("the same on expressions") {
  CHECK(std::isnan(tl::grad(x * sqrt(x))(x = 0.0)[x]));
  CHECK(tl::grad(x * sqrt(x), tl::strong_zero)(x = 0.0)[x] == 0);
  CHECK(tl::grad<x>(x * sqrt(x), tl::strong_zero)(x = 0.0) == 0);
  CHECK(tl::grad<x>(sqrt(x), tl::safe)(x = 0.0) == 0);
  CHECK(tl::value_and_grad<x>(sqrt(x), tl::safe)(x = 0.0).gradient == 0);
  CHECK(tl::vjp(x * sqrt(x), x = 0.0, tl::strong_zero).pullback(1.0)[x] == 0);
  CHECK(tl::jvp(sqrt(x), std::tuple{x = 0.0}, std::tuple{x = 1.0}, tl::safe).tangent == 0);
}

TEST_CASE("atan2 at the origin: NaN; safe: 0") {
  constexpr auto angle = [](auto a, auto b) { return atan2(a, b); };
  const auto [da, db] = tl::grad(angle)(0.0, 0.0);
  CHECK(std::isnan(da));
  CHECK(std::isnan(db));
  CHECK(tl::grad(angle, tl::safe)(0.0, 0.0) == std::tuple{0.0, 0.0});
}

TEST_CASE("a policy belongs to its transform") {
  // Inner: product' = 1.5 sqrt(t), safe at 0. Outer, strict: inf.
  CHECK(tl::grad(tl::grad(product, tl::safe))(4.0) == 0.375);
  CHECK(tl::grad(tl::grad(root, tl::safe), tl::safe)(0.0) == 0);
}

TEST_CASE("a cotangent that is 0 at a point may have a derivative that is not") {
  constexpr auto f = [](auto t) { return tl::square(log(t)); };
  CHECK(tl::grad(tl::grad(f, tl::strong_zero))(1.0) == 2);
  CHECK(tl::grad(tl::grad(f, tl::strong_zero), tl::strong_zero)(1.0) == 2);
  CHECK(tl::jvp(tl::grad(f, tl::strong_zero), std::tuple{1.0}, std::tuple{3.0}).tangent == 6);
  // Where the loss is least every cotangent is 0.
  constexpr auto loss = [](auto w, auto u) {
    return tl::square(w * exp(u) - 2) + tl::square(w / u - 2);
  };
  const double u = 0.5, w = 2 / std::exp(u);
  CHECK(tl::grad(tl::grad<0>(loss, tl::strong_zero))(w, u) == tl::grad(tl::grad<0>(loss))(w, u));
  // In loops.
  constexpr auto over_data = [](auto t, auto y) {
    return tl::sum(y.size(), [&](auto i) { return tl::square(log(t) - y[i]); });
  };
  const std::array<double, 3> zeros{};
  CHECK(tl::grad<0>(over_data, tl::strong_zero)(1.0, zeros) == 0);
  CHECK(tl::grad<0>(tl::grad<0>(over_data, tl::strong_zero))(1.0, zeros) == 6);
}

TEST_CASE("safe keeps NaN out of a sum, not the value") {
  constexpr auto f = [](auto a, auto b) { return sqrt(a) + b * b; };
  const auto [value, gradient] = tl::value_and_grad(f, tl::safe)(-1.0, 3.0);
  CHECK(std::isnan(value));
  CHECK(gradient == std::tuple{0.0, 6.0});
}

TEST_CASE("policies change nothing at ordinary points") {
  constexpr auto f = [](auto a, auto b) { return exp(a * b) / (1 + a * a) + hypot(a, b); };
  const auto strict = tl::grad(f)(0.7, -1.3);
  CHECK(tl::grad(f, tl::safe)(0.7, -1.3) == strict);
  CHECK(tl::grad(f, tl::strong_zero)(0.7, -1.3) == strict);
}
