// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the instructions of a plan read and write.

#include <tapeless/inspect/nest_text.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

class nest_uses : protected nest_text {
 protected:
  explicit nest_uses(nest_source_data data) : nest_text(std::move(data)) { count_uses(); }

  static bool is_load(const operation& op) {
    return op.same_as(&load_element_operation) || op.same_as(&load_guarded_operation);
  }
  static bool is_index_load(const operation& op) {
    return op.same_as(&load_index_operation) || op.same_as(&load_index_guarded_operation);
  }
  static bool is_put(const operation& op) {
    return op.same_as(&put_element_operation) || op.same_as(&put_guarded_operation) ||
           op.same_as(&store_element_operation);
  }
  static bool accesses(const operation& op) {
    return is_load(op) || is_index_load(op) || is_put(op);
  }
  /// Has operands and a result, and no effect.
  static bool is_arithmetic(const operation& op) {
    return op.arity > 0 && (op.kind == algebra::other || op.kind >= algebra::add);
  }
  /// Calls use(kind, slot) for what an instruction reads.
  template <class Use>
  static void each_operand(const operation& op, const instruction& n, const Use& use) {
    const int slots[max_rank]{n.a, n.b, n.c};
    if (is_arithmetic(op)) {
      for (int i = 0; i < op.arity; ++i) {
        use(i < op.condition_operands ? slot_class::condition : slot_class::value, slots[i]);
      }
    } else if (op.kind == algebra::index_truth) {
      use(slot_class::condition, n.a);
    } else if (op.kind == algebra::index_cast) {
      use(slot_class::value, n.a);
    } else if (op.kind >= algebra::index_sum && op.kind <= algebra::index_value) {
      for (int i = 0; i < op.arity; ++i) use(slot_class::index, slots[i]);
    } else if (is_load(op) || is_index_load(op) || is_put(op) ||
               op.same_as(&check_entries_operation) || op.same_as(&fill_rest_operation) ||
               op.same_as(&fill_array_operation)) {
      for (const int s : slots) {
        if (s >= 0) use(slot_class::index, s);
      }
      if (is_put(op)) use(slot_class::value, n.result);
    }
  }
  /// The slot of x where an accumulator is the maximum of -x, which is run as the minimum of x.
  int least_of(int region, const plan_accumulator& a) const {
    const plan_region& r = regions[size(region)];
    for (int i = 0; i < r.instructions && a.maximum; ++i) {
      const std::size_t n = size(r.first_instruction + i);
      if (operations[n]->kind == algebra::negate && instructions[n].result == a.value) {
        return instructions[n].a;
      }
    }
    return -1;
  }
  /// The program stores something in a result that it reads again before it writes the result.
  bool waits(std::size_t number) const {
    const int array = arrays[number];
    if (!is_output(array)) return false;
    bool read = false, later = false;
    for (std::size_t k = 0; k < operations.size(); ++k) {
      if (operations[k]->same_as(&move_array_operation)) {
        read = read || moves[size(arrays[k])].reads(array);
        later = later || (k > number && moves[size(arrays[k])].to.array == array);
      }
      if (!accesses(*operations[k]) || arrays[k] != array) continue;
      read = read || is_load(*operations[k]);
      // Regions are numbered in the order in which they are begun.
      later = later || (k > number && is_put(*operations[k]));
    }
    return read && later;
  }

  /// An iteration of the region writes to the array: what it reads there has its time.
  bool is_written_in(int region, int array) const {
    if (is_input(array)) return false;
    const plan_region& r = regions[size(region)];
    for (int i = 0; i < r.windows; ++i) {
      if (windows[size(r.first_window + i)].array == array) return true;
    }
    for (int i = 0; i < r.instructions; ++i) {
      const std::size_t n = size(r.first_instruction + i);
      const operation& op = *operations[n];
      if (op.same_as(&run_region_operation)) {
        if (is_written_in(arrays[n], array)) return true;
      } else if (op.same_as(&move_array_operation)) {
        const plan_move& m = moves[size(arrays[n])];
        if (m.writes(array)) return true;
      } else if ((is_put(op) || op.same_as(&fill_array_operation) ||
                  op.same_as(&fill_rest_operation)) &&
                 arrays[n] == array) {
        return true;
      }
    }
    return false;
  }

 private:
  /// How often the text of a slot would be written, or 2 where it must have a name.
  void count_uses() {
    const auto use = [&](int region, slot_class kind, int slot, int times) {
      state(region, kind, slot).uses += times;
    };
    for (std::size_t k = 0; k < regions.size(); ++k) {
      const plan_region& r = regions[k];
      const int region = static_cast<int>(k);
      for (int i = 0; i < r.instructions; ++i) {
        const std::size_t n = size(r.first_instruction + i);
        const operation& op = *operations[n];
        const bool twice =
            op.same_as(&load_guarded_operation) || op.same_as(&load_index_guarded_operation) ||
            op.same_as(&put_guarded_operation) || op.same_as(&check_entries_operation);
        each_operand(op, instructions[n], [&](slot_class kind, int slot) {
          use(region, kind, slot, twice && kind == slot_class::index ? 2 : 1);
        });
        if (op.same_as(&move_array_operation)) {
          const plan_move& m = moves[size(arrays[n])];
          const auto use_indices = [&](const plan_place& place_) {
            for (int d = 0; d < place_.indices; ++d)
              use(region, slot_class::index, place_.index[d], 2);
          };
          use_indices(m.to);
          for (int i2 = 0; i2 < m.operands; ++i2) use_indices(m.operand(i2));
        }
        if (op.same_as(&run_region_operation)) {
          const plan_region& in = regions[size(arrays[n])];
          if (in.extent >= 0) use(region, slot_class::index, in.extent, 1);
          for (int j = 0; j < in.imports; ++j) {
            const plan_import& x = imports[size(in.first_import + j)];
            use(region, x.kind, x.from, 2);
          }
          for (int j = 0; j < in.carries; ++j) {
            use(region, slot_class::value, carries[size(in.first_carry + j)].initial, 1);
          }
          if (in.windows > 0) use(region, slot_class::index, in.extent, 1);
        }
      }
      for (int i = 0; i < r.accumulators; ++i) {
        const plan_accumulator& a = accumulators[size(r.first_accumulator + i)];
        const int least = least_of(region, a);
        use(region, slot_class::value, least < 0 ? a.value : least, a.maximum ? 2 : 1);
      }
      for (int i = 0; i < r.carries; ++i) {
        use(region, slot_class::value, carries[size(r.first_carry + i)].next, r.carries);
      }
    }
    for (const plan_output& x : results) {
      if (x.slot >= 0) use(root, slot_class::value, x.slot, 1);
    }
  }
};

}  // namespace detail
}  // namespace TAPELESS_ABI
}  // namespace tapeless
