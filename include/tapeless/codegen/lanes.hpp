// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which loops of a plan can run several iterations at once, one in each lane of a packet, and how
// indices move from lane to lane.

#include <tapeless/codegen/plan.hpp>
#include <tapeless/graph/scratch.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// How a value follows from the number that a fold hands on.
enum class carried_form : std::uint8_t { none, linear, affine, other };

/// The motions of an instruction's three indices as the loop of its own region moves, then those as
/// the loop around it does, are written into the bits of the instruction, and the form of its
/// result.
constexpr int bits_of_motions = 6;
constexpr carried_form form_of(std::uint64_t bits) {
  return static_cast<carried_form>((bits >> (2 * bits_of_motions)) & 3);
}
constexpr motion motion_of(int motions, int operand) {
  return static_cast<motion>((motions >> (2 * operand)) & 3);
}

/// The form of what an operation makes of operands of these forms.
constexpr carried_form form_of_result(const operation& op, const carried_form* x) {
  using enum carried_form;
  const auto sum = [](carried_form one_side, carried_form other_side) {
    return one_side == other || other_side == other     ? other
           : one_side == linear && other_side == linear ? linear
                                                        : affine;
  };
  switch (op.kind) {
    case algebra::add:
    case algebra::subtract:
      return sum(x[0], x[1]);
    case algebra::multiply:
      return x[0] == none ? x[1] : x[1] == none ? x[0] : other;
    case algebra::divide:
      return x[1] == none ? x[0] : other;
    case algebra::negate:
      return x[0];
    case algebra::select:
      return x[0] == none ? sum(x[1], x[2]) : other;
    default:
      return other;
  }
}

/// Code of which copies would be too long, or outweigh what they save.
inline constexpr int longest_inner = 16;
constexpr bool is_long(const operation& op) {
  constexpr text_view short_ones[]{"abs", "fma", "min", "max", "relu", "sign", "sqrt"};
  for (text_view name : short_ones) {
    if (op.name == name) return false;
  }
  return op.kind == algebra::other && op.arity > 0 && !op.returns_condition;
}

template <class Plan>
constexpr bool is_long(const Plan& p, const plan_region& r) {
  if (r.instructions > longest_inner) return true;
  for (int k = 0; k < r.instructions; ++k) {
    if (is_long(*p.operations[r.first_instruction + k])) return true;
  }
  return false;
}

/// Finds the regions whose iterations are independent but for sums.
template <class Plan>
class lane_finder {
 public:
  constexpr lane_finder(Plan& planned, int regions) : p_(planned) {
    // Regions inside of others have larger numbers.
    for (int r = regions - 1; r >= 0; --r) {
      plan_region& x = p_.regions[r];
      if (x.extent < 0 || x.branch || x.hands_on_arrays || x.carries > 1) continue;
      if (x.backward && (x.windows > 0 || has_positions(x))) continue;
      if (x.carries > 0 && (x.windows > 0 || !hands_on_affinely(x))) continue;
      scratch<motion> moves(x.indices + 1);
      moves.of[0] = motion::step;
      x.packets = follow(x, moves, 0) && !(x.nested && (x.backward || x.carries > 0)) &&
                  !(x.nested && has_positions(x) && !can_run_again(x));
    }
  }

 private:
  constexpr bool has_positions(const plan_region& r) const {
    for (int i = 0; i < r.accumulators; ++i) {
      if (p_.accumulators[r.first_accumulator + i].argument >= 0) return true;
    }
    return false;
  }
  /// Iterations that have run can run once more: they are compared, and do nothing else.
  constexpr bool can_run_again(const plan_region& r) const {
    for (int i = 0; i < r.accumulators; ++i) {
      if (!p_.accumulators[r.first_accumulator + i].maximum) return false;
    }
    return r.windows == 0 && !writes(r);
  }
  constexpr bool writes(const plan_region& r) const {
    for (int k = r.first_instruction; k < r.first_instruction + r.instructions; ++k) {
      const operation& op = *p_.operations[k];
      if (op.same_as(&store_element_operation) || op.same_as(&put_element_operation) ||
          op.same_as(&put_guarded_operation) ||
          (op.same_as(&run_region_operation) && writes(p_.regions[p_.arrays[k]]))) {
        return true;
      }
    }
    return false;
  }
  /// What is handed on next is a * carry + b, where a and b do not depend on it: then iterations
  /// can be combined before it is known. Marks what depends on it, and how.
  constexpr bool hands_on_affinely(const plan_region& r) {
    const plan_carry& c = p_.carries[r.first_carry];
    scratch<carried_form> values(r.values + 1), conditions(r.conditions + 1);
    values.of[c.local] = carried_form::linear;
    for (int k = 0; k < r.instructions; ++k) {
      const operation& op = *p_.operations[r.first_instruction + k];
      instruction& n = p_.instructions[r.first_instruction + k];
      const bool stores = op.same_as(&store_element_operation) ||
                          op.same_as(&put_element_operation) || op.same_as(&put_guarded_operation);
      if (stores || op.arity == 0 ||
          (op.kind >= algebra::array && op.kind < algebra::add && op.kind != algebra::index_cast &&
           op.kind != algebra::index_truth)) {
        continue;
      }
      carried_form x[max_arity]{};
      bool depends = false;
      for (int i = 0; i < op.arity; ++i) {
        const int slot = i == 0 ? n.a : i == 1 ? n.b : n.c;
        x[i] = i < op.condition_operands ? conditions.of[slot] : values.of[slot];
        depends = depends || x[i] != carried_form::none;
      }
      if (!depends) continue;
      if (op.kind >= algebra::array && op.kind < algebra::add) return false;
      const carried_form form = form_of_result(op, x);
      n.bits |= static_cast<std::uint64_t>(form) << (2 * bits_of_motions);
      (op.returns_condition ? conditions : values).of[n.result] = form;
    }
    return values.of[c.next] != carried_form::other;
  }
  constexpr bool follow(plan_region& r, scratch<motion>& moves, int shift) {
    for (int k = 0; k < r.instructions; ++k) {
      if (!meet(r, r.first_instruction + k, moves, shift)) return false;
    }
    return true;
  }
  constexpr bool meet(plan_region& r, int k, scratch<motion>& moves, int shift) {
    const operation& op = *p_.operations[k];
    instruction& n = p_.instructions[k];
    const auto of = [&](int i) { return i < 0 ? motion::none : moves.of[i]; };
    const auto note = [&](motion first, motion second, motion third) {
      n.bits |= static_cast<std::uint64_t>(static_cast<int>(first) | static_cast<int>(second) << 2 |
                                           static_cast<int>(third) << 4)
                << shift;
    };
    switch (op.kind) {
      case algebra::index_sum:
      case algebra::index_difference: {
        const motion a = of(n.a), b = of(n.b);
        note(a, b, motion::none);
        moves.of[n.result] = b == motion::none                                    ? a
                             : a == motion::none && op.kind == algebra::index_sum ? b
                                                                                  : motion::any;
        return true;
      }
      case algebra::index_product:
      case algebra::index_quotient:
      case algebra::index_remainder:
      case algebra::index_count: {
        const motion a = of(n.a), b = op.arity > 1 ? of(n.b) : motion::none;
        // g++ 12 crashes on what comes out for loads and stores at twice the index.
        if (a == motion::step || b == motion::step) return false;
        note(a, b, motion::none);
        moves.of[n.result] = a == motion::none && b == motion::none ? motion::none : motion::any;
        return true;
      }
      case algebra::index_value:
        note(of(n.a), motion::none, motion::none);
        return true;
      case algebra::index_compare:
        note(of(n.a), of(n.b), motion::none);
        return true;
      case algebra::index_cast:
        moves.of[n.result] = motion::any;
        return true;
      default:
        // All other indices are constants and extents.
        if (op.arity > 0 && class_of(op) == slot_class::index) return false;
        break;
    }
    // What only plans have.
    if (op.kind != algebra::other || op.arity != 0) return true;
    const std::uint64_t name = op.hash;
    if (name == run_region_operation.hash) return shift == 0 && enter(r, p_.arrays[k], moves);
    if (name == fill_array_operation.hash || name == fill_rest_operation.hash ||
        name == move_array_operation.hash) {
      return false;
    }
    const motion a = of(n.a), b = of(n.b), c = of(n.c);
    note(a, b, c);
    const bool fixed = a == motion::none && b == motion::none && c == motion::none;
    if (name == store_element_operation.hash) {
      // All lanes would write the same element, as when an array is made anew in each iteration.
      if (fixed) return false;
      return shift == 0 || (a != motion::any && b != motion::any && c != motion::any);
    }
    if (name == load_index_operation.hash || name == load_index_guarded_operation.hash) {
      moves.of[n.result] = fixed ? motion::none : motion::any;
    }
    return true;
  }
  /// A loop inside, of the same length in all lanes, whose packets can be those of several
  /// iterations of the loop around at a time.
  constexpr bool enter(plan_region& r, int inner, const scratch<motion>& around) {
    plan_region& x = p_.regions[inner];
    if (!x.packets || x.nested || x.windows > 0 || around.of[x.extent] != motion::none)
      return false;
    if (x.carries > 0 || x.backward || has_positions(x)) return false;
    scratch<motion> moves(x.indices + 1);
    for (int i = 0; i < x.imports; ++i) {
      plan_import& m = p_.imports[x.first_import + i];
      if (m.kind == slot_class::index) moves.of[m.to] = m.moves = around.of[m.from];
    }
    if (!follow(x, moves, bits_of_motions)) return false;
    r.nested = true;
    x.too_long = is_long(p_, x);
    r.across = r.across || x.too_long;
    return true;
  }

  Plan& p_;
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
