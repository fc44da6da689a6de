// SPDX-License-Identifier: BSL-1.0
// Arguments and results with structure: std::array, std::tuple, std::pair, nested; types of
// gradients; how the scalar type is chosen.

#include <tapeless/tapeless.hpp>

#include <array>
#include <cmath>
#include <concepts>
#include <support/catch.hpp>
#include <tuple>
#include <type_traits>
#include <utility>

namespace tl = tapeless;

namespace {

using pair = std::pair<double, std::array<double, 2>>;
using matrix = std::array<std::array<double, 3>, 2>;

constexpr auto h = [](auto a, auto b) { return a * a * b; };

template <class T>
constexpr bool is(const auto& v) {
  return std::same_as<T, std::remove_cvref_t<decltype(v)>>;
}

}  // namespace

TEST_CASE("an array argument: size is a constant, [] and range-for") {
  constexpr auto f = [](auto p) {
    static_assert(p.size() == 3);
    std::array<decltype(p[0] * p[1]), p.size()> squares{};
    for (std::size_t i = 0; i < p.size(); ++i) squares[i] = p[i] * p[i];
    auto s = 0 * p.front();
    for (auto e : squares) s += e;
    return s * p.back();
  };
  const auto [value, gradient] = tl::value_and_grad(f)(std::array{1.0, 2.0, 3.0});
  CHECK(value == 42);
  CHECK(gradient == std::array{6.0, 12.0, 32.0});
}

TEST_CASE("structured bindings of array, tuple and pair arguments") {
  constexpr auto f = [](auto p, auto t, auto q) {
    const auto [a, b] = p;
    const auto [c, d] = t;
    const auto [e, g] = q;
    return a * c * e + b * d * g;
  };
  const auto [ga, gt, gp] =
      tl::grad(f)(std::array{1.0, 2.0}, std::make_tuple(3.0, 4.0), std::pair{5.0, 6.0});
  CHECK(ga == std::array{15.0, 24.0});
  CHECK(gt == std::tuple{5.0, 12.0});
  CHECK(gp == std::pair{3.0, 8.0});
}

TEST_CASE("arrays of arrays") {
  constexpr auto f = [](auto m) {
    auto s = 0 * m[0][0];
    for (auto row : m) {
      auto sum = 0 * row[0];
      for (auto e : row) sum += e;
      s += sum * sum;
    }
    return s;
  };
  const matrix m{{{1, 2, 3}, {-1, 0, 2}}};
  const auto g = tl::grad(f)(m);
  CHECK(is<matrix>(g));
  CHECK(g == matrix{{{12, 12, 12}, {2, 2, 2}}});
}

TEST_CASE("tuples of arrays of pairs") {
  using leaf = std::pair<double, double>;
  using argument = std::tuple<std::array<leaf, 2>, double>;
  constexpr auto f = [](auto t) {
    const auto& [list, factor] = t;
    return factor * (list[0].first * list[1].second - list[0].second * list[1].first);
  };
  const argument at{{{{1, 2}, {3, 4}}}, 10};
  const auto g = tl::grad(f)(at);
  CHECK(is<argument>(g));
  CHECK(g == argument{{{{40, -30}, {-20, 10}}}, -2});
}

TEST_CASE("results with structure: evaluate, vjp, jvp") {
  constexpr auto f = [](auto a, auto b) {
    return std::tuple{a * b, std::pair{a + b, std::array{a, b, a - b}}};
  };
  const auto value = tl::evaluate(f)(3.0, 2.0);
  CHECK(is<std::tuple<double, std::pair<double, std::array<double, 3>>>>(value));
  CHECK(std::get<0>(value) == 6);
  CHECK(std::get<1>(value).second == std::array{3.0, 2.0, 1.0});

  const auto [y, pullback] = tl::vjp(f, 3.0, 2.0);
  CHECK(y == value);
  const auto [ca, cb] =
      pullback(std::tuple{1.0, std::pair{10.0, std::array{100.0, 200.0, 1000.0}}});
  CHECK(ca == 2 + 10 + 100 + 1000);
  CHECK(cb == 3 + 10 + 200 - 1000);

  const auto [z, t] = tl::jvp(f, std::tuple{3.0, 2.0}, std::tuple{1.0, 0.5});
  CHECK(z == value);
  CHECK(std::get<0>(t) == 2 + 1.5);
  CHECK(std::get<1>(t).first == 1.5);
  CHECK(std::get<1>(t).second == std::array{1.0, 0.5, 0.5});
}

TEST_CASE("a result that is an argument, and one that is no variable") {
  constexpr auto f = [](auto p) { return std::tuple{p[1], 7.0, p}; };
  const auto value = tl::evaluate(f)(std::array{1.0, 2.0});
  CHECK(std::get<0>(value) == 2);
  CHECK(std::get<1>(value) == 7);
  CHECK(std::get<2>(value) == std::array{1.0, 2.0});
  const auto [y, pullback] = tl::vjp(f, std::array{1.0, 2.0});
  CHECK(pullback(std::tuple{1.0, 100.0, std::array{5.0, 6.0}}) == std::array{5.0, 7.0});
}

TEST_CASE("jvp with structured arguments: std::tuple is the argument list") {
  constexpr auto f = [](auto p, auto q) { return p[0] * q.first + p[1] * q.second; };
  const auto [value, tangent] = tl::jvp(f, std::tuple{std::array{1.0, 2.0}, std::pair{3.0, 4.0}},
                                        std::tuple{std::array{1.0, 0.0}, std::pair{0.0, 1.0}});
  CHECK(value == 11);
  CHECK(tangent == 3 + 2);
  constexpr auto g = [](auto t) { return std::get<0>(t) * std::get<1>(t); };
  const auto at = std::make_tuple(std::make_tuple(3.0, 4.0));
  const auto along = std::make_tuple(std::make_tuple(1.0, 10.0));
  CHECK(tl::jvp(g, at, along).tangent == 34);
}

TEST_CASE("chosen arguments: one bare, several a tuple, in the order chosen") {
  constexpr auto f = [](auto a, auto b, auto p) { return a * b * p[0] * p[1]; };
  const std::array p{2.0, 5.0};
  CHECK(tl::grad<1>(f)(3.0, 4.0, p) == 30);
  const auto last = tl::grad<2>(f)(3.0, 4.0, p);
  CHECK(is<std::array<double, 2>>(last));
  CHECK(last == std::array{60.0, 24.0});
  CHECK(tl::grad<2, 0>(f)(3.0, 4.0, p) == std::tuple{std::array{60.0, 24.0}, 40.0});
  CHECK(std::get<2>(tl::grad(f)(3.0, 4.0, p)) == std::array{60.0, 24.0});
}

TEST_CASE("the scalar type: floating arguments decide, integers are neutral") {
  constexpr auto f = [](auto a, auto b) { return a * b; };
  CHECK(is<double>(tl::evaluate(f)(1.0, 2.0)));
  CHECK(is<float>(tl::evaluate(f)(1.0f, 2.0f)));
  CHECK(is<double>(tl::evaluate(f)(1.0f, 2.0)));
  CHECK(is<long double>(tl::evaluate(f)(1.0f, 2.0L)));
  CHECK(is<float>(tl::evaluate(f)(1.0f, 2)));
  CHECK(is<double>(tl::evaluate(f)(1, 2)));
  CHECK(is<long double>(tl::evaluate(f)(1LL, 2.0L)));
  CHECK(is<float>(tl::evaluate(f)(static_cast<unsigned char>(1), 2.0f)));
  CHECK(is<double>(tl::evaluate([](auto p) { return p.first * p.second; })(std::pair{1.0f, 2.0})));
}

TEST_CASE("literals and arithmetic follow the arguments") {
  // 0.1 * a in float differs from the same in double.
  constexpr auto tenth = [](auto a) { return 0.1 * a; };
  CHECK(tl::evaluate(tenth)(3.0f) == 0.1f * 3.0f);
  CHECK(tl::evaluate(tenth)(3.0) == 0.1 * 3.0);
  CHECK(tl::evaluate(tenth)(3.0L) == 0.1 * 3.0L);
}

TEST_CASE("gradients have their arguments' types") {
  const auto [ga, gb] = tl::grad(h)(2.0f, 3.0);
  CHECK(is<float>(ga));
  CHECK(is<double>(gb));
  CHECK(ga == 12);
  CHECK(gb == 4);
  CHECK(is<long double>(tl::grad<0>(h)(2.0L, 3)));
  CHECK(is<float>(tl::grad<0>(h)(2.0f, 3)));
  CHECK(is<float>(tl::grad<0>(h)(2.0f, 3.0)));
  CHECK(is<pair>(tl::grad([](auto p) { return p.first * p.second[0] * p.second[1]; })(pair{})));
  const auto [value, gradient] = tl::value_and_grad(h)(2.0f, 3.0);
  CHECK(is<double>(value));
  CHECK(is<std::tuple<float, double>>(gradient));
}

TEST_CASE("precision is that of the widest argument") {
  constexpr auto f = [](auto a, auto b) { return exp(a) * b; };
  // a is a float, but the program runs in double.
  CHECK(tl::grad<1>(f)(0.1f, 1.0) == std::exp(static_cast<double>(0.1f)));
  CHECK(tl::grad<1>(f)(0.1L, 1.0) == static_cast<double>(std::exp(0.1L)));
}

TEST_CASE("integer arguments are data") {
  constexpr auto f = [](auto a, auto n, auto list) { return a * n + list[1] * a * a; };
  CHECK(tl::grad<0>(f)(3.0, 4, std::array{1, 2}) == 4 + 12);
}
