// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a composition's value and derivatives are, by means that share nothing with the library's
// graphs: a plain tape, ADOL-C, complex steps, and complex steps through the tape.

#include "support/complex_step.hpp"
#include "support/compositions.hpp"
#include "support/plain_tape.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#ifdef TAPELESS_TEST_ADOLC
#include <adolc/adolc.h>

inline adouble square(const adouble& x) { return x * x; }
inline adouble reciprocal(const adouble& x) { return 1.0 / x; }
inline adouble rsqrt(const adouble& x) { return 1.0 / sqrt(x); }
inline adouble exp2(const adouble& x) { return exp(x * std::log(2.0)); }
inline adouble expm1(const adouble& x) { return exp(x) - 1.0; }
inline adouble log2(const adouble& x) { return log(x) / std::log(2.0); }
inline adouble log1p(const adouble& x) { return log(1.0 + x); }
inline adouble hypot(const adouble& x, const adouble& y) { return sqrt(x * x + y * y); }
inline adouble max(const adouble& x, const adouble& y) { return x < y ? y : x; }
inline adouble min(const adouble& x, const adouble& y) { return y < x ? y : x; }
inline adouble abs(const adouble& x) { return fabs(x); }
inline adouble fma(const adouble& x, const adouble& y, const adouble& z) { return x * y + z; }
inline adouble select(bool c, const adouble& x, const adouble& y) { return c ? x : y; }
inline adouble clamp(const adouble& x, const adouble& l, const adouble& h) {
  return x < l ? l : h < x ? h : x;
}
inline adouble logistic(const adouble& x) { return 1.0 / (1.0 + exp(-x)); }
inline adouble softplus(const adouble& x) { return log(1.0 + exp(x)); }
inline adouble relu(const adouble& x) { return x > 0 ? x : adouble(0); }
inline adouble leaky_relu(const adouble& x, const adouble& s) { return x > 0 ? x : s * x; }
inline adouble elu(const adouble& x, double s) { return x > 0 ? x : s * (exp(x) - 1.0); }
inline adouble silu(const adouble& x) { return x * logistic(x); }
inline adouble logaddexp(const adouble& x, const adouble& y) { return log(exp(x) + exp(y)); }
inline adouble normal_pdf(const adouble& x) {
  return exp(-0.5 * x * x) / std::sqrt(2 * std::acos(-1.0));
}
inline adouble normal_cdf(const adouble& x) { return 0.5 + 0.5 * erf(x / std::sqrt(2.0)); }
inline adouble gelu(const adouble& x) { return x * normal_cdf(x); }
#endif

namespace compositions {

using numbers = std::array<double, max_inputs>;

struct reference {
  double value;
  numbers gradient{};
  double scale = 0;  ///< sum of the absolute values of all paths: what rounding errors grow with
  double slope = 0;  ///< along u, by a complex step
  numbers hessian_u{}, first_row{};
  double second_scale = 0;
};

inline numbers random_point(const recipe& r, random_numbers& random) {
  numbers x{};
  for (int i = 0; i < r.inputs; ++i) {
    const range& where = r.domain[static_cast<std::size_t>(i)];
    x[static_cast<std::size_t>(i)] =
        where.low + (where.high - where.low) * random.below(1 << 20) / (1 << 20);
  }
  return x;
}
inline numbers random_direction(random_numbers& random) {
  numbers u{};
  for (double& e : u) e = random.below(1 << 20) * std::ldexp(1.0, -19) - 1;
  return u;
}

/// Value and gradient by the plain tape at x, whose imaginary parts are a direction: those of the
/// gradient are the Hessian times the direction.
inline std::vector<complex_step> tape_gradient(const recipe& r,
                                               const std::array<complex_step, max_inputs>& x,
                                               double* slope = nullptr) {
  plain_tape<complex_step> tape;
  std::array<plain_tape<complex_step>::value, max_inputs> in;
  for (std::size_t i = 0; i < static_cast<std::size_t>(r.inputs); ++i) in[i] = tape.input(x[i]);
  const auto y = follow(r, in.data());
  if (slope != nullptr) *slope = y.v.derivative();
  return tape.gradient(y);
}

inline std::array<complex_step, max_inputs> stepped(const numbers& x, const numbers& u) {
  std::array<complex_step, max_inputs> z{};
  for (std::size_t i = 0; i < x.size(); ++i) z[i] = complex_step(x[i], u[i] * complex_step::h);
  return z;
}

inline reference refer(const recipe& r, const numbers& x, const numbers& u) {
  reference f{};
  f.value = follow(r, x.data());
  const auto inputs = static_cast<std::size_t>(r.inputs);
  {
    plain_tape<double> tape;
    std::array<plain_tape<double>::value, max_inputs> in;
    for (std::size_t i = 0; i < inputs; ++i) in[i] = tape.input(x[i]);
    const auto y = follow(r, in.data());
    const auto g = tape.gradient(y);
    std::copy_n(g.begin(), inputs, f.gradient.begin());
    for (auto& e : tape.entries) e.da = std::fabs(e.da), e.db = std::fabs(e.db);
    const auto paths = tape.gradient(y);
    for (const double p : paths) f.scale = std::max(f.scale, p);
  }
  const auto along = tape_gradient(r, stepped(x, u), &f.slope);
  const auto first = tape_gradient(r, stepped(x, {1, 0, 0, 0}));
  for (std::size_t i = 0; i < inputs; ++i) {
    f.hessian_u[i] = along[i].derivative();
    f.first_row[i] = first[i].derivative();
  }
  // Rounding errors of the first derivatives come back multiplied by the second ones.
  f.second_scale = f.scale;
  for (const auto& list : {along, first}) {
    for (const complex_step& z : list) {
      f.second_scale = std::max(f.second_scale, std::fabs(z.derivative()));
    }
  }
  f.second_scale *= f.scale;
  return f;
}

#ifdef TAPELESS_TEST_ADOLC
/// Value, then gradient.
inline std::array<double, 1 + max_inputs> by_adolc(const recipe& r, const numbers& x) {
  std::array<double, 1 + max_inputs> out{};
  constexpr short tag = 1;
  trace_on(tag);
  {
    std::array<adouble, max_inputs> in;
    for (std::size_t i = 0; i < static_cast<std::size_t>(r.inputs); ++i) in[i] <<= x[i];
    adouble y = follow(r, in.data());
    y >>= out[0];
  }
  trace_off();
  ::gradient(tag, r.inputs, x.data(), out.data() + 1);
  return out;
}
#endif

/// ADOL-C records cbrt but can not differentiate it; the root of a negative number in a branch not
/// taken becomes NaN in its adjoints.
inline bool adolc_has_all(const recipe& r) {
  for (int i = 0; i < r.steps; ++i) {
    const kind k = r.all[static_cast<std::size_t>(i)].operation;
    if (k == kind::guarded || k == kind::cbrt) return false;
  }
  return true;
}

/// The outcomes of all comparisons at x, and the signs of all slopes, which change where a
/// primitive like max takes its other branch.
inline std::vector<bool> branches(const recipe& r, const numbers& x) {
  plain_tape<double> tape;
  std::array<plain_tape<double>::value, max_inputs> in;
  for (std::size_t i = 0; i < static_cast<std::size_t>(r.inputs); ++i) in[i] = tape.input(x[i]);
  follow(r, in.data());
  for (const auto& e : tape.entries)
    tape.decisions.push_back(e.da > 0), tape.decisions.push_back(e.db > 0);
  return tape.decisions;
}

/// Failures of all compositions, gathered: one assertion a composition would cost more than the
/// laws do.
struct failures {
  int checks = 0, count = 0;
  std::string text;

  void close(const char* law, std::uint64_t number, double got, double want, double tolerance) {
    ++checks;
    if (!(std::fabs(got - want) <= tolerance)) add(law, number, got, want);
  }
  void identical(const char* law, std::uint64_t number, double got, double want) {
    ++checks;
    if (std::memcmp(&got, &want, sizeof got) != 0) add(law, number, got, want);
  }

 private:
  void add(const char* law, std::uint64_t number, double got, double want) {
    if (++count > 20) return;
    char line[200];
    std::snprintf(line, sizeof line, "composition %llu, %s: got %.17g, want %.17g\n",
                  static_cast<unsigned long long>(number), law, got, want);
    text += line;
  }
};

}  // namespace compositions
