// SPDX-License-Identifier: BSL-1.0
// Arguments of functions with loops: every kind of container, of several scalar types, in memory
// with gaps and in reverse; what the gradients are returned in.

#include "support/array_laws.hpp"

#include <array>
#include <span>
#include <type_traits>

using namespace array_laws;

namespace {

constexpr auto chain = [](auto a) {
  return tl::sum(a.size() - 1, [&](auto i) { return sin(a[i + 1]) * a[i]; });
};
// Not symmetric, so that rows and columns can not be mistaken for each other.
constexpr auto weighted = [](auto m) {
  return tl::sum(m.rows(), [&](auto i) {
    return tl::prod(m.cols(), [&](auto j) { return 2 * m(i, j) + i - 3 * j; });
  });
};
constexpr auto by_rows = [](auto m) {
  return tl::sum(m.size(), [&](auto i) {
    return tl::prod(m[0].size(), [&](auto j) { return 2 * m[i][j] + i - 3 * j; });
  });
};

template <class T>
bool is(const auto& v) {
  return std::is_same_v<std::remove_cvref_t<decltype(v)>, T>;
}
template <class G>
list listed(const G& g) {
  list all;
  for (const auto e : g) all.push_back(static_cast<double>(e));
  return all;
}

const list x = numbers(5);
const auto want = tl::value_and_grad(chain)(x);

}  // namespace

TEST_CASE("vectors of float, double, long double") {
  const std::vector<float> single(x.begin(), x.end());
  const auto f = tl::value_and_grad(chain)(single);
  CHECK(is<std::vector<float>>(f.gradient));
  CHECK(is<float>(f.value));
  close("float", listed(f.gradient), want.gradient, 1e-6);
  close("float", static_cast<double>(f.value), want.value, 1e-6);
  const std::vector<long double> extended(x.begin(), x.end());
  const auto l = tl::value_and_grad(chain)(extended);
  CHECK(is<std::vector<long double>>(l.gradient));
  close("long double", listed(l.gradient), want.gradient, 1e-15);
}

TEST_CASE("spans, C arrays, views and std::array") {
  const auto check = [](const auto& a, auto type) {
    const auto got = tl::value_and_grad(chain)(a);
    CHECK(is<decltype(type)>(got.gradient));
    close("value", got.value, want.value, 1e-15);
    close("gradient", listed(got.gradient), want.gradient, 1e-15);
  };
  list writable = x;
  check(std::span<const double>(x), list());
  check(std::span<double>(writable), list());
  check(std::span<const double, 5>(x), std::array<double, 5>());
  check(tl::view(x.data(), x.size()), list());
  check(tl::view(writable.data(), 5), list());
  const double c[5] = {x[0], x[1], x[2], x[3], x[4]};
  check(c, std::array<double, 5>());
  check(std::to_array(c), std::array<double, 5>());
}

TEST_CASE("matrices in every order, with gaps and in reverse") {
  const list elements = numbers(6, 0.9);
  tl::matrix<double> m(2, 3);
  for (int i = 0; i < 6; ++i) m(i / 3, i % 3) = elements[static_cast<std::size_t>(i)];
  const auto right = tl::value_and_grad(weighted)(m);
  CHECK(is<tl::matrix<double>>(right.gradient));
  // By hand: the derivative at (0, 1).
  close("gradient", right.gradient(0, 1), 8 * m(0, 0) * (m(0, 2) - 3), 1e-15);
  close("gradient", right.gradient(1, 2), 4 * (2 * m(1, 0) + 1) * (m(1, 1) - 1), 1e-15);
  const auto check = [&](const auto& a) {
    const auto got = tl::value_and_grad(weighted)(a);
    CHECK(is<tl::matrix<double>>(got.gradient));
    close("value", got.value, right.value, 1e-15);
    close("gradient", listed(got.gradient), listed(right.gradient), 1e-15);
  };
  check(tl::view(elements.data(), 2, 3));
  check(tl::view(elements.data(), 2, 3, 3, 1));
  list columns(6), gaps(40, 9.0), reversed(6);
  for (int i = 0; i < 2; ++i) {
    for (int j = 0; j < 3; ++j) {
      columns[static_cast<std::size_t>(i + 2 * j)] = m(i, j);
      gaps[static_cast<std::size_t>(3 + 17 * i + 5 * j)] = m(i, j);
      reversed[static_cast<std::size_t>(5 - 3 * i - j)] = m(i, j);
    }
  }
  check(tl::view(columns.data(), 2, 3, 1, 2));
  check(tl::view(gaps.data() + 3, 2, 3, 17, 5));
  check(tl::view(reversed.data() + 5, 2, 3, -3, -1));
  // All rows are the same row.
  const auto repeated = tl::value_and_grad(weighted)(tl::view(elements.data(), 2, 3, 0, 1));
  tl::matrix<double> twice(2, 3);
  for (int i = 0; i < 6; ++i) twice(i / 3, i % 3) = elements[static_cast<std::size_t>(i % 3)];
  CHECK(repeated.gradient == tl::grad(weighted)(twice));
}

TEST_CASE("C arrays of arrays and nested std::array") {
  const double c[2][3] = {{0.3, -0.2, 0.7}, {0.1, 0.9, -0.4}};
  tl::matrix<double> m(2, 3);
  std::array<std::array<double, 3>, 2> nested{};
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 0; j < 3; ++j) nested[i][j] = m(i, j) = c[i][j];
  }
  const auto right = tl::grad(weighted)(m);
  const auto of_c = tl::grad(weighted)(c);
  CHECK(is<std::array<std::array<double, 3>, 2>>(of_c));
  const auto of_nested = tl::grad(by_rows)(nested);
  CHECK(is<std::array<std::array<double, 3>, 2>>(of_nested));
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      CHECK(of_c[i][j] == right(i, j));
      close("nested", of_nested[i][j], right(i, j), 1e-15);
    }
  }
}

TEST_CASE("containers beside scalars and in tuples") {
  const auto f = [](auto p, auto x0, auto q) {
    const auto& a = p.first;
    return x0 * p.second * tl::sum(a.size(), [&](auto i) { return a[i] * q[0][i] + q[1][i]; });
  };
  const list a{1, 2, 3};
  const std::array<std::array<double, 3>, 2> q{{{4, 5, 6}, {7, 8, 9}}};
  const auto [gp, gx, gq] = tl::grad(f)(std::pair{a, 2.0}, 0.5, q);
  CHECK(std::get<0>(gp) == list{4, 5, 6});
  CHECK(std::get<1>(gp) == 28);
  CHECK(gx == 112);
  CHECK(gq == std::array<std::array<double, 3>, 2>{{{1, 2, 3}, {1, 1, 1}}});
}

TEST_CASE("the same array twice: each argument has a gradient of its own") {
  const auto f = [](auto a, auto b) {
    return tl::sum(a.size(), [&](auto i) { return a[i] * b[i] * b[i]; });
  };
  const auto [ga, gb] = tl::grad(f)(x, x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    close("first", ga[i], x[i] * x[i], 1e-15);
    close("second", gb[i], 2 * x[i] * x[i], 1e-15);
  }
}

TEST_CASE("arrays bound behind a function, and a pullback of an array") {
  const auto f = [](auto a, auto b) {
    return tl::sum(a.size(), [&](auto i) { return a[i] * a[i] * b[i]; });
  };
  const list a{1, 2}, b{3, 4};
  const auto bound = tl::bind_back(f, b);
  CHECK(tl::evaluate(bound)(a) == 19);
  CHECK(tl::grad(bound)(a) == list{6, 16});
  CHECK(tl::jvp(bound, std::tuple{a}, std::tuple{list{1, 10}}).tangent == 166);
  const auto scaled = [](auto v, auto s) {
    return tl::generate(v.size(), [&](auto i) { return v[i] * s; });
  };
  CHECK(tl::evaluate(scaled)(a, 3.0) == list{3, 6});
}

TEST_CASE("a scalar argument alone loops without containers") {
  const auto power = [](auto t) { return tl::prod(5, [&](auto i) { return t + i; }); };
  CHECK(tl::evaluate(power)(1.0) == 120);
  close("gradient", tl::grad(power)(1.0), 120 * (1 + 1 / 2.0 + 1 / 3.0 + 1 / 4.0 + 1 / 5.0), 1e-15);
  static_assert(tl::sum(4, [](auto i) { return i * i; }) == 14);
  CHECK(tl::fold(4, 1.0, [](auto c, auto i) { return c * (static_cast<double>(i) + 1); }) == 24);
}
