// SPDX-License-Identifier: BSL-1.0
#pragma once

// Mistakes that show only when a program runs: sizes and indices. Reported before anything is
// computed or written.

#include <tapeless/graph/scope.hpp>

#include <cstddef>
#include <cstdint>

// <stdexcept> reads all of <string>, a tenth of the time that the whole library takes. libstdc++'s
// own headers throw without it, and compilers know snprintf without <cstdio>.
#if !defined(__cpp_exceptions)
#include <cstdio>
#include <cstdlib>
#elif defined(__GLIBCXX__)
#include <bits/functexcept.h>
#else
#include <stdexcept>
#endif

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Throws a std::invalid_argument.
[[noreturn, gnu::cold]] inline void invalid(const char* text) {
#if defined(__cpp_exceptions) && defined(__GLIBCXX__)
  std::__throw_invalid_argument(text);
#elif defined(__cpp_exceptions)
  throw std::invalid_argument(text);
#else
  std::fputs(text, stderr);
  std::abort();
#endif
}

/// `argument` counts the scalars and arrays among the arguments from 0; -1: an array of the
/// function's own.
[[noreturn, gnu::cold, gnu::noinline]] inline void index_beyond_array(int argument, int dimension,
                                                                      std::ptrdiff_t index,
                                                                      std::ptrdiff_t extent) {
  char text[200];
  const char* const what = dimension == 0 ? "elements (rows)" : "columns";
  if (argument >= 0) {
    __builtin_snprintf(text, sizeof text, "tapeless: index %td is used, but argument %d has %td %s",
                       index, argument, extent, what);
  } else {
    __builtin_snprintf(text, sizeof text,
                       "tapeless: index %td is used, but an array of the function has %td %s",
                       index, extent, what);
  }
  invalid(text);
}
/// The size of an operand; argument -1: an array of the function's own.
struct operand_size {
  int argument, dimension;
  std::ptrdiff_t size;
};
constexpr const char* text_of(size_rule rule) {
  switch (rule) {
    case size_rule::add:
      return "+";
    case size_rule::subtract:
      return "-";
    case size_rule::multiply:
      return "*";
    case size_rule::divide:
      return "/";
    case size_rule::matrix_vector:
      return "matrix * vector";
    case size_rule::matrix_matrix:
      return "matrix * matrix";
    case size_rule::dot:
      return "dot";
    case size_rule::assignment:
      return "assignment";
    case size_rule::diagonal:
      return "diagonal";
    case size_rule::reshape:
      return "reshape";
    case size_rule::solve:
      return "solve";
    case size_rule::inverse:
      return "inverse";
    case size_rule::det:
      return "det";
    case size_rule::logdet:
      return "logdet";
    case size_rule::cholesky:
      return "cholesky";
    case size_rule::triangular:
      return "solve_lower or solve_upper";
    case size_rule::direction:
      return "a tangent or cotangent";
    default:
      return "an elementwise operation";
  }
}
[[noreturn, gnu::cold, gnu::noinline]] inline void sizes_differ(size_rule rule,
                                                                const operand_size& left,
                                                                const operand_size& right) {
  char text[240], sides[2][80];
  const operand_size* const operands[]{&left, &right};
  for (int i = 0; i < 2; ++i) {
    const operand_size& x = *operands[i];
    const char* const what = x.dimension == 0 ? "elements (rows)" : "columns";
    if (x.argument >= 0) {
      __builtin_snprintf(sides[i], sizeof sides[i], "argument %d has %td %s", x.argument, x.size,
                         what);
    } else {
      __builtin_snprintf(sides[i], sizeof sides[i], "%td %s", x.size, what);
    }
  }
  __builtin_snprintf(text, sizeof text, "tapeless: sizes differ in %s: %s, %s", text_of(rule),
                     sides[0], sides[1]);
  invalid(text);
}
/// Carries are counted over all folds of the function.
[[noreturn, gnu::cold, gnu::noinline]] inline void carry_of_changing_size(int carry, int dimension,
                                                                          std::ptrdiff_t size,
                                                                          std::ptrdiff_t next) {
  char text[200];
  __builtin_snprintf(
      text, sizeof text,
      "tapeless: the body of tl::fold or tl::scan is given an array of extent %td in "
      "dimension %d and returns one of extent %td (carry %d)",
      size, dimension, next, carry);
  invalid(text);
}
[[noreturn, gnu::cold, gnu::noinline]] inline void wrong_output_size(int output, int dimension,
                                                                     std::ptrdiff_t size,
                                                                     std::ptrdiff_t wanted) {
  char text[200];
  __builtin_snprintf(text, sizeof text,
                     "tapeless: output %d has extent %td in dimension %d, the result has %td",
                     output, size, dimension, wanted);
  invalid(text);
}
/// A tangent of an argument, a cotangent of a result.
[[noreturn, gnu::cold, gnu::noinline]] inline void wrong_direction_size(bool tangent, int number,
                                                                        int dimension,
                                                                        std::ptrdiff_t size,
                                                                        std::ptrdiff_t wanted) {
  char text[200];
  __builtin_snprintf(text, sizeof text,
                     "tapeless: the %s of %s %d has extent %td in dimension %d, the %s has %td",
                     tangent ? "tangent" : "cotangent", tangent ? "argument" : "result", number,
                     size, dimension, tangent ? "argument" : "result", wanted);
  invalid(text);
}
[[noreturn, gnu::cold, gnu::noinline]] inline void output_overlaps_input(int output, int argument) {
  char text[200];
  __builtin_snprintf(text, sizeof text, "tapeless: output %d overlaps argument %d in memory",
                     output, argument);
  invalid(text);
}
[[noreturn, gnu::cold, gnu::noinline]] inline void outputs_overlap(int one, int other) {
  char text[200];
  __builtin_snprintf(text, sizeof text, "tapeless: outputs %d and %d overlap in memory", one,
                     other);
  invalid(text);
}

struct memory_range {
  std::uintptr_t begin = 0, end = 0;
};
/// From the first to the last element of an array; of a scalar: nothing.
template <class A>
TAPELESS_KERNEL memory_range memory_of([[maybe_unused]] const A& a) {
  if constexpr (A::is_array) {
    if (a.count() <= 0) return {};
    std::ptrdiff_t first = 0, last = 0;
    for (int d = 0; d < a.rank; ++d) {
      const std::ptrdiff_t reach =
          (a.extents[d] - 1) * (a.known[d] >= 0 ? a.known[d] : a.strides[d]);
      (reach < 0 ? first : last) += reach;
    }
    return {reinterpret_cast<std::uintptr_t>(a.data + first),
            reinterpret_cast<std::uintptr_t>(a.data + last + 1)};
  } else {
    return {};
  }
}
/// Inlined: calls would cost programs of short loops more than the loops.
TAPELESS_KERNEL bool overlap(const memory_range& a, const memory_range& b) {
  return a.begin < b.end && b.begin < a.end;
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
