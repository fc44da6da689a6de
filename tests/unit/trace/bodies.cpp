// SPDX-License-Identifier: BSL-1.0
// What may stand in a function's body: constants before they meet an argument, local constants,
// increments, limits, checks of captured data.

#include <tapeless/tapeless.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <support/catch.hpp>
#include <tuple>
#include <utility>
#include <vector>

namespace tl = tapeless;

TEST_CASE("a recurrence that starts from constants") {
  constexpr auto swing = [](auto length) {
    decltype(length) angle = 0.5, speed = 0;
    for (int i = 0; i < 10; ++i) {
      speed -= 9.81 / length * sin(angle) * 0.01;
      angle += speed * 0.01;
    }
    return angle;
  };
  const auto plain = [](double length) {
    double angle = 0.5, speed = 0;
    for (int i = 0; i < 10; ++i) {
      speed -= 9.81 / length * std::sin(angle) * 0.01;
      angle += speed * 0.01;
    }
    return angle;
  };
  CHECK(tl::evaluate(swing)(1.5) == Approx(plain(1.5)).epsilon(1e-14));
  CHECK(tl::grad(swing)(1.5) ==
        Approx((plain(1.5 + 1e-5) - plain(1.5 - 1e-5)) / 2e-5).epsilon(1e-6));
}

TEST_CASE("constants are computed in the program's scalar type") {
  constexpr auto third = [](auto t) { return decltype(t)(1) / 3 * t; };
  constexpr auto root = [](auto t) { return sqrt(decltype(t)(2)) * t; };
  CHECK(tl::evaluate(third)(1.0L) == 1.0L / 3);
  CHECK(tl::evaluate(root)(1.0L) == std::sqrt(2.0L));
  CHECK(tl::evaluate(third)(1.0F) == 1.0F / 3);
}

TEST_CASE("integers that double has not") {
  constexpr auto largest = [](auto x) {
    auto r = x;
    r = r * std::numeric_limits<long long>::max();
    return r;
  };
  CHECK(tl::evaluate(largest)(1.0) == 0x1p63);
  CHECK(tl::evaluate(largest)(1.0L) == 1.0L * std::numeric_limits<long long>::max());
  constexpr auto unsigned_largest = [](auto x) {
    auto r = x;
    r = r * std::numeric_limits<unsigned long long>::max();
    return r;
  };
  CHECK(tl::evaluate(unsigned_largest)(1.0) == 0x1p64);
  CHECK(tl::evaluate(unsigned_largest)(1.0L) ==
        1.0L * std::numeric_limits<unsigned long long>::max());
  constexpr auto mixed = [](auto x) {
    auto r = x;
    r = r * std::numeric_limits<long long>::min() + 9007199254740993LL;
    return r - 9007199254740993LL;
  };
  CHECK(tl::evaluate(mixed)(1.0L) == 1.0L * std::numeric_limits<long long>::min());
  CHECK(tl::evaluate([](auto x) { return x + 9007199254740993LL; })(0.0L) == 9007199254740993.0L);
}

TEST_CASE("constants that long double has and double has not") {
  if constexpr (std::numeric_limits<long double>::max_exponent > 4000) {
    constexpr auto big = [](auto x) { return x * 0x1p4000L; };
    CHECK(tl::evaluate(big)(2.0L) == 0x1p4001L);
    CHECK(tl::grad(big)(2.0L) == 0x1p4000L);
    CHECK(std::isinf(tl::evaluate(big)(2.0)));
  }
  constexpr auto bounded = [](auto x) {
    return select(x < std::numeric_limits<long double>::max(), x, 0);
  };
  CHECK(tl::evaluate(bounded)(2.0) == 2);
  CHECK(tl::evaluate(bounded)(2.0L) == 2);
}

TEST_CASE("factors are put together only where no float overflows or vanishes") {
  constexpr float small = 1e-30F, large = 1e30F;
  CHECK(tl::evaluate([](auto x) { return 1e-30F * (1e-30F * x); })(large) ==
        small * (small * large));
  CHECK(tl::evaluate([](auto x) { return 1e30F * (1e30F * x); })(small) == large * (large * small));
  CHECK(tl::evaluate([](auto x) { return 1e30F * (1e30F / x); })(1e35F) == large * (large / 1e35F));
  CHECK(tl::evaluate([](auto x) { return 1e-30F * (1e-30F / x); })(small) ==
        small * (small / small));
  constexpr auto eighths = [](auto x) { return 0.5 * (0.25 * x); };
  static_assert(tl::graph_of<double>(eighths).count("*") == 1);
}

TEST_CASE("constants without a finite value") {
  constexpr auto pole = [](auto t) { return decltype(t)(1) / decltype(t)(0) + t; };
  constexpr auto overflow = [](auto t) { return exp(decltype(t)(1000)) * t; };
  CHECK(tl::evaluate(pole)(1.0) == std::numeric_limits<double>::infinity());
  CHECK(tl::evaluate(overflow)(1.0) == std::numeric_limits<double>::infinity());
}

TEST_CASE("local constants need no capture") {
  constexpr double g = 9.81;
  const int k = 3;
  const auto f = [](auto t) {
    auto s = t;
    s += g;
    s *= k;
    return g * t + pow(t, k) + tl::select(t > g, t, g) + hypot(t, g) + atan2(g, t) + s;
  };
  CHECK(tl::evaluate(f)(2.0) == Approx(f(2.0)));
  CHECK(tl::grad(f)(2.0) == Approx((f(2.0 + 1e-5) - f(2.0 - 1e-5)) / 2e-5));
}

TEST_CASE("increments") {
  constexpr auto f = [](auto t) {
    auto s = t;
    const auto before = s++;
    ++s;
    --s;
    return s-- * before * s;  // (t + 1) t t
  };
  static_assert(tl::evaluate(f)(2.0) == 12.0);
  static_assert(tl::grad(f)(2.0) == 16.0);
}

TEST_CASE("limits of the type of an argument are those of double") {
  constexpr auto f = [](auto t) {
    return tl::max(t, -std::numeric_limits<decltype(t)>::infinity());
  };
  CHECK(tl::evaluate(f)(-1.0) == -1);
  CHECK(tl::grad(f)(-1.0) == 1);
  static_assert(std::numeric_limits<tl::dual<float>>::epsilon() ==
                std::numeric_limits<float>::epsilon());
}

TEST_CASE("a callable that holds data is called each time, and may throw") {
  const std::vector<double> data{1, 2};
  CHECK_THROWS_AS(tl::grad([&data](auto t) { return data.at(5) * t; })(4.0), std::out_of_range);
  const double bound = -1;
  const auto checked = [bound](auto t) {
    if (bound < 0) throw std::invalid_argument("bound");
    return sqrt(t);
  };
  CHECK_THROWS_AS(tl::grad(checked)(4.0), std::invalid_argument);
  static_assert(!noexcept(tl::grad(checked)(1.0)));
}

TEST_CASE("arguments with constant elements") {
  constexpr auto product = [](auto p) {
    const auto [a, b] = p;
    return a * a * b;
  };
  CHECK(tl::grad(product)(std::pair<const double, double>{2, 3}) == std::pair{12.0, 4.0});
  const auto t = tl::grad(product)(std::tuple<const double, double>{2, 3});
  CHECK(std::get<0>(t) == 12);
  CHECK(tl::grad(product)(std::array<const double, 2>{2, 3}) == std::array{12.0, 4.0});
}
