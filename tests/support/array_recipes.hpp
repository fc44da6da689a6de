// SPDX-License-Identifier: BSL-1.0
#pragma once

// Recipes of random programs of whole arrays, drawn from a number in constant evaluation or at run
// time: a list of steps, each of which applies one operation to results of earlier ones.
//
// Sizes are known as linear functions of the sizes of the arguments, so that operands fit; what is
// known of the values keeps them moderate.

#include "support/compositions.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace array_programs {

using compositions::random_numbers;

// Name, then how a report spells it; a, b, c, d: the operands, i, j: numbers.
#define ARRAY_PROGRAMS_OPERATIONS(X)                                    \
  X(number, "number")                                                   \
  X(constant, "constant k")                                             \
  X(short_vector, "vector argument (n)")                                \
  X(long_vector, "vector argument (m)")                                 \
  X(argument_matrix, "matrix argument")                                 \
  X(sin, "sin(a)")                                                      \
  X(tanh, "tanh(a)")                                                    \
  X(logistic, "logistic(a)")                                            \
  X(negate, "-a")                                                       \
  X(square, "square(a)")                                                \
  X(abs, "abs(a)")                                                      \
  X(add, "a + b")                                                       \
  X(subtract, "a - b")                                                  \
  X(multiply, "elementwise_product(a, b)")                              \
  X(divide, "a / (1 + square(b))")                                      \
  X(lower, "min(a, b)")                                                 \
  X(upper, "max(a, b)")                                                 \
  X(select, "select(a < b, c, d)")                                      \
  X(add_rows, "a + rowwise(b)")                                         \
  X(multiply_rows, "elementwise_product(rowwise(b), a)")                \
  X(subtract_from_columns, "colwise(b) - a")                            \
  X(multiply_columns, "elementwise_product(a, colwise(b))")             \
  X(table, "colwise(a) + rowwise(b)")                                   \
  X(matrix_vector, "a * b")                                             \
  X(matrix_matrix, "a * b")                                             \
  X(transpose, "transpose(a)")                                          \
  X(outer, "outer(a, b)")                                               \
  X(dot, "dot(a, b)")                                                   \
  X(sum, "sum(a)")                                                      \
  X(prod, "prod(a)")                                                    \
  X(mean, "mean(a)")                                                    \
  X(largest, "max(a)")                                                  \
  X(smallest, "min(a)")                                                 \
  X(logsumexp, "logsumexp(a)")                                          \
  X(squared_norm, "squared_norm(a)")                                    \
  X(norm, "norm(a)")                                                    \
  X(l1_norm, "l1_norm(a)")                                              \
  X(variance, "variance(a)")                                            \
  X(softmax, "softmax(a)")                                              \
  X(log_softmax, "log_softmax(a)")                                      \
  X(head, "head(a, n), n = j or a.size() - j")                          \
  X(tail, "tail(a, n), n = j or a.size() - j")                          \
  X(segment, "segment(a, i, n), n = j or a.size() - j")                 \
  X(row, "row(a, i)")                                                   \
  X(col, "col(a, i)")                                                   \
  X(diagonal, "diagonal(a)")                                            \
  X(trace, "trace(a)")                                                  \
  X(reverse, "reverse(a)")                                              \
  X(concat, "concat(a, b)")                                             \
  X(flatten, "flatten(a)")                                              \
  X(reshape, "reshape(a, a.cols(), a.rows())")                          \
  X(cumsum, "cumsum(a)")                                                \
  X(convolve, "convolve(a, b)")                                         \
  X(at_largest, "b[argmax(a)]")                                         \
  X(element, "a[i]")                                                    \
  X(bound, "what a loop hands in")                                      \
  X(begin, "body, up to a")                                             \
  X(sum_of_rows, "tl::sum over rows of a: bound = a[i]; ends with b")   \
  X(generate, "tl::generate over rows of a: bound = a[i]; ends with b") \
  X(fold, "tl::fold(j or rows of c, a): bound = carry; ends with b")    \
  X(repeat, "the body j times from a: bound = carry; ends with b")

enum class op : std::uint8_t {
#define ARRAY_PROGRAMS_NAME(name, text) name,
  ARRAY_PROGRAMS_OPERATIONS(ARRAY_PROGRAMS_NAME)
#undef ARRAY_PROGRAMS_NAME
};

/// A size: n times that of the one vector argument, m times that of the other, and `more`.
struct extent {
  int n = 0, m = 0, more = 0;
  /// Not of a matrix that was flattened, whose size is no linear function.
  constexpr bool linear() const { return n < 100; }
  friend constexpr bool operator==(const extent&, const extent&) = default;
};

struct step {
  op operation = op::number;
  int a = -1, b = -1, c = -1, d = -1;
  int i = 0, j = 0;
  bool fixed = false;  ///< j is a size, not what is taken off one
  int axis = -1;       ///< of a reduction
  double k = 0;
  int rank = 0;
  extent size[2]{};  ///< of a vector, or rows and columns
  double bound = 1;  ///< of the absolute values
  int body = 0;      ///< in which body, 0: in none
  bool hidden = false;
};

inline constexpr int max_steps = 80;

struct recipe {
  int count = 0;
  std::array<step, max_steps> all{};
  int least_n = 0, least_m = 0;  ///< sizes that the parts need
  constexpr const step& at(int n) const { return all[static_cast<std::size_t>(n)]; }
  constexpr int result() const { return count - 1; }
};

class drawing {
 public:
  constexpr drawing(std::uint64_t number, bool square)
      : random_(number * 6151 + 11), square_(square) {}

  constexpr recipe run() {
    const extent of_n{1, 0, 0}, of_m = square_ ? of_n : extent{0, 1, 0};
    add({.operation = op::number});
    add({.operation = op::short_vector, .rank = 1, .size = {of_n, {}}});
    add({.operation = op::long_vector, .rank = 1, .size = {of_m, {}}});
    add({.operation = op::argument_matrix, .rank = 2, .size = {of_m, of_n}});
    const int steps = 3 + random_.below(6);
    for (int k = 0; k < steps && r_.count < 24; ++k) grow(true);
    // What nothing else has used, and now and then something again.
    int total = reduced(random_.below(2) == 0 ? pick() : r_.result());
    for (int n = r_.count - 1, most = 3; n > 3 && most > 0; --n) {
      if (used_[slot(n)] || !visible(n) || n == total) continue;
      const int a = moderate(reduced(n), 30), b = moderate(total, 30);
      total = add({.operation = op::add, .a = b, .b = a, .bound = bound(b) + bound(a)});
      --most;
    }
    if (r_.result() != total) unary(op::tanh, total);
    return r_;
  }

 private:
  static constexpr std::size_t slot(int n) { return static_cast<std::size_t>(n); }
  constexpr int add(step s) {
    s.body = body_;
    for (const int n : {s.a, s.b, s.c, s.d}) {
      if (n >= 0) used_[slot(n)] = true;
    }
    if (r_.count == max_steps) return r_.result();
    r_.all[slot(r_.count)] = s;
    return r_.count++;
  }
  constexpr const step& at(int n) const { return r_.at(n); }
  constexpr double bound(int n) const { return at(n).bound; }
  constexpr int hide(int n) { return r_.all[slot(n)].hidden = true, n; }

  /// Of the shape of a.
  constexpr step like(op o, int a, double most) const {
    step s{.operation = o, .a = a, .rank = at(a).rank, .bound = most};
    s.size[0] = at(a).size[0], s.size[1] = at(a).size[1];
    return s;
  }
  constexpr int unary(op o, int a) {
    const double x = bound(a);
    return add(like(o, a, o == op::square ? x * x : o == op::negate || o == op::abs ? x : 1));
  }
  constexpr int constant(double k) {
    return add({.operation = op::constant, .k = k, .bound = k < 0 ? -k : k, .hidden = true});
  }
  /// a, or something smaller of the same shape.
  constexpr int moderate(int a, double most) {
    if (bound(a) <= most) return a;
    const int s = unary(random_.below(2) == 0 ? op::sin : op::tanh, a);
    if (most >= 1) return s;
    step product = like(op::multiply, s, most);
    product.b = constant(most);
    return add(product);
  }
  /// The sizes that a size is at least 1 with, or `least`.
  constexpr void need(const extent& e, int least = 1) {
    const int missing = least - e.more;
    if (missing <= 0) return;
    int& to = e.n > 0 ? r_.least_n : r_.least_m;
    if (to < missing) to = missing;
  }

  constexpr bool visible(int n) const {
    const step& s = at(n);
    return !s.hidden && (s.body == body_ || s.body == 0);
  }
  /// A result, a late one that nothing has used more often, and an array.
  constexpr int pick() {
    if (random_.below(3) > 0) {
      for (int n = r_.count; n-- > 4;) {
        if (visible(n) && !used_[slot(n)] && at(n).rank > random_.below(2)) return n;
      }
    }
    for (int tries = 0; tries < 20; ++tries) {
      const int back = random_.below(3) > 0 ? random_.below(4) : random_.below(r_.count);
      const int n = r_.count - 1 - back;
      if (n >= 0 && visible(n)) return n;
    }
    return 1;
  }
  /// A result with this rank and sizes, random among them; -1: none.
  constexpr int fitting(int rank, const extent* rows, const extent* columns) {
    const int first = random_.below(r_.count);
    for (int k = 0; k < r_.count; ++k) {
      const int n = (first + k) % r_.count;
      if (at(n).rank != rank || !visible(n)) continue;
      if (rows != nullptr && !(at(n).size[0] == *rows)) continue;
      if (columns != nullptr && !(at(n).size[1] == *columns)) continue;
      return n;
    }
    return -1;
  }
  constexpr int same_shape(int a) { return fitting(at(a).rank, &at(a).size[0], &at(a).size[1]); }
  /// What can stand beside a in an elementwise operation: something of its shape, or a scalar.
  constexpr int beside(int a) {
    if (at(a).rank > 0 && random_.below(3) > 0) return same_shape(a);
    return fitting(0, nullptr, nullptr);
  }
  constexpr void binary(int a) {
    int b = moderate(beside(a), 10);
    a = moderate(a, 10);
    constexpr op all[] = {op::add, op::subtract, op::multiply, op::divide, op::lower, op::upper};
    const op o = all[random_.below(6)];
    if (at(b).rank == 0 && random_.below(2) == 0) std::swap(a, b);
    const double x = bound(a), y = bound(b);
    step s = like(o, at(a).rank > 0 ? a : b,
                  o == op::multiply                  ? x * y
                  : o == op::divide                  ? x
                  : o == op::lower || o == op::upper ? (x > y ? x : y)
                                                     : x + y);
    s.a = a, s.b = b;
    add(s);
  }
  constexpr void select(int a) {
    const int b = beside(a), c = same_shape(a), d = beside(a);
    step s = like(op::select, a, bound(c) > bound(d) ? bound(c) : bound(d));
    s.b = b, s.c = c, s.d = d;
    add(s);
  }

  /// A vector as wide as a square matrix or a factor of one, whatever there is.
  constexpr int vector_of(const extent& e) { return fitting(1, &e, nullptr); }

  constexpr int reduction(int a, int axis) {
    constexpr op all[] = {op::sum,       op::sum,      op::prod,   op::mean,
                          op::largest,   op::smallest, op::norm,   op::squared_norm,
                          op::logsumexp, op::variance, op::l1_norm};
    const op o = all[random_.below(11)];
    constexpr double count = 10;  // more or less
    a = moderate(a, o == op::prod ? 1 : o == op::logsumexp ? 10 : 5);
    const double x = bound(a);
    step s{.operation = o, .a = a, .axis = axis, .rank = axis < 0 ? 0 : 1};
    if (axis >= 0) s.size[0] = at(a).size[1 - axis];
    s.bound = o == op::prod || o == op::mean               ? x + 1
              : o == op::largest || o == op::smallest      ? x
              : o == op::logsumexp                         ? x + 5
              : o == op::norm                              ? x * 6
              : o == op::squared_norm || o == op::variance ? x * x * count
                                                           : x * count;
    if (o == op::mean || o == op::variance) {
      if (axis != 1) need(at(a).size[0]);
      if (axis != 0 && at(a).rank == 2) need(at(a).size[1]);
    }
    const int r = add(s);
    if (o != op::largest && o != op::smallest && o != op::logsumexp) return r;
    // Of nothing it is infinite.
    const double limit = o == op::smallest ? 2 : -2;
    step clamped = like(o == op::smallest ? op::lower : op::upper, hide(r), s.bound + 2);
    clamped.b = constant(limit);
    return add(clamped);
  }
  constexpr int reduced(int a) { return at(a).rank == 0 ? a : reduction(a, -1); }

  /// One step more.
  constexpr void grow(bool bodies) {
    const int a = pick();
    const int rank = at(a).rank;
    const int choice = random_.below(20);
    if (choice < 3) {
      constexpr op all[] = {op::sin, op::tanh, op::logistic, op::negate, op::square, op::abs};
      const op o = all[random_.below(6)];
      unary(o, moderate(a, 5));
    } else if (choice < 6 || (rank == 0 && choice < 14)) {
      binary(a);
    } else if (choice == 6 || rank == 0) {
      select(a);
    } else if (rank == 1) {
      of_vector(a, choice - 7, bodies);
    } else {
      of_matrix(a, choice - 7, bodies);
    }
  }

  constexpr void of_vector(int a, int choice, bool bodies) {
    const extent e = at(a).size[0];
    switch (choice) {
      case 0:
        reduction(a, -1);
        return;
      case 1: {
        const int b = fitting(1, nullptr, nullptr);
        if (!e.linear() || !at(b).size[0].linear()) return void(reduction(a, -1));
        if (random_.below(2) == 0) {
          const int x = moderate(a, 10), y = moderate(b, 10);
          add({.operation = op::outer,
               .a = x,
               .b = y,
               .rank = 2,
               .size = {e, at(b).size[0]},
               .bound = bound(x) * bound(y)});
        } else {
          add({.operation = op::table,
               .a = a,
               .b = b,
               .rank = 2,
               .size = {e, at(b).size[0]},
               .bound = bound(a) + bound(b)});
        }
        return;
      }
      case 2:
      case 3: {
        const int matrix = fitting(2, nullptr, &e);
        if (matrix >= 0) return product(matrix, a);
        const int other = fitting(2, &e, nullptr);
        if (other >= 0) return product(transposed(other), a);
        reduction(a, -1);
        return;
      }
      case 4: {
        const int b = vector_of(e), x = moderate(a, 5), y = moderate(b, 5);
        add({.operation = op::dot, .a = x, .b = y, .bound = 10 * bound(x) * bound(y)});
        return;
      }
      case 5: {
        const op o = random_.below(2) == 0 ? op::softmax : op::log_softmax;
        add(like(o, moderate(a, 10), o == op::softmax ? 1 : 30));
        return;
      }
      case 6: {
        if (!e.linear()) return void(reduction(a, -1));
        constexpr op all[] = {op::head, op::tail, op::segment};
        const op o = all[random_.below(3)];
        step s = like(o, a, bound(a));
        s.i = o == op::segment ? 1 : 0;
        s.fixed = random_.below(3) == 0;
        s.j = s.fixed ? 1 + random_.below(2) : s.i + random_.below(2);
        s.size[0] = s.fixed ? extent{0, 0, s.j} : extent{e.n, e.m, e.more - s.j};
        const int least = s.fixed ? s.i + s.j : s.j;
        if (e.n + e.m == 0 && e.more < least) return;
        need(e, least);
        add(s);
        return;
      }
      case 7: {
        constexpr op all[] = {op::reverse, op::cumsum};
        const op o = all[random_.below(2)];
        add(like(o, o == op::reverse ? a : moderate(a, 3), bound(a) > 3 ? 30 : 10 * bound(a)));
        return;
      }
      case 8: {
        const int b = fitting(1, nullptr, nullptr);
        const extent f = at(b).size[0];
        if (!e.linear() || !f.linear() || e.n + e.m + f.n + f.m > 4) return binary(a);
        const bool joined = random_.below(2) == 0 || e.n + e.m > 2;
        const int x = joined ? a : moderate(a, 3), y = joined ? b : moderate(b, 3);
        step s{.operation = joined ? op::concat : op::convolve, .a = x, .b = y, .rank = 1};
        s.size[0] = {e.n + f.n, e.m + f.m, e.more + f.more - (joined ? 0 : 1)};
        if (!joined) need(e), need(f);
        const double p = bound(x), q = bound(y);
        s.bound = joined ? (p > q ? p : q) : 10 * p * q;
        add(s);
        return;
      }
      case 9: {
        const int b = vector_of(e);
        need(e);
        if (random_.below(2) == 0) {
          add({.operation = op::at_largest, .a = a, .b = b, .bound = bound(b)});
        } else {
          add({.operation = op::element, .a = a, .bound = bound(a)});
        }
        return;
      }
      default:
        if (bodies && body_ == 0) return march(a, choice == 10);
        binary(a);
    }
  }

  constexpr int transposed(int a) {
    step s = like(op::transpose, a, bound(a));
    s.size[0] = at(a).size[1], s.size[1] = at(a).size[0];
    return add(s);
  }
  constexpr void product(int a, int b) {
    a = moderate(a, 3), b = moderate(b, 3);
    const bool vector = at(b).rank == 1;
    add({.operation = vector ? op::matrix_vector : op::matrix_matrix,
         .a = a,
         .b = b,
         .rank = vector ? 1 : 2,
         .size = {at(a).size[0], at(b).size[1]},
         .bound = 10 * bound(a) * bound(b)});
  }

  constexpr void of_matrix(int a, int choice, bool bodies) {
    const extent rows = at(a).size[0], columns = at(a).size[1];
    switch (choice) {
      case 0:
      case 1:
        reduction(a, random_.below(3) - 1);
        return;
      case 2:
      case 3: {
        const bool along_rows = random_.below(2) == 0;
        const int v = vector_of(along_rows ? columns : rows);
        if (v < 0) return void(transposed(a));
        const op o =
            along_rows ? (random_.below(2) == 0 ? op::add_rows : op::multiply_rows)
                       : (random_.below(2) == 0 ? op::subtract_from_columns : op::multiply_columns);
        const int x = moderate(a, 10), y = moderate(v, 10);
        const bool times = o == op::multiply_rows || o == op::multiply_columns;
        step s = like(o, x, times ? bound(x) * bound(y) : bound(x) + bound(y));
        s.b = y;
        add(s);
        return;
      }
      case 4: {
        const int v = vector_of(columns);
        if (v >= 0) return product(a, v);
        const int w = vector_of(rows);
        if (w >= 0) return product(transposed(a), w);
        transposed(a);
        return;
      }
      case 5: {
        const int b = fitting(2, &columns, nullptr);
        if (b >= 0) return product(a, b);
        return random_.below(2) == 0 ? product(a, transposed(a)) : product(transposed(a), a);
      }
      case 6: {
        const op o = random_.below(2) == 0 ? op::softmax : op::log_softmax;
        step s = like(o, moderate(a, 10), o == op::softmax ? 1 : 30);
        s.axis = random_.below(2);
        add(s);
        return;
      }
      case 7: {
        const bool of_rows = random_.below(2) == 0;
        need(of_rows ? rows : columns);
        add({.operation = of_rows ? op::row : op::col,
             .a = a,
             .rank = 1,
             .size = {of_rows ? columns : rows, {}},
             .bound = bound(a)});
        return;
      }
      case 8:
        if (rows == columns) {
          if (random_.below(2) == 0) {
            add({.operation = op::trace, .a = a, .bound = 10 * bound(a)});
          } else {
            add({.operation = op::diagonal,
                 .a = a,
                 .rank = 1,
                 .size = {rows, {}},
                 .bound = bound(a)});
          }
          return;
        }
        transposed(a);
        return;
      case 9: {
        step s = like(op::reshape, a, bound(a));
        s.size[0] = columns, s.size[1] = rows;
        add(s);
        return;
      }
      case 10: {
        if (!rows.linear() || !columns.linear()) return void(transposed(a));
        need(rows), need(columns);
        const int v = add({.operation = op::flatten,
                           .a = a,
                           .rank = 1,
                           .size = {{100 + r_.count, 0, 0}, {}},
                           .bound = bound(a)});
        if (random_.below(2) == 0) add(like(op::reverse, v, bound(v)));
        return;
      }
      default:
        if (bodies && body_ == 0) return over_rows(a);
        transposed(a);
    }
  }

  /// Steps of a body that begins with `first`; the last of rank `rank` and this size, if any.
  constexpr int begin_body(step first) {
    hide(add({.operation = op::begin}));
    body_ = ++bodies_;
    return add(first);
  }
  constexpr int end_body(step loop, int begin) {
    body_ = 0;
    const int n = add(loop);
    r_.all[slot(begin)].a = n;
    return n;
  }

  /// Something of each row of a: added up, or a vector of all.
  constexpr void over_rows(int a) {
    const int begin = r_.count;
    begin_body({.operation = op::bound, .rank = 1, .size = {at(a).size[1], {}}, .bound = bound(a)});
    for (int k = 1 + random_.below(3); k > 0; --k) grow(false);
    const int last = moderate(reduced(r_.result()), 3);
    step s{.operation = op::sum_of_rows, .a = a, .b = last, .bound = 10 * bound(last)};
    if (random_.below(2) == 0) {
      s.operation = op::generate, s.rank = 1, s.size[0] = at(a).size[0], s.bound = bound(last);
    }
    end_body(s, begin);
  }

  /// A vector that is replaced again and again.
  constexpr void march(int a, bool folds) {
    a = moderate(a, 3);
    const extent e = at(a).size[0];
    const int begin = r_.count;
    begin_body({.operation = op::bound, .rank = 1, .size = {e, {}}, .bound = 3});
    for (int k = 1 + random_.below(3); k > 0; --k) grow(false);
    int last = r_.result();
    while (at(last).rank != 1 || !(at(last).size[0] == e) || at(last).hidden) --last;
    last = moderate(last, 3);
    if (at(last).operation == op::bound) last = unary(op::sin, last);
    step s{.operation = folds ? op::fold : op::repeat, .a = a, .b = last, .rank = 1, .bound = 3};
    s.size[0] = e;
    s.j = 1 + random_.below(3);
    if (folds && random_.below(2) == 0) s.c = 3;  // as often as the matrix has rows
    end_body(s, begin);
  }

  random_numbers random_;
  bool square_;
  recipe r_;
  int body_ = 0, bodies_ = 0;
  std::array<bool, max_steps> used_{};
};

constexpr recipe draw(std::uint64_t number, bool square) { return drawing(number, square).run(); }

}  // namespace array_programs
