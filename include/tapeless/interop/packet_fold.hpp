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

  template <class S>
  TAPELESS_KERNEL static P start([[maybe_unused]] const S& s) {
    if constexpr (r.carries > 0) {
      return P(s.v[c.local]);
    } else {
      return P();
    }
  }
  template <class S>
  TAPELESS_KERNEL static void hand_over([[maybe_unused]] S& s, [[maybe_unused]] const P& carried) {
    if constexpr (r.carries > 0) s.v[c.local] = carried.v[0];
  }
  template <class E, int... K>
  TAPELESS_KERNEL static void combine(frame& s, P& carried, E& e,
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

  /// Lane l of x moved to the lane of the iteration `by` later; `fill` comes in.
  template <int By, int... L>
  TAPELESS_KERNEL static P later(const P& x, T fill, std::integer_sequence<int, L...>) {
    const P in(fill);
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
      if constexpr (!Linear) rest = factor * later<By>(rest, T(0), lanes{}) + rest;
      factor = factor * later<By>(factor, T(1), lanes{});
      double_up<By * 2, Linear>(factor, rest);
    }
  }
  template <int... L>
  TAPELESS_KERNEL static void compose(frame& s, P& carried, const P* factors,
                                      std::integer_sequence<int, L...> all) {
    TAPELESS_CONTRACT
    constexpr carried_form form_of_next = forms.of[c.next];
    if constexpr (form_of_next == carried_form::none) {
      const P next = s.v[c.next];
      P in = later<1>(next, T(0), all);
      in.v[r.backward ? width - 1 : 0] = carried.v[0];
      s.v[c.local] = in;
      carried = last(next, all);
    } else {
      constexpr bool linear = form_of_next == carried_form::linear;
      P factor = factors[c.next], rest = s.v[c.next];
      double_up<1, linear>(factor, rest);
      const P before_each = later<1>(factor, T(1), all);
      if constexpr (linear) {
        s.v[c.local] = before_each * carried;
        carried = last(factor, all) * carried;
      } else {
        s.v[c.local] = before_each * carried + later<1>(rest, T(0), all);
        carried = last(factor, all) * carried + last(rest, all);
      }
    }
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
