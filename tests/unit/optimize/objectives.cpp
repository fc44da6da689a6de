// SPDX-License-Identifier: BSL-1.0
// A function of a structure as a function of a flat vector: the gradient is tl::grad's, flattened;
// the structure and the vector come back; wrong sizes are named; nothing is allocated by calls.
// FLAGS: -DTAPELESS_TEST_COUNTS_ALLOCATIONS

#include "support/catch.hpp"
#include "support/counting_new.hpp"

#include <tapeless/optimize.hpp>
#include <tapeless/tapeless.hpp>

#include <boost/hana/define_struct.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace tl = tapeless;
using list = std::vector<double>;

namespace {

struct part {
  BOOST_HANA_DEFINE_STRUCT(part, (list, w), (float, s));
};
struct model {
  BOOST_HANA_DEFINE_STRUCT(model, (std::array<part, 2>, parts), (int, degree),
                           (std::tuple<double, std::array<double, 2>>, t), (std::string, name));
};
const model p{{{{{1, 2}, 3}, {{4}, 5}}}, 3, {6, {7, 8}}, "p"};

constexpr auto of_model = [](auto m, auto x) {
  auto [first, second] = tl::get<"parts">(m);
  const auto a = std::get<0>(tl::get<"t">(m));
  const auto v = std::get<1>(tl::get<"t">(m));
  const auto w = tl::get<"w">(first);
  return tl::sum(x.size(), [&](auto i) { return tl::square(w[i] * x[i] - a); }) *
             tl::get<"s">(first) +
         sin(tl::get<"s">(second)) * v[0] * v[1] * tl::get<"degree">(m);
};
constexpr auto line = [](auto w, auto x, auto y) {
  return tl::sum(x.size(), [&](auto i) { return tl::square(w[0] * x[i] + w[1] - y[i]); });
};

/// The message of the exception that `call` throws.
template <class Call>
std::string message_of(const Call& call) {
  try {
    call();
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "no exception";
}

}  // namespace

TEST_CASE("objectives: the gradient is tl::grad's, flattened") {
  const list x{0.5, -1};
  tl::objective o(of_model, p, x);
  REQUIRE(o.size() == 8);
  list at = tl::flatten(p), gradient(8, 99);
  for (double& v : at) v *= 0.75;
  const double value = o.value_and_grad(at, gradient);

  model q = p;
  tl::unflatten(at, q);
  const auto [v, g] = tl::value_and_grad<0>(of_model)(q, x);
  REQUIRE(value == static_cast<double>(v));
  REQUIRE(gradient == tl::flatten(g));
  REQUIRE(o.value(at) == Approx(value).epsilon(1e-15));
  REQUIRE(std::abs(gradient[0]) > 0.1);
}

TEST_CASE("objectives: the structure of a vector, and where to start") {
  const list x{0.5, -1};
  tl::objective o(of_model, p, x);
  o.value(list{8, 7, 6, 5, 4, 3, 2, 1});
  REQUIRE(o.start() == list{1, 2, 3, 4, 5, 6, 7, 8});
  const model q = o.parameters(list{1, 1, 2, 2, 3, 3, 4, 4});
  REQUIRE(q.parts[1].s == 3);
  REQUIRE(std::get<1>(q.t) == std::array{4.0, 4.0});
  REQUIRE(q.degree == 3);
  REQUIRE(q.name == "p");
}

TEST_CASE("objectives: parameters of every kind") {
  list g(1);
  tl::objective number([](auto w) { return w * w * w; }, 2.0);
  REQUIRE(number.value_and_grad(std::array{3.0}, g) == 27);
  REQUIRE(g == list{27});
  REQUIRE(number.parameters(std::array{4.0}) == 4);

  g.resize(2);
  const list x{1, 2, 3}, y{2, 3, 5};
  tl::objective array(line, std::array{1.0, 1.0}, x, y);
  REQUIRE(array.value_and_grad(list{2, 0}, g) == 2);
  // Residuals 0, 1, 1: 2 (1 * 2 + 1 * 3) and 2 (1 + 1).
  REQUIRE(g == list{10, 4});
  tl::objective vector(line, list{1, 1}, x, y);
  list h(2);
  REQUIRE(vector.value_and_grad(list{2, 0}, h) == 2);
  REQUIRE(h == g);
  // Views are copied: the caller's numbers stay as they are.
  list owned{1, 1};
  tl::objective view(line, std::span(owned), x, y);
  REQUIRE(view.value_and_grad(list{2, 0}, h) == 2);
  REQUIRE(owned == list{1, 1});
  tl::objective floats(line, std::vector<float>{1, 1}, x, y);
  REQUIRE(floats.value_and_grad(list{2, 0}, h) == 2);
  REQUIRE(h == g);
}

TEST_CASE("objectives: data with a name are referred to, others are kept, policies are neither") {
  list x{1, 2, 3};
  tl::objective o(line, std::array{1.0, 1.0}, x, list{2, 3, 5});
  REQUIRE(o.value(list{1, 1}) == 1);
  x[2] = 4;
  REQUIRE(o.value(list{1, 1}) == 0);

  constexpr auto f = [](auto w, auto c) { return c * w * sqrt(w); };
  list g(1);
  tl::objective strict(f, 1.0, 2.0);
  strict.value_and_grad(std::array{0.0}, g);
  REQUIRE(std::isnan(g[0]));
  tl::objective strong(f, 1.0, 2.0, tl::strong_zero);
  REQUIRE(strong.value_and_grad(std::array{0.0}, g) == 0);
  REQUIRE(g[0] == 0);
}

TEST_CASE("objectives: functions that hold data") {
  const list x{1, 2, 3}, y{2, 3, 5};
  const double scale = 0.5;
  list g(1);
  tl::objective o([scale](auto w) { return scale * w * w; }, 1.0);
  REQUIRE(o.value_and_grad(std::array{3.0}, g) == 4.5);
  REQUIRE(g[0] == 3);
  g.resize(2);
  tl::objective bound(tl::bind_back(line, x, y), std::array{1.0, 1.0});
  REQUIRE(bound.value_and_grad(list{2, 0}, g) == 2);
  REQUIRE(g[1] == 4);
}

TEST_CASE("objectives: a vector of another size is named") {
  const list x{1, 2, 3}, y{2, 3, 5};
  tl::objective o(line, std::array{1.0, 1.0}, x, y);
  list three(3), two(2), one(1);
  const std::string long_x = "tapeless: objective: 'x' has 3 numbers, the parameters 2";
  REQUIRE(message_of([&] { o.value(three); }) == long_x);
  REQUIRE(message_of([&] { o.value_and_grad(three, two); }) == long_x);
  REQUIRE(message_of([&] { o.parameters(three); }) == long_x);
  REQUIRE(message_of([&] { o.value_and_grad(two, one); }) ==
          "tapeless: objective: 'gradient' has 1 numbers, the parameters 2");
}

TEST_CASE("objectives: values that are not finite are passed on") {
  tl::objective o([](auto w) { return log(w); }, 1.0);
  list g(1);
  REQUIRE(std::isnan(o.value(list{-1})));
  REQUIRE(o.value_and_grad(list{0}, g) == -std::numeric_limits<double>::infinity());
  REQUIRE(std::isinf(g[0]));
}

TEST_CASE("objectives: calls allocate nothing") {
  // The history of the fold needs memory.
  constexpr auto spring = [](auto w, auto x) {
    const auto [end, speed] = tl::fold(x.size(), std::tuple{1, 0}, [&](auto state, auto i) {
      auto [q, v] = state;
      return std::tuple{q + w[0] * v, v - w[1] * (sin(q) + v * v) + x[i]};
    });
    return end * end + speed * speed;
  };
  const list x(100, 0.3);
  tl::objective o(spring, list{0.1, 0.2}, x);
  const std::array at{0.2, 0.1};
  std::array<double, 2> g{}, again{};
  const int before = allocations;
  const double first = o.value_and_grad(at, g);
  const double value = o.value(at);
  const double second = o.value_and_grad(at, again);
  const int after = allocations;
  REQUIRE(after == before);
  REQUIRE(first == second);
  REQUIRE(value == Approx(first).epsilon(1e-14));
  REQUIRE(g == again);

  auto moved = std::move(o);
  REQUIRE(moved.value_and_grad(at, again) == first);
  static_assert(!std::is_copy_constructible_v<decltype(o)>);
}
