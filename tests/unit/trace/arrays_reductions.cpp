// SPDX-License-Identifier: BSL-1.0
// Reductions of whole arrays, over all elements and along an axis, with what they do where there is
// nothing, zeros, ties, NaN and infinities.

#include "support/array_laws.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace array_laws;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
const double quiet_nan = std::numeric_limits<double>::quiet_NaN();

/// A matrix of x for the plain loops, row by row: f(i, j), as in `matrix_of` of a traced array.
template <class X>
struct plain_matrix {
  using n = number<X>;
  const X& x;
  std::size_t rows() const { return x.size(); }
  std::size_t cols() const { return x.size() / 2 + 1; }
  n operator()(std::size_t i, std::size_t j) const {
    return x[i] * x[j] + std::sin(3 * x[i] + static_cast<n>(j));
  }
};
constexpr auto matrix_of = [](auto a) {
  return tl::generate(a.size(), a.size() / 2 + 1,
                      [&](auto i, auto j) { return a[i] * a[j] + sin(3 * a[i] + 1.0 * j); });
};

/// Moments of numbers in plain loops.
template <class n>
struct moments {
  n sum = 0, squares = 0, abs = 0, exps = 0, product = 1, most = -9, least = 9, centred = 0;
  n count = 0;
  explicit moments(const std::vector<n>& x) : count(static_cast<n>(x.size())) {
    for (const n e : x) {
      sum += e, squares += e * e, abs += std::fabs(e), exps += std::exp(e), product *= e;
      most = std::max(most, e), least = std::min(least, e);
    }
    for (const n e : x) centred += (e - sum / count) * (e - sum / count);
  }
  n all() const {
    return sum * std::sqrt(squares) + abs / (2 + squares) - std::log(exps) * (most - least) +
           product * (sum / count) + centred / count;
  }
};
constexpr auto all_of = [](auto a) {
  return sum(a) * norm(a) + l1_norm(a) / (2 + squared_norm(a)) - logsumexp(a) * (max(a) - min(a)) +
         prod(a) * mean(a) + variance(a);
};
template <class T>
constexpr auto all_along(T a, auto axis) {
  return sum(a, axis) * norm(a, axis) + l1_norm(a, axis) / (2 + squared_norm(a, axis)) -
         logsumexp(a, axis) * (max(a, axis) - min(a, axis)) + prod(a, axis) * mean(a, axis) +
         variance(a, axis);
}

}  // namespace

TEST_CASE("array reductions over a vector") {
  const auto plain = [](const auto& x) { return moments<number<decltype(x)>>(x).all(); };
  for (const int n : {1, 2, 3, 5, 8, 17, 33}) hold_at("vector", all_of, plain, numbers(n));
}

TEST_CASE("array reductions over a matrix") {
  const auto f = [](auto a) {
    const auto m = matrix_of(a);
    return sum(m) * norm(m) + l1_norm(m) / (2 + squared_norm(m)) -
           logsumexp(m) * (max(m) - min(m)) + prod(m) * mean(m) + variance(m);
  };
  const auto plain = [](const auto& x) {
    const plain_matrix<decltype(x)> m{x};
    std::vector<number<decltype(x)>> all;
    for (std::size_t i = 0; i < m.rows(); ++i) {
      for (std::size_t j = 0; j < m.cols(); ++j) all.push_back(m(i, j));
    }
    return moments<number<decltype(x)>>(all).all();
  };
  const auto whole = tl::value_and_grad(f);
  for (const int n : {1, 2, 3, 5, 8, 9}) {
    const auto [value, gradient] = whole(numbers(n));
    close("matrix", value, plain(numbers(n)), 1e-13);
    close("matrix", gradient, differences(plain, numbers(n)), 1e-8);
  }
}

TEST_CASE("array reductions down the columns and along the rows") {
  const auto f = [](auto a) {
    const auto m = matrix_of(a);
    const auto down = all_along(m, tl::axis<0>), along = all_along(m, tl::axis<1>);
    return sum(sin(down)) + dot(along, a);
  };
  const auto plain = [](const auto& x) {
    using n = number<decltype(x)>;
    const plain_matrix<decltype(x)> m{x};
    n s = 0;
    for (std::size_t j = 0; j < m.cols(); ++j) {
      std::vector<n> column;
      for (std::size_t i = 0; i < m.rows(); ++i) column.push_back(m(i, j));
      s += std::sin(moments<n>(column).all());
    }
    for (std::size_t i = 0; i < m.rows(); ++i) {
      std::vector<n> row;
      for (std::size_t j = 0; j < m.cols(); ++j) row.push_back(m(i, j));
      s += moments<n>(row).all() * x[i];
    }
    return s;
  };
  const auto whole = tl::value_and_grad(f);
  for (const int n : {1, 2, 3, 5, 8, 9}) {
    const auto [value, gradient] = whole(numbers(n));
    close("along", value, plain(numbers(n)), 1e-13);
    close("along", gradient, differences(plain, numbers(n)), 1e-8);
  }
}

TEST_CASE("array reductions: softmax and log_softmax of a vector") {
  const auto f = [](auto a) {
    const auto p = softmax(2 * a), l = log_softmax(a - 1);
    return sum(square(p) * sin(a)) + dot(p, l) - max(max(l), -99);
  };
  hold("softmax", f, [](const auto& x) {
    using n = number<decltype(x)>;
    n s = 0, e = 0, most = -99;
    for (const n v : x) s += std::exp(2 * v), e += std::exp(v);
    n result = 0;
    for (const n v : x) {
      const n p = std::exp(2 * v) / s, l = v - std::log(e);
      result += p * p * std::sin(v) + p * l;
      most = std::max(most, l);
    }
    return result - most;
  });
}

TEST_CASE("array reductions: softmax and log_softmax of columns and rows") {
  const auto f = [](auto a) {
    const auto m = matrix_of(a);
    return sum(elementwise_product(softmax(m, tl::axis<0>), sin(m)) +
               elementwise_product(softmax(m, tl::axis<1>), cos(m))) -
           sum(square(log_softmax(m, tl::axis<0>)) - exp(log_softmax(m, tl::axis<1>)) * m(0, 0));
  };
  const auto plain = [](const auto& x) {
    using n = number<decltype(x)>;
    const plain_matrix<decltype(x)> m{x};
    n s = 0;
    for (std::size_t i = 0; i < m.rows(); ++i) {
      for (std::size_t j = 0; j < m.cols(); ++j) {
        n down = 0, along = 0;
        for (std::size_t k = 0; k < m.rows(); ++k) down += std::exp(m(k, j));
        for (std::size_t k = 0; k < m.cols(); ++k) along += std::exp(m(i, k));
        const n e = std::exp(m(i, j)), l = m(i, j) - std::log(down);
        s += e / down * std::sin(m(i, j)) + e / along * std::cos(m(i, j)) - l * l +
             e / along * m(0, 0);
      }
    }
    return s;
  };
  const auto whole = tl::value_and_grad(f);
  for (const int n : {1, 2, 3, 5, 8}) {
    const auto [value, gradient] = whole(numbers(n));
    close("softmax", value, plain(numbers(n)), 1e-13);
    close("softmax", gradient, differences(plain, numbers(n)), 1e-8);
  }
}

TEST_CASE("array reductions of nothing") {
  const auto empty = [](const auto& f, double want) {
    INFO(want);
    const auto [value, gradient] = tl::value_and_grad(f)(list{});
    CHECK((value == want || (std::isnan(want) && std::isnan(value))));
    CHECK(gradient.empty());
  };
  empty([](auto a) { return sum(a) + norm(a) + squared_norm(a) + l1_norm(a); }, 0);
  empty([](auto a) { return prod(a); }, 1);
  empty([](auto a) { return max(a); }, -infinity);
  empty([](auto a) { return min(a); }, infinity);
  empty([](auto a) { return logsumexp(a); }, -infinity);
  empty([](auto a) { return mean(a); }, quiet_nan);
  empty([](auto a) { return variance(a); }, quiet_nan);
  empty([](auto a) { return sum(softmax(a)) + sum(log_softmax(a)); }, 0);

  // Three columns of no rows.
  const auto f = [](auto t, auto m) {
    const auto scaled = t * m;
    return sum(sum(scaled, tl::axis<0>)) + sum(prod(scaled, tl::axis<0>)) +
           sum(select(max(scaled, tl::axis<0>) < 0, 10, 0)) + sum(max(scaled, tl::axis<1>));
  };
  const tl::matrix<double> none(0, 3);
  CHECK(tl::evaluate(f)(2.0, none) == 33);
  CHECK(tl::grad<0>(f)(2.0, none) == 0);
}

TEST_CASE("array reductions: norm has gradient 0 at 0") {
  const auto f = [](auto a) { return norm(a); };
  CHECK(tl::grad(f)(list{0, 0}) == list{0, 0});
  close("norm", tl::grad(f)(list{3, -4}), list{0.6, -0.8}, 1e-15);
  CHECK(std::isnan(tl::evaluate(f)(list{quiet_nan, 1})));
  CHECK(tl::jvp(tl::grad(f), std::tuple{list{0, 0}}, std::tuple{list{1, 2}}).tangent == list{0, 0});
  const auto rows = [](auto m) { return sum(norm(m, tl::axis<1>)); };
  tl::matrix<double> m(2, 2);
  m(1, 0) = 3, m(1, 1) = 4;
  const auto slope = tl::grad(rows)(m);
  close("rows", list(slope.begin(), slope.end()), list{0, 0, 0.6, 0.8}, 1e-15);
  CHECK(tl::grad([](auto a) { return l1_norm(a); })(list{0, -2, 3}) == list{0, -1, 1});
}

TEST_CASE("array reductions: ties, zeros, NaN, infinities") {
  const auto most = [](auto a) { return max(a); };
  const auto least = [](auto a) { return min(a); };
  const auto product = [](auto a) { return prod(a); };
  const auto soft = [](auto a) { return logsumexp(a); };
  CHECK(tl::grad(most)(list{1, 3, 2, 3}) == list{0, 1, 0, 0});
  CHECK(tl::grad(least)(list{1, 3, 1}) == list{1, 0, 0});
  CHECK(tl::grad(product)(list{2, 0, 4}) == list{0, 8, 0});
  CHECK(tl::grad(soft)(list{1000, 1000}) == list{0.5, 0.5});
  CHECK(tl::evaluate(soft)(list{-infinity, -infinity}) == -infinity);
  for (const list& x : {list{quiet_nan, 1}, list{1, quiet_nan}}) {
    CHECK(std::isnan(tl::evaluate(most)(x)));
    CHECK(std::isnan(tl::evaluate(least)(x)));
    CHECK(std::isnan(tl::evaluate(soft)(x)));
  }
  // The first of the largest, row by row, also where they lie in two rows.
  const auto largest = [](auto m) { return max(m); };
  tl::matrix<double> m(2, 2);
  m(0, 1) = m(1, 0) = 7;
  const auto slope = tl::grad(largest)(m);
  CHECK(list(slope.begin(), slope.end()) == list{0, 1, 0, 0});
  const auto probabilities = [](auto a) { return softmax(a); };
  CHECK(tl::evaluate(probabilities)(list{5, 5, 5, 5}) == list{0.25, 0.25, 0.25, 0.25});
  CHECK(tl::evaluate(probabilities)(list{-1000, 1000}) == list{0, 1});
  CHECK(tl::evaluate([](auto a) { return log_softmax(a); })(list{0, 1000}) == list{-1000, 0});
}

TEST_CASE("array reductions: argmax and argmin") {
  const auto f = [](auto a) { return a[argmax(a)] * 10 + a[argmin(a)] + argmax(a) * a[0]; };
  CHECK(tl::evaluate(f)(list{2, 5, 1, 5, 1}) == 50 + 1 + 2);
  CHECK(tl::grad(f)(list{2, 5, 1, 5, 1}) == list{1, 10, 1, 0, 0});
  const auto g = [](auto m) {
    return sum(argmax(m, tl::axis<0>)) * 100 + sum(argmin(m, tl::axis<1>)) * 10 +
           tl::sum(m.rows(), [&](auto i) { return m(i, argmax(m[i])); });
  };
  tl::matrix<double> m(2, 3);  // 1 2 3, 9 0 3
  m(0, 0) = 1, m(0, 1) = 2, m(0, 2) = 3, m(1, 0) = 9, m(1, 2) = 3;
  CHECK(tl::evaluate(g)(m) == 100 * (1 + 0 + 0) + 10 * (0 + 1) + 3 + 9);
  const auto slope = tl::grad(g)(m);
  CHECK(list(slope.begin(), slope.end()) == list{0, 0, 1, 1, 0, 0});
  CHECK(tl::evaluate([](auto a) { return argmax(a) + 7.0; })(list{}) == 7);
}
