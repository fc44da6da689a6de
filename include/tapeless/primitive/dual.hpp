// SPDX-License-Identifier: BSL-1.0
#pragma once

// Dual numbers: a plain forward-mode scalar type. Programs run on it as on any other scalar type,
// so dual numbers through a gradient are second derivatives.

#include <tapeless/primitive/arithmetic.hpp>
#include <tapeless/primitive/comparison.hpp>

#include <limits>
#include <utility>

namespace tapeless {
inline namespace TAPELESS_ABI {

struct dual_family;

/// value + tangent * e, e * e = 0.
template <class T>
struct dual {
  using operand_family = dual_family;

  T value = T(0);
  T tangent = T(0);

  constexpr dual() = default;
  constexpr dual(const T& v, const T& t) : value(v), tangent(t) {}
  template <number N>
  constexpr dual(N v) : value(static_cast<T>(v)) {}
  constexpr dual(structural_zero) {}

  template <operand B>
  constexpr dual& operator+=(B b) {
    return *this = *this + b;
  }
  template <operand B>
  constexpr dual& operator-=(B b) {
    return *this = *this - b;
  }
  template <operand B>
  constexpr dual& operator*=(B b) {
    return *this = *this * b;
  }
  template <operand B>
  constexpr dual& operator/=(B b) {
    return *this = *this / b;
  }
};

template <class... A>
struct dual_operands {};
template <class T, class... A>
struct dual_operands<dual<T>, A...> {
  using value_type = T;
};
template <class B, class... A>
struct dual_operands<B, A...> : dual_operands<A...> {};

/// How primitives apply to dual numbers: the primal, and the partials times the tangents.
struct dual_family {
  static constexpr int rank = 0;

  template <class P, class... A>
  using result = std::conditional_t<P::returns_condition, bool,
                                    dual<typename dual_operands<A...>::value_type>>;

  template <class P, class... A>
  static constexpr result<P, A...> apply(const A&... a) {
    using T = typename dual_operands<A...>::value_type;
    if constexpr (P::returns_condition) {
      return primal<P>(value<T>(a)...);
    } else {
      const T y = primal<P>(value<T>(a)...);
      T t = T(0);
      add_tangents<P>(t, P::partials(value<T>(a)..., y), std::index_sequence_for<A...>{},
                      tangent<T>(a)...);
      return {y, t};
    }
  }

 private:
  /// Of dual numbers in dual numbers the primal is a lifted operation again.
  template <class P, class... X>
  static constexpr auto primal(const X&... x) {
    if constexpr ((symbolic<X> || ...)) {
      return lift<P>(x...);
    } else {
      return P::primal(x...);
    }
  }
  template <class T>
  static constexpr bool is_zero(const T& v) {
    if constexpr (requires { v.tangent; }) {
      return is_zero(v.value) && is_zero(v.tangent);
    } else {
      return v == T(0);
    }
  }
  template <class T>
  static constexpr bool value(bool c) {
    return c;
  }
  template <class T, number N>
  static constexpr T value(N v) {
    return static_cast<T>(v);
  }
  template <class T>
  static constexpr const T& value(const dual<T>& v) {
    return v.value;
  }
  template <class T, class N>
  static constexpr T tangent(const N&) {
    return T(0);
  }
  template <class T>
  static constexpr const T& tangent(const dual<T>& v) {
    return v.tangent;
  }
  template <class P, class T, class Partials, std::size_t... I, class... D>
  static constexpr void add_tangents(T& t, const Partials& p, std::index_sequence<I...>,
                                     const D&... d) {
    (add_tangent(t, stated_derivative<I>(p), d), ...);
  }
  template <class T>
  static constexpr void add_tangent(T&, no_derivative, const T&) {}
  /// What is 0 takes no part: numbers have no tangent, branches not taken no derivative, and
  /// 0 * inf would be NaN.
  template <class T>
  static constexpr void add_tangent(T& t, const T& p, const T& d) {
    if (!is_zero(d) && !is_zero(p)) t += p * d;
  }
  template <class T>
  static constexpr void add_tangent(T& t, const quotient<T>& q, const T& d) {
    if (!is_zero(d) && !is_zero(q.numerator)) t += q.numerator * (d / q.denominator);
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless

template <class T>
struct std::numeric_limits<tapeless::dual<T>> : std::numeric_limits<T> {};
