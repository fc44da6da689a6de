// SPDX-License-Identifier: BSL-1.0
#pragma once

// A region as a function with local variables of its own, whose instructions are expanded in place;
// only indices of arrays are known at run time.

#include <tapeless/codegen/executor.hpp>
#include <tapeless/codegen/guards.hpp>
#include <tapeless/codegen/interleaved.hpp>
#include <tapeless/codegen/row_block.hpp>

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

  template <class S, class E, int... K>
  TAPELESS_KERNEL static constexpr void steps([[maybe_unused]] S& s, [[maybe_unused]] E& e,
                                              std::integer_sequence<int, K...>) {
    (void)sink{
        nothing{},
        (executor<Name, T, p.operations[r.first_instruction + K],
                  p.arrays[r.first_instruction + K]>::run(s, code[r.first_instruction + K], e),
         nothing{})...};
  }

  /// Those from number First on.
  template <int First, class S, class E, int... K>
  TAPELESS_KERNEL static constexpr void steps_from(S& s, E& e, std::integer_sequence<int, K...>) {
    steps(s, e, std::integer_sequence<int, (First + K)...>{});
  }

  template <class Up, class E>
  TAPELESS_KERNEL static constexpr void run([[maybe_unused]] Up& up, E& e) {
    body(up, e, numbers<r.imports>{}, numbers<r.accumulators>{}, numbers<r.carries>{},
         numbers<r.windows>{});
  }
  /// The same where so many terms of the sums have been added already.
  template <class Up, class E>
  TAPELESS_KERNEL static constexpr void resume(Up& up, E& e, const T* begun, std::ptrdiff_t terms) {
    body(up, e, numbers<r.imports>{}, numbers<r.accumulators>{}, numbers<r.carries>{},
         numbers<r.windows>{}, begun, terms);
  }

 private:
  template <class, class, int>
  friend struct region_code;
  template <class, class, int>
  friend struct row_block;

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
  template <bool Does, int K>
  TAPELESS_KERNEL static constexpr void accumulate_if([[maybe_unused]] T& sum,
                                                      [[maybe_unused]] std::ptrdiff_t& at,
                                                      [[maybe_unused]] const frame& s) {
    if constexpr (Does) accumulate<K>(sum, at, s);
  }
  template <int K, class Up>
  TAPELESS_KERNEL static constexpr void deliver(Up& up, const T& sum, std::ptrdiff_t at) {
    up.v[accumulator<K>.result] = least_of<K> < 0 ? sum : -sum;
    if constexpr (accumulator<K>.argument >= 0) up.i[accumulator<K>.argument] = at;
  }

  /// In all iterations all accesses find their elements.
  template <class E, int... K>
  TAPELESS_KERNEL static constexpr bool is_in_range(const frame& s, const E& e,
                                                    std::ptrdiff_t count,
                                                    std::integer_sequence<int, K...>) {
    return (finds_elements<K>(s, e, count) && ...);
  }
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

  /// The loop of sums may have enough iterations, as far as that is known before this one.
  TAPELESS_KERNEL static constexpr bool may_be_long([[maybe_unused]] const frame& s) {
    constexpr int extent = p.regions[p.arrays[r.first_instruction + sums_at]].extent;
    constexpr index_of_loop i = describe_index(p, r, extent, false);
    if constexpr (i.known && !i.moves) {
      return s.i[extent] >= fewest_interleaved_terms;
    } else {
      return true;
    }
  }
  /// The first terms of the sums of several iterations from k on; returns how many.
  template <class Inner, class Up, class E, int N, int... I, int... R, int... J, int... A>
  TAPELESS_KERNEL static std::ptrdiff_t begin(const Up& up, E& e, std::ptrdiff_t k,
                                              T (&sums)[interleaved_sums][N],
                                              std::integer_sequence<int, I...>,
                                              std::integer_sequence<int, R...>,
                                              std::integer_sequence<int, J...>,
                                              std::integer_sequence<int, A...>) {
    TAPELESS_CONTRACT
    frame around[interleaved_sums];
    typename Inner::frame s[interleaved_sums];
    std::ptrdiff_t terms = std::numeric_limits<std::ptrdiff_t>::max();
    const auto enter = [&](frame& f, typename Inner::frame& in, int row) TAPELESS_LAMBDA {
      (void)sink{nothing{}, (import <I>(f, up), nothing{})...};
      f.i[0] = k + row;
      steps(f, e, numbers<sums_at>{});
      (void)sink{nothing{}, (Inner::template import <J>(in, f), nothing{})...};
      if (f.i[Inner::r.extent] < terms) terms = f.i[Inner::r.extent];
    };
    (void)sink{nothing{}, (enter(around[R], s[R], R), nothing{})...};
    if (terms < fewest_interleaved_terms) return 0;
    T sum[interleaved_sums][N]{};
    const auto add = [&](typename Inner::frame& in, T* to, std::ptrdiff_t l) TAPELESS_LAMBDA {
      TAPELESS_CONTRACT
      in.i[0] = l;
      Inner::steps(in, e, numbers<Inner::r.instructions>{});
      (void)sink{nothing{},
                 (to[A] = to[A] + in.v[Inner::template accumulator<A>.value], nothing{})...};
    };
    for (std::ptrdiff_t l = 0; l < terms; ++l)
      (void)sink{nothing{}, (add(s[R], sum[R], l), nothing{})...};
    const auto leave = [&](T* to, const T* from) TAPELESS_LAMBDA {
      (void)sink{nothing{}, (to[A] = from[A], nothing{})...};
    };
    (void)sink{nothing{}, (leave(sums[R], sum[R]), nothing{})...};
    return terms;
  }

  /// Iterations from k on as far as there are several for a block; returns where they end.
  template <class Up, class E, int... N, int... A>
  TAPELESS_KERNEL static std::ptrdiff_t blocks(const Up& up, E& e, std::ptrdiff_t k,
                                               std::ptrdiff_t count, [[maybe_unused]] T* sum,
                                               [[maybe_unused]] std::ptrdiff_t* at,
                                               std::integer_sequence<int, N...>,
                                               std::integer_sequence<int, A...>) {
    frame s[sizeof...(N)];
    (void)sink{nothing{}, (import_all(s[N], up, numbers<r.imports>{}), nothing{})...};
    const auto add = [&](const frame& s_) TAPELESS_LAMBDA {
      (void)sink{nothing{}, (accumulate<A>(sum[A], at[A], s_), nothing{})...};
      (void)s_;
    };
    for (; k + static_cast<int>(sizeof...(N)) <= count; k += sizeof...(N)) {
      (void)sink{nothing{}, (s[N].i[0] = k + N, nothing{})...};
      row_block<Name, T, Region>::run(s, e);
      (void)sink{nothing{}, (add(s[N]), nothing{})...};
    }
    return k;
  }
  template <class Up, class E, int... I, int... A, int... C, int... W>
  TAPELESS_KERNEL static constexpr void body([[maybe_unused]] Up& up, E& e,
                                             std::integer_sequence<int, I...>,
                                             std::integer_sequence<int, A...>,
                                             std::integer_sequence<int, C...>,
                                             std::integer_sequence<int, W...>,
                                             [[maybe_unused]] const T* begun = nullptr,
                                             [[maybe_unused]] std::ptrdiff_t terms = 0) {
    without_guards<frame> s;
    (void)sink{nothing{}, (import <I>(s, up), nothing{})...};
    if constexpr (r.extent < 0) {
      steps(static_cast<frame&>(s), e, numbers<r.instructions>{});
    } else {
      [[maybe_unused]] T sum[sizeof...(A) + 1] = {start_of<A>()..., T(0)};
      [[maybe_unused]] std::ptrdiff_t at[sizeof...(A) + 1]{};
      (void)sink{nothing{}, (s.v[carry<C>.local] = up.v[carry<C>.initial], nothing{})...};
      (void)sink{nothing{}, (clear<W>(s), nothing{})...};
      const std::ptrdiff_t count = r.branch ? up.i[r.extent] != 0 : up.i[r.extent];
      if constexpr (r.counted >= 0) s.i[r.counted] = count;
      std::ptrdiff_t k = terms;
      if (terms > 0) (void)sink{nothing{}, (sum[A] = begun[A], nothing{})...};
      if constexpr (runs_in_packets<E>()) {
        using packets = packet_code<Name, T, Region>;
        if (count >= packets::fewest) k = packets::run(s, up, e, count, sum, at);
      }
      if constexpr (row_block<Name, T, Region>::template applies<E>()) {
        if (!std::is_constant_evaluated()) {
          k = blocks(up, e, k, count, sum, at, numbers<rows_in_block>{}, numbers<r.accumulators>{});
        }
      }
      [[maybe_unused]] const auto loop = [&](auto& slots_of_body) TAPELESS_LAMBDA {
        for (; k < count; ++k) {
          s.i[0] = r.backward ? count - 1 - k : k;
          if constexpr (early.any) {
            steps(slots_of_body, e, numbers<early.end>{});
            (void)sink{nothing{}, (accumulate_if<early.of[A], A>(sum[A], at[A], s), nothing{})...};
            steps_from<early.end>(slots_of_body, e, numbers<r.instructions - early.end>{});
            (void)sink{nothing{}, (accumulate_if<!early.of[A], A>(sum[A], at[A], s), nothing{})...};
          } else {
            steps(slots_of_body, e, numbers<r.instructions>{});
            (void)sink{nothing{}, (accumulate<A>(sum[A], at[A], s), nothing{})...};
          }
          (void)sink{nothing{}, (move<W>(s, e, numbers<window<W>.width - 1>{}), nothing{})...};
          if constexpr (sizeof...(C) > 0) {
            const T next[]{s.v[carry<C>.next]...};
            (void)sink{nothing{}, (s.v[carry<C>.local] = next[C], nothing{})...};
          }
        }
      };
      if constexpr (runs_whole<E>()) {
        // Nothing is left.
      } else if constexpr (sums_at >= 0 && !E::in_packets) {
        // Short sums are worth a loop of their own: it costs them nothing.
        if (std::is_constant_evaluated() || !may_be_long(s)) {
          loop(static_cast<frame&>(s));
        } else {
          using inner = region_code<Name, T, p.arrays[r.first_instruction + sums_at]>;
          T first[interleaved_sums][inner::r.accumulators];
          std::ptrdiff_t done = 0, next = k;
          for (std::ptrdiff_t row = 0; k < count; ++k, ++row) {
            if (k == next) {
              row = 0;
              next = k + interleaved_sums;
              done = next <= count
                         ? begin<inner>(up, e, k, first, numbers<r.imports>{},
                                        numbers<interleaved_sums>{}, numbers<inner::r.imports>{},
                                        numbers<inner::r.accumulators>{})
                         : 0;
            }
            s.i[0] = k;
            steps(static_cast<frame&>(s), e, numbers<sums_at>{});
            inner::resume(static_cast<frame&>(s), e, first[row], done);
            steps_from<sums_at + 1>(static_cast<frame&>(s), e,
                                    numbers<r.instructions - sums_at - 1>{});
            (void)sink{nothing{}, (accumulate<A>(sum[A], at[A], s), nothing{})...};
          }
        }
      } else if constexpr (has_guards_of_loop(p, r)) {
        if (is_in_range(s, e, count, numbers<r.instructions>{})) {
          loop(s);
        } else {
          loop(static_cast<frame&>(s));
        }
      } else {
        loop(static_cast<frame&>(s));
      }
      (void)sink{nothing{}, (leave<W>(s, e, count, numbers<window<W>.width - 1>{}), nothing{})...};
      (void)sink{nothing{}, (deliver<A>(up, sum[A], at[A]), nothing{})...};
      (void)sink{nothing{}, (finish<C>(up, s), nothing{})...};
    }
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
  template <int K, class Up>
  TAPELESS_KERNEL static constexpr void finish(Up& up, const frame& s) {
    if constexpr (carry<K>.result >= 0) up.v[carry<K>.result] = s.v[carry<K>.local];
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
