// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the iterations of a fold hand on: its structure, and its leaves one by one.

#include <tapeless/trace/comprehension.hpp>
#include <tapeless/trace/structure.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// What a body is given for an initial value: its structure, of traced values.
template <class Init>
struct carry_type {
  using type = traced;
};
template <class T, std::size_t N>
struct carry_type<std::array<T, N>> {
  using type = std::array<typename carry_type<T>::type, N>;
};
template <class... T>
struct carry_type<std::tuple<T...>> {
  using type = std::tuple<typename carry_type<T>::type...>;
};
template <class A, class B>
struct carry_type<std::pair<A, B>> {
  using type = std::pair<typename carry_type<A>::type, typename carry_type<B>::type>;
};
template <class... T>
struct carry_type<boost::hana::tuple<T...>> {
  using type = boost::hana::tuple<typename carry_type<T>::type...>;
};
template <class Form, class... T>
struct carry_type<traced_record<Form, T...>> {
  using type = traced_record<Form, typename carry_type<T>::type...>;
};
/// Of a member that is no number: it is left out.
template <>
struct carry_type<opaque_leaf> {
  using type = opaque_leaf;
};
template <class T>
using carried_part = typename carry_type<std::conditional_t<is_opaque<T>, opaque_leaf, T>>::type;
/// What a body sees for a record as an argument.
template <class S, std::size_t... I>
constexpr auto carry_of_record(std::index_sequence<I...>)
    -> traced_record<members_by_get_or_binding<S>, carried_part<part_type<I, S>>...>;
template <class S>
  requires is_record<S>
struct carry_type<S> {
  using type = decltype(carry_of_record<S>(part_indices<S>{}));
};
/// It keeps its members' names if it is a template over their types,
///
///   template <class T>
///   struct motion { BOOST_HANA_DEFINE_STRUCT(motion, (T, place), (T, speed)); };
///
/// or over what its leaves are (see leaf_form).
template <class S, std::size_t... I>
constexpr bool is_carry(std::index_sequence<I...>) {
  return (std::same_as<part_type<I, S>, typename carry_type<part_type<I, S>>::type> && ...);
}
template <template <class...> class R, class... T>
constexpr auto carry_of_template() {
  using plain = decltype(carry_of_record<R<T...>>(part_indices<R<T...>>{}));
  if constexpr ((shape_of<T>::valid && ...)) {
    using made = R<typename carry_type<T>::type...>;
    constexpr bool good = is_carry<made>(part_indices<made>{});
    return type_tag<std::conditional_t<good, made, plain>>{};
  } else {
    return type_tag<plain>{};
  }
}
template <template <class...> class R, class... T>
  requires is_record<R<T...>>
struct carry_type<R<T...>> {
  using type = typename decltype(carry_of_template<R, T...>())::type;
};
template <class T>
using carried_leaf = typename carry_type<traced_leaf<T>>::type;
template <template <template <class> class> class R, template <class> class Leaf>
  requires is_record<R<Leaf>>
struct carry_type<R<Leaf>> {
  using type = R<carried_leaf>;
};
// Arrays of a graph with loops stay arrays.
template <int Rank>
struct carry_type<traced_view<Rank>> {
  using type = traced_view<Rank>;
};
template <int N>
struct carry_type<traced_array<traced, N>> {
  using type = traced_view<1>;
};
template <int M, int N>
struct carry_type<traced_array<traced_array<traced, M>, N>> {
  using type = traced_view<2>;
};

template <class T>
constexpr int count_leaves(const T& x) {
  int count = 0;
  for_each_leaf(x, [&](const auto&) { ++count; });
  return count;
}
/// Leaf by leaf; the structures are alike.
template <class To, class From>
constexpr void assign_leaves(To& to, const From& from) {
  if constexpr (is_tuple_like<To>) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (assign_leaves(part_of<I>(to), part_of<I>(from)), ...);
    }(part_indices<To>{});
  } else if constexpr (is_traced_view<To>) {
    if constexpr (is_traced_view<From>) {
      to = from;
    } else {
      to = To(from.graph(), from.array_node());
    }
  } else if constexpr (requires { to.begin(); }) {
    for (std::size_t i = 0; i < to.size(); ++i) assign_leaves(to[i], from[i]);
  } else if constexpr (!std::same_as<To, opaque_leaf>) {
    to = To(from);
  }
}

/// The graph that any part of a structure belongs to.
template <class T>
constexpr builder* graph_of_leaves(const T& x) {
  builder* g = nullptr;
  for_each_leaf(x, [&](const auto& leaf) {
    if constexpr (requires { leaf.graph(); }) {
      if (leaf.graph() != nullptr) g = leaf.graph();
    }
  });
  return g;
}

/// The node of a leaf; of an array that could not be made, `otherwise`.
constexpr int node_of_leaf(builder& g, const traced& leaf, int) { return leaf.id(g); }
template <int Rank>
constexpr int node_of_leaf(builder&, const traced_view<Rank>& leaf, int otherwise) {
  return leaf.id() < 0 ? otherwise : leaf.id();
}
template <class Leaf>
constexpr void set_leaf(builder& g, Leaf& leaf, int n) {
  leaf = Leaf(&g, n);
}

template <class T>
inline constexpr bool holds_views = is_traced_view<T>;
template <class T, std::size_t N>
inline constexpr bool holds_views<std::array<T, N>> = holds_views<T>;
template <class... T>
inline constexpr bool holds_views<std::tuple<T...>> = (holds_views<T> || ...);
template <class A, class B>
inline constexpr bool holds_views<std::pair<A, B>> = holds_views<A> || holds_views<B>;
template <class T, std::size_t... I>
constexpr bool has_view_among(std::index_sequence<I...>) {
  return (holds_views<part_type<I, T>> || ...);
}
template <class T>
  requires(is_tuple_like<T> && !is_standard_tuple<T>)
inline constexpr bool holds_views<T> = has_view_among<T>(part_indices<T>{});

}  // namespace TAPELESS_ABI
}  // namespace tapeless
