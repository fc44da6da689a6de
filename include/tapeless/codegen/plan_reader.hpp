// SPDX-License-Identifier: BSL-1.0
#pragma once

// Where a plan's regions run, and where what is in their slots comes from.

#include <tapeless/codegen/plan.hpp>
#include <tapeless/graph/scratch.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class Plan>
class plan_reader {
 protected:
  constexpr plan_reader(Plan& planned, const plan_sizes& sizes)
      : p_(planned), sizes_(sizes), around_(sizes.regions + 1, -1) {}

  /// Fills around_: the region that runs another one.
  constexpr void read() {
    for (int r = 0; r < sizes_.regions; ++r) {
      const plan_region& x = p_.regions[r];
      for (int k = x.first_instruction; k < x.first_instruction + x.instructions; ++k) {
        if (p_.operations[k]->hash == run_region_operation.hash) around_.of[p_.arrays[k]] = r;
      }
    }
  }
  static constexpr bool stores_value(const operation& op) {
    return op.same_as(&store_element_operation) || op.same_as(&put_element_operation) ||
           op.same_as(&put_guarded_operation);
  }
  /// Where a region computes what is in a slot; -1: it comes from the region around.
  constexpr int definition(const plan_region& r, int slot, slot_class c) const {
    for (int k = r.first_instruction; k < r.first_instruction + r.instructions; ++k) {
      const operation& op = *p_.operations[k];
      const bool computes = op.arity > 0 || op.kind != algebra::other ||
                            op.same_as(&load_element_operation) ||
                            op.same_as(&load_guarded_operation);
      if (computes && class_of(op) == c && p_.instructions[k].result == slot) return k;
    }
    return -1;
  }
  constexpr int origin(const plan_region& r, int slot, slot_class c) const {
    for (int i = r.first_import; i < r.first_import + r.imports; ++i) {
      if (p_.imports[i].kind == c && p_.imports[i].to == slot) return p_.imports[i].from;
    }
    return -1;
  }

  Plan& p_;
  const plan_sizes& sizes_;
  scratch<int> around_;
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
