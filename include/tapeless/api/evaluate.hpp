// SPDX-License-Identifier: BSL-1.0
#pragma once

// tl::evaluate: the value alone, from a program of the same quality as a gradient's.

#include <tapeless/api/check.hpp>
#include <tapeless/api/function.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class F>
struct evaluated_function {
  [[no_unique_address]] F function;

  template <class... A>
  TAPELESS_INLINE constexpr auto operator()(const A&... a_) const
      noexcept(calls_no_user_code<F> && (has_plain_leaves<A> && ...)) {
    if constexpr (any_expression<A...>) {
      return function(a_...);
    } else if constexpr (check_function<result_kind::structure, F, chosen_arguments<>, A...>()) {
      using call = function_call<F, A...>;
      value_type<call> value_{};
      execute_call<value_only>(function, std::tie(value_), std::tuple<>{}, a_...);
      return value_;
    } else {
      return refused{};
    }
  }
};

/// evaluate(f): f itself, run as a program: common subexpressions shared, constants folded.
/// Shapes:   f: (S...) -> R; result: R
template <class F>
  requires(!expression<F>)
TAPELESS_INLINE constexpr auto evaluate(const F& f_) noexcept(
    std::is_nothrow_copy_constructible_v<F>) {
  return evaluated_function<std::decay_t<F>>{f_};
}

/// bind_back(f, data...): f with its last arguments fixed. Transforms treat the data as arguments
/// that are not differentiated, so the body may loop over them and reassign.
template <class F, class... Data>
TAPELESS_INLINE constexpr auto bind_back(const F& f_, const Data&... data_) noexcept(
    std::is_nothrow_copy_constructible_v<F> &&
    (std::is_nothrow_copy_constructible_v<Data> && ...)) {
  return bound_function<F, Data...>{f_, {data_...}};
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
