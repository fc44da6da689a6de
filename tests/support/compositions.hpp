// SPDX-License-Identifier: BSL-1.0
#pragma once

// Random compositions of primitives. A recipe is drawn from a number, in constant evaluation or at
// run time; `follow` runs it on any numbers, and as_expression<Number> spells it as a type.
//
// Ranges of values are known while a recipe is drawn, so every operation stays inside its domain,
// away from poles, and values and derivatives stay moderate.

#include <tapeless/tapeless.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <utility>

namespace compositions {

namespace tl = tapeless;

// Name, number of operands, what it computes of the operands a, b, c and the constant k.
#define COMPOSITIONS_KINDS(X)                     \
  X(add, 2, a + b)                                \
  X(subtract, 2, a - b)                           \
  X(multiply, 2, a* b)                            \
  X(divide, 2, a / b)                             \
  X(hypot, 2, hypot(a, b))                        \
  X(pow, 2, pow(a, b))                            \
  X(atan2, 2, atan2(a, b))                        \
  X(min, 2, min(a, b))                            \
  X(max, 2, max(a, b))                            \
  X(logaddexp, 2, logaddexp(a, b))                \
  X(leaky_relu, 2, leaky_relu(a, b))              \
  X(less, 2, select(a < b, a, b))                 \
  X(guarded, 2, select(a > k, sqrt(a - k), b))    \
  X(fma, 3, fma(a, b, c))                         \
  X(clamp, 3, clamp(a, b, c))                     \
  X(either, 3, select(a <= b && !(c == k), b, c)) \
  X(blend, 3, select(a >= k || b < c, a, c))      \
  X(scale, 1, a* k)                               \
  X(shift, 1, a + k)                              \
  X(above, 1, max(a, k))                          \
  X(constant_pow, 1, pow(a, k))                   \
  X(square, 1, square(a))                         \
  X(cube, 1, cube(a))                             \
  X(negate, 1, -a)                                \
  X(sqrt, 1, sqrt(a))                             \
  X(cbrt, 1, cbrt(a))                             \
  X(rsqrt, 1, rsqrt(a))                           \
  X(reciprocal, 1, reciprocal(a))                 \
  X(exp, 1, exp(a))                               \
  X(exp2, 1, exp2(a))                             \
  X(expm1, 1, expm1(a))                           \
  X(log, 1, log(a))                               \
  X(log2, 1, log2(a))                             \
  X(log10, 1, log10(a))                           \
  X(log1p, 1, log1p(a))                           \
  X(sin, 1, sin(a))                               \
  X(cos, 1, cos(a))                               \
  X(tan, 1, tan(a))                               \
  X(asin, 1, asin(a))                             \
  X(acos, 1, acos(a))                             \
  X(atan, 1, atan(a))                             \
  X(sinh, 1, sinh(a))                             \
  X(cosh, 1, cosh(a))                             \
  X(tanh, 1, tanh(a))                             \
  X(asinh, 1, asinh(a))                           \
  X(acosh, 1, acosh(a))                           \
  X(atanh, 1, atanh(a))                           \
  X(abs, 1, abs(a))                               \
  X(erf, 1, erf(a))                               \
  X(normal_cdf, 1, normal_cdf(a))                 \
  X(normal_pdf, 1, normal_pdf(a))                 \
  X(logistic, 1, logistic(a))                     \
  X(softplus, 1, softplus(a))                     \
  X(relu, 1, relu(a))                             \
  X(silu, 1, silu(a))                             \
  X(gelu, 1, gelu(a))                             \
  X(elu, 1, elu(a, k))

#define COMPOSITIONS_NAME(name, operands, result) name,
enum class kind : std::uint8_t { COMPOSITIONS_KINDS(COMPOSITIONS_NAME) count };
#undef COMPOSITIONS_NAME
#define COMPOSITIONS_OPERANDS(name, operands, result) operands,
inline constexpr int operand_count[] = {COMPOSITIONS_KINDS(COMPOSITIONS_OPERANDS)};
#undef COMPOSITIONS_OPERANDS

struct range {
  double low = 0, high = 0;
  constexpr bool within(double l, double h) const { return low >= l && high <= h; }
  constexpr double size() const { return std::max(-low, high); }
  constexpr range joined(const range& o) const {
    return {std::min(low, o.low), std::max(high, o.high)};
  }
};

struct step {
  kind operation = kind::add;
  int a = 0, b = 0, c = 0;
  double k = 0;
};

inline constexpr int max_inputs = 4;
inline constexpr int max_steps = 32;

struct recipe {
  int inputs = 0;
  int steps = 0;
  std::array<range, max_inputs> domain{};
  std::array<step, max_steps> all{};

  constexpr int result() const { return inputs + steps - 1; }
  /// How many operands are the value number i.
  constexpr int uses(int i) const {
    int n = 0;
    for (int s = 0; s < steps; ++s) {
      const step& t = all[static_cast<std::size_t>(s)];
      n += (t.a == i ? 1 : 0) + (t.b == i ? 1 : 0) + (t.c == i ? 1 : 0);
    }
    return n;
  }
};

/// Sebastiano Vigna's splitmix64: every state is a good one.
class random_numbers {
 public:
  constexpr explicit random_numbers(std::uint64_t state) : state_(state) {}
  constexpr int below(int n) { return static_cast<int>((next() >> 33) % static_cast<unsigned>(n)); }
  /// One of the binary fractions between low and high in steps of 1/8.
  constexpr double eighths(int low, int high) { return low + below(8 * (high - low) + 1) / 8.0; }

 private:
  constexpr std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  std::uint64_t state_;
};

inline constexpr range refused{-1e9, 1e9};

/// The range of a step's result; not finite or too large if the step must not be taken.
constexpr range outcome(const step& s, const range& a, const range& b, const range& c) {
  const auto where = [&](bool good, const range& r) { return good ? r : refused; };
  const auto product = [](const range& x, const range& y) {
    const double p[] = {x.low * y.low, x.low * y.high, x.high * y.low, x.high * y.high};
    return range{std::min({p[0], p[1], p[2], p[3]}), std::max({p[0], p[1], p[2], p[3]})};
  };
  const auto sum = [](const range& x, const range& y) {
    return range{x.low + y.low, x.high + y.high};
  };
  const auto inverse = [](const range& x) {
    return x.low > 0.1 ? range{1 / x.high, 1 / x.low} : refused;
  };
  const double m = a.size();
  const range squared{a.low > 0 ? a.low * a.low : 0, m * m};
  // clang-format off
  switch (s.operation) {
    case kind::add: return sum(a, b);
    case kind::subtract: return sum(a, {-b.high, -b.low});
    case kind::multiply: return product(a, b);
    case kind::divide: return where(b.low > 0.4, product(a, inverse(b)));
    case kind::hypot: return where(a.low > 0.3, {a.low, m + b.size()});
    case kind::pow: return where(a.within(0.3, 3) && b.within(-1.5, 1.5), {0.1, 6});
    case kind::atan2: return where(b.low > 0.3, {-1.6, 1.6});
    case kind::min:
    case kind::max:
    case kind::less: return a.joined(b);
    case kind::logaddexp: return {std::max(a.low, b.low), std::max(a.high, b.high) + 0.7};
    case kind::guarded: return b.joined({0, 1 + m});
    case kind::leaky_relu: return where(b.within(0, 1), {-m, m});
    case kind::scale: return product(a, {s.k, s.k});
    case kind::shift: return sum(a, {s.k, s.k});
    case kind::above: return {std::max(a.low, s.k), std::max(a.high, s.k)};
    case kind::constant_pow: return where(a.within(0.3, 3), {0.05, 11.9});
    case kind::square: return squared;
    case kind::cube: return {-m * m * m, m * m * m};
    case kind::negate: return {-a.high, -a.low};
    case kind::sqrt: return where(a.low > 0.1, {0.3, 1 + m / 2});
    case kind::cbrt: return where(a.low > 0.1, {0.4, 1 + m / 3});
    case kind::rsqrt: return where(a.within(0.1, 12), {0.25, 3.2});
    case kind::reciprocal: return where(a.low > 0.3, inverse(a));
    case kind::exp: return where(a.within(-2.5, 2), {0.08, 7.4});
    case kind::exp2: return where(a.within(-3, 3), {0.12, 8});
    case kind::expm1: return where(a.within(-4, 2), {-1, 6.4});
    case kind::log: return where(a.within(0.2, 12), {-1.7, 2.5});
    case kind::log2: return where(a.within(0.2, 12), {-2.4, 3.6});
    case kind::log10: return where(a.within(0.2, 12), {-0.7, 1.1});
    case kind::log1p: return where(a.within(-0.7, 12), {-1.3, 2.6});
    case kind::sin:
    case kind::cos:
    case kind::tanh:
    case kind::erf: return {-1, 1};
    case kind::tan: return where(a.within(-1.2, 1.2), {-2.6, 2.6});
    case kind::asin: return where(a.within(-0.9, 0.9), {-1.2, 1.2});
    case kind::acos: return where(a.within(-0.9, 0.9), {0.4, 2.8});
    case kind::atan: return {-1.6, 1.6};
    case kind::sinh: return where(a.within(-2, 2), {-3.7, 3.7});
    case kind::cosh: return where(a.within(-2, 2), {1, 3.8});
    case kind::asinh: return {-3.3, 3.3};
    case kind::acosh: return where(a.low > 1.2, {0.6, 3.3});
    case kind::atanh: return where(a.within(-0.9, 0.9), {-1.5, 1.5});
    case kind::abs: return {std::max({a.low, -a.high, 0.0}), m};
    case kind::normal_cdf: return where(a.within(-2, 12), {0.02, 1});
    case kind::normal_pdf: return where(a.within(-2, 2), {0.05, 0.4});
    case kind::logistic: return where(a.within(-3, 12), {0.04, 1});
    case kind::softplus: return where(a.low > -2, {0.12, m + 0.7});
    case kind::relu: return {0, std::max(a.high, 0.0)};
    case kind::silu:
    case kind::gelu: return {-0.3, std::max(a.high, 0.0)};
    case kind::elu: return {-2, std::max(a.high, 2.0)};
    case kind::fma: return sum(product(a, b), c);
    case kind::either: return b.joined(c);
    case kind::blend: return a.joined(c);
    case kind::clamp: return where(b.high < c.low, {b.low, c.high});
    case kind::count: break;
  }
  // clang-format on
  return refused;
}

constexpr int operands(kind k) { return operand_count[static_cast<int>(k)]; }

/// The same recipe with its steps in the order in which the expression below computes them: first
/// the values that are used more than once, each after what it alone uses. Sums of contributions
/// to a gradient then have one order in both spellings.
class ordered_recipe {
 public:
  constexpr explicit ordered_recipe(const recipe& r) : old_(r), new_{r.inputs, 0, r.domain, {}} {
    for (int i = 0; i < r.inputs; ++i) number_[static_cast<std::size_t>(i)] = i;
    for (int i = r.inputs; i <= r.result(); ++i) {
      if (i == r.result() || r.uses(i) > 1) place(i);
    }
  }
  constexpr const recipe& get() const { return new_; }

 private:
  constexpr int place(int value) {
    if (value < 0) return value;
    int& number = number_[static_cast<std::size_t>(value)];
    if (value >= old_.inputs && number == 0) {
      step s = old_.all[static_cast<std::size_t>(value - old_.inputs)];
      s.a = place(s.a);
      s.b = place(s.b);
      s.c = place(s.c);
      number = new_.inputs + new_.steps;
      new_.all[static_cast<std::size_t>(new_.steps++)] = s;
    }
    return number;
  }
  recipe old_, new_;
  std::array<int, max_inputs + max_steps> number_{};
};

constexpr recipe draw(std::uint64_t number) {
  random_numbers random(number * 2 + 1);
  recipe r;
  std::array<range, max_inputs + max_steps> ranges{};
  std::array<bool, max_inputs + max_steps> used{};
  const auto at = [](int i) { return static_cast<std::size_t>(i); };
  r.inputs = 1 + random.below(max_inputs);
  for (int i = 0; i < r.inputs; ++i) {
    constexpr range domains[] = {{-1.5, 1.5}, {0.4, 2}, {-0.5, 0.75}, {1.25, 3}};
    r.domain[at(i)] = ranges[at(i)] = domains[random.below(4)];
  }
  const auto values = [&] { return r.inputs + r.steps; };
  const auto unused = [&] {
    return static_cast<int>(std::count(used.begin(), used.begin() + values(), false));
  };
  // Operands: often one that nothing uses yet, otherwise any, so that many are shared.
  const auto operand = [&] {
    if (random.below(3) > 0 && unused() > 0) {
      int skip = random.below(unused());
      for (int i = 0;; ++i) {
        if (!used[at(i)] && skip-- == 0) return i;
      }
    }
    return random.below(values());
  };
  const auto append = [&](const step& s, double limit) {
    const range o =
        outcome(s, ranges[at(s.a)], ranges[at(std::max(s.b, 0))], ranges[at(std::max(s.c, 0))]);
    if (!(o.size() < limit)) return;
    used[at(s.a)] = true;
    if (s.b >= 0) used[at(s.b)] = true;
    if (s.c >= 0) used[at(s.c)] = true;
    ranges[at(values())] = o;
    r.all[at(r.steps++)] = s;
  };
  const int length = 7 + random.below(5);
  for (int attempt = 0; r.steps < length && attempt < 200; ++attempt) {
    // Half of the operations are those with several operands.
    const auto some = random.below(2) == 0 ? kind::scale : kind::count;
    const auto k = static_cast<kind>(random.below(static_cast<int>(some)));
    const int n = operands(k);
    // An integer that an expression holds as a type would make products.
    const double constant = random.eighths(-2, 2) + (k == kind::constant_pow ? 0.0625 : 0);
    append({k, operand(), n > 1 ? operand() : -1, n > 2 ? operand() : -1, constant}, 12);
  }
  // The result joins what is left.
  while (unused() > 1) {
    int a = -1, b = -1;
    for (int i = 0; i < values(); ++i) {
      if (!used[at(i)]) (a < 0 ? a : b) = b < 0 ? i : b;
    }
    append({random.below(2) == 0 ? kind::add : kind::subtract, a, b, -1, 0}, 1e6);
  }
  return ordered_recipe(r).get();
}

// ---- the same operation on numbers, tapes, traced values and expressions
// -------------------------

template <class A>
constexpr auto cube(const A& a) {
  if constexpr (tl::operand<A>) {
    return tl::pow<3>(a);
  } else {
    return a * a * a;
  }
}

#define COMPOSITIONS_FUNCTIONS                                                                   \
  using tl::hypot, tl::pow, tl::atan2, tl::min, tl::max, tl::logaddexp, tl::leaky_relu,          \
      tl::select, tl::sqrt, tl::fma, tl::clamp, tl::square, tl::cbrt, tl::rsqrt, tl::reciprocal, \
      tl::exp, tl::exp2, tl::expm1, tl::log, tl::log2, tl::log10, tl::log1p, tl::sin, tl::cos,   \
      tl::tan, tl::asin, tl::acos, tl::atan, tl::sinh, tl::cosh, tl::tanh, tl::asinh, tl::acosh, \
      tl::atanh, tl::abs, tl::erf, tl::normal_cdf, tl::normal_pdf, tl::logistic, tl::softplus,   \
      tl::relu, tl::silu, tl::gelu, tl::elu;

/// One step of a recipe on values of one type.
template <class V>
constexpr V perform(kind operation, const V& a, const V& b, const V& c, double k) {
  COMPOSITIONS_FUNCTIONS
  switch (operation) {
#define COMPOSITIONS_CASE(name, operands, result) \
  case kind::name:                                \
    return V(result);
    COMPOSITIONS_KINDS(COMPOSITIONS_CASE)
#undef COMPOSITIONS_CASE
    case kind::count:
      break;
  }
  return a;
}

/// A recipe on values of one type.
template <class V>
constexpr V follow(const recipe& r, const V* inputs) {
  std::array<V, max_inputs + max_steps> values{};
  std::copy_n(inputs, r.inputs, values.begin());
  const auto at = [&](int i) -> const V& {
    return values[static_cast<std::size_t>(i < 0 ? 0 : i)];
  };
  for (int i = 0; i < r.steps; ++i) {
    const step& s = r.all[static_cast<std::size_t>(i)];
    values[static_cast<std::size_t>(r.inputs + i)] =
        perform<V>(s.operation, at(s.a), at(s.b), at(s.c), s.k);
  }
  return at(r.result());
}

/// Recipe number N as a function.
template <std::uint64_t N>
struct composition {
  static constexpr recipe r = draw(N);

  template <class V, std::same_as<V>... Rest>
    requires(sizeof...(Rest) + 1 == r.inputs)
  constexpr V operator()(const V& first, const Rest&... rest) const {
    const V inputs[] = {first, rest...};
    return follow(r, inputs);
  }
};

// ---- as an expression
// ----------------------------------------------------------------------------

template <kind K, class A, class B, class C, class Constant>
constexpr auto spelled_operation(const A& a, const B& b, const C& c, const Constant& k) {
  (void)b, (void)c, (void)k;
#define COMPOSITIONS_BRANCH(name, operands, result) \
  if constexpr (K == kind::name) {                  \
    return result;                                  \
  } else
  COMPOSITIONS_KINDS(COMPOSITIONS_BRANCH) { return a; }
#undef COMPOSITIONS_BRANCH
}

inline constexpr std::tuple variables{tl::variable<"a">{}, tl::variable<"b">{}, tl::variable<"c">{},
                                      tl::variable<"d">{}};

/// A value used more than once is given a name by tl::let, others stand where they are used.
template <std::uint64_t N>
constexpr bool shared(int value) {
  return value < composition<N>::r.result() && composition<N>::r.uses(value) > 1;
}

/// A number, stored or as a type.
template <bool Stored, std::uint64_t Bits>
constexpr auto number() {
  if constexpr (Stored) {
    return std::bit_cast<double>(Bits);
  } else {
    return tl::constant<Bits>{};
  }
}

template <std::uint64_t N, bool Stored, int Value>
struct after;

template <std::uint64_t N, bool Stored, int Value>
constexpr auto spelled();

template <std::uint64_t N, bool Stored, int Value>
constexpr auto operand() {
  if constexpr (Value < 0) {
    return 0;
  } else if constexpr (Value < composition<N>::r.inputs) {
    return std::get<Value>(variables);
  } else if constexpr (shared<N>(Value)) {
    return tl::local<after<N, Stored, Value>>{};
  } else {
    return spelled<N, Stored, Value>();
  }
}
template <std::uint64_t N, bool Stored, int Value>
constexpr auto spelled() {
  constexpr recipe r = composition<N>::r;
  constexpr step s = r.all[static_cast<std::size_t>(Value - r.inputs)];
  constexpr auto bits = std::bit_cast<std::uint64_t>(s.k);
  return spelled_operation<s.operation>(operand<N, Stored, s.a>(), operand<N, Stored, s.b>(),
                                        operand<N, Stored, s.c>(), number<Stored, bits>());
}

/// The result, where values up to number `Done` have their names.
template <std::uint64_t N, bool Stored, int Done>
constexpr auto continued() {
  constexpr int next = [] {
    int i = Done + 1;
    while (i < composition<N>::r.result() && !shared<N>(i)) ++i;
    return i;
  }();
  if constexpr (next == composition<N>::r.result()) {
    return spelled<N, Stored, next>();
  } else {
    return tl::let(spelled<N, Stored, next>(), after<N, Stored, next>{});
  }
}
template <std::uint64_t N, bool Stored, int Value>
struct after {
  constexpr auto operator()(const tl::local<after>&) const { return continued<N, Stored, Value>(); }
};

/// Recipe number N as an expression of a, b, c, d; its constants are part of the type or stored.
template <std::uint64_t N, bool Stored = false>
constexpr auto as_expression() {
  return continued<N, Stored, composition<N>::r.inputs - 1>();
}

}  // namespace compositions
