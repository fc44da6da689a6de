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
struct scalar_of_type {
  using type = std::remove_const_t<T>;
};
template <class... T>
struct scalar_of_types {
  using type = no_scalar;
};
template <class A, class... Rest>
struct scalar_of_types<A, Rest...> {
  using type = typename combined_scalar<typename scalar_of_type<A>::type,
                                        typename scalar_of_types<Rest...>::type>::type;
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
struct rebuilt {
  using type = std::conditional_t<std::same_as<Leaf, keep>, std::remove_const_t<T>, Leaf>;
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
template <class T, class Leaf>
using rebuilt_t = typename rebuilt<std::remove_cvref_t<T>, Leaf>::type;

}  // namespace TAPELESS_ABI
}  // namespace tapeless
