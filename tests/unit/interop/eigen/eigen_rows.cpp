// SPDX-License-Identifier: BSL-1.0
// Loops over the rows of matrices that are stored column by column run several rows at a time; all
// sums keep their order.
// FLAGS: -ffp-contract=off -DTAPELESS_NO_CONTRACTION
#include <tapeless/tapeless.hpp>
// After the core, which it does not include.
#include <tapeless/interop/eigen.hpp>

#include <cmath>
#include <support/catch.hpp>
#include <tuple>

namespace tl = tapeless;

namespace {

template <class T, int Order = Eigen::ColMajor>
using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Order>;
template <class T>
using vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;

template <class A>
void fill(A& a, int seed) {
  int k = seed;
  for (Eigen::Index j = 0; j < a.cols(); ++j) {
    for (Eigen::Index i = 0; i < a.rows(); ++i) {
      a(i, j) = static_cast<typename A::Scalar>(std::sin(1.3 * k++));
    }
  }
}

/// f(w[m], X[n][m], y[n]) and its gradients are those of the same matrix row by row, bit for bit.
template <class T, class F>
void same_in_both_orders(const char* name, F f, int fewest = 0) {
  for (int n : {0, 1, 2, 3, 7, 8, 9, 16, 17, 23, 33}) {
    if (n < fewest) continue;
    for (int m : {1, 2, 3, 8, 17}) {
      INFO(name << ", " << n << " x " << m);
      vector<T> w(m), y(n);
      fill(w, 1), fill(y, 100);
      matrix<T> data(n + 3, m + 2);
      fill(data, 17);
      const auto X = data.block(2, 1, n, m);
      const matrix<T> by_columns = X;
      const matrix<T, Eigen::RowMajor> by_rows = X;
      const auto expected = tl::value_and_grad<0, 1, 2>(f)(w, by_rows, y);
      const auto same = [&](const auto& found) {
        CHECK(found.value == expected.value);
        CHECK(std::get<0>(found.gradient) == std::get<0>(expected.gradient));
        CHECK(matrix<T, Eigen::RowMajor>(std::get<1>(found.gradient)) ==
              std::get<1>(expected.gradient));
        CHECK(std::get<2>(found.gradient) == std::get<2>(expected.gradient));
      };
      same(tl::value_and_grad<0, 1, 2>(f)(w, by_columns, y));
      same(tl::value_and_grad<0, 1, 2>(f)(w, X, y));
      CHECK(tl::evaluate(f)(w, by_columns, y) == expected.value);
      vector<T> sum = vector<T>::Constant(m, T(2)), sum_by_rows = sum;
      tl::value_and_grad<0>(f).add_to(sum)(w, by_columns, y);
      tl::value_and_grad<0>(f).add_to(sum_by_rows)(w, by_rows, y);
      CHECK(sum == sum_by_rows);
    }
  }
}

constexpr auto length = [](auto w, auto X) { return sum(square(X * w)); };
constexpr auto length_along = [](auto w, auto X, auto direction) {
  return dot(tl::grad<0>(length)(w, X), direction);
};

}  // namespace

TEST_CASE("regression by columns") {
  constexpr auto regression = [](auto w, auto X, auto y) { return sum(square(X * w - y)); };
  same_in_both_orders<double>("regression", regression);
  same_in_both_orders<float>("regression of floats", regression);
  constexpr auto logistic = [](auto w, auto X, auto y) { return sum(softplus(y * (X * w))); };
  same_in_both_orders<double>("logistic", logistic);
}

TEST_CASE("several loops inside by columns") {
  constexpr auto mixed = [](auto w, auto X, auto y) {
    const auto m = X.cols();
    return tl::sum(X.rows(), [&](auto i) {
      const auto differences =
          tl::sum(m - 1, [&](auto j) { return (X(i, j + 1) - X(i, j)) * w[j + 1] * w[j]; });
      const auto top = tl::max(m, [&](auto j) { return X(i, j) - w[j]; });
      const auto some = tl::sum(m, [&](auto j) {
        return select(X(i, j) < y[i] && differences < 0.5, X(i, j) * w[m - 1 - j], w[j] * i);
      });
      return differences * top + some * y[i];
    });
  };
  same_in_both_orders<double>("mixed", mixed);
  // Of w, one loop adds to the gradient in each row what the other one does not see.
  constexpr auto twice = [](auto w, auto X, auto y) {
    return tl::sum(X.rows(), [&](auto i) {
      const auto first = tl::sum(X.cols(), [&](auto j) { return X(i, j) * w[j]; });
      return tl::sum(X.cols(), [&](auto j) { return square(X(i, j) * first - w[j] * y[i]); });
    });
  };
  same_in_both_orders<double>("twice", twice);
}

TEST_CASE("nearest rows by columns") {
  // The first of equal rows.
  constexpr auto nearest = [](auto w, auto X, auto y) {
    return tl::min(X.rows(), [&](auto i) {
      return tl::sum(X.cols(), [&](auto j) { return square(X(i, j) - w[j]); }) + 0.1 * y[i];
    });
  };
  same_in_both_orders<double>("nearest", nearest, 1);
}

TEST_CASE("other numbers by columns") {
  for (int n : {3, 8, 21}) {
    vector<double> w(5), v(5);
    matrix<double> X(n, 5);
    fill(w, 1), fill(v, 7), fill(X, 17);
    const matrix<double, Eigen::RowMajor> by_rows = X;
    // Tangents, and the slope of a slope.
    const auto slope = tl::jvp(length, std::tuple{w, X}, std::tuple{v, X});
    const auto expected = tl::jvp(length, std::tuple{w, by_rows}, std::tuple{v, by_rows});
    CHECK(slope.value == expected.value);
    CHECK(slope.tangent == expected.tangent);
    CHECK(tl::grad<0>(length_along)(w, X, v) == tl::grad<0>(length_along)(w, by_rows, v));
  }
}

TEST_CASE("two sums into one array keep their order, whatever the storage order") {
  constexpr auto f = [](auto A, auto x) {
    return tl::sum(A.rows(), [&](auto i) {
      return sin(tl::sum(A.cols(), [&](auto j) { return A(i, j) * x[j]; })) *
             cos(tl::sum(A.cols(), [&](auto j) { return A(i, j) * x[x.size() - 1 - j]; }));
    });
  };
  Eigen::MatrixXd a(37, 5);
  Eigen::VectorXd x(5);
  for (int j = 0; j < 5; ++j) {
    x[j] = std::cos(j);
    for (int i = 0; i < 37; ++i) a(i, j) = std::sin(1.3 * i + 0.7 * j * j);
  }
  const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> by_rows = a;
  CHECK(tl::grad<1>(f)(a, x) == tl::grad<1>(f)(by_rows, x));
}
