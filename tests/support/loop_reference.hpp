// SPDX-License-Identifier: BSL-1.0
#pragma once

// What random programs with loops mean, in ordinary loops on a plain tape: value, gradient, Hessian
// times a direction.

#include "support/complex_step.hpp"
#include "support/loop_programs.hpp"
#include "support/plain_tape.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

namespace loop_programs {

/// Loops as they are written by hand. T: double or complex_step.
template <class T>
struct ordinary {
  using value = typename plain_tape<T>::value;
  using index = std::ptrdiff_t;
  using array = std::vector<value>;
  static constexpr double infinity = std::numeric_limits<double>::infinity();

  const point& where;
  std::vector<value> inputs;          ///< vector, matrix, number
  mutable double closest = infinity;  ///< of two different values compared

  value constant(double k) const { return value(k); }
  value scalar() const { return inputs.back(); }
  value element(index i) const { return inputs.at(checked(i, size(axis::vector))); }
  index entry(index i) const { return where.entries.at(checked(i, size(axis::entries))); }
  value matrix_element(index i, index j) const {
    return inputs.at(where.vector.size() +
                     checked(i, where.rows) * static_cast<std::size_t>(where.columns) +
                     checked(j, where.columns));
  }
  value row_element(index i, index j) const { return matrix_element(i, j); }
  value number(index i) const { return value(static_cast<double>(i)); }
  index size(axis a) const {
    switch (a) {
      case axis::rows:
        return where.rows;
      case axis::columns:
        return where.columns;
      case axis::entries:
        return static_cast<index>(where.entries.size());
      default:
        return static_cast<index>(where.vector.size());
    }
  }
  bool less(index a, index b) const { return a < b; }
  bool less(const value& a, const value& b) const {
    using std::fabs;
    const double distance = fabs(real(a.v) - real(b.v));
    if (distance > 0) closest = std::min(closest, distance);
    return real(a.v) < real(b.v);
  }
  value lower(const value& a, const value& b) const { return less(a, b), min(a, b); }
  value upper(const value& a, const value& b) const { return less(a, b), max(a, b); }
  value select(bool c, const auto& a, const auto& b) const { return c ? a() : b(); }
  value cond(bool c, const auto& a, const auto& b) const { return c ? a() : b(); }

  value sum(index n, const auto& f) const {
    value s = 0;
    for (index i = 0; i < n; ++i) s = s + f(i);
    return s;
  }
  value prod(index n, const auto& f) const {
    value p = 1;
    for (index i = 0; i < n; ++i) p = p * f(i);
    return p;
  }
  value maximum(index n, const auto& f) const {
    value best = -infinity;
    for (index i = 0; i < n; ++i) {
      const value v = f(i);
      if (i == 0 || less(best, v)) best = v;
    }
    return best;
  }
  value minimum(index n, const auto& f) const {
    value best = infinity;
    for (index i = 0; i < n; ++i) {
      const value v = f(i);
      if (i == 0 || less(v, best)) best = v;
    }
    return best;
  }
  value logsumexp(index n, const auto& f) const {
    value s = 0;
    for (index i = 0; i < n; ++i) s = s + exp(f(i));
    return n <= 0 ? value(-infinity) : log(s);
  }
  value fold(index n, value carry, const auto& f) const {
    for (index i = 0; i < n; ++i) carry = f(carry, i);
    return carry;
  }
  std::pair<value, value> fold_pair(int, index n, value p, value q, const auto& f) const {
    for (index i = 0; i < n; ++i) std::tie(p, q) = f(p, q, i);
    return {p, q};
  }
  array generate(index n, const auto& f) const {
    array all;
    for (index i = 0; i < n; ++i) all.push_back(f(i));
    return all;
  }
  std::pair<value, array> scan(index n, value carry, const auto& f) const {
    array all;
    for (index i = 0; i < n; ++i) all.push_back(carry = f(carry, i));
    return {carry, all};
  }
  array march(index n, array carry, const auto& f) const {
    for (index i = 0; i < n; ++i) carry = f(carry, i);
    return carry;
  }

 private:
  static double real(double x) { return x; }
  static double real(const complex_step& x) { return x.real(); }
  static std::size_t checked(index i, index n) {
    if (i < 0 || i >= n) throw std::logic_error("a program reads beyond an array");
    return static_cast<std::size_t>(i);
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
  for (const T& x : inputs) machine.inputs.push_back(tape.input(x));
  return evaluation<ordinary<T>>(r, machine).at(r.result());
}

inline reference refer(const recipe& r, const point& x, const point& u) {
  reference f;
  const std::size_t inputs = x.size();
  {
    plain_tape<double> tape;
    ordinary<double> machine{x, {}};
    const auto y = follow(r, machine, tape, x.all());
    f.value = y.v;
    f.closest = machine.closest;
    const auto gradient = tape.gradient(y);
    f.gradient.assign(gradient.begin(), gradient.begin() + static_cast<std::ptrdiff_t>(inputs));
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
  for (std::size_t i = 0; i < inputs; ++i) f.hessian_u.push_back(gradient[i].derivative());
  // Rounding errors of the first derivatives come back multiplied by the second ones.
  for (const complex_step& g : gradient) {
    f.second_scale = std::max(f.second_scale, std::fabs(g.derivative()));
  }
  f.second_scale *= 1 + f.scale;
  return f;
}

}  // namespace loop_programs
