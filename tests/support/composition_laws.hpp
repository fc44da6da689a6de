// SPDX-License-Identifier: BSL-1.0
#pragma once

// The programs whose results the laws of property/compositions.cpp compare, for every recipe of a
// batch. Arguments and results are plain numbers, so the laws are compiled once.

#include "support/compositions.hpp"

#include <tuple>
#include <vector>

namespace compositions {

/// x: the point; u: a direction; w: a cotangent. Null: not built.
struct programs {
  std::uint64_t number;
  void (*value_and_grad)(const double* x, double* out) = nullptr;
  void (*vjp)(const double* x, double w, double* out) = nullptr;
  void (*jvp)(const double* x, const double* u, double* out) = nullptr;  // value, tangent
  void (*expression)(const double* x, double* out) = nullptr;            // value, gradient
  void (*stored)(const double* x, double* out) = nullptr;  // with constants known at run time
  // The gradient, then the Hessian times u.
  void (*forward_over_reverse)(const double* x, const double* u, double* out) = nullptr;
  void (*reverse_over_forward)(const double* x, const double* u, double* out) = nullptr;
  void (*grad_of_grad)(const double* x, double* out) = nullptr;  // the first row of the Hessian
};

/// All programs of the executable.
inline std::vector<programs>& all_programs() {
  static std::vector<programs> all;
  return all;
}

/// A gradient, of one argument or of several, as numbers. Not a template over the composition.
inline void write(double gradient, double* to) { *to = gradient; }
template <class... T>
void write(const std::tuple<T...>& gradient, double* to) {
  std::apply([&](auto... g) { ((*to++ = g), ...); }, gradient);
}

template <std::uint64_t N, class = std::make_integer_sequence<int, composition<N>::r.inputs>>
struct program_set;

template <std::uint64_t N, int... I>
struct program_set<N, std::integer_sequence<int, I...>> {
  static constexpr int inputs = sizeof...(I);
  static constexpr composition<N> f{};

  static void value_and_grad(const double* x, double* out) {
    const auto result = tl::value_and_grad(f)(x[I]...);
    *out = result.value;
    write(result.gradient, out + 1);
  }
  static void vjp(const double* x, double w, double* out) {
    const auto result = tl::vjp(f, x[I]...);
    *out = result.value;
    write(result.pullback(w), out + 1);
  }
  static void jvp(const double* x, const double* u, double* out) {
    const auto result = tl::jvp(f, std::tuple{x[I]...}, std::tuple{u[I]...});
    out[0] = result.value;
    out[1] = result.tangent;
  }
  template <bool Stored>
  static void expression(const double* x, double* out) {
    const auto result =
        tl::value_and_grad(as_expression<N, Stored>())((std::get<I>(variables) = x[I])...);
    *out = result.value;
    ((out[1 + I] = result.gradient[std::get<I>(variables)]), ...);
  }

  static void forward_over_reverse(const double* x, const double* u, double* out) {
    const auto result = tl::jvp(tl::grad(f), std::tuple{x[I]...}, std::tuple{u[I]...});
    write(result.value, out);
    write(result.tangent, out + inputs);
  }
  /// The directional derivative; u is data behind the point.
  struct slope {
    template <class... A>
    constexpr auto operator()(const A&... v) const {
      const auto all = std::tie(v...);
      return tl::jvp(f, std::tuple{std::get<I>(all)...}, std::tuple{std::get<inputs + I>(all)...})
          .tangent;
    }
  };
  static void reverse_over_forward(const double* x, const double* u, double* out) {
    // With respect to u it is the gradient.
    const auto gradient = tl::grad(slope{})(x[I]..., u[I]...);
    ((out[I] = std::get<inputs + I>(gradient), out[inputs + I] = std::get<I>(gradient)), ...);
  }
  static void grad_of_grad(const double* x, double* out) {
    write(tl::grad(tl::grad<0>(f))(x[I]...), out);
  }
};

/// Adds recipes First to First + Count - 1. Laws take turns, because each program takes a compiler
/// a tenth of a second.
template <std::uint64_t First, std::size_t... I>
bool add_programs(std::index_sequence<I...>) {
  const auto add = []<std::uint64_t N>(std::integral_constant<std::uint64_t, N>) {
    using set = program_set<N>;
    programs p{N};
    if constexpr (N % 7 < 2) p.value_and_grad = set::value_and_grad;
    if constexpr (N % 14 == 1) p.expression = set::template expression<false>;
    if constexpr (N % 14 == 8) p.stored = set::template expression<true>;
    if constexpr (N % 7 == 2) p.vjp = set::vjp;
    if constexpr (N % 7 == 3) p.jvp = set::jvp;
    if constexpr (N % 7 == 4) p.forward_over_reverse = set::forward_over_reverse;
    if constexpr (N % 7 == 5) p.reverse_over_forward = set::reverse_over_forward;
    if constexpr (N % 7 == 6) p.grad_of_grad = set::grad_of_grad;
    all_programs().push_back(p);
  };
  (add(std::integral_constant<std::uint64_t, First + I>{}), ...);
  return true;
}

}  // namespace compositions
