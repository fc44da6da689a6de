// SPDX-License-Identifier: BSL-1.0
#include <tapeless/interop/simd_libmvec.hpp>
#include <tapeless/tapeless.hpp>

#include <vector>

namespace tl = tapeless;

const std::vector<double> data{1, 2, 3};
constexpr auto exponentials = [](auto x) {
  return tl::sum(x.size(), [&](auto i) { return exp(x[i]); });
};
auto slopes = tl::grad(exponentials, tl::simd)(data);

#ifdef MISTAKE_1  // EXPECT: tapeless: simd.hpp and simd_libmvec.hpp are both included
#include <tapeless/interop/simd.hpp>
#endif
