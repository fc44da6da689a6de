// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a region's loops are run for, and what these roots need of the region's own nodes: sets,
// bit by bit, because most of a plan's time is spent on asking for them.

#include <tapeless/graph/nest_graph.hpp>

#include <cstdint>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// What a loop of a region is run for: a reduction, the result of a fold, or a put.
struct root_of_loop {
  int node, put;  ///< put: -1, none
  int loop;       ///< the child of the region's scope; 0: none, a put of the region's own
  int pass;       ///< how often the loop must have run before
  bool done, ready;
  int waits_for;  ///< a node that was not there when it was last asked for, plus one
};

/// The live nodes of each scope and of all scopes within it, in the order of their ids.
template <class Graph>
class scope_members {
 public:
  template <class Usage>
  constexpr scope_members(const Graph& g, const Usage& use)
      : own_(g.loop_count + 1), inside_(g.loop_count + 1) {
    for (int n = 0; n < g.size; ++n) {
      if (!use.live[n]) continue;
      ++own_.end.of[g.scope[n]];
      for (int s = g.scope[n]; s >= 0; s = g.loops[s].parent) ++inside_.end.of[s];
    }
    for (table* t : {&own_, &inside_}) t->reserve(g.loop_count);
    for (int n = 0; n < g.size; ++n) {
      if (!use.live[n]) continue;
      own_.nodes[own_.end.of[g.scope[n]]++] = n;
      for (int s = g.scope[n]; s >= 0; s = g.loops[s].parent)
        inside_.nodes[inside_.end.of[s]++] = n;
    }
  }

  struct range {
    const int *first, *last;
    constexpr const int* begin() const { return first; }
    constexpr const int* end() const { return last; }
    constexpr int size() const { return static_cast<int>(last - first); }
  };
  constexpr range own(int scope) const { return own_.at(scope); }
  constexpr range inside(int scope) const { return inside_.at(scope); }

 private:
  struct table {
    scratch<int> begin, end;
    int* nodes = nullptr;

    explicit constexpr table(int scopes) : begin(scopes), end(scopes) {}
    table(const table&) = delete;
    table& operator=(const table&) = delete;
    constexpr ~table() { delete[] nodes; }
    /// From counts to places; each end moves along as the nodes are entered.
    constexpr void reserve(int scopes) {
      int total = 0;
      for (int s = 0; s < scopes; ++s) {
        const int count = end.of[s];
        begin.of[s] = end.of[s] = total;
        total += count;
      }
      nodes = new int[static_cast<std::size_t>(total + 1)]{};
    }
    constexpr range at(int s) const { return {nodes + begin.of[s], nodes + end.of[s]}; }
  };
  table own_, inside_;
};

/// Sets of a region's own nodes.
template <class Graph>
class region_needs {
 public:
  /// `kept`: nodes that need nothing, because they are loaded.
  constexpr region_needs(const use_lists<Graph>& uses, int size, int scope,
                         const scope_members<Graph>& members, const scratch<bool>& needed,
                         const scratch<int>& kept, int most_roots)
      : row_count(count(members.own(scope), needed)),
        rows(row_count + 1),
        row(size),
        place_(size),
        words_(row_count / 64 + 1),
        done_(words_),
        roots_(words_ * (most_roots + 1)),
        deeper_(words_ * (members.inside(scope).size() + 1)) {
    int last = 0, places = 0;
    for (const int n : members.own(scope)) {
      if (!needed.of[n]) continue;
      rows.of[last] = n;
      row.of[n] = ++last;
    }
    const auto inside = members.inside(scope);
    for (const int n : inside) {
      if (needed.of[n] && row.of[n] == 0) place_.of[n] = ++places;
    }
    // What a carry needs comes after it: again until nothing changes.
    for (bool again = places > 0; again;) {
      bool changed = false, back = false;
      for (const int n : inside) {
        if (place_.of[n] == 0 || kept.of[n] != 0) continue;
        std::uint64_t* const to = &deeper_.of[(place_.of[n] - 1) * words_];
        for (int i = uses.first.of[n], end = uses.last.of[n]; i < end; ++i) {
          const int id = uses.of[i], r = row.of[id] - 1;
          if (id > n) back = true;
          if (r < 0) {
            if (place_.of[id] != 0 && add(to, id)) changed = true;
          } else if (std::uint64_t& w = to[r / 64]; (w >> (r % 64) & 1) == 0) {
            w |= std::uint64_t{1} << (r % 64);
            changed = true;
          }
        }
      }
      again = back && changed;
    }
  }

  /// Root number r needs node n, or what n needs within the loops.
  constexpr void add_need(int r, int n) {
    if (n >= 0) add(&roots_.of[r * words_], n);
  }
  template <class Use>
  constexpr void for_each_need(int r, const Use& use) const {
    for (int w = 0; w < words_; ++w) {
      for (std::uint64_t rest = roots_.of[r * words_ + w]; rest != 0; rest &= rest - 1) {
        use(rows.of[w * 64 + __builtin_ctzll(rest)]);
      }
    }
  }
  /// A node that root r needs and that is not there; -1: none. What is there once stays.
  template <class IsDone>
  constexpr int first_missing(int r, const IsDone& is_done) {
    for (int w = 0; w < words_; ++w) {
      for (std::uint64_t rest = roots_.of[r * words_ + w] & ~done_.of[w]; rest != 0;
           rest &= rest - 1) {
        const int n = rows.of[w * 64 + __builtin_ctzll(rest)];
        if (!is_done(n)) return n;
        done_.of[w] |= rest & (~rest + 1);
      }
    }
    return -1;
  }

  int row_count;
  scratch<int> rows;  ///< the needed nodes of the region's scope, in order
  scratch<int> row;   ///< of a node: which of these it is, from 1; 0: none

 private:
  template <class Range>
  static constexpr int count(const Range& nodes, const scratch<bool>& needed) {
    int some = 0;
    for (const int n : nodes) some += needed.of[n];
    return some;
  }
  /// Adds node n itself or what it needs; false if it was there.
  constexpr bool add(std::uint64_t* to, int n) const {
    if (const int r = row.of[n] - 1; r >= 0) {
      const std::uint64_t bit = std::uint64_t{1} << (r % 64);
      const bool is_new = (to[r / 64] & bit) == 0;
      to[r / 64] |= bit;
      return is_new;
    }
    const int place = place_.of[n];
    if (place == 0) return false;
    bool some = false;
    const std::uint64_t* const from = &deeper_.of[(place - 1) * words_];
    for (int w = 0; w < words_; ++w) {
      if ((from[w] & ~to[w]) == 0) continue;
      some = true;
      to[w] |= from[w];
    }
    return some;
  }

  scratch<int> place_;  ///< of a node's set in deeper_, plus one
  int words_;
  scratch<std::uint64_t> done_, roots_, deeper_;
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
