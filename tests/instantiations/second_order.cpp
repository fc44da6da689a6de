// SPDX-License-Identifier: BSL-1.0
// A transform of a transform.
#include <tapeless/tapeless.hpp>

double run(double x) {
  constexpr auto f = [](auto a) { return sin(a) * exp(a); };
  return tapeless::grad(tapeless::grad(f))(x);
}
