// SPDX-License-Identifier: BSL-1.0
#pragma once

// Random programs with loops over data: recipes (support/loop_recipes.hpp) run on any machine: the
// library's traced values, or ordinary loops (support/loop_reference.hpp).

#include "support/loop_recipes.hpp"

#include <tapeless/tapeless.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace loop_programs {

namespace tl = tapeless;

// ---- running
// -------------------------------------------------------------------------------------

/// A recipe on the values and loops of a machine M.
template <class M>
class evaluation {
 public:
  using value = typename M::value;
  using index = typename M::index;

  constexpr evaluation(const recipe& r, const M& m) : r_(r), m_(m) {}

  constexpr value at(int number) {
    const node& n = r_.at(number);
    switch (n.operation) {
      case kind::constant:
        return m_.constant(n.k);
      case kind::scalar:
        return m_.scalar();
      case kind::element: {
        index i = variable(n.i) + n.offset;
        if (n.reversed) i = m_.size(axis::vector) - i - 1;
        return m_.element(i);
      }
      case kind::gathered:
        return m_.element(m_.entry(variable(n.i) + n.offset));
      case kind::matrix_element:
        return m_.matrix_element(variable(n.i), variable(n.j));
      case kind::row_element:
        return m_.row_element(variable(n.i), variable(n.j));
      case kind::index_value:
        return m_.number(variable(n.i)) * m_.constant(n.k);
      case kind::carry:
        return carries_[slot(n.i)][slot(n.which)];
      case kind::generated_element:
        return element(arrays_[slot(n.which)], variable(n.i) + n.offset);
      case kind::sin:
        return sin(at(n.a));
      case kind::tanh:
        return tanh(at(n.a));
      case kind::logistic:
        return logistic(at(n.a));
      case kind::negate:
        return -at(n.a);
      case kind::square:
        return square(at(n.a));
      case kind::add:
      case kind::subtract:
      case kind::multiply:
      case kind::divide:
      case kind::lower:
      case kind::upper:
        return binary(n.operation, at(n.a), at(n.b));
      case kind::select:
      case kind::cond:
      case kind::before:
      case kind::after:
        return choice(n);
      default:
        return loop(n);
    }
  }

 private:
  static constexpr std::size_t slot(int i) { return static_cast<std::size_t>(i); }
  /// std::vector wants unsigned indices.
  template <class A, class I>
  static constexpr auto element(const A& a, const I& i) {
    if constexpr (std::is_integral_v<I>) {
      return a[static_cast<std::size_t>(i)];
    } else {
      return a[i];
    }
  }
  constexpr index variable(int depth) const { return variables_[slot(depth)]; }
  constexpr value binary(kind k, const value& a, const value& b) const {
    switch (k) {
      case kind::add:
        return a + b;
      case kind::subtract:
        return a - b;
      case kind::multiply:
        return a * b;
      case kind::divide:
        return a / (m_.constant(1) + square(b));
      case kind::lower:
        return m_.lower(a, b);
      default:
        return m_.upper(a, b);
    }
  }
  constexpr value choice(const node& n) {
    if (n.operation == kind::before) {
      const index i = variable(n.i);
      return m_.cond(
          m_.less(index(0), i), [&] { return m_.element(i - 1); }, [&] { return at(n.a); });
    }
    if (n.operation == kind::after) {
      const index i = variable(n.i) + 1;
      return m_.select(
          m_.less(i, m_.size(axis::vector)), [&] { return m_.element(i); },
          [&] { return at(n.a); });
    }
    const value a = at(n.a), b = at(n.b);
    const auto c = [&] { return at(n.c); };
    const auto d = [&] { return at(n.d); };
    return n.operation == kind::cond ? m_.cond(m_.less(a, b), c, d)
                                     : m_.select(m_.less(a, b), c, d);
  }
  constexpr index length(const extent& e) const {
    if (e.of == bound::three) return index(3);
    if (e.of == bound::size) return m_.size(e.where) - e.less;
    return variable(e.variable) + e.less;
  }
  /// Node `body` of a loop whose variable is i. A value known from further out may be asked for
  /// inside of other loops; what it hides is put back.
  constexpr value inside(int depth, int body, const index& i) {
    const index before = std::exchange(variables_[slot(depth)], i);
    const value v = at(body);
    variables_[slot(depth)] = before;
    return v;
  }
  /// The carries of a loop, whose place new ones take.
  constexpr std::array<value, 2> hand_in(int depth, const value& p, const value& q) {
    const std::array<value, 2> before = carries_[slot(depth)];
    carries_[slot(depth)][0] = p;
    carries_[slot(depth)][1] = q;
    return before;
  }
  constexpr value loop(const node& n) {
    const index count = length(n.e);
    const int depth = n.depth;
    const auto body = [&](const index& i) { return inside(depth, n.a, i); };
    const auto step = [&](const value& carry, const index& i) {
      const auto before = hand_in(depth, carry, carry);
      const value next = inside(depth, n.b, i);
      carries_[slot(depth)] = before;
      return next;
    };
    switch (n.operation) {
      case kind::prod:
        return m_.prod(count, body);
      case kind::max:
        return m_.maximum(count, body);
      case kind::min:
        return m_.minimum(count, body);
      case kind::logsumexp:
        return m_.logsumexp(count, body);
      case kind::fold:
        return m_.fold(count, at(n.a), step);
      case kind::fold_pair: {
        const value a = at(n.a), b = at(n.b);
        const auto both = [&](const value& p, const value& q, const index& i) {
          const auto before = hand_in(depth, p, q);
          const value c = inside(depth, n.c, i), d = inside(depth, n.d, i);
          carries_[slot(depth)] = before;
          return std::pair{c, d};
        };
        const std::pair<value, value> last = m_.fold_pair(n.which, count, a, b, both);
        return last.first + m_.constant(0.5) * last.second;
      }
      case kind::generate:
        arrays_[slot(n.which)] = m_.generate(count, body);
        return at(n.b);
      case kind::scan: {
        auto [last, all] = m_.scan(count, at(n.a), step);
        arrays_[slot(n.which)] = all;
        return at(n.c) + last;
      }
      case kind::march: {
        const auto next = [&](const auto& array, const index& t) {
          arrays_[slot(n.which)] = array;
          const index before = std::exchange(variables_[slot(depth)], t);
          auto made =
              m_.generate(length(n.e), [&](const index& i) { return inside(depth + 1, n.b, i); });
          variables_[slot(depth)] = before;
          return made;
        };
        const auto start = m_.generate(count, body);
        arrays_[slot(n.which)] = m_.march(length(n.steps), start, next);
        return at(n.c);
      }
      default:
        return m_.sum(count, body);
    }
  }

  const recipe& r_;
  const M& m_;
  std::array<index, max_depth> variables_{};
  std::array<std::array<value, 2>, max_depth> carries_{};
  std::array<typename M::array, max_arrays> arrays_{};
};

// ---- in the library
// ----------------------------------------------------------------------------------

/// The arguments of a program, or a direction in them. The matrix is stored row by row.
struct point {
  std::vector<double> vector, matrix;
  double number = 0;
  std::ptrdiff_t rows = 0, columns = 0;
  std::vector<int> entries;

  std::size_t size() const { return vector.size() + matrix.size() + 1; }
  /// Without the integers, in one list.
  std::vector<double> all() const {
    std::vector<double> list = vector;
    list.insert(list.end(), matrix.begin(), matrix.end());
    list.push_back(number);
    return list;
  }
};

/// The library's loops: A is the traced type of the vector, X of the matrix, E of the integers.
template <class A, class X, class E = tl::traced_view<1, true>>
struct library {
  constexpr library(const A& a, const X& x, const tl::traced& n, const E& e = {})
      : vector(a), matrix(x), number_argument(n), entries(e) {}

  using value = tl::traced;
  using index = tl::traced_index;
  using array = tl::traced_view<1>;

  A vector;
  X matrix;
  value number_argument;
  E entries;

  /// clang computes no functions of numbers in constant evaluation: they become nodes at once.
  constexpr value constant(double k) const {
    tl::builder* const g = number_argument.graph();
    return {g, g->constant(k)};
  }
  constexpr value scalar() const { return number_argument; }
  constexpr value element(const index& i) const { return vector[i]; }
  constexpr index entry(const index& i) const { return entries[i]; }
  constexpr value matrix_element(const index& i, const index& j) const { return matrix(i, j); }
  constexpr value row_element(const index& i, const index& j) const { return matrix[i][j]; }
  constexpr value number(const index& i) const { return i; }
  constexpr index size(axis a) const {
    switch (a) {
      case axis::rows:
        return matrix.rows();
      case axis::columns:
        return matrix.cols();
      case axis::entries:
        return entries.size();
      default:
        return vector.size();
    }
  }
  constexpr auto less(const auto& a, const auto& b) const { return a < b; }
  constexpr value lower(const value& a, const value& b) const { return tl::min(a, b); }
  constexpr value upper(const value& a, const value& b) const { return tl::max(a, b); }
  constexpr value select(const tl::traced_condition& c, const auto& a, const auto& b) const {
    return tl::select(c, a(), b());
  }
  constexpr value cond(const tl::traced_condition& c, const auto& a, const auto& b) const {
    return tl::cond(c, a, b);
  }
  constexpr value sum(const index& n, const auto& f) const { return tl::sum(n, f); }
  constexpr value prod(const index& n, const auto& f) const { return tl::prod(n, f); }
  constexpr value maximum(const index& n, const auto& f) const { return tl::max(n, f); }
  constexpr value minimum(const index& n, const auto& f) const { return tl::min(n, f); }
  constexpr value logsumexp(const index& n, const auto& f) const { return tl::logsumexp(n, f); }
  constexpr value fold(const index& n, const value& init, const auto& f) const {
    return tl::fold(n, init, f);
  }
  /// The carry as a pair, a tuple or an array.
  constexpr std::pair<value, value> fold_pair(int form, const index& n, const value& a,
                                              const value& b, const auto& f) const {
    if (form == 0) {
      return tl::fold(n, std::pair{a, b},
                      [&](const auto& c, auto i) { return f(c.first, c.second, i); });
    }
    if (form == 1) {
      const auto [p, q] = tl::fold(n, std::tuple{a, b}, [&](const auto& c, auto i) {
        const auto [x, y] = f(std::get<0>(c), std::get<1>(c), i);
        return std::tuple{x, y};
      });
      return {p, q};
    }
    const auto last = tl::fold(n, std::array{a, b}, [&](const auto& c, auto i) {
      const auto [x, y] = f(c[0], c[1], i);
      return std::array{x, y};
    });
    return {last[0], last[1]};
  }
  constexpr array generate(const index& n, const auto& f) const { return tl::generate(n, f); }
  constexpr std::pair<value, array> scan(const index& n, const value& init, const auto& f) const {
    return tl::scan(n, init, f);
  }
  constexpr array march(const index& n, const array& init, const auto& f) const {
    return tl::fold(n, init, f);
  }
};

/// Recipes N to N + Count - 1 in one function, each with a weight: programs are compiled, and four
/// in one are compiled in less time than two.
template <std::uint64_t N, int Count, bool Entries>
struct loop_program {
  static constexpr std::array<recipe, Count> recipes = [] {
    std::array<recipe, Count> all{};
    for (int k = 0; k < Count; ++k) {
      all[static_cast<std::size_t>(k)] = draw(N + static_cast<std::uint64_t>(k), Entries);
    }
    return all;
  }();

  template <class A, class X, class W, class... E>
    requires(sizeof...(E) == (Entries ? 1 : 0))
  constexpr tl::traced operator()(const A& vector, const X& matrix, const tl::traced& number,
                                  const W& weights, const E&... entries) const {
    const library machine{vector, matrix, number, entries...};
    tl::traced sum;
    for (int k = 0; k < Count; ++k) {
      const recipe& r = recipes[static_cast<std::size_t>(k)];
      sum += weights[k] * evaluation(r, machine).at(r.result());
    }
    return sum;
  }
};

}  // namespace loop_programs
