// SPDX-License-Identifier: BSL-1.0
#pragma once

// tl::simd: loops in packets of as many numbers as the machine's registers hold.
//
// Sums are kept one a lane and added at the end: results differ from the default's by rounding.

#include <tapeless/interop/packet_region.hpp>
#include <tapeless/transform/policy.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// A policy: grad(f, tl::simd), value_and_grad(f, tl::simd).
inline constexpr policy<false, false, true> simd{};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
