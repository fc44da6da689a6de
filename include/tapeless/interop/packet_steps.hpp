// SPDX-License-Identifier: BSL-1.0
#pragma once

// The instructions of a region, and its sums, in packets.

#include <tapeless/interop/packet_executor.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// What regions in packets share, whichever loop the lanes follow.
template <class Name, class T, int Region>
struct packet_steps {
  using code = region_code<Name, T, Region>;
  using P = packet<T>;
  static constexpr const auto& p = code::p;
  static constexpr plan_region r = code::r;
  using frame = packet_slots<T, r.values, r.conditions, r.indices>;
  template <int Count>
  using numbers = std::make_integer_sequence<int, Count>;

  /// The place where a number is largest is asked for as well.
  static constexpr bool positions() {
    for (int i = 0; i < r.accumulators; ++i) {
      if (p.accumulators[r.first_accumulator + i].argument >= 0) return true;
    }
    return false;
  }

  template <int K>
  static constexpr const operation* operation_at = p.operations[r.first_instruction + K];
  struct tables {
    int motions[2][r.instructions + 1]{};
    int partner[r.instructions + 1]{};
  };
  /// Two functions of the same number that are computed together.
  static constexpr bool are_partners(const operation& a, const operation& b) {
    return (is_operation_of<sine>(a) && is_operation_of<cosine>(b)) ||
           (is_operation_of<softplus_function>(a) && is_operation_of<logistic_function>(b));
  }
  /// How the indices of each instruction move with the loop itself, or with the one around it; and
  /// the partner of each; -1: none.
  static constexpr tables known = [] {
    tables t;
    for (int k = 0; k < r.instructions; ++k) {
      const operation& op = *p.operations[r.first_instruction + k];
      const instruction& n = p.instructions[r.first_instruction + k];
      if (op.kind != algebra::constant && op.kind != algebra::index_constant) {
        for (int around = 0; around < 2; ++around) {
          t.motions[around][k] =
              static_cast<int>(n.bits >> (around * bits_of_motions)) & ((1 << bits_of_motions) - 1);
        }
      }
      t.partner[k] = -1;
      if (op.kind != algebra::other || op.arity != 1) continue;
      for (int i = 0; i < r.instructions; ++i) {
        const operation& there = *p.operations[r.first_instruction + i];
        if (p.instructions[r.first_instruction + i].a == n.a &&
            (are_partners(op, there) || are_partners(there, op))) {
          t.partner[k] = i;
          break;
        }
      }
    }
    return t;
  }();
  template <int K, bool Around>
  static constexpr int motions() {
    return known.motions[Around][K];
  }
  /// A sine and a cosine that come from one reduction of their argument, or softplus and logistic
  /// from one exponential function, where the first of them stands.
  template <int K>
  struct pair_step {
    template <class E>
    TAPELESS_KERNEL static void run(frame& s, const instruction& n, E&) {
      constexpr int other = known.partner[K];
      if constexpr (K < other) {
        constexpr bool in_order = are_partners(*operation_at<K>, *operation_at<other>);
        const int there = code::code[r.first_instruction + other].result;
        P& first = s.v[in_order ? n.result : there];
        P& second = s.v[in_order ? there : n.result];
        if constexpr (is_operation_of<sine>(*operation_at<K>) ||
                      is_operation_of<cosine>(*operation_at<K>)) {
          packet_functions<T>::sincos(s.v[n.a], first, second);
        } else {
          const P e = exp_of_minus_abs(s.v[n.a]);
          first = softplus_from(s.v[n.a], e), second = logistic_from(s.v[n.a], e);
        }
      }
    }
  };
  /// What instruction K does. A type, not a function of its own, which would be one more to inline.
  template <int K, bool Part, bool Around>
  using executor_of = std::conditional_t<
      (known.partner[K] >= 0), pair_step<K>,
      packet_executor<T, p.operations[r.first_instruction + K], p.arrays[r.first_instruction + K],
                      known.motions[Around][K], Part>>;
  template <int K, bool Part, bool Around, class E>
  TAPELESS_KERNEL static void step(frame& s, E& e) {
    executor_of<K, Part, Around>::run(s, code::code[r.first_instruction + K], e);
  }
  /// Puts x, not the number that instruction K puts, which stays: others and later iterations may
  /// read it.
  template <int K, bool Part, bool Around, class E>
  TAPELESS_KERNEL static void put(frame& s, const P& x, E& e) {
    P& number = s.v[code::code[r.first_instruction + K].result];
    const P kept = number;
    number = x;
    step<K, Part, Around>(s, e);
    number = kept;
  }

  template <int K>
  TAPELESS_KERNEL static P start() {
    return P(code::template accumulator<K>.maximum ? -std::numeric_limits<T>::infinity() : T(0));
  }
  template <int K, bool Part>
  TAPELESS_KERNEL static void accumulate(P& sum, const frame& s) {
    TAPELESS_CONTRACT
    constexpr plan_accumulator a = code::template accumulator<K>;
    const P& x = s.v[a.value];
    P next = sum;
    if constexpr (a.maximum) {
      next = larger(sum, x);
    } else {
      next = sum + x;
    }
    if constexpr (Part) {
      sum = select(packet_mask<T>(P::first(s.active), 0), next, sum);
    } else {
      sum = next;
    }
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
