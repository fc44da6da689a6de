// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the puts of one loop have in common: a condition outside of the loop, without which none of
// them adds anything, or places that move along with its index, a window of slots.

#include <tapeless/codegen/region_needs.hpp>
#include <tapeless/codegen/region_writer.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// A writer of regions that knows the puts of one loop together.
template <class Graph, int Outputs>
class put_groups : public region_writer<Graph, Outputs> {
  using base = region_writer<Graph, Outputs>;

 protected:
  using base::base;
  using base::new_slot, base::windows_, base::inside, base::kind, base::shape_of, base::unsafe,
      base::storage_of, base::array_of, base::is_stored_once, base::g_, base::row_of_, base::puts_,
      base::slot, base::fill, base::count_uses, base::emit, base::in_window_, base::is_new_,
      base::sizes;
  using typename base::frame;

  /// What a select has where a condition is as `outcome` says, if it has zero elsewhere.
  struct arm_of_puts {
    int condition = -1;
    bool outcome = true;
    int value = -1;
  };
  constexpr bool is_structural_zero(int n) const {
    return kind(n) == algebra::constant && g_.nodes[n].a == 1;
  }
  constexpr arm_of_puts arm_of(int v, int l) const {
    const node& x = g_.nodes[v];
    if (x.op->kind != algebra::select || x.bits != 1 || inside(g_.scope[x.a], l)) return {};
    const bool outcome = is_structural_zero(x.c);
    if (outcome == is_structural_zero(x.b)) return {};
    return {x.a, outcome, outcome ? x.b : x.c};
  }
  /// The condition without which all roots of loop l add nothing.
  constexpr arm_of_puts common_arm(int l, const root_of_loop* own, int count,
                                   const scratch<bool>& stored) const {
    arm_of_puts all;
    for (int i = 0; i < count; ++i) {
      if (own[i].put < 0 || stored.of[own[i].node]) return {};
      const array_info& a = array_of(own[i].node);
      const int v = puts_.of[own[i].put].value;
      if (a.exact || is_stored_once(a) || nest_tables::is_array(g_.nodes[v])) return {};
      const arm_of_puts one = arm_of(v, l);
      if (one.condition < 0) return {};
      if (i > 0 && (one.condition != all.condition || one.outcome != all.outcome)) return {};
      all = one;
    }
    return all;
  }
  /// The extent where the condition holds, else 0.
  constexpr int guarded_extent(frame& f, int extent, const arm_of_puts& arms) {
    int truth = new_slot(f.region, slot_class::index);
    emit(f, &index_truth_operation, {truth, slot(f, arms.condition), -1, -1, 0});
    if (!arms.outcome) {
      const int one = new_slot(f.region, slot_class::index),
                other = new_slot(f.region, slot_class::index);
      emit(f, &index_constant_operation, {one, 0, 0, 0, 1});
      emit(f, &index_difference_operation, {other, one, truth, -1, 0});
      truth = other;
    }
    const int guarded = new_slot(f.region, slot_class::index);
    emit(f, &index_product_operation, {guarded, extent, truth, -1, 0});
    return guarded;
  }

  static constexpr int max_window = 8;
  /// The offset of index i from the variable of loop l; false if it is something else.
  constexpr bool is_shifted(int i, int l, int& offset) const {
    const node& x = g_.nodes[i];
    offset = 0;
    if (i == g_.loops[l].index) return true;
    if (x.op->kind != algebra::index_sum || x.a != g_.loops[l].index ||
        kind(x.b) != algebra::index_constant) {
      return false;
    }
    const auto k = static_cast<std::ptrdiff_t>(g_.nodes[x.b].bits);
    offset = static_cast<int>(k);
    return k > -1000 && k < 1000;
  }
  /// Makes the window of array n in loop l; false if its puts do not move with the index.
  constexpr bool open_window(frame& f, const frame& in, int l, int n, const root_of_loop* own,
                             int count) {
    const array_info& a = array_of(n);
    if (a.exact || is_stored_once(a) || a.puts == 0 || g_.shapes[a.shape].rank != 1 ||
        row_of_.of[g_.nodes[n].a] != 0 || g_.loops[l].backward || g_.loops[l].condition >= 0) {
      return false;
    }
    int low = 1000, high = -1000, here = 0;
    plan_window w;
    for (int i = 0; i < count; ++i) {
      if (own[i].node != n) continue;
      const element_put& p = puts_.of[own[i].put];
      int offset = 0;
      if (p.scope != l || !is_shifted(p.index[0], l, offset)) return false;
      low = offset < low ? offset : low;
      high = offset > high ? offset : high;
      w.guarded = w.guarded || unsafe(p.index[0], shape_of(n).extent[0], vanishes(g_, p.value));
      ++here;
    }
    // Where one put is left nothing is gained.
    if ((here != a.puts && here < 2) || high - low >= max_window) return false;
    w.adds = here != a.puts || f.filled.of[n];
    if (w.adds) fill(f, n);
    w.array = storage_of(n), w.offset = low, w.width = high - low + 1;
    for (int k = 0; k < w.width; ++k) {
      const int s = new_slot(in.region, slot_class::value);
      if (k == 0) w.slot = s;
    }
    int newest = 0;
    for (int i = 0; i < count; ++i) {
      int offset = 0;
      if (own[i].node != n || !is_shifted(puts_.of[own[i].put].index[0], l, offset)) continue;
      in_window_.of[own[i].put] = w.slot + offset - low + 1;
      is_new_.of[own[i].put] = offset == high && low < high && newest++ == 0;
    }
    windows_[sizes.windows++] = {in.region, w};
    count_uses();
    return true;
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
