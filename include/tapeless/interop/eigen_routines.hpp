// SPDX-License-Identifier: BSL-1.0
#pragma once

// How Eigen carries out routines: factorisations in place, in the program's own memory, of blocks
// whose products and triangular systems are Eigen's. Small matrices are done by plain loops, which
// are faster then.
//
// Nothing here allocates, but Eigen itself does: products and triangular systems with several right
// hand sides need a buffer, which is on the stack up to EIGEN_STACK_ALLOCATION_LIMIT bytes (128 kB,
// matrices of about 100 x 100).

#include <tapeless/interop/eigen_products.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

/// A square matrix of at most so many rows is not divided into blocks.
inline constexpr std::ptrdiff_t routine_block = 32;

template <class A>
std::ptrdiff_t columns_of(const A& a) {
  return A::rank == 1 ? 1 : a.extents[A::rank - 1];
}
/// The elements, row by row.
template <class T, class A>
void copy_rows(T* to, const A& a) {
  const std::ptrdiff_t columns = columns_of(a);
  const std::ptrdiff_t stride = A::rank == 1 ? 0 : a.strides[A::rank - 1];
  for (std::ptrdiff_t i = 0; i < a.extents[0]; ++i) {
    for (std::ptrdiff_t j = 0; j < columns; ++j) {
      *to++ = static_cast<T>(a.data[i * a.strides[0] + j * stride]);
    }
  }
}

/// x, n rows of k, becomes the solution of T x = x by substitution, where T(i, j) is
/// a[i * rows + j * columns].
template <bool Lower, bool Unit, class E, class T>
void substitute(const E* a, std::ptrdiff_t rows, std::ptrdiff_t columns, T* x, std::ptrdiff_t n,
                std::ptrdiff_t k) {
  for (std::ptrdiff_t step = 0; step < n; ++step) {
    const std::ptrdiff_t i = Lower ? step : n - 1 - step;
    T* const to = x + i * k;
    for (std::ptrdiff_t j = Lower ? 0 : i + 1; j < (Lower ? i : n); ++j) {
      const T factor = static_cast<T>(a[i * rows + j * columns]);
      const T* const from = x + j * k;
      for (std::ptrdiff_t l = 0; l < k; ++l) to[l] -= factor * from[l];
    }
    if constexpr (!Unit) {
      const T divisor = static_cast<T>(a[i * (rows + columns)]);
      for (std::ptrdiff_t l = 0; l < k; ++l) to[l] /= divisor;
    }
  }
}
/// The same by Eigen, if the matrix is large and has rows or columns without gaps.
template <bool Lower, bool Unit, class E, class T>
void solve_triangular(const E* a, std::ptrdiff_t rows, std::ptrdiff_t columns, T* x,
                      std::ptrdiff_t n, std::ptrdiff_t k) {
  if constexpr (std::is_same_v<std::remove_const_t<E>, T>) {
    constexpr unsigned mode = (Lower ? unsigned{Eigen::Lower} : unsigned{Eigen::Upper}) |
                              (Unit ? unsigned{Eigen::UnitDiag} : 0u);
    const auto with = [&](const auto& matrix) {
      const auto triangular = matrix.template triangularView<mode>();
      if (k == 1) {
        Eigen::Map<Eigen::Matrix<T, Eigen::Dynamic, 1>> vector(x, n);
        triangular.solveInPlace(vector);
      } else {
        routine_map<T, Eigen::RowMajor> several(x, n, k, Eigen::OuterStride<>(k));
        triangular.solveInPlace(several);
      }
    };
    if (n > routine_block && columns == 1) {
      return with(const_routine_map<T, Eigen::RowMajor>(a, n, n, Eigen::OuterStride<>(rows)));
    }
    if (n > routine_block && rows == 1) {
      return with(const_routine_map<T, Eigen::ColMajor>(a, n, n, Eigen::OuterStride<>(columns)));
    }
  }
  substitute<Lower, Unit>(a, rows, columns, x, n, k);
}

/// The columns of a become those of L and U; row j has been exchanged with row exchanges[j].
template <class T>
void factorise_lu(T* a, std::ptrdiff_t n, T* exchanges) {
  using std::abs;
  for (std::ptrdiff_t k = 0; k < n; k += routine_block) {
    const std::ptrdiff_t end = std::min(k + routine_block, n);
    for (std::ptrdiff_t j = k; j < end; ++j) {
      T* const column = a + j * n;
      std::ptrdiff_t pivot = j;
      for (std::ptrdiff_t i = j + 1; i < n; ++i) {
        if (abs(column[i]) > abs(column[pivot])) pivot = i;
      }
      exchanges[j] = static_cast<T>(pivot);
      for (std::ptrdiff_t l = 0; l < n && pivot != j; ++l) {
        std::swap(a[l * n + j], a[l * n + pivot]);
      }
      // Nothing but zeros: the matrix is singular.
      if (column[j] == T(0)) continue;
      for (std::ptrdiff_t i = j + 1; i < n; ++i) column[i] /= column[j];
      for (std::ptrdiff_t l = j + 1; l < end; ++l) {
        T* const to = a + l * n;
        const T factor = to[j];
        for (std::ptrdiff_t i = j + 1; i < n; ++i) to[i] -= factor * column[i];
      }
    }
    if (end == n) break;
    const Eigen::OuterStride<> stride(n);
    using map = routine_map<T, Eigen::ColMajor>;
    const map corner(a + k * n + k, end - k, end - k, stride);
    const map below(a + k * n + end, n - end, end - k, stride);
    map right(a + end * n + k, end - k, n - end, stride);
    map rest(a + end * n + end, n - end, n - end, stride);
    corner.template triangularView<Eigen::UnitLower>().solveInPlace(right);
    rest.noalias() -= below * right;
  }
}

/// A x = x or A^T x = x, where x are n rows of k.
template <bool Transposed, class F, class T>
void solve_factorised(const F& factors, T* x, std::ptrdiff_t k) {
  const T* const f = factors.data;
  const std::ptrdiff_t n = factors.extents[1];
  const T* const exchanges = f + n * n;
  const auto exchange = [&](std::ptrdiff_t i) {
    const auto p = static_cast<std::ptrdiff_t>(exchanges[i]);
    if (p != i) std::swap_ranges(x + i * k, x + (i + 1) * k, x + p * k);
  };
  if constexpr (!Transposed) {
    for (std::ptrdiff_t i = 0; i < n; ++i) exchange(i);
    solve_triangular<true, true>(f, 1, n, x, n, k);
    solve_triangular<false, false>(f, 1, n, x, n, k);
  } else {
    solve_triangular<true, false>(f, n, 1, x, n, k);
    solve_triangular<false, true>(f, n, 1, x, n, k);
    for (std::ptrdiff_t i = n; i-- > 0;) exchange(i);
  }
}

/// As factorise_lu, with exchanges of columns too: what is left when a pivot is 0 is all 0.
template <class T>
void factorise_completely(T* a, std::ptrdiff_t n, T* rows, T* columns) {
  using std::abs;
  for (std::ptrdiff_t k = 0; k < n; ++k) {
    std::ptrdiff_t row = k, column = k;
    for (std::ptrdiff_t j = k; j < n; ++j) {
      for (std::ptrdiff_t i = k; i < n; ++i) {
        if (abs(a[j * n + i]) > abs(a[column * n + row])) row = i, column = j;
      }
    }
    rows[k] = static_cast<T>(row);
    columns[k] = static_cast<T>(column);
    if (column != k) std::swap_ranges(a + k * n, a + (k + 1) * n, a + column * n);
    for (std::ptrdiff_t l = 0; l < n && row != k; ++l) std::swap(a[l * n + k], a[l * n + row]);
    T* const pivot = a + k * n;
    if (pivot[k] == T(0)) continue;
    for (std::ptrdiff_t i = k + 1; i < n; ++i) pivot[i] /= pivot[k];
    for (std::ptrdiff_t l = k + 1; l < n; ++l) {
      T* const to = a + l * n;
      const T factor = to[k];
      for (std::ptrdiff_t i = k + 1; i < n; ++i) to[i] -= factor * pivot[i];
    }
  }
}
/// The cofactors of P^T L U Q^T are the product of those of its factors. Those of U are divided by
/// all pivots but the last, which alone may be 0 if one of them is not.
template <class T>
void cofactors(const T* f, T* to, std::ptrdiff_t n) {
  const std::ptrdiff_t last = n - 1;
  const T *const rows = f + n * n, *const columns = rows + n;
  T product = T(1);
  for (std::ptrdiff_t i = 0; i < last; ++i) product *= f[i * (n + 1)];
  std::fill_n(to, n * n, T(0));
  if (n == 0 || product == T(0)) return;
  for (std::ptrdiff_t i = 0; i < n; ++i) to[i * (n + 1)] = T(1);
  solve_triangular<true, false>(f, n, 1, to, last, n);
  for (std::ptrdiff_t i = 0; i < last; ++i) {
    const T factor = f[last * n + i];
    for (std::ptrdiff_t j = 0; j < n; ++j) to[last * n + j] -= factor * to[i * n + j];
  }
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    if ((rows[i] != static_cast<T>(i)) != (columns[i] != static_cast<T>(i))) product = -product;
  }
  for (std::ptrdiff_t i = 0; i < last * n; ++i) to[i] *= product * f[n * n - 1];
  for (std::ptrdiff_t j = 0; j < n; ++j) to[last * n + j] *= product;
  solve_triangular<false, true>(f, n, 1, to, n, n);
  for (std::ptrdiff_t i = n; i-- > 0;) {
    const auto row = static_cast<std::ptrdiff_t>(rows[i]);
    const auto column = static_cast<std::ptrdiff_t>(columns[i]);
    if (row != i) std::swap_ranges(to + i * n, to + (i + 1) * n, to + row * n);
    for (std::ptrdiff_t l = 0; l < n && column != i; ++l) {
      std::swap(to[l * n + i], to[l * n + column]);
    }
  }
}

/// The rows of a, of which the lower triangle counts, become those of the Cholesky factor.
template <class T>
void factorise_cholesky(T* a, std::ptrdiff_t n) {
  using std::sqrt;
  for (std::ptrdiff_t k = 0; k < n; k += routine_block) {
    const std::ptrdiff_t end = std::min(k + routine_block, n);
    for (std::ptrdiff_t i = k; i < end; ++i) {
      T* const row = a + i * n;
      for (std::ptrdiff_t j = k; j <= i; ++j) {
        const T* const other = a + j * n;
        T rest = row[j];
        for (std::ptrdiff_t l = k; l < j; ++l) rest -= row[l] * other[l];
        row[j] = i == j ? sqrt(rest) : rest / other[j];
      }
    }
    if (end == n) break;
    const Eigen::OuterStride<> stride(n);
    using map = routine_map<T, Eigen::RowMajor>;
    const map corner(a + k * n + k, end - k, end - k, stride);
    map below(a + end * n + k, n - end, end - k, stride);
    map rest(a + end * n + end, n - end, n - end, stride);
    corner.transpose()
        .template triangularView<Eigen::Upper>()
        .template solveInPlace<Eigen::OnTheRight>(below);
    rest.template selfadjointView<Eigen::Lower>().rankUpdate(below, T(-1));
  }
}

/// T x = b, where T, lower or upper, is a part of a or of its transpose.
template <bool Lower, bool Transposed>
struct triangular_system {
  template <class To, class A, class B>
  static void run(const To& to, const A& a, const B& b) {
    copy_rows(to.data, b);
    solve_triangular<Lower, false>(a.data, a.strides[Transposed ? 1 : 0],
                                   a.strides[Transposed ? 0 : 1], to.data, to.extents[0],
                                   columns_of(to));
  }
};

/// The columns of a square matrix, one behind the other.
template <class T, class A>
void copy_columns(T* to, const A& a, std::ptrdiff_t n) {
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    for (std::ptrdiff_t j = 0; j < n; ++j) {
      to[j * n + i] = static_cast<T>(a.data[i * a.strides[0] + j * a.strides[1]]);
    }
  }
}

}  // namespace detail

struct routine_library {};

template <>
struct array_routine<"lu"> {
  template <class To, class A>
  static void run(const To& to, const A& a) {
    const std::ptrdiff_t n = to.extents[1];
    detail::copy_columns(to.data, a, n);
    detail::factorise_lu(to.data, n, to.data + n * n);
  }
};
template <>
struct array_routine<"complete_lu"> {
  template <class To, class A>
  static void run(const To& to, const A& a) {
    const std::ptrdiff_t n = to.extents[1];
    detail::copy_columns(to.data, a, n);
    detail::factorise_completely(to.data, n, to.data + n * n, to.data + (n + 1) * n);
  }
};
template <>
struct array_routine<"cofactors"> {
  template <class To, class F>
  static void run(const To& to, const F& factors) {
    detail::cofactors<std::remove_pointer_t<decltype(to.data)>>(factors.data, to.data,
                                                                factors.extents[1]);
  }
};
template <>
struct array_routine<"solve"> {
  template <class To, class F, class B>
  static void run(const To& to, const F& factors, const B& b) {
    detail::copy_rows(to.data, b);
    detail::solve_factorised<false>(factors, to.data, detail::columns_of(to));
  }
};
template <>
struct array_routine<"solve_transposed"> {
  template <class To, class F, class B>
  static void run(const To& to, const F& factors, const B& b) {
    detail::copy_rows(to.data, b);
    detail::solve_factorised<true>(factors, to.data, detail::columns_of(to));
  }
};
template <>
struct array_routine<"inverse"> {
  template <class To, class F>
  static void run(const To& to, const F& factors) {
    using T = std::remove_pointer_t<decltype(to.data)>;
    const std::ptrdiff_t n = to.extents[0];
    for (std::ptrdiff_t i = 0; i < n; ++i) {
      for (std::ptrdiff_t j = 0; j < n; ++j) to.data[i * n + j] = T(i == j ? 1 : 0);
    }
    detail::solve_factorised<false>(factors, to.data, n);
  }
};
template <>
struct array_routine<"det"> {
  template <class To, class F>
  static void run(const To& to, const F& factors) {
    using T = std::remove_pointer_t<decltype(to.data)>;
    const std::ptrdiff_t n = factors.extents[1];
    T result = T(1);
    for (std::ptrdiff_t i = 0; i < n; ++i) {
      const bool exchanged = static_cast<std::ptrdiff_t>(factors.data[n * n + i]) != i;
      result *= exchanged ? -factors.data[i * (n + 1)] : factors.data[i * (n + 1)];
    }
    to.data[0] = result;
  }
};
template <>
struct array_routine<"logdet"> {
  template <class To, class F>
  static void run(const To& to, const F& factors) {
    using T = std::remove_pointer_t<decltype(to.data)>;
    using std::abs, std::log;
    const std::ptrdiff_t n = factors.extents[1];
    T result = T(0);
    for (std::ptrdiff_t i = 0; i < n; ++i) result += log(abs(factors.data[i * (n + 1)]));
    to.data[0] = result;
  }
};
template <>
struct array_routine<"cholesky"> {
  template <class To, class A>
  static void run(const To& to, const A& a) {
    using T = std::remove_pointer_t<decltype(to.data)>;
    const std::ptrdiff_t n = to.extents[0];
    for (std::ptrdiff_t i = 0; i < n; ++i) {
      for (std::ptrdiff_t j = 0; j < n; ++j) {
        to.data[i * n + j] =
            j <= i ? static_cast<T>(a.data[i * a.strides[0] + j * a.strides[1]]) : T(0);
      }
    }
    detail::factorise_cholesky(to.data, n);
  }
};
template <>
struct array_routine<"solve_lower"> : detail::triangular_system<true, false> {};
template <>
struct array_routine<"solve_upper"> : detail::triangular_system<false, false> {};
template <>
struct array_routine<"solve_lower_transposed"> : detail::triangular_system<false, true> {};
template <>
struct array_routine<"solve_upper_transposed"> : detail::triangular_system<true, true> {};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
