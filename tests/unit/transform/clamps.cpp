// SPDX-License-Identifier: BSL-1.0
// Choices between the pieces of a clamped value: what they are replaced by, and what must not be.

#include "support/catch.hpp"

#include <tapeless/inspect.hpp>
#include <tapeless/interop/simd.hpp>
#include <tapeless/tapeless.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

namespace tl = tapeless;

namespace {

using list = std::vector<double>;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

// NaN stands in two of them alone, infinities and corners in the first packet.
const list points{-3, -0.5, -0.25, -0.0, 0, 0.25, 0.5, 3, infinity, -infinity, nan, 0.125, -7};

struct huber {
  constexpr auto operator()(auto r) const {
    const auto distance = abs(r);
    return tl::select(distance <= 0.5, 0.5 * tl::square(r), 0.5 * (distance - 0.25));
  }
};
struct mean_of_open {
  constexpr auto operator()(auto r) const {
    const auto distance = abs(r);
    return 0.1 * tl::select(distance < 1, 0.5 * tl::square(r), distance - 0.5);
  }
};
struct other_slope {
  constexpr auto operator()(auto r) const {
    return tl::select(abs(r) <= 0.5, 0.5 * tl::square(r), abs(r) - 0.25);
  }
};
template <class One>
struct sum_of {
  constexpr auto operator()(auto r) const {
    return tl::sum(r.size(), [&](auto i) { return One{}(r[i]); });
  }
};
template <class F>
struct along {
  constexpr auto operator()(auto r, auto v) const {
    return tl::jvp(F{}, std::tuple{r}, std::tuple{v}).tangent;
  }
};
struct weighted_sum {
  constexpr auto operator()(auto r, auto w) const {
    return tl::sum(r.size(), [&](auto i) { return -(w[i] * huber{}(2 * r[i])); });
  }
};

template <class F>
bool has_clamp(const F& f) {
  return tl::to_source<list>(tl::grad(f), "f").find("clamp(") != std::string::npos;
}
bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }
double clamped(double r, double k) { return std::isnan(r) ? r : r < -k ? -k : k < r ? k : r; }

}  // namespace

TEST_CASE("the slope of a choice between the pieces of a clamped value") {
  const auto expect = [](const auto& f, auto slope) {
    const list by_default = tl::grad(f)(points), packets = tl::grad(f, tl::simd)(points);
    for (std::size_t i = 0; i < points.size(); ++i) {
      INFO(points[i]);
      CHECK(same(by_default[i], slope(points[i])));
      CHECK(same(packets[i], slope(points[i])));
    }
  };
  CHECK(has_clamp(sum_of<huber>{}));
  expect(sum_of<huber>{}, [](double r) { return clamped(r, 0.5); });
  CHECK(has_clamp(sum_of<mean_of_open>{}));
  expect(sum_of<mean_of_open>{}, [](double r) { return 0.1 * clamped(r, 1); });
  // What jumps at the corners is no clamped value.
  CHECK(!has_clamp(sum_of<other_slope>{}));
  expect(sum_of<other_slope>{}, [](double r) {
    return std::abs(r) <= 0.5 ? r : std::isnan(r) ? r : r < 0 ? -1. : 1.;
  });
}

TEST_CASE("a multiple of a clamped value") {
  list weights;
  for (std::size_t i = 0; i < points.size(); ++i) weights.push_back(1 + static_cast<double>(i));
  const auto text = tl::to_source<list, list>(tl::grad<0>(weighted_sum{}), "f");
  CHECK(text.find("clamp(") != std::string::npos);
  const list by_default = tl::grad<0>(weighted_sum{})(points, weights);
  const list packets = tl::grad<0>(weighted_sum{}, tl::simd)(points, weights);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double expected = -2 * weights[i] * clamped(2 * points[i], 0.5);
    CHECK(same(by_default[i], expected));
    CHECK(same(packets[i], expected));
  }
}

TEST_CASE("second derivatives at the corners are those of the comparison") {
  const list corners{-1, -0.5, -0.25, 0.25, 0.5, 1}, ones(6, 1.0);
  CHECK(tl::grad<0>(along<sum_of<huber>>{})(corners, ones) == list{0, 1, 1, 1, 1, 0});
  CHECK(tl::grad<0>(along<sum_of<mean_of_open>>{})(corners, ones) ==
        list{0, 0.1, 0.1, 0.1, 0.1, 0});
}
