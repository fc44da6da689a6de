// SPDX-License-Identifier: BSL-1.0
// The examples of docs/tutorial/getting-started.md, in the order of the page.

// [include]
#include <tapeless/tapeless.hpp>

namespace tl = tapeless;
// [end]

#include <array>
#include <cassert>
#include <cstdio>
#include <tuple>
#include <type_traits>

// [first]
constexpr auto f = [](auto x, auto y) { return x * y + sin(x * y); };
// [end]

// [constant]
constexpr auto cubic = [](auto x) { return x * x * x; };
static_assert(tl::grad(cubic)(2.0) == 12.0);
static_assert(tl::grad(tl::grad(cubic))(2.0) == 12.0);  // 6 x
// [end]

// [loss]
constexpr auto loss = [](auto line, auto x, auto y) {
  auto [slope, offset] = line;
  decltype(slope) sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += tl::square(slope * x[i] + offset - y[i]);
  return sum / x.size();
};
// [end]

namespace {

void gradient() {
  // [gradient]
  auto [value, gradient] = tl::value_and_grad(f)(3.0, 2.0);
  auto [dx, dy] = gradient;
  std::printf("f = %.4f, df/dx = %.4f, df/dy = %.4f\n", value, dx, dy);
  // [end]
}

void chosen() {
  // [chosen]
  double dx = tl::grad<0>(f)(3.0, 2.0);                // the first argument only: a bare number
  double dxy = tl::grad<1>(tl::grad<0>(f))(3.0, 2.0);  // differentiated again
  std::printf("df/dx = %.4f, d2f/dxdy = %.4f\n", dx, dxy);
  // [end]
}

void fit() {
  // [fit]
  const std::array x{0.0, 1.0, 2.0, 3.0};
  const std::array y{1.1, 2.9, 5.2, 6.8};

  std::array line{0.0, 0.0};
  for (int step = 0; step <= 200; ++step) {
    auto [value, gradient] = tl::value_and_grad<0>(loss)(line, x, y);
    if (step % 50 == 0) {
      std::printf("step %3d  loss %.4f  y = %.3f x + %.3f\n", step, value, line[0], line[1]);
    }
    for (std::size_t i = 0; i < line.size(); ++i) line[i] -= 0.1 * gradient[i];
  }
  // [end]
}

void into() {
  const std::array x{0.0, 1.0, 2.0, 3.0};
  const std::array y{1.1, 2.9, 5.2, 6.8};
  std::array line{2.0, 1.1};
  // [into]
  std::array<double, 2> gradient;
  double value = tl::value_and_grad<0>(loss).into(gradient)(line, x, y);  // overwrites
  value += tl::value_and_grad<0>(loss).add_to(gradient)(line, x, y);      // accumulates
  // [end]
  std::printf("%.4f %.4f %.4f\n", value, gradient[0], gradient[1]);
}

void products() {
  // [products]
  constexpr auto polar = [](auto r, auto t) { return std::array{r * cos(t), r * sin(t)}; };

  auto [point, pullback] = tl::vjp(polar, 2.0, 0.5);
  auto [r0, t0] = pullback(std::array{1.0, 0.0});  // first row of the Jacobian
  auto [r1, t1] = pullback(std::array{0.0, 1.0});  // second row
  std::printf("rows    (%.4f, %.4f) (%.4f, %.4f)\n", r0, t0, r1, t1);

  auto [same, column] = tl::jvp(polar, std::tuple{2.0, 0.5}, std::tuple{1.0, 0.0});
  std::printf("column  (%.4f, %.4f)\n", column[0], column[1]);
  // [end]
  assert(same == point);
}

void expressions() {
  // [expressions]
  constexpr tl::variable<"x"> x;
  constexpr tl::variable<"y"> y;
  constexpr auto e = x * y + sin(x * y);

  double value = e(x = 3.0, y = 2.0);
  auto gradient = tl::grad(e)(y = 2.0, x = 3.0);  // bindings in any order
  std::printf("%.4f %.4f %.4f\n", value, gradient[x], gradient[y]);
  // [end]
  // [both]
  constexpr auto same = f(x, y);
  static_assert(std::is_same_v<decltype(same), decltype(e)>);
  // [end]
}

void branches() {
  // [branches]
  constexpr auto softened = [](auto x) { return tl::select(x > 0, sqrt(x), 0.5 * x); };
  std::printf("%.2f %.2f\n", tl::grad(softened)(4.0), tl::grad(softened)(-1.0));
  // [end]
}

}  // namespace

int main() {
  std::puts("[gradient]");
  gradient();
  std::puts("[chosen]");
  chosen();
  std::puts("[fit]");
  fit();
  std::puts("[into]");
  into();
  std::puts("[products]");
  products();
  std::puts("[expressions]");
  expressions();
  std::puts("[branches]");
  branches();
}
