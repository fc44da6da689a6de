// SPDX-License-Identifier: BSL-1.0
// The examples of docs/reference/api.md that concern expressions.
#include <tapeless/inspect.hpp>

#include <boost/hana/at_key.hpp>
#include <boost/hana/for_each.hpp>
#include <boost/hana/second.hpp>

#include <cassert>
#include <cmath>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

namespace tl = tapeless;

// [variable]
constexpr tl::variable<"x"> x;
constexpr tl::variable<"y"> y;
constexpr auto f = x * x * y;
static_assert(f(y = 2.0, x = 3.0) == 18.0);  // bindings in any order
// [end]

namespace {

void grad() {
  // [grad]
  auto g = tl::grad(f)(x = 3.0, y = 2.0);  // all variables, keyed by them
  assert(g[x] == 12 && g[y] == 9);

  constexpr auto dx = tl::grad<x>(f);  // one variable: the derivative, an expression again
  static_assert(dx(x = 3.0, y = 2.0) == 12.0);
  static_assert(tl::grad<y>(dx)(x = 3.0, y = 2.0) == 6.0);

  auto [value, gradient] = tl::value_and_grad<y, x>(f)(x = 3.0, y = 2.0);
  assert(value == 18 && gradient[y] == 9 && gradient[x] == 12);

  double gy, gx;
  value = tl::value_and_grad<y, x>(f).into(gy, gx)(x = 3.0, y = 2.0);  // in the order chosen
  assert(gy == 9 && gx == 12);
  // [end]
  (void)value;
}

void hana() {
  // [hana]
  namespace hana = boost::hana;
  auto g = tl::grad(f)(x = 3.0, y = 2.0);
  assert(hana::at_key(g, x) == 12);
  double sum = 0;
  hana::for_each(g, [&](auto entry) { sum += hana::second(entry); });
  assert(sum == 21);
  // [end]
}

void products() {
  // [products]
  auto [value, pullback] = tl::vjp(f, x = 3.0, y = 2.0);
  assert(value == 18 && pullback(10.0)[x] == 120);

  auto [same, tangent] = tl::jvp(f, std::tuple{x = 3.0, y = 2.0}, std::tuple{x = 1.0, y = 0.0});
  assert(same == 18 && tangent == 12);
  // [end]
}

void constants() {
  // [constants]
  using namespace tl::literals;
  constexpr auto exact = 2_c * x + 0.5_c;
  static_assert(std::is_empty_v<decltype(exact)>);
  static_assert(sizeof(2.0 * x + 0.5) == 2 * sizeof(double));
  // [end]
}

void let() {
  // [let]
  constexpr auto shared = tl::let(x * y, [](auto t) { return t * t + t; });
  static_assert(tl::graph_of(shared).operations() == 3);
  static_assert(tl::grad<x>(shared)(x = 3.0, y = 2.0) == 26.0);  // y (2 x y + 1)
  // [end]
}

void arrays() {
  // [arrays]
  constexpr tl::variable<"X"> X;
  constexpr tl::variable<"w"> w;
  constexpr auto loss = sum(square(X * w - y));  // y too is what it is bound to
  tl::matrix<double> data(2, 2);
  data(0, 0) = data(1, 1) = 3.0;
  const std::vector weights{1.0, 2.0}, targets{2.0, 5.0};

  double value = loss(X = data, w = weights, y = targets);
  std::vector<double> dw = tl::grad<w>(loss)(X = data, w = weights, y = targets);
  assert(value == 2 && dw[0] == 6 && dw[1] == 6);

  auto g = tl::grad(loss)(X = 3.0, w = weights, y = targets);  // X: a number this time
  assert(g[X] == 6 && g[w][1] == 6 && g[y][1] == -2);

  const auto here = sum(square(data * w - targets));  // refers to both arrays
  assert(tl::grad<w>(here)(w = weights) == dw);
  // [end]
}

void transforms_of_functions() {
  // [called]
  constexpr auto h = [](auto a, auto b) { return a * a * b; };
  constexpr auto e = h(x, y);                       // a function called with variables
  constexpr auto d = tl::grad<0>(h)(x, y) + 1 * y;  // so is a transform of a function
  static_assert(e(x = 3.0, y = 2.0) == 18.0 && d(x = 3.0, y = 2.0) == 14.0);
  // [end]
}

void inspection() {
  // [inspection]
  assert(tl::to_string(f) == "x * x * y");
  assert(tl::to_string(tl::grad<x>(f)) == "2 * x * y");
  static_assert(tl::graph_of(tl::value_and_grad(f)).count("*") == 4);
  // [end]
}

}  // namespace

int main() {
  grad();
  hana();
  products();
  constants();
  let();
  arrays();
  transforms_of_functions();
  inspection();
}
