// SPDX-License-Identifier: BSL-1.0
// Expressions: bindings, constants, stored numbers, derivatives as expressions, vjp and jvp.

#include <tapeless/tapeless.hpp>

#include <boost/hana/integral_constant.hpp>

#include <cmath>
#include <concepts>
#include <support/catch.hpp>
#include <tuple>
#include <type_traits>

namespace tl = tapeless;
namespace hana = boost::hana;
using namespace tl::literals;

namespace {

constexpr tl::variable<"x"> x;
constexpr tl::variable<"y"> y;
constexpr tl::variable<"z"> z;
constexpr auto h = [](auto a, auto b) { return a * a * sin(b); };

template <class T>
constexpr bool is(const auto& v) {
  return std::same_as<T, std::remove_cvref_t<decltype(v)>>;
}

}  // namespace

TEST_CASE("bindings in any order, of any arithmetic type") {
  constexpr auto f = x * y - z;
  CHECK(f(x = 3.0, y = 2.0, z = 1.0) == 5);
  CHECK(f(z = 1.0, y = 2.0, x = 3.0) == 5);
  CHECK(f(x = 3, y = 2, z = 1) == 5);
  CHECK(is<double>(f(x = 3, y = 2, z = 1)));
  CHECK(is<float>(f(x = 3.0f, y = 2, z = 1.0f)));
  CHECK(is<double>(f(x = 3.0f, y = 2.0, z = 1)));
  CHECK(is<long double>(f(x = 3.0f, y = 2.0L, z = 1)));
  const auto bound = (x = 3.0);
  CHECK(f(bound, y = 2.0, z = 1.0) == 5);
}

TEST_CASE("a variable alone, a constant function") {
  CHECK(x(x = 3.0) == 3);
  CHECK(tl::grad(x)(x = 3.0)[x] == 1);
  CHECK(tl::grad<x>(x * 0_c + 2_c)(x = 3.0) == 0);
}

TEST_CASE("every operator") {
  CHECK((+x)(x = 3.0) == 3);
  CHECK((-x)(x = 3.0) == -3);
  CHECK((x + y)(x = 3.0, y = 2.0) == 5);
  CHECK((x - y)(x = 3.0, y = 2.0) == 1);
  CHECK((x * y)(x = 3.0, y = 2.0) == 6);
  CHECK((x / y)(x = 3.0, y = 2.0) == 1.5);
  CHECK(select(x < y, x, y)(x = 3.0, y = 2.0) == 2);
  CHECK(select(x <= y, x, y)(x = 3.0, y = 3.0) == 3);
  CHECK(select(x > y && y > 0, x, y)(x = 3.0, y = 2.0) == 3);
  CHECK(select(x >= y || y > 0, x, y)(x = 1.0, y = 2.0) == 1);
  CHECK(select(!(x == y), x, -y)(x = 2.0, y = 2.0) == -2);
  CHECK(select(x != y, x, -y)(x = 2.0, y = 2.0) == -2);
}

TEST_CASE("a function called with variables is an expression") {
  constexpr auto e = h(x, y);
  CHECK(std::is_empty_v<std::remove_const_t<decltype(e)>>);
  CHECK(e(x = 2.0, y = 0.5) == 4 * std::sin(0.5));
  CHECK(tl::grad(e)(x = 2.0, y = 0.5)[x] == std::get<0>(tl::grad(h)(2.0, 0.5)));
  // One variable in two places.
  CHECK(tl::grad<x>(h(x, x))(x = 2.0) ==
        Approx(4 * std::sin(2.0) + 4 * std::cos(2.0)).epsilon(1e-15));
}

TEST_CASE("exact constants: _c, Hana, std::integral_constant") {
  CHECK(tl::grad<x>(2_c * x * x)(x = 3.0) == 12);
  CHECK(tl::grad<x>(x * 0.5_c)(x = 3.0) == 0.5);
  CHECK((1.25e-3_c * x)(x = 1.0) == 1.25e-3);
  CHECK((6.02e23_c * x)(x = 1.0) == 6.02e23);
  CHECK((x - 1'000_c)(x = 1.0) == -999);
  CHECK(tl::grad<x>(hana::int_c<3> * x)(x = 1.0) == 3);
  CHECK(tl::grad<x>((x * x) * hana::int_<3>{})(x = 1.0) == 6);
  CHECK((hana::int_c<1> / x)(x = 4.0) == 0.25);
  CHECK((x / hana::int_c<4>)(x = 1.0) == 0.25);
  CHECK((hana::int_c<1> - x)(x = 4.0) == -3);
  CHECK((x + hana::long_c<4>)(x = 1.0) == 5);
}

TEST_CASE("constants are exact in every scalar type") {
  CHECK((0.1_c * x)(x = 1.0f) == 0.1f);
  CHECK((0.1_c * x)(x = 1.0) == 0.1);
}

TEST_CASE("stored numbers") {
  double rate = 0.5;
  const auto f = exp(rate * x) * 3 + rate;
  rate = 100;  // f holds its own
  CHECK(f(x = 0.4) == 3 * std::exp(0.2) + 0.5);
  CHECK(tl::grad<x>(f)(x = 0.4) == Approx(1.5 * std::exp(0.2)).epsilon(1e-15));
  CHECK(tl::grad<x>(tl::grad<x>(f))(x = 0.4) == Approx(0.75 * std::exp(0.2)).epsilon(1e-15));
  const auto many = 1 * x + 2 * y - 3 * z + x * 4.5f + 5u;
  CHECK(many(x = 1.0, y = 10.0, z = 100.0) == 1 + 20 - 300 + 4.5 + 5);
  const auto g = tl::grad(many)(x = 1.0, y = 10.0, z = 100.0);
  CHECK(g[x] == 5.5);
  CHECK(g[y] == 2);
  CHECK(g[z] == -3);
  CHECK(is<float>(f(x = 0.4f)));
}

TEST_CASE("derivatives are expressions: they nest and mix") {
  constexpr auto f = x * x * x * sin(y);
  CHECK(tl::grad<x>(tl::grad<x>(tl::grad<x>(f)))(x = 2.0, y = 0.5) == 6 * std::sin(0.5));
  CHECK(tl::grad<y>(tl::grad<x>(f))(x = 2.0, y = 0.5) == 12 * std::cos(0.5));
  constexpr auto newton = x - f / tl::grad<x>(f);
  CHECK(newton(x = 2.0, y = 0.5) == Approx(2 - 2.0 / 3).epsilon(1e-15));
  CHECK(tl::grad(newton)(x = 2.0, y = 0.5)[x] == Approx(2.0 / 3).epsilon(1e-15));
  CHECK(tl::grad(tl::grad<x>(f) * y)(x = 2.0, y = 0.5)[y] ==
        Approx(12 * (std::sin(0.5) + 0.5 * std::cos(0.5))).epsilon(1e-15));
}

TEST_CASE("a transform of a function, called with expressions, is an expression") {
  const auto e = tl::grad<0>(h)(x, y) * x;
  CHECK(e(x = 2.0, y = 0.5) == Approx(8 * std::sin(0.5)).epsilon(1e-15));
  CHECK(tl::grad<x>(e)(x = 2.0, y = 0.5) == Approx(8 * std::sin(0.5)).epsilon(1e-15));
  // At x^2, not at x: 2 x^2 sin y.
  CHECK(tl::grad<x>(tl::grad<0>(h)(x * x, y))(x = 2.0, y = 0.5) ==
        Approx(8 * std::sin(0.5)).epsilon(1e-15));
  const auto [value, gradient] = tl::value_and_grad(h)(x, 0.5);
  CHECK(value(x = 2.0) == Approx(4 * std::sin(0.5)).epsilon(1e-15));
  CHECK(std::get<1>(gradient)(x = 2.0) == Approx(4 * std::cos(0.5)).epsilon(1e-15));
  const double c = 2.5;
  const auto k = tl::grad([c](auto t) { return c * t * t; })(x * y);
  CHECK(tl::grad<y>(k)(x = 2.0, y = 0.5) == 10);
}

TEST_CASE("value_and_grad, chosen variables") {
  constexpr auto f = x * x * y + z;
  const auto [value, gradient] = tl::value_and_grad(f)(x = 3.0, y = 2.0, z = 1.0);
  CHECK(value == 19);
  CHECK(gradient[x] == 12);
  CHECK(gradient[y] == 9);
  CHECK(gradient[z] == 1);
  const auto some = tl::grad<y, x>(f)(x = 3.0, y = 2.0, z = 1.0);
  CHECK(some[x] == 12);
  CHECK(some[y] == 9);
  CHECK(tl::value_and_grad<x>(f)(x = 3.0, y = 2.0, z = 1.0).gradient == 12);
  CHECK(is<double>(tl::value_and_grad<x>(f)(x = 3.0, y = 2.0, z = 1.0).gradient));
}

TEST_CASE("vjp and jvp") {
  constexpr auto f = x * x * y;
  const auto [value, pullback] = tl::vjp(f, y = 2.0, x = 3.0);
  CHECK(value == 18);
  CHECK(pullback(1.0)[x] == 12);
  CHECK(pullback(0.5)[y] == 4.5);
  const auto [v, t] = tl::jvp(f, std::tuple{x = 3.0, y = 2.0}, std::tuple{y = 10.0, x = 1.0});
  CHECK(v == 18);
  CHECK(t == 12 + 90);
  const double k = 2;
  const auto stored = tl::jvp(k * x * x + k, std::tuple{x = 3.0}, std::tuple{x = 0.5});
  CHECK(stored.value == 20);
  CHECK(stored.tangent == 6);
  CHECK(tl::vjp(k * x * x + k, x = 3.0).pullback(0.5)[x] == 6);
}

TEST_CASE("integer powers of variables") {
  CHECK(tl::grad<x>(pow<3>(x))(x = 2.0) == 12);
  CHECK(tl::grad<x>(pow(x, 3_c))(x = 2.0) == 12);
  CHECK(tl::grad<x>(pow(x, hana::int_c<3>))(x = 2.0) == 12);
  CHECK(tl::grad<x>(pow(x, 3))(x = 2.0) == 12);
  CHECK(tl::grad<x>(pow<-2>(x))(x = 2.0) == -0.25);
}

TEST_CASE("an expression as an argument of the library's own functions on numbers") {
  CHECK(tl::evaluate(x * y)(x = 3.0, y = 2.0) == 6);
}
