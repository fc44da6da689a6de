// SPDX-License-Identifier: BSL-1.0
#include <tapeless/tapeless.hpp>

int main() {
  const double slope = tapeless::grad([](auto x) { return x * x; })(3.0);
  return slope == 6.0 ? 0 : 1;
}
