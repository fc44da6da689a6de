// SPDX-License-Identifier: BSL-1.0
// Loops over data: least squares, row by row.
#include "../../benchmarks/loops/losses.hpp"

using namespace bench::loops;

double run(const double* w, const double* X, const double* y, int n, int m, double* gradient) {
  auto out = tl::view(gradient, m);
  return tl::value_and_grad<0>(regression_loss{})
      .into(out)(tl::view(w, m), tl::view(X, n, m), tl::view(y, n));
}
