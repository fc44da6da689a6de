// SPDX-License-Identifier: BSL-1.0
#pragma once

// Functions that hold arrays, or numbers beside arguments that are arrays: what they make of
// placeholders is a function of the arguments and of what they hold.

#include <tapeless/api/check.hpp>
#include <tapeless/expression/expansion.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// The call f(a...) is one of these.
template <class F, class... A>
constexpr bool holds_arrays() {
  if constexpr (std::is_empty_v<F> || !is_generic<F> || !(shape_of<A>::valid && ...)) {
    return false;
  } else if constexpr (bound_parts_of<F, A...>::exist) {
    return false;
  } else {
    constexpr auto result =
        call_on_placeholders<F, shape_of<A>...>(std::index_sequence_for<A...>{});
    using type = std::remove_cvref_t<typename decltype(result)::type>;
    if constexpr (requires { requires type::facts.arrays; }) {
      return !type::facts.named;
    } else {
      return false;
    }
  }
}

template <class F, class... A>
struct array_closure {
  using result_type = decltype(call_placeholders<shape_of<A>...>(std::declval<const F&>()));
  using function = expanded_expression<result_type, function_arguments<F, shape_of<A>...>>;
  using scalar = program_scalar_t<A...>;

  /// use(arguments..., what the function holds...).
  template <class Use>
  TAPELESS_INLINE static constexpr decltype(auto) with_held(const F& f_, const Use& use_,
                                                            const A&... a_) {
    const auto result_ = call_placeholders<shape_of<A>...>(f_);
    const auto held_ = held_leaves<scalar>(result_);
    return unpack([&](const auto&... h_)
                      TAPELESS_LAMBDA -> decltype(auto) { return use_(a_..., h_...); },
                  held_);
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
