// SPDX-License-Identifier: BSL-1.0
// Data: passive arguments and bind_back; results of transforms as functions; scalar types of the
// user's.

#include <tapeless/tapeless.hpp>

#include <array>
#include <cmath>
#include <complex>
#include <support/catch.hpp>
#include <tuple>

namespace tl = tapeless;

template <>
inline constexpr bool tl::is_scalar<std::complex<double>> = true;

namespace {

constexpr auto loss = [](auto w, auto x, auto y) {
  auto s = 0 * w[0];
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto r = w[0] * x[i] + w[1] - y[i];
    s += r * r;
  }
  return s;
};
struct model {
  constexpr auto operator()(auto a, auto b) const { return a * b; }
};
constexpr std::array w{0.5, -1.0};
constexpr std::array x{1.0, 2.0, 3.0}, y{0.0, 1.0, 1.0};
// Residuals -0.5, -1, -0.5.
constexpr std::array gradient{2 * (-0.5 - 2 - 1.5), -4.0};

}  // namespace

TEST_CASE("passive arguments") {
  CHECK(tl::grad<0>(loss)(w, x, y) == gradient);
  const auto [value, g] = tl::value_and_grad<0>(loss)(w, x, y);
  CHECK(value == 1.5);
  CHECK(g == gradient);
  // Integer data.
  CHECK(tl::grad<0>(loss)(w, std::array{1, 2, 3}, std::array{0, 1, 1}) == gradient);
}

TEST_CASE("bind_back fixes the last arguments") {
  const auto bound = tl::bind_back(loss, x, y);
  CHECK(bound(w) == 1.5);
  CHECK(tl::evaluate(bound)(w) == 1.5);
  CHECK(tl::grad(bound)(w) == gradient);
  CHECK(tl::value_and_grad(bound)(w).gradient == gradient);
  std::array<double, 2> g{};
  CHECK(tl::value_and_grad(bound).into(g)(w) == 1.5);
  CHECK(g == gradient);
  const auto [value, pullback] = tl::vjp(bound, w);
  CHECK(value == 1.5);
  CHECK(pullback(2.0) == std::array{2 * gradient[0], 2 * gradient[1]});
  CHECK(tl::jvp(bound, std::tuple{w}, std::tuple{std::array{1.0, 0.0}}).tangent == gradient[0]);
  CHECK(tl::bind_back(loss, y)(w, x) == 1.5);
  CHECK(tl::grad<0>(tl::bind_back(loss, y))(w, x) == gradient);
  CHECK(tl::grad(tl::bind_back(tl::bind_back(loss, y), x))(w) == gradient);
}

TEST_CASE("bound numbers decide the scalar type with the others") {
  constexpr auto product = [](auto a, auto k) { return a * k; };
  CHECK(std::is_same_v<decltype(tl::evaluate(tl::bind_back(product, 2.0f))(3.0f)), float>);
  CHECK(std::is_same_v<decltype(tl::evaluate(tl::bind_back(product, 2.0))(3.0f)), double>);
  CHECK(tl::grad(tl::bind_back(product, 2))(3.0f) == 2);
}

TEST_CASE("transforms are values that can be stored, copied and passed on") {
  constexpr auto g = tl::grad<0>(loss);
  const auto copy = g;
  CHECK(copy(w, x, y) == gradient);
  const auto apply_twice = [](auto f, double t) { return f(f(t)); };
  CHECK(apply_twice(tl::grad([](auto t) { return t * t; }), 3.0) == 12);
}

TEST_CASE("a function object with a name") {
  CHECK(tl::grad(model{})(2.0, 3.0) == std::tuple{3.0, 2.0});
}

TEST_CASE("complex numbers: a complex step through tl::evaluate") {
  constexpr auto f = [](auto a, auto b) { return exp(a * b) / (1 + a * a) + sqrt(b) * sin(a); };
  const double a = 0.7, b = 1.3, h = 1e-40;
  const auto [da, db] = tl::grad(f)(a, b);
  using complex = std::complex<double>;
  CHECK(tl::evaluate(f)(complex(a, h), complex(b)).imag() / h == Approx(da).epsilon(1e-14));
  CHECK(tl::evaluate(f)(complex(a), complex(b, h)).imag() / h == Approx(db).epsilon(1e-14));
  // Mixed with a real argument, and through a gradient: a second derivative.
  const auto second = tl::grad(tl::grad<0>(f))(a, b);
  const auto stepped = tl::grad<0>(f)(complex(a, h), complex(b));
  CHECK(stepped.real() == Approx(da).epsilon(1e-14));
  CHECK(stepped.imag() / h == Approx(std::get<0>(second)).epsilon(1e-13));
}
