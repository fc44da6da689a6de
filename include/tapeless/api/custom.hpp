// SPDX-License-Identifier: BSL-1.0
#pragma once

// The user's own derivative of a plain function.

#include <tapeless/trace/trace.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// A rule's result as a list: rules of functions of one argument may return it bare.
template <class R>
constexpr auto rule_result(const R& r) {
  if constexpr (derivative_count<R> > 0) {
    return r;
  } else if constexpr (requires { std::tuple_size<R>::value; }) {
    return []<std::size_t... I>(const R& all, std::index_sequence<I...>) {
      return std::tuple{std::get<I>(all)...};
    }(r, std::make_index_sequence<std::tuple_size_v<R>>{});
  } else {
    return derivatives<R>{r};
  }
}

/// How many derivatives a rule's result is; 0: void.
template <class R>
constexpr std::size_t rule_results() {
  if constexpr (std::is_void_v<R>) {
    return 0;
  } else if constexpr (derivative_count<R> > 0) {
    return derivative_count<R>;
  } else if constexpr (requires { std::tuple_size<R>::value; }) {
    return std::tuple_size<R>::value;
  } else {
    return 1;
  }
}
template <class Rule, std::size_t... I>
auto call_rule(std::index_sequence<I...>)
    -> type_tag<std::invoke_result_t<const Rule&, std::enable_if_t<(I + 1 > 0), traced>...>>;
/// What a rule returns for so many traced values.
template <class Rule, int Values>
using result_of_rule = typename decltype(call_rule<Rule>(
    std::make_index_sequence<static_cast<std::size_t>(Values)>{}))::type;
template <class Rule, int Values>
concept takes_values = requires { typename type_tag<result_of_rule<Rule, Values>>; };

/// The plain function F as a primitive of N operands.
template <class F, int N>
struct opaque_function : primitive<N> {
  static constexpr text_view name = "custom";
  template <class T, class... U>
  static constexpr T primal(const T& x, const U&... y) {
    return static_cast<T>(stateless<F>()(x, y...));
  }
};

template <class F, class Rule, int N>
struct with_vjp_rule : opaque_function<F, N> {
  static constexpr bool has_vjp = true;
  static constexpr custom_mistake mistake() {
    if constexpr (!takes_values<Rule, N + 2>) {
      return custom_mistake::vjp_parameters;
    } else {
      return rule_results<result_of_rule<Rule, N + 2>>() == N ? custom_mistake::none
                                                              : custom_mistake::cotangents;
    }
  }
  template <class... V>
  static constexpr auto vjp(const V&... xyw) {
    return rule_result(stateless<Rule>()(xyw...));
  }
  /// Used by jvp alone: the pullback of 1.
  template <class V, class... W>
  static constexpr auto partials(const V& x, const W&... y) {
    return rule_result(stateless<Rule>()(x, y..., V(1)));
  }
};

template <class F, class Rule, int N>
struct with_jvp_rule : opaque_function<F, N> {
  static constexpr custom_mistake mistake() {
    if constexpr (!takes_values<Rule, 2 * N + 1>) {
      return custom_mistake::jvp_parameters;
    } else {
      return std::is_convertible_v<result_of_rule<Rule, 2 * N + 1>, traced>
                 ? custom_mistake::none
                 : custom_mistake::tangent;
    }
  }
  template <class... V>
  static constexpr auto partials(const V&... xy) {
    return [&]<int... I>(std::integer_sequence<int, I...>) {
      return derivatives{along<I>(std::make_integer_sequence<int, N>{}, xy...)...};
    }(std::make_integer_sequence<int, N>{});
  }

 private:
  /// The tangent of the result when operand I alone moves.
  template <int I, int... K, class V, class... W>
  static constexpr V along(std::integer_sequence<int, K...>, const V& x, const W&... y) {
    return V(stateless<Rule>()(x, y..., V(K == I ? 1 : 0)...));
  }
};

/// A function with its rule, which is that of its pullback or of its tangent.
template <bool Pullback, class F, class Rule>
struct custom_rule {
  [[no_unique_address]] F function;
  [[no_unique_address]] Rule rule;

  template <operand... A>
  TAPELESS_INLINE constexpr auto operator()(const A&... a) const {
    // Asked here: from within a derivative compilers print lines without end.
    constexpr custom_mistake found = mistake<A...>();
    if constexpr (found == custom_mistake::none) {
      return lift<primitive_of_rule<A...>>(a...);
    } else {
      wrong_custom<found>();
      return std::get<0>(std::tie(a...));
    }
  }

 private:
  template <class... A>
  using primitive_of_rule =
      std::conditional_t<Pullback, with_vjp_rule<F, Rule, static_cast<int>(sizeof...(A))>,
                         with_jvp_rule<F, Rule, static_cast<int>(sizeof...(A))>>;
  template <class... A>
  static constexpr custom_mistake mistake() {
    if constexpr (!std::is_empty_v<F> || !std::is_empty_v<Rule>) {
      return custom_mistake::data;
    } else if constexpr (sizeof...(A) < 1 || sizeof...(A) > max_arity) {
      return custom_mistake::operands;
    } else if constexpr ((symbolic<A> || ...)) {
      return primitive_of_rule<A...>::mistake();
    } else {
      return custom_mistake::none;
    }
  }
};

/// custom_vjp(f, rule): f, whose pullback is rule(x..., y, w): y = f(x...), w its cotangent; it
/// returns the cotangents of the arguments, bare, as a tuple or as derivatives{...}. f is a plain
/// function of one to three numbers and stays opaque; the rule is generic and is differentiated
/// itself.
/// Errors:   compile error if f or rule hold data, or if rule takes or returns something else
template <class F, class Rule>
constexpr auto custom_vjp(const F& f, const Rule& rule) {
  return custom_rule<true, F, Rule>{f, rule};
}

/// custom_jvp(f, rule): f, whose tangent is rule(x..., y, t...), linear in the tangents t.
template <class F, class Rule>
constexpr auto custom_jvp(const F& f, const Rule& rule) {
  return custom_rule<false, F, Rule>{f, rule};
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
