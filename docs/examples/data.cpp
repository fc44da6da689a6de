// SPDX-License-Identifier: BSL-1.0
// The examples of docs/how-to/data-constants-captures.md.
#include <tapeless/inspect.hpp>

#include <array>
#include <cassert>
#include <cstdio>
#include <type_traits>
#include <vector>

namespace tl = tapeless;

namespace {

void arguments() {
  // [arguments]
  constexpr auto loss = [](auto weights, auto x, auto y) {
    auto residual = -y;
    for (std::size_t i = 0; i < weights.size(); ++i) residual += weights[i] * x[i];
    return residual * residual;
  };
  std::array weights{0.5, -1.0, 2.0};
  std::array x{1.0, 2.0, 3.0};
  double y = 4.0;
  std::array gradient = tl::grad<0>(loss)(weights, x, y);  // weights vary, x and y are data
  std::printf("%.1f %.1f %.1f\n", gradient[0], gradient[1], gradient[2]);
  // [end]

  // [bind_back]
  auto loss_here = tl::bind_back(loss, x, y);  // copies x and y
  auto [value, same] = tl::value_and_grad(loss_here)(weights);
  assert(same == gradient && value == 0.25);
  // [end]

  // [integers]
  constexpr auto scaled = [](auto t, auto count) { return t * t / count; };
  double slope = tl::grad<0>(scaled)(3.0, 2);  // an integer is data by its type
  assert(slope == 3.0);
  // [end]
}

void captures() {
  // [captures]
  double rate = 2.0;
  auto decay = [rate](auto t) { return exp(-rate * t); };
  double slope = tl::grad(decay)(0.0);
  assert(slope == -2.0);

  std::array coefficients{1.0, 3.0, 0.5};
  auto polynomial = [&coefficients](auto t) {
    return coefficients[0] + t * (coefficients[1] + t * coefficients[2]);
  };
  auto derivative = tl::grad(polynomial);
  assert(derivative(2.0) == 5.0);
  coefficients[1] = 4.0;
  assert(derivative(2.0) == 6.0);  // captured by reference: read at every call
  // [end]

  // [captured_arrays]
  std::vector measured{1.0, 2.0, 4.0}, times{0.0, 1.0, 2.0};
  auto misfit = [&times, &measured](auto speed) { return sum(square(speed * times - measured)); };
  double slope_of_misfit = tl::grad(misfit)(1.5);
  assert(slope_of_misfit == 2 * ((1.5 - 2.0) * 1.0 + (3.0 - 4.0) * 2.0));
  // [end]

  // [way_out]
  constexpr auto power = [](auto t, auto factor) {
    decltype(t) result = 1;
    for (int i = 0; i < 3; ++i) result *= factor * t;  // reassigns: `factor` must be an argument
    return result;
  };
  assert(tl::grad<0>(power)(1.0, rate) == 24.0);
  assert(tl::grad(tl::bind_back(power, rate))(1.0) == 24.0);
  // [end]
}

void constants() {
  // [literals]
  constexpr auto f = [](auto t) { return 1 * t + 2 * 3.0 * t; };
  static_assert(tl::graph_of<double>(f).count("*") == 1);  // t + 6 * t
  // [end]

  // [local_constants]
  constexpr double gravity = 9.81;
  constexpr auto fallen = [](auto seconds) { return gravity / 2 * seconds * seconds; };
  static_assert(tl::grad(fallen)(2.0) == 2 * gravity);
  // [end]

  // [stored]
  using namespace tl::literals;
  constexpr tl::variable<"x"> x;
  constexpr auto exact = 2_c * x;   // the type knows the number
  constexpr auto stored = 2.0 * x;  // the object holds it
  static_assert(sizeof(stored) == sizeof(double) && std::is_empty_v<decltype(exact)>);

  static_assert(tl::graph_of(1_c * x).operations() == 0);  // folded: this is x
  static_assert(tl::graph_of(1 * x).operations() == 1);  // a product with a number met at run time
  // [end]

  // [printed]
  std::puts(tl::to_string(tl::grad<x>(3_c * x * x)).c_str());
  std::puts(tl::to_string(tl::grad<x>(3 * x * x)).c_str());
  // [end]
}

void types() {
  // [types]
  constexpr auto f = [](auto a, auto b) { return 0.1 * a * b; };
  static_assert(std::is_same_v<decltype(tl::evaluate(f)(1.0f, 2.0f)), float>);
  static_assert(std::is_same_v<decltype(tl::evaluate(f)(1.0f, 2.0)), double>);
  static_assert(std::is_same_v<decltype(tl::evaluate(f)(1.0f, 2)), float>);
  static_assert(std::is_same_v<decltype(tl::evaluate(f)(1, 2)), double>);
  static_assert(std::is_same_v<decltype(f(1.0f, 2.0f)), double>);  // plain C++ differs
  // [end]

  // [gradient_types]
  constexpr auto product = [](auto a, auto b) { return a * b; };
  auto [value, gradient] = tl::value_and_grad(product)(1.5f, 2.0);
  auto [da, db] = gradient;
  static_assert(std::is_same_v<decltype(value), double>);
  static_assert(std::is_same_v<decltype(da), float> && std::is_same_v<decltype(db), double>);
  // [end]
  assert(value == 3.0 && da == 2.0f && db == 1.5);
}

void regular() {
  // [regular]
  constexpr auto rms = [](auto v) {
    typename decltype(v)::value_type sum = 0;  // one element's type, whatever it is
    for (auto e : v) sum += e * e;
    return sqrt(sum / v.size());
  };
  std::array gradient = tl::grad(rms)(std::array{3.0, 3.0, 3.0});
  // [end]
  assert(gradient[0] > 0.333 && gradient[0] < 0.334);
}

}  // namespace

int main() {
  std::puts("[arguments]");
  arguments();
  captures();
  std::puts("[printed]");
  constants();
  types();
  regular();
}
