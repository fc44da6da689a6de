// SPDX-License-Identifier: BSL-1.0
#pragma once

// Exact constants: 2_c, 0.5_c and the integral constants of Boost.Hana and the standard library.

#include <tapeless/expression/family.hpp>
#include <tapeless/primitive/arithmetic.hpp>
#include <tapeless/primitive/comparison.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class V>
using constant_for = constant<std::bit_cast<std::uint64_t>(static_cast<double>(V::value))>;

/// 1.25e-3 from its characters. Digits are collected as an integer and scaled once, so every
/// decimal of up to 15 digits and exponents up to 22 is rounded correctly.
template <char... Text>
consteval double parsed_decimal() {
  double digits = 0, scale = 1;
  int exponent = 0, written = 0;
  bool fraction = false, in_exponent = false, negative = false;
  for (char c : {Text...}) {
    if (c == '.')
      fraction = true;
    else if (c == 'e' || c == 'E')
      in_exponent = true;
    else if (c == '-')
      negative = true;
    else if (c == '+' || c == '\'')
      continue;
    else if (in_exponent)
      written = written * 10 + (c - '0');
    else {
      digits = digits * 10 + (c - '0');
      if (fraction) --exponent;
    }
  }
  exponent += negative ? -written : written;
  for (int i = 0; i < (exponent < 0 ? -exponent : exponent); ++i) scale *= 10;
  return exponent < 0 ? digits / scale : digits * scale;
}

inline namespace literals {
/// 2_c, 0.5_c: the constant as a type. Not consteval: clang 14 leaves such calls in a generic
/// lambda to run time.
template <char... Text>
TAPELESS_INLINE constexpr auto operator""_c() {
  return constant<std::bit_cast<std::uint64_t>(parsed_decimal<Text...>())>{};
}
}  // namespace literals

// Hana's own operators are found for its constants too; these are better matches: the constant by
// value, the other side forwarded.
template <class E>
concept forwarded_symbolic = symbolic<std::remove_cvref_t<E>>;

#define TAPELESS_INTEGRAL_OPERATOR(symbol)                                                      \
  template <class T, T v, forwarded_symbolic E>                                                 \
  TAPELESS_INLINE constexpr auto operator symbol(boost::hana::integral_constant<T, v>, E&& e) { \
    return constant_for<std::integral_constant<T, v>> {}                                        \
    symbol e;                                                                                   \
  }                                                                                             \
  template <class T, T v, forwarded_symbolic E>                                                 \
  TAPELESS_INLINE constexpr auto operator symbol(E&& e, boost::hana::integral_constant<T, v>) { \
    return e symbol constant_for<std::integral_constant<T, v>>{};                               \
  }
TAPELESS_INTEGRAL_OPERATOR(+)
TAPELESS_INTEGRAL_OPERATOR(-)
TAPELESS_INTEGRAL_OPERATOR(*)
TAPELESS_INTEGRAL_OPERATOR(/)
TAPELESS_INTEGRAL_OPERATOR(<)
TAPELESS_INTEGRAL_OPERATOR(<=)
TAPELESS_INTEGRAL_OPERATOR(>)
TAPELESS_INTEGRAL_OPERATOR(>=)
TAPELESS_INTEGRAL_OPERATOR(==)
TAPELESS_INTEGRAL_OPERATOR(!=)
#undef TAPELESS_INTEGRAL_OPERATOR

}  // namespace TAPELESS_ABI
}  // namespace tapeless
