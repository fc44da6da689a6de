// SPDX-License-Identifier: BSL-1.0
// The branch not taken contributes exactly 0, never NaN, however branches nest.

#include <tapeless/tapeless.hpp>

#include <cmath>
#include <limits>
#include <support/catch.hpp>
#include <tuple>

namespace tl = tapeless;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

template <class F>
struct slope_of {
  template <class... A>
  constexpr auto operator()(const A&... a) const {
    return tl::jvp(F{}, std::tuple{a...}, std::tuple{A(1)...}).tangent;
  }
};

}  // namespace

TEST_CASE("a dead branch with an infinite or undefined derivative") {
  constexpr auto root = [](auto t) { return select(t > 0, sqrt(t), 3 * t); };
  CHECK(tl::grad(root)(-1.0) == 3);
  CHECK(tl::grad(root)(0.0) == 3);
  CHECK(tl::grad(tl::grad(root))(-1.0) == 0);
  CHECK(tl::jvp(root, std::tuple{0.0}, std::tuple{1.0}).tangent == 3);
  constexpr auto inverse = [](auto t) { return select(t == 0, 7.0, 1 / t); };
  CHECK(tl::grad(inverse)(0.0) == 0);
  CHECK(tl::grad(tl::grad(inverse))(0.0) == 0);
  CHECK(tl::grad(inverse)(2.0) == -0.25);
  constexpr auto large = [](auto t) { return select(t > 1000, exp(t * t), t); };
  CHECK(tl::grad(large)(30.0) == 1);
}

TEST_CASE("a taken branch keeps its infinity") {
  constexpr auto root = [](auto t) { return select(t >= 0, sqrt(t), t); };
  CHECK(tl::grad(root)(0.0) == infinity);
}

TEST_CASE("branches in branches") {
  constexpr auto f = [](auto t) {
    const auto inner = select(t > -1, log(t), sqrt(t));
    return select(t > 0, inner * inner, t);
  };
  CHECK(tl::grad(f)(-0.5) == 1);
  CHECK(tl::grad(f)(-2.0) == 1);
  CHECK(tl::grad(tl::grad(f))(-2.0) == 0);
  CHECK(tl::grad(f)(2.0) == Approx(2 * std::log(2.0) / 2).epsilon(1e-15));
}

TEST_CASE("a value used in several branches") {
  constexpr auto f = [](auto t) {
    const auto root = sqrt(t);
    return select(t > 0, root, t) + select(t > 0, root * root, 2 * t) +
           select(t > 1, root, 0 * root);
  };
  CHECK(tl::grad([](auto t) {
          const auto root = sqrt(t);
          return select(t > 0, root, t) + select(t > 0, root * root, 2 * t);
        })(-1.0) == 3);
  // The last sum computes with the root itself: 0 * NaN is NaN.
  CHECK(std::isnan(tl::grad(f)(-1.0)));
}

TEST_CASE("one guard inside two others: grad of a tangent stays finite") {
  // v = max(a, b) = a where c <= 1, so f = sqrt(2 a + 1).
  constexpr auto f = [](auto a, auto b, auto c) {
    const auto v = select(c > 1, sqrt(c - 1), max(a, b));
    const auto g = v + v;
    return select(g > -1, sqrt(g + 1), g);
  };
  const auto [ga, gb, gc] = tl::grad(slope_of<decltype(f)>{})(1.5, 0.25, 0.5);
  CHECK(ga == Approx(-0.125).epsilon(1e-15));  // -(2 a + 1)^(-3/2)
  CHECK(gb == 0);
  CHECK(gc == 0);
  const auto [aa, ab, ac] = tl::grad(tl::grad<0>(f))(1.5, 0.25, 0.5);
  CHECK(aa == Approx(-0.125).epsilon(1e-15));
  CHECK(ab == 0);
  CHECK(ac == 0);
}

TEST_CASE("a value used under conditions that have nothing in common") {
  constexpr auto pieces = [](auto x) {
    auto root = sqrt(x);
    return select(x > 0 && x < 1, root, 0) + select(x >= 1, 2 * root, 0);
  };
  CHECK(tl::grad(pieces)(-1.0) == 0);
  CHECK(tl::grad(pieces)(0.0) == 0);
  CHECK(tl::grad(pieces)(0.25) == 1);
  CHECK(tl::grad(pieces)(4.0) == 0.5);
  CHECK(slope_of<decltype(pieces)>{}(0.0) == 0);

  constexpr auto tails = [](auto x) {
    return select(x > 1, log(x), 0) + select(x < -1, log(x), 0);
  };
  CHECK(tl::grad(tails)(0.0) == 0);
  CHECK(tl::grad(tl::grad(tails))(0.0) == 0);
  CHECK(slope_of<decltype(tails)>{}(0.0) == 0);
  CHECK(tl::grad(tails)(2.0) == 0.5);
  CHECK(tl::grad(tl::grad(tails))(2.0) == -0.25);
  static constexpr tl::variable<"x"> x;
  constexpr auto formula = tails(x);
  CHECK(tl::grad<x>(formula)(x = 0.0) == 0);
  CHECK(tl::grad<x>(formula)(x = 4.0) == 0.25);

  constexpr auto difference = [](auto t) {
    return select(t > 0, 1 / t, 0) - select(t < 0, 1 / t, 0);
  };
  CHECK(tl::grad(difference)(0.0) == 0);
  CHECK(tl::grad(difference)(2.0) == -0.25);
  CHECK(tl::grad(difference)(-2.0) == 0.25);

  constexpr auto second = [](auto t) {
    return select(t > 1, sqrt(t), 0) + select(t > 0, sqrt(t), t);
  };
  CHECK(tl::grad(second)(0.0) == 1);
  CHECK(tl::grad(tl::grad(second))(0.0) == 0);

  constexpr auto nested = [](auto t, auto u) {
    auto root = sqrt(t);
    return select(t > 1, select(u > 1, root, 0), 0) + select(u < -1, u * root, 0) +
           select(u > 5, 3 * root, select(t > 7, root, u));
  };
  for (const double u : {0.0, 2.0, -1.0}) {
    CHECK(tl::grad(nested)(0.0, u) == std::tuple{0.0, 1.0});
  }
  CHECK(tl::grad(nested)(0.25, -2.0) == std::tuple{-2.0, 1.5});
  CHECK(tl::grad(nested)(0.25, 6.0) == std::tuple{3.0, 0.0});
}

// Terms of one number are added whether or not they are active: no guard stays around their sum.
TEST_CASE("a sum of ramps is no branch of its own") {
  static constexpr auto ramps = [](auto x) {
    decltype(1.0 * x) sum = 0;
    for (int k = 0; k < 8; ++k) sum += select(x > k, x - k, 0);
    return sum;
  };
  static_assert(tl::grad(ramps)(3.5) == 4);
  constexpr auto graph = tl::graph_of<double>(tl::grad(ramps));
  static_assert(graph.count("select") == 8 && graph.count("+") == 7);
  static_assert(graph.count("||") == 0);
  constexpr auto and_more = [](auto x) { return ramps(x) + exp(x); };
  static_assert(tl::graph_of<double>(tl::grad(and_more)).count("||") == 0);
}

TEST_CASE("conditions combined") {
  constexpr auto f = [](auto a, auto b) {
    return select(a > 0 && b > 0, sqrt(a * b), select(!(a > 0) || b == 0, a + b, a - b));
  };
  const auto both = [&](double a, double b) { return tl::grad(f)(a, b); };
  CHECK(both(-1.0, 2.0) == std::tuple{1.0, 1.0});
  CHECK(both(1.0, -2.0) == std::tuple{1.0, -1.0});
  CHECK(both(1.0, 0.0) == std::tuple{1.0, 1.0});
  CHECK(both(1.0, 4.0) == std::tuple{1.0, 0.25});
}

TEST_CASE("select with arms of constants, and of one value") {
  constexpr auto f = [](auto t) { return select(t > 0, 1, 2.5) * t; };
  CHECK(tl::grad(f)(1.0) == 1);
  CHECK(tl::grad(f)(-1.0) == 2.5);
  constexpr auto same = [](auto t) { return select(t > 0, t, t); };
  CHECK(tl::grad(same)(-1.0) == 1);
}

TEST_CASE("stop_gradient holds at every order") {
  constexpr auto f = [](auto t) { return t * tl::stop_gradient(t * t); };
  CHECK(tl::evaluate(f)(3.0) == 27);
  CHECK(tl::grad(f)(3.0) == 9);
  CHECK(tl::grad(tl::grad(f))(3.0) == 0);
  CHECK(tl::jvp(f, std::tuple{3.0}, std::tuple{1.0}).tangent == 9);
}
