// SPDX-License-Identifier: BSL-1.0
#pragma once

// The hash-consing builder: equal nodes are one node, ids are topological.
//
// clang allows about a million steps in one constant evaluation and users' own loops share them,
// so nothing here visits a node more than a few times, and work is written as few statements.

#include <tapeless/graph/graph.hpp>
#include <tapeless/graph/scope.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// The operations that the local algebra makes on its own account.
struct arithmetic_operations {
  const operation *add, *subtract, *multiply, *divide, *negate, *choose, *either, *opposite;
};

/// The bucket of a node with these members; others that share it differ in what they do to them.
/// Neither this nor `intern` takes a node: for compilers one is several times as much as its parts.
#define TAPELESS_BUCKET(a, b, bits)                                                         \
  (static_cast<int>(                                                                        \
       (((bits) ^ (static_cast<std::uint64_t>(a) << 32)) + static_cast<std::uint64_t>(b)) * \
           0xd6e8feb86659fd93ull >>                                                         \
       40) &                                                                                \
   mask_)

class builder {
 public:
  constexpr builder(const arithmetic_operations& operations_to_use, node* memory, int capacity,
                    int* table, int buckets, nest_tables* tables = nullptr)
      : operations(operations_to_use),
        nodes(memory),
        nest(tables),
        nodes_(memory),
        table_(table),
        capacity_(capacity),
        mask_(buckets - 1),
        last_plain_(tables == nullptr ? algebra::divide : algebra::subtract) {
    if (nest != nullptr) nest->nodes = memory;
  }

  // No functions: for a call a compiler takes much longer than for a member, and these are asked
  // for more often than anything else.
  arithmetic_operations operations;  ///< some are null until something needs them
  const node* const nodes;
  /// The index spaces of a graph with loops; null in straight-line graphs.
  nest_tables* const nest;
  /// Sums of cotangents that conditions guard are guarded too (algebra.hpp). Not where a policy
  /// guards each product.
  bool guards_sums = true;

  /// A loop was met where no index space can be made: the function is traced again.
  constexpr void ask_for_loops() { loops_ = true; }
  constexpr bool asks_for_loops() const { return loops_; }
  constexpr void overflow() { full_ = true; }

  constexpr int size() const { return size_; }
  constexpr bool full() const { return full_; }

  /// Remembers the first index that was out of range, and of which extent.
  constexpr void refuse_index(int index, int extent) {
    if (refused_.extent < 0) refused_ = {index, extent};
  }
  constexpr void refuse_sizes(int left, int right, int rule) {
    if (refused_.extent < 0) refused_ = {left, refused_index::sizes, right, rule};
  }
  constexpr refused_index refused() const { return refused_; }
  constexpr const node& operator[](int id) const { return nodes_[id]; }

  constexpr int input(int number) { return intern(&input_operation, number, -1, -1, 0); }
  constexpr int constant(double v) {
    const std::uint64_t bits = __builtin_bit_cast(std::uint64_t, v);
    int& known = constants_[(bits >> 50 ^ bits >> 60) % 16];
    if (known > 0 && nodes_[known - 1].bits == bits) return known - 1;
    const int id = intern(&constant_operation, -1, -1, -1, bits);
    if (!full_) known = id + 1;
    return id;
  }
  /// Zero by structure: products and sums with it vanish whatever the other operand is.
  constexpr int structural_zero() { return intern(&constant_operation, 1, -1, -1, 0); }

  /// Applies an operation after the local algebra has had its say.
  constexpr int apply(const operation* op, int a, int b = -1, int c = -1);

  constexpr int intern(const operation* op, int a, int b, int c, std::uint64_t bits) {
    int k = TAPELESS_BUCKET(a, b, bits);
    for (; table_[k] != 0; k = (k + 1) & mask_) {
      const int i = table_[k] - 1;
      const node& n = nodes_[i];
      if (n.a == a && n.b == b && n.bits == bits && n.c == c && n.op->same_as(op) &&
          (nest == nullptr || nest->visible(i, n))) {
        return i;
      }
    }
    if (size_ == capacity_) return full_ = true, 0;
    nodes_[size_] = {op, a, b, c, bits}, table_[k] = ++size_;
    if (nest != nullptr) nest->scope[size_ - 1] = nest->scope_of(nodes_[size_ - 1]);
    return size_ - 1;
  }
  constexpr int intern(const node& n) { return intern(n.op, n.a, n.b, n.c, n.bits); }

  /// The node that `intern` would find; -1 if it would be new.
  constexpr int find(const operation* op, int a, int b, int c, std::uint64_t bits) const {
    for (int k = TAPELESS_BUCKET(a, b, bits); table_[k] != 0; k = (k + 1) & mask_) {
      const int i = table_[k] - 1;
      const node& n = nodes_[i];
      if (n.a == a && n.b == b && n.bits == bits && n.c == c && n.op->same_as(op) &&
          (nest == nullptr || nest->visible(i, n))) {
        return i;
      }
    }
    return -1;
  }
  /// The constant's node, -1 if there is none.
  constexpr int find_constant(double v) const {
    return find(&constant_operation, -1, -1, -1, __builtin_bit_cast(std::uint64_t, v));
  }
  /// An array that was entered before its shape was known.
  constexpr void set_shape(int id, int shape) { nodes_[id].c = shape; }
  /// Enters the nodes of another graph, which come first and keep their ids.
  constexpr void enter(const node* all, int count) {
    for (int i = 0; i < count;) {
      const node& n = all[i];
      int k = TAPELESS_BUCKET(n.a, n.b, n.bits);
      while (table_[k] != 0) k = (k + 1) & mask_;
      nodes_[i] = n, table_[k] = ++i;
    }
    size_ = count;
  }

  constexpr bool is_constant(int id) const { return nodes_[id].op->kind == algebra::constant; }
  constexpr bool is_structural_zero(int id) const {
    return nodes_[id].op->kind == algebra::constant && nodes_[id].a == 1;
  }
  constexpr bool is(int id, algebra kind) const { return nodes_[id].op->kind == kind; }
  constexpr bool is_value(int id, double v) const {
    return nodes_[id].op->kind == algebra::constant && nodes_[id].value() == v;
  }

 private:
  node* nodes_;
  int* table_;  ///< open addressing: nodes plus one, 0 for none
  int capacity_;
  int mask_;
  algebra last_plain_;  ///< arithmetic from `add` to it has no rules of its own in loops
  int size_ = 0;
  bool full_ = false;
  bool loops_ = false;
  int constants_[16]{};  ///< nodes of some, plus one: rules ask for few, again and again
  refused_index refused_;
};

#undef TAPELESS_BUCKET

}  // namespace TAPELESS_ABI
}  // namespace tapeless
