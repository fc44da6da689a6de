// SPDX-License-Identifier: BSL-1.0
// Evaluating and differentiating arithmetic types throws nothing.
#include <tapeless/tapeless.hpp>

#include <array>
#include <tuple>

namespace tl = tapeless;

constexpr tl::variable<"x"> x;
constexpr tl::variable<"y"> y;
constexpr auto f = x * y + sin(x);
constexpr std::array<double, 2> p{};
double gx, gy;

static_assert(noexcept(x = 3.0));
static_assert(noexcept(f(x = 3.0, y = 2.0)));
static_assert(noexcept(tl::grad(f)(x = 3.0, y = 2.0)));
static_assert(noexcept(tl::grad<x>(f)(x = 3.0, y = 2.0)));
static_assert(noexcept(tl::value_and_grad(f)(x = 3.0, y = 2.0)));
static_assert(noexcept(tl::value_and_grad(f).into(gx, gy)(x = 3.0, y = 2.0)));

static_assert(noexcept(tl::vjp(f, x = 3.0, y = 2.0).pullback(1.0)));
static_assert(noexcept(tl::jvp(f, std::tuple{x = 3.0, y = 2.0}, std::tuple{x = 1.0, y = 0.0})));

// Functions without loops. (clang does not say so: api/check.hpp.)
#if !defined(__clang__)
constexpr auto h = [](auto a, auto b) { return a * exp(b); };
constexpr auto dot = [](auto v, auto w) { return v[0] * w[0] + v[1] * w[1]; };
static_assert(noexcept(tl::evaluate(h)(1.0, 2.0)));
static_assert(noexcept(tl::grad(h)(1.0, 2.0)));
static_assert(noexcept(tl::value_and_grad(h)(1.0f, 2.0)));
static_assert(noexcept(tl::grad<0>(dot)(p, p)));
static_assert(noexcept(tl::grad(tl::grad<0>(h))(1.0, 2.0)));
static_assert(noexcept(tl::value_and_grad(h).into(gx, gy)(1.0, 2.0)));
static_assert(noexcept(tl::value_and_grad(h).add_to(gx, gy)(1.0, 2.0)));
static_assert(noexcept(tl::vjp(h, 1.0, 2.0).pullback(1.0)));
static_assert(noexcept(tl::jvp(h, std::tuple{1.0, 2.0}, std::tuple{1.0, 0.0})));
static_assert(noexcept(tl::grad(tl::bind_back(h, 2.0))(1.0)));
#endif

// Loops look at ranges.
constexpr auto leading = [](auto a, auto n) { return tl::sum(n, [&](auto i) { return a[i]; }); };
static_assert(!noexcept(tl::evaluate(leading)(p, 3)));
static_assert(!noexcept(tl::grad<0>(leading)(p, 3.0)));
std::array<double, 2> gp;
static_assert(!noexcept(tl::value_and_grad(leading).into(gp, gy)(p, 3.0)));
static_assert(!noexcept(tl::vjp(leading, p, 3.0)));
static_assert(!noexcept(tl::vjp(leading, p, 3.0).pullback(1.0)));
static_assert(!noexcept(tl::jvp(leading, std::tuple{p, 3.0}, std::tuple{p, 0.0})));
static_assert(!noexcept(tl::grad(tl::bind_back(leading, 3))(p)));
