// SPDX-License-Identifier: BSL-1.0
// Trees number by number: maps, reductions, flat vectors, norms, and the leaf that is not finite.

#include "support/catch.hpp"
#include "support/mistakes.hpp"

#include <tapeless/optimize.hpp>
#include <tapeless/tapeless.hpp>

#include <boost/hana/define_struct.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

namespace tl = tapeless;
using list = std::vector<double>;

namespace {

struct part {
  BOOST_HANA_DEFINE_STRUCT(part, (list, w), (float, s));
};
struct parameters {
  BOOST_HANA_DEFINE_STRUCT(parameters, (std::array<part, 2>, parts), (int, n),
                           (std::tuple<double, std::array<double, 2>>, t), (std::string, name));
};
const parameters p{{{{{1, 2}, 3}, {{4}, 5}}}, 9, {6, {7, 8}}, "p"};

}  // namespace

TEST_CASE("trees: maps and reductions see the numbers and leave the rest") {
  const parameters twice = tl::tree_map([](auto v) { return 2 * v; }, p);
  REQUIRE(twice.parts[0].w == list{2, 4});
  REQUIRE(twice.parts[1].s == 10);
  REQUIRE(std::get<1>(twice.t) == std::array{14.0, 16.0});
  REQUIRE(twice.n == 9);
  REQUIRE(twice.name == "p");
  const parameters thrice = tl::tree_zip([](auto a, auto b) { return a + b; }, p, twice);
  REQUIRE(thrice.parts[1].w == list{12});
  REQUIRE(tl::tree_reduce([](double s, double v) { return s + v; }, 0.5, p) == 36.5);
  REQUIRE(tl::tree_size(p) == 8);
  REQUIRE(tl::tree_size(2.0) == 1);
  REQUIRE(tl::tree_map([](double v) { return -v; }, 2.0) == -2);
  REQUIRE(tl::tree_map([](double v) { return -v; }, list{1, 2}) == list{-1, -2});
  parameters other = p;
  other.parts[0].w = {1, 2, 3};
  REQUIRE_THROWS_AS(tl::tree_zip([](auto a, auto) { return a; }, p, other), std::invalid_argument);
}

TEST_CASE("trees: one contiguous vector and back") {
  REQUIRE(tl::flatten(p) == list{1, 2, 3, 4, 5, 6, 7, 8});
  REQUIRE(tl::flatten(list{3, 1, 2}) == list{3, 1, 2});
  parameters q = p;
  tl::unflatten(list{8, 7, 6, 5, 4, 3, 2, 1}, q);
  REQUIRE(q.parts[0].w == list{8, 7});
  REQUIRE(q.parts[1].s == 4);
  REQUIRE(std::get<1>(q.t) == std::array{2.0, 1.0});
  REQUIRE(q.n == 9);
  REQUIRE_THROWS_AS(tl::unflatten(list{1}, q), std::invalid_argument);
}

TEST_CASE("trees: a structure's gradient is the gradient in the flat vector") {
  constexpr auto loss = [](auto q) {
    auto [parts, n, t, name] = q;
    return sum(tanh(tl::get<"w">(parts[0]) * tl::get<"s">(parts[0]))) * exp(std::get<0>(t) / 10) +
           n * sum(square(tl::get<"w">(parts[1]))) * std::get<1>(t)[1] * tl::get<"s">(parts[1]);
  };
  parameters q = p;
  const list flat{0.1, -0.2, 0.3, 0.4, -0.5, 0.6, 0.7, 0.8};
  tl::unflatten(flat, q);
  const list g = tl::flatten(tl::grad(loss)(q));
  for (std::size_t k = 0; k < flat.size(); ++k) {
    // Floats among them: the step is one that they can take.
    const double h = 1.0 / 1024;
    const auto at = [&](double d) {
      list moved = flat;
      moved[k] += d;
      parameters r = p;
      tl::unflatten(moved, r);
      return tl::evaluate(loss)(r);
    };
    REQUIRE(g[k] == Approx((at(h) - at(-h)) / (2 * h)).margin(1e-5).epsilon(1e-5));
  }
}

TEST_CASE("trees: norms and clipping") {
  std::tuple<double, list> g{2, {3, 6}};
  REQUIRE(tl::global_norm(g) == 7);
  REQUIRE(tl::clip_by_global_norm(g, 8) == 7);
  REQUIRE(std::get<1>(g) == list{3, 6});
  REQUIRE(tl::clip_by_global_norm(g, 3.5) == 7);
  REQUIRE(std::get<0>(g) == 1);
  REQUIRE(std::get<1>(g) == list{1.5, 3});
}

TEST_CASE("trees: the guard names the leaf that is not finite") {
  tl::require_finite(p);
  const auto message = [](const auto& g) { return mistake([&] { tl::require_finite(g); }); };
  parameters g = p;
  g.parts[1].w[0] = std::numeric_limits<double>::quiet_NaN();
  REQUIRE(message(g) == "tapeless: the gradient is not finite in .parts[1].w");
  g.parts[0].s = std::numeric_limits<float>::infinity();
  REQUIRE(message(g) == "tapeless: the gradient is not finite in .parts[0].s");
  REQUIRE(message(std::numeric_limits<double>::infinity()) ==
          "tapeless: the gradient is not finite");
  REQUIRE(message(p).empty());
}

TEST_CASE("trees: lengths whose squares overflow or vanish") {
  list huge{3e200, 4e200};
  CHECK(tl::global_norm(huge) == Approx(5e200).epsilon(1e-15));
  CHECK(tl::clip_by_global_norm(huge, 5) == Approx(5e200).epsilon(1e-15));
  CHECK(huge[0] == Approx(3).epsilon(1e-15));
  CHECK(huge[1] == Approx(4).epsilon(1e-15));
  CHECK(tl::global_norm(list{3e-200, 4e-200}) == Approx(5e-200).epsilon(1e-15));
  CHECK(tl::global_norm(list{0, 0}) == 0);
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(tl::global_norm(list{1, -infinity}) == infinity);
  CHECK(std::isnan(tl::global_norm(list{1e200, std::numeric_limits<double>::quiet_NaN()})));
  if constexpr (std::numeric_limits<long double>::max_exponent > 10000) {
    std::array<long double, 2> longer{3e4000L, 4e4000L};
    CHECK(std::fabs(tl::clip_by_global_norm(longer, 5) / 5e4000L - 1) < 1e-15L);
    CHECK(std::fabs(longer[0] - 3) < 1e-15L);
  }
  CHECK_THROWS_AS(tl::clip_by_global_norm(huge, -1), std::invalid_argument);
}

TEST_CASE("trees: the array that differs in size is named") {
  parameters q = p;
  const auto add = [](double a, double b) { return a + b; };
  q.parts[1].w = {1, 2, 3};
  CHECK(
      mistake([&] { tl::tree_zip(add, p, q); }) ==
      "tapeless: trees differ in size: .parts[1].w of another tree has 3 elements, of the first 1");
  const auto opt = tl::adagrad();
  auto state = opt.init(p);
  parameters at = p;
  CHECK(mistake([&] { opt.update(at, q, state); }) ==
        "tapeless: trees differ in size: .parts[1].w of the gradient has 3 elements, of the "
        "parameters 1");
  CHECK(mistake([&] { opt.update(q, q, state); }) ==
        "tapeless: trees differ in size: .parts[1].w of the state has 1 elements, of the "
        "parameters 3");
  CHECK(state.step == 0);
  tl::matrix<double> A(2, 3), B(3, 2);
  CHECK(mistake([&] { tl::tree_zip(add, A, B); }) ==
        "tapeless: trees differ in size: another tree has 3 x 2 elements, the first 2 x 3");
  list flat(3);
  CHECK(mistake([&] { tl::flatten(p, flat); }) ==
        "tapeless::flatten: the vector has 3 elements, the tree 8 numbers");
  CHECK(mistake([&] { tl::unflatten(flat, at); }) ==
        "tapeless::unflatten: the vector has 3 elements, the tree 8 numbers");
}

namespace {
struct with_owner {
  BOOST_HANA_DEFINE_STRUCT(with_owner, (std::unique_ptr<int>, owner), (double, w));
};
}  // namespace

TEST_CASE("trees: what can not be copied stays empty in a state") {
  with_owner q{std::make_unique<int>(3), 2};
  const auto f = [](auto p_) { return square(tl::get<"w">(p_)); };
  const auto opt = tl::sgd({.learning_rate = 0.25, .momentum = 0.5});
  auto state = opt.init(q);
  REQUIRE(state.velocity.owner == nullptr);
  opt.update(q, tl::grad(f)(q), state);
  REQUIRE(q.w == 1);
  REQUIRE(*q.owner == 3);
}
