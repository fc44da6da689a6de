// SPDX-License-Identifier: BSL-1.0
#pragma once

// The cotangents of all nodes while the reverse sweep is under way.

#include <tapeless/transform/factored.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// How long the value of a node takes to arrive, in arithmetic operations; known for each node
/// when it is first asked for.
class arrival_times {
 public:
  explicit constexpr arrival_times(int count) : time_(count * 8 + 64), size_(count * 8 + 64) {}

  constexpr int operator()(const builder& g, int id) {
    for (; known_ <= id && known_ < size_; ++known_) {
      const node& n = g[known_];
      int latest = 0;
      for (int i = 0; i < n.op->arity; ++i) {
        if (time_.of[n.operand(i)] > latest) latest = time_.of[n.operand(i)];
      }
      time_.of[known_] = latest + duration(n.op->kind);
    }
    return id < size_ ? time_.of[id] : 0;
  }

 private:
  static constexpr int duration(algebra kind) {
    return kind == algebra::other                                ? 12
           : kind == algebra::divide                             ? 4
           : kind == algebra::input || kind == algebra::constant ? 0
                                                                 : 1;
  }
  scratch<int> time_;
  int size_;
  int known_ = 0;
};

/// Programs of more values are limited by throughput; keeping track of arrivals would cost steps.
inline constexpr int latency_bound = 1000;

/// Contributions wait until their node is visited; then they are added in the order in which they
/// arrive, so that the last one passes through one addition instead of all of them.
class cotangents {
 public:
  static constexpr bool has_loops = false;
  /// A value is where it was.
  static constexpr int seen(int n) { return n; }

  explicit constexpr cotangents(int count)
      : first_memory_(count),
        waiting_memory_(count),
        pool_memory_(count * max_arity + 1),
        time_(count < latency_bound ? count : 0),
        ordered_(count < latency_bound) {}

  constexpr bool exists(int n) const { return first_[n].base >= 0; }

  constexpr void add(builder& g, int n, const factored& c) {
    if (first_[n].base < 0) {
      first_[n] = c;
    } else if (first_[n].base == c.base) {
      first_[n].add(g, c);
    } else {
      int i = waiting_[n];
      while (i > 0 && pool_[i].base != c.base) i = pool_[i].next;
      if (i > 0) {
        factored f = pool_[i].value();
        f.add(g, c);
        pool_[i].set(f);
      } else {
        pool_[used_] = {c.base, c.factor, waiting_[n]};
        waiting_[n] = used_++;
      }
    }
  }
  /// The cotangent of n, all contributions added.
  constexpr factored& sum(builder& g, int n) {
    if (waiting_[n] > 0) {
      insert(g, n, first_[n]);
      first_[n] = {};
      for (int i = waiting_[n]; i > 0; i = pool_[i].next) first_[n].add(g, pool_[i].value());
      waiting_[n] = 0;
    }
    return first_[n];
  }
  constexpr int node(builder& g, int n) {
    return exists(n) ? local_algebra::without_guard(g, sum(g, n).node(g)) : g.structural_zero();
  }

 private:
  // Without initialisers, which a compiler would evaluate for all that there is room for.
  struct contribution {
    int base, factor;
    int next;  ///< 0: the last

    constexpr factored value() const { return {base, factor}; }
    constexpr void set(const factored& f) { base = f.base, factor = f.factor; }
  };
  /// Sorts the waiting contributions and `last` by arrival.
  constexpr void insert(builder& g, int n, const factored& last) {
    int rest = waiting_[n];
    pool_[used_] = {last.node(g), -1, 0};
    waiting_[n] = used_++;
    while (rest > 0) {
      const int i = rest;
      rest = pool_[i].next;
      pool_[i].set(pool_[i].value().rebased(g));
      int before = 0, after = waiting_[n];
      while (after > 0 && ordered_ && time_(g, pool_[after].base) <= time_(g, pool_[i].base)) {
        before = after;
        after = pool_[after].next;
      }
      pool_[i].next = after;
      (before == 0 ? waiting_[n] : pool_[before].next) = i;
    }
  }

  scratch<factored> first_memory_;
  scratch<int> waiting_memory_;
  scratch<contribution> pool_memory_;
  factored* first_ = first_memory_.of;
  int* waiting_ = waiting_memory_.of;  ///< first contribution in the pool, 0 for none
  contribution* pool_ = pool_memory_.of;
  arrival_times time_;
  bool ordered_;
  int used_ = 1;
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
