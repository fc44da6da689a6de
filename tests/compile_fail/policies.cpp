// SPDX-License-Identifier: BSL-1.0
#include <tapeless/tapeless.hpp>

namespace tl = tapeless;

constexpr tl::variable<"x"> x;
constexpr auto f = [](auto a) { return a * sqrt(a); };
#ifndef MISTAKE
// [right]
double slope = tl::grad(f, tl::safe, tl::strong_zero)(0.0);
// [end]
double right = tl::grad(x * x, tl::safe)(x = 3.0)[x];
#endif

#ifdef MISTAKE_1  // EXPECT: tapeless: a trailing argument is no policy
double number = tl::grad(f, 3.0)(3.0);
#endif
#ifdef MISTAKE_2  // EXPECT: tapeless: a trailing argument is no policy
auto [value, gradient] = tl::value_and_grad(f, tl::safe, 3)(3.0);
#endif
#ifdef MISTAKE_3  // EXPECT: tapeless: a trailing argument is no policy
double bound = tl::grad(x * x, x = 3.0)(x = 3.0)[x];
#endif
#ifdef MISTAKE_4  // EXPECT: tapeless: a trailing argument is no policy
auto [value, tangent] = tl::jvp(f, std::tuple{3.0}, std::tuple{1.0}, 1.0);
#endif
