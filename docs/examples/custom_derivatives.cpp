// SPDX-License-Identifier: BSL-1.0
// The examples of docs/how-to/custom-derivatives.md.
#include <tapeless/tapeless.hpp>

#include <cassert>
#include <cmath>
#include <cstdio>
#include <tuple>

namespace tl = tapeless;

// [solver]
/// The w >= 0 with w exp(w) = x, by Newton's method.
double lambert_w(double x) {
  double w = std::log1p(x);
  for (double step = 1; std::abs(step) > 1e-12 * (1 + w);) {
    step = (w * std::exp(w) - x) / (std::exp(w) * (1 + w));
    w -= step;
  }
  return w;
}
// [end]

// [vjp]
constexpr auto lambert = tl::custom_vjp([](double x) { return lambert_w(x); },
                                        [](auto /*x*/, auto y, auto w) {
                                          return w / (exp(y) * (1 + y));  // of w exp(w) = x
                                        });
// [end]

// [jvp]
constexpr auto distance =
    tl::custom_jvp([](double x, double y) { return std::hypot(x, y); },
                   [](auto x, auto y, auto r, auto dx, auto dy) { return (x * dx + y * dy) / r; });
// [end]

// [straight_through]
constexpr auto quantised = tl::custom_vjp([](double x) { return std::round(4 * x) / 4; },
                                          [](auto, auto, auto w) { return w; });
// [end]

// [primitive]
struct cube_operation : tl::primitive<1> {
  static constexpr tl::text_view name = "cube";
  template <class T>
  static constexpr T primal(const T& x) {
    return x * x * x;
  }
  template <class V>
  static constexpr auto partials(const V& x, const V& /*y*/) {
    return tl::derivatives{3 * x * x};
  }
};
template <tl::operand A>
constexpr tl::lifted<cube_operation, A> cube(const A& x) {
  return tl::lift<cube_operation>(x);
}
static_assert(cube(2.0) == 8.0);
static_assert(tl::grad([](auto x) { return cube(x); })(2.0) == 12.0);
static_assert(tl::grad(tl::grad([](auto x) { return cube(x); }))(2.0) == 12.0);
// [end]

namespace {

void use() {
  // [use]
  constexpr auto f = [](auto x) { return x * lambert(x); };
  std::printf("%.6f %.6f %.6f\n", f(1.0), tl::grad(f)(1.0), tl::grad(tl::grad(f))(1.0));
  // [end]
}

void others() {
  auto [dx, dy] = tl::grad([](auto x, auto y) { return distance(x, y); })(3.0, 4.0);
  assert(std::abs(dx - 0.6) < 1e-15 && std::abs(dy - 0.8) < 1e-15);
  assert(tl::grad([](auto x) { return tl::square(quantised(x)); })(0.6) == 1.0);
}

}  // namespace

int main() {
  std::puts("[use]");
  use();
  others();
}
