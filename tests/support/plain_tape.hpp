// SPDX-License-Identifier: BSL-1.0
#pragma once

// A plain reverse-mode tape, every primitive by a formula of its own. It shares nothing with the
// library, so it checks it. T is double, or support/complex_step.hpp for second derivatives.
// plain_tape<double> t; const auto x = t.input(0.3); t.gradient(sin(x) * x)[0];

#include <array>
#include <cmath>
#include <concepts>
#include <vector>

/// Derivative of lgamma: its recurrence up to 20, then the asymptotic series (DLMF 5.11.2).
inline double plain_digamma(double x) {
  double sum = 0;
  for (; x < 20; x += 1) sum -= 1 / x;
  const double t = 1 / (x * x);
  return sum + std::log(x) - 0.5 / x - t / 12 * (1 - t / 10 * (1 - t / 2.1 * (1 - t / 2.1)));
}

// X and Y are the operands' values, R is the result's.
#define PLAIN_MATH                                                                               \
  using std::sqrt, std::cbrt, std::exp, std::log, std::sin, std::cos, std::tan, std::asin,       \
      std::acos, std::atan, std::atan2, std::sinh, std::cosh, std::tanh, std::asinh, std::acosh, \
      std::atanh, std::pow, std::erf, std::erfc, std::fmod, std::floor, std::ceil, std::round,   \
      std::trunc, std::lgamma, std::tgamma;
#define PLAIN_1(name, result, derivative)                    \
  friend value name(const value& x) {                        \
    PLAIN_MATH [[maybe_unused]] const T X = x.v, R = result; \
    return record(R, {x}, {T(0) + derivative});              \
  }
#define PLAIN_2(name, result, first, second)                          \
  friend value name(const value& x, const value& y) {                 \
    PLAIN_MATH [[maybe_unused]] const T X = x.v, Y = y.v, R = result; \
    return record(R, {x, y}, {T(0) + (first), T(0) + (second)});      \
  }
#define PLAIN_COMPARISON(sign)                                     \
  friend bool operator sign(const value& x, const value& y) {      \
    const bool b = x.v sign y.v;                                   \
    (x.tape != nullptr ? x.tape : y.tape)->decisions.push_back(b); \
    return b;                                                      \
  }
#define PLAIN_COMPOSED(declaration, result) \
  friend value declaration { return result; }

template <class T>
struct plain_tape {
  struct value {
    value(double c = 0) : v(c) {}
    value(const T& p, plain_tape* t, int i) : v(p), tape(t), id(i) {}
    T v;
    plain_tape* tape = nullptr;  ///< none: a constant
    int id = -1;

    // clang-format off
    PLAIN_2(operator+, X + Y, 1, 1)            PLAIN_2(operator-, X - Y, 1, -1)
    PLAIN_2(operator*, X * Y, Y, X)            PLAIN_2(operator/, X / Y, 1 / Y, -X / (Y * Y))
    PLAIN_1(operator-, -X, -1)                 PLAIN_1(square, X * X, 2 * X)
    PLAIN_1(reciprocal, 1 / X, -1 / (X * X))   PLAIN_1(sqrt, sqrt(X), 0.5 / R)
    PLAIN_1(cbrt, cbrt(X), R / (3 * X))        PLAIN_1(rsqrt, 1 / sqrt(X), -0.5 * R / X)
    PLAIN_2(hypot, sqrt(X * X + Y * Y), X / R, Y / R)
    PLAIN_2(pow, pow(X, Y), Y * pow(X, Y - 1), R * log(X))
    PLAIN_1(exp, exp(X), R)                    PLAIN_1(exp2, exp(ln2 * X), ln2 * R)
    PLAIN_1(expm1, exp(X) - 1, exp(X))         PLAIN_1(log, log(X), 1 / X)
    PLAIN_1(log2, log(X) / ln2, 1 / (ln2 * X)) PLAIN_1(log10, log(X) / log(10.), 1 / (log(10.) * X))
    PLAIN_1(log1p, log(1 + X), 1 / (1 + X))    PLAIN_1(sin, sin(X), cos(X))
    PLAIN_1(cos, cos(X), -sin(X))              PLAIN_1(tan, tan(X), 1 / (cos(X) * cos(X)))
    PLAIN_1(asin, asin(X), 1 / sqrt((1 - X) * (1 + X)))
    PLAIN_1(acos, acos(X), -1 / sqrt((1 - X) * (1 + X)))
    PLAIN_2(atan2, atan2(X, Y), Y / (X * X + Y * Y), -X / (X * X + Y * Y))
    PLAIN_1(atan, atan(X), 1 / (1 + X * X))    PLAIN_1(sinh, sinh(X), cosh(X))
    PLAIN_1(cosh, cosh(X), sinh(X))            PLAIN_1(tanh, tanh(X), 1 / (cosh(X) * cosh(X)))
    PLAIN_1(asinh, asinh(X), 1 / sqrt(X * X + 1))
    PLAIN_1(acosh, acosh(X), 1 / sqrt((X - 1) * (X + 1)))
    PLAIN_1(atanh, atanh(X), 1 / ((1 - X) * (1 + X)))
    PLAIN_1(abs, (X < 0 ? -X : X), (X < 0 ? -1 : X > 0 ? 1 : 0))
    PLAIN_1(sign, T(X < 0 ? -1 : X > 0 ? 1 : 0), 0)
    PLAIN_2(copysign, ((X < 0) == (Y < 0) ? X : -X), ((X < 0) == (Y < 0) ? 1 : -1), 0)
    PLAIN_2(max, (X < Y ? Y : X), (X < Y ? 0 : X == Y ? 0.5 : 1), (X < Y ? 1 : X == Y ? 0.5 : 0))
    PLAIN_2(min, (Y < X ? Y : X), (Y < X ? 0 : X == Y ? 0.5 : 1), (Y < X ? 1 : X == Y ? 0.5 : 0))
    PLAIN_2(fmod, fmod(X, Y), 1, -trunc(X / Y))
    PLAIN_1(floor, floor(X), 0)                PLAIN_1(ceil, ceil(X), 0)
    PLAIN_1(round, round(X), 0)                PLAIN_1(trunc, trunc(X), 0)
    PLAIN_1(stop_gradient, X, 0)               PLAIN_1(erf, erf(X), sqrt(4 / pi) * exp(-X * X))
    PLAIN_1(erfc, erfc(X), -sqrt(4 / pi) * exp(-X * X))
    PLAIN_1(normal_pdf, exp(-X * X / 2) / sqrt(2 * pi), -X * R)
    PLAIN_1(normal_cdf, erfc(-X / sqrt(2.0)) / 2, exp(-X * X / 2) / sqrt(2 * pi))
    PLAIN_1(logistic, 1 / (1 + exp(-X)), exp(-X) * R * R)
    PLAIN_1(softplus, log(1 + exp(X)), 1 / (1 + exp(-X)))
    PLAIN_1(log_sigmoid, -log(1 + exp(-X)), 1 / (1 + exp(X)))
    PLAIN_2(leaky_relu, (X > 0 ? X : Y * X), (X > 0 ? T(1) : Y), (X > 0 ? T(0) : X))
    PLAIN_2(elu, (X > 0 ? X : Y * (exp(X) - 1)), (X > 0 ? T(1) : Y * exp(X)),
            (X > 0 ? T(0) : exp(X) - 1))
    PLAIN_2(logaddexp, log(exp(X) + exp(Y)), 1 / (1 + exp(Y - X)), 1 / (1 + exp(X - Y)))
    PLAIN_2(xlogy, X * log(Y), log(Y), X / Y)  PLAIN_1(relu, (X > 0 ? X : T(0)), (X > 0 ? 1 : 0))
    PLAIN_2(huber, (X > Y ? Y * (X - Y / 2) : X < -Y ? -Y * (X + Y / 2) : X * X / 2),
            (X > Y ? Y : X < -Y ? -Y : X), (X > Y ? X - Y : X < -Y ? -X - Y : T(0)))
    PLAIN_1(log1mexp, log(1 - exp(-X)), exp(-X) / (1 - exp(-X)))
    PLAIN_1(lgamma, lgamma(X), plain_digamma(X)) PLAIN_1(tgamma, tgamma(X), R * plain_digamma(X))
    PLAIN_COMPARISON(<) PLAIN_COMPARISON(<=) PLAIN_COMPARISON(>) PLAIN_COMPARISON(>=)
    PLAIN_COMPOSED(fma(const value& x, const value& y, const value& z), x * y + z)
    PLAIN_COMPOSED(hypot(const value& x, const value& y, const value& z), hypot(hypot(x, y), z))
    PLAIN_COMPOSED(pow(const value& x, std::same_as<int> auto n),
                   n < 0 ? reciprocal(pow(x, -n)) : n == 0 ? value(1) : x * pow(x, n - 1))
    PLAIN_COMPOSED(inverse_mills(const value& x), normal_pdf(x) / normal_cdf(x))
    PLAIN_COMPOSED(normal_log_cdf(const value& x), log(normal_cdf(x)))
    PLAIN_COMPARISON(==) PLAIN_COMPOSED(silu(const value& x), x / (1 + exp(-x)))
    PLAIN_COMPOSED(gelu(const value& x), x * normal_cdf(x))
    PLAIN_COMPOSED(select(bool c, const value& x, const value& y), c ? x : y)
    PLAIN_COMPOSED(clamp(const value& x, const value& low, const value& high),
                   x < low ? low : high < x ? high : x)
    // clang-format on
  };

  value input(const T& v) {
    entries.push_back({-1, -1, 0, 0});
    return {v, this, static_cast<int>(entries.size()) - 1};
  }
  static value record(const T& v, std::array<value, 2> x, std::array<T, 2> partials) {
    plain_tape* t = x[0].tape != nullptr ? x[0].tape : x[1].tape;
    if (t == nullptr) return {v, nullptr, -1};
    t->entries.push_back({x[0].id, x[1].id, partials[0], partials[1]});
    return {v, t, static_cast<int>(t->entries.size()) - 1};
  }
  /// The derivatives of y with respect to all entries; inputs, entered first, come first.
  std::vector<T> gradient(const value& y) const {
    std::vector<T> adjoint(entries.size());
    std::vector<bool> reached(entries.size());
    const auto add = [&](int x, const T& c) {
      if (x < 0) return;
      const auto i = static_cast<std::size_t>(x);
      adjoint[i] = adjoint[i] + c;
      reached[i] = true;
    };
    add(y.id, 1);
    for (std::size_t n = entries.size(); n-- > 0;) {
      if (!reached[n]) continue;  // nothing comes from a branch not taken, not even 0 * inf
      add(entries[n].a, adjoint[n] * entries[n].da);
      add(entries[n].b, adjoint[n] * entries[n].db);
    }
    return adjoint;
  }

  struct entry {
    int a, b;
    T da, db;
  };
  std::vector<entry> entries;
  std::vector<bool> decisions;  ///< of comparisons, in order
  static constexpr double pi = 3.14159265358979324, ln2 = .693147180559945309;
};
