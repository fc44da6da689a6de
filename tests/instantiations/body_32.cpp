// SPDX-License-Identifier: BSL-1.0
// A body of many statements: the count must grow slowly with their number.
#include "../../benchmarks/loops/losses.hpp"

using namespace bench::loops;

double run(const double* x, const double* y, const double* z, int n, double* gradient) {
  auto out = tl::view(gradient, n);
  return tl::value_and_grad<0>(body_32_loss{})
      .into(out)(tl::view(x, n), tl::view(y, n), tl::view(z, n));
}
