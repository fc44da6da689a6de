// SPDX-License-Identifier: BSL-1.0
#pragma once

// From a graph with loops to a plan: which loops run how often, and what is computed where.
//
// A region is one execution of a loop inside of another region. Reductions over one loop share a
// region unless one needs the other's result; then the loop is run again, and what the body needs
// is computed again. Nothing here knows of forward and backward code.

#include <tapeless/codegen/kept_values.hpp>
#include <tapeless/codegen/passes.hpp>
#include <tapeless/codegen/plan_room.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class Graph, int Outputs>
class planner : public kept_values<Graph, Outputs> {
  using base = kept_values<Graph, Outputs>;
  using base::room, base::new_region, base::regions_, base::accumulators_, base::carries_,
      base::outputs_, base::inside, base::child, base::kind, base::shape_of, base::carry_number,
      base::place_of, base::history_of, base::storage_of, base::array_of, base::g_, base::use_,
      base::carries_in_, base::puts_, base::narrowed_, base::shared_, base::shared_count_,
      base::slot, base::define, base::located, base::compute, base::fill, base::fill_rest,
      base::put_now, base::move, base::start_arrays, base::hand_on_arrays, base::entry, base::emit,
      base::stores_, base::members_, base::entry_, base::open_, base::argument_of_,
      base::offer_count_, base::pass_, base::arm_of, base::common_arm, base::guarded_extent,
      base::open_window, base::offer_kept, base::find_kept, base::find_histories_kept,
      base::load_kept, base::uses_, base::first_use_, base::last_use_, base::used_, base::class_,
      base::separate_results_;
  using typename base::arm_of_puts, typename base::array_carry, typename base::frame;

 public:
  using base::sizes, base::full;
  plan_mode instead = plan_mode::scratch;  ///< scratch: no value is overwritten before it is read

  /// `scratch_outputs`: the arrays of the results may hold other values until they are written.
  /// `separate_results`: the last arrays of folds get a place of their own.
  constexpr planner(const Graph& g, bool scratch_outputs, bool separate_results = false)
      : base(g, scratch_outputs, separate_results) {
    // Sizes and checks first, in a region of their own.
    frame before(g, 0, nullptr, new_region());
    sizes.entry = before.region;
    entry_ = &before;
    entry(before);
    frame f(g, 0, nullptr, new_region());
    sizes.root = f.region;
    open_.of[f.region] = true;
    for (int i = 0; i < shared_count_; ++i) runs_once_.of[shared_[i]] = plan_mode::plain;
    find_arrays_left();
    root(f);
    for (int i = 0; i < shared_count_ && !full; ++i) {
      if (times_run_.of[shared_[i]] != 1) instead = plan_mode::plain;
    }
    sizes.failed = full && instead == plan_mode::scratch;
  }

 private:
  using needs_of_region = region_needs<Graph>;

  /// Folds of which the last values of arrays are used: these would be lost if the fold ran again.
  constexpr void find_arrays_left() {
    if (separate_results_) return;
    for (int n = 0; n < g_.size; ++n) {
      if (!use_.live[n] || class_.of[n] != slot_class::none) continue;
      const node& x = g_.nodes[n];
      if (x.op->kind == algebra::fold_result) {
        runs_once_.of[g_.nodes[x.a].a] = plan_mode::separate;
      }
    }
  }

  constexpr void root(frame& f) {
    scratch<bool> needed(g_.size);
    scratch<int> open(g_.size + Outputs);
    for (int n : g_.outputs) mark(f, n, needed, open);
    fill_region(f, needed, scratch<int>(g_.size), nullptr, 0);
    for (int o = 0; o < Outputs; ++o) {
      const int n = g_.outputs[o];
      if (class_.of[n] != slot_class::none) {
        outputs_.of[o].slot = slot(f, n);
      } else if (storage_of(n) != sizes.inputs + o) {
        move(f, {sizes.inputs + o}, located(f, place_of(n)), shape_of(n).rank);
      }
    }
  }

  /// Marks n and what it needs in the scope of f and within it. What is `kept` needs nothing.
  constexpr void mark(const frame& f, int n, scratch<bool>& needed, scratch<int>& open,
                      const scratch<int>* kept = nullptr) const {
    if (needed.of[n] || !inside(g_.scope[n], f.scope)) return;
    const int scope = f.scope, depth = g_.loops[scope].depth;
    needed.of[n] = true;
    open.of[0] = n;
    for (int count = 1; count > 0;) {
      const int at = open.of[--count];
      if (const int past = g_.nodes[at].op->kind == algebra::carry ? history_of(at) : -1;
          past >= 0 && !needed.of[past] && inside(g_.scope[past], scope)) {
        needed.of[past] = true;
        open.of[count++] = past;
      }
      if (kept != nullptr && kept->of[at] != 0) continue;
      for (int i = first_use_[at], end = last_use_[at]; i < end; ++i) {
        const int id = used_[i], s = g_.scope[id];
        if (needed.of[id] || (s != scope && (g_.loops[s].depth <= depth || !inside(s, scope)))) {
          continue;
        }
        needed.of[id] = true;
        open.of[count++] = id;
      }
    }
  }

  /// All of a region but its loop: nodes of its scope, and the loops inside of it.
  constexpr void fill_region(frame& f, const scratch<bool>& needed, const scratch<int>& kept,
                             const root_of_loop* own, int own_count) {
    scratch<root_of_loop> roots(members_.own(f.scope).size() + g_.put_count + own_count + 1);
    int count = 0;
    const auto add_root = [&](int n, int put, int l) {
      root_of_loop& r = roots.of[count++];
      r.node = n, r.put = put, r.loop = l;
    };
    for (const int n : members_.own(f.scope)) {
      if (!needed.of[n] || f.slot.of[n] != 0) continue;
      const algebra k = g_.nodes[n].op->kind;
      if (k < algebra::sum || k > algebra::fold_result) continue;
      const node& x = g_.nodes[n];
      if (k == algebra::sum || k == algebra::extremum) {
        add_root(n, -1, x.b);
      } else if (k == algebra::fold_result) {
        add_root(n, -1, g_.nodes[x.a].a);
      } else if (k == algebra::scatter) {
        const array_info& a = array_of(n);
        if (a.puts == 0) fill(f, n);
        for (int i = 0; i < a.puts; ++i) {
          const int p = a.first_put + i;
          add_root(n, p, puts_.of[p].scope == f.scope ? 0 : child(puts_.of[p].scope, f.scope));
        }
        f.done.of[n] = a.puts == 0;
      }
    }
    for (int i = 0; i < own_count; ++i) {
      if (own[i].put < 0) continue;
      const int s = puts_.of[own[i].put].scope;
      add_root(own[i].node, own[i].put, s == f.scope ? 0 : child(s, f.scope));
    }
    needs_of_region needs(uses_, g_.size, f.scope, members_, needed, kept, count);
    for (int i = 0; i < count; ++i) {
      for_each_need(f, roots.of[i], [&](int id, bool) { needs.add_need(i, id); });
    }
    scratch<int> number(g_.loop_count);
    find_passes(g_, uses_, f.scope, roots, count, needs, number);
    schedule_region(f, roots, count, needs, number, own_count);
  }

  /// Calls use for what a root of f's region needs at once.
  template <class Use>
  constexpr void for_each_need(const frame& f, const root_of_loop& r, const Use& use) const {
    if (r.put >= 0) {
      const element_put& p = puts_.of[r.put];
      for (int d = 0; d < max_rank; ++d) use(p.index[d], false);
      use(p.value, false);
      const int end = array_of(r.node).scope;
      for (int l = p.scope; l != f.scope && l != end; l = g_.loops[l].parent) {
        use(g_.loops[l].extent, false);
      }
    } else if (kind(r.node) == algebra::fold_result) {
      const node& x = g_.nodes[r.node];
      const int l = g_.nodes[x.a].a;
      use(g_.loops[l].extent, false);
      use(g_.carries[g_.loops[l].first_carry + x.b].node, false);
    } else {
      for (int i = first_use_[r.node], end = last_use_[r.node]; i < end; ++i) {
        use(used_[i], false);
      }
    }
  }

  constexpr bool is_done(const frame& f, int n) const {
    if (f.slot.of[n] != 0 || g_.scope[n] != f.scope) return true;
    if (class_.of[n] != slot_class::none) return false;
    switch (g_.nodes[n].op->kind) {
      case algebra::scatter:
        return f.done.of[n];
      case algebra::slice:
        return is_done(f, g_.nodes[n].a) && is_done(f, g_.nodes[n].b);
      case algebra::fold_result:
      case algebra::routine:
        return f.done.of[n];
      default:
        return true;
    }
  }
  /// What root number i needs is there, and stays.
  constexpr bool is_ready(const frame& f, scratch<root_of_loop>& roots, int i,
                          needs_of_region& needs) const {
    root_of_loop& r = roots.of[i];
    if (r.ready) return true;
    if (r.waits_for != 0 && !is_done(f, r.waits_for - 1)) return false;
    r.waits_for = needs.first_missing(i, [&](int n) { return is_done(f, n); }) + 1;
    return r.ready = r.waits_for == 0;
  }
  /// Computed by an instruction, not by running a loop.
  constexpr bool is_instruction(int n) const {
    const algebra k = g_.nodes[n].op->kind;
    if (k > algebra::carry || k == algebra::routine) return true;
    return class_.of[n] != slot_class::none && k != algebra::sum && k != algebra::extremum &&
           k != algebra::argument && k != algebra::fold_result && k != algebra::carry &&
           k != algebra::iota;
  }

  /// Puts of the region itself into arrays of its own, unless a loop will store these before; with
  /// `anyway`, one of them. Those into other arrays come last. True: something was put.
  constexpr bool put_own(frame& f, scratch<root_of_loop>& roots, int count,
                         region_needs<Graph>& needs, bool anyway) {
    bool some = false;
    for (int i = 0; i < count && !(some && anyway); ++i) {
      root_of_loop& r = roots.of[i];
      if (r.done || r.loop != 0 || g_.scope[r.node] != f.scope || !is_ready(f, roots, i, needs) ||
          (!anyway && storing_loop(f, roots, count, i) != 0)) {
        continue;
      }
      put_now(f, r.node, r.put);
      r.done = some = true;
    }
    return some;
  }
  constexpr void schedule_region(frame& f, scratch<root_of_loop>& roots, int count,
                                 needs_of_region& needs, const scratch<int>& number,
                                 int own_count) {
    // Nodes, and which of its uses each waits for.
    scratch<int> waiting(needs.row_count + 1), waits_for(needs.row_count + 1);
    int waiting_count = 0;
    for (int k = 0; k < needs.row_count; ++k) {
      const int n = needs.rows.of[k];
      if (f.slot.of[n] == 0 && is_instruction(n)) {
        waiting.of[waiting_count] = n;
        waits_for.of[waiting_count++] = first_use_[n];
      }
    }
    for (;;) {
      int left = 0;
      for (int k = 0; k < waiting_count; ++k) {
        const int n = waiting.of[k], end = last_use_[n];
        if (f.slot.of[n] != 0 || f.done.of[n]) continue;
        int i = waits_for.of[k];
        while (i < end && (f.slot.of[used_[i]] != 0 || is_done(f, used_[i]))) ++i;
        if (i == end) {
          compute(f, n);
        } else {
          waiting.of[left] = n;
          waits_for.of[left++] = i;
        }
      }
      waiting_count = left;
      const bool some = put_own(f, roots, count, needs, false);
      if (some) close_arrays(f, roots, count);
      const int l = next_loop(f, roots, count, needs, number);
      if (l == 0) {
        // Something may wait for what has been put; or a loop that could store an array waits, by
        // some way, for another put into it.
        if (some || put_own(f, roots, count, needs, true)) continue;
        break;
      }
      run_loop(f, l, roots, count, needs);
      close_arrays(f, roots, count);
      if (full) return;
    }
    for (int i = 0; i < count; ++i) {
      root_of_loop& r = roots.of[i];
      if (r.done) continue;
      if (r.loop != 0 || !is_ready(f, roots, i, needs)) {
        full = full || own_count >= 0;
        return;
      }
      put_now(f, r.node, r.put);
    }
  }
  /// Arrays are done when all their puts are.
  constexpr void close_arrays(frame& f, const scratch<root_of_loop>& roots, int count) {
    for (int i = 0; i < count;) {
      const int n = roots.of[i].node;
      const bool open = roots.of[i].put >= 0 && g_.scope[n] == f.scope && !f.done.of[n];
      bool all = true;
      for (; i < count && roots.of[i].node == n; ++i) all = all && roots.of[i].done;
      if (!open || !all) continue;
      f.done.of[n] = true;
      fill_rest(f, n);
    }
  }

  /// The loop to be run next: one all of whose roots of the next pass are ready; if there is none,
  /// two loops wait for parts of each other, one for which something can be done. 0: none.
  constexpr int next_loop(const frame& f, scratch<root_of_loop>& roots, int count,
                          needs_of_region& needs, const scratch<int>& number) {
    struct outlook {
      int pass = base::room;
      bool all = true, any = false;
    };
    scratch<outlook> loops(count + 1);
    for (int i = 0; i < count; ++i) {
      const root_of_loop& r = roots.of[i];
      if (r.loop == 0 || r.done) continue;
      int& pass = loops.of[number.of[r.loop]].pass;
      if (r.pass < pass) pass = r.pass;
    }
    for (int i = 0; i < count; ++i) {
      const root_of_loop& r = roots.of[i];
      if (r.loop == 0 || r.done) continue;
      outlook& l = loops.of[number.of[r.loop]];
      if (r.pass != l.pass) continue;
      const bool ready = r.ready || is_ready(f, roots, i, needs);
      l.all = l.all && ready, l.any = l.any || ready;
    }
    int some = 0, whole = 0;
    for (int i = 0; i < count; ++i) {
      const root_of_loop& r = roots.of[i];
      if (r.loop == 0 || r.done) continue;
      const outlook& l = loops.of[number.of[r.loop]];
      if (!l.any) continue;
      if (some == 0) some = r.loop;
      if (!l.all) continue;
      if (whole == 0) whole = r.loop;
      // What stores an array goes before what adds to it.
      if (r.put >= 0 && storing_loop(f, roots, count, i) == r.loop) {
        whole = r.loop;
        break;
      }
    }
    const int chosen = whole != 0 ? whole : some;
    if (chosen != 0) pass_ = loops.of[number.of[chosen]].pass;
    // What comes in a later pass may be what the loops wait for.
    for (int i = 0; chosen == 0 && i < count; ++i) {
      if (roots.of[i].loop == 0 || roots.of[i].done || !is_ready(f, roots, i, needs)) continue;
      return pass_ = roots.of[i].pass, roots.of[i].loop;
    }
    return chosen;
  }
  /// The loop of a root that can store the elements of the array that root `member` puts into, all
  /// of them, before the other puts add to them; 0: there is none, or it is too late.
  constexpr int storing_loop(const frame& f, const scratch<root_of_loop>& roots, int count,
                             int member) const {
    const int n = roots.of[member].node;
    if (f.filled.of[n] || g_.scope[n] != f.scope || array_of(n).exact || array_of(n).puts < 2)
      return 0;
    int first = member, last = member + 1;
    while (first > 0 && roots.of[first - 1].node == n) --first;
    while (last < count && roots.of[last].node == n) ++last;
    for (int i = first; i < last; ++i) {
      const root_of_loop& r = roots.of[i];
      if (r.done || r.loop == 0 || !is_put_once(r)) continue;
      bool alone = true;
      for (int k = first; k < last; ++k) alone = alone && (k == i || roots.of[k].loop != r.loop);
      if (alone) return r.loop;
    }
    return 0;
  }
  /// The put of a root reaches every element of its array once.
  constexpr bool is_put_once(const root_of_loop& r) const {
    if (r.put < 0) return false;
    const element_put& p = puts_.of[r.put];
    const array_info& a = array_of(r.node);
    const array_shape& s = g_.shapes[a.shape];
    int l = p.scope;
    for (int left = s.rank; left > 0; --left, l = g_.loops[l].parent) {
      const int d = l == a.scope ? -1 : dimension_of(p, g_.loops[l].index);
      if (d < 0 || g_.loops[l].sequential || g_.loops[l].condition >= 0 ||
          g_.loops[l].extent != s.extent[d]) {
        return false;
      }
    }
    return l == a.scope && !nest_tables::is_array(g_.nodes[p.value]);
  }

  /// Runs loop l for all its roots of this pass that are ready.
  constexpr void run_loop(frame& f, int l, scratch<root_of_loop>& roots, int count,
                          needs_of_region& needs) {
    frame in(g_, l, &f, new_region(f.region, l));
    const loop& x = g_.loops[l];
    scratch<bool> stored(g_.size);  // arrays
    for (int i = 0; i < count; ++i) {
      const int n = roots.of[i].node;
      if (roots.of[i].put >= 0 && roots.of[i].loop == l && !roots.of[i].done &&
          roots.of[i].pass == pass_) {
        stored.of[n] = storing_loop(f, roots, count, i) == l;
      }
    }
    scratch<root_of_loop> own_memory(count);
    root_of_loop* const own = own_memory.of;
    int own_count = 0;
    for (int i = 0; i < count; ++i) {
      if (roots.of[i].loop != l || roots.of[i].done || roots.of[i].pass != pass_ ||
          !is_ready(f, roots, i, needs)) {
        continue;
      }
      own[own_count++] = roots.of[i];
      roots.of[i].done = true;
    }
    open_.of[in.region] = true;
    regions_[in.region].branch = x.condition >= 0;
    regions_[in.region].backward = x.backward;
    for (int k = 0; k < x.carries; ++k) {
      if (is_carried_array(*g_.nodes[g_.carries[x.first_carry + k].node].op)) {
        regions_[in.region].hands_on_arrays = true;
      }
    }
    regions_[in.region].outermost = f.parent == nullptr;
    regions_[in.region].extent = slot(f, x.extent);
    const int offers_before = offer_count_;
    const arm_of_puts arms = common_arm(l, own, own_count, stored);
    if (arms.condition >= 0) {
      for (int i = 0; i < own_count; ++i) {
        element_put& p = puts_.of[own[i].put];
        p.value = arm_of(p.value, l).value;
        narrowed_.of[own[i].put] = true;
      }
      regions_[in.region].extent = guarded_extent(f, slot(f, x.extent), arms);
    }
    define(in, x.index);

    scratch<bool> needed(g_.size);
    scratch<int> open(g_.size + 1), kept(g_.size);
    find_kept(l, kept);
    find_histories_kept(f, l, kept);
    for (int i = 0; i < own_count; ++i) {
      const root_of_loop& r = own[i];
      if (r.put >= 0) {
        const element_put& p = puts_.of[r.put];
        for (int d = 0; d < max_rank; ++d) {
          if (p.index[d] >= 0) mark(in, p.index[d], needed, open, &kept);
        }
        mark(in, p.value, needed, open, &kept);
        for (int s = p.scope; s != l; s = g_.loops[s].parent) {
          mark(in, g_.loops[s].extent, needed, open, &kept);
        }
      } else if (kind(r.node) == algebra::fold_result) {
        mark(in, g_.carries[x.first_carry + g_.nodes[r.node].b].node, needed, open, &kept);
      } else {
        mark(in, g_.nodes[r.node].a, needed, open, &kept);
      }
    }
    load_kept(f, in, needed, kept, roots, count);
    // What a fold carries is there from the beginning.
    for (int k = 0; k < x.carries; ++k) {
      const carried& c = g_.carries[x.first_carry + k];
      if (needed.of[c.node] && !is_carried_array(*g_.nodes[c.node].op)) define(in, c.node);
    }
    start_arrays(f, l, needed);
    for (int i = 0; i < own_count; ++i) {
      const int n = own[i].node;
      bool first = true;
      for (int k = 0; k < i; ++k) first = first && own[k].node != n;
      if (own[i].put < 0 || !first || g_.scope[n] != f.scope) continue;
      if (stored.of[n]) {
        stores_.of[own[i].put] = f.filled.of[n] = true;
        continue;
      }
      if (!open_window(f, in, l, n, own, own_count)) fill(f, n);
      f.filled.of[n] = true;
    }
    fill_region(in, needed, kept, own, own_count);
    hand_on_arrays(in, l, needed);
    for (int k = 0; k < x.carries; ++k) {
      const carried& c = g_.carries[x.first_carry + k];
      if (!needed.of[c.node] || is_carried_array(*g_.nodes[c.node].op)) continue;
      plan_carry p{slot(f, c.initial), in.slot.of[c.node] - 1, slot(in, c.next), -1};
      for (int i = 0; i < own_count; ++i) {
        const int n = own[i].node;
        if (own[i].put < 0 && kind(n) == algebra::fold_result && g_.nodes[n].b == k) {
          p.result = define(f, n);
        }
      }
      carries_[sizes.carries++] = {in.region, p};
    }
    for (int i = 0; i < own_count; ++i) {
      const int n = own[i].node;
      const algebra k = kind(n);
      if (own[i].put >= 0 || (k != algebra::sum && k != algebra::extremum)) continue;
      plan_accumulator a{k == algebra::extremum, slot(in, g_.nodes[n].a), define(f, n), -1};
      if (a.maximum) {
        const int m = argument_of_.of[n] - 1;
        if (m >= 0) a.argument = define(f, m);
      }
      accumulators_[sizes.accumulators++] = {in.region, a};
    }
    emit(f, &run_region_operation, {}, in.region);
    leave_arrays(f, own, own_count);
    if (++times_run_.of[l] == 2 && runs_once_.of[l] != plan_mode::scratch) {
      instead = runs_once_.of[l];
      full = true;
    }
    open_.of[in.region] = false;
    if (arms.condition >= 0) {
      offer_count_ = offers_before;  // it may not have run
    } else {
      offer_kept(in, l, needed, kept, own, own_count);
    }
  }

  /// After a fold has run: the results that were asked for.
  constexpr void leave_arrays(frame& f, const root_of_loop* own, int count) {
    for (int i = 0; i < count; ++i) {
      const int n = own[i].node;
      if (own[i].put >= 0 || kind(n) != algebra::fold_result ||
          !is_carried_array(*g_.nodes[n].op)) {
        continue;
      }
      const array_carry& c = carries_in_.of[carry_number(n)];
      if (c.result >= 0) move(f, {c.result}, {c.now}, shape_of(n).rank);
      f.done.of[n] = true;
    }
  }

  scratch<int> times_run_{Graph::table};
  scratch<plan_mode> runs_once_{Graph::table};  ///< loops; of others: scratch
};

template <plan_mode Mode, plan_sizes Room, int Capacity, int Outputs>
constexpr roomy_plan<Room> planned(const nest_graph<Capacity, Outputs>& g) {
  const planner<nest_graph<Capacity, Outputs>, Outputs> p(g, Mode == plan_mode::scratch,
                                                          Mode == plan_mode::separate);
  roomy_plan<Room> all;
  all.used = p.sizes;
  all.instead = p.instead;
  if (all.instead == plan_mode::scratch && !all.used.failed && all.fits()) {
    all.value = p.template compacted<Room>();
  }
  return all;
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
