// SPDX-License-Identifier: BSL-1.0
// A neuron with 24 weights: its 24 products and the 24 products of its gradient take 6 instructions
// each, in vectors of four; the sum is 24 additions in order. With the derivative of tanh that is
// 37, and clang keeps 12 products out of vectors. One by one it would be 73.
// FLAGS: -march=x86-64-v3
// LEVELS: -O3
#include <tapeless/tapeless.hpp>

#include <array>
#include <cmath>

namespace tl = tapeless;

namespace {
constexpr std::size_t size = 24;
using weights = std::array<double, size + 1>;
using signals = std::array<double, size>;

constexpr auto neuron = [](const auto& w, const auto& x) {
  auto sum = w[size];
  for (std::size_t i = 0; i < size; ++i) sum += w[i] * x[i];
  return tanh(sum);
};
}  // namespace

// CHECK: neuron_value_and_gradient <= 50: arithmetic
// CHECK: neuron_value_and_gradient <= 7: stores
// CHECK: neuron_value_and_gradient == 0: heap
// CHECK: neuron_value_and_gradient == 1: calls
extern "C" double neuron_value_and_gradient(const weights* w, const signals* x, weights* g) {
  return tl::value_and_grad<0>(neuron).into(*g)(*w, *x);
}
