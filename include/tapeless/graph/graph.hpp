// SPDX-License-Identifier: BSL-1.0
#pragma once

// A program as a value: flat arrays of nodes whose ids are topological.

#include <tapeless/primitive/operand.hpp>

#include <bit>
#include <cstdint>
#include <limits>

namespace tapeless {
inline namespace TAPELESS_ABI {

class builder;

/// The partial derivative of a node with respect to one operand, as node ids.
struct partial {
  int numerator = -1;    ///< -1: no derivative
  int denominator = -1;  ///< -1: none

  constexpr bool operator==(const partial&) const = default;
};

/// What the graph knows of a primitive. One object a primitive; nodes point to it.
struct operation {
  text_view name;
  std::uint64_t hash;
  algebra kind;
  int arity;
  bool returns_condition;
  int condition_operands;
  bool anonymous;  ///< its name does not identify it in other translation units

  /// Names decide, not addresses: under sanitizers g++ does not compare addresses in constant
  /// evaluation.
  constexpr bool same_as(const operation* o) const {
    return hash == o->hash && (!anonymous || this == o);
  }
  /// Writes the partial derivatives at the operands x, where the result is y, one an operand.
  void (*partials)(builder&, const int* x, int y, partial* out) = nullptr;
  bool has_vjp = false;  ///< its pullback does not follow from the partials
  /// Writes the cotangents of the operands (-1: none).
  void (*vjp)(builder&, const int* x, int y, int cotangent, int* out) = nullptr;
  // Of a routine, whose operands, result and derivatives are whole arrays:
  unsigned values = 0;       ///< which operands its result is computed of, bit by bit
  unsigned derivatives = 0;  ///< which it has a derivative with respect to
  int (*jvp)(builder&, const int* x, int y, const int* tangents) = nullptr;
  bool strided_result = false;  ///< it can write, or add, to memory of any strides
};

// Initialised, because g++ does not take an array for a constant whose rest is trivial.
struct node {
  const operation* op;
  int a, b, c;         ///< operands, -1 where there is none; for an input, `a` is its number
  std::uint64_t bits;  ///< a constant's value, bit by bit: -0.0 and NaN stay apart

  constexpr int operand(int i) const { return i == 0 ? a : i == 1 ? b : c; }
  constexpr double value() const { return __builtin_bit_cast(double, bits); }
  constexpr bool is_input() const { return op->kind == algebra::input; }
  constexpr bool is_constant() const { return op->kind == algebra::constant; }
};

inline constexpr int max_arity = 3;

/// An index that a function's body used and an array does not have; extent -1: none.
struct refused_index {
  static constexpr int no_integer = std::numeric_limits<int>::max();  ///< extent: the index is none
  static constexpr int sizes = no_integer - 1;  ///< extent: two sizes, index and other, differ
  int index = 0, extent = -1, other = 0;
  int rule = 0;  ///< which operation needs them equal
};

/// Input number i, a scalar or an array.
constexpr bool is_input(const node& n, int i) {
  return n.a == i && (n.op->kind == algebra::input || n.op->kind == algebra::array);
}

template <int Capacity, int Outputs>
struct graph {
  node nodes[Capacity]{};
  int size = 0;
  int inputs = 0;
  int primal = 0;  ///< the nodes below it are the values, those above their derivatives
  int outputs[Outputs > 0 ? Outputs : 1]{};
  bool loops = false;  ///< the function loops at run time: this graph is not complete
  bool full = false;   ///< the capacity was exceeded: the rest is meaningless
  refused_index refused{};

  /// The node of input number i, -1 if there is none. Inputs are entered first, in order, unless
  /// an expression meets its variables later.
  constexpr int input_node(int i) const {
    if (i < size && is_input(nodes[i], i)) return i;
    for (int n = 0; n < size; ++n) {
      if (is_input(nodes[n], i)) return n;
    }
    return -1;
  }
};

/// FNV-1a over a text, for digests that are equal in every translation unit.
constexpr std::uint64_t hash_of(text_view text) {
  std::uint64_t h = 14695981039346656037ull;
  for (char c : text) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return h;
}

inline constexpr operation input_operation{
    "input", 0x9e3779b97f4a7c15ull, algebra::input, 0, false, 0, false};
inline constexpr operation constant_operation{
    "constant", 0xc2b2ae3d27d4eb4full, algebra::constant, 0, false, 0, false};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
