// SPDX-License-Identifier: BSL-1.0
// Gradients where calculus gives none: one test for each documented edge, at first and second
// order, and each function in the branch not taken.
//
// Values marked IEEE follow from the rule in IEEE 754 arithmetic; the others are conventions of
// the library, stated in docs/reference/primitives.md.

#include "support/catch.hpp"

#include <tapeless/tapeless.hpp>

#include <cmath>
#include <limits>

namespace tl = tapeless;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

/// Equal, or both NaN; zeros of either sign are equal.
void same(const char* what, double got, double want) {
  INFO(what << ": got " << got << ", want " << want);
  CHECK((got == want || (std::isnan(got) && std::isnan(want))));
}

struct derivatives {
  double first, second;
};

/// First and second derivative of f at x, and that a branch not taken leaves no trace of f there.
template <class F, class... Policy>
derivatives at(F f, double x, Policy... policy) {
  const auto first = tl::grad(f, policy...);
  const auto second = tl::grad(first, policy...);
  const derivatives d{first(x), second(x)};
  const std::tuple at{x}, along{1.0};
  same("forward", tl::jvp(f, at, along, policy...).tangent, d.first);
  same("forward over reverse", tl::jvp(first, at, along, policy...).tangent, d.second);

  const auto dead = [](auto t) { return tl::select(t * t < -1, F{}(t), 3 * t); };
  same("dead branch", tl::grad(dead, policy...)(x), 3);
  same("dead branch, second", tl::grad(tl::grad(dead, policy...), policy...)(x), 0);
  const auto taken = [](auto t) { return tl::select(t * t < -1, 3 * t, F{}(t)); };
  same("taken branch", tl::grad(taken, policy...)(x), d.first);
  same("taken branch, second", tl::grad(tl::grad(taken, policy...), policy...)(x), d.second);
  return d;
}

template <class F, class... Policy>
void edge(const char* name, F f, double x, derivatives want, Policy... policy) {
  INFO(name << " at " << x);
  const derivatives got = at(f, x, policy...);
  same("first", got.first, want.first);
  same("second", got.second, want.second);
}

/// Gradient of f(x, y), then its Hessian row by row.
struct derivatives_2 {
  double x, y, xx, xy, yx, yy;
};

template <class F, class... Policy>
void edge(const char* name, F f, double x, double y, derivatives_2 want, Policy... policy) {
  INFO(name << " at (" << x << ", " << y << ")");
  const auto [gx, gy] = tl::grad(f, policy...)(x, y);
  const auto [xx, xy] = tl::grad(tl::grad<0>(f, policy...), policy...)(x, y);
  const auto [yx, yy] = tl::grad(tl::grad<1>(f, policy...), policy...)(x, y);
  same("d/dx", gx, want.x);
  same("d/dy", gy, want.y);
  same("d2/dx2", xx, want.xx);
  same("d2/dxdy", xy, want.xy);
  same("d2/dydx", yx, want.yx);
  same("d2/dy2", yy, want.yy);

  const std::tuple at{x, y}, along_x{1.0, 0.0}, along_y{0.0, 1.0};
  same("forward, d/dx", tl::jvp(f, at, along_x, policy...).tangent, want.x);
  same("forward, d/dy", tl::jvp(f, at, along_y, policy...).tangent, want.y);

  const auto dead = [](auto s, auto t) { return tl::select(s * s < -1, F{}(s, t), 3 * s * t); };
  const auto [dx, dy] = tl::grad(dead, policy...)(x, y);
  same("dead branch, d/dx", dx, 3 * y);
  same("dead branch, d/dy", dy, 3 * x);
  const auto [dxx, dxy] = tl::grad(tl::grad<0>(dead, policy...), policy...)(x, y);
  same("dead branch, d2/dx2", dxx, 0);
  same("dead branch, d2/dxdy", dxy, 3);
}

}  // namespace

TEST_CASE("abs at 0") {
  edge("abs", [](auto x) { return tl::abs(x); }, 0, {0, 0});
  edge("abs", [](auto x) { return tl::abs(x); }, -0.0, {0, 0});
}

TEST_CASE("infinite slopes at the end of a domain") {  // IEEE
  edge("sqrt", [](auto x) { return tl::sqrt(x); }, 0, {inf, -inf});
  edge("cbrt", [](auto x) { return tl::cbrt(x); }, 0, {inf, undefined});
  edge("rsqrt", [](auto x) { return tl::rsqrt(x); }, 0, {-inf, inf});
  edge("asin", [](auto x) { return tl::asin(x); }, 1, {inf, inf});
  edge("asin", [](auto x) { return tl::asin(x); }, -1, {inf, -inf});
  edge("acos", [](auto x) { return tl::acos(x); }, 1, {-inf, -inf});
  edge("acos", [](auto x) { return tl::acos(x); }, -1, {-inf, inf});
  edge("acosh", [](auto x) { return tl::acosh(x); }, 1, {inf, -inf});
  edge("atanh", [](auto x) { return tl::atanh(x); }, 1, {inf, inf});
  edge("log", [](auto x) { return tl::log(x); }, 0, {inf, -inf});
  edge("log2", [](auto x) { return tl::log2(x); }, 0, {inf, -inf});
  edge("log10", [](auto x) { return tl::log10(x); }, 0, {inf, -inf});
  edge("log1p", [](auto x) { return tl::log1p(x); }, -1, {inf, -inf});
  edge("log1mexp", [](auto x) { return tl::log1mexp(x); }, 0, {inf, -inf});
  edge("pow(x, 0.5)", [](auto x) { return tl::pow(x, 0.5); }, 0, {inf, -inf});
}

TEST_CASE("x sqrt(x) at 0") {
  const auto f = [](auto x) { return x * tl::sqrt(x); };
  edge("strict", f, 0, {undefined, undefined});
  CHECK(tl::grad(f, tl::strong_zero)(0.0) == 0);
  CHECK(tl::grad(f, tl::safe)(0.0) == 0);
}

TEST_CASE("hypot at the origin") {
  edge("hypot", [](auto x, auto y) { return tl::hypot(x, y); }, 0, 0, {0, 0, 0, 0, 0, 0});
  const auto f = [](auto x, auto y, auto z) { return tl::hypot(x, y, z); };
  const auto [gx, gy, gz] = tl::grad(f)(0.0, 0.0, 0.0);
  CHECK(gx == 0);
  CHECK(gy == 0);
  CHECK(gz == 0);
  const auto [xx, xy, xz] = tl::grad(tl::grad<0>(f))(0.0, 0.0, 0.0);
  CHECK(xx == 0);
  CHECK(xy == 0);
  CHECK(xz == 0);
  edge("hypot(x, x)", [](auto x) { return tl::hypot(x, x); }, 0, {0, 0});
}

TEST_CASE("max and min at a tie") {
  const derivatives_2 half{0.5, 0.5, 0, 0, 0, 0};
  edge("max", [](auto x, auto y) { return tl::max(x, y); }, 2, 2, half);
  edge("min", [](auto x, auto y) { return tl::min(x, y); }, 2, 2, half);
  edge("max of zeros", [](auto x, auto y) { return tl::max(x, y); }, -0.0, 0.0, half);
  edge("max(x, x)", [](auto x) { return tl::max(x, x); }, 2, {1, 0});
  edge("max(x, constant)", [](auto x) { return tl::max(x, 2); }, 2, {0.5, 0});
}

TEST_CASE("steps and rectifiers at 0") {
  edge("relu", [](auto x) { return tl::relu(x); }, 0, {0, 0});
  edge("sign", [](auto x) { return tl::sign(x); }, 0, {0, 0});
  edge("floor", [](auto x) { return tl::floor(x); }, 0, {0, 0});
  edge("ceil", [](auto x) { return tl::ceil(x); }, 0, {0, 0});
  edge("round", [](auto x) { return tl::round(x); }, 0.5, {0, 0});
  edge("trunc", [](auto x) { return tl::trunc(x); }, 0, {0, 0});
  // The arm of x <= 0 decides.
  edge("leaky_relu", [](auto x) { return tl::leaky_relu(x, 0.25); }, 0, {0.25, 0});
  edge("elu", [](auto x) { return tl::elu(x, 0.25); }, 0, {0.25, 0.25});
  edge("copysign", [](auto x) { return tl::copysign(x, -2); }, 0, {0, 0});
}

TEST_CASE("huber at its corners and far out") {
  const auto f = [](auto x) { return tl::huber(x, 2); };
  edge("huber at delta", f, 2, {2, 1});
  edge("huber at -delta", f, -2, {-2, 1});
  edge("huber beyond", f, 3, {2, 0});
  edge("huber at 0", f, 0, {0, 1});
  CHECK(tl::huber(1e300, 2.0) == 2e300);
  CHECK(tl::huber(-std::numeric_limits<double>::infinity(), 2.0) ==
        std::numeric_limits<double>::infinity());
  CHECK(tl::grad([](auto d) { return tl::huber(3, d); })(2.0) == 1);
  CHECK(tl::grad([](auto d) { return tl::huber(3, d); })(3.0) == 0);
}

TEST_CASE("clamp at its bounds") {
  const auto f = [](auto x) { return tl::clamp(x, 1, 2); };
  edge("low", f, 1, {1, 0});
  edge("high", f, 2, {1, 0});
  edge("below", f, 0.5, {0, 0});
  edge("above", f, 2.5, {0, 0});
  const auto [x, low, high] =
      tl::grad([](auto a, auto b, auto c) { return tl::clamp(a, b, c); })(1.0, 1.0, 2.0);
  CHECK(x == 1);
  CHECK(low == 0);
  CHECK(high == 0);
}

TEST_CASE("reciprocals of 0") {  // IEEE
  edge("1 / x", [](auto x) { return 1 / x; }, 0, {-inf, inf});
  edge("reciprocal", [](auto x) { return tl::reciprocal(x); }, 0, {-inf, inf});
  edge("pow(x, -1)", [](auto x) { return tl::pow(x, -1); }, 0, {-inf, inf});
}

TEST_CASE("an exponent that is 0 for the moment") {
  constexpr auto f = [](auto x, auto y) { return tl::pow(x, y); };
  CHECK(tl::grad<1>(tl::grad<0>(f))(2.0, 0.0) == 0.5);
  CHECK(tl::grad<0>(tl::grad<1>(f))(2.0, 0.0) == 0.5);
  constexpr auto moving = [](auto t) { return tl::pow(t + 2, t); };
  CHECK(tl::grad(tl::grad(moving))(0.0) == Approx(1 + std::pow(std::log(2.0), 2)).epsilon(1e-14));
  for (const double x : {0.0, -0.0, 2.0, -2.0, inf, -inf}) {
    INFO(x);
    CHECK(tl::grad<0>(f)(x, 0.0) == 0);
  }
}

TEST_CASE("powers of 0 with a constant exponent") {
  edge("pow(x, 2.)", [](auto x) { return tl::pow(x, 2.); }, 0, {0, 2});
  edge("pow(x, 1.)", [](auto x) { return tl::pow(x, 1.); }, 0, {1, 0});
  edge("pow(x, 0.)", [](auto x) { return tl::pow(x, 0.); }, 0, {0, 0});
  edge("pow(x, 1.5)", [](auto x) { return tl::pow(x, 1.5); }, 0, {0, inf});
  edge("pow(x, 2)", [](auto x) { return tl::pow(x, 2); }, 0, {0, 2});
  edge("pow(x, 1)", [](auto x) { return tl::pow(x, 1); }, 0, {1, 0});
  edge("pow(x, 0)", [](auto x) { return tl::pow(x, 0); }, 0, {0, 0});
  edge("pow(x, 3)", [](auto x) { return tl::pow(x, 3); }, 0, {0, 0});
  edge("pow<2>", [](auto x) { return tl::pow<2>(x); }, 0, {0, 2});
  edge("pow<0>", [](auto x) { return tl::pow<0>(x); }, 0, {0, 0});
}

TEST_CASE("powers of 0 with the exponent as an argument") {
  const auto f = [](auto x, auto y) { return tl::pow(x, y); };
  edge("pow", f, 0, 0, {0, 0, 0, 0, 0, 0});
  edge("pow", f, 0, 2, {0, 0, 2, 0, 0, 0});
  // d/dx is y x^(y-1), whose derivative in y is x^(y-1) = 1; d/dy is 0 along x = 0.
  edge("pow", f, 0, 1, {1, 0, 0, 1, 0, 0});
  // The exponent passive, as a stored or run-time number: no logarithm.
  const auto x_of = [](double x, double y) { return tl::grad<0>(decltype(f){})(x, y); };
  const auto xx_of = [](double x, double y) {
    return tl::grad<0>(tl::grad<0>(decltype(f){}))(x, y);
  };
  same("(0, 2)", x_of(0, 2), 0);
  same("(0, 1)", x_of(0, 1), 1);
  same("(0, 0)", x_of(0, 0), 0);
  same("(0, 2), second", xx_of(0, 2), 2);
  same("(0, 1), second", xx_of(0, 1), 0);
  same("(0, 0), second", xx_of(0, 0), 0);
}

TEST_CASE("powers of a negative base") {
  const auto f = [](auto x, auto y) { return tl::pow(x, y); };
  const auto [gx, gy] = tl::grad(f)(-2.0, 3.0);
  CHECK(gx == 12);
  CHECK(std::isnan(gy));
  // A constant exponent forms no logarithm: nothing is NaN at any order.
  edge("pow(x, 3.)", [](auto x) { return tl::pow(x, 3.); }, -2, {12, -12});
  edge("pow(x, 3)", [](auto x) { return tl::pow(x, 3); }, -2, {12, -12});
  CHECK(tl::grad<0>(f)(-2.0, 3.0) == 12);
  CHECK(tl::grad<0>(tl::grad<0>(f))(-2.0, 3.0) == -12);
}

TEST_CASE("pow(0, y) for y > 0") {
  CHECK(tl::grad([](auto y) { return tl::pow(0, y); })(2.0) == 0);
  CHECK(tl::grad([](auto y) { return tl::pow(0, y); })(0.5) == 0);
  const auto f = [](auto x, auto y) { return tl::pow(x, y); };
  CHECK(tl::grad<1>(f)(0.0, 2.0) == 0);
  CHECK(tl::grad<1>(tl::grad<1>(f))(0.0, 2.0) == 0);
  CHECK(tl::grad<1>(tl::grad<1>(f))(0.0, 0.5) == 0);
}

TEST_CASE("atan2 at the origin") {
  const auto f = [](auto y, auto x) { return tl::atan2(y, x); };
  edge("strict", f, 0, 0, {undefined, undefined, undefined, undefined, undefined, undefined});
  edge("safe", f, 0, 0, {0, 0, 0, 0, 0, 0}, tl::safe);
}

TEST_CASE("fmod") {
  const auto f = [](auto x, auto y) { return tl::fmod(x, y); };
  edge("fmod", f, 5.5, 2, {1, -2, 0, 0, 0, 0});
  edge("fmod", f, -5.5, 2, {1, 2, 0, 0, 0, 0});
  edge("fmod", f, 6, 2, {1, -3, 0, 0, 0, 0});
  // 1 / 0.1 rounds to 10, but 0.1 as a double exceeds 1/10: it fits into 1 nine times.
  edge("fmod", f, 1, 0.1, {1, -9, 0, 0, 0, 0});
}

TEST_CASE("the branch not taken") {
  edge("sqrt", [](auto x) { return tl::select(x > 0, tl::sqrt(x), x); }, -2, {1, 0});
  edge("sqrt at 0", [](auto x) { return tl::select(x > 0, tl::sqrt(x), x); }, 0, {1, 0});
  edge("log", [](auto x) { return tl::select(x > 0, x * tl::log(x), x * x); }, 0, {0, 2});
  edge("quotient", [](auto x) { return tl::select(x == 0, 1 + x, tl::sin(x) / x); }, 0, {1, 0});
}

TEST_CASE("saturated activation functions") {
  edge("logistic", [](auto x) { return tl::logistic(x); }, -800, {0, 0});
  edge("logistic", [](auto x) { return tl::logistic(x); }, 800, {0, 0});
  edge("softplus", [](auto x) { return tl::softplus(x); }, 800, {1, 0});
  edge("softplus", [](auto x) { return tl::softplus(x); }, -800, {0, 0});
  edge("log_sigmoid", [](auto x) { return tl::log_sigmoid(x); }, -800, {1, 0});
  edge("log_sigmoid", [](auto x) { return tl::log_sigmoid(x); }, 800, {0, 0});
  edge("tanh", [](auto x) { return tl::tanh(x); }, 800, {0, 0});
  edge("silu", [](auto x) { return tl::silu(x); }, 800, {1, 0});
  edge("silu", [](auto x) { return tl::silu(x); }, -800, {0, 0});
  edge("gelu", [](auto x) { return tl::gelu(x); }, 800, {1, 0});
  edge("gelu", [](auto x) { return tl::gelu(x); }, -800, {0, 0});
  edge("elu", [](auto x) { return tl::elu(x); }, -800, {0, 0});
  edge("log1mexp", [](auto x) { return tl::log1mexp(x); }, 800, {0, 0});
}

TEST_CASE("logaddexp of infinities") {
  const auto f = [](auto x, auto y) { return tl::logaddexp(x, y); };
  CHECK(tl::logaddexp(-inf, -inf) == -inf);
  CHECK(tl::logaddexp(inf, inf) == inf);
  const auto [sx, sy] = tl::grad(f)(-inf, -inf);
  CHECK(std::isnan(sx));
  CHECK(std::isnan(sy));
  const auto [zx, zy] = tl::grad(f, tl::safe)(-inf, -inf);
  CHECK(zx == 0);
  CHECK(zy == 0);
  const auto [xx, xy] = tl::grad(tl::grad<0>(f, tl::safe), tl::safe)(-inf, -inf);
  CHECK(xx == 0);
  CHECK(xy == 0);
  edge("logaddexp", f, -800, 3, {0, 1, 0, 0, 0, 0});
  const auto [ix, iy] = tl::grad(f)(-inf, 3.0);
  CHECK(ix == 0);
  CHECK(iy == 1);
}

TEST_CASE("xlogy at the origin") {
  const auto f = [](auto x, auto y) { return tl::xlogy(x, y); };
  CHECK(tl::xlogy(0, 0) == 0);
  edge("xlogy", f, 0, 0, {0, 0, 0, 0, 0, 0});
  // Beside it x log(y) is smooth in x.
  edge("xlogy", f, 0, 1, {0, 0, 0, 1, 1, 0});
}

TEST_CASE("the normal distribution at infinity") {
  CHECK(tl::normal_log_cdf(-inf) == -inf);
  CHECK(tl::normal_log_cdf(inf) == 0);
  CHECK(tl::inverse_mills(-inf) == inf);
  CHECK(tl::inverse_mills(inf) == 0);
  CHECK(tl::normal_cdf(-inf) == 0);
  CHECK(tl::normal_pdf(inf) == 0);
}

TEST_CASE("stop_gradient") {
  edge("x stop(x)", [](auto x) { return x * tl::stop_gradient(x); }, 3, {3, 0});
  edge("stop", [](auto x) { return tl::stop_gradient(tl::exp(x)); }, 3, {0, 0});
}
