// SPDX-License-Identifier: BSL-1.0
// Laws of random programs of whole arrays: elementwise operations, broadcasts, products, parts,
// reductions, bodies of loops. They are compiled from generated files (TAPELESS_TEST_ARRAYS says
// how many); here they are compared with ordinary loops on a plain tape, and those with Eigen.

#include "support/array_program_laws.hpp"
#include "support/array_reference.hpp"
#include "support/catch.hpp"
#include "support/composition_reference.hpp"

#include <cmath>
#include <exception>
#include <set>
#include <string>

namespace {

using namespace array_programs;
using compositions::failures;

double unit(random_numbers& random) { return random.below(1 << 20) * std::ldexp(1.0, -19) - 1; }

point random_point(random_numbers& random, int n, int m) {
  point p;
  p.n = n, p.m = m;
  for (int j = 0; j < n; ++j) p.shorter.push_back(unit(random));
  for (int i = 0; i < m; ++i) p.longer.push_back(unit(random));
  for (int k = 0; k < n * m; ++k) p.matrix.push_back(unit(random));
  p.number = unit(random);
  return p;
}

/// Sizes of point k, of which the first are those that change most.
point random_point(random_numbers& random, int k, bool square) {
  constexpr int small[] = {0, 1, 2, 3, 4, 5, 7, 8, 9}, large[] = {16, 17, 33};
  int n = k < 2 ? k : small[random.below(9)], m = k < 2 ? k : small[random.below(9)];
  if (k == 2) (random.below(2) == 0 ? n : m) = large[random.below(3)];
  if (square) m = n;
  return random_point(random, n, m);
}
bool has_parts(std::uint64_t id, const point& p) {
  const recipe r = draw(id, is_square(id));
  return p.n >= r.least_n && p.m >= r.least_m;
}

/// Steps of the recipe, one a line, for who looks for the cause of a failure.
std::string text(const recipe& r) {
  constexpr const char* spelled[] = {
#define ARRAY_PROGRAMS_TEXT(name, text) text,
      ARRAY_PROGRAMS_OPERATIONS(ARRAY_PROGRAMS_TEXT)
#undef ARRAY_PROGRAMS_TEXT
  };
  std::string all;
  for (int n = 0; n < r.count; ++n) {
    const step& s = r.at(n);
    all += "  " + std::to_string(n) + ": " + spelled[static_cast<int>(s.operation)];
    const std::pair<const char*, int> operands[] = {{"a", s.a}, {"b", s.b}, {"c", s.c}, {"d", s.d}};
    for (const auto& [name, operand] : operands) {
      if (operand >= 0) all += std::string(", ") + name + " = " + std::to_string(operand);
    }
    if (s.i > 0) all += ", i = " + std::to_string(s.i);
    if (s.j > 0) all += std::string(s.fixed ? ", j = n = " : ", j = ") + std::to_string(s.j);
    if (s.axis >= 0) all += ", axis = " + std::to_string(s.axis);
    if (s.operation == op::constant) all += ", k = " + std::to_string(s.k);
    all += "\n";
  }
  return all;
}

struct laws_of_arrays {
  failures log;
  std::set<std::uint64_t> failed;
  int skipped = 0;   ///< points so near to a branch that rounding errors decide
  int constant = 0;  ///< gradients that are zero

  void close(const char* law, std::uint64_t id, double got, double want, double tolerance) {
    const int before = log.count;
    log.close(law, id, got, want, tolerance);
    if (log.count == before || !failed.insert(id).second || failed.size() > 5) return;
    log.text += text(draw(id, is_square(id)));
  }
  void close(const char* law, std::uint64_t id, const std::vector<double>& got, std::size_t first,
             const std::vector<double>& want, double tolerance) {
    if (got.size() < first + want.size()) return close(law, id, 0, NAN, 0);
    for (std::size_t i = 0; i < want.size(); ++i) {
      close(law, id, got[first + i], want[i], tolerance);
    }
  }

  /// Recipe p.number + k at x.
  void check(const programs& p, int k, const point& x, const point& u) {
    const std::uint64_t id = p.number + static_cast<std::uint64_t>(k);
    const reference f = refer(draw(id, is_square(id)), x, u);
    if (f.closest < 1e-10 * (1 + f.scale)) {
      ++skipped;
      return;
    }
    if (std::all_of(f.gradient.begin(), f.gradient.end(), [](double e) { return e == 0; })) {
      ++constant;
    }
    std::vector<double> w(together);
    w[static_cast<std::size_t>(k)] = 1;
    const double first = 1e-12 * (1 + f.scale), second = 1e-12 * (1 + f.second_scale);
    if (p.value_and_grad != nullptr) {
      const auto g = p.value_and_grad(x, w);
      close("value", id, g[0], f.value, first);
      close("gradient", id, g, 1, f.gradient, first);
    }
    if (p.jvp != nullptr) {
      const auto t = p.jvp(x, u, w);
      close("value of jvp", id, t[0], f.value, first);
      close("tangent", id, t[1], f.slope, 10 * first);
    }
    if (p.forward_over_reverse != nullptr) {
      const auto h = p.forward_over_reverse(x, u, w);
      close("gradient beside the Hessian", id, h, 0, f.gradient, first);
      close("Hessian times u, forward over reverse", id, h, x.size(), f.hessian_u, second);
    }
    if (p.reverse_over_reverse != nullptr) {
      const auto h = p.reverse_over_reverse(x, u, w);
      close("Hessian times u, reverse over reverse", id, h, 0, f.hessian_u, second);
    }
  }
};

}  // namespace

TEST_CASE("laws of random programs of whole arrays") {
  laws_of_arrays laws;
  random_numbers random(2026);
  int points = 0;
  for (const programs& p : all_programs()) {
    for (int k = 0; k < together; ++k) {
      const std::uint64_t id = p.number + static_cast<std::uint64_t>(k);
      for (int number = 0; number < (p.fixed ? 3 : 8); ++number) {
        const point x = p.fixed ? random_point(random, fixed_n, is_square(id) ? fixed_n : fixed_m)
                                : random_point(random, number, is_square(id));
        const point u = random_point(random, static_cast<int>(x.n), static_cast<int>(x.m));
        // All are computed, and NaN times 0 is NaN.
        bool good = true;
        for (std::uint64_t i = 0; i < together; ++i) good = good && has_parts(p.number + i, x);
        if (!good) continue;
        ++points;
        try {
          laws.check(p, k, x, u);
        } catch (const std::exception& e) {
          laws.log.text += e.what() + std::string("\n");
          laws.close("no exception", id, 1, 0, 0);
        }
      }
    }
  }
  INFO(laws.log.count << " of " << laws.log.checks << " checks of "
                      << all_programs().size() * together << " programs failed\n"
                      << laws.log.text);
  CHECK(laws.log.count == 0);
  CHECK(laws.log.checks > 0);
  // Otherwise the checks would prove little.
  CHECK(laws.skipped <= points / 20 + 4);
  CHECK(laws.constant <= points / 4);
}

#ifdef TAPELESS_TEST_EIGEN
TEST_CASE("random programs of whole arrays are what Eigen computes") {
  failures log;
  random_numbers random(5);
  for (std::uint64_t id = 0; id < 2000; ++id) {
    const recipe r = draw(id, is_square(id));
    for (const int k : {1, 3, 4}) {
      const point x = random_point(random, k, is_square(id));
      if (x.n == 0 || x.m == 0 || !has_parts(id, x))
        continue;  // of nothing some of its reductions fail
      const reference f = refer(r, x, x);
      if (f.closest < 1e-10 * (1 + f.scale)) continue;
      log.close("Eigen", id, by_eigen(r, x), f.value, 1e-12 * (1 + f.scale));
    }
  }
  INFO(log.count << " of " << log.checks << " failed\n" << log.text);
  CHECK(log.count == 0);
  CHECK(log.checks > 1000);
}
#endif
