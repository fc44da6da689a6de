// SPDX-License-Identifier: BSL-1.0
#pragma once

// Policies: how a contribution is formed where calculus gives no answer.

#include <tapeless/primitive/comparison.hpp>
#include <tapeless/trace/traced.hpp>

#include <initializer_list>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Trailing arguments of every transform; several combine.
template <bool Safe, bool StrongZero, bool Packets = false>
struct policy {
  static constexpr bool is_safe = Safe;
  static constexpr bool is_strong_zero = StrongZero;
  static constexpr bool is_packets = Packets;  ///< loops run in packets (interop/simd.hpp)
  /// Partial derivatives may be multiplied together before the cotangent joins them; a guard must
  /// see every cotangent.
  static constexpr bool factors = !Safe && !StrongZero;

  /// numerator * (w / denominator), guarded as the policy says.
  static constexpr int contribution(builder& g, int w, const partial& p) {
    const arithmetic_operations& op = g.operations;
    const int q = p.denominator < 0 ? w : divided(g, w, p.denominator);
    int c = g.apply(op.multiply, p.numerator, q);
    // A factor that is a finite constant can make neither inf nor NaN out of a finite cotangent.
    if (p.denominator < 0 && g.is_constant(p.numerator)) return c;
    if constexpr (Safe) c = choice(g, is_finite(g, c), c, g.structural_zero());
    if constexpr (StrongZero) {
      // Only what is NaN needs a guard, and only what needs one gets it: what is 0 as w is may have
      // a derivative that is not.
      if (!g.is_constant(w)) {
        const int kept = local_algebra::either(g, local_algebra::opposite(g, is_zero(g, w)),
                                               g.apply(operation_for<equal_to>, c, c));
        c = choice(g, kept, c, g.structural_zero());
      }
    }
    return c;
  }

 private:
  /// w / d. Where the function itself computed 1 / d or -1 / d the division is a product; and
  /// (w / (a / d)) / d, what log(a / d) makes, is w / a.
  static constexpr int divided(builder& g, int w, int d) {
    if (g.is(w, algebra::divide) && g.is(g[w].b, algebra::divide) && g[g[w].b].b == d) {
      return divided(g, g[w].a, g[g[w].b].a);
    }
    for (const double sign : {1.0, -1.0}) {
      const int one = g.find_constant(sign);
      const int reciprocal = one < 0 ? -1 : g.find(g.operations.divide, one, d, -1, 0);
      if (reciprocal >= 0) {
        const int q = g.apply(g.operations.multiply, w, reciprocal);
        return sign > 0 ? q : g.apply(g.operations.negate, q);
      }
    }
    return g.apply(g.operations.divide, w, d);
  }
  /// The operation is compiled for these policies alone.
  static constexpr int choice(builder& g, int condition, int a, int b) {
    return g.apply(later_operation_for<std::enable_if_t<Safe || StrongZero>, choose>(), condition,
                   a, b);
  }
  static constexpr int is_zero(builder& g, int w) {
    return g.apply(operation_for<equal_to>, w, g.constant(0));
  }
  /// c - c is 0 for finite c, NaN otherwise.
  static constexpr int is_finite(builder& g, int c) {
    return is_zero(g, g.apply(g.operations.subtract, c, c));
  }
};

/// IEEE arithmetic and the documented edges: the default.
inline constexpr policy<false, false> strict{};
/// A finite subgradient everywhere: a contribution that is inf or NaN counts as 0.
inline constexpr policy<true, false> safe{};
/// A cotangent (or tangent) that is exactly 0 contributes exactly 0, whatever it is multiplied by.
inline constexpr policy<false, true> strong_zero{};

template <class T>
inline constexpr bool is_policy = false;
template <bool S, bool Z, bool P>
inline constexpr bool is_policy<policy<S, Z, P>> = true;

template <class... P>
using combined_policy = policy<(false || ... || P::is_safe), (false || ... || P::is_strong_zero),
                               (false || ... || P::is_packets)>;

}  // namespace TAPELESS_ABI
}  // namespace tapeless
