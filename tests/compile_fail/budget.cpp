// SPDX-License-Identifier: BSL-1.0
#include <tapeless/tapeless.hpp>

namespace tl = tapeless;

template <int Count>
constexpr auto iterated = [](auto t) {
  auto s = t;
  for (int i = 0; i < Count; ++i) s = sin(s) * t;
  return s;
};
#ifndef MISTAKE
double right = tl::grad(iterated<100>)(1.0);
#endif

#ifdef MISTAKE_1  // EXPECT: tapeless: the program takes more steps than the compiler allows
// ALSO: -fconstexpr-ops-limit
// The compilers count differently.
#ifdef __clang__
double large = tl::grad(iterated<5'500>)(1.0);
#else
double large = tl::grad(iterated<14'000>)(1.0);
#endif
#endif
