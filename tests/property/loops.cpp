// SPDX-License-Identifier: BSL-1.0
// Laws of random programs with loops over data: sums, products, extrema, folds, scans, arrays,
// gathers, triangles, branches, nested in each other. They are compiled from generated files
// (TAPELESS_TEST_LOOPS says how many); here they are compared with ordinary loops on a plain tape.

#include "support/catch.hpp"
#include "support/composition_reference.hpp"
#include "support/loop_laws.hpp"
#include "support/loop_reference.hpp"

#include <cmath>
#include <exception>
#include <string>

namespace {

using namespace loop_programs;
using compositions::failures;

double unit(random_numbers& random) { return random.below(1 << 20) * std::ldexp(1.0, -19) - 1; }

/// Random numbers in arrays of these sizes.
point random_point(random_numbers& random, int vector, int rows, int columns, int entries) {
  point p;
  p.rows = rows, p.columns = columns;
  for (int i = 0; i < vector; ++i) p.vector.push_back(unit(random));
  for (int i = 0; i < rows * columns; ++i) p.matrix.push_back(unit(random));
  for (int i = 0; i < entries && vector > 0; ++i) p.entries.push_back(random.below(vector));
  p.number = unit(random);
  return p;
}
point random_point(random_numbers& random, int number) {
  constexpr int small[] = {0, 1, 2, 3, 4, 5, 7, 8, 9}, large[] = {16, 17, 33};
  int sizes[4];
  for (int& s : sizes) s = small[random.below(9)];
  // The sizes that change most: all empty, all of one element, one axis that is long.
  if (number < 2) std::fill(sizes, sizes + 4, number);
  if (number == 2) sizes[random.below(4)] = large[random.below(3)];
  return random_point(random, sizes[0], sizes[1], sizes[2], sizes[3]);
}
/// A direction at p.
point random_direction(random_numbers& random, const point& p) {
  point u = p;
  for (double& e : u.vector) e = unit(random);
  for (double& e : u.matrix) e = unit(random);
  u.number = unit(random);
  return u;
}

struct laws_of_loops {
  failures log;
  int blunt = 0;    ///< checks that rounding errors would hide
  int skipped = 0;  ///< points so near to a branch that rounding errors decide

  void close(const char* law, std::uint64_t id, double got, double want, double tolerance) {
    if (tolerance > 1e-4 * (1 + std::fabs(want))) ++blunt;
    log.close(law, id, got, want, tolerance);
  }
  void close(const char* law, std::uint64_t id, const std::vector<double>& got, std::size_t first,
             const std::vector<double>& want, double tolerance) {
    if (got.size() < first + want.size()) return log.close(law, id, 0, NAN, 0);
    for (std::size_t i = 0; i < want.size(); ++i) {
      close(law, id, got[first + i], want[i], tolerance);
    }
  }

  /// Recipe p.number + k at x.
  void check(const programs& p, int k, const point& x, const point& u) {
    const std::uint64_t id = p.number + static_cast<std::uint64_t>(k);
    const reference f = refer(draw(id, p.entries), x, u);
    if (f.closest < 1e-10 * (1 + f.scale)) {
      ++skipped;
      return;
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

TEST_CASE("laws of random programs with loops") {
  laws_of_loops laws;
  random_numbers random(2025);
  for (const programs& p : all_programs()) {
    for (int k = 0; k < together; ++k) {
      for (int number = 0; number < 8; ++number) {
        const point x = random_point(random, number);
        const point u = random_direction(random, x);
        try {
          laws.check(p, k, x, u);
        } catch (const std::exception& e) {
          laws.log.text += e.what() + std::string("\n");
          laws.log.close("no exception", p.number + static_cast<std::uint64_t>(k), 1, 0, 0);
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
  CHECK(laws.skipped <= static_cast<int>(all_programs().size() * together * 8) / 50);
  CHECK(laws.blunt <= laws.log.checks / 50);
}
