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

  /// All loops inside run across. Not where equal numbers are compared: they must stay equal, in
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
      across_packets<Name, T, p.arrays[r.first_instruction + inner]>::template run<Packets, Part>(
          s, e);
      run<Packets, Part, inner + 1>(s, e);
    }
  }

 private:
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
