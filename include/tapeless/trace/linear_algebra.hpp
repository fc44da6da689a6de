// SPDX-License-Identifier: BSL-1.0
#pragma once

// Linear equations, inverses, determinants, the Cholesky factor.

#include <tapeless/trace/linear_algebra_routines.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// The argument of a function that a routine carries out; an array of a mistake that has been
/// reported if there is no library.
template <class A>
constexpr auto routine_argument(const A& a) {
  using view = decltype(as_view(a));
  if constexpr (has_library<typename library_for<A>::type>()) {
    return as_view(a);
  } else {
    return view();
  }
}

/// solve(A, b): x where A x = b; of a matrix B the solutions for its columns. By the LU
/// factorisation with partial pivoting.
/// Shapes:   A: n x n, b: n -> n; B: n x k -> n x k
/// Partial:  of b: A^-T w; of A: -(A^-T w) x^T
/// Errors:   std::invalid_argument if A is not square or b has not n rows
/// Edges:    inf or NaN if A is singular
/// Source:   Giles 2008, 2.3.1
template <whole_matrix A, whole_array B>
constexpr auto solve(const A& a_, const B& b_) {
  const auto a = routine_argument(a_);
  const auto b = as_view(b_);
  const traced_index n = common_size(size_rule::solve, a, 0, a, 1);
  common_size(size_rule::solve, a, 0, b, 0);
  return solve_routine<array_rank<B>, false>::template solved<false>(a, lu_factors(a, n), b);
}
/// inverse(A)
/// Shapes:   A: n x n -> n x n
/// Partial:  -Y^T w Y^T where Y is the inverse
/// Errors:   std::invalid_argument if A is not square
/// Edges:    inf or NaN if A is singular
/// Source:   Giles 2008, 2.2.3
template <whole_matrix A>
constexpr matrix_view inverse(const A& a_) {
  const auto a = routine_argument(a_);
  return inverse_routine::of(a, lu_factors(a, common_size(size_rule::inverse, a, 0, a, 1)));
}
template <bool Logarithm, class A>
constexpr traced determinant(const A& a, const traced_index& n) {
  if (a.graph() == nullptr) return traced::unknown();
  return call_routine<determinant_routine<Logarithm>>({1}, a, lu_factors(a, n))[0];
}
/// det(A): the determinant.
/// Shapes:   A: n x n -> scalar
/// Partial:  the cofactors, which are det(A) A^-T
/// Errors:   std::invalid_argument if A is not square
/// Edges:    1 if n is 0; if A is singular 0 with its gradient, which is 0 if the rank is below
///           n - 1; second derivatives there are NaN
/// Source:   Giles 2008, 2.2.4
template <whole_matrix A>
constexpr traced det(const A& a_) {
  const auto a = routine_argument(a_);
  return determinant<false>(a, common_size(size_rule::det, a, 0, a, 1));
}
/// logdet(A): the logarithm of the absolute value of the determinant, without overflow.
/// Shapes:   A: n x n -> scalar
/// Partial:  A^-T
/// Errors:   std::invalid_argument if A is not square
/// Edges:    0 if n is 0; -inf if A is singular
/// Source:   Giles 2008, 2.2.4
template <whole_matrix A>
constexpr traced logdet(const A& a_) {
  const auto a = routine_argument(a_);
  return determinant<true>(a, common_size(size_rule::logdet, a, 0, a, 1));
}
/// cholesky(A): the lower triangular L where L L^T = A. Only the lower triangle of A is read.
/// Shapes:   A: n x n -> n x n
/// Partial:  P(L^-T (Q + Q^T) L^-1) where Q = P(L^T w) and P takes the lower triangle, half of its
///           diagonal
/// Errors:   std::invalid_argument if A is not square
/// Edges:    NaN if A is not positive definite
/// Source:   Murray 2016, equation 10
template <whole_matrix A>
constexpr matrix_view cholesky(const A& a_) {
  const auto a = routine_argument(a_);
  const traced_index n = common_size(size_rule::cholesky, a, 0, a, 1);
  return call_routine<cholesky_routine>({n, n}, a);
}

template <bool Lower, bool Transposed, class A, class B>
constexpr auto solve_triangle(const A& a_, const B& b_) {
  const auto a = routine_argument(a_);
  const auto b = as_view(b_);
  const traced_index n = common_size(size_rule::triangular, a, 0, a, 1);
  common_size(size_rule::triangular, a, 0, b, 0);
  if constexpr (array_rank<B> == 1) {
    return call_routine<triangular_routine<1, Lower, Transposed>>({n}, a, b);
  } else {
    return call_routine<triangular_routine<2, Lower, Transposed>>({n, b.cols()}, a, b);
  }
}
/// solve_lower(A, b), solve_upper(A, b): x where T x = b and T is the lower or upper triangle of A,
/// with its diagonal; solve_lower_transposed, solve_upper_transposed: where T^T x = b.
/// Shapes:   A: n x n, b: n -> n; B: n x k -> n x k
/// Partial:  of b: T^-T w; of A: -(T^-T w) x^T in the triangle, 0 elsewhere
/// Errors:   std::invalid_argument if A is not square or b has not n rows
/// Edges:    inf or NaN if there is a 0 on the diagonal
/// Source:   Giles 2008, 2.3.1
template <whole_matrix A, whole_array B>
constexpr auto solve_lower(const A& a, const B& b) {
  return solve_triangle<true, false>(a, b);
}
template <whole_matrix A, whole_array B>
constexpr auto solve_upper(const A& a, const B& b) {
  return solve_triangle<false, false>(a, b);
}
template <whole_matrix A, whole_array B>
constexpr auto solve_lower_transposed(const A& a, const B& b) {
  return solve_triangle<true, true>(a, b);
}
template <whole_matrix A, whole_array B>
constexpr auto solve_upper_transposed(const A& a, const B& b) {
  return solve_triangle<false, true>(a, b);
}

// Exist to say what is wrong with solve(v, b) and inverse(v).
#define TAPELESS_OF_MATRICES(name, result)          \
  template <whole_array A, class... Rest>           \
  constexpr result name(const A&, const Rest&...) { \
    array_of_other_rank<A>();                       \
    return {};                                      \
  }
TAPELESS_OF_MATRICES(solve, traced_view<1>)
TAPELESS_OF_MATRICES(inverse, traced_view<2>)
TAPELESS_OF_MATRICES(det, traced)
TAPELESS_OF_MATRICES(logdet, traced)
TAPELESS_OF_MATRICES(cholesky, traced_view<2>)
TAPELESS_OF_MATRICES(solve_lower, traced_view<1>)
TAPELESS_OF_MATRICES(solve_upper, traced_view<1>)
TAPELESS_OF_MATRICES(solve_lower_transposed, traced_view<1>)
TAPELESS_OF_MATRICES(solve_upper_transposed, traced_view<1>)
#undef TAPELESS_OF_MATRICES

}  // namespace TAPELESS_ABI
}  // namespace tapeless
