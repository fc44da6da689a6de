// SPDX-License-Identifier: BSL-1.0
#pragma once

// Loops inside of loops that run in packets, with the lanes of the loop around.

#include <tapeless/codegen/repeated_rows.hpp>
#include <tapeless/interop/packet_steps.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// A loop whose lanes are iterations of the loop around, of which several packets may run at once.
template <class Name, class T, int Region>
struct across_packets : packet_steps<Name, T, Region> {
  using steps = packet_steps<Name, T, Region>;
  using steps::p;
  using steps::r;
  using typename steps::code;
  using typename steps::frame;
  using typename steps::P;
  static constexpr int width = P::width;
  template <int Count>
  using numbers = std::make_integer_sequence<int, Count>;

  /// For as many packets of the loop around as `up` has. `Part`: one, of which some lanes are idle.
  template <int Packets, bool Part, class Up, class E>
  TAPELESS_KERNEL static void run(Up* up, E& e) {
    run<Part>(up, e, numbers<Packets>{}, numbers<r.accumulators>{}, numbers<r.instructions>{});
  }

 private:
  /// Loads of what all lanes have in common.
  template <int K>
  static constexpr bool is_common_load =
      steps::template operation_at<K> == &load_element_operation &&
      steps::template motions<K, true>() == 0;
  /// Puts into an element that all lanes have in common are added up before.
  template <int K>
  static constexpr bool is_common_put =
      steps::template motions<K, true>() == 0 &&
      (steps::template operation_at<K> == &put_element_operation ||
       steps::template operation_at<K> == &put_guarded_operation);
  /// Those for as many iterations as there are lanes are put together.
  template <int K>
  static constexpr bool is_row_of_puts =
      is_common_put<K> && steps::template operation_at<K> == &put_element_operation &&
      moving_dimension(steps::template motions<K, false>()) >= 0;
  struct rows_of_puts {
    int number[r.instructions + 1]{}, count = 0;
  };
  static constexpr rows_of_puts rows = []<int... K>(std::integer_sequence<int, K...>) {
    rows_of_puts all;
    ((all.number[K] = is_row_of_puts<K> ? all.count++ : -1), ...);
    return all;
  }(numbers<r.instructions>{});

  template <int K, class Up>
  TAPELESS_KERNEL static void import(frame& s, const Up& up) {
    constexpr plan_import x = p.imports[r.first_import + K];
    if constexpr (x.kind == slot_class::value) {
      s.v[x.to] = up.v[x.from];
    } else if constexpr (x.kind == slot_class::condition) {
      s.c[x.to] = up.c[x.from];
    } else if constexpr (x.moves == motion::any) {
      for (int l = 0; l < width; ++l) s.each[x.to][l] = up.each[x.from][l];
    } else {
      s.i[x.to] = up.i[x.from];
    }
  }
  template <class Up, int... I>
  TAPELESS_KERNEL static void import_all(frame& s, const Up& up, std::integer_sequence<int, I...>) {
    (void)sink{nothing{}, (import <I>(s, up), nothing{})...};
  }

  template <int K, bool Part, class E, int... N>
  TAPELESS_KERNEL static void step(frame* s, [[maybe_unused]] P (*waiting)[width],
                                   [[maybe_unused]] int column, E& e,
                                   std::integer_sequence<int, N...>) {
    TAPELESS_CONTRACT
    constexpr int packets = sizeof...(N);
    using executor = typename steps::template executor_of<K, Part, true>;
    constexpr const instruction& n = code::code[r.first_instruction + K];
    if constexpr (is_common_load<K> && packets > 1) {
      executor::run(s[0], n, e);
      (void)sink{nothing{}, (s[N].v[n.result] = s[0].v[n.result], nothing{})...};
    } else if constexpr (is_common_put<K>) {
      P all = s[0].v[n.result];
      for (int i = 1; i < packets; ++i) all = all + s[i].v[n.result];
      if constexpr (rows.number[K] >= 0) {
        if constexpr (Part) all = select(packet_mask<T>(P::first(s[0].active), 0), all, P(T(0)));
        waiting[rows.number[K]][column] = all;
      } else {
        steps::template put<K, Part, true>(s[0], all, e);
      }
    } else {
      (void)sink{nothing{}, (executor::run(s[N], n, e), nothing{})...};
    }
  }
  /// The same for one of the packets.
  template <int K, bool Part, class E>
  TAPELESS_KERNEL static void step_of_one(frame& s, [[maybe_unused]] P (*waiting)[width],
                                          [[maybe_unused]] int column, [[maybe_unused]] bool first,
                                          E& e) {
    TAPELESS_CONTRACT
    constexpr const instruction& n = code::code[r.first_instruction + K];
    if constexpr (rows.number[K] >= 0) {
      P x = s.v[n.result];
      if constexpr (Part) x = select(packet_mask<T>(P::first(s.active), 0), x, P(T(0)));
      P& to = waiting[rows.number[K]][column];
      to = first ? x : to + x;
    } else {
      steps::template step<K, Part, true>(s, e);
    }
  }
  /// The indices of instruction K, as the loop itself moves.
  template <int K, class E>
  TAPELESS_KERNEL static void index_step(frame& s, E& e) {
    constexpr const operation* op = steps::template operation_at<K>;
    if constexpr (class_of(*op) == slot_class::index && op != &load_index_operation &&
                  op != &load_index_guarded_operation) {
      steps::template step<K, false, false>(s, e);
    }
  }
  template <int K, bool Part, class E>
  TAPELESS_KERNEL static void put_row(frame& s, [[maybe_unused]] const P (*waiting)[width], E& e) {
    if constexpr (rows.number[K] >= 0) {
      steps::template put<K, Part, false>(s, P::sum_of_each(waiting[rows.number[K]]), e);
    }
  }

  template <bool Part, class Up, class E, int... N, int... A, int... K>
  TAPELESS_KERNEL static void run(Up* up, E& e, std::integer_sequence<int, N...> packets,
                                  std::integer_sequence<int, A...>,
                                  std::integer_sequence<int, K...>) {
    // Of long code one copy is enough.
    constexpr bool one_by_one = sizeof...(N) > 1 && is_long(p, r);
    frame s[one_by_one ? 1 : sizeof...(N)];
    if constexpr (!one_by_one) {
      (void)sink{nothing{}, (import_all(s[N], up[N], numbers<r.imports>{}), nothing{})...};
      if constexpr (Part) s[0].active = up[0].active;
    }
    [[maybe_unused]] P sum[sizeof...(N)][sizeof...(A) + 1];
    for (auto& of_packet : sum)
      (void)sink{nothing{}, (of_packet[A] = steps::template start<A>(), nothing{})...};
    const auto accumulate = [&](P* of_packet_, const frame& s_) TAPELESS_LAMBDA {
      (void)sink{nothing{},
                 (steps::template accumulate<A, false>(of_packet_[A], s_), nothing{})...};
      (void)of_packet_, (void)s_;
    };
    std::ptrdiff_t count = up[0].i[r.extent];
    if constexpr (only_stores(r)) count = repeated_rows<Name, T, Region>::iterations(e, count);
    const auto once = [&](std::ptrdiff_t k_, P(*waiting_)[width], int column_) TAPELESS_LAMBDA {
      if constexpr (one_by_one) {
        for (int n = 0; n < static_cast<int>(sizeof...(N)); ++n) {
          frame one;
          import_all(one, up[n], numbers<r.imports>{});
          one.i[0] = k_;
          (void)sink{nothing{},
                     (step_of_one<K, Part>(one, waiting_, column_, n == 0, e), nothing{})...};
          accumulate(sum[n], one);
        }
      } else {
        (void)sink{nothing{}, (s[N].i[0] = k_, nothing{})...};
        (void)sink{nothing{}, (step<K, Part>(s, waiting_, column_, e, packets), nothing{})...};
        (void)sink{nothing{}, (accumulate(sum[N], s[N]), nothing{})...};
      }
    };
    if constexpr (rows.count > 0) {
      P waiting[rows.count][width];
      for (auto& row : waiting) {
        for (P& x : row) x = P(T(0));
      }
      for (std::ptrdiff_t k = 0; k < count; k += width) {
        const int columns = count - k < width ? static_cast<int>(count - k) : width;
        for (int c = 0; c < columns; ++c) once(k + c, waiting, c);
        frame row;
        import_all(row, up[0], numbers<r.imports>{});
        row.i[0] = k, row.active = columns;
        (void)sink{nothing{}, (index_step<K>(row, e), nothing{})...};
        if (columns == width) {
          (void)sink{nothing{}, (put_row<K, false>(row, waiting, e), nothing{})...};
        } else {
          (void)sink{nothing{}, (put_row<K, true>(row, waiting, e), nothing{})...};
        }
      }
    } else {
      for (std::ptrdiff_t k = 0; k < count; ++k) once(k, nullptr, 0);
    }
    const auto leave = [&](Up& up_, const P* of_packet_) TAPELESS_LAMBDA {
      (void)sink{nothing{},
                 (up_.v[code::template accumulator<A>.result] = of_packet_[A], nothing{})...};
      (void)up_, (void)of_packet_;
    };
    (void)sink{nothing{}, (leave(up[N], sum[N]), nothing{})...};
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
