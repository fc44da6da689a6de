// SPDX-License-Identifier: BSL-1.0
#pragma once

// Regions of a plan whose iterations run as many at a time as a packet has lanes.

#include <tapeless/interop/packet_block.hpp>
#include <tapeless/interop/packet_fold.hpp>
#include <tapeless/interop/packet_windows.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// A region whose iterations run `width` at a time.
template <class Name, class T, int Region>
struct packet_code : packet_steps<Name, T, Region> {
  using steps = packet_steps<Name, T, Region>;
  using steps::p;
  using steps::positions;
  using steps::r;
  using typename steps::code;
  using typename steps::frame;
  using typename steps::P;
  static constexpr int width = P::width;
  template <int Count>
  using numbers = std::make_integer_sequence<int, Count>;
  using block = packet_block<Name, T, Region>;
  /// The last iterations are a packet too, of which some lanes are idle. Windows and folds hand
  /// over what they hold to iterations one by one; packets of a loop around would stand for more
  /// work.
  static constexpr bool complete = r.windows == 0 && !r.nested && (r.carries == 0 || r.product);
  /// What a window holds of the packet before reaches into the next one, and no further: iterations
  /// with wider ones run one by one.
  static constexpr bool windows_fit = [] {
    for (int i = 0; i < r.windows; ++i) {
      if (p.windows[r.first_window + i].width - 1 > width) return false;
    }
    return true;
  }();
  /// Whether it does, as arrays lie in memory.
  template <class E>
  static constexpr bool applies() {
    return windows_fit && (!r.across || block::template applies<E>());
  }
  template <class E>
  static constexpr bool runs_whole() {
    return (complete && fewest == 0) || block::template applies<E>();
  }
  /// Fewer iterations of an inner loop are not worth a packet of which most lanes are idle, unless
  /// they call functions.
  static constexpr int fewest = [] {
    if (!complete || r.outermost || r.product || is_long(p, r)) return 0;
    return width < 5 ? width : 5;
  }();
  /// Short sums wait for their additions: four at a time do not. Inner loops are too short for
  /// that.
  static constexpr int chains = r.outermost && r.carries == 0 && r.accumulators > 0 &&
                                        r.accumulators <= 4 && r.instructions <= 8 && !r.nested &&
                                        !positions()
                                    ? 4
                                    : 1;

  /// Runs iterations from the first on and returns how many.
  template <class S, class Up, class E>
  TAPELESS_KERNEL static std::ptrdiff_t run(S& remainder, Up& up, E& e, std::ptrdiff_t count,
                                            T* sum, std::ptrdiff_t* at) {
    if constexpr (r.outermost) align_stack();
    if constexpr (r.product) {
      multiply(remainder, up, e, count, sum, numbers<r.imports>{}, numbers<r.accumulators>{},
               numbers<r.instructions>{});
      return count;
    } else if constexpr (block::template applies<E>()) {
      return blocks(up, e, count, sum, at, numbers<block::packets>{}, numbers<r.imports>{},
                    numbers<r.accumulators>{});
    } else {
      return body(remainder, up, e, count, sum, at, numbers<r.imports>{}, numbers<r.accumulators>{},
                  numbers<r.windows>{}, numbers<r.instructions>{});
    }
  }

 private:
  using fold = packet_fold<Name, T, Region>;
  using windows = packet_windows<Name, T, Region>;

  template <int K, class Up>
  TAPELESS_KERNEL static void import(frame& s, const Up& up) {
    constexpr plan_import x = p.imports[r.first_import + K];
    if constexpr (x.kind == slot_class::value) {
      s.v[x.to] = P(up.v[x.from]);
    } else if constexpr (x.kind == slot_class::condition) {
      s.c[x.to] = packet_mask<T>(up.c[x.from]);
    } else {
      s.i[x.to] = up.i[x.from];
    }
  }
  static constexpr bool reads_only(const plan_region& x) {
    for (int k = x.first_instruction; k < x.first_instruction + x.instructions; ++k) {
      const operation& op = *p.operations[k];
      if (writes_array(op)) return false;
      if (op.same_as(&run_region_operation) && !reads_only(p.regions[p.arrays[k]])) return false;
    }
    return true;
  }
  /// Loops inside that have to add to arrays as well need the registers that a choice would take.
  static constexpr bool only_reads = r.nested && reads_only(r);
  template <int K>
  struct inner_step {
    template <class E>
    TAPELESS_KERNEL static void run(frame& s, const instruction&, E& e) {
      inner_packets<Name, T, p.arrays[r.first_instruction + K]>::template run<only_reads>(s, e);
    }
  };
  template <bool Part, int K>
  using step =
      std::conditional_t<steps::template operation_at<K> == &run_region_operation, inner_step<K>,
                         typename steps::template executor_of<K, Part, false>>;

  /// Where the largest number of each lane was found.
  template <int K, bool Part>
  TAPELESS_KERNEL static void accumulate(P& sum, typename P::indices& at, const frame& s) {
    constexpr plan_accumulator a = code::template accumulator<K>;
    if constexpr (a.argument >= 0) {
      using numbers_of_lanes = typename P::indices;
      P x = s.v[a.value];
      if constexpr (Part)
        x = select(packet_mask<T>(P::first(s.active), 0), x, steps::template start<K>());
      typename P::indices here;
      P::count_from(here, s.i[0]);
      // One after the other: g++ 12 joins two masks bit by bit.
      const packet_mask<T> better = sum < x, missing = x != x;
      at = __builtin_convertvector(better.v, numbers_of_lanes) ? here : at;
      at = __builtin_convertvector(missing.v, numbers_of_lanes) ? here : at;
      sum = select(missing, x, select(better, x, sum));
    } else {
      steps::template accumulate<K, Part>(sum, s);
    }
  }
  /// The smallest of the numbers in the lanes of the mask.
  TAPELESS_KERNEL static std::ptrdiff_t of_smallest(const packet_mask<T>& lanes,
                                                    const typename P::indices& all) {
    using numbers_of_lanes = typename P::indices;
    numbers_of_lanes some = __builtin_convertvector(lanes.v, numbers_of_lanes)
                                ? all
                                : numbers_of_lanes{} + std::numeric_limits<std::ptrdiff_t>::max();
    return smallest_index<T, width / 2>(some, numbers<width>{});
  }
  template <int K>
  TAPELESS_KERNEL static void gather(T& to, std::ptrdiff_t& position, const P& sum,
                                     const typename P::indices& at) {
    constexpr plan_accumulator a = code::template accumulator<K>;
    if constexpr (a.argument >= 0) {
      // The first of the largest; a NaN beats all, the last one beats the others.
      const T most = largest(sum);
      if (most == most) [[likely]] {
        position = of_smallest(sum == P(most), at);
      } else {
        position = -of_smallest(sum != sum, -at);
      }
      to = code::template least_of<K> < 0 ? most : -most;
    } else if constexpr (a.maximum) {
      // What iterations one by one keep as a minimum.
      to = code::template least_of<K> < 0 ? largest(sum) : -largest(sum);
    } else {
      to = sum_of_lanes(sum);
    }
  }

  // Products: each lane multiplies the factors of its own iterations. What it starts with in the
  // fold backwards of a pair is the product of all factors of the other lanes.
  template <class S, class Up, class E, int... I, int... A, int... K>
  TAPELESS_KERNEL static void multiply(S& remainder, [[maybe_unused]] Up& up, E& e,
                                       std::ptrdiff_t count, [[maybe_unused]] T* total,
                                       std::integer_sequence<int, I...>,
                                       std::integer_sequence<int, A...>,
                                       std::integer_sequence<int, K...>) {
    constexpr plan_carry c = code::template carry<0>;
    constexpr bool starts = r.others >= 0 && r.backward, ends = r.others >= 0 && !r.backward;
    frame s;
    (void)sink{nothing{}, (import <I>(s, up), nothing{})...};
    [[maybe_unused]] P sum[sizeof...(A) + 1]{steps::template start<A>()..., P(T(0))};
    P product[product_chains]{P(T(1)), P(T(1))};
    if constexpr (starts) {
      product[0] = P(remainder.v[c.local]) * P::load(up.v + r.others);
      product[1] = P(remainder.v[c.local]) * P::load(up.v + r.others + most_lanes);
    }
    const auto once = [&](std::ptrdiff_t i_, P& chain_, auto part_) TAPELESS_LAMBDA {
      constexpr bool some = decltype(part_)::value;
      s.i[0] = i_;
      s.v[c.local] = chain_;
      (void)sink{nothing{}, (steps::template step<K, some, false>(s, e), nothing{})...};
      (void)sink{nothing{}, (steps::template accumulate<A, some>(sum[A], s), nothing{})...};
      if constexpr (some) {
        chain_ = select(packet_mask<T>(P::first(s.active), 0), s.v[c.next], chain_);
      } else {
        chain_ = s.v[c.next];
      }
    };
    constexpr int both = product_chains * width;
    const std::ptrdiff_t whole = count / both * both;
    const auto rest = [&]() TAPELESS_LAMBDA {
      for (std::ptrdiff_t k = 0; k < count - whole; k += width) {
        const std::ptrdiff_t at = code::r.backward ? (count - whole - 1) / width * width - k : k;
        const std::ptrdiff_t left = count - whole - at;
        s.active = left < width ? static_cast<int>(left) : width;
        once(whole + at, product[0], std::true_type{});
      }
    };
    if constexpr (code::r.backward) rest();
    for (std::ptrdiff_t k = 0; k < whole; k += both) {
      const std::ptrdiff_t at = code::r.backward ? whole - both - k : k;
      once(at, product[0], std::false_type{});
      once(at + width, product[1], std::false_type{});
    }
    if constexpr (!code::r.backward) rest();
    if constexpr (!starts) {
      const T start = remainder.v[c.local];
      P all = product[0] * product[1], others = P(start);
      multiply_up<width / 2>(all, others);
      if constexpr (ends) {
        (others * product[1]).store(up.v + r.others);
        (others * product[0]).store(up.v + r.others + most_lanes);
      }
      remainder.v[c.local] = start * all.v[0];
    }
    [[maybe_unused]] typename P::indices at{};
    [[maybe_unused]] std::ptrdiff_t position = 0;
    (void)sink{nothing{}, (gather<A>(total[A], position, sum[A], at), nothing{})...};
  }
  /// `all` in each lane becomes the product of all lanes, and `others` that of the other ones.
  template <int By>
  TAPELESS_KERNEL static void multiply_up(P& all, P& others) {
    TAPELESS_CONTRACT
    if constexpr (By > 0) {
      const P there = exchanged<By>(all, numbers<width>{});
      others = others * there;
      all = all * there;
      multiply_up<By / 2>(all, others);
    }
  }
  template <class Up, class E, int... N, int... I, int... A>
  TAPELESS_KERNEL static std::ptrdiff_t blocks([[maybe_unused]] const Up& up, E& e,
                                               std::ptrdiff_t count, [[maybe_unused]] T* total,
                                               [[maybe_unused]] std::ptrdiff_t* position,
                                               std::integer_sequence<int, N...>,
                                               std::integer_sequence<int, I...>,
                                               std::integer_sequence<int, A...>) {
    frame s[sizeof...(N)];
    const auto enter = [&](frame& s_) TAPELESS_LAMBDA {
      (void)sink{nothing{}, (import <I>(s_, up), nothing{})...};
      (void)s_;
    };
    (void)sink{nothing{}, (enter(s[N]), nothing{})...};
    [[maybe_unused]] P sum[sizeof...(A) + 1]{steps::template start<A>()..., P(T(0))};
    [[maybe_unused]] typename P::indices at[sizeof...(A) + 1]{};
    const auto add = [&](const frame& s_, [[maybe_unused]] auto part_) TAPELESS_LAMBDA {
      (void)sink{nothing{},
                 (accumulate<A, decltype(part_)::value>(sum[A], at[A], s_), nothing{})...};
      (void)s_;
    };
    constexpr int together = static_cast<int>(sizeof...(N)) * width;
    std::ptrdiff_t k = 0;
    for (; k + together <= count; k += together) {
      (void)sink{nothing{}, (s[N].i[0] = k + N * width, nothing{})...};
      block::template run<sizeof...(N), false>(s, e);
      (void)sink{nothing{}, (add(s[N], std::false_type{}), nothing{})...};
    }
    for (; k < count; k += width) {
      s[0].i[0] = k;
      s[0].active = count - k < width ? static_cast<int>(count - k) : width;
      block::template run<1, true>(s, e);
      add(s[0], std::true_type{});
    }
    (void)sink{nothing{}, (gather<A>(total[A], position[A], sum[A], at[A]), nothing{})...};
    return count;
  }
  template <class S, class Up, class E, int... I, int... A, int... W, int... K>
  TAPELESS_KERNEL static std::ptrdiff_t body(
      [[maybe_unused]] S& remainder, [[maybe_unused]] const Up& up, E& e, std::ptrdiff_t count,
      [[maybe_unused]] T* total, [[maybe_unused]] std::ptrdiff_t* position,
      std::integer_sequence<int, I...>, std::integer_sequence<int, A...>,
      std::integer_sequence<int, W...>, std::integer_sequence<int, K...>) {
    if (complete ? count <= 0 : count < width) return 0;
    frame s;
    (void)sink{nothing{}, (import <I>(s, up), nothing{})...};
    [[maybe_unused]] P sum[chains][sizeof...(A) + 1];
    for (auto& chain_ : sum)
      (void)sink{nothing{}, (chain_[A] = steps::template start<A>(), nothing{})...};
    [[maybe_unused]] typename P::indices at[sizeof...(A) + 1]{};
    [[maybe_unused]] P before[static_cast<std::size_t>(windows::room())];
    for (P& b : before) b = P(T(0));
    [[maybe_unused]] typename fold::carry carried = fold::start(remainder);
    const auto once = [&](std::ptrdiff_t i_, P* chain_, auto part_) TAPELESS_LAMBDA {
      constexpr bool some = decltype(part_)::value;
      if constexpr (code::r.backward) {
        s.i[0] = count - i_ - (some ? s.active : width);
      } else {
        s.i[0] = i_;
      }
      (void)sink{nothing{}, (windows::template clear<W>(s), nothing{})...};
      if constexpr (code::r.carries > 0) {
        fold::combine(s, carried, e, numbers<code::r.instructions>{});
      } else {
        (void)sink{nothing{}, (step<some, K>::run(s, code::code[code::r.first_instruction + K], e),
                               nothing{})...};
      }
      (void)sink{nothing{}, (accumulate<A, some>(chain_[A], at[A], s), nothing{})...};
      (void)sink{nothing{},
                 (windows::template move<W>(s, before + windows::template first_before<W>(), e,
                                            numbers<code::template window<W>.width - 1>{}),
                  nothing{})...};
      (void)chain_;
    };
    constexpr std::false_type whole;
    std::ptrdiff_t k = 0;
    if constexpr (chains > 1) {
      for (; k + chains * width <= count; k += chains * width) {
        once(k, sum[0], whole), once(k + width, sum[1], whole);
        once(k + 2 * width, sum[2], whole), once(k + 3 * width, sum[3], whole);
      }
    }
    if constexpr (r.delay.count >= 0) {
      // The fold goes backwards: its last iteration adds what has waited.
      const std::ptrdiff_t earlier = up.i[r.delay.count] - 1 - up.i[0];
      s.waits = count <= most_delayed_rows ? static_cast<int>(up.i[0] % (most_delayed + 1)) : 0;
      s.joins = count > most_delayed_rows
                    ? 0
                    : static_cast<int>(earlier < most_delayed ? earlier : most_delayed);
    }
    if constexpr (r.nested) {
      const std::ptrdiff_t end = count / width * width;
      // There and back, for what is still near from the iteration before of the loop around; but
      // of equal numbers in a lane the first one is kept.
      const bool back = !r.outermost && !positions() && up.i[0] % 2 != 0;
      for (; k < end; k += width) once(back ? end - width - k : k, sum[0], whole);
      if constexpr (positions()) {
        // One by one, the last ones would add their inner sums in another order, and equal ones
        // differ: some of those before run again with them.
        if (k < count) once(count - width, sum[0], whole);
        k = count;
      }
    } else {
      for (; k + width <= count; k += width) once(k, sum[0], whole);
    }
    if constexpr (complete) {
      if (k < count) {
        s.active = static_cast<int>(count - k);
        once(k, sum[0], std::true_type{});
        k = count;
      }
    }
    fold::hand_over(remainder, carried);
    if constexpr (chains > 1) {
      (void)sink{nothing{}, (join<A>(sum), nothing{})...};
    }
    (void)sink{nothing{}, (gather<A>(total[A], position[A], sum[0][A], at[A]), nothing{})...};
    (void)sink{nothing{}, (windows::template hand_over<W>(
                               remainder, before + windows::template first_before<W>(),
                               numbers<code::template window<W>.width - 1>{}),
                           nothing{})...};
    return k;
  }
  template <int K, class Sums>
  TAPELESS_KERNEL static void join(Sums& sum) {
    if constexpr (code::template accumulator<K>.maximum) {
      for (int c = 1; c < chains; ++c) sum[0][K] = larger(sum[0][K], sum[c][K]);
    } else {
      sum[0][K] = (sum[0][K] + sum[1][K]) + (sum[2][K] + sum[3][K]);
    }
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
