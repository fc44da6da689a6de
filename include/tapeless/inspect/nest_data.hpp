// SPDX-License-Identifier: BSL-1.0
#pragma once

// A program with loops as plain data: its plan, its arguments and results.

#include <tapeless/codegen/plan.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

/// An argument or result of a program with loops.
struct nest_part {
  std::string text;          ///< a0, get<1>(a0)
  int rank = 0;              ///< 0: a scalar
  bool nested = false;       ///< elements are a[i][j], not a(i, j)
  std::string_view element;  ///< the type of its elements; empty: T
};

/// What the source of a program with loops is written from: plain data, so that one function writes
/// every program.
struct nest_source_data {
  std::span<const operation* const> operations;
  std::span<const int> arrays;
  std::span<const instruction> instructions;
  std::span<const std::string_view> qualifiers;  ///< of the operations
  std::span<const plan_region> regions;
  std::span<const plan_import> imports;
  std::span<const plan_accumulator> accumulators;
  std::span<const plan_carry> carries;
  std::span<const plan_window> windows;
  std::span<const plan_move> moves;
  std::span<const operation* const> routines;
  std::span<const plan_check> checks;
  std::span<const plan_storage> storages;
  std::span<const plan_output> results;
  int entry = 0, root = 0;
  std::vector<nest_part> inputs{}, outputs{};
};

}  // namespace detail
}  // namespace TAPELESS_ABI
}  // namespace tapeless
