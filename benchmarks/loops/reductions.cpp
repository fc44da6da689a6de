// SPDX-License-Identifier: BSL-1.0
// What do the gradients of a sum, a product, a recurrence and a log-sum-exp cost?
#include "carried.hpp"
#include "log_sum_exp.hpp"
#include "losses.hpp"
#include "product.hpp"
#include "sum.hpp"
#include "support/library.hpp"
#include "support/tapes.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

using namespace bench::loops;

namespace {

/// Of numbers in [centre - range, centre + range].
template <class Loss, class Scalar, class Packet, class Generic>
void add(suite& all, const std::string& problem, double centre, double (*range)(double n),
         Loss loss, Scalar scalar, Packet packet, Generic generic) {
  for (const std::size_t n : sizes)
    all.add(problem, n, [=, &all](const std::string& name) {
      uniform random(1);
      const double reach = range(static_cast<double>(n));
      const numbers point(n, random, centre - reach, centre + reach);
      const double* x = point.data();
      group g(name, n, n);
      g.scalar([=](double* gradient) { return scalar(x, n, gradient); });
      g.add("packet", [=](double* gradient) { return packet(x, n, gradient); });
      add_library(g, [=](double* gradient, auto... policies) {
        auto out = tl::view(gradient, n);
        return tl::value_and_grad(loss, policies...).into(out)(tl::view(x, n));
      });
      if (n <= 10'000) add_tapes(g, point, [=](const auto* active) { return generic(active, n); });
      all.run();
    });
}

double wide(double) { return 2; }
/// So that the product of n factors neither overflows nor vanishes.
double narrow(double n) { return std::min(0.3, 3 / std::sqrt(n)); }

}  // namespace

int main(int argc, char** argv) {
  suite all;
  add(
      all, "sum", 0, wide, sum_of{}, [](auto... a) { return sum::scalar(a...); },
      [](auto... a) { return sum::packet(a...); }, [](auto... a) { return sum::generic(a...); });
  add(
      all, "product", 1, narrow, product_of{}, [](auto... a) { return product::scalar(a...); },
      [](auto... a) { return product::packet(a...); },
      [](auto... a) { return product::generic(a...); });
  add(
      all, "carried", 1, narrow, carried_loss{}, [](auto... a) { return carried::scalar(a...); },
      [](auto... a) { return carried::packet(a...); },
      [](auto... a) { return carried::generic(a...); });
  add(
      all, "log_sum_exp", 0, wide, log_sum_exp_of{},
      [](auto... a) { return log_sum_exp::scalar(a...); },
      [](auto... a) { return log_sum_exp::packet(a...); },
      [](auto... a) { return log_sum_exp::generic(a...); });
  return all.main(argc, argv);
}
