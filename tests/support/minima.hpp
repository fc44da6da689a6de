// SPDX-License-Identifier: BSL-1.0
// Functions with known minima, for adapters to other people's optimisers.
#pragma once

#include <tapeless/tapeless.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace minima {

/// Rosenbrock, in the chained form; minimum 0 where all are 1.
/// Source:   Dixon, Mills: Effect of rounding errors on the variable metric method (1994), (9)
constexpr auto rosenbrock = [](const auto& x) {
  return tapeless::sum(x.size() - 1, [&](auto i) {
    return 100 * tapeless::square(x[i + 1] - x[i] * x[i]) + tapeless::square(1 - x[i]);
  });
};
inline std::vector<double> start(std::size_t n) {
  std::vector<double> x(n, 1.0);
  for (std::size_t i = 0; i < n; i += 2) x[i] = -1.2;
  return x;
}
/// Two parameters; minimum 1 where both are 1; no number where the first is negative.
constexpr auto walled = [](const auto& x) {
  return x[0] - log(x[0]) + tapeless::square(x[1] - x[0]);
};
/// From 1, in the maximum norm.
double distance(const auto& x) {
  double d = 0;
  for (const double v : x) d = std::max(d, std::abs(v - 1));
  return d;
}

}  // namespace minima
