// SPDX-License-Identifier: BSL-1.0
// Integer powers: one value and one derivative however the exponent is spelled.

#include "support/catch.hpp"

#include <tapeless/tapeless.hpp>

#include <boost/hana/integral_constant.hpp>

#include <cmath>
#include <type_traits>

namespace tl = tapeless;
namespace hana = boost::hana;
using namespace tl::literals;

namespace {

constexpr tl::variable<"x"> x;

template <int N>
void spellings_agree() {
  constexpr double at = 1.37;
  constexpr auto f = [](auto t) { return tl::pow<N>(t); };
  constexpr auto g = [](auto t) { return tl::pow(t, N); };
  constexpr auto h = [](auto t) { return tl::pow(t, hana::int_c<N>); };
  constexpr auto k = [](auto t) { return tl::pow(t, std::integral_constant<long, N>{}); };
  INFO("power " << N);
  const double value = tl::pow(at, N);
  CHECK(value == Approx(std::pow(at, N)).epsilon(1e-14));
  CHECK(f(at) == value);
  CHECK(h(at) == value);
  CHECK(k(at) == value);
  CHECK(tl::evaluate(f)(at) == value);
  CHECK(tl::evaluate(g)(at) == value);
  CHECK(tl::evaluate(h)(at) == value);
  CHECK(f(x)(x = at) == value);
  CHECK(g(x)(x = at) == value);
  CHECK(h(x)(x = at) == value);

  const double slope = tl::grad(f)(at);
  CHECK(slope == Approx(N * std::pow(at, N - 1)).epsilon(1e-14));
  CHECK(tl::grad(g)(at) == Approx(slope).epsilon(1e-15));
  CHECK(tl::grad(h)(at) == slope);
  CHECK(tl::grad<x>(f(x))(x = at) == slope);
  CHECK(tl::grad<x>(g(x))(x = at) == Approx(slope).epsilon(1e-15));
  const double second = tl::grad(tl::grad(f))(at);
  CHECK(second == Approx(N * (N - 1) * std::pow(at, N - 2)).epsilon(1e-14));
  CHECK(tl::grad(tl::grad(g))(at) == Approx(second).epsilon(1e-15));
}

}  // namespace

TEST_CASE("all spellings of an integer power agree") {
  spellings_agree<-7>();
  spellings_agree<-2>();
  spellings_agree<-1>();
  spellings_agree<0>();
  spellings_agree<1>();
  spellings_agree<2>();
  spellings_agree<3>();
  spellings_agree<8>();
  spellings_agree<9>();
  spellings_agree<30>();
}

TEST_CASE("exponents of any integral type") {
  STATIC_REQUIRE(tl::pow(2.0, 10u) == 1024);
  STATIC_REQUIRE(tl::pow(2.0, 10ll) == 1024);
  STATIC_REQUIRE(tl::pow(2.0, static_cast<short>(-1)) == 0.5);
  STATIC_REQUIRE(tl::pow(1.0, -9223372036854775807ll - 1) == 1);
  CHECK(tl::grad([](auto t) { return tl::pow(t, 10ul); })(1.0) == 10);
  CHECK(tl::grad([](auto t) { return tl::pow(t, static_cast<short>(-1)); })(2.0) == -0.25);
}

TEST_CASE("an integer that is captured or an argument is an exponent too") {
  const int n = 5;
  CHECK(tl::grad([n](auto t) { return tl::pow(t, n); })(2.0) == 80);
  CHECK(tl::grad(tl::grad([n](auto t) { return tl::pow(t, n); }))(2.0) == 160);
  CHECK(tl::grad<0>([](auto t, auto m) { return tl::integer_pow(t, m); })(2.0, 5) == 80);
  CHECK(tl::grad<0>([](auto t, auto m) { return tl::integer_pow(t, m); })(0.0, 0) == 0);
}

TEST_CASE("powers known as types keep expressions empty") {
  STATIC_REQUIRE(std::is_empty_v<decltype(pow<3>(x))>);
  STATIC_REQUIRE(std::is_empty_v<decltype(pow(x, 3_c))>);
  STATIC_REQUIRE(std::is_empty_v<decltype(pow(x, hana::int_c<-3>))>);
  STATIC_REQUIRE(std::is_empty_v<decltype(pow(x, 0.5_c))>);
  CHECK(pow(x, 0.5_c)(x = 4.0) == 2);
  CHECK(pow(2_c, x)(x = 3.0) == 8);
}

TEST_CASE("an integral exponent forms no logarithm and no call of pow") {
  // NaN would come from log of the negative base.
  CHECK(tl::grad([](auto t) { return tl::pow(t, 3); })(-2.0) == 12);
  STATIC_REQUIRE(tl::grad([](auto t) { return tl::pow(t, -3); })(2.0) == -0.1875);
}
