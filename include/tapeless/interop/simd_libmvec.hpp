// SPDX-License-Identifier: BSL-1.0
#pragma once

// tl::simd as in simd.hpp, with the functions of libmvec, the vector library of glibc, instead of
// xsimd's: they are called, not compiled, and have other last digits.

#include <tapeless/interop/packet_libmvec.hpp>
#include <tapeless/interop/simd_arithmetic.hpp>
