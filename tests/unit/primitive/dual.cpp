// SPDX-License-Identifier: BSL-1.0
// Dual numbers by themselves, and as the scalar type of programs.
#include <tapeless/tapeless.hpp>

#include <cmath>
#include <support/catch.hpp>
#include <type_traits>

namespace tl = tapeless;

namespace {

constexpr auto f = [](auto a, auto b) {
  return a * sin(b) + exp(a * b) / b + tl::select(a > b, sqrt(a), a * a);
};
static_assert((tl::dual<double>(2, 1) * tl::dual<double>(3, 0)).tangent == 3);
static_assert((1 / tl::dual<double>(2, 1)).tangent == -0.25);
static_assert(tl::dual<double>(2, 1) > 1.5);

}  // namespace

TEST_CASE("dual: the tangent is the derivative") {
  const tl::dual<double> d = f(tl::dual<double>(0.3, 1), 0.7);
  CHECK(d.value == Approx(f(0.3, 0.7)).epsilon(1e-15));
  CHECK(d.tangent == Approx(tl::grad<0>(f)(0.3, 0.7)).epsilon(1e-14));
}

TEST_CASE("dual: through a gradient, a second derivative") {
  const auto g = tl::grad<0>(f)(tl::dual<double>(0.3, 1), 0.7);
  static_assert(std::is_same_v<decltype(g), const tl::dual<double>>);
  CHECK(g.value == Approx(tl::grad<0>(f)(0.3, 0.7)).epsilon(1e-15));
  CHECK(g.tangent == Approx(tl::grad<0>(tl::grad<0>(f))(0.3, 0.7)).epsilon(1e-14));
}

TEST_CASE("dual: a tangent of zero takes no part") {
  const tl::dual<double> d = sqrt(tl::dual<double>(0, 0)) + 1;
  CHECK(d.tangent == 0);
  CHECK(std::isinf(sqrt(tl::dual<double>(0, 1)).tangent));
}

TEST_CASE("dual: float, compound assignment, comparison") {
  tl::dual<float> s = 2.0f;
  s += tl::dual<float>(1, 1);
  s *= s;
  CHECK(s.value == 9);
  CHECK(s.tangent == 6);
  CHECK((s > 8));
}

TEST_CASE("dual numbers keep what select, hypot and xlogy promise") {
  using D = tl::dual<double>;
  constexpr auto root = [](auto x) { return tl::select(x > 0, sqrt(x), 0.5 * x); };
  CHECK(root(D{-1, 1}).tangent == 0.5);
  CHECK(tl::evaluate(root)(D{-1, 1}).tangent == 0.5);
  CHECK(tl::grad(root)(D{-1, 1}).tangent == 0);
  CHECK(hypot(D{0, 1}, D{0, 1}).tangent == 0);
  CHECK(tl::xlogy(D{0, 1}, D{0, 1}).tangent == 0);
}

TEST_CASE("dual numbers of dual numbers: second derivatives") {
  using D = tl::dual<double>;
  const auto twice = [](double v) { return tl::dual<D>{D{v, 1}, D{1, 0}}; };
  const auto second = [](const tl::dual<D>& v) { return v.tangent.tangent; };
  const auto a = twice(2), zero = twice(0);
  CHECK(second(a * a * a) == 12);
  CHECK(second(zero * zero) == 2);
  CHECK(second(tl::stop_gradient(a) * a * a) == 4);
  CHECK(second(pow(zero, 0.0)) == 0);
  CHECK(second(hypot(zero, 0.5 * zero, 2.0)) == Approx(0.625));
  CHECK(second(tl::silu(twice(-1000))) == 0);
}
