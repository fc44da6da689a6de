// SPDX-License-Identifier: BSL-1.0
#pragma once

// A forward-mode number in forty lines: an operand family of its own, which applies the library's
// primals and rules to plain numbers. It shares nothing with graphs and programs, so it checks
// them.

#include <tapeless/primitive/comparison.hpp>

#include <tuple>
#include <utility>

struct dual_family;

struct dual {
  using operand_family = dual_family;
  constexpr dual(double v = 0, double t = 0) : value(v), tangent(t) {}
  double value, tangent;
};

struct dual_family {
  static constexpr int rank = 1;

  template <class P, class...>
  using result = std::conditional_t<P::returns_condition, bool, dual>;

  template <class P, class... A>
  static constexpr result<P> apply(const A&... a) {
    const auto y = P::primal(value(a)...);
    if constexpr (P::returns_condition) {
      return y;
    } else {
      const auto partials = P::partials(value(a)..., y);
      double t = 0;
      [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((t += product(tapeless::stated_derivative<I>(partials), tangent(a))), ...);
      }(std::index_sequence_for<A...>{});
      return {y, t};
    }
  }

 private:
  static constexpr double value(const dual& a) { return a.value; }
  static constexpr bool value(bool a) { return a; }
  template <tapeless::number N>
  static constexpr double value(N a) {
    return static_cast<double>(a);
  }
  static constexpr double tangent(const dual& a) { return a.tangent; }
  template <class N>
  static constexpr double tangent(N) {
    return 0;
  }
  static constexpr double product(double p, double t) { return t == 0 ? 0 : p * t; }
  static constexpr double product(tapeless::no_derivative, double) { return 0; }
  static constexpr double product(const tapeless::quotient<double>& q, double t) {
    return t == 0 ? 0 : q.numerator * (t / q.denominator);
  }
};
