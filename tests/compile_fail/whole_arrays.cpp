// SPDX-License-Identifier: BSL-1.0
#include <tapeless/tapeless.hpp>

#include <array>
#include <vector>

namespace tl = tapeless;

const std::vector<double> p{1.0, 2.0, 3.0, 4.0};
const tl::matrix<double> M(2, 2);
#ifndef MISTAKE
// [right]
auto right = tl::grad([](auto a) { return dot(a, outer(a, a) * a) + max(a); })(p);
// [end]
#endif

#ifdef MISTAKE_1  // EXPECT: tapeless: this operation on whole arrays does not accept its arguments
auto transposed_vector = tl::grad([](auto a) { return sum(transpose(a)); })(p);
#endif
#ifdef MISTAKE_2  // EXPECT: tapeless: this operation on whole arrays does not accept its arguments
auto dot_of_matrices = tl::grad([](auto m) { return dot(m, m); })(M);
#endif
#ifdef MISTAKE_3  // EXPECT: tapeless: this operation on whole arrays does not accept its arguments
auto part_of_matrix = tl::grad([](auto m) { return sum(segment(m, 0, 1)); })(M);
#endif
#ifdef MISTAKE_4  // EXPECT: tapeless: this operation on whole arrays does not accept its arguments
// ALSO: no axis (tl::axis<0>, tl::axis<1>)
auto no_axis = tl::grad([](auto m) { return sum(square(softmax(m))); })(M);
#endif
#ifdef MISTAKE_5  // EXPECT: tapeless: this operation on whole arrays does not accept its arguments
auto rows_of_matrix = tl::grad([](auto m) { return sum(m + rowwise(m)); })(M);
#endif
#ifdef MISTAKE_6  // EXPECT: tapeless: this operation on whole arrays does not accept its arguments
auto different = tl::grad([](auto m) { return sum(concat(m[0], m)); })(M);
#endif
#ifdef MISTAKE_7  // EXPECT: tapeless: a matrix and a vector have no elementwise operation
auto both = tl::grad([](auto m) { return sum(select(m < m[0], m, 0)); })(M);
#endif
#ifdef MISTAKE_8  // EXPECT: tapeless: a matrix and a vector have no elementwise operation
auto row_alone = tl::grad([](auto a) { return sum(max(rowwise(a), 0)); })(p);
#endif
#ifdef MISTAKE_9  // EXPECT: tapeless: operations on arrays are functions, no members
// ALSO: dot(x, y)
auto member = tl::grad([](auto a) { return a.dot(a); })(p);
#endif
#ifdef MISTAKE_10  // EXPECT: tapeless: operations on arrays are functions, no members
// ALSO: elementwise_product(A, B)
auto elementwise = tl::grad([](auto m) { return sum(m.cwiseProduct(m)); })(M);
#endif
#ifdef MISTAKE_11  // EXPECT: tapeless: operations on arrays are functions, no members
auto transposed = tl::grad([](auto m) { return sum(m.transpose() * m); })(M);
#endif
#ifdef MISTAKE_12  // EXPECT: tapeless: operations on arrays are functions, no members
auto as_array = tl::grad([](auto a) { return sum(exp(a.array())); })(p);
#endif
#ifdef MISTAKE_13  // EXPECT: tapeless: a condition on traced values or expressions has no bool
auto chosen = tl::grad([](auto a) { return sum(a > 0 ? a : -a); })(p);
#endif
#ifdef MISTAKE_14  // EXPECT: tapeless: the sizes of the operands of an operation on whole arrays
                   // differ
auto fixed = tl::grad([](auto a) { return sum(head(a, 2) + tail(a, 3)); })(p);
#endif
#ifdef MISTAKE_15  // EXPECT: tapeless: the sizes of the operands of an operation on whole arrays
                   // differ
auto by_one = tl::grad([](auto a) { return sum(concat(a, head(a, 1)) - a); })(p);
#endif
#ifdef MISTAKE_16  // EXPECT: tapeless: the sizes of the operands of an operation on whole arrays
                   // differ
auto of_arrays = tl::grad<0>([](auto a, auto b) { return dot(a, b); })(std::array{1.0, 2.0},
                                                                       std::array{1.0, 2.0, 3.0});
#endif
#ifdef MISTAKE_17  // EXPECT: tapeless::grad(f): 'f' must return a scalar
auto no_scalar = tl::grad([](auto a) { return tanh(outer(a, a) * a); })(p);
#endif
#ifdef MISTAKE_18  // EXPECT: tapeless: no product of these operands
auto row_times_matrix = tl::grad([](auto m) { return sum(m[0] * m); })(M);
#endif
#ifdef MISTAKE_19  // EXPECT: tapeless: this operation on whole arrays does not accept its arguments
// ALSO: a size or index that is no integer
auto fraction = tl::grad([](auto a) { return sum(head(a, 1.5)); })(p);
#endif
#ifdef MISTAKE_20  // EXPECT: tapeless: the body of a loop must return one number or traced value
auto array_of_arrays =
    tl::grad([](auto m) { return tl::sum(m.rows(), [&](auto i) { return exp(m[i]); }); })(M);
#endif
#ifdef MISTAKE_21  // EXPECT: tapeless: this operation on whole arrays does not accept its arguments
auto vector_along = tl::grad([](auto a) { return sum(sum(a, tl::axis<0>)); })(p);
#endif
#ifdef MISTAKE_22  // EXPECT: tapeless: this operation on whole arrays does not accept its arguments
auto mean_along = tl::grad([](auto a) { return sum(mean(a, tl::axis<1>)); })(p);
#endif
#ifdef MISTAKE_23  // EXPECT: tapeless: this operation on whole arrays does not accept its arguments
auto equations_of_vector = tl::grad([](auto a) { return sum(solve(a, a)); })(p);
#endif
#ifdef MISTAKE_24  // EXPECT: tapeless: solve, inverse, det, logdet, cholesky and triangular
auto without_eigen = tl::grad([](auto m) { return logdet(m); })(M);
#endif
#ifdef MISTAKE_25  // EXPECT: tapeless: an expression is no index of an array of the user's
// ALSO: segment(y, argmax(x), 1)
auto element_of_captured = tl::grad([y = p](auto a) { return sum(a) * y[argmax(a)]; })(p);
#endif
#ifdef MISTAKE_26  // EXPECT: tapeless: operations on arrays are functions, no members
// ALSO: dot(x, y)
auto member_beside_captured = tl::grad([y = p](auto a) { return a.dot(y); })(p);
#endif
#ifdef MISTAKE_27  // EXPECT: tapeless: operations on arrays are functions, no members
auto member_of_expression = tl::grad([y = p](auto a) { return (y - a).squaredNorm(); })(p);
#endif
#ifdef MISTAKE_28  // EXPECT: tapeless: operations on arrays are functions, no members
auto member_of_result =
    tl::grad([y = M](auto a) { return sum((y * a).transpose().cwiseProduct(y)); })(M);
#endif
#ifdef MISTAKE_29  // EXPECT: tapeless: an array in a function with loops has one or two dimensions
const std::array<std::array<std::array<double, 2>, 3>, 4> cube{};
auto sum_of_cube = tl::grad([](auto a) { return sum(a); })(cube);
#endif
#ifdef MISTAKE_30  // EXPECT: tapeless: an array in a function with loops has one or two dimensions
const std::array<std::array<std::array<double, 2>, 3>, 4> cube{};
auto mean_of_cube = tl::grad([](auto a) { return sum(mean(exp(a) + a, tl::axis<0>)); })(cube);
#endif
