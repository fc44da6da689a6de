// SPDX-License-Identifier: BSL-1.0
// The order of programs: what is kept across calls to libm, and which products of long sums are
// computed beside each other.
#include <tapeless/tapeless.hpp>

#include <array>
#include <string_view>

namespace tl = tapeless;

template <class... A, class F>
consteval auto program_of_gradient(F) {
  using arguments = tl::chosen_or_all<sizeof...(A)>;
  using transform = tl::reverse_mode<tl::policy<false, false>, true, false, arguments>;
  return tl::compiled<tl::source_for<F, tl::shape_of<A>...>, transform>{};
}

/// Where in the order an operation comes first; -1: nowhere.
template <class Program>
consteval int first(Program p, std::string_view name) {
  for (int k = 0; k < p.order().count; ++k) {
    if (p.full().nodes[p.order().order()[k]].op->name == name) return k;
  }
  return -1;
}
template <class Program>
consteval int kept(Program p) {
  return tl::kept_across_calls<p.full().size>(p.full(), p.order().order(), p.order().count);
}
template <class Program>
consteval int count(Program p, const bool* marks) {
  int sum = 0;
  for (int n = 0; n < p.full().size; ++n) sum += marks[n];
  return sum;
}

// The next level waits for the sine, never for the cosine. At the end of each of the 6 levels e and
// the derivative so far are kept: e and it across the sine, those and the sine across the cosine;
// at the first level there is no derivative yet.
constexpr auto chain = [](auto t) {
  for (int i = 0; i < 6; ++i) t = sin(t) * t;
  return t;
};
constexpr auto chained = program_of_gradient<double>(chain);
static_assert(first(chained, "sin") < first(chained, "cos"));
static_assert(kept(chained) == 1 + 2 + 5 * (2 + 3));

// Quotients and sums wait until they are needed. The calls are sin(b), exp(a * b), cos(b): a is
// kept across the first, b and the sine across two, the exponential across the last. After that one
// inputs do not count.
constexpr auto mixed = program_of_gradient<double, double>(
    [](auto a, auto b) { return a * sin(b) + exp(a * b) + a / b; });
static_assert(kept(mixed) == 1 + 2 + 2 + 1);

// A sum after which its terms are not needed any longer does not wait: one number is kept across
// each call from the second on, not three. Inputs are kept too: t across three calls, c across two,
// b across one.
constexpr auto terms = [](auto t, auto a, auto b, auto c) {
  const auto sum = exp(a) + exp(b) + exp(c);
  return sin(sin(t)) + sum;
};
using source_of_terms = tl::source_for<decltype(terms), tl::shape_of<double>, tl::shape_of<double>,
                                       tl::shape_of<double>, tl::shape_of<double>>;
static_assert(kept(tl::compiled<source_of_terms, tl::value_only>{}) == 4 + 3 + 2 + 1);

// Many outputs: after the last call, what frees an operand comes before what does not.
constexpr auto rotation = [](const auto& p) {
  const auto angle = sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]);
  const auto c = cos(angle), s = sin(angle);
  const auto x = p[3] * c + (p[1] * p[5] - p[2] * p[4]) * s + p[6];
  const auto y = p[4] * c + (p[2] * p[3] - p[0] * p[5]) * s + p[7];
  const auto z = p[5] * c + (p[0] * p[4] - p[1] * p[3]) * s + p[8];
  return (x * x + y * y) / z;
};
constexpr auto rotated = program_of_gradient<std::array<double, 9>>(rotation);
template <class Program>
consteval bool frees_first(Program p) {
  const auto& g = p.full();
  const int* const order = p.order().order();
  const int count = p.order().count;
  const auto uses = [&](int k, int n) {
    const tl::node& x = g.nodes[order[k]];
    return (x.op->arity > 0 && x.a == n) || (x.op->arity > 1 && x.b == n) ||
           (x.op->arity > 2 && x.c == n);
  };
  const auto has_operands = [&](int k, int at) {
    for (int later = at; later < count; ++later) {
      if (later != k && uses(k, order[later])) return false;
    }
    return true;
  };
  const auto frees = [&](int k, int at) {
    for (int n = 0; n < g.size; ++n) {
      if (!uses(k, n)) continue;
      bool last = true;
      for (int later = at; later < count; ++later) last = last && (later == k || !uses(later, n));
      if (last) return true;
    }
    return false;
  };
  int begin = count;
  while (!tl::is_call(g.nodes[order[begin - 1]])) --begin;
#if defined(__clang__)
  while (order[begin] < g.primal) ++begin;  // the values keep their order
#endif
  if (count - begin < 20) return false;
  for (int at = begin; at < count; ++at) {
    if (frees(at, at)) continue;
    for (int k = at; k < count; ++k) {
      if (has_operands(k, at) && frees(k, at)) return false;
    }
  }
  return true;
}
static_assert(tl::writes_in_turns(rotated.order().sizes));
static_assert(frees_first(rotated));

// Eleven products in a sum: eight in two rows, three alone.
template <std::size_t N>
using numbers = std::array<double, N>;
constexpr auto dot = [](const auto& a, const auto& b) {
  auto sum = a[0] * b[0];
  for (std::size_t i = 1; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
};
constexpr auto eleven = program_of_gradient<numbers<11>, numbers<11>>(dot);
static_assert(count(eleven, eleven.order().sums.row) == 2);
static_assert(count(eleven, eleven.order().sums.separate) == 11 - 1);
// A short sum is left to fused multiply-adds.
constexpr auto seven = program_of_gradient<numbers<7>, numbers<7>>(dot);
static_assert(!seven.order().sums.any_separate);
// Products of inputs at equal distances are rows too, others and those of computed values are not.
constexpr auto pairs =
    program_of_gradient<std::array<std::array<double, 2>, 12>>([](const auto& p) {
      auto sum = p[0][0] * p[0][1];
      for (std::size_t i = 1; i < p.size(); ++i) sum += p[i][0] * p[i][1];
      return sum;
    });
static_assert(count(pairs, pairs.order().sums.row) == 2);
constexpr auto computed =
    program_of_gradient<numbers<12>, numbers<12>>([](const auto& a, const auto& b) {
      auto sum = sin(a[0]) * b[0];
      for (std::size_t i = 1; i < a.size(); ++i) sum += sin(a[i]) * b[i];
      return sum;
    });
static_assert(count(computed, computed.order().sums.row) == 0);
static_assert(count(computed, computed.order().sums.separate) == 12 - 1);
