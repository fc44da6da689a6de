// SPDX-License-Identifier: BSL-1.0
#pragma once

// Callables that hold data can not be run in constant evaluation: they are called once, at run
// time, with placeholders, and the expression that comes back holds what they captured.

#include <tapeless/expression/outer_leaves.hpp>
#include <tapeless/trace/trace.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <expression E>
struct shape_of_type<E> {
  static constexpr bool is_value = fits(E::facts) && !requires { typename E::is_condition; };
  using type = std::conditional_t<is_value, shape::scalar, shape::none>;
};

/// What a callable that is not traced sees for an argument of the given shape.
template <class Shape, int First, class F>
struct placeholder;
template <int First, class F>
struct placeholder<shape::scalar, First, F> {
  using type = argument<First, F>;
};

template <int First, class F>
struct placeholder<shape::integer, First, F> : placeholder<shape::scalar, First, F> {};
template <int First, class F>
struct placeholder<shape::opaque, First, F> {
  using type = opaque_leaf;
};

template <class E, int N, int First, class F>
struct placeholder_array;
/// Arrays of scalars are operands of operations on whole arrays.
template <class E, int N, int First, class F>
struct placeholder_of_array {};
template <class E, int N, int First, class F>
  requires(scalar_rank<shape::array<E, N>> > 0)
struct placeholder_of_array<E, N, First, F> : expression_node<placeholder_array<E, N, First, F>> {
  static constexpr expression_facts facts{
      1, 1, 0, true, origin_of<F>, false, type_identity<F>, false, true};
  static constexpr traced lower(expression_context& c) { return c.input(First); }
};

/// An array whose elements have different types, so only constant indices reach them.
template <class E, int N, int First, class F>
struct placeholder_array : placeholder_of_array<E, N, First, F> {
  static constexpr std::size_t size() { return static_cast<std::size_t>(N); }
  static constexpr bool empty() { return N == 0; }
  template <class I>
  constexpr auto operator[](const I&) const {
    if constexpr (requires { I::value; }) {
      return at<static_cast<int>(I::value)>();
    } else {
      needs_tracing<origin_of<F>>();
      return refused{};
    }
  }
  template <int I>
  static constexpr auto at() {
    if constexpr (I < 0 || I >= N) {
      index_out_of_range<I, N>();
      return refused{};
    } else {
      return typename placeholder<E, First + I * E::leaves, F>::type{};
    }
  }
  constexpr const refused* begin() const {
    needs_tracing<origin_of<F>>();
    return nullptr;
  }
  constexpr const refused* end() const { return nullptr; }
};
template <class E, int N, int First, class F>
struct placeholder<shape::array<E, N>, First, F> {
  using type = placeholder_array<E, N, First, F>;
};
/// A record that is a template over its leaves has no placeholders for them: only names reach its
/// members.
template <class Form>
struct form_of_placeholders {
  using type = maker_of<Form>;
};
template <template <template <class> class> class R>
struct form_of_placeholders<leaf_form<R>> {
  using type = members_by_get_or_binding<R<std::type_identity_t>>;
};
template <class Form, int First, class F, class... E>
constexpr auto placeholder_tuple() {
  return []<std::size_t... I>(std::index_sequence<I...>) {
    constexpr auto offset = [](std::size_t i) {
      constexpr int leaves[] = {E::leaves..., 0};
      int sum = First;
      for (std::size_t k = 0; k < i; ++k) sum += leaves[k];
      return sum;
    };
    using form = typename form_of_placeholders<Form>::type;
    return typename form::template of<typename placeholder<E, offset(I), F>::type...>{};
  }(std::index_sequence_for<E...>{});
}
template <class Form, class... E, int First, class F>
struct placeholder<shape::structure<Form, E...>, First, F> {
  using type = decltype(placeholder_tuple<Form, First, F, E...>());
};
template <class A, class B, int First, class F>
struct placeholder<shape::pair<A, B>, First, F> {
  using type = std::pair<typename placeholder<A, First, F>::type,
                         typename placeholder<B, First + A::leaves, F>::type>;
};
template <std::size_t I, class E, int N, int First, class F>
constexpr auto get(const placeholder_array<E, N, First, F>& a) {
  return a.template at<static_cast<int>(I)>();
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
      (lower_structure<part_type<I, R>>(c, outputs), ...);
    }(part_indices<R>{});
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

/// A source: the expressions R that the callable F made of placeholders. Its inputs are the leaves
/// of the arguments, the stored numbers, then what it takes from the surroundings.
template <class R, class F, class... Shapes>
struct placeholder_source : argument_layout<Shapes...> {
  using result_type = R;
  using outer = outer_leaves_t<R, F>;
  static constexpr int arguments = argument_layout<Shapes...>::total_leaves;
  static constexpr int inputs = arguments + stored_in<R>::value + outer::count;
  static constexpr int outputs = shape_of<R>::leaves;
  static constexpr int numbers = stored_in<R>::value;

  template <int Capacity>
  static constexpr auto trace(merging* merge = nullptr) {
    workshop<Capacity, outputs> w;
    for (int i = 0; i < inputs; ++i) w.g.input(i);
    w.result.inputs = inputs;
    expression_context c{w.g, arguments};
    c.merge = merge;
    c.function = type_identity<F>;
    c.outer_leaves = outer::identities;
    c.outer_count = outer::count;
    c.first_outer = arguments + numbers;
    int* out = w.result.outputs;
    lower_structure<R>(c, out);
    return w.finish();
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless

template <class E, int N, int First, class F>
struct std::tuple_size<tapeless::placeholder_array<E, N, First, F>>
    : std::integral_constant<std::size_t, static_cast<std::size_t>(N)> {};
template <std::size_t I, class E, int N, int First, class F>
struct std::tuple_element<I, tapeless::placeholder_array<E, N, First, F>> {
  using type = decltype(tapeless::placeholder_array<E, N, First, F>::template at<I>());
};
