// SPDX-License-Identifier: BSL-1.0
// What do the gradients of a Gaussian mixture and of k-means cost? Loops three and four deep.
#include "gaussian_mixture.hpp"
#include "k_means.hpp"
#include "losses.hpp"
#include "support/library.hpp"
#include "support/tapes.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

using namespace bench::loops;

namespace {

/// Tapes beyond this many operations, or so, would take longer than all the rest.
constexpr std::size_t largest_tape = 1'000'000;

std::string size_of(std::size_t d, std::size_t k) {
  return "d=" + std::to_string(d) + ",k=" + std::to_string(k);
}

/// What the hand-written gradient has packed and the library as blocks of d by d.
void pack(const double* blocks, std::size_t d, std::size_t k, double* columns, std::size_t stride) {
  for (std::size_t c = 0; c < k; ++c) {
    double* to = columns + c * stride;
    for (std::size_t s = 0; s < d; ++s)
      for (std::size_t r = s + 1; r < d; ++r) *to++ = blocks[(c * d + r) * d + s];
  }
}

void add_gaussian_mixture(suite& all, std::size_t d, std::size_t k) {
  all.add("gaussian_mixture", size_of(d, k), [=, &all](const std::string& name) {
    namespace f = gaussian_mixture;
    constexpr std::size_t n = 1000;
    constexpr double gamma = 0.8;
    constexpr int m = 2;
    const std::size_t factor = d * (d + 1) / 2;
    uniform random(12);
    // alphas, means, factors
    const numbers point(k + k * d + k * factor, random, -0.5, 0.5);
    const numbers data(n * d, random, -1, 1);
    const double* alphas = point.data();
    const double* means = alphas + k;
    const double* icf = means + k * d;
    const double* x = data.data();
    numbers workspace(f::workspace_size(d, k));
    double* const work = workspace.data();
    group g(name, n, point.size());
    g.scalar([=](double* gradient) {
      return f::scalar(alphas, means, icf, x, n, d, k, gamma, m, gradient, gradient + k,
                       gradient + k + k * d, work);
    });

    g.primal([=] { return f::generic(alphas, means, icf, x, n, d, k, gamma, m, work); });

    numbers logarithms(k * d);
    numbers blocks(k * d * d);
    for (std::size_t c = 0; c < k; ++c) {
      const double* from = icf + c * factor;
      for (std::size_t r = 0; r < d; ++r) logarithms[c * d + r] = *from++;
      for (std::size_t s = 0; s < d; ++s)
        for (std::size_t r = s + 1; r < d; ++r) blocks[(c * d + r) * d + s] = *from++;
    }
    numbers of_logarithms(k * d);
    numbers of_blocks(k * d * d);
    const double* q = logarithms.data();
    const double* below = blocks.data();
    double* const of_q = of_logarithms.data();
    double* const of_below = of_blocks.data();
    const auto library = [=](double* gradient, auto... policies) {
      auto out_alphas = tl::view(gradient, k);
      auto out_means = tl::view(gradient + k, k, d);
      auto out_q = tl::view(of_q, k, d);
      auto out_below = tl::view(of_below, k * d, d);
      const double value =
          tl::value_and_grad<0, 1, 2, 3>(gaussian_mixture_loss{}, policies...)
              .into(out_alphas, out_means, out_q, out_below)(
                  tl::view(alphas, k), tl::view(means, k, d), tl::view(q, k, d),
                  tl::view(below, k * d, d), tl::view(x, n, d), gamma, static_cast<double>(m));
      return value + f::constant(n, d, k, gamma, m);
    };
    add_library(g, library, [=](double* gradient) {
      double* to = gradient + k + k * d;
      for (std::size_t c = 0; c < k; ++c)
        std::copy(of_q + c * d, of_q + (c + 1) * d, to + c * factor);
      pack(of_below, d, k, to + d, factor);
    });
    if (n * k * factor <= largest_tape)
      add_tapes(g, point, [=]<class T>(const T* a) {
        std::vector<T> active_work(f::workspace_size(d, k));
        return f::generic(a, a + k, a + k + k * d, x, n, d, k, gamma, m, active_work.data());
      });
    all.run();
  });
}

void add_k_means(suite& all, std::size_t d, std::size_t k) {
  all.add("k_means", size_of(d, k), [=, &all](const std::string& name) {
    constexpr std::size_t n = 10'000;
    uniform random(13);
    const numbers centres(k * d, random, -1, 1);
    const numbers data(n * d, random, -1, 1);
    const double* c = centres.data();
    const double* points = data.data();
    group g(name, n, k * d);
    g.scalar([=](double* gradient) { return k_means::scalar(c, points, n, d, k, gradient); });
    g.primal([=] { return k_means::generic(c, points, n, d, k); });
    add_library(g, [=](double* gradient, auto... policies) {
      auto out = tl::view(gradient, k, d);
      return tl::value_and_grad<0>(k_means_loss{}, policies...)
          .into(out)(tl::view(c, k, d), tl::view(points, n, d));
    });
    if (n * k * d <= largest_tape)
      add_tapes(g, centres, [=](const auto* a) { return k_means::generic(a, points, n, d, k); });
    all.run();
  });
}

}  // namespace

int main(int argc, char** argv) {
  suite all;
  for (const std::size_t d : {2UL, 10UL, 32UL, 64UL})
    for (const std::size_t k : {5UL, 25UL, 100UL}) add_gaussian_mixture(all, d, k);
  for (const std::size_t d : {2UL, 8UL, 32UL})
    for (const std::size_t k : {10UL, 50UL, 200UL}) add_k_means(all, d, k);
  return all.main(argc, argv);
}
