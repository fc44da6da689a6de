// SPDX-License-Identifier: BSL-1.0
#pragma once

// Reductions of whole arrays, over all elements or along an axis: axis<0> runs down the columns and
// leaves a value for each column, axis<1> runs along the rows.

#include <tapeless/graph/interchange.hpp>
#include <tapeless/trace/array_products.hpp>
#include <tapeless/trace/fold.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <int Dimension>
struct axis_tag {
  static_assert(Dimension == 0 || Dimension == 1, "tapeless: axis<0> or axis<1>");
};
template <int Dimension>
inline constexpr axis_tag<Dimension> axis{};

/// reduce(n, [](index) { ... }) over all elements.
template <class A, class Reduce>
constexpr traced reduce_all(const A& a_, const Reduce& reduce) {
  const auto a = as_view(a_);
  if (a.graph() == nullptr) return traced::unknown();
  if constexpr (array_rank<A> == 1) {
    return reduce(a.size(), [&](const traced_index& i) { return traced(a[i]); });
  } else {
    return reduce(a.rows(), [&](const traced_index& i) {
      return reduce(a.cols(), [&](const traced_index& j) { return traced(a(i, j)); });
    });
  }
}
/// What `reduce` makes of each column or row: a vector.
template <int Dimension, class A, class Reduce>
constexpr traced_view<1> reduce_along(const A& a_, const Reduce& reduce) {
  const auto a = as_view(a_);
  return generate(a.extent(1 - Dimension), [&](const traced_index& k) {
    return reduce(a.extent(Dimension), [&](const traced_index& i) {
      return traced(Dimension == 0 ? a(i, k) : a(k, i));
    });
  });
}

#define TAPELESS_ARRAY_REDUCTION(name)                                                          \
  template <whole_array A>                                                                      \
  constexpr traced name(const A& a) {                                                           \
    return reduce_all(a, [](const auto& n, const auto& b) { return name(n, b); });              \
  }                                                                                             \
  template <whole_matrix A, int Dimension>                                                      \
  constexpr traced_view<1> name(const A& a, axis_tag<Dimension>) {                              \
    return reduce_along<Dimension>(a, [](const auto& n, const auto& b) { return name(n, b); }); \
  }
/// sum(a), sum(A, axis<D>): the sum of the elements. That of a product of matrices costs no
/// product.
/// Shapes:   a: vector or matrix -> scalar; A: matrix -> vector
/// Partial:  1
/// Edges:    0 if empty
TAPELESS_ARRAY_REDUCTION(sum)
template <whole_matrix A>
constexpr traced sum(const A& a_) {
  const auto a = as_view(a_);
  if (a.graph() == nullptr) return traced::unknown();
  builder& g = *a.graph();
  const int rows = nest::range(g, g.nest->current, a.extent(0).id(g));
  const int columns = nest::range(g, rows, a.extent(1).id(g));
  const entered_scope inside(g, columns);
  const int index[]{nest::index(g, rows), nest::index(g, columns)};
  const int element = interchange::expanded(g, nest::element(g, a.id(), index));
  return {&g, interchange::sum(g, rows, interchange::sum(g, columns, element))};
}
/// prod(a), prod(A, axis<D>): the product of the elements.
/// Shapes:   a: vector or matrix -> scalar; A: matrix -> vector
/// Partial:  the product of the others, exact where factors are 0
/// Edges:    1 if empty
TAPELESS_ARRAY_REDUCTION(prod)
/// max(a), max(A, axis<D>): the largest element.
/// Shapes:   a: vector or matrix -> scalar; A: matrix -> vector
/// Partial:  1 for the first element that has it, row by row, else 0
/// Edges:    -inf if empty; NaN if an element is
TAPELESS_ARRAY_REDUCTION(max)
/// min(a), min(A, axis<D>): the smallest element.
/// Shapes:   a: vector or matrix -> scalar; A: matrix -> vector
/// Partial:  1 for the first element that has it, row by row, else 0
/// Edges:    +inf if empty; NaN if an element is
TAPELESS_ARRAY_REDUCTION(min)
/// logsumexp(a), logsumexp(A, axis<D>): log(sum(exp(a))), without overflow.
/// Shapes:   a: vector or matrix -> scalar; A: matrix -> vector
/// Partial:  softmax(a)
/// Edges:    -inf, gradient 0, if empty or all -inf
TAPELESS_ARRAY_REDUCTION(logsumexp)
#undef TAPELESS_ARRAY_REDUCTION

template <whole_array A>
constexpr traced number_of_elements(const A& a) {
  return traced(as_view(a).size());
}
/// A value for each column or row, met by every element of it.
template <int Dimension>
constexpr auto along_axis(const traced_view<1>& v) {
  if constexpr (Dimension == 0) {
    return rowwise(v);
  } else {
    return colwise(v);
  }
}

/// mean(a), mean(A, axis<D>): the sum of the elements over their number.
/// Shapes:   a: vector or matrix -> scalar; A: matrix -> vector
/// Partial:  1 / n
/// Edges:    NaN if empty
template <whole_array A>
constexpr traced mean(const A& a) {
  return sum(a) / number_of_elements(a);
}
template <whole_matrix A, int Dimension>
constexpr traced_view<1> mean(const A& a, axis_tag<Dimension> along) {
  return sum(a, along) / traced(as_view(a).extent(Dimension));
}

/// squared_norm(a), squared_norm(A, axis<D>): the sum of the squares.
/// Shapes:   a: vector or matrix -> scalar; A: matrix -> vector
/// Partial:  2 a
/// Edges:    0 if empty
template <whole_array A>
constexpr traced squared_norm(const A& a) {
  return sum(square(a));
}
template <whole_matrix A, int Dimension>
constexpr traced_view<1> squared_norm(const A& a, axis_tag<Dimension> along) {
  return sum(square(a), along);
}

/// The square root of a sum of squares, whose derivative at 0 is that of the whole: 0.
constexpr auto root_of_squares(const auto& s) { return select(s != 0, sqrt(s), 0); }
/// norm(a), norm(A, axis<D>): the square root of the sum of the squares.
/// Shapes:   a: vector or matrix -> scalar; A: matrix -> vector
/// Partial:  a / norm(a)
/// Edges:    where all elements are 0, and if empty: value 0, gradient 0
template <whole_array A>
constexpr traced norm(const A& a) {
  return root_of_squares(squared_norm(a));
}
template <whole_matrix A, int Dimension>
constexpr traced_view<1> norm(const A& a, axis_tag<Dimension> along) {
  return root_of_squares(squared_norm(a, along));
}

/// l1_norm(a), l1_norm(A, axis<D>): the sum of the absolute values.
/// Shapes:   a: vector or matrix -> scalar; A: matrix -> vector
/// Partial:  sign(a), 0 at 0
/// Edges:    0 if empty
template <whole_array A>
constexpr traced l1_norm(const A& a) {
  return sum(abs(a));
}
template <whole_matrix A, int Dimension>
constexpr traced_view<1> l1_norm(const A& a, axis_tag<Dimension> along) {
  return sum(abs(a), along);
}

/// variance(a), variance(A, axis<D>): the mean of the squared distances from the mean.
/// Shapes:   a: vector or matrix -> scalar; A: matrix -> vector
/// Partial:  2 (a - mean(a)) / n
/// Edges:    NaN if empty
template <whole_array A>
constexpr traced variance(const A& a) {
  return mean(square(a - mean(a)));
}
template <whole_matrix A, int Dimension>
constexpr traced_view<1> variance(const A& a, axis_tag<Dimension> along) {
  return mean(square(a - along_axis<Dimension>(mean(a, along))), along);
}

/// What the exponentials are divided by: at least 1, but of nothing.
constexpr auto divisor_of_exponentials(const auto& s) { return select(s != 0, s, 1); }
/// softmax(v), softmax(A, axis<D>): exp(v) / sum(exp(v)), without overflow; of a matrix, of each
/// column or row.
/// Shapes:   v: n -> n; A: m x n -> m x n
/// Partial:  y_i (delta_ij - y_j) where y is the result
/// Edges:    NaN where an element is NaN or inf, or all are -inf
template <whole_vector A>
constexpr traced_view<1> softmax(const A& a) {
  const auto e = exp(a - stop_gradient(max(a)));
  return e / divisor_of_exponentials(sum(e));
}
template <whole_matrix A, int Dimension>
constexpr traced_view<2> softmax(const A& a, axis_tag<Dimension> along) {
  const auto e = exp(a - along_axis<Dimension>(stop_gradient(max(a, along))));
  return e / along_axis<Dimension>(divisor_of_exponentials(sum(e, along)));
}

/// log_softmax(v), log_softmax(A, axis<D>): v - logsumexp(v).
/// Shapes:   v: n -> n; A: m x n -> m x n
/// Partial:  delta_ij - softmax(v)_j
/// Edges:    as softmax
template <whole_vector A>
constexpr traced_view<1> log_softmax(const A& a) {
  return a - logsumexp(a);
}
template <whole_matrix A, int Dimension>
constexpr traced_view<2> log_softmax(const A& a, axis_tag<Dimension> along) {
  return a - along_axis<Dimension>(logsumexp(a, along));
}

// The same of a single value, which is what an array of one element is: one body serves numbers and
// arrays.
#define TAPELESS_REDUCTION_OF_ONE(name, value) \
  template <std::same_as<traced> V>            \
  constexpr traced name(const V& v) {          \
    return value;                              \
  }
TAPELESS_REDUCTION_OF_ONE(sum, v)
TAPELESS_REDUCTION_OF_ONE(prod, v)
TAPELESS_REDUCTION_OF_ONE(max, v)
TAPELESS_REDUCTION_OF_ONE(min, v)
TAPELESS_REDUCTION_OF_ONE(mean, v)
TAPELESS_REDUCTION_OF_ONE(squared_norm, square(v))
TAPELESS_REDUCTION_OF_ONE(norm, abs(v))
TAPELESS_REDUCTION_OF_ONE(l1_norm, abs(v))
#undef TAPELESS_REDUCTION_OF_ONE

/// The index node of a largest value.
constexpr traced_index index_of_largest(builder& g, const traced& largest) {
  int n = largest.id(g);
  if (g.is(n, algebra::pick)) n = g[n].a;
  return {&g, g.intern(&argument_operation, n, -1, -1, 0)};
}
/// argmax(v): the first index of the largest element, an index: v[argmax(v)].
/// argmax(A, axis<D>): of each column or row, as values.
/// Partial:  none
/// Edges:    0 if empty
template <whole_vector V>
constexpr traced_index argmax(const V& v_) {
  const auto v = as_view(v_);
  if (v.graph() == nullptr) return traced_index::unknown();
  return index_of_largest(*v.graph(), max(v));
}
template <whole_matrix A, int Dimension>
constexpr traced_view<1> argmax(const A& a_, axis_tag<Dimension>) {
  const auto a = as_view(a_);
  return reduce_along<Dimension>(a, [&](const auto& n, const auto& b) {
    return a.graph() == nullptr ? traced::unknown()
                                : traced(index_of_largest(*a.graph(), max(n, b)));
  });
}
/// argmin(v), argmin(A, axis<D>): the same of the smallest element.
template <whole_vector V>
constexpr traced_index argmin(const V& v) {
  return argmax(-as_view(v));
}
template <whole_matrix A, int Dimension>
constexpr traced_view<1> argmin(const A& a, axis_tag<Dimension> along) {
  return argmax(-as_view(a), along);
}

// sum(v, axis<0>) of a vector, and sums of what is neither vector nor matrix.
// Result types are deduced, so that they are met before a program is traced.
#define TAPELESS_REFUSED_REDUCTION(name)               \
  template <array_of_values A, int Dimension>          \
  constexpr auto name(const A&, axis_tag<Dimension>) { \
    refuse_array<A>();                                 \
    return traced_view<1>();                           \
  }                                                    \
  template <array_of_values A>                         \
  constexpr auto name(const A&) {                      \
    refuse_array<A>();                                 \
    return traced::unknown();                          \
  }
TAPELESS_REFUSED_REDUCTION(sum)
TAPELESS_REFUSED_REDUCTION(prod)
TAPELESS_REFUSED_REDUCTION(max)
TAPELESS_REFUSED_REDUCTION(min)
TAPELESS_REFUSED_REDUCTION(logsumexp)
TAPELESS_REFUSED_REDUCTION(mean)
TAPELESS_REFUSED_REDUCTION(squared_norm)
TAPELESS_REFUSED_REDUCTION(norm)
TAPELESS_REFUSED_REDUCTION(l1_norm)
TAPELESS_REFUSED_REDUCTION(variance)
#undef TAPELESS_REFUSED_REDUCTION
TAPELESS_OF_ONE_RANK(softmax, traced_view<1>)
TAPELESS_OF_ONE_RANK(log_softmax, traced_view<1>)
TAPELESS_OF_ONE_RANK(argmax, traced_index)
TAPELESS_OF_ONE_RANK(argmin, traced_index)

}  // namespace TAPELESS_ABI
}  // namespace tapeless
