// SPDX-License-Identifier: BSL-1.0
#pragma once

// Comparisons, logic on conditions, and select.

#include <tapeless/primitive/operand.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

struct comparison : primitive<2> {
  static constexpr algebra kind = algebra::compare;
  static constexpr bool returns_condition = true;
};
struct less : comparison {
  static constexpr text_view name = "<";
  template <class T>
  static constexpr bool primal(const T& a, const T& b) {
    return a < b;
  }
};
struct less_equal : comparison {
  static constexpr text_view name = "<=";
  template <class T>
  static constexpr bool primal(const T& a, const T& b) {
    return a <= b;
  }
};
struct equal_to : comparison {
  static constexpr text_view name = "==";
  template <class T>
  static constexpr bool primal(const T& a, const T& b) {
    return a == b;
  }
};

struct logical_and : primitive<2> {
  static constexpr text_view name = "&&";
  static constexpr bool returns_condition = true;
  static constexpr int condition_operands = 2;
  static constexpr bool primal(bool a, bool b) { return a && b; }
};
struct logical_or : primitive<2> {
  static constexpr text_view name = "||";
  static constexpr bool returns_condition = true;
  static constexpr int condition_operands = 2;
  static constexpr bool primal(bool a, bool b) { return a || b; }
};
struct logical_not : primitive<1> {
  static constexpr text_view name = "!";
  static constexpr algebra kind = algebra::logical_not;
  static constexpr bool returns_condition = true;
  static constexpr int condition_operands = 1;
  static constexpr bool primal(bool a) { return !a; }
};

/// The branch not taken contributes exactly zero: the partials are selects with an arm that is
/// zero by structure, into which the graph's algebra pushes every factor.
struct choose : primitive<3> {
  static constexpr text_view name = "select";
  static constexpr algebra kind = algebra::select;
  static constexpr int condition_operands = 1;
  template <class T>
  static constexpr T primal(bool condition, const T& a, const T& b) {
    return condition ? a : b;
  }
  template <class C, class V>
  static constexpr auto partials(const C& condition, const V&, const V&, const V&) {
    return derivatives{no_derivative{}, lift<choose>(condition, V(1), V(structural_zero{})),
                       lift<choose>(condition, V(structural_zero{}), V(1))};
  }
};

template <class A, class B>
  requires operands<A, B>
TAPELESS_INLINE constexpr lifted<less, A, B> operator<(A a, B b) {
  return lift<less>(a, b);
}
template <class A, class B>
  requires operands<A, B>
TAPELESS_INLINE constexpr lifted<less_equal, A, B> operator<=(A a, B b) {
  return lift<less_equal>(a, b);
}
template <class A, class B>
  requires operands<A, B>
TAPELESS_INLINE constexpr lifted<less, B, A> operator>(A a, B b) {
  return lift<less>(b, a);
}
template <class A, class B>
  requires operands<A, B>
TAPELESS_INLINE constexpr lifted<less_equal, B, A> operator>=(A a, B b) {
  return lift<less_equal>(b, a);
}
template <class A, class B>
  requires operands<A, B>
TAPELESS_INLINE constexpr lifted<equal_to, A, B> operator==(A a, B b) {
  return lift<equal_to>(a, b);
}
template <class A, class B>
  requires operands<A, B>
TAPELESS_INLINE constexpr auto operator!=(A a, B b) {
  return lift<logical_not>(lift<equal_to>(a, b));
}

/// isnan(x), isfinite(x): conditions, for select. Of numbers they are the standard library's.
/// Source:   ISO C17 7.12.3
template <symbolic A>
TAPELESS_INLINE constexpr auto isnan(A x) {
  return x != x;
}
template <symbolic A>
TAPELESS_INLINE constexpr auto isfinite(A x) {
  return x - x == 0;  // NOLINT(misc-redundant-expression)
}

template <class C>
concept symbolic_condition = symbolic<C> && requires { typename C::is_condition; };

template <class A, class B>
concept conditions = (symbolic_condition<A> && (symbolic_condition<B> || std::same_as<B, bool>)) ||
                     (std::same_as<A, bool> && symbolic_condition<B>);

template <class A, class B>
  requires conditions<A, B>
TAPELESS_INLINE constexpr lifted<logical_and, A, B> operator&&(A a, B b) {
  return lift<logical_and>(a, b);
}
template <class A, class B>
  requires conditions<A, B>
TAPELESS_INLINE constexpr lifted<logical_or, A, B> operator||(A a, B b) {
  return lift<logical_or>(a, b);
}
template <symbolic_condition A>
TAPELESS_INLINE constexpr lifted<logical_not, A> operator!(A a) {
  return lift<logical_not>(a);
}

/// select(condition, a, b): a where the condition holds, else b; both are computed, the branch
/// not taken contributes exactly 0 to every derivative, never NaN.
/// Partial:  1 to the branch taken
template <class C, operand A, operand B>
  requires(std::same_as<C, bool> || symbolic_condition<C>)
TAPELESS_INLINE constexpr auto select(C condition, A a, B b) {
  if constexpr (std::same_as<C, bool> && number<A> && number<B>) {
    using real = typename promoted<A, B>::type;
    return condition ? static_cast<real>(a) : static_cast<real>(b);
  } else {
    return lift<choose>(condition, a, b);
  }
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
