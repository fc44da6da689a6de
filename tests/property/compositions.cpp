// SPDX-License-Identifier: BSL-1.0
// Laws of random compositions, each a program of its own. The programs are in generated files
// (TAPELESS_TEST_COMPOSITIONS says how many); here they are compared with each other and with
// references that share nothing with the library. property/graphs.cpp checks many more without
// compiling programs.

#include "support/catch.hpp"
#include "support/composition_laws.hpp"
#include "support/composition_reference.hpp"

namespace {

using namespace compositions;

double dot(const double* p, const numbers& q, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += p[i] * q[i];
  return sum;
}

void first_order(failures& log, const programs& p, const recipe& r, const reference& f,
                 const numbers& x, const numbers& u, const numbers& v) {
  const std::uint64_t id = p.number;
  const auto n = static_cast<std::size_t>(r.inputs);
  const double tolerance = 1e-12 * (1 + f.scale);
  double g[1 + max_inputs]{};
  p.value_and_grad(x.data(), g);
  log.close("value", id, g[0], f.value, 1e-14 * (1 + f.scale));
  for (std::size_t i = 0; i < n; ++i) {
    log.close("gradient and plain tape", id, g[1 + i], f.gradient[i], tolerance);
  }
  log.close("gradient and complex step", id, dot(g + 1, u, n), f.slope, 4 * tolerance);
#ifdef TAPELESS_TEST_ADOLC
  if (adolc_has_all(r)) {
    const auto a = by_adolc(r, x);
    log.close("value and ADOL-C", id, g[0], a[0], tolerance);
    for (std::size_t i = 0; i < n; ++i) {
      log.close("gradient and ADOL-C", id, g[1 + i], a[1 + i], tolerance);
    }
  }
#endif
  if (p.expression != nullptr) {
    double e[1 + max_inputs]{};
    p.expression(x.data(), e);
    for (std::size_t i = 0; i <= n; ++i) log.identical("expression and function", id, e[i], g[i]);
  }
  if (p.vjp != nullptr) {
    double c[1 + max_inputs]{};
    p.vjp(x.data(), 0.75, c);
    log.identical("value of vjp", id, c[0], g[0]);
    log.close("<w, J u> = <J^T w, u>", id, dot(c + 1, u, n), 0.75 * f.slope, 4 * tolerance);
    for (std::size_t i = 0; i < n; ++i) {
      log.close("cotangent", id, c[1 + i], 0.75 * g[1 + i], tolerance);
    }
  }
  if (p.jvp != nullptr) {
    double du[2], dv[2], both[2];
    numbers w{};
    for (std::size_t i = 0; i < n; ++i) w[i] = 2 * u[i] - 3 * v[i];
    p.jvp(x.data(), u.data(), du);
    p.jvp(x.data(), v.data(), dv);
    p.jvp(x.data(), w.data(), both);
    log.identical("value of jvp", id, du[0], g[0]);
    log.close("jvp and complex step", id, du[1], f.slope, 4 * tolerance);
    log.close("<w, J u> = <J^T w, u>", id, du[1], dot(g + 1, u, n), 4 * tolerance);
    log.close("J (2 u - 3 v) = 2 J u - 3 J v", id, both[1], 2 * du[1] - 3 * dv[1], 20 * tolerance);
  }
}

void second_order(failures& log, const programs& p, const recipe& r, const reference& f,
                  const numbers& x, const numbers& u, const numbers& v) {
  const std::uint64_t id = p.number;
  const auto n = static_cast<std::size_t>(r.inputs);
  const double tolerance = 1e-12 * (1 + f.second_scale);
  for (const auto program : {p.forward_over_reverse, p.reverse_over_forward}) {
    if (program == nullptr) continue;
    double along_u[2 * max_inputs]{}, along_v[2 * max_inputs]{};
    program(x.data(), u.data(), along_u);
    program(x.data(), v.data(), along_v);
    for (std::size_t i = 0; i < n; ++i) {
      log.close("gradient of mixed modes", id, along_u[i], f.gradient[i], tolerance);
      log.close("Hessian times u", id, along_u[n + i], f.hessian_u[i], tolerance);
    }
    log.close("symmetric", id, dot(along_u + n, v, n), dot(along_v + n, u, n), 8 * tolerance);
  }
  if (p.grad_of_grad != nullptr) {
    double row[max_inputs]{};
    p.grad_of_grad(x.data(), row);
    for (std::size_t i = 0; i < n; ++i) {
      log.close("grad of grad", id, row[i], f.first_row[i], tolerance);
    }
    // Differences of the gradient itself, unless a branch changes in between.
    const double h = 1e-4;
    double up[1 + max_inputs]{}, down[1 + max_inputs]{};
    numbers forth = x, back = x;
    forth[0] += h;
    back[0] -= h;
    if (branches(r, forth) == branches(r, x) && branches(r, back) == branches(r, x)) {
      p.value_and_grad(forth.data(), up);
      p.value_and_grad(back.data(), down);
      for (std::size_t i = 0; i < n; ++i) {
        const double slope = (up[1 + i] - down[1 + i]) / (forth[0] - back[0]);
        log.close("grad of grad and differences of grad", id, row[i], slope,
                  1e-5 * (1 + f.second_scale));
      }
    }
  }
}

}  // namespace

TEST_CASE("laws of random compositions") {
  failures log;
  random_numbers random(2024);
  for (const programs& p : all_programs()) {
    const recipe r = draw(p.number);
    for (int point = 0; point < 3; ++point) {
      const numbers x = random_point(r, random);
      const numbers u = random_direction(random), v = random_direction(random);
      const reference f = refer(r, x, u);
      first_order(log, p, r, f, x, u, v);
      second_order(log, p, r, f, x, u, v);
    }
  }
  INFO(log.count << " of " << log.checks << " checks of " << all_programs().size()
                 << " compositions failed\n"
                 << log.text);
  CHECK(log.count == 0);
  CHECK(log.checks > 0);
}
