// SPDX-License-Identifier: BSL-1.0
#pragma once

// How primitives apply to expressions.

#include <tapeless/expression/tree.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class P, class... X>
struct expression_result;

/// How primitives apply to expressions: by naming a type.
struct expression_family {
  static constexpr int rank = 2;

  template <expression E>
  TAPELESS_INLINE static constexpr E leaf(const E& e) {
    return e;
  }
  template <class V>
    requires(number<V> || (symbolic<V> && !expression<V>))
  TAPELESS_INLINE static constexpr auto leaf(const V& v) {
    return stored<V>{{}, v};
  }
  TAPELESS_INLINE static constexpr auto leaf(bool v) { return stored<bool>{{}, v}; }

  template <class P, class... X>
  using result = typename expression_result<P, X...>::type;

  template <class P, class... X>
  TAPELESS_INLINE static constexpr auto apply(const X&... x) {
    if constexpr ((expression<X> && ...)) {
      return make<P>(x...);
    } else if constexpr ((closed_in_trace<X> && ...)) {
      return trace_family::apply<P>(x...);
    } else {
      return make<P>(leaf(x)...);
    }
  }

 private:
  /// Among traced values an expression without inputs is a constant of the trace.
  template <class X>
  static constexpr bool is_closed() {
    if constexpr (expression<X>) {
      return !X::facts.open && X::facts.stored == 0;
    } else {
      return std::same_as<typename family_of<X>::type, trace_family>;
    }
  }
  template <class X>
  static constexpr bool closed_in_trace = is_closed<X>();

  template <class P, class... X>
  TAPELESS_INLINE static constexpr auto make(const X&... x) {
    constexpr expression_facts facts = (X::facts + ...).parent();
    if constexpr (!fits(facts)) {
      return beyond_limit<X...>();
    } else if constexpr ((std::is_empty_v<X> && ...)) {
      return tapeless::apply<P, X...>{};
    } else {
      return tapeless::apply<P, X...>{{}, x...};
    }
  }
};

template <class E>
constexpr double closed_expression_value() {
  return evaluate_expression(E{});
}

/// A product element by element, also of matrices; of scalars a product like any other.
struct multiply_elements : multiply {};

/// square(e), silu(e), gelu(e): of each element where e is an array.
template <expression E>
TAPELESS_INLINE constexpr auto square(E e) {
  return expression_family::apply<multiply_elements>(e, e);
}

template <class P, class... X>
struct expression_result {
  using type = decltype(expression_family::apply<P>(std::declval<const X&>()...));
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
