// SPDX-License-Identifier: BSL-1.0
#pragma once

// From a graph with loops to a plan: which loops run how often, and what is computed where.
//
// A region is one execution of a loop inside of another region. Reductions over one loop share a
// region unless one needs the other's result; then the loop is run again, and what the body needs
// is computed again. Nothing here knows of forward and backward code.

#include <tapeless/codegen/lanes.hpp>
#include <tapeless/codegen/plan.hpp>
#include <tapeless/codegen/region_needs.hpp>
#include <tapeless/graph/access.hpp>
#include <tapeless/primitive/stop_gradient.hpp>
#include <tapeless/trace/traced.hpp>

#include <utility>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class Graph, int Outputs>
class planner {
 public:
  static constexpr int room = Graph::capacity * 4;

  /// `scratch_outputs`: the arrays of the results may hold other values until they are written.
  /// `separate_results`: the last arrays of folds get a place of their own.
  constexpr planner(const Graph& g, bool scratch_outputs, bool separate_results = false)
      : g_(g),
        use_(g, g.outputs),
        members_(g, use_),
        argument_of_(g.size),
        sure_(g, use_),
        storage_(g.array_count + 1, -1),
        row_of_(g.array_count + 1),
        carries_in_(g.carry_count + 1),
        puts_(g.put_count + 1),
        scratch_outputs_(scratch_outputs),
        separate_results_(separate_results) {
    for (int i = 0; i < g.put_count; ++i) puts_[i] = g.puts[i];
    for (int n = 0; n < g.size; ++n) {
      if (use_.live[n] && kind(n) == algebra::argument) argument_of_[g.nodes[n].a] = n + 1;
    }
    assign_storage();
    // Sizes and checks first, in a region of their own.
    frame before(g, 0, nullptr, new_region());
    sizes.entry = before.region;
    entry_ = &before;
    entry(before);
    frame f(g, 0, nullptr, new_region());
    sizes.root = f.region;
    open_[f.region] = true;
    root(f);
    sizes.failed = full;
  }

  /// A history that shares the memory of a result is read after the result has been written.
  constexpr bool is_overwritten() const {
    for (int i = 0; i < shared_count_; ++i) {
      if (times_run_[shared_[i]] != 1) return true;
    }
    return false;
  }
  /// The last values of a fold's arrays are read after the fold has run again.
  constexpr bool loses_results() const {
    for (int n = 0; n < g_.size; ++n) {
      const node& x = g_.nodes[n];
      if (!use_.live[n] || x.op->kind != algebra::fold_result || !is_carried_array(*x.op)) continue;
      if (times_run_[g_.nodes[x.a].a] > 1) return true;
    }
    return false;
  }

  plan_sizes sizes{};
  bool full = false;

  /// The same in arrays of their exact sizes, region by region.
  template <plan_sizes S>
  constexpr auto compacted() const {
    plan<S> p;
    digest d;
    sorted(instructions_, S.instructions, &plan_region::first_instruction,
           &plan_region::instructions, p.regions, [&](int to, const tagged& t) {
             p.operations[to] = t.op;
             p.arrays[to] = t.array;
             p.instructions[to] = t.code;
             p.anonymous = p.anonymous || t.op->anonymous;
           });
    sorted(imports_, S.imports, &plan_region::first_import, &plan_region::imports, p.regions,
           [&](int to, const auto& from) { p.imports[to] = from.value; });
    sorted(accumulators_, S.accumulators, &plan_region::first_accumulator,
           &plan_region::accumulators, p.regions,
           [&](int to, const auto& from) { p.accumulators[to] = from.value; });
    sorted(carries_, S.carries, &plan_region::first_carry, &plan_region::carries, p.regions,
           [&](int to, const auto& from) { p.carries[to] = from.value; });
    sorted(windows_, S.windows, &plan_region::first_window, &plan_region::windows, p.regions,
           [&](int to, const auto& from) { p.windows[to] = from.value; });
    for (int r = 0; r < S.regions; ++r) {
      const plan_region places = p.regions[r];
      plan_region& x = p.regions[r] = regions_[r];
      x.first_instruction = places.first_instruction, x.instructions = places.instructions;
      x.first_import = places.first_import, x.imports = places.imports;
      x.first_accumulator = places.first_accumulator, x.accumulators = places.accumulators;
      x.first_carry = places.first_carry, x.carries = places.carries;
      x.first_window = places.first_window, x.windows = places.windows;
      mix(d, p, r);
    }
    for (int i = 0; i < S.moves; ++i) {
      const plan_move& m = p.moves[i] = moves_[i];
      for (const plan_place& x : {m.to, m.from}) {
        d.mix(hash_of_slots(x.index[0], x.index[1], x.index[2]),
              hash_of_slots(x.array, x.indices, m.rank * 2 + m.swap));
      }
    }
    for (int i = 0; i < S.checks; ++i) {
      p.checks[i] = checks_[i];
      d.mix(hash_of_slots(checks_[i].array, checks_[i].first, checks_[i].last),
            static_cast<unsigned>(checks_[i].extent * 2 + checks_[i].equal));
    }
    for (int i = 0; i < S.storages; ++i) {
      p.storages[i] = storages_[i];
      const plan_storage& s = storages_[i];
      d.mix(hash_of_slots(s.extent[0], s.extent[1], s.extent[2]), static_cast<unsigned>(s.rank));
    }
    for (int i = 0; i < S.outputs; ++i) {
      p.outputs[i] = outputs_[i];
      const plan_output& o = outputs_[i];
      d.mix(hash_of_slots(o.extent[0], o.extent[1], o.extent[2]), static_cast<unsigned>(o.slot));
    }
    d.mix(static_cast<unsigned>(S.inputs), static_cast<unsigned>(S.outputs));
    p.high = d.high, p.low = d.low;
    lane_finder<plan<S>>{p};
    return p;
  }

 private:
  /// Counts the entries of each region and calls put(place, entry) for each, region by region.
  template <class Entry, int Count, class Put>
  constexpr void sorted(const scratch<Entry>& entries, int count, int plan_region::* first,
                        int plan_region::* number, plan_region (&regions)[Count],
                        const Put& put) const {
    for (int i = 0; i < count; ++i) ++(regions[entries[i].region].*number);
    for (int r = 0, next = 0; r < sizes.regions; ++r) {
      regions[r].*first = next;
      next += std::exchange(regions[r].*number, 0);
    }
    for (int i = 0; i < count; ++i) {
      plan_region& r = regions[entries[i].region];
      put(r.*first + (r.*number)++, entries[i]);
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

  /// A region under construction: where its nodes are.
  struct frame {
    int scope;
    frame* parent;
    int region;
    scratch<int> slot;     ///< of a node, plus one
    scratch<bool> done;    ///< arrays
    scratch<bool> filled;  ///< arrays

    constexpr frame(const Graph& g, int s, frame* p, int r)
        : scope(s), parent(p), region(r), slot(g.size), done(g.size), filled(g.size) {}
  };
  using needs_of_region = region_needs<Graph>;

  constexpr bool inside(int s, int outer) const {
    while (g_.loops[s].depth > g_.loops[outer].depth) s = g_.loops[s].parent;
    return s == outer;
  }
  constexpr int child(int s, int outer) const {
    while (g_.loops[s].parent != outer) s = g_.loops[s].parent;
    return s;
  }
  constexpr algebra kind(int n) const { return g_.nodes[n].op->kind; }
  constexpr int base_array(int n) const {
    while (kind(n) == algebra::slice) n = g_.nodes[n].a;
    return n;
  }

  constexpr int new_region(const frame* around = nullptr, int scope = 0) {
    if (sizes.regions == room) return full = true, 0;
    around_[sizes.regions] = around == nullptr ? -1 : around->region;
    loop_of_[sizes.regions] = scope;
    return sizes.regions++;
  }
  constexpr int new_slot(int region, slot_class c) {
    plan_region& r = regions_[region];
    return c == slot_class::value       ? r.values++
           : c == slot_class::condition ? r.conditions++
                                        : r.indices++;
  }
  constexpr void emit(const frame& f, const operation* op, const instruction& code,
                      int array = -1) {
    if (sizes.instructions == room) {
      full = true;
      return;
    }
    instructions_[sizes.instructions++] = {f.region, op, array, code};
  }

  // ---- arrays -----------------------------------------------------------------------------------

  constexpr void assign_storage() {
    sizes.inputs = g_.inputs;
    sizes.outputs = Outputs;
    scratch<bool> read(g_.size);
    for (int n = 0; n < g_.size; ++n) {
      const algebra k = kind(n);
      if (use_.live[n] && (k == algebra::load || k == algebra::slice)) {
        read[base_array(g_.nodes[n].a)] = true;
      }
    }
    for (int o = 0; o < Outputs; ++o) {
      const int n = g_.outputs[o];
      // What the program reads again can not be accumulated into the caller's memory.
      if (kind(n) == algebra::scatter && !read[n] && storage_[g_.nodes[n].a] < 0) {
        storage_[g_.nodes[n].a] = sizes.inputs + o;
      }
    }
    find_histories();
    for (int n = 0; n < g_.size; ++n) {
      if (use_.live[n] && kind(n) == algebra::scatter && storage_[g_.nodes[n].a] < 0) {
        shorten_history(n);
      }
    }
    for (int n = 0; n < g_.size; ++n) {
      if (!use_.live[n] || kind(n) != algebra::scatter || storage_[g_.nodes[n].a] >= 0) continue;
      if (row_of_[g_.nodes[n].a] == 0)
        storage_[g_.nodes[n].a] = own_storage(g_.stored[g_.nodes[n].a]);
    }
    for (int n = 0; n < g_.size; ++n) {
      if (use_.live[n] && kind(n) == algebra::carry && is_carried_array(*g_.nodes[n].op)) {
        assign_buffers(n);
      }
    }
  }
  constexpr int own_storage(const array_shape& s) {
    if (sizes.storages == Graph::table) return full = true, 0;
    storage_shapes_[sizes.storages] = s;
    return sizes.inputs + Outputs + sizes.storages++;
  }

  // An array that a fold hands on is a row of its history if there is one; otherwise it is in one
  // of two arrays, what comes next in the other, and they change places.
  struct array_carry {
    int history = -1;                                      ///< node
    int initial = -1, before = -1, after = -1, last = -1;  ///< rows in it, nodes
    int now = -1, next = -1;                               ///< storages
    int result = -1;                                       ///< storage, if it is another
  };
  constexpr int carry_number(int n) const {
    const node& x = g_.nodes[n];
    return x.op->kind == algebra::carry ? g_.loops[x.a].first_carry + x.b
                                        : g_.loops[g_.nodes[x.a].a].first_carry + x.b;
  }
  constexpr int find_node(const operation* op, int a, int b, std::uint64_t bits) const {
    for (int n = 0; n < g_.size; ++n) {
      const node& x = g_.nodes[n];
      if (x.op->kind == op->kind && x.a == a && x.b == b && x.bits == bits) return n;
    }
    return -1;
  }
  /// The histories of arrays that folds hand on, and whether the next array can be put into one.
  constexpr void find_histories() {
    for (int n = 0; n < g_.size; ++n) {
      if (!use_.live[n] || kind(n) != algebra::scatter || storage_[g_.nodes[n].a] >= 0) continue;
      const array_info& a = g_.arrays[g_.nodes[n].a];
      if (!a.exact || a.puts != 2) continue;
      const element_put &p = g_.puts[a.first_put], &q = g_.puts[a.first_put + 1];
      const int f = q.scope;
      if (!nest_tables::is_array(g_.nodes[q.value]) || g_.loops[f].parent != a.scope) continue;
      for (int k = 0; k < g_.loops[f].carries; ++k) {
        const int number = g_.loops[f].first_carry + k;
        const carried& c = g_.carries[number];
        if (c.initial == p.value && c.next == q.value && use_.live[c.node]) {
          enter_history(n, f, number, p.index[0], q.index[0]);
        }
      }
    }
  }
  constexpr void enter_history(int n, int f, int number, int initial, int after) {
    const loop& l = g_.loops[f];
    const int one = find_node(&index_constant_operation, -1, -1, 1);
    const int beyond = find_node(&index_sum_operation, l.index, one, 0);
    const int zero = find_node(&index_constant_operation, -1, -1, 0);
    array_carry& c = carries_in_[number];
    if (c.history >= 0 || beyond < 0 || zero < 0) return;
    c.history = n;
    c.initial = initial, c.after = after;
    c.before = l.backward ? beyond : l.index;
    c.last = l.backward ? zero : l.extent;
    const int next = g_.carries[number].next;
    if (kind(next) != algebra::scatter || g_.scope[next] != f) return;
    const array_info& a = g_.arrays[g_.nodes[next].a];
    if (row_of_[g_.nodes[next].a] == 0 && (a.exact || !is_stored_once(a))) {
      row_of_[g_.nodes[next].a] = number + 1;
    }
  }
  constexpr void assign_buffers(int n) {
    const int number = carry_number(n);
    array_carry& c = carries_in_[number];
    if (c.history >= 0) return;
    c.now = own_storage(g_.carried_sizes[number]);
    if (separate_results_) c.result = own_storage(g_.carried_sizes[number]);
    const int next = g_.carries[number].next;
    if (kind(next) == algebra::scatter && g_.scope[next] == g_.nodes[n].a) {
      c.next = storage_[g_.nodes[next].a];
      bool taken = row_of_[g_.nodes[next].a] != 0 || c.next < sizes.inputs + Outputs;
      for (int k = 0; k < g_.carry_count; ++k) {
        taken = taken || (k != number && carries_in_[k].next == c.next);
      }
      if (!taken) return;
    }
    c.next = own_storage(g_.carried_sizes[number]);
  }

  /// An array's storage and the nodes of the first indices in it.
  struct place {
    int storage = -1;
    int index[max_rank]{-1, -1, -1};
    int indices = 0;
    int fixed = 0;  ///< how many of them are always in range
  };
  constexpr place row(const array_carry& c, int index) const {
    return {storage_[g_.nodes[c.history].a], {index, -1, -1}, 1, 1};
  }
  constexpr place place_of(int n) const {
    const node& x = g_.nodes[n];
    switch (x.op->kind) {
      case algebra::slice: {
        place p = place_of(x.a);
        p.index[p.indices++] = x.b;
        return p;
      }
      case algebra::scatter: {
        const int k = row_of_[x.a] - 1;
        if (k >= 0) return row(carries_in_[k], carries_in_[k].after);
        return {storage_[x.a]};
      }
      case algebra::carry: {
        const array_carry& c = carries_in_[carry_number(n)];
        if (c.history >= 0) return row(c, c.before);
        return {c.now};
      }
      case algebra::fold_result: {
        const array_carry& c = carries_in_[carry_number(n)];
        if (c.history >= 0) return row(c, c.last);
        return {c.result >= 0 ? c.result : c.now};
      }
      default:
        return {x.a};
    }
  }
  /// The place with slots of the region of f.
  constexpr plan_place located(frame& f, const place& p) {
    plan_place r{p.storage};
    for (; r.indices < p.indices; ++r.indices)
      r.index[r.indices] = index_slot(f, p.index[r.indices]);
    return r;
  }
  constexpr void move(frame& f, const plan_place& to, const plan_place& from, int rank,
                      bool swap = false) {
    if (to.array == from.array && to.index[0] == from.index[0] && to.index[1] == from.index[1] &&
        !swap) {
      return;
    }
    if (sizes.moves == Graph::table) {
      full = true;
      return;
    }
    moves_[sizes.moves] = {to, from, rank, swap};
    emit(f, &move_array_operation, {}, sizes.moves++);
  }
  /// Before a fold runs: what it hands on at first.
  constexpr void start_arrays(frame& f, int l, const scratch<bool>& needed) {
    const loop& x = g_.loops[l];
    for (int k = 0; k < x.carries; ++k) {
      const carried& c = g_.carries[x.first_carry + k];
      if (!needed[c.node] || !is_carried_array(*g_.nodes[c.node].op)) continue;
      const array_carry& in = carries_in_[x.first_carry + k];
      if (in.history >= 0) continue;
      move(f, {in.now}, located(f, place_of(c.initial)), shape_of(c.initial).rank);
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
      const array_carry& c = carries_in_[carry_number(n)];
      if (c.result >= 0) move(f, {c.result}, {c.now}, shape_of(n).rank);
      f.done[n] = true;
    }
  }
  /// The history that carry n is in; -1: it is no array, or in none.
  constexpr int history_of(int n) const {
    if (kind(n) != algebra::carry || !is_carried_array(*g_.nodes[n].op)) return -1;
    return carries_in_[carry_number(n)].history;
  }
  /// At the end of an iteration.
  constexpr void hand_on_arrays(frame& f, int l, const scratch<bool>& needed) {
    const loop& x = g_.loops[l];
    const auto each = [&](bool swap) {
      for (int k = 0; k < x.carries; ++k) {
        const carried& c = g_.carries[x.first_carry + k];
        if (!needed[c.node] || !is_carried_array(*g_.nodes[c.node].op)) continue;
        const array_carry& in = carries_in_[x.first_carry + k];
        if (in.history >= 0) continue;
        if (swap) {
          move(f, {in.now}, {in.next}, 0, true);
        } else {
          move(f, {in.next}, located(f, place_of(c.next)), shape_of(c.next).rank);
        }
      }
    };
    each(false);
    each(true);
  }
  /// The values that a fold hands on, of which its mirror reads only those before each iteration:
  /// as many as there are iterations, stored by the iterations themselves. If the mirror's result
  /// has one element an iteration, they can wait in its place.
  constexpr void shorten_history(int n) {
    array_info& a = arrays_[g_.nodes[n].a] = g_.arrays[g_.nodes[n].a];
    if (!a.exact || a.puts != 2 || g_.shapes[a.shape].rank != 1) return;
    element_put& p = puts_[a.first_put + 1];
    const int f = p.scope;
    const loop& from = g_.loops[f];
    if (!from.sequential || from.backward || from.parent != a.scope) return;
    int carry = -1, mirror = 0;
    for (int k = 0; k < from.carries; ++k) {
      const carried& c = g_.carries[from.first_carry + k];
      if (c.next == p.value && c.initial == puts_[a.first_put].value) carry = c.node;
    }
    if (carry < 0) return;
    for (int m = 0; m < g_.size; ++m) {
      const node& x = g_.nodes[m];
      if (!use_.live[m]) continue;
      if (x.op->kind == algebra::slice && x.a == n) return;
      if (x.op->kind != algebra::load || x.a != n) continue;
      const int l = kind(x.b) == algebra::iota ? g_.nodes[x.b].a : 0;
      if (l == 0 || g_.loops[l].extent != from.extent || g_.scope[m] != l) return;
      if (mirror != 0 && mirror != l) return;
      mirror = l;
    }
    if (mirror == 0) return;
    p.index[0] = from.index;
    p.value = carry;
    ++a.first_put, --a.puts;
    if (!scratch_outputs_ || a.scope != 0 || shared_count_ == max_shared) return;
    const int o = waiting_place(mirror);
    if (o < 0) return;
    storage_[g_.nodes[n].a] = sizes.inputs + o;
    taken_[o] = true;
    shared_[shared_count_++] = mirror;
  }
  /// A result whose elements the loop l stores one by one, and which nobody else waits in; -1:
  /// none.
  constexpr int waiting_place(int l) const {
    for (int o = 0; o < Outputs; ++o) {
      const int n = g_.outputs[o];
      if (taken_[o] || kind(n) != algebra::scatter || storage_of(n) != sizes.inputs + o) continue;
      const array_info& a = array_of(n);
      if (g_.shapes[a.shape].rank != 1 || !is_stored_once(a)) continue;
      const element_put& p = puts_[a.first_put];
      if (p.scope == l && p.index[0] == g_.loops[l].index) return o;
    }
    return -1;
  }
  /// The array of a scatter node, as it is stored.
  constexpr const array_info& array_of(int n) const {
    const array_info& shortened = arrays_[g_.nodes[n].a];
    return shortened.puts > 0 ? shortened : g_.arrays[g_.nodes[n].a];
  }

  /// The array has one put, whose indices are the variables of loops of their own: every element is
  /// put once at most, and the rest of the array is what the loops do not reach.
  constexpr bool is_stored_once(const array_info& a) const {
    if (a.puts != 1) return false;
    const element_put& p = puts_[a.first_put];
    int l = p.scope;
    for (int d = g_.shapes[a.shape].rank - 1; d >= 0; --d, l = g_.loops[l].parent) {
      if (l == a.scope || g_.loops[l].condition >= 0 || p.index[d] != g_.loops[l].index ||
          unsafe(p.index[d], g_.shapes[a.shape].extent[d],
                 vanishes(g_, p.value) || in_branch(p.scope)))
        return false;
      if (g_.scope[g_.loops[l].extent] != a.scope &&
          inside(g_.scope[g_.loops[l].extent], a.scope)) {
        return false;
      }
    }
    return l == a.scope;
  }
  constexpr int storage_of(int n) const { return place_of(n).storage; }

  // ---- the entry --------------------------------------------------------------------------------

  constexpr int entry_slot(frame& f, int n) {
    if (f.slot[n] == 0) {
      const node& x = g_.nodes[n];
      for (int i = 0; i < x.op->arity; ++i) entry_slot(f, x.operand(i));
      compute(f, n);
    }
    return f.slot[n] - 1;
  }
  constexpr void entry(frame& f) {
    for (int i = 0; i < g_.check_count; ++i) {
      const range_check& c = g_.checks[i];
      plan_check& p = checks_[sizes.checks++];
      p.array = c.equal ? c.array : storage_of(base_array(c.array)), p.dimension = c.dimension;
      p.equal = c.equal;
      p.first = entry_slot(f, c.first), p.last = entry_slot(f, c.last);
      p.extent = entry_slot(f, c.extent);
      for (int l = 0; l < c.loop_count; ++l) p.loops[l] = entry_slot(f, c.loops[l]);
      p.loop_count = c.loop_count;
    }
    for (int o = 0; o < Outputs; ++o) {
      const node& x = g_.nodes[g_.outputs[o]];
      if (class_of(*x.op) != slot_class::none) continue;
      const array_shape& s = g_.shapes[x.op->kind == algebra::scatter ? g_.arrays[x.a].shape : x.c];
      outputs_[o].rank = s.rank;
      for (int d = 0; d < s.rank; ++d) outputs_[o].extent[d] = entry_slot(f, s.extent[d]);
    }
    for (int i = 0; i < sizes.storages; ++i) {
      const array_shape& s = storage_shapes_[i];
      storages_[i].rank = s.rank;
      storages_[i].count = 1;
      for (int d = 0; d < s.rank; ++d) {
        const node& e = g_.nodes[s.extent[d]];
        storages_[i].extent[d] = entry_slot(f, s.extent[d]);
        const bool known = e.op->kind == algebra::index_constant && storages_[i].count >= 0;
        storages_[i].count = known ? storages_[i].count * static_cast<std::ptrdiff_t>(e.bits) : -1;
      }
    }
  }

  // ---- regions ----------------------------------------------------------------------------------

  /// The slot of node n in the region of f: imported if it is computed around it.
  constexpr int slot(frame& f, int n) {
    if (f.slot[n] == 0) {
      if (f.parent == nullptr) return full = true, 0;
      const int from = slot(*f.parent, n);
      const slot_class c = class_of(*g_.nodes[n].op);
      const int to = new_slot(f.region, c);
      if (sizes.imports == room) return full = true, 0;
      imports_[sizes.imports++] = {f.region, {c, from, to}};
      f.slot[n] = to + 1;
    }
    return f.slot[n] - 1;
  }
  /// The same of an index that nobody may have computed yet.
  constexpr int index_slot(frame& f, int n) {
    if (f.slot[n] != 0) return f.slot[n] - 1;
    if (g_.scope[n] != f.scope && f.parent != nullptr) {
      index_slot(*f.parent, n);
      return slot(f, n);
    }
    const node& x = g_.nodes[n];
    for (int i = 0; i < x.op->arity; ++i) index_slot(f, x.operand(i));
    compute(f, n);
    return f.slot[n] - 1;
  }
  constexpr int define(frame& f, int n) {
    const int to = new_slot(f.region, class_of(*g_.nodes[n].op));
    f.slot[n] = to + 1;
    return to;
  }

  /// Emits the node n, whose operands are there.
  constexpr void compute(frame& f, int n) {
    const node& x = g_.nodes[n];
    switch (x.op->kind) {
      case algebra::input:
      case algebra::extent: {
        const int to = define(f, n);
        emit(f, x.op, {to, x.a, x.b, -1, 0}, x.a);
        return;
      }
      case algebra::constant: {
        const int to = define(f, n);
        emit(f, x.op, {to, x.a == 1, 0, 0, x.bits});
        return;
      }
      case algebra::index_constant: {
        const int to = define(f, n);
        emit(f, x.op, {to, 0, 0, 0, x.bits});
        return;
      }
      case algebra::pick:
        f.slot[n] = slot(f, x.a) + 1;
        return;
      case algebra::load:
      case algebra::index_load:
        load(f, n);
        return;
      default: {
        int from[max_arity]{};
        for (int i = 0; i < x.op->arity; ++i) from[i] = slot(f, x.operand(i));
        const int to = define(f, n);
        emit(f, x.op, {to, from[0], from[1], from[2], 0});
      }
    }
  }
  /// An access to a dimension of this extent must look whether there is such an element.
  constexpr bool unsafe(int index, int extent, bool guarded) const {
    if (index < 0) return false;
    guarded = (guarded || sure_.is_doubtful(index, extent)) && !sure_.has(index, extent);
    return is_unsafe(g_, index, extent, guarded);
  }
  constexpr bool in_branch(int s) const {
    while (s != 0 && g_.loops[s].condition < 0) s = g_.loops[s].parent;
    return s != 0;
  }
  /// The index depends on entries of integer arrays or on remainders, which nobody has checked.
  constexpr bool uses_entries(int i) const {
    const node& n = g_.nodes[i];
    if (n.op->kind == algebra::index_load || n.op->kind == algebra::index_remainder) return true;
    if (n.op->kind < algebra::index_sum || n.op->kind > algebra::index_count) return false;
    for (int k = 0; k < n.op->arity; ++k) {
      if (uses_entries(n.operand(k))) return true;
    }
    return false;
  }
  constexpr void load(frame& f, int n) {
    const node& x = g_.nodes[n];
    place p = place_of(x.a);
    p.index[p.indices++] = x.b;
    if (x.op->arity == 3) p.index[p.indices++] = x.c;
    const array_shape& shape = shape_of(base_array(x.a));
    const auto [array, index, rank] = located(f, p);
    bool guarded = false, gathered = false;
    for (int d = p.fixed; d < rank; ++d) {
      guarded = guarded || unsafe(p.index[d], shape.extent[d - p.fixed],
                                  !use_.always[n] || in_branch(g_.scope[n]));
      gathered = gathered || uses_entries(p.index[d]);
    }
    if (gathered && !guarded) {
      emit(f, &check_entries_operation, {0, index[0], index[1], index[2], 0}, array);
    }
    const int to = define(f, n);
    const bool of_index = x.op->kind == algebra::index_load;
    const operation* op = guarded
                              ? of_index ? &load_index_guarded_operation : &load_guarded_operation
                          : of_index ? &load_index_operation
                                     : &load_element_operation;
    emit(f, op, {to, index[0], index[1], index[2], 0}, array);
  }
  /// Zeros, before the first put.
  constexpr void fill(frame& f, int n) {
    const array_info& a = array_of(n);
    if (f.filled[n] || a.exact || is_stored_once(a)) return;
    const plan_place p = located(f, place_of(n));
    emit(f, &fill_array_operation,
         {0, p.index[0], p.index[1], p.index[2], static_cast<std::uint64_t>(p.indices)}, p.array);
    f.filled[n] = true;
  }
  static constexpr int max_terms = 8;
  /// The value v as a sum of products, each with its sign; their number, 0: it is none. Products
  /// are rounded, so that the order in which they are added is as good as another one.
  struct term {
    int node = -1;
    bool minus = false;
  };
  constexpr int terms_of(const frame& f, int v, bool minus, term* all, int count) const {
    const node& x = g_.nodes[v];
    if (x.op->kind == algebra::multiply && count < max_terms) {
      all[count] = {v, minus};
      return count + 1;
    }
    const bool difference = x.op->kind == algebra::subtract;
    if ((x.op->kind != algebra::add && !difference) || g_.scope[v] != f.scope || uses_[v] != 1) {
      return 0;
    }
    count = terms_of(f, x.a, minus, all, count);
    return count == 0 ? 0 : terms_of(f, x.b, minus != difference, all, count);
  }
  /// Adds v to slot w. Products are added one by one, which needs no addition of their own;
  /// multiples by the same constant together.
  constexpr void add_value(frame& f, int w, int v) {
    term all[max_terms];
    const int count = terms_of(f, v, false, all, 0);
    if (count < 2) return emit(f, operations_.add, {w, w, slot(f, v), 0, 0});
    for (int i = 0; i < count; ++i) {
      if (all[i].node < 0) continue;
      const node& x = g_.nodes[all[i].node];
      int sum = -1;
      for (int k = i + 1; k < count && is_own_multiple(f, all[i].node); ++k) {
        if (all[k].node < 0 || !is_own_multiple(f, all[k].node)) continue;
        const node& y = g_.nodes[all[k].node];
        if (y.a != x.a) continue;
        const int to = new_slot(f.region, slot_class::value);
        emit(f, all[k].minus == all[i].minus ? operations_.add : operations_.subtract,
             {to, sum < 0 ? slot(f, x.b) : sum, slot(f, y.b), 0, 0});
        sum = to;
        all[k].node = -1;
      }
      int product = slot(f, all[i].node);
      if (sum >= 0) {
        product = new_slot(f.region, slot_class::value);
        emit(f, operations_.multiply, {product, slot(f, x.a), sum, 0, 0});
      }
      emit(f, all[i].minus ? operations_.subtract : operations_.add, {w, w, product, 0, 0});
    }
  }
  constexpr bool is_own_multiple(const frame& f, int n) const {
    const node& x = g_.nodes[n];
    return g_.scope[n] == f.scope && uses_[n] == 1 && kind(x.a) == algebra::constant;
  }
  constexpr void count_uses() {
    if (counted_) return;
    counted_ = true;
    for (int n = 0; n < g_.size; ++n) {
      if (!use_.live[n]) continue;
      for_each_use(g_, n, [&](int id, bool) {
        if (id >= 0) ++uses_[id];
      });
    }
    for (int n : g_.outputs) ++uses_[n];
  }
  constexpr void put_now(frame& f, int n, int number) {
    if (in_window_[number] > 0) {
      const int w = in_window_[number] - 1, v = puts_[number].value;
      // The window's last element is new: zero.
      if (is_new_[number]) {
        emit(f, operation_for<gradient_stopped>(), {w, slot(f, v), 0, 0, 0});
      } else {
        add_value(f, w, v);
      }
      return;
    }
    if (g_.scope[n] == f.scope) fill(f, n);
    const element_put& p = puts_[number];
    const array_info& a = array_of(n);
    place to = place_of(n);
    bool guarded = false;
    for (int d = 0; d < max_rank && p.index[d] >= 0; ++d) {
      to.index[to.indices++] = p.index[d];
      guarded = guarded || (!a.exact && unsafe(p.index[d], shape_of(n).extent[d],
                                               vanishes(g_, p.value) || in_branch(p.scope)));
    }
    const auto [array, index, rank] = located(f, to);
    if (nest_tables::is_array(g_.nodes[p.value])) {
      move(f, {array, {index[0], index[1], index[2]}, rank}, located(f, place_of(p.value)),
           shape_of(p.value).rank);
      return;
    }
    const operation* op = guarded ? &put_guarded_operation
                          : a.exact || is_stored_once(a) || stores_[number]
                              ? &store_element_operation
                              : &put_element_operation;
    emit(f, op, {slot(f, p.value), index[0], index[1], index[2], 0}, array);
  }
  constexpr void root(frame& f) {
    scratch<bool> needed(g_.size);
    scratch<int> open(g_.size + Outputs);
    for (int n : g_.outputs) mark(f, n, needed, open);
    fill_region(f, needed, scratch<int>(g_.size), nullptr, 0);
    for (int o = 0; o < Outputs; ++o) {
      const int n = g_.outputs[o];
      if (class_of(*g_.nodes[n].op) != slot_class::none) {
        outputs_[o].slot = slot(f, n);
      } else if (kind(n) != algebra::scatter || storage_of(n) != sizes.inputs + o) {
        move(f, {sizes.inputs + o}, located(f, place_of(n)), shape_of(n).rank);
      }
    }
  }

  /// Marks n and what it needs in the scope of f and within it. What is `kept` needs nothing.
  constexpr void mark(const frame& f, int n, scratch<bool>& needed, scratch<int>& open,
                      const scratch<int>* kept = nullptr) const {
    int count = 0;
    const auto meet = [&](int id, bool) {
      if (id < 0 || needed[id] || !inside(g_.scope[id], f.scope)) return;
      needed[id] = true;
      if (const int past = history_of(id);
          past >= 0 && !needed[past] && inside(g_.scope[past], f.scope)) {
        needed[past] = true;
        open[count++] = past;
      }
      if (kept == nullptr || (*kept)[id] == 0) open[count++] = id;
    };
    meet(n, false);
    while (count > 0) for_each_use(g_, open[--count], meet);
  }

  /// All of a region but its loop: nodes of its scope, and the loops inside of it.
  constexpr void fill_region(frame& f, const scratch<bool>& needed, const scratch<int>& kept,
                             const root_of_loop* own, int own_count) {
    scratch<root_of_loop> roots(members_.own(f.scope).size() + g_.put_count + own_count + 1);
    int count = 0;
    const auto add_root = [&](int n, int p, int l) {
      root_of_loop& r = roots[count++];
      r.node = n, r.put = p, r.loop = l;
    };
    for (const int n : members_.own(f.scope)) {
      if (!needed[n] || f.slot[n] != 0) continue;
      const node& x = g_.nodes[n];
      if (x.op->kind == algebra::sum || x.op->kind == algebra::extremum) {
        add_root(n, -1, x.b);
      } else if (x.op->kind == algebra::fold_result) {
        add_root(n, -1, g_.nodes[x.a].a);
      } else if (x.op->kind == algebra::scatter) {
        const array_info& a = array_of(n);
        if (a.puts == 0) fill(f, n);
        for (int i = 0; i < a.puts; ++i) {
          const int p = a.first_put + i;
          add_root(n, p, puts_[p].scope == f.scope ? 0 : child(puts_[p].scope, f.scope));
        }
        f.done[n] = a.puts == 0;
      }
    }
    for (int i = 0; i < own_count; ++i) {
      if (own[i].put < 0) continue;
      const int s = puts_[own[i].put].scope;
      add_root(own[i].node, own[i].put, s == f.scope ? 0 : child(s, f.scope));
    }
    needs_of_region needs(g_, f.scope, members_, needed, kept, count);
    for (int i = 0; i < count; ++i) {
      for_each_need(f, roots[i], [&](int id, bool) { needs.add_need(i, id); });
    }
    scratch<int> number(g_.loop_count);
    find_passes(f, roots, count, needs, number);
    schedule_region(f, roots, count, needs, number, own_count);
  }

  /// Calls use for what a root of f's region needs at once.
  template <class Use>
  constexpr void for_each_need(const frame& f, const root_of_loop& r, const Use& use) const {
    if (r.put >= 0) {
      const element_put& p = puts_[r.put];
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
      for_each_use(g_, r.node, use);
    }
  }

  /// How often a loop must have run before a root over it can be computed. Numbers the loops of the
  /// roots from 1.
  constexpr void find_passes(const frame& f, scratch<root_of_loop>& roots, int count,
                             const needs_of_region& needs, scratch<int>& number) const {
    int loops = 1;
    for (int i = 0; i < count; ++i) {
      if (roots[i].loop != 0 && number[roots[i].loop] == 0) number[roots[i].loop] = loops++;
    }
    scratch<int> passes((needs.row_count + 1) * loops);
    const auto at = [&](int n, int l) -> int& { return passes[(needs.row_of(n) - 1) * loops + l]; };
    const auto raise = [](int& a, int b) {
      if (a < b) a = b;
    };
    int next = 0;  // The roots stand in the order of their nodes.
    for (int k = 0; k < needs.row_count; ++k) {
      const int n = needs.rows[k];
      const algebra kind_of = kind(n);
      if (kind_of == algebra::sum || kind_of == algebra::extremum ||
          kind_of == algebra::fold_result || kind_of == algebra::scatter) {
        for (; next < count && roots[next].node == n; ++next) {
          root_of_loop& r = roots[next];
          needs.for_each_need(next, [&](int m) {
            for (int l = 1; l < loops; ++l) raise(at(n, l), at(m, l));
            if (r.loop != 0) raise(r.pass, at(m, number[r.loop]));
          });
          if (r.loop != 0) raise(at(n, number[r.loop]), r.pass + 1);
        }
      } else if (kind_of != algebra::carry) {
        for_each_use(g_, n, [&](int id, bool) {
          if (id < 0 || needs.row_of(id) == 0) return;
          for (int l = 1; l < loops; ++l) raise(at(n, l), at(id, l));
        });
      }
    }
    // Puts into arrays around the region.
    for (int i = 0; i < count; ++i) {
      root_of_loop& r = roots[i];
      if (r.put < 0 || g_.scope[r.node] == f.scope || r.loop == 0) continue;
      needs.for_each_need(i, [&](int m) { raise(r.pass, at(m, number[r.loop])); });
    }
  }

  constexpr bool is_done(const frame& f, int n) const {
    if (g_.scope[n] != f.scope) return true;
    const slot_class c = class_of(*g_.nodes[n].op);
    if (c != slot_class::none) return f.slot[n] != 0;
    switch (kind(n)) {
      case algebra::scatter:
        return f.done[n];
      case algebra::slice:
        return is_done(f, g_.nodes[n].a) && is_done(f, g_.nodes[n].b);
      case algebra::fold_result:
        return f.done[n];
      default:
        return true;
    }
  }
  constexpr bool is_ready(const frame& f, int root, needs_of_region& needs) const {
    return needs.is_ready(root, [&](int n) { return is_done(f, n); });
  }
  /// Computed by running a loop, not by an instruction.
  constexpr bool is_looped(int n) const {
    const algebra k = kind(n);
    return k == algebra::sum || k == algebra::extremum || k == algebra::argument ||
           k == algebra::fold_result || k == algebra::carry || k == algebra::iota;
  }

  constexpr void schedule_region(frame& f, scratch<root_of_loop>& roots, int count,
                                 needs_of_region& needs, const scratch<int>& number,
                                 int own_count) {
    scratch<int> waiting(needs.row_count + 1);
    int waiting_count = 0;
    for (int k = 0; k < needs.row_count; ++k) {
      const int n = needs.rows[k];
      if (f.slot[n] == 0 && !is_looped(n) && class_of(*g_.nodes[n].op) != slot_class::none) {
        waiting[waiting_count++] = n;
      }
    }
    for (;;) {
      int left = 0;
      for (int k = 0; k < waiting_count; ++k) {
        const int n = waiting[k];
        if (f.slot[n] != 0) continue;
        bool ready = true;
        for_each_use(g_, n, [&](int id, bool) { ready = ready && (id < 0 || is_done(f, id)); });
        if (ready) {
          compute(f, n);
        } else {
          waiting[left++] = n;
        }
      }
      waiting_count = left;
      // Puts into the region's own arrays; those into others come last.
      for (int i = 0; i < count; ++i) {
        root_of_loop& r = roots[i];
        if (r.done || r.loop != 0 || g_.scope[r.node] != f.scope || !is_ready(f, i, needs) ||
            storing_loop(f, roots, count, i) != 0) {
          continue;
        }
        put_now(f, r.node, r.put);
        r.done = true;
      }
      close_arrays(f, roots, count);
      const int l = next_loop(f, roots, count, needs, number);
      if (l == 0) break;
      run_loop(f, l, roots, count, needs);
      close_arrays(f, roots, count);
      if (full) return;
    }
    for (int i = 0; i < count; ++i) {
      root_of_loop& r = roots[i];
      if (r.done) continue;
      if (r.loop != 0 || !is_ready(f, i, needs)) {
        full = full || own_count >= 0;
        return;
      }
      put_now(f, r.node, r.put);
    }
  }
  /// Arrays are done when all their puts are.
  constexpr void close_arrays(frame& f, const scratch<root_of_loop>& roots, int count) {
    for (int i = 0; i < count;) {
      const int n = roots[i].node;
      const bool open = roots[i].put >= 0 && g_.scope[n] == f.scope && !f.done[n];
      bool all = true;
      for (; i < count && roots[i].node == n; ++i) all = all && roots[i].done;
      if (!open || !all) continue;
      f.done[n] = true;
      fill_rest(f, n);
    }
  }

  constexpr const array_shape& shape_of(int n) const {
    const node& x = g_.nodes[n];
    return g_.shapes[x.op->kind == algebra::scatter ? g_.arrays[x.a].shape : x.c];
  }

  constexpr void fill_rest(frame& f, int n) {
    const array_info& a = array_of(n);
    if (a.exact || !is_stored_once(a)) return;
    int reached[max_rank]{-1, -1, -1};
    int l = puts_[a.first_put].scope;
    for (int d = g_.shapes[a.shape].rank - 1; d >= 0; --d, l = g_.loops[l].parent) {
      reached[d] = slot(f, g_.loops[l].extent);
    }
    emit(f, &fill_rest_operation, {0, reached[0], reached[1], reached[2], 0}, storage_of(n));
  }

  /// The loop to be run next: one all of whose roots of the next pass are ready; if there is none,
  /// two loops wait for parts of each other, one for which something can be done. 0: none.
  constexpr int next_loop(const frame& f, const scratch<root_of_loop>& roots, int count,
                          needs_of_region& needs, const scratch<int>& number) {
    struct outlook {
      int pass = room;
      bool all = true, any = false;
    };
    scratch<outlook> loops(count + 1);
    for (int i = 0; i < count; ++i) {
      const root_of_loop& r = roots[i];
      if (r.loop == 0 || r.done) continue;
      int& pass = loops[number[r.loop]].pass;
      if (r.pass < pass) pass = r.pass;
    }
    for (int i = 0; i < count; ++i) {
      const root_of_loop& r = roots[i];
      if (r.loop == 0 || r.done) continue;
      outlook& l = loops[number[r.loop]];
      if (r.pass != l.pass) continue;
      const bool ready = is_ready(f, i, needs);
      l.all = l.all && ready, l.any = l.any || ready;
    }
    int some = 0, whole = 0;
    for (int i = 0; i < count; ++i) {
      const root_of_loop& r = roots[i];
      if (r.loop == 0 || r.done) continue;
      const outlook& l = loops[number[r.loop]];
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
    if (chosen != 0) pass_ = loops[number[chosen]].pass;
    return chosen;
  }
  /// The loop of a root that can store the elements of the array that root `member` puts into, all
  /// of them, before the other puts add to them; 0: there is none, or it is too late.
  constexpr int storing_loop(const frame& f, const scratch<root_of_loop>& roots, int count,
                             int member) const {
    const int n = roots[member].node;
    if (f.filled[n] || g_.scope[n] != f.scope || array_of(n).exact || array_of(n).puts < 2)
      return 0;
    int first = member, last = member + 1;
    while (first > 0 && roots[first - 1].node == n) --first;
    while (last < count && roots[last].node == n) ++last;
    for (int i = first; i < last; ++i) {
      const root_of_loop& r = roots[i];
      if (r.done || r.loop == 0 || !is_put_once(r)) continue;
      bool alone = true;
      for (int k = first; k < last; ++k) alone = alone && (k == i || roots[k].loop != r.loop);
      if (alone) return r.loop;
    }
    return 0;
  }
  /// The put of a root reaches every element of its array once.
  constexpr bool is_put_once(const root_of_loop& r) const {
    if (r.put < 0) return false;
    const element_put& p = puts_[r.put];
    const array_info& a = array_of(r.node);
    const array_shape& s = g_.shapes[a.shape];
    int l = p.scope;
    for (int d = s.rank - 1; d >= 0; --d, l = g_.loops[l].parent) {
      if (l == a.scope || g_.loops[l].sequential || g_.loops[l].condition >= 0 ||
          p.index[d] != g_.loops[l].index || g_.loops[l].extent != s.extent[d]) {
        return false;
      }
    }
    return l == a.scope && !nest_tables::is_array(g_.nodes[p.value]);
  }

  /// Runs loop l for all its roots of this pass that are ready.
  constexpr void run_loop(frame& f, int l, scratch<root_of_loop>& roots, int count,
                          needs_of_region& needs) {
    frame in(g_, l, &f, new_region(&f, l));
    const loop& x = g_.loops[l];
    scratch<bool> stored(g_.size);  // arrays
    for (int i = 0; i < count; ++i) {
      const int n = roots[i].node;
      if (roots[i].put >= 0 && roots[i].loop == l && !roots[i].done && roots[i].pass == pass_) {
        stored[n] = storing_loop(f, roots, count, i) == l;
      }
    }
    scratch<root_of_loop> own(count);
    int own_count = 0;
    for (int i = 0; i < count; ++i) {
      if (roots[i].loop != l || roots[i].done || roots[i].pass != pass_ || !is_ready(f, i, needs)) {
        continue;
      }
      own[own_count++] = roots[i];
      roots[i].done = true;
    }
    open_[in.region] = true;
    regions_[in.region].branch = x.condition >= 0;
    regions_[in.region].backward = x.backward;
    for (int k = 0; k < x.carries; ++k) {
      if (is_carried_array(*g_.nodes[g_.carries[x.first_carry + k].node].op)) {
        regions_[in.region].hands_on_arrays = true;
      }
    }
    regions_[in.region].outermost = f.parent == nullptr;
    regions_[in.region].extent = slot(f, x.extent);
    define(in, x.index);

    scratch<bool> needed(g_.size);
    scratch<int> open(g_.size + 1), kept(g_.size);
    find_kept(l, kept);
    find_histories_kept(f, l, kept);
    for (int i = 0; i < own_count; ++i) {
      const root_of_loop& r = own[i];
      if (r.put >= 0) {
        const element_put& p = puts_[r.put];
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
      if (needed[c.node] && !is_carried_array(*g_.nodes[c.node].op)) define(in, c.node);
    }
    start_arrays(f, l, needed);
    for (int i = 0; i < own_count; ++i) {
      const int n = own[i].node;
      bool first = true;
      for (int k = 0; k < i; ++k) first = first && own[k].node != n;
      if (own[i].put < 0 || !first || g_.scope[n] != f.scope) continue;
      if (stored[n]) {
        stores_[own[i].put] = f.filled[n] = true;
        continue;
      }
      if (!open_window(f, in, l, n, own.data(), own_count)) fill(f, n);
      f.filled[n] = true;
    }
    fill_region(in, needed, kept, own.data(), own_count);
    hand_on_arrays(in, l, needed);
    for (int k = 0; k < x.carries; ++k) {
      const carried& c = g_.carries[x.first_carry + k];
      if (!needed[c.node] || is_carried_array(*g_.nodes[c.node].op)) continue;
      plan_carry p{slot(f, c.initial), in.slot[c.node] - 1, slot(in, c.next), -1};
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
        const int m = argument_of_[n] - 1;
        if (m >= 0) a.argument = define(f, m);
      }
      accumulators_[sizes.accumulators++] = {in.region, a};
    }
    emit(f, &run_region_operation, {}, in.region);
    leave_arrays(f, own.data(), own_count);
    ++times_run_[l];
    open_[in.region] = false;
    offer_kept(in, l, needed, kept);
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
  constexpr bool open_window(frame& f, const frame& in, int l, int n, const root_of_loop* own,
                             int count) {
    const array_info& a = array_of(n);
    if (a.exact || is_stored_once(a) || a.puts == 0 || g_.shapes[a.shape].rank != 1 ||
        row_of_[g_.nodes[n].a] != 0 || g_.loops[l].backward || g_.loops[l].condition >= 0) {
      return false;
    }
    int low = 1000, high = -1000, here = 0;
    plan_window w;
    for (int i = 0; i < count; ++i) {
      if (own[i].node != n) continue;
      const element_put& p = puts_[own[i].put];
      int offset = 0;
      if (p.scope != l || !is_shifted(p.index[0], l, offset)) return false;
      low = offset < low ? offset : low;
      high = offset > high ? offset : high;
      w.guarded = w.guarded || unsafe(p.index[0], shape_of(n).extent[0], vanishes(g_, p.value));
      ++here;
    }
    // Where one put is left nothing is gained.
    if ((here != a.puts && here < 2) || high - low >= max_window) return false;
    w.adds = here != a.puts || f.filled[n];
    if (w.adds) fill(f, n);
    w.array = storage_of(n), w.offset = low, w.width = high - low + 1;
    for (int k = 0; k < w.width; ++k) {
      const int s = new_slot(in.region, slot_class::value);
      if (k == 0) w.slot = s;
    }
    int newest = 0;
    for (int i = 0; i < count; ++i) {
      int offset = 0;
      if (own[i].node != n || !is_shifted(puts_[own[i].put].index[0], l, offset)) continue;
      in_window_[own[i].put] = w.slot + offset - low + 1;
      is_new_[own[i].put] = offset == high && low < high && newest++ == 0;
    }
    windows_[sizes.windows++] = {in.region, w};
    count_uses();
    return true;
  }

  // ---- what one run of a loop keeps for the next ------------------------------------------------

  /// Costs more to compute again than to store and load.
  constexpr bool is_heavy(int n) const {
    const operation& op = *g_.nodes[n].op;
    if (class_of(op) == slot_class::none) return false;
    if (op.kind != algebra::extremum) return tapeless::is_heavy(op);
    // Its position would have to be kept too.
    return argument_of_[n] == 0;
  }
  /// Remembers where the heavy values of a loop are computed.
  constexpr void offer_kept(const frame& in, int l, const scratch<bool>& needed,
                            const scratch<int>& kept) {
    if (g_.loops[l].sequential || g_.loops[l].condition >= 0) return;
    for (const int n : members_.own(l)) {
      if (!needed[n] || kept[n] != 0 || !is_heavy(n) || in.slot[n] == 0) continue;
      if (offer_count_ == room) return;
      offers_[offer_count_++] = {n, in.region, in.slot[n] - 1, -1, -1, 0};
    }
  }
  /// What earlier runs of loop l, or of those around it, have computed within it.
  constexpr void find_kept(int l, scratch<int>& kept) const {
    for (int i = 0; i < offer_count_; ++i) {
      const int n = offers_[i].node;
      if (kept[n] == 0 && inside(g_.scope[n], l) && is_worth_keeping(n, common(i))) kept[n] = i + 1;
    }
  }
  /// What the histories of a fold hold already.
  constexpr void find_histories_kept(const frame& f, int l, scratch<int>& kept) const {
    for (int k = 0; k < g_.loops[l].carries; ++k) {
      const int c = g_.carries[g_.loops[l].first_carry + k].node, h = history_of(c);
      if (h >= 0 && f.done[h]) kept[c] = -1;
    }
  }
  /// The innermost of the regions around an offer that is not complete yet.
  constexpr int common(int number) const {
    int r = offers_[number].region;
    while (!open_[r]) r = around_[r];
    return r;
  }
  /// Node n can be stored for all iterations within one of region r: their number is known before
  /// the program runs. In the program itself that could be a multiple of the size of its data, so
  /// there it must be one loop; in loops the memory is used again.
  constexpr bool is_worth_keeping(int n, int r) const {
    int rank = 0;
    for (int l = g_.scope[n]; l != loop_of_[r]; l = g_.loops[l].parent) {
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
    if (loop_of_[region] == l) return 0;
    const int from = loop_index_slot(around_[region], l);
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
      if (!needed[n] || kept[n] <= 0) continue;
      offer& k = offers_[kept[n] - 1];
      const int around = common(kept[n] - 1);
      int loops[max_rank]{}, rank = 0;
      for (int l = in.scope; l != loop_of_[around]; l = g_.loops[l].parent) loops[rank++] = l;
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
  struct offer {
    int node = -1;
    int region = -1, slot = -1;  ///< where it is computed
    int around = -1;             ///< the region in whose iterations it is stored
    int storage = -1;
    int until = -1;  ///< the last pass in which it is there; -1: always
  };
  /// A result that the loop will write later, or an array of its own.
  constexpr int place_for(const frame& f, offer& k, const int* loops, int rank,
                          const scratch<root_of_loop>& roots, int count) {
    if (scratch_outputs_ && f.parent == nullptr) {
      for (int i = 0; i < count; ++i) {
        const root_of_loop& r = roots[i];
        if (r.put < 0 || r.loop != loops[0] || r.pass < pass_) continue;
        const int o = storage_of(r.node) - sizes.inputs;
        const array_info& a = array_of(r.node);
        if (o < 0 || o >= Outputs || taken_[o] || g_.shapes[a.shape].rank != 1 ||
            !is_stored_once(a) || puts_[r.put].scope != loops[0]) {
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

  struct tagged {
    int region = -1;
    const operation* op = nullptr;
    int array = -1;
    instruction code{};
  };
  template <class T>
  struct in_region {
    int region = -1;
    T value{};
  };

  const Graph& g_;
  usage<Graph::capacity> use_;
  scope_members<Graph> members_;
  scratch<int> argument_of_;  ///< of an extremum: the node of its position, plus one
  sure_accesses<Graph::capacity> sure_;
  scratch<int> storage_;  ///< number of each scatter's array
  scratch<int> row_of_;   ///< of a scatter: the carry that it is the next value of, plus one, if it
                          ///< is put into the history
  scratch<array_carry> carries_in_;
  scratch<element_put> puts_;
  bool scratch_outputs_, separate_results_;
  frame* entry_ = nullptr;
  scratch<array_info> arrays_{Graph::table};  ///< shortened ones
  static constexpr int max_shared = 8;
  int shared_[max_shared]{}, shared_count_ = 0;  ///< mirrors whose histories wait in results
  scratch<int> times_run_{Graph::table};
  bool taken_[Outputs + 1]{};
  scratch<offer> offers_{room};
  int offer_count_ = 0;
  int pass_ = 0;
  scratch<int> uses_{Graph::capacity};  ///< of a node, where they have been counted
  bool counted_ = false;
  scratch<plan_region> regions_{room};
  scratch<int> around_{room}, loop_of_{room};  ///< of a region: the one that runs it, its loop
  scratch<bool> open_{room};                   ///< regions whose instructions are being made
  scratch<tagged> instructions_{room};
  scratch<in_region<plan_import>> imports_{room};
  scratch<in_region<plan_accumulator>> accumulators_{room};
  scratch<in_region<plan_carry>> carries_{room};
  scratch<in_region<plan_window>> windows_{Graph::table};
  scratch<int> in_window_{Graph::table};  ///< of a put: the slot that it is added to, plus one
  scratch<bool> stores_{Graph::table};    ///< puts that come first, and reach all elements
  scratch<bool> is_new_{Graph::table};    ///< that slot has not been added to before
  const arithmetic_operations& operations_ = arithmetic;
  scratch<plan_check> checks_{Graph::table};
  scratch<plan_storage> storages_{Graph::table};
  scratch<array_shape> storage_shapes_{Graph::table};
  scratch<plan_move> moves_{Graph::table};
  scratch<plan_output> outputs_{Outputs + 1};
};

/// What a plan may do. Where one of the first does not do, the next one is tried.
enum class plan_mode : std::uint8_t {
  scratch,  ///< other values wait in the arrays of the results
  plain,
  separate,  ///< the last arrays of folds get a place of their own
};

/// The sizes of a graph's plan, then the plan: two evaluations, because sizes are types.
template <plan_mode Mode, int Capacity, int Outputs>
constexpr plan_sizes sizes_of_plan(const nest_graph<Capacity, Outputs>& g) {
  const planner<nest_graph<Capacity, Outputs>, Outputs> p(g, Mode == plan_mode::scratch,
                                                          Mode == plan_mode::separate);
  plan_sizes sizes = p.sizes;
  sizes.wrong = p.is_overwritten() || (Mode != plan_mode::separate && p.loses_results());
  return sizes;
}
template <plan_mode Mode, plan_sizes Sizes, int Capacity, int Outputs>
constexpr auto planned(const nest_graph<Capacity, Outputs>& g) {
  const planner<nest_graph<Capacity, Outputs>, Outputs> p(g, Mode == plan_mode::scratch,
                                                          Mode == plan_mode::separate);
  return p.template compacted<Sizes>();
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
