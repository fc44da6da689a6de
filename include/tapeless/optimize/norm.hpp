// SPDX-License-Identifier: BSL-1.0
#pragma once

// The length of a tree, and gradients that are no longer than wanted.

#include <tapeless/optimize/tree.hpp>

#include <cmath>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// global_norm(p): the root of the sum of the squares of all numbers.
template <tree P>
double global_norm(const P& p) {
  return std::sqrt(tree_reduce([](double s, double x_) { return s + x_ * x_; }, 0.0, p));
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
