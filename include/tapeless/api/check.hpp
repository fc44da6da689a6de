// SPDX-License-Identifier: BSL-1.0
#pragma once

// The checks of calls to functions: first of all and once, so that a refused call instantiates
// nothing else. Each is flat: compilers print a few lines for each function on the way to an error.

#include <tapeless/api/function.hpp>
#include <tapeless/api/output_elements.hpp>
#include <tapeless/api/refuse.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// As call_of: clang no longer sees a function whose body was wrong.
template <class F, class... X>
auto call_again(int) -> type_tag<decltype(callee<F>()(any<X>()...))>;
template <class F, class... X>
auto call_again(...) -> type_tag<wrong_body<F, X...>>;

template <class F>
constexpr auto refuse_call(type_tag<not_callable>) {
  return refuse_arguments<F>();
}
/// Says what nobody has said: that the call is ambiguous, or that of a deleted function.
template <class, class F, class... X>
constexpr auto refuse_call(type_tag<wrong_body<F, X...>>) {
#if defined(__clang__)
  if constexpr (!std::same_as<decltype(call_again<F, X...>(0)), type_tag<not_callable>>) {
    return refuse_arguments<F>();
  }
#else
  using call [[maybe_unused]] = decltype(any<const F&>()(any<X>()...));
#endif
  return false;
}

template <class F, class... Shapes, std::size_t... I>
constexpr auto call_on_placeholders(std::index_sequence<I...>) {
  using layout = argument_layout<Shapes...>;
  return decltype(call_of<F, typename placeholder<Shapes, layout::first_leaf(static_cast<int>(I)),
                                                  F>::type...>(0)){};
}

/// Asked before the result is checked, whose type may be as long as the function.
template <class R>
constexpr bool mentions(type_tag<R>) {
  return mentions_variables<std::remove_cvref_t<R>>;
}

template <class R>
constexpr bool has_valid_shape(type_tag<R>) {
  return shape_of<R>::valid;
}

enum class result_kind { structure, scalar };

template <result_kind Kind, class R>
constexpr auto check_result(type_tag<R>) {
  if constexpr (!shape_of<R>::valid) {
    return refuse_result<std::remove_cvref_t<R>>();
  } else if constexpr (Kind == result_kind::scalar && !std::same_as<shape_of<R>, shape::scalar>) {
    return refuse_several_results<!is_refused<std::remove_cvref_t<R>>>();
  } else {
    return true;
  }
}

/// What is known once the body has been traced.
template <class Source>
constexpr auto check_trace() {
  constexpr int count = node_count<Source>;
  if constexpr (count == wrong_index) {
    constexpr auto index = find_graph<Source>::type::value.refused;
    if constexpr (index.extent == refused_index::no_integer) {
      index_is_a_value<std::bool_constant<count == wrong_index>>();
    } else if constexpr (index.extent == refused_index::sizes) {
      sizes_known_to_differ<index.index, index.other>();
    } else {
      index_out_of_range<index.index, index.extent>();
    }
    return false;
  } else if constexpr (count == too_many) {
    return too_many_operations<count == too_many>();
  } else if constexpr (count == beyond_budget) {
    return too_many_steps<count == beyond_budget>();
  } else if constexpr (requires { requires Source::loops; }) {
    if constexpr (count == not_constant) {
      needs_tracing<count == not_constant ? origin::untraced : origin::other>();
      return false;
    } else {
      constexpr bool escaped = find_graph<Source>::type::value.escaped;
      if constexpr (escaped) value_outside_of_loop<escaped>();
      return !escaped;
    }
  } else {
    return true;
  }
}

/// Whether the leaves of an argument are integers; what a traced one is, its own graph knows.
template <class T>
constexpr void find_integers(bool*& to) {
  if constexpr (is_tuple_like<T>) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (find_integers<part_type<I, T>>(to), ...);
    }(part_indices<T>{});
  } else if constexpr (shape_of<T>::leaves == 0) {
    // Nothing that the program could use.
  } else if constexpr (looped<shape_of<T>>::leaves == 1) {
    *to++ = has_integer_leaf<T>() || has_traced_leaf<T>();
  } else {
    for (std::size_t i = 0; i < std::tuple_size_v<T>; ++i) {
      find_integers<typename T::value_type>(to);
    }
  }
}
template <class Source, class... A>
constexpr bool uses_integers() {
  constexpr const auto& graph = find_graph<Source>::type::value;
  bool found[Source::inputs + 1]{};
  bool* to = found;
  (find_integers<A>(to), ...);
  bool all = true;
  for (int i = 0; i < graph.integer_count; ++i) all = all && found[graph.integers[i]];
  return all;
}
/// What the body uses as indices are integers.
template <class Source, class... A>
constexpr auto check_integers() {
  if constexpr (requires { requires Source::loops; }) {
    constexpr bool integral = uses_integers<Source, A...>();
    if constexpr (!integral) index_is_a_value<std::bool_constant<integral>>();
    return integral;
  } else {
    return true;
  }
}

/// The program that a transform makes of a call.
template <class Call, class Transform>
constexpr auto check_program() {
  constexpr bool named = Call::outer::count > 0;
  if constexpr (named) {
    // Where a traced body calls such a function, only here it is known that this is no expression.
    return refuse_variables<named>();
  } else {
    using program = compiled<typename Call::source, Transform>;
    constexpr bool in_budget = program::in_budget();
    if constexpr (!in_budget) {
      return too_many_steps<!in_budget>();
    } else if constexpr (requires { requires Call::source::loops; }) {
      constexpr bool unbounded = program::full().unbounded;
      constexpr bool lacks =
          lacks_functions<typename Call::scalar, Transform::packets>(program::full());
      if constexpr (unbounded) {
        size_depends_on_data<unbounded>();
      } else if constexpr (lacks) {
        packets_of_arithmetic_alone<lacks>();
      }
      return !unbounded && !lacks;
    } else {
      return true;
    }
  }
}

template <class A>
using traced_like = typename traced_argument<shape_of<A>>::type;

template <class... A>
constexpr std::size_t first_invalid() {
  std::size_t i = 0;
  (void)((shape_of<A>::valid && ++i) && ...);
  return i;
}

template <result_kind Kind, class F, class List, class... A>
constexpr auto check_function();

/// The same call of a function without bound data: they are arguments like others.
template <result_kind Kind, class F, class List, class... A, class... Data>
constexpr auto check_with_data(type_tag<std::tuple<const Data&...>>) {
  return check_function<Kind, F, List, A..., Data...>();
}

/// The call f(a...), to be differentiated in the arguments of List.
template <result_kind Kind, class F, class List, class... A>
constexpr auto check_function() {
  constexpr int count = static_cast<int>(sizeof...(A));
  if constexpr (!(shape_of<A>::valid && ...)) {
    return refuse_argument<std::tuple_element_t<first_invalid<A...>(), std::tuple<A...>>>();
  } else if constexpr (!List::all_below(count)) {
    return refuse_chosen<List::all_below(count)>();
  } else if constexpr (List::template any_integer<A...>()) {
    return refuse_chosen<List::all_below(count)>();
  } else if constexpr (bound_parts_of<F, A...>::exist) {
    using parts = bound_parts_of<F, A...>;
    return check_with_data<Kind, typename parts::core, List, A...>(
        type_tag<typename parts::data>{});
  } else if constexpr (count > 0 && !is_generic<F>) {
    return refuse_function<F>();
  } else if constexpr (!std::is_empty_v<F> && (has_container<shape_of<A>> || ...)) {
    // What has been refused has been reported.
    using result =
        decltype(call_on_placeholders<F, shape_of<A>...>(std::index_sequence_for<A...>{}));
    if constexpr (!is_result<typename result::type> &&
                  !std::same_as<result, type_tag<not_callable>>) {
      return refuse_call<F>(result{});
    } else if constexpr (!std::same_as<result, type_tag<refused>>) {
      needs_tracing<std::is_empty_v<F> ? origin::other : origin::captures>();
    }
    return false;
  } else if constexpr (!std::is_empty_v<F>) {
    constexpr auto result =
        call_on_placeholders<F, shape_of<A>...>(std::index_sequence_for<A...>{});
    if constexpr (!is_result<typename decltype(result)::type>) {
      return refuse_call<F>(result);
    } else if constexpr (mentions(result) && !(std::same_as<A, traced> || ...)) {
      return refuse_variables<mentions(result)>();
    } else {
      return check_result<Kind>(result);
    }
  } else if constexpr (constexpr decltype(call_of<F, traced_like<A>...>(0)) result;
                       !is_result<typename decltype(result)::type>) {
    return refuse_call<F>(result);
  } else if constexpr (mentions(result)) {
    return refuse_variables<mentions(result)>();
  } else if constexpr (!check_result<Kind>(result)) {
    return false;
  } else if constexpr (!(forms_fit<shape_of<A>> && ...)) {
    return refuse_members<(forms_fit<shape_of<A>> && ...)>();
  } else {
    // Conversions of arguments are instantiated here, where the way to an error is short.
    using conversions [[maybe_unused]] = decltype(call_stateless<F>(any<traced_like<A>>()...));
    using source = source_for<F, shape_of<A>...>;
    constexpr bool few =
        !(requires { requires source::loops; } && ((scalar_rank<shape_of<A>> > 2) || ...));
    if constexpr (!few) {
      return more_than_two_dimensions<few>();
    } else if constexpr (!check_trace<source>()) {
      return false;
    } else {
      return check_integers<source, A...>();
    }
  }
}

/// f(a...) is a program with loops: it looks at ranges, and may need memory. Asks nothing that
/// would be refused otherwise than by the checks above.
template <class F, class... A>
constexpr bool has_loops() {
  if constexpr (!std::is_empty_v<F> || !is_generic<F> || !(shape_of<A>::valid && ...) ||
                !(forms_fit<shape_of<A>> && ...)) {
    return false;
  } else if constexpr (constexpr decltype(call_of<F, traced_like<A>...>(0)) result;
                       !is_result<typename decltype(result)::type>) {
    return false;
  } else if constexpr (mentions(result) || !has_valid_shape(result)) {
    return false;
  } else {
    return requires { requires source_for<F, shape_of<A>...>::loops; };
  }
}
template <class F, class... A>
constexpr bool never_throws();
template <class F, class... A, class... Data>
constexpr bool never_throws_with(type_tag<std::tuple<const Data&...>>) {
  return never_throws<F, A..., Data...>();
}
/// The call f(a...), and its derivatives, are noexcept.
template <class F, class... A>
constexpr bool never_throws() {
  if constexpr (!calls_no_user_code<F> || !(has_plain_leaves<A> && ...)) {
    return false;
  } else if constexpr (bound_parts_of<F, A...>::exist) {
    using parts = bound_parts_of<F, A...>;
    return never_throws_with<typename parts::core, A...>(type_tag<typename parts::data>{});
  } else {
#if defined(__clang__)
    // That there are no loops only the trace tells: clang would show what is wrong with a function
    // from within the exception specification, in half as many lines again.
    return !std::is_empty_v<F> || !is_generic<F> || !(shape_of<A>::valid && ...);
#else
    return !has_loops<F, A...>();
#endif
  }
}
template <class F, class... A>
constexpr bool never_throws(types<A...>) {
  return never_throws<F, A...>();
}

/// evaluate(f)(a...).
template <class F, class... A>
constexpr auto check_call() {
  return check_function<result_kind::structure, F, chosen_arguments<>, A...>();
}
/// grad(f)(a...).
template <class F, class List, class... A>
constexpr auto check_gradient_call() {
  return check_function<result_kind::scalar, F, List, A...>();
}

/// Types of arguments as a body sees them: expressions are scalars.
template <class... A>
constexpr types<traced_operand_for<A>...> traced_operands(types<A...>) {
  return {};
}
/// vjp(f, a...) and jvp: in all arguments.
template <class F, class... A>
constexpr auto check_vjp(types<A...>) {
  return check_function<result_kind::structure, F, chosen_or_all<static_cast<int>(sizeof...(A))>,
                        A...>();
}

/// An output, or what a view among them shows, is const.
template <class O>
constexpr bool is_read_only() {
  if constexpr (std::is_const_v<O>) {
    return true;
  } else if constexpr (container<O>) {
    return std::is_const_v<
        std::remove_pointer_t<decltype(array_traits<O>::data(std::declval<O&>()))>>;
  } else {
    return false;
  }
}
/// The outputs of .into and .add_to.
template <class... Out, class... Shapes>
constexpr bool outputs_fit(type_tag<std::tuple<Shapes...>>) {
  return (output_fits<Shapes, shape_of<Out>> && ...);
}
template <class List, class Arguments, class... Out>
constexpr output_mistake mistake_in_outputs() {
  if constexpr (List::count != static_cast<int>(sizeof...(Out))) {
    return output_mistake::number;
  } else if constexpr ((is_read_only<Out>() || ...)) {
    return output_mistake::constant;
  } else if constexpr ((has_integer_leaf<Out>() || ...)) {
    return output_mistake::integer;
  } else if constexpr (!tapeless::outputs_fit<Out...>(
                           type_tag<typename List::template shapes<Arguments>>{})) {
    return output_mistake::shape;
  } else {
    return output_mistake::none;
  }
}
/// Whether a result of shape R can be written to an output of shape O: the number of elements of an
/// array of the function's own shows only when it runs.
template <class R, class O>
inline constexpr bool result_fits = std::same_as<R, O>;
template <int Rank, std::ptrdiff_t... Extents, std::ptrdiff_t... Sizes>
inline constexpr bool result_fits<shape::container<Rank, false, Extents...>,
                                  shape::container<Rank, false, Sizes...>> = true;
template <int Rank, std::ptrdiff_t... Extents, class E, int N>
inline constexpr bool result_fits<shape::container<Rank, false, Extents...>, shape::array<E, N>> =
    scalar_rank<shape::array<E, N>> == Rank;
template <class Form, class... R, class... O>
inline constexpr bool result_fits<shape::structure<Form, R...>, shape::structure<Form, O...>> =
    (result_fits<R, O> && ...);
template <class Form, class... R, class... O>
  requires(sizeof...(R) != sizeof...(O))
inline constexpr bool result_fits<shape::structure<Form, R...>, shape::structure<Form, O...>> =
    false;

/// Outputs of which each holds the function's result.
template <class Result, class... Out>
constexpr auto check_results() {
  constexpr output_mistake mistake = (is_read_only<Out>() || ...)       ? output_mistake::constant
                                     : (has_integer_leaf<Out>() || ...) ? output_mistake::integer
                                     : !(result_fits<shape_of<Result>, shape_of<Out>> && ...)
                                         ? output_mistake::result
                                         : output_mistake::none;
  if constexpr (mistake == output_mistake::none) {
    return true;
  } else if constexpr ((is_workspace<Out> || ...)) {
    return refuse_workspace<(is_workspace<Out> || ...)>();
  } else {
    return refuse_outputs<mistake>();
  }
}

template <class List, class Arguments, class... Out>
constexpr auto check_outputs() {
  constexpr output_mistake mistake = mistake_in_outputs<List, Arguments, Out...>();
  if constexpr (mistake == output_mistake::none) {
    return true;
  } else if constexpr ((is_workspace<Out> || ...)) {
    return refuse_workspace<(is_workspace<Out> || ...)>();
  } else {
    return refuse_outputs<mistake>();
  }
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
