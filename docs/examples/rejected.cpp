// SPDX-License-Identifier: BSL-1.0
// Lines that the pages show because they do not compile, with the error they show.
#include <tapeless/tapeless.hpp>

#include <cmath>

namespace tl = tapeless;

constexpr tl::variable<"x"> x;
constexpr tl::variable<"y"> y;
constexpr auto f = x * y;
constexpr auto right = [](auto t) { return tl::select(t > 0, t, 0.1 * t); };
double slope = tl::grad(right)(2.0) + f(x = 1.0, y = 2.0);

// clang-format off
#ifdef MISTAKE_1  // EXPECT: tapeless: a condition on traced values or expressions has no bool value here; use tl::select(condition, a, b)
double slope_of_leaky = tl::grad([](auto t) { return t > 0 ? t : 0.1 * t; })(2.0);
#endif
#ifdef MISTAKE_2  // EXPECT: tapeless: a variable of the expression has no value: bind it, x = 3.0
double value = f(x = 3.0);
#endif
#ifdef MISTAKE_3  // EXPECT: tapeless: a traced value or expression was used as a plain number; make the function generic (auto parameters) and call sin(x), not std::sin(x)
double slope_of_sine = tl::grad([](auto t) { return std::sin(t); })(2.0);
#endif
#ifdef MISTAKE_4  // EXPECT: tapeless::grad(f): 'f' must return a scalar; use tapeless::vjp(f, ...) or tapeless::jvp(f, ...)
auto gradient = tl::grad([](auto r, auto t) { return std::tuple{r * cos(t), r * sin(t)}; })(2.0, 0.5);
#endif
// clang-format on
