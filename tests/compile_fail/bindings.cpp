// SPDX-License-Identifier: BSL-1.0
#include <tapeless/tapeless.hpp>

namespace tl = tapeless;

constexpr tl::variable<"x"> x;
constexpr tl::variable<"y"> y;
[[maybe_unused]] constexpr tl::variable<"z"> z;
constexpr auto f = x * y;
[[maybe_unused]] constexpr auto e = sin(x);

#ifndef MISTAKE
// [right]
double value = f(x = 3.0, y = 2.0);
double slope = tl::grad(f)(y = 2.0, x = 3.0)[x] + tl::grad<x>(f)(x = 3.0, y = 2.0);
// [end]
#endif

#ifdef MISTAKE_1  // EXPECT: tapeless: a variable of the expression has no value: bind it, x = 3.0
// ALSO: symbol<'y'>
double missing = f(x = 3.0);
#endif
#ifdef MISTAKE_2  // EXPECT: tapeless: a variable of the expression has no value: bind it, x = 3.0
// ALSO: symbol<'x'>
double missing_in_gradient = tl::grad(e)()[x];
#endif
#ifdef MISTAKE_3  // EXPECT: tapeless: a binding names a variable that the expression does not have
// ALSO: symbol<'z'>
double unknown = f(x = 3.0, y = 2.0, z = 1.0);
#endif
#ifdef MISTAKE_4  // EXPECT: tapeless: a binding names a variable that the expression does not have
// ALSO: symbol<'z'>
double unknown_in_gradient = tl::grad<x>(e)(z = 3.0, x = 2.0);
#endif
#ifdef MISTAKE_5  // EXPECT: tapeless: a variable is bound twice
// ALSO: symbol<'x'>
double twice = f(x = 3.0, y = 2.0, x = 1.0);
#endif
#ifdef MISTAKE_6  // EXPECT: tapeless: a variable is bound twice
// ALSO: symbol<'x'>
double twice_in_derivative = tl::grad<x>(e)(x = 3.0, x = 1.0);
#endif
#ifdef MISTAKE_7  // EXPECT: tapeless: x = expression: a variable is bound to a number
double expression = f(x = y, y = 2.0);
#endif
#ifdef MISTAKE_8  // EXPECT: tapeless: x = value: a variable is bound to a number
double text = f(x = "3.0", y = 2.0);
#endif
#ifdef MISTAKE_9  // EXPECT: tapeless: a variable can not be assigned to: declare it constexpr
tl::variable<"x"> w;
double assigned = f(w = 3.0, y = 2.0);
#endif
#ifdef MISTAKE_10  // EXPECT: tapeless: an expression is called with bindings: f(x = 3.0, y = 2.0)
double number = f(x = 3.0, 2.0);
#endif
#ifdef MISTAKE_11  // EXPECT: tapeless: an expression is called with bindings: f(x = 3.0, y = 2.0)
double number_in_gradient = tl::grad(f)(3.0, 2.0)[x];
#endif
#ifdef MISTAKE_12  // EXPECT: tapeless: g[x]: the gradient was not taken with respect to this
// ALSO: symbol<'z'>
double not_differentiated = tl::grad(f)(x = 3.0, y = 2.0)[z];
#endif
#ifdef MISTAKE_13  // EXPECT: tapeless: an expression is called with bindings: f(x = 3.0, y = 2.0)
auto pulled = tl::vjp(f, 3.0, 2.0);
#endif
#ifdef MISTAKE_14  // EXPECT: tapeless: a variable of the expression has no value: bind it, x = 3.0
auto pulled = tl::vjp(f, x = 3.0);
#endif
#ifdef MISTAKE_15  // EXPECT: tapeless: an expression is differentiated in variables
double by_position = tl::grad<0>(f)(x = 3.0, y = 2.0);
#endif
#ifdef MISTAKE_16  // EXPECT: tapeless: vjp and jvp of an expression of arrays
constexpr std::array<double, 2> pair{1, 2};
auto pullback_of_arrays = tl::vjp(sum(x * y), x = pair, y = pair);
#endif
