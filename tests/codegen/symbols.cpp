// SPDX-License-Identifier: BSL-1.0
// Symbols name programs, not expressions: an expression of 200 operations leaves none that is long,
// optimised or not. One of 40 has a name of more than 200 characters too, and is compiled sooner.
#include <tapeless/tapeless.hpp>

#include <array>
#include <tuple>

// LEVELS: -O0 -O2
// CHECK: symbols <= 200

namespace tl = tapeless;
using namespace tl::literals;

// Not in an unnamed namespace: unoptimised, g++ keeps constants of internal linkage, which name the
// types they belong to.
constexpr tl::variable<"x"> x;
constexpr tl::variable<"y"> y;

template <int N>
struct long_expression {
  template <class E>
  constexpr auto operator()(const E& t) const {
    if constexpr (N == 0) {
      return t;
    } else {
      return long_expression<N - 1>{}(sin(t) * y + x - 0.5_c);
    }
  }
};
// So many times four operations.
constexpr auto longest = long_expression<50>{}(x);
constexpr auto f = long_expression<10>{}(x);
template <int N>
struct loop {
  constexpr auto operator()(auto a, auto b) const {
    auto t = a;
    for (int i = 0; i < N; ++i) t = sin(t) * b + a - 0.5_c;
    return t;
  }
};
constexpr loop<10> h;
struct squared {
  constexpr auto operator()(auto t) const { return t * t; }
};
struct product {
  constexpr auto operator()(auto p, auto q) const { return p[0] * p[1] * q.first * q.second; }
};
struct captures {
  double c;
  constexpr auto operator()(auto t) const {
    return c * sin(t * c) + exp(c * t) * c * (c + t) / (c * c * t + 1_c) - tanh(c * t) * c;
  }
};

extern "C" double of_the_longest(double a, double b) { return tl::grad(longest)(x = a, y = b)[y]; }
extern "C" double of_the_longest_function(double a, double b) {
  return tl::grad<1>(loop<50>{})(a, b);
}
extern "C" double evaluated(double a, double b) { return f(x = a, y = b); }
extern "C" double gradient_of(double a, double b) { return tl::grad(f)(x = a, y = b)[y]; }
extern "C" double one_derivative(double a, double b) { return tl::grad<y>(f)(x = a, y = b); }
extern "C" double value_and_gradient_of(double a, double b, double* g) {
  const auto [value, gradient] = tl::value_and_grad(f)(x = a, y = b);
  *g = gradient[x];
  return value;
}
extern "C" double written_into(double a, double b, double* g) {
  double sum = tl::value_and_grad<x, y>(f).into(g[0], g[1])(x = a, y = b);
  sum += tl::value_and_grad<x, y>(f).add_to(g[0], g[1])(x = a, y = b);
  return sum;
}
extern "C" double pulled_back(double a, double b, double w) {
  const auto [value, pullback] = tl::vjp(f, x = a, y = b);
  return value + pullback(w)[x];
}
extern "C" double pushed_forward(double a, double b, double t) {
  const auto [value, tangent] = tl::jvp(f, std::tuple{x = a, y = b}, std::tuple{x = t, y = 1.0});
  return value + tangent;
}
extern "C" double with_stored_numbers(double a, double b) {
  const auto stored = a * f + b;
  return stored(x = a, y = b) + tl::grad(stored, tl::strong_zero)(x = a, y = b)[x] +
         tl::grad<x>(stored)(x = a, y = b);
}
extern "C" double shared(double a, double b) {
  return tl::grad(tl::let(f, squared{}))(x = a, y = b)[x];
}

// The same as functions.
extern "C" double functions(double a, double b, double* g) {
  double sum = tl::evaluate(h)(a, b) + tl::value_and_grad(h).into(g[0], g[1])(a, b);
  sum += tl::grad<1>(h)(a, b) + std::get<0>(tl::vjp(h, a, b).pullback(1.0));
  sum += tl::jvp(h, std::tuple{a, b}, std::tuple{1.0, 0.0}).tangent;
  sum += std::get<0>(tl::grad(tl::grad<0>(h))(a, b));
  return sum;
}
extern "C" double captured(double a, double b) { return tl::grad(captures{a})(b); }
extern "C" double structured(double a, double b) {
  const auto g = tl::grad(product{})(std::array{a, b}, std::pair{a, b});
  return std::get<0>(g)[0] + std::get<1>(g).second;
}
