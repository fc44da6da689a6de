// SPDX-License-Identifier: BSL-1.0
// The functions on plain numbers: types, constant evaluation, and the company of namespace std.

#include "support/catch.hpp"

#include <tapeless/tapeless.hpp>

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace tl = tapeless;
using namespace tl::literals;

namespace {

template <class Want, class Got>
constexpr bool is(Got) {
  return std::is_same_v<Want, Got>;
}

}  // namespace

TEST_CASE("a number keeps its floating type, integers become double") {
  STATIC_REQUIRE(std::is_same_v<float, decltype(tl::exp(1.0f))>);
  STATIC_REQUIRE(std::is_same_v<double, decltype(tl::exp(1.0))>);
  STATIC_REQUIRE(std::is_same_v<long double, decltype(tl::exp(1.0L))>);
  STATIC_REQUIRE(std::is_same_v<double, decltype(tl::exp(1))>);
  STATIC_REQUIRE(is<float>(tl::max(1.0f, 2)));
  STATIC_REQUIRE(is<double>(tl::max(1.0f, 2.0)));
  STATIC_REQUIRE(is<double>(tl::max(1, 2)));
  STATIC_REQUIRE(is<float>(tl::leaky_relu(-1.0f)));
  STATIC_REQUIRE(is<float>(tl::relu(-1.0f)));
  STATIC_REQUIRE(std::is_same_v<float, decltype(tl::elu(-1.0f))>);
  STATIC_REQUIRE(std::is_same_v<float, decltype(tl::silu(-1.0f))>);
  STATIC_REQUIRE(is<float>(tl::pow(2.0f, 3)));
  STATIC_REQUIRE(is<float>(tl::pow<3>(2.0f)));
  STATIC_REQUIRE(is<double>(tl::pow(2, 3)));
  STATIC_REQUIRE(is<double>(tl::pow(2.0, 3_c)));
}

TEST_CASE("whatever needs no libm is a constant expression") {
  STATIC_REQUIRE(tl::square(3) == 9);
  STATIC_REQUIRE(tl::abs(-3.0f) == 3);
  STATIC_REQUIRE(tl::abs(-0.0) == 0);
  STATIC_REQUIRE(tl::sign(-3.0) == -1);
  STATIC_REQUIRE(tl::copysign(3.0, -0.0) == -3);
  STATIC_REQUIRE(tl::copysign(-3.0L, 2.0L) == 3);
  STATIC_REQUIRE(tl::max(1, 2.5) == 2.5);
  STATIC_REQUIRE(tl::min(1, 2.5) == 1);
  STATIC_REQUIRE(tl::clamp(5, 0, 2) == 2);
  STATIC_REQUIRE(tl::relu(-2) == 0);
  STATIC_REQUIRE(tl::leaky_relu(-2, 0.25) == -0.5);
  STATIC_REQUIRE(tl::reciprocal(4) == 0.25);
  STATIC_REQUIRE(tl::pow(3, 4) == 81);
  STATIC_REQUIRE(tl::pow<-2>(4) == 0.0625);
  STATIC_REQUIRE(tl::stop_gradient(2) == 2);
  STATIC_REQUIRE(tl::grad([](auto x) { return tl::pow(x, 5) * tl::abs(x); })(-1.0) == 6);
  STATIC_REQUIRE(tl::grad([](auto x) { return tl::max(x, 2) + tl::relu(x); })(2.0) == 1.5);
  STATIC_REQUIRE(tl::grad([](auto x) { return tl::clamp(x * x, 0, 4); })(1.0) == 2);
}

TEST_CASE("zeros keep their signs where C says so") {
  CHECK(!std::signbit(tl::abs(-0.0)));
  CHECK(std::signbit(tl::sign(-0.0)));
  CHECK(std::signbit(tl::copysign(0.0, -1)));
  CHECK(std::signbit(tl::round(-0.25)));
}

// Generic code says `using std::max;` and calls without a qualifier.
TEST_CASE("functions are preferred to std's on traced values and expressions") {
  const auto f = [](auto x, auto y) {
    using std::abs, std::clamp, std::exp, std::hypot, std::max, std::min, std::pow;
    return max(x, y) + 2 * min(x, y) + abs(x) + exp(x - x) + clamp(x, y, y) + pow(x, 2) +
           pow(x, y) + hypot(x, x, y);
  };
  const auto [gx, gy] = tl::grad(f)(2.0, 1.0);
  const double z = 1.5;
  CHECK(gx == Approx(1 + 1 + 4 + 1 + 8 / 3.0 / 2));
  CHECK(gy == Approx(2 + 2 * std::log(2.0) + 1 + 1 / 3.0));
  using tl::max;
  CHECK(max(z, 2.0) == 2);
}

TEST_CASE("everything from the namespaces std and tapeless at once") {
  using namespace std;
  using namespace tapeless;
  CHECK(max(1.0, 2.0) == 2);
  CHECK(min(1.0, 2.0) == 1);
  CHECK(clamp(3.0, 1.0, 2.0) == 2);
  CHECK(grad([](auto x) { return max(x, x) + min(x, x) + clamp(x, x, x); })(2.0) == 3);
}
