// SPDX-License-Identifier: BSL-1.0
#pragma once

// The library's core. Opt-in headers (optimisers, Eigen, SIMD) are not included.

#include <tapeless/api/expression.hpp>
#include <tapeless/api/grad.hpp>
#include <tapeless/expression/constant.hpp>
#include <tapeless/primitive/exponential.hpp>
#include <tapeless/primitive/power.hpp>
#include <tapeless/primitive/trigonometric.hpp>
