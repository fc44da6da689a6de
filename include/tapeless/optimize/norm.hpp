// SPDX-License-Identifier: BSL-1.0
#pragma once

// The length of a tree, and gradients that are no longer than wanted.

#include <tapeless/optimize/tree.hpp>

#include <cmath>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// global_norm(p): the root of the sum of the squares of all numbers. No square overflows or
/// vanishes.
template <tree P>
double global_norm(const P& p) {
  const auto length = [&](double unit) {
    return unit *
           std::sqrt(tree_reduce(
               [unit](double s, double x_) { return s + (x_ / unit) * (x_ / unit); }, 0.0, p));
  };
  const double norm = length(1);
  if (std::isnan(norm) || (norm > 1e-140 && norm < 1e150)) return norm;
  const double largest = tree_reduce(
      [](double m, double x_) { return std::fabs(x_) > m ? std::fabs(x_) : m; }, 0.0, p);
  return largest == 0 || std::isinf(largest) ? largest : length(largest);
}

/// clip_by_global_norm(g, longest): scales g, in place, to length `longest` if it is longer;
/// returns the length that it had.
/// Source:   Pascanu, Mikolov, Bengio: On the difficulty of training recurrent neural networks
///           (2013), algorithm 1
template <tree G>
double clip_by_global_norm(G& g, double longest) {
  const double norm = global_norm(g);
  if (norm > longest) {
    const double scale = longest / norm;
    detail::each_number(
        [&](auto& number) {
          number = static_cast<std::remove_reference_t<decltype(number)>>(number * scale);
        },
        g);
  }
  return norm;
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
