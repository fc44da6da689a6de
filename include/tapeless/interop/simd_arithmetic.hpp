// SPDX-License-Identifier: BSL-1.0
#pragma once

// tl::simd for programs whose loops have arithmetic, comparisons, select, abs, sqrt, min and max
// alone: it needs no other library and compiles in half the time. simd.hpp and simd_libmvec.hpp
// have all functions.

#include <tapeless/interop/packet_region.hpp>
#include <tapeless/transform/policy.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// A policy: grad(f, tl::simd), value_and_grad(f, tl::simd).
inline constexpr policy<false, false, true> simd{};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
