// SPDX-License-Identifier: BSL-1.0
#pragma once

// What all transforms of functions share: how a callable and its arguments become the source of a
// program and the program's inputs.

#include <tapeless/codegen/compile.hpp>
#include <tapeless/codegen/run.hpp>
#include <tapeless/codegen/scalar.hpp>
#include <tapeless/expression/let.hpp>
#include <tapeless/expression/placeholder.hpp>
#include <tapeless/transform/differentiate.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// What value_and_grad returns.
template <class V, class G>
struct value_and_gradient {
  V value;
  G gradient;
};

template <class A>
constexpr bool has_integer_leaf() {
  using plain = std::remove_cvref_t<A>;
  if constexpr (is_tuple_like<plain>) {
    return []<std::size_t... I>(std::index_sequence<I...>) {
      return (has_integer_leaf<std::tuple_element_t<I, plain>>() || ...);
    }(std::make_index_sequence<std::tuple_size_v<plain>>{});
  } else if constexpr (requires { std::tuple_size<plain>::value; }) {
    return has_integer_leaf<typename plain::value_type>();
  } else {
    return std::is_integral_v<plain>;
  }
}

/// The scalar that the numbers held by an expression demand: none, unless they are symbolic.
template <class E>
struct stored_scalar {
  using type = no_scalar;
};
template <class V>
struct stored_scalar<stored<V>> {
  using type = std::conditional_t<std::is_arithmetic_v<V>, no_scalar, V>;
};
template <class... E>
struct stored_scalars {
  using type = no_scalar;
};
template <class E, class... Rest>
struct stored_scalars<E, Rest...> {
  using type = typename combined_scalar<typename stored_scalar<E>::type,
                                        typename stored_scalars<Rest...>::type>::type;
};
template <class P, class... X>
struct stored_scalar<apply<P, X...>> : stored_scalars<X...> {};
template <class V, class F, class B>
struct stored_scalar<let_in<V, F, B>> : stored_scalars<V, B> {};
template <class... E>
struct stored_scalar<std::tuple<E...>> : stored_scalars<E...> {};
template <class E, std::size_t N>
struct stored_scalar<std::array<E, N>> : stored_scalar<E> {};

/// A callable without data, which is traced in constant evaluation.
template <class F, class... Shapes>
concept traceable =
    std::is_empty_v<F> && std::invocable<const F&, typename traced_argument<Shapes>::type...> &&
    (node_count<function_source<F, Shapes...>> != not_constant);

/// f called with the placeholders of its arguments.
template <class... Shapes, class F, std::size_t... I>
TAPELESS_INLINE constexpr auto call_placeholders(const F& f_, std::index_sequence<I...>) {
  return f_(typename placeholder<Shapes, argument_layout<Shapes...>::first_leaf(
                                             static_cast<int>(I))>::type{}...);
}
template <class... Shapes, class F>
TAPELESS_INLINE constexpr auto call_placeholders(const F& f_) {
  return as_expressions(
      call_placeholders<Shapes...>(f_, std::make_index_sequence<sizeof...(Shapes)>{}));
}

/// One call of a callable on arguments: source, scalar type, inputs of the program.
template <class F, class... A>
struct function_call {
  using result_type = decltype(call_placeholders<shape_of<A>...>(std::declval<const F&>()));
  using source = placeholder_source<result_type, shape_of<A>...>;
  using scalar_list = combined_scalar<typename scalar_of_types<A...>::type,
                                      typename stored_scalar<result_type>::type>;
  using scalar = program_scalar_t<typename scalar_list::type>;

  /// Calls use(inputs), a tuple of references.
  template <class Use>
  TAPELESS_INLINE static constexpr auto with_inputs(const F& f_, const Use& use_, const A&... a_) {
    constexpr int count = stored_in<result_type>::value;
    const auto e_ = call_placeholders<shape_of<A>...>(f_);
    std::array<scalar, static_cast<std::size_t>(count)> numbers_{};
    if constexpr (count > 0) {
      scalar* to_ = numbers_.data();
      gather_structure(e_, to_);
    }
    return use_(std::tuple<const A&..., const decltype(numbers_)&>(a_..., numbers_));
  }
};

template <class F, class... A>
  requires traceable<F, shape_of<A>...>
struct function_call<F, A...> {
  using source = function_source<F, shape_of<A>...>;
  using result_type = typename source::result_type;
  using scalar = program_scalar_t<A...>;

  template <class Use>
  TAPELESS_INLINE static constexpr auto with_inputs(const F&, const Use& use_, const A&... a_) {
    return use_(std::tuple<const A&...>(a_...));
  }
};

/// The chosen arguments of a function, by position.
template <int... Chosen>
struct chosen_arguments {
  static constexpr int count = static_cast<int>(sizeof...(Chosen));
  static constexpr bool all_below(int arguments) {
    return ((Chosen >= 0 && Chosen < arguments) && ...);
  }
  template <class... A>
  static constexpr bool any_integer() {
    return (has_integer_leaf<std::tuple_element_t<Chosen, std::tuple<A...>>>() || ...);
  }
  template <class Arguments>
  using shapes = std::tuple<shape_of<std::tuple_element_t<Chosen, Arguments>>...>;

  template <class Source>
  static constexpr auto inputs() {
    constexpr int total = (0 + ... + Source::leaves_of(Chosen));
    std::array<int, static_cast<std::size_t>(total)> list{};
    std::size_t k = 0;
    for (int argument : {Chosen...}) {
      for (int i = 0; i < Source::leaves_of(argument); ++i) {
        list[k++] = Source::first_leaf(argument) + i;
      }
    }
    return list;
  }
};
template <int... I>
constexpr chosen_arguments<I...> first_arguments(std::integer_sequence<int, I...>);
template <int N, int... Chosen>
using chosen_or_all =
    std::conditional_t<sizeof...(Chosen) == 0,
                       decltype(first_arguments(std::make_integer_sequence<int, N>{})),
                       chosen_arguments<Chosen...>>;

/// Gradient of an argument of type A in a program of scalar type T: A, owning its leaves.
template <class A, class T>
using gradient_type = rebuilt_t<A, std::conditional_t<std::is_arithmetic_v<T>, keep, T>>;

template <class T, class List, class... A>
struct gradient_of;
template <class T, int I, class... A>
struct gradient_of<T, chosen_arguments<I>, A...> {
  using type = gradient_type<std::tuple_element_t<I, std::tuple<A...>>, T>;
};
template <class T, int... I, class... A>
struct gradient_of<T, chosen_arguments<I...>, A...> {
  using type = std::tuple<gradient_type<std::tuple_element_t<I, std::tuple<A...>>, T>...>;
};

/// The value of a call: the function's own structure with leaves of the program's scalar type.
template <class Call>
using value_type = rebuilt_t<typename Call::result_type, typename Call::scalar>;

}  // namespace TAPELESS_ABI
}  // namespace tapeless
