// SPDX-License-Identifier: BSL-1.0
#pragma once

// Results that repeat one row: the cotangent of a matrix that only its row sums are used of.
//
//   for i: for j: to(i, j) = x[i]
//
// Where memory lies along i, and several iterations of the outer loop run at once, each would write
// as many pieces of memory as the inner one has iterations. It writes the first of them, to(i, 0);
// when all are there, the others are copies of that whole column. (Number by number, other things
// take longer.)

#include <tapeless/codegen/layout.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// It does nothing else.
constexpr bool only_stores(const plan_region& r) {
  return r.instructions == 1 && r.extent >= 0 && !r.branch && !r.backward && r.accumulators == 0 &&
         r.carries == 0 && r.windows == 0;
}

/// A loop that only stores, Region, as such an inner loop.
template <class Name, class T, int Region>
struct repeated_rows {
  static constexpr const auto& p = program_of<Name>::value;
  static constexpr plan_region r = p.regions[Region];

  /// Dimensions of the array along the loop and along the one around it; -1: it is something else.
  struct directions {
    int along = -1, around = -1;
  };

 private:
  static constexpr int region_around() {
    for (int i = 0; i < p.sizes.regions; ++i) {
      const plan_region& x = p.regions[i];
      for (int k = x.first_instruction; k < x.first_instruction + x.instructions; ++k) {
        if (p.operations[k]->same_as(&run_region_operation) && p.arrays[k] == Region) return i;
      }
    }
    return -1;
  }
  static constexpr bool is_imported(const plan_region& x, int to) {
    for (int i = x.first_import; i < x.first_import + x.imports; ++i) {
      if (p.imports[i].kind == slot_class::index && p.imports[i].to == to) return true;
    }
    return false;
  }
  /// The index in a slot of this loop is that of the loop around.
  static constexpr bool is_index_around(int slot) {
    for (int i = r.first_import; i < r.first_import + r.imports; ++i) {
      const plan_import& m = p.imports[i];
      if (m.kind == slot_class::index && m.to == slot) return m.from == 0;
    }
    return false;
  }
  /// Nothing else in the program reads or writes the array.
  static constexpr bool is_only_access(int store) {
    const int to = p.arrays[store];
    for (int k = 0; k < p.sizes.instructions; ++k) {
      const operation& op = *p.operations[k];
      if (k != store && p.arrays[k] == to && !op.same_as(&run_region_operation) &&
          !op.same_as(&move_array_operation)) {
        return false;
      }
    }
    for (int i = 0; i < p.sizes.moves; ++i) {
      if (p.moves[i].reads(to) || p.moves[i].writes(to)) return false;
    }
    for (int i = 0; i < p.sizes.windows; ++i) {
      if (p.windows[i].array == to) return false;
    }
    return true;
  }
  static constexpr directions find() {
    const int store = r.first_instruction, outer = region_around();
    if (!p.operations[store]->same_as(&store_element_operation) || outer < 0) return {};
    const plan_region& around = p.regions[outer];
    if (!around.outermost || !around.nested || !is_imported(around, r.extent)) return {};
    const instruction& n = p.instructions[store];
    if (n.c >= 0 || !is_only_access(store)) return {};
    if (n.a == 0 && is_index_around(n.b)) return {0, 1};
    if (n.b == 0 && is_index_around(n.a)) return {1, 0};
    return {};
  }
  static constexpr directions found = find();
  /// Short pieces stay in the cache until they are complete.
  static constexpr std::ptrdiff_t fewest = 64;
  template <class E>
  TAPELESS_KERNEL static constexpr bool is_long(const E& e) {
    return e.template array<array>().extent(found.around) >= fewest;
  }
  static constexpr int array = p.arrays[r.first_instruction];

 public:
  template <class E>
  static constexpr bool applies() {
    if constexpr (!E::in_packets || found.along < 0 || array < p.sizes.inputs ||
                  array >= p.sizes.inputs + p.sizes.outputs) {
      return false;
    } else {
      using A = std::remove_cvref_t<decltype(std::declval<E&>().template array<array>())>;
      return !E::template keeps<array> && is_contiguous<A>(found.around) &&
             !is_contiguous<A>(found.along);
    }
  }
  /// How many iterations the loop has in one of the loop around, of this many.
  template <class E>
  TAPELESS_KERNEL static constexpr std::ptrdiff_t iterations(const E& e, std::ptrdiff_t count) {
    if constexpr (applies<E>()) {
      return count > 1 && is_long(e) ? 1 : count;
    } else {
      return count;
    }
  }
  /// After the loop around: the rows from the second on.
  template <class E>
  TAPELESS_KERNEL static constexpr void repeat([[maybe_unused]] E& e,
                                               [[maybe_unused]] std::ptrdiff_t count,
                                               [[maybe_unused]] std::ptrdiff_t count_around) {
    if constexpr (applies<E>()) {
      const auto& a = e.template array<array>();
      if (!is_long(e)) return;
      for (std::ptrdiff_t k = 1; k < count; ++k) {
        const auto* const from = &a.at(0, 0, 0);
        auto* const to = found.along == 0 ? &a.at(k, 0, 0) : &a.at(0, k, 0);
        // No call: it would take as long as a hundred elements.
        for (std::ptrdiff_t i = 0; i < count_around; ++i) to[i] = from[i];
      }
    }
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
