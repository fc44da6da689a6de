// SPDX-License-Identifier: BSL-1.0
#include <tapeless/inspect.hpp>

#include <vector>

namespace tl = tapeless;

constexpr tl::variable<"x"> x;
constexpr tl::variable<"y"> y;
constexpr auto f = x * y + sin(x);
constexpr auto h = [](auto s, auto t) { return s * t + sin(s); };

#ifndef MISTAKE
static_assert(tl::graph_of<double, double>(h).operations() == 3);
const auto right = tl::to_dot(f, y = 2.0, x = 3.0) + tl::to_string<double, double>(h);
#endif

constexpr auto norm = [](auto v) { return tl::sum(v.size(), [&](auto i) { return v[i] * v[i]; }); };
constexpr auto orbit = [](auto v) {
  return tl::fold(v.size(), 0.5, [&](auto c, auto i) { return sin(c * v[i]); });
};
using list = std::vector<double>;
#ifndef MISTAKE
const auto loops = tl::to_dot<list>(tl::grad(norm)) + tl::to_string<list>(orbit) +
                   tl::to_source<list>(tl::grad(orbit), "name");
#endif

#ifdef MISTAKE_1  // EXPECT: tapeless: the function does not accept these arguments
constexpr int too_few = tl::graph_of<double>(h).size();
#endif
#ifdef MISTAKE_2  // EXPECT: tapeless: the function does not accept these arguments
const auto no_types = tl::to_string(h);
#endif
#ifdef MISTAKE_3  // EXPECT: tapeless: a binding names a variable that the expression does not have
// ALSO: 'y'
const auto unknown = tl::to_dot(x, x = 3.0, y = 2.0);
#endif
#ifdef MISTAKE_4  // EXPECT: tapeless: an integer argument was asked for its gradient
const auto integer = tl::to_source<int, double>(tl::value_and_grad(h), "name");
#endif
#ifdef MISTAKE_5  // EXPECT: tapeless::grad(f): 'f' must return a scalar
const auto tuple = tl::to_dot<double>(tl::grad([](auto t) { return std::tuple{t, t}; }));
#endif
#ifdef MISTAKE_6  // EXPECT: tapeless::to_dot(f, x...): a node of a loop has a value in each
                  // iteration
const auto values = tl::to_dot(norm, list{1.0, 2.0});
#endif
#ifdef MISTAKE_7  // EXPECT: tapeless::to_string(f): a fold stores values one after another
const auto stored = tl::to_string<list>(tl::grad(orbit));
#endif
#ifdef MISTAKE_8  // EXPECT: tapeless: an integer argument was asked for its gradient
const auto integers = tl::to_source<std::vector<int>>(tl::value_and_grad(norm), "name");
#endif
