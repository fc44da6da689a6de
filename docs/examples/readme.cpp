// SPDX-License-Identifier: BSL-1.0
// What README.md shows.

// [first]
#include <tapeless/tapeless.hpp>
namespace tl = tapeless;

constexpr auto cubic = [](auto x) { return x * x * x - 2 * x; };
static_assert(tl::grad(cubic)(3.0) == 25.0);  // 3 x^2 - 2, known to the compiler
// [end]

#include <array>
#include <cassert>
#include <cstdio>
#include <tuple>
#include <vector>

namespace {

void functions() {
  // [functions]
  constexpr auto rosenbrock = [](auto x, auto y) {
    return 100 * tl::square(y - x * x) + tl::square(1 - x);
  };
  auto [value, gradient] = tl::value_and_grad(rosenbrock)(-1.2, 1.0);
  auto [dx, dy] = gradient;
  std::printf("value %.1f, gradient (%.1f, %.1f)\n", value, dx, dy);

  double dxx = tl::grad<0>(tl::grad<0>(rosenbrock))(-1.2, 1.0);
  std::printf("second derivative %.1f\n", dxx);
  // [end]
}

void arrays() {
  // [arrays]
  constexpr auto loss = [](auto line, auto x, auto y) {
    auto [slope, offset] = line;
    decltype(slope) sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += tl::square(slope * x[i] + offset - y[i]);
    return sum;
  };
  std::array x{0.0, 1.0, 2.0, 3.0}, y{1.1, 2.9, 5.2, 6.8};
  std::array line{2.0, 1.1};
  std::array gradient = tl::grad<0>(loss)(line, x, y);  // x and y are data
  std::printf("gradient (%.1f, %.1f)\n", gradient[0], gradient[1]);
  // [end]
}

void loops() {
  // [loops]
  constexpr auto loss = [](auto w, auto X, auto y) {
    return tl::sum(X.rows(), [&](auto i) {
      const auto predicted = tl::sum(X.cols(), [&](auto j) { return X(i, j) * w[j]; });
      return tl::square(predicted - y[i]);
    });
  };
  std::vector<double> w{2.0, 1.1}, numbers{0, 1, 1, 1, 2, 1, 3, 1}, y{1.1, 2.9, 5.2, 6.8};
  auto X = tl::view(numbers.data(), 4, 2);  // 4 rows, 2 columns
  std::vector<double> gradient = tl::grad<0>(loss)(w, X, y);
  std::printf("gradient (%.1f, %.1f)\n", gradient[0], gradient[1]);
  // [end]
}

void expressions() {
  // [expressions]
  constexpr tl::variable<"x"> x;
  constexpr tl::variable<"y"> y;
  constexpr auto f = x * y + sin(x);  // an empty object: its type is the computation graph

  auto g = tl::grad(f)(x = 0.0, y = 2.0);
  std::printf("df/dx %.1f, df/dy %.1f\n", g[x], g[y]);
  static_assert(tl::grad<x>(x * x * y)(x = 3.0, y = 2.0) == 12.0);
  // [end]
}

}  // namespace

int main() {
  std::puts("[functions]");
  functions();
  std::puts("[arrays]");
  arrays();
  std::puts("[loops]");
  loops();
  std::puts("[expressions]");
  expressions();
}
