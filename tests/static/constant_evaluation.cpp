// SPDX-License-Identifier: BSL-1.0
// Where no <cmath> is needed, everything is a constant expression.
#include <tapeless/tapeless.hpp>

#include <array>
#include <tuple>

namespace tl = tapeless;
using namespace tl::literals;

constexpr tl::variable<"x"> x;
constexpr tl::variable<"y"> y;

// Polynomials and rational functions.
static_assert(tl::grad(x * x)(x = 3.0)[x] == 6);
static_assert(tl::grad<x>(tl::grad<x>(x * x * x))(x = 2.0) == 12);
static_assert((x / y)(x = 3.0, y = 4.0) == 0.75);
static_assert(tl::grad(x / y)(x = 3.0, y = 4.0)[y] == -3.0 / 16);
static_assert(tl::value_and_grad(2_c * x * y)(x = 3.0, y = 4.0).gradient[x] == 8);
static_assert(tl::grad<x>(pow<3>(x) + 0.5 * x)(x = 2.0) == 12.5);
static_assert(tl::grad<x>(tl::let(x * x, [](auto t) { return t * t; }))(x = 2.0) == 32);

constexpr auto cube = [](auto t) { return t * t * t; };
static_assert(tl::evaluate(cube)(2.0) == 8);
static_assert(tl::grad(cube)(2.0) == 12);
static_assert(tl::grad(tl::grad(cube))(2.0) == 12);
static_assert(tl::grad(tl::grad(tl::grad(cube)))(2.0) == 6);
static_assert(tl::value_and_grad(cube)(2.0f).gradient == 12);
static_assert(tl::grad(cube)(2.0L) == 12);

constexpr auto rational = [](auto a, auto b) { return (a + 1) / (b * b + 1) - a; };
static_assert(tl::grad(rational)(1.0, 1.0) == std::tuple{-0.5, -1.0});
static_assert(tl::vjp(rational, 1.0, 1.0).value == 0);
static_assert(tl::vjp(rational, 1.0, 1.0).pullback(2.0) == std::tuple{-1.0, -2.0});
static_assert(tl::jvp(rational, std::tuple{1.0, 1.0}, std::tuple{1.0, 0.25}).tangent == -0.75);
static_assert(tl::jvp(x * y, std::tuple{x = 3.0, y = 2.0}, std::tuple{x = 1.0, y = 1.0}).tangent ==
              5);
static_assert(tl::vjp(x * y, x = 3.0, y = 2.0).pullback(2.0)[y] == 6);

// Branches, comparisons, functions that choose.
constexpr auto branch = [](auto t) { return select(t > 1 && !(t == 2), t * t, 1 / t); };
static_assert(tl::grad(branch)(3.0) == 6);
static_assert(tl::grad(branch)(0.5) == -4);
static_assert(tl::grad(branch)(2.0) == -0.25);
static_assert(tl::grad([](auto t) { return abs(t); })(-3.0) == -1);
static_assert(tl::grad([](auto t) { return abs(t); })(0.0) == 0);
static_assert(tl::grad([](auto a, auto b) { return max(a, b); })(1.0, 1.0) == std::tuple{0.5, 0.5});
static_assert(tl::grad([](auto t) { return clamp(t, 0, 1) * 3; })(0.5) == 3);
static_assert(tl::grad([](auto t) { return relu(t); })(0.0) == 0);

// Loops, arrays, bound data, policies.
constexpr auto norm2 = [](auto p) {
  auto s = 0 * p[0];
  for (auto e : p) s += e * e;
  return s;
};
static_assert(tl::grad(norm2)(std::array{1.0, 2.0, 3.0}) == std::array{2.0, 4.0, 6.0});
static_assert(tl::grad(tl::bind_back(rational, 1.0))(1.0) == -0.5);
static_assert(tl::grad(cube, tl::safe, tl::strong_zero)(2.0) == 12);

// Captured state, known as a constant.
constexpr double c = 2.5;
static_assert(tl::grad([k = c](auto t) { return k * t * t; })(2.0) == 10);

// Plain numbers.
static_assert(tl::square(3) == 9);
static_assert(tl::max(1, 2.5) == 2.5);
static_assert(tl::pow<3>(2.0) == 8);
static_assert(tl::select(true, 1, 2.5) == 1);
