// SPDX-License-Identifier: BSL-1.0
#pragma once

// Random programs of whole arrays: recipes (support/array_recipes.hpp) run on any machine: the
// library's arrays, or those of support/array_reference.hpp.

#include "support/array_recipes.hpp"

#include <tapeless/tapeless.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace array_programs {

namespace tl = tapeless;

/// A recipe on the scalars, vectors and matrices of a machine M, step by step.
template <class M>
class evaluation {
 public:
  using scalar = typename M::scalar;
  using vector = typename M::vector;
  using matrix = typename M::matrix;

  constexpr evaluation(const recipe& r, const M& m) : r_(r), m_(m) {}

  constexpr scalar run() {
    run(0, r_.result());
    return scalars_[slot(r_.result())];
  }

 private:
  static constexpr std::size_t slot(int n) { return static_cast<std::size_t>(n); }
  constexpr const scalar& s(int n) const { return scalars_[slot(n)]; }
  constexpr const vector& v(int n) const { return vectors_[slot(n)]; }
  constexpr const matrix& x(int n) const { return matrices_[slot(n)]; }
  constexpr void put(int n, const scalar& a) { scalars_[slot(n)] = a; }
  constexpr void put(int n, const vector& a) { vectors_[slot(n)] = a; }
  constexpr void put(int n, const matrix& a) { matrices_[slot(n)] = a; }

  constexpr void run(int first, int last) {
    for (int n = first; n <= last; ++n) {
      if (r_.at(n).operation == op::begin) n = r_.at(n).a;
      one(n, r_.at(n));
    }
  }

  constexpr void one(int n, const step& q) {
    switch (q.operation) {
      case op::number:
        return put(n, m_.number());
      case op::constant:
        return put(n, m_.constant(q.k));
      case op::short_vector:
        return put(n, m_.short_vector());
      case op::long_vector:
        return put(n, m_.long_vector());
      case op::argument_matrix:
        return put(n, m_.argument_matrix());
      case op::sin:
      case op::tanh:
      case op::logistic:
      case op::negate:
      case op::square:
      case op::abs:
        if (q.rank == 0) return put(n, m_.unary(q.operation, s(q.a)));
        if (q.rank == 1) return put(n, m_.unary(q.operation, v(q.a)));
        return put(n, m_.unary(q.operation, x(q.a)));
      case op::add:
      case op::subtract:
      case op::multiply:
      case op::divide:
      case op::lower:
      case op::upper:
        return binary(n, q);
      case op::select:
        return select(n, q);
      case op::add_rows:
      case op::multiply_rows:
      case op::subtract_from_columns:
      case op::multiply_columns:
        return put(n, m_.broadcast(q.operation, x(q.a), v(q.b)));
      case op::table:
        return put(n, m_.table(v(q.a), v(q.b)));
      case op::matrix_vector:
        return put(n, m_.product(x(q.a), v(q.b)));
      case op::matrix_matrix:
        return put(n, m_.product(x(q.a), x(q.b)));
      case op::transpose:
        return put(n, m_.transposed(x(q.a)));
      case op::outer:
        return put(n, m_.outer_product(v(q.a), v(q.b)));
      case op::dot:
        return put(n, m_.inner_product(v(q.a), v(q.b)));
      case op::softmax:
      case op::log_softmax:
        if (q.rank == 1) return put(n, m_.soft(q.operation, v(q.a)));
        return put(n, q.axis == 0 ? m_.template soft<0>(q.operation, x(q.a))
                                  : m_.template soft<1>(q.operation, x(q.a)));
      case op::head:
      case op::tail:
      case op::segment:
      case op::row:
      case op::col:
      case op::diagonal:
      case op::trace:
      case op::reverse:
      case op::concat:
      case op::flatten:
      case op::reshape:
      case op::cumsum:
      case op::convolve:
      case op::at_largest:
      case op::element:
        return part(n, q);
      case op::sum_of_rows:
      case op::generate:
      case op::fold:
      case op::repeat:
        return loop(n, q);
      case op::bound:  // put there by the loop
      case op::begin:
        return;
      default:
        if (r_.at(q.a).rank == 1) return put(n, m_.reduce(q.operation, v(q.a)));
        if (q.axis < 0) return put(n, m_.reduce(q.operation, x(q.a)));
        return put(n, q.axis == 0 ? m_.template reduce_along<0>(q.operation, x(q.a))
                                  : m_.template reduce_along<1>(q.operation, x(q.a)));
    }
  }

  constexpr void binary(int n, const step& q) {
    const int ranks = 3 * r_.at(q.a).rank + r_.at(q.b).rank;
    if (ranks == 0) return put(n, m_.binary(q.operation, s(q.a), s(q.b)));
    if (ranks == 1) return put(n, m_.binary(q.operation, s(q.a), v(q.b)));
    if (ranks == 2) return put(n, m_.binary(q.operation, s(q.a), x(q.b)));
    if (ranks == 3) return put(n, m_.binary(q.operation, v(q.a), s(q.b)));
    if (ranks == 4) return put(n, m_.binary(q.operation, v(q.a), v(q.b)));
    if (ranks == 6) return put(n, m_.binary(q.operation, x(q.a), s(q.b)));
    return put(n, m_.binary(q.operation, x(q.a), x(q.b)));
  }
  /// b and d may be scalars beside arrays.
  constexpr void select(int n, const step& q) {
    if (q.rank == 0) return put(n, m_.choose(s(q.a), s(q.b), s(q.c), s(q.d)));
    const auto with = [&](const auto& a, const auto& c, const auto& b, const auto& d) {
      const bool b_scalar = r_.at(q.b).rank == 0, d_scalar = r_.at(q.d).rank == 0;
      if (b_scalar && d_scalar) return put(n, m_.choose(a, s(q.b), c, s(q.d)));
      if (b_scalar) return put(n, m_.choose(a, s(q.b), c, d));
      if (d_scalar) return put(n, m_.choose(a, b, c, s(q.d)));
      return put(n, m_.choose(a, b, c, d));
    };
    if (q.rank == 1) return with(v(q.a), v(q.c), v(q.b), v(q.d));
    return with(x(q.a), x(q.c), x(q.b), x(q.d));
  }
  constexpr void part(int n, const step& q) {
    switch (q.operation) {
      case op::head:
      case op::tail:
      case op::segment:
        return put(n, m_.part(q.operation, v(q.a), q.i, q.fixed, q.j));
      case op::row:
        return put(n, m_.row_of(x(q.a), q.i));
      case op::col:
        return put(n, m_.column_of(x(q.a), q.i));
      case op::diagonal:
        return put(n, m_.diagonal_of(x(q.a)));
      case op::trace:
        return put(n, m_.trace_of(x(q.a)));
      case op::reverse:
        return put(n, m_.reversed(v(q.a)));
      case op::concat:
        return put(n, m_.joined(v(q.a), v(q.b)));
      case op::flatten:
        return put(n, m_.flat(x(q.a)));
      case op::reshape:
        return put(n, m_.reshaped(x(q.a)));
      case op::cumsum:
        return put(n, m_.sums(v(q.a)));
      case op::convolve:
        return put(n, m_.convolution(v(q.a), v(q.b)));
      case op::at_largest:
        return put(n, m_.at_largest(v(q.a), v(q.b)));
      default:
        return put(n, m_.element(v(q.a), q.i));
    }
  }
  constexpr void loop(int n, const step& q) {
    int bound = n - 1;
    while (r_.at(bound).operation != op::bound) --bound;
    if (q.operation == op::sum_of_rows || q.operation == op::generate) {
      const auto body = [&](const auto& i) {
        put(bound, m_.row_of(x(q.a), i));
        run(bound + 1, n - 1);
        return s(q.b);
      };
      if (q.operation == op::generate) return put(n, m_.generate(m_.rows(x(q.a)), body));
      return put(n, m_.sum(m_.rows(x(q.a)), body));
    }
    const auto next = [&](const vector& carry) {
      put(bound, carry);
      run(bound + 1, n - 1);
      return v(q.b);
    };
    if (q.operation == op::fold) {
      const auto count = q.c < 0 ? m_.count(q.j) : m_.rows(x(q.c));
      return put(n, m_.fold(count, v(q.a), next));
    }
    vector carry = v(q.a);
    for (int k = 0; k < q.j; ++k) carry = next(carry);
    put(n, carry);
  }

  const recipe& r_;
  const M& m_;
  std::array<scalar, max_steps> scalars_{};
  std::array<vector, max_steps> vectors_{};
  std::array<matrix, max_steps> matrices_{};
};

// ---- in the library
// ------------------------------------------------------------------------------

/// The arguments of a program, or a direction in them. The matrix, of m rows and n columns, is
/// stored row by row.
struct point {
  std::vector<double> shorter, longer, matrix;
  double number = 0;
  std::ptrdiff_t n = 0, m = 0;

  std::size_t size() const { return shorter.size() + longer.size() + matrix.size() + 1; }
  /// In one list.
  std::vector<double> all() const {
    std::vector<double> list = shorter;
    list.insert(list.end(), longer.begin(), longer.end());
    list.insert(list.end(), matrix.begin(), matrix.end());
    list.push_back(number);
    return list;
  }
};

/// The operations of the library.
struct library {
  using scalar = tl::traced;
  using vector = tl::traced_view<1>;
  using matrix = tl::traced_view<2>;

  vector shorter, longer;
  matrix argument;
  scalar number_argument;

  constexpr scalar number() const { return number_argument; }
  /// clang computes no functions of numbers in constant evaluation: they become nodes at once.
  constexpr scalar constant(double k) const {
    tl::builder* const g = number_argument.graph();
    return {g, g->constant(k)};
  }
  constexpr vector short_vector() const { return shorter; }
  constexpr vector long_vector() const { return longer; }
  constexpr matrix argument_matrix() const { return argument; }

  constexpr auto unary(op o, const auto& a) const {
    switch (o) {
      case op::sin:
        return sin(a);
      case op::tanh:
        return tanh(a);
      case op::logistic:
        return logistic(a);
      case op::negate:
        return -a;
      case op::square:
        return square(a);
      default:
        return abs(a);
    }
  }
  template <class A, class B>
  static constexpr auto times(const A& a, const B& b) {
    if constexpr (std::same_as<A, matrix> || std::same_as<B, matrix>) {
      return elementwise_product(a, b);
    } else {
      return a * b;
    }
  }
  constexpr auto binary(op o, const auto& a, const auto& b) const {
    switch (o) {
      case op::add:
        return a + b;
      case op::subtract:
        return a - b;
      case op::multiply:
        return times(a, b);
      case op::divide:
        return a / (1 + square(b));
      case op::lower:
        return min(a, b);
      default:
        return max(a, b);
    }
  }
  constexpr auto choose(const auto& a, const auto& b, const auto& c, const auto& d) const {
    return tl::select(a < b, c, d);
  }
  constexpr matrix broadcast(op o, const matrix& a, const vector& b) const {
    switch (o) {
      case op::add_rows:
        return a + rowwise(b);
      case op::multiply_rows:
        return elementwise_product(rowwise(b), a);
      case op::subtract_from_columns:
        return colwise(b) - a;
      default:
        return elementwise_product(a, colwise(b));
    }
  }
  constexpr matrix table(const vector& a, const vector& b) const { return colwise(a) + rowwise(b); }
  constexpr auto product(const auto& a, const auto& b) const { return a * b; }
  constexpr matrix transposed(const matrix& a) const { return transpose(a); }
  constexpr matrix outer_product(const vector& a, const vector& b) const { return outer(a, b); }
  constexpr scalar inner_product(const vector& a, const vector& b) const { return dot(a, b); }

  // NOLINTBEGIN(bugprone-branch-clone)
#define ARRAY_PROGRAMS_REDUCTIONS(...)  \
  switch (o) {                          \
    case op::sum:                       \
      return sum(__VA_ARGS__);          \
    case op::prod:                      \
      return prod(__VA_ARGS__);         \
    case op::mean:                      \
      return mean(__VA_ARGS__);         \
    case op::largest:                   \
      return max(__VA_ARGS__);          \
    case op::smallest:                  \
      return min(__VA_ARGS__);          \
    case op::logsumexp:                 \
      return logsumexp(__VA_ARGS__);    \
    case op::squared_norm:              \
      return squared_norm(__VA_ARGS__); \
    case op::norm:                      \
      return norm(__VA_ARGS__);         \
    case op::l1_norm:                   \
      return l1_norm(__VA_ARGS__);      \
    default:                            \
      return variance(__VA_ARGS__);     \
  }
  // NOLINTEND(bugprone-branch-clone)
  constexpr scalar reduce(op o, const auto& a) const {
    using tl::sum, tl::prod, tl::max, tl::min, tl::logsumexp;
    ARRAY_PROGRAMS_REDUCTIONS(a)
  }
  template <int Axis>
  constexpr vector reduce_along(op o, const matrix& a) const {
    using tl::sum, tl::prod, tl::max, tl::min, tl::logsumexp;
    ARRAY_PROGRAMS_REDUCTIONS(a, tl::axis<Axis>)
  }
#undef ARRAY_PROGRAMS_REDUCTIONS
  constexpr vector soft(op o, const vector& a) const {
    return o == op::softmax ? softmax(a) : log_softmax(a);
  }
  template <int Axis>
  constexpr matrix soft(op o, const matrix& a) const {
    return o == op::softmax ? softmax(a, tl::axis<Axis>) : log_softmax(a, tl::axis<Axis>);
  }

  constexpr vector part(op o, const vector& a, int i, bool fixed, int j) const {
    const tl::traced_index n = fixed ? tl::traced_index(j) : a.size() - j;
    return o == op::head ? head(a, n) : o == op::tail ? tail(a, n) : segment(a, i, n);
  }
  constexpr vector row_of(const matrix& a, const auto& i) const { return row(a, i); }
  constexpr vector column_of(const matrix& a, int i) const { return col(a, i); }
  constexpr vector diagonal_of(const matrix& a) const { return diagonal(a); }
  constexpr scalar trace_of(const matrix& a) const { return trace(a); }
  constexpr vector reversed(const vector& a) const { return reverse(a); }
  constexpr vector joined(const vector& a, const vector& b) const { return concat(a, b); }
  constexpr vector flat(const matrix& a) const { return flatten(a); }
  constexpr matrix reshaped(const matrix& a) const { return reshape(a, a.cols(), a.rows()); }
  constexpr vector sums(const vector& a) const { return cumsum(a); }
  constexpr vector convolution(const vector& a, const vector& b) const { return convolve(a, b); }
  constexpr scalar at_largest(const vector& a, const vector& b) const { return b[argmax(a)]; }
  constexpr scalar element(const vector& a, int i) const { return a[i]; }

  constexpr auto rows(const matrix& a) const { return a.rows(); }
  constexpr auto count(int n) const { return tl::traced_index(n); }
  constexpr scalar sum(const tl::traced_index& n, const auto& f) const { return tl::sum(n, f); }
  constexpr vector generate(const tl::traced_index& n, const auto& f) const {
    return tl::generate(n, f);
  }
  constexpr vector fold(const tl::traced_index& n, const vector& init, const auto& f) const {
    return tl::fold(n, init, [&](const vector& carry, const auto&) { return f(carry); });
  }
};

/// Recipes N to N + Count - 1 in one function, each with a weight: programs are compiled, and four
/// in one are compiled in less time than two.
template <std::uint64_t N, int Count, bool Square>
struct array_program {
  static constexpr std::array<recipe, Count> recipes = [] {
    std::array<recipe, Count> all{};
    for (int k = 0; k < Count; ++k) {
      all[static_cast<std::size_t>(k)] = draw(N + static_cast<std::uint64_t>(k), Square);
    }
    return all;
  }();

  constexpr tl::traced operator()(const auto& shorter, const auto& longer, const auto& matrix,
                                  const tl::traced& number, const auto& weights) const {
    const library machine{shorter, longer, matrix, number};
    tl::traced sum;
    for (int k = 0; k < Count; ++k) {
      sum += weights[k] * evaluation(recipes[static_cast<std::size_t>(k)], machine).run();
    }
    return sum;
  }
};

}  // namespace array_programs
