// SPDX-License-Identifier: BSL-1.0
#pragma once

// A graph with loops as a value: the nodes and the tables beside them.

#include <tapeless/graph/nest.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// What is checked before a program runs.
enum class check_kind : std::uint8_t {
  range,    ///< every index from `first` to `last` is one of the array's
  carried,  ///< what fold number `array` hands on has extent `extent` at first, then `first`
  tangent,  ///< the tangent of input `array`, which is input `input`, has extent `first`
  cotangent,
  equal  ///< of an operation on arrays: `first` is `extent`
};
/// Unless one of the loops around has no iterations. All are index nodes of the outermost scope.
struct range_check {
  static constexpr int max_loops = 6;
  check_kind kind;
  int array, dimension, input;
  int input_dimension;  ///< of equal sizes: the right one is that of `input`
  size_rule rule;
  int first, last, extent;
  int loops[max_loops];
  int loop_count;

  /// The other check, of whatever array, finds nothing that this one does not.
  constexpr bool covers(range_check other) const {
    other.array = array;
    // Of a square result both dimensions of the cotangent are compared with one extent.
    if (kind != check_kind::tangent && kind != check_kind::cotangent) other.dimension = dimension;
    return *this == other;
  }
  constexpr bool operator==(const range_check&) const = default;
};
inline constexpr range_check no_check{
    check_kind::range, -1, 0, -1, 0, size_rule::elementwise, -1, -1, -1, {}, 0};

// The entries of the tables below have no values of their own: compilers evaluate initialisers for
// every one of them, used or not, in every graph.
template <int Capacity, int Outputs>
struct nest_graph : graph<Capacity, Outputs> {
  static constexpr int capacity = Capacity;
  static constexpr int table = Capacity < 256 ? 64 : Capacity / 4;

  int scope[Capacity]{};
  int wanted[Capacity]{};
  loop loops[table]{loop_in(-1, -1)};  ///< the first is the function itself
  element_put puts[table]{};
  array_shape shapes[table]{};
  array_info arrays[table]{};
  /// Of each array, with extents of the outermost scope; then of what routines make, in order.
  array_shape stored[table]{};
  array_shape carried_sizes[table]{};  ///< the same of arrays that folds hand on, by carry
  carried carries[table]{};
  int integers[table]{};  ///< inputs that are used as indices
  equal_sizes equal[table]{};
  range_check checks[table]{};
  int check_count = 0;
  int loop_count = 1, put_count = 0, shape_count = 0, array_count = 0, carry_count = 0;
  int integer_count = 0, equal_count = 0;
  bool branches = false;
  bool escaped = false;    ///< a value is used outside of its loop
  bool unbounded = false;  ///< an array's size can not be known before the program runs

  /// The tables for a builder that appends to them.
  constexpr nest_tables tables() {
    nest_tables t;
    t.nodes = this->nodes;
    t.scope = scope, t.wanted = wanted, t.loops = loops, t.puts = puts, t.shapes = shapes,
    t.arrays = arrays;
    t.carries = carries, t.integers = integers, t.integer_count = integer_count;
    t.equal = equal, t.equal_count = equal_count;
    t.capacity = table;
    t.branches = branches;
    t.loop_count = loop_count, t.put_count = put_count, t.shape_count = shape_count;
    t.array_count = array_count, t.carry_count = carry_count;
    return t;
  }
  constexpr void take_counts(const nest_tables& t) {
    loop_count = t.loop_count, put_count = t.put_count, shape_count = t.shape_count;
    array_count = t.array_count, carry_count = t.carry_count;
    integer_count = t.integer_count, equal_count = t.equal_count;
    escaped = t.escaped, branches = t.branches;
  }
};

/// Copies the tables of one graph into another, which must be large enough.
template <class To, class From>
constexpr void copy_tables(To& to, const From& from) {
  for (int i = 0; i < from.size; ++i) to.scope[i] = from.scope[i];
  for (int i = 0; i < from.size; ++i) to.wanted[i] = from.wanted[i];
  for (int i = 0; i < from.loop_count; ++i) to.loops[i] = from.loops[i];
  for (int i = 0; i < from.put_count; ++i) to.puts[i] = from.puts[i];
  for (int i = 0; i < from.shape_count; ++i) to.shapes[i] = from.shapes[i];
  for (int i = 0; i < from.array_count; ++i) to.arrays[i] = from.arrays[i];
  for (int i = 0; i < from.carry_count; ++i) to.carries[i] = from.carries[i];
  for (int i = 0; i < from.integer_count; ++i) to.integers[i] = from.integers[i];
  for (int i = 0; i < from.equal_count; ++i) to.equal[i] = from.equal[i];
  to.integer_count = from.integer_count, to.equal_count = from.equal_count;
  to.loop_count = from.loop_count, to.put_count = from.put_count;
  to.shape_count = from.shape_count, to.array_count = from.array_count;
  to.carry_count = from.carry_count;
  to.branches = from.branches;
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
