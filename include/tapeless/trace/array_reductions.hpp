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
/// sum(a), sum(A, axis<0>): 0 if empty. The sum of a product of matrices costs no product.
TAPELESS_ARRAY_REDUCTION(sum)
template <whole_matrix A>
constexpr traced sum(const A& a_) {
  const auto a = as_view(a_);
  if (a.graph() == nullptr) return traced::unknown();
  builder& g = *a.graph();
  const int rows = nest::range(g, g.nest()->current, a.extent(0).id(g));
  const int columns = nest::range(g, rows, a.extent(1).id(g));
  const entered_scope inside(g, columns);
  const int index[]{nest::index(g, rows), nest::index(g, columns)};
  const int element = nest::element(g, a.id(), index);
  return {&g, interchange::sum(g, rows, interchange::sum(g, columns, element))};
}
/// prod(a): 1 if empty
TAPELESS_ARRAY_REDUCTION(prod)
/// max(a): the derivative goes to the first element that has it; -inf if empty
TAPELESS_ARRAY_REDUCTION(max)
/// min(a): +inf if empty
TAPELESS_ARRAY_REDUCTION(min)
/// logsumexp(a): log(sum(exp(a))); -inf if empty
TAPELESS_ARRAY_REDUCTION(logsumexp)
#undef TAPELESS_ARRAY_REDUCTION

template <whole_array A>
constexpr traced number_of_elements(const A& a) {
  return traced(as_view(a).size());
}

/// mean(a): NaN if empty
template <whole_array A>
constexpr traced mean(const A& a) {
  return sum(a) / number_of_elements(a);
}
template <whole_matrix A, int Dimension>
constexpr traced_view<1> mean(const A& a, axis_tag<Dimension> along) {
  return sum(a, along) / traced(as_view(a).extent(Dimension));
}
/// squared_norm(a): the sum of the squares.
template <whole_array A>
constexpr traced squared_norm(const A& a) {
  return sum(square(a));
}
/// norm(a): the square root of the sum of the squares; its derivative at 0 is that of sqrt.
template <whole_array A>
constexpr traced norm(const A& a) {
  return sqrt(squared_norm(a));
}
/// l1_norm(a): the sum of the absolute values.
template <whole_array A>
constexpr traced l1_norm(const A& a) {
  return sum(abs(a));
}
/// variance(a): the mean of the squared distances from the mean.
template <whole_array A>
constexpr traced variance(const A& a) {
  return mean(square(a - mean(a)));
}
/// softmax(a): exp(a) / sum(exp(a)), without overflow.
template <whole_vector A>
constexpr traced_view<1> softmax(const A& a) {
  const auto e = exp(a - stop_gradient(max(a)));
  return e / sum(e);
}
/// log_softmax(a): a - logsumexp(a).
template <whole_vector A>
constexpr traced_view<1> log_softmax(const A& a) {
  return a - logsumexp(a);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
