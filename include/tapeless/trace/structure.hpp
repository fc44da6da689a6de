// SPDX-License-Identifier: BSL-1.0
#pragma once

// Structures of arguments and results: scalars, std::array (nested), std::tuple, std::pair,
// records. A structure is described by a `shape` type, which forgets the scalar types and keeps the
// rest.

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

/// Structures of one kind, whose arrays have the same extents where both are types' constants.
template <class A, class B>
inline constexpr bool same_shape = std::same_as<A, B>;
template <int Rank, bool Integers, std::ptrdiff_t... A, std::ptrdiff_t... B>
inline constexpr bool
    same_shape<shape::container<Rank, Integers, A...>, shape::container<Rank, Integers, B...>> =
        ((A == B || A < 0 || B < 0) && ...);
template <class A, class B, int N>
inline constexpr bool same_shape<shape::array<A, N>, shape::array<B, N>> = same_shape<A, B>;
template <class Form, class... A, class... B>
  requires(sizeof...(A) == sizeof...(B))
inline constexpr bool same_shape<shape::structure<Form, A...>, shape::structure<Form, B...>> =
    (same_shape<A, B> && ...);
template <class A, class B, class C, class D>
inline constexpr bool same_shape<shape::pair<A, B>, shape::pair<C, D>> =
    same_shape<A, C> && same_shape<B, D>;

/// All leaves are numbers, whose arithmetic does not throw.
template <class T>
constexpr bool record_has_plain_leaves();
template <class T>
inline constexpr bool has_plain_leaves = std::is_arithmetic_v<T> || record_has_plain_leaves<T>();
template <class T, std::size_t N>
inline constexpr bool has_plain_leaves<std::array<T, N>> = has_plain_leaves<T>;
template <class... T>
inline constexpr bool has_plain_leaves<std::tuple<T...>> = (has_plain_leaves<T> && ...);
template <class A, class B>
inline constexpr bool has_plain_leaves<std::pair<A, B>> =
    has_plain_leaves<A> && has_plain_leaves<B>;
template <class T>
constexpr bool record_has_plain_leaves() {
  if constexpr (is_tuple_like<T>) {
    return []<std::size_t... I>(std::index_sequence<I...>) {
      return (has_plain_leaves<part_type<I, T>> && ...);
    }(part_indices<T>{});
  } else {
    return false;
  }
}

/// The shape in a program with loops: arrays of scalars become one leaf each.
template <class Shape>
struct looped_shape {
  using type = Shape;
};
template <class E>
inline constexpr int scalar_rank = std::same_as<E, shape::scalar> ? 0 : -1;
template <class E, int N>
inline constexpr int scalar_rank<shape::array<E, N>> = scalar_rank<E> < 0 ? -1 : scalar_rank<E> + 1;
template <class E, int N>
struct looped_shape<shape::array<E, N>> {
  static constexpr int inner = scalar_rank<E>;
  using type = std::conditional_t<inner == 0 || inner == 1, shape::block<E, N>,
                                  shape::array<typename looped_shape<E>::type, N>>;
};
template <class Form, class... E>
struct looped_shape<shape::structure<Form, E...>> {
  using type = shape::structure<Form, typename looped_shape<E>::type...>;
};
template <class A, class B>
struct looped_shape<shape::pair<A, B>> {
  using type = shape::pair<typename looped_shape<A>::type, typename looped_shape<B>::type>;
};
template <class Shape>
using looped = typename looped_shape<Shape>::type;

/// An argument of this shape makes its function a program with loops.
template <class Shape>
inline constexpr bool has_container = false;
template <int Rank, bool Integers, std::ptrdiff_t... Extents>
inline constexpr bool has_container<shape::container<Rank, Integers, Extents...>> = true;
template <class E, int N>
inline constexpr bool has_container<shape::block<E, N>> = true;
template <class E, int N>
inline constexpr bool has_container<shape::array<E, N>> = has_container<E>;
template <class Form, class... E>
inline constexpr bool has_container<shape::structure<Form, E...>> = (has_container<E> || ...);
template <class A, class B>
inline constexpr bool has_container<shape::pair<A, B>> = has_container<A> || has_container<B>;

template <class Shape>
inline constexpr bool is_integer_array = false;
template <int Rank, std::ptrdiff_t... Extents>
inline constexpr bool is_integer_array<shape::container<Rank, true, Extents...>> = true;

/// A leaf of scalars, whose types the shape has forgotten.
template <class Shape>
inline constexpr bool may_be_integer = std::same_as<Shape, shape::scalar>;
template <>
inline constexpr bool may_be_integer<shape::integer> = true;
template <class E, int N>
inline constexpr bool may_be_integer<shape::block<E, N>> = true;

/// A shape of which some leaves have no derivative: members of records.
template <class Shape>
inline constexpr bool holds_passive = false;
template <class E, int N>
inline constexpr bool holds_passive<shape::array<E, N>> = holds_passive<E>;
template <class Form, class... E>
inline constexpr bool holds_passive<shape::structure<Form, E...>> =
    ((is_passive<E> || holds_passive<E>) || ...);
template <class A, class B>
inline constexpr bool holds_passive<shape::pair<A, B>> = holds_passive<A> || holds_passive<B>;

/// How the leaves of several arguments are numbered through.
template <class... Shapes>
struct argument_layout {
  static constexpr bool gathered = false;  ///< arguments are where the caller has them
  static constexpr int sizes[sizeof...(Shapes) + 1] = {Shapes::leaves..., 0};
  static constexpr int total_leaves = (0 + ... + Shapes::leaves);
  static constexpr bool has_passive = (holds_passive<Shapes> || ...);
  static constexpr int leaves_of(int argument) { return sizes[argument]; }
  static constexpr int first_leaf(int argument) {
    int first = 0;
    for (int i = 0; i < argument; ++i) first += sizes[i];
    return first;
  }
};

template <>
struct traced_argument<shape::scalar> {
  using type = traced;
  static constexpr traced make(builder* g, int first) { return traced(g, first); }
};
template <>
struct traced_argument<shape::integer> : traced_argument<shape::scalar> {};
template <>
struct traced_argument<shape::opaque> {
  using type = opaque_leaf;
  static constexpr opaque_leaf make(builder*, int) { return {}; }
};
template <class E, int N>
struct traced_argument<shape::array<E, N>> {
  using type = traced_array<typename traced_argument<E>::type, N>;
  static constexpr type make(builder* g, int first) { return type(g, first); }
};
template <class Form, class... E>
struct traced_argument<shape::structure<Form, E...>> {
  using type = typename maker_of<Form>::template of<typename traced_argument<E>::type...>;
  static constexpr type make(builder* g, int first) {
    return type{traced_argument<E>::make(g, std::exchange(first, first + E::leaves))...};
  }
};
template <class A, class B>
struct traced_argument<shape::pair<A, B>> {
  using type = std::pair<typename traced_argument<A>::type, typename traced_argument<B>::type>;
  static constexpr type make(builder* g, int first) {
    return {traced_argument<A>::make(g, first), traced_argument<B>::make(g, first + A::leaves)};
  }
};

// In a graph with loops `first` is the number of the leaf, whose node the graph knows.
template <int Rank, bool Integers, std::ptrdiff_t... Extents>
struct traced_argument<shape::container<Rank, Integers, Extents...>> {
  using type = traced_view<Rank, Integers>;
  static constexpr type make(builder* g, int first) { return type(g, first); }
  static constexpr void enter(builder& g, int first) {
    constexpr std::ptrdiff_t extents[]{Extents...};
    nest::enter(g, first, Rank, extents);
  }
};
template <class E, int N>
struct traced_argument<shape::block<E, N>> {
  using type = typename traced_argument<shape::array<E, N>>::type;
  static constexpr type make(builder* g, int first) { return type::of_node(g, first); }
  static constexpr void enter(builder& g, int first) {
    if constexpr (scalar_rank<E> == 0) {
      constexpr std::ptrdiff_t extents[]{N};
      nest::enter(g, first, 1, extents);
    } else {
      constexpr std::ptrdiff_t extents[]{N, extent_of(E{})};
      nest::enter(g, first, 2, extents);
    }
  }

 private:
  template <class X, int M>
  static constexpr std::ptrdiff_t extent_of(shape::array<X, M>) {
    return M;
  }
};

/// Of a template over its leaves: each member follows from the parameter.
template <class Record, class... E, std::size_t... I>
constexpr bool follows_leaf(std::index_sequence<I...>) {
  return (std::same_as<part_type<I, Record>, typename traced_argument<E>::type> && ...);
}
template <class Form, class... E>
inline constexpr bool form_fits = true;
template <template <template <class> class> class R, class... E>
inline constexpr bool form_fits<leaf_form<R>, E...> =
    follows_leaf<R<traced_leaf>, E...>(std::index_sequence_for<E...>{});
template <class Shape>
inline constexpr bool forms_fit = true;
template <class E, int N>
inline constexpr bool forms_fit<shape::array<E, N>> = forms_fit<E>;
template <class Form, class... E>
inline constexpr bool forms_fit<shape::structure<Form, E...>> =
    (forms_fit<E> && ... && form_fits<Form, E...>);
template <class A, class B>
inline constexpr bool forms_fit<shape::pair<A, B>> = forms_fit<A> && forms_fit<B>;

/// Calls use.template operator()<Shape>(leaf) for the scalars and arrays that a shape consists of.
template <class Shape>
struct parts_of_shape {
  template <class Use>
  static constexpr void each(int first, const Use& use) {
    use.template operator()<Shape>(first);
  }
};
template <>
struct parts_of_shape<shape::opaque> {
  template <class Use>
  static constexpr void each(int, const Use&) {}
};
template <class E, int N>
struct parts_of_shape<shape::array<E, N>> {
  template <class Use>
  static constexpr void each(int first, const Use& use) {
    for (int i = 0; i < N; ++i) parts_of_shape<E>::each(first + i * E::leaves, use);
  }
};
template <class Form, class... E>
struct parts_of_shape<shape::structure<Form, E...>> {
  template <class Use>
  static constexpr void each(int first, const Use& use) {
    (parts_of_shape<E>::each(std::exchange(first, first + E::leaves), use), ...);
  }
};
template <class A, class B>
struct parts_of_shape<shape::pair<A, B>> {
  template <class Use>
  static constexpr void each(int first, const Use& use) {
    parts_of_shape<A>::each(first, use);
    parts_of_shape<B>::each(first + A::leaves, use);
  }
};

/// Which leaves of arguments have no derivative; and one more: no array is empty.
template <class... Shapes>
constexpr auto passive_leaves(const argument_layout<Shapes...>*) {
  std::array<bool, static_cast<std::size_t>(argument_layout<Shapes...>::total_leaves) + 1> found{};
  const auto mark = [&]<class Shape>(int leaf) {
    found[static_cast<std::size_t>(leaf)] = is_passive<Shape>;
  };
  int first = 0;
  (parts_of_shape<Shapes>::each(std::exchange(first, first + Shapes::leaves), mark), ...);
  return found;
}

template <class F, class Tuple, std::size_t... I>
TAPELESS_INLINE constexpr decltype(auto) unpack(const F& f_, Tuple&& t_,
                                                std::index_sequence<I...>) {
  return f_(std::get<I>(t_)...);
}
template <class F, class Record, std::size_t... I>
TAPELESS_INLINE constexpr decltype(auto) unpack_record(const F& f_, Record&& r_,
                                                       std::index_sequence<I...>) {
  return f_(part_of<I>(r_)...);
}
/// f(parts of t...): std::apply, which would leave symbols behind.
template <class F, class Tuple>
TAPELESS_INLINE constexpr decltype(auto) unpack(const F& f_, Tuple&& t_) {
  using plain = std::remove_cvref_t<Tuple>;
  if constexpr (is_standard_tuple<plain>) {
    return unpack(f_, t_, std::make_index_sequence<std::tuple_size_v<plain>>{});
  } else {
    return unpack_record(f_, t_, part_indices<plain>{});
  }
}

/// What records carry along.
template <class T>
inline constexpr bool is_opaque =
    shape_of<T>::leaves == 0 && std::same_as<member_shape<T>, shape::opaque>;

/// A container is one leaf, whatever it holds.
template <class T>
inline constexpr bool is_one_leaf = container<T> || is_traced_view<T>;

/// Calls use(leaf) for every leaf of a structure, in order.
template <class T, class Use>
TAPELESS_INLINE constexpr void for_each_leaf(T& x, const Use& use) {
  if constexpr (is_tuple_like<std::remove_cv_t<T>>) {
    unpack([&](auto&... part) TAPELESS_LAMBDA { (for_each_leaf(part, use), ...); }, x);
  } else if constexpr (is_one_leaf<std::remove_cv_t<T>>) {
    use(x);
  } else if constexpr (requires { x.begin(); }) {
    for (auto&& part : x) for_each_leaf(part, use);
  } else if constexpr (!is_opaque<std::remove_cv_t<T>>) {
    use(x);
  }
}

/// Leaf number k of a scalar or (nested) array. With a constant k all but the access folds away.
template <class T>
TAPELESS_KERNEL constexpr decltype(auto) leaf(T& x, int k) {
  if constexpr (requires { T::total_leaves; }) {
    return x.leaf(k);
  } else if constexpr (shape_of<T>::leaves == 1 && !requires { x[0]; }) {
    return (x);
  } else {
    constexpr int each = shape_of<decltype(x[0])>::leaves;
    if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(x[0])>>) {
      return (x[static_cast<std::size_t>(k)]);
    } else {
      return leaf(x[static_cast<std::size_t>(k / each)], k % each);
    }
  }
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
