// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the instructions of a plan do with packets.

#include <tapeless/codegen/layout.hpp>
#include <tapeless/interop/packet_logistic.hpp>
#include <tapeless/primitive/piecewise.hpp>
#include <tapeless/primitive/trigonometric.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// An index that moves with the loop is that of the first lane; one that moves otherwise is `each`.
template <class T, int Values, int Conditions, int Indices>
struct packet_slots : region_slots<packet<T>, Values, Conditions, Indices> {
  static constexpr int width = packet<T>::width;
  /// How many iterations there are where it is less than a packet.
  int active;
  /// For how many iterations of a fold outer products wait, or how many have waited.
  int waits, joins;
  std::ptrdiff_t each[Indices > 0 ? Indices : 1][width];
};
/// An index in lane l.
template <motion M, class S>
TAPELESS_KERNEL std::ptrdiff_t lane_index(const S& s, int slot, int l) {
  if constexpr (M == motion::any) {
    return s.each[slot][l];
  } else {
    return index_of(s, slot) + (M == motion::step ? l : 0);
  }
}
/// An index in all lanes.
template <class T, motion M, class S>
TAPELESS_KERNEL void load_indices(typename packet<T>::indices& to, const S& s, int slot) {
  if constexpr (M == motion::any) {
    __builtin_memcpy(&to, s.each[slot], sizeof to);
  } else if constexpr (M == motion::step) {
    packet<T>::count_from(to, index_of(s, slot));
  } else {
    to = typename packet<T>::indices{} + index_of(s, slot);
  }
}

template <int Dimension, class A>
TAPELESS_KERNEL bool lies_in_a_row([[maybe_unused]] const A& a) {
  if constexpr (is_contiguous<A>(Dimension)) {
    return true;
  } else if constexpr (Dimension < 0 || Dimension >= A::rank) {
    return false;
  } else if constexpr (requires { A::known[0]; }) {
    return A::known[Dimension] < 0 && a.strides[Dimension] == 1;
  } else {
    return false;
  }
}

/// How far neighbours in this dimension, which is not the last one, lie apart.
template <int Dimension, class A>
TAPELESS_KERNEL std::ptrdiff_t stride(const A& a) {
  if constexpr (requires { A::known[0]; }) {
    return a.template stride<Dimension>();
  } else {
    return a.strides[Dimension];
  }
}

template <int Motions, class S, class A>
TAPELESS_KERNEL decltype(auto) lane(const S& s, const instruction& n, const A& a, int l) {
  return a.at(lane_index<motion_of(Motions, 0)>(s, n.a, l),
              lane_index<motion_of(Motions, 1)>(s, n.b, l),
              lane_index<motion_of(Motions, 2)>(s, n.c, l));
}
template <int Motions, class S, class A>
TAPELESS_KERNEL bool has_lane(const S& s, const instruction& n, const A& a, int l) {
  const std::ptrdiff_t i = lane_index<motion_of(Motions, 0)>(s, n.a, l);
  const std::ptrdiff_t j = lane_index<motion_of(Motions, 1)>(s, n.b, l);
  const std::ptrdiff_t k = lane_index<motion_of(Motions, 2)>(s, n.c, l);
  return i >= 0 && i < a.extent(0) && (n.b < 0 || (j >= 0 && j < a.extent(1))) &&
         (n.c < 0 || (k >= 0 && k < a.extent(2)));
}

/// A function of its own: copies of it for all lanes would cost compilers more than the rest.
[[gnu::noinline]] inline void check_lanes(const std::ptrdiff_t* index, int count, int dimension,
                                          std::ptrdiff_t extent) {
  for (int l = 0; l < count; ++l) {
    if (index[l] < 0 || index[l] >= extent) index_beyond_array(-1, dimension, index[l], extent);
  }
}

/// `Part`: only the first lanes are active, and no memory is touched for the others.
template <class T, const operation* Op, int Array, int Motions, bool Part>
struct packet_executor {
  using P = packet<T>;
  static constexpr bool guarded = Op == &load_guarded_operation || Op == &put_guarded_operation ||
                                  Op == &load_index_guarded_operation;
  static constexpr int dimension = moving_dimension(Motions);

  template <class S, class E>
  TAPELESS_KERNEL static void run(S& s, const instruction& n, [[maybe_unused]] E& e) {
    constexpr algebra kind = Op->kind;
    if constexpr (Op == &load_element_operation || Op == &load_guarded_operation) {
      load(s, n, e.template array<Array>());
    } else if constexpr (Op == &load_index_operation || Op == &load_index_guarded_operation) {
      load_index(s, n, e.template array<Array>());
    } else if constexpr (Op == &store_element_operation) {
      store<E::template keeps<Array>>(s, n, e.template array<Array>());
    } else if constexpr (Op == &put_element_operation || Op == &put_guarded_operation) {
      store<true>(s, n, e.template array<Array>());
    } else if constexpr (Op == &check_entries_operation) {
      check_entries(s, n, e.template array<Array>());
    } else if constexpr (kind == algebra::constant) {
      s.v[n.result] = P(static_cast<T>(n.a == 1 ? 0.0 : n.value()));
    } else if constexpr (kind == algebra::index_sum || kind == algebra::index_difference ||
                         kind == algebra::index_product || kind == algebra::index_quotient ||
                         kind == algebra::index_remainder || kind == algebra::index_count) {
      combine(s, n);
    } else if constexpr (kind == algebra::index_cast) {
      for_each_lane([&](int l) TAPELESS_LAMBDA {
        s.each[n.result][l] =
            is_active(s, l) ? as_index(static_cast<T>(s.v[n.a].v[l])) : std::ptrdiff_t(0);
      });
    } else if constexpr (kind == algebra::index_value) {
      value_of_index(s, n);
    } else if constexpr (kind == algebra::index_compare) {
      compare(s, n);
    } else if constexpr (kind == algebra::compare) {
      if constexpr (Op->name == "<") {
        s.c[n.result] = s.v[n.a] < s.v[n.b];
      } else if constexpr (Op->name == "<=") {
        s.c[n.result] = s.v[n.a] <= s.v[n.b];
      } else {
        s.c[n.result] = s.v[n.a] == s.v[n.b];
      }
    } else if constexpr (is_operation_of<signum>(*Op)) {
      s.v[n.result] = sign(s.v[n.a]);
    } else if constexpr (is_operation_of<softplus_function>(*Op)) {
      s.v[n.result] = softplus_from(s.v[n.a], exp_of_minus_abs(s.v[n.a]));
    } else if constexpr (is_operation_of<maximum>(*Op)) {
      s.v[n.result] = larger(s.v[n.a], s.v[n.b]);
    } else if constexpr (is_operation_of<minimum>(*Op)) {
      s.v[n.result] = smaller(s.v[n.a], s.v[n.b]);
    } else if constexpr (is_operation_of<clamped>(*Op)) {
      s.v[n.result] = smaller(larger(s.v[n.a], s.v[n.b]), s.v[n.c]);
    } else if constexpr (is_operation_of<huber_function>(*Op)) {
      const P c = smaller(larger(s.v[n.a], -s.v[n.b]), s.v[n.b]);
      s.v[n.result] = c * (s.v[n.a] - P(T(0.5)) * c);
    } else if constexpr (kind == algebra::select) {
      s.v[n.result] = select(s.c[n.a], s.v[n.b], s.v[n.c]);
    } else if constexpr (kind == algebra::logical_not) {
      s.c[n.result] = !s.c[n.a];
    } else if constexpr (Op->condition_operands == 2) {
      if constexpr (Op->name == "&&") {
        s.c[n.result] = s.c[n.a] && s.c[n.b];
      } else {
        s.c[n.result] = s.c[n.a] || s.c[n.b];
      }
    } else {
      executor<void, P, Op, Array>::run(s, n, e);
    }
  }

 private:
  /// With constants: an index of the slots that is known when the program runs would keep them in
  /// memory.
  template <class F>
  TAPELESS_KERNEL static void for_each_lane(const F& f) {
    [&]<int... L>(std::integer_sequence<int, L...>) TAPELESS_LAMBDA {
      (void)sink{nothing{}, (f(L), nothing{})...};
    }(std::make_integer_sequence<int, P::width>{});
  }
  template <class S>
  TAPELESS_KERNEL static int lanes_of([[maybe_unused]] const S& s) {
    if constexpr (Part) {
      return s.active;
    } else {
      return P::width;
    }
  }
  template <class S>
  TAPELESS_KERNEL static bool is_active([[maybe_unused]] const S& s, [[maybe_unused]] int l) {
    if constexpr (Part) {
      return l < s.active;
    } else {
      return true;
    }
  }
  /// All active lanes lie side by side, and the array has all of them.
  template <class S, class A>
  TAPELESS_KERNEL static bool is_row(const S& s, const instruction& n, const A& a) {
    if (!lies_in_a_row<dimension>(a)) return false;
    if constexpr (guarded) {
      return has_lane<Motions>(s, n, a, 0) && has_lane<Motions>(s, n, a, lanes_of(s) - 1);
    } else {
      return true;
    }
  }

  template <class S, class A>
  TAPELESS_KERNEL static void load(S& s, const instruction& n, const A& a) {
    using element = std::remove_cvref_t<decltype(lane<Motions>(s, n, a, 0))>;
    if constexpr (Motions == 0) {
      const bool there = !guarded || has_lane<0>(s, n, a, 0);
      s.v[n.result] = P(there ? static_cast<T>(lane<0>(s, n, a, 0)) : T(0));
      return;
    }
    if constexpr (dimension >= 0 && std::same_as<element, T>) {
      if (is_row(s, n, a)) {
        const T* const from = &lane<Motions>(s, n, a, 0);
        if constexpr (Part) {
          s.v[n.result] = P::load_part(from, s.active);
        } else {
          s.v[n.result] = P::load(from);
        }
        return;
      }
      if constexpr (is_contiguous<A>(dimension) && !guarded) return;
    }
    s.v[n.result] = P::of([&](int l) TAPELESS_LAMBDA {
      const bool there = is_active(s, l) && (!guarded || has_lane<Motions>(s, n, a, l));
      return there ? static_cast<T>(lane<Motions>(s, n, a, l)) : T(0);
    });
  }
  template <class S, class A>
  TAPELESS_KERNEL static void load_index(S& s, const instruction& n, const A& a) {
    if constexpr (Motions == 0) {
      const bool there = !guarded || has_lane<0>(s, n, a, 0);
      s.i[n.result] = there ? static_cast<std::ptrdiff_t>(lane<0>(s, n, a, 0)) : std::ptrdiff_t(0);
    } else {
      for_each_lane([&](int l) TAPELESS_LAMBDA {
        const bool there = is_active(s, l) && (!guarded || has_lane<Motions>(s, n, a, l));
        s.each[n.result][l] =
            there ? static_cast<std::ptrdiff_t>(lane<Motions>(s, n, a, l)) : std::ptrdiff_t(0);
      });
    }
  }
  template <bool Add, class S, class A>
  TAPELESS_KERNEL static void store(S& s, const instruction& n, const A& a) {
    TAPELESS_CONTRACT
    using element = std::remove_cvref_t<decltype(lane<Motions>(s, n, a, 0))>;
    if constexpr (Motions == 0) {
      if (guarded && !has_lane<0>(s, n, a, 0)) return;
      auto& to = lane<0>(s, n, a, 0);
      to = static_cast<element>(to + active_sum(s, s.v[n.result]));
      return;
    }
    if constexpr (dimension >= 0 && std::same_as<element, T>) {
      if (is_row(s, n, a)) {
        T* const to = &lane<Motions>(s, n, a, 0);
        if constexpr (Part) {
          P out = s.v[n.result];
          if constexpr (Add) out = P::load_part(to, s.active) + out;
          out.store_part(to, s.active);
        } else if constexpr (Add) {
          (P::load(to) + s.v[n.result]).store(to);
        } else {
          s.v[n.result].store(to);
        }
        return;
      }
      if constexpr (is_contiguous<A>(dimension) && !guarded) return;
    }
    for_each_lane([&](int l) TAPELESS_LAMBDA {
      if (is_active(s, l) && (!guarded || has_lane<Motions>(s, n, a, l))) {
        put<Add>(lane<Motions>(s, n, a, l), static_cast<T>(s.v[n.result].v[l]));
      }
    });
  }
  template <class S>
  TAPELESS_KERNEL static T active_sum(const S& s, const P& x) {
    if constexpr (Part) {
      return sum_of_lanes(select(packet_mask<T>(P::first(s.active), 0), x, P(T(0))));
    } else {
      (void)s;
      return sum_of_lanes(x);
    }
  }

  template <class S>
  TAPELESS_KERNEL static void combine(S& s, const instruction& n) {
    constexpr motion a = motion_of(Motions, 0), b = motion_of(Motions, 1);
    constexpr bool by_lane =
        a == motion::any || b == motion::any ||
        (Op->kind == algebra::index_sum          ? a == motion::step && b == motion::step
         : Op->kind == algebra::index_difference ? b == motion::step
                                                 : a == motion::step || b == motion::step);
    if constexpr (!by_lane) {
      executor<void, P, Op, Array>::run(s, n, s);
    } else {
      for_each_lane([&](int l) TAPELESS_LAMBDA {
        const std::ptrdiff_t left = lane_index<a>(s, n.a, l);
        std::ptrdiff_t& to = s.each[n.result][l];
        if constexpr (Op->kind == algebra::index_count) {
          to = left < 0 ? 0 : left;
        } else {
          const std::ptrdiff_t right = lane_index<b>(s, n.b, l);
          to = Op->kind == algebra::index_sum          ? left + right
               : Op->kind == algebra::index_difference ? left - right
               : Op->kind == algebra::index_product    ? left * right
               : right == 0                            ? 0
               : Op->kind == algebra::index_quotient   ? left / right
                                                       : left % right;
        }
      });
    }
  }
  template <class S>
  TAPELESS_KERNEL static void value_of_index(S& s, const instruction& n) {
    constexpr motion m = motion_of(Motions, 0);
    if constexpr (m == motion::none) {
      s.v[n.result] = P(static_cast<T>(s.i[n.a]));
    } else {
      typename P::indices i;
      load_indices<T, m>(i, s, n.a);
      s.v[n.result] = P(__builtin_convertvector(i, typename P::lanes), 0);
    }
  }
  template <class S>
  TAPELESS_KERNEL static void compare(S& s, const instruction& n) {
    constexpr motion a = motion_of(Motions, 0), b = motion_of(Motions, 1);
    if constexpr (a == motion::none && b == motion::none) {
      const std::ptrdiff_t i = s.i[n.a], j = s.i[n.b];
      s.c[n.result] = packet_mask<T>(Op->name == "<" ? i < j : Op->name == "<=" ? i <= j : i == j);
    } else {
      typename P::indices i, j;
      load_indices<T, a>(i, s, n.a);
      load_indices<T, b>(j, s, n.b);
      if constexpr (Op->name == "<") {
        s.c[n.result] = {__builtin_convertvector(i < j, typename P::mask), 0};
      } else if constexpr (Op->name == "<=") {
        s.c[n.result] = {__builtin_convertvector(i <= j, typename P::mask), 0};
      } else {
        s.c[n.result] = {__builtin_convertvector(i == j, typename P::mask), 0};
      }
    }
  }
  /// Indices that do not go their own way are between those of the first and the last lane.
  template <int D, class S, class A>
  TAPELESS_KERNEL static void check_dimension(const S& s, int slot, const A& a) {
    if constexpr (D < A::rank) {
      constexpr motion m = motion_of(Motions, D);
      if constexpr (m == motion::any) {
        check_lanes(s.each[slot], lanes_of(s), D, a.extent(D));
      } else {
        const std::ptrdiff_t ends[]{lane_index<m>(s, slot, 0),
                                    lane_index<m>(s, slot, lanes_of(s) - 1)};
        check_lanes(ends, 2, D, a.extent(D));
      }
    }
  }
  template <class S, class A>
  TAPELESS_KERNEL static void check_entries([[maybe_unused]] const S& s,
                                            [[maybe_unused]] const instruction& n,
                                            [[maybe_unused]] const A& a) {
#if !defined(NDEBUG)
    check_dimension<0>(s, n.a, a);
    check_dimension<1>(s, n.b, a);
    check_dimension<2>(s, n.c, a);
#endif
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
