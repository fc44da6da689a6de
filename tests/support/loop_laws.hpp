// SPDX-License-Identifier: BSL-1.0
#pragma once

// The programs whose results property/loops.cpp compares. Arguments and results are plain numbers,
// so that the comparison is compiled once.

#include "support/loop_programs.hpp"

#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

namespace loop_programs {

/// Recipes that are compiled together.
inline constexpr int together = 4;

/// Recipes number, number + 1, ..., of which that with weight 1 is computed. Null: not built.
struct programs {
  std::uint64_t number = 0;
  bool entries = true;
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

/// Appends the derivatives with respect to vector, matrix and number. Not a template over the
/// program.
inline void append(std::vector<double>& to,
                   const std::tuple<std::vector<double>, tl::matrix<double>, double>& g) {
  const auto& [vector, matrix, number] = g;
  to.insert(to.end(), vector.begin(), vector.end());
  to.insert(to.end(), matrix.begin(), matrix.end());
  to.push_back(number);
}

/// The arguments as the programs get them: as vector or as span, the matrix by rows or by columns.
template <bool ByColumns>
struct arguments {
  explicit arguments(const point& p) : vector(p.vector), number(p.number), entries(p.entries) {
    if constexpr (ByColumns) {
      elements = tl::matrix<double>(p.columns, p.rows);
    } else {
      elements = tl::matrix<double>(p.rows, p.columns);
    }
    for (std::ptrdiff_t i = 0; i < p.rows; ++i) {
      for (std::ptrdiff_t j = 0; j < p.columns; ++j) {
        const double e = p.matrix[static_cast<std::size_t>(i * p.columns + j)];
        (ByColumns ? elements(j, i) : elements(i, j)) = e;
      }
    }
  }
  auto matrix() const {
    if constexpr (ByColumns) {
      return tl::view(elements.data(), elements.cols(), elements.rows(), 1, elements.cols());
    } else {
      return elements;
    }
  }
  std::span<const double> vector;
  double number;
  std::vector<int> entries;

 private:
  tl::matrix<double> elements;
};

template <std::uint64_t N, bool Entries>
struct program_set {
  static constexpr loop_program<N, together, Entries> f{};
  using arguments_type = arguments<(N / together) % 2 == 1>;

  static std::vector<double> value_and_grad(const point& x, const std::vector<double>& w) {
    const arguments_type a(x);
    const auto result =
        tl::value_and_grad<0, 1, 2>(f)(a.vector, a.matrix(), a.number, w, a.entries);
    std::vector<double> out{result.value};
    append(out, result.gradient);
    return out;
  }
  static std::vector<double> jvp(const point& x, const point& u, const std::vector<double>& w) {
    const arguments_type a(x), t(u);
    const auto result =
        tl::jvp(f, std::tuple{a.vector, a.matrix(), a.number, w},
                std::tuple{t.vector, t.matrix(), t.number, std::vector<double>(w.size())});
    return {result.value, result.tangent};
  }
  static std::vector<double> forward_over_reverse(const point& x, const point& u,
                                                  const std::vector<double>& w) {
    const arguments_type a(x), t(u);
    const auto result =
        tl::jvp(tl::grad<0, 1, 2>(f), std::tuple{a.vector, a.matrix(), a.number, w},
                std::tuple{t.vector, t.matrix(), t.number, std::vector<double>(w.size())});
    std::vector<double> out;
    append(out, result.value);
    append(out, result.tangent);
    return out;
  }
  /// The gradient along a direction, which is data behind the point.
  struct slope {
    constexpr auto operator()(const auto& vector, const auto& matrix, const auto& number,
                              const auto& weights, const auto& entries, const auto& vector_u,
                              const auto& matrix_u, const auto& number_u) const {
      const auto g = tl::grad<0, 1, 2>(f)(vector, matrix, number, weights, entries);
      const auto of_vector =
          tl::sum(vector.size(), [&](auto i) { return std::get<0>(g)[i] * vector_u[i]; });
      const auto of_matrix = tl::sum(matrix.rows(), [&](auto i) {
        return tl::sum(matrix.cols(),
                       [&](auto j) { return std::get<1>(g)(i, j) * matrix_u(i, j); });
      });
      return of_vector + of_matrix + std::get<2>(g) * number_u;
    }
  };
  static std::vector<double> reverse_over_reverse(const point& x, const point& u,
                                                  const std::vector<double>& w) {
    const arguments_type a(x), t(u);
    std::vector<double> out;
    append(out, tl::grad<0, 1, 2>(slope{})(a.vector, a.matrix(), a.number, w, a.entries, t.vector,
                                           t.matrix(), t.number));
    return out;
  }
};

/// Adds Count times `together` recipes from First on. Laws take turns, because each program takes a
/// compiler a second.
template <std::uint64_t First, std::size_t... I>
bool add_programs(std::index_sequence<I...>) {
  const auto add = []<std::uint64_t N>(std::integral_constant<std::uint64_t, N>) {
    constexpr std::uint64_t turn = N / together % 6;
    // Integers have no tangents.
    constexpr bool entries = turn == 0 || turn == 3 || turn == 4;
    using set = program_set<N, entries>;
    programs p{.number = N, .entries = entries};
    if constexpr (turn == 0 || turn == 3) p.value_and_grad = set::value_and_grad;
    if constexpr (turn == 1) p.jvp = set::jvp;
    if constexpr (turn == 2 || turn == 5) p.forward_over_reverse = set::forward_over_reverse;
    if constexpr (turn == 4) p.reverse_over_reverse = set::reverse_over_reverse;
    all_programs().push_back(p);
  };
  (add(std::integral_constant<std::uint64_t, First + I * together>{}), ...);
  return true;
}

}  // namespace loop_programs
