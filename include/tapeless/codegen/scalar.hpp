// SPDX-License-Identifier: BSL-1.0
#pragma once

// The scalar type a program runs in, and structures rebuilt with it.

#include <tapeless/trace/structure.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Marks "no floating leaf yet" while the leaves of the arguments are combined.
struct no_scalar {};

template <class A, class B>
struct combined_scalar {
  using type = std::common_type_t<A, B>;
};
template <class A, class B>
  requires(std::same_as<A, no_scalar> || std::is_integral_v<A>)
struct combined_scalar<A, B> {
  using type = B;
};
template <class A, class B>
  requires((std::same_as<B, no_scalar> || std::is_integral_v<B>) &&
           !(std::same_as<A, no_scalar> || std::is_integral_v<A>))
struct combined_scalar<A, B> {
  using type = A;
};
// A traced value absorbs every number.
template <number B>
struct combined_scalar<traced, B> {
  using type = traced;
};
template <number A>
  requires(!std::is_integral_v<A>)
struct combined_scalar<A, traced> {
  using type = traced;
};

template <class T, number B>
struct combined_scalar<dual<T>, B> {
  using type = dual<T>;
};
template <number A, class T>
  requires(!std::is_integral_v<A>)
struct combined_scalar<A, dual<T>> {
  using type = dual<T>;
};

/// The combination of all leaves of a structure.
template <class T>
struct scalar_of_record;
template <class T>
struct scalar_of_type {
  using type = typename std::conditional_t<is_tuple_like<std::remove_const_t<T>>,
                                           scalar_of_record<std::remove_const_t<T>>,
                                           std::remove_const<T>>::type;
};
template <class... T>
struct scalar_of_types {
  using type = no_scalar;
};
template <class T>
struct scalar_of_record {
  template <std::size_t... I>
  static auto find(std::index_sequence<I...>) -> scalar_of_types<
      std::conditional_t<is_opaque<part_type<I, T>>, opaque_leaf, part_type<I, T>>...>;
  using type = typename decltype(find(part_indices<T>{}))::type;
};
template <class A, class... Rest>
struct scalar_of_types<A, Rest...> {
  using type = typename combined_scalar<typename scalar_of_type<A>::type,
                                        typename scalar_of_types<Rest...>::type>::type;
};
template <>
struct scalar_of_type<opaque_leaf> {
  using type = no_scalar;
};
template <class T, std::size_t N>
struct scalar_of_type<std::array<T, N>> : scalar_of_type<T> {};
template <class E, int N>
struct scalar_of_type<traced_array<E, N>> {
  using type = traced;
};
template <container A>
struct scalar_of_type<A> {
  using type = typename array_traits<A>::value_type;
};
template <int Rank>
struct scalar_of_type<traced_view<Rank, false>> {
  using type = traced;
};
template <int Rank>
struct scalar_of_type<traced_view<Rank, true>> {
  using type = no_scalar;
};
template <>
struct scalar_of_type<traced_index> {
  using type = traced;
};
template <class... T>
struct scalar_of_type<std::tuple<T...>> : scalar_of_types<T...> {};
template <class A, class B>
struct scalar_of_type<std::pair<A, B>> : scalar_of_types<A, B> {};

/// The floating arguments alone decide; integers are neutral; none floating gives double.
template <class... A>
struct program_scalar {
  using raw = typename scalar_of_types<A...>::type;
  using type =
      std::conditional_t<std::same_as<raw, no_scalar> || std::is_integral_v<raw>, double, raw>;
};
template <class... A>
using program_scalar_t = typename program_scalar<std::remove_cvref_t<A>...>::type;

/// A structure of T's form that owns its leaves, each of type Leaf; `keep` as leaf type keeps each
/// floating leaf's own type.
struct keep {};
template <class T, class Leaf>
constexpr auto rebuilt_other();
template <class T, class Leaf>
struct rebuilt {
  using type = typename decltype(rebuilt_other<std::remove_const_t<T>, Leaf>())::type;
};
template <class T, std::size_t N, class Leaf>
struct rebuilt<std::array<T, N>, Leaf> {
  using type = std::array<typename rebuilt<T, Leaf>::type, N>;
};
template <container A, class Leaf>
struct rebuilt<A, Leaf> {
  using traits = array_traits<A>;
  using element = std::conditional_t<std::same_as<Leaf, keep>, typename traits::value_type, Leaf>;
  using type = typename traits::template owning<element>;
};
template <class T>
class matrix;
template <int Rank, class T>
struct owning_array : owning_vector<T> {};
template <class T>
struct owning_array<2, T> {
  using type = matrix<T>;
};
/// An array that the function made: rank 1 a std::vector, rank 2 a tl::matrix.
template <int Rank, bool Integers, class Leaf>
struct rebuilt<traced_view<Rank, Integers>, Leaf> {
  using type = typename owning_array<Rank, Leaf>::type;
};
template <int Rank, bool Integers>
struct rebuilt<traced_view<Rank, Integers>, traced> {
  using type = traced_view<Rank, false>;
};
template <class E, int N, class Leaf>
struct rebuilt<traced_array<E, N>, Leaf> {
  using type = std::array<typename rebuilt<E, Leaf>::type, static_cast<std::size_t>(N)>;
};
template <class... T, class Leaf>
struct rebuilt<std::tuple<T...>, Leaf> {
  using type = std::tuple<typename rebuilt<T, Leaf>::type...>;
};
template <class A, class B, class Leaf>
struct rebuilt<std::pair<A, B>, Leaf> {
  using type = std::pair<typename rebuilt<A, Leaf>::type, typename rebuilt<B, Leaf>::type>;
};
template <class... T, class Leaf>
struct rebuilt<boost::hana::tuple<T...>, Leaf> {
  using type = boost::hana::tuple<typename rebuilt<T, Leaf>::type...>;
};
template <class T, class Leaf>
using rebuilt_t = typename rebuilt<std::remove_cvref_t<T>, Leaf>::type;

/// A part of a record that stays what it is if the leaves are of type Leaf.
template <class P, class Leaf>
inline constexpr bool owns_elements = std::same_as<P, rebuilt_t<P, Leaf>>;
template <class E, std::size_t N, class Leaf>
inline constexpr bool owns_elements<E[N], Leaf> =
    std::same_as<Leaf, keep> || std::same_as<std::remove_all_extents_t<E>, Leaf>;

/// A record whose parts own their elements stays what it is. Otherwise its parts are looked at as
/// what a body sees for it.
template <class Leaf>
struct rebuilt_record {
  template <class T, std::size_t... I>
  static constexpr auto of(std::index_sequence<I...>) {
    if constexpr ((owns_elements<part_type<I, T>, Leaf> && ...)) {
      return type_tag<T>{};
    } else {
      return type_tag<
          traced_record<members_by_get_or_binding<T>, rebuilt_t<part_type<I, T>, Leaf>...>>{};
    }
  }
};
/// Numbers are returned in the types that the user's own structure has, whatever the program's.
template <class T, class Leaf>
constexpr auto rebuilt_other() {
  using leaf = std::conditional_t<std::is_arithmetic_v<Leaf>, keep, Leaf>;
  if constexpr (is_record<T>) {
    return rebuilt_record<leaf>::template of<T>(part_indices<T>{});
  } else if constexpr (std::same_as<Leaf, keep>) {
    return type_tag<T>{};
  } else if constexpr (is_opaque<T>) {
    return type_tag<opaque_leaf>{};
  } else {
    return type_tag<Leaf>{};
  }
}
template <class S, class... T, class Leaf>
struct rebuilt<traced_record<members_by_get_or_binding<S>, T...>, Leaf> {
  using type = traced_record<members_by_get_or_binding<S>, rebuilt_t<T, Leaf>...>;
};
template <class S, class... T, class Leaf>
  requires std::is_arithmetic_v<Leaf>
struct rebuilt<traced_record<members_by_get_or_binding<S>, T...>, Leaf> : rebuilt<S, keep> {};

/// Records that are templates over their leaves.
template <class Leaf>
struct leaf_map {
  template <class T>
  using type = rebuilt_t<T, Leaf>;
};
template <template <template <class> class> class R, template <class> class Map, class Leaf>
  requires(is_record<R<Map>> && !std::same_as<Leaf, keep> && !std::is_arithmetic_v<Leaf>)
struct rebuilt<R<Map>, Leaf> {
  using type = R<leaf_map<Leaf>::template type>;
};
template <template <template <class> class> class R, template <class> class Map>
  requires is_record<R<Map>>
struct rebuilt<R<Map>, traced> {
  using type = typename leaf_form<R>::template of<>;
};
/// Of a body's own: what the user has.
template <template <template <class> class> class R, template <class> class Map, class Leaf>
  requires(is_record<R<Map>> && std::is_arithmetic_v<Leaf> &&
           std::same_as<R<Map>, typename leaf_form<R>::template of<>>)
struct rebuilt<R<Map>, Leaf> {
  using type = R<std::type_identity_t>;
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
