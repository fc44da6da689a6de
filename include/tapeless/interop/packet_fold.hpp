// SPDX-License-Identifier: BSL-1.0
#pragma once

// Folds of one number in packets.

#include <tapeless/interop/packet_steps.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// What a fold hands on from packet to packet. A lane's iteration makes a * carry + b of it; what
/// several in a row make is found before the carry is known, so that packets wait for one
/// multiplication and addition instead of one an iteration.
template <class Name, class T, int Region>
struct packet_fold : packet_steps<Name, T, Region> {
  using steps = packet_steps<Name, T, Region>;
  using steps::p;
  using steps::r;
  using typename steps::code;
  using typename steps::frame;
  using typename steps::P;
  static constexpr int width = P::width;
  using lanes = std::make_integer_sequence<int, width>;

  /// AVX, SSE and NEON compose lanes number by number: to move them would cost more than it saves.
  static constexpr bool by_numbers = sizeof(P) <= 32;
  /// What is handed on; a packet has it in every lane.
  using carry = std::conditional_t<by_numbers, T, P>;

  template <class S>
  TAPELESS_KERNEL static carry start([[maybe_unused]] const S& s) {
    if constexpr (r.carries > 0) {
      return carry(s.v[c.local]);
    } else {
      return carry();
    }
  }
  template <class S>
  TAPELESS_KERNEL static void hand_over([[maybe_unused]] S& s,
                                        [[maybe_unused]] const carry& carried) {
    if constexpr (r.carries == 0) {
      return;
    } else if constexpr (by_numbers) {
      s.v[c.local] = carried;
    } else {
      s.v[c.local] = carried.v[0];
    }
  }
  template <class E, int... K>
  TAPELESS_KERNEL static void combine(frame& s, carry& carried, E& e,
                                      std::integer_sequence<int, K...>) {
    // Of each value, the factor of what is handed on; what is added to it is in s.
    P factor[r.values > 0 ? r.values : 1];
    factor[c.local] = P(T(1));
    (void)sink{nothing{}, (before<K>(s, factor, e), nothing{})...};
    compose(s, carried, factor, lanes{});
    (void)sink{nothing{}, (after<K>(s, e), nothing{})...};
  }

 private:
  static constexpr plan_carry c = p.carries[r.first_carry];
  struct forms_of_values {
    carried_form of[r.values + 1]{};
  };
  static constexpr forms_of_values forms = [] {
    forms_of_values all;
    if (r.carries == 0) return all;
    all.of[c.local] = carried_form::linear;
    for (int k = 0; k < r.instructions; ++k) {
      const operation& op = *p.operations[r.first_instruction + k];
      const instruction& n = p.instructions[r.first_instruction + k];
      if (op.arity > 0 && !op.returns_condition && form_of(n.bits) != carried_form::none) {
        all.of[n.result] = form_of(n.bits);
      }
    }
    return all;
  }();
  template <int K>
  static constexpr carried_form form() {
    return steps::template operation_at<K>->arity == 0
               ? carried_form::none
               : form_of(p.instructions[r.first_instruction + K].bits);
  }
  template <int K>
  static constexpr bool stores() {
    constexpr const operation* op = steps::template operation_at<K>;
    return op == &store_element_operation || op == &put_element_operation ||
           op == &put_guarded_operation;
  }
  template <int K, class E>
  TAPELESS_KERNEL static void before(frame& s, P* factor, E& e) {
    constexpr carried_form of_result = form<K>();
    if constexpr (of_result == carried_form::none) {
      if constexpr (!stores<K>()) steps::template step<K, false, false>(s, e);
    } else if constexpr (of_result != carried_form::other) {
      follow<K>(s, factor);
    }
  }
  template <int K, class E>
  TAPELESS_KERNEL static void after(frame& s, E& e) {
    if constexpr (form<K>() != carried_form::none || stores<K>()) {
      steps::template step<K, false, false>(s, e);
    }
  }
  /// The factor and the rest of an instruction's result, from those of its operands.
  template <int K>
  TAPELESS_KERNEL static void follow(frame& s, P* factor) {
    TAPELESS_CONTRACT
    using enum carried_form;
    constexpr algebra kind = steps::template operation_at<K>->kind;
    constexpr instruction n = p.instructions[r.first_instruction + K];
    constexpr carried_form x = forms.of[kind == algebra::select ? n.b : n.a];
    constexpr carried_form y = kind == algebra::negate   ? none
                               : kind == algebra::select ? forms.of[n.c]
                                                         : forms.of[n.b];
    P& to = factor[n.result];
    if constexpr (kind == algebra::add || kind == algebra::subtract) {
      constexpr bool minus = kind == algebra::subtract;
      if constexpr (x != none && y != none) {
        to = minus ? factor[n.a] - factor[n.b] : factor[n.a] + factor[n.b];
      } else if constexpr (x != none) {
        to = factor[n.a];
      } else {
        to = minus ? -factor[n.b] : factor[n.b];
      }
      if constexpr (x != linear && y != linear) {
        s.v[n.result] = minus ? s.v[n.a] - s.v[n.b] : s.v[n.a] + s.v[n.b];
      } else if constexpr (x != linear) {
        s.v[n.result] = s.v[n.a];
      } else if constexpr (y != linear) {
        s.v[n.result] = minus ? -s.v[n.b] : s.v[n.b];
      }
    } else if constexpr (kind == algebra::multiply) {
      if constexpr (x != none) {
        to = factor[n.a] * s.v[n.b];
      } else {
        to = s.v[n.a] * factor[n.b];
      }
      if constexpr (x != linear && y != linear) s.v[n.result] = s.v[n.a] * s.v[n.b];
    } else if constexpr (kind == algebra::divide) {
      to = factor[n.a] / s.v[n.b];
      if constexpr (x != linear) s.v[n.result] = s.v[n.a] / s.v[n.b];
    } else if constexpr (kind == algebra::negate) {
      to = -factor[n.a];
      if constexpr (x != linear) s.v[n.result] = -s.v[n.a];
    } else {
      const P zero(T(0));
      to = select(s.c[n.a], x == none ? zero : factor[n.b], y == none ? zero : factor[n.c]);
      s.v[n.result] =
          select(s.c[n.a], x == linear ? zero : s.v[n.b], y == linear ? zero : s.v[n.c]);
    }
  }

  /// Lane l of x moved to the lane of the iteration `By` later; lanes of `in` come in.
  template <int By, int... L>
  TAPELESS_KERNEL static P later(const P& x, P in, std::integer_sequence<int, L...>) {
#if defined(__clang__) && defined(__AVX512F__)
    // Of zeros it would make an expansion by a mask, which takes some processors much longer.
    __asm__("" : "+v"(in.v));
#endif
    if constexpr (r.backward) {
      return P(__builtin_shufflevector(x.v, in.v, (L + By)...), 0);
    } else {
      return P(__builtin_shufflevector(in.v, x.v, (width - By + L)...), 0);
    }
  }
  template <int... L>
  TAPELESS_KERNEL static P last(const P& x, std::integer_sequence<int, L...>) {
    return P(__builtin_shufflevector(x.v, x.v, (r.backward ? L * 0 : L * 0 + width - 1)...), 0);
  }
  template <int By, bool Linear>
  TAPELESS_KERNEL static void double_up(P& factor, P& rest) {
    TAPELESS_CONTRACT
    if constexpr (By < width) {
      if constexpr (!Linear) rest = factor * later<By>(rest, P(T(0)), lanes{}) + rest;
      factor = factor * later<By>(factor, P(T(1)), lanes{});
      double_up<By * 2, Linear>(factor, rest);
    }
  }

  // Number by number: `Count` iterations from `First` on make factor * start + rest of what they
  // start with. What the first half of them make is kept, by the middle, for the second half.
  struct halves {
    T factor[width], rest[width];
  };
  static constexpr int lane_of(int iteration) {
    return r.backward ? width - 1 - iteration : iteration;
  }
  template <bool Linear, int First, int Count>
  TAPELESS_KERNEL static void collect(T& factor, T& rest, halves& first, const P& factors,
                                      const P& rests) {
    TAPELESS_CONTRACT
    if constexpr (Count == 1) {
      factor = factors.v[lane_of(First)];
      if constexpr (!Linear) rest = rests.v[lane_of(First)];
    } else {
      constexpr int middle = First + Count / 2;
      collect<Linear, First, Count / 2>(first.factor[middle], first.rest[middle], first, factors,
                                        rests);
      T factor_2, rest_2;
      collect<Linear, middle, Count / 2>(factor_2, rest_2, first, factors, rests);
      factor = first.factor[middle] * factor_2;
      if constexpr (!Linear) rest = factor_2 * first.rest[middle] + rest_2;
    }
  }
  template <bool Linear, int First, int Count>
  TAPELESS_KERNEL static void hand_down(T* starts, T start, const halves& first) {
    TAPELESS_CONTRACT
    if constexpr (Count == 1) {
#if defined(__clang__) && defined(__SSE2__)
      // It would compute some of them in packets, for which it has to move them.
      __asm__("" : "+x"(start));
#endif
      starts[lane_of(First)] = start;
    } else {
      constexpr int middle = First + Count / 2;
      hand_down<Linear, First, Count / 2>(starts, start, first);
      T next = first.factor[middle] * start;
      if constexpr (!Linear) next = first.factor[middle] * start + first.rest[middle];
      hand_down<Linear, middle, Count / 2>(starts, next, first);
    }
  }
  template <int... L>
  TAPELESS_KERNEL static void compose(frame& s, carry& carried, const P* factors,
                                      std::integer_sequence<int, L...> all) {
    TAPELESS_CONTRACT
    constexpr carried_form form_of_next = forms.of[c.next];
    constexpr bool linear = form_of_next == carried_form::linear;
    if constexpr (form_of_next == carried_form::none) {
      const P next = s.v[c.next];
      s.v[c.local] = later<1>(next, P(carried), all);
      if constexpr (by_numbers) {
        carried = next.v[lane_of(width - 1)];
      } else {
        carried = last(next, all);
      }
    } else if constexpr (by_numbers) {
      halves first;
      T factor, rest(0), starts[width];
      collect<linear, 0, width>(factor, rest, first, factors[c.next], s.v[c.next]);
      hand_down<linear, 0, width>(starts, carried, first);
      s.v[c.local] = P::of([&](int l) TAPELESS_LAMBDA { return starts[l]; });
      carried = linear ? factor * carried : factor * carried + rest;
    } else {
      P factor = factors[c.next], rest = s.v[c.next];
      double_up<1, linear>(factor, rest);
      const P after_each = linear ? factor * carried : factor * carried + rest;
      s.v[c.local] = later<1>(after_each, carried, all);
      const P factor_of_all = last(factor, all);
      carried = linear ? factor_of_all * carried : factor_of_all * carried + last(rest, all);
    }
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
