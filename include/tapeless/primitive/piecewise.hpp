// SPDX-License-Identifier: BSL-1.0
#pragma once

// Functions with a corner or a jump: abs, sign, copysign, min, max, clamp, Huber's loss and the
// rectifiers.
//
// Comparisons are written so that NaN in any operand becomes NaN in the result.

#include <tapeless/primitive/branch.hpp>
#include <tapeless/primitive/comparison.hpp>
#include <tapeless/primitive/exponential.hpp>
#include <tapeless/primitive/standard_functions.hpp>

#include <bit>
#include <cstdint>

namespace tapeless {
inline namespace TAPELESS_ABI {

struct signum : primitive<1> {
  static constexpr text_view name = "sign";
  template <class T>
  static constexpr T primal(const T& x) {
    if constexpr (std::is_floating_point_v<T>) {
      // One comparison: neither zero nor NaN.
      using detail::standard::copysign;
      if (!std::is_constant_evaluated()) return x < 0 || x > 0 ? copysign(T(1), x) : x;
    }
    return detail::pick(T(0) < x, T(1), detail::pick(x < T(0), T(-1), x));
  }
  template <class V>
  static constexpr auto partials(const V&, const V&) {
    return derivatives{no_derivative{}};
  }
};

/// sign(x): 1 for x > 0, -1 for x < 0, x itself for 0 and -0.
/// Partial:  0, at 0 too
/// Domain:   all x; NaN -> NaN
template <operand A>
TAPELESS_INLINE constexpr lifted<signum, A> sign(A x) {
  return lift<signum>(x);
}

struct absolute_value : primitive<1> {
  static constexpr text_view name = "abs";
  template <class T>
  static constexpr T primal(const T& x) {
    if constexpr (std::is_floating_point_v<T>) {
      if (std::is_constant_evaluated()) return x < 0 ? -x : x == 0 ? T(0) : x;
      return detail::standard::fabs(x);
    } else {
      return abs(x);
    }
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return derivatives{sign(x)};
  }
};

/// abs(x): the absolute value.
/// Partial:  sign(x), 0 at 0
/// Domain:   all x; -inf -> inf, NaN -> NaN
/// Source:   ISO C17 7.12.7.2
template <operand A>
TAPELESS_INLINE constexpr lifted<absolute_value, A> abs(A x) {
  return lift<absolute_value>(x);
}

struct sign_copied;

/// copysign(x, s): the magnitude of x with the sign of s, which -0 has too.
/// Partial:  1 where the signs agree, -1 where they differ, 0 at x = 0; none with respect to s
/// Domain:   all x, s; NaN -> NaN in x
/// Source:   ISO C17 7.12.11.1
template <operand A, operand B>
TAPELESS_INLINE constexpr lifted<sign_copied, A, B> copysign(A x, B s) {
  return lift<sign_copied>(x, s);
}

struct sign_copied : primitive<2> {
  static constexpr text_view name = "copysign";
  template <class T>
  static constexpr T primal(const T& x, const T& s) {
    if constexpr (std::is_floating_point_v<T>) {
      if (std::is_constant_evaluated()) {
        const bool negative = std::bit_cast<std::uint64_t>(static_cast<double>(s)) >> 63 != 0;
        return negative ? -absolute_value::primal(x) : absolute_value::primal(x);
      }
    }
    using detail::standard::copysign;
    return copysign(x, s);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V& s, const V&) {
    return derivatives{sign(x) * copysign(V(1), s), no_derivative{}};
  }
};

struct maximum : primitive<2> {
  static constexpr text_view name = "max";
  template <class T>
  static constexpr T primal(const T& x, const T& y) {
    return detail::pick(y == y, detail::pick(x < y, y, x), y);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V& y, const V&) {
    const V zero{structural_zero{}};
    const auto share = select(x == y, V(0.5), V(1));
    return derivatives{select(x < y, zero, share), select(y < x, zero, share)};
  }
};

/// max(x, y): the larger one.
/// Partial:  1 to the larger one, 1/2 to each at a tie
/// Domain:   all (x, y); NaN -> NaN
/// Source:   IEEE 754-2019 9.6 (maximum, signs of zeros not told apart)
template <operand A, operand B>
TAPELESS_INLINE constexpr lifted<maximum, A, B> max(A x, B y) {
  return lift<maximum>(x, y);
}
/// The same, preferred to std::max where both are visible.
template <operand A>
TAPELESS_INLINE constexpr lifted<maximum, A, A> max(const A& x, const A& y) {
  return lift<maximum>(x, y);
}

struct minimum : primitive<2> {
  static constexpr text_view name = "min";
  template <class T>
  static constexpr T primal(const T& x, const T& y) {
    return detail::pick(y == y, detail::pick(y < x, y, x), y);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V& y, const V&) {
    const V zero{structural_zero{}};
    const auto share = select(x == y, V(0.5), V(1));
    return derivatives{select(y < x, zero, share), select(x < y, zero, share)};
  }
};

/// min(x, y): the smaller one.
/// Partial:  1 to the smaller one, 1/2 to each at a tie
/// Domain:   all (x, y); NaN -> NaN
/// Source:   IEEE 754-2019 9.6 (minimum, signs of zeros not told apart)
template <operand A, operand B>
TAPELESS_INLINE constexpr lifted<minimum, A, B> min(A x, B y) {
  return lift<minimum>(x, y);
}
/// The same, preferred to std::min where both are visible.
template <operand A>
TAPELESS_INLINE constexpr lifted<minimum, A, A> min(const A& x, const A& y) {
  return lift<minimum>(x, y);
}

struct clamped : primitive<3> {
  static constexpr text_view name = "clamp";
  template <class T>
  static constexpr T primal(const T& x, const T& low, const T& high) {
    return minimum::primal(maximum::primal(x, low), high);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V& low, const V& high, const V&) {
    const V zero{structural_zero{}};
    return derivatives{select(x < low || high < x, zero, V(1)), select(x < low, V(1), zero),
                       select(high < x, V(1), zero)};
  }
};

/// clamp(x, low, high): x, but not below low nor above high.
/// Partial:  1 to x between the bounds and at them, otherwise 1 to the bound that holds x
/// Domain:   low <= high; NaN -> NaN
/// Source:   ISO C++20 [alg.clamp]
template <operand A, operand B, operand C>
TAPELESS_INLINE constexpr lifted<clamped, A, B, C> clamp(A x, B low, C high) {
  return lift<clamped>(x, low, high);
}

struct huber_function : primitive<2> {
  static constexpr text_view name = "huber";
  template <class T>
  static constexpr T primal(const T& x, const T& delta) {
    const T c = clamped::primal(x, -delta, delta);
    return c * (x - T(0.5) * c);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V& delta, const V&) {
    const V distance = abs(x);
    return derivatives{clamp(x, -delta, delta),
                       select(distance > delta, distance - delta, V{structural_zero{}})};
  }
};

/// huber(x, delta): x^2 / 2 where |x| <= delta, elsewhere delta (|x| - delta / 2).
/// Partial:  x clamped to [-delta, delta]; |x| - delta to delta where that is positive
/// Domain:   delta >= 0, finite; inf -> inf if delta > 0, NaN -> NaN
/// Source:   P. J. Huber, Robust estimation of a location parameter, Ann. Math. Statist. 35 (1964)
template <operand A, operand B>
TAPELESS_INLINE constexpr lifted<huber_function, A, B> huber(A x, B delta) {
  return lift<huber_function>(x, delta);
}
/// The same, preferred to std::clamp where both are visible.
template <operand A>
TAPELESS_INLINE constexpr lifted<clamped, A, A, A> clamp(const A& x, const A& low, const A& high) {
  return lift<clamped>(x, low, high);
}

struct rectifier : primitive<1> {
  static constexpr text_view name = "relu";
  template <class T>
  static constexpr T primal(const T& x) {
    return detail::pick(x < T(0), T(0), x);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return derivatives{select(x <= 0, V(structural_zero{}), V(1))};
  }
};

/// relu(x): x for x > 0, otherwise 0.
/// Partial:  1 for x > 0, otherwise 0
/// Domain:   all x; NaN -> NaN
template <operand A>
TAPELESS_INLINE constexpr lifted<rectifier, A> relu(A x) {
  return lift<rectifier>(x);
}

struct leaky_rectifier : primitive<2> {
  static constexpr text_view name = "leaky_relu";
  template <class T>
  static constexpr T primal(const T& x, const T& slope) {
    return detail::pick(T(0) < x, x, slope * x);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V& slope, const V&) {
    return derivatives{select(x > 0, V(1), slope), select(x > 0, V(structural_zero{}), x)};
  }
};

/// leaky_relu(x, slope = 0.01): x for x > 0, otherwise slope x.
/// Partial:  1 and 0 for x > 0, otherwise slope and x
/// Domain:   all x; NaN -> NaN
template <operand A, operand B>
TAPELESS_INLINE constexpr lifted<leaky_rectifier, A, B> leaky_relu(A x, B slope) {
  return lift<leaky_rectifier>(x, slope);
}
template <operand A>
TAPELESS_INLINE constexpr auto leaky_relu(A x) {
  if constexpr (number<A>) {
    return leaky_relu(x, typename promoted<A>::type(0.01L));
  } else {
    return leaky_relu(x, 0.01);
  }
}

struct exponential_rectifier : primitive<2> {
  static constexpr text_view name = "elu";
  template <class T>
  static constexpr T primal(const T& x, const T& scale) {
    using detail::standard::expm1;
    return detail::branch(T(0) < x, [&] { return x; }, [&] { return T(scale * expm1(x)); });
  }
  template <class V>
  static constexpr auto partials(const V& x, const V& scale, const V& y) {
    return derivatives{select(x > 0, V(1), y + scale),
                       select(x > 0, V(structural_zero{}), expm1(x))};
  }
};

/// elu(x, scale = 1): x for x > 0, otherwise scale (exp(x) - 1).
/// Partial:  1 and 0 for x > 0, otherwise scale exp(x) and exp(x) - 1
/// Domain:   all x; NaN -> NaN
template <operand A, operand B = int>
TAPELESS_INLINE constexpr lifted<exponential_rectifier, A, B> elu(A x, B scale = 1) {
  return lift<exponential_rectifier>(x, scale);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
