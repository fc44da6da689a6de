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

/// One composition at one point. u, v: directions.
struct place {
  failures& log;
  const programs& p;
  const recipe& r;
  const reference& f;
  const numbers &x, &u, &v;
  std::uint64_t id = p.number;
  std::size_t n = static_cast<std::size_t>(r.inputs);
  double tolerance = 1e-12 * (1 + f.scale);
  double second = 1e-12 * (1 + f.second_scale);

  void value_and_grad() const {
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
  }
  void stored_constants() const {
    double e[1 + max_inputs]{};
    p.stored(x.data(), e);
    log.close("value of stored constants", id, e[0], f.value, 1e-14 * (1 + f.scale));
    for (std::size_t i = 0; i < n; ++i) {
      log.close("gradient of stored constants", id, e[1 + i], f.gradient[i], tolerance);
    }
  }
  void vjp() const {
    double c[1 + max_inputs]{};
    p.vjp(x.data(), 0.75, c);
    log.close("value of vjp", id, c[0], f.value, 1e-14 * (1 + f.scale));
    log.close("<w, J u> = <J^T w, u>", id, dot(c + 1, u, n), 0.75 * f.slope, 4 * tolerance);
    for (std::size_t i = 0; i < n; ++i) {
      log.close("cotangent and plain tape", id, c[1 + i], 0.75 * f.gradient[i], tolerance);
    }
  }
  void jvp() const {
    double du[2], dv[2], both[2];
    numbers w{};
    for (std::size_t i = 0; i < n; ++i) w[i] = 2 * u[i] - 3 * v[i];
    p.jvp(x.data(), u.data(), du);
    p.jvp(x.data(), v.data(), dv);
    p.jvp(x.data(), w.data(), both);
    log.close("value of jvp", id, du[0], f.value, 1e-14 * (1 + f.scale));
    log.close("jvp and complex step", id, du[1], f.slope, 4 * tolerance);
    log.close("<1, J u> = <J^T 1, u>", id, du[1], dot(f.gradient.data(), u, n), 4 * tolerance);
    log.close("J (2 u - 3 v) = 2 J u - 3 J v", id, both[1], 2 * du[1] - 3 * dv[1], 20 * tolerance);
  }
  void hessian(void (*program)(const double*, const double*, double*)) const {
    double along_u[2 * max_inputs]{}, along_v[2 * max_inputs]{};
    program(x.data(), u.data(), along_u);
    program(x.data(), v.data(), along_v);
    for (std::size_t i = 0; i < n; ++i) {
      log.close("gradient in mixed modes", id, along_u[i], f.gradient[i], tolerance);
      log.close("Hessian times u", id, along_u[n + i], f.hessian_u[i], second);
    }
    log.close("symmetric", id, dot(along_u + n, v, n), dot(along_v + n, u, n), 8 * second);
    // Differences of the gradient itself, unless a branch changes in between. Two steps tell how
    // far such a difference can be trusted.
    const double h = 1e-4;
    numbers far = x, far_back = x, near = x, near_back = x;
    for (std::size_t i = 0; i < n; ++i) {
      far[i] += h * u[i], far_back[i] -= h * u[i];
      near[i] += h / 2 * u[i], near_back[i] -= h / 2 * u[i];
    }
    if (branches(r, far) == branches(r, x) && branches(r, far_back) == branches(r, x)) {
      double at[4][2 * max_inputs]{};
      program(far.data(), u.data(), at[0]);
      program(far_back.data(), u.data(), at[1]);
      program(near.data(), u.data(), at[2]);
      program(near_back.data(), u.data(), at[3]);
      for (std::size_t i = 0; i < n; ++i) {
        const double coarse = (at[0][i] - at[1][i]) / (2 * h), fine = (at[2][i] - at[3][i]) / h;
        log.close("differences of the gradient", id, along_u[n + i], fine,
                  1e-5 * (1 + f.second_scale) + std::abs(coarse - fine));
      }
    }
  }
  void grad_of_grad() const {
    double row[max_inputs]{};
    p.grad_of_grad(x.data(), row);
    for (std::size_t i = 0; i < n; ++i) {
      log.close("grad of grad", id, row[i], f.first_row[i], second);
    }
  }
};

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
      const place at{log, p, r, f, x, u, v};
      if (p.value_and_grad != nullptr) at.value_and_grad();
      if (p.stored != nullptr) at.stored_constants();
      if (p.vjp != nullptr) at.vjp();
      if (p.jvp != nullptr) at.jvp();
      if (p.forward_over_reverse != nullptr) at.hessian(p.forward_over_reverse);
      if (p.reverse_over_forward != nullptr) at.hessian(p.reverse_over_forward);
      if (p.grad_of_grad != nullptr) at.grad_of_grad();
    }
  }
  INFO(log.count << " of " << log.checks << " checks of " << all_programs().size()
                 << " compositions failed\n"
                 << log.text);
  CHECK(log.count == 0);
  CHECK(log.checks > 0);
}
