// SPDX-License-Identifier: BSL-1.0
#pragma once

// Sums within a loop whose iterations do not wait for each other: the first terms of several of
// them can be added up in turns. Each sum keeps its order, but one waits less for its own last
// addition.

#include <tapeless/codegen/guards.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// How many sums at once. g++ multiplies in packets and adds from their lanes instead, which is as
/// fast.
#if defined(__clang__)
inline constexpr int interleaved_sums = 4;
#else
inline constexpr int interleaved_sums = 1;
#endif
/// What fewer terms save is less than what it costs to begin.
inline constexpr int fewest_interleaved_terms = 16;

/// Processors foresee what comes after one long stretch of memory; of several short ones that are
/// read in turns they wait for each. So the terms of iterations to come are fetched ahead, unless
/// all of them together fit into a core's own cache anyway.
inline constexpr int fetched_ahead = 2 * interleaved_sums;
inline constexpr std::ptrdiff_t fewest_fetched_terms = 1 << 17, longest_fetched = 1024;
/// Of doubles in the line of a cache.
inline constexpr int fetched_at_once = 8;

constexpr bool writes_array(const operation& op) {
  return op.same_as(&store_element_operation) || op.same_as(&put_element_operation) ||
         op.same_as(&put_guarded_operation) || op.same_as(&fill_array_operation) ||
         op.same_as(&fill_rest_operation) || op.same_as(&move_array_operation);
}
constexpr bool reads_array(const operation& op) {
  return op.same_as(&load_element_operation) || op.same_as(&load_guarded_operation) ||
         op.same_as(&load_index_operation) || op.same_as(&load_index_guarded_operation);
}

/// A plan of any size.
struct plan_tables {
  const operation* const* operations;
  const int* arrays;
  const plan_region* regions;
  const plan_accumulator* accumulators;
  const plan_window* windows;
  int inputs, outputs;
};

class interleaving {
 public:
  constexpr interleaving(const plan_tables& p, const plan_region& r) : p_(p), r_(r) {}

  /// The instruction that runs such a loop, and before which nothing is written; -1: there is none.
  constexpr int place() const {
    if (interleaved_sums == 1 || r_.extent < 0 || r_.branch || r_.backward || r_.carries > 0 ||
        r_.windows > 0) {
      return -1;
    }
    int at = 0;
    while (at < r_.instructions && !operation_at(r_, at).same_as(&run_region_operation)) {
      if (writes_array(operation_at(r_, at))) return -1;
      ++at;
    }
    if (at == r_.instructions) return -1;
    const plan_region& x = p_.regions[p_.arrays[r_.first_instruction + at]];
    return is_short_sum(x) && keeps_inputs(r_, at, at + 1) &&
                   keeps_inputs(x, x.instructions, at + 1)
               ? at
               : -1;
  }

 private:
  static constexpr int longest = 12;

  constexpr const operation& operation_at(const plan_region& x, int i) const {
    return *p_.operations[x.first_instruction + i];
  }
  constexpr bool is_short_sum(const plan_region& x) const {
    if (x.extent < 0 || x.branch || x.backward || x.carries > 0 || x.windows > 0 ||
        x.accumulators == 0 || x.instructions > longest) {
      return false;
    }
    for (int i = 0; i < x.accumulators; ++i) {
      if (p_.accumulators[x.first_accumulator + i].maximum) return false;
    }
    for (int i = 0; i < x.instructions; ++i) {
      const operation& op = operation_at(x, i);
      // A function called waits for nothing else either.
      const bool called = op.kind == algebra::other && op.arity > 0 && !op.returns_condition;
      if (called || writes_array(op) || is_guarded_access(op) ||
          op.same_as(&run_region_operation)) {
        return false;
      }
    }
    return true;
  }
  /// Nothing that the first instructions of region x read is written from instruction `from` on.
  constexpr bool keeps_inputs(const plan_region& x, int count, int from) const {
    for (int i = 0; i < count; ++i) {
      if (!reads_array(operation_at(x, i))) continue;
      const int array = p_.arrays[x.first_instruction + i];
      // Results of the caller's may be one place.
      const bool is_result = array >= p_.inputs && array < p_.inputs + p_.outputs;
      if (is_result || is_written(r_, from, array)) return false;
    }
    return true;
  }
  constexpr bool is_written(const plan_region& x, int from, int array) const {
    for (int i = from; i < x.instructions; ++i) {
      const operation& op = operation_at(x, i);
      const int place = p_.arrays[x.first_instruction + i];
      if (op.same_as(&move_array_operation) || (writes_array(op) && place == array) ||
          (op.same_as(&run_region_operation) && is_written(p_.regions[place], 0, array))) {
        return true;
      }
    }
    for (int i = 0; i < x.windows; ++i) {
      if (p_.windows[x.first_window + i].array == array) return true;
    }
    return false;
  }

  plan_tables p_;
  const plan_region& r_;
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
