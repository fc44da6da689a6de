// SPDX-License-Identifier: BSL-1.0
#include <tapeless/interop/simd_arithmetic.hpp>
#include <tapeless/tapeless.hpp>

#include <vector>

namespace tl = tapeless;

const std::vector<double> data{1, 2, 3};

#ifdef MISTAKE_1  // EXPECT: tapeless: simd_libmvec.hpp comes before other headers for packets
#include <tapeless/interop/simd_libmvec.hpp>
auto slopes = tl::grad([](auto x) { return tl::sum(x.size(), [&](auto i) { return exp(x[i]); }); },
                       tl::simd)(data);
#endif
