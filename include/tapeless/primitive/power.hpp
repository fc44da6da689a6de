// SPDX-License-Identifier: BSL-1.0
#pragma once

// Roots: sqrt, cbrt, rsqrt, hypot. Powers: pow (primitive/integer_power.hpp for integer exponents).

#include <tapeless/primitive/comparison.hpp>
#include <tapeless/primitive/exponential.hpp>
#include <tapeless/primitive/integer_power.hpp>
#include <tapeless/primitive/standard_functions.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

struct square_root : primitive<1> {
  static constexpr text_view name = "sqrt";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::sqrt;
    return sqrt(x);
  }
  template <class V>
  static constexpr auto partials(const V&, const V& y) {
    return derivatives{over(0.5, y)};
  }
};

/// sqrt(x): the square root.
/// Partial:  1 / (2 sqrt(x))
/// Domain:   x >= 0; 0 -> 0 with partial inf, x < 0 or NaN -> NaN
/// Source:   IEEE 754-2019 5.4.1
template <operand A>
TAPELESS_INLINE constexpr lifted<square_root, A> sqrt(A x) {
  return lift<square_root>(x);
}

struct cube_root : primitive<1> {
  static constexpr text_view name = "cbrt";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::cbrt;
    return cbrt(x);
  }
  template <class V>
  static constexpr auto partials(const V&, const V& y) {
    return derivatives{over(1, 3 * (y * y))};
  }
};

/// cbrt(x): the real cube root.
/// Partial:  1 / (3 cbrt(x)^2)
/// Domain:   all x; 0 -> 0 with partial inf, NaN -> NaN
/// Source:   ISO C17 7.12.7.1
template <operand A>
TAPELESS_INLINE constexpr lifted<cube_root, A> cbrt(A x) {
  return lift<cube_root>(x);
}

struct reciprocal_square_root : primitive<1> {
  static constexpr text_view name = "rsqrt";
  template <class T>
  static constexpr T primal(const T& x) {
    using detail::standard::sqrt;
    return T(1) / sqrt(x);
  }
  template <class V>
  static constexpr auto partials(const V&, const V& y) {
    return derivatives{V(-0.5) * (y * y * y)};
  }
};

/// rsqrt(x): 1 / sqrt(x).
/// Partial:  -rsqrt(x)^3 / 2
/// Domain:   x > 0; 0 -> inf with partial -inf, inf -> 0, x < 0 or NaN -> NaN
/// Source:   IEEE 754-2019 9.2
template <operand A>
TAPELESS_INLINE constexpr lifted<reciprocal_square_root, A> rsqrt(A x) {
  return lift<reciprocal_square_root>(x);
}

struct hypotenuse : primitive<2> {
  static constexpr text_view name = "hypot";
  template <class T>
  static constexpr T primal(const T& x, const T& y) {
    using detail::standard::hypot;
    return hypot(x, y);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V& y, const V& r) {
    const auto at_origin = r == 0;
    const V zero{structural_zero{}};
    return derivatives{over(select(at_origin, zero, x), r), over(select(at_origin, zero, y), r)};
  }
};

/// hypot(x, y): sqrt(x^2 + y^2) without overflow of the squares.
/// Partial:  x / hypot(x, y), y / hypot(x, y); (0, 0) at the origin
/// Domain:   all (x, y); an infinity -> inf, otherwise NaN -> NaN
/// Source:   ISO C17 7.12.7.3
template <operand A, operand B>
TAPELESS_INLINE constexpr lifted<hypotenuse, A, B> hypot(A x, B y) {
  return lift<hypotenuse>(x, y);
}

struct space_hypotenuse : primitive<3> {
  static constexpr text_view name = "hypot";
  template <class T>
  static constexpr T primal(const T& x, const T& y, const T& z) {
    // libstdc++'s three-argument hypot loses NaN in its second argument and is NaN at infinity.
    using detail::standard::hypot;
    return hypot(hypot(x, y), z);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V& y, const V& z, const V& r) {
    const auto at_origin = r == 0;
    const V zero{structural_zero{}};
    return derivatives{over(select(at_origin, zero, x), r), over(select(at_origin, zero, y), r),
                       over(select(at_origin, zero, z), r)};
  }
};

/// hypot(x, y, z): sqrt(x^2 + y^2 + z^2) without overflow of the squares.
/// Partial:  x / r, y / r, z / r with r = hypot(x, y, z); (0, 0, 0) at the origin
/// Domain:   all (x, y, z); an infinity -> inf, otherwise NaN -> NaN
/// Source:   ISO C++20 [c.math.hypot3]
template <operand A, operand B, operand C>
TAPELESS_INLINE constexpr lifted<space_hypotenuse, A, B, C> hypot(A x, B y, C z) {
  return lift<space_hypotenuse>(x, y, z);
}

struct power;

/// pow(x, y): x to the real power y. An exponent of integral type, or an integral one that is
/// known as a type (3_c), gives products instead; a constant exponent forms no logarithm.
/// Partial:  y x^(y-1), x^y log(x); the first is 0 where y = 0, the second 0 where x = 0 <= y
/// Domain:   x > 0, or x = 0 <= y, or x < 0 and y integral, where the second partial is NaN;
///           x^0 and 1^y are 1 even for NaN, otherwise NaN -> NaN
/// Source:   ISO C17 7.12.7.4 and F.10.4.4, NIST DLMF 4.7.9, 4.7.10
template <operand A, operand B>
  requires(!integer_exponent<B>)
TAPELESS_INLINE constexpr lifted<power, A, B> pow(A x, B y) {
  return lift<power>(x, y);
}

struct power : primitive<2> {
  static constexpr text_view name = "pow";
  template <class T>
  static constexpr T primal(const T& x, const T& y) {
    using detail::standard::pow;
    return pow(x, y);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V& y, const V& r) {
    const V zero{structural_zero{}};
    // Only where the power is inf: elsewhere y * x^(y - 1) has a derivative in y at 0.
    return derivatives{select(x == 0 && y == 0, zero, y * pow(x, y - 1)),
                       select(x == 0 && y >= 0, zero, r * log(x))};
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
