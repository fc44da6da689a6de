// SPDX-License-Identifier: BSL-1.0
#pragma once

// Routines for products of matrices, linear equations, inverses, determinants and the Cholesky
// factor, and their derivatives.
// Rules are templates: what they name is not looked at until they are needed.
//
// A matrix is factorised once for all that is asked of it, value and derivatives: the factors are
// an array of their own, an operand beside the matrix. Only routines know what is in it.
//
// Sources: M. Giles, An extended collection of matrix derivative results for forward and reverse
// mode algorithmic differentiation (2008), sections 2.2 and 2.3; I. Murray, Differentiation of the
// Cholesky decomposition (2016), equations 8 and 10.

#include <tapeless/trace/array_parts.hpp>
#include <tapeless/trace/routine.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

using vector_view = traced_view<1>;
using matrix_view = traced_view<2>;

template <bool First, class A, class B>
consteval auto routine_name(const A& a, const B& b) {
  if constexpr (First) {
    return a;
  } else {
    return b;
  }
}
// ---- products of matrices -----------------------------------------------------------------------

/// A B; of the first or the second factor the transpose.
template <bool First, bool Second>
struct product_routine : routine<2, 2, 2> {
  static constexpr auto name = routine_name<First>(
      fixed_string("transposed_product"),
      routine_name<Second>(fixed_string("product_transposed"), fixed_string("product")));
  static constexpr unsigned values = 0b11, derivatives = 0b11;
  static constexpr bool strided_result = true;

  static constexpr matrix_view of(const auto& A, const auto& B) {
    return call_routine<product_routine>({A.extent(First ? 1 : 0), B.extent(Second ? 0 : 1)}, A, B);
  }
  /// Giles 2.2.2.
  static constexpr auto vjp(const auto& A, const auto& B, const auto&, const auto& w) {
    using plain = product_routine<false, false>;
    using transposed = product_routine<true, false>;
    using by_transposed = product_routine<false, true>;
    if constexpr (First) {
      return std::tuple(by_transposed::of(B, w), plain::of(A, w));
    } else if constexpr (Second) {
      return std::tuple(plain::of(w, B), transposed::of(w, A));
    } else {
      return std::tuple(by_transposed::of(w, B), transposed::of(A, w));
    }
  }
  static constexpr matrix_view jvp(const auto& A, const auto& B, const auto&, const auto& dA,
                                   const auto& dB) {
    return of(dA, B) + of(A, dB);
  }
};

/// The matrix that a transposes; -1: it is no transpose.
constexpr int transposed_matrix(const builder& g, int a) {
  if (!g.is(a, algebra::scatter) || !nest::is_dense(g, nest::info(g, a))) return -1;
  const element_put& p = g.nest->puts[nest::info(g, a).first_put];
  const node& x = g[p.value];
  const bool turned = x.op->kind == algebra::load && x.op->arity == 3 && x.b == p.index[1] &&
                      x.c == p.index[0] && !g.is(x.a, algebra::slice);
  if (!turned) return -1;
  // All of it, no part.
  const array_shape own = nest::shape_of(g, a), of = nest::shape_of(g, x.a);
  return own.extent[0] == of.extent[1] && own.extent[1] == of.extent[0] ? x.a : -1;
}
template <class A>
constexpr traced_view<2> library_product(const A& a, const A& b) {
  builder& g = *a.graph();
  const int of_a = transposed_matrix(g, a.id()), of_b = transposed_matrix(g, b.id());
  if (of_a >= 0) return product_routine<true, false>::of(A(&g, of_a), b);
  if (of_b >= 0) return product_routine<false, true>::of(a, A(&g, of_b));
  return product_routine<false, false>::of(a, b);
}

/// In rules: the product of A and x, of A^T and x, and of x and y^T.
constexpr auto times(const auto& A, const auto& x) {
  if constexpr (array_rank<decltype(x)> == 1) {
    return A * x;
  } else {
    return product_routine<false, false>::of(A, x);
  }
}
constexpr auto transposed_times(const auto& A, const auto& x) {
  if constexpr (array_rank<decltype(x)> == 1) {
    return transpose(A) * x;
  } else {
    return product_routine<true, false>::of(A, x);
  }
}
constexpr auto times_transposed(const auto& x, const auto& y) {
  if constexpr (array_rank<decltype(x)> == 1) {
    return outer(x, y);
  } else {
    return product_routine<false, true>::of(x, y);
  }
}

// ---- the factors of a square matrix -------------------------------------------------------------

/// P A = L U: n rows of L and U, in whatever order, and the row exchanges.
struct lu_routine : routine<2, 2> {
  static constexpr fixed_string name = "lu";
  static constexpr unsigned values = 1, derivatives = 0;
  static constexpr auto vjp(const auto&...) { return tapeless::derivatives{no_derivative()}; }
  static constexpr auto jvp(const auto&, const auto&, const auto& dA) { return dA; }
};

constexpr matrix_view lu_factors(const auto& a, const auto& n) {
  return call_routine<lu_routine>({n + 1, n}, a);
}

/// P A Q = L U, by complete pivoting, which finds the rank: n rows of L and U, the exchanges of
/// rows and those of columns.
struct complete_lu_routine : routine<2, 2> {
  static constexpr fixed_string name = "complete_lu";
  static constexpr unsigned values = 1, derivatives = 0;
  static constexpr auto vjp(const auto&...) { return tapeless::derivatives{no_derivative()}; }
  static constexpr auto jvp(const auto&, const auto&, const auto& dA) { return dA; }
};

/// A x = b, or A^T x = b, where F are the factors of A.
template <int Rank, bool Transposed>
struct solve_routine : routine<Rank, 2, 2, Rank> {
  using array = traced_view<Rank>;
  static constexpr auto name =
      routine_name<Transposed>(fixed_string("solve_transposed"), fixed_string("solve"));
  static constexpr unsigned values = 0b110, derivatives = 0b101;

  template <bool Other>
  static constexpr array solved(const auto& A, const auto& F, const auto& b) {
    if constexpr (Rank == 1) {
      return call_routine<solve_routine<1, Other>>({F.cols()}, A, F, b);
    } else {
      return call_routine<solve_routine<2, Other>>({F.cols(), b.cols()}, A, F, b);
    }
  }
  /// Giles 2.3.1.
  static constexpr std::tuple<matrix_view, no_derivative, array> vjp(const auto& A, const auto& F,
                                                                     const auto&, const auto& x,
                                                                     const auto& w) {
    const array of_b = solved<!Transposed>(A, F, w);
    const auto of_a = Transposed ? times_transposed(x, of_b) : times_transposed(of_b, x);
    return {-of_a, no_derivative(), of_b};
  }
  static constexpr array jvp(const auto& A, const auto& F, const auto&, const auto& x,
                             const auto& dA, const auto&, const auto& db) {
    if constexpr (Transposed) {
      return solved<Transposed>(A, F, db - transposed_times(dA, x));
    } else {
      return solved<Transposed>(A, F, db - times(dA, x));
    }
  }
};

/// The inverse of A, whose factors are F.
struct inverse_routine : routine<2, 2, 2> {
  static constexpr fixed_string name = "inverse";
  static constexpr unsigned values = 0b10, derivatives = 0b01;

  static constexpr matrix_view of(const auto& A, const auto& F) {
    return call_routine<inverse_routine>({F.cols(), F.cols()}, A, F);
  }
  /// Giles 2.2.3.
  static constexpr auto vjp(const auto&, const auto&, const auto& y, const auto& w) {
    return std::tuple(-transposed_times(y, times_transposed(w, y)), no_derivative());
  }
  static constexpr matrix_view jvp(const auto&, const auto&, const auto& y, const auto& dA,
                                   const auto&) {
    return -times(y, times(dA, y));
  }
};

/// The cofactors of A, which are the derivatives of its determinant, also where A is singular.
struct cofactor_routine : routine<2, 2, 2> {
  static constexpr fixed_string name = "cofactors";
  static constexpr unsigned values = 0b10, derivatives = 0b01;

  static constexpr matrix_view of(const auto& A, const traced_index& n) {
    return call_routine<cofactor_routine>({n, n}, A,
                                          call_routine<complete_lu_routine>({n + 2, n}, A));
  }
  /// Of det(A) A^-T: the derivative is its own transpose.
  static constexpr matrix_view derivative(const auto& A, const auto& d);
  static constexpr auto vjp(const auto& A, const auto&, const auto&, const auto& w) {
    return std::tuple(derivative(A, w), no_derivative());
  }
  static constexpr matrix_view jvp(const auto& A, const auto&, const auto&, const auto& dA,
                                   const auto&) {
    return derivative(A, dA);
  }
};

/// The determinant, or the logarithm of its absolute value, of A, whose factors are F; a scalar
/// among the results of routines is a vector of one element.
template <bool Logarithm>
struct determinant_routine : routine<1, 2, 2> {
  static constexpr auto name = routine_name<Logarithm>(fixed_string("logdet"), fixed_string("det"));
  static constexpr unsigned values = 0b10, derivatives = 0b01;

  static constexpr matrix_view slope(const auto& A, const auto& F) {
    if constexpr (Logarithm) {
      return transpose(inverse_routine::of(A, F));
    } else {
      return cofactor_routine::of(A, F.cols());
    }
  }
  /// Giles 2.2.4.
  static constexpr auto vjp(const auto& A, const auto& F, const auto&, const auto& w) {
    return std::tuple(w[0] * slope(A, F), no_derivative());
  }
  static constexpr vector_view jvp(const auto& A, const auto& F, const auto&, const auto& dA,
                                   const auto&) {
    const auto d = sum(elementwise_product(slope(A, F), dA));
    return generate(1, [&](const auto&) { return d; });
  }
};

constexpr matrix_view cofactor_routine::derivative(const auto& A, const auto& d) {
  const auto F = lu_factors(A, A.extent(0));
  const auto y = transpose(inverse_routine::of(A, F));
  const traced determinant = call_routine<determinant_routine<false>>({1}, A, F)[0];
  return determinant * (sum(elementwise_product(y, d)) * y - times(y, transposed_times(d, y)));
}

// ---- triangular matrices ------------------------------------------------------------------------

template <bool Lower>
constexpr matrix_view triangle_of(const auto& a) {
  return generate(a.rows(), a.cols(), [&](const auto& i, const auto& j) {
    return select(Lower ? j <= i : i <= j, traced(a(i, j)), traced(0));
  });
}

/// T x = b, or T^T x = b, where T is a triangle of A.
template <int Rank, bool Lower, bool Transposed>
struct triangular_routine : routine<Rank, 2, Rank> {
  using array = traced_view<Rank>;
  static constexpr auto name = routine_name<Lower>(
      routine_name<Transposed>(fixed_string("solve_lower_transposed"), fixed_string("solve_lower")),
      routine_name<Transposed>(fixed_string("solve_upper_transposed"),
                               fixed_string("solve_upper")));
  static constexpr unsigned values = 0b11, derivatives = 0b11;

  template <bool Other>
  static constexpr array solved(const auto& A, const auto& b) {
    if constexpr (Rank == 1) {
      return call_routine<triangular_routine<1, Lower, Other>>({b.size()}, A, b);
    } else {
      return call_routine<triangular_routine<2, Lower, Other>>({b.rows(), b.cols()}, A, b);
    }
  }
  /// As of all equations, in the triangle: Giles 2.3.1.
  static constexpr std::tuple<matrix_view, array> vjp(const auto& A, const auto&, const auto& x,
                                                      const auto& w) {
    const array of_b = solved<!Transposed>(A, w);
    const auto of_a = Transposed ? times_transposed(x, of_b) : times_transposed(of_b, x);
    return {triangle_of<Lower>(-of_a), of_b};
  }
  static constexpr array jvp(const auto& A, const auto&, const auto& x, const auto& dA,
                             const auto& db) {
    const auto d = triangle_of<Lower>(dA);
    if constexpr (Transposed) {
      return solved<Transposed>(A, db - transposed_times(d, x));
    } else {
      return solved<Transposed>(A, db - times(d, x));
    }
  }
};

// ---- the Cholesky factor ------------------------------------------------------------------------

/// L, lower, where L L^T is the symmetric matrix that the lower triangle of A says.
struct cholesky_routine : routine<2, 2> {
  static constexpr fixed_string name = "cholesky";
  static constexpr unsigned values = 1, derivatives = 1;

  /// The lower triangle, of its diagonal half (Murray's Phi).
  static constexpr matrix_view lower_half(const auto& a) {
    return generate(a.rows(), a.cols(), [&](const auto& i, const auto& j) {
      const auto x = a(i, j);
      return select(j < i, x, select(i == j, 0.5 * x, traced(0)));
    });
  }
  /// L^-1 S L^-T, or L^-T S L^-1, where S is symmetric.
  template <bool Transposed>
  static constexpr matrix_view both(const auto& L, const auto& s) {
    using system = triangular_routine<array_rank<decltype(s)>, true, false>;
    const auto one = system::template solved<Transposed>(L, s);
    return system::template solved<Transposed>(L, transpose(one));
  }
  /// Murray, equation 10: only the lower triangle of A is read, so each element below the diagonal
  /// stands for two.
  static constexpr auto vjp(const auto&, const auto& L, const auto& w) {
    const auto p = lower_half(transposed_times(L, w));
    return std::tuple(lower_half(both<true>(L, p + transpose(p))));
  }
  /// Murray, equation 8.
  static constexpr matrix_view jvp(const auto&, const auto& L, const auto& dA) {
    const auto s = generate(dA.rows(), dA.cols(), [&](const auto& i, const auto& j) {
      return select(j <= i, traced(dA(i, j)), traced(dA(j, i)));
    });
    return times(L, lower_half(both<false>(L, s)));
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
