// SPDX-License-Identifier: BSL-1.0
// Derivatives of derivatives, in every nesting.

#include <tapeless/tapeless.hpp>

#include <array>
#include <cmath>
#include <support/catch.hpp>
#include <tuple>

namespace tl = tapeless;

namespace {

constexpr auto quartic = [](auto t) { return t * t * t * t; };
constexpr auto squared = [](auto t) { return t * t; };
constexpr auto scaled = [](auto t, auto k) { return t * t * k; };
constexpr auto cubes = [](auto p) {
  auto s = 0 * p[0];
  for (auto e : p) s += e * e * e;
  return s;
};
// h = a^2 sin(b): h_a = 2 a sin b, h_b = a^2 cos b, h_aa = 2 sin b, h_ab = 2 a cos b,
// h_bb = -a^2 sin b.
constexpr auto h = [](auto a, auto b) { return a * a * sin(b); };

}  // namespace

TEST_CASE("grad of grad of grad") {
  CHECK(tl::grad(tl::grad(quartic))(2.0) == 48);
  CHECK(tl::grad(tl::grad(tl::grad(quartic)))(2.0) == 48);
  CHECK(tl::grad(tl::grad(tl::grad(tl::grad(quartic))))(2.0) == 24);
  CHECK(tl::grad(tl::grad(tl::grad(tl::grad(tl::grad(quartic)))))(2.0) == 0);
}

TEST_CASE("grad of one row of a gradient is a row of the Hessian") {
  const double a = 0.7, b = 1.2;
  const auto [aa, ab] = tl::grad(tl::grad<0>(h))(a, b);
  const auto [ba, bb] = tl::grad(tl::grad<1>(h))(a, b);
  CHECK(aa == Approx(2 * std::sin(b)).epsilon(1e-15));
  CHECK(ab == Approx(2 * a * std::cos(b)).epsilon(1e-15));
  CHECK(ba == Approx(ab).epsilon(1e-15));
  CHECK(bb == Approx(-a * a * std::sin(b)).epsilon(1e-15));
}

TEST_CASE("jvp of grad and grad of jvp are the Hessian times the direction") {
  const double a = 0.7, b = 1.2, u = 0.5, v = -2;
  const double first = 2 * std::sin(b) * u + 2 * a * std::cos(b) * v;
  const double second = 2 * a * std::cos(b) * u - a * a * std::sin(b) * v;

  const auto [gradient, tangent] = tl::jvp(tl::grad(h), std::tuple{a, b}, std::tuple{u, v});
  CHECK(std::get<0>(gradient) == Approx(2 * a * std::sin(b)).epsilon(1e-15));
  CHECK(std::get<0>(tangent) == Approx(first).epsilon(1e-15));
  CHECK(std::get<1>(tangent) == Approx(second).epsilon(1e-15));

  constexpr auto slope = [](auto a_, auto b_, auto u_, auto v_) {
    return tl::jvp(h, std::tuple{a_, b_}, std::tuple{u_, v_}).tangent;
  };
  const auto [ga, gb] = tl::grad<0, 1>(slope)(a, b, u, v);
  CHECK(ga == Approx(first).epsilon(1e-15));
  CHECK(gb == Approx(second).epsilon(1e-15));
}

TEST_CASE("jvp of jvp") {
  constexpr auto slope = [](auto t) {
    return tl::jvp(quartic, std::tuple{t}, std::tuple{1.0}).tangent;
  };
  const auto [value, tangent] = tl::jvp(slope, std::tuple{2.0}, std::tuple{1.0});
  CHECK(value == 32);
  CHECK(tangent == 48);
}

TEST_CASE("vjp of grad: the pullback is symmetric") {
  const double a = 0.7, b = 1.2;
  const auto [gradient, pullback] = tl::vjp(tl::grad(h), a, b);
  const auto [ca, cb] = pullback(std::tuple{0.5, -2.0});
  CHECK(std::get<1>(gradient) == Approx(a * a * std::cos(b)).epsilon(1e-15));
  CHECK(ca == Approx(2 * std::sin(b) * 0.5 + 2 * a * std::cos(b) * -2).epsilon(1e-15));
  CHECK(cb == Approx(2 * a * std::cos(b) * 0.5 - a * a * std::sin(b) * -2).epsilon(1e-15));
}

TEST_CASE("grad of value_and_grad's value and of its gradient") {
  constexpr auto both = [](auto t) {
    const auto [value, gradient] = tl::value_and_grad(quartic)(t);
    return value * gradient;  // 4 t^7
  };
  CHECK(tl::grad(both)(1.5) == Approx(28 * std::pow(1.5, 6)).epsilon(1e-15));
}

TEST_CASE("vjp inside a traced body") {
  constexpr auto f = [](auto a, auto b) {
    const auto [value, pullback] = tl::vjp(h, a, b);
    const auto [ca, cb] = pullback(value);
    return ca + cb;  // h (h_a + h_b)
  };
  const auto hand = [](double a, double b) {
    const double s = std::sin(b), c = std::cos(b);
    return a * a * s * (2 * a * s + a * a * c);
  };
  CHECK(tl::evaluate(f)(0.7, 1.2) == Approx(hand(0.7, 1.2)).epsilon(1e-15));
  const double step = 1e-5;
  const double slope = (hand(0.7 + step, 1.2) - hand(0.7 - step, 1.2)) / (2 * step);
  CHECK(tl::grad<0>(f)(0.7, 1.2) == Approx(slope).epsilon(1e-8));
}

TEST_CASE("evaluate inside a traced body") {
  constexpr auto f = [](auto t) { return t * tl::evaluate(quartic)(t); };
  CHECK(tl::grad(f)(2.0) == 80);
}

TEST_CASE("a gradient step inside the body") {
  // q(t) = p(t - r p'(t)) with p = square: q = ((1 - 2 r) t)^2.
  constexpr auto q = [](auto t, auto r) { return squared(t - r * tl::grad(squared)(t)); };
  const auto [dt, dr] = tl::grad(q)(3.0, 0.125);
  CHECK(dt == 2 * 0.75 * 0.75 * 3);
  CHECK(dr == -4 * 0.75 * 9);
}

TEST_CASE("a loop of gradient steps") {
  // Five steps on t^2 / 2 with rate r: t (1 - r)^5.
  constexpr auto unrolled = [](auto t, auto r) {
    constexpr auto p = [](auto s) { return 0.5 * s * s; };
    for (int i = 0; i < 5; ++i) t = t - r * tl::grad(p)(t);
    return t;
  };
  const auto [dt, dr] = tl::grad(unrolled)(2.0, 0.5);
  CHECK(dt == 1.0 / 32);
  CHECK(dr == -5 * 2 * 1.0 / 16);
}

TEST_CASE("perturbations are not confused") {
  // d/dt [t * d/dq (t + q)] = d/dt t = 1
  CHECK(tl::grad([](auto t) { return t * tl::grad([t](auto q) { return t + q; })(2.0); })(3.0) ==
        1);
  // d/dt [t * d/dq (t q)] = d/dt t^2
  CHECK(tl::grad([](auto t) { return t * tl::grad([t](auto q) { return t * q; })(2.0); })(3.0) ==
        6);
  // The inner point depends on t too: d/dt [t * d/dq (t q^2) at t] = d/dt 2 t^3
  CHECK(tl::grad([](auto t) { return t * tl::grad([t](auto q) { return t * q * q; })(t); })(3.0) ==
        54);
  // Forward inside reverse, reverse inside forward.
  CHECK(tl::grad([](auto t) {
          return t *
                 tl::jvp([t](auto q) { return t * q * q; }, std::tuple{t}, std::tuple{1.0}).tangent;
        })(3.0) == 54);
  const auto [value, tangent] =
      tl::jvp([](auto t) { return t * tl::grad([t](auto q) { return t * q * q; })(t); },
              std::tuple{3.0}, std::tuple{1.0});
  CHECK(value == 54);
  CHECK(tangent == 54);
}

TEST_CASE("three levels of closures, each capturing the variables of all outer ones") {
  constexpr auto f = [](auto a) {
    return a * tl::grad([a](auto b) {
             return b * tl::grad([a, b](auto c) { return a * b * c * c; })(b);
           })(a);
  };
  CHECK(tl::evaluate(f)(2.0) == 96);
  CHECK(tl::grad(f)(2.0) == 192);
  CHECK(tl::grad(tl::grad(f))(2.0) == 288);
}

TEST_CASE("closures that capture numbers and variables, at four levels") {
  const double k = 10;
  const auto f = [k](auto a) {
    return tl::grad([a, k](auto b) {
      return tl::grad([a, b, k](auto c) {
        return tl::grad([a, b, c, k](auto d) { return a * b * c * d * d * k; })(c);
      })(b);
    })(a);
  };
  // 2 a b c^2 k; 4 a b^2 k; 8 a^2 k
  CHECK(tl::evaluate(f)(2.0) == 320);
  CHECK(tl::grad(f)(2.0) == 320);
}

TEST_CASE("value_and_grad of two arguments inside a closure") {
  const double k = 10;
  const auto f = [k](auto a, auto b) {
    const auto r = tl::value_and_grad([a, k](auto s, auto t) { return a * s * t * k; })(b, a * b);
    const auto [gs, gt] = r.gradient;
    return r.value + gs * gt;  // k a^2 b^2 + k^2 a^3 b^2
  };
  CHECK(tl::evaluate(f)(2.0, 3.0) == 10 * 36 + 100 * 72);
  CHECK(tl::grad(f)(2.0, 3.0) == std::tuple{10 * 36.0 + 100 * 108, 10 * 24.0 + 100 * 48});
}

TEST_CASE("an inner gradient of a function that captures expressions") {
  constexpr tl::variable<"x"> x;
  constexpr tl::variable<"y"> y;
  // d/dq (x q^2) at y, at x, and under tl::let.
  const auto e = tl::grad([x](auto q) { return x * q * q; })(y);
  CHECK(e(x = 3.0, y = 2.0) == 12);
  CHECK(tl::grad(e)(x = 3.0, y = 2.0)[x] == 4);
  CHECK(tl::grad(e)(x = 3.0, y = 2.0)[y] == 6);
  CHECK(tl::grad<x>(tl::grad([x](auto q) { return x * q * q; })(x))(x = 3.0) == 12);
  const auto shared =
      tl::let(x * x, [](auto t) { return tl::grad([t](auto q) { return t * q * q; })(t); });
  CHECK(shared(x = 3.0) == 162);
  CHECK(tl::grad<x>(shared)(x = 3.0) == 216);
}

TEST_CASE("closures of closures: the arguments of each level are its own") {
  const double k = 10;
  const auto inner_only = [](auto a) {
    return tl::grad([a](auto b) { return a * 0 + tl::grad([b](auto c) { return b * c * c; })(b); })(
        a);
  };
  CHECK(tl::evaluate(inner_only)(2.0) == 8);  // d/db 2 b^2
  const auto scale = [](auto s) { return [s](auto c) { return s * c * c; }; };
  const auto twice = [k, scale](auto a) {
    return a * k * tl::grad(scale(tl::grad(scale(a))(a)))(a);  // 4 k a^4
  };
  CHECK(tl::evaluate(twice)(2.0) == 640);
  CHECK(tl::grad(twice)(2.0) == 1280);
}

TEST_CASE("vjp and jvp at expressions") {
  const double k = 10;
  const auto pulled = [k](auto a) {
    return tl::vjp([a, k](auto b) { return a * b * b * k; }, a).pullback(a);  // 2 k a^3
  };
  CHECK(tl::evaluate(pulled)(2.0) == 160);
  CHECK(tl::grad(pulled)(2.0) == 240);
  const auto pushed = [k](auto a) {
    return tl::jvp([a, k](auto b) { return a * b * b * k; }, std::tuple{a}, std::tuple{a}).tangent;
  };
  CHECK(tl::evaluate(pushed)(2.0) == 160);
  CHECK(tl::grad(pushed)(2.0) == 240);
  constexpr tl::variable<"x"> x;
  constexpr auto both = [](auto a, auto b) { return a * a * b; };
  const auto [value, tangent] = tl::jvp(both, std::tuple{x, 3.0}, std::tuple{1.0, x});
  CHECK(value(x = 2.0) == 12);
  CHECK(tangent(x = 2.0) == 12 + 8);
  const auto [dx, dy] = tl::vjp(both, x, 3.0).pullback(x);
  CHECK(dx(x = 2.0) == 24);
  CHECK(dy(x = 2.0) == 8);
}

TEST_CASE("three levels: data of all outer ones as passive arguments") {
  // d/da [a d/db (b d/dc (a b c^2) at c = b) at b = a]
  //   inner: 2 a b c -> 2 a b^2; times b: 2 a b^3; d/db: 6 a b^2 -> 6 a^3; times a: 6 a^4; 24 a^3
  constexpr auto f = [](auto a) {
    constexpr auto middle = [](auto b, auto a_) {
      return b * tl::grad([a_, b](auto c) { return a_ * b * c * c; })(b);
    };
    return a * tl::grad<0>(middle)(a, a);
  };
  CHECK(tl::evaluate(f)(2.0) == 96);
  CHECK(tl::grad(f)(2.0) == 192);
}

TEST_CASE("an inner function with a passive argument instead of a capture") {
  constexpr auto f = [](auto t) {
    return t * tl::grad<0>([](auto q, auto s) { return s * q * q; })(t, t);
  };
  CHECK(tl::grad(f)(3.0) == 54);
}

TEST_CASE("an inner gradient at constants is a constant") {
  CHECK(tl::grad([](auto t) { return t * tl::grad(quartic)(2.0); })(3.0) == 32);
}

TEST_CASE("transforms of bound functions, inside and outside") {
  CHECK(tl::grad(tl::grad(tl::bind_back(scaled, 3.0)))(2.0) == 6);
  CHECK(tl::grad(tl::bind_back(tl::grad<0>(scaled), 3.0))(2.0) == 6);
  CHECK(tl::grad([](auto t) { return tl::grad(tl::bind_back(scaled, t))(t); })(2.0) == 8);
}

TEST_CASE("gradients of arrays, differentiated again") {
  constexpr auto energy = [](auto p) {
    const auto g = tl::grad(cubes)(p);
    auto s = 0 * g[0];
    for (auto e : g) s += e * e;
    return s;  // sum of 9 p^4
  };
  const auto g = tl::grad(energy)(std::array{1.0, 2.0, -1.0});
  CHECK(g == std::array{36.0, 288.0, -36.0});
}
