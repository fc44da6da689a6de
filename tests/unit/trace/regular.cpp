// SPDX-License-Identifier: BSL-1.0
// Traced values behave like numbers: default construction, containers, aggregates, reassignment.

#include <tapeless/tapeless.hpp>

#include <algorithm>
#include <array>
#include <numeric>
#include <support/catch.hpp>
#include <tuple>
#include <utility>

namespace tl = tapeless;

namespace {

template <class T>
struct complex_number {
  T re, im;
  constexpr complex_number operator*(const complex_number& o) const {
    return {re * o.re - im * o.im, re * o.im + im * o.re};
  }
};

template <class T>
constexpr T horner(const T& t, std::array<double, 4> coefficients) {
  T y{};
  for (double c : coefficients) y = y * t + c;
  return y;
}

}  // namespace

TEST_CASE("the default is 0") {
  CHECK(tl::grad<1>([](auto a, auto b) {
          std::array<decltype(a), 3> t{a, b};
          decltype(a) s = 0.0;
          for (auto e : t) s += e * e;
          return s;
        })(3.0, 4.0) == 8);
  constexpr auto nothing = [](auto a) {
    decltype(a) s{};
    return s;
  };
  CHECK(tl::evaluate(nothing)(3.0) == 0);
  CHECK(tl::grad(nothing)(3.0) == 0);
}

TEST_CASE("reassignment and compound assignment") {
  constexpr auto f = [](auto a, auto b) {
    auto s = a;
    s += b;
    s *= a;
    s -= 2;
    s /= b;
    s = s * s;
    s += 1;
    return s;
  };
  // ((a + b) a - 2)^2 / b^2 + 1 at (2, 4): s = 10 / 4
  const auto [value, gradient] = tl::value_and_grad(f)(2.0, 4.0);
  CHECK(value == 7.25);
  CHECK(std::get<0>(gradient) == 2 * 2.5 * 8 / 4);
  CHECK(std::get<1>(gradient) == 2 * 2.5 * (2.0 / 4 - 10.0 / 16));
}

TEST_CASE("swap, copies, and a self-assignment") {
  constexpr auto f = [](auto a, auto b) {
    std::swap(a, b);
    auto c = a;
    const auto& same = c;
    c = same;
    return c * c * b;
  };
  CHECK(tl::grad(f)(2.0, 3.0) == std::tuple{9.0, 12.0});
}

TEST_CASE("aggregates of traced values") {
  constexpr auto f = [](auto re, auto im) {
    complex_number<decltype(re)> z{re, im};
    for (int i = 0; i < 2; ++i) z = z * z;
    return z.re;  // re^4 - 6 re^2 im^2 + im^4
  };
  CHECK(tl::grad(f)(2.0, 1.0) == std::tuple{4 * 8.0 - 12 * 2, -12 * 4.0 + 4});
}

TEST_CASE("a template over the scalar type") {
  CHECK(tl::grad([](auto t) { return horner(t, {1, -2, 0, 5}); })(3.0) == 3 * 9 - 4 * 3);
}

TEST_CASE("algorithms of the standard library") {
  constexpr auto f = [](auto p) {
    return std::accumulate(p.begin(), p.end(), 0 * p[0], [](auto s, auto e) { return s + e * e; });
  };
  CHECK(tl::grad(f)(std::array{1.0, 2.0, 3.0}) == std::array{2.0, 4.0, 6.0});
  constexpr auto g = [](auto a, auto b) {
    std::array<decltype(a), 4> t{};
    std::fill(t.begin(), t.end(), a);
    t[2] = b;
    return std::inner_product(t.begin(), t.end(), t.begin(), decltype(a)(0));
  };
  CHECK(tl::grad(g)(3.0, 5.0) == std::tuple{18.0, 10.0});
}

TEST_CASE("arrays of traced values: indices, two dimensions, returned from helpers") {
  constexpr auto f = [](auto a, auto b) {
    using T = decltype(a);
    std::array<std::array<T, 2>, 2> m{{{a, b}, {b, a}}};
    std::array<std::array<T, 2>, 2> square{};
    for (std::size_t i = 0; i < 2; ++i) {
      for (std::size_t j = 0; j < 2; ++j) {
        for (std::size_t k = 0; k < 2; ++k) square[i][j] += m[i][k] * m[k][j];
      }
    }
    return square[0][0] + square[0][1];  // (a + b)^2
  };
  CHECK(tl::grad(f)(2.0, 3.0) == std::tuple{10.0, 10.0});
  constexpr auto g = [](auto a) {
    const auto both = [](auto t) { return std::pair{t * t, 3 * t}; };
    const auto [x, y] = both(a);
    return x * y;  // 3 a^3
  };
  CHECK(tl::grad(g)(2.0) == 36);
}

TEST_CASE("a C array, conditionals on plain integers, early return") {
  constexpr auto f = [](auto a) {
    decltype(a) t[4] = {a, 2, a * a};
    for (int i = 1; i < 4; ++i) {
      if (i % 2 == 0) continue;
      t[i] = t[i] + t[i - 1];
    }
    return t[1] * t[3];  // (2 + a)(a^2 + 0)
  };
  CHECK(tl::grad(f)(3.0) == 2 * 2 * 3 + 3 * 9);
}

TEST_CASE("many iterations") {
  constexpr auto f = [](auto t) {
    auto e = t;
    for (int i = 0; i < 500; ++i) e = e * 1.0009765625 - t / 1024;
    return e;
  };
  // The fixed point is t itself.
  CHECK(tl::grad(f)(2.0) == Approx(1).epsilon(1e-12));
}

TEST_CASE("comparisons are no bool, but select takes them") {
  constexpr auto relu_sum = [](auto p) {
    decltype(p[0] + p[1]) s = 0;
    for (auto e : p) s += select(e > 0, e, 0);
    return s;
  };
  CHECK(tl::grad(relu_sum)(std::array{1.0, -2.0, 3.0}) == std::array{1.0, 0.0, 1.0});
}
