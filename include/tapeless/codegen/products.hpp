// SPDX-License-Identifier: BSL-1.0
#pragma once

// Folds that hand on products, whose factors may come in any order: then each lane of a packet
// multiplies those of its own iterations.

#include <tapeless/codegen/lanes.hpp>
#include <tapeless/codegen/plan_reader.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Finds folds of which only the last product is used, and pairs of a fold and the one backwards
/// that takes the same factors, of which only what both have come to before an iteration is used,
/// multiplied: the product of all other factors, whatever their order.
template <class Plan>
class product_finder : plan_reader<Plan> {
  using plan_reader<Plan>::p_;
  using plan_reader<Plan>::sizes_;
  using plan_reader<Plan>::around_;

 public:
  constexpr product_finder(Plan& planned, const plan_sizes& sizes)
      : plan_reader<Plan>(planned, sizes) {
    bool any = false;
    for (int r = 0; r < sizes_.regions; ++r) any = any || is_candidate(p_.regions[r]);
    if (!any) return;
    this->read();
    for (int r = 0; r < sizes_.regions; ++r) {
      if (!is_candidate(p_.regions[r])) continue;
      const finding there = look_at(p_.regions[r], -1);
      if (there.is_product) {
        p_.regions[r].product = there.kept < 0 || is_paired(r, there.kept);
      }
    }
  }

 private:
  /// Instructions: the one that keeps what is handed on, the one that loads what was kept.
  struct finding {
    bool is_product = false;
    int kept = -1, loaded = -1;
  };

  constexpr bool is_candidate(const plan_region& r) const {
    if (!r.packets || r.carries != 1 || r.nested) return false;
    for (int i = 0; i < r.accumulators; ++i) {
      if (p_.accumulators[r.first_accumulator + i].argument >= 0) return false;
    }
    return true;
  }
  /// Whether what is handed on is used for nothing but the next product, being kept, and being
  /// multiplied with what is loaded from `history`.
  constexpr finding look_at(const plan_region& r, int history) const {
    const plan_carry& c = p_.carries[r.first_carry];
    scratch<carried_form> values(r.values + 1), conditions(r.conditions + 1);
    values.of[c.local] = carried_form::linear;
    finding found;
    int old = -1;
    bool met = false;
    for (int k = r.first_instruction; k < r.first_instruction + r.instructions; ++k) {
      const operation& op = *p_.operations[k];
      const instruction& n = p_.instructions[k];
      if (this->stores_value(op)) {
        if (n.result == old) return {};
        if (values.of[n.result] != carried_form::linear) continue;
        if (!op.same_as(&store_element_operation) || n.result != c.local || found.kept >= 0) {
          return {};
        }
        found.kept = k;
      } else if (op.same_as(&load_element_operation) && p_.arrays[k] == history) {
        if (old >= 0) return {};
        old = n.result, found.loaded = k;
      } else if (op.arity == 0 || takes_indices(op)) {
        continue;
      } else {
        carried_form x[max_arity]{};
        bool depends = false, linear = false, with_old = false;
        for (int i = 0; i < op.arity; ++i) {
          const int slot = i == 0 ? n.a : i == 1 ? n.b : n.c;
          x[i] = i < op.condition_operands ? conditions.of[slot] : values.of[slot];
          depends = depends || x[i] != carried_form::none;
          linear = linear || x[i] == carried_form::linear;
          with_old = with_old || (i >= op.condition_operands && slot == old && old >= 0);
        }
        if (with_old) {
          const bool both = (n.a == old && n.b == c.local) || (n.b == old && n.a == c.local);
          if (op.kind != algebra::multiply || !both || met) return {};
          met = true;
          values.of[n.result] = carried_form::other;
        } else if (linear) {
          if (op.returns_condition || form_of_result(op, x) != carried_form::linear) return {};
          values.of[n.result] = carried_form::linear;
        } else if (depends) {
          (op.returns_condition ? conditions : values).of[n.result] = carried_form::other;
        }
      }
    }
    for (int i = 0; i < r.accumulators; ++i) {
      const int slot = p_.accumulators[r.first_accumulator + i].value;
      if (values.of[slot] == carried_form::linear || slot == old) return {};
    }
    found.is_product =
        values.of[c.next] == carried_form::linear && c.next != c.local && (history < 0 || met);
    return found;
  }
  /// Finds the fold backwards for the one that keeps what it hands on.
  constexpr bool is_paired(int forward, int kept) {
    const plan_region& f = p_.regions[forward];
    const int history = p_.arrays[kept];
    for (int r = 0; r < sizes_.regions; ++r) {
      plan_region& b = p_.regions[r];
      if (r == forward || around_.of[r] != around_.of[forward] || around_.of[r] < 0 ||
          !is_candidate(b) || b.extent != f.extent || b.backward == f.backward) {
        continue;
      }
      const finding there = look_at(b, history);
      int budget = 100;
      if (!there.is_product || there.kept >= 0 || p_.carries[b.first_carry].result >= 0 ||
          !same_element(f, b, kept, there.loaded, budget) ||
          !same(f, b, p_.carries[f.first_carry].next, p_.carries[b.first_carry].next,
                slot_class::value, budget) ||
          !is_between(history, f, b)) {
        continue;
      }
      plan_region& parent = p_.regions[around_.of[r]];
      p_.regions[forward].others = b.others = parent.values;
      parent.values += most_lanes * product_chains;
      return b.product = true;
    }
    return false;
  }
  /// No other region has to do with the array, but for filling what these do not reach.
  constexpr bool is_between(int array, const plan_region& f, const plan_region& b) const {
    const auto of = [](const plan_region& r, int k) {
      return k >= r.first_instruction && k < r.first_instruction + r.instructions;
    };
    for (int k = 0; k < sizes_.instructions; ++k) {
      const operation& op = *p_.operations[k];
      if (p_.arrays[k] == array && !of(f, k) && !of(b, k) && !op.same_as(&run_region_operation) &&
          !op.same_as(&fill_array_operation) && !op.same_as(&fill_rest_operation)) {
        return false;
      }
    }
    for (int i = 0; i < sizes_.moves; ++i) {
      if (p_.moves[i].writes(array) || p_.moves[i].reads(array)) return false;
    }
    for (int i = 0; i < sizes_.windows; ++i) {
      if (p_.windows[i].array == array) return false;
    }
    return true;
  }

  static constexpr bool takes_indices(const operation& op) {
    return op.kind >= algebra::array && op.kind < algebra::add && op.kind != algebra::index_cast &&
           op.kind != algebra::index_truth;
  }
  /// Whether a slot of f and one of b hold the same in the same iteration, where what they hand on
  /// counts as the same.
  constexpr bool same(const plan_region& f, const plan_region& b, int in_f, int in_b, slot_class c,
                      int& budget) const {
    if (in_f < 0 || in_b < 0) return in_f == in_b;
    if (--budget < 0) return false;
    const int local_f = c == slot_class::value ? p_.carries[f.first_carry].local : 0;
    const int local_b = c == slot_class::value ? p_.carries[b.first_carry].local : 0;
    if (c != slot_class::condition && (in_f == local_f || in_b == local_b)) {
      return in_f == local_f && in_b == local_b;
    }
    const int k = this->definition(f, in_f, c), l = this->definition(b, in_b, c);
    if (l >= 0 && p_.operations[l]->same_as(&load_element_operation) &&
        p_.arrays[l] >= sizes_.inputs) {
      return is_kept(f, b, in_f, l, budget);
    }
    if (k < 0 || l < 0) {
      const int from = this->origin(f, in_f, c);
      return k < 0 && l < 0 && from >= 0 && from == this->origin(b, in_b, c);
    }
    const operation& op = *p_.operations[k];
    const instruction &m = p_.instructions[k], &n = p_.instructions[l];
    if (!op.same_as(p_.operations[l])) return false;
    if (op.same_as(&load_element_operation)) {
      return p_.arrays[k] < sizes_.inputs && same_element(f, b, k, l, budget);
    }
    if (op.kind == algebra::constant) return m.a == n.a && m.bits == n.bits;
    if (op.kind == algebra::index_constant) return m.bits == n.bits;
    if (op.arity == 0 ||
        (takes_indices(op) && op.kind != algebra::index_value && op.kind != algebra::index_sum &&
         op.kind != algebra::index_difference && op.kind != algebra::index_product)) {
      return false;
    }
    const auto operand = [&](int i, int one, int other) {
      const slot_class of = takes_indices(op)           ? slot_class::index
                            : i < op.condition_operands ? slot_class::condition
                                                        : slot_class::value;
      return same(f, b, one, other, of, budget);
    };
    if (operand(0, m.a, n.a) && (op.arity < 2 || operand(1, m.b, n.b)) &&
        (op.arity < 3 || operand(2, m.c, n.c))) {
      return true;
    }
    return (op.kind == algebra::add || op.kind == algebra::multiply) && operand(0, m.a, n.b) &&
           operand(1, m.b, n.a);
  }
  /// Whether accesses k of f and l of b are to the same element.
  constexpr bool same_element(const plan_region& f, const plan_region& b, int k, int l,
                              int& budget) const {
    const instruction &m = p_.instructions[k], &n = p_.instructions[l];
    constexpr slot_class index = slot_class::index;
    return p_.arrays[k] == p_.arrays[l] && same(f, b, m.a, n.a, index, budget) &&
           same(f, b, m.b, n.b, index, budget) && same(f, b, m.c, n.c, index, budget);
  }
  /// Whether what load l of b finds is what f has kept there of a slot.
  constexpr bool is_kept(const plan_region& f, const plan_region& b, int in_f, int l,
                         int& budget) const {
    for (int k = f.first_instruction; k < f.first_instruction + f.instructions; ++k) {
      if (p_.operations[k]->same_as(&store_element_operation) && p_.arrays[k] == p_.arrays[l]) {
        return p_.instructions[k].result == in_f && same_element(f, b, k, l, budget) &&
               is_between(p_.arrays[l], f, b);
      }
    }
    return false;
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
