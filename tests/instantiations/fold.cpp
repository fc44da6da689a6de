// SPDX-License-Identifier: BSL-1.0
// Iterations that depend on each other.
#include "../../benchmarks/loops/losses.hpp"

using namespace bench::loops;

double run(const double* x, int n, double* gradient) {
  auto out = tl::view(gradient, n);
  return tl::value_and_grad(carried_loss{}).into(out)(tl::view(x, n));
}
