// SPDX-License-Identifier: BSL-1.0
#pragma once

// The laws that every function of scalars obeys, checked at given points:
//
//   value         the plain call, evaluate, value_and_grad, vjp and jvp agree bit for bit
//   adjoint       <w, J v> = <J^T w, v>
//   linearity     J (a u + b v) = a J u + b J v
//   differences   the gradient against central differences of the function in long double
//   second order  grad of grad against central differences of grad, and symmetric
//   third order   for one argument, in the same way
//   precision     float and long double agree with double
//   rules         the primitives' rules on plain numbers (support/dual.hpp) give the same tangent
//   spelling      as an expression: the same value and derivatives bit for bit
//
//   laws::hold<1>("exp", [](auto x) { return tl::exp(x); }, {{0.3}, {-2.0}});
//   laws::hold<2>("atan2", [](auto y, auto x) { return tl::atan2(y, x); }, {{1.0, 2.0}});

#include "support/catch.hpp"
#include "support/dual.hpp"

#include <tapeless/tapeless.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace laws {

namespace tl = tapeless;

template <std::size_t N>
using point = std::array<double, N>;

// Not templates: one assertion each, however many functions are checked.
inline void close(const std::string& what, double got, double want, double tolerance) {
  INFO(what << ": got " << got << ", want " << want);
  CHECK(std::fabs(got - want) <= tolerance * (1 + std::fabs(want)));
}
inline void identical(const std::string& what, double got, double want) {
  INFO(what << ": got " << got << ", want " << want);
  CHECK(std::bit_cast<std::uint64_t>(got) == std::bit_cast<std::uint64_t>(want));
}

/// A gradient (one number, a tuple or an array) as an array.
template <std::size_t N, class G>
auto as_array(const G& g) {
  if constexpr (N == 1 && std::is_arithmetic_v<G>) {
    return std::array<G, 1>{g};
  } else {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      using std::get;
      return std::array{get<I>(g)...};
    }(std::make_index_sequence<N>{});
  }
}

/// The derivative along coordinate k by central differences with one step of extrapolation.
template <class F, std::size_t N>
long double difference(const F& f, const point<N>& x, std::size_t k) {
  const auto slope = [&](long double h) {
    std::array<long double, N> up{}, down{};
    std::copy(x.begin(), x.end(), up.begin());
    down = up;
    up[k] += h;
    down[k] -= h;
    return (std::apply(f, up) - std::apply(f, down)) / (up[k] - down[k]);
  };
  const long double h = 1e-3L * std::max(0.1L, std::fabs(static_cast<long double>(x[k])));
  return (4 * slope(h / 2) - slope(h)) / 3;
}

/// Some directions that are not special.
template <std::size_t N>
constexpr point<N> direction(int number) {
  constexpr double entries[] = {0.7, -1.3, 0.45, 1.1, 0.9, -0.6};
  point<N> v{};
  for (std::size_t i = 0; i < N; ++i) v[i] = entries[static_cast<std::size_t>(number) + i];
  return v;
}

template <std::size_t N>
double dot(const point<N>& a, const point<N>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < N; ++i) sum += a[i] * b[i];
  return sum;
}

template <class T, std::size_t N>
std::array<T, N> converted(const point<N>& x) {
  std::array<T, N> y{};
  for (std::size_t i = 0; i < N; ++i) y[i] = static_cast<T>(x[i]);
  return y;
}

template <class F, std::size_t N>
void values_agree(const std::string& name, const F& f, const point<N>& x) {
  const double plain = std::apply(f, x);
  identical(name + ", evaluate", std::apply(tl::evaluate(f), x), plain);
  identical(name + ", value_and_grad", std::apply(tl::value_and_grad(f), x).value, plain);
}

template <class F, std::size_t N>
void adjoint_and_linear(const std::string& name, const F& f, const point<N>& x) {
  const point<N> u = direction<N>(0), v = direction<N>(2);
  point<N> both{};
  for (std::size_t i = 0; i < N; ++i) both[i] = 2 * u[i] - 3 * v[i];
  const auto push = [&](const point<N>& t) {
    return std::apply(
        [&](auto... a) {
          return std::apply(
              [&](auto... b) { return tl::jvp(f, std::tuple{a...}, std::tuple{b...}); }, t);
        },
        x);
  };
  const auto [value, du] = push(u);
  identical(name + ", value of jvp", value, std::apply(f, x));
  const auto [value_v, dv] = push(v);
  const auto [value_both, d_both] = push(both);
  close(name + ", jvp is linear", d_both, 2 * du - 3 * dv, 1e-13);

  const auto [y, pull] = std::apply([&](auto... a) { return tl::vjp(f, a...); }, x);
  identical(name + ", value of vjp", y, std::apply(f, x));
  const double w = 1.7;
  close(name + ", adjoint identity", dot(as_array<N>(pull(w)), u), w * du, 1e-13);

  dual t = [&]<std::size_t... I>(std::index_sequence<I...>) {
    return f(dual{x[I], u[I]}...);
  }(std::make_index_sequence<N>{});
  close(name + ", value of the rules on plain numbers", t.value, value, 1e-15);
  close(name + ", rules on plain numbers", t.tangent, du, 1e-13);
}

template <class F, std::size_t N>
void match_differences(const std::string& name, const F& f, const point<N>& x) {
  const auto gradient = as_array<N>(std::apply(tl::grad(f), x));
  const auto single = as_array<N>(std::apply(tl::grad(f), converted<float>(x)));
  const auto extended = as_array<N>(std::apply(tl::grad(f), converted<long double>(x)));
  for (std::size_t k = 0; k < N; ++k) {
    const std::string at = name + ", derivative " + std::to_string(k);
    close(at, gradient[k], static_cast<double>(difference(f, x, k)), 1e-9);
    close(at + " in long double", static_cast<double>(extended[k]), gradient[k], 2e-14);
    close(at + " in float", single[k], gradient[k], 1e-5);
  }
}

template <class F, std::size_t N, int... I>
void second_order(const std::string& name, const F& f, const point<N>& x,
                  std::integer_sequence<int, I...>) {
  const std::array<point<N>, N> hessian{as_array<N>(std::apply(tl::grad(tl::grad<I>(f)), x))...};
  const auto check_row = [&]<int R>(std::integral_constant<int, R>) {
    for (std::size_t k = 0; k < N; ++k) {
      const std::string at =
          name + ", second derivative " + std::to_string(R) + " " + std::to_string(k);
      close(at, hessian[R][k], static_cast<double>(difference(tl::grad<R>(f), x, k)), 1e-8);
      close(at + ", symmetric", hessian[R][k], hessian[k][R], 1e-12);
    }
  };
  (check_row(std::integral_constant<int, I>{}), ...);
  if constexpr (N == 1) {
    const auto second = tl::grad(tl::grad(f));
    close(name + ", third derivative", tl::grad(second)(x[0]),
          static_cast<double>(difference(second, x, 0)), 1e-7);
  }
}

inline constexpr tl::variable<"a"> a;
inline constexpr tl::variable<"b"> b;
inline constexpr tl::variable<"c"> c;

template <class F, class... V>
void spelled_as_expression(const std::string& name, const F& f, const point<sizeof...(V)>& x,
                           const V&... v) {
  constexpr std::size_t N = sizeof...(V);
  const auto e = f(v...);
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    identical(name + ", as an expression", e((v = x[I])...), f(x[I]...));
    const auto gradient = tl::grad(e)((v = x[I])...);
    const auto want = as_array<N>(tl::grad(f)(x[I]...));
    (identical(name + ", gradient of the expression", gradient[v], want[I]), ...);
  }(std::make_index_sequence<N>{});
}

/// All laws, for a function of N arguments without data.
template <std::size_t N, class F>
void hold(const std::string& name, const F& f, const std::vector<point<N>>& points) {
  for (const point<N>& x : points) {
    std::string at = name + " at";
    for (double t : x) at.append(" ").append(std::to_string(t));
    values_agree(at, f, x);
    adjoint_and_linear(at, f, x);
    match_differences(at, f, x);
    second_order(at, f, x, std::make_integer_sequence<int, static_cast<int>(N)>{});
    if constexpr (N == 1) spelled_as_expression(at, f, x, a);
    if constexpr (N == 2) spelled_as_expression(at, f, x, a, b);
    if constexpr (N == 3) spelled_as_expression(at, f, x, a, b, c);
  }
}

}  // namespace laws
