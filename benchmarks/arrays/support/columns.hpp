// SPDX-License-Identifier: BSL-1.0
// What the rows of the table of arrays share: Eigen's maps of the data, and the library's columns.
#pragma once
#include "../../loops/support/group.hpp"
#include "../../loops/support/tapes.hpp"
#include "../by_hand.hpp"

#include <tapeless/interop/eigen.hpp>
#include <tapeless/tapeless.hpp>
// After the core, which it does not include.
#include <tapeless/interop/simd.hpp>

#include <cstddef>

namespace bench::arrays {

namespace tl = tapeless;
using loops::add_tapes, loops::group, loops::numbers, loops::suite, loops::uniform;

inline Eigen::Index length(std::size_t n) { return static_cast<Eigen::Index>(n); }

// All data begin with a cache line, as Eigen's own would with its widest packets.
template <class Matrix>
auto map(const numbers& data, std::size_t rows, std::size_t cols) {
  return Eigen::Map<const Matrix, Eigen::Aligned64>(data.data(), length(rows), length(cols));
}
inline auto map(const numbers& data) {
  return Eigen::Map<const vector, Eigen::Aligned64>(data.data(), length(data.size()));
}
/// Part of a gradient, which begins anywhere.
template <class Matrix = by_columns>
auto part(double* data, std::size_t rows, std::size_t cols) {
  return Eigen::Map<Matrix>(data, length(rows), length(cols));
}
inline auto part(double* data, std::size_t size) { return Eigen::Map<vector>(data, length(size)); }

/// `function(gradient, policies...)` and `expression(gradient)` call the library.
template <class Function, class Expression>
void add_library(group& g, Function function, Expression expression) {
  g.add("tapeless", [=](double* gradient) { return function(gradient); });
  g.add("tapeless_expression", [=](double* gradient) { return expression(gradient); });
  g.add("tapeless_simd", [=](double* gradient) { return function(gradient, tl::simd); });
}

}  // namespace bench::arrays
