// SPDX-License-Identifier: BSL-1.0
#include <tapeless/tapeless.hpp>

namespace tl = tapeless;
using namespace tl::literals;

constexpr tl::variable<"x"> x;

template <int Levels, class E>
constexpr auto shared(const E& e) {
  if constexpr (Levels == 0) {
    return e;
  } else {
    return shared<Levels - 1>(sin(e) * e);
  }
}
template <int Levels, class E>
constexpr auto shared_with_let(const E& e) {
  if constexpr (Levels == 0) {
    return e;
  } else {
    return tl::let(e, [](auto t) { return shared_with_let<Levels - 1>(sin(t) * t); });
  }
}
template <int Terms, class E>
constexpr auto sum_of(const E& e) {
  if constexpr (Terms == 0) {
    return e;
  } else {
    return sum_of<Terms - 1>(e + x);
  }
}

#ifndef MISTAKE
double right = tl::grad(shared<7>(x))(x = 1.7)[x] + tl::grad(shared_with_let<12>(x))(x = 1.7)[x];
#endif
// [right]
constexpr auto once = tl::let(sin(x) * x, [](auto t) { return sin(t) * t; });
constexpr auto levels = [](auto e) {
  for (int i = 0; i < 60; ++i) e = sin(e) * e;
  return e;
};
double slope = tl::grad(once)(x = 1.7)[x] + tl::grad(levels)(1.7);
// [end]

#ifdef MISTAKE_1  // EXPECT: tapeless: the expression type has too many nodes
// ALSO: tl::let
double value = shared<60>(x)(x = 1.7);
#endif
#ifdef MISTAKE_2  // EXPECT: tapeless: the expression type has too many nodes
double gradient = tl::grad(shared<60>(x))(x = 1.7)[x];
#endif
#ifdef MISTAKE_3  // EXPECT: tapeless: the expression type has too many nodes
double derivative = tl::grad<x>(shared<60>(x))(x = 1.7);
#endif
#ifdef MISTAKE_4  // EXPECT: tapeless: the expression type has too many nodes
double second = tl::grad<x>(tl::grad<x>(shared<60>(x)))(x = 1.7);
#endif
#ifdef MISTAKE_5  // EXPECT: tapeless: the expression type has too many nodes
double deep = tl::grad(sum_of<500>(x))(x = 1.7)[x];
#endif
#ifdef MISTAKE_6  // EXPECT: tapeless: the expression type has too many nodes
auto [value, tangent] = tl::jvp(shared<60>(x), std::tuple{x = 1.7}, std::tuple{x = 1.0});
#endif
#ifdef MISTAKE_7  // EXPECT: tapeless: the expression type has too many nodes
double captured(double c) {
  return tl::grad([c](auto t) { return shared<60>(c * t); })(1.7);
}
#endif
