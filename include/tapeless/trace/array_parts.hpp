// SPDX-License-Identifier: BSL-1.0
#pragma once

// Parts of whole arrays, and arrays made of parts: nothing is copied, only indices change.

#include <tapeless/trace/array_reductions.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// A size or index that a part of v begins with or has; also an integer argument.
template <class V, class I>
constexpr traced_index as_index(const V& v, const I& i) {
  if constexpr (std::same_as<I, traced>) {
    if (v.graph() == nullptr) return 0;
    return {v.graph(), index_node(*v.graph(), i)};
  } else {
    return i;
  }
}

/// segment(v, start, n): the n elements from v[start] on.
/// Shapes:   v: k -> n; start, n: integers, sizes, indices, integer arguments
/// Errors:   std::invalid_argument if v has no such elements
template <whole_vector V, element_index I, element_index N>
constexpr traced_view<1> segment(const V& v_, const I& start, const N& n) {
  const auto v = as_view(v_);
  const traced_index first = as_index(v, start);
  return generate(as_index(v, n), [&](const traced_index& i) { return traced(v[i + first]); });
}
/// head(v, n): the first n elements.
/// Errors:   std::invalid_argument if v has fewer
template <whole_vector V, element_index N>
constexpr traced_view<1> head(const V& v, const N& n) {
  return segment(v, 0, n);
}
/// tail(v, n): the last n elements.
/// Errors:   std::invalid_argument if v has fewer
template <whole_vector V, element_index N>
constexpr traced_view<1> tail(const V& v_, const N& n) {
  const auto v = as_view(v_);
  return segment(v, v.size() - as_index(v, n), n);
}
/// row(A, i), col(A, j): as vectors.
/// Shapes:   A: m x n -> n, m
/// Errors:   std::invalid_argument if there is no such row or column
template <whole_matrix A, element_index I>
constexpr traced_view<1> row(const A& a, const I& i) {
  return as_view(a)[i];
}
template <whole_matrix A, element_index J>
constexpr traced_view<1> col(const A& a_, const J& j) {
  const auto a = as_view(a_);
  return generate(a.rows(), [&](const traced_index& i) { return traced(a(i, j)); });
}
/// diagonal(A): of a square matrix.
/// Shapes:   A: n x n -> n
/// Errors:   std::invalid_argument if it is not square
template <whole_matrix A>
constexpr traced_view<1> diagonal(const A& a_) {
  const auto a = as_view(a_);
  if (a.graph() == nullptr) return {};
  builder& g = *a.graph();
  return generate(common_size(size_rule::diagonal, a, 0, a, 1), [&](const traced_index& i) {
    return traced(&g, interchange::expanded(g, traced(a(i, i)).id(g)));
  });
}
/// trace(A): the sum of the diagonal.
/// Shapes:   A: n x n -> scalar
/// Errors:   std::invalid_argument if it is not square
template <whole_matrix A>
constexpr traced trace(const A& a) {
  return sum(diagonal(a));
}
/// reverse(v): the last element first.
/// Shapes:   v: n -> n
template <whole_vector V>
constexpr traced_view<1> reverse(const V& v_) {
  const auto v = as_view(v_);
  return generate(v.size(), [&](const traced_index& i) { return traced(v[v.size() - 1 - i]); });
}
/// concat(v, w): the elements of v, then those of w.
/// Shapes:   v: m, w: n -> m + n
template <whole_vector V, whole_vector W>
constexpr traced_view<1> concat(const V& v_, const W& w_) {
  const auto v = as_view(v_);
  const auto w = as_view(w_);
  return generate(v.size() + w.size(), [&](const traced_index& i) {
    return select(i < v.size(), late_traced<V>(v[i]), late_traced<V>(w[i - v.size()]));
  });
}
/// flatten(A): the vector of the rows of A, one after another. A vector is what it is.
/// Shapes:   A: m x n -> m n
template <whole_matrix A>
constexpr traced_view<1> flatten(const A& a_) {
  const auto a = as_view(a_);
  return generate(a.size(),
                  [&](const traced_index& k) { return traced(a(k / a.cols(), k % a.cols())); });
}
template <whole_vector V>
constexpr traced_view<1> flatten(const V& v) {
  return as_view(v);
}
/// reshape(a, m, n): the matrix of m rows and n columns whose rows follow one another in a, or in
/// the rows of a.
/// Errors:   std::invalid_argument if a has not m n elements
template <whole_array A, element_index M, element_index N>
constexpr traced_view<2> reshape(const A& a, const M& m, const N& n) {
  const auto v = flatten(a);
  if (v.graph() == nullptr) return {};
  builder& g = *v.graph();
  const traced_index rows = as_index(v, m), columns = as_index(v, n);
  size_algebra::unify(g, size_rule::reshape, v.size().id(g), (rows * columns).id(g));
  return generate(rows, columns, [&](const traced_index& i, const traced_index& j) {
    return traced(v[i * columns + j]);
  });
}
/// cumsum(v): element i is the sum of v[0] ... v[i].
/// Shapes:   v: n -> n
/// Partial:  the cotangent's sums from the end
template <whole_vector V>
constexpr traced_view<1> cumsum(const V& v_) {
  const auto v = as_view(v_);
  if (v.graph() == nullptr) return {};
  return scan(v.size(), traced(0), [&](const traced& s, const traced_index& i) { return s + v[i]; })
      .second;
}
/// convolve(v, w): element i is the sum of v[i - j] w[j] over all j for which there are both; it
/// has as many elements as both together, less one.
/// Shapes:   v: m, w: n -> m + n - 1
/// Edges:    of nothing and n elements: n - 1 zeros
template <whole_vector V, whole_vector W>
constexpr traced_view<1> convolve(const V& v_, const W& w_) {
  const auto v = as_view(v_);
  const auto w = as_view(w_);
  return generate(v.size() + w.size() - 1, [&](const traced_index& i) {
    return sum(w.size(), [&](const traced_index& j) {
      const auto within = i - j >= 0 && i - j < v.size();
      return select(within, late_traced<V>(v[i - j]) * late_traced<V>(w[j]), late_traced<V>(0));
    });
  });
}
/// convolve(A, B): the same of matrices, in both dimensions.
template <whole_matrix A, whole_matrix B>
constexpr traced_view<2> convolve(const A& a_, const B& b_) {
  const auto a = as_view(a_);
  const auto b = as_view(b_);
  return generate(
      a.rows() + b.rows() - 1, a.cols() + b.cols() - 1,
      [&](const traced_index& i, const traced_index& j) {
        return sum(b.rows(), [&](const traced_index& p) {
          return sum(b.cols(), [&](const traced_index& q) {
            const auto within = i - p >= 0 && i - p < a.rows() && j - q >= 0 && j - q < a.cols();
            return select(within, late_traced<A>(a(i - p, j - q)) * late_traced<A>(b(p, q)),
                          late_traced<A>(0));
          });
        });
      });
}

TAPELESS_OF_ONE_RANK(segment, traced_view<1>)
TAPELESS_OF_ONE_RANK(head, traced_view<1>)
TAPELESS_OF_ONE_RANK(tail, traced_view<1>)
TAPELESS_OF_ONE_RANK(row, traced_view<1>)
TAPELESS_OF_ONE_RANK(col, traced_view<1>)
TAPELESS_OF_ONE_RANK(diagonal, traced_view<1>)
TAPELESS_OF_ONE_RANK(trace, traced)
TAPELESS_OF_ONE_RANK(reverse, traced_view<1>)
TAPELESS_OF_ONE_RANK(cumsum, traced_view<1>)
TAPELESS_OF_VECTORS(concat, traced_view<1>)
TAPELESS_OF_VECTORS(convolve, traced_view<1>)
#undef TAPELESS_OF_ONE_RANK
#undef TAPELESS_OF_VECTORS

}  // namespace TAPELESS_ABI
}  // namespace tapeless
