// SPDX-License-Identifier: BSL-1.0
#pragma once

// Emission of programs with loops: each region is a function with local variables of its own, whose
// instructions are expanded in place; only indices of arrays are known at run time.

#include <tapeless/codegen/guards.hpp>
#include <tapeless/codegen/kernel.hpp>
#include <tapeless/codegen/mistakes.hpp>
#include <tapeless/codegen/name.hpp>
#include <tapeless/codegen/plan.hpp>
#include <tapeless/codegen/reference.hpp>
#include <tapeless/codegen/run.hpp>
#include <tapeless/codegen/workspace.hpp>
#include <tapeless/graph/access.hpp>

#include <limits>

// g++ does not see that loops of unknown length have filled the program's own arrays.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace tapeless {
inline namespace TAPELESS_ABI {

/// An array of the program's own, row by row.
template <class T, int Rank>
struct own_array {
  static constexpr int rank = Rank;
  T* data;
  std::ptrdiff_t extents[Rank], strides[Rank];

  TAPELESS_KERNEL constexpr std::ptrdiff_t extent(int d) const { return extents[d]; }
  TAPELESS_KERNEL constexpr T& at(std::ptrdiff_t i, [[maybe_unused]] std::ptrdiff_t j,
                                  [[maybe_unused]] std::ptrdiff_t k) const {
    if constexpr (Rank == 1) {
      return data[i];
    } else if constexpr (Rank == 2) {
      return data[i * strides[0] + j];
    } else {
      return data[i * strides[0] + j * strides[1] + k];
    }
  }
};
template <class T, class Name, class Numbers>
struct own_arrays_of;
template <class T, class Name, int... K>
struct own_arrays_of<T, Name, std::integer_sequence<int, K...>> {
  using type = std::tuple<own_array<T, program_of<Name>::value.storages[K].rank>...>;
};

/// What the instructions of a running program share.
template <class T, bool Add, bool Packets, class In, class Out, class Own>
struct environment {
  static constexpr bool in_packets = Packets;
  In inputs;
  Out outputs;
  Own own;

  template <int K>
  TAPELESS_KERNEL constexpr const auto& array() const {
    constexpr int in = static_cast<int>(std::tuple_size_v<In>);
    constexpr int out = static_cast<int>(std::tuple_size_v<Out>);
    if constexpr (K < in) {
      return std::get<static_cast<std::size_t>(K)>(inputs);
    } else if constexpr (K < in + out) {
      return std::get<static_cast<std::size_t>(K - in)>(outputs);
    } else {
      return std::get<static_cast<std::size_t>(K - in - out)>(own);
    }
  }
  /// Two arrays of the program's own change places.
  template <int K, int L>
  TAPELESS_KERNEL constexpr void swap() {
    constexpr int first = static_cast<int>(std::tuple_size_v<In> + std::tuple_size_v<Out>);
    auto& a = std::get<static_cast<std::size_t>(K - first)>(own);
    auto& b = std::get<static_cast<std::size_t>(L - first)>(own);
    auto* const data = a.data;
    a.data = b.data;
    b.data = data;
  }
  /// Results of the caller's that are accumulated into.
  template <int K>
  static constexpr bool keeps =
      Add && K >= static_cast<int>(std::tuple_size_v<In>) &&
      K < static_cast<int>(std::tuple_size_v<In> + std::tuple_size_v<Out>);
};

template <class T, int Values, int Conditions, int Indices>
struct region_slots : slots<T, Values, Conditions> {
  std::ptrdiff_t i[Indices > 0 ? Indices : 1];
};

/// The same where all elements are known to exist.
template <class Frame>
struct without_guards : Frame {
  static constexpr bool in_range = true;
};

template <class Name, class T, int Region>
struct region_code;

/// Packets of T, defined by interop/simd.hpp, and how a region runs in them: it returns how many
/// iterations it has done.
template <class T>
struct packet_of;
template <class Name, class T, int Region>
struct packet_code;

/// What an instruction does; `Array` is the array it accesses, or the region it runs.
template <class Name, class T, const operation* Op, int Array>
struct executor {
  template <class S, class E>
  TAPELESS_KERNEL static constexpr void run(S& s, const instruction& n, [[maybe_unused]] E& e) {
    constexpr algebra kind = Op->kind;
    if constexpr (kind == algebra::input) {
      s.v[n.result] = static_cast<T>(*std::get<static_cast<std::size_t>(Array)>(e.inputs).value);
    } else if constexpr (kind == algebra::extent) {
      s.i[n.result] = e.template array<Array>().extent(n.b);
    } else if constexpr (kind == algebra::index_constant) {
      s.i[n.result] = static_cast<std::ptrdiff_t>(n.bits);
    } else if constexpr (kind == algebra::index_sum) {
      s.i[n.result] = s.i[n.a] + s.i[n.b];
    } else if constexpr (kind == algebra::index_difference) {
      s.i[n.result] = s.i[n.a] - s.i[n.b];
    } else if constexpr (kind == algebra::index_product) {
      s.i[n.result] = s.i[n.a] * s.i[n.b];
    } else if constexpr (kind == algebra::index_quotient) {
      s.i[n.result] = s.i[n.b] == 0 ? 0 : s.i[n.a] / s.i[n.b];
    } else if constexpr (kind == algebra::index_remainder) {
      s.i[n.result] = s.i[n.b] == 0 ? 0 : s.i[n.a] % s.i[n.b];
    } else if constexpr (kind == algebra::index_count) {
      s.i[n.result] = s.i[n.a] < 0 ? 0 : s.i[n.a];
    } else if constexpr (kind == algebra::index_cast) {
      s.i[n.result] = static_cast<std::ptrdiff_t>(s.v[n.a]);
    } else if constexpr (kind == algebra::index_truth) {
      s.i[n.result] = s.c[n.a] ? 1 : 0;
    } else if constexpr (kind == algebra::index_value) {
      s.v[n.result] = static_cast<T>(s.i[n.a]);
    } else if constexpr (kind == algebra::index_compare) {
      constexpr char relation = Op->name[Op->name.size() - 1];
      if constexpr (Op->name == "<") {
        s.c[n.result] = s.i[n.a] < s.i[n.b];
      } else if constexpr (relation == '=' && Op->name[0] == '<') {
        s.c[n.result] = s.i[n.a] <= s.i[n.b];
      } else {
        s.c[n.result] = s.i[n.a] == s.i[n.b];
      }
    } else if constexpr (kind == algebra::constant) {
      s.v[n.result] = s.constant(n);
    } else {
      kernel<Op>::run(s, n);
    }
  }
};

/// The index of dimension d; there is one for each of the array's.
template <class S>
TAPELESS_KERNEL constexpr std::ptrdiff_t index_of(const S& s, int slot) {
  return slot < 0 ? 0 : s.i[slot];
}
template <class S, class A>
TAPELESS_KERNEL constexpr decltype(auto) accessed(const S& s, const instruction& n, const A& a) {
  return a.at(index_of(s, n.a), index_of(s, n.b), index_of(s, n.c));
}
template <class S, class A>
TAPELESS_KERNEL constexpr bool has_element(const S& s, const instruction& n, const A& a) {
  if constexpr (requires { S::in_range; }) return true;
  const std::ptrdiff_t i = index_of(s, n.a), j = index_of(s, n.b), k = index_of(s, n.c);
  return i >= 0 && i < a.extent(0) && (n.b < 0 || (j >= 0 && j < a.extent(1))) &&
         (n.c < 0 || (k >= 0 && k < a.extent(2)));
}

/// Entries of integer arrays are the caller's duty; in debug builds they are looked at.
template <class Name, class T, int Array>
struct executor<Name, T, &check_entries_operation, Array> {
  template <class S, class E>
  TAPELESS_KERNEL static constexpr void run([[maybe_unused]] S& s,
                                            [[maybe_unused]] const instruction& n,
                                            [[maybe_unused]] E& e) {
#if !defined(NDEBUG)
    const auto& a = e.template array<Array>();
    const int slots[]{n.a, n.b, n.c};
    for (int d = 0; d < a.rank; ++d) {
      const std::ptrdiff_t i = index_of(s, slots[d]);
      if (i < 0 || i >= a.extent(d)) index_beyond_array(-1, d, i, a.extent(d));
    }
#endif
  }
};
template <class Name, class T, int Array>
struct executor<Name, T, &load_element_operation, Array> {
  template <class S, class E>
  TAPELESS_KERNEL static constexpr void run(S& s, const instruction& n, E& e) {
    s.v[n.result] = static_cast<T>(accessed(s, n, e.template array<Array>()));
  }
};
template <class Name, class T, int Array>
struct executor<Name, T, &load_guarded_operation, Array> {
  template <class S, class E>
  TAPELESS_KERNEL static constexpr void run(S& s, const instruction& n, E& e) {
    const auto& a = e.template array<Array>();
    s.v[n.result] = has_element(s, n, a) ? static_cast<T>(accessed(s, n, a)) : T(0);
  }
};
template <class Name, class T, int Array>
struct executor<Name, T, &load_index_operation, Array> {
  template <class S, class E>
  TAPELESS_KERNEL static constexpr void run(S& s, const instruction& n, E& e) {
    s.i[n.result] = static_cast<std::ptrdiff_t>(accessed(s, n, e.template array<Array>()));
  }
};
template <class Name, class T, int Array>
struct executor<Name, T, &load_index_guarded_operation, Array> {
  template <class S, class E>
  TAPELESS_KERNEL static constexpr void run(S& s, const instruction& n, E& e) {
    const auto& a = e.template array<Array>();
    s.i[n.result] = has_element(s, n, a) ? static_cast<std::ptrdiff_t>(accessed(s, n, a)) : 0;
  }
};
template <class Name, class T, int Array>
struct executor<Name, T, &put_element_operation, Array> {
  template <class S, class E>
  TAPELESS_KERNEL static constexpr void run(S& s, const instruction& n, E& e) {
    TAPELESS_CONTRACT
    auto& to = accessed(s, n, e.template array<Array>());
    to = static_cast<std::remove_cvref_t<decltype(to)>>(to + s.v[n.result]);
  }
};
template <class Name, class T, int Array>
struct executor<Name, T, &put_guarded_operation, Array> {
  template <class S, class E>
  TAPELESS_KERNEL static constexpr void run(S& s, const instruction& n, E& e) {
    if (has_element(s, n, e.template array<Array>())) {
      executor<Name, T, &put_element_operation, Array>::run(s, n, e);
    }
  }
};
template <class Name, class T, int Array>
struct executor<Name, T, &store_element_operation, Array> {
  template <class S, class E>
  TAPELESS_KERNEL static constexpr void run(S& s, const instruction& n, E& e) {
    if constexpr (E::template keeps<Array>) {
      executor<Name, T, &put_element_operation, Array>::run(s, n, e);
    } else {
      auto& to = accessed(s, n, e.template array<Array>());
      to = static_cast<std::remove_cvref_t<decltype(to)>>(s.v[n.result]);
    }
  }
};

/// Calls use(i, j, k) for all indices of an array that begin with given ones.
template <class A, class Use>
TAPELESS_KERNEL constexpr void for_each_index(const A& a, const Use& use, int given = 0,
                                              std::ptrdiff_t row = 0, std::ptrdiff_t column = 0) {
  const int rank = a.rank;
  const std::ptrdiff_t i0 = given > 0 ? row : 0, l = given > 0 ? row + 1 : a.extent(0);
  const std::ptrdiff_t j0 = given > 1 ? column : 0, m = given > 1  ? column + 1
                                                        : rank > 1 ? a.extent(1)
                                                                   : 1;
  const std::ptrdiff_t n = rank > 2 ? a.extent(2) : 1;
  for (std::ptrdiff_t i = i0; i < l; ++i) {
    for (std::ptrdiff_t j = j0; j < m; ++j) {
      for (std::ptrdiff_t k = 0; k < n; ++k) use(i, j, k);
    }
  }
}
template <class Name, class T, int Array>
struct executor<Name, T, &fill_array_operation, Array> {
  template <class S, class E>
  TAPELESS_KERNEL static constexpr void run([[maybe_unused]] S& s,
                                            [[maybe_unused]] const instruction& n, E& e) {
    if constexpr (!E::template keeps<Array>) {
      const auto& a = e.template array<Array>();
      for_each_index(
          a,
          [&](std::ptrdiff_t i, std::ptrdiff_t j, std::ptrdiff_t k) {
            auto& to = a.at(i, j, k);
            to = std::remove_cvref_t<decltype(to)>(0);
          },
          static_cast<int>(n.bits), index_of(s, n.a), index_of(s, n.b));
    }
  }
};
template <class Name, class T, int Array>
struct executor<Name, T, &fill_rest_operation, Array> {
  template <class S, class E>
  TAPELESS_KERNEL static constexpr void run(S& s, const instruction& n, E& e) {
    if constexpr (!E::template keeps<Array>) {
      const auto& a = e.template array<Array>();
      const int rank = a.rank;
      const std::ptrdiff_t extents[]{a.extent(0), rank > 1 ? a.extent(1) : 1,
                                     rank > 2 ? a.extent(2) : 1};
      const std::ptrdiff_t reached[]{s.i[n.a], n.b < 0 ? 1 : s.i[n.b], n.c < 0 ? 1 : s.i[n.c]};
      if (extents[0] == reached[0] && extents[1] == reached[1] && extents[2] == reached[2]) return;
      for_each_index(a, [&](std::ptrdiff_t i, std::ptrdiff_t j, std::ptrdiff_t k) {
        auto& to = a.at(i, j, k);
        if (i >= reached[0] || j >= reached[1] || k >= reached[2]) {
          to = std::remove_cvref_t<decltype(to)>(0);
        }
      });
    }
  }
};
template <class Name, class T, int Move>
struct executor<Name, T, &move_array_operation, Move> {
  static constexpr plan_move m = program_of<Name>::value.moves[Move];

  template <class S, class E>
  TAPELESS_KERNEL static constexpr void run([[maybe_unused]] S& s, const instruction&, E& e) {
    if constexpr (m.swap) {
      e.template swap<m.to.array, m.from.array>();
    } else {
      const auto& to = e.template array<m.to.array>();
      const auto& from = e.template array<m.from.array>();
      const std::ptrdiff_t rows = m.rank > 0 ? from.extent(m.from.indices) : 1;
      const std::ptrdiff_t columns = m.rank > 1 ? from.extent(m.from.indices + 1) : 1;
      const std::ptrdiff_t layers = m.rank > 2 ? from.extent(m.from.indices + 2) : 1;
      for (std::ptrdiff_t i = 0; i < rows; ++i) {
        for (std::ptrdiff_t j = 0; j < columns; ++j) {
          for (std::ptrdiff_t k = 0; k < layers; ++k) {
            put<E::template keeps<m.to.array>>(element<0>(s, to, i, j, k),
                                               element<1>(s, from, i, j, k));
          }
        }
      }
    }
  }

 private:
  /// The element of one of the two places at i, j, k, as far as it has as many dimensions.
  template <int Which, class S, class A>
  TAPELESS_KERNEL static constexpr auto& element([[maybe_unused]] const S& s, const A& a,
                                                 std::ptrdiff_t i, std::ptrdiff_t j,
                                                 [[maybe_unused]] std::ptrdiff_t k) {
    constexpr plan_place p = Which == 0 ? m.to : m.from;
    if constexpr (p.indices == 0) {
      return a.at(i, j, k);
    } else if constexpr (p.indices == 1) {
      return a.at(s.i[p.index[0]], i, j);
    } else {
      return a.at(s.i[p.index[0]], s.i[p.index[1]], i);
    }
  }
};
template <class Name, class T, int Region>
struct executor<Name, T, &run_region_operation, Region> {
  template <class S, class E>
  TAPELESS_KERNEL static constexpr void run(S& s, const instruction&, E& e) {
    region_code<Name, T, Region>::run(s, e);
  }
};

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
  static constexpr const auto& code = program_of<Name>::instructions;
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
  template <int Count>
  using numbers = std::make_integer_sequence<int, Count>;

  template <class S, class E, int... K>
  TAPELESS_KERNEL static constexpr void steps([[maybe_unused]] S& s, [[maybe_unused]] E& e,
                                              std::integer_sequence<int, K...>) {
    (void)sink{
        0, (executor<Name, T, p.operations[r.first_instruction + K],
                     p.arrays[r.first_instruction + K]>::run(s, code[r.first_instruction + K], e),
            0)...};
  }

  template <class Up, class E>
  TAPELESS_KERNEL static constexpr void run([[maybe_unused]] Up& up, E& e) {
    body(up, e, numbers<r.imports>{}, numbers<r.accumulators>{}, numbers<r.carries>{},
         numbers<r.windows>{});
  }

 private:
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
      const std::ptrdiff_t first = i.offset < 0 ? 0 : i.minus ? -s.i[i.offset] : s.i[i.offset];
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
    (void)sink{0, (s.v[w.slot + J] = s.v[w.slot + J + 1], 0)...};
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
      (void)sink{0, (store<K>(e, count + w.offset + J, s.v[w.slot + J]), 0)...};
      first = w.offset, last = count + w.offset + w.width - 1;
    }
    if constexpr (!w.adds && !E::template keeps<w.array>) {
      using element = std::remove_cvref_t<decltype(a.at(0, 0, 0))>;
      for (std::ptrdiff_t i = 0; i < first; ++i) a.at(i, 0, 0) = element(0);
      for (std::ptrdiff_t i = last; i < a.extent(0); ++i) a.at(i, 0, 0) = element(0);
    }
  }

  template <class Up, class E, int... I, int... A, int... C, int... W>
  TAPELESS_KERNEL static constexpr void body([[maybe_unused]] Up& up, E& e,
                                             std::integer_sequence<int, I...>,
                                             std::integer_sequence<int, A...>,
                                             std::integer_sequence<int, C...>,
                                             std::integer_sequence<int, W...>) {
    without_guards<frame> s;
    (void)sink{0, (import <I>(s, up), 0)...};
    if constexpr (r.extent < 0) {
      steps(static_cast<frame&>(s), e, numbers<r.instructions>{});
    } else {
      [[maybe_unused]] T sum[sizeof...(A) + 1] = {start_of<A>()..., T(0)};
      [[maybe_unused]] std::ptrdiff_t at[sizeof...(A) + 1]{};
      (void)sink{0, (s.v[carry<C>.local] = up.v[carry<C>.initial], 0)...};
      (void)sink{0, (clear<W>(s), 0)...};
      const std::ptrdiff_t count = r.branch ? up.i[r.extent] != 0 : up.i[r.extent];
      std::ptrdiff_t k = 0;
      if constexpr (E::in_packets && r.packets && requires { packet_of<T>::width; }) {
        k = packet_code<Name, T, Region>::run(s, up, e, count, sum, at);
      }
      [[maybe_unused]] const auto loop = [&](auto& slots_of_body) TAPELESS_LAMBDA {
        for (; k < count; ++k) {
          s.i[0] = r.backward ? count - 1 - k : k;
          steps(slots_of_body, e, numbers<r.instructions>{});
          (void)sink{0, (accumulate<A>(sum[A], at[A], s), 0)...};
          (void)sink{0, (move<W>(s, e, numbers<window<W>.width - 1>{}), 0)...};
          if constexpr (sizeof...(C) > 0) {
            const T next[]{s.v[carry<C>.next]...};
            (void)sink{0, (s.v[carry<C>.local] = next[C], 0)...};
          }
        }
      };
      if constexpr (runs_whole<E>()) {
        // Nothing is left.
      } else if constexpr (has_guards_of_loop(p, r)) {
        if (is_in_range(s, e, count, numbers<r.instructions>{})) {
          loop(s);
        } else {
          loop(static_cast<frame&>(s));
        }
      } else {
        loop(static_cast<frame&>(s));
      }
      (void)sink{0, (leave<W>(s, e, count, numbers<window<W>.width - 1>{}), 0)...};
      (void)sink{0, (deliver<A>(up, sum[A], at[A]), 0)...};
      (void)sink{0, (finish<C>(up, s), 0)...};
    }
  }
  /// Packets do all iterations, the last ones too.
  template <class E>
  static constexpr bool runs_whole() {
    if constexpr (E::in_packets && r.packets && requires { packet_of<T>::width; }) {
      return packet_code<Name, T, Region>::complete;
    } else {
      return false;
    }
  }
  template <int K, class Up>
  TAPELESS_KERNEL static constexpr void finish(Up& up, const frame& s) {
    if constexpr (carry<K>.result >= 0) up.v[carry<K>.result] = s.v[carry<K>.local];
  }
};

/// Memory for a program's own arrays, uninitialised.
template <class T>
struct owned_memory {
  T* data;

  explicit constexpr owned_memory(std::ptrdiff_t count)
      : data(new T[static_cast<std::size_t>(count)]) {}
  owned_memory(const owned_memory&) = delete;
  owned_memory& operator=(const owned_memory&) = delete;
  constexpr ~owned_memory() { delete[] data; }
};

/// The program as a function of references to its inputs, then its outputs.
template <class Name, class T, bool Add, int Kept, bool Packets, int Inputs>
struct nest_function {
  static constexpr const auto& p = program_of<Name>::value;
  static constexpr int own = p.sizes.storages;
  using entry_code = region_code<Name, T, p.sizes.entry>;
  using root_code = region_code<Name, T, p.sizes.root>;

  /// `memory`: where the program's own arrays go; null: it allocates.
  template <class... Parts>
  static constexpr void call(workspace* memory, Parts&... parts) {
    run(memory, std::make_index_sequence<Inputs>{},
        std::make_index_sequence<sizeof...(Parts) - Inputs>{}, std::tuple<Parts&...>(parts...));
  }
  /// How many bytes it needs for these inputs.
  template <class... Parts>
  static constexpr std::size_t workspace_size(Parts&... parts) {
    if constexpr (known_total() >= 0) {
      return 0;
    } else {
      auto inputs = std::make_tuple(reference_to(parts)...);
      typename entry_code::frame sizes;
      environment<T, false, false, decltype(inputs), std::tuple<>, std::tuple<>> e{inputs, {}, {}};
      entry_code::steps(sizes, e,
                        typename entry_code::template numbers<entry_code::r.instructions>{});
      std::ptrdiff_t total = 0;
      for (int i = 0; i < own; ++i) {
        std::ptrdiff_t count = 1;
        for (int d = 0; d < p.storages[i].rank; ++d) count *= sizes.i[p.storages[i].extent[d]];
        total += count;
      }
      return sizeof(T) * static_cast<std::size_t>(total);
    }
  }

 private:
  static constexpr std::ptrdiff_t known_total() {
    std::ptrdiff_t total = 0;
    for (int i = 0; i < own; ++i) {
      if (p.storages[i].count < 0) return -1;
      total += p.storages[i].count;
    }
    return total;
  }

  template <std::size_t... I, std::size_t... O, class All>
  static constexpr void run(workspace* memory, std::index_sequence<I...>, std::index_sequence<O...>,
                            const All& all) {
    auto inputs = std::make_tuple(reference_to(std::get<I>(all))...);
    typename entry_code::frame sizes;
    {
      environment<T, false, false, decltype(inputs), std::tuple<>, std::tuple<>> e{inputs, {}, {}};
      entry_code::steps(sizes, e,
                        typename entry_code::template numbers<entry_code::r.instructions>{});
    }
    check(sizes, std::make_integer_sequence<int, p.sizes.checks>{}, inputs);
    (check_output<static_cast<int>(O), Add>(std::get<Inputs + O>(all), sizes, inputs), ...);
    if constexpr (!Add) {
      (check_apart<static_cast<int>(O)>(all, std::make_index_sequence<O>{}), ...);
    }
    (prepare_output<static_cast<int>(O), Add>(std::get<Inputs + O>(all), sizes), ...);
    auto outputs = std::make_tuple(reference_to(std::get<Inputs + O>(all))...);
    using own_arrays = typename own_arrays_of<T, Name, std::make_integer_sequence<int, own>>::type;
    environment<T, Add, Packets, decltype(inputs), decltype(outputs), own_arrays> e{
        inputs, outputs, {}};
    if constexpr (own == 0) {
      execute(e, std::index_sequence<O...>{});
    } else {
      constexpr std::ptrdiff_t known = known_total();
      if constexpr (known >= 0) {
        T here[static_cast<std::size_t>(known) + 1];
        place(e, sizes, here);
        execute(e, std::index_sequence<O...>{});
      } else if (memory != nullptr) {
        place(e, sizes, memory->borrow<T>(place(e, sizes, nullptr)));
        execute(e, std::index_sequence<O...>{});
      } else {
        const owned_memory<T> allocated(place(e, sizes, nullptr));
        place(e, sizes, allocated.data);
        execute(e, std::index_sequence<O...>{});
      }
    }
  }

  template <class E, std::size_t... O>
  TAPELESS_KERNEL static constexpr void execute(E& e, std::index_sequence<O...>) {
    typename root_code::frame s;
    root_code::steps(s, e, typename root_code::template numbers<root_code::r.instructions>{});
    (write_output<static_cast<int>(O)>(e, s), ...);
  }
  template <int O, class E, class S>
  TAPELESS_KERNEL static constexpr void write_output(E& e, const S& s) {
    if constexpr (p.outputs[O].slot >= 0) {
      put<(Add && O >= Kept)>(*std::get<static_cast<std::size_t>(O)>(e.outputs).value,
                              s.v[p.outputs[O].slot]);
    }
  }

  /// Gives the program's own arrays their places in memory; returns how much they need.
  template <class E, class S>
  static constexpr std::ptrdiff_t place(E& e, const S& sizes, T* memory) {
    std::ptrdiff_t total = 0;
    int taken = 0;
    const auto place_one = [&](auto& a) TAPELESS_LAMBDA {
      const plan_storage& store = p.storages[taken++];
      a.data = memory == nullptr ? nullptr : memory + total;
      std::ptrdiff_t stride = 1;
      for (int d = a.rank - 1; d >= 0; --d) {
        a.extents[d] = sizes.i[store.extent[d]];
        a.strides[d] = stride;
        stride *= a.extents[d];
      }
      total += stride;
    };
    unpack([&](auto&... a) TAPELESS_LAMBDA { (place_one(a), ...); }, e.own);
    return total;
  }

  template <class S, int... K, class In>
  TAPELESS_KERNEL static constexpr void check(const S& s, std::integer_sequence<int, K...>,
                                              const In&) {
    (check_range<K>(s), ...);
  }
  template <int K, class S>
  TAPELESS_KERNEL static constexpr void check_range(const S& s) {
    constexpr plan_check c = p.checks[K];
    bool runs = true;
    for (int l = 0; l < c.loop_count; ++l) runs = runs && s.i[c.loops[l]] > 0;
    const std::ptrdiff_t first = s.i[c.first], last = s.i[c.last], extent = s.i[c.extent];
    if constexpr (c.equal) {
      if (runs && first != extent) carry_of_changing_size(c.array, c.dimension, extent, first);
      return;
    }
    if (runs && (first < 0 || last >= extent)) {
      index_beyond_array(c.array < Inputs ? c.array : -1, c.dimension, first < 0 ? first : last,
                         extent);
    }
  }
  template <int O, bool Keep, class A, class S, class In>
  TAPELESS_KERNEL static constexpr void check_output(A& a, const S& s, const In& inputs) {
    if constexpr (p.outputs[O].slot < 0) {
      const auto to = reference_to(a);
      constexpr bool resized = !Keep && requires { requires array_traits<A>::resizable; };
      if constexpr (!resized) {
        for (int d = 0; d < to.rank; ++d) {
          if (to.extents[d] != s.i[p.outputs[O].extent[d]]) {
            wrong_output_size(O, d, to.extents[d], s.i[p.outputs[O].extent[d]]);
          }
        }
      }
      int argument = 0;
      unpack([&](const auto&... in) { (check_overlap<O>(to, in, argument++), ...); }, inputs);
    }
  }
  template <int O, class A, class B>
  TAPELESS_KERNEL static constexpr void check_overlap([[maybe_unused]] const A& a,
                                                      [[maybe_unused]] const B& b,
                                                      [[maybe_unused]] int argument) {
    if constexpr (B::is_array) {
      if (!std::is_constant_evaluated() && overlap(a, b)) output_overlaps_input(O, argument);
    }
  }
  /// Two outputs are one place. What is accumulated may be: each adds.
  template <int O, class All, std::size_t... Before>
  TAPELESS_KERNEL static constexpr void check_apart(const All& all,
                                                    std::index_sequence<Before...>) {
    (check_pair<O, static_cast<int>(Before)>(std::get<Inputs + O>(all),
                                             std::get<Inputs + Before>(all)),
     ...);
  }
  template <int O, int Before, class A, class B>
  TAPELESS_KERNEL static constexpr void check_pair([[maybe_unused]] A& a, [[maybe_unused]] B& b) {
    if constexpr (p.outputs[O].slot < 0 && p.outputs[Before].slot < 0) {
      if (std::is_constant_evaluated()) return;
      const bool same = static_cast<const void*>(&a) == static_cast<const void*>(&b);
      if (same || overlap(reference_to(a), reference_to(b))) outputs_overlap(Before, O);
    }
  }
  template <int O, bool Keep, class A, class S>
  static constexpr void prepare_output(A& a, const S& s) {
    if constexpr (p.outputs[O].slot < 0 && !Keep &&
                  requires { requires array_traits<A>::resizable; }) {
      std::ptrdiff_t extents[max_rank]{};
      bool same = true;
      for (int d = 0; d < p.outputs[O].rank; ++d) {
        extents[d] = s.i[p.outputs[O].extent[d]];
        same = same && array_traits<A>::extent(a, d) == extents[d];
      }
      if (!same) array_traits<A>::resize(a, extents);
    }
  }
};

/// Tuples, pairs and arrays of them fall apart; every array is one part.
template <class A>
TAPELESS_KERNEL constexpr auto nest_parts(A& a) {
  using plain = std::remove_cv_t<A>;
  if constexpr (is_tuple_like<plain> || holds_tuples<plain>) {
    return unpack([](auto&... part) TAPELESS_LAMBDA { return std::tuple_cat(nest_parts(part)...); },
                  a);
  } else {
    return std::tuple<A&>(a);
  }
}

/// The same with every scalar a part: results that the function put together.
template <class A>
TAPELESS_KERNEL constexpr auto scalar_parts(A& a) {
  using plain = std::remove_cv_t<A>;
  if constexpr (is_tuple_like<plain> ||
                (requires { std::tuple_size<plain>::value; } && !container<plain>)) {
    return unpack(
        [](auto&... part) TAPELESS_LAMBDA { return std::tuple_cat(scalar_parts(part)...); }, a);
  } else {
    return std::tuple<A&>(a);
  }
}
/// The parts that the program's outputs are.
template <int Outputs, class... Out>
TAPELESS_KERNEL constexpr auto output_parts(const std::tuple<Out...>& out) {
  using whole = decltype(unpack([](auto&... a) { return std::tuple_cat(nest_parts(a)...); }, out));
  if constexpr (std::tuple_size_v<whole> == static_cast<std::size_t>(Outputs)) {
    return unpack([](auto&... a) TAPELESS_LAMBDA { return std::tuple_cat(nest_parts(a)...); }, out);
  } else {
    return unpack([](auto&... a) TAPELESS_LAMBDA { return std::tuple_cat(scalar_parts(a)...); },
                  out);
  }
}

/// run for programs with loops.
template <class Name, class T, bool Add = false, int Kept = 0, bool Packets = false, class... In,
          class... Out>
TAPELESS_INLINE constexpr void run_nest([[maybe_unused]] workspace* memory_,
                                        const std::tuple<In...>& in_,
                                        const std::tuple<Out...>& out_) {
  const auto from_ =
      unpack([](auto&... a) TAPELESS_LAMBDA { return std::tuple_cat(nest_parts(a)...); }, in_);
  const auto to_ = output_parts<program_of<Name>::value.sizes.outputs>(out_);
  const auto all_ = std::tuple_cat(from_, to_);
  unpack(
      [&](auto&... part_) TAPELESS_LAMBDA {
        nest_function<Name, T, Add, Kept, Packets,
                      std::tuple_size_v<std::remove_const_t<decltype(from_)>>>::call(memory_,
                                                                                     part_...);
      },
      all_);
}

/// How many bytes of workspace that takes.
template <class Name, class T, class... In>
TAPELESS_INLINE constexpr std::size_t nest_workspace_size(const std::tuple<In...>& in_) {
  const auto from_ =
      unpack([](auto&... a) TAPELESS_LAMBDA { return std::tuple_cat(nest_parts(a)...); }, in_);
  return unpack(
      [](auto&... part_) TAPELESS_LAMBDA {
        return nest_function<
            Name, T, false, 0, false,
            std::tuple_size_v<std::remove_const_t<decltype(from_)>>>::workspace_size(part_...);
      },
      from_);
}

/// The same on traced values: the graph is entered into the one that is being recorded.
template <class Compiled, class... In, class... Out>
constexpr void enter_nest(const std::tuple<In...>& in, const std::tuple<Out...>& out) {
  const auto from = unpack([](auto&... a) { return std::tuple_cat(nest_parts(a)...); }, in);
  const auto to = unpack([](auto&... a) { return std::tuple_cat(nest_parts(a)...); }, out);
  builder* g = nullptr;
  unpack([&](const auto&... x) { ((x.graph() != nullptr ? g = x.graph() : g), ...); }, from);
  if (g == nullptr || g->nest() == nullptr) {
    if (g != nullptr) g->ask_for_loops();
    return;
  }
  auto f = Compiled::full();
  nest_tables tables = f.tables();
  mapping m(*g, f.nodes, f.size, tables);
  int k = 0;
  const auto enter_input = [&](const auto& x) {
    const int n = f.input_node(k++);
    if (n < 0) return;
    if constexpr (requires { x.array_node(); }) {
      m.set(n, x.array_node());
    } else if constexpr (requires { x.extent(0); }) {
      m.set(n, x.id());
    } else {
      m.set(n, traced(x).id(*g));
    }
  };
  unpack([&](const auto&... x) { (enter_input(x), ...); }, from);
  const usage<std::remove_cvref_t<decltype(f)>::capacity> use(f, f.outputs, true);
  for (int n = 0; n < f.size; ++n) {
    if (use.live[n] && f.nodes[n].op->kind != algebra::input &&
        f.nodes[n].op->kind != algebra::array) {
      m.set(n, m.rebuilt(n));
    }
  }
  m.close_folds();
  k = 0;
  const auto leave = [&](auto& x) {
    const int n = m(f.outputs[k++]);
    if constexpr (requires { x.extent(0); }) {
      x = std::remove_reference_t<decltype(x)>(g, n);
    } else if constexpr (requires { x[0][0]; }) {
      for (std::size_t i = 0; i < x.size(); ++i) {
        for (std::size_t j = 0; j < x[i].size(); ++j) {
          const int index[]{nest::number(*g, static_cast<std::ptrdiff_t>(i)),
                            nest::number(*g, static_cast<std::ptrdiff_t>(j))};
          x[i][j] = traced(g, nest::element(*g, n, index));
        }
      }
    } else if constexpr (requires { x[0]; }) {
      for (std::size_t i = 0; i < x.size(); ++i) {
        const int index[]{nest::number(*g, static_cast<std::ptrdiff_t>(i)), -1};
        x[i] = traced(g, nest::element(*g, n, index));
      }
    } else {
      x = traced(g, n);
    }
  };
  unpack([&](auto&... x) { (leave(x), ...); }, to);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
