// SPDX-License-Identifier: BSL-1.0
// Programs with more outputs than registers, which write them before they end.

#include <tapeless/tapeless.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <support/catch.hpp>
#include <tuple>

namespace tl = tapeless;

namespace {

constexpr auto chain = [](const auto& x) {
  auto sum = 0 * x[0];
  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
    const auto valley = x[i + 1] - x[i] * x[i];
    sum += 100 * (valley * valley) + (1 - x[i]) * (1 - x[i]);
  }
  return sum;
};
/// Its last operation needs all others: no derivative is known before.
constexpr auto square_of_chain = [](const auto& x) { return chain(x) * chain(x); };
constexpr auto with_calls = [](const auto& x) {
  auto sum = 0 * x[0];
  for (std::size_t i = 0; i + 1 < x.size(); ++i) sum += sin(x[i] * x[i + 1]) * x[i] * x[i];
  return sum;
};

template <class T, std::size_t N>
std::array<T, N> point() {
  std::array<T, N> x;
  for (std::size_t i = 0; i < N; ++i) x[i] = T(0.125) * static_cast<T>((i * 7) % 11) - T(0.5);
  return x;
}
template <class T, std::size_t N>
std::array<T, N> gradient_of_chain(const std::array<T, N>& x) {
  std::array<T, N> g{};
  for (std::size_t i = 0; i + 1 < N; ++i) {
    const T valley = x[i + 1] - x[i] * x[i];
    g[i] += -400 * valley * x[i] - 2 * (1 - x[i]);
    g[i + 1] += 200 * valley;
  }
  return g;
}

template <class T, std::size_t N>
void check() {
  CAPTURE(N, sizeof(T));
  const auto near = [](T value, T expected, T scale) {
    return std::abs(value - expected) <= 64 * std::numeric_limits<T>::epsilon() * scale;
  };
  const auto x = point<T, N>();
  const auto expected = gradient_of_chain(x);
  const T value = tl::evaluate(chain)(x);
  const auto [same, g] = tl::value_and_grad(chain)(x);
  CHECK(near(same, value, value));
  for (std::size_t i = 0; i < N; ++i) CHECK(near(g[i], expected[i], 1000));

  // Into the inputs themselves, which all have been read by then.
  auto in_place = x;
  CHECK(tl::value_and_grad(chain).into(in_place)(in_place) == same);
  CHECK(in_place == g);
  auto sum = x;
  tl::grad(chain).add_to(sum)(x);
  for (std::size_t i = 0; i < N; ++i) CHECK(near(sum[i], x[i] + g[i], 1000));

  const auto late = tl::grad(square_of_chain)(x);
  for (std::size_t i = 0; i < N; ++i) CHECK(near(late[i], 2 * value * expected[i], 1000 * value));
}

}  // namespace

TEST_CASE("gradients of many numbers") {
  check<double, 7>();
  check<double, 8>();
  check<double, 9>();
  check<double, 24>();
  check<float, 24>();
  check<long double, 24>();
}

TEST_CASE("gradients of many numbers, with calls") {
  constexpr std::size_t n = 16;
  const auto x = point<double, n>();
  const auto g = tl::grad(with_calls)(x);
  for (std::size_t i = 0; i < n; ++i) {
    double expected = 0;
    if (i + 1 < n) {
      expected +=
          std::cos(x[i] * x[i + 1]) * x[i + 1] * x[i] * x[i] + 2 * x[i] * std::sin(x[i] * x[i + 1]);
    }
    if (i > 0) expected += std::cos(x[i - 1] * x[i]) * x[i - 1] * x[i - 1] * x[i - 1];
    CHECK(std::abs(g[i] - expected) <= 1e-14);
  }
}

TEST_CASE("inputs that are read again after the last call") {
  // Long enough that outputs are written before the program ends.
  constexpr auto rotation = [](const auto& p) {
    const auto angle = sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]);
    const auto c = cos(angle), s = sin(angle);
    const auto x = p[3] * c + (p[1] * p[5] - p[2] * p[4]) * s + p[6];
    const auto y = p[4] * c + (p[2] * p[3] - p[0] * p[5]) * s + p[7];
    const auto z = p[5] * c + (p[0] * p[4] - p[1] * p[3]) * s + p[8];
    return (x * x + y * y) / z;
  };
  const std::array<double, 9> p{0.3, -0.4, 0.25, 1.5, -0.75, 2, 0.1, 0.2, 3};
  const auto [value, g] = tl::value_and_grad(rotation)(p);
  CHECK(std::abs(value - tl::evaluate(rotation)(p)) <= 1e-15);
  for (std::size_t i = 0; i < p.size(); ++i) {
    auto there = p;
    there[i] += 1e-6;
    auto back = p;
    back[i] -= 1e-6;
    const double slope = (tl::evaluate(rotation)(there) - tl::evaluate(rotation)(back)) / 2e-6;
    CHECK(std::abs(g[i] - slope) <= 1e-8);
  }
  auto in_place = p;
  CHECK(std::abs(tl::value_and_grad(rotation).into(in_place)(in_place) - value) <= 1e-15);
  for (std::size_t i = 0; i < p.size(); ++i) CHECK(std::abs(in_place[i] - g[i]) <= 1e-15);
  auto sum = p;
  tl::grad(rotation).add_to(sum)(sum);
  for (std::size_t i = 0; i < p.size(); ++i) CHECK(std::abs(sum[i] - (p[i] + g[i])) <= 1e-15);
}

TEST_CASE("gradients of many numbers are constants") {
  static constexpr std::array<double, 16> x{0.5, 1, 2};
  static constexpr auto g = tl::grad(chain)(x);
  static_assert(g[0] == -400 * 0.75 * 0.5 - 1);
  static_assert(g[15] == 200 * (0 - 0.0));
  CHECK(g[2] == 200 * (2 - 1.0) - 400 * (0 - 4.0) * 2 - 2 * (1 - 2.0));
}

TEST_CASE("second derivatives of many numbers") {
  constexpr std::size_t n = 12;
  const auto x = point<double, n>();
  auto direction = x;
  for (std::size_t i = 0; i < n; ++i) direction[i] = 1 + 0.5 * static_cast<double>(i % 3);
  const auto product = tl::jvp(tl::grad(chain), std::tuple{x}, std::tuple{direction}).tangent;
  for (std::size_t i = 0; i < n; ++i) {
    double expected = 0;
    if (i + 1 < n) {
      expected +=
          (1200 * x[i] * x[i] - 400 * x[i + 1] + 2) * direction[i] - 400 * x[i] * direction[i + 1];
    }
    if (i > 0) expected += 200 * direction[i] - 400 * x[i - 1] * direction[i - 1];
    CHECK(std::abs(product[i] - expected) <= 1e-10);
  }
}
