// SPDX-License-Identifier: BSL-1.0
#pragma once

// + - * / and unary minus, fma, square.

#include <tapeless/primitive/operand.hpp>
#include <tapeless/primitive/standard_functions.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

struct add : primitive<2> {
  static constexpr text_view name = "+";
  static constexpr algebra kind = algebra::add;
  template <class T>
  static constexpr T primal(const T& a, const T& b) {
    return a + b;
  }
  template <class V>
  static constexpr auto partials(const V&, const V&, const V&) {
    return derivatives{V(1), V(1)};
  }
};

struct subtract : primitive<2> {
  static constexpr text_view name = "-";
  static constexpr algebra kind = algebra::subtract;
  template <class T>
  static constexpr T primal(const T& a, const T& b) {
    return a - b;
  }
  template <class V>
  static constexpr auto partials(const V&, const V&, const V&) {
    return derivatives{V(1), V(-1)};
  }
};

struct multiply : primitive<2> {
  static constexpr text_view name = "*";
  static constexpr algebra kind = algebra::multiply;
  template <class T>
  static constexpr T primal(const T& a, const T& b) {
    return a * b;
  }
  template <class V>
  static constexpr auto partials(const V& a, const V& b, const V&) {
    return derivatives{b, a};
  }
};

struct divide : primitive<2> {
  static constexpr text_view name = "/";
  static constexpr algebra kind = algebra::divide;
  template <class T>
  static constexpr T primal(const T& a, const T& b) {
    return a / b;
  }
  template <class V>
  static constexpr auto partials(const V&, const V& b, const V& y) {
    return derivatives{over(1, b), over(-y, b)};
  }
};

struct negate : primitive<1> {
  static constexpr text_view name = "-";
  static constexpr algebra kind = algebra::negate;
  template <class T>
  static constexpr T primal(const T& a) {
    return -a;
  }
  template <class V>
  static constexpr auto partials(const V&, const V&) {
    return derivatives{V(-1)};
  }
};

struct fused_multiply_add : primitive<3> {
  static constexpr text_view name = "fma";
  template <class T>
  static constexpr T primal(const T& a, const T& b, const T& c) {
    if constexpr (std::is_floating_point_v<T>) {
      return detail::standard::fma(a, b, c);
    } else {
      return a * b + c;
    }
  }
  template <class V>
  static constexpr auto partials(const V& a, const V& b, const V&, const V&) {
    return derivatives{b, a, V(1)};
  }
};

template <class A, class B>
  requires operands<A, B>
TAPELESS_INLINE constexpr lifted<add, A, B> operator+(A a, B b) {
  return lift<add>(a, b);
}
template <class A, class B>
  requires operands<A, B>
TAPELESS_INLINE constexpr lifted<subtract, A, B> operator-(A a, B b) {
  return lift<subtract>(a, b);
}
template <class A, class B>
  requires operands<A, B>
TAPELESS_INLINE constexpr lifted<multiply, A, B> operator*(A a, B b) {
  return lift<multiply>(a, b);
}
template <class A, class B>
  requires operands<A, B>
TAPELESS_INLINE constexpr lifted<divide, A, B> operator/(A a, B b) {
  return lift<divide>(a, b);
}
template <symbolic A>
TAPELESS_INLINE constexpr lifted<negate, A> operator-(A a) {
  return lift<negate>(a);
}
template <symbolic A>
TAPELESS_INLINE constexpr auto operator+(A a) {
  return a;
}

/// fma(a, b, c): a * b + c with one rounding.
/// Partial:  b, a, 1
/// Source:   ISO C17 7.12.13.1
template <operand A, operand B, operand C>
TAPELESS_INLINE constexpr lifted<fused_multiply_add, A, B, C> fma(A a, B b, C c) {
  return lift<fused_multiply_add>(a, b, c);
}

/// square(x): x * x.
/// Partial:  2 x
template <operand A>
TAPELESS_INLINE constexpr auto square(A x) {
  return x * x;
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
