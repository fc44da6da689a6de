// SPDX-License-Identifier: BSL-1.0
#pragma once

// The length of a tree, and gradients that are no longer than wanted.

#include <tapeless/optimize/tree.hpp>

#include <cmath>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// global_norm(p): the root of the sum of the squares of all numbers, as double, of a tree with
/// long double numbers as long double. No square overflows or vanishes.
template <tree_argument P>
auto global_norm(const P& p) {
  if constexpr (!shape_of<P>::valid) {
    return refuse_argument<P>();
  } else {
    using T = std::common_type_t<double, program_scalar_t<P>>;
    const auto length = [&](T unit) {
      return unit * std::sqrt(tree_reduce(
                        [unit](T s, T x_) { return s + (x_ / unit) * (x_ / unit); }, T(0), p));
    };
    const T norm = length(1);
    if (std::isnan(norm) || (norm > T(1e-140) && norm < T(1e150))) return norm;
    const T largest =
        tree_reduce([](T m, T x_) { return std::fabs(x_) > m ? std::fabs(x_) : m; }, T(0), p);
    return largest == 0 || std::isinf(largest) ? largest : length(largest);
  }
}

/// clip_by_global_norm(g, longest): scales g, in place, to length `longest` if it is longer;
/// returns the length that it had.
/// Errors:   std::invalid_argument if `longest` is negative or NaN
/// Source:   Pascanu, Mikolov, Bengio: On the difficulty of training recurrent neural networks
///           (2013), algorithm 1
template <tree_argument G>
auto clip_by_global_norm(G& g, double longest) {
  if (!(longest >= 0)) invalid("tapeless::clip_by_global_norm: the longest length is negative");
  const auto norm = global_norm(g);
  if (norm > longest) {
    const auto scale = longest / norm;
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
