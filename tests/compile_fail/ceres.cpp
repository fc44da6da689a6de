// SPDX-License-Identifier: BSL-1.0
// Residuals for Ceres.
#include <tapeless/interop/ceres.hpp>
#include <tapeless/tapeless.hpp>

#include <array>
#include <tuple>

namespace tl = tapeless;

// [right]
constexpr auto residual = [](auto b, auto x, auto y) { return b[0] * exp(b[1] * x) - y; };
auto cost(double x, double y) { return tl::ceres_cost_function<1, 2>(residual, x, y); }
// [end]

constexpr auto three = [](auto b) { return std::array{b[0], b[1], b[0] * b[1]}; };
#ifndef MISTAKE
auto by_columns() { return tl::ceres_cost_function<3, 2>(three); }
auto by_rows() { return tl::ceres_cost_function<3, 4>(three); }
#endif

#ifdef MISTAKE_1  // EXPECT: tapeless::ceres_cost_function<M, N...>(f, data...): 'f' captures data
auto captured(double x, double y) {
  return tl::ceres_cost_function<1, 2>([=](auto b) { return b[0] * exp(b[1] * x) - y; });
}
#endif
#ifdef MISTAKE_2  // EXPECT: 'f' must return M residuals
auto other_number_of_rows() { return tl::ceres_cost_function<2, 2>(three); }
#endif
#ifdef MISTAKE_3  // EXPECT: 'f' must return M residuals
auto other_number_of_columns() { return tl::ceres_cost_function<4, 2>(three); }
#endif
#ifdef MISTAKE_4  // EXPECT: 'f' must return M residuals
auto no_array() {
  return tl::ceres_cost_function<2, 2>([](auto b) { return std::tuple{b[0], b[1]}; });
}
#endif
#ifdef MISTAKE_5  // EXPECT: 'f' must return M residuals
auto no_result() {
  return tl::ceres_cost_function<2, 2>([](auto b) { return b[0]; });
}
#endif
#ifdef MISTAKE_6  // EXPECT: tapeless: the function does not accept these arguments
auto one_block_too_few() { return tl::ceres_cost_function<1, 2>(residual, 1.0); }
#endif
