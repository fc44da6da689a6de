// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the regions of a running program see: its arrays, and local variables of their own.

#include <tapeless/codegen/name.hpp>
#include <tapeless/codegen/plan.hpp>
#include <tapeless/codegen/run.hpp>

#include <cstddef>
#include <tuple>
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

}  // namespace TAPELESS_ABI
}  // namespace tapeless

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
