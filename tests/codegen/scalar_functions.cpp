// SPDX-License-Identifier: BSL-1.0
// Value and gradient of five functions, three times: the function, the expression of the same
// mathematics, and the derivative a good engineer writes by hand, common subexpressions shared.
// Nothing is stored but the outputs.
#include <tapeless/tapeless.hpp>

#include <cmath>

namespace tl = tapeless;
using namespace tl::literals;

namespace {
constexpr tl::variable<"a"> a;
constexpr tl::variable<"b"> b;
constexpr tl::variable<"c"> c;
constexpr tl::variable<"d"> d;
constexpr tl::variable<"e"> e;

constexpr auto mixed = [](auto x, auto y) { return x * sin(y) + exp(x * y) + x / y; };
constexpr auto rosenbrock = [](auto x, auto y) {
  return 100_c * square(y - x * x) + square(1_c - x);
};
constexpr auto neuron = [](auto w0, auto w1, auto bias, auto x0, auto x1) {
  return tanh(w0 * x0 + w1 * x1 + bias);
};
constexpr auto black_scholes = [](auto spot, auto strike, auto rate, auto volatility, auto time) {
  const auto spread = volatility * sqrt(time);
  const auto discount = exp(-rate * time);
  const auto d1 = (log(spot / strike) + rate * time) / spread + 0.5_c * spread;
  return spot * normal_cdf(d1) - strike * discount * normal_cdf(d1 - spread);
};
template <int Levels>
struct chain {
  template <class E>
  constexpr auto operator()(const E& x) const {
    if constexpr (Levels == 0) {
      return x;
    } else {
      return tl::let(sin(x) * x, chain<Levels - 1>{});
    }
  }
};
}  // namespace

// CHECK: mixed_function == mixed_expression: arithmetic loads stores calls reloads
// CHECK: mixed_function <= mixed_expression: spills
// CHECK: mixed_function <= mixed_by_hand: arithmetic
// CHECK: mixed_function == mixed_by_hand: calls
// CHECK: mixed_function <= 2: stores
// CHECK: mixed_function == 0: heap
extern "C" double mixed_function(double x, double y, double* g) {
  return tl::value_and_grad(mixed).into(g[0], g[1])(x, y);
}
extern "C" double mixed_expression(double x, double y, double* g) {
  return tl::value_and_grad<a, b>(a * sin(b) + exp(a * b) + a / b).into(g[0], g[1])(a = x, b = y);
}
extern "C" double mixed_by_hand(double x, double y, double* g) {
  const double s = std::sin(y), k = std::cos(y), p = std::exp(x * y), r = 1 / y, q = x / y;
  g[0] = s + y * p + r;
  g[1] = x * k + x * p - q * r;
  return x * s + p + q;
}

// CHECK: rosenbrock_function == rosenbrock_expression: arithmetic loads stores calls spills reloads
// CHECK: rosenbrock_function <= rosenbrock_by_hand: arithmetic
// CHECK: rosenbrock_function == rosenbrock_by_hand: calls
// CHECK: rosenbrock_function <= 2: stores
// CHECK: rosenbrock_function == 0: calls heap spills
extern "C" double rosenbrock_function(double x, double y, double* g) {
  return tl::value_and_grad(rosenbrock).into(g[0], g[1])(x, y);
}
extern "C" double rosenbrock_expression(double x, double y, double* g) {
  return tl::value_and_grad<a, b>(100_c * square(b - a * a) + square(1_c - a))
      .into(g[0], g[1])(a = x, b = y);
}
extern "C" double rosenbrock_by_hand(double x, double y, double* g) {
  const double r = y - x * x, s = 1 - x, t = 200 * r;
  g[0] = -2 * x * t - 2 * s;
  g[1] = t;
  return 100 * (r * r) + s * s;
}

// CHECK: neuron_function == neuron_expression: arithmetic loads stores calls spills reloads
// CHECK: neuron_function <= neuron_by_hand: arithmetic
// CHECK: neuron_function == neuron_by_hand: calls
// CHECK: neuron_function <= 5: stores
// CHECK: neuron_function == 0: heap
extern "C" double neuron_function(const double* v, double* g) {
  return tl::value_and_grad(neuron).into(g[0], g[1], g[2], g[3], g[4])(v[0], v[1], v[2], v[3],
                                                                       v[4]);
}
extern "C" double neuron_expression(const double* v, double* g) {
  return tl::value_and_grad<a, b, c, d, e>(tanh(a * d + b * e + c))
      .into(g[0], g[1], g[2], g[3], g[4])(a = v[0], b = v[1], c = v[2], d = v[3], e = v[4]);
}
extern "C" double neuron_by_hand(const double* v, double* g) {
  const double w0 = v[0], w1 = v[1], x0 = v[3], x1 = v[4];
  const double y = std::tanh(w0 * x0 + w1 * x1 + v[2]), k = 1 - y * y;
  g[0] = k * x0;
  g[1] = k * x1;
  g[2] = k;
  g[3] = k * w0;
  g[4] = k * w1;
  return y;
}

// CHECK: price_function == price_expression: arithmetic loads stores calls
// CHECK: price_function <= price_by_hand: arithmetic
// CHECK: price_function == price_by_hand: calls
// CHECK: price_function <= 5: stores
// CHECK: price_function == 0: heap
extern "C" double price_function(const double* v, double* g) {
  return tl::value_and_grad(black_scholes)
      .into(g[0], g[1], g[2], g[3], g[4])(v[0], v[1], v[2], v[3], v[4]);
}
extern "C" double price_expression(const double* v, double* g) {
  return tl::value_and_grad<a, b, c, d, e>(black_scholes(a, b, c, d, e))
      .into(g[0], g[1], g[2], g[3], g[4])(a = v[0], b = v[1], c = v[2], d = v[3], e = v[4]);
}
extern "C" double price_by_hand(const double* v, double* g) {
  constexpr double inverse_sqrt_2 = 0.70710678118654752440;
  constexpr double inverse_sqrt_2_pi = 0.39894228040143267794;
  const double spot = v[0], strike = v[1], rate = v[2], volatility = v[3], time = v[4];
  const double root = std::sqrt(time), spread = volatility * root;
  const double discount = std::exp(-rate * time), ratio = spot / strike;
  const double drift = std::log(ratio) + rate * time;
  const double d0 = drift / spread, d1 = d0 + 0.5 * spread, d2 = d1 - spread;
  const double n1 = 0.5 * std::erfc(-inverse_sqrt_2 * d1);
  const double n2 = 0.5 * std::erfc(-inverse_sqrt_2 * d2);
  const double present = strike * discount;
  // Reverse: cotangents of d1 and d2, then of what they are made of.
  const double w1 = spot * (inverse_sqrt_2_pi * std::exp(-0.5 * (d1 * d1)));
  const double w2 = -present * (inverse_sqrt_2_pi * std::exp(-0.5 * (d2 * d2)));
  const double w = w1 + w2, q = w / spread;
  const double w_spread = 0.5 * w - w2 - q * d0;
  const double w_discount = -strike * n2, k = q - w_discount * discount, r = q / ratio;
  g[0] = n1 + r / strike;
  g[1] = -discount * n2 - r * ratio / strike;
  g[2] = time * k;
  g[3] = root * w_spread;
  g[4] = rate * k + volatility * w_spread * (0.5 / root);
  return spot * n1 - present * n2;
}

// CHECK: chain_function == chain_expression: arithmetic loads stores calls
// CHECK: chain_function <= chain_by_hand: arithmetic
// CHECK: chain_function == chain_by_hand: calls
// CHECK: chain_function <= 1: stores
// CHECK: chain_function == 0: heap
extern "C" double chain_function(double x, double* g) {
  return tl::value_and_grad([](auto t) {
           for (int i = 0; i < 6; ++i) t = sin(t) * t;
           return t;
         })
      .into(*g)(x);
}
extern "C" double chain_expression(double x, double* g) {
  return tl::value_and_grad<a>(chain<6>{}(a)).into(*g)(a = x);
}
extern "C" double chain_by_hand(double x, double* g) {
  double slope = 1;
  const auto level = [&]() __attribute__((always_inline)) {
    const double s = std::sin(x), k = std::cos(x);
    slope *= s + x * k;
    x *= s;
  };
  level(), level(), level(), level(), level(), level();
  *g = slope;
  return x;
}
