// SPDX-License-Identifier: BSL-1.0
#pragma once

// Members of Eigen's arrays, which a body that was written for Eigen asks a traced array for: they
// exist to name the functions to call instead.

#include <tapeless/trace/misuse.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Base of traced arrays. Scalar: what stands for a value.
template <class Scalar, class Vector, class Matrix>
struct eigen_members {
#define TAPELESS_EIGEN_MEMBER(result, name)  \
  template <class... A>                      \
  constexpr result name(const A&...) const { \
    member_of_eigen<void(A...)>();           \
    return {};                               \
  }
  TAPELESS_EIGEN_MEMBER(Scalar, dot)
  TAPELESS_EIGEN_MEMBER(Scalar, sum)
  TAPELESS_EIGEN_MEMBER(Scalar, prod)
  TAPELESS_EIGEN_MEMBER(Scalar, mean)
  TAPELESS_EIGEN_MEMBER(Scalar, maxCoeff)
  TAPELESS_EIGEN_MEMBER(Scalar, minCoeff)
  TAPELESS_EIGEN_MEMBER(Scalar, norm)
  TAPELESS_EIGEN_MEMBER(Scalar, squaredNorm)
  TAPELESS_EIGEN_MEMBER(Scalar, trace)
  TAPELESS_EIGEN_MEMBER(Scalar, determinant)
  TAPELESS_EIGEN_MEMBER(Vector, diagonal)
  TAPELESS_EIGEN_MEMBER(Vector, row)
  TAPELESS_EIGEN_MEMBER(Vector, col)
  TAPELESS_EIGEN_MEMBER(Vector, head)
  TAPELESS_EIGEN_MEMBER(Vector, tail)
  TAPELESS_EIGEN_MEMBER(Vector, segment)
  TAPELESS_EIGEN_MEMBER(Vector, reverse)
  TAPELESS_EIGEN_MEMBER(Matrix, transpose)
  TAPELESS_EIGEN_MEMBER(Matrix, cwiseProduct)
  TAPELESS_EIGEN_MEMBER(Matrix, cwiseQuotient)
  TAPELESS_EIGEN_MEMBER(Matrix, cwiseAbs)
  TAPELESS_EIGEN_MEMBER(Matrix, array)
  TAPELESS_EIGEN_MEMBER(Matrix, matrix)
  TAPELESS_EIGEN_MEMBER(Matrix, rowwise)
  TAPELESS_EIGEN_MEMBER(Matrix, colwise)
  TAPELESS_EIGEN_MEMBER(Matrix, reshaped)
  TAPELESS_EIGEN_MEMBER(Matrix, inverse)
#undef TAPELESS_EIGEN_MEMBER
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
