// SPDX-License-Identifier: BSL-1.0
// Aggregates adapted for Boost.Hana, hana::tuple and arrays of containers as arguments: gradients
// are the same structure, whatever is nested in it.

#include "support/catch.hpp"

#include <tapeless/tapeless.hpp>

#include <boost/hana/adapt_struct.hpp>
#include <boost/hana/define_struct.hpp>

#include <array>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

namespace tl = tapeless;
namespace hana = boost::hana;
using list = std::vector<double>;

struct records_inner {
  list w;
  double s;
};
BOOST_HANA_ADAPT_STRUCT(records_inner, w, s);

namespace {

struct outer {
  BOOST_HANA_DEFINE_STRUCT(outer, (records_inner, a), (int, n), (std::string, name),
                           (std::tuple<double, std::array<double, 2>>, t),
                           (std::array<records_inner, 2>, more));
};
// Member by member: of the whole as one initialiser g++ 12 says that it may be uninitialised.
const outer p = [] {
  outer q{};
  q.a = {list{1, 2}, 3};
  q.n = 4;
  q.name.assign(1, 'p');
  q.t = {5, {6, 7}};
  q.more[0] = {list{8}, 9};
  q.more[1] = {list{10, 11}, 12};
  return q;
}();

constexpr auto f = [](auto q, auto in) {
  auto [a, n, name, t, more] = q;
  auto [w, s] = a;
  return n * s * sum(w) * in + std::get<0>(t) * std::get<1>(t)[1] +
         tl::get<"s">(more[1]) * sum(tl::get<"w">(more[1]));
};

}  // namespace

TEST_CASE("records: the gradient of a plain structure is that structure") {
  const auto [value, g] = tl::value_and_grad<0>(f)(p, 1.0);
  STATIC_REQUIRE(std::is_same_v<decltype(g), const outer>);
  REQUIRE(value == 4 * 3 * 3 + 35 + 12 * 21);
  REQUIRE(g.a.w == list{12, 12});
  REQUIRE(g.a.s == 12);
  REQUIRE(std::get<0>(g.t) == 7);
  REQUIRE(std::get<1>(g.t) == std::array{0.0, 5.0});
  REQUIRE(g.more[0].w == list{0});
  REQUIRE(g.more[0].s == 0);
  REQUIRE(g.more[1].w == list{12, 12});
  REQUIRE(g.more[1].s == 21);
  // What has no derivative is passed through.
  REQUIRE(g.n == 4);
  REQUIRE(g.name == "p");
}

TEST_CASE("records: into and add_to") {
  const outer g = tl::grad<0>(f)(p, 1.0);
  outer h = g;
  h.name.assign(1, 'h');
  tl::grad<0>(f).add_to(h)(p, 1.0);
  REQUIRE(h.a.s == 24);
  REQUIRE(h.more[1].w == list{24, 24});
  REQUIRE(h.n == 4);
  REQUIRE(h.name == "h");
  REQUIRE(tl::value_and_grad<0>(f).into(h)(p, 1.0) == tl::evaluate(f)(p, 1.0));
  REQUIRE(h.a.s == 12);
  REQUIRE(h.name == "p");
}

TEST_CASE("records: tangents and cotangents have their structure") {
  const outer g = tl::grad<0>(f)(p, 1.0);
  const auto [value, tangent] = tl::jvp(f, std::tuple{p, 1.0}, std::tuple{g, 0.0});
  REQUIRE(value == tl::evaluate(f)(p, 1.0));
  // The gradient's square; the integer's direction, 4, counts for nothing.
  REQUIRE(tangent == 3 * 144 + 49 + 25 + 2 * 144 + 441);
  const auto [same, pull] = tl::vjp(f, p, 1.0);
  REQUIRE(same == value);
  const auto [gp, gin] = pull(2.0);
  REQUIRE(gp.a.s == 24);
  REQUIRE(gp.name == "p");
  REQUIRE(gin == 72);
}

TEST_CASE("records: a function returns them") {
  constexpr auto swapped = [](auto q) {
    auto a = tl::get<"a">(q);
    tl::get<"s">(a) *= 2;
    return a;
  };
  const records_inner r = tl::evaluate(swapped)(p);
  REQUIRE(r.w == p.a.w);
  REQUIRE(r.s == 6);
  const auto [value, pull] = tl::vjp(swapped, p);
  const outer g = pull(records_inner{{1, 0}, 3});
  REQUIRE(g.a.w == list{1, 0});
  REQUIRE(g.a.s == 6);
}

TEST_CASE("records: members by name, also of what the user has") {
  records_inner r{{1, 2}, 3};
  tl::get<"s">(r) = 5;
  REQUIRE(tl::get<"s">(std::as_const(r)) == 5);
  REQUIRE(tl::get<"w">(records_inner{{1}, 2}) == list{1});
}

TEST_CASE("records: hana::tuple") {
  constexpr auto of_tuple = [](auto t) {
    const auto& a = hana::at_c<0>(t);
    return a * a * sum(hana::at_c<1>(t));
  };
  const auto g = tl::grad(of_tuple)(hana::make_tuple(3.0, list{1, 2}));
  STATIC_REQUIRE(std::is_same_v<decltype(g), const hana::tuple<double, list>>);
  REQUIRE(hana::at_c<0>(g) == 18);
  REQUIRE(hana::at_c<1>(g) == list{9, 9});
}

TEST_CASE("records: arrays of containers") {
  constexpr auto product = [](auto a) { return sum(square(a[0])) * sum(a[1]); };
  const std::array<list, 2> g = tl::grad(product)(std::array<list, 2>{{{1, 2}, {3, 4, 5}}});
  REQUIRE(g[0] == list{24, 48});
  REQUIRE(g[1] == list{5, 5, 5});
}

TEST_CASE("records: of numbers only, in programs without loops") {
  struct point {
    BOOST_HANA_DEFINE_STRUCT(point, (double, u), (double, v), (int, k));
  };
  constexpr auto h = [](auto q) { return tl::get<"u">(q) * tl::get<"v">(q) * tl::get<"k">(q); };
  constexpr point g = tl::grad(h)(point{2, 3, 4});
  STATIC_REQUIRE(g.u == 12);
  STATIC_REQUIRE(g.v == 8);
  STATIC_REQUIRE(g.k == 4);
  // Beside a captured number; only names reach the members there.
  const double c = 2;
  const point doubled =
      tl::grad([c](auto q) { return c * tl::get<"u">(q) * tl::get<"v">(q); })(point{2, 3, 4});
  REQUIRE(doubled.u == 6);
  REQUIRE(doubled.k == 4);
}

namespace {
struct with_arrays {
  double w[3];
  float m[2][3];
  int k;
};
}  // namespace
BOOST_HANA_ADAPT_STRUCT(with_arrays, w, m, k);

TEST_CASE("records: members that are arrays of C stay what they are") {
  constexpr auto h = [](auto q) {
    const auto w = tl::get<"w">(q);
    return w[0] * w[1] + sum(tl::get<"m">(q) * w);
  };
  const with_arrays at{{1, 2, 3}, {{1, 2, 3}, {4, 5, 6}}, 7};
  const with_arrays g = tl::grad(h)(at);
  REQUIRE(g.w[0] == 1 + 4 + 2);
  REQUIRE(g.w[1] == 2 + 5 + 1);
  REQUIRE(g.w[2] == 3 + 6);
  REQUIRE((g.m[0][0] == 1 && g.m[1][2] == 3));
  REQUIRE(g.k == 7);
}

namespace {
struct affine {
  BOOST_HANA_DEFINE_STRUCT(affine, (std::string, name), (list, w), (double, b), (int, k));
};
struct two_layers {
  BOOST_HANA_DEFINE_STRUCT(two_layers, (affine, first), (std::tuple<double, affine>, rest));
};
template <template <class> class Leaf = std::type_identity_t>
struct by_leaves {
  BOOST_HANA_DEFINE_STRUCT(by_leaves, (Leaf<double>, a), (Leaf<list>, v), (Leaf<std::string>, s));
};
}  // namespace

TEST_CASE("records: functions that capture reach members that are arrays") {
  const double c = 3;
  const auto line = [c](auto q, auto x) {
    return c * sum(tl::get<"w">(q) * x) + tl::get<"b">(q) * tl::get<"k">(q);
  };
  const affine at{"line", {1, 2}, 0.5, 4};
  const list x{5, 7};
  REQUIRE(tl::evaluate(line)(at, x) == 3 * 19 + 2);
  const auto [g, gx] = tl::grad(line)(at, x);
  REQUIRE(g.w == list{15, 21});
  REQUIRE(g.b == 4);
  REQUIRE((g.name == "line" && g.k == 4));
  REQUIRE(gx == list{3, 6});
  affine to = at;
  tl::value_and_grad<0>(line).into(to)(at, x);
  REQUIRE(to.w == list{15, 21});
  const auto [value, tangent] =
      tl::jvp(line, std::tuple{at, x}, std::tuple{affine{"", {1, 0}, 1, 0}, list{0, 1}});
  REQUIRE(value == 59);
  REQUIRE(tangent == 15 + 4 + 6);

  // A member that the function does not use, and members of members.
  const auto only = [c](auto q) { return c * square(tl::get<"b">(q)); };
  REQUIRE(tl::grad(only)(at).b == 3);
  REQUIRE(tl::grad(only)(at).w == list{0, 0});
  const auto deep = [c](auto q) {
    const auto second = std::get<1>(tl::get<"rest">(q));
    return c * sum(tl::get<"w">(tl::get<"first">(q)) * tl::get<"w">(second)) +
           std::get<0>(tl::get<"rest">(q)) * tl::get<"b">(second);
  };
  const two_layers all = tl::grad(deep)(two_layers{at, {2, {"", {3, 5}, 4, 0}}});
  REQUIRE(all.first.w == list{9, 15});
  REQUIRE(std::get<0>(all.rest) == 4);
  REQUIRE(std::get<1>(all.rest).w == list{3, 6});
  REQUIRE(std::get<1>(all.rest).b == 2);

  // Templates over their leaves are what they are for other functions.
  const by_leaves<> start{2, {1, 2}, "p"};
  const by_leaves<> scalar = tl::grad([c](auto q) { return c * tl::get<"a">(q); })(start);
  REQUIRE((scalar.a == 3 && scalar.s == "p"));
  const by_leaves<> arrays =
      tl::grad([c](auto q) { return c * sum(tl::get<"v">(q)) * tl::get<"a">(q); })(start);
  REQUIRE(arrays.a == 9);
  REQUIRE(arrays.v == list{6, 6});
}
