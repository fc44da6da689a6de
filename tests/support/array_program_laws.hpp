// SPDX-License-Identifier: BSL-1.0
#pragma once

// The programs whose results property/array_programs.cpp compares. Arguments and results are plain
// numbers, so that the comparison is compiled once.

#include "support/array_programs.hpp"

// Packets take a compiler longer, and are what optimised builds are for.
#if defined(NDEBUG) && __has_include(<xsimd/xsimd.hpp>)
#include <tapeless/interop/simd.hpp>
#define TAPELESS_TEST_PACKETS , tl::simd
#else
#define TAPELESS_TEST_PACKETS
#endif

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace array_programs {

/// Recipes that are compiled together.
inline constexpr int together = 4;

/// Whether the matrix of a recipe is square: some operations want it.
constexpr bool is_square(std::uint64_t number) { return number / together % 3 == 0; }
/// Sizes of programs whose arguments have theirs in their types: m, n; n, n of square ones.
inline constexpr int fixed_m = 5, fixed_n = 4;

/// Recipes number, number + 1, ..., of which that with weight 1 is computed. Null: not built.
struct programs {
  std::uint64_t number = 0;
  bool fixed = false;  ///< only of sizes fixed_m, fixed_n
  // Lists of a value or tangent and of derivatives in the order of point::all().
  std::vector<double> (*value_and_grad)(const point& x, const std::vector<double>& w) = nullptr;
  std::vector<double> (*jvp)(const point& x, const point& u,
                             const std::vector<double>& w) = nullptr;  // value, tangent
  // The gradient, then the Hessian times u.
  std::vector<double> (*forward_over_reverse)(const point& x, const point& u,
                                              const std::vector<double>& w) = nullptr;
  // The Hessian times u.
  std::vector<double> (*reverse_over_reverse)(const point& x, const point& u,
                                              const std::vector<double>& w) = nullptr;
};

/// All programs of the executable.
inline std::vector<programs>& all_programs() {
  static std::vector<programs> all;
  return all;
}

/// Appends the elements of a number, of a vector, of a matrix row by row.
inline void append(std::vector<double>& to, double number) { to.push_back(number); }
template <class A>
  requires requires(const A& a) { a.begin(); }
void append(std::vector<double>& to, const A& a) {
  for (const auto& e : a) append(to, e);
}
template <class... A>
void append(std::vector<double>& to, const std::tuple<A...>& all) {
  std::apply([&](const auto&... a) { (append(to, a), ...); }, all);
}

/// In which form the programs get their arguments.
enum class form { by_rows, by_columns, fixed };

/// The matrix by rows or by columns.
template <form Form, bool Square>
struct arguments {
  explicit arguments(const point& p)
      : shorter(p.shorter),
        longer(p.longer),
        number(p.number),
        elements(Form == form::by_columns ? p.n : p.m, Form == form::by_columns ? p.m : p.n) {
    for (std::ptrdiff_t i = 0; i < p.m; ++i) {
      for (std::ptrdiff_t j = 0; j < p.n; ++j) {
        const double e = p.matrix[static_cast<std::size_t>(i * p.n + j)];
        (Form == form::by_columns ? elements(j, i) : elements(i, j)) = e;
      }
    }
  }
  auto matrix() const {
    if constexpr (Form == form::by_columns) {
      return tl::view(elements.data(), elements.cols(), elements.rows(), 1, elements.cols());
    } else {
      return elements;
    }
  }
  std::span<const double> shorter;
  std::vector<double> longer;
  double number;

 private:
  tl::matrix<double> elements;
};
/// Sizes in the types.
template <bool Square>
struct arguments<form::fixed, Square> {
  static constexpr std::size_t n = fixed_n, m = Square ? fixed_n : fixed_m;

  explicit arguments(const point& p) : number(p.number) {
    for (std::size_t j = 0; j < n; ++j) shorter[j] = p.shorter[j];
    for (std::size_t i = 0; i < m; ++i) longer[i] = p.longer[i];
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < n; ++j) elements[i][j] = p.matrix[i * n + j];
    }
  }
  auto matrix() const { return elements; }
  std::array<double, n> shorter{};
  std::array<double, m> longer{};
  double number;

 private:
  std::array<std::array<double, n>, m> elements{};
};

template <std::uint64_t N, form Form>
struct program_set {
  static constexpr array_program<N, together, is_square(N)> f{};
  using arguments_type = arguments<Form, is_square(N)>;

  static std::vector<double> value_and_grad(const point& x, const std::vector<double>& w) {
    return values(tl::value_and_grad<0, 1, 2, 3>(f), x, w);
  }
  static std::vector<double> in_packets(const point& x, const std::vector<double>& w) {
    return values(tl::value_and_grad<0, 1, 2, 3>(f TAPELESS_TEST_PACKETS), x, w);
  }
  static std::vector<double> values(const auto& function, const point& x,
                                    const std::vector<double>& w) {
    const arguments_type a(x);
    const auto result = function(a.shorter, a.longer, a.matrix(), a.number, w);
    std::vector<double> out{result.value};
    append(out, result.gradient);
    return out;
  }
  static std::vector<double> jvp(const point& x, const point& u, const std::vector<double>& w) {
    const arguments_type a(x), t(u);
    const auto result = tl::jvp(
        f, std::tuple{a.shorter, a.longer, a.matrix(), a.number, w},
        std::tuple{t.shorter, t.longer, t.matrix(), t.number, std::vector<double>(w.size())});
    return {result.value, result.tangent};
  }
  static std::vector<double> forward_over_reverse(const point& x, const point& u,
                                                  const std::vector<double>& w) {
    const arguments_type a(x), t(u);
    const auto result = tl::jvp(
        tl::grad<0, 1, 2, 3>(f), std::tuple{a.shorter, a.longer, a.matrix(), a.number, w},
        std::tuple{t.shorter, t.longer, t.matrix(), t.number, std::vector<double>(w.size())});
    std::vector<double> out;
    append(out, result.value);
    append(out, result.tangent);
    return out;
  }
  /// The gradient along a direction, which is data behind the point.
  struct slope {
    constexpr auto operator()(const auto& shorter, const auto& longer, const auto& matrix,
                              const auto& number, const auto& weights, const auto& shorter_u,
                              const auto& longer_u, const auto& matrix_u,
                              const auto& number_u) const {
      const auto [of_shorter, of_longer, of_matrix, of_number] =
          tl::grad<0, 1, 2, 3>(f)(shorter, longer, matrix, number, weights);
      return dot(of_shorter, shorter_u) + dot(of_longer, longer_u) +
             sum(elementwise_product(of_matrix, matrix_u)) + of_number * number_u;
    }
  };
  static std::vector<double> reverse_over_reverse(const point& x, const point& u,
                                                  const std::vector<double>& w) {
    const arguments_type a(x), t(u);
    std::vector<double> out;
    append(out, tl::grad<0, 1, 2, 3>(slope{})(a.shorter, a.longer, a.matrix(), a.number, w,
                                              t.shorter, t.longer, t.matrix(), t.number));
    return out;
  }
};

/// Adds Count times `together` recipes from First on. Laws take turns, because each program takes a
/// compiler some time, and so do forms.
template <std::uint64_t First, std::size_t... I>
bool add_programs(std::index_sequence<I...>) {
  const auto add = []<std::uint64_t N>(std::integral_constant<std::uint64_t, N>) {
    constexpr std::uint64_t set_number = N / together, turn = set_number % 6;
    constexpr bool inner = turn == 4;  // whose gradients of fixed arrays are arrays of numbers
    constexpr form f = set_number % 7 == 3 && !inner ? form::fixed
                       : set_number % 2 == 0         ? form::by_columns
                                                     : form::by_rows;
    using set = program_set<N, f>;
    programs p{.number = N, .fixed = f == form::fixed};
    if constexpr (turn == 0 || turn == 5) p.value_and_grad = set::value_and_grad;
    if constexpr (turn == 3) p.value_and_grad = set::in_packets;
    if constexpr (turn == 1) p.jvp = set::jvp;
    if constexpr (turn == 2) p.forward_over_reverse = set::forward_over_reverse;
    if constexpr (turn == 4) p.reverse_over_reverse = set::reverse_over_reverse;
    all_programs().push_back(p);
  };
  (add(std::integral_constant<std::uint64_t, First + I * together>{}), ...);
  return true;
}

}  // namespace array_programs
