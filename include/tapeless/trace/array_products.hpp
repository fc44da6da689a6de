// SPDX-License-Identifier: BSL-1.0
#pragma once

// Products of whole arrays.

#include <tapeless/trace/whole_array.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Where the sizes of two arrays must agree: what stands for both.
template <class A, class B>
constexpr traced_index common_size(size_rule rule, const A& a, int i, const B& b, int k) {
  builder* const g = a.graph() != nullptr ? a.graph() : b.graph();
  if (a.graph() == nullptr || b.graph() == nullptr) return 0;
  return {g, size_algebra::unify(*g, rule, a.extent(i).id(*g), b.extent(k).id(*g))};
}

/// A * B as a library computes it (trace/linear_algebra_routines.hpp).
template <class A>
constexpr traced_view<2> library_product(const A& a, const A& b);

/// Products of so few multiplications are loops.
inline constexpr std::ptrdiff_t small_product = 4096;
constexpr bool is_library_product(builder& g, const traced_index& m, const traced_index& k,
                                  const traced_index& n) {
  if (g.nest == nullptr || !g.nest->library) return false;
  std::ptrdiff_t work = 1;
  const int sizes[]{m.id(g), k.id(g), n.id(g)};
  for (const int i : sizes) {
    if (!nest::is_number(g, i)) return true;
    work *= nest::number_of(g, i);
  }
  return work > small_product;
}

/// A * x and A * B.
/// Shapes:   A: m x n, x: n -> m; A: m x k, B: k x n -> m x n
/// Partial:  of A: w x^T, w B^T; of x, B: A^T w, where w is the cotangent of the result
/// Errors:   std::invalid_argument if the inner sizes differ
/// Edges:    zeros if the inner size is 0
template <class A, class B>
constexpr auto array_product(const A& a_, const B& b_) {
  if constexpr (array_rank<B> == 1) {
    const auto a = as_view(a_);
    const auto x = as_view(b_);
    const traced_index n = common_size(size_rule::matrix_vector, a, 1, x, 0);
    return generate(a.rows(), [&](const traced_index& i) {
      return sum(
          n, [&](const traced_index& j) { return late_traced<A>(a(i, j)) * late_traced<A>(x[j]); });
    });
  } else {
    const auto a = as_view(a_);
    const auto b = as_view(b_);
    const traced_index n = common_size(size_rule::matrix_matrix, a, 1, b, 0);
    if (a.graph() != nullptr && is_library_product(*a.graph(), a.rows(), n, b.cols())) {
      return library_product(a, b);
    }
    return generate(a.rows(), b.cols(), [&](const traced_index& i, const traced_index& j) {
      return sum(n, [&](const traced_index& k) {
        return late_traced<A>(a(i, k)) * late_traced<A>(b(k, j));
      });
    });
  }
}

/// dot(v, w): the sum of the products of their elements.
/// Shapes:   v, w: n -> scalar
/// Partial:  of v: w; of w: v
/// Errors:   std::invalid_argument if the sizes differ
/// Edges:    0 if empty
template <whole_vector V, whole_vector W>
constexpr traced dot(const V& v_, const W& w_) {
  const auto v = as_view(v_);
  const auto w = as_view(w_);
  return sum(common_size(size_rule::dot, v, 0, w, 0),
             [&](const traced_index& i) { return late_traced<V>(v[i]) * late_traced<V>(w[i]); });
}
/// Of single values: their product.
template <std::same_as<traced> V, std::same_as<traced> W>
constexpr traced dot(const V& v, const W& w) {
  return v * w;
}

/// outer(v, w): the matrix of all products v[i] * w[j].
/// Shapes:   v: m, w: n -> m x n
/// Partial:  of v: c w, of w: c^T v, where c is the cotangent of the result
template <whole_vector V, whole_vector W>
constexpr traced_view<2> outer(const V& v_, const W& w_) {
  const auto v = as_view(v_);
  const auto w = as_view(w_);
  return generate(v.size(), w.size(), [&](const traced_index& i, const traced_index& j) {
    return late_traced<V>(v[i]) * late_traced<V>(w[j]);
  });
}

/// transpose(A): the matrix whose element (i, j) is A(j, i).
/// Shapes:   A: m x n -> n x m
template <whole_matrix A>
constexpr traced_view<2> transpose(const A& a_) {
  const auto a = as_view(a_);
  return generate(a.cols(), a.rows(),
                  [&](const traced_index& i, const traced_index& j) { return traced(a(j, i)); });
}

TAPELESS_OF_VECTORS(dot, traced)
TAPELESS_OF_VECTORS(outer, traced_view<2>)
TAPELESS_OF_ONE_RANK(transpose, traced_view<2>)

}  // namespace TAPELESS_ABI
}  // namespace tapeless
