// SPDX-License-Identifier: BSL-1.0
#pragma once

// What one run of a loop keeps for the next: values that cost more to compute again than to store
// and load, in arrays of their own, or in those of results that are written later.

#include <tapeless/codegen/put_groups.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Values offered by the runs of loops that are made already, to those that come.
template <class Graph, int Outputs>
class kept_values : public put_groups<Graph, Outputs> {
  using base = put_groups<Graph, Outputs>;

 protected:
  using base::room, base::new_slot, base::around_, base::loop_of_, base::instructions_,
      base::imports_, base::storages_, base::inside, base::kind, base::in_branch, base::history_of,
      base::storage_of, base::array_of, base::is_stored_once, base::g_, base::use_, base::puts_,
      base::scratch_outputs_, base::taken_, base::slot, base::define, base::entry_slot, base::emit,
      base::sizes, base::full, base::class_;
  using typename base::frame;

  constexpr kept_values(const Graph& g, bool scratch_outputs, bool separate_results)
      : base(g, scratch_outputs, separate_results), members_(g, use_), argument_of_(g.size) {
    for (int n = 0; n < g.size; ++n) {
      if (use_.live[n] && kind(n) == algebra::argument) argument_of_.of[g.nodes[n].a] = n + 1;
    }
  }

  /// A heavy value, and where it has been stored, once somebody wanted it.
  struct offer {
    int node = -1;
    int region = -1, slot = -1;  ///< where it is computed
    int around = -1;             ///< the region in whose iterations it is stored
    int storage = -1;
    int until = -1;  ///< the last pass in which it is there; -1: always
    int put = -1;    ///< what stores it in an array that the program needs anyway
  };

  /// Costs more to compute again than to store and load.
  constexpr bool is_heavy(int n) const {
    if (class_.of[n] == slot_class::none) return false;
    const operation& op = *g_.nodes[n].op;
    if (op.kind != algebra::extremum) return tapeless::is_heavy(op);
    // Its position would have to be kept too.
    return argument_of_.of[n] == 0;
  }
  /// Remembers where the heavy values of a loop are computed.
  constexpr void offer_kept(const frame& in, int l, const scratch<bool>& needed,
                            const scratch<int>& kept, const root_of_loop* own, int own_count) {
    if (g_.loops[l].sequential || g_.loops[l].condition >= 0) return;
    for (const int n : members_.own(l)) {
      if (!needed.of[n] || kept.of[n] != 0 || !is_heavy(n) || in.slot.of[n] == 0) continue;
      const offer here{n, in.region, in.slot.of[n] - 1, -1, -1, 0};
      for (int i = 0; i < own_count && offer_count_ < room; ++i) {
        if (own[i].put < 0 || !is_element(n, own[i])) continue;
        offer& stored = offers_[offer_count_++] = here;
        stored.put = own[i].put, stored.storage = storage_of(own[i].node);
        break;
      }
      if (offer_count_ == room) return;
      offers_[offer_count_++] = here;
    }
  }
  /// Node n is what a root puts into an array of the program's own, which needs it anyway.
  constexpr bool is_element(int n, const root_of_loop& r) const {
    const array_info& a = array_of(r.node);
    return puts_.of[r.put].value == n && puts_.of[r.put].scope == g_.scope[n] && a.scope == 0 &&
           storage_of(r.node) >= sizes.inputs + Outputs && is_stored_once(a) &&
           !in_branch(g_.scope[n]);
  }
  /// What earlier runs of loop l, or of those around it, have computed within it.
  constexpr void find_kept(int l, scratch<int>& kept) const {
    const offer* const all = offers_.data();
    const int depth = g_.loops[l].depth;
    for (int i = 0; i < offer_count_; ++i) {
      const int n = all[i].node;
      if (kept.of[n] != 0) continue;
      const int s = g_.scope[n];
      if (s != l && (g_.loops[s].depth <= depth || !inside(s, l))) continue;
      const int around = common(i);
      const bool is_there = all[i].put >= 0 && around == sizes.root;
      if (is_there || (all[i].put < 0 && is_worth_keeping(n, around))) kept.of[n] = i + 1;
    }
  }
  /// What the histories of a fold hold already.
  constexpr void find_histories_kept(const frame& f, int l, scratch<int>& kept) const {
    for (int k = 0; k < g_.loops[l].carries; ++k) {
      const int c = g_.carries[g_.loops[l].first_carry + k].node, h = history_of(c);
      if (h >= 0 && f.done.of[h]) kept.of[c] = -1;
    }
  }
  /// The innermost of the regions around an offer that is not complete yet.
  constexpr int common(int number) const {
    int r = offers_[number].region;
    while (!open_.of[r]) r = around_.of[r];
    return r;
  }
  /// Node n can be stored for all iterations within one of region r: their number is known before
  /// the program runs. In the program itself that could be a multiple of the size of its data, so
  /// there it must be one loop; in loops the memory is used again.
  constexpr bool is_worth_keeping(int n, int r) const {
    int rank = 0;
    for (int l = g_.scope[n]; l != loop_of_.of[r]; l = g_.loops[l].parent) {
      const loop& x = g_.loops[l];
      if (++rank > (r == sizes.root ? 1 : max_rank) || x.sequential || x.condition >= 0 ||
          !is_known_before(g_, x.extent)) {
        return false;
      }
    }
    return !in_branch(g_.scope[n]);
  }
  /// The slot of the index of loop l in a region that lies within it; there it is the first.
  constexpr int loop_index_slot(int region, int l) {
    if (loop_of_.of[region] == l) return 0;
    const int from = loop_index_slot(around_.of[region], l);
    for (int i = 0; i < sizes.imports; ++i) {
      const plan_import& x = imports_[i].value;
      if (imports_[i].region == region && x.kind == slot_class::index && x.from == from)
        return x.to;
    }
    if (sizes.imports == room) return full = true, 0;
    const int to = new_slot(region, slot_class::index);
    imports_[sizes.imports++] = {region, {slot_class::index, from, to}};
    return to;
  }
  /// Stores the values that are needed where they are computed, and loads them here.
  constexpr void load_kept(const frame& f, frame& in, const scratch<bool>& needed,
                           const scratch<int>& kept, const scratch<root_of_loop>& roots,
                           int root_count) {
    for (const int n : members_.own(in.scope)) {
      if (!needed.of[n] || kept.of[n] <= 0) continue;
      offer& k = offers_[kept.of[n] - 1];
      if (k.put >= 0) {
        const element_put& p = puts_.of[k.put];
        int at[max_rank]{-1, -1, -1};
        for (int d = 0; d < max_rank; ++d) at[d] = p.index[d] < 0 ? -1 : slot(in, p.index[d]);
        const int to = define(in, n);
        emit(in, &load_element_operation, {to, at[0], at[1], at[2], 0}, k.storage);
        continue;
      }
      const int around = common(kept.of[n] - 1);
      int loops[max_rank]{}, rank = 0;
      for (int l = in.scope; l != loop_of_.of[around]; l = g_.loops[l].parent) loops[rank++] = l;
      if (k.storage < 0 || k.around != around || (k.until >= 0 && pass_ > k.until)) {
        k.storage = place_for(f, k, loops, rank, roots, root_count);
        k.around = around;
        if (sizes.instructions == room) return;
        instruction store{k.slot, -1, -1, -1, 0};
        int* const to[]{&store.a, &store.b, &store.c};
        for (int d = 0; d < rank; ++d) *to[d] = loop_index_slot(k.region, loops[rank - 1 - d]);
        instructions_[sizes.instructions++] = {k.region, &store_element_operation, k.storage,
                                               store};
      }
      int index[max_rank]{-1, -1, -1};
      for (int d = 0; d < rank; ++d) index[d] = slot(in, g_.loops[loops[rank - 1 - d]].index);
      const int to = define(in, n);
      emit(in, &load_element_operation, {to, index[0], index[1], index[2], 0}, k.storage);
    }
  }
  /// A result that the loop will write later, or an array of its own.
  constexpr int place_for(const frame& f, offer& k, const int* loops, int rank,
                          const scratch<root_of_loop>& roots, int count) {
    if (scratch_outputs_ && f.parent == nullptr) {
      for (int i = 0; i < count; ++i) {
        const root_of_loop& r = roots.of[i];
        if (r.put < 0 || r.loop != loops[0] || r.pass < pass_) continue;
        const int o = storage_of(r.node) - sizes.inputs;
        const array_info& a = array_of(r.node);
        if (o < 0 || o >= Outputs || taken_[o] || g_.shapes[a.shape].rank != 1 ||
            !is_stored_once(a) || puts_.of[r.put].scope != loops[0]) {
          continue;
        }
        taken_[o] = true;
        k.until = r.pass;
        return sizes.inputs + o;
      }
    }
    k.until = -1;
    if (sizes.storages == Graph::table) return full = true, 0;
    plan_storage& s = storages_[sizes.storages];
    s.rank = rank;
    s.count = 1;
    for (int d = 0; d < rank; ++d) {
      const int extent = g_.loops[loops[rank - 1 - d]].extent;
      const node& e = g_.nodes[extent];
      s.extent[d] = entry_slot(*entry_, extent);
      const bool known = e.op->kind == algebra::index_constant && s.count >= 0;
      s.count = known ? s.count * static_cast<std::ptrdiff_t>(e.bits) : -1;
    }
    return sizes.inputs + Outputs + sizes.storages++;
  }

  scope_members<Graph> members_;
  frame* entry_ = nullptr;    ///< the region of sizes and checks
  scratch<bool> open_{room};  ///< regions whose instructions are being made
  scratch<int> argument_of_;  ///< of an extremum: the node of its position, plus one
  int offer_count_ = 0;
  int pass_ = 0;  ///< of the region that is being made

 private:
  growing<offer> offers_;
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
