// SPDX-License-Identifier: BSL-1.0
#pragma once

// The instructions of a region: where its nodes are, what computes them, loads and stores.

#include <tapeless/codegen/array_places.hpp>
#include <tapeless/primitive/stop_gradient.hpp>
#include <tapeless/trace/traced.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class Graph, int Outputs>
class region_writer : public array_places<Graph, Outputs> {
  using base = array_places<Graph, Outputs>;

 protected:
  using base::base;
  using base::room, base::sizes, base::full, base::new_slot, base::emit_in, base::imports_,
      base::moves_, base::routines_, base::checks_, base::storages_, base::outputs_, base::kind,
      base::base_array, base::shape_of, base::in_branch, base::unsafe, base::place_of,
      base::storage_of, base::array_of, base::is_stored_once, base::g_, base::use_,
      base::carries_in_, base::puts_, base::storage_shapes_, base::uses_, base::used_, base::class_;
  using typename base::array_carry, typename base::place;

  /// A region under construction: where its nodes are.
  struct frame {
    int scope;
    frame* parent;
    int region;
    scratch<int> slot;     ///< of a node, plus one
    scratch<bool> done;    ///< arrays
    scratch<bool> filled;  ///< arrays

    constexpr frame(const Graph& g, int s, frame* outer, int r)
        : scope(s), parent(outer), region(r), slot(g.size), done(g.size), filled(g.size) {}
  };

  constexpr void emit(const frame& f, const operation* op, const instruction& code,
                      int array = -1) {
    emit_in(f.region, op, code, array);
  }
  /// The slot of node n in the region of f: imported if it is computed around it.
  constexpr int slot(frame& f, int n) {
    if (f.slot.of[n] == 0) {
      if (f.parent == nullptr) return full = true, 0;
      const int from = slot(*f.parent, n);
      const slot_class c = use_.live[n] ? class_.of[n] : class_of(*g_.nodes[n].op);
      const int to = new_slot(f.region, c);
      if (sizes.imports == room) return full = true, 0;
      imports_[sizes.imports++] = {f.region, {c, from, to}};
      f.slot.of[n] = to + 1;
    }
    return f.slot.of[n] - 1;
  }
  /// The same of an index that nobody may have computed yet.
  constexpr int index_slot(frame& f, int n) {
    if (f.slot.of[n] != 0) return f.slot.of[n] - 1;
    if (g_.scope[n] != f.scope && f.parent != nullptr) {
      index_slot(*f.parent, n);
      return slot(f, n);
    }
    const node& x = g_.nodes[n];
    for (int i = 0; i < x.op->arity; ++i) index_slot(f, x.operand(i));
    compute(f, n);
    return f.slot.of[n] - 1;
  }
  constexpr int define(frame& f, int n) {
    const slot_class c = use_.live[n] ? class_.of[n] : class_of(*g_.nodes[n].op);
    const int to = new_slot(f.region, c);
    f.slot.of[n] = to + 1;
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
      case algebra::index_cast: {
        // An argument's own integer, which may be more than the program's numbers can hold.
        const node& value = g_.nodes[x.a];
        const int from = slot(f, x.a), to = define(f, n);
        emit(f, x.op, {to, from, 0, 0, 0}, value.op->kind == algebra::input ? value.a : -1);
        return;
      }
      case algebra::pick:
        f.slot.of[n] = slot(f, x.a) + 1;
        return;
      case algebra::load:
      case algebra::index_load:
        load(f, n);
        return;
      case algebra::routine:
        routine(f, n);
        return;
      default: {
        int from[max_arity]{};
        for (int i = 0; i < x.op->arity; ++i) from[i] = slot(f, x.operand(i));
        const int to = define(f, n);
        emit(f, x.op, {to, from[0], from[1], from[2], 0});
      }
    }
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
    if (f.filled.of[n] || a.exact || is_stored_once(a)) return;
    const plan_place p = located(f, place_of(n));
    emit(f, &fill_array_operation,
         {0, p.index[0], p.index[1], p.index[2], static_cast<std::uint64_t>(p.indices)}, p.array);
    f.filled.of[n] = true;
  }
  constexpr void fill_rest(frame& f, int n) {
    const array_info& a = array_of(n);
    if (a.exact || !is_stored_once(a)) return;
    int reached[max_rank]{-1, -1, -1};
    const element_put& p = puts_.of[a.first_put];
    for (int l = p.scope; l != a.scope; l = g_.loops[l].parent) {
      reached[dimension_of(p, g_.loops[l].index)] = slot(f, g_.loops[l].extent);
    }
    emit(f, &fill_rest_operation, {0, reached[0], reached[1], reached[2], 0}, storage_of(n));
  }
  constexpr void put_now(frame& f, int n, int number) {
    if (in_window_.of[number] > 0) {
      const int w = in_window_.of[number] - 1, v = puts_.of[number].value;
      // The window's last element is new: zero.
      if (is_new_.of[number]) {
        emit(f, later_operation_for<std::enable_if_t<(Graph::capacity > 0)>, gradient_stopped>(),
             {w, slot(f, v), 0, 0, 0});
      } else {
        add_value(f, w, v);
      }
      return;
    }
    if (g_.scope[n] == f.scope) fill(f, n);
    const element_put& p = puts_.of[number];
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
                          : a.exact || is_stored_once(a) || stores_.of[number]
                              ? &store_element_operation
                              : &put_element_operation;
    emit(f, op, {slot(f, p.value), index[0], index[1], index[2], 0}, array);
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
    if ((x.op->kind != algebra::add && !difference) || g_.scope[v] != f.scope ||
        use_count_.of[v] != 1) {
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
    return g_.scope[n] == f.scope && use_count_.of[n] == 1 && kind(x.a) == algebra::constant;
  }
  constexpr void count_uses() {
    if (counted_) return;
    counted_ = true;
    for (int i = 0; i < uses_.count; ++i) ++use_count_.of[used_[i]];
    for (int n : g_.outputs) ++use_count_.of[n];
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
    moves_[sizes.moves] = {to, from, rank, swap, 1, {}};
    routines_[sizes.moves] = nullptr;
    emit(f, &move_array_operation, {}, sizes.moves++);
  }
  /// An array that a routine makes of others, which are there.
  constexpr void routine(frame& f, int n) {
    const node& x = g_.nodes[n];
    if (sizes.moves == Graph::table) {
      full = true;
      return;
    }
    plan_move m{located(f, place_of(n)), {}, shape_of(n).rank, false, 0, {}};
    for (int i = 0; i < x.op->arity; ++i) {
      if ((x.op->values >> i & 1u) == 0) continue;
      (m.operands == 0 ? m.from : m.others[m.operands - 1]) = located(f, place_of(x.operand(i)));
      ++m.operands;
    }
    moves_[sizes.moves] = m;
    routines_[sizes.moves] = x.op;
    emit(f, &move_array_operation, {}, sizes.moves++);
    f.done.of[n] = true;
  }
  /// Before a fold runs: what it hands on at first.
  constexpr void start_arrays(frame& f, int l, const scratch<bool>& needed) {
    const loop& x = g_.loops[l];
    for (int k = 0; k < x.carries; ++k) {
      const carried& c = g_.carries[x.first_carry + k];
      if (!needed.of[c.node] || !is_carried_array(*g_.nodes[c.node].op)) continue;
      const array_carry& in = carries_in_.of[x.first_carry + k];
      if (in.history >= 0) continue;
      move(f, {in.now}, located(f, place_of(c.initial)), shape_of(c.initial).rank);
    }
  }
  /// At the end of an iteration.
  constexpr void hand_on_arrays(frame& f, int l, const scratch<bool>& needed) {
    const loop& x = g_.loops[l];
    const auto each = [&](bool swap) {
      for (int k = 0; k < x.carries; ++k) {
        const carried& c = g_.carries[x.first_carry + k];
        if (!needed.of[c.node] || !is_carried_array(*g_.nodes[c.node].op)) continue;
        const array_carry& in = carries_in_.of[x.first_carry + k];
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

  constexpr int entry_slot(frame& f, int n) {
    if (f.slot.of[n] == 0) {
      const node& x = g_.nodes[n];
      for (int i = 0; i < x.op->arity; ++i) entry_slot(f, x.operand(i));
      compute(f, n);
    }
    return f.slot.of[n] - 1;
  }
  constexpr void enter_check(frame& f, const range_check& c) {
    plan_check& p = checks_[sizes.checks++];
    p.kind = c.kind, p.dimension = c.dimension, p.input = c.input;
    p.rule = c.rule, p.input_dimension = c.input_dimension;
    p.array = c.kind == check_kind::range ? storage_of(base_array(c.array)) : c.array;
    p.first = entry_slot(f, c.first), p.last = entry_slot(f, c.last);
    p.extent = entry_slot(f, c.extent);
    for (int l = 0; l < c.loop_count; ++l) p.loops[l] = entry_slot(f, c.loops[l]);
    p.loop_count = c.loop_count;
  }
  constexpr void entry(frame& f) {
    // Sizes that must be equal come first: of those one stands for the other in all that follows.
    for (const bool equal : {true, false}) {
      for (int i = 0; i < g_.check_count; ++i) {
        if ((g_.checks[i].kind == check_kind::equal) == equal) enter_check(f, g_.checks[i]);
      }
    }
    for (int o = 0; o < Outputs; ++o) {
      const node& x = g_.nodes[g_.outputs[o]];
      if (class_of(*x.op) != slot_class::none) continue;
      const array_shape& s = g_.shapes[shape_number(g_, x)];
      outputs_.of[o].rank = s.rank;
      for (int d = 0; d < s.rank; ++d) outputs_.of[o].extent[d] = entry_slot(f, s.extent[d]);
    }
    for (int i = 0; i < sizes.storages; ++i) {
      const array_shape& s = storage_shapes_.of[i];
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

  scratch<int> use_count_{Graph::capacity};  ///< of a node, where they have been counted
  bool counted_ = false;
  scratch<int> in_window_{Graph::table};  ///< of a put: the slot that it is added to, plus one
  scratch<bool> stores_{Graph::table};    ///< puts that come first, and reach all elements
  scratch<bool> is_new_{Graph::table};    ///< that slot has not been added to before
  const arithmetic_operations& operations_ = arithmetic<std::enable_if_t<(Graph::capacity > 0)>>;
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
