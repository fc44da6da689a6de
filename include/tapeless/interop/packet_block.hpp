// SPDX-License-Identifier: BSL-1.0
#pragma once

// Loops of which several packets run at a time, as the lanes of the loops inside of them.

#include <tapeless/interop/packet_inner.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// A region around loops that run across: what one of their iterations loads for all lanes, and
/// what it adds up over all lanes, is then done once for several packets.
template <class Name, class T, int Region>
struct packet_block : packet_steps<Name, T, Region> {
  using steps = packet_steps<Name, T, Region>;
  using steps::p;
  using steps::r;
  using typename steps::code;
  using typename steps::frame;
  template <int Count>
  using numbers = std::make_integer_sequence<int, Count>;
  static constexpr int packets = 4;

  /// Loops inside run across. Not where equal numbers are compared: they must stay equal, in
  /// code of which there is one copy.
  template <class E>
  static constexpr bool applies() {
    if constexpr (!r.nested || r.windows > 0 || steps::positions()) {
      return false;
    } else {
      return lies_across(p, r, neighbours_of<E>);
    }
  }
  /// All instructions for so many packets. `Part`: of one, some lanes are idle.
  template <int Packets, bool Part, int From = 0, class E>
  TAPELESS_KERNEL static void run(frame* s, E& e) {
    constexpr int inner = next_loop(From);
    if constexpr (Packets > 1 && is_long_between(From, inner)) {
      for (int i = 0; i < Packets; ++i) between<From, Part>(s[i], e, numbers<inner - From>{});
    } else {
      between_all<From, Part>(s, e, numbers<Packets>{}, numbers<inner - From>{});
    }
    if constexpr (inner < r.instructions) {
      run_loop<p.arrays[r.first_instruction + inner], Packets, Part>(s, e);
      run<Packets, Part, inner + 1>(s, e);
    }
  }

 private:
  template <int Inner, int Packets, bool Part, class E>
  TAPELESS_KERNEL static void run_loop(frame* s, E& e) {
    if constexpr (scattered(p, p.regions[Inner], neighbours_of<E>).across == 0) {
      across_packets<Name, T, Inner>::template run<Packets, Part>(s, e);
    } else {
      constexpr plan_region x = p.regions[Inner];
      for (int i = 0; i < Packets; ++i)
        lane_by_lane<Inner, Part>(s[i], e, numbers<x.imports>{}, numbers<x.accumulators>{});
    }
  }
  /// A loop along which memory lies, in packets of its own: as one iteration after the other reads
  /// and writes what follows in memory.
  template <int Inner, bool Part, class E, int... I, int... A>
  TAPELESS_KERNEL static void lane_by_lane(frame& s, E& e, std::integer_sequence<int, I...>,
                                           std::integer_sequence<int, A...>) {
    constexpr plan_region x = p.regions[Inner];
    using inside = region_code<Name, T, Inner>;
    [[maybe_unused]] T sums[sizeof...(A) + 1][steps::P::width];
    const int lanes = Part ? s.active : steps::P::width;
    for (int l = 0; l < lanes; ++l) {
      typename code::frame one;
      one.i[x.extent] = s.i[x.extent];
      (void)sink{nothing{}, (take_lane<x.first_import + I>(one, s, l), nothing{})...};
      executor<Name, T, &run_region_operation, Inner>::run(one, instruction{}, e);
      (void)sink{nothing{},
                 (sums[A][l] = one.v[inside::template accumulator<A>.result], nothing{})...};
    }
    if constexpr (Part) {
      (void)sink{nothing{},
                 (s.v[inside::template accumulator<A>.result] = steps::P::load_part(sums[A], lanes),
                  nothing{})...};
    } else {
      (void)sink{nothing{}, (s.v[inside::template accumulator<A>.result] = steps::P::load(sums[A]),
                             nothing{})...};
    }
  }
  template <int K, class One>
  TAPELESS_KERNEL static void take_lane(One& one, const frame& s, int lane) {
    constexpr plan_import m = p.imports[K];
    if constexpr (m.kind == slot_class::value) {
      one.v[m.from] = s.v[m.from].v[lane];
    } else if constexpr (m.kind == slot_class::condition) {
      one.c[m.from] = s.c[m.from].v[lane] != 0;
    } else {
      one.i[m.from] = lane_index<m.moves>(s, m.from, lane);
    }
  }
  static constexpr int next_loop(int from) {
    while (from < r.instructions &&
           p.operations[r.first_instruction + from] != &run_region_operation) {
      ++from;
    }
    return from;
  }
  static constexpr bool is_long_between(int from, int to) {
    for (int k = from; k < to; ++k) {
      if (is_long(*p.operations[r.first_instruction + k])) return true;
    }
    return false;
  }
  template <int From, bool Part, class E, int... K>
  TAPELESS_KERNEL static void between(frame& s, E& e, std::integer_sequence<int, K...>) {
    (void)sink{nothing{}, (steps::template step<From + K, Part, false>(s, e), nothing{})...};
  }
  template <int From, bool Part, class E, int... N, int... K>
  TAPELESS_KERNEL static void between_all(frame* s, E& e, std::integer_sequence<int, N...>,
                                          std::integer_sequence<int, K...> all) {
    (void)sink{nothing{}, (between<From, Part>(s[N], e, all), nothing{})...};
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
