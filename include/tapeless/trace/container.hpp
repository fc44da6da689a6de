// SPDX-License-Identifier: BSL-1.0
#pragma once

// How the library sees a user's container of numbers: a pointer, extents, strides. A container of
// one's own becomes one by specialising `array_traits` for its type A, without const or reference:
//
//   template <> struct tapeless::array_traits<A> {
//     static constexpr bool is_array = true;
//     using value_type = double;  // of the elements, without const
//     static constexpr int rank = 2;  // or 1
//     // What the type knows of them; dynamic stands for the rest. Strides count elements.
//     static constexpr std::ptrdiff_t extents[rank] = {tapeless::dynamic, tapeless::dynamic};
//     static constexpr std::ptrdiff_t strides[rank] = {tapeless::dynamic, 1};
//     // The first element; anything, also null, if there is none. Const for a const A.
//     static auto* data(auto& a);
//     static std::ptrdiff_t extent(const A& a, int dimension);
//     static std::ptrdiff_t stride(const A& a, int dimension);
//     // In what a gradient whose elements are T is returned.
//     template <class T> using owning = ...;
//     template <class T> static owning<T> make(const std::ptrdiff_t* sizes);
//     // Whether A itself can be resized; only then is resize needed.
//     static constexpr bool resizable = true;
//     static void resize(A& a, const std::ptrdiff_t* sizes);
//   };
//
// std::array is not among them: its elements are parts of a structure, see structure.hpp.

#include <tapeless/primitive/operand.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <type_traits>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// An extent or stride that the type does not know.
inline constexpr std::ptrdiff_t dynamic = -1;

/// How a container of numbers is read and written. Primary template: not a container.
template <class A>
struct array_traits {
  static constexpr bool is_array = false;
};

template <class A>
concept container = array_traits<std::remove_const_t<std::remove_reference_t<A>>>::is_array;

/// Eigen's expressions that own no elements: interop/eigen.hpp says which. They are no containers,
/// and an error can say so.
template <class A>
inline constexpr bool is_lazy_eigen = false;

/// Eigen's base classes, MatrixBase<D> and its like: what they are shows a.derived().
template <class A>
inline constexpr bool is_eigen_base = false;

/// std::vector, completed by view.hpp: <vector> alone would take a tenth of the time that the
/// whole library takes to read.
template <class T>
struct owning_vector;  // to return a std::vector, #include <tapeless/trace/view.hpp>

namespace detail {

/// Elements of containers may be const; what is returned is made of T without const. Characters
/// are text, not numbers.
template <class T>
concept array_element =
    number<T> && !std::is_volatile_v<T> && !std::same_as<std::remove_const_t<T>, char> &&
    !std::same_as<std::remove_const_t<T>, wchar_t> &&
    !std::same_as<std::remove_const_t<T>, char8_t> &&
    !std::same_as<std::remove_const_t<T>, char16_t> &&
    !std::same_as<std::remove_const_t<T>, char32_t>;

/// std::allocator_traits::rebind_alloc, whose header costs more.
template <class Allocator, class T>
struct rebound;
template <class Allocator, class T>
  requires requires { typename Allocator::template rebind<T>::other; }
struct rebound<Allocator, T> {
  using type = typename Allocator::template rebind<T>::other;
};
template <template <class, class...> class Allocator, class U, class... Rest, class T>
  requires(!requires { typename Allocator<U, Rest...>::template rebind<T>::other; })
struct rebound<Allocator<U, Rest...>, T> {
  using type = Allocator<T, Rest...>;
};

/// What std::vector<T, Allocator> has, and std::vector<bool> and std::deque have not.
template <class A, class T, class Allocator>
concept vector_like =
    std::same_as<typename A::value_type, T> &&
    std::same_as<typename A::allocator_type, Allocator> &&
    std::constructible_from<A, std::size_t> && requires(A& a, const A& c, std::size_t n) {
      { a.data() } -> std::same_as<T*>;
      { c.data() } -> std::same_as<const T*>;
      { c.size() } -> std::convertible_to<std::size_t>;
      a.resize(n);
    };

/// std::dynamic_extent.
inline constexpr std::size_t any_size = static_cast<std::size_t>(-1);

/// What std::span<T, N> has, and std::array<T, N> has not.
template <class A, class T, std::size_t N>
concept span_like =
    std::same_as<typename A::element_type, T> && A::extent == N && requires(const A& a) {
      { a.data() } -> std::same_as<T*>;
      { a.size() } -> std::convertible_to<std::size_t>;
    };

/// What arrays of rank 1 whose elements lie side by side share.
template <std::ptrdiff_t Extent>
struct dense_vector_traits {
  static constexpr bool is_array = true;
  static constexpr int rank = 1;
  static constexpr std::ptrdiff_t extents[rank] = {Extent};
  static constexpr std::ptrdiff_t strides[rank] = {1};
  static constexpr auto* data(auto& a) { return a.data(); }
  static constexpr std::ptrdiff_t extent(const auto& a, int) {
    return static_cast<std::ptrdiff_t>(a.size());
  }
  static constexpr std::ptrdiff_t stride(const auto&, int) { return 1; }
  static constexpr bool resizable = false;
};

}  // namespace detail

/// std::vector and its likes, known by what they have: <vector> is the user's to include, and
/// <span>.
template <template <class, class> class Vector, detail::array_element T, class Allocator>
  requires detail::vector_like<Vector<T, Allocator>, T, Allocator>
struct array_traits<Vector<T, Allocator>> : detail::dense_vector_traits<dynamic> {
  using value_type = T;
  template <class U>
  using owning = Vector<U, typename detail::rebound<Allocator, U>::type>;
  template <class U>
  static constexpr owning<U> make(const std::ptrdiff_t* sizes) {
    return owning<U>(static_cast<std::size_t>(sizes[0]));
  }
  static constexpr bool resizable = true;
  static constexpr void resize(Vector<T, Allocator>& a, const std::ptrdiff_t* sizes) {
    a.resize(static_cast<std::size_t>(sizes[0]));
  }
};

/// Of a span only the elements are the caller's. Const elements make it an argument that is read.
template <template <class, std::size_t> class Span, detail::array_element T, std::size_t N>
  requires detail::span_like<Span<T, N>, T, N>
struct array_traits<Span<T, N>> : detail::dense_vector_traits<static_cast<std::ptrdiff_t>(N)> {
  using value_type = std::remove_const_t<T>;
  template <class U>
  using owning = std::array<U, N>;
  template <class U>
  static constexpr owning<U> make(const std::ptrdiff_t*) {
    return {};
  }
};
template <template <class, std::size_t> class Span, detail::array_element T>
  requires detail::span_like<Span<T, detail::any_size>, T, detail::any_size>
struct array_traits<Span<T, detail::any_size>> : detail::dense_vector_traits<dynamic> {
  using value_type = std::remove_const_t<T>;
  template <class U>
  using owning = typename owning_vector<U>::type;
  template <class U>
  static constexpr owning<U> make(const std::ptrdiff_t* sizes) {
    return owning<U>(static_cast<std::size_t>(sizes[0]));
  }
};

template <detail::array_element T, std::size_t N>
  requires(!std::is_const_v<T>)
struct array_traits<T[N]> : detail::dense_vector_traits<static_cast<std::ptrdiff_t>(N)> {
  using value_type = T;
  static constexpr auto* data(auto& a) { return &a[0]; }
  static constexpr std::ptrdiff_t extent(const T (&)[N], int) {
    return static_cast<std::ptrdiff_t>(N);
  }
  template <class U>
  using owning = std::array<U, N>;
  template <class U>
  static constexpr owning<U> make(const std::ptrdiff_t*) {
    return {};
  }
};

template <detail::array_element T, std::size_t N, std::size_t M>
  requires(!std::is_const_v<T>)
struct array_traits<T[N][M]> {
  static constexpr bool is_array = true;
  using value_type = T;
  static constexpr int rank = 2;
  static constexpr std::ptrdiff_t extents[rank] = {N, M};
  static constexpr std::ptrdiff_t strides[rank] = {M, 1};
  /// Constant evaluation follows it only to the end of the first row.
  static constexpr auto* data(auto& a) { return &a[0][0]; }
  static constexpr std::ptrdiff_t extent(const T (&)[N][M], int dimension) {
    return extents[dimension];
  }
  static constexpr std::ptrdiff_t stride(const T (&)[N][M], int dimension) {
    return strides[dimension];
  }
  template <class U>
  using owning = std::array<std::array<U, M>, N>;
  template <class U>
  static constexpr owning<U> make(const std::ptrdiff_t*) {
    return {};
  }
  static constexpr bool resizable = false;
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
