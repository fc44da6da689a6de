// SPDX-License-Identifier: BSL-1.0
#pragma once

// tl::jvp: the value and the Jacobian-vector product, in one program.

#include <tapeless/api/check.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// What jvp returns.
template <class V, class T = V>
struct value_and_tangent {
  V value;
  T tangent;
};

/// jvp(f, std::tuple{a...}, std::tuple{t...}): auto [value, tangent] = ...; tangent = J t.
/// Shapes:   f: (S...) -> R; a, t: (S...); value, tangent: R
template <class F, class... A, class... T, class... Policies>
  requires(!expression<F>)
TAPELESS_INLINE constexpr auto jvp(const F& f_, const std::tuple<A...>& primals_,
                                   const std::tuple<T...>& tangents_,
                                   Policies...) noexcept(calls_no_user_code<F> &&
                                                         (has_plain_leaves<A> && ...) &&
                                                         (has_plain_leaves<T> && ...)) {
  if constexpr (!(is_policy<Policies> && ...)) {
    refuse_policies<Policies...>();
    return value_and_tangent<refused>{};
  } else if constexpr (!std::same_as<std::tuple<shape_of<A>...>, std::tuple<shape_of<T>...>>) {
    refuse_tangents<!expression<F>>();
    return value_and_tangent<refused>{};
  } else if constexpr (!check_vjp<std::decay_t<F>>(types<traced_operand_for<A>...>{})) {
    return value_and_tangent<refused>{};
  } else {
    constexpr int count_ = static_cast<int>(sizeof...(A));
    using transform = forward_mode<combined_policy<Policies...>, true, chosen_or_all<count_>>;
    if constexpr (any_expression<A..., T...>) {
      const auto make_ = [&]<int Output>(std::integral_constant<int, Output>) TAPELESS_LAMBDA {
        return unpack(
            [&](const auto&... x_)
                TAPELESS_LAMBDA { return make_called<transform, Output, count_>(f_, x_...); },
            std::tuple_cat(primals_, tangents_));
      };
      const auto value_ = make_(std::integral_constant<int, 0>{});
      const auto tangent_ = make_(std::integral_constant<int, 1>{});
      return value_and_tangent<decltype(value_), decltype(tangent_)>{value_, tangent_};
    } else {
      value_and_tangent<value_type<function_call<F, A...>>> r_;
      unpack(
          [&](const auto&... a_) TAPELESS_LAMBDA {
            execute_call<transform>(f_, std::tie(r_.value, r_.tangent), std::tie(tangents_), a_...);
          },
          primals_);
      return r_;
    }
  }
}

/// Exists to say what is wrong with jvp(f, 3.0, 1.0).
template <class F, class A, class T, class... Policies>
constexpr auto jvp(const F&, const A&, const T&, const Policies&...) {
  refuse_tangents<number<F>>();
  return value_and_tangent<refused>{};
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
