// SPDX-License-Identifier: BSL-1.0
// The examples of docs/tutorial/loss-over-data.md that need no other library.

#include "flowers.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <stdexcept>
#include <vector>

namespace {

void first() {
  // [first]
  constexpr auto squares_of = [](auto w, auto x, auto y) {
    return tl::sum(x.size(), [&](auto i) { return tl::square(w * x[i] - y[i]); });
  };
  std::vector<double> x{1, 2, 3}, y{2, 4, 7};
  auto [value, slope] = tl::value_and_grad<0>(squares_of)(2.0, x, y);
  std::printf("value %.1f, derivative %.1f\n", value, slope);  // 1 and 2 * (6 - 7) * 3
  // [end]
}

std::vector<double> table;

/// What all parts below share.
void read() {
  // [data]
  table = read_table(IRIS_CSV);  // 150 rows: four lengths in cm, then the species 0, 1 or 2
  for (std::size_t column = 0; column < 3; ++column) standardise(table, column, 5);
  std::vector<double> petal_width;
  for (std::size_t i = 3; i < table.size(); i += 5) petal_width.push_back(table[i]);
  std::printf("%zu numbers, %zu flowers\n", table.size(), petal_width.size());
  // [end]
}

std::vector<double> column_of(std::size_t column) {
  std::vector<double> all;
  for (std::size_t i = column; i < table.size(); i += 5) all.push_back(table[i]);
  return all;
}

const std::vector<double> start(4);

void gradient() {
  const std::vector<double> petal_width = column_of(3);
  // [view]
  // 150 rows and 3 columns of the table: 5 numbers from row to row, 1 from column to column
  const auto X = tl::view(table.data(), 150, 3, 5, 1);
  // [end]
  // [gradient]
  std::vector<double> w(4);
  auto [value, gradient] = tl::value_and_grad<0>(squares)(w, X, petal_width);
  std::printf("loss %.4f\ngradient", value);
  for (double e : gradient) std::printf(" %.4f", e);
  std::puts("");
  // [end]

  std::puts("[difference]");
  // [difference]
  double largest = 0;
  for (std::size_t k = 0; k < w.size(); ++k) {
    std::vector<double> up = w, down = w;
    up[k] += 1e-4;
    down[k] -= 1e-4;
    const double slope =
        (tl::evaluate(squares)(up, X, petal_width) - tl::evaluate(squares)(down, X, petal_width)) /
        2e-4;
    largest = std::max(largest, std::abs(slope - gradient[k]));
  }
  std::puts(largest < 1e-9 ? "agrees with differences" : "WRONG");
  // [end]
}

void whole() {
  const std::vector<double> petal_width = column_of(3), w{0.1, 0.2, 0.3, 0.4};
  const auto X = tl::view(table.data(), 150, 3, 5, 1);
  // [whole]
  constexpr auto squares_of_arrays = [](auto p, auto data, auto y) {
    const auto n = data.cols();
    return mean(square(data * head(p, n) + p[n] - y));
  };
  const double one = tl::evaluate(squares)(w, X, petal_width);
  const double other = tl::evaluate(squares_of_arrays)(w, X, petal_width);
  assert(std::abs(one - other) < 1e-12);
  // [end]
}

void descent() {
  const std::vector<double> petal_width = column_of(3);
  const auto X = tl::view(table.data(), 150, 3, 5, 1);
  // [descent]
  std::vector<double> w(4), gradient;
  const auto loss = tl::value_and_grad<0>(squares).into(gradient);
  for (int step = 0; step <= 400; ++step) {
    const double value = loss(w, X, petal_width);
    if (step % 100 == 0) std::printf("step %3d  loss %.6f\n", step, value);
    for (std::size_t k = 0; k < w.size(); ++k) w[k] -= 0.25 * gradient[k];
  }
  std::printf("petal width = %.4f", w[3]);
  for (std::size_t k = 0; k < 3; ++k) std::printf(" %+.4f x%zu", w[k], k);
  std::puts("");
  // [end]
}

void classes() {
  standardise(table, 3, 5);
  // [classes]
  std::vector<double> virginica;
  for (std::size_t i = 4; i < table.size(); i += 5) virginica.push_back(table[i] == 2 ? 1 : 0);
  const auto X = tl::view(table.data(), 150, 4, 5, 1);  // all four lengths

  std::vector<double> w(5), gradient;
  const auto loss = tl::value_and_grad<0>(logistic).into(gradient);
  for (int step = 0; step <= 2000; ++step) {
    const double value = loss(w, X, virginica);
    if (step % 500 == 0) {
      std::printf("step %4d  loss %.4f  accuracy %.3f\n", step, value,
                  tl::evaluate(accuracy)(w, X, virginica));
    }
    for (std::size_t k = 0; k < w.size(); ++k) w[k] -= 1.0 * gradient[k];
  }
  // [end]
  assert(tl::evaluate(accuracy)(w, X, virginica) > 0.95);
}

void mistake() {
  const auto X = tl::view(table.data(), 150, 3, 5, 1);
  // [mistake]
  std::vector<double> w(4), too_few(149), gradient;
  try {
    tl::grad<0>(squares).into(gradient)(w, X, too_few);
  } catch (const std::invalid_argument& e) {
    std::puts(e.what());
  }
  assert(gradient.empty());  // nothing has been written
  // [end]
}

}  // namespace

int main() {
  std::puts("[first]");
  first();
  std::puts("[data]");
  read();
  std::puts("[gradient]");
  gradient();
  whole();
  std::puts("[descent]");
  descent();
  std::puts("[mistake]");
  mistake();
  std::puts("[classes]");
  classes();
}
