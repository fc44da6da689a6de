// SPDX-License-Identifier: BSL-1.0
#pragma once

// Functions that hold arrays, or numbers beside arguments that are arrays: what they make of
// placeholders is a function of the arguments and of what they hold.

#include <tapeless/api/called.hpp>
#include <tapeless/api/check.hpp>
#include <tapeless/expression/expansion.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// The call f(a...) is one of these.
template <class F, class... A>
constexpr bool holds_arrays() {
  if constexpr (std::is_empty_v<F> || any_expression<A...> || !is_generic<F> ||
                !(shape_of<A>::valid && ...)) {
    return false;
  } else if constexpr (bound_parts_of<F, A...>::exist) {
    return false;
  } else {
    constexpr auto result =
        call_on_placeholders<F, shape_of<A>...>(std::index_sequence_for<A...>{});
    using type = std::remove_cvref_t<typename decltype(result)::type>;
    if constexpr (requires { type::facts.arrays; }) {
      return (type::facts.arrays || (has_container<shape_of<A>> || ...)) && !type::facts.named &&
             !is_refused<type>;
    } else {
      return false;
    }
  }
}

/// The function of arguments and data that such a function is. Named by the function, not by the
/// expression, whose type may be long.
template <class F, class... A>
struct closure_core {
  using result_type = decltype(call_placeholders<shape_of<A>...>(std::declval<const F&>()));
  template <class... V>
  constexpr auto operator()(const V&... v) const {
    return expanded_expression<result_type, function_arguments<F, shape_of<A>...>>{}(v...);
  }
};

/// What a function holds, as data that are bound behind the function of arguments and data: arrays
/// by reference.
template <class F, class... Held>
TAPELESS_INLINE constexpr bound_function<F, Held...> bound_behind(
    const std::tuple<Held...>& held_) {
  return {F{}, held_};
}

template <bool HoldsArrays, class F, class... A>
struct parts_of_closure {
  static constexpr bool exist = false;
  using function = F;
};
template <class F, class... A>
struct parts_of_closure<true, F, A...> {
  static constexpr bool exist = true;
  using core = closure_core<F, A...>;
  using result_type = typename core::result_type;
  using scalar = scalar_beside_held<result_type, A...>;
  using function =
      decltype(bound_behind<core>(held_leaves<scalar>(std::declval<const result_type&>())));

  /// use(the function).
  template <class Use>
  TAPELESS_INLINE static constexpr decltype(auto) with_bound(const F& f_, const Use& use_) {
    const auto result_ = call_placeholders<shape_of<A>...>(f_);
    return use_(bound_behind<core>(held_leaves<scalar>(result_)));
  }
};
/// f, called with a..., as a function without arrays of its own. Transforms of functions have parts
/// of their own (grad.hpp, evaluate.hpp). No constraint asks whether it holds arrays: compilers
/// show a dozen lines of it above a mistake in f's body.
template <class F, class... A>
struct closure_parts : parts_of_closure<holds_arrays<F, A...>(), F, A...> {};
template <class F, class... Data, class... A>
  requires closure_parts<F, A..., Data...>::exist
struct closure_parts<bound_function<F, Data...>, A...> {
  static constexpr bool exist = true;
  using inner = closure_parts<F, A..., Data...>;
  using function = bound_function<typename inner::function, const Data&...>;
  template <class Use>
  TAPELESS_INLINE static constexpr decltype(auto) with_bound(const bound_function<F, Data...>& f_,
                                                             const Use& use_) {
    return inner::with_bound(f_.function, [&](const auto& g_) TAPELESS_LAMBDA -> decltype(auto) {
      return use_(function{g_, f_.data});
    });
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
