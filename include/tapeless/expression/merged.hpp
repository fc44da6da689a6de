// SPDX-License-Identifier: BSL-1.0
#pragma once

// Sharing among subexpressions with data: two programs, chosen by a comparison of the data.

#include <tapeless/codegen/compile.hpp>
#include <tapeless/codegen/enter_nest.hpp>
#include <tapeless/codegen/run.hpp>
#include <tapeless/expression/context.hpp>

#include <bit>
#include <cstdint>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// A graph with the pairs of numbers that must be equal for it.
template <class Graph>
struct merged_graph : Graph {
  int left[merging::limit]{}, right[merging::limit]{};
  int pairs = 0;
};

/// Source, with equal subexpressions merged.
template <class Source>
struct merged : Source {
  template <int Capacity>
  static constexpr auto trace() {
    merging m;
    merged_graph<decltype(Source::template trace<Capacity>(&m))> g{
        {Source::template trace<Capacity>(&m)}};
    g.pairs = m.pairs;
    for (int i = 0; i < m.pairs; ++i) {
      g.left[i] = m.left[i];
      g.right[i] = m.right[i];
    }
    return g;
  }
};

template <class Source>
constexpr bool has_equal_subexpressions() {
  if constexpr (requires { Source::numbers; }) {
    if constexpr (Source::numbers >= 2) return forward_graph<merged<Source>>::value().pairs > 0;
  }
  return false;
}

/// Bits, not values: for one captured variable both sides are the same value to the compiler, and
/// only then (NaN!) does the comparison fold.
template <class T>
TAPELESS_INLINE constexpr bool same_bits(const T& a, const T& b) {
  if constexpr (sizeof(T) == sizeof(std::uint64_t)) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
  } else if constexpr (sizeof(T) == sizeof(std::uint32_t)) {
    return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
  } else {
    return a == b;
  }
}
template <class Source, class T, int... I>
TAPELESS_INLINE constexpr bool numbers_agree(const T* numbers, std::integer_sequence<int, I...>) {
  // Indices as types: unoptimised code would refer to the graph, whose name is as long as it is.
  using graph = forward_graph<merged<Source>>;
  return (same_bits(numbers[std::integral_constant<int, graph::value().left[I]>::value],
                    numbers[std::integral_constant<int, graph::value().right[I]>::value]) &&
          ...);
}

/// run of the program that Transform makes of Source; `numbers` are the ones that it holds.
template <class Source, class Transform, class T, bool Add, int Kept, class In, class Out>
TAPELESS_INLINE constexpr void run_source(const T* numbers_, const In& in_, const Out& out_) {
  constexpr bool in_budget = compiled<Source, Transform>::in_budget();
  if constexpr (!in_budget) too_many_steps<!in_budget>();
  if constexpr (std::is_floating_point_v<T> && has_equal_subexpressions<Source>()) {
    constexpr int pairs = forward_graph<merged<Source>>::value().pairs;
    if (numbers_agree<Source>(numbers_, std::make_integer_sequence<int, pairs>{})) {
      run<program_name<compiled<merged<Source>, Transform>>, T, Add, Kept, Source::gathered>(in_,
                                                                                             out_);
      return;
    }
  }
  run<program_name<compiled<Source, Transform>>, T, Add, Kept, Source::gathered>(in_, out_);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
