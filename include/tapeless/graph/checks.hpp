// SPDX-License-Identifier: BSL-1.0
#pragma once

// What is checked before a program runs: indices against extents, sizes against each other.

#include <tapeless/graph/access.hpp>
#include <tapeless/graph/affine.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// The check is made only if all loops from a scope outwards have iterations. False: that can not
/// be known before the program runs.
template <class Workshop>
constexpr bool add_trips(Workshop& w, range_check& c, int scope) {
  builder& g = w.g;
  for (int l = scope; l != 0; l = w.tables.loops[l].parent) {
    if (w.tables.loops[l].condition >= 0) continue;
    const int trips = affine::bound(g, w.tables.loops[l].extent, true);
    if (trips < 0) return false;
    if (nest::is_number(g, trips) && nest::number_of(g, trips) > 0) continue;
    if (c.loop_count == range_check::max_loops) return false;
    c.loops[c.loop_count++] = trips;
  }
  return true;
}
template <class Workshop>
constexpr void enter_check(Workshop& w, const range_check& c) {
  for (int i = 0; i < w.result.check_count; ++i) {
    if (w.result.checks[i].covers(c)) return;
  }
  if (w.result.check_count == w.result.table) return w.g.overflow();
  w.result.checks[w.result.check_count++] = c;
}

/// The check is made only if the factors have the signs that are assumed.
template <class Workshop>
constexpr bool add_signs(Workshop& w, range_check& c, const assumed_signs& signs, int scope) {
  builder& g = w.g;
  for (int k = 0; k < signs.count; ++k) {
    const bool negative = (signs.negative >> k & 1) != 0;
    // A loop that runs as often has no iterations if it is negative.
    bool is_size = false;
    for (int l = scope; l != 0; l = w.tables.loops[l].parent) {
      is_size = is_size || w.tables.loops[l].extent == nest::count(g, signs.factor[k]);
    }
    if (is_size && negative) return false;
    if (is_size) continue;
    if (c.loop_count == range_check::max_loops) return false;
    c.loops[c.loop_count++] = negative
                                  ? nest::index_difference(g, nest::number(g, 0), signs.factor[k])
                                  : nest::index_sum(g, signs.factor[k], nest::number(g, 1));
  }
  return true;
}

template <class Workshop, class Sure>
constexpr void add_check(Workshop& w, const Sure& sure, int array, int dimension, int index,
                         int scope, bool guarded, bool hoisted = false) {
  builder& g = w.g;
  range_check c = no_check;
  c.array = array, c.dimension = dimension;
  c.extent = nest::shape_of(g, array).extent[dimension];
  if (!hoisted) {
    guarded = (guarded || sure.is_doubtful(index, c.extent)) && !sure.has(index, c.extent);
    if (is_unsafe(w.tables, index, c.extent, guarded)) return;
  }
  // The array's own loop is in range.
  if (g.is(index, algebra::iota) && w.tables.loops[g[index].a].extent == c.extent) return;
  if (g.is(array, algebra::scatter) && !nest::info(g, array).exact &&
      g.is(c.extent, algebra::extent)) {
    // What is added up has the shape of the argument whose gradient it is: users know that one.
    c.array = g[c.extent].a, c.dimension = g[c.extent].b;
  }
  // Arrays of the function's own may have an extent that shows only later.
  if (affine::bound(g, c.extent, true) != c.extent) return;
  if (!add_trips(w, c, scope)) return;
  assumed_signs signs;
  affine::find_signs(g, index, signs);
  if (signs.count > assumed_signs::most) return;
  for (unsigned k = 0; k < 1u << signs.count; ++k) {
    signs.negative = k;
    range_check one = c;
    one.first = affine::bound(g, index, false, signs);
    one.last = affine::bound(g, index, true, signs);
    if (one.first < 0 || one.last < 0 || !add_signs(w, one, signs, scope)) continue;
    if (nest::is_number(g, one.first) && nest::is_number(g, one.last) &&
        nest::is_number(g, one.extent) && nest::number_of(g, one.first) >= 0 &&
        nest::number_of(g, one.last) < nest::number_of(g, one.extent)) {
      continue;
    }
    enter_check(w, one);
  }
}

/// What the body of a fold returns for an array that it is handed must be of the same size.
template <class Workshop>
constexpr void add_carry_check(Workshop& w, int carry) {
  builder& g = w.g;
  const carried c = w.tables.carries[carry];
  const array_shape was = nest::shape_of(g, c.initial), next = nest::shape_of(g, c.next);
  for (int d = 0; d < was.rank; ++d) {
    if (was.extent[d] == next.extent[d]) continue;
    range_check check = no_check;
    check.kind = check_kind::carried;
    check.array = carry, check.dimension = d;
    check.first = check.last = affine::bound(g, next.extent[d], true);
    check.extent = affine::bound(g, was.extent[d], true);
    // Sizes that change with an outer loop are compared by their nodes only.
    if (check.first != next.extent[d] || check.extent != was.extent[d] ||
        !add_trips(w, check, g[c.node].a)) {
      w.result.unbounded = true;
      return;
    }
    enter_check(w, check);
  }
}

/// An input that stands beside an array, as tangent or cotangent, must be of the array's size.
template <class Workshop>
constexpr void add_size_check(Workshop& w, check_kind kind, int number, int input, int array) {
  const array_shape shape = nest::shape_of(w.g, array);
  for (int d = 0; d < shape.rank; ++d) {
    const int extent = shape.extent[d];
    range_check c = no_check;
    c.kind = kind, c.array = number, c.dimension = d, c.input = input;
    c.first = c.last = c.extent = extent;
    enter_check(w, c);
  }
}

/// The sizes that operations on whole arrays need equal.
template <class Workshop>
constexpr void add_equality_checks(Workshop& w) {
  builder& g = w.g;
  const auto side = [&](int e, int& input, int& dimension) {
    if (g.is(e, algebra::extent)) input = g[e].a, dimension = g[e].b;
  };
  for (int i = 0; i < w.tables.equal_count; ++i) {
    const equal_sizes e = w.tables.equal[i];
    // Sizes that change with an outer loop are equal at its ends.
    for (int end = 0; end < 2; ++end) {
      const bool last = end != 0;
      range_check c = no_check;
      c.kind = check_kind::equal, c.rule = e.rule;
      side(e.left, c.array, c.dimension);
      side(e.right, c.input, c.input_dimension);
      c.first = c.last = affine::bound(g, e.left, last);
      c.extent = affine::bound(g, e.right, last);
      if (c.first < 0 || c.extent < 0 || !add_trips(w, c, w.tables.scope[e.left]) ||
          !add_trips(w, c, w.tables.scope[e.right])) {
        w.result.unbounded = true;
        return;
      }
      if (c.first != c.extent) enter_check(w, c);
      if (w.tables.scope[e.left] == 0 && w.tables.scope[e.right] == 0) break;
    }
  }
}

/// What an array inside of loops needs at most.
template <class Workshop>
constexpr array_shape largest_size(Workshop& w, array_shape s) {
  for (int d = 0; d < s.rank; ++d) {
    s.extent[d] = affine::bound(w.g, s.extent[d], true);
    if (s.extent[d] < 0) w.result.unbounded = true, s.extent[d] = nest::number(w.g, 0);
    s.extent[d] = nest::count(w.g, s.extent[d]);
  }
  return s;
}

/// Completes a graph: adds the checks of all indices that are affine.
template <class Workshop>
constexpr auto checked(Workshop& w) {
  builder& g = w.g;
  if (g.full()) return w.finish();
  w.result.size = g.size();
  w.result.take_counts(w.tables);
  const usage<std::remove_cvref_t<decltype(w.result)>::capacity> use(w.result, w.result.outputs);
  const sure_accesses<std::remove_cvref_t<decltype(w.result)>::capacity> sure(w.result, use);
  const int size = g.size();
  add_equality_checks(w);
  int routines = 0;
  for (int n = 0; n < size; ++n) {
    if (!use.live[n]) continue;
    const node x = g[n];
    if (x.op->kind == algebra::scatter) {
      w.result.stored[x.a] = largest_size(w, w.tables.shapes[w.tables.arrays[x.a].shape]);
      const array_info a = w.tables.arrays[x.a];
      for (int i = 0; i < a.puts && !a.exact; ++i) {
        const element_put p = w.tables.puts[a.first_put + i];
        const bool guarded = vanishes(w.tables, p.value) || w.tables.branch_of(p.scope) != 0;
        for (int d = 0; d < max_rank && p.index[d] >= 0; ++d) {
          add_check(w, sure, n, d, p.index[d], p.scope, guarded);
        }
      }
    }
    if (x.op->kind == algebra::routine) {
      if (w.tables.array_count + routines == w.tables.capacity) return g.overflow(), w.finish();
      w.result.stored[w.tables.array_count + routines++] =
          largest_size(w, w.tables.shapes[shape_number(w.tables, x)]);
    }
    if (x.op->kind == algebra::carry && is_carried_array(*x.op)) {
      const int carry = w.tables.loops[x.a].first_carry + x.b;
      w.result.carried_sizes[carry] = largest_size(w, w.tables.shapes[x.c]);
      add_carry_check(w, carry);
    }
    if (x.op->kind == algebra::load || x.op->kind == algebra::index_load ||
        x.op->kind == algebra::slice) {
      const bool guarded = !use.always[n] || w.tables.branch_of(w.tables.scope[n]) != 0;
      const bool hoisted = !guarded && is_hoisted(w.tables, n);
      const int scope = hoisted ? w.tables.wanted[n] - 1 : w.tables.scope[n];
      add_check(w, sure, x.a, 0, x.b, scope, guarded, hoisted);
      if (x.op->arity == 3) add_check(w, sure, x.a, 1, x.c, scope, guarded, hoisted);
    }
  }
  return w.finish();
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
