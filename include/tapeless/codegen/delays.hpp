// SPDX-License-Identifier: BSL-1.0
#pragma once

// Outer products that each iteration of a fold backwards adds to a matrix from outside of it, as
// the gradients of weights are: of two iterations at a time they fetch and store the matrix once.

#include <tapeless/codegen/plan_reader.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Finds them: loops inside of loops over rows that run in packets, in a fold.
template <class Plan>
class delay_finder : plan_reader<Plan> {
  using plan_reader<Plan>::p_;
  using plan_reader<Plan>::sizes_;
  using plan_reader<Plan>::around_;

 public:
  constexpr delay_finder(Plan& planned, const plan_sizes& sizes)
      : plan_reader<Plan>(planned, sizes) {
    bool any = false;
    for (int r = 0; r < sizes_.regions; ++r) any = any || p_.regions[r].nested;
    if (!any) return;
    this->read();
    for (int r = 0, found = 0; r < sizes_.regions; ++r) {
      const int rows = around_.of[r], fold = rows < 0 ? -1 : around_.of[rows];
      if (fold < 0 || !p_.regions[rows].nested || !p_.regions[rows].packets ||
          p_.regions[rows].across) {
        continue;
      }
      const plan_region& f = p_.regions[fold];
      if (f.backward && f.extent >= 0 && !f.packets && !f.branch && delay(r, rows, fold)) {
        p_.regions[r].delay.number = found++;
      }
    }
  }

 private:
  constexpr bool delay(int columns, int rows, int fold) {
    plan_region &c = p_.regions[columns], &r = p_.regions[rows], &f = p_.regions[fold];
    const int width = this->origin(r, c.extent, slot_class::index);
    if (!is_fixed(f, r.extent) || !is_fixed(f, width)) return false;
    for (int k = c.first_instruction; k < c.first_instruction + c.instructions; ++k) {
      if (!p_.operations[k]->same_as(&put_element_operation)) continue;
      const instruction& put = p_.instructions[k];
      if (put.a < 0 || this->origin(c, put.a, slot_class::index) != 0 || put.b != 0 || put.c >= 0) {
        continue;
      }
      const int product = this->definition(c, put.result, slot_class::value);
      if (product < 0 || p_.operations[product]->kind != algebra::multiply ||
          uses(c, put.result) != 1) {
        continue;
      }
      const instruction& m = p_.instructions[product];
      for (const bool second : {false, true}) {
        const int factor = second ? m.b : m.a, other = second ? m.a : m.b;
        const int load = this->definition(c, other, slot_class::value);
        const int weight = this->origin(c, factor, slot_class::value);
        if (weight < 0 || load < 0 || !p_.operations[load]->same_as(&load_element_operation)) {
          continue;
        }
        const instruction& n = p_.instructions[load];
        if (n.a <= 0 || n.b != 0 || n.c >= 0 ||
            !moves_along(
                f, this->origin(r, this->origin(c, n.a, slot_class::index), slot_class::index)) ||
            !is_apart(p_.arrays[k], fold, k, false) || !is_apart(p_.arrays[load], fold, k, true)) {
          continue;
        }
        c.delay.put = k - c.first_instruction, c.delay.load = load - c.first_instruction;
        c.delay.weight = weight, c.delay.row = n.a;
        if (f.counted < 0) f.counted = f.indices++;
        r.delay.count = f.counted;
        return true;
      }
    }
    return false;
  }
  /// No other instruction in the fold has to do with the array, or none changes it.
  constexpr bool is_apart(int array, int fold, int but, bool may_load) const {
    for (int r = 0; r < sizes_.regions; ++r) {
      int outer = r;
      while (outer >= 0 && outer != fold) outer = around_.of[outer];
      if (outer != fold) continue;
      const plan_region& x = p_.regions[r];
      for (int k = x.first_instruction; k < x.first_instruction + x.instructions; ++k) {
        const operation& op = *p_.operations[k];
        if (op.same_as(&move_array_operation)) {
          const plan_move& m = p_.moves[p_.arrays[k]];
          if (m.writes(array) || m.reads(array)) return false;
          continue;
        }
        if (p_.arrays[k] != array || k == but || op.same_as(&run_region_operation)) continue;
        if (!may_load || !(op.same_as(&load_element_operation) ||
                           op.same_as(&load_guarded_operation) || op.kind == algebra::extent)) {
          return false;
        }
      }
    }
    for (int i = 0; i < sizes_.windows; ++i) {
      if (p_.windows[i].array == array) return false;
    }
    return true;
  }

  /// How often a value is used.
  constexpr int uses(const plan_region& r, int slot) const {
    int count = 0;
    for (int i = 0; i < r.accumulators; ++i) {
      count += p_.accumulators[r.first_accumulator + i].value == slot;
    }
    for (int k = r.first_instruction; k < r.first_instruction + r.instructions; ++k) {
      const operation& op = *p_.operations[k];
      const instruction& n = p_.instructions[k];
      if (this->stores_value(op)) {
        count += n.result == slot;
      } else if (op.arity > 0) {
        count += (n.a == slot) + (n.b == slot) + (n.c == slot);
      }
    }
    return count;
  }
  /// An index that is the same in all iterations.
  constexpr bool is_fixed(const plan_region& r, int slot) const {
    if (slot <= 0) return false;
    const int k = this->definition(r, slot, slot_class::index);
    return k < 0 ? this->origin(r, slot, slot_class::index) >= 0
                 : p_.operations[k]->kind == algebra::extent ||
                       p_.operations[k]->kind == algebra::index_constant;
  }
  /// An index that is one more in the iteration after.
  constexpr bool moves_along(const plan_region& r, int slot) const {
    if (slot <= 0) return slot == 0;
    const int k = this->definition(r, slot, slot_class::index);
    if (k < 0) return false;
    const instruction& n = p_.instructions[k];
    return (p_.operations[k]->kind == algebra::index_sum &&
            ((n.a == 0 && is_fixed(r, n.b)) || (n.b == 0 && is_fixed(r, n.a)))) ||
           (p_.operations[k]->kind == algebra::index_difference && n.a == 0 && is_fixed(r, n.b));
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
