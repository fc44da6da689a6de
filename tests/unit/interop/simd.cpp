// SPDX-License-Identifier: BSL-1.0
#include "support/packets.hpp"

#include <algorithm>
#include <span>
#include <vector>

using namespace packets;

TEST_CASE("sums in packets") {
  same_as_default("sum", sum_of);
  same_as_default<float>("sum of floats", sum_of);
  same_as_default("variance", [](auto x) {
    const auto mean = sum_of(x) / (x.size() + 1);
    return tl::sum(x.size(), [&](auto i) { return square(x[i] - mean); });
  });
  same_as_default("index as a value", [](auto x) {
    return tl::sum(x.size(), [&](auto i) { return x[i] * (i + 1) * i; });
  });
}

TEST_CASE("neighbouring elements in packets") {
  same_as_default("two", rosenbrock);
  same_as_default<float>("two floats", rosenbrock);
  same_as_default("three", [](auto x) {
    return tl::sum(x.size() - 2, [&](auto i) { return exp(x[i + 1] * x[i + 2] - x[i] * x[i]); });
  });
  same_as_default("at a boundary", [](auto x) {
    return tl::sum(x.size(), [&](auto i) { return select(i > 0, x[i - 1], 2.0) * x[i]; });
  });
}

// What each iteration adds to its neighbours' derivatives reaches one packet further, two or more.
template <int Reach>
constexpr auto neighbours = [](auto x) {
  return tl::sum(x.size() - Reach, [&](auto i) {
    return x[i] * x[i + 1] * x[i + Reach / 2] + square(x[i + Reach] - x[i + Reach - 1]);
  });
};
TEST_CASE("neighbours within a packet and beyond") {
  same_as_default("two", neighbours<2>);
  same_as_default("three", neighbours<3>);
  same_as_default("four", neighbours<4>);
  same_as_default("five", neighbours<5>);
  same_as_default("eight", neighbours<8>);
  same_as_default("nine", neighbours<9>);
  same_as_default<float>("nine floats", neighbours<9>);
}

TEST_CASE("extrema and conditions in packets") {
  same_as_default("logsumexp", logarithm_of_sum);
  same_as_default("max",
                  [](auto x) { return tl::max(x.size(), [&](auto i) { return x[i] * x[i]; }); });
  same_as_default("select", [](auto x) {
    return tl::sum(x.size(), [&](auto i) {
      return select(x[i] > 0.2 && !(x[i] >= 0.8), sin(x[i]), select(i == 3, x[i] * 5, x[i] * i));
    });
  });
}

TEST_CASE("functions in packets") {
  same_as_default("elementary", [](auto x) {
    return tl::sum(x.size(), [&](auto i) {
      const auto a = abs(x[i]) + 1;
      return pow(a, 1.5) + tanh(x[i]) / sqrt(a) + max(x[i], 0.3) + log1p(a) * cos(x[i]) +
             atan2(x[i], a) + cbrt(a) + logistic(x[i]);
    });
  });
}

TEST_CASE("softplus and logistic in packets, of one exponential function") {
  // One packet of equal numbers, whose sum is exact: softplus is the value and logistic the slope.
  const auto check = []<class T>(T) {
    using limits = std::numeric_limits<T>;
    constexpr auto f = [](auto x) { return sum(softplus(x)); };
    const auto at = [&](T x) {
      const std::vector<T> all(static_cast<std::size_t>(tl::packet<T>::width), x);
      const auto [value, slopes] = tl::value_and_grad(f, tl::simd)(all);
      return std::pair{value / static_cast<T>(all.size()), slopes.back()};
    };
    long double worst = 0;
    for (long double x = -60; x < 60; x += 0.0137L) {
      const auto argument = static_cast<T>(x < -20 ? x : x * x * x / 400);
      const auto [y, slope] = at(argument);
      const long double e = std::exp(-static_cast<long double>(argument));
      const long double softplus = argument < 0 ? std::log1p(1 / e) : argument + std::log1p(e);
      worst = std::max({worst, std::abs(y / softplus - 1), std::abs(slope * (1 + e) - 1)});
    }
    CHECK(worst < 2 * limits::epsilon());
    CHECK(at(limits::infinity()) == std::pair{limits::infinity(), T(1)});
    CHECK(at(-limits::infinity()) == std::pair{T(0), T(0)});
    CHECK(at(T(0)).second == T(0.5));
    const auto [y, slope] = at(limits::quiet_NaN());
    CHECK((std::isnan(y) && std::isnan(slope)));
  };
  check(double());
  check(float());
}

TEST_CASE("signs in packets") {
  constexpr auto distance = [](auto x) {
    return tl::sum(x.size(), [&](auto i) { return abs(x[i]) + i * sign(x[i]); });
  };
  same_as_default("abs", distance);
  same_as_default<float>("abs of floats", distance);
  std::vector<double> x(17, 0.0);
  x[3] = -0.0, x[5] = std::numeric_limits<double>::quiet_NaN();
  x[6] = -std::numeric_limits<double>::infinity();
  const auto slopes = tl::grad(distance, tl::simd)(x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (i == 5) {
      CHECK(std::isnan(slopes[i]));
    } else {
      CHECK(slopes[i] == (i == 6 ? -1 : 0));
    }
  }
}

TEST_CASE("NaN and infinity in packets") {
  auto x = numbers<double>(33);
  x[20] = std::numeric_limits<double>::quiet_NaN();
  CHECK(std::isnan(tl::value_and_grad(sum_of, tl::simd)(x).value));
  x[20] = std::numeric_limits<double>::infinity();
  CHECK(tl::value_and_grad(sum_of, tl::simd)(x).value == x[20]);
}
