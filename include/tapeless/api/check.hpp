// SPDX-License-Identifier: BSL-1.0
#pragma once

// The designed errors of calls: check first, then return a stand-in, so that nothing else fails.

#include <tapeless/api/function.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// The type that the function returns to traced arguments or placeholders.
template <class F, class... Shapes, std::size_t... I>
constexpr auto call_result(std::index_sequence<I...>) {
  if constexpr (std::is_empty_v<F>) {
    return type_tag<std::remove_cvref_t<
        std::invoke_result_t<const F&, typename traced_argument<Shapes>::type...>>>{};
  } else {
    return type_tag<std::remove_cvref_t<std::invoke_result_t<
        const F&, typename placeholder<Shapes, argument_layout<Shapes...>::first_leaf(
                                                   static_cast<int>(I))>::type...>>>{};
  }
}
template <class F, class... A>
struct call_result_of : decltype(call_result<F, shape_of<A>...>(std::index_sequence_for<A...>{})) {
};
template <class F, class... D, class... A>
struct call_result_of<bound_function<F, D...>, A...> : call_result_of<F, A..., D...> {};
template <class F, class... A>
using call_result_t = typename call_result_of<F, A...>::type;

template <class F, class... Shapes, std::size_t... I>
constexpr bool accepts(std::index_sequence<I...>) {
  if constexpr (std::is_empty_v<F>) {
    return std::invocable<const F&, typename traced_argument<Shapes>::type...>;
  } else {
    return std::invocable<const F&,
                          typename placeholder<Shapes, argument_layout<Shapes...>::first_leaf(
                                                           static_cast<int>(I))>::type...>;
  }
}

template <class F, class... A>
inline constexpr bool accepts_arguments =
    accepts<F, shape_of<A>...>(std::index_sequence_for<A...>{});
template <class F, class... D, class... A>
inline constexpr bool accepts_arguments<bound_function<F, D...>, A...> =
    accepts_arguments<F, A..., D...>;

/// evaluate, grad, vjp, jvp: the function and its arguments fit.
template <class F, class... A>
constexpr bool check_call() {
  if constexpr (!(shape_of<A>::valid && ...)) {
    static_assert(
        never<F>,
        "tapeless: an argument is no scalar and no std::array, std::tuple or std::pair of "
        "scalars");
    return false;
  } else if constexpr (!accepts_arguments<F, A...>) {
    static_assert(never<F>,
                  "tapeless: the function does not accept this number of arguments, or is not "
                  "generic; write [](auto x, auto y) { ... } with one parameter an argument");
    return false;
  } else {
    using result = call_result_t<F, A...>;
    if constexpr (std::is_void_v<result>) {
      static_assert(never<F>, "tapeless: the function returns void; return its value");
      return false;
    } else if constexpr (std::same_as<result, too_large>) {
      static_assert(never<F>, TAPELESS_TOO_LARGE);
      return false;
    } else if constexpr (!shape_of<result>::valid) {
      static_assert(never<F>,
                    "tapeless: the function's result is no scalar and no std::array, std::tuple or "
                    "std::pair of scalars (a condition? use tl::select)");
      return false;
    } else {
      return true;
    }
  }
}

/// Chosen arguments exist and are floating.
template <class List, class... A>
constexpr bool check_chosen() {
  constexpr int count = static_cast<int>(sizeof...(A));
  if constexpr (!List::all_below(count)) {
    static_assert(never<List>,
                  "tapeless: the number of a chosen argument is out of range; arguments are "
                  "counted from 0");
    return false;
  } else if constexpr (List::template any_integer<A...>()) {
    static_assert(never<List>,
                  "tapeless: an integer argument was asked for its gradient; pass a floating-point "
                  "value (3.0) or choose other arguments: tl::grad<0>(f)");
    return false;
  } else {
    return true;
  }
}

/// vjp, jvp: all arguments are differentiated.
template <class F, class... A>
constexpr bool check_gradient_of_all() {
  using list = chosen_or_all<static_cast<int>(sizeof...(A))>;
  if constexpr (check_chosen<list, A...>()) {
    return check_call<F, A...>();
  } else {
    return false;
  }
}
/// The function of refused calls.
struct zero_function {
  template <class A>
  constexpr A operator()(const A&) const {
    return A{};
  }
};

template <class F, class List, class... A>
constexpr bool check_gradient_call() {
  if constexpr (!check_chosen<List, A...>()) {
    return false;
  } else if constexpr (!check_call<F, A...>()) {
    return false;
  } else if constexpr (!std::same_as<shape_of<call_result_t<F, A...>>, shape::scalar>) {
    static_assert(never<F>,
                  "tapeless::grad(f): 'f' must return a scalar; use tapeless::vjp(f, ...) or "
                  "tapeless::jvp(f, ...)");
    return false;
  } else {
    return true;
  }
}

/// .into and .add_to: one output for each chosen argument, of its shape.
template <class List, class Arguments, class... Out>
constexpr bool check_outputs() {
  if constexpr (List::count != static_cast<int>(sizeof...(Out))) {
    static_assert(never<List>,
                  "tapeless: .into(...) and .add_to(...) take one output for each chosen argument");
    return false;
  } else if constexpr (!std::same_as<std::tuple<shape_of<Out>...>,
                                     typename List::template shapes<Arguments>>) {
    static_assert(never<List>,
                  "tapeless: an output of .into(...) or .add_to(...) differs in shape from its "
                  "argument");
    return false;
  } else {
    return true;
  }
}

/// What a refused call returns: something that destructures, converts and computes on.
template <bool WithValue, int Gradients>
constexpr auto stand_in() {
  if constexpr (WithValue) {
    return value_and_gradient<double, decltype(stand_in<false, Gradients>())>{};
  } else if constexpr (Gradients > 1) {
    return std::array<double, Gradients>{};
  } else {
    return 0.0;
  }
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
