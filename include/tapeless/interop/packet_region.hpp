// SPDX-License-Identifier: BSL-1.0
#pragma once

// Regions of a plan whose iterations run as many at a time as a packet has lanes.

#include <tapeless/interop/packet_executor.hpp>

#include <algorithm>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// What regions in packets share, whichever loop the lanes follow.
template <class Name, class T, int Region>
struct packet_steps {
  using code = region_code<Name, T, Region>;
  using P = packet<T>;
  static constexpr const auto& p = code::p;
  static constexpr plan_region r = code::r;
  using frame = packet_slots<T, r.values, r.conditions, r.indices>;
  template <int Count>
  using numbers = std::make_integer_sequence<int, Count>;

  template <int K>
  static constexpr const operation* operation_at = p.operations[r.first_instruction + K];
  struct tables {
    int motions[2][r.instructions + 1]{};
    int partner[r.instructions + 1]{};
  };
  /// How the indices of each instruction move with the loop itself, or with the one around it; and
  /// the cosine of the same number as a sine, or the other way round; -1: none.
  static constexpr tables known = [] {
    tables t;
    for (int k = 0; k < r.instructions; ++k) {
      const operation& op = *p.operations[r.first_instruction + k];
      const instruction& n = p.instructions[r.first_instruction + k];
      if (op.kind != algebra::constant && op.kind != algebra::index_constant) {
        for (int around = 0; around < 2; ++around) {
          t.motions[around][k] =
              static_cast<int>(n.bits >> (around * bits_of_motions)) & ((1 << bits_of_motions) - 1);
        }
      }
      t.partner[k] = -1;
      const bool sine_here = op.same_as(&operation_of<sine>);
      if (!sine_here && !op.same_as(&operation_of<cosine>)) continue;
      for (int i = 0; i < r.instructions; ++i) {
        if (p.instructions[r.first_instruction + i].a == n.a &&
            p.operations[r.first_instruction + i]->same_as(sine_here ? &operation_of<cosine>
                                                                     : &operation_of<sine>)) {
          t.partner[k] = i;
          break;
        }
      }
    }
    return t;
  }();
  template <int K, bool Around>
  static constexpr int motions() {
    return known.motions[Around][K];
  }
  /// A sine and a cosine that come from one reduction of their argument, where the first of them
  /// stands.
  template <int K>
  struct pair_step {
    template <class E>
    TAPELESS_KERNEL static void run(frame& s, const instruction& n, E&) {
      constexpr int other = known.partner[K];
      if constexpr (K < other) {
        constexpr bool sine_here = operation_at<K>->same_as(&operation_of<sine>);
        const auto both = xsimd::sincos(s.v[n.a].to_batch());
        const int there = code::code[r.first_instruction + other].result;
        s.v[n.result] = P(sine_here ? both.first : both.second);
        s.v[there] = P(sine_here ? both.second : both.first);
      }
    }
  };
  /// What instruction K does. A type, not a function of its own, which would be one more to inline.
  template <int K, bool Part, bool Around>
  using executor_of = std::conditional_t<
      (known.partner[K] >= 0), pair_step<K>,
      packet_executor<T, p.operations[r.first_instruction + K], p.arrays[r.first_instruction + K],
                      known.motions[Around][K], Part>>;
  template <int K, bool Part, bool Around, class E>
  TAPELESS_KERNEL static void step(frame& s, E& e) {
    executor_of<K, Part, Around>::run(s, code::code[r.first_instruction + K], e);
  }

  template <int K>
  TAPELESS_KERNEL static P start() {
    return P(code::template accumulator<K>.maximum ? -std::numeric_limits<T>::infinity() : T(0));
  }
  template <int K, bool Part>
  TAPELESS_KERNEL static void accumulate(P& sum, const frame& s) {
    TAPELESS_CONTRACT
    constexpr plan_accumulator a = code::template accumulator<K>;
    const P& x = s.v[a.value];
    P next = sum;
    if constexpr (a.maximum) {
      next = select(sum < x || x != x, x, sum);
    } else {
      next = sum + x;
    }
    if constexpr (Part) {
      sum = select(packet_mask<T>(P::first(s.active), 0), next, sum);
    } else {
      sum = next;
    }
  }
};

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

  template <class Up, class E>
  TAPELESS_KERNEL static void run(Up& up, E& e) {
    if constexpr (is_across<E>()) {
      across(up, e, numbers<r.imports>{}, numbers<r.accumulators>{}, numbers<r.instructions>{});
    } else {
      along(up, e, numbers<width>{}, numbers<r.accumulators>{}, numbers<r.instructions>{});
    }
  }

 private:
  static constexpr bool accesses(const operation* op) {
    return op == &load_element_operation || op == &store_element_operation ||
           op == &put_element_operation;
  }
  /// Neighbours in memory belong to iterations of the loop around, and to none of this one.
  template <class E>
  static constexpr bool is_across() {
    return []<int... K>(std::integer_sequence<int, K...>) {
      int along = 0, across = 0;
      (count<K, E>(along, across), ...);
      return across == 0 && along > 0;
    }(numbers<r.instructions>{});
  }
  /// Counts the accesses that would not be packets in either way to run the loop.
  template <int K, class E>
  static constexpr void count(int& along, int& across) {
    if constexpr (accesses(steps::template operation_at<K>)) {
      using A = std::remove_cvref_t<
          decltype(std::declval<E&>().template array<p.arrays[r.first_instruction + K]>())>;
      constexpr int with = steps::template motions<K, false>();
      constexpr int around = steps::template motions<K, true>();
      along += with != 0 && !is_contiguous<moving_dimension(with), A>();
      across += around != 0 && !is_contiguous<moving_dimension(around), A>();
    }
  }

  // ---- lanes across: each is an iteration of the loop around ------------------------------------

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
  template <class Up, class E, int... I, int... A, int... K>
  TAPELESS_KERNEL static void across(Up& up, E& e, std::integer_sequence<int, I...>,
                                     std::integer_sequence<int, A...>,
                                     std::integer_sequence<int, K...>) {
    frame s;
    (void)sink{nothing{}, (import <I>(s, up), nothing{})...};
    [[maybe_unused]] P sum[sizeof...(A) + 1]{steps::template start<A>()..., P(T(0))};
    const std::ptrdiff_t count = up.i[r.extent];
    for (std::ptrdiff_t k = 0; k < count; ++k) {
      s.i[0] = k;
      (void)sink{nothing{}, (steps::template executor_of<K, false, true>::run(
                                 s, code::code[r.first_instruction + K], e),
                             nothing{})...};
      (void)sink{nothing{}, (steps::template accumulate<A, false>(sum[A], s), nothing{})...};
    }
    (void)sink{nothing{}, (up.v[code::template accumulator<A>.result] = sum[A], nothing{})...};
  }

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
  static constexpr int room = r.instructions + 1;
  /// What an outer product does: it waits, or is added with those that have waited, of which these
  /// are the factors.
  enum class turn { wait, join };
  struct outer_products {
    P weights[most_delayed], row[most_delayed];
  };
  template <bool Part, turn Turn, bool First, class E, int... K>
  TAPELESS_KERNEL static void lane_steps(frame* s, P (*common)[2], const outer_products& waiting,
                                         E& e, int lane, std::integer_sequence<int, K...>) {
    (void)sink{nothing{},
               (one<Part, Turn, First, K>(s[lane], s[0], common, waiting, e, lane), nothing{})...};
  }
  template <bool Part, turn Turn, bool First, int K, class E>
  TAPELESS_KERNEL static void one(frame& s, [[maybe_unused]] const frame& first,
                                  [[maybe_unused]] P (*common)[2],
                                  [[maybe_unused]] const outer_products& waiting, E& e,
                                  [[maybe_unused]] int lane) {
    TAPELESS_CONTRACT
    if constexpr (K == r.delay.put) {
      if constexpr (Turn == turn::join) {
        P& x = s.v[code::code[r.first_instruction + K].result];
        for (int w = 0; w < most_delayed; ++w) {
          x = x + P(static_cast<T>(waiting.weights[w].v[lane])) * waiting.row[w];
        }
        steps::template step<K, Part, false>(s, e);
      }
    } else if constexpr (!First && is_loaded_before<K>()) {
      constexpr int slot = p.instructions[r.first_instruction + K].result;
      s.v[slot] = first.v[slot];
    } else if constexpr (is_common<K>()) {
      const P& x = s.v[code::code[r.first_instruction + K].result];
      P& to = common[K][lane % 2];
      to = lane < 2 ? x : to + x;
    } else {
      steps::template step<K, Part, false>(s, e);
    }
  }
  template <bool Part, int K, class E>
  TAPELESS_KERNEL static void put_common(frame& s, [[maybe_unused]] P (*common)[2], E& e) {
    if constexpr (is_common<K>()) {
      s.v[code::code[r.first_instruction + K].result] = common[K][0] + common[K][1];
      steps::template step<K, Part, false>(s, e);
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
    const std::ptrdiff_t count = up.i[r.extent];
    std::ptrdiff_t k = 0;
    outer_products waiting;
    const auto pass = [&]<bool Part, turn Turn>() TAPELESS_LAMBDA {
      P common[room][2];
      if constexpr (code::r.delay.put >= 0 && Turn == turn::join) {
        for (int w = 0; w < most_delayed; ++w) {
          waiting.row[w] = row_before<Part>(s[0], w < up.joins ? w + 1 : 0, k, count, e);
        }
      }
      (void)sink{nothing{}, (s[L].i[0] = k, s[L].active = static_cast<int>(count - k),
                             lane_steps<Part, Turn, (L == 0)>(s, common, waiting, e, L, all),
                             accumulate_all<Part, A...>(sum, s[L], L), nothing{})...};
      (void)sink{nothing{}, (put_common<Part, K>(s[0], common, e), nothing{})...};
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

/// A region whose iterations run `width` at a time.
template <class Name, class T, int Region>
struct packet_code : packet_steps<Name, T, Region> {
  using steps = packet_steps<Name, T, Region>;
  using steps::p;
  using steps::r;
  using typename steps::code;
  using typename steps::frame;
  using typename steps::P;
  static constexpr int width = P::width;
  template <int Count>
  using numbers = std::make_integer_sequence<int, Count>;
  /// The last iterations are a packet too, of which some lanes are idle. Windows and folds hand
  /// over what they hold to iterations one by one; packets of a loop around would stand for more
  /// work.
  static constexpr bool complete = r.windows == 0 && !r.nested && (r.carries == 0 || r.product);
  static constexpr bool positions() {
    for (int i = 0; i < r.accumulators; ++i) {
      if (p.accumulators[r.first_accumulator + i].argument >= 0) return true;
    }
    return false;
  }
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
    if constexpr (r.product) {
      multiply(remainder, up, e, count, sum, numbers<r.imports>{}, numbers<r.accumulators>{},
               numbers<r.instructions>{});
      return count;
    } else {
      return body(remainder, up, e, count, sum, at, numbers<r.imports>{}, numbers<r.accumulators>{},
                  numbers<r.windows>{}, numbers<r.instructions>{});
    }
  }

 private:
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
  template <int K>
  struct inner_step {
    template <class E>
    TAPELESS_KERNEL static void run(frame& s, const instruction&, E& e) {
      inner_packets<Name, T, p.arrays[r.first_instruction + K]>::run(s, e);
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
      const packet_mask<T> better = sum < x || x != x;
      typename P::indices here;
      P::count_from(here, s.i[0]);
      at = __builtin_convertvector(better.v, numbers_of_lanes) ? here : at;
      sum = select(better, x, sum);
    } else {
      steps::template accumulate<K, Part>(sum, s);
    }
  }
  template <int K>
  TAPELESS_KERNEL static void gather(T& to, std::ptrdiff_t& position, const P& sum,
                                     const typename P::indices& at) {
    constexpr plan_accumulator a = code::template accumulator<K>;
    if constexpr (a.argument >= 0) {
      // The first of the largest; a NaN beats all, the last one beats the others.
      const T most = largest(sum);
      position = -1;
      for (int l = 0; l < width; ++l) {
        const T x = sum.v[l];
        const bool chosen = most == most ? x == most && (position < 0 || at[l] < position)
                                         : x != x && at[l] > position;
        if (chosen) position = at[l];
      }
      to = code::template least_of<K> < 0 ? most : -most;
    } else if constexpr (a.maximum) {
      // What iterations one by one keep as a minimum.
      to = code::template least_of<K> < 0 ? largest(sum) : -largest(sum);
    } else {
      to = xsimd::hadd(sum.to_batch());
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
  template <int By, int... L>
  TAPELESS_KERNEL static P exchanged(const P& x, std::integer_sequence<int, L...>) {
    return P(__builtin_shufflevector(x.v, x.v, (L ^ By)...), 0);
  }

  // Windows: the elements that one packet completes are sums over its own contributions and, at its
  // beginning, those of the packet before.
  template <int J, int... L>
  TAPELESS_KERNEL static P shifted(const P& before, const P& here,
                                   std::integer_sequence<int, L...>) {
    return P(__builtin_shufflevector(before.v, here.v, (width - J + L)...), 0);
  }
  template <int K, class E, int... J>
  TAPELESS_KERNEL static void move(frame& s, P* before, E& e, std::integer_sequence<int, J...>) {
    constexpr plan_window w = code::template window<K>;
    P out = s.v[w.slot];
    (void)sink{nothing{},
               (out = out + shifted<J + 1>(before[J], s.v[w.slot + J + 1], numbers<width>{}),
                nothing{})...};
    (void)sink{nothing{}, (before[J] = s.v[w.slot + J + 1], nothing{})...};
    const auto& a = e.template array<w.array>();
    const std::ptrdiff_t i = s.i[0] + w.offset;
    using element = std::remove_cvref_t<decltype(a.at(0, 0, 0))>;
    constexpr bool add = w.adds || E::template keeps<w.array>;
    if constexpr (!w.guarded && std::same_as<element, T>) {
      if (lies_in_a_row<0>(a)) {
        T* const to = &a.at(i, 0, 0);
        if constexpr (add) out = P::load(to) + out;
        out.store(to);
        return;
      }
    }
    for (int l = 0; l < width; ++l) {
      if (!w.guarded || (i + l >= 0 && i + l < a.extent(0)))
        put<add>(a.at(i + l, 0, 0), T(out.v[l]));
    }
  }
  /// The window of the remaining iterations starts with what the last packet has left.
  template <int K, class S, int... J>
  TAPELESS_KERNEL static void hand_over(S& to, const P* before, std::integer_sequence<int, J...>) {
    constexpr plan_window w = code::template window<K>;
    for (int j = 0; j < w.width - 1; ++j) {
      for (int k = 0; k + j < w.width - 1; ++k) {
        to.v[w.slot + k] = to.v[w.slot + k] + before[j + k].v[width - 1 - j];
      }
    }
  }
  static constexpr int widest() {
    int all = 1;
    for (int i = 0; i < r.windows; ++i) all += p.windows[r.first_window + i].width;
    return all;
  }
  template <int K>
  static constexpr int first_before() {
    int all = 0;
    for (int i = 0; i < K; ++i) all += p.windows[r.first_window + i].width;
    return all;
  }
  template <int K>
  TAPELESS_KERNEL static void clear(frame& s) {
    constexpr plan_window w = code::template window<K>;
    for (int j = 0; j < w.width; ++j) s.v[w.slot + j] = P(T(0));
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
    [[maybe_unused]] P before[static_cast<std::size_t>(widest())];
    for (P& b : before) b = P(T(0));
    using fold = packet_fold<Name, T, Region>;
    [[maybe_unused]] P carried = fold::start(remainder);
    const auto once = [&](std::ptrdiff_t i_, P* chain_, auto part_) TAPELESS_LAMBDA {
      constexpr bool some = decltype(part_)::value;
      if constexpr (code::r.backward) {
        s.i[0] = count - i_ - (some ? s.active : width);
      } else {
        s.i[0] = i_;
      }
      (void)sink{nothing{}, (clear<W>(s), nothing{})...};
      if constexpr (code::r.carries > 0) {
        fold::combine(s, carried, e, numbers<code::r.instructions>{});
      } else {
        (void)sink{nothing{}, (step<some, K>::run(s, code::code[code::r.first_instruction + K], e),
                               nothing{})...};
      }
      (void)sink{nothing{}, (accumulate<A, some>(chain_[A], at[A], s), nothing{})...};
      (void)sink{nothing{}, (move<W>(s, before + first_before<W>(), e,
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
                    : static_cast<int>(std::min<std::ptrdiff_t>(earlier, most_delayed));
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
    (void)sink{nothing{}, (hand_over<W>(remainder, before + first_before<W>(),
                                        numbers<code::template window<W>.width - 1>{}),
                           nothing{})...};
    return k;
  }
  template <int K, class Sums>
  TAPELESS_KERNEL static void join(Sums& sum) {
    if constexpr (code::template accumulator<K>.maximum) {
      for (int c = 1; c < chains; ++c) {
        const P x = sum[c][K];
        sum[0][K] = select(sum[0][K] < x || x != x, x, sum[0][K]);
      }
    } else {
      sum[0][K] = (sum[0][K] + sum[1][K]) + (sum[2][K] + sum[3][K]);
    }
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
