// SPDX-License-Identifier: BSL-1.0
// What do products of a Hessian with a vector cost?
#include "hessian_vector.hpp"
#include "losses.hpp"
#include "support/library.hpp"

#include <cstddef>
#include <string>

using namespace bench::loops;

namespace {

void add_rosenbrock(suite& all) {
  for (const std::size_t n : sizes)
    all.add("hessian_rosenbrock", n, [=, &all](const std::string& name) {
      uniform random(9);
      const numbers point(n, random, -1.5, 1.5);
      const numbers direction(n, random, -1, 1);
      const double* x = point.data();
      const double* v = direction.data();
      group g(name, n, n);
      g.scalar([=](double* product) { return hessian_vector::rosenbrock(x, v, n, product), 0.0; });
      add_library(g, [=](double* product, auto... policies) {
        auto out = tl::view(product, n);
        tl::grad<0>(derivative_along<rosenbrock_loss>{}, policies...)
            .into(out)(tl::view(x, n), tl::view(v, n));
        return 0.0;
      });
      all.run();
    });
}

void add_regression(suite& all, std::size_t m) {
  for (const std::size_t n : sizes)
    all.add("hessian_regression_" + std::to_string(m), n, [=, &all](const std::string& name) {
      uniform random(10);
      const numbers point(m, random, -1, 1);
      const numbers direction(m, random, -1, 1);
      const numbers matrix(n * m, random, -1, 1);
      const numbers data(n, random, -1, 1);
      const double* w = point.data();
      const double* v = direction.data();
      const double* X = matrix.data();
      const double* y = data.data();
      group g(name, n, m);
      g.scalar(
          [=](double* product) { return hessian_vector::regression(v, X, n, m, product), 0.0; });
      add_library(g, [=](double* product, auto... policies) {
        auto out = tl::view(product, m);
        tl::grad<0>(derivative_along<regression_loss>{}, policies...)
            .into(out)(tl::view(w, m), tl::view(v, m), tl::view(X, n, m), tl::view(y, n));
        return 0.0;
      });
      all.run();
    });
}

void add_log_sum_exp(suite& all) {
  for (const std::size_t n : sizes)
    all.add("hessian_log_sum_exp", n, [=, &all](const std::string& name) {
      uniform random(11);
      const numbers point(n, random, -2, 2);
      const numbers direction(n, random, -1, 1);
      const double* x = point.data();
      const double* v = direction.data();
      group g(name, n, n);
      g.scalar([=](double* product) { return hessian_vector::log_sum_exp(x, v, n, product), 0.0; });
      add_library(g, [=](double* product, auto... policies) {
        auto out = tl::view(product, n);
        tl::grad<0>(derivative_along<log_sum_exp_of>{}, policies...)
            .into(out)(tl::view(x, n), tl::view(v, n));
        return 0.0;
      });
      all.run();
    });
}

}  // namespace

int main(int argc, char** argv) {
  suite all;
  add_rosenbrock(all);
  add_regression(all, 10);
  add_regression(all, 100);
  add_log_sum_exp(all);
  return all.main(argc, argv);
}
