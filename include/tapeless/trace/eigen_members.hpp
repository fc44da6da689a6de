// SPDX-License-Identifier: BSL-1.0
#pragma once

// Members of Eigen's arrays, which a body that was written for Eigen asks a traced array for: they
// exist to name the functions to call instead.

#include <tapeless/trace/misuse.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

#define TAPELESS_EIGEN_MEMBERS(member, Scalar, Vector, Matrix)                                     \
  member(Scalar, dot) member(Scalar, sum) member(Scalar, prod) member(Scalar, mean) member(        \
      Scalar, maxCoeff) member(Scalar, minCoeff) member(Scalar, norm) member(Scalar, squaredNorm)  \
      member(Scalar, trace) member(Scalar, determinant) member(Vector, diagonal)                   \
          member(Vector, row) member(Vector, col) member(Vector, head) member(Vector, tail)        \
              member(Vector, segment) member(Vector, reverse) member(Matrix, transpose)            \
                  member(Matrix, cwiseProduct) member(Matrix, cwiseQuotient)                       \
                      member(Matrix, cwiseAbs) member(Matrix, array) member(Matrix, matrix)        \
                          member(Matrix, rowwise) member(Matrix, colwise) member(Matrix, reshaped) \
                              member(Matrix, inverse)
#define TAPELESS_EIGEN_MEMBER(result, name)  \
  template <class... A>                      \
  constexpr result name(const A&...) const { \
    member_of_eigen<void(A...)>();           \
    return {};                               \
  }

/// Base of traced arrays. Scalar: what stands for a value.
template <class Scalar, class Vector, class Matrix>
struct eigen_members {
  TAPELESS_EIGEN_MEMBERS(TAPELESS_EIGEN_MEMBER, Scalar, Vector, Matrix)
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
