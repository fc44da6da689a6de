// SPDX-License-Identifier: BSL-1.0
#pragma once

// Numbers that lie in memory which someone else owns, seen as an array of rank 1 or 2, and the
// matrix in which a gradient with respect to such an array of rank 2 is returned.
//
//   tl::view(pointer, size)
//   tl::view(pointer, rows, columns)                                  row by row, without gaps
//   tl::view(pointer, rows, columns, row_stride, column_stride)       strides in elements
//
// A view of `const double` is only read.

#include <tapeless/trace/container.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class T>
struct owning_vector {
  using type = std::vector<T>;
};

/// What tl::view returns. Copies see the same elements. Strided: neighbours in a row or rows may
/// lie anywhere.
template <detail::array_element T, int Rank, bool Strided = false>
class array_view;

template <detail::array_element T>
class array_view<T, 1> {
 public:
  using element_type = T;
  using value_type = std::remove_const_t<T>;

  constexpr array_view(T* data, std::ptrdiff_t size) : data_(data), size_(size) {}

  constexpr T* data() const { return data_; }
  constexpr std::ptrdiff_t size() const { return size_; }
  constexpr T* begin() const { return data_; }
  constexpr T* end() const { return data_ + size_; }
  constexpr T& operator[](std::integral auto i) const { return data_[i]; }

 private:
  T* data_;
  std::ptrdiff_t size_;
};

template <detail::array_element T, bool Strided>
class array_view<T, 2, Strided> {
 public:
  using element_type = T;
  using value_type = std::remove_const_t<T>;

  constexpr array_view(T* data, std::ptrdiff_t rows, std::ptrdiff_t cols)
    requires(!Strided)
      : data_(data), extents_{rows, cols}, strides_{cols, 1} {}
  constexpr array_view(T* data, std::ptrdiff_t rows, std::ptrdiff_t cols, std::ptrdiff_t row_stride,
                       std::ptrdiff_t column_stride)
    requires Strided
      : data_(data), extents_{rows, cols}, strides_{row_stride, column_stride} {}

  constexpr T* data() const { return data_; }
  constexpr std::ptrdiff_t rows() const { return extents_[0]; }
  constexpr std::ptrdiff_t cols() const { return extents_[1]; }
  constexpr std::ptrdiff_t row_stride() const { return strides_[0]; }
  constexpr std::ptrdiff_t column_stride() const { return strides_[1]; }
  constexpr T& operator()(std::integral auto row, std::integral auto column) const {
    return data_[static_cast<std::ptrdiff_t>(row) * strides_[0] +
                 static_cast<std::ptrdiff_t>(column) * strides_[1]];
  }

 private:
  T* data_;
  std::ptrdiff_t extents_[2];
  std::ptrdiff_t strides_[2];
};

// Sizes and strides of any integral type: sizes that containers report are unsigned, and strides
// may be negative.

/// view(pointer, size): the numbers pointer[0] ... pointer[size - 1].
template <detail::array_element T>
constexpr array_view<T, 1> view(T* pointer, std::integral auto size) {
  return {pointer, static_cast<std::ptrdiff_t>(size)};
}
/// view(pointer, rows, cols): a matrix whose rows follow one another.
template <detail::array_element T>
constexpr array_view<T, 2> view(T* pointer, std::integral auto rows, std::integral auto cols) {
  return {pointer, static_cast<std::ptrdiff_t>(rows), static_cast<std::ptrdiff_t>(cols)};
}
/// view(pointer, rows, cols, row_stride, column_stride): a matrix whose element (i, j) is
/// pointer[i * row_stride + j * column_stride].
template <detail::array_element T>
constexpr array_view<T, 2, true> view(T* pointer, std::integral auto rows, std::integral auto cols,
                                      std::integral auto row_stride,
                                      std::integral auto column_stride) {
  return {pointer, static_cast<std::ptrdiff_t>(rows), static_cast<std::ptrdiff_t>(cols),
          static_cast<std::ptrdiff_t>(row_stride), static_cast<std::ptrdiff_t>(column_stride)};
}

/// A matrix that owns its elements, row by row.
template <class T>
class matrix {
 public:
  using value_type = T;

  constexpr matrix() = default;
  /// All elements are T().
  constexpr matrix(std::integral auto rows, std::integral auto cols)
      : elements_(static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols)),
        rows_(static_cast<std::ptrdiff_t>(rows)),
        cols_(static_cast<std::ptrdiff_t>(cols)) {}

  constexpr matrix(const matrix&) = default;
  /// A matrix that was moved from has no rows: its elements have left.
  constexpr matrix(matrix&& other) noexcept
      : elements_(std::move(other.elements_)), rows_(other.rows_), cols_(other.cols_) {
    other.rows_ = other.cols_ = 0;
  }
  constexpr matrix& operator=(matrix other) noexcept {
    elements_.swap(other.elements_);
    rows_ = other.rows_;
    cols_ = other.cols_;
    return *this;
  }

  constexpr std::ptrdiff_t rows() const { return rows_; }
  constexpr std::ptrdiff_t cols() const { return cols_; }
  constexpr T& operator()(std::integral auto row, std::integral auto column) {
    return elements_[index(row, column)];
  }
  constexpr const T& operator()(std::integral auto row, std::integral auto column) const {
    return elements_[index(row, column)];
  }
  constexpr T* data() { return elements_.data(); }
  constexpr const T* data() const { return elements_.data(); }
  constexpr auto begin() { return elements_.begin(); }
  constexpr auto begin() const { return elements_.begin(); }
  constexpr auto end() { return elements_.end(); }
  constexpr auto end() const { return elements_.end(); }

  /// What the elements are afterwards is unspecified. If it throws, nothing has changed.
  constexpr void resize(std::integral auto rows, std::integral auto cols) {
    elements_.resize(static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols));
    rows_ = static_cast<std::ptrdiff_t>(rows);
    cols_ = static_cast<std::ptrdiff_t>(cols);
  }

  friend bool operator==(const matrix&, const matrix&) = default;

 private:
  constexpr std::size_t index(std::integral auto row, std::integral auto column) const {
    return static_cast<std::size_t>(static_cast<std::ptrdiff_t>(row) * cols_ +
                                    static_cast<std::ptrdiff_t>(column));
  }

  std::vector<T> elements_;
  std::ptrdiff_t rows_ = 0;
  std::ptrdiff_t cols_ = 0;
};

template <class T>
struct array_traits<array_view<T, 1>> : detail::dense_vector_traits<dynamic> {
  using value_type = std::remove_const_t<T>;
  template <class U>
  using owning = std::vector<U>;
  template <class U>
  static constexpr owning<U> make(const std::ptrdiff_t* sizes) {
    return owning<U>(static_cast<std::size_t>(sizes[0]));
  }
};

template <class T, bool Strided>
struct array_traits<array_view<T, 2, Strided>> {
  static constexpr bool is_array = true;
  using value_type = std::remove_const_t<T>;
  static constexpr int rank = 2;
  static constexpr std::ptrdiff_t extents[rank] = {dynamic, dynamic};
  static constexpr std::ptrdiff_t strides[rank] = {dynamic, Strided ? dynamic : 1};
  static constexpr T* data(auto& a) { return a.data(); }
  static constexpr std::ptrdiff_t extent(const array_view<T, 2, Strided>& a, int dimension) {
    return dimension == 0 ? a.rows() : a.cols();
  }
  static constexpr std::ptrdiff_t stride(const array_view<T, 2, Strided>& a, int dimension) {
    return dimension == 0 ? a.row_stride() : a.column_stride();
  }
  template <class U>
  using owning = matrix<U>;
  template <class U>
  static constexpr owning<U> make(const std::ptrdiff_t* sizes) {
    return {sizes[0], sizes[1]};
  }
  static constexpr bool resizable = false;
};

template <detail::array_element T>
  requires(!std::is_const_v<T>)
struct array_traits<matrix<T>> {
  static constexpr bool is_array = true;
  using value_type = T;
  static constexpr int rank = 2;
  static constexpr std::ptrdiff_t extents[rank] = {dynamic, dynamic};
  static constexpr std::ptrdiff_t strides[rank] = {dynamic, 1};
  static constexpr auto* data(auto& a) { return a.data(); }
  static constexpr std::ptrdiff_t extent(const matrix<T>& a, int dimension) {
    return dimension == 0 ? a.rows() : a.cols();
  }
  static constexpr std::ptrdiff_t stride(const matrix<T>& a, int dimension) {
    return dimension == 0 ? a.cols() : 1;
  }
  template <class U>
  using owning = matrix<U>;
  template <class U>
  static constexpr owning<U> make(const std::ptrdiff_t* sizes) {
    return {sizes[0], sizes[1]};
  }
  static constexpr bool resizable = true;
  static constexpr void resize(matrix<T>& a, const std::ptrdiff_t* sizes) {
    a.resize(sizes[0], sizes[1]);
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
