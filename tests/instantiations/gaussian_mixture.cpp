// SPDX-License-Identifier: BSL-1.0
// Loops four deep, triangles among them.
#include "../../benchmarks/loops/losses.hpp"

using namespace bench::loops;

double run(const double* alphas, const double* means, const double* q, const double* below,
           const double* x, int n, int d, int k, double* of_alphas, double* of_means, double* of_q,
           double* of_below) {
  auto out_alphas = tl::view(of_alphas, k);
  auto out_means = tl::view(of_means, k, d), out_q = tl::view(of_q, k, d);
  auto out_below = tl::view(of_below, k * d, d);
  return tl::value_and_grad<0, 1, 2, 3>(gaussian_mixture_loss{})
      .into(out_alphas, out_means, out_q, out_below)(tl::view(alphas, k), tl::view(means, k, d),
                                                     tl::view(q, k, d), tl::view(below, k * d, d),
                                                     tl::view(x, n, d), 0.8, 2.0);
}
