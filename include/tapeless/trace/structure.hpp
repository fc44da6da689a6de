// SPDX-License-Identifier: BSL-1.0
#pragma once

// Structures of arguments and results: scalars, std::array (nested), std::tuple, std::pair,
// records. How their leaves are numbered, what a body sees of them, and how they are reached.

#include <tapeless/trace/shape_traits.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

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
