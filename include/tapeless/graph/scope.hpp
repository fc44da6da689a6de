// SPDX-License-Identifier: BSL-1.0
#pragma once

// Index spaces: what a loop is in a graph.
//
// A loop is an index variable, no control flow. A node is a pure function of the index variables
// that it uses and lives in the outermost scope that defines them all, so invariant code is outside
// of loops by construction, and how often a loop runs is decided when the program is scheduled.

#include <tapeless/graph/graph.hpp>

#include <cstddef>

namespace tapeless {
inline namespace TAPELESS_ABI {

inline constexpr int max_rank = 3;

/// An index space; number 0 is the program itself.
struct loop {
  int parent;
  int extent;  ///< node of its number of elements
  int depth;
  bool sequential;  ///< a fold, whose iterations depend on each other
  bool backward;    ///< from the last index to the first
  int index;        ///< the node of the index variable
  int fold;         ///< the node of a fold
  int condition;    ///< of a branch: it has one element where this is `taken`, else none
  bool taken;
  int first_carry, carries;
};
constexpr loop loop_in(int parent, int extent) {
  return {parent, extent, 0, false, false, -1, -1, -1, true, 0, 0};
}

/// A value that a fold hands from one iteration to the next.
struct carried {
  int node;     ///< what the body sees
  int initial;  ///< in the fold's parent
  int next;     ///< in the fold
};

/// "For every iteration of the loops from `scope` up to the array's own: A[index] += value." Where
/// there are fewer indices than dimensions, the value is an array of what they leave open.
struct element_put {
  int index[max_rank];
  int value;
  int scope;

  constexpr bool operator==(const element_put&) const = default;
};
inline constexpr element_put no_put{{-1, -1, -1}, -1, 0};

struct array_shape {
  int rank;
  int extent[max_rank];  ///< index nodes

  constexpr bool operator==(const array_shape&) const = default;
};
inline constexpr array_shape no_shape{0, {-1, -1, -1}};

/// An array made by the program: zeros, and what the puts add.
struct array_info {
  int scope;  ///< where it lives
  int shape;
  int first_put, puts;
  bool exact;  ///< every element is put exactly once: a store, no sum

  constexpr bool operator==(const array_info&) const = default;
};

/// What needs arrays of one size, for the error.
enum class size_rule : std::uint8_t {
  elementwise,
  add,
  subtract,
  multiply,
  divide,
  matrix_vector,
  matrix_matrix,
  dot,
  assignment,
  diagonal,
  reshape,
  direction,
  solve,
  inverse,
  det,
  logdet,
  cholesky,
  triangular
};
/// Two sizes that must be equal: index nodes.
struct equal_sizes {
  int left, right;
  size_rule rule;

  constexpr bool operator==(const equal_sizes&) const = default;
};
/// The size `symbol` of an argument is `root` + offset; root -1: it is the number `offset`.
struct known_size {
  int symbol = -1, root = -1;
  std::ptrdiff_t offset = 0;
  size_rule rule = size_rule::elementwise;
};
/// What a function's body has shown about the sizes of its arguments. A body that was traced before
/// all of it was known is traced once more.
struct known_sizes {
  static constexpr int capacity = 64;
  known_size of[capacity]{};
  int count = 0;
  bool fresh = false;  ///< grew since the trace began
};

/// Tables beside the nodes of a graph with loops. A view of a workshop's memory.
struct nest_tables {
  const node* nodes = nullptr;
  int* scope = nullptr;   ///< of each node
  int* wanted = nullptr;  ///< of a load: the scope in which the function's body has it, plus one
  loop* loops = nullptr;
  element_put* puts = nullptr;
  array_shape* shapes = nullptr;
  array_info* arrays = nullptr;
  carried* carries = nullptr;
  int* integers = nullptr;  ///< inputs that the body uses as indices: they must be integers
  equal_sizes* equal = nullptr;
  known_sizes* known = nullptr;  ///< as long as a body is traced
  int capacity = 0;              ///< of each of the last seven
  int loop_count = 1, put_count = 0, shape_count = 0, array_count = 0, carry_count = 0;
  int integer_count = 0, equal_count = 0;
  const bool* may_be_integer = nullptr;  ///< of each input: a scalar, or a std::array of scalars
  int input_count = 0;                   ///< as long as a body is traced
  int current = 0;                       ///< the scope whose body is being traced
  int floor = 0;  ///< the branch in which nodes are made: none of them may leave it
  bool branches = false;
  bool library = false;  ///< large products of matrices are routines, as long as a body is traced
  bool escaped = false;  ///< a value was used outside of the loop that defines it

  static constexpr bool is_array(const node& n);

  /// Remembers that input i is used as an index. False: it is none.
  constexpr bool demand_integer(int i) {
    if (i >= input_count || !may_be_integer[i]) return false;
    for (int k = 0; k < integer_count; ++k) {
      if (integers[k] == i) return true;
    }
    if (integer_count == capacity) return false;
    integers[integer_count++] = i;
    return true;
  }

  /// `scope` is `outer` or lies within it.
  constexpr bool inside(int s, int outer) const {
    while (loops[s].depth > loops[outer].depth) s = loops[s].parent;
    return s == outer;
  }
  constexpr int deeper(int a, int b) {
    const int in = loops[a].depth < loops[b].depth ? b : a;
    if (!inside(in, in == a ? b : a)) escaped = true;
    return in;
  }
  /// The child of `outer` that s lies within.
  constexpr int child(int s, int outer) const {
    while (loops[s].parent != outer) s = loops[s].parent;
    return s;
  }

  /// The deepest scope that both lie in.
  constexpr int common(int a, int b) const {
    while (!inside(a, b)) b = loops[b].parent;
    return b;
  }

  /// The innermost branch that scope s lies in; 0: none.
  constexpr int branch_of(int s) const {
    while (s != 0 && loops[s].condition < 0) s = loops[s].parent;
    return s;
  }
  /// The node `found`, equal to n, can stand for n where n would be made.
  constexpr bool visible(int found, const node& n) {
    return !branches || inside(scope_of(n), scope[found]);
  }

  constexpr int scope_of(const node& n) {
    switch (n.op->kind) {
      case algebra::input:
      case algebra::constant:
      case algebra::array:
      case algebra::extent:
      case algebra::index_constant:
        return 0;
      case algebra::iota:
      case algebra::carry:
        return n.a;
      case algebra::sum:
      case algebra::extremum:
        return loops[n.b].parent;
      case algebra::fold:
        return loops[n.a].parent;
      case algebra::scatter:
        return arrays[n.a].scope;
      default: {
        // Arithmetic of indices does no harm elsewhere, and sizes must be known outside.
        const bool of_indices =
            n.op->kind >= algebra::index_sum && n.op->kind <= algebra::index_count;
        int s = of_indices ? 0 : floor;
        for (int i = 0; i < n.op->arity; ++i) s = deeper(s, scope[n.operand(i)]);
        return s;
      }
    }
  }
};

// The operations of index spaces. Their rules are the transforms' own.
#define TAPELESS_NEST_OPERATION(symbol, text, hash, arity) \
  inline constexpr operation symbol##_operation {          \
    text, hash, algebra::symbol, arity, false, 0, false    \
  }
TAPELESS_NEST_OPERATION(array, "array", 0xa0761d6478bd642full,
                        0);  ///< a: input, c: shape, bits: integers
TAPELESS_NEST_OPERATION(extent, "extent", 0xe7037ed1a0b428dbull, 0);  ///< a: input, b: dimension
TAPELESS_NEST_OPERATION(index_constant, "index", 0x8ebc6af09c88c6e3ull, 0);  ///< bits: the value
TAPELESS_NEST_OPERATION(iota, "iota", 0x589965cc75374cc3ull, 0);             ///< a: loop
TAPELESS_NEST_OPERATION(index_sum, "+", 0x1d8e4e27c47d124full, 2);
TAPELESS_NEST_OPERATION(index_difference, "-", 0xeb44accab455d165ull, 2);
TAPELESS_NEST_OPERATION(index_product, "*", 0x9c6e6877736c46e3ull, 2);
TAPELESS_NEST_OPERATION(index_quotient, "/", 0xd1b54a32d192ed03ull, 2);   ///< 0 if b is 0
TAPELESS_NEST_OPERATION(index_remainder, "%", 0xaef17502108ef2d9ull, 2);  ///< 0 if b is 0
TAPELESS_NEST_OPERATION(index_count, "count", 0x2f9be6cc5be4f095ull, 1);  ///< max(a, 0)
TAPELESS_NEST_OPERATION(index_cast, "index_cast", 0x4be98134a5976fd3ull, 1);
TAPELESS_NEST_OPERATION(index_truth, "truth", 0x7137449123ef65cdull, 1);  ///< 1 or 0
TAPELESS_NEST_OPERATION(index_load, "index_load", 0x3fbc5d1c1c3a6c1bull, 2);
TAPELESS_NEST_OPERATION(index_value, "value", 0xd985b1bd2f8e9b43ull, 1);
TAPELESS_NEST_OPERATION(slice, "slice", 0x6c62272e07bb0143ull, 2);
TAPELESS_NEST_OPERATION(sum, "sum", 0xb492b66fbe98f273ull, 1);          ///< b: loop
TAPELESS_NEST_OPERATION(extremum, "max", 0x9ae16a3b2f90404full, 1);     ///< b: loop
TAPELESS_NEST_OPERATION(argument, "argmax", 0xc949d7c7509e6557ull, 1);  ///< a: extremum
TAPELESS_NEST_OPERATION(pick, "pick", 0xff51afd7ed558ccdull, 2);      ///< value a, derivative of b
TAPELESS_NEST_OPERATION(scatter, "array", 0xc4ceb9fe1a85ec53ull, 0);  ///< a: array
TAPELESS_NEST_OPERATION(fold, "fold", 0x87c37b91114253d5ull, 0);      ///< a: loop
TAPELESS_NEST_OPERATION(fold_result, "result", 0x4cf5ad432745937full, 1);  ///< a: fold, b: carry
TAPELESS_NEST_OPERATION(carry, "carry", 0x52dce729da3ed7b1ull, 0);         ///< a: loop, b: carry
#undef TAPELESS_NEST_OPERATION
// Objects of their own: clang 14 takes no element of an array as a template argument.
/// array, one index
inline constexpr operation load_operation{"load", 0x38495ab538495ab5ull, algebra::load, 2, false, 0,
                                          false};
/// The last two of arrays; c: shape.
inline constexpr operation array_result_operation{
    "result", 0x2545f4914f6cdd1dull, algebra::fold_result, 1, false, 0, false};
inline constexpr operation array_carry_operation{
    "carry", 0x9fb21c651e98df25ull, algebra::carry, 0, false, 0, false};
/// array, two indices
inline constexpr operation load_pair_operation{
    "load", 0xab0e9789ab0e9789ull, algebra::load, 3, false, 0, false};
inline constexpr operation index_less_operation{
    "<", 0x8f14e45fceea167aull, algebra::index_compare, 2, true, 0, false};
inline constexpr operation index_less_equal_operation{
    "<=", 0xc9f0f895fb98ab91ull, algebra::index_compare, 2, true, 0, false};
inline constexpr operation index_equal_operation{
    "==", 0x45c48cce2e2d7fbdull, algebra::index_compare, 2, true, 0, false};

/// The number of an array's shape. That of what a routine makes is in the bits of its node.
template <class Graph>
constexpr int shape_number(const Graph& g, const node& n) {
  return n.op->kind == algebra::scatter   ? g.arrays[n.a].shape
         : n.op->kind == algebra::routine ? static_cast<int>(n.bits)
                                          : n.c;
}
/// A fold hands an array on.
constexpr bool is_carried_array(const operation& op) {
  return (op.kind == algebra::carry && op.same_as(&array_carry_operation)) ||
         (op.kind == algebra::fold_result && op.same_as(&array_result_operation));
}
constexpr bool nest_tables::is_array(const node& n) {
  return n.op->kind == algebra::array || n.op->kind == algebra::scatter ||
         n.op->kind == algebra::slice || n.op->kind == algebra::routine || is_carried_array(*n.op);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
