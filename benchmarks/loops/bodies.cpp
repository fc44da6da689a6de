// SPDX-License-Identifier: BSL-1.0
// What does the gradient of a sum cost whose body has many statements?
#include "body_16.hpp"
#include "body_32.hpp"
#include "losses.hpp"
#include "support/library.hpp"
#include "support/tapes.hpp"

#include <cstddef>
#include <string>

using namespace bench::loops;

namespace {

template <class Loss, class Scalar, class Packet, class Generic>
void add(suite& all, const std::string& problem, Loss loss, Scalar scalar, Packet packet,
         Generic generic) {
  for (const std::size_t n : sizes)
    all.add(problem, n, [=, &all](const std::string& name) {
      uniform random(8);
      const numbers point(n, random, -1, 1);
      const numbers first(n, random, -1, 1);
      const numbers second(n, random, -1, 1);
      const double* x = point.data();
      const double* y = first.data();
      const double* z = second.data();
      group g(name, n, n);
      g.scalar([=](double* gradient) { return scalar(x, y, z, n, gradient); });
      g.add("packet", [=](double* gradient) { return packet(x, y, z, n, gradient); });
      add_library(g, [=](double* gradient, auto... policies) {
        auto out = tl::view(gradient, n);
        return tl::value_and_grad<0>(loss, policies...)
            .into(out)(tl::view(x, n), tl::view(y, n), tl::view(z, n));
      });
      if (n <= 10'000) add_tapes(g, point, [=](const auto* a) { return generic(a, y, z, n); });
      all.run();
    });
}

}  // namespace

int main(int argc, char** argv) {
  suite all;
  add(
      all, "body_16", body_16_loss{}, [](auto... a) { return body_16::scalar(a...); },
      [](auto... a) { return body_16::packet(a...); },
      [](auto... a) { return body_16::generic(a...); });
  add(
      all, "body_32", body_32_loss{}, [](auto... a) { return body_32::scalar(a...); },
      [](auto... a) { return body_32::packet(a...); },
      [](auto... a) { return body_32::generic(a...); });
  return all.main(argc, argv);
}
