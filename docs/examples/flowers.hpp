// SPDX-License-Identifier: BSL-1.0
// What the two programs of docs/tutorial/loss-over-data.md share: the data and the losses.
#pragma once

#include <tapeless/tapeless.hpp>

#include <cmath>
#include <cstddef>
#include <fstream>
#include <vector>

namespace tl = tapeless;

// [read]
/// The numbers of a file, row by row, without its first line.
inline std::vector<double> read_table(const char* path) {
  std::ifstream file(path);
  file.ignore(1000, '\n');
  std::vector<double> numbers;
  for (double next; file >> next; file.ignore()) numbers.push_back(next);
  return numbers;
}
// [end]

/// Mean 0 and deviation 1 in one column of a table, whose rows are `width` long.
inline void standardise(std::vector<double>& table, std::size_t column, std::size_t width) {
  const auto rows = static_cast<double>(table.size() / width);
  double mean = 0;
  double variance = 0;
  for (std::size_t i = column; i < table.size(); i += width) mean += table[i] / rows;
  for (std::size_t i = column; i < table.size(); i += width) {
    variance += (table[i] - mean) * (table[i] - mean) / rows;
  }
  for (std::size_t i = column; i < table.size(); i += width) {
    table[i] = (table[i] - mean) / std::sqrt(variance);
  }
}

// [squares]
/// A linear function of row i; the last parameter is its constant.
constexpr auto linear = [](auto w, auto X, auto i) {
  return w[X.cols()] + tl::sum(X.cols(), [&](auto j) { return X(i, j) * w[j]; });
};

constexpr auto squares = [](auto w, auto X, auto y) {
  const auto total = tl::sum(X.rows(), [&](auto i) { return tl::square(linear(w, X, i) - y[i]); });
  return total / X.rows();
};
// [end]

// [logistic]
/// Mean cross-entropy; y[i] is 1 or 0.
constexpr auto logistic = [](auto w, auto X, auto y) {
  const auto total = tl::sum(X.rows(), [&](auto i) {
    const auto s = linear(w, X, i);
    return softplus(s) - y[i] * s;  // softplus(s) = log(1 + exp(s))
  });
  return total / X.rows();
};
// [end]

// [accuracy]
/// The fraction of rows on the right side of linear = 0.
constexpr auto accuracy = [](auto w, auto X, auto y) {
  const auto right =
      tl::sum(X.rows(), [&](auto i) { return tl::select(linear(w, X, i) > 0, y[i], 1 - y[i]); });
  return right / X.rows();
};
// [end]
