// SPDX-License-Identifier: BSL-1.0
// custom_vjp, custom_jvp and primitives that a user adds.
#include <tapeless/tapeless.hpp>

#include <cmath>
#include <string_view>
#include <support/catch.hpp>
#include <vector>

namespace tl = tapeless;

namespace {

double cubed(double v) { return v * v * v; }

constexpr auto cube = tl::custom_vjp([](double v) { return cubed(v); },
                                     [](auto v, auto, auto w) { return 3 * v * v * w; });
// The same printed type on g++, another function: programs must keep them apart.
constexpr auto twice_cube = tl::custom_vjp([](double v) { return 2 * cubed(v); },
                                           [](auto v, auto, auto w) { return 6 * v * v * w; });
constexpr auto clipped =
    tl::custom_vjp([](double v) { return v; }, [](auto, auto, auto w) { return clamp(w, -1, 1); });
constexpr auto weighted =
    tl::custom_vjp([](double a, double b, double c) { return a * b + c; },
                   [](auto a, auto b, auto, auto, auto w) { return std::tuple{w * b, w * a, w}; });
constexpr auto weighted_by_list = tl::custom_vjp(
    [](double a, double b, double c) { return a * b + c; },
    [](auto a, auto b, auto, auto, auto w) { return tl::derivatives{w * b, w * a, w}; });
constexpr auto squared =
    tl::custom_vjp([](double v) { return v * v; },
                   [](auto v, auto r, auto w) { return tl::derivatives{tl::over(2 * r * w, v)}; });
constexpr auto product =
    tl::custom_jvp([](double a, double b) { return a * b; },
                   [](auto a, auto b, auto, auto da, auto db) { return da * b + a * db; });

// A primitive in one place, with the lines that the library uses.
struct versine : tl::primitive<1> {
  static constexpr std::string_view name = "versin";
  template <class T>
  static constexpr T primal(const T& v) {
    using std::cos;
    return 1 - cos(v);
  }
  template <class V>
  static constexpr auto partials(const V& v, const V&) {
    return std::tuple{sin(v)};
  }
};
template <tl::operand A>
constexpr tl::lifted<versine, A> versin(const A& v) {
  return tl::lift<versine>(v);
}

constexpr tl::variable<"x"> x;
constexpr tl::variable<"y"> y;

}  // namespace

TEST_CASE("custom_vjp: value, derivative, second derivative") {
  CHECK(cube(2.0) == 8);
  CHECK(tl::grad([](auto t) { return cube(t) * t; })(2.0) == 32);
  CHECK(tl::grad(tl::grad([](auto t) { return cube(t) + twice_cube(t); }))(2.0) == 36);
  CHECK(tl::grad<x>(cube(x) * y)(x = 2.0, y = 3.0) == 36);
}

// Quotients of and by plain numbers.
struct halved_square : tl::primitive<1> {
  static constexpr std::string_view name = "halved_square";
  template <class T>
  static constexpr T primal(const T& v) {
    return v * v / 2;
  }
  template <class V>
  static constexpr auto partials(const V& v, const V&) {
    return tl::derivatives{tl::over(2 * v, 2)};
  }
};
struct third : tl::primitive<1> {
  static constexpr std::string_view name = "third";
  template <class T>
  static constexpr T primal(const T& v) {
    return v / 3;
  }
  template <class V>
  static constexpr auto partials(const V&, const V&) {
    return tl::derivatives{tl::over(1, 3)};
  }
};
TEST_CASE("partial derivatives over plain numbers") {
  auto f = [](auto v) { return 3 * tl::lift<halved_square>(v) + 6 * tl::lift<third>(v); };
  CHECK(tl::grad(f)(1.25) == 5.75);
  CHECK(tl::grad(tl::grad(f))(1.25) == 3);
  CHECK(tl::grad(f)(1.25f) == 5.75f);
  CHECK(f(tl::dual<double>{1.25, 1.0}).tangent == 5.75);
}

TEST_CASE("custom_vjp: functions whose types print alike stay apart") {
  CHECK(tl::grad([](auto t) { return cube(t); })(2.0) == 12);
  CHECK(tl::grad([](auto t) { return twice_cube(t); })(2.0) == 24);
}

TEST_CASE("custom_vjp: the rule sees the cotangent, even where it is not linear in it") {
  CHECK(tl::grad([](auto t) { return 10 * clipped(t * t); })(3.0) == 6);
  CHECK(tl::grad([](auto t) { return 0.25 * clipped(t * t); })(3.0) == 1.5);
  CHECK(tl::grad<x>(10 * clipped(x * x))(x = 3.0) == 6);
}

TEST_CASE("custom_vjp: three arguments, inactive ones among them") {
  const auto check = [](auto f) {
    const auto [ga, gb, gc] = tl::grad(f)(2.0, 3.0, 5.0);
    CHECK(ga == 15);
    CHECK(gb == 10);
    CHECK(gc == 16);
    CHECK(tl::grad<1>(f)(2.0, 3.0, 5.0) == 10);
    const auto [value, tangent] =
        tl::jvp(f, std::tuple{2.0, 3.0, 5.0}, std::tuple{1.0, 10.0, 100.0});
    CHECK(value == 55);
    CHECK(tangent == 1715);
  };
  check([](auto a, auto b, auto c) { return weighted(a, b, c) * c; });
  check([](auto a, auto b, auto c) { return weighted_by_list(a, b, c) * c; });
}

TEST_CASE("custom_vjp: a cotangent stated as a quotient") {
  auto f = [](auto t) { return 10 * squared(t); };
  CHECK(tl::grad(f)(3.0) == 60);
  CHECK(tl::grad(tl::grad(f))(3.0) == Approx(20).epsilon(1e-15));
  CHECK(tl::grad<x>(10 * squared(x))(x = 3.0) == 60);
  CHECK(tl::jvp(f, std::tuple{3.0}, std::tuple{1.0}).tangent == 60);
  const auto in_loop = [](auto v) {
    return tl::sum(v.size(), [&](auto i) { return 10 * squared(v[i]); });
  };
  CHECK(tl::grad(in_loop)(std::vector<double>{3.0, 0.5}) == std::vector<double>{60.0, 10.0});
}

TEST_CASE("custom_jvp: both modes") {
  auto f = [](auto a, auto b) { return product(a, b) * a; };
  const auto [ga, gb] = tl::grad(f)(2.0, 3.0);
  CHECK(ga == 12);
  CHECK(gb == 4);
  const auto [value, tangent] = tl::jvp(f, std::tuple{2.0, 3.0}, std::tuple{1.0, 0.5});
  CHECK(value == 12);
  CHECK(tangent == 14);
}

TEST_CASE("custom_vjp: a tangent is the pullback of 1") {
  auto f = [](auto t) { return cube(t) * t; };
  const auto [value, tangent] = tl::jvp(f, std::tuple{2.0}, std::tuple{0.5});
  CHECK(value == 16);
  CHECK(tangent == 16);
}

TEST_CASE("a primitive of the user's own: numbers, functions, expressions, second order") {
  CHECK(versin(0.5) == Approx(1 - std::cos(0.5)).epsilon(1e-15));
  auto f = [](auto t) { return t * versin(t); };
  const double first = 1 - std::cos(0.5) + 0.5 * std::sin(0.5);
  CHECK(tl::grad(f)(0.5) == Approx(first).epsilon(1e-15));
  CHECK(tl::grad(x * versin(x))(x = 0.5)[x] == Approx(first).epsilon(1e-15));
  CHECK(tl::grad(tl::grad(f))(0.5) ==
        Approx(2 * std::sin(0.5) + 0.5 * std::cos(0.5)).epsilon(1e-15));
  CHECK(tl::grad(f)(0.5f) == Approx(first).epsilon(1e-6));
}
