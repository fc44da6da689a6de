// SPDX-License-Identifier: BSL-1.0
#pragma once

// A region's local variables, and what its iterations do with them; its instructions are expanded
// in place, and only indices of arrays are known at run time. Its loop is in region_loop.hpp.

#include <tapeless/codegen/executor.hpp>
#include <tapeless/codegen/guards.hpp>
#include <tapeless/codegen/interleaved.hpp>

#include <limits>

// g++ does not see that loops of unknown length have filled the program's own arrays, and warns of
// what x[i + 3] would be after 2^63 iterations.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Waggressive-loop-optimizations"
#endif

namespace tapeless {
inline namespace TAPELESS_ABI {

/// One of them is NaN: one comparison.
template <class T>
TAPELESS_KERNEL constexpr bool are_unordered(const T& a, const T& b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (!std::is_constant_evaluated()) return __builtin_isunordered(a, b);
  }
  return a != a || b != b;
}

template <class Name, class T, int Region>
struct region_code {
  static constexpr const auto& p = program_of<Name>::value;
  static constexpr const auto& code = program_of<Name>::instructions.of;
  static constexpr plan_region r = p.regions[Region];
  using frame = region_slots<T, r.values, r.conditions, r.indices>;
  template <int K>
  static constexpr plan_accumulator accumulator = p.accumulators[r.first_accumulator + K];
  template <int K>
  static constexpr plan_carry carry = p.carries[r.first_carry + K];
  template <int K>
  static constexpr plan_window window = p.windows[r.first_window + K];
  /// The slot of x where accumulator K is the maximum of -x, which is the minimum of x; -1: it is
  /// something else.
  template <int K>
  static constexpr int least_of = [] {
    for (int i = 0; i < r.instructions && accumulator<K>.maximum; ++i) {
      const instruction& n = p.instructions[r.first_instruction + i];
      if (p.operations[r.first_instruction + i]->kind == algebra::negate &&
          n.result == accumulator<K>.value) {
        return n.a;
      }
    }
    return -1;
  }();
  /// The instruction that runs a loop of sums that can be begun for several iterations at once.
  static constexpr int sums_at = interleaving({p.operations, p.arrays, p.regions, p.accumulators,
                                               p.windows, p.sizes.inputs, p.sizes.outputs},
                                              r)
                                     .place();
  struct early_sums {
    bool of[r.accumulators + 1]{}, any = false;
    int end = 0;
  };
  /// Sums whose products are added before the last loop inside begins, which is instruction `end`:
  /// compilers fuse the two only if no loop lies between.
  static constexpr early_sums early = [] {
    early_sums all;
    for (int k = 0; k < r.instructions; ++k) {
      if (p.operations[r.first_instruction + k] == &run_region_operation) all.end = k;
    }
    for (int i = 0; i < r.accumulators; ++i) {
      const plan_accumulator& a = p.accumulators[r.first_accumulator + i];
      for (int k = 0; k < all.end && !a.maximum; ++k) {
        all.of[i] = all.of[i] || (p.instructions[r.first_instruction + k].result == a.value &&
                                  p.operations[r.first_instruction + k]->kind == algebra::multiply);
      }
      all.any = all.any || all.of[i];
    }
    return all;
  }();
  template <int Count>
  using numbers = std::make_integer_sequence<int, Count>;

  template <int K>
  using executor_of =
      executor<Name, T, p.operations[r.first_instruction + K], p.arrays[r.first_instruction + K]>;

  template <class S, class E, int... K>
  TAPELESS_KERNEL static constexpr void steps([[maybe_unused]] S& s, [[maybe_unused]] E& e,
                                              std::integer_sequence<int, K...>) {
    (void)sink{nothing{}, (executor_of<K>::run(s, code[r.first_instruction + K], e), nothing{})...};
  }

  /// Those from number First on.
  template <int First, class S, class E, int... K>
  TAPELESS_KERNEL static constexpr void steps_from(S& s, E& e, std::integer_sequence<int, K...>) {
    steps(s, e, std::integer_sequence<int, (First + K)...>{});
  }

  template <int K, class Up>
  TAPELESS_KERNEL static constexpr void import(frame& s, const Up& up) {
    constexpr plan_import x = p.imports[r.first_import + K];
    if constexpr (x.kind == slot_class::value) {
      s.v[x.to] = up.v[x.from];
    } else if constexpr (x.kind == slot_class::condition) {
      s.c[x.to] = up.c[x.from];
    } else {
      s.i[x.to] = up.i[x.from];
    }
  }
  template <class Up, int... I>
  TAPELESS_KERNEL static constexpr void import_all([[maybe_unused]] frame& s,
                                                   [[maybe_unused]] const Up& up,
                                                   std::integer_sequence<int, I...>) {
    (void)sink{nothing{}, (import <I>(s, up), nothing{})...};
  }
  template <int K>
  TAPELESS_KERNEL static constexpr T start_of() {
    constexpr T infinity = std::numeric_limits<T>::infinity();
    return !accumulator<K>.maximum ? T(0) : least_of<K> < 0 ? -infinity : infinity;
  }
  template <int K>
  TAPELESS_KERNEL static constexpr void accumulate(T& sum, std::ptrdiff_t& at, const frame& s) {
    TAPELESS_CONTRACT
    if constexpr (accumulator<K>.maximum) {
      // NaN apart, so that the rest needs no branch, which would often be mispredicted.
      const T x = s.v[least_of<K> < 0 ? accumulator<K>.value : least_of<K>];
      if (are_unordered(x, sum)) [[unlikely]] {
        if (x != x) sum = x, at = s.i[0];
      } else {
        const auto better = least_of<K> < 0 ? sum < x : x < sum;
        sum = better ? x : sum;
        at = better ? s.i[0] : at;
      }
    } else {
      sum = sum + s.v[accumulator<K>.value];
    }
  }
  template <int K, class Up>
  TAPELESS_KERNEL static constexpr void deliver(Up& up, const T& sum, std::ptrdiff_t at) {
    up.v[accumulator<K>.result] = least_of<K> < 0 ? sum : -sum;
    if constexpr (accumulator<K>.argument >= 0) up.i[accumulator<K>.argument] = at;
  }

  /// In all iterations the access, if it is one, finds its elements.
  template <int K, class E>
  TAPELESS_KERNEL static constexpr bool finds_elements(const frame& s, const E& e,
                                                       std::ptrdiff_t count) {
    if constexpr (is_guarded_access(*p.operations[r.first_instruction + K])) {
      constexpr instruction n = p.instructions[r.first_instruction + K];
      const auto& a = e.template array<p.arrays[r.first_instruction + K]>();
      return finds_elements<n.a>(s, a, 0, count) && finds_elements<n.b>(s, a, 1, count) &&
             finds_elements<n.c>(s, a, 2, count);
    } else {
      return true;
    }
  }
  template <int Slot, class A>
  TAPELESS_KERNEL static constexpr bool finds_elements(const frame& s, const A& a, int dimension,
                                                       std::ptrdiff_t count) {
    if constexpr (Slot < 0) {
      return true;
    } else {
      constexpr index_of_loop i = describe_index(p, r, Slot);
      std::ptrdiff_t first = 0;
      if constexpr (i.offset >= 0) first = i.minus ? -s.i[i.offset] : s.i[i.offset];
      return first >= 0 && first + (i.moves ? count - 1 : 0) < a.extent(dimension);
    }
  }

  template <int K>
  TAPELESS_KERNEL static constexpr void clear(frame& s) {
    for (int j = 0; j < window<K>.width; ++j) s.v[window<K>.slot + j] = T(0);
  }
  template <int K, class E>
  TAPELESS_KERNEL static constexpr void store(E& e, std::ptrdiff_t i, const T& value) {
    constexpr plan_window w = window<K>;
    const auto& a = e.template array<w.array>();
    if (!w.guarded || (i >= 0 && i < a.extent(0))) {
      put<(w.adds || E::template keeps<w.array>)>(a.at(i, 0, 0), value);
    }
  }
  /// The window's first element is complete.
  template <int K, class E, int... J>
  TAPELESS_KERNEL static constexpr void move(frame& s, E& e, std::integer_sequence<int, J...>) {
    constexpr plan_window w = window<K>;
    store<K>(e, s.i[0] + w.offset, s.v[w.slot]);
    (void)sink{nothing{}, (s.v[w.slot + J] = s.v[w.slot + J + 1], nothing{})...};
    s.v[w.slot + w.width - 1] = T(0);
  }
  /// What is left in it, and the elements that the loop does not reach.
  template <int K, class E, int... J>
  TAPELESS_KERNEL static constexpr void leave(frame& s, E& e, std::ptrdiff_t count,
                                              std::integer_sequence<int, J...>) {
    constexpr plan_window w = window<K>;
    const auto& a = e.template array<w.array>();
    std::ptrdiff_t first = 0, last = 0;
    if (count > 0) {
      (void)sink{nothing{}, (store<K>(e, count + w.offset + J, s.v[w.slot + J]), nothing{})...};
      first = w.offset, last = count + w.offset + w.width - 1;
    }
    if constexpr (!w.adds && !E::template keeps<w.array>) {
      using element = std::remove_cvref_t<decltype(a.at(0, 0, 0))>;
      for (std::ptrdiff_t i = 0; i < first; ++i) a.at(i, 0, 0) = element(0);
      for (std::ptrdiff_t i = last; i < a.extent(0); ++i) a.at(i, 0, 0) = element(0);
    }
  }

  template <int K, class Up>
  TAPELESS_KERNEL static constexpr void finish(Up& up, const frame& s) {
    if constexpr (carry<K>.result >= 0) up.v[carry<K>.result] = s.v[carry<K>.local];
  }
  template <class E>
  static constexpr bool runs_in_packets() {
    if constexpr (E::in_packets && r.packets && requires { packet_of<T>::width; }) {
      return packet_code<Name, T, Region>::template applies<E>();
    } else {
      return false;
    }
  }
  /// Packets do all iterations, the last ones too.
  template <class E>
  static constexpr bool runs_whole() {
    if constexpr (runs_in_packets<E>()) {
      return packet_code<Name, T, Region>::template runs_whole<E>();
    } else {
      return false;
    }
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
