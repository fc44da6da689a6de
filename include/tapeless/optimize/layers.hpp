// SPDX-License-Identifier: BSL-1.0
#pragma once

// Layers, ordinary functions for the bodies of functions.

#include <tapeless/optimize/losses.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// dense(W, b, x): W x + b; of samples in the rows of a matrix X: X transpose(W) + rowwise(b).
/// Shapes:   W: m x k, b: m, x: k -> m; X: n x k -> n x m
template <class M, class V, class A>
constexpr auto dense(const M& W, const V& b, const A& a) {
  if constexpr (detail::are_plain<M, V, A>) {
    return detail::refuse_plain<detail::are_plain<M, V, A>>();
  } else if constexpr (detail::rank_of_operand<A> == 2) {
    return a * transpose(W) + rowwise(b);
  } else {
    return W * a + b;
  }
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
