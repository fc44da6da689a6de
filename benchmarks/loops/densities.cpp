// SPDX-License-Identifier: BSL-1.0
// What do the gradients of log densities cost, in few parameters and in one for each datum?
#include "losses.hpp"
#include "normal.hpp"
#include "stochastic_volatility.hpp"
#include "support/library.hpp"
#include "support/tapes.hpp"

#include <cstddef>
#include <string>

using namespace bench::loops;

namespace {

void add_normal(suite& all) {
  for (const std::size_t n : sizes)
    all.add("normal", n, [=, &all](const std::string& name) {
      uniform random(4);
      const numbers data(n, random, -2, 3);
      numbers point(2);
      point[0] = 0.4;
      point[1] = 1.3;
      const double* at = point.data();
      const double* y = data.data();
      group g(name, n, 2);
      g.scalar([=](double* gradient) { return normal::scalar(at[0], at[1], y, n, gradient); });
      g.add("packet",
            [=](double* gradient) { return normal::packet(at[0], at[1], y, n, gradient); });
      add_library(g, [=](double* gradient, auto... policies) {
        return tl::value_and_grad<0, 1>(normal_log_density{}, policies...)
            .into(gradient[0], gradient[1])(at[0], at[1], tl::view(y, n));
      });
      if (n <= 10'000)
        add_tapes(g, point, [=](const auto* a) { return normal::generic(a[0], a[1], y, n); });
      all.run();
    });
}

void add_stochastic_volatility(suite& all) {
  for (const std::size_t n : sizes)
    all.add("stochastic_volatility", n, [=, &all](const std::string& name) {
      namespace f = stochastic_volatility;
      uniform random(7);
      numbers point(n + 3, random, -1.5, 0.5);  // h, then mu, phi, sigma
      point[n] = -0.4;
      point[n + 1] = 0.9;
      point[n + 2] = 0.3;
      const numbers data(n, random, -1, 1);
      const double* h = point.data();
      const double* p = h + n;
      const double* y = data.data();
      group g(name, n, n + 3);
      g.scalar([=](double* gradient) { return f::scalar(h, p, y, n, gradient, gradient + n); });
      g.add("packet",
            [=](double* gradient) { return f::packet(h, p, y, n, gradient, gradient + n); });
      add_library(g, [=](double* gradient, auto... policies) {
        auto out = tl::view(gradient, n);
        return tl::value_and_grad<0, 1, 2, 3>(stochastic_volatility_log_density{}, policies...)
            .into(out, gradient[n], gradient[n + 1], gradient[n + 2])(tl::view(h, n), p[0], p[1],
                                                                      p[2], tl::view(y, n));
      });
      if (n <= 10'000)
        add_tapes(g, point, [=](const auto* a) { return f::generic(a, a + n, y, n); });
      all.run();
    });
}

}  // namespace

int main(int argc, char** argv) {
  suite all;
  add_normal(all);
  add_stochastic_volatility(all);
  return all.main(argc, argv);
}
