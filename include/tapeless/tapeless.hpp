// SPDX-License-Identifier: BSL-1.0
#pragma once

// The library's core. Opt-in headers (optimisers, Eigen, SIMD) are not included.

#include <tapeless/trace/misuse.hpp>
// Above and here, alone: compilers list all headers between a message and the user's file.
#include <tapeless/trace/index.hpp>
// All others.
#include <tapeless/api/custom.hpp>
#include <tapeless/api/expression.hpp>
#include <tapeless/api/grad.hpp>
#include <tapeless/expression/constant.hpp>
#include <tapeless/inspect/graph_of.hpp>
#include <tapeless/primitive/activation.hpp>
#include <tapeless/primitive/arithmetic.hpp>
#include <tapeless/primitive/comparison.hpp>
#include <tapeless/primitive/exponential.hpp>
#include <tapeless/primitive/hyperbolic.hpp>
#include <tapeless/primitive/integer_power.hpp>
#include <tapeless/primitive/logarithmic.hpp>
#include <tapeless/primitive/piecewise.hpp>
#include <tapeless/primitive/power.hpp>
#include <tapeless/primitive/probability.hpp>
#include <tapeless/primitive/rounding.hpp>
#include <tapeless/primitive/stop_gradient.hpp>
#include <tapeless/primitive/trigonometric.hpp>
#include <tapeless/trace/array_parts.hpp>
#include <tapeless/trace/array_products.hpp>
#include <tapeless/trace/array_reductions.hpp>
#include <tapeless/trace/comprehension.hpp>
#include <tapeless/trace/cond.hpp>
#include <tapeless/trace/fold.hpp>
#include <tapeless/trace/linear_algebra.hpp>
#include <tapeless/trace/view.hpp>
#include <tapeless/trace/whole_array.hpp>
