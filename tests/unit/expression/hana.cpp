// SPDX-License-Identifier: BSL-1.0
// The gradient of an expression is a Boost.Hana Struct keyed by the variables.

#include <tapeless/tapeless.hpp>

#include <boost/hana.hpp>

#include <string>
#include <support/catch.hpp>
#include <type_traits>

namespace tl = tapeless;
namespace hana = boost::hana;

namespace {

constexpr tl::variable<"x"> x;
constexpr tl::variable<"y"> y;
constexpr tl::variable<"z"> z;
constexpr auto f = x * x * y;

}  // namespace

TEST_CASE("at_key, operator[], contains, find") {
  const auto g = tl::grad(f)(x = 3.0, y = 2.0);
  static_assert(hana::Struct<std::remove_const_t<decltype(g)>>::value);
  CHECK(hana::at_key(g, x) == 12);
  CHECK(hana::at_key(g, y) == 9);
  CHECK(g[x] == 12);
  static_assert(decltype(hana::contains(g, x))::value);
  static_assert(!decltype(hana::contains(g, z))::value);
  CHECK(hana::find(g, y).value() == 9);
  static_assert(decltype(hana::is_nothing(hana::find(g, z)))::value);
}

TEST_CASE("for_each and fold visit pairs of variable and number, in order of appearance") {
  const auto g = tl::grad(y * x + z)(x = 3.0, y = 2.0, z = 1.0);
  std::string names;
  double weighted = 0, weight = 1;
  hana::for_each(g, [&](auto pair) {
    names += std::remove_cvref_t<decltype(hana::first(pair))>::name;
    weighted += weight * hana::second(pair);
    weight *= 10;
  });
  CHECK(names == "yxz");
  CHECK(weighted == 3 + 20 + 100);
  CHECK(hana::fold_left(g, 0.0, [](double sum, auto pair) { return sum + hana::second(pair); }) ==
        6);
}

TEST_CASE("to_map, keys, members, accessors") {
  const auto g = tl::grad(f)(x = 3.0, y = 2.0);
  const auto map = hana::to_map(g);
  CHECK(map[x] == 12);
  CHECK(map[y] == 9);
  static_assert(decltype(hana::keys(g) == hana::make_tuple(x, y))::value);
  CHECK((hana::members(g) == hana::make_tuple(12.0, 9.0)));
  CHECK(hana::second(hana::front(hana::accessors<decltype(g)::hana_tag>()))(g) == 12);
}

TEST_CASE("writing through a key, comparing") {
  auto g = tl::grad(f)(x = 3.0, y = 2.0);
  g[x] = 5;
  hana::at_key(g, y) = 7;
  CHECK(g[x] == 5);
  CHECK(g[y] == 7);
  CHECK(g == g);
  CHECK(!(g == tl::grad(f)(x = 3.0, y = 2.0)));
}

TEST_CASE("chosen variables are the keys") {
  const auto g = tl::grad<y, x>(f * z)(x = 3.0, y = 2.0, z = 1.0);
  static_assert(decltype(hana::keys(g) == hana::make_tuple(y, x))::value);
  static_assert(!decltype(hana::contains(g, z))::value);
  CHECK((hana::members(g) == hana::make_tuple(9.0, 12.0)));
}

TEST_CASE("as constants") {
  constexpr auto g = tl::grad(f)(x = 3.0, y = 2.0);
  static_assert(hana::at_key(g, x) == 12);
  static_assert(g[y] == 9);
  CHECK(g[x] == 12);
}

TEST_CASE("the pullback's cotangents are of the same kind") {
  const auto [value, pullback] = tl::vjp(f, x = 3.0, y = 2.0);
  CHECK(hana::at_key(pullback(2.0), y) == 18);
  CHECK(value == 18);
}

TEST_CASE("integral constants in comparisons") {
  constexpr auto e = tl::select(x > hana::int_c<0> && hana::int_c<5> >= x, x, -x);
  static_assert(std::is_empty_v<decltype(e)>);
  CHECK(e(x = 5.0) == 5);
  CHECK(e(x = 6.0) == -6);
  constexpr auto at_two = tl::select(x == hana::int_c<2> || hana::int_c<3> != y, y, x);
  CHECK(at_two(x = 2.0, y = 3.0) == 3);
  CHECK(at_two(x = 1.0, y = 3.0) == 1);
  CHECK(at_two(x = 1.0, y = 4.0) == 4);
  const auto absolute = [](auto t) { return tl::select(hana::int_c<0> < t, t, -t); };
  CHECK(tl::grad(absolute)(-2.0) == -1);
  CHECK(tl::grad(absolute)(2.0) == 1);
}
