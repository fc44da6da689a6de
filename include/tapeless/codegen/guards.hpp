// SPDX-License-Identifier: BSL-1.0
#pragma once

// Accesses that look for themselves whether an array has the element: what can be looked at once,
// before a loop, for all of its iterations.

#include <tapeless/codegen/plan.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

constexpr bool is_guarded_access(const operation& op) {
  return op.same_as(&load_guarded_operation) || op.same_as(&put_guarded_operation) ||
         op.same_as(&load_index_guarded_operation);
}

/// An index of a region that is something known before its loop, plus the loop's own index if it
/// `moves`.
struct index_of_loop {
  bool known = false, moves = false;
  int offset = -1;  ///< a slot; -1: zero
  bool minus = false;
};

template <class Plan>
constexpr index_of_loop describe_index(const Plan& p, const plan_region& r, int slot,
                                       bool computed = true) {
  if (slot == 0) return {true, true};
  for (int k = 0; k < r.imports; ++k) {
    const plan_import& x = p.imports[r.first_import + k];
    if (x.kind == slot_class::index && x.to == slot) return {true, false, slot};
  }
  for (int k = 0; k < r.instructions && computed; ++k) {
    const operation& op = *p.operations[r.first_instruction + k];
    const instruction& n = p.instructions[r.first_instruction + k];
    const bool minus = op.kind == algebra::index_difference;
    if ((op.kind != algebra::index_sum && !minus) || n.result != slot) continue;
    const index_of_loop a = describe_index(p, r, n.a, false), b = describe_index(p, r, n.b, false);
    if (a.known && b.known && a.moves && !b.moves) return {true, true, b.offset, minus};
    if (a.known && b.known && b.moves && !a.moves && !minus) return {true, true, a.offset};
  }
  return {};
}

/// All guards of the region's body, and there are some, can be looked at before its loop.
template <class Plan>
constexpr bool has_guards_of_loop(const Plan& p, const plan_region& r) {
  bool some = false;
  for (int k = 0; k < r.instructions; ++k) {
    const operation& op = *p.operations[r.first_instruction + k];
    // Twice the code is too much for loops within loops.
    if (op.same_as(&run_region_operation)) return false;
    if (!is_guarded_access(op)) continue;
    some = true;
    const instruction& n = p.instructions[r.first_instruction + k];
    for (int slot : {n.a, n.b, n.c}) {
      if (slot >= 0 && !describe_index(p, r, slot).known) return false;
    }
  }
  return some && r.extent >= 0 && !r.branch;
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
