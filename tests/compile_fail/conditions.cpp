// SPDX-License-Identifier: BSL-1.0
#include <tapeless/tapeless.hpp>

namespace tl = tapeless;

[[maybe_unused]] constexpr tl::variable<"x"> x;
// [right]
constexpr auto f = [](auto a, auto b) { return tl::select(a > b, a * a, a * b); };
double right = tl::grad<0>(f)(3.0, 2.0);
// [end]

#ifdef MISTAKE_1  // EXPECT: use tl::select(condition, a, b)
double branch = tl::grad<0>([](auto a, auto b) {
  if (a > b) return a * a;
  return a * b;
})(3.0, 2.0);
#endif
#ifdef MISTAKE_2  // EXPECT: use tl::select(condition, a, b)
double ternary = tl::grad<0>([](auto a, auto b) { return a > b ? a * a : a * b; })(3.0, 2.0);
#endif
#ifdef MISTAKE_3  // EXPECT: use tl::select(condition, a, b)
double loop = tl::grad<0>([](auto a, auto b) {
  while (a > b) a = a - b;
  return a;
})(3.0, 2.0);
#endif
#ifdef MISTAKE_4  // EXPECT: use tl::select(condition, a, b)
double negated = tl::grad<0>([](auto a, auto b) {
  if (!(a > b)) return a * b;
  return a * a;
})(3.0, 2.0);
#endif
#ifdef MISTAKE_5  // EXPECT: use tl::select(condition, a, b)
double both = tl::grad<0>([](auto a, auto b) {
  if (a > b && a > 0) return a * b;
  return a * a;
})(3.0, 2.0);
#endif
#ifdef MISTAKE_6  // EXPECT: use tl::select(condition, a, b)
double value = tl::grad<0>([](auto a, auto b) {
  if (a) return a * b;
  return a * a;
})(3.0, 2.0);
#endif
#ifdef MISTAKE_7  // EXPECT: use tl::select(condition, a, b)
double maximum = tl::grad<0>([](auto a, auto b) { return std::max(a, b); })(3.0, 2.0);
#endif
#ifdef MISTAKE_8  // EXPECT: use tl::select(condition, a, b)
double of_expression() {
  if (x > 2.0) return 1;
  return 0;
}
#endif
#ifdef MISTAKE_9  // EXPECT: use tl::select(condition, a, b)
double captured(double c) {
  return tl::grad([c](auto a) {
    if (a > c) return a * c;
    return a * c;
  })(3.0);
}
#endif
#ifdef MISTAKE_10  // EXPECT: use tl::select(condition, a, b)
double not_value = tl::grad<0>([](auto a, auto b) {
  if (!a) return a * b;
  return a * a;
})(3.0, 2.0);
#endif
