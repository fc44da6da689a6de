// SPDX-License-Identifier: BSL-1.0
// The examples of docs/reference/api.md that concern functions.
#include <tapeless/tapeless.hpp>

#include <array>
#include <cassert>
#include <cmath>
#include <complex>
#include <tuple>

namespace tl = tapeless;

// [function]
constexpr auto f = [](auto x, auto y) { return x * x * y; };
constexpr auto norm2 = [](auto v) { return v[0] * v[0] + v[1] * v[1]; };
constexpr auto polar = [](auto r, auto t) { return std::array{r * cos(t), r * sin(t)}; };
// [end]

namespace {

void grad() {
  // [grad]
  auto [dx, dy] = tl::grad(f)(3.0, 2.0);                   // all arguments: a tuple
  double dy_only = tl::grad<1>(f)(3.0, 2.0);               // one chosen: the bare gradient
  auto [dy_first, dx_then] = tl::grad<1, 0>(f)(3.0, 2.0);  // in the order chosen
  std::array dv = tl::grad(norm2)(std::array{3.0, 4.0});   // one argument: the type of the argument
  static_assert(tl::grad<0>(tl::grad<0>(f))(3.0, 2.0) == 4.0);
  // [end]
  assert(dx == 12 && dy == 9 && dy_only == 9 && dy_first == 9 && dx_then == 12);
  assert(dv[0] == 6 && dv[1] == 8);
}

void value_and_grad() {
  // [value_and_grad]
  auto [value, gradient] = tl::value_and_grad(f)(3.0, 2.0);
  auto both = tl::value_and_grad<0>(f)(3.0, 2.0);  // both.value, both.gradient
  // [end]
  assert(value == 18 && std::get<0>(gradient) == 12);
  assert(both.value == 18 && both.gradient == 12);
}

void into() {
  // [into]
  double dx, dy;
  double value = tl::value_and_grad(f).into(dx, dy)(3.0, 2.0);
  tl::grad(f).into(dx, dy)(3.0, 2.0);  // returns nothing

  std::array total{0.0, 0.0};
  for (double i : {1.0, 2.0}) tl::grad(norm2).add_to(total)(std::array{i, i});
  // [end]
  assert(value == 18 && dx == 12 && dy == 9 && total[0] == 6 && total[1] == 6);

  // [alias]
  std::array v{3.0, 4.0};
  tl::grad(norm2).into(v)(v);  // inputs are read before outputs are written
  assert((v == std::array{6.0, 8.0}));
  // [end]
}

void vjp() {
  // [vjp]
  auto [value, pullback] = tl::vjp(polar, 2.0, 0.0);  // value: (2, 0)
  auto [dr, dt] = pullback(std::array{1.0, 10.0});    // (1, 10) J
  // [end]
  assert(value[0] == 2 && value[1] == 0 && dr == 1 && dt == 20);
  // [vjp_function]
  const auto with_pullback = tl::vjp(polar);
  double gr, gt;
  with_pullback(2.0, 0.0).pullback.into(gr, gt)(std::array{1.0, 10.0});
  assert(gr == 1 && gt == 20);
  // [end]
}

void jvp() {
  // [jvp]
  auto [value, tangent] = tl::jvp(polar, std::tuple{2.0, 0.0}, std::tuple{1.0, 10.0});  // J (1, 10)
  // [end]
  assert(value[0] == 2 && tangent[0] == 1 && tangent[1] == 20);
  // [jvp_function]
  std::array<double, 2> position, velocity;
  tl::jvp(polar).into(position, velocity)(std::tuple{2.0, 0.0}, std::tuple{1.0, 10.0});
  assert(velocity[0] == 1 && velocity[1] == 20);
  // [end]
}

void evaluate() {
  // [evaluate]
  double value = tl::evaluate(f)(3.0, 2.0);
  std::array point = tl::evaluate(polar)(2.0, 0.0);
  // [end]
  tl::evaluate(polar).into(point)(3.0, 0.0);
  assert(value == 18 && point[0] == 3);
}

void bind_back() {
  // [bind_back]
  auto f2 = tl::bind_back(f, 2.0);  // x -> f(x, 2.0)
  double value = f2(3.0);
  double dx = tl::grad(f2)(3.0);
  // [end]
  assert(value == 18 && dx == 12);
}

void select() {
  // [select]
  constexpr auto root = [](auto x) { return tl::select(x > 0, sqrt(x), 0.5 * x); };
  assert(tl::grad(root)(-1.0) == 0.5);  // sqrt(-1) is computed nowhere near the result
  constexpr auto bump = [](auto x) { return tl::select(x > 0 && x < 1, x * (1 - x), 0); };
  assert(tl::grad(bump)(0.25) == 0.5 && tl::grad(bump)(2.0) == 0.0);
  // [end]
}

void stop_gradient() {
  // [stop_gradient]
  constexpr auto normalised = [](auto x, auto scale) { return x / tl::stop_gradient(scale); };
  auto [dx, dscale] = tl::grad(normalised)(3.0, 2.0);
  assert(dx == 0.5 && dscale == 0.0);
  // [end]
}

void policies() {
  // [policies]
  constexpr auto g = [](auto x) { return x * sqrt(x); };  // 1.5 sqrt(x), but 0 * inf at 0
  assert(std::isnan(tl::grad(g)(0.0)));
  assert(tl::grad(g, tl::strong_zero)(0.0) == 0.0);
  assert(tl::grad([](auto y, auto x) { return atan2(y, x); }, tl::safe)(0.0, 0.0) ==
         std::tuple(0.0, 0.0));
  auto [value, pullback] = tl::vjp(g, 0.0, tl::strong_zero);  // a policy stands last
  assert(value == 0.0 && pullback(1.0) == 0.0);
  // [end]
}

void scalars() {
  // [scalars]
  constexpr auto cubic = [](auto x) { return x * x * x; };
  tl::dual<double> forward_over_reverse = tl::grad(cubic)(tl::dual<double>{2.0, 1.0});
  assert(forward_over_reverse.value == 12.0 && forward_over_reverse.tangent == 12.0);

  std::complex<double> z = tl::evaluate(cubic)(std::complex<double>(0, 1));
  assert(z == std::complex<double>(0, -1));
  // [end]
}

}  // namespace

int main() {
  grad();
  value_and_grad();
  into();
  vjp();
  jvp();
  evaluate();
  bind_back();
  select();
  stop_gradient();
  policies();
  scalars();
}
