// SPDX-License-Identifier: BSL-1.0
#pragma once

// softplus and logistic in packets. Where both are asked for, as by the gradient of a logistic
// regression, they share an exponential function.

#include <tapeless/interop/packet_calls.hpp>
#include <tapeless/primitive/activation.hpp>

#include <type_traits>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// log(1 + e) where 0 <= e <= 1. With f = e, or (e - 1) / 2 and another log(2), nothing of e is
/// lost: what log1p has to do for other numbers, and its second division, are not needed.
/// Source: FreeBSD, lib/msun/src/e_log.c and e_logf.c
template <class T>
TAPELESS_KERNEL packet<T> log1p_of_fraction(const packet<T>& e) {
  TAPELESS_CONTRACT
  using P = packet<T>;
  constexpr bool is_double = std::is_same_v<T, double>;
  const packet_mask<T> upper = e > T(0.41421356237309515);
  const P f = select(upper, T(0.5) * e - T(0.5), e), s = f / (T(2) + f), z = s * s;
  P r;
  if constexpr (is_double) {
    r = z * 1.479819860511658591e-01 + 1.531383769920937332e-01;
    r = z * r + 1.818357216161805012e-01;
    r = z * r + 2.222219843214978396e-01;
    r = z * r + 2.857142874366239149e-01;
    r = z * r + 3.999999999940941908e-01;
    r = z * r + 6.666666666666735130e-01;
  } else {
    r = z * 0xf89e26p-26f + 0x91e9eep-25f;
    r = z * r + 0xccce13p-25f;
    r = z * r + 0xaaaaaap-24f;
  }
  const P high(is_double ? T(6.93147180369123816490e-01) : T(6.9313812256e-01)),
      low(is_double ? T(1.90821492927058770002e-10) : T(9.0580006145e-06)), zero(T(0));
  const P half = T(0.5) * f * f;
  const P rest = s * (half + z * r) + select(upper, low, zero);
  return select(upper, high, zero) - ((half - rest) - f);
}

template <class T>
TAPELESS_KERNEL packet<T> exp_of_minus_abs(const packet<T>& x) {
  return exp(-abs(x));
}
/// softplus(x), where e is exp(-|x|).
template <class T>
TAPELESS_KERNEL packet<T> softplus_from(const packet<T>& x, const packet<T>& e) {
  return rectifier::primal(x) + log1p_of_fraction(e);
}
/// logistic(x) likewise.
template <class T>
TAPELESS_KERNEL packet<T> logistic_from(const packet<T>& x, const packet<T>& e) {
  return select(x < T(0), e, packet<T>(T(1))) / (T(1) + e);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
