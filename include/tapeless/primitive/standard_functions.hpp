// SPDX-License-Identifier: BSL-1.0
#pragma once

// The C library's functions of floating-point numbers, by the names under which compilers know
// them. <cmath> takes a tenth of the time that the whole library takes to read, mostly for special
// functions; what it declares is this.

#include <tapeless/config.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail::standard {

// g++ evaluates them in constants; for clang, which can not, constexpr would be a mistake.
#if defined(__clang__)
#define TAPELESS_STANDARD TAPELESS_KERNEL
#else
#define TAPELESS_STANDARD TAPELESS_KERNEL constexpr
#endif
#define TAPELESS_STANDARD_FUNCTION(name)                                            \
  TAPELESS_STANDARD float name(float x) noexcept { return __builtin_##name##f(x); } \
  TAPELESS_STANDARD double name(double x) noexcept { return __builtin_##name(x); }  \
  TAPELESS_STANDARD long double name(long double x) noexcept { return __builtin_##name##l(x); }
TAPELESS_STANDARD_FUNCTION(exp)
TAPELESS_STANDARD_FUNCTION(exp2)
TAPELESS_STANDARD_FUNCTION(expm1)
TAPELESS_STANDARD_FUNCTION(log)
TAPELESS_STANDARD_FUNCTION(log2)
TAPELESS_STANDARD_FUNCTION(log10)
TAPELESS_STANDARD_FUNCTION(log1p)
TAPELESS_STANDARD_FUNCTION(sqrt)
TAPELESS_STANDARD_FUNCTION(cbrt)
TAPELESS_STANDARD_FUNCTION(sin)
TAPELESS_STANDARD_FUNCTION(cos)
TAPELESS_STANDARD_FUNCTION(tan)
TAPELESS_STANDARD_FUNCTION(asin)
TAPELESS_STANDARD_FUNCTION(acos)
TAPELESS_STANDARD_FUNCTION(atan)
TAPELESS_STANDARD_FUNCTION(sinh)
TAPELESS_STANDARD_FUNCTION(cosh)
TAPELESS_STANDARD_FUNCTION(tanh)
TAPELESS_STANDARD_FUNCTION(asinh)
TAPELESS_STANDARD_FUNCTION(acosh)
TAPELESS_STANDARD_FUNCTION(atanh)
TAPELESS_STANDARD_FUNCTION(erf)
TAPELESS_STANDARD_FUNCTION(erfc)
TAPELESS_STANDARD_FUNCTION(fabs)
TAPELESS_STANDARD_FUNCTION(floor)
TAPELESS_STANDARD_FUNCTION(ceil)
TAPELESS_STANDARD_FUNCTION(round)
TAPELESS_STANDARD_FUNCTION(trunc)
#undef TAPELESS_STANDARD_FUNCTION
#define TAPELESS_STANDARD_FUNCTION(name)                                                        \
  TAPELESS_STANDARD float name(float x, float y) noexcept { return __builtin_##name##f(x, y); } \
  TAPELESS_STANDARD double name(double x, double y) noexcept { return __builtin_##name(x, y); } \
  TAPELESS_STANDARD long double name(long double x, long double y) noexcept {                   \
    return __builtin_##name##l(x, y);                                                           \
  }
TAPELESS_STANDARD_FUNCTION(pow)
TAPELESS_STANDARD_FUNCTION(hypot)
TAPELESS_STANDARD_FUNCTION(atan2)
TAPELESS_STANDARD_FUNCTION(fmod)
TAPELESS_STANDARD_FUNCTION(copysign)
#undef TAPELESS_STANDARD_FUNCTION
TAPELESS_STANDARD float fma(float a, float b, float c) noexcept { return __builtin_fmaf(a, b, c); }
TAPELESS_STANDARD double fma(double a, double b, double c) noexcept {
  return __builtin_fma(a, b, c);
}
TAPELESS_STANDARD long double fma(long double a, long double b, long double c) noexcept {
  return __builtin_fmal(a, b, c);
}
#undef TAPELESS_STANDARD

}  // namespace detail::standard
}  // namespace TAPELESS_ABI
}  // namespace tapeless
