// SPDX-License-Identifier: BSL-1.0
#pragma once

// The designed errors of function bodies.
//
// Each is a function template of its own, keyed by a short type: it is instantiated, and reports,
// once, however many places lead to it. Its result is deduced, so that g++ instantiates it where it
// is named, and is a stand-in, so that nothing else fails. Its template argument must depend on
// those of the place that names it, or the error is there without a mistake.

#include <tapeless/primitive/operand.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class>
inline constexpr bool never = false;
template <bool Holds>
inline constexpr bool holds = Holds;

/// Nothing complains about it (expression/node.hpp).
struct refused;
/// What stands for a value of a loop whose body's result, or whose start, is a Result that is
/// wrong.
template <class Result>
struct stand_in {
  using type = refused;
};

template <class B>
constexpr auto branch_on_condition() {
  static_assert(never<B>,
                "tapeless: a condition on traced values or expressions has no bool value here; use "
                "tl::select(condition, a, b)");
  return false;
}

template <class D>
constexpr auto traced_as_number() {
  static_assert(never<D>,
                "tapeless: a traced value or expression was used as a plain number; make the "
                "function generic (auto parameters) and call sin(x), not std::sin(x)");
  return D();
}

/// Why a body runs on expressions, each of a type of its own, rather than on traced values.
enum class origin {
  other,
  variables,  ///< it was called with variables
  captures,   ///< its function holds data
  untraced    ///< it could not be evaluated at compile time
};

/// Reassignment, a loop or a run-time index in such a body.
template <origin Why>
constexpr auto needs_tracing() {
  static_assert(
      holds < Why != origin::untraced >,
      "tapeless: the function's body is no constant expression (non-constexpr helper, "
      "global, std::sqrt(2.0), captured structured binding, -fconstexpr-ops-limit): it can "
      "not reassign, loop or index; pass data as arguments, tl::grad<0>(f)(x, c), write "
      "sqrt(2_c)");
  static_assert(holds < Why != origin::variables >,
                "tapeless: a function called with variables can not reassign or loop over them; "
                "give each value a name of its own, or pass numbers: tl::grad(f)(3.0, 2.0)");
  static_assert(holds < Why == origin::untraced || Why == origin::variables >,
                "tapeless: a function that captures data can not reassign, loop or index; pass "
                "the data as an argument: tl::grad<0>(f)(x, c), tl::bind_back(f, c); constant "
                "index: get<0>(x)");
  return 0;
}

template <int Index, int Extent>
constexpr auto index_out_of_range() {
  static_assert(holds<(Index < 0)>, "tapeless: a[i]: the index is out of range");
  static_assert(holds<(Index >= 0)>, "tapeless: a[i]: the index is negative");
  return 0;
}

template <class Value>
constexpr auto assigned_to_element() {
  static_assert(never<Value>,
                "tapeless: a[i] = value: an argument's elements are constants; collect new values "
                "in a std::array<decltype(x), N>");
  return 0;
}

template <bool Number>
constexpr auto assigned_to_number() {
  static_assert(!Number,
                "tapeless: a number can not hold a traced value or expression: declare what is "
                "summed up with the type of an argument, decltype(x) s = 0");
  return 0;
}
/// double s = 0; s += x. Templates, so that what is wrong with it stands in the first line.
template <number N, symbolic B>
constexpr N& operator+=(N& n, const B&) {
  assigned_to_number<number<N>>();
  return n;
}
template <number N, symbolic B>
constexpr N& operator-=(N& n, const B&) {
  assigned_to_number<number<N>>();
  return n;
}
template <number N, symbolic B>
constexpr N& operator*=(N& n, const B&) {
  assigned_to_number<number<N>>();
  return n;
}
template <number N, symbolic B>
constexpr N& operator/=(N& n, const B&) {
  assigned_to_number<number<N>>();
  return n;
}

template <class Primitive, int Operands>
constexpr auto wrong_partials() {
  static_assert(never<Primitive>,
                "tapeless: a primitive's 'partials' must return tl::derivatives{...} (or a "
                "std::tuple): one partial derivative for each operand; no_derivative{} where there "
                "is none");
  return 0;
}

/// What is wrong with a function or a rule of custom_vjp, custom_jvp.
enum class custom_mistake {
  none,
  data,
  operands,
  cotangents,
  vjp_parameters,
  tangent,
  jvp_parameters
};

/// A name, because of a comparison clang prints both sides.
template <auto A, auto B>
inline constexpr bool differ = A != B;
template <custom_mistake Mistake>
constexpr auto wrong_custom() {
  using enum custom_mistake;
  static_assert(differ<Mistake, data>,
                "tapeless::custom_vjp(f, rule), custom_jvp(f, rule): 'f' and 'rule' must not hold "
                "data: wrap a function pointer in a lambda, [](double x) { return f(x); }");
  static_assert(differ<Mistake, operands>,
                "tapeless::custom_vjp(f, rule), custom_jvp(f, rule): 'f' must take one to three "
                "numbers");
  static_assert(differ<Mistake, cotangents>,
                "tapeless::custom_vjp(f, rule): 'rule' must return one cotangent for each argument "
                "of 'f': a value, tl::derivatives{...} or a std::tuple");
  static_assert(differ<Mistake, vjp_parameters>,
                "tapeless::custom_vjp(f, rule): 'rule' must take, as 'auto', the arguments of 'f', "
                "its result and the cotangent of that");
  static_assert(differ<Mistake, tangent>,
                "tapeless::custom_jvp(f, rule): 'rule' must return one value, the tangent of the "
                "result of 'f'");
  static_assert(differ<Mistake, jvp_parameters>,
                "tapeless::custom_jvp(f, rule): 'rule' must take, as 'auto', the arguments of 'f', "
                "its result and the tangents of the arguments");
  return 0;
}

#define TAPELESS_TEXT_OF(number) #number
#define TAPELESS_TEXT(number) TAPELESS_TEXT_OF(number)

template <bool Full>
constexpr auto too_many_operations() {
  static_assert(!Full,
                "tapeless: the function has more operations than TAPELESS_MAX_NODES, "
                "" TAPELESS_TEXT(TAPELESS_MAX_NODES) ": define it larger before the include");
  return false;
}
template <bool Beyond>
constexpr auto too_many_steps() {
  static_assert(!Beyond,
                "tapeless: the program takes more steps than the compiler allows a constant: raise "
                "-fconstexpr-ops-limit, -fconstexpr-loop-limit (g++) or -fconstexpr-steps (clang)");
  return false;
}

template <class Used>
constexpr auto opaque_in_body() {
  static_assert(never<Used>,
                "tapeless: a member of a structure that is neither a number nor an array (a text, "
                "an enumeration) has no value in a function's body: make it an integer, or choose "
                "between functions outside");
  return false;
}

// ---- loops ----

template <bool Functions>
constexpr auto packets_of_arithmetic_alone() {
  static_assert(!Functions,
                "tapeless: functions in packets (exp, sin, pow ...) need "
                "#include <tapeless/interop/simd.hpp> or simd_libmvec.hpp; simd_arithmetic.hpp has "
                "arithmetic, comparisons, abs, sqrt, min and max alone");
  return false;
}

template <bool Condition>
constexpr auto loop_over_traced_size() {
  static_assert(!Condition,
                "tapeless: a size known at run time can not bound a loop of the function's body; "
                "use tl::sum(n, body), tl::generate(n, body), tl::fold(n, init, body); instead of "
                "`if`, tl::select(i > 0, a, b)");
  return false;
}
template <class Array>
constexpr auto iterated_traced_array() {
  static_assert(
      never<Array>,
      "tapeless: an array whose size is known at run time has no iterators in a function's "
      "body; use tl::sum(x.size(), [&](auto i) { return x[i]; }), tl::fold(n, init, body)");
  return 0;
}
template <class Result>
constexpr auto body_without_scalar() {
  static_assert(never<Result>,
                "tapeless: the body of a loop must return one number or traced value");
  return false;
}
template <bool Accepts>
constexpr auto body_does_not_accept() {
  static_assert(Accepts,
                "tapeless: the body of a loop does not accept what it is given: [&](auto i) for "
                "one extent, [&](auto i, auto j) for two, [&](auto carry, auto i) in tl::fold and "
                "tl::scan");
  return false;
}
template <bool Integral>
constexpr auto extent_of_other_type() {
  static_assert(Integral,
                "tapeless: the number of a loop's iterations is an integer, a size, an index or "
                "a traced value");
  return false;
}
template <bool Same>
constexpr auto carry_of_changing_type() {
  static_assert(
      Same,
      "tapeless: the body of tl::fold and tl::scan must return what it is given: the same "
      "structure of scalars as the initial value");
  return false;
}
template <bool Functions>
constexpr auto sides_are_values() {
  static_assert(Functions,
                "tapeless: tl::cond takes functions: tl::cond(condition, [&] { return a; }, [&] { "
                "return b; }); of values, tl::select(condition, a, b)");
  return false;
}
template <bool Arrays>
constexpr auto sides_are_arrays() {
  static_assert(!Arrays,
                "tapeless: the sides of tl::cond return scalars, or structures of them; arrays are "
                "made of scalars: tl::generate(n, [&](auto i) { return tl::cond(...); })");
  return false;
}
template <class Index>
constexpr auto index_is_a_value() {
  static_assert(
      never<Index>,
      "tapeless: x[v]: an index is a loop's index, a sum of indices and integers, or an "
      "element of an integer array, not a traced value, a quotient of an integer argument "
      "or a floating-point number; labels of tl::softmax_cross_entropy are indices");
  return 0;
}
template <class Element>
constexpr auto structure_at_loop_index() {
  static_assert(never<Element>,
                "tapeless: x[i]: an array of pairs or tuples has no element at a loop's index; "
                "pass an array for each of their members");
}
template <bool Few>
constexpr auto more_than_two_dimensions() {
  static_assert(
      Few,
      "tapeless: an array in a function with loops has one or two dimensions: index a flat "
      "one, x[(i * m + j) * n + k], or pass a std::tuple of matrices");
  return false;
}
template <class Array>
constexpr auto wrong_number_of_indices() {
  static_assert(never<Array>,
                "tapeless: x(i), m(i, j): an array has as many indices as dimensions; m[i] is a "
                "row of a matrix");
  return 0;
}
/// Both sizes; for sizes that differ by a number, 0 and that number.
template <int Left, int Right>
constexpr auto sizes_known_to_differ() {
  static_assert(holds<(Left == Right)>,
                "tapeless: the sizes of the operands of an operation on whole arrays differ for "
                "every argument; their numbers stand in the name of this function");
  return 0;
}
template <class Result>
constexpr auto ranks_differ() {
  static_assert(never<Result>,
                "tapeless: a matrix and a vector have no elementwise operation: use rowwise(v) for "
                "the same in each row, colwise(v) for the same in each column");
  return 0;
}
template <class Array>
constexpr auto array_of_other_rank() {
  static_assert(
      never<Array>,
      "tapeless: this operation on whole arrays does not accept its arguments: a matrix "
      "for a vector or a vector for a matrix (A[i], flatten(A) are vectors, reshape(v, m, n) a "
      "matrix), no axis (tl::axis<0>, tl::axis<1>), or a size or index that is no "
      "integer");
  return 0;
}
template <class Array>
constexpr auto member_of_eigen() {
  static_assert(never<Array>,
                "tapeless: operations on arrays are functions, no members: dot(x, y), "
                "elementwise_product(A, B), transpose(A), sum(x), max(x), norm(x), "
                "squared_norm(x), head(x, n), row(A, i), exp(A), A + rowwise(v) ...");
  return 0;
}
template <class Array>
constexpr auto assigned_other_rank() {
  static_assert(never<Array>,
                "tapeless: s = x: a variable that holds a vector can not hold a matrix, nor the "
                "other way round: give the new array a name of its own");
  return 0;
}
template <class Result>
constexpr auto no_such_product() {
  static_assert(never<Result>,
                "tapeless: no product of these operands: vector * matrix is transpose(matrix) * "
                "vector; elementwise_product(A, B), outer(v, w), dot(v, w) are the others");
  return 0;
}
// Where one function less above an error is one that fits.
#define TAPELESS_INDEX_AS_NUMBER                                                                 \
  "tapeless: an index or a size known at run time was used as a plain number: keep it in auto, " \
  "[&](auto i) { ... }, and pass what it indexes as an argument of the function"
template <bool Escaped>
constexpr auto value_outside_of_loop() {
  static_assert(
      !Escaped,
      "tapeless: a value of a loop's body is used outside of the loop; return it from the "
      "body of tl::sum, tl::generate or tl::fold");
  return false;
}
template <bool Unbounded>
constexpr auto size_depends_on_data() {
  static_assert(
      !Unbounded,
      "tapeless: an array of the body, or what the derivative of tl::fold or tl::prod keeps "
      "of each iteration, has a size that depends on data; sizes may depend on sizes of "
      "arguments, on scalar arguments and on indices of loops");
  return false;
}

#define TAPELESS_TOO_LARGE                                                                       \
  "tapeless: the expression type has too many nodes (TAPELESS_MAX_TREE) or levels: shared "      \
  "subexpressions are copied in nested types; use tl::let(value, [](auto t) { ... }), or write " \
  "the function as a lambda"

template <class T>
constexpr auto too_many_nodes() {
  static_assert(never<T>, TAPELESS_TOO_LARGE);
  return false;
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
