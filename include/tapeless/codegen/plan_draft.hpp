// SPDX-License-Identifier: BSL-1.0
#pragma once

// A plan in the making: tables that grow, and the same in their exact sizes.

#include <tapeless/codegen/delays.hpp>
#include <tapeless/codegen/lanes.hpp>
#include <tapeless/codegen/plan.hpp>
#include <tapeless/codegen/products.hpp>
#include <tapeless/graph/scratch.hpp>

#include <utility>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class Graph, int Outputs>
class plan_draft {
 public:
  static constexpr int room = Graph::capacity * 4;

  plan_sizes sizes{};
  bool full = false;

  /// The same in arrays of sizes for which there is room in S, region by region.
  template <plan_sizes S>
  constexpr auto compacted() const {
    plan<S> p;
    digest d;
    sorted(instructions_, sizes.instructions, &plan_region::first_instruction,
           &plan_region::instructions, p.regions, [&](int to, const tagged& t) {
             p.operations[to] = t.op;
             p.arrays[to] = t.array;
             p.instructions[to] = t.code;
             p.anonymous = p.anonymous || t.op->anonymous;
           });
    sorted(imports_, sizes.imports, &plan_region::first_import, &plan_region::imports, p.regions,
           [&](int to, const auto& from) { p.imports[to] = from.value; });
    sorted(accumulators_, sizes.accumulators, &plan_region::first_accumulator,
           &plan_region::accumulators, p.regions,
           [&](int to, const auto& from) { p.accumulators[to] = from.value; });
    sorted(carries_, sizes.carries, &plan_region::first_carry, &plan_region::carries, p.regions,
           [&](int to, const auto& from) { p.carries[to] = from.value; });
    sorted(windows_, sizes.windows, &plan_region::first_window, &plan_region::windows, p.regions,
           [&](int to, const auto& from) { p.windows[to] = from.value; });
    for (int r = 0; r < sizes.regions; ++r) {
      const plan_region places = p.regions[r];
      plan_region& x = p.regions[r] = regions_[r];
      x.first_instruction = places.first_instruction, x.instructions = places.instructions;
      x.first_import = places.first_import, x.imports = places.imports;
      x.first_accumulator = places.first_accumulator, x.accumulators = places.accumulators;
      x.first_carry = places.first_carry, x.carries = places.carries;
      x.first_window = places.first_window, x.windows = places.windows;
      mix(d, p, r);
    }
    for (int i = 0; i < sizes.moves; ++i) {
      const plan_move& m = p.moves[i] = moves_[i];
      const auto mix_place = [&](const plan_place& place_) {
        d.mix(hash_of_slots(place_.index[0], place_.index[1], place_.index[2]),
              hash_of_slots(place_.array, place_.indices, m.rank * 2 + m.swap));
      };
      mix_place(m.to);
      for (int k = 0; k < m.operands; ++k) mix_place(m.operand(k));
      const operation* const routine = p.routines[i] = routines_[i];
      if (routine == nullptr) continue;
      d.mix(routine->hash, static_cast<unsigned>(m.operands));
      p.anonymous = p.anonymous || routine->anonymous;
    }
    for (int i = 0; i < sizes.checks; ++i) {
      const plan_check& c = p.checks[i] = checks_[i];
      d.mix(hash_of_slots(c.array, c.first, c.last), hash_of_slots(c.extent, c.dimension, c.input));
      d.mix(static_cast<unsigned>(c.kind) + 16 * static_cast<unsigned>(c.rule) +
                1024 * static_cast<unsigned>(c.input_dimension),
            static_cast<unsigned>(c.loop_count));
      for (int l = 0; l < c.loop_count; ++l) d.mix(static_cast<unsigned>(c.loops[l]));
    }
    for (int i = 0; i < sizes.storages; ++i) {
      p.storages[i] = storages_[i];
      const plan_storage& s = storages_[i];
      d.mix(hash_of_slots(s.extent[0], s.extent[1], s.extent[2]), static_cast<unsigned>(s.rank));
    }
    for (int i = 0; i < sizes.outputs; ++i) {
      p.outputs[i] = outputs_.of[i];
      const plan_output& o = outputs_.of[i];
      d.mix(hash_of_slots(o.extent[0], o.extent[1], o.extent[2]), hash_of_slots(o.slot, o.rank, 0));
    }
    d.mix(hash_of_slots(sizes.inputs, sizes.outputs, 0),
          hash_of_slots(sizes.entry, sizes.root, sizes.regions));
    p.high = d.high, p.low = d.low;
    lane_finder<plan<S>>{p, sizes.regions};
    product_finder<plan<S>>{p, sizes};
    delay_finder<plan<S>>{p, sizes};
    return p;
  }

 protected:
  /// A region that runs in `around`, for a loop.
  constexpr int new_region(int around = -1, int scope = 0) {
    if (sizes.regions == room) return full = true, 0;
    around_.of[sizes.regions] = around;
    loop_of_.of[sizes.regions] = scope;
    return sizes.regions++;
  }
  constexpr int new_slot(int region, slot_class c) {
    plan_region& r = regions_[region];
    return c == slot_class::value       ? r.values++
           : c == slot_class::condition ? r.conditions++
                                        : r.indices++;
  }
  constexpr void emit_in(int region, const operation* op, const instruction& code, int array = -1) {
    if (sizes.instructions == room) {
      full = true;
      return;
    }
    instructions_[sizes.instructions++] = {region, op, array, code};
  }
  constexpr void add_import(int region, const plan_import& x) {
    if (sizes.imports == room) {
      full = true;
      return;
    }
    imports_[sizes.imports++] = {region, x};
  }

  // Without initialisers, which a compiler would evaluate for all that there is room for.
  struct tagged {
    int region;
    const operation* op;
    int array;
    instruction code;
  };
  template <class T>
  struct in_region {
    int region = -1;
    T value{};
  };

  growing<plan_region> regions_;
  scratch<int> around_{room}, loop_of_{room};  ///< of a region: the one that runs it, its loop
  growing<tagged> instructions_;
  growing<in_region<plan_import>> imports_;
  growing<in_region<plan_accumulator>> accumulators_;
  growing<in_region<plan_carry>> carries_;
  growing<in_region<plan_window>> windows_;
  growing<plan_move> moves_;
  growing<const operation*> routines_;
  growing<plan_check> checks_;
  growing<plan_storage> storages_;
  scratch<plan_output> outputs_{Outputs + 1};

 private:
  /// Counts the entries of each region and calls put(place, entry) for each, region by region.
  template <class Entry, int Count, class Put>
  constexpr void sorted(const growing<Entry>& entries, int count, int plan_region::* first,
                        int plan_region::* number, plan_region (&regions)[Count],
                        const Put& put) const {
    const Entry* const all = entries.data();
    for (int i = 0; i < count; ++i) ++(regions[all[i].region].*number);
    for (int r = 0, next = 0; r < sizes.regions; ++r) {
      regions[r].*first = next;
      next += std::exchange(regions[r].*number, 0);
    }
    for (int i = 0; i < count; ++i) {
      plan_region& r = regions[all[i].region];
      put(r.*first + (r.*number)++, all[i]);
    }
  }
  /// Mixes region r into the digest.
  template <class Plan>
  static constexpr void mix(digest& d, const Plan& p, int r) {
    const plan_region& x = p.regions[r];
    for (int i = x.first_instruction; i < x.first_instruction + x.instructions; ++i) {
      const instruction& code = p.instructions[i];
      d.mix(p.operations[i]->hash ^ code.bits, hash_of_slots(code.a, code.b, code.c));
      d.mix(hash_of_slots(code.result, p.arrays[i], r));
    }
    for (int i = x.first_import; i < x.first_import + x.imports; ++i) {
      const plan_import& y = p.imports[i];
      d.mix(hash_of_slots(y.from, y.to, static_cast<int>(y.kind)));
    }
    for (int i = x.first_accumulator; i < x.first_accumulator + x.accumulators; ++i) {
      const plan_accumulator& a = p.accumulators[i];
      d.mix(hash_of_slots(a.value, a.result, a.argument), a.maximum);
    }
    for (int i = x.first_carry; i < x.first_carry + x.carries; ++i) {
      const plan_carry& c = p.carries[i];
      d.mix(hash_of_slots(c.initial, c.local, c.next), static_cast<unsigned>(c.result));
    }
    for (int i = x.first_window; i < x.first_window + x.windows; ++i) {
      const plan_window& w = p.windows[i];
      d.mix(hash_of_slots(w.array, w.slot, w.width),
            static_cast<unsigned>(w.offset * 4 + w.guarded * 2 + w.adds));
    }
    d.mix(hash_of_slots(x.extent, x.branch, x.backward), static_cast<unsigned>(r));
  }
  static constexpr std::uint64_t hash_of_slots(int a, int b, int c) {
    return (static_cast<std::uint64_t>(static_cast<unsigned>(a)) << 42) ^
           (static_cast<std::uint64_t>(static_cast<unsigned>(b)) << 21) ^
           static_cast<std::uint64_t>(static_cast<unsigned>(c));
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
