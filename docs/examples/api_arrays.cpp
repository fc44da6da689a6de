// SPDX-License-Identifier: BSL-1.0
// The examples of docs/reference/arrays.md, in the order of the page.
#include <tapeless/tapeless.hpp>

#include <array>
#include <cassert>
#include <cmath>
#include <cstdio>
#include <limits>
#include <stdexcept>
#include <tuple>
#include <vector>

namespace tl = tapeless;

// [using]
using list = std::vector<double>;
const list numbers{1, 2, 3, 4, 5, 6};
const auto M = tl::view(numbers.data(), 2, 3);  // rows 1 2 3 and 4 5 6
constexpr double infinity = std::numeric_limits<double>::infinity();
// [end]

namespace {

list elements(const tl::matrix<double>& m) { return {m.begin(), m.end()}; }

void first() {
  // [first]
  constexpr auto loss = [](auto w, auto X, auto y) { return sum(square(X * w - y)); };
  const auto [value, gradient] = tl::value_and_grad<0>(loss)(list{1, 0, 0}, M, list{0, 2});
  assert(value == 1 + 4);
  assert((gradient == list{2 * (1 * 1 + 2 * 4), 2 * (1 * 2 + 2 * 5), 2 * (1 * 3 + 2 * 6)}));
  // [end]
}

void elementwise() {
  // [elementwise]
  constexpr auto f = [](auto x, auto y) { return sum(exp(-x) * y + x / 2 - max(x, y)); };
  assert(tl::evaluate(f)(list{0, 0}, list{3, -3}) == 3 - 3 - 3);
  assert((tl::grad<0>(f)(list{0, 0}, list{3, -3}) == list{-3 + 0.5, 3 + 0.5 - 1}));
  // [end]
  // [functions]
  constexpr auto smooth_relu = [](auto x) { return sum(silu(x) + pow(x, 3) + hypot(x, 1)); };
  assert(tl::evaluate(smooth_relu)(list{0, 0}) == 2);
  assert((tl::grad(smooth_relu)(list{0, 0}) == list{0.5, 0.5}));
  // [end]
  // [elementwise_product]
  constexpr auto both = [](auto A) { return sum(elementwise_product(A, A)); };  // A * A: a product
  assert(tl::evaluate(both)(M) == 1 + 4 + 9 + 16 + 25 + 36);
  // [end]
}

void broadcast() {
  // [broadcast]
  constexpr auto centred = [](auto A, auto v, auto u) { return A - rowwise(v) + colwise(u); };
  const auto result = tl::evaluate(centred)(M, list{1, 2, 3}, list{0, 10});
  assert((elements(result) == list{0, 0, 0, 13, 13, 13}));
  constexpr auto squares = [](auto v, auto A) { return sum(square(A - rowwise(v))) / 2; };
  assert((tl::grad<0>(squares)(list{0, 0, 0}, M) == list{-5, -7, -9}));  // sums of the columns
  // [end]
}

void select() {
  // [select]
  constexpr auto kinked = [](auto x) { return sum(select(x > 0, sqrt(x), -x)); };
  assert((tl::grad(kinked)(list{4, -1, 0}) == list{0.25, -1, -1}));
  constexpr auto known = [](auto x) { return sum(select(isnan(x) || x < 0, 0, x)); };
  assert(tl::evaluate(known)(list{1, NAN, -2, 3}) == 1 + 3);
  // [end]
}

void products() {
  // [products]
  constexpr auto quadratic = [](auto x, auto A) { return dot(x, A * x); };
  const list square_numbers{1, 2, 3, 4};
  const auto A = tl::view(square_numbers.data(), 2, 2);
  assert(tl::evaluate(quadratic)(list{1, 1}, A) == 10);
  assert((tl::grad<0>(quadratic)(list{1, 1}, A) == list{2 + 5, 8 + 5}));  // (A + A^T) x
  constexpr auto traces = [](auto P, auto Q) { return trace(transpose(P) * Q); };
  const auto slope = tl::grad<0>(traces)(M, M);
  assert(elements(slope) == numbers);
  // [end]
  // [outer]
  constexpr auto table = [](auto x, auto y) { return outer(x, y); };
  assert((elements(tl::evaluate(table)(list{1, 2}, list{3, 4})) == list{3, 4, 6, 8}));
  // [end]
  // [sum_of_product]
  constexpr auto all = [](auto P, auto Q) { return sum(P * transpose(Q)); };
  const auto [value, slopes] = tl::value_and_grad<0, 1>(all)(M, M);
  assert(value == 5 * 5 + 7 * 7 + 9 * 9);  // the sums of the columns of both
  assert((elements(std::get<0>(slopes)) == list{5, 7, 9, 5, 7, 9}));
  // [end]
}

void reductions() {
  // [reductions]
  constexpr auto spread = [](auto x) { return max(x) - min(x) + mean(x) + prod(x); };
  assert((tl::grad(spread)(list{1, 4, 0, 3}) == list{0.25, 1.25, -0.75 + 12, 0.25}));
  constexpr auto norms = [](auto x) { return norm(x) + l1_norm(x); };
  assert(tl::evaluate(norms)(list{3, -4}) == 5 + 7);
  assert((tl::grad(norms)(list{0, 0}) == list{0, 0}));
  // [end]
  // [moments]
  constexpr auto moments = [](auto x) {
    return std::tuple{variance(x), squared_norm(x - mean(x))};
  };
  assert((tl::evaluate(moments)(list{1, 2, 3, 6}) == std::tuple{3.5, 14.0}));
  constexpr auto smooth_max = [](auto x) { return logsumexp(x); };
  assert(tl::evaluate(smooth_max)(list{1000, -1000}) == 1000);                 // no overflow
  assert((tl::grad(smooth_max)(list{3, 3, -infinity}) == list{0.5, 0.5, 0}));  // softmax(x)
  // [end]
  // [single_value]
  constexpr auto loss = [](auto w, auto X, auto y) { return sum(square(X * w - y)); };
  assert(tl::grad<0>(loss)(2.0, 3.0, 1.0) == 2 * 3 * (3 * 2 - 1));
  // [end]
  // [axis]
  constexpr auto columns = [](auto A) { return sum(A, tl::axis<0>); };
  constexpr auto rows = [](auto A) { return sum(A, tl::axis<1>); };
  assert((tl::evaluate(columns)(M) == list{5, 7, 9}));
  assert((tl::evaluate(rows)(M) == list{6, 15}));
  constexpr auto lengths = [](auto A) { return sum(norm(A, tl::axis<1>)); };  // of the rows
  const list numbers_and_none{0, 5, 0, 0};
  const auto unit = tl::grad(lengths)(tl::view(numbers_and_none.data(), 2, 2));
  assert((elements(unit) == list{0, 1, 0, 0}));
  // [end]
  // [empty]
  constexpr auto largest = [](auto x) { return max(x); };
  constexpr auto average = [](auto x) { return mean(x); };
  assert(tl::evaluate(largest)(list{}) == -infinity);
  assert(std::isnan(tl::evaluate(average)(list{})));
  // [end]
  // [softmax]
  constexpr auto probabilities = [](auto x) { return softmax(x); };
  assert((tl::evaluate(probabilities)(list{1000, 1000}) == list{0.5, 0.5}));  // no overflow
  constexpr auto cross_entropy = [](auto Z, auto T) {  // T: a distribution in each row
    return -sum(elementwise_product(T, log_softmax(Z, tl::axis<1>)));
  };
  const list logits{0, 0, 0, 0}, labels{1, 0, 0, 1};
  const auto slope =
      tl::grad<0>(cross_entropy)(tl::view(logits.data(), 2, 2), tl::view(labels.data(), 2, 2));
  assert((elements(slope) == list{-0.5, 0.5, 0.5, -0.5}));
  // [end]
  // [argmax]
  constexpr auto at_largest = [](auto x, auto y) { return y[argmax(x)]; };
  assert((tl::grad<1>(at_largest)(list{1, 7, 2}, list{5, 6, 7}) == list{0, 1, 0}));
  constexpr auto smallest_of_rows = [](auto A) { return argmin(A, tl::axis<1>); };
  assert((tl::evaluate(smallest_of_rows)(M) == list{0, 0}));
  // [end]
}

void parts() {
  // [parts]
  constexpr auto smooth = [](auto x) {
    const auto n = x.size();
    return sum(square(tail(x, n - 1) - head(x, n - 1)));
  };
  assert((tl::grad(smooth)(list{0, 1, 3}) == list{-2, -2, 4}));
  constexpr auto middle = [](auto x) { return prod(segment(x, 1, 2)); };
  assert((tl::grad(middle)(list{9, 2, 3, 9}) == list{0, 3, 2, 0}));
  // [end]
  // [rows]
  constexpr auto f = [](auto A) { return dot(row(A, 0), A[1]) + sum(col(A, 2)); };
  assert(tl::evaluate(f)(M) == 1 * 4 + 2 * 5 + 3 * 6 + 3 + 6);
  // [end]
  // [diagonal]
  constexpr auto diagonals = [](auto A) { return trace(A) + prod(diagonal(A)); };
  const list square_numbers{1, 2, 3, 4};
  const auto on_it = tl::grad(diagonals)(tl::view(square_numbers.data(), 2, 2));
  assert((elements(on_it) == list{1 + 4, 0, 0, 1 + 1}));
  // [end]
  // [concat]
  constexpr auto palindrome = [](auto x) { return concat(x, reverse(x)); };
  assert((tl::evaluate(palindrome)(list{1, 2}) == list{1, 2, 2, 1}));
  constexpr auto differences = [](auto x) {  // circular
    const auto next = concat(tail(x, x.size() - 1), head(x, 1));
    return sum(square(next - x));
  };
  assert((tl::grad(differences)(list{0, 1, 3}) == list{-8, -2, 10}));
  // [end]
  // [reshape]
  constexpr auto turned = [](auto A) { return reshape(A, A.cols(), A.rows()); };
  assert((elements(tl::evaluate(turned)(M)) == numbers));  // rows 1 2, 3 4, 5 6
  constexpr auto by_columns = [](auto A) { return flatten(transpose(A)); };
  assert((tl::evaluate(by_columns)(M) == list{1, 4, 2, 5, 3, 6}));
  // [end]
  // [cumsum]
  constexpr auto levels = [](auto x) { return max(cumsum(x)); };
  assert((tl::grad(levels)(list{1, 2, -4}) == list{1, 1, 0}));
  // [end]
  // [convolve]
  constexpr auto product = [](auto p, auto q) { return convolve(p, q); };
  assert((tl::evaluate(product)(list{1, 2}, list{3, 4, 5}) == list{3, 10, 13, 10}));
  const list kernel{1, -1};
  const auto filtered = tl::evaluate(product)(M, tl::view(kernel.data(), 1, 2));
  assert((elements(filtered) == list{1, 1, 1, -3, 4, 1, 1, -6}));  // of 2 by 4
  // [end]
}

void variables() {
  // [variables]
  constexpr auto layers = [](auto s, auto A) {
    for (int k = 0; k < 3; ++k) s = tanh(A * s);
    return sum(s);
  };
  const list half{0.5, 0, 0, 0.5};
  assert((tl::grad<0>(layers)(list{0, 0}, tl::view(half.data(), 2, 2)) == list{0.125, 0.125}));
  constexpr auto training = [](auto w, auto X) {
    return sum(
        tl::fold(1000, w, [&](auto v, auto) { return v - 0.001 * (transpose(X) * (X * v)); }));
  };
  assert(std::isfinite(tl::grad<0>(training)(list{1, 2, 3}, M)[0]));
  // [end]
}

void mixed() {
  // [mixed]
  constexpr auto pairs = [](auto X) {  // distances of all rows from each other
    return tl::sum(X.rows(),
                   [&](auto i) { return tl::sum(i, [&](auto k) { return norm(X[i] - X[k]); }); });
  };
  assert(tl::evaluate(pairs)(M) == std::sqrt(27.0));
  // [end]
}

void sizes() {
  // [sizes]
  constexpr auto loss = [](auto w, auto X, auto y) { return sum(square(X * w - y)); };
  list gradient{7};
  try {
    tl::grad<0>(loss).into(gradient)(list(3), M, list(5));  // M has 2 rows
  } catch (const std::invalid_argument& e) {
    std::puts(e.what());
  }
  assert(gradient == list{7});  // nothing has been written
  // [end]
}

// [variables_of_expressions]
constexpr tl::variable<"X"> X;
constexpr tl::variable<"w"> w;
constexpr tl::variable<"y"> y;
constexpr auto least_squares = sum(square(X * w - y));
// [end]

void expressions() {
  // [expressions]
  const list targets{0, 2};
  const list slope = tl::grad<w>(least_squares)(X = M, w = list{1, 0, 0}, y = targets);
  assert((slope == list{18, 24, 30}));
  const list same =
      tl::grad([&targets](auto v) { return sum(square(M * v - targets)); })(list{1, 0, 0});
  assert(same == slope);
  // [end]
  // [captured_argmax]
  const auto at_smallest = [&targets](auto v) {
    return sum(segment(targets, argmin(v), 1)) * v[argmax(v)];
  };
  assert((tl::grad(at_smallest)(list{5, 4}) == list{2, 0}));
  // [end]
}

}  // namespace

int main() {
  first();
  elementwise();
  broadcast();
  select();
  products();
  reductions();
  parts();
  variables();
  mixed();
  expressions();
  std::puts("[sizes]");
  sizes();
}
