// SPDX-License-Identifier: BSL-1.0
// Long sums of products, whose products are computed in rows of four, and gradients of many
// numbers. All numbers are small integers, so every order and rounding gives the same.

#include <tapeless/tapeless.hpp>

#include <array>
#include <cmath>
#include <support/catch.hpp>
#include <utility>

namespace tl = tapeless;

namespace {

template <class T, std::size_t N>
constexpr std::array<T, N> counted(int first, int step) {
  std::array<T, N> all{};
  for (std::size_t i = 0; i < N; ++i) {
    all[i] = static_cast<T>(first + step * (static_cast<int>(i) % 7) - static_cast<int>(i % 3));
  }
  return all;
}

constexpr auto affine = [](const auto& w, const auto& x) {
  auto sum = w[w.size() - 1];
  for (std::size_t i = 0; i < x.size(); ++i) sum += w[i] * x[i];
  return sum;
};

/// The square of an affine function of N numbers: value and gradient against plain loops.
template <class T, std::size_t N>
constexpr bool squares_agree() {
  constexpr auto square_of_affine = [](const auto& w, const auto& x) {
    const auto y = affine(w, x);
    return y * y;
  };
  const auto w = counted<T, N + 1>(2, 1);
  const auto x = counted<T, N>(-3, 2);
  T sum = w[N];
  for (std::size_t i = 0; i < N; ++i) sum += w[i] * x[i];
  const auto [value, gradients] = tl::value_and_grad(square_of_affine)(w, x);
  const auto& [dw, dx] = gradients;
  bool agree = value == sum * sum && dw[N] == 2 * sum;
  for (std::size_t i = 0; i < N; ++i) {
    agree = agree && dw[i] == 2 * sum * x[i] && dx[i] == 2 * sum * w[i];
  }
  // Accumulated into outputs that hold something.
  std::array<T, N + 1> into_w{};
  std::array<T, N> into_x{};
  into_w.fill(1);
  into_x.fill(-1);
  tl::grad(square_of_affine).add_to(into_w, into_x)(w, x);
  for (std::size_t i = 0; i < N; ++i) {
    agree = agree && into_w[i] == 1 + dw[i] && into_x[i] == -1 + dx[i];
  }
  tl::grad(square_of_affine).into(into_w, into_x)(w, x);
  return agree && into_w == dw && into_x == dx;
}

}  // namespace

TEST_CASE("rows of products: every length, every scalar") {
  const bool all = []<std::size_t... I>(std::index_sequence<I...>) {
    return (squares_agree<double, 7 + I>() && ...);
  }(std::make_index_sequence<7>{});
  CHECK(all);
  CHECK(squares_agree<float, 18>());
  CHECK(squares_agree<long double, 18>());
  CHECK(squares_agree<double, 40>());
}

TEST_CASE("rows of products in constant evaluation") {
  STATIC_REQUIRE(squares_agree<double, 9>());
  STATIC_REQUIRE(squares_agree<float, 16>());
}

TEST_CASE("rows of products that lie apart, backwards or twice") {
  constexpr auto pairs = [](const auto& p) {
    auto sum = p[0][0] * p[0][1];
    for (std::size_t i = 1; i < p.size(); ++i) sum += p[i][0] * p[i][1];
    return sum;
  };
  std::array<std::array<double, 2>, 10> p{};
  double expected = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    p[i] = {static_cast<double>(i) - 4, 3 - static_cast<double>(i % 4)};
    expected += p[i][0] * p[i][1];
  }
  const auto [value, g] = tl::value_and_grad(pairs)(p);
  CHECK(value == expected);
  for (std::size_t i = 0; i < p.size(); ++i) {
    CHECK(g[i] == std::array{p[i][1], p[i][0]});
  }

  constexpr auto reversed = [](const auto& a, const auto& b) {
    auto sum = a[0] * b[b.size() - 1];
    for (std::size_t i = 1; i < a.size(); ++i) sum += a[i] * b[b.size() - 1 - i];
    return sum;
  };
  const auto a = counted<double, 12>(1, 3), b = counted<double, 12>(-2, 1);
  expected = 0;
  for (std::size_t i = 0; i < 12; ++i) expected += a[i] * b[11 - i];
  CHECK(tl::evaluate(reversed)(a, b) == expected);

  constexpr auto norm = [](const auto& v) {
    auto sum = v[0] * v[0];
    for (std::size_t i = 1; i < v.size(); ++i) sum += v[i] * v[i];
    return sum;
  };
  expected = 0;
  for (const double t : a) expected += t * t;
  CHECK(tl::evaluate(norm)(a) == expected);
  const auto twice = tl::grad(norm)(a);
  for (std::size_t i = 0; i < 12; ++i) CHECK(twice[i] == 2 * a[i]);
}

TEST_CASE("rows of products of a matrix, between calls and at second order") {
  constexpr auto layer = [](const auto& weights, const auto& in) {
    auto total = in[0] * 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      auto sum = weights[i][0] * in[0];
      for (std::size_t j = 1; j < in.size(); ++j) sum += weights[i][j] * in[j];
      total += abs(sum) * sum;
    }
    return total;
  };
  std::array<std::array<double, 9>, 3> weights{counted<double, 9>(1, 1), counted<double, 9>(-1, 2),
                                               counted<double, 9>(0, -1)};
  const auto in = counted<double, 9>(2, -1);
  std::array<double, 3> sums{};
  double expected = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 9; ++j) sums[i] += weights[i][j] * in[j];
    expected += std::fabs(sums[i]) * sums[i];
  }
  const auto [value, g] = tl::value_and_grad<0>(layer)(weights, in);
  CHECK(value == expected);
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 9; ++j) CHECK(g[i][j] == 2 * std::fabs(sums[i]) * in[j]);
  }
  // d/dv of the gradient along v, v = in: 2 sign(s) (in . in) in.
  double squared = 0;
  for (const double t : in) squared += t * t;
  std::array<std::array<double, 9>, 3> direction{in, in, in};
  const auto [first, second] = tl::jvp(tl::grad<0>(layer), std::tuple{weights, in},
                                       std::tuple{direction, std::array<double, 9>{}});
  CHECK(first == g);
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 9; ++j) {
      CHECK(second[i][j] == 2 * std::copysign(1.0, sums[i]) * squared * in[j]);
    }
  }
}

namespace {
constexpr tl::variable<"a"> a;
constexpr tl::variable<"b"> b;
constexpr tl::variable<"c"> c;
constexpr tl::variable<"d"> d;
constexpr tl::variable<"e"> e;
constexpr tl::variable<"f"> f;
constexpr tl::variable<"g"> g;
constexpr tl::variable<"h"> h;
}  // namespace

TEST_CASE("rows of products of variables") {
  const auto sum = a * b + c * d + e * f + g * h + a * c + b * d + e * g + f * h + a * d;
  const auto [value, gradient] = tl::value_and_grad<h, g, f, e, d, c, b, a>(sum)(
      a = 1.0, b = 2.0, c = 3.0, d = -4.0, e = 5.0, f = -6.0, g = 7.0, h = 8.0);
  // 2 - 12 - 30 + 56 + 3 - 8 + 35 - 48 - 4
  CHECK(value == -6);
  CHECK(gradient[a] == 2.0 + 3.0 - 4.0);
  CHECK(gradient[b] == 1.0 - 4.0);
  CHECK(gradient[c] == -4.0 + 1.0);
  CHECK(gradient[d] == 3.0 + 2.0 + 1.0);
  CHECK(gradient[e] == -6.0 + 7.0);
  CHECK(gradient[f] == 5.0 + 8.0);
  CHECK(gradient[g] == 8.0 + 5.0);
  CHECK(gradient[h] == 7.0 - 6.0);
}

TEST_CASE("a long gradient overwrites its own arguments") {
  auto w = counted<double, 13>(1, 1);
  const auto before = w;
  constexpr auto half_norm = [](const auto& v) {
    auto total = v[0] * v[0];
    for (std::size_t i = 1; i < v.size(); ++i) total += v[i] * v[i];
    return total * 0.5 + v[0];
  };
  tl::grad(half_norm).into(w)(w);
  for (std::size_t i = 0; i < w.size(); ++i) CHECK(w[i] == before[i] + (i == 0 ? 1 : 0));
}
