// SPDX-License-Identifier: BSL-1.0
#pragma once

// The leaves of trees, side by side: numbers and arrays, and the elements of these.

#include <tapeless/api/output_elements.hpp>
#include <tapeless/api/refuse.hpp>
#include <tapeless/codegen/reference.hpp>
#include <tapeless/codegen/scalar.hpp>

#include <type_traits>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

/// Elements lie side by side, all in one order.
template <class A>
constexpr bool is_dense(const A& a) {
  if constexpr (A::rank == 1) {
    return a.template stride<0>() == 1;
  } else {
    return a.template stride<1>() == 1
               ? a.template stride<0>() == a.extents[1]
               : a.template stride<0>() == 1 && a.template stride<1>() == a.extents[0];
  }
}
template <class A, class B>
constexpr bool same_order(const A& a, const B& b) {
  if constexpr (A::rank == 1) {
    return true;
  } else {
    return a.template stride<0>() == b.template stride<0>() &&
           a.template stride<1>() == b.template stride<1>();
  }
}

/// use(element, elements...) for all elements of arrays of one size.
template <class Use, class A, class... B>
constexpr void each_element(const Use& use, const A& a, const B&... b) {
  if (is_dense(a) && (true && ... && (is_dense(b) && same_order(a, b)))) {
    const std::ptrdiff_t count = a.count();
    for (std::ptrdiff_t i = 0; i < count; ++i) use(a.data[i], b.data[i]...);
  } else if constexpr (A::rank == 1) {
    for (std::ptrdiff_t i = 0; i < a.extents[0]; ++i) use(a.at(i, 0, 0), b.at(i, 0, 0)...);
  } else {
    for (std::ptrdiff_t i = 0; i < a.extents[0]; ++i) {
      for (std::ptrdiff_t j = 0; j < a.extents[1]; ++j) use(a.at(i, j, 0), b.at(i, j, 0)...);
    }
  }
}

template <class P>
inline constexpr bool is_array_leaf =
    container<P> || scalar_rank<shape_of<P>> == 1 || scalar_rank<shape_of<P>> == 2;

template <std::size_t I, class Leaf, class P, class... Q>
constexpr void each_leaf_of_part(const Leaf& leaf, P& p, Q&... q);

/// leaf(number or array, numbers or arrays...) for all leaves of trees of one structure.
template <class Leaf, class P, class... Q>
constexpr void each_leaf(const Leaf& leaf, P& p, Q&... q) {
  using plain = std::remove_const_t<P>;
  if constexpr (!shape_of<plain>::valid) {
    refuse_argument<plain>();
  } else if constexpr (is_tuple_like<plain>) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (each_leaf_of_part<I>(leaf, p, q...), ...);
    }(part_indices<plain>{});
  } else if constexpr (std::is_floating_point_v<plain>) {
    leaf(p, q...);
  } else if constexpr (is_array_leaf<plain>) {
    if constexpr (std::is_floating_point_v<typename scalar_of_type<plain>::type>) {
      leaf(reference_to(p), reference_to(q)...);
    }
  } else if constexpr (requires { std::tuple_size<plain>::value; }) {
    for (std::size_t i = 0; i < p.size(); ++i) each_leaf(leaf, p[i], q[i]...);
  }
}
template <std::size_t I, class Leaf, class P, class... Q>
constexpr void each_leaf_of_part(const Leaf& leaf, P& p, Q&... q) {
  if constexpr (!has_passive_part<std::remove_const_t<P>, I>()) {
    each_leaf(leaf, part_of<I>(p), part_of<I>(q)...);
  }
}

}  // namespace detail
}  // namespace TAPELESS_ABI
}  // namespace tapeless
