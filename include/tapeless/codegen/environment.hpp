// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the regions of a running program see: its arrays, and local variables of their own.

#include <tapeless/codegen/name.hpp>
#include <tapeless/codegen/plan.hpp>
#include <tapeless/codegen/run.hpp>

#include <cstddef>
#include <utility>

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
  template <int D>
  TAPELESS_KERNEL constexpr std::ptrdiff_t stride() const {
    return strides[D];
  }
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

/// Parts known by their numbers: std::tuple takes the compilers several times as long.
template <int K, class A>
struct numbered {
  A value;
};
template <class Numbers, class... A>
struct numbered_parts;
template <int... K, class... A>
struct numbered_parts<std::integer_sequence<int, K...>, A...> : numbered<K, A>... {};
template <class... A>
using parts_of = numbered_parts<std::make_integer_sequence<int, sizeof...(A)>, A...>;
template <int K, class A>
TAPELESS_KERNEL constexpr A& part(numbered<K, A>& x) {
  return x.value;
}
template <int K, class A>
TAPELESS_KERNEL constexpr const A& part(const numbered<K, A>& x) {
  return x.value;
}

/// What the instructions of a running program share: its inputs, its outputs, its own arrays.
template <class T, bool Add, bool Packets, int Inputs, int Outputs, class Arrays>
struct environment {
  static constexpr bool in_packets = Packets;
  Arrays arrays;
  T* delayed = nullptr;  ///< room for factors of outer products that wait for the next iteration

  template <int K>
  TAPELESS_KERNEL constexpr const auto& array() const {
    return part<K>(arrays);
  }
  /// Two arrays of the program's own change places.
  template <int K, int L>
  TAPELESS_KERNEL constexpr void swap() {
    auto& a = part<K>(arrays);
    auto& b = part<L>(arrays);
    auto* const data = a.data;
    a.data = b.data;
    b.data = data;
  }
  /// Results of the caller's that are accumulated into.
  template <int K>
  static constexpr bool keeps = Add && K >= Inputs && K < Inputs + Outputs;
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

/// Packets of T, defined by the headers for tl::simd, and how a region runs in them: it returns how
/// many iterations it has done.
template <class T>
struct packet_of;
/// There are packets of T, but only of arithmetic, and g has other functions in its loops.
template <class T, bool Packets, class Graph>
consteval bool lacks_functions(const Graph& g) {
  if constexpr (Packets && requires { packet_of<T>::width; }) {
    return packet_of<T>::lacks_functions(g);
  } else {
    return false;
  }
}
/// Which functions they have; 0 where loops run number by number. Their code differs, and so must
/// its names, where two files of one program include different ones.
template <class T, bool Packets>
consteval int packets_of() {
  if constexpr (Packets && requires { packet_of<T>::width; }) {
    return packet_of<T>::library;
  } else {
    return 0;
  }
}
template <class Name, class T, int Region>
struct packet_code;

}  // namespace TAPELESS_ABI
}  // namespace tapeless

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
