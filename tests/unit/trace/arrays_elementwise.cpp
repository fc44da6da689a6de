// SPDX-License-Identifier: BSL-1.0
// Whole arrays, element by element: every primitive, every pairing of operands, broadcasts,
// comparisons. The sum of f(a) is that of f(a[i]) in a plain loop, for one generic f.

#include "support/array_laws.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

using namespace array_laws;

namespace {

/// The functions of numbers, found where those of traced values are found by their arguments.
namespace functions {
using namespace tapeless;

constexpr auto smooth = [](auto x) {
  return sin(x) * cos(x) - tan(x) + exp(x) * expm1(x) + exp2(x) - 2 * asin(x / 2) +
         acos(x / 3) * atan(x) + tanh(x) - sinh(x) * cosh(x) + asinh(x) * atanh(x / 2);
};
constexpr auto special = [](auto x) {
  return erf(x) * normal_cdf(x) + erfc(x) - normal_log_cdf(x) + normal_pdf(x) * inverse_mills(x) +
         logistic(x) - softplus(x) * silu(x) + gelu(x) + log_sigmoid(x) + square(x) * -x;
};
constexpr auto positive = [](auto y) {
  const auto x = y + 2.25;
  return log(x) * log2(x) + log10(x) - log1p(x) * sqrt(x) + cbrt(x) / rsqrt(x) + acosh(x) -
         reciprocal(x) * pow(x, 3) + pow<-2>(x) + pow(x, 1.5) + pow(2.5, x) + log1mexp(x) -
         reciprocal_expm1(x);
};
constexpr auto pieces = [](auto x) {
  return abs(x) * relu(x) + leaky_relu(x) * leaky_relu(x, 0.3) - elu(x) + clamp(x, -0.5, 0.25) +
         huber(x, 0.7) * max(x, 0.1) + min(0.2, x) * copysign(x, 3.) + sign(x) * x +
         floor(3 * x) * x - ceil(x) + round(5 * x) * trunc(4 * x) * x + fmod(7 * x, 0.8);
};

template <class F>
struct summed {
  F f;
  auto operator()(const auto& x) const {
    array_laws::number<decltype(x)> s = 0;
    for (const auto& e : x) s += f(e);
    return s;
  }
};
}  // namespace functions

/// Only value and gradient: the rules themselves are tested elsewhere.
template <class F>
void hold_elementwise(const std::string& name, F f) {
  const auto whole = tl::value_and_grad([](auto a) { return sum(F{}(a)); });
  const functions::summed<F> plain{f};
  for (const int n : sizes) {
    const list x = numbers(n);
    const auto [value, gradient] = whole(x);
    close(name, value, plain(x), 1e-14);
    close(name, gradient, differences(plain, x), 1e-8);
  }
}

tl::matrix<double> some_matrix(int rows, int cols, double start) {
  tl::matrix<double> m(rows, cols);
  const list all = numbers(rows * cols, start);
  std::copy(all.begin(), all.end(), m.begin());
  return m;
}

}  // namespace

TEST_CASE("elementwise: smooth primitives of a whole array") {
  hold_elementwise("smooth", functions::smooth);
}
TEST_CASE("elementwise: special functions of a whole array") {
  hold_elementwise("special", functions::special);
}
TEST_CASE("elementwise: functions of positive elements of a whole array") {
  hold_elementwise("positive", functions::positive);
}
TEST_CASE("elementwise: primitives with corners of a whole array") {
  hold_elementwise("pieces", functions::pieces);
}

TEST_CASE("elementwise: two arrays and three") {
  const auto f = [](auto a) {
    const auto b = reverse(a) + 0.1;
    const auto c = sin(3 * a);
    return sum(atan2(a + 2, b) * hypot(a, b + 2, c) - logaddexp(a, b) / hypot(b, 2) +
               max(a, b) * min(c, 2 * a) + fma(a, b, c) * clamp(a, b - 1, c + 4) +
               pow(b + 2, a) * xlogy(a + 2, b + 3) - copysign(a, b));
  };
  hold("two and three", f, [](const auto& x) {
    using n = number<decltype(x)>;
    n s = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const n a = x[i], b = x[x.size() - 1 - i] + n(0.1), c = std::sin(3 * a);
      s += std::atan2(a + 2, b) * std::sqrt(a * a + (b + 2) * (b + 2) + c * c) -
           std::log(std::exp(a) + std::exp(b)) / std::sqrt(b * b + 4) +
           std::max(a, b) * std::min(c, 2 * a) + (a * b + c) * std::min(std::max(a, b - 1), c + 4) +
           std::pow(b + 2, a) * ((a + 2) * std::log(b + 3)) - std::copysign(a, b);
    }
    return s;
  });
}

TEST_CASE("elementwise: scalars meet arrays on both sides of each operator") {
  const auto f = [](auto a) {
    const auto t = sum(a) + 1;  // a traced scalar
    auto b = a * 2 + t;
    b += 1 - a;
    b -= t * a;
    b *= 0.5;
    b /= t * t + 2;
    return sum((3 - b) * (b - 3) / (b * b + 2) + t / (2 + a * a) - 1 / (a + 4) - (-b) * t +
               (a + t) * (a - t)) *
           (a.size() + 1);
  };
  hold("scalars", f, [](const auto& x) {
    using n = number<decltype(x)>;
    n t = 1, s = 0;
    for (const n e : x) t += e;
    for (const n a : x) {
      const n b = ((a * 2 + t) + (1 - a) - t * a) / 2 / (t * t + 2);
      s += (3 - b) * (b - 3) / (b * b + 2) + t / (2 + a * a) - 1 / (a + 4) + b * t +
           (a + t) * (a - t);
    }
    return s * static_cast<n>(x.size() + 1);
  });
}

TEST_CASE("elementwise: comparisons choose") {
  const auto f = [](auto a) {
    const auto b = reverse(a);
    const auto m = max(a);
    return sum(select(a < b, a * b, sin(a)) + select(a <= 0.3, 2 * a, a * a) +
               select(0.1 > a, exp(a), 1) + select(b >= a, 0, b) +
               select(a == b, 3 * a, select(a != m, a, 5 * a)) +
               select((a > -0.5 && b < 0.5) || !(a < 0.8), cos(a), b) +
               select(isnan(a) || !isfinite(a), 0, a * a * a));
  };
  hold("comparisons", f, [](const auto& x) {
    using n = number<decltype(x)>;
    n s = 0, m = -1;
    for (const n e : x) m = std::max(m, e);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const n a = x[i], b = x[x.size() - 1 - i];
      s += (a < b ? a * b : std::sin(a)) + (a <= n(0.3) ? 2 * a : a * a) +
           (n(0.1) > a ? std::exp(a) : 1) + (b >= a ? 0 : b) +
           (a == b   ? 3 * a
            : a != m ? a
                     : 5 * a) +
           ((a > n(-0.5) && b < n(0.5)) || !(a < n(0.8)) ? std::cos(a) : b) + a * a * a;
    }
    return s;
  });
}

TEST_CASE("elementwise: a branch not taken contributes nothing") {
  const auto f = [](auto a) { return sum(select(a > 0, sqrt(a), a)); };
  CHECK(tl::grad(f)(list{4, -4, 0}) == list{0.25, 1, 1});
}

TEST_CASE("elementwise: rows and columns meet a matrix") {
  const auto f = [](auto v, auto w, auto M) {
    auto A = 2 * M;
    A += rowwise(v) - M;
    A -= colwise(w);
    const auto B = max(rowwise(v), M) + min(M, colwise(w)) * 0.5;
    return sum(elementwise_product(A, colwise(w)) / (2 + square(B)) +
               elementwise_product(rowwise(v), colwise(w)) + elementwise_product(0.5, M) +
               select(M < rowwise(v), sin(A), elementwise_product(A, M)));
  };
  for (const auto& [r, c] : {std::pair{0, 3}, {3, 0}, {1, 1}, {2, 3}, {3, 2}, {5, 8}, {17, 4}}) {
    hold_with_data("broadcast", f, numbers(c), numbers(r, 0.7), some_matrix(r, c, 1.1));
  }
  const auto by_columns = [](auto w, auto v, auto M) {
    return sum(tanh(colwise(w) - M) * 2 + rowwise(v));
  };
  for (const auto& [r, c] : {std::pair{2, 3}, {5, 1}}) {
    hold_with_data("broadcast", by_columns, numbers(r), numbers(c, 0.7), some_matrix(r, c, 1.1));
  }
  // 1 + 10 + 2 + 20 ..., one way of adding.
  const auto sums = [](auto v, auto w, auto M) { return sum(M + rowwise(v) + colwise(w)); };
  CHECK(tl::evaluate(sums)(list{1, 2}, list{10, 20, 30}, tl::matrix<double>(3, 2)) ==
        3 * 3 + 2 * 60);
  const auto [slope_v, slope_w] =
      tl::grad<0, 1>(sums)(list{1, 2}, list{10, 20, 30}, tl::matrix<double>(3, 2));
  CHECK(slope_v == list{3, 3});
  CHECK(slope_w == list{2, 2, 2});
}

TEST_CASE("elementwise: integers are values") {
  const auto f = [](auto a, auto k) {
    return sum(a * k + 1.0 * k / 2 + square(k) - k * k + (k + k) * a) + norm(k) + max(k) +
           sum(select(k > 1, a, -a));
  };
  const list a{0.5, 2, -1};
  const std::vector<int> k{3, 1, -2};
  double want = 0, most = 3;
  list slope(3);
  for (std::size_t i = 0; i < 3; ++i) {
    want += 3 * a[i] * k[i] + k[i] / 2.0 + (k[i] > 1 ? a[i] : -a[i]);
    slope[i] = 3 * k[i] + (k[i] > 1 ? 1 : -1);
  }
  const auto [value, gradient] = tl::value_and_grad<0>(f)(a, k);
  close("value", value, want + std::sqrt(14.0) + most, 1e-15);
  close("gradient", gradient, slope, 1e-15);
}

TEST_CASE("elementwise: float stays float") {
  const auto f = [](auto a, auto b) { return sum(square(a * b - 0.1) / 3); };
  const std::vector<float> a{1, 2}, b{0.5f, 0.25f};
  const auto [value, gradient] = tl::value_and_grad<0>(f)(a, b);
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(value)>, float>);
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(gradient)>, std::vector<float>>);
  CHECK(std::fabs(value - 0.32f / 3) < 1e-6f);
  CHECK(std::fabs(gradient[1] - 2 * 0.4f * 0.25f / 3) < 1e-6f);
}

TEST_CASE("elementwise: arrays of static size, alone and with others") {
  const auto f = [](auto a, auto b) { return sum(sin(a) * b + a / (b + 2) - 2 * a); };
  const std::array a{0.1, 0.2, 0.3}, b{1.0, 2.0, 3.0};
  double want = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    want += std::sin(a[i]) * b[i] + a[i] / (b[i] + 2) - 2 * a[i];
  }
  const auto [value, slope_a] = tl::value_and_grad<0>(f)(a, b);
  close("value", value, want, 1e-15);
  for (std::size_t i = 0; i < 3; ++i) {
    close("gradient", slope_a[i], std::cos(a[i]) * b[i] + 1 / (b[i] + 2) - 2, 1e-15);
  }
  const list dynamic(b.begin(), b.end());
  CHECK(tl::evaluate(f)(a, dynamic) == value);
  CHECK(tl::grad<0>(f)(a, dynamic) == slope_a);
  const std::array<std::array<double, 2>, 2> square_matrix{{{1, 2}, {3, 4}}};
  const auto g = [](auto M, auto v) { return sum(exp(M - rowwise(v)) - M * M); };
  const auto slope = tl::grad<0>(g)(square_matrix, std::array{1.0, 2.0});
  // d/dM sum(M M) = (columns' sums of the rows) + (rows' sums of the columns).
  close("matrix", slope[0][1], std::exp(0.0) - (4 + 7), 1e-15);
  static_assert(
      std::is_same_v<std::remove_cvref_t<decltype(slope)>, std::array<std::array<double, 2>, 2>>);
}
