// SPDX-License-Identifier: BSL-1.0
#pragma once

// tl::simd: loops in packets of as many numbers as the machine's registers hold.
//
// Sums are kept one a lane and added at the end: results differ from the default's by rounding.

#include <tapeless/interop/packet_functions.hpp>
#include <tapeless/interop/simd_arithmetic.hpp>
