// SPDX-License-Identifier: BSL-1.0
#pragma once

// tl::simd as in simd.hpp, with the functions of libmvec, the vector library of glibc, instead of
// xsimd's: a third of the time to compile, and other last digits (4 units, where xsimd's are 1).

#include <tapeless/interop/packet_libmvec.hpp>
#include <tapeless/interop/simd_arithmetic.hpp>
