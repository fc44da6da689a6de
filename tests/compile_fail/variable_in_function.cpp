// SPDX-License-Identifier: BSL-1.0
// A variable has no value in a function.
#include <tapeless/tapeless.hpp>

namespace tl = tapeless;

constexpr tl::variable<"x"> x;

// [right]
constexpr auto f = [](auto t, auto s) { return s * t * t; };
double right = tl::grad<0>(f)(x, 3.0)(x = 2.0);
// [end]

#ifdef MISTAKE_1  // EXPECT: tapeless: the function mentions a tl::variable, which has no value
constexpr auto g = [](auto t) { return x * t * t; };
double wrong = tl::grad(g)(2.0);
#endif

#ifdef MISTAKE_2  // EXPECT: tapeless: the function mentions a tl::variable, which has no value
constexpr auto g = [](auto t) { return x * t * t; };
double wrong = tl::grad(g)(x)(x = 2.0);
#endif

#ifdef MISTAKE_3  // EXPECT: tapeless: the function mentions a tl::variable, which has no value
double wrong = tl::grad([x = x * x](auto t) { return x * t * t; })(2.0);
#endif

#ifdef MISTAKE_4  // EXPECT: tapeless: the function mentions a tl::variable, which has no value
double wrong =
    tl::grad([](auto t) { return t * tl::grad([y = x](auto q) { return y * q * q; })(t); })(2.0);
#endif
