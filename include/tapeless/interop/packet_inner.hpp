// SPDX-License-Identifier: BSL-1.0
#pragma once

// Loops inside of loops that run in packets.

#include <tapeless/interop/packet_across.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// A loop inside of one that runs in packets.
template <class Name, class T, int Region>
struct inner_packets : packet_steps<Name, T, Region> {
  using steps = packet_steps<Name, T, Region>;
  using steps::p;
  using steps::r;
  using typename steps::code;
  using typename steps::frame;
  using typename steps::P;
  static constexpr int width = P::width;
  template <int Count>
  using numbers = std::make_integer_sequence<int, Count>;
  using lanes_across = across_packets<Name, T, Region>;

  /// Neighbours in memory belong to iterations of the loop around, and to none of this one.
  template <class E>
  static constexpr bool is_across() {
    constexpr scattered_accesses all = scattered(p, r, neighbours_of<E>);
    return all.across == 0 && all.along > 0;
  }
  /// `Collects`: a loop of few iterations runs across, whatever lies apart: along, most lanes would
  /// be idle.
  template <bool Collects, class Up, class E>
  TAPELESS_KERNEL static void run(Up& up, E& e) {
    if constexpr (Collects || is_across<E>()) {
      if (is_across<E>() || up.i[r.extent] < (width < 5 ? width : 5)) {
        lanes_across::template run<1, false>(&up, e);
        return;
      }
    }
    if constexpr (!is_across<E>()) {
      along(up, e, numbers<width>{}, numbers<r.accumulators>{}, numbers<r.instructions>{});
    }
  }

 private:
  // ---- lanes along: each is an iteration of this loop, run for a packet of the one around ------

  template <int K, class Up>
  TAPELESS_KERNEL static void import_lane(frame& s, const Up& up, int lane) {
    constexpr plan_import x = p.imports[r.first_import + K];
    if constexpr (x.kind == slot_class::value) {
      s.v[x.to] = P(static_cast<T>(up.v[x.from].v[lane]));
    } else if constexpr (x.kind == slot_class::condition) {
      s.c[x.to] = packet_mask<T>(up.c[x.from].v[lane] != 0);
    } else {
      s.i[x.to] = lane_index<x.moves>(up, x.from, lane);
    }
  }
  /// Puts that all iterations of the loop around have in common are added up before.
  template <int K>
  static constexpr bool is_common() {
    constexpr const operation* op = steps::template operation_at<K>;
    return (op == &put_element_operation || op == &put_guarded_operation) &&
           steps::template motions<K, true>() == 0;
  }
  /// Loads that they have in common are done once: the compiler must think that what one of them
  /// stores changes what the next one loads.
  template <int K>
  static constexpr bool is_loaded_before() {
    if (steps::template operation_at<K> != &load_element_operation ||
        steps::template motions<K, true>() != 0) {
      return false;
    }
    for (int k = 0; k < r.instructions; ++k) {
      const operation& op = *p.operations[r.first_instruction + k];
      if (k != K && !op.same_as(&load_element_operation) &&
          p.arrays[r.first_instruction + k] == p.arrays[r.first_instruction + K]) {
        return false;
      }
    }
    return true;
  }
  /// Loads whose lanes begin in rows that follow one another, as those of a matrix do.
  template <int K, class E>
  static constexpr bool loads_rows() {
    if constexpr (steps::template operation_at<K> == &load_element_operation) {
      using A = std::remove_cvref_t<
          decltype(std::declval<E&>().template array<p.arrays[r.first_instruction + K]>())>;
      using element = std::remove_cvref_t<decltype(std::declval<const A&>().at(0, 0, 0))>;
      constexpr int with = moving_dimension(steps::template motions<K, false>());
      constexpr int around = moving_dimension(steps::template motions<K, true>());
      return std::same_as<element, T> && is_contiguous<A>(with) && around >= 0 && around != with;
    } else {
      return false;
    }
  }
  /// From the first lane's place on: compilers that know it keep a pointer for each lane, more than
  /// there are registers.
  template <int K, bool Part, bool First, class E>
  TAPELESS_KERNEL static void load_row(frame& s, const T*& first, E& e, int lane) {
    constexpr instruction n = p.instructions[r.first_instruction + K];
    constexpr int around = moving_dimension(steps::template motions<K, true>());
    const auto& a = e.template array<p.arrays[r.first_instruction + K]>();
    if constexpr (First) {
      first = &tapeless::lane<steps::template motions<K, false>()>(s, n, a, 0);
      TAPELESS_OPAQUE(first);
    }
    const T* const from = first + lane * stride<around>(a);
    if constexpr (Part) {
      s.v[n.result] = P::load_part(from, s.active);
    } else {
      s.v[n.result] = P::load(from);
    }
  }
  static constexpr int room = r.instructions + 1;
  /// What an outer product does: it waits, or is added with those that have waited, of which these
  /// are the factors.
  enum class turn { wait, join };
  struct outer_products {
    P weights[most_delayed], row[most_delayed];
  };
  /// What the lanes of one pass share: sums of puts, and where loads begin.
  struct shared {
    P common[room][2];
    const T* rows[room];
  };
  template <bool Part, turn Turn, bool First, class E, int... K>
  TAPELESS_KERNEL static void lane_steps(frame* s, shared& all, const outer_products& waiting, E& e,
                                         int lane, std::integer_sequence<int, K...>) {
    (void)sink{nothing{},
               (one<Part, Turn, First, K>(s[lane], s[0], all, waiting, e, lane), nothing{})...};
  }
  template <bool Part, turn Turn, bool First, int K, class E>
  TAPELESS_KERNEL static void one(frame& s, [[maybe_unused]] const frame& first,
                                  [[maybe_unused]] shared& all,
                                  [[maybe_unused]] const outer_products& waiting, E& e,
                                  [[maybe_unused]] int lane) {
    TAPELESS_CONTRACT
    if constexpr (K == r.delay.put) {
      if constexpr (Turn == turn::join) {
        P x = s.v[code::code[r.first_instruction + K].result];
        for (int w = 0; w < most_delayed; ++w) {
          x = x + P(static_cast<T>(waiting.weights[w].v[lane])) * waiting.row[w];
        }
        steps::template put<K, Part, false>(s, x, e);
      }
    } else if constexpr (!First && is_loaded_before<K>()) {
      constexpr int slot = p.instructions[r.first_instruction + K].result;
      s.v[slot] = first.v[slot];
    } else if constexpr (loads_rows<K, E>()) {
      load_row<K, Part, First>(s, all.rows[K], e, lane);
    } else if constexpr (is_common<K>()) {
      const P& x = s.v[code::code[r.first_instruction + K].result];
      P& to = all.common[K][lane % 2];
      to = lane < 2 ? x : to + x;
    } else {
      steps::template step<K, Part, false>(s, e);
    }
  }
  template <bool Part, int K, class E>
  TAPELESS_KERNEL static void put_common(frame& s, [[maybe_unused]] const shared& all, E& e) {
    if constexpr (is_common<K>()) {
      steps::template put<K, Part, false>(s, all.common[K][0] + all.common[K][1], e);
    }
  }
  template <class Up, class E, int... L, int... A, int... K>
  TAPELESS_KERNEL static void along(Up& up, E& e, std::integer_sequence<int, L...>,
                                    std::integer_sequence<int, A...>,
                                    std::integer_sequence<int, K...> all) {
    frame s[width];
    (void)sink{nothing{}, (import_all(s[L], up, L, numbers<r.imports>{}), nothing{})...};
    [[maybe_unused]] P sum[sizeof...(A) + 1][width];
    for (int l = 0; l < width; ++l)
      (void)sink{nothing{}, (sum[A][l] = steps::template start<A>(), nothing{})...};
    std::ptrdiff_t count = up.i[r.extent];
    if constexpr (only_stores(r)) count = repeated_rows<Name, T, Region>::iterations(e, count);
    std::ptrdiff_t k = 0;
    outer_products waiting;
    const auto pass = [&]<bool Part, turn Turn>() TAPELESS_LAMBDA {
      shared between;
      if constexpr (code::r.delay.put >= 0 && Turn == turn::join) {
        for (int w = 0; w < most_delayed; ++w) {
          waiting.row[w] = row_before<Part>(s[0], w < up.joins ? w + 1 : 0, k, count, e);
        }
      }
      (void)sink{nothing{}, (s[L].i[0] = k, s[L].active = static_cast<int>(count - k),
                             lane_steps<Part, Turn, (L == 0)>(s, between, waiting, e, L, all),
                             accumulate_all<Part, A...>(sum, s[L], L), nothing{})...};
      (void)sink{nothing{}, (put_common<Part, K>(s[0], between, e), nothing{})...};
    };
    const auto loop = [&]<turn Turn>() TAPELESS_LAMBDA {
      for (; k + width <= count; k += width) pass.template operator()<false, Turn>();
      if (k < count) pass.template operator()<true, Turn>();
    };
    if constexpr (r.delay.put >= 0) {
      T* const weights = e.delayed + r.delay.number * most_delayed * most_delayed_rows + up.i[0];
      if (up.waits > 0) {
        up.v[r.delay.weight].store(weights + (up.waits - 1) * most_delayed_rows);
        loop.template operator()<turn::wait>();
      } else {
        for (int w = 0; w < most_delayed; ++w) {
          waiting.weights[w] = w < up.joins ? P::load(weights + w * most_delayed_rows) : P(T(0));
        }
        loop.template operator()<turn::join>();
      }
    } else {
      loop.template operator()<turn::join>();
    }
    (void)sink{nothing{},
               (up.v[code::template accumulator<A>.result] = total<A>(sum[A]), nothing{})...};
  }
  /// The factor along the loop of the outer product of `by` iterations before; 0 if none has
  /// waited.
  template <bool Part, class E>
  TAPELESS_KERNEL static P row_before(const frame& here, int by, std::ptrdiff_t k,
                                      std::ptrdiff_t count, E& e) {
    frame s;
    s.i[0] = k, s.active = static_cast<int>(count - k);
    s.i[r.delay.row] = here.i[r.delay.row] + by;
    steps::template step<r.delay.load, Part, false>(s, e);
    return select(packet_mask<T>(by > 0),
                  s.v[code::code[r.first_instruction + r.delay.load].result], P(T(0)));
  }
  template <class Up, int... I>
  TAPELESS_KERNEL static void import_all(frame& s, const Up& up, int lane,
                                         std::integer_sequence<int, I...>) {
    (void)sink{nothing{}, (import_lane<I>(s, up, lane), nothing{})...};
  }
  template <bool Part, int... A>
  TAPELESS_KERNEL static void accumulate_all([[maybe_unused]] P (*sum)[width],
                                             [[maybe_unused]] const frame& s,
                                             [[maybe_unused]] int l) {
    (void)sink{nothing{}, (steps::template accumulate<A, Part>(sum[A][l], s), nothing{})...};
  }
  template <int K>
  TAPELESS_KERNEL static P total(const P* sum) {
    if constexpr (code::template accumulator<K>.maximum) {
      return P::of([&](int l) TAPELESS_LAMBDA { return largest(sum[l]); });
    } else {
      return P::sum_of_each(sum);
    }
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
