// SPDX-License-Identifier: BSL-1.0
#pragma once

// tl::vjp: the value and the pullback, cotangent of the result -> cotangents of the arguments.

#include <tapeless/api/check.hpp>
#include <tapeless/api/evaluate.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// What vjp returns.
template <class V, class P>
struct value_and_pullback {
  V value;
  P pullback;
};

/// The pullback keeps the arguments, no record of the evaluation: its program recomputes what it
/// needs, and where it is called beside the value the compiler merges the two.
template <class Policy, class F, class... A>
struct function_pullback {
  [[no_unique_address]] F function;
  std::tuple<A...> arguments;

  template <class W>
  TAPELESS_INLINE constexpr auto operator()(const W& cotangent_) const {
    using call = function_call<F, A...>;
    using list = chosen_or_all<static_cast<int>(sizeof...(A))>;
    using T = typename call::scalar;
    using G = typename gradient_of<T, list, A...>::type;
    if constexpr (!std::same_as<shape_of<W>, shape_of<typename call::result_type>>) {
      static_assert(never<W>,
                    "tapeless: pullback(w): 'w' differs in shape from the function's result");
      return G{};
    } else {
      return filled<G>([&](G& g_) TAPELESS_LAMBDA {
        unpack(
            [&](const auto&... a_) TAPELESS_LAMBDA {
              execute_call<reverse_mode<Policy, false, true, list>>(
                  function, std::tie(g_), std::tuple<const W&>(cotangent_), a_...);
            },
            arguments);
      });
    }
  }
};

/// vjp(f, a...): auto [value, pullback] = vjp(f, a...); pullback(w) gives the cotangents of all
/// arguments: J^T w, for one argument bare, else a tuple.
/// Shapes:   f: (S...) -> R; w: R; pullback(w): S...
template <class F, class... A>
  requires(!expression<F>)
TAPELESS_INLINE constexpr auto vjp(const F& f_, const A&... a_) {
  using chosen_policy = combined_policy<policy_or_strict<A>...>;
  return unpack(
      [&]<class... B>(const B&... b_) TAPELESS_LAMBDA {
        if constexpr (check_gradient_of_all<F, B...>()) {
          auto value_ = evaluate(f_)(b_...);
          return value_and_pullback<decltype(value_), function_pullback<chosen_policy, F, B...>>{
              value_, {f_, {b_...}}};
        } else {
          return value_and_pullback<double,
                                    function_pullback<chosen_policy, zero_function, double>>{};
        }
      },
      std::tuple_cat(unless_policy(a_)...));
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
