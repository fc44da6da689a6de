// SPDX-License-Identifier: BSL-1.0
// What do the gradients of sums over data, neighbours and rows of a matrix cost?
#include "gather.hpp"
#include "huber.hpp"
#include "losses.hpp"
#include "regression.hpp"
#include "rosenbrock.hpp"
#include "support/library.hpp"
#include "support/tapes.hpp"

#include <cstddef>
#include <string>
#include <vector>

using namespace bench::loops;

namespace {

void add_rosenbrock(suite& all) {
  for (const std::size_t n : sizes)
    all.add("rosenbrock", n, [=, &all](const std::string& name) {
      uniform random(2);
      const numbers point(n, random, -1.5, 1.5);
      const double* x = point.data();
      group g(name, n, n);
      g.scalar([=](double* gradient) { return rosenbrock::scalar(x, n, gradient); });
      g.add("packet", [=](double* gradient) { return rosenbrock::packet(x, n, gradient); });
      add_library(g, [=](double* gradient, auto... policies) {
        auto out = tl::view(gradient, n);
        return tl::value_and_grad(rosenbrock_loss{}, policies...).into(out)(tl::view(x, n));
      });
      if (n <= 10'000)
        add_tapes(g, point, [=](const auto* a) { return rosenbrock::generic(a, n); });
      all.run();
    });
}

void add_huber(suite& all) {
  for (const std::size_t n : sizes)
    all.add("huber", n, [=, &all](const std::string& name) {
      uniform random(3);
      const numbers point(n, random, -1.5, 1.5);
      const numbers data(n, random, -1.5, 1.5);
      const double* x = point.data();
      const double* y = data.data();
      group g(name, n, n);
      g.scalar([=](double* gradient) { return huber::scalar(x, y, n, gradient); });
      g.add("packet", [=](double* gradient) { return huber::packet(x, y, n, gradient); });
      add_library(g, [=](double* gradient, auto... policies) {
        auto out = tl::view(gradient, n);
        return tl::value_and_grad<0>(huber_loss{}, policies...)
            .into(out)(tl::view(x, n), tl::view(y, n));
      });
      if (n <= 10'000) add_tapes(g, point, [=](const auto* a) { return huber::generic(a, y, n); });
      all.run();
    });
}

void add_regression(suite& all, std::size_t m) {
  for (const std::size_t n : sizes)
    all.add("regression_" + std::to_string(m), n, [=, &all](const std::string& name) {
      uniform random(5);
      const numbers point(m, random, -1, 1);
      const numbers matrix(n * m, random, -1, 1);
      const numbers data(n, random, -1, 1);
      const double* w = point.data();
      const double* X = matrix.data();
      const double* y = data.data();
      group g(name, n, m);
      g.scalar([=](double* gradient) { return regression::scalar(w, X, y, n, m, gradient); });
      g.add("packet",
            [=](double* gradient) { return regression::packet(w, X, y, n, m, gradient); });
      add_library(g, [=](double* gradient, auto... policies) {
        auto out = tl::view(gradient, m);
        return tl::value_and_grad<0>(regression_loss{}, policies...)
            .into(out)(tl::view(w, m), tl::view(X, n, m), tl::view(y, n));
      });
      if (n * m <= 100'000)
        add_tapes(g, point, [=](const auto* a) { return regression::generic(a, X, y, n, m); });
      all.run();
    });
}

void add_gather(suite& all) {
  for (const std::size_t n : sizes)
    all.add("gather", n, [=, &all](const std::string& name) {
      std::size_t groups = 50;  // data: no variant is compiled for this number
      uniform random(6);
      const numbers point(groups, random, -1, 1);
      const numbers data(n, random, -1, 1);
      std::vector<int> indices(n);
      for (int& i : indices) i = static_cast<int>(random(0, static_cast<double>(groups)));
      const double* b = point.data();
      const double* y = data.data();
      const int* id = indices.data();
      group g(name, n, groups);
      g.scalar([=](double* gradient) { return gather::scalar(b, groups, id, y, n, gradient); });
      g.add("packet",
            [=](double* gradient) { return gather::packet(b, groups, id, y, n, gradient); });
      add_library(g, [=](double* gradient, auto... policies) {
        auto out = tl::view(gradient, groups);
        return tl::value_and_grad<0>(gather_loss{}, policies...)
            .into(out)(tl::view(b, groups), tl::view(id, n), tl::view(y, n));
      });
      if (n <= 10'000)
        add_tapes(g, point, [=](const auto* a) { return gather::generic(a, id, y, n); });
      all.run();
    });
}

}  // namespace

int main(int argc, char** argv) {
  suite all;
  add_rosenbrock(all);
  add_huber(all);
  add_regression(all, 10);
  add_regression(all, 100);
  add_gather(all);
  return all.main(argc, argv);
}
