// SPDX-License-Identifier: BSL-1.0
#pragma once

// Where the arrays of a program are: in the results, in memory of the program's own, in a row of a
// fold's history.

#include <tapeless/codegen/plan_draft.hpp>
#include <tapeless/graph/access.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// The dimension in which this index chooses what is put; -1: none.
constexpr int dimension_of(const element_put& p, int index) {
  int d = 0;
  while (d < max_rank && p.index[d] != index) ++d;
  return d < max_rank ? d : -1;
}

template <class Graph, int Outputs>
class array_places : public plan_draft<Graph, Outputs> {
  using base = plan_draft<Graph, Outputs>;

 protected:
  using base::sizes, base::full;
  constexpr array_places(const Graph& g, bool scratch_outputs, bool separate_results)
      : g_(g),
        use_(g, g.outputs),
        sure_(g, use_),
        uses_(g, use_),
        class_(g.size),
        storage_(g.array_count + 1, -1),
        routine_storage_(g.size, -1),
        row_of_(g.array_count + 1),
        carries_in_(g.carry_count + 1),
        puts_(g.put_count + 1),
        narrowed_(g.put_count + 1),
        scratch_outputs_(scratch_outputs),
        separate_results_(separate_results) {
    for (int i = 0; i < g.put_count; ++i) puts_.of[i] = g.puts[i];
    for (int n = 0; n < g.size; ++n) {
      if (!use_.live[n]) continue;
      const operation& op = *g.nodes[n].op;
      const bool is_value = op.kind > algebra::carry && !op.returns_condition;
      class_.of[n] = is_value ? slot_class::value : class_of(op);
    }
    assign_storage();
  }

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
  constexpr const array_shape& shape_of(int n) const {
    const node& x = g_.nodes[n];
    return g_.shapes[shape_number(g_, x)];
  }
  constexpr bool in_branch(int s) const {
    while (s != 0 && g_.loops[s].condition < 0) s = g_.loops[s].parent;
    return s != 0;
  }
  /// An access to a dimension of this extent must look whether there is such an element.
  constexpr bool unsafe(int index, int extent, bool guarded) const {
    if (index < 0) return false;
    guarded = (guarded || sure_.is_doubtful(index, extent)) && !sure_.has(index, extent);
    return is_unsafe(g_, index, extent, guarded);
  }

  constexpr void assign_storage() {
    sizes.inputs = g_.inputs;
    sizes.outputs = Outputs;
    // Those that have storage: scatters, routines, and arrays that folds hand on.
    scratch<bool> read(g_.size);
    scratch<int> arrays(g_.size);
    int count = 0;
    for (int n = 0; n < g_.size; ++n) {
      if (!use_.live[n]) continue;
      const algebra k = g_.nodes[n].op->kind;
      if (k < algebra::load || k > algebra::carry) continue;
      if (k == algebra::load || k == algebra::slice) {
        read.of[base_array(g_.nodes[n].a)] = true;
      } else if (k == algebra::scatter || k == algebra::routine || k == algebra::carry) {
        arrays.of[count++] = n;
      }
      if (k != algebra::routine) continue;
      for_each_use(g_, n, [&](int id, bool) {
        if (nest_tables::is_array(g_.nodes[id])) read.of[base_array(id)] = true;
      });
    }
    for (int o = 0; o < Outputs; ++o) {
      const int n = g_.outputs[o];
      // What the program reads again can not be accumulated into the caller's memory.
      if (kind(n) == algebra::scatter && !read.of[n] && storage_.of[g_.nodes[n].a] < 0) {
        storage_.of[g_.nodes[n].a] = sizes.inputs + o;
      }
    }
    for (int i = 0; i < count; ++i) {
      if (is_waiting_scatter(arrays.of[i])) find_history(arrays.of[i]);
    }
    for (int i = 0; i < count; ++i) {
      if (is_waiting_scatter(arrays.of[i])) shorten_history(arrays.of[i]);
    }
    for (int i = 0; i < count; ++i) {
      const int a = g_.nodes[arrays.of[i]].a;
      if (is_waiting_scatter(arrays.of[i]) && row_of_.of[a] == 0) {
        storage_.of[a] = own_storage(g_.stored[a]);
      }
    }
    int routines = 0;
    for (int i = 0; i < count; ++i) {
      const int n = arrays.of[i];
      if (kind(n) == algebra::routine) {
        const array_shape& s = g_.stored[g_.array_count + routines++];
        const int o = read.of[n] ? -1 : only_output(n);
        routine_storage_.of[n] = o >= 0 ? sizes.inputs + o : own_storage(s);
      } else if (kind(n) == algebra::carry && is_carried_array(*g_.nodes[n].op)) {
        assign_buffers(n);
      }
    }
  }
  constexpr bool is_waiting_scatter(int n) const {
    return kind(n) == algebra::scatter && storage_.of[g_.nodes[n].a] < 0;
  }
  /// The result that a routine can write in its place: what it makes is that result and nothing
  /// else; -1: none.
  constexpr int only_output(int n) const {
    if (!g_.nodes[n].op->strided_result || g_.scope[n] != 0) return -1;
    int only = -1;
    for (int o = 0; o < Outputs; ++o) {
      if (g_.outputs[o] != n) continue;
      if (only >= 0) return -1;
      only = o;
    }
    for (int k = 0; k < g_.carry_count; ++k) {
      if (g_.carries[k].initial == n || g_.carries[k].next == n) return -1;
    }
    for (int p = 0; p < g_.put_count; ++p) {
      if (g_.puts[p].value == n) return -1;
    }
    return only;
  }
  constexpr int own_storage(const array_shape& s) {
    if (sizes.storages == Graph::table) return full = true, 0;
    storage_shapes_.of[sizes.storages] = s;
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
  /// The array that a fold hands on whose history n is, and whether the next array can be put into
  /// it.
  constexpr void find_history(int n) {
    const array_info& a = g_.arrays[g_.nodes[n].a];
    if (!a.exact || a.puts != 2) return;
    const element_put &p = g_.puts[a.first_put], &q = g_.puts[a.first_put + 1];
    const int f = q.scope;
    if (!nest_tables::is_array(g_.nodes[q.value]) || g_.loops[f].parent != a.scope) return;
    for (int k = 0; k < g_.loops[f].carries; ++k) {
      const int number = g_.loops[f].first_carry + k;
      const carried& c = g_.carries[number];
      if (c.initial == p.value && c.next == q.value && use_.live[c.node]) {
        enter_history(n, f, number, p.index[0], q.index[0]);
      }
    }
  }
  constexpr void enter_history(int n, int f, int number, int initial, int after) {
    const loop& l = g_.loops[f];
    const int one = find_node(&index_constant_operation, -1, -1, 1);
    const int beyond = find_node(&index_sum_operation, l.index, one, 0);
    const int zero = find_node(&index_constant_operation, -1, -1, 0);
    array_carry& c = carries_in_.of[number];
    if (c.history >= 0 || beyond < 0 || zero < 0) return;
    c.history = n;
    c.initial = initial, c.after = after;
    c.before = l.backward ? beyond : l.index;
    c.last = l.backward ? zero : l.extent;
    const int next = g_.carries[number].next;
    if (kind(next) != algebra::scatter || g_.scope[next] != f) return;
    const array_info& a = g_.arrays[g_.nodes[next].a];
    if (row_of_.of[g_.nodes[next].a] == 0 && (a.exact || !is_stored_once(a))) {
      row_of_.of[g_.nodes[next].a] = number + 1;
    }
  }
  constexpr void assign_buffers(int n) {
    const int number = carry_number(n);
    array_carry& c = carries_in_.of[number];
    if (c.history >= 0) return;
    c.now = own_storage(g_.carried_sizes[number]);
    if (separate_results_) c.result = own_storage(g_.carried_sizes[number]);
    const int next = g_.carries[number].next;
    if (kind(next) == algebra::scatter && g_.scope[next] == g_.nodes[n].a) {
      c.next = storage_.of[g_.nodes[next].a];
      bool taken = row_of_.of[g_.nodes[next].a] != 0 || c.next < sizes.inputs + Outputs;
      for (int k = 0; k < g_.carry_count; ++k) {
        taken = taken || (k != number && carries_in_.of[k].next == c.next);
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
    return {storage_.of[g_.nodes[c.history].a], {index, -1, -1}, 1, 1};
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
        const int k = row_of_.of[x.a] - 1;
        if (k >= 0) return row(carries_in_.of[k], carries_in_.of[k].after);
        return {storage_.of[x.a]};
      }
      case algebra::routine:
        return {routine_storage_.of[n]};
      case algebra::carry: {
        const array_carry& c = carries_in_.of[carry_number(n)];
        if (c.history >= 0) return row(c, c.before);
        return {c.now};
      }
      case algebra::fold_result: {
        const array_carry& c = carries_in_.of[carry_number(n)];
        if (c.history >= 0) return row(c, c.last);
        return {c.result >= 0 ? c.result : c.now};
      }
      default:
        return {x.a};
    }
  }
  /// The history that carry n is in; -1: it is no array, or in none.
  constexpr int history_of(int n) const {
    if (kind(n) != algebra::carry || !is_carried_array(*g_.nodes[n].op)) return -1;
    return carries_in_.of[carry_number(n)].history;
  }
  constexpr int storage_of(int n) const { return place_of(n).storage; }

  /// The values that a fold hands on, of which its mirror reads only those before each iteration:
  /// as many as there are iterations, stored by the iterations themselves. If the mirror's result
  /// has one element an iteration, they can wait in its place.
  constexpr void shorten_history(int n) {
    array_info& a = arrays_.of[g_.nodes[n].a] = g_.arrays[g_.nodes[n].a];
    if (!a.exact || a.puts != 2 || g_.shapes[a.shape].rank != 1) return;
    element_put& p = puts_.of[a.first_put + 1];
    const int f = p.scope;
    const loop& from = g_.loops[f];
    if (!from.sequential || from.backward || from.parent != a.scope) return;
    int carry = -1, mirror = 0;
    for (int k = 0; k < from.carries; ++k) {
      const carried& c = g_.carries[from.first_carry + k];
      if (c.next == p.value && c.initial == puts_.of[a.first_put].value) carry = c.node;
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
    storage_.of[g_.nodes[n].a] = sizes.inputs + o;
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
      const element_put& p = puts_.of[a.first_put];
      if (p.scope == l && p.index[0] == g_.loops[l].index) return o;
    }
    return -1;
  }
  /// The array of a scatter node, as it is stored.
  constexpr const array_info& array_of(int n) const {
    const array_info& shortened = arrays_.of[g_.nodes[n].a];
    return shortened.puts > 0 ? shortened : g_.arrays[g_.nodes[n].a];
  }
  /// The array has one put, whose indices are the variables of loops of their own, in any order:
  /// every element is put once at most, and the rest of the array is what the loops do not reach.
  constexpr bool is_stored_once(const array_info& a) const {
    if (a.puts != 1 || narrowed_.of[a.first_put]) return false;
    const element_put& p = puts_.of[a.first_put];
    int l = p.scope;
    for (int left = g_.shapes[a.shape].rank; left > 0; --left, l = g_.loops[l].parent) {
      const int d = l == a.scope ? -1 : dimension_of(p, g_.loops[l].index);
      if (d < 0 || g_.loops[l].condition >= 0 ||
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

  const Graph& g_;
  usage<Graph::capacity> use_;
  sure_accesses<Graph::capacity> sure_;
  use_lists<Graph> uses_;
  const int *first_use_ = uses_.first.of, *last_use_ = uses_.last.of;
  const int* used_ = uses_.of;    ///< what node n needs: from first_use_[n] on
  scratch<slot_class> class_;     ///< of a live node
  scratch<int> storage_;          ///< number of each scatter's array
  scratch<int> routine_storage_;  ///< of a routine's node
  scratch<int> row_of_;  ///< of a scatter: the carry that it is the next value of, plus one, if it
                         ///< is put into the history
  scratch<array_carry> carries_in_;
  scratch<element_put> puts_;
  scratch<bool> narrowed_;  ///< puts that happen where a condition holds, whatever their value says
  bool scratch_outputs_, separate_results_;
  scratch<array_info> arrays_{Graph::table};  ///< shortened ones
  static constexpr int max_shared = 8;
  int shared_[max_shared]{}, shared_count_ = 0;  ///< mirrors whose histories wait in results
  bool taken_[Outputs + 1]{};
  scratch<array_shape> storage_shapes_{Graph::table};
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
