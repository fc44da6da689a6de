// SPDX-License-Identifier: BSL-1.0
#pragma once

// Callables that hold data can not be run in constant evaluation: they are called once, at run
// time, with placeholders, and the expression that comes back holds what they captured.

#include <tapeless/expression/family.hpp>
#include <tapeless/trace/trace.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <expression E>
struct shape_of_type<E> {
  using type = shape::scalar;
};

template <class Shape, int First>
struct placeholder;
template <int First>
struct placeholder<shape::scalar, First> {
  using type = argument<First>;
};

/// What a callable that holds data sees for an array argument: its elements have different types,
/// so only constant indices reach them.
template <class E, int N, int First>
struct placeholder_array {
  static constexpr std::size_t size() { return static_cast<std::size_t>(N); }
  template <class I>
  constexpr auto operator[](const I&) const {
    if constexpr (requires { I::value; }) {
      return typename placeholder<E, First + static_cast<int>(I::value) * E::leaves>::type{};
    } else {
      static_assert(
          never<I>,
          "tapeless: a callable that captures data can not index an array argument at run "
          "time; pass the data as further arguments instead: tl::grad<0>(f)(x, data), or "
          "use structured bindings or get<0>(x)");
      return constant<0>{};
    }
  }
};
template <class E, int N, int First>
struct placeholder<shape::array<E, N>, First> {
  using type = placeholder_array<E, N, First>;
};
template <int First, class... E>
constexpr auto placeholder_tuple() {
  return []<std::size_t... I>(std::index_sequence<I...>) {
    constexpr auto offset = [](std::size_t i) {
      constexpr int leaves[] = {E::leaves..., 0};
      int sum = First;
      for (std::size_t k = 0; k < i; ++k) sum += leaves[k];
      return sum;
    };
    return std::tuple<typename placeholder<E, offset(I)>::type...>{};
  }(std::index_sequence_for<E...>{});
}
template <class... E, int First>
struct placeholder<shape::tuple<E...>, First> {
  using type = decltype(placeholder_tuple<First, E...>());
};
template <class A, class B, int First>
struct placeholder<shape::pair<A, B>, First> {
  using type = std::pair<typename placeholder<A, First>::type,
                         typename placeholder<B, First + A::leaves>::type>;
};
template <std::size_t I, class E, int N, int First>
constexpr auto get(const placeholder_array<E, N, First>&) {
  return typename placeholder<E, First + static_cast<int>(I) * E::leaves>::type{};
}

/// A result of such a call with every leaf an expression.
template <class R>
TAPELESS_INLINE constexpr auto as_expressions(const R& r) {
  if constexpr (is_tuple_like<R>) {
    return unpack([](const auto&... e) TAPELESS_LAMBDA { return std::tuple{as_expressions(e)...}; },
                  r);
  } else if constexpr (requires { r.begin(); }) {
    using element = decltype(as_expressions(r[0]));
    std::array<element, std::tuple_size_v<R>> all{};
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = as_expressions(r[i]);
    return all;
  } else {
    return expression_family::leaf(r);
  }
}

template <class R>
struct stored_in {
  static constexpr int value = R::facts.stored;
};
template <class... E>
struct stored_in<std::tuple<E...>> {
  static constexpr int value = (0 + ... + stored_in<E>::value);
};
template <class E, std::size_t N>
struct stored_in<std::array<E, N>> {
  static constexpr int value = static_cast<int>(N) * stored_in<E>::value;
};

template <class R>
constexpr void lower_structure(expression_context& c, int*& outputs) {
  if constexpr (requires { R::facts; }) {
    *outputs++ = R::lower(c).id(c.graph);
  } else if constexpr (is_tuple_like<R>) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (lower_structure<std::tuple_element_t<I, R>>(c, outputs), ...);
    }(std::make_index_sequence<std::tuple_size_v<R>>{});
  } else {
    for (std::size_t i = 0; i < std::tuple_size_v<R>; ++i) {
      lower_structure<typename R::value_type>(c, outputs);
    }
  }
}
template <class R, class T>
TAPELESS_INLINE constexpr void gather_structure(const R& r, T*& to) {
  if constexpr (requires { R::facts; }) {
    gather(r, to);
  } else if constexpr (is_tuple_like<R>) {
    unpack([&](const auto&... e) TAPELESS_LAMBDA { (gather_structure(e, to), ...); }, r);
  } else {
    for (const auto& e : r) gather_structure(e, to);
  }
}

/// A source: the expressions R that a callable made of placeholders. Its inputs are the leaves of
/// the arguments, then the stored numbers.
template <class R, class... Shapes>
struct placeholder_source : argument_layout<Shapes...> {
  using result_type = R;
  static constexpr int arguments = argument_layout<Shapes...>::total_leaves;
  static constexpr int inputs = arguments + stored_in<R>::value;
  static constexpr int outputs = shape_of<R>::leaves;

  template <int Capacity>
  static constexpr auto trace() {
    workshop<Capacity, outputs> w;
    for (int i = 0; i < inputs; ++i) w.g.input(i);
    w.result.inputs = inputs;
    expression_context c{w.g, arguments};
    int* out = w.result.outputs;
    lower_structure<R>(c, out);
    return w.finish();
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless

template <class E, int N, int First>
struct std::tuple_size<tapeless::placeholder_array<E, N, First>>
    : std::integral_constant<std::size_t, static_cast<std::size_t>(N)> {};
template <std::size_t I, class E, int N, int First>
struct std::tuple_element<I, tapeless::placeholder_array<E, N, First>> {
  using type = decltype(tapeless::get<I>(tapeless::placeholder_array<E, N, First>{}));
};
