// SPDX-License-Identifier: BSL-1.0
// Where results of functions with loops are written. An output that does not fit or overlaps an
// argument is an exception before anything is written.

#include "support/array_laws.hpp"
#include "support/mistakes.hpp"

#include <array>
#include <limits>
#include <span>
#include <utility>

using namespace array_laws;

namespace {

constexpr auto squares = [](auto a) {
  return tl::sum(a.size(), [&](auto i) { return a[i] * a[i]; });
};
constexpr auto product = [](auto a, auto b) {
  return tl::sum(a.size(), [&](auto i) { return a[i] * b[i]; });
};
constexpr auto chain = [](auto a) {
  return tl::sum(a.size() - 1, [&](auto i) { return a[i + 1] * a[i]; });
};
constexpr auto of_matrix = [](auto m) {
  return tl::sum(m.rows(), [&](auto i) {
    return tl::sum(m.cols(), [&](auto j) { return m(i, j) * m(i, j); });
  });
};

const list a{1, 2, 3};

}  // namespace

TEST_CASE("into overwrites arrays, add_to accumulates, both return the value") {
  list g(3, 9.0);
  CHECK(tl::value_and_grad(squares).into(g)(a) == 14);
  CHECK(g == list{2, 4, 6});
  CHECK(tl::value_and_grad(squares).add_to(g)(a) == 14);
  CHECK(g == list{4, 8, 12});
  tl::grad(squares).add_to(g)(a);
  CHECK(g == list{6, 12, 18});
  tl::grad(squares).into(g)(a);
  CHECK(g == list{2, 4, 6});
  // NaN that is there is overwritten.
  list unset(3, std::numeric_limits<double>::quiet_NaN());
  tl::grad(chain).into(unset)(a);
  CHECK(unset == list{2, 4, 2});
}

// g++ takes the two plans for different ones, although they are equal.
TEST_CASE("one gradient, returned and accumulated in the same file") {
  const auto density = [](auto h, auto x) {
    const auto n = x.size();
    return -tl::sum(n, [&](auto i) {
      const auto others = tl::sum(n, [&](auto j) {
        return tl::select(i == j, 0, exp(-0.5 * tl::square((x[i] - x[j]) / h[0])));
      });
      return log(others / h[0]);
    });
  };
  const list h{0.7}, x{1, 2, 3};
  const list g = tl::grad<0>(density)(h, x);
  list sum{1};
  tl::grad<0>(density).add_to(sum)(h, x);
  CHECK(sum[0] == 1 + g[0]);
}

TEST_CASE("into makes a vector or a matrix as large as the result") {
  for (const std::size_t before : {0U, 2U, 7U}) {
    list g(before, 9.0);
    tl::grad(squares).into(g)(a);
    CHECK(g == list{2, 4, 6});
    tl::grad(squares).into(g)(list{});
    CHECK(g.empty());
  }
  tl::matrix<double> m(2, 3), g(3, 1);
  for (double& e : m) e = 2;
  tl::grad(of_matrix).into(g)(m);
  CHECK((g.rows() == 2 && g.cols() == 3));
  CHECK(g(1, 2) == 4);
}

TEST_CASE("outputs of other forms and types") {
  std::array<double, 3> fixed{};
  tl::grad(squares).into(fixed)(std::array<double, 3>{1, 2, 3});
  CHECK(fixed == std::array<double, 3>{2, 4, 6});
  list memory(6, 9.0);
  auto middle = std::span(memory).subspan(1, 3);
  tl::grad(squares).into(middle)(a);
  CHECK(memory == list{9, 2, 4, 6, 9, 9});
  auto same = tl::view(memory.data() + 1, 3);
  tl::grad(squares).add_to(same)(a);
  CHECK(memory == list{9, 4, 8, 12, 9, 9});
  std::vector<float> narrow(3);
  tl::grad(squares).into(narrow)(a);
  CHECK(narrow == std::vector<float>{2, 4, 6});
  // A transposed matrix as output: only its elements are written.
  list gaps(20, 9.0);
  auto strided = tl::view(gaps.data(), 2, 3, 2, 5);
  tl::matrix<double> m(2, 3);
  for (int k = 0; k < 6; ++k) m(k / 3, k % 3) = k;
  tl::grad(of_matrix).into(strided)(m);
  CHECK(gaps == list{0, 9, 6, 9, 9, 2, 9, 8, 9, 9, 4, 9, 10, 9, 9, 9, 9, 9, 9, 9});
}

TEST_CASE("outputs whose types know more or less of their size than the argument's") {
  const std::array fixed{1.0, 2.0, 3.0};
  std::array<double, 3> block{};
  tl::grad(squares).into(block)(a);
  tl::grad(squares).add_to(block)(a);
  CHECK(block == std::array{4.0, 8.0, 12.0});
  double plain[3];
  tl::grad(squares).into(plain)(a);
  CHECK(plain[2] == 6);
  tl::grad(squares).into(plain)(fixed);
  CHECK(plain[1] == 4);
  list grown;
  tl::grad(squares).into(grown)(fixed);
  CHECK(grown == list{2, 4, 6});
  std::array<double, 2> two{7, 7};
  CHECK(contains(mistake([&] { tl::grad(squares).into(two)(a); }), "output 0 has extent 2"));
  CHECK(two == std::array{7.0, 7.0});
  const auto [value, pullback] = tl::vjp(squares, a);
  pullback.into(block)(2.0);
  CHECK(block == std::array{4.0, 8.0, 12.0});
}

TEST_CASE("arrays of one value that the function puts together") {
  constexpr auto one = [](auto x) { return std::array{squares(x)}; };
  constexpr auto parts = [](auto x) {
    return std::tuple{std::array{squares(x)},
                      tl::generate(x.size(), [&](auto i) { return 3 * x[i]; })};
  };
  std::array<double, 1> value{}, tangent{};
  tl::evaluate(one).into(value)(a);
  CHECK(value[0] == 14);
  CHECK(tl::evaluate(one)(a) == std::array{14.0});
  tl::jvp(one).into(value, tangent)(std::tuple{a}, std::tuple{list{1, 0, 1}});
  CHECK((value[0] == 14 && tangent[0] == 8));
  std::tuple<std::array<double, 1>, list> both;
  tl::evaluate(parts).into(both)(a);
  CHECK(both == std::tuple{std::array{14.0}, list{3, 6, 9}});
  const auto [same, pullback] = tl::vjp(one, a);
  CHECK(pullback(std::array{2.0}) == list{4, 8, 12});
}

TEST_CASE("cotangents of arrays that the function puts together") {
  static constexpr auto two = [](auto x) {
    const auto s = squares(x);
    return std::array{s, s * s};
  };
  const auto [value, pullback] = tl::vjp(two, a);
  CHECK(value == std::array{14.0, 14.0 * 14});
  CHECK(pullback(std::array{1.0, 0.5}) == list{30, 60, 90});  // (1 + 0.5 * 2 * 14) * 2 x
  constexpr auto mixed = [](auto x, auto v) {
    return std::tuple{product(x, x) * v[0], v,
                      tl::generate(x.size(), [&](auto i) { return x[i] * v[1]; })};
  };
  const auto [gx, gv] = tl::vjp(mixed, list{1, 2}, std::array{3.0, 4.0})
                            .pullback(std::tuple{1.0, std::array{0.5, 0.25}, list{1, 10}});
  CHECK(gx == list{2 * 3 + 4, 4 * 3 + 40});
  CHECK(gv == std::array{5.5, 0.25 + 21});
  // In a body, once more differentiated: 2 k (1 + s) sum(x).
  constexpr auto outer = [](auto x, auto k) {
    const auto r = tl::vjp(two, x).pullback(std::array{k, 0.5 * k});
    return tl::sum(r.size(), [&](auto i) { return r[i]; });
  };
  CHECK(tl::evaluate(outer)(list{1, 2}, 1.0) == 36);
  CHECK(tl::grad(outer)(list{1, 2}, 1.0) == std::tuple{list{24, 36}, 36.0});
}

TEST_CASE("containers as outputs for std::arrays of functions without loops") {
  constexpr auto f = [](auto x) { return x[0] * x[1] + x[2] * x[2]; };
  const std::array x{1.0, 2.0, 3.0};
  list g;
  CHECK(tl::value_and_grad(f).into(g)(x) == 11);
  CHECK(g == list{2, 1, 6});
  CHECK(tl::value_and_grad(f).add_to(g)(x) == 11);
  CHECK(g == list{4, 2, 12});
  list memory(8, 7.0);
  auto strided = tl::view(memory.data(), 3, 1, 2, 1);
  tl::grad([](auto m) {
    return m[0][0] * m[1][0] * m[2][0];
  }).into(strided)(std::array<std::array<double, 1>, 3>{{{2}, {3}, {5}}});
  CHECK(memory == list{15, 7, 10, 7, 6, 7, 7, 7});
  tl::matrix<double> m;
  tl::grad([](auto q) {
    return q[0][0] * q[1][2] + q[0][1];
  }).into(m)(std::array<std::array<double, 3>, 2>{{{1, 2, 3}, {4, 5, 6}}});
  CHECK(m.rows() == 2);
  CHECK(list(m.begin(), m.end()) == list{6, 1, 0, 0, 0, 1});
  std::pair<list, double> pair;
  tl::grad([](auto p) {
    return p.first[0] * p.first[1] * p.second;
  }).into(pair)(std::pair{std::array{2.0, 3.0}, 5.0});
  CHECK(pair == std::pair{list{15, 10}, 6.0});
  const auto [value, pullback] = tl::vjp(f, x);
  pullback.into(g)(2.0);
  CHECK(g == list{4, 2, 12});
  // Nothing is written, or resized, if one does not fit.
  auto small = std::span(memory).first(2);
  constexpr auto of_two = [](auto p, auto q) { return p[0] * q[0]; };
  list first;
  CHECK(contains(mistake([&] { tl::grad(of_two).into(first, small)(x, x); }), "output 1"));
  CHECK(first.empty());
  list accumulated(2);
  CHECK(contains(mistake([&] { tl::grad(f).add_to(accumulated)(x); }), "output 0"));
  static_assert(!noexcept(tl::grad(f).into(small)(x)));
}

TEST_CASE("a gradient in an argument that does not matter is zero, also where it is accumulated") {
  const auto f = [](auto x, auto y) {
    return tl::sum(x.size(), [&](auto i) { return x[i]; }) + 0 * y[0];
  };
  list gx(3, 9.0), gy(2, 9.0);
  tl::grad(f).into(gx, gy)(a, list{1, 2});
  CHECK(gx == list{1, 1, 1});
  CHECK(gy == list{0, 0});
  gy = {5, 6};
  tl::grad(f).add_to(gx, gy)(a, list{1, 2});
  CHECK(gx == list{2, 2, 2});
  CHECK(gy == list{5, 6});
}

TEST_CASE("an output of the wrong size is an exception, and nothing is written") {
  list memory(8, 7.0);
  for (const std::size_t n : {0U, 2U, 4U}) {
    auto wrong = std::span(memory).first(n);
    CHECK(contains(mistake([&] { tl::grad(squares).into(wrong)(a); }), "output"));
    CHECK(contains(mistake([&] { tl::value_and_grad(squares).add_to(wrong)(a); }), "output"));
  }
  // What is accumulated into is never resized.
  list accumulated(2, 7.0);
  CHECK(contains(mistake([&] { tl::grad(squares).add_to(accumulated)(a); }), "output"));
  CHECK(accumulated == list(2, 7.0));
  // The first output would fit.
  list first(3, 7.0);
  auto second = std::span(memory).first(1);
  CHECK(!mistake([&] { tl::grad(product).into(first, second)(a, a); }).empty());
  CHECK(first == list(3, 7.0));
  CHECK(memory == list(8, 7.0));
  auto flat = tl::view(memory.data(), 1, 6);
  CHECK(contains(mistake([&] { tl::grad(of_matrix).into(flat)(tl::matrix<double>(2, 3)); }),
                 "output"));
}

TEST_CASE("a gradient that overlaps an argument is an exception") {
  list x{1, 2, 3, 4};
  const list before = x;
  CHECK(mistake([&] { tl::grad(squares).into(x)(x); }) ==
        "tapeless: output 0 overlaps argument 0 in memory");
  list other(4, 7.0);
  CHECK(mistake([&] { tl::value_and_grad(product).into(other, x)(list{5, 6, 7, 8}, x); }) ==
        "tapeless: output 2 overlaps argument 1 in memory");
  CHECK(other == list(4, 7.0));
  auto tail = std::span(x).subspan(1);
  const auto head = std::span<const double>(x).first(3);
  CHECK(contains(mistake([&] { tl::grad(squares).into(tail)(head); }), "overlaps"));
  CHECK(contains(mistake([&] { tl::grad(squares).add_to(tail)(head); }), "overlaps"));
  CHECK(x == before);
  // Side by side is no overlap.
  auto right = std::span(x).subspan(2);
  tl::grad(squares).into(right)(std::span<const double>(x).first(2));
  CHECK(x == list{1, 2, 2, 4});
}

TEST_CASE("two outputs in one place are an exception") {
  list g(3, 7.0);
  CHECK(mistake([&] { tl::grad(product).into(g, g)(a, a); }) ==
        "tapeless: outputs 0 and 1 overlap in memory");
  auto part = std::span(g).first(3);
  CHECK(contains(mistake([&] { tl::grad(product).into(part, g)(a, a); }), "overlap"));
  CHECK(g == list(3, 7.0));
  list empty;
  CHECK(!mistake([&] { tl::grad(product).into(empty, empty)(a, a); }).empty());
  CHECK(empty.empty());
  // Shared parameters: each gradient is added.
  tl::grad(product).add_to(g, g)(a, a);
  CHECK(g == list{9, 11, 13});
}
