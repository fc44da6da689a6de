// SPDX-License-Identifier: BSL-1.0
#pragma once

// Powers with integer exponents: products by repeated squaring, negative ones through one
// reciprocal. However the exponent is spelled, the multiplications are the same.

#include <tapeless/primitive/arithmetic.hpp>
#include <tapeless/primitive/comparison.hpp>

#include <bit>

namespace tapeless {
inline namespace TAPELESS_ABI {

struct reciprocal_value : primitive<1> {
  static constexpr text_view name = "reciprocal";
  template <class T>
  static constexpr T primal(const T& x) {
    return T(1) / x;
  }
  template <class V>
  static constexpr auto partials(const V&, const V& y) {
    return derivatives{-(y * y)};
  }
};

/// reciprocal(x): 1 / x, whose derivative needs no further division.
/// Partial:  -reciprocal(x)^2
/// Domain:   all x; 0 -> inf with partial -inf, NaN -> NaN
template <operand A>
TAPELESS_INLINE constexpr lifted<reciprocal_value, A> reciprocal(A x) {
  return lift<reciprocal_value>(x);
}

namespace detail {

/// x^n for n >= 1: square for each bit of n below its first, multiply by x where it is set.
template <class T>
constexpr T power_of(const T& x, unsigned long long n) {
  T r = x;
  for (int bit = static_cast<int>(std::bit_width(n)) - 1; bit-- > 0;) {
    r = r * r;
    if ((n >> bit) & 1) r = r * x;
  }
  return r;
}
/// x^n for any integer n.
constexpr unsigned long long magnitude_of(long long n) {
  return n < 0 ? 0 - static_cast<unsigned long long>(n) : static_cast<unsigned long long>(n);
}
template <class T>
constexpr T number_power_of(const T& x, long long n) {
  if (n == 0) return T(1);
  return power_of(n < 0 ? T(1) / x : x, magnitude_of(n));
}
/// The same for a constant exponent, without a loop.
template <int N, class T>
constexpr T power_of(const T& x) {
  if constexpr (N == 1) {
    return x;
  } else {
    const T half = power_of<N / 2>(x);
    const T even = half * half;
    if constexpr (N % 2 == 0) {
      return even;
    } else {
      return even * x;
    }
  }
}
/// The same on values that record operations: powers that occur in practice become one operation
/// each, whose derivative is N x^(N-1) rather than that of the single products.
template <class V>
constexpr V recorded_power_of(const V& x, unsigned long long n);

}  // namespace detail

template <int N>
struct constant_power : primitive<1> {
  static_assert(N >= 3, "smaller powers are spelled otherwise, negative ones have a reciprocal");
  static constexpr auto text = [] {
    struct {
      char data[16] = "pow<";
      std::size_t size = 4;
    } t;
    char digits[12]{};
    std::size_t count = 0;
    for (int n = N; n != 0; n /= 10) digits[count++] = static_cast<char>('0' + n % 10);
    while (count > 0) t.data[t.size++] = digits[--count];
    t.data[t.size++] = '>';
    return t;
  }();
  static constexpr text_view name{text.data, text.size};

  template <class T>
  static constexpr T primal(const T& x) {
    return detail::power_of<N>(x);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return derivatives{N * detail::recorded_power_of(x, N - 1)};
  }
};

namespace detail {

template <class V>
constexpr V recorded_power_of(const V& x, unsigned long long n) {
  switch (n) {
    case 0:
      return V(1);
    case 1:
      return x;
    case 2:
      return x * x;
    case 3:
      return lift<constant_power<3>>(x);
    case 4:
      return lift<constant_power<4>>(x);
    case 5:
      return lift<constant_power<5>>(x);
    case 6:
      return lift<constant_power<6>>(x);
    case 7:
      return lift<constant_power<7>>(x);
    case 8:
      return lift<constant_power<8>>(x);
    default: {
      const V half = recorded_power_of(x, n / 2);
      return n % 2 == 0 ? half * half : half * half * x;
    }
  }
}

/// A type that can hold the result of its own arithmetic: numbers and traced values, unlike
/// expressions, whose type is the computation.
template <class A>
concept closed_under_arithmetic = std::same_as<lifted<multiply, A, A>, A>;

template <class N>
constexpr bool is_integer_constant() {
  if constexpr (std::is_arithmetic_v<N>) {
    return false;
  } else if constexpr (requires { typename std::bool_constant<(N::value == N::value)>; }) {
    constexpr auto v = static_cast<double>(N::value);
    return v > -1e9 && v < 1e9 && static_cast<double>(static_cast<int>(v)) == v;
  } else {
    return false;
  }
}

}  // namespace detail

/// An integer known as a type: 3_c, hana::int_c<3>, std::integral_constant<int, 3>.
template <class N>
concept integer_constant = detail::is_integer_constant<N>();

/// An exponent for which pow makes products.
template <class N>
concept integer_exponent = (std::integral<N> && !std::same_as<N, bool>) || integer_constant<N>;

struct integral_power;

/// integer_pow(x, n): x to the power n, an integer held in a value of any type.
/// Partial:  n x^(n-1), 0 where n = 0; none with respect to n
/// Domain:   all x; x^0 is 1 even for NaN, otherwise NaN -> NaN
/// Source:   NIST DLMF 4.7.10
template <operand A, operand N>
TAPELESS_INLINE constexpr lifted<integral_power, A, N> integer_pow(A x, N n) {
  return lift<integral_power>(x, n);
}

struct integral_power : primitive<2> {
  static constexpr text_view name = "integer_pow";
  template <class T>
  static constexpr T primal(const T& x, const T& n) {
    if constexpr (std::is_floating_point_v<T>) {
      return detail::number_power_of(x, static_cast<long long>(n));
    } else {
      return pow(x, n);
    }
  }
  template <class V>
  static constexpr auto partials(const V& x, const V& n, const V&) {
    return derivatives{select(n == 0, V(structural_zero{}), n * integer_pow(x, n - 1)),
                       no_derivative{}};
  }
};

/// pow<3>(x), pow(x, 3_c), pow(x, 3): x to an integer power, as products. In an expression, whose
/// type can not depend on a value, write pow<3>(x) or pow(x, 3_c): pow(x, 3) stores its exponent.
/// Partial:  N x^(N-1)
/// Domain:   all x; negative powers of 0 -> inf; x^0 is 1 even for NaN, otherwise NaN -> NaN
/// Source:   NIST DLMF 4.7.10
/// An exponent that is an integer by its type.
template <class N>
concept integral_exponent = std::integral<N> && !std::same_as<N, bool>;
template <int N, operand A>
TAPELESS_INLINE constexpr auto pow(A x) {
  if constexpr (number<A>) {
    using real = typename promoted<A>::type;
    return detail::number_power_of(static_cast<real>(x), N);
  } else if constexpr (N < 0) {
    return pow<-N>(reciprocal(x));
  } else if constexpr (N == 0) {
    if constexpr (detail::closed_under_arithmetic<A>) {
      return A(1);
    } else {
      return integer_pow(x, 0);
    }
  } else if constexpr (N == 1) {
    return x;
  } else if constexpr (N == 2) {
    return square(x);
  } else {
    return lift<constant_power<N>>(x);
  }
}
template <operand A, integer_constant N>
TAPELESS_INLINE constexpr auto pow(A x, const N&) {
  return pow<static_cast<int>(N::value)>(x);
}
template <operand A, integral_exponent N>
TAPELESS_INLINE constexpr auto pow(A x, N n) {
  if constexpr (number<A>) {
    using real = typename promoted<A>::type;
    return detail::number_power_of(static_cast<real>(x), static_cast<long long>(n));
  } else if constexpr (detail::closed_under_arithmetic<A>) {
    const auto magnitude = detail::magnitude_of(static_cast<long long>(n));
    return detail::recorded_power_of(n < 0 ? reciprocal(x) : x, magnitude);
  } else {
    return integer_pow(x, n);
  }
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
