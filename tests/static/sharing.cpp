// SPDX-License-Identifier: BSL-1.0
// Sharing: what is computed once is one node, however it is spelled.
#include <tapeless/tapeless.hpp>

#include <array>
#include <tuple>

namespace tl = tapeless;
using namespace tl::literals;

constexpr tl::variable<"x"> x;
constexpr tl::variable<"y"> y;

// Equal subexpressions are found, in functions and in expressions.
constexpr auto twice = [](auto a, auto b) { return sin(a * b) + sin(b * a) * exp(a * b); };
static_assert(tl::graph_of<double, double>(twice).operations() == 5);
static_assert(tl::graph_of(twice(x, y)).operations() == 5);
static_assert(tl::graph_of(sin(x * y) / sin(x * y)).count("sin") == 1);

// Forty levels of sharing: linear.
constexpr auto deep = [](auto t) {
  auto e = t;
  for (int i = 0; i < 40; ++i) e = e + 0.05 * (sin(e) * e);
  return e;
};
static_assert(tl::graph_of<double>(deep).operations() == 160);
static_assert(tl::graph_of<double>(tl::value_and_grad(deep)).operations() < 2.5 * 160);

// What does not change is computed once: sums of squares share nothing they need not.
constexpr auto norm = [](auto p) {
  auto s = p[0] * p[0];
  for (std::size_t i = 1; i < p.size(); ++i) s += p[i] * p[i];
  return sqrt(s);
};
// sqrt, 4 squares, 3 sums; 1 / sqrt is shared by all four components.
static_assert(tl::graph_of<std::array<double, 4>>(norm).operations() == 8);
static_assert(tl::graph_of<std::array<double, 4>>(tl::grad(norm)).count("/") <= 1);

// Local algebra.
constexpr auto operations = [](auto f) { return tl::graph_of<double, double>(f).operations(); };
static_assert(operations([](auto a, auto) { return a * 1 + 0 * 1; }) <= 1);
static_assert(operations([](auto a, auto) { return -(-a); }) == 0);
static_assert(operations([](auto a, auto b) { return (a - b) - 0.0; }) == 1);
static_assert(operations([](auto a, auto) { return a + a; }) == 1);
static_assert(operations([](auto a, auto) { return 2 * (a * 4); }) == 1);
static_assert(operations([](auto a, auto) { return pow<2>(a) - a * a; }) == 2);
static_assert(operations([](auto a, auto) { return a / 4; }) == 1);
static_assert(operations([](auto a, auto b) { return select(a < b, a, a); }) == 0);
// Values are preserved: nothing is cancelled, no NaN disappears.
static_assert(operations([](auto a, auto) { return a - a; }) == 1);
static_assert(operations([](auto a, auto) { return a / a; }) == 1);
static_assert(operations([](auto a, auto) { return 0 * a; }) == 1);
static_assert(operations([](auto a, auto b) { return (a + b) - b; }) == 2);

// Arguments that the result does not need are not loaded; gradients of constants cost nothing.
static_assert(tl::graph_of<double, double>([](auto a, auto) { return a * a; }).operations() == 1);
static_assert(tl::graph_of(tl::grad<y>(x * x + y)).operations() == 0);
