// SPDX-License-Identifier: BSL-1.0
#include <tapeless/tapeless.hpp>

#include <array>

namespace tl = tapeless;

constexpr tl::variable<"x"> x;
constexpr tl::variable<"y"> y;
constexpr auto e = x * y;
constexpr auto sine = sin(x);
constexpr auto f = [](auto a, auto b) { return std::array{a * b, a + b}; };

// [right]
auto [value_of_f, pullback] = tl::vjp(f, 3.0, 2.0);
auto right = pullback(std::array{1.0, 0.0});
auto right_tangent = tl::jvp(f, std::tuple{3.0, 2.0}, std::tuple{1.0, 0.0});
// [end]
auto [value_of_e, pullback_of_e] = tl::vjp(sine, x = 3.0);
double right_of_e = pullback_of_e(1.0)[x];
auto right_tangent_of_e = tl::jvp(e, std::tuple{x = 3.0, y = 2.0}, std::tuple{x = 1.0, y = 0.0});

#ifdef MISTAKE_1  // EXPECT: tapeless: pullback(w): 'w' differs in shape from the function's result
auto scalar = pullback(1.0);
#endif
#ifdef MISTAKE_2  // EXPECT: tapeless: pullback(w): 'w' differs in shape from the function's result
auto [a, b] = pullback(std::array{1.0, 2.0, 3.0});
#endif
#ifdef MISTAKE_3  // EXPECT: tapeless: pullback(w): 'w' differs in shape from the function's result
double of_expression = pullback_of_e(std::array{1.0, 2.0})[x];
#endif
#ifdef MISTAKE_4  // EXPECT: tapeless::jvp(f, primals, tangents): 'tangents' differ in number or
                  // shape
auto [value, number] = tl::jvp(f, std::tuple{3.0, 2.0}, std::tuple{1.0});
#endif
#ifdef MISTAKE_5  // EXPECT: tapeless::jvp(f, primals, tangents): 'tangents' differ in number or
                  // shape
auto [value, shape] = tl::jvp(f, std::tuple{3.0, 2.0}, std::tuple{1.0, std::array{1.0}});
#endif
#ifdef MISTAKE_6  // EXPECT: tapeless::jvp(f, primals, tangents): 'primals' and 'tangents' are
auto [value, bare] = tl::jvp([](auto a) { return a * a; }, 3.0, 1.0);
#endif
#ifdef MISTAKE_7  // EXPECT: tapeless: a variable of the expression has no value: bind it, x = 3.0
auto [value, missing] = tl::jvp(e, std::tuple{x = 3.0, y = 2.0}, std::tuple{x = 1.0});
#endif
#ifdef MISTAKE_8  // EXPECT: tapeless::jvp(f, primals, tangents): 'primals' and 'tangents' are
auto [value, bare] = tl::jvp(e, x = 3.0, y = 1.0);
#endif
#ifdef MISTAKE_9  // EXPECT: tapeless: an integer argument was asked for its gradient
auto [value, integer] = tl::jvp(f, std::tuple{3, 2.0}, std::tuple{1.0, 0.0});
#endif
#ifdef MISTAKE_10  // EXPECT: tapeless::jvp(f, primals, tangents): 'tangents' differ in number or
                   // shape
auto [value, text] = tl::jvp(f, std::tuple{3.0, 2.0}, std::tuple{1.0, "1"});
#endif
