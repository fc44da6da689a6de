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
  void (*value_and_grad)(const double* x, double* out);
  void (*vjp)(const double* x, double w, double* out) = nullptr;
  void (*jvp)(const double* x, const double* u, double* out) = nullptr;  // value, tangent
  void (*expression)(const double* x, double* out) = nullptr;            // value, gradient
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

template <std::uint64_t N>
struct program_set {
  static constexpr int inputs = composition<N>::r.inputs;
  using indices = std::make_index_sequence<inputs>;
  static constexpr composition<N> f{};

  template <class G>
  static void write(const G& gradient, double* to) {
    if constexpr (inputs == 1) {
      *to = gradient;
    } else {
      std::apply([&](auto... g) { ((*to++ = g), ...); }, gradient);
    }
  }
  template <std::size_t... I>
  static auto all(const double* x, std::index_sequence<I...>) {
    return std::tuple{x[I]...};
  }

  static void value_and_grad(const double* x, double* out) {
    const auto [value, gradient] = std::apply(tl::value_and_grad(f), all(x, indices{}));
    *out = value;
    write(gradient, out + 1);
  }
  static void vjp(const double* x, double w, double* out) {
    const auto [value, pullback] =
        std::apply([](auto... v) { return tl::vjp(f, v...); }, all(x, indices{}));
    *out = value;
    write(pullback(w), out + 1);
  }
  static void jvp(const double* x, const double* u, double* out) {
    const auto [value, tangent] = tl::jvp(f, all(x, indices{}), all(u, indices{}));
    out[0] = value;
    out[1] = tangent;
  }
  template <std::size_t... I>
  static void expression(const double* x, double* out, std::index_sequence<I...>) {
    const auto [value, gradient] =
        tl::value_and_grad(as_expression<N>())((std::get<I>(variables) = x[I])...);
    *out++ = value;
    ((*out++ = gradient[std::get<I>(variables)]), ...);
  }
  static void expression(const double* x, double* out) { expression(x, out, indices{}); }

  static void forward_over_reverse(const double* x, const double* u, double* out) {
    const auto [gradient, tangent] = tl::jvp(tl::grad(f), all(x, indices{}), all(u, indices{}));
    write(gradient, out);
    write(tangent, out + inputs);
  }
  /// u is data behind the point.
  struct slope {
    template <class... A>
    constexpr auto operator()(const A&... v) const {
      return [&]<std::size_t... I>(std::index_sequence<I...>) {
        const auto all = std::tie(v...);
        return tl::jvp(f, std::tuple{std::get<I>(all)...}, std::tuple{std::get<inputs + I>(all)...})
            .tangent;
      }(indices{});
    }
  };
  template <int... I>
  static void reverse_over_forward(const double* x, const double* u, double* out,
                                   std::integer_sequence<int, I...>) {
    // With respect to u it is the gradient.
    const auto gradient = tl::grad(slope{})(x[I]..., u[I]...);
    const auto put = [&]<std::size_t... K>(std::index_sequence<K...>) {
      ((out[K] = std::get<inputs + K>(gradient), out[inputs + K] = std::get<K>(gradient)), ...);
    };
    put(indices{});
  }
  static void reverse_over_forward(const double* x, const double* u, double* out) {
    reverse_over_forward(x, u, out, std::make_integer_sequence<int, inputs>{});
  }
  static void grad_of_grad(const double* x, double* out) {
    write(std::apply(tl::grad(tl::grad<0>(f)), all(x, indices{})), out);
  }
};

/// Adds recipes First to First + Count - 1. All have their value and gradient; the other programs
/// take turns, because each takes a compiler a tenth of a second.
template <std::uint64_t First, std::size_t... I>
bool add_programs(std::index_sequence<I...>) {
  const auto add = []<std::uint64_t N>(std::integral_constant<std::uint64_t, N>) {
    using set = program_set<N>;
    programs p{N, set::value_and_grad};
    if constexpr (N % 6 == 0) p.vjp = set::vjp;
    if constexpr (N % 6 == 1) p.jvp = set::jvp;
    if constexpr (N % 6 == 2 || N % 6 == 5) p.expression = set::expression;
    if constexpr (N % 12 == 3) p.forward_over_reverse = set::forward_over_reverse;
    if constexpr (N % 12 == 9) p.reverse_over_forward = set::reverse_over_forward;
    if constexpr (N % 6 == 4) p.grad_of_grad = set::grad_of_grad;
    all_programs().push_back(p);
  };
  (add(std::integral_constant<std::uint64_t, First + I>{}), ...);
  return true;
}

}  // namespace compositions
