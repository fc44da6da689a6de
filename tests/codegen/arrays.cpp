// SPDX-License-Identifier: BSL-1.0
// Whole arrays: an expression and the function of the same mathematics are one program, with the
// same instructions; nothing is allocated. Flattened: that both call one function would prove
// little.
#include <tapeless/tapeless.hpp>

#include <array>
#include <cstddef>

// LEVELS: -O2 -O3

namespace tl = tapeless;
using namespace tl::literals;

namespace {
constexpr tl::variable<"X"> X;
constexpr tl::variable<"y"> y;
constexpr tl::variable<"w"> w;
constexpr tl::variable<"b"> b;

using vector = tl::array_view<const double, 1>;
using matrix = tl::array_view<const double, 2>;
using slopes = tl::array_view<double, 1>;
}  // namespace

// CHECK: squares_function == squares_expression: arithmetic loads stores calls reloads spills
// CHECK: squares_function == 0: heap
extern "C" [[gnu::flatten]] double squares_function(const matrix& data, const vector& target,
                                                    const vector& weights, slopes& g) {
  constexpr auto loss = [](auto p, auto A, auto t) { return sum(square(A * p - t)); };
  return tl::value_and_grad<0>(loss).into(g)(weights, data, target);
}
extern "C" [[gnu::flatten]] double squares_expression(const matrix& data, const vector& target,
                                                      const vector& weights, slopes& g) {
  return tl::value_and_grad<w>(sum(square(X * w - y))).into(g)(w = weights, X = data, y = target);
}

// CHECK: logistic_function == logistic_expression: arithmetic stores calls
// CHECK: logistic_function == 0: heap
extern "C" [[gnu::flatten]] double logistic_function(const matrix& data, const vector& target,
                                                     const vector& weights, slopes& g) {
  constexpr auto loss = [](auto p, auto A, auto t) { return mean(softplus(-t * (A * p))); };
  return tl::value_and_grad<0>(loss).into(g)(weights, data, target);
}
extern "C" [[gnu::flatten]] double logistic_expression(const matrix& data, const vector& target,
                                                       const vector& weights, slopes& g) {
  return tl::value_and_grad<w>(mean(softplus(-y * (X * w))))
      .into(g)(w = weights, X = data, y = target);
}

// CHECK: density_function == density_expression: arithmetic loads stores calls reloads spills
// CHECK: density_function == 0: heap
extern "C" [[gnu::flatten]] double density_function(const vector& data, const vector& mean_of,
                                                    double width, slopes& g) {
  constexpr auto loss = [](auto t, auto m, auto s) {
    return -0.5_c * squared_norm((t - m) / s) - log(s) * 3_c;
  };
  return tl::value_and_grad<1>(loss).into(g)(data, mean_of, width);
}
extern "C" [[gnu::flatten]] double density_expression(const vector& data, const vector& mean_of,
                                                      double width, slopes& g) {
  return tl::value_and_grad<w>(-0.5_c * squared_norm((y - w) / b) - log(b) * 3_c)
      .into(g)(y = data, w = mean_of, b = width);
}

// CHECK: spread_function == spread_expression: arithmetic loads stores calls reloads spills
// CHECK: spread_function == 0: heap
extern "C" [[gnu::flatten]] double spread_function(const vector& data, slopes& g) {
  constexpr auto loss = [](auto t) { return variance(t) + max(t) * min(t); };
  return tl::value_and_grad(loss).into(g)(data);
}
extern "C" [[gnu::flatten]] double spread_expression(const vector& data, slopes& g) {
  return tl::value_and_grad<y>(variance(y) + max(y) * min(y)).into(g)(y = data);
}

// CHECK: static_function == static_expression: arithmetic loads stores calls reloads spills
// CHECK: static_function == 0: heap
extern "C" [[gnu::flatten]] double static_function(const std::array<double, 5>& left,
                                                   const std::array<double, 5>& right,
                                                   std::array<double, 5>& g) {
  constexpr auto loss = [](auto p, auto q) { return dot(p, q) / (1_c + squared_norm(p)); };
  return tl::value_and_grad<0>(loss).into(g)(left, right);
}
extern "C" [[gnu::flatten]] double static_expression(const std::array<double, 5>& left,
                                                     const std::array<double, 5>& right,
                                                     std::array<double, 5>& g) {
  return tl::value_and_grad<w>(dot(w, y) / (1_c + squared_norm(w))).into(g)(w = left, y = right);
}
