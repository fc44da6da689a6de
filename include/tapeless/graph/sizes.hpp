// SPDX-License-Identifier: BSL-1.0
#pragma once

// Sizes that operations on whole arrays need equal. What a body shows of the sizes of its arguments
// makes them one: loops over them are then one loop, and what remains is compared when the program
// is called.

#include <tapeless/graph/nest.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Static functions, as in nest.
struct size_algebra {
  /// A size as the size of an argument, or none, plus a number.
  struct affine_size {
    int symbol = -1;  ///< -1: a number
    std::ptrdiff_t offset = 0;
    bool exists = false;  ///< of that form
  };
  static constexpr affine_size form_of(const builder& g, int e) {
    const node& n = g[e];
    if (nest::is_number(g, e)) return {-1, nest::number_of(g, e), true};
    if (n.op->kind == algebra::extent) return {e, 0, true};
    if (n.op->kind == algebra::index_sum && nest::is_number(g, n.b) && g.is(n.a, algebra::extent)) {
      return {n.a, nest::number_of(g, n.b), true};
    }
    return {};
  }
  static constexpr int node_of(builder& g, int root, std::ptrdiff_t offset) {
    const int k = nest::number(g, offset);
    return root < 0 ? k : nest::index_sum(g, root, k);
  }

  /// The size e in terms of those that stand for all that are known to be equal.
  static constexpr int canonical(builder& g, int e) {
    const nest_tables& t = *g.nest;
    if (t.known == nullptr || t.known->count == 0) return e;
    const node n = g[e];
    if (n.op->kind == algebra::extent) {
      for (int i = 0; i < t.known->count; ++i) {
        const known_size& k = t.known->of[i];
        if (k.symbol == e) return canonical(g, node_of(g, k.root, k.offset));
      }
    } else if (n.op->kind == algebra::index_sum) {
      return nest::index_sum(g, canonical(g, n.a), canonical(g, n.b));
    } else if (n.op->kind == algebra::index_count) {
      return nest::count(g, canonical(g, n.a));
    }
    return e;
  }

  /// Both sizes are equal from now on; returns what stands for them.
  static constexpr int unify(builder& g, size_rule rule, int left, int right) {
    const int a = canonical(g, left), b = canonical(g, right);
    if (a == b) return a;
    const int difference = nest::index_difference(g, a, b);
    if (nest::is_number(g, difference)) {
      g.refuse_sizes(static_cast<int>(nest::is_number(g, a) ? nest::number_of(g, a) : 0),
                     static_cast<int>(nest::is_number(g, a) ? nest::number_of(g, b)
                                                            : -nest::number_of(g, difference)),
                     static_cast<int>(rule));
      return a;
    }
    enter(g, {left, right, rule});
    learn(g, rule, form_of(g, a), form_of(g, b));
    return nest::is_number(g, b) ? b : canonical(g, a);
  }

  /// Enters what an earlier trace has found out.
  static constexpr void recall(builder& g) {
    nest_tables& t = *g.nest;
    t.known->fresh = false;
    for (int i = 0; i < t.known->count; ++i) {
      const known_size& k = t.known->of[i];
      enter(g, {node_of(g, k.root, k.offset), k.symbol, k.rule});
    }
  }
  static constexpr void enter(builder& g, const equal_sizes& e) {
    nest_tables& t = *g.nest;
    for (int i = 0; i < t.equal_count; ++i) {
      if (t.equal[i] == e) return;
    }
    if (t.equal_count == t.capacity) return g.overflow();
    t.equal[t.equal_count++] = e;
  }

 private:
  /// Numbers stand for sizes of arguments, and those of earlier arguments for those of later ones.
  static constexpr void learn(builder& g, size_rule rule, const affine_size& a,
                              const affine_size& b) {
    nest_tables& t = *g.nest;
    if (t.known == nullptr || !a.exists || !b.exists) return;
    const bool swap = b.symbol < 0 || (a.symbol >= 0 && b.symbol < a.symbol);
    const affine_size &root = swap ? b : a, &other = swap ? a : b;
    if (t.known->count == known_sizes::capacity) return;
    t.known->of[t.known->count++] = {other.symbol, root.symbol, root.offset - other.offset, rule};
    t.known->fresh = true;
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
