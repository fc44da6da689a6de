// SPDX-License-Identifier: BSL-1.0
#pragma once

// What an instruction of a program with loops does.

#include <tapeless/codegen/environment.hpp>
#include <tapeless/codegen/kernel.hpp>
#include <tapeless/codegen/mistakes.hpp>
#include <tapeless/codegen/reference.hpp>
#include <tapeless/expression/variable.hpp>

#include <initializer_list>

// g++ does not see that loops of unknown length have filled the program's own arrays, and warns of
// iterations that do not run.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Warray-bounds"
#endif

namespace tapeless {
inline namespace TAPELESS_ABI {

/// A value as an index, truncated; what is beyond all arrays, or no number, is an index that is.
template <class V>
TAPELESS_KERNEL constexpr std::ptrdiff_t as_index(const V& v) {
  if constexpr (std::is_floating_point_v<V>) {
    constexpr V most = V(0x1p62);
    return v < most
               ? v > -most ? static_cast<std::ptrdiff_t>(v) : -static_cast<std::ptrdiff_t>(most)
               : static_cast<std::ptrdiff_t>(most);
  } else {
    return static_cast<std::ptrdiff_t>(v);
  }
}

/// What an instruction does; `Array` is the array it accesses, or the region it runs.
template <class Name, class T, const operation* Op, int Array>
struct executor {
  template <class S, class E>
  TAPELESS_KERNEL static constexpr void run(S& s, const instruction& n, [[maybe_unused]] E& e) {
    constexpr algebra kind = Op->kind;
    // In the order of how often they are met: compilers take their time for each condition.
    if constexpr (kind == algebra::constant) {
      s.v[n.result] = s.constant(n);
    } else if constexpr (kind > algebra::carry) {
      kernel<Op, S>::run(s, n);
    } else if constexpr (kind == algebra::other) {
      if constexpr (requires(T x) { primitive_of<Op>::in_loop(x); }) {
        s.v[n.result] = primitive_of<Op>::in_loop(s.v[n.a]);
      } else {
        kernel<Op, S>::run(s, n);
      }
    } else if constexpr (kind == algebra::input) {
      s.v[n.result] = static_cast<T>(*e.template array<Array>().value);
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
      if constexpr (Array >= 0) {
        s.i[n.result] = as_index(*e.template array<Array>().value);
      } else {
        s.i[n.result] = as_index(s.v[n.a]);
      }
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
    } else {
      kernel<Op, S>::run(s, n);
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

/// A matrix whose columns lie in one piece each, as far as the type knows.
template <class A>
constexpr bool lies_by_columns() {
  if constexpr (requires { A::known[0]; }) {
    return A::rank == 2 && A::known[0] == 1;
  } else {
    return false;
  }
}
/// Calls use(i, j, k) for all indices of an array that begin with given ones, in the order of
/// memory.
template <class A, class Use>
TAPELESS_KERNEL constexpr void for_each_index(const A& a, const Use& use, int given = 0,
                                              std::ptrdiff_t row = 0, std::ptrdiff_t column = 0) {
  const int rank = a.rank;
  const std::ptrdiff_t i0 = given > 0 ? row : 0, l = given > 0 ? row + 1 : a.extent(0);
  const std::ptrdiff_t j0 = given > 1 ? column : 0, m = given > 1  ? column + 1
                                                        : rank > 1 ? a.extent(1)
                                                                   : 1;
  const std::ptrdiff_t n = rank > 2 ? a.extent(2) : 1;
  if constexpr (lies_by_columns<A>()) {
    for (std::ptrdiff_t j = j0; j < m; ++j) {
      for (std::ptrdiff_t i = i0; i < l; ++i) use(i, j, 0);
    }
    return;
  }
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
/// What a routine is handed: an array, or what is left of one within its first indices.
template <class E, int Rank>
struct strided_array {
  static constexpr int rank = Rank;
  static constexpr bool adds = false;
  E* data;
  std::ptrdiff_t extents[Rank], strides[Rank];
};
/// The place of a result that is accumulated into.
template <class E, int Rank>
struct accumulated_array : strided_array<E, Rank> {
  static constexpr bool adds = true;
};
template <int Rank, class A>
constexpr auto strided_part(const A& a, std::initializer_list<std::ptrdiff_t> index) {
  strided_array<std::remove_pointer_t<decltype(a.data)>, Rank> x{a.data, {}, {}};
  std::ptrdiff_t strides[A::rank];
  [&]<int... D>(std::integer_sequence<int, D...>) {
    ((strides[D] = a.template stride<D>()), ...);
  }(std::make_integer_sequence<int, A::rank>{});
  constexpr int given = A::rank - Rank;
  for (int d = 0; d < given; ++d) x.data += index.begin()[d] * strides[d];
  for (int d = 0; d < Rank; ++d) {
    x.extents[d] = a.extents[given + d];
    x.strides[d] = strides[given + d];
  }
  return x;
}
/// An argument, or a row of it, in the source of a program.
template <int Rank, class A>
constexpr auto strided(A& a, std::initializer_list<std::ptrdiff_t> index = {}) {
  return strided_part<Rank>(reference_to(a), index);
}

/// What carries out the routine of a name: run(result, operands...), all of them strided_array. The
/// result lies apart from the operands; row by row, without gaps, unless the routine is one of
/// strided_result.
template <fixed_string Name>
struct array_routine;

template <class Name, class T, int Move>
struct executor<Name, T, &move_array_operation, Move> {
  static constexpr plan_move m = program_of<Name>::value.moves[Move];
  template <int I>
  static constexpr plan_place place = I < 0 ? m.to : m.operand(I);
  static constexpr bool is_routine = program_of<Name>::value.routines[Move] != nullptr;

  template <class S, class E>
  TAPELESS_KERNEL static constexpr void run([[maybe_unused]] S& s, const instruction&, E& e) {
    if constexpr (is_routine) {
      call(s, e, std::make_integer_sequence<int, m.operands>{});
    } else if constexpr (m.swap) {
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
  template <class S, class E, int... I>
  static constexpr void call(const S& s, const E& e, std::integer_sequence<int, I...>) {
    using P = primitive_of<program_of<Name>::value.routines[Move]>;
    array_routine<P::name>::run(array_at<-1>(s, e), array_at<I>(s, e)...);
  }
  template <int I, class S, class E>
  static constexpr auto array_at([[maybe_unused]] const S& s, const E& e) {
    constexpr plan_place p = place<I>;
    const auto& a = e.template array<p.array>();
    constexpr int rank = std::remove_cvref_t<decltype(a)>::rank - p.indices;
    const auto x = [&]<int... D>(std::integer_sequence<int, D...>) {
      return strided_part<rank>(a, {s.i[p.index[D]]...});
    }(std::make_integer_sequence<int, p.indices>{});
    if constexpr (I < 0 && E::template keeps<p.array>) {
      return accumulated_array<std::remove_pointer_t<decltype(x.data)>, rank>{x};
    } else {
      return x;
    }
  }
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

}  // namespace TAPELESS_ABI
}  // namespace tapeless

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
