// SPDX-License-Identifier: BSL-1.0
// .into and .add_to; outputs that are inputs.

#include <tapeless/tapeless.hpp>

#include <array>
#include <span>
#include <stdexcept>
#include <support/catch.hpp>
#include <tuple>
#include <utility>
#include <vector>

namespace tl = tapeless;

namespace {

constexpr auto h = [](auto a, auto b) { return a * a * b; };
constexpr auto dot = [](auto p, auto q) {
  auto s = 0 * p[0];
  for (std::size_t i = 0; i < p.size(); ++i) s += p[i] * q[i];
  return s;
};
constexpr tl::variable<"x"> x;
constexpr tl::variable<"y"> y;

}  // namespace

TEST_CASE("into overwrites, add_to accumulates, both return the value") {
  double ga = 100, gb = 200;
  CHECK(tl::value_and_grad(h).into(ga, gb)(3.0, 2.0) == 18);
  CHECK(ga == 12);
  CHECK(gb == 9);
  CHECK(tl::value_and_grad(h).add_to(ga, gb)(3.0, 2.0) == 18);
  CHECK(ga == 24);
  CHECK(gb == 18);
  tl::grad(h).into(ga, gb)(1.0, 5.0);
  CHECK(ga == 10);
  CHECK(gb == 1);
  tl::grad(h).add_to(ga, gb)(1.0, 5.0);
  CHECK(ga == 20);
  CHECK(gb == 2);
}

TEST_CASE("into for chosen arguments, in the order chosen") {
  double ga = 0, gb = 0;
  tl::grad<1>(h).into(gb)(3.0, 2.0);
  CHECK(gb == 9);
  tl::grad<1, 0>(h).into(gb, ga)(3.0, 2.0);
  CHECK(ga == 12);
  CHECK(gb == 9);
}

TEST_CASE("into structures, and into another floating type") {
  std::array<double, 3> gp{}, gq{};
  CHECK(tl::value_and_grad(dot).into(gp, gq)(std::array{1.0, 2.0, 3.0},
                                             std::array{4.0, 5.0, 6.0}) == 32);
  CHECK(gp == std::array{4.0, 5.0, 6.0});
  CHECK(gq == std::array{1.0, 2.0, 3.0});
  tl::grad<0>(dot).add_to(gp)(std::array{1.0, 2.0, 3.0}, std::array{4.0, 5.0, 6.0});
  CHECK(gp == std::array{8.0, 10.0, 12.0});
  float narrow = 0;
  tl::grad<0>(h).into(narrow)(3.0, 2.0);
  CHECK(narrow == 12);
  std::pair<double, std::array<double, 2>> g{};
  tl::grad([](auto p) {
    return p.first * p.second[0] * p.second[1];
  }).into(g)(std::pair{2.0, std::array{3.0, 4.0}});
  CHECK(g == std::pair{12.0, std::array{8.0, 6.0}});
}

TEST_CASE("an output that is an input: all inputs are read before any output is written") {
  double a = 3, b = 2;
  CHECK(tl::value_and_grad(h).into(a, b)(a, b) == 18);
  CHECK(a == 12);
  CHECK(b == 9);
  a = 3, b = 2;
  tl::value_and_grad(h).into(b, a)(a, b);
  CHECK(b == 12);
  CHECK(a == 9);
  a = 3;
  tl::value_and_grad([](auto t) { return t * t * t; }).into(a)(a);
  CHECK(a == 27);
  a = 3, b = 2;
  tl::grad(h).add_to(a, b)(a, b);
  CHECK(a == 15);
  CHECK(b == 11);
}

TEST_CASE("an output that is an input: arrays") {
  std::array p{1.0, 2.0, 3.0}, q{4.0, 5.0, 6.0};
  tl::value_and_grad(dot).into(p, q)(p, q);
  CHECK(p == std::array{4.0, 5.0, 6.0});
  CHECK(q == std::array{1.0, 2.0, 3.0});
  // Every component depends on every other.
  constexpr auto mixed = [](auto t) {
    auto s = 0 * t[0];
    for (std::size_t i = 0; i < t.size(); ++i) s += t[i] * t[(i + 1) % t.size()];
    return s;
  };
  std::array t{1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0};
  tl::value_and_grad(mixed).into(t)(t);
  CHECK(t == std::array{10.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 8.0});
}

TEST_CASE("an output that is an input: a program too large to be inlined") {
  constexpr auto f = [](auto t) {
    auto s = 0 * t[0];
    for (int k = 0; k < 12; ++k) {
      for (std::size_t i = 0; i < t.size(); ++i)
        s += t[i] * t[(i + 1) % t.size()] * (k + 1) + s / 2;
    }
    return s;
  };
  const std::array at{1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0};
  auto t = at;
  const auto want = tl::value_and_grad(f)(at);
  CHECK(tl::value_and_grad(f).into(t)(t) == want.value);
  CHECK(t == want.gradient);
}

TEST_CASE("into and add_to of expressions, an output that is an input among them") {
  double gx = 0, gy = 0;
  CHECK(tl::value_and_grad(x * x * y).into(gx, gy)(x = 3.0, y = 2.0) == 18);
  CHECK(gx == 12);
  CHECK(gy == 9);
  CHECK(tl::value_and_grad<y, x>(x * x * y).into(gy, gx)(y = 2.0, x = 3.0) == 18);
  CHECK(gx == 12);
  CHECK(gy == 9);
  tl::value_and_grad<x>(x * x * y).add_to(gx)(x = 3.0, y = 2.0);
  CHECK(gx == 24);
  double a = 3, b = 2;
  tl::value_and_grad(x * x * y).into(a, b)(x = a, y = b);
  CHECK(a == 12);
  CHECK(b == 9);
}

TEST_CASE("into in constant evaluation") {
  constexpr auto both = [] {
    double ga = 1, gb = 1;
    tl::value_and_grad(h).into(ga, gb)(3.0, 2.0);
    tl::grad<0>(h).add_to(ga)(3.0, 2.0);
    return std::pair{ga, gb};
  }();
  static_assert(both == std::pair{24.0, 9.0});
}

TEST_CASE("a view is an output without a name") {
  using list = std::vector<double>;
  const auto squares = [](auto a) {
    return tl::sum(a.size(), [&](auto i) { return a[i] * a[i]; });
  };
  const auto twice = [](auto a) {
    return tl::generate(a.size(), [&](auto i) { return 2 * a[i]; });
  };
  const list a{1, 2, 3};
  list g(5, 1.0), value(3);
  CHECK(tl::value_and_grad(squares).into(std::span(g).subspan(1, 3))(a) == 14);
  CHECK(g == list{1, 2, 4, 6, 1});
  tl::grad(squares).add_to(tl::view(g.data(), 3))(a);
  CHECK(g == list{3, 6, 10, 6, 1});
  const auto kept = tl::grad(squares).into(tl::view(g.data() + 2, 3));  // the view, not the vector
  kept(a);
  CHECK(g == list{3, 6, 2, 4, 6});
  tl::workspace memory;
  kept(memory, list{0, 0, 1});
  CHECK(g == list{3, 6, 0, 0, 2});
  CHECK_THROWS_AS(tl::grad(squares).into(tl::view(g.data(), 2))(a), std::invalid_argument);

  tl::evaluate(twice).into(std::span(g).first(3))(a);
  CHECK(g == list{2, 4, 6, 0, 2});
  tl::jvp(twice).into(value, std::span(g).last(3))(std::tuple{a}, std::tuple{list{0, 1, 2}});
  CHECK(value == list{2, 4, 6});
  CHECK(g == list{2, 4, 0, 2, 4});
  tl::vjp(twice, a).pullback.into(std::span(g).first(3))(list{1, 1, 3});
  CHECK(g == list{2, 2, 6, 2, 4});

  // without a loop, and of an expression
  double flat[3] = {};
  tl::grad<0>(dot).into(tl::view(flat + 1, 2))(std::array{1.0, 2.0}, std::array{3.0, 4.0});
  CHECK((flat[0] == 0 && flat[1] == 3 && flat[2] == 4));
  tl::value_and_grad<x>(sum(x * x)).into(tl::view(g.data(), 3))(x = a);
  CHECK(g == list{2, 4, 6, 2, 4});
}
