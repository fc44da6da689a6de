// SPDX-License-Identifier: BSL-1.0
#pragma once

// What random programs of whole arrays mean, in ordinary loops on a plain tape: value, gradient,
// Hessian times a direction. And the value as Eigen computes it.

#include "support/array_programs.hpp"
#include "support/complex_step.hpp"
#include "support/plain_tape.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <vector>

#if __has_include(<Eigen/Core>)
#include <Eigen/Core>
#define TAPELESS_TEST_EIGEN
#endif

namespace array_programs {

using length = std::ptrdiff_t;

/// Arrays as they are written by hand. T: double or complex_step.
template <class T>
struct ordinary {
  using scalar = typename plain_tape<T>::value;
  struct vector {
    std::vector<scalar> all;
    length size() const { return static_cast<length>(all.size()); }
    const scalar& operator()(length i, length = 0) const {
      return all.at(static_cast<std::size_t>(i));
    }
  };
  struct matrix {
    length rows = 0, cols = 0;
    std::vector<scalar> all;
    const scalar& operator()(length i, length j) const {
      if (i < 0 || i >= rows || j < 0 || j >= cols) throw std::logic_error("no such element");
      return all.at(static_cast<std::size_t>(i * cols + j));
    }
  };
  static constexpr double infinity = std::numeric_limits<double>::infinity();

  const point& where;
  std::vector<scalar> inputs;         ///< shorter, longer, matrix, number
  mutable double closest = infinity;  ///< of two different values compared

  scalar input(length i) const { return inputs.at(static_cast<std::size_t>(i)); }
  scalar number() const { return inputs.back(); }
  scalar constant(double k) const { return scalar(k); }
  vector short_vector() const {
    return made(where.n, [&](length i) { return input(i); });
  }
  vector long_vector() const {
    return made(where.m, [&](length i) { return input(where.n + i); });
  }
  matrix argument_matrix() const {
    return made(where.m, where.n,
                [&](length i, length j) { return input(where.n + where.m + i * where.n + j); });
  }

  static vector made(length n, const auto& f) {
    vector v;
    for (length i = 0; i < n; ++i) v.all.push_back(f(i));
    return v;
  }
  static matrix made(length rows, length cols, const auto& f) {
    matrix a{std::max<length>(rows, 0), std::max<length>(cols, 0), {}};
    for (length i = 0; i < rows; ++i)
      for (length j = 0; j < cols; ++j) a.all.push_back(f(i, j));
    return a;
  }
  static length equal(length a, length b) {
    if (a != b) throw std::logic_error("sizes differ");
    return a;
  }
  // f of the elements, of which scalars are the same everywhere.
  static scalar at(const scalar& a, length, length) { return a; }
  static scalar at(const vector& a, length i, length) { return a(i); }
  static scalar at(const matrix& a, length i, length j) { return a(i, j); }
  static void find(length&, length&, const scalar&) {}
  static void find(length& n, length&, const vector& a) {
    n = n < 0 ? a.size() : equal(n, a.size());
  }
  static void find(length& n, length& m, const matrix& a) {
    n = n < 0 ? a.rows : equal(n, a.rows);
    m = m < 0 ? a.cols : equal(m, a.cols);
  }
  template <class... A>
  static auto map(const auto& f, const A&... a) {
    length n = -1, m = -1;
    (find(n, m, a), ...);
    if constexpr ((std::is_same_v<A, scalar> && ...)) {
      return f(a...);
    } else if constexpr ((std::is_same_v<A, matrix> || ...)) {
      return made(n, m, [&](length i, length j) { return f(at(a, i, j)...); });
    } else {
      return made(n, [&](length i) { return f(at(a, i, 0)...); });
    }
  }

  auto unary(op o, const auto& a) const {
    return map(
        [&](const scalar& e) {
          switch (o) {
            case op::sin:
              return sin(e);
            case op::tanh:
              return tanh(e);
            case op::logistic:
              return logistic(e);
            case op::negate:
              return -e;
            case op::square:
              return square(e);
            default:
              return magnitude(e);
          }
        },
        a);
  }
  scalar magnitude(const scalar& e) const { return less(e, 0), abs(e); }
  scalar of_two(op o, const scalar& a, const scalar& b) const {
    switch (o) {
      case op::add:
        return a + b;
      case op::subtract:
        return a - b;
      case op::multiply:
        return a * b;
      case op::divide:
        return a / (1 + square(b));
      case op::lower:
        return less(a, b), min(a, b);
      default:
        return less(a, b), max(a, b);
    }
  }
  auto binary(op o, const auto& a, const auto& b) const {
    return map([&](const scalar& p, const scalar& q) { return of_two(o, p, q); }, a, b);
  }
  auto choose(const auto& a, const auto& b, const auto& c, const auto& d) const {
    return map([&](const scalar& p, const scalar& q, const scalar& r,
                   const scalar& t) { return less(p, q) ? r : t; },
               a, b, c, d);
  }
  matrix broadcast(op o, const matrix& a, const vector& b) const {
    const bool of_rows = o == op::add_rows || o == op::multiply_rows;
    equal(of_rows ? a.cols : a.rows, b.size());
    return made(a.rows, a.cols, [&](length i, length j) {
      const scalar e = b(of_rows ? j : i);
      return o == op::add_rows                ? a(i, j) + e
             : o == op::subtract_from_columns ? e - a(i, j)
                                              : a(i, j) * e;
    });
  }
  matrix table(const vector& a, const vector& b) const {
    return made(a.size(), b.size(), [&](length i, length j) { return a(i) + b(j); });
  }
  vector product(const matrix& a, const vector& b) const {
    equal(a.cols, b.size());
    return made(a.rows, [&](length i) { return inner_product(row_of(a, i), b); });
  }
  matrix product(const matrix& a, const matrix& b) const {
    equal(a.cols, b.rows);
    return made(a.rows, b.cols, [&](length i, length j) {
      scalar s = 0;
      for (length k = 0; k < a.cols; ++k) s = s + a(i, k) * b(k, j);
      return s;
    });
  }
  matrix transposed(const matrix& a) const {
    return made(a.cols, a.rows, [&](length i, length j) { return a(j, i); });
  }
  matrix outer_product(const vector& a, const vector& b) const {
    return made(a.size(), b.size(), [&](length i, length j) { return a(i) * b(j); });
  }
  scalar inner_product(const vector& a, const vector& b) const {
    scalar s = 0;
    for (length i = 0; i < equal(a.size(), b.size()); ++i) s = s + a(i) * b(i);
    return s;
  }

  scalar total(const std::vector<scalar>& all) const {
    scalar s = 0;
    for (const scalar& e : all) s = s + e;
    return s;
  }
  /// The last, if each counts that is better than all before it.
  scalar extreme(const std::vector<scalar>& all, bool largest) const {
    scalar best = largest ? -infinity : infinity;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i == 0 || (largest ? less(best, all[i]) : less(all[i], best))) best = all[i];
    }
    return best;
  }
  scalar reduce(op o, const std::vector<scalar>& all) const {
    const double n = static_cast<double>(all.size());
    std::vector<scalar> each = all;
    switch (o) {
      case op::sum:
        return total(all);
      case op::prod: {
        scalar p = 1;
        for (const scalar& e : all) p = p * e;
        return p;
      }
      case op::mean:
        return total(all) / n;
      case op::largest:
        return extreme(all, true);
      case op::smallest:
        return extreme(all, false);
      case op::logsumexp:
        for (scalar& e : each) e = exp(e);
        return all.empty() ? scalar(-infinity) : log(total(each));
      case op::l1_norm:
        for (scalar& e : each) e = magnitude(e);
        return total(each);
      case op::variance: {
        const scalar m = total(all) / n;
        for (scalar& e : each) e = square(e - m);
        return total(each) / n;
      }
      default: {
        for (scalar& e : each) e = square(e);
        const scalar s = total(each);
        if (o == op::squared_norm) return s;
        return less(0, s) ? sqrt(s) : scalar(0);
      }
    }
  }
  scalar reduce(op o, const vector& a) const { return reduce(o, a.all); }
  scalar reduce(op o, const matrix& a) const { return reduce(o, a.all); }
  template <int Axis>
  vector reduce_along(op o, const matrix& a) const {
    return made(Axis == 0 ? a.cols : a.rows,
                [&](length i) { return reduce(o, Axis == 0 ? column_of(a, i) : row_of(a, i)); });
  }
  vector soft(op o, const vector& a) const {
    const scalar l = reduce(op::logsumexp, a);
    return made(a.size(), [&](length i) { return o == op::softmax ? exp(a(i) - l) : a(i) - l; });
  }
  template <int Axis>
  matrix soft(op o, const matrix& a) const {
    const vector l = reduce_along<Axis>(op::logsumexp, a);
    return made(a.rows, a.cols, [&](length i, length j) {
      const scalar e = a(i, j) - l(Axis == 0 ? j : i);
      return o == op::softmax ? exp(e) : e;
    });
  }

  vector part(op o, const vector& a, length i, bool fixed, length j) const {
    const length n = fixed ? j : std::max<length>(a.size() - j, 0);
    const length first = o == op::head ? 0 : o == op::tail ? a.size() - n : i;
    return made(n, [&](length k) { return a(first + k); });
  }
  vector row_of(const matrix& a, length i) const {
    return made(a.cols, [&](length j) { return a(i, j); });
  }
  vector column_of(const matrix& a, length j) const {
    return made(a.rows, [&](length i) { return a(i, j); });
  }
  vector diagonal_of(const matrix& a) const {
    return made(equal(a.rows, a.cols), [&](length i) { return a(i, i); });
  }
  scalar trace_of(const matrix& a) const { return total(diagonal_of(a).all); }
  vector reversed(const vector& a) const {
    return made(a.size(), [&](length i) { return a(a.size() - 1 - i); });
  }
  vector joined(const vector& a, const vector& b) const {
    return made(a.size() + b.size(),
                [&](length i) { return i < a.size() ? a(i) : b(i - a.size()); });
  }
  vector flat(const matrix& a) const { return {a.all}; }
  matrix reshaped(const matrix& a) const { return {a.cols, a.rows, a.all}; }
  vector sums(const vector& a) const {
    scalar s = 0;
    return made(a.size(), [&](length i) { return s = s + a(i); });
  }
  vector convolution(const vector& a, const vector& b) const {
    return made(a.size() + b.size() - 1, [&](length i) {
      scalar s = 0;
      for (length j = 0; j < b.size(); ++j) {
        if (i - j >= 0 && i - j < a.size()) s = s + a(i - j) * b(j);
      }
      return s;
    });
  }
  scalar at_largest(const vector& a, const vector& b) const {
    length best = 0;
    for (length i = 1; i < a.size(); ++i) {
      // Which of two is the largest, rounding errors decide: in packets they are others.
      if (real(a(i).v) == real(a(best).v)) closest = 0;
      if (less(a(best), a(i))) best = i;
    }
    return b(best);
  }
  scalar element(const vector& a, length i) const { return a(i); }

  length rows(const matrix& a) const { return a.rows; }
  length count(int n) const { return n; }
  scalar sum(length n, const auto& f) const { return total(generate(n, f).all); }
  vector generate(length n, const auto& f) const { return made(n, f); }
  vector fold(length n, vector carry, const auto& f) const {
    for (length i = 0; i < n; ++i) carry = f(carry);
    return carry;
  }

 private:
  static double real(double x) { return x; }
  static double real(const complex_step& x) { return x.real(); }
  bool less(const scalar& a, const scalar& b) const {
    const double distance = std::fabs(real(a.v) - real(b.v));
    if (distance > 0) closest = std::min(closest, distance);
    return real(a.v) < real(b.v);
  }
};

struct reference {
  double value = 0, slope = 0;
  std::vector<double> gradient, hessian_u;
  double scale = 0;  ///< sum of the absolute values of all paths: what rounding errors grow with
  double second_scale = 0;
  double closest = 0;
};

template <class T>
typename plain_tape<T>::value follow(const recipe& r, ordinary<T>& machine, plain_tape<T>& tape,
                                     const std::vector<T>& inputs) {
  for (const T& e : inputs) machine.inputs.push_back(tape.input(e));
  return evaluation<ordinary<T>>(r, machine).run();
}

inline reference refer(const recipe& r, const point& x, const point& u) {
  reference f;
  {
    plain_tape<double> tape;
    ordinary<double> machine{x, {}};
    const auto y = follow(r, machine, tape, x.all());
    f.value = y.v;
    f.closest = machine.closest;
    const auto gradient = tape.gradient(y);
    f.gradient.assign(gradient.begin(), gradient.begin() + static_cast<length>(x.size()));
    for (auto& e : tape.entries) e.da = std::fabs(e.da), e.db = std::fabs(e.db);
    for (const double path : tape.gradient(y)) f.scale = std::max(f.scale, path);
  }
  // The imaginary parts of the inputs are the direction: those of the gradient are the Hessian
  // times the direction.
  plain_tape<complex_step> tape;
  ordinary<complex_step> machine{x, {}};
  std::vector<complex_step> in;
  const std::vector<double> along = u.all();
  for (const double e : x.all()) in.emplace_back(e, along[in.size()] * complex_step::h);
  const auto y = follow(r, machine, tape, in);
  f.slope = y.v.derivative();
  f.second_scale = f.scale;
  const auto gradient = tape.gradient(y);
  for (std::size_t i = 0; i < x.size(); ++i) f.hessian_u.push_back(gradient[i].derivative());
  // Rounding errors of the first derivatives come back multiplied by the second ones.
  for (const complex_step& g : gradient) {
    f.second_scale = std::max(f.second_scale, std::fabs(g.derivative()));
  }
  f.second_scale *= 1 + f.scale;
  return f;
}

#ifdef TAPELESS_TEST_EIGEN
/// Arrays of Eigen, and its arithmetic.
struct eigen_arrays {
  using scalar = double;
  using vector = Eigen::VectorXd;
  using matrix = Eigen::MatrixXd;
  using rows_first = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const point& where;

  scalar number() const { return where.number; }
  scalar constant(double k) const { return k; }
  vector short_vector() const { return vector::Map(where.shorter.data(), where.n); }
  vector long_vector() const { return vector::Map(where.longer.data(), where.m); }
  matrix argument_matrix() const { return rows_first::Map(where.matrix.data(), where.m, where.n); }

  scalar unary(op o, scalar a) const { return unary(o, vector(vector::Constant(1, a)))[0]; }
  template <class A>
  A unary(op o, const A& a) const {
    switch (o) {
      case op::sin:
        return a.array().sin();
      case op::tanh:
        return a.array().tanh();
      case op::logistic:
        return 1 / (1 + (-a.array()).exp());
      case op::negate:
        return -a;
      case op::square:
        return a.cwiseAbs2();
      default:
        return a.cwiseAbs();
    }
  }
  /// A scalar as an array of the shape of another one.
  template <class A>
  static A shaped(scalar a, const A& other) {
    return A::Constant(other.rows(), other.cols(), a);
  }
  template <class A>
  static const A& shaped(const A& a, const A&) {
    return a;
  }
  scalar binary(op o, scalar a, scalar b) const {
    return binary(o, vector(vector::Constant(1, a)), b)[0];
  }
  template <class B>
  B binary(op o, scalar a, const B& b) const {
    return binary(o, shaped(a, b), b);
  }
  template <class A>
  A binary(op o, const A& a, const auto& other) const {
    const A& b = shaped(other, a);
    switch (o) {
      case op::add:
        return a + b;
      case op::subtract:
        return a - b;
      case op::multiply:
        return a.cwiseProduct(b);
      case op::divide:
        return a.array() / (1 + b.array().square());
      case op::lower:
        return a.cwiseMin(b);
      default:
        return a.cwiseMax(b);
    }
  }
  scalar choose(scalar a, scalar b, scalar c, scalar d) const { return a < b ? c : d; }
  template <class A>
  A choose(const A& a, const auto& b, const A& c, const auto& d) const {
    return (a.array() < shaped(b, a).array()).select(c, shaped(d, a));
  }
  matrix broadcast(op o, const matrix& a, const vector& b) const {
    switch (o) {
      case op::add_rows:
        return a.rowwise() + b.transpose();
      case op::multiply_rows:
        return a * b.asDiagonal();
      case op::subtract_from_columns:
        return (-a).colwise() + b;
      default:
        return b.asDiagonal() * a;
    }
  }
  matrix table(const vector& a, const vector& b) const {
    return a.replicate(1, b.size()).rowwise() + b.transpose();
  }
  vector product(const matrix& a, const vector& b) const { return a * b; }
  matrix product(const matrix& a, const matrix& b) const { return a * b; }
  matrix transposed(const matrix& a) const { return a.transpose(); }
  matrix outer_product(const vector& a, const vector& b) const { return a * b.transpose(); }
  scalar inner_product(const vector& a, const vector& b) const { return a.dot(b); }

  scalar reduce(op o, const auto& a) const {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    switch (o) {
      case op::sum:
        return a.sum();
      case op::prod:
        return a.size() == 0 ? 1 : a.prod();
      case op::mean:
        return a.mean();
      case op::largest:
        return a.size() == 0 ? -infinity : a.maxCoeff();
      case op::smallest:
        return a.size() == 0 ? infinity : a.minCoeff();
      case op::logsumexp:
        return std::log(a.array().exp().sum());
      case op::squared_norm:
        return a.squaredNorm();
      case op::norm:
        return a.norm();
      case op::l1_norm:
        return a.cwiseAbs().sum();
      default:
        return (a.array() - a.mean()).square().mean();
    }
  }
  template <int Axis>
  vector reduce_along(op o, const matrix& a) const {
    vector v(Axis == 0 ? a.cols() : a.rows());
    for (length i = 0; i < v.size(); ++i) {
      v[i] = reduce(o, Axis == 0 ? vector(a.col(i)) : vector(a.row(i)));
    }
    return v;
  }
  vector soft(op o, const vector& a) const {
    const Eigen::ArrayXd e = a.array() - reduce(op::logsumexp, a);
    return o == op::softmax ? vector(e.exp()) : vector(e);
  }
  template <int Axis>
  matrix soft(op o, const matrix& a) const {
    const vector l = reduce_along<Axis>(op::logsumexp, a);
    const matrix e = Axis == 0 ? matrix(a.rowwise() - l.transpose()) : matrix(a.colwise() - l);
    return o == op::softmax ? matrix(e.array().exp()) : e;
  }

  vector part(op o, const vector& a, int i, bool fixed, int j) const {
    const length n = fixed ? j : std::max<length>(a.size() - j, 0);
    return o == op::head ? a.head(n) : o == op::tail ? a.tail(n) : a.segment(i, n);
  }
  vector row_of(const matrix& a, length i) const { return a.row(i); }
  vector column_of(const matrix& a, length j) const { return a.col(j); }
  vector diagonal_of(const matrix& a) const { return a.diagonal(); }
  scalar trace_of(const matrix& a) const { return a.trace(); }
  vector reversed(const vector& a) const { return a.reverse(); }
  vector joined(const vector& a, const vector& b) const {
    vector v(a.size() + b.size());
    v.head(a.size()) = a;
    v.tail(b.size()) = b;
    return v;
  }
  vector flat(const matrix& a) const {
    const rows_first r = a;
    return vector::Map(r.data(), r.size());
  }
  matrix reshaped(const matrix& a) const {
    const rows_first r = a;
    return rows_first::Map(r.data(), a.cols(), a.rows());
  }
  vector sums(vector a) const {
    for (length i = 1; i < a.size(); ++i) a[i] += a[i - 1];
    return a;
  }
  vector convolution(const vector& a, const vector& b) const {
    vector v = vector::Zero(a.size() + b.size() - 1);
    for (length j = 0; j < b.size(); ++j) v.segment(j, a.size()) += a * b[j];
    return v;
  }
  scalar at_largest(const vector& a, const vector& b) const {
    length best = 0;
    a.maxCoeff(&best);
    return b[best];
  }
  scalar element(const vector& a, int i) const { return a[i]; }

  length rows(const matrix& a) const { return a.rows(); }
  length count(int n) const { return n; }
  scalar sum(length n, const auto& f) const { return generate(n, f).sum(); }
  vector generate(length n, const auto& f) const {
    vector v(n);
    for (length i = 0; i < n; ++i) v[i] = f(i);
    return v;
  }
  vector fold(length n, vector carry, const auto& f) const {
    for (length i = 0; i < n; ++i) carry = f(carry);
    return carry;
  }
};

inline double by_eigen(const recipe& r, const point& x) {
  const eigen_arrays machine{x};
  return evaluation<eigen_arrays>(r, machine).run();
}
#endif

}  // namespace array_programs
