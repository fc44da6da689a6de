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

/// The plain function F as a primitive of N operands.
template <class F, int N>
struct opaque_function : primitive<N> {
  static_assert(
      std::is_empty_v<F>,
      "tapeless::custom_vjp(f, rule), custom_jvp(f, rule): 'f' must not hold data: wrap a "
      "function pointer in a lambda, [](double x) { return f(x); }");
  static constexpr text_view name = "custom";
  template <class T, class... U>
  static constexpr T primal(const T& x, const U&... y) {
    return static_cast<T>(stateless<F>()(x, y...));
  }
};

template <class F, class Rule, int N>
struct with_vjp_rule : opaque_function<F, N> {
  static constexpr bool has_vjp = true;
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

/// Asked where the function is used: from within a derivative g++ prints lines without end.
template <class P, std::size_t... I>
constexpr bool one_cotangent_each(std::index_sequence<I...>) {
  const traced any = 0;
  return derivative_count<decltype(P::vjp((void(I), any)..., any, any))> == sizeof...(I);
}

template <template <class, class, int> class Primitive, class F, class Rule>
struct custom_function {
  static_assert(std::is_empty_v<Rule>,
                "tapeless::custom_vjp(f, rule), custom_jvp(f, rule): 'rule' must not hold data");
  [[no_unique_address]] F function;
  [[no_unique_address]] Rule rule;

  template <operand... A>
  TAPELESS_INLINE constexpr auto operator()(const A&... a) const {
    using P = Primitive<F, Rule, static_cast<int>(sizeof...(A))>;
    if constexpr (P::has_vjp && (symbolic<A> || ...)) {
      if constexpr (!one_cotangent_each<P>(std::index_sequence_for<A...>{})) wrong_cotangents<P>();
    }
    return lift<P>(a...);
  }
};

/// custom_vjp(f, rule): f, whose pullback is rule(x..., y, w): y = f(x...), w its cotangent; it
/// returns the cotangents of the arguments, bare, as a tuple or as derivatives{...}. f is a plain
/// function of one to three numbers and stays opaque; the rule is generic and is differentiated
/// itself.
/// Errors:   compile error if f or rule hold data
template <class F, class Rule>
constexpr auto custom_vjp(const F& f, const Rule& rule) {
  return custom_function<with_vjp_rule, F, Rule>{f, rule};
}

/// custom_jvp(f, rule): f, whose tangent is rule(x..., y, t...), linear in the tangents t.
template <class F, class Rule>
constexpr auto custom_jvp(const F& f, const Rule& rule) {
  return custom_function<with_jvp_rule, F, Rule>{f, rule};
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
