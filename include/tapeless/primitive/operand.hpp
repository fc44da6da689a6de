// SPDX-License-Identifier: BSL-1.0
#pragma once

// What every primitive shares: which types are operands, how a primitive is applied to them, and
// how it states its partial derivatives.
//
// A primitive is an empty struct:
//
//   struct sine : primitive<1> {
//     static constexpr text_view name = "sin";
//     template <class T> static constexpr T primal(const T& x) { using std::sin; return sin(x); }
//     template <class V> static constexpr auto partials(const V& x, const V& y) {
//       return derivatives{cos(x)};                     // y is the primal's result
//     }
//   };
//   template <operand A> constexpr lifted<sine, A> sin(const A& x) { return lift<sine>(x); }
//
// Plain numbers evaluate the primal; every other operand family (traced values, expressions, dual
// numbers) says in one place what applying a primitive means for it.

#include <tapeless/primitive/text_view.hpp>

#include <concepts>
#include <cstdint>
#include <tuple>
#include <type_traits>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Operations the graph's local algebra knows by name; all others are `other`.
enum class algebra : std::uint8_t {
  other,
  input,
  // Index spaces and arrays (graph/nest.hpp), which the rules of arithmetic do not look into.
  array,
  extent,
  index_constant,
  iota,
  index_sum,
  index_difference,
  index_product,
  index_quotient,
  index_remainder,
  index_count,
  index_cast,
  index_truth,
  index_load,
  index_compare,
  index_value,
  load,
  slice,
  sum,
  extremum,
  argument,
  pick,
  scatter,
  routine,
  fold,
  fold_result,
  carry,
  // Arithmetic.
  add,
  subtract,
  multiply,
  divide,
  logical_not,
  compare,
  // Operands of these kinds are what the rules of arithmetic look for.
  constant,
  negate,
  select
};

/// Base of all primitives: the number of operands and the defaults of their static properties.
template <int Arity>
struct primitive {
  static_assert(Arity >= 1 && Arity <= 3, "tapeless: a primitive has one to three operands");
  static constexpr int arity = Arity;
  static constexpr algebra kind = algebra::other;
  static constexpr bool returns_condition = false;  ///< the primal returns bool
  static constexpr int condition_operands = 0;      ///< so many leading operands are conditions
  static constexpr bool has_vjp = false;            ///< a pullback that the partials do not give
};

/// A plain arithmetic type.
template <class T>
concept number = std::is_arithmetic_v<T> && !std::same_as<std::remove_cv_t<T>, bool>;

/// An operand that is not a number: it names the family that knows how to apply primitives.
template <class T>
concept symbolic = requires { typename T::operand_family; };

template <class T>
concept operand = number<T> || symbolic<T>;

/// At least one operand is symbolic: the constraint of overloaded operators.
template <class A, class B>
concept operands = operand<A> && operand<B> && (symbolic<A> || symbolic<B>);

/// bool, or the condition type of a family.
template <class C>
concept condition_operand = std::same_as<C, bool> || symbolic<C>;

template <class T>
struct family_of {
  struct type {
    static constexpr int rank = -1;
  };
};
template <symbolic T>
struct family_of<T> {
  using type = typename T::operand_family;
};

template <class A, class B>
using higher_family = std::conditional_t<(B::rank > A::rank), B, A>;

template <class A, class... Rest>
struct leading_family {
  using type = higher_family<typename family_of<A>::type, typename leading_family<Rest...>::type>;
};
template <class A>
struct leading_family<A> : family_of<A> {};

/// Floating type in which numbers of these types are combined: integers are neutral.
template <class... A>
struct promoted {
  template <class B>
  using floating = std::conditional_t<std::is_integral_v<B>, float, B>;
  using type = std::conditional_t<(std::is_integral_v<A> && ...), double,
                                  std::common_type_t<floating<A>...>>;
};

template <class P, class... A>
struct lifted_type {};
template <class P, class... A>
  requires((symbolic<A> || ...) && ((operand<A> || std::same_as<A, bool>) && ...))
struct lifted_type<P, A...> {
  using type = typename leading_family<A...>::type::template result<P, A...>;
};
template <class P, class... A>
  requires(std::is_arithmetic_v<A> && ...)
struct lifted_type<P, A...> {
  using type = std::conditional_t<P::returns_condition, bool, typename promoted<A...>::type>;
};
/// Type of the primitive P applied to operands of these types. Spellings of primitives name it
/// rather than `auto`, because rules refer to each other: sin to cos, cos to sin.
template <class P, class... A>
using lifted = typename lifted_type<P, A...>::type;

/// lift<P>(a...): applies the primitive P to operands of any family.
template <class P, class... A>
TAPELESS_INLINE constexpr lifted<P, A...> lift(const A&... a) {
  if constexpr ((std::is_arithmetic_v<A> && ...)) {
    using real = typename promoted<A...>::type;
    return P::primal(static_cast<std::conditional_t<std::same_as<A, bool>, bool, real>>(a)...);
  } else {
    return leading_family<A...>::type::template apply<P>(a...);
  }
}

/// A partial derivative numerator / denominator. Rules state quotients this way so that one
/// division serves all operands: the contribution is numerator * (cotangent / denominator). A plain
/// number on one side takes the type of the other.
template <class V>
struct quotient {
  V numerator, denominator;
};
template <class N, class V>
constexpr auto over(const N& numerator, const V& denominator) {
  if constexpr (!std::is_integral_v<V> && (!number<V> || number<N>)) {
    return quotient<V>{V(numerator), denominator};
  } else if constexpr (!std::is_integral_v<N>) {
    return quotient<N>{numerator, N(denominator)};
  } else {
    return quotient<double>{double(numerator), double(denominator)};
  }
}

/// The partial derivative with respect to an operand that has none (a condition, an integer).
struct no_derivative {};

/// What a rule returns: derivatives{d1, d2}, one an operand. A std::tuple will do as well, but each
/// program would instantiate several classes and functions for each kind of it.
template <class... D>
struct derivatives;
template <class A>
struct derivatives<A> {
  A first;
};
template <class A, class B>
struct derivatives<A, B> {
  A first;
  B second;
};
template <class A, class B, class C>
struct derivatives<A, B, C> {
  A first;
  B second;
  C third;
};
template <class... D>
derivatives(D...) -> derivatives<D...>;

template <class T>
inline constexpr std::size_t derivative_count = 0;
template <class... D>
inline constexpr std::size_t derivative_count<derivatives<D...>> = sizeof...(D);
template <class... D>
inline constexpr std::size_t derivative_count<std::tuple<D...>> = sizeof...(D);

/// The derivative with respect to operand I.
template <std::size_t I, class... D>
constexpr const auto& stated_derivative(const derivatives<D...>& all) {
  if constexpr (I == 0) {
    return all.first;
  } else if constexpr (I == 1) {
    return all.second;
  } else {
    return all.third;
  }
}
template <std::size_t I, class... D>
constexpr const auto& stated_derivative(const std::tuple<D...>& all) {
  return std::get<I>(all);
}

/// Exactly zero by structure, not by value: a product with it is zero even if the factor is inf.
struct structural_zero {
  template <number T>
  constexpr operator T() const {
    return T(0);
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
