// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace bench::loops {

/// The number in an active number; every tape has its own name for it.
inline double primal(double x) { return x; }
template <class T>
double primal(const T& x) {
  if constexpr (requires { x.val(); })
    return x.val();
  else
    return x.value();
}

}  // namespace bench::loops
