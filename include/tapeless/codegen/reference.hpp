// SPDX-License-Identifier: BSL-1.0
#pragma once

// The arrays that a running program with loops reads and writes: pointer, extents, strides.

#include <tapeless/trace/structure.hpp>

#include <cstddef>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// A stride that the type knows is a constant in the code.
template <class E, std::ptrdiff_t... Strides>
struct array_reference {
  static constexpr bool is_array = true;
  static constexpr int rank = static_cast<int>(sizeof...(Strides));
  static constexpr std::ptrdiff_t known[rank]{Strides...};
  E* data;
  std::ptrdiff_t extents[rank], strides[rank];

  TAPELESS_KERNEL constexpr std::ptrdiff_t extent(int d) const { return extents[d]; }
  template <int D>
  TAPELESS_KERNEL constexpr std::ptrdiff_t stride() const {
    if constexpr (known[D] >= 0) {
      return known[D];
    } else {
      return strides[D];
    }
  }
  TAPELESS_KERNEL constexpr E& at(std::ptrdiff_t i, [[maybe_unused]] std::ptrdiff_t j,
                                  [[maybe_unused]] std::ptrdiff_t k) const {
    if constexpr (rank == 1) {
      return data[i * stride<0>()];
    } else if constexpr (rank == 2) {
      return data[i * stride<0>() + j * stride<1>()];
    } else {
      return data[i * stride<0>() + j * stride<1>() + k * stride<2>()];
    }
  }
  TAPELESS_KERNEL constexpr std::ptrdiff_t count() const {
    std::ptrdiff_t n = 1;
    for (int d = 0; d < rank; ++d) n *= extents[d];
    return n;
  }
};

/// Scalars among the arguments and results.
template <class V>
struct scalar_reference {
  static constexpr bool is_array = false;
  V* value;
};

template <class A, std::size_t... D>
constexpr auto container_reference(A& a, std::index_sequence<D...>) {
  using traits = array_traits<std::remove_const_t<A>>;
  using E = std::remove_pointer_t<decltype(traits::data(a))>;
  return array_reference<E, traits::strides[D]...>{traits::data(a),
                                                   {traits::extent(a, static_cast<int>(D))...},
                                                   {traits::stride(a, static_cast<int>(D))...}};
}

/// What the program sees of a scalar, a (nested) std::array or a container.
template <class A>
constexpr auto reference_to(A& a) {
  using plain = std::remove_const_t<A>;
  if constexpr (container<plain>) {
    return container_reference(
        a, std::make_index_sequence<static_cast<std::size_t>(array_traits<plain>::rank)>{});
  } else if constexpr (requires { a[0][0]; }) {
    constexpr auto rows = static_cast<std::ptrdiff_t>(std::tuple_size_v<plain>);
    constexpr auto columns =
        static_cast<std::ptrdiff_t>(std::tuple_size_v<std::remove_cvref_t<decltype(a[0])>>);
    using E = std::remove_reference_t<decltype(a[0][0])>;
    return array_reference<E, columns, 1>{
        rows * columns == 0 ? nullptr : &a[0][0], {rows, columns}, {columns, 1}};
  } else if constexpr (requires { a[0]; }) {
    constexpr auto size = static_cast<std::ptrdiff_t>(std::tuple_size_v<plain>);
    return array_reference<std::remove_reference_t<decltype(a[0])>, 1>{a.data(), {size}, {1}};
  } else {
    return scalar_reference<A>{&a};
  }
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
