// SPDX-License-Identifier: BSL-1.0
#pragma once

// Recipes of random programs with loops over data, drawn from a number in constant evaluation or at
// run time.
//
// What is known of every loop variable keeps indices inside of arrays; what is known of every value
// keeps values moderate.

#include "support/compositions.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace loop_programs {

using compositions::random_numbers;

// What a node computes of its operands a, b, c, d.
enum class kind : std::uint8_t {
  constant,
  scalar,             ///< the scalar argument
  element,            ///< of the vector argument
  gathered,           ///< the vector at an entry of the integer argument
  matrix_element,     ///< (i, j)
  row_element,        ///< [i][j]
  index_value,        ///< a loop variable as a number
  carry,              ///< of an enclosing fold
  generated_element,  ///< of an array that generate or scan has made
  sin,
  tanh,
  logistic,
  negate,
  square,
  add,
  subtract,
  multiply,
  divide,  ///< a / (1 + square(b))
  lower,   ///< min(a, b)
  upper,   ///< max(a, b)
  select,  ///< a < b ? c : d, both computed
  cond,    ///< a < b ? c : d, one computed
  before,  ///< the element before that of a loop variable; a where there is none
  after,   ///< the element after that of a loop variable, by select
  sum,
  prod,
  max,
  min,
  logsumexp,
  fold,       ///< from a, by b
  fold_pair,  ///< from (a, b), by (c, d)
  generate,   ///< an array of a's for b
  scan,       ///< an array of the carries from a by b; c + the last carry
  march,      ///< an array of a's, replaced `steps` times by one of b's; c of the last
};

/// Something that a loop variable is smaller than, by `slack` and 1 at least.
enum class axis : std::uint8_t { vector, rows, columns, entries, none };

/// How far a loop goes. The size of an axis less `less`, three, or a loop variable plus `less`.
enum class bound : std::uint8_t { size, three, variable };
struct extent {
  bound of = bound::three;
  axis where = axis::none;
  int less = 0;
  int variable = 0;
};

struct node {
  kind operation = kind::constant;
  int a = -1, b = -1, c = -1, d = -1;
  double k = 0;
  extent e{}, steps{};
  int i = 0, j = 0;          ///< loop variables, by depth; of `carry`, depth of the loop
  int offset = 0;            ///< added to i
  bool reversed = false;     ///< counted from the end
  int which = 0;             ///< of carries, of arrays
  double size = 0;           ///< what the absolute value is at most
  int scope = 0, depth = 0;  ///< where it is computed
};

inline constexpr int max_nodes = 64;
inline constexpr int max_depth = 4;
inline constexpr int max_arrays = 4;

struct recipe {
  int count = 0;
  int arrays = 0;
  std::array<node, max_nodes> all{};
  constexpr const node& at(int n) const { return all[static_cast<std::size_t>(n)]; }
  constexpr int result() const { return count - 1; }
};

// ---- drawing
// -------------------------------------------------------------------------------------

class drawing {
 public:
  constexpr drawing(std::uint64_t number, bool entries)
      : random_(number * 7919 + 5), entries_(entries) {}

  constexpr recipe run() {
    int budget = 1 + random_.below(5);
    // The whole is a loop of some kind, and reads something of each kind of argument now and then.
    int root = loop(budget);
    while (budget > 0) root = combine(root, value(budget));
    if (r_.result() != root) unary(kind::sin, root);
    return r_;
  }

 private:
  struct variable {
    axis where = axis::none;
    int slack = 0;
  };
  struct array_made {
    extent e;
    double size = 0;
  };

  constexpr int add(node n) {
    n.scope = scopes_[static_cast<std::size_t>(depth_)];
    n.depth = depth_;
    if (r_.count == max_nodes) return r_.result();
    r_.all[static_cast<std::size_t>(r_.count)] = n;
    return r_.count++;
  }
  constexpr double size(int n) const { return r_.at(n).size; }
  constexpr int unary(kind k, int a) {
    const double s = size(a);
    const double to = k == kind::square ? s * s : k == kind::negate ? s : 1;
    return add({.operation = k, .a = a, .size = to});
  }
  /// a, or something smaller.
  constexpr int moderate(int a, double most) {
    if (size(a) <= most) return a;
    const int s = unary(random_.below(2) == 0 ? kind::sin : kind::tanh, a);
    if (most >= 1) return s;
    const int k = add({.operation = kind::constant, .k = most, .size = most});
    return add({.operation = kind::multiply, .a = s, .b = k, .size = most});
  }
  constexpr int binary(kind k, int a, int b) {
    const double x = size(a), y = size(b);
    double to = x + y;
    if (k == kind::multiply) to = x * y;
    if (k == kind::divide) to = x;
    if (k == kind::lower || k == kind::upper) to = x > y ? x : y;
    return add({.operation = k, .a = a, .b = b, .size = to});
  }
  constexpr int combine(int a, int b) {
    constexpr kind kinds[] = {kind::add,    kind::subtract, kind::multiply,
                              kind::divide, kind::lower,    kind::upper};
    const kind k = kinds[random_.below(6)];
    const int x = moderate(a, 30);
    return binary(k, x, moderate(b, 30));
  }

  constexpr int leaf() {
    // A loop variable wants to be used.
    if (depth_ > 0 && random_.below(8) != 0) {
      const int i = random_.below(3) == 0 ? random_.below(depth_) : depth_ - 1;
      const variable v = variables_[static_cast<std::size_t>(i)];
      const int offset = random_.below(v.slack + 1);
      const int pick = random_.below(6);
      if (carries_[static_cast<std::size_t>(i)] > 0 && pick < 4) {
        return add({.operation = kind::carry,
                    .i = i,
                    .which = random_.below(carries_[static_cast<std::size_t>(i)]),
                    .size = 3});
      }
      for (int g = arrays_in_sight_; g-- > 0 && pick < 3;) {
        const auto& made = arrays_[static_cast<std::size_t>(g)];
        if (made.e.where != v.where || v.slack < made.e.less) continue;
        return add({.operation = kind::generated_element,
                    .i = i,
                    .offset = random_.below(v.slack - made.e.less + 1),
                    .which = numbers_[static_cast<std::size_t>(g)],
                    .size = made.size});
      }
      if (v.where == axis::vector && pick > 0) {
        return add({.operation = kind::element,
                    .i = i,
                    .offset = offset,
                    .reversed = random_.below(5) == 0,
                    .size = 1});
      }
      if (v.where == axis::entries && pick > 0) {
        return add({.operation = kind::gathered, .i = i, .offset = offset, .size = 1});
      }
      if ((v.where == axis::rows || v.where == axis::columns) && pick > 0) {
        for (int j = 0; j < depth_; ++j) {
          const axis other = variables_[static_cast<std::size_t>(j)].where;
          if (other == v.where || (other != axis::rows && other != axis::columns)) continue;
          const bool first = v.where == axis::rows;
          return add({.operation = random_.below(3) == 0 ? kind::row_element : kind::matrix_element,
                      .i = first ? i : j,
                      .j = first ? j : i,
                      .size = 1});
        }
      }
      if (pick == 0 || v.where == axis::none) {
        return add({.operation = kind::index_value, .k = 0.125, .i = i, .size = 5});
      }
    }
    if (random_.below(3) > 0) return add({.operation = kind::scalar, .size = 1});
    return add({.operation = kind::constant, .k = random_.eighths(-1, 1) + 0.0625, .size = 1.1});
  }

  /// A node that is computed where one is drawn now.
  constexpr int known() {
    const int first = random_.below(r_.count + 1);
    for (int n = first; n < r_.count; ++n) {
      for (int d = 0; d <= depth_; ++d) {
        if (r_.at(n).scope == scopes_[static_cast<std::size_t>(d)] && !in_branch_) return n;
      }
    }
    return leaf();
  }

  constexpr int value(int& budget) {
    if (--budget < 0) return random_.below(5) == 0 && r_.count > 0 ? known() : leaf();
    switch (random_.below(depth_ < max_depth - 1 ? 12 : 8)) {
      case 0:
        return r_.count > 0 ? known() : leaf();
      case 1: {
        constexpr kind kinds[] = {kind::sin, kind::tanh, kind::logistic, kind::negate,
                                  kind::square};
        const kind k = kinds[random_.below(5)];
        return unary(k, moderate(value(budget), 5));
      }
      case 2: {
        const int a = value(budget), b = value(budget), c = value(budget), d = leaf();
        const double s = size(c) > size(d) ? size(c) : size(d);
        return add({.operation = kind::select, .a = a, .b = b, .c = c, .d = d, .size = s});
      }
      case 3: {
        const int a = value(budget), b = leaf();
        // What only one side computes is not known elsewhere.
        const bool before = std::exchange(in_branch_, true);
        const int first = r_.count;
        const int c = value(budget), d = value(budget);
        for (int n = first; n < r_.count; ++n) r_.all[static_cast<std::size_t>(n)].scope = -1;
        in_branch_ = before;
        const double s = size(c) > size(d) ? size(c) : size(d);
        return add({.operation = kind::cond, .a = a, .b = b, .c = c, .d = d, .size = s});
      }
      case 4:
        for (int i = depth_; i-- > 0;) {
          if (variables_[static_cast<std::size_t>(i)].where != axis::vector) continue;
          const int a = leaf();
          const double s = size(a) > 1 ? size(a) : 1;
          const kind k = random_.below(2) == 0 ? kind::before : kind::after;
          return add({.operation = k, .a = a, .i = i, .size = s});
        }
        [[fallthrough]];
      case 5:
      case 6:
      case 7: {
        const int a = value(budget), b = value(budget);
        return combine(a, b);
      }
      default:
        return loop(budget);
    }
  }

  constexpr extent draw_extent() {
    const int pick = random_.below(10);
    if (pick < 2 && depth_ > 0) {
      return {bound::variable, axis::none, random_.below(2), random_.below(depth_)};
    }
    if (pick == 2) return {};
    // A matrix needs both of its axes.
    for (int i = 0; i < depth_ && pick < 8; ++i) {
      const axis w = variables_[static_cast<std::size_t>(i)].where;
      if (w == axis::rows) return {bound::size, axis::columns, 0, 0};
      if (w == axis::columns) return {bound::size, axis::rows, 0, 0};
    }
    axis w = static_cast<axis>(random_.below(6) % 4);
    if (w == axis::entries && !entries_) w = axis::vector;
    return {bound::size, w, random_.below(3) == 0 ? 1 : 0, 0};
  }
  constexpr variable variable_of(const extent& e) const {
    if (e.of == bound::three) return {};
    if (e.of == bound::size) return {e.where, e.less};
    variable v = variables_[static_cast<std::size_t>(e.variable)];
    v.slack += 1 - e.less;
    return v;
  }
  constexpr void enter(const extent& e, int carries) {
    const variable v = variable_of(e);
    variables_[static_cast<std::size_t>(depth_)] = v;
    carries_[static_cast<std::size_t>(depth_)] = carries;
    ++depth_;
    scopes_[static_cast<std::size_t>(depth_)] = ++scope_count_;
  }
  constexpr void leave() { --depth_; }

  constexpr int loop(int& budget) {
    const extent e = draw_extent();
    constexpr double most = 20;  // iterations
    switch (const int pick = random_.below(15)) {
      case 0:
      case 8: {
        enter(e, 0);
        const int a = moderate(value(budget), 1.2);
        leave();
        return moderate(add({.operation = kind::prod, .a = a, .e = e, .size = 40}), 40);
      }
      case 1:
      case 2:
      case 3: {
        constexpr kind kinds[] = {kind::max, kind::min, kind::logsumexp};
        enter(e, 0);
        const int a = moderate(value(budget), 20);
        leave();
        const int m = add({.operation = kinds[pick - 1], .a = a, .e = e, .size = size(a) + 3});
        r_.all[static_cast<std::size_t>(m)].scope = -1;  // its other uses might be sin(inf)
        // Of an empty loop it is infinite.
        const double limit = pick == 2 ? 2 : -2;
        const int k = add({.operation = kind::constant, .k = limit, .size = 2});
        return binary(pick == 2 ? kind::lower : kind::upper, m, k);
      }
      case 4: {
        const int a = moderate(value(budget), 3);
        enter(e, 1);
        const int b = moderate(value(budget), 3);
        leave();
        return add({.operation = kind::fold, .a = a, .b = b, .e = e, .size = 3});
      }
      case 5: {
        const int a = moderate(value(budget), 3), b = moderate(leaf(), 3);
        enter(e, 2);
        const int c = moderate(value(budget), 3), d = moderate(value(budget), 3);
        leave();
        return add({.operation = kind::fold_pair,
                    .a = a,
                    .b = b,
                    .c = c,
                    .d = d,
                    .e = e,
                    .which = random_.below(3),
                    .size = 6});
      }
      case 6:
      case 7:
        if (e.of == bound::size && r_.arrays < max_arrays) {
          const bool scans = pick == 7;
          int a = -1;
          if (scans) a = moderate(value(budget), 3);
          enter(e, scans ? 1 : 0);
          const int b = moderate(value(budget), 3);
          leave();
          const int number = r_.arrays++;
          numbers_[static_cast<std::size_t>(arrays_in_sight_)] = number;
          arrays_[static_cast<std::size_t>(arrays_in_sight_++)] = {e, 3};
          int left = budget > 2 ? budget - 1 : 2;
          enter(e, 0);
          const int x = value(left);
          const int body = moderate(combine(x, leaf()), 3);
          leave();
          const int c = add({.operation = kind::sum, .a = body, .e = e, .size = 60});
          --arrays_in_sight_;
          // They are computed where the array is known, which later nodes are not.
          for (int n = body; n <= c; ++n) r_.all[static_cast<std::size_t>(n)].scope = -1;
          budget = left;
          return scans ? add({.operation = kind::scan,
                              .a = a,
                              .b = b,
                              .c = c,
                              .e = e,
                              .which = number,
                              .size = 63})
                       : add({.operation = kind::generate,
                              .a = b,
                              .b = c,
                              .e = e,
                              .which = number,
                              .size = 60});
        }
        [[fallthrough]];
      case 9:
      case 10:
        if (e.of == bound::size && r_.arrays < max_arrays && depth_ + 2 < max_depth) {
          return march(e, budget);
        }
        [[fallthrough]];
      default: {
        enter(e, 0);
        const int a = moderate(value(budget), 5);
        leave();
        return add({.operation = kind::sum, .a = a, .e = e, .size = most * size(a)});
      }
    }
  }

  constexpr int march(const extent& e, int& budget) {
    enter(e, 0);
    const int a = moderate(value(budget), 3);
    leave();
    const int number = r_.arrays++;
    numbers_[static_cast<std::size_t>(arrays_in_sight_)] = number;
    arrays_[static_cast<std::size_t>(arrays_in_sight_++)] = {e, 3};
    const extent steps = draw_extent();
    enter(steps, 0);
    enter(e, 0);
    int left = budget > 2 ? budget - 1 : 2;
    const int x = value(left);
    const int b = moderate(combine(x, leaf()), 3);
    leave();
    leave();
    enter(e, 0);
    const int y = leaf();
    const int last = moderate(combine(y, leaf()), 3);
    leave();
    const int c = add({.operation = kind::sum, .a = last, .e = e, .size = 60});
    --arrays_in_sight_;
    r_.all[static_cast<std::size_t>(c)].scope = -1;
    budget = left;
    return add({.operation = kind::march,
                .a = a,
                .b = b,
                .c = c,
                .e = e,
                .steps = steps,
                .which = number,
                .size = 60});
  }

  random_numbers random_;
  bool entries_;
  recipe r_;
  int depth_ = 0, scope_count_ = 0, arrays_in_sight_ = 0;
  bool in_branch_ = false;
  std::array<int, max_depth + 1> scopes_{};
  std::array<variable, max_depth> variables_{};
  std::array<int, max_depth> carries_{};
  std::array<array_made, max_arrays> arrays_{};
  std::array<int, max_arrays> numbers_{};
};

/// Without entries, the program has no argument of integers.
constexpr recipe draw(std::uint64_t number, bool entries) { return drawing(number, entries).run(); }

}  // namespace loop_programs
