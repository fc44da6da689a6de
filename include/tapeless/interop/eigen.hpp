// SPDX-License-Identifier: BSL-1.0
#pragma once

// Eigen's matrices, arrays, maps, references, blocks and transposes as containers of numbers.
// Vectors, row or column, have rank 1; everything else has rank 2, even if it has one column at
// run time.

#include <tapeless/expression/node.hpp>
#include <tapeless/interop/eigen_routines.hpp>
#include <tapeless/trace/container.hpp>

#include <Eigen/Core>

#include <cstddef>
#include <type_traits>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

// The class that Eigen knows: the class itself, or the one that a user's class is derived from.
template <class D>
std::type_identity<D> eigen_base(const Eigen::EigenBase<D>*);
template <class A>
concept eigen = requires(const A* a) { eigen_base(a); };
template <eigen A>
using eigen_type = typename decltype(eigen_base(static_cast<const A*>(nullptr)))::type;

/// Types whose elements lie in memory at regular distances. Not Eigen's DirectAccessBit: with that
/// bit, the diagonal and the reshape of a map with an inner stride report wrong strides.
template <class D>
inline constexpr bool eigen_stored = false;
template <class T, int R, int C, int O, int MR, int MC>
inline constexpr bool eigen_stored<Eigen::Matrix<T, R, C, O, MR, MC>> = true;
template <class T, int R, int C, int O, int MR, int MC>
inline constexpr bool eigen_stored<Eigen::Array<T, R, C, O, MR, MC>> = true;
template <class Plain, int O, class Stride>
inline constexpr bool eigen_stored<Eigen::Map<Plain, O, Stride>> = true;
template <class Plain, int O, class Stride>
inline constexpr bool eigen_stored<Eigen::Ref<Plain, O, Stride>> = true;
template <class X, int R, int C, bool Panel>
inline constexpr bool eigen_stored<Eigen::Block<X, R, C, Panel>> =
    eigen_stored<std::remove_const_t<X>>;
template <class X, int N>
inline constexpr bool eigen_stored<Eigen::VectorBlock<X, N>> = eigen_stored<std::remove_const_t<X>>;
template <class X>
inline constexpr bool eigen_stored<Eigen::Transpose<X>> = eigen_stored<std::remove_const_t<X>>;
template <class X>
inline constexpr bool eigen_stored<Eigen::ArrayWrapper<X>> = eigen_stored<std::remove_const_t<X>>;
template <class X>
inline constexpr bool eigen_stored<Eigen::MatrixWrapper<X>> = eigen_stored<std::remove_const_t<X>>;

template <class A>
concept stored_eigen = eigen<A> && eigen_stored<eigen_type<A>>;

/// The same plain type with other elements.
template <class Plain, class T>
struct eigen_with;
template <class U, int R, int C, int O, int MR, int MC, class T>
struct eigen_with<Eigen::Matrix<U, R, C, O, MR, MC>, T> {
  using type = Eigen::Matrix<T, R, C, O, MR, MC>;
};
template <class U, int R, int C, int O, int MR, int MC, class T>
struct eigen_with<Eigen::Array<U, R, C, O, MR, MC>, T> {
  using type = Eigen::Array<T, R, C, O, MR, MC>;
};

/// What the type says of rows and columns.
template <class D>
struct eigen_layout {
  static constexpr std::ptrdiff_t known(int n) { return n == Eigen::Dynamic ? dynamic : n; }
  static constexpr std::ptrdiff_t rows = known(D::RowsAtCompileTime);
  static constexpr std::ptrdiff_t cols = known(D::ColsAtCompileTime);
  static constexpr bool vector = rows == 1 || cols == 1;
  static constexpr bool across = vector && cols != 1;  ///< a row vector
  static constexpr std::ptrdiff_t row_stride =
      known(D::IsRowMajor ? int(D::OuterStrideAtCompileTime) : int(D::InnerStrideAtCompileTime));
  static constexpr std::ptrdiff_t column_stride =
      known(D::IsRowMajor ? int(D::InnerStrideAtCompileTime) : int(D::OuterStrideAtCompileTime));
};

template <class Layout, bool Vector = Layout::vector>
struct eigen_form {
  static constexpr int rank = 2;
  static constexpr std::ptrdiff_t extents[rank] = {Layout::rows, Layout::cols};
  static constexpr std::ptrdiff_t strides[rank] = {Layout::row_stride, Layout::column_stride};
};
template <class Layout>
struct eigen_form<Layout, true> {
  static constexpr int rank = 1;
  static constexpr std::ptrdiff_t extents[rank] = {Layout::across ? Layout::cols : Layout::rows};
  static constexpr std::ptrdiff_t strides[rank] = {Layout::across ? Layout::column_stride
                                                                  : Layout::row_stride};
};

}  // namespace detail

/// Everything else of Eigen: sums, products, diagonals, triangular and sparse matrices. Such a
/// thing is to be assigned to a dense matrix first.
template <class A>
  requires detail::eigen<std::remove_cvref_t<A>>
inline constexpr bool is_lazy_eigen<A> = !detail::stored_eigen<std::remove_cvref_t<A>>;

template <class D>
inline constexpr bool is_eigen_base<Eigen::MatrixBase<D>> = true;
template <class D>
inline constexpr bool is_eigen_base<Eigen::ArrayBase<D>> = true;

template <detail::stored_eigen A>
  requires(detail::array_element<typename A::Scalar> && !std::is_const_v<A>)
struct array_traits<A> : detail::eigen_form<detail::eigen_layout<detail::eigen_type<A>>> {
 private:
  using type = detail::eigen_type<A>;
  using form = detail::eigen_form<detail::eigen_layout<type>>;
  static constexpr bool across = detail::eigen_layout<type>::across;

  /// Eigen's resize for both ranks.
  static void set(auto& a, const std::ptrdiff_t* sizes) {
    if constexpr (form::rank == 2) {
      a.resize(sizes[0], sizes[1]);
    } else {
      a.resize(sizes[0]);
    }
  }

 public:
  static constexpr bool is_array = true;
  static constexpr bool multiplied_by_library = true;
  using value_type = typename A::Scalar;

  /// A const Map or Ref gives a pointer to const, as in Eigen.
  static constexpr auto* data(auto& a) { return a.data(); }
  static constexpr std::ptrdiff_t extent(const A& a, int dimension) {
    return form::rank == 1 ? a.size() : dimension == 0 ? a.rows() : a.cols();
  }
  static constexpr std::ptrdiff_t stride(const A& a, int dimension) {
    if (form::strides[dimension] != dynamic) return form::strides[dimension];
    return (form::rank == 1 ? !across : dimension == 0) ? a.rowStride() : a.colStride();
  }

  template <class T>
  using owning = typename detail::eigen_with<typename A::PlainObject, T>::type;
  /// The elements are not initialised.
  template <class T>
  static constexpr owning<T> make(const std::ptrdiff_t* sizes) {
    owning<T> result;  // not owning<T>(rows, cols): of two fixed elements, these would be values
    set(result, sizes);
    return result;
  }

  static constexpr bool resizable = std::is_base_of_v<Eigen::PlainObjectBase<type>, A> &&
                                    type::SizeAtCompileTime == Eigen::Dynamic;
  static constexpr void resize(A& a, const std::ptrdiff_t* sizes)
    requires resizable
  {
    set(a, sizes);
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless

/// An expression is no scalar to Eigen, though it converts to double, to say what is wrong with
/// that: its operators leave expressions to the library's.
template <class Scalar, tapeless::expression E>
struct Eigen::internal::promote_scalar_arg<Scalar, E, false> {};
