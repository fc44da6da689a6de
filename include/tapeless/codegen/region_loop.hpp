// SPDX-License-Identifier: BSL-1.0
#pragma once

// The instruction that runs a region: its loop, number by number, as far as not in packets.
//
// Compilers optimise each function that is to be inlined before they inline it, and what is nested
// once more for every level: a loop is one level, and one more its body.

#include <tapeless/codegen/region_code.hpp>
#include <tapeless/codegen/repeated_rows.hpp>
#include <tapeless/codegen/row_block.hpp>

#include <cstdint>

// g++ does not see that loops of unknown length have filled the program's own arrays, and warns of
// what x[i + 3] would be after 2^63 iterations.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Waggressive-loop-optimizations"
#endif

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Numbers: of the imports, accumulators, carries, windows and instructions of the region.
template <class Code, class Imports, class Accumulators, class Carries, class Windows,
          class Instructions>
struct region_loop;
template <class Name, class T, int Region, int... I, int... A, int... C, int... W, int... K>
struct region_loop<region_code<Name, T, Region>, std::integer_sequence<int, I...>,
                   std::integer_sequence<int, A...>, std::integer_sequence<int, C...>,
                   std::integer_sequence<int, W...>, std::integer_sequence<int, K...>> {
  using code = region_code<Name, T, Region>;
  using frame = typename code::frame;
  using row = row_block<Name, T, Region>;
  static constexpr const auto& p = code::p;
  static constexpr const auto& r = code::r;
  static constexpr int sums_at = code::sums_at;
  template <int Count>
  using numbers = std::make_integer_sequence<int, Count>;

  /// So many terms of the sums have been added already.
  template <class Up, class E>
  TAPELESS_KERNEL static constexpr void run([[maybe_unused]] Up& up, const instruction&, E& e,
                                            [[maybe_unused]] const T* begun = nullptr,
                                            [[maybe_unused]] std::ptrdiff_t terms = 0) {
    without_guards<frame> s;
    (void)sink{nothing{}, (code::template import <I>(s, up), nothing{})...};
    if constexpr (r.extent < 0) {
      (void)sink{nothing{},
                 (step<K>::run(static_cast<frame&>(s), code::code[r.first_instruction + K], e),
                  nothing{})...};
    } else {
      [[maybe_unused]] T sum[sizeof...(A) + 1] = {code::template start_of<A>()..., T(0)};
      [[maybe_unused]] std::ptrdiff_t at[sizeof...(A) + 1]{};
      (void)sink{nothing{}, (s.v[carry<C>.local] = up.v[carry<C>.initial], nothing{})...};
      (void)sink{nothing{}, (code::template clear<W>(s), nothing{})...};
      std::ptrdiff_t count = r.branch ? up.i[r.extent] != 0 : up.i[r.extent];
      if constexpr (E::in_packets && only_stores(r)) {
        count = repeated_rows<Name, T, Region>::iterations(e, count);
      }
      if constexpr (r.counted >= 0) s.i[r.counted] = count;
      std::ptrdiff_t k = terms;
      if (terms > 0) (void)sink{nothing{}, (sum[A] = begun[A], nothing{})...};
      if constexpr (code::template runs_in_packets<E>()) {
        using packets = packet_code<Name, T, Region>;
        if (count >= packets::fewest) k = packets::run(s, up, e, count, sum, at);
      }
      if constexpr (row::template applies<E>()) {
        if (!std::is_constant_evaluated()) {
          k = blocks(up, e, k, count, sum, at, numbers<rows_in_block>{});
        }
      }
      [[maybe_unused]] const auto loop = [&](auto& slots_of_body) TAPELESS_LAMBDA {
        for (; k < count; ++k) {
          s.i[0] = r.backward ? count - 1 - k : k;
          if constexpr (code::early.any) {
            code::steps(slots_of_body, e, numbers<code::early.end>{});
            (void)sink{nothing{}, (add<code::early.of[A], A>(sum[A], at[A], s), nothing{})...};
            code::template steps_from<code::early.end>(slots_of_body, e,
                                                       numbers<r.instructions - code::early.end>{});
            (void)sink{nothing{}, (add<!code::early.of[A], A>(sum[A], at[A], s), nothing{})...};
          } else {
            (void)sink{nothing{},
                       (step<K>::run(slots_of_body, code::code[r.first_instruction + K], e),
                        nothing{})...};
            (void)sink{nothing{}, (add<true, A>(sum[A], at[A], s), nothing{})...};
          }
          (void)sink{nothing{},
                     (code::template move<W>(s, e, numbers<window<W>.width - 1>{}), nothing{})...};
          if constexpr (sizeof...(C) > 0) {
            const T next[]{s.v[carry<C>.next]...};
            (void)sink{nothing{}, (s.v[carry<C>.local] = next[C], nothing{})...};
          }
        }
      };
      if constexpr (code::template runs_whole<E>()) {
        // Nothing is left.
      } else if constexpr (sums_at >= 0 && !E::in_packets) {
        // Short sums are worth a loop of their own: it costs them nothing.
        if (std::is_constant_evaluated() || !may_be_long(s)) {
          loop(static_cast<frame&>(s));
        } else {
          using inner = region_code<Name, T, p.arrays[r.first_instruction + sums_at]>;
          T first[interleaved_sums][inner::r.accumulators];
          std::ptrdiff_t done = 0, next = k;
          for (std::ptrdiff_t of_block = 0; k < count; ++k, ++of_block) {
            if (k == next) {
              of_block = 0;
              next = k + interleaved_sums;
              done = next <= count ? begin<inner>(up, e, k, first, numbers<interleaved_sums>{},
                                                  numbers<inner::r.imports>{},
                                                  numbers<inner::r.accumulators>{})
                                   : 0;
            }
            s.i[0] = k;
            code::steps(static_cast<frame&>(s), e, numbers<sums_at>{});
            step<sums_at>::run(static_cast<frame&>(s), code::code[r.first_instruction + sums_at], e,
                               first[of_block], done);
            code::template steps_from<sums_at + 1>(static_cast<frame&>(s), e,
                                                   numbers<r.instructions - sums_at - 1>{});
            (void)sink{nothing{}, (add<true, A>(sum[A], at[A], s), nothing{})...};
          }
        }
      } else if constexpr (has_guards_of_loop(p, r)) {
        if ((code::template finds_elements<K>(s, e, count) && ...)) {
          loop(s);
        } else {
          loop(static_cast<frame&>(s));
        }
      } else {
        loop(static_cast<frame&>(s));
      }
      (void)sink{nothing{}, (code::template leave<W>(s, e, count, numbers<window<W>.width - 1>{}),
                             nothing{})...};
      (void)sink{nothing{}, (code::template deliver<A>(up, sum[A], at[A]), nothing{})...};
      (void)sink{nothing{}, (code::template finish<C>(up, s), nothing{})...};
      if constexpr (E::in_packets && r.outermost && r.nested) {
        (void)sink{nothing{}, (repeat<K>(s, e, count), nothing{})...};
      }
    }
  }

 private:
  template <int N, class E>
  TAPELESS_KERNEL static constexpr void repeat([[maybe_unused]] const frame& s,
                                               [[maybe_unused]] E& e,
                                               [[maybe_unused]] std::ptrdiff_t count) {
    if constexpr (p.operations[r.first_instruction + N]->same_as(&run_region_operation)) {
      constexpr int inner = p.arrays[r.first_instruction + N];
      if constexpr (only_stores(p.regions[inner])) {
        repeated_rows<Name, T, inner>::repeat(e, s.i[p.regions[inner].extent], count);
      }
    }
  }
  template <int N>
  using step = typename code::template executor_of<N>;
  template <int N>
  static constexpr plan_carry carry = code::template carry<N>;
  template <int N>
  static constexpr plan_window window = code::template window<N>;

  template <bool Does, int N>
  TAPELESS_KERNEL static constexpr void add([[maybe_unused]] T& sum,
                                            [[maybe_unused]] std::ptrdiff_t& at,
                                            [[maybe_unused]] const frame& s) {
    if constexpr (Does) code::template accumulate<N>(sum, at, s);
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
  /// Fetches what later iterations read where these two, one after the other, read now: array
  /// elements at equal distances.
  template <class Inner, class S, class E, int... L>
  TAPELESS_KERNEL static void fetch_ahead(const S& first, const S& second, E& e,
                                          std::integer_sequence<int, L...>) {
    (void)sink{nothing{}, (fetch_elements<Inner, Inner::r.first_instruction + L>(first, second, e),
                           nothing{})...};
  }
  template <class Inner, int Load, class S, class E>
  TAPELESS_KERNEL static void fetch_elements([[maybe_unused]] const S& first,
                                             [[maybe_unused]] const S& second,
                                             [[maybe_unused]] E& e) {
    if constexpr (p.operations[Load]->same_as(&load_element_operation)) {
      const auto& a = e.template array<p.arrays[Load]>();
      const auto address = [&](const S& s) TAPELESS_LAMBDA {
        if constexpr (std::is_lvalue_reference_v<decltype(accessed(s, Inner::code[Load], a))>) {
          return reinterpret_cast<std::uintptr_t>(&accessed(s, Inner::code[Load], a));
        } else {
          return std::uintptr_t{};
        }
      };
      const std::uintptr_t from = address(first), distance = address(second) - from;
      for (unsigned n = 0; n < interleaved_sums; ++n) {
        TAPELESS_FETCH(from + (fetched_ahead + n) * distance);
      }
    }
  }
  /// The first terms of the sums of several iterations from k on; returns how many.
  template <class Inner, class Up, class E, int N, int... R, int... J, int... S>
  TAPELESS_KERNEL static std::ptrdiff_t begin(const Up& up, E& e, std::ptrdiff_t k,
                                              T (&sums)[interleaved_sums][N],
                                              std::integer_sequence<int, R...>,
                                              std::integer_sequence<int, J...>,
                                              std::integer_sequence<int, S...>) {
    TAPELESS_CONTRACT
    frame around[interleaved_sums];
    typename Inner::frame s[interleaved_sums];
    std::ptrdiff_t terms = std::numeric_limits<std::ptrdiff_t>::max();
    const auto enter = [&](frame& f, typename Inner::frame& in, int row) TAPELESS_LAMBDA {
      (void)sink{nothing{}, (code::template import <I>(f, up), nothing{})...};
      f.i[0] = k + row;
      code::steps(f, e, numbers<sums_at>{});
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
                 (to[S] = to[S] + in.v[Inner::template accumulator<S>.value], nothing{})...};
    };
    const bool fetches = terms <= longest_fetched && up.i[r.extent] > fewest_fetched_terms / terms;
    for (std::ptrdiff_t l = 0; l < terms; ++l) {
      (void)sink{nothing{}, (add(s[R], sum[R], l), nothing{})...};
      if (fetches && l % fetched_at_once == 0) {
        fetch_ahead<Inner>(s[0], s[1], e, numbers<Inner::r.instructions>{});
      }
    }
    const auto leave = [&](T* to, const T* from) TAPELESS_LAMBDA {
      (void)sink{nothing{}, (to[S] = from[S], nothing{})...};
    };
    (void)sink{nothing{}, (leave(sums[R], sum[R]), nothing{})...};
    return terms;
  }

  /// Iterations from k on as far as there are several for a block; returns where they end.
  template <class Up, class E, int... N>
  TAPELESS_KERNEL static std::ptrdiff_t blocks(const Up& up, E& e, std::ptrdiff_t k,
                                               std::ptrdiff_t count, [[maybe_unused]] T* sum,
                                               [[maybe_unused]] std::ptrdiff_t* at,
                                               std::integer_sequence<int, N...>) {
    frame s[sizeof...(N)];
    (void)sink{nothing{}, (code::import_all(s[N], up, numbers<r.imports>{}), nothing{})...};
    const auto add = [&](const frame& s_) TAPELESS_LAMBDA {
      (void)sink{nothing{}, (code::template accumulate<A>(sum[A], at[A], s_), nothing{})...};
      (void)s_;
    };
    for (; k + static_cast<int>(sizeof...(N)) <= count; k += sizeof...(N)) {
      (void)sink{nothing{}, (s[N].i[0] = k + N, nothing{})...};
      row::run(s, e);
      (void)sink{nothing{}, (add(s[N]), nothing{})...};
    }
    return k;
  }
};

template <class Name, class T, int Region, class Code = region_code<Name, T, Region>>
using region_loop_of = region_loop<Code, std::make_integer_sequence<int, Code::r.imports>,
                                   std::make_integer_sequence<int, Code::r.accumulators>,
                                   std::make_integer_sequence<int, Code::r.carries>,
                                   std::make_integer_sequence<int, Code::r.windows>,
                                   std::make_integer_sequence<int, Code::r.instructions>>;
template <class Name, class T, int Region>
struct executor<Name, T, &run_region_operation, Region> : region_loop_of<Name, T, Region> {};

}  // namespace TAPELESS_ABI
}  // namespace tapeless

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
