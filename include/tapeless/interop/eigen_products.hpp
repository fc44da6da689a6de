// SPDX-License-Identifier: BSL-1.0
#pragma once

// How Eigen carries out products of matrices that are large or whose sizes are known at run time.
//
// Eigen's templates are most of what a file with such products takes to compile, so there are four
// of them a scalar type: of two matrices by rows or by columns, and what is neither is copied.

#include <tapeless/codegen/executor.hpp>
#include <tapeless/trace/routine.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <cstddef>
#include <type_traits>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

template <class T, int Order>
using routine_map =
    Eigen::Map<Eigen::Matrix<std::remove_const_t<T>, Eigen::Dynamic, Eigen::Dynamic, Order>, 0,
               Eigen::OuterStride<>>;
template <class T, int Order>
using const_routine_map =
    Eigen::Map<const Eigen::Matrix<std::remove_const_t<T>, Eigen::Dynamic, Eigen::Dynamic, Order>,
               0, Eigen::OuterStride<>>;

/// The rows of a matrix, or its columns, have no gaps.
template <class A>
constexpr bool is_in_lines(const A& a) {
  return a.strides[1] == 1 || a.extents[1] <= 1 || a.strides[0] == 1 || a.extents[0] <= 1;
}
/// use(map) of such a matrix or its transpose: Eigen wants to know which of them it is.
template <bool Transposed, class A, class Use>
void with_matrix(const A& a, const Use& use) {
  using E = std::remove_const_t<std::remove_pointer_t<decltype(a.data)>>;
  const std::ptrdiff_t rows = a.extents[Transposed ? 1 : 0],
                       columns = a.extents[Transposed ? 0 : 1], row = a.strides[Transposed ? 1 : 0],
                       column = a.strides[Transposed ? 0 : 1];
  if (column == 1 || columns <= 1) {
    use(const_routine_map<E, Eigen::RowMajor>(a.data, rows, columns, Eigen::OuterStride<>(row)));
  } else {
    use(const_routine_map<E, Eigen::ColMajor>(a.data, rows, columns, Eigen::OuterStride<>(column)));
  }
}
/// Adds the product, rows of `to` that are this far apart: A, or its transpose, times B or its.
template <bool First, bool Second, class T, class A, class B>
void add_rows_of_product(T* to, std::ptrdiff_t rows, std::ptrdiff_t columns, std::ptrdiff_t apart,
                         const A& a, const B& b) {
  routine_map<T, Eigen::RowMajor> result(to, rows, columns, Eigen::OuterStride<>(apart));
  with_matrix<First>(a, [&](const auto& first_) {
    with_matrix<Second>(b, [&](const auto& second_) {
      result.noalias() += first_.template cast<T>() * second_.template cast<T>();
    });
  });
}
/// Zeros first, unless it adds: Eigen, which adds them up too, would fill row by row.
template <bool First, bool Second, bool Adds, class T, class A, class B>
void rows_of_product(T* to, std::ptrdiff_t rows, std::ptrdiff_t columns, std::ptrdiff_t apart,
                     const A& a, const B& b) {
  if constexpr (!Adds) {
    const bool is_one_piece = apart == columns;
    for (std::ptrdiff_t i = 0; i < (is_one_piece ? 1 : rows); ++i) {
      std::fill_n(to + i * apart, is_one_piece ? rows * columns : columns, T(0));
    }
  }
  add_rows_of_product<First, Second>(to, rows, columns, apart, a, b);
}

/// A square piece of a matrix, by rows.
template <class T>
struct matrix_piece {
  static constexpr std::ptrdiff_t most = 32;
  const T* data = memory;
  std::ptrdiff_t extents[2]{}, strides[2]{most, 1};
  T memory[most * most]{};

  /// The one that begins at (i, j) of a or of its transpose, and ends where that ends.
  template <bool Transposed, class A>
  void copy(const A& a, std::ptrdiff_t i, std::ptrdiff_t j) {
    extents[0] = std::min(most, a.extents[Transposed ? 1 : 0] - i);
    extents[1] = std::min(most, a.extents[Transposed ? 0 : 1] - j);
    const std::ptrdiff_t row = a.strides[Transposed ? 1 : 0],
                         column = a.strides[Transposed ? 0 : 1];
    for (std::ptrdiff_t k = 0; k < extents[0]; ++k) {
      for (std::ptrdiff_t l = 0; l < extents[1]; ++l) {
        memory[k * most + l] = static_cast<T>(a.data[(i + k) * row + (j + l) * column]);
      }
    }
  }
};

template <bool First, bool Second>
struct matrix_product {
  template <class To, class A, class B>
  static void run(const To& to, const A& a, const B& b) {
    const std::ptrdiff_t rows = to.extents[0], columns = to.extents[1];
    if (rows == 0 || columns == 0) return;  // Null pointers have no rows.
    const bool in_lines = is_in_lines(a) && is_in_lines(b);
    if (in_lines && (to.strides[1] == 1 || columns <= 1)) {
      rows_of_product<First, Second, To::adds>(to.data, rows, columns, to.strides[0], a, b);
    } else if (in_lines && (to.strides[0] == 1 || rows <= 1)) {
      // Its columns are the rows of the transposed product.
      rows_of_product<!Second, !First, To::adds>(to.data, columns, rows, to.strides[1], b, a);
    } else {
      piece_by_piece(to, a, b);
    }
  }

 private:
  /// Of copies: Eigen would allocate memory for them, and take a compiler twice as long.
  template <class To, class A, class B>
  static void piece_by_piece(const To& to, const A& a, const B& b) {
    using T = std::remove_pointer_t<decltype(to.data)>;
    using piece = matrix_piece<T>;
    piece of_a, of_b, sum;
    for (std::ptrdiff_t i = 0; i < to.extents[0]; i += piece::most) {
      for (std::ptrdiff_t j = 0; j < to.extents[1]; j += piece::most) {
        const std::ptrdiff_t rows = std::min(piece::most, to.extents[0] - i),
                             columns = std::min(piece::most, to.extents[1] - j);
        std::fill_n(sum.memory, rows * piece::most, T(0));
        for (std::ptrdiff_t k = 0; k < a.extents[First ? 0 : 1]; k += piece::most) {
          of_a.template copy<First>(a, i, k);
          of_b.template copy<Second>(b, k, j);
          add_rows_of_product<false, false>(sum.memory, rows, columns, piece::most, of_a, of_b);
        }
        for (std::ptrdiff_t k = 0; k < rows; ++k) {
          for (std::ptrdiff_t l = 0; l < columns; ++l) {
            T& element = to.data[(i + k) * to.strides[0] + (j + l) * to.strides[1]];
            element = To::adds ? element + sum.memory[k * piece::most + l]
                               : sum.memory[k * piece::most + l];
          }
        }
      }
    }
  }
};

}  // namespace detail

template <>
struct array_routine<"product"> : detail::matrix_product<false, false> {};
template <>
struct array_routine<"transposed_product"> : detail::matrix_product<true, false> {};
template <>
struct array_routine<"product_transposed"> : detail::matrix_product<false, true> {};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
