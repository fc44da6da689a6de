// SPDX-License-Identifier: BSL-1.0
#pragma once

// tl::vjp: the value and the pullback, cotangent of the result -> cotangents of the arguments.

#include <tapeless/api/check.hpp>
#include <tapeless/api/evaluate.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Types of arguments as a body sees them: expressions are scalars.
template <class... A>
constexpr types<traced_operand_for<A>...> traced_operands(types<A...>) {
  return {};
}

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
  TAPELESS_INLINE constexpr auto operator()(const W& cotangent_) const
      noexcept(calls_no_user_code<F> && has_plain_leaves<W> && (has_plain_leaves<A> && ...)) {
    using call = function_call<F, traced_operand_for<A>...>;
    using list = chosen_or_all<static_cast<int>(sizeof...(A))>;
    using T = typename call::scalar;
    if constexpr (any_expression<A..., W>) {
      return unpack(
          [&](const auto&... a_) TAPELESS_LAMBDA {
            return make_called_tuple<reverse_mode<Policy, false, true, list>, 0, list::count,
                                     list::count>(function, a_..., cotangent_);
          },
          arguments);
    } else if constexpr (!std::same_as<shape_of<W>, shape_of<typename call::result_type>>) {
      refuse_cotangent<W>();
      return refused_parts<list::count>();
    } else {
      using G = typename gradient_of<T, list, A...>::type;
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
TAPELESS_INLINE constexpr auto vjp(const F& f_, const A&... a_) noexcept(
    calls_no_user_code<F> && std::is_nothrow_copy_constructible_v<F> &&
    ((is_policy<A> || has_plain_leaves<A>) && ...)) {
  using function_type = std::decay_t<F>;
  using arguments = typename without_policies<A...>::type;
  if constexpr (check_vjp<function_type>(traced_operands(arguments{}))) {
    return unpack(
        [&]<class... B>(const B&... b_) TAPELESS_LAMBDA {
          using pullback =
              function_pullback<combined_policy<policy_or_strict<A>...>, function_type, B...>;
          auto value_ = evaluate(f_)(b_...);
          return value_and_pullback<decltype(value_), pullback>{value_, {f_, {b_...}}};
        },
        std::tuple_cat(unless_policy(a_)...));
  } else {
    return value_and_pullback<refused, refused_pullback<arguments::count>>{};
  }
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
