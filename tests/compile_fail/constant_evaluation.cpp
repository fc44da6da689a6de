// SPDX-License-Identifier: BSL-1.0
#define TAPELESS_MAX_NODES 1000
#include <tapeless/tapeless.hpp>

#include <array>

namespace tl = tapeless;

double scale = 2.0;
#ifndef MISTAKE
double straight_line = tl::grad([](auto t) { return scale * t; })(3.0);
// [right]
double passed = tl::grad<0>([](auto t, auto factor) {
  auto s = t;
  for (int i = 0; i < 3; ++i) s = s * factor;
  return s;
})(3.0, scale);
// [end]
#endif

#ifdef MISTAKE_1  // EXPECT: tapeless: the function's body is no constant expression
// ALSO: sqrt(2_c)
double global = tl::grad([](auto t) {
  auto s = t;
  for (int i = 0; i < 3; ++i) s = s * scale;
  return s;
})(3.0);
#endif
#ifdef MISTAKE_2  // EXPECT: tapeless: the function's body is no constant expression
double compound = tl::grad([](auto t) {
  auto s = t[0];
  for (auto e : t) s += e * scale;
  return s;
})(std::array{3.0, 2.0})[0];
#endif
#ifdef MISTAKE_3  // EXPECT: tapeless: the function's body is no constant expression
// ALSO: -fconstexpr-
double endless = tl::grad([](auto t) {
  auto s = t;
  for (int i = 0; i < 30'000'000; ++i) s = s * t;
  return s;
})(1.0);
#endif
#ifdef MISTAKE_4  // EXPECT: tapeless: the function has more operations than TAPELESS_MAX_NODES
double large = tl::grad([](auto t) {
  auto s = t;
  for (int i = 0; i < 1'100; ++i) s = sin(s);
  return s;
})(1.0);
#endif
#ifdef MISTAKE_5  // EXPECT: tapeless: the function has more operations than TAPELESS_MAX_NODES
double large(double c) {
  return tl::evaluate(tl::bind_back(
      [](auto t, auto d) {
        auto s = t;
        for (int i = 0; i < 1'100; ++i) s = sin(s) * d;
        return s;
      },
      c))(1.0);
}
#endif
