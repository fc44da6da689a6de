// SPDX-License-Identifier: BSL-1.0
// [simd]
#include <tapeless/interop/simd.hpp>
#include <tapeless/tapeless.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

namespace tl = tapeless;

constexpr auto chain = [](auto x) {
  return tl::sum(x.size() - 1,
                 [&](auto i) { return 100 * square(x[i + 1] - x[i] * x[i]) + square(1 - x[i]); });
};

int main() {
  const std::vector<double> x(1000, 0.5);
  std::vector<double> gradient;
  const double value = tl::value_and_grad(chain, tl::simd).into(gradient)(x);
  const auto [expected, slopes] = tl::value_and_grad(chain)(x);
  return std::abs(value - expected) < 1e-9 && std::abs(gradient[500] - slopes[500]) < 1e-9 ? 0 : 1;
}
// [end]
