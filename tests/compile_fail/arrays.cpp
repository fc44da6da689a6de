// SPDX-License-Identifier: BSL-1.0
#include <tapeless/tapeless.hpp>

#include <array>

namespace tl = tapeless;

constexpr std::array p{1.0, 2.0, 3.0, 4.0};
#ifndef MISTAKE
// [right]
auto right = tl::grad([](auto a) {
  std::array<std::remove_cvref_t<decltype(a[0])>, 4> scaled;
  for (std::size_t i = 0; i < a.size(); ++i) scaled[i] = a[i] * 2.0;
  return scaled[0] * scaled[3];
})(p);
// [end]
#endif

#ifdef MISTAKE_1  // EXPECT: tapeless: a[i]: the index is out of range
auto index = tl::grad([](auto a) { return a[0] * a[7]; })(p);
#endif
#ifdef MISTAKE_2  // EXPECT: tapeless: a[i]: the index is negative
auto negative = tl::grad([](auto a) { return a[0] * a[-1]; })(p);
#endif
#ifdef MISTAKE_3  // EXPECT: tapeless: a[i]: the index is out of range
auto loop = tl::grad([](auto a) {
  auto s = a[0];
  for (std::size_t i = 0; i <= a.size(); ++i) s += a[i] * a[i];
  return s;
})(p);
#endif
#ifdef MISTAKE_4  // EXPECT: tapeless: a[i]: the index is out of range
auto constant = tl::grad([](auto a) { return get<4>(a); })(p);
#endif
#ifdef MISTAKE_5  // EXPECT: tapeless: a[i]: the index is out of range
auto captured(double c) {
  return tl::grad([c](auto a) { return c * get<4>(a); })(p);
}
#endif
#ifdef MISTAKE_6  // EXPECT: tapeless: a[i] = value
auto assigned = tl::grad([](auto a) {
  a[0] = a[1] * 2.0;
  return a[0];
})(p);
#endif
#ifdef MISTAKE_7  // EXPECT: tapeless: a[i] = value
auto accumulated = tl::grad([](auto a) {
  for (int i = 1; i < 4; ++i) a[0] += a[i];
  return a[0];
})(p);
#endif
