// SPDX-License-Identifier: BSL-1.0
#pragma once

// Laws of functions of an array whose size is known at run time: the value is that of a plain loop,
// the gradient that of differences and of the tangent, the Hessian times a direction that of
// differences of the gradient.

#include "support/catch.hpp"

#include <tapeless/tapeless.hpp>

#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace array_laws {

namespace tl = tapeless;

using list = std::vector<double>;

/// What an array or a traced array has elements of.
template <class X>
using number = std::remove_cvref_t<decltype(std::declval<X>()[0])>;

inline constexpr int sizes[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33};

/// Numbers between -1 and 1 that are not special.
inline std::vector<double> numbers(int n, double start = 0.3) {
  std::vector<double> x(static_cast<std::size_t>(n < 0 ? 0 : n));
  for (double& e : x) e = std::sin(start), start += 1.7;
  return x;
}

// Not templates: one assertion each, however many functions are checked.
inline void close(const std::string& what, double got, double want, double tolerance) {
  INFO(what << ": got " << got << ", want " << want);
  CHECK(std::fabs(got - want) <= tolerance * (1 + std::fabs(want)));
}
inline void close(const std::string& what, const std::vector<double>& got,
                  const std::vector<double>& want, double tolerance) {
  INFO(what);
  REQUIRE(got.size() == want.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    close(what + ", element " + std::to_string(i), got[i], want[i], tolerance);
  }
}
inline double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}
inline std::vector<double> moved(std::vector<double> x, double h, const std::vector<double>& u) {
  for (std::size_t i = 0; i < x.size(); ++i) x[i] += h * u[i];
  return x;
}

/// By central differences in long double with one step of extrapolation; P: the plain loop, generic
/// in the number.
template <class P>
std::vector<double> differences(const P& plain, const std::vector<double>& x) {
  const std::vector<long double> at(x.begin(), x.end());
  std::vector<double> d;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto slope = [&](long double h) {
      auto up = at, down = at;
      up[i] += h, down[i] -= h;
      return (plain(up) - plain(down)) / (2 * h);
    };
    constexpr long double h = 1e-4L;
    d.push_back(static_cast<double>((4 * slope(h / 2) - slope(h)) / 3));
  }
  return d;
}

template <class F, class P>
void hold_at(const std::string& name, const F& f, const P& plain, const std::vector<double>& x) {
  const std::vector<double> u = numbers(static_cast<int>(x.size()), 2.1);
  const double want = plain(x);
  close(name + ", evaluate", tl::evaluate(f)(x), want, 1e-14);
  const auto [value, gradient] = tl::value_and_grad(f)(x);
  close(name + ", value", value, want, 1e-14);
  close(name + ", gradient", gradient, differences(plain, x), 1e-8);

  const auto [same_value, tangent] = tl::jvp(f, std::tuple{x}, std::tuple{u});
  close(name + ", value of jvp", same_value, want, 1e-14);
  close(name + ", adjoint identity", tangent, dot(gradient, u), 1e-13);

  const auto [same_gradient, along] = tl::jvp(tl::grad(f), std::tuple{x}, std::tuple{u});
  close(name + ", gradient beside the Hessian", same_gradient, gradient, 1e-13);
  constexpr double h = 1e-4;
  const auto slope = [&](double step) {
    const auto up = tl::grad(f)(moved(x, step, u)), down = tl::grad(f)(moved(x, -step, u));
    std::vector<double> d;
    for (std::size_t i = 0; i < x.size(); ++i) d.push_back((up[i] - down[i]) / (2 * step));
    return d;
  };
  // One step of extrapolation.
  std::vector<double> fine = slope(h / 2);
  const std::vector<double> coarse = slope(h);
  for (std::size_t i = 0; i < x.size(); ++i) fine[i] += (fine[i] - coarse[i]) / 3;
  close(name + ", Hessian times a direction", along, fine, 1e-8);
}

/// All laws at all sizes. f: of traced values; plain: the same in ordinary loops.
template <class F, class P>
void hold(const std::string& name, const F& f, const P& plain) {
  for (const int n : sizes) hold_at(name + ", size " + std::to_string(n), f, plain, numbers(n));
}

/// The gradient of f(x, data...) in x and its derivative against differences; the derivative of the
/// gradient forward and backward.
template <class F, class... D>
void hold_with_data(const std::string& name, const F& f, const std::vector<double>& x,
                    const D&... data) {
  using vector = std::vector<double>;
  const vector u = numbers(static_cast<int>(x.size()), 2.1);
  constexpr double h = 1e-4;
  const auto slope = [&](const vector& along) {
    const auto at = [&](double step) { return tl::evaluate(f)(moved(x, step, along), data...); };
    return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
  };
  const auto [value, gradient] = tl::value_and_grad<0>(f)(x, data...);
  close(name + ", value", value, tl::evaluate(f)(x, data...), 1e-13);
  for (std::size_t i = 0; i < x.size(); ++i) {
    vector unit(x.size());
    unit[i] = 1;
    close(name + ", gradient", gradient[i], slope(unit), 1e-8);
  }
  const auto along = tl::jvp(tl::grad(tl::bind_back(f, data...)), std::tuple{x}, std::tuple{u});
  const auto at = [&](double step) { return tl::grad<0>(f)(moved(x, step, u), data...); };
  const vector up = at(h), down = at(-h), further_up = at(2 * h), further_down = at(-2 * h);
  for (std::size_t i = 0; i < x.size(); ++i) {
    close(name + ", Hessian times a direction", along.tangent[i],
          (8 * (up[i] - down[i]) - (further_up[i] - further_down[i])) / (12 * h), 1e-8);
  }
  const auto product = [](auto z, auto w, auto... d) {
    const auto g = tl::grad<0>(F{})(z, d...);
    return tl::sum(z.size(), [&](auto i) { return g[i] * w[i]; });
  };
  close(name + ", the same backward", tl::grad<0>(product)(x, u, data...), along.tangent, 1e-11);
}

}  // namespace array_laws
