// SPDX-License-Identifier: BSL-1.0
#pragma once

// Shapes: what the structure of an argument or a result is, as a type that forgets the scalar types
// and keeps the rest. Scalars, arrays, tuples, pairs, and records, whose members may be data.

#include <tapeless/primitive/dual.hpp>
#include <tapeless/trace/array.hpp>
#include <tapeless/trace/container.hpp>
#include <tapeless/trace/record.hpp>
#include <tapeless/trace/traced.hpp>
#include <tapeless/trace/traced_view.hpp>

#include <array>
#include <tuple>
#include <utility>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Types that a program may be run on: arithmetic, and whatever a user opens by specialising.
template <class T>
inline constexpr bool is_scalar = number<T>;
template <class T>
inline constexpr bool is_scalar<dual<T>> = is_scalar<T>;
/// std::complex, without its header.
template <template <class> class Complex, number T>
  requires requires(const Complex<T>& z) {
    { z.real() } -> std::same_as<T>;
    { z.imag() } -> std::same_as<T>;
    { z* z } -> std::same_as<Complex<T>>;
  }
inline constexpr bool is_scalar<Complex<T>> = true;

/// The traced argument of a shape whose leaves are the nodes first, first + 1, ...
template <class Shape>
struct traced_argument;

namespace shape {
struct scalar {
  static constexpr int leaves = 1;
  static constexpr bool valid = true;
};
struct integer {  ///< a member of a record that has no derivative
  static constexpr int leaves = 1;
  static constexpr bool valid = true;
};
struct opaque {  ///< likewise, and nothing that a program could use: a text
  static constexpr int leaves = 0;
  static constexpr bool valid = true;
};
struct none {  ///< no structure of scalars
  static constexpr int leaves = 0;
  static constexpr bool valid = false;
};
/// An array that stays one: its leaf is the array. Extents of -1 are known at run time only; of -2
/// too, and large products of such matrices are a library's work. That is a property of the
/// arguments' types, so that translation units which know of no library make the same programs.
template <int Rank, bool Integers, std::ptrdiff_t... Extents>
struct container {
  static constexpr int leaves = 1;
  static constexpr bool valid = true;
  static constexpr int rank = Rank;
  static constexpr bool integers = Integers;
  static constexpr std::ptrdiff_t extents[]{Extents...};
};
/// A (nested) std::array of scalars in a program with loops, likewise.
template <class E, int N>
struct block {
  static constexpr int leaves = 1;
  static constexpr bool valid = true;
};
template <class E, int N>
struct array {
  static constexpr int leaves = N * E::leaves;
  static constexpr bool valid = E::valid;
};
template <class Form, class... E>
struct structure {
  static constexpr int leaves = (0 + ... + E::leaves);
  static constexpr bool valid = (true && ... && E::valid);
};
template <class... E>
using tuple = structure<void, E...>;
template <class A, class B>
struct pair {
  static constexpr int leaves = A::leaves + B::leaves;
  static constexpr bool valid = A::valid && B::valid;
};
}  // namespace shape

template <class T>
struct shape_of_record;
template <class T>
constexpr auto shape_of_other() {
  if constexpr (is_scalar<T>) {
    return type_tag<shape::scalar>{};
  } else if constexpr (is_record<T>) {
    return type_tag<typename shape_of_record<T>::type>{};
  } else {
    return type_tag<shape::none>{};
  }
}
template <class T>
struct shape_of_type {
  using type = typename decltype(shape_of_other<T>())::type;
};
/// What a body sees for a member that is neither a number nor an array.
struct opaque_leaf {
  // Exist to say what is wrong with them. Deduced results: g++ then reports where they are named.
  template <class T>
  friend constexpr auto operator==(const opaque_leaf&, const T&) {
    return opaque_in_body<T>();
  }
  template <class T = opaque_leaf>
  constexpr auto size() const {
    opaque_in_body<T>();
    return typename stand_in<T>::type{};
  }
  template <class T = opaque_leaf>
  constexpr auto empty() const {
    return opaque_in_body<T>();
  }
};
template <>
struct shape_of_type<opaque_leaf> {
  using type = shape::opaque;
};
template <>
struct shape_of_type<traced> {
  using type = shape::scalar;
};
template <class A, class Traits, std::size_t... D>
constexpr auto container_shape(std::index_sequence<D...>) {
  constexpr bool by_library = requires { requires Traits::multiplied_by_library; };
  return shape::container<Traits::rank, std::is_integral_v<typename Traits::value_type>,
                          (by_library && Traits::rank == 2 && Traits::extents[D] < 0
                               ? std::ptrdiff_t{-2}
                               : Traits::extents[D])...>{};
}
template <container A>
struct shape_of_type<A> {
  using traits = array_traits<A>;
  using type = decltype(container_shape<A, traits>(
      std::make_index_sequence<static_cast<std::size_t>(traits::rank)>{}));
};
template <int Rank, bool Integers>
struct shape_of_type<traced_view<Rank, Integers>> {
  using type =
      std::conditional_t<Rank == 1, shape::container<1, Integers, -1>,
                         std::conditional_t<Rank == 2, shape::container<2, Integers, -1, -1>,
                                            shape::container<3, Integers, -1, -1, -1>>>;
};
template <>
struct shape_of_type<traced_index> {
  using type = shape::scalar;
};
template <class T, std::size_t N>
struct shape_of_type<std::array<T, N>> {
  template <std::size_t... I>
  static constexpr auto find(std::index_sequence<I...>) {
    using element = typename shape_of_type<T>::type;
    if constexpr (is_tuple_like<std::array<T, N>>) {
      return type_tag<shape::structure<repeated_form<static_cast<int>(N)>, same<element, I>...>>{};
    } else if constexpr (container<T>) {
      return type_tag<shape::none>{};
    } else {
      return type_tag<shape::array<element, static_cast<int>(N)>>{};
    }
  }
  template <class E, std::size_t>
  using same = E;
  using type = typename decltype(find(std::make_index_sequence<is_whole<T> ? N : 0>{}))::type;
};
template <class E, int N>
struct shape_of_type<traced_array<E, N>> {
  using type = shape::array<typename shape_of_type<E>::type, N>;
};
template <class... T>
struct shape_of_type<std::tuple<T...>> {
  using type = shape::tuple<typename shape_of_type<T>::type...>;
};
template <class A, class B>
struct shape_of_type<std::pair<A, B>> {
  using type = shape::pair<typename shape_of_type<A>::type, typename shape_of_type<B>::type>;
};
template <class... T>
struct shape_of_type<boost::hana::tuple<T...>> {
  using type = shape::structure<hana_tuple_form, typename shape_of_type<T>::type...>;
};
template <class S, class... T>
struct shape_of_type<traced_record<members_by_get_or_binding<S>, T...>>
    : shape_of_record<traced_record<members_by_get_or_binding<S>, T...>> {};
template <class T>
using shape_of = typename shape_of_type<std::remove_cvref_t<T>>::type;

/// A type without shape says of itself that it is made of floating-point numbers.
template <class T>
constexpr bool holds_numbers() {
  if constexpr (std::is_array_v<T>) {
    return holds_numbers<std::remove_all_extents_t<T>>();
  } else if constexpr (is_tuple_like<T>) {
    return []<std::size_t... I>(std::index_sequence<I...>) {
      return (holds_numbers<part_type<I, T>>() || ...);
    }(part_indices<T>{});
  } else if constexpr (requires { typename T::value_type; }) {
    using element = typename T::value_type;
    if constexpr (std::same_as<element, T>) {
      return false;
    } else {
      return holds_numbers<std::remove_cv_t<element>>();
    }
  } else if constexpr (requires { typename T::Scalar; }) {
    // Eigen's, without its header here, or none of its arrays.
    return std::is_floating_point_v<typename T::Scalar>;
  } else {
    return std::is_floating_point_v<T>;
  }
}
/// Of a member of a record: integers are data there, and what has no shape is carried along,
/// unless it may be meant to have derivatives.
template <class T>
struct shape_of_member {
  static constexpr auto choose() {
    if constexpr (std::is_integral_v<T>) {
      return type_tag<shape::integer>{};
    } else if constexpr (shape_of<T>::valid || holds_numbers<T>()) {
      return type_tag<shape_of<T>>{};
    } else {
      return type_tag<shape::opaque>{};
    }
  }
  using type = typename decltype(choose())::type;
};
template <class T>
using member_shape = typename shape_of_member<T>::type;
template <class Shape>
inline constexpr bool is_passive =
    std::same_as<Shape, shape::integer> || std::same_as<Shape, shape::opaque>;
template <int Rank, std::ptrdiff_t... Extents>
inline constexpr bool is_passive<shape::container<Rank, true, Extents...>> = true;

/// A record keeps its members' names in a body if it is a template over what its leaves are:
///
///   template <template <class> class Leaf = std::type_identity_t>
///   struct layer { BOOST_HANA_DEFINE_STRUCT(layer, (Leaf<matrix>, W), (Leaf<double>, s)); };
template <class T>
using traced_leaf = typename traced_argument<member_shape<T>>::type;
template <template <template <class> class> class R>
struct leaf_form {
  template <class...>
  using of = R<traced_leaf>;
};
template <class S>
struct form_of_record {
  using type = members_by_get_or_binding<S>;
};
template <template <template <class> class> class R, template <class> class Leaf>
struct form_of_record<R<Leaf>> {
  using type = leaf_form<R>;
};
template <class S, class... T>
struct form_of_record<traced_record<members_by_get_or_binding<S>, T...>> {
  using type = members_by_get_or_binding<S>;
};
/// What the user wrote, whose members show which of them are data.
template <class T>
struct written_record {
  using type = T;
};
template <template <template <class> class> class R, template <class> class Leaf>
struct written_record<R<Leaf>> {
  using type = R<std::type_identity_t>;
};
template <class S, class... T>
struct written_record<traced_record<members_by_get_or_binding<S>, T...>> {
  using type = S;
};
template <class T>
struct shape_of_record {
  using written = typename written_record<T>::type;
  template <class W, class P>
  using member = std::conditional_t<is_passive<member_shape<W>>, member_shape<W>, member_shape<P>>;
  template <std::size_t... I>
  static auto find(std::index_sequence<I...>)
      -> shape::structure<typename form_of_record<T>::type,
                          member<part_type<I, written>, part_type<I, T>>...>;
  using type = decltype(find(part_indices<T>{}));
};
/// Arrays of tuples or pairs, whose leaves may differ in type.
template <class T>
inline constexpr bool holds_tuples = false;
template <class T, std::size_t N>
inline constexpr bool holds_tuples<std::array<T, N>> = is_tuple_like<T> || holds_tuples<T>;

/// Member number I of a record has no derivative.
template <class T, std::size_t I>
constexpr bool has_passive_part() {
  if constexpr (is_record<T> || is_traced_record<T>) {
    return is_passive<member_shape<part_type<I, typename written_record<T>::type>>>;
  } else {
    return false;
  }
}
template <class T>
constexpr bool find_passive() {
  if constexpr (is_tuple_like<T>) {
    return []<std::size_t... I>(std::index_sequence<I...>) {
      return ((has_passive_part<T, I>() || find_passive<part_type<I, T>>()) || ...);
    }(part_indices<T>{});
  } else if constexpr (holds_tuples<T>) {
    return find_passive<typename T::value_type>();
  } else {
    return false;
  }
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
