// SPDX-License-Identifier: BSL-1.0
// The gradient by hand and by the library: docs/explanation/how-it-works.md shows the machine code.
// CHECK: by_tapeless == by_hand: arithmetic loads stores calls heap
#include <tapeless/tapeless.hpp>

#include <cmath>

namespace tl = tapeless;

// [by_hand]
extern "C" double by_hand(double x, double y, double& dx, double& dy) {
  const double product = x * y;
  const double cotangent = 1 + std::cos(product);
  dx = y * cotangent;
  dy = x * cotangent;
  return product + std::sin(product);
}
// [end]

// [by_tapeless]
constexpr auto f = [](auto x, auto y) { return x * y + sin(x * y); };

extern "C" double by_tapeless(double x, double y, double& dx, double& dy) {
  return tl::value_and_grad(f).into(dx, dy)(x, y);
}
// [end]

int main() {
  double by_hand_x, by_hand_y, x, y;
  const double difference = by_hand(3, 2, by_hand_x, by_hand_y) - by_tapeless(3, 2, x, y);
  const double all = std::abs(difference) + std::abs(by_hand_x - x) + std::abs(by_hand_y - y);
  return all < 1e-14 ? 0 : 1;
}
