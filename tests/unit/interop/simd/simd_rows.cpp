// SPDX-License-Identifier: BSL-1.0
// Loops over the rows of matrices that are stored column by column: the lanes are rows.
#include <tapeless/tapeless.hpp>
// After the core, which it does not include.
#include <tapeless/interop/eigen.hpp>
#include <tapeless/interop/simd.hpp>

#include <cmath>
#include <limits>
#include <support/catch.hpp>
#include <tuple>

namespace tl = tapeless;

namespace {

template <class T>
using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
template <class T>
using vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;

/// Elements between -1 and 1.
template <class A>
void fill(A& a, int seed) {
  int k = seed;
  for (Eigen::Index j = 0; j < a.cols(); ++j) {
    for (Eigen::Index i = 0; i < a.rows(); ++i) {
      a(i, j) = static_cast<typename A::Scalar>(std::sin(1.3 * k++));
    }
  }
}

/// The differences are at most as many roundings as numbers are added, of the sum of their sizes.
template <class A, class B>
bool close(const A& expected, const B& found, double magnitude, double terms) {
  using T = std::remove_cvref_t<decltype(expected(0, 0))>;
  const double bound = (terms + 8) * std::numeric_limits<T>::epsilon() * magnitude;
  bool all = expected.rows() == found.rows() && expected.cols() == found.cols();
  for (Eigen::Index j = 0; j < expected.cols(); ++j) {
    for (Eigen::Index i = 0; i < expected.rows(); ++i) {
      all = all && std::abs(static_cast<double>(expected(i, j) - found(i, j))) <= bound;
    }
  }
  return all;
}

/// f(w[m], X[n][m], y[n]), its gradient, and what is added to one, of a sum whose terms, and those
/// of its gradient, have together at most the size `magnitude(n, m)`.
template <class T, class F, class Storage, class Magnitude>
void same_as_default(const char* name, F f, Storage storage, Magnitude magnitude) {
  for (int n : {0, 1, 2, 3, 7, 8, 9, 16, 17, 33, 70, 131}) {
    for (int m : {1, 2, 3, 7, 8, 9, 17, 33}) {
      INFO(name << ", " << n << " x " << m);
      vector<T> w(m), y(n);
      fill(w, 1), fill(y, 100);
      matrix<T> data(2 * n + 3, 2 * m + 2);
      fill(data, 17);
      const auto X = storage(data, n, m);
      const auto [value, gradient] = tl::value_and_grad<0, 1, 2>(f)(w, X, y);
      const auto [packed, slopes] = tl::value_and_grad<0, 1, 2>(f, tl::simd)(w, X, y);
      const double size = magnitude(n, m), terms = n + m;
      CHECK(std::abs(static_cast<double>(value - packed)) <=
            (terms + 8) * std::numeric_limits<T>::epsilon() * size);
      CHECK(close(std::get<0>(gradient), std::get<0>(slopes), size, terms));
      CHECK(close(std::get<1>(gradient), std::get<1>(slopes), size, terms));
      CHECK(close(std::get<2>(gradient), std::get<2>(slopes), size, terms));
      vector<T> sum = vector<T>::Constant(m, T(2));
      tl::value_and_grad<0>(f, tl::simd).add_to(sum)(w, X, y);
      CHECK(close((std::get<0>(gradient).array() + T(2)).matrix().eval(), sum, size + 2, terms));
    }
  }
}
constexpr auto plain = [](const auto& data, int n, int m) {
  return data.topLeftCorner(n, m).eval();
};
constexpr auto block = [](const auto& data, int n, int m) { return data.block(1, 1, n, m); };
constexpr auto map = [](const auto& data, int n, int m) {
  using T = typename std::remove_cvref_t<decltype(data)>::Scalar;
  return Eigen::Map<const matrix<T>, 0, Eigen::OuterStride<>>(data.data(), n, m,
                                                              Eigen::OuterStride<>(n + 2));
};
/// Every second element of a column.
constexpr auto gaps = [](const auto& data, int n, int m) {
  using T = typename std::remove_cvref_t<decltype(data)>::Scalar;
  using strides = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;
  return Eigen::Map<const matrix<T>, 0, strides>(data.data(), n, m, strides(2 * n + 3, 2));
};
/// The transpose of rows that lie side by side.
constexpr auto turned = [](const auto& data, int n, int m) {
  using T = typename std::remove_cvref_t<decltype(data)>::Scalar;
  using rows = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return Eigen::Map<const rows>(data.data(), m, n).transpose();
};

constexpr auto regression = [](auto w, auto X, auto y) { return sum(square(X * w - y)); };
/// Residuals of at most m + 1, times rows of at most m + 1 numbers and one.
constexpr auto of_regression = [](int n, int m) { return 2.0 * n * (m + 1) * (m + 1); };

}  // namespace

TEST_CASE("regression with rows as lanes") {
  same_as_default<double>("matrix", regression, plain, of_regression);
  same_as_default<float>("matrix of floats", regression, plain, of_regression);
}
TEST_CASE("regression with rows of parts as lanes") {
  same_as_default<double>("block", regression, block, of_regression);
  same_as_default<float>("map", regression, map, of_regression);
}
TEST_CASE("regression with rows apart from each other") {
  same_as_default<double>("gaps", regression, gaps, of_regression);
  same_as_default<double>("transpose", regression, turned, of_regression);
}

TEST_CASE("functions of products with rows as lanes") {
  // The factors of y are at most 1, and the sums of m + 1 numbers.
  constexpr auto logistic = [](auto w, auto X, auto y) { return sum(softplus(y * (X * w))); };
  same_as_default<double>("softplus", logistic, block, of_regression);
}

TEST_CASE("several loops inside with rows as lanes") {
  // Neighbours, an order backwards, factors that are chosen, conditions, numbers of rows and
  // columns: what the lanes share is loaded and added in all ways.
  constexpr auto mixed = [](auto w, auto X, auto y) {
    const auto m = X.cols();
    return tl::sum(X.rows(), [&](auto i) {
      const auto differences =
          tl::sum(m - 1, [&](auto j) { return (X(i, j + 1) - X(i, j)) * w[j + 1] * w[j]; });
      const auto backwards = tl::sum(m, [&](auto j) { return X(i, j) * w[m - 1 - j] * (j + 1); });
      const auto some = tl::sum(m, [&](auto j) {
        return select(X(i, j) < y[i] && differences < 0.5, X(i, j) * w[j], w[j] * i);
      });
      return differences * backwards + some * y[i];
    });
  };
  same_as_default<double>("mixed", mixed, plain, [](int n, int m) {
    return 8.0 * n * (m + 1) * (m + 1) * (m + 1) + 8.0 * n * n * m;
  });
}

TEST_CASE("loops along memory beside loops with rows as lanes") {
  // For each k a column of A and a row of B. v is added to along the column, u[k] by all of it;
  // what a loop chooses by conditions and indices of the loop around is one lane's.
  constexpr auto f = [](auto A, auto B, auto v, auto u) {
    return tl::sum(A.cols(), [&](auto k) {
      const auto row = tl::sum(B.cols(), [&](auto j) { return tanh(B(k, j)) * u[k]; });
      const auto column = tl::sum(A.rows(), [&](auto i) {
        return select(row > A(i, k), A(i, k) * v[i] * k, row * u[k] + v[i]);
      });
      return row * column;
    });
  };
  const auto check = [](const auto& g, int m, int k, int n) {
    INFO(m << " x " << k << " x " << n);
    matrix<double> A(m, k), B(k, n);
    vector<double> v(m), u(k);
    fill(A, 1), fill(B, 100), fill(v, 17), fill(u, 5);
    const auto gradients = [&](auto... policies) {
      auto of_A = A, of_B = B;
      auto of_v = v, of_u = u;
      // Nothing of what was there is left.
      const double value =
          tl::value_and_grad(g, policies...).into(of_A, of_B, of_v, of_u)(A, B, v, u);
      return std::tuple{value, of_A, of_B, of_v, of_u};
    };
    const auto [value, of_A, of_B, of_v, of_u] = gradients();
    const auto [packed, to_A, to_B, to_v, to_u] = gradients(tl::simd);
    // Terms of all sums, and their number.
    const double size = 4.0 * (m + 1) * (n + 1) * (n + 1) * (k + 1) * (k + 1), terms = m + n + k;
    CHECK(std::abs(value - packed) <= (terms + 8) * std::numeric_limits<double>::epsilon() * size);
    CHECK(close(of_A, to_A, size, terms));
    CHECK(close(of_B, to_B, size, terms));
    CHECK(close(of_v, to_v, size, terms));
    CHECK(close(of_u, to_u, size, terms));
    return std::tuple{to_A, to_B};
  };
  constexpr auto of_product = [](auto A, auto B, auto, auto) { return sum(A * B); };
  for (int k : {0, 1, 2, 7, 8, 9, 31, 32, 33, 70}) {
    for (int m : {0, 1, 4, 5, 8, 9, 33}) {
      for (int n : {0, 1, 8, 9}) {
        check(f, m, k, n);
        const auto [of_A, of_B] = check(of_product, m, k, n);
        matrix<double> A(m, k), B(k, n);
        fill(A, 1), fill(B, 100);
        bool all = true;
        for (int l = 0; l < k; ++l) {
          double row = 0, column = 0;
          for (int j = 0; j < n; ++j) row += B(l, j);
          for (int i = 0; i < m; ++i) column += A(i, l);
          for (int i = 0; i < m; ++i) all = all && std::abs(of_A(i, l) - row) <= 1e-14 * n;
          for (int j = 0; j < n; ++j) all = all && std::abs(of_B(l, j) - column) <= 1e-14 * m;
        }
        CHECK(all);
      }
    }
  }
}

/// Cotangents of what only the sums are used of: one row, or one column, again and again. Whatever
/// the output is, and whatever stands around it.
template <class Matrix, class... Policies>
void repeats_rows(int m, int k, int n, Policies... policies) {
  constexpr auto f = [](auto A, auto B) { return sum(A * B); };
  using T = typename Matrix::Scalar;
  INFO(m << " x " << k << " x " << n);
  Matrix A(m, k), B(k, n);
  fill(A, 1), fill(B, 100);
  Matrix all = Matrix::Constant(m + k + 3, k + n + 4, T(7)), expected = all;
  auto of_A = all.block(1, 1, m, k);
  auto of_B = all.block(m + 2, k + 2, k, n);
  const auto differences = [&](T scale) {
    auto here_A = expected.block(1, 1, m, k);
    auto here_B = expected.block(m + 2, k + 2, k, n);
    for (int l = 0; l < k; ++l) {
      T row = 0, column = 0;
      for (int j = 0; j < n; ++j) row += scale * B(l, j);
      for (int i = 0; i < m; ++i) column += scale * A(i, l);
      for (int i = 0; i < m; ++i) here_A(i, l) = row + (scale == T(1) ? T(0) : T(7));
      for (int j = 0; j < n; ++j) here_B(l, j) = column + (scale == T(1) ? T(0) : T(7));
    }
    const T bound = std::numeric_limits<T>::epsilon() * T(4 * (m + n + 8));
    int count = 0;
    for (Eigen::Index j = 0; j < all.cols(); ++j) {
      for (Eigen::Index i = 0; i < all.rows(); ++i) {
        count += !(std::abs(all(i, j) - expected(i, j)) <= bound);
      }
    }
    return count;
  };
  tl::value_and_grad(f, policies...).into(of_A, of_B)(A, B);
  CHECK(differences(T(1)) == 0);
  all.setConstant(T(7));
  const auto twice = [](auto A_, auto B_) { return 2 * sum(A_ * B_); };
  tl::value_and_grad(twice, policies...).add_to(of_A, of_B)(A, B);
  CHECK(differences(T(2)) == 0);
}

TEST_CASE("results that repeat one row") {
  for (const auto& [m, k, n] :
       {std::tuple{3, 63, 5}, std::tuple{9, 64, 2}, std::tuple{1, 65, 1}, std::tuple{70, 130, 67},
        std::tuple{0, 100, 4}, std::tuple{5, 100, 0}, std::tuple{100, 3, 100}}) {
    repeats_rows<matrix<double>>(m, k, n);
    repeats_rows<matrix<double>>(m, k, n, tl::simd);
    repeats_rows<matrix<float>>(m, k, n, tl::simd);
    using by_rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    repeats_rows<by_rows>(m, k, n);
    repeats_rows<by_rows>(m, k, n, tl::simd);
  }
  // The loops of other arrays are as long as before.
  constexpr auto f = [](auto A, auto B) { return sum(A * B) + sum(square(A)); };
  matrix<double> A(80, 70), B(70, 66), of_A(80, 70), of_B(70, 66);
  fill(A, 1), fill(B, 100);
  tl::value_and_grad(f, tl::simd).into(of_A, of_B)(A, B);
  matrix<double> want_A(80, 70), want_B(70, 66);
  for (int l = 0; l < 70; ++l) {
    double row = 0, column = 0;
    for (int j = 0; j < 66; ++j) row += B(l, j);
    for (int i = 0; i < 80; ++i) column += A(i, l);
    for (int i = 0; i < 80; ++i) want_A(i, l) = 2 * A(i, l) + row;
    for (int j = 0; j < 66; ++j) want_B(l, j) = column;
  }
  CHECK(close(want_A, of_A, 70, 70));
  CHECK(close(want_B, of_B, 80, 80));
}

TEST_CASE("maxima inside with rows as lanes") {
  constexpr auto largest = [](auto w, auto X, auto y) {
    return tl::sum(X.rows(), [&](auto i) {
      const auto top = tl::max(X.cols(), [&](auto j) { return X(i, j) - w[j]; });
      return top * y[i] + tl::sum(X.cols(), [&](auto j) { return square(X(i, j) - top); });
    });
  };
  same_as_default<double>("maxima", largest, block, [](int n, int m) { return 20.0 * n * m; });
}

TEST_CASE("chosen columns with rows as lanes") {
  // Integers choose weights, and columns.
  constexpr auto chosen = [](auto w, auto X, auto order) {
    return tl::sum(X.rows(), [&](auto i) {
      return square(tl::sum(X.cols(), [&](auto j) { return X(i, j) * w[order[j]]; }) +
                    tl::sum(X.cols(), [&](auto j) { return X(i, order[j]) * w[j]; }));
    });
  };
  for (int n : {0, 1, 7, 8, 9, 33, 41}) {
    for (int m : {1, 3, 8, 17}) {
      INFO(n << " x " << m);
      vector<double> w(m);
      matrix<double> X(n, m);
      Eigen::VectorXi order(m);
      fill(w, 1), fill(X, 17);
      for (int j = 0; j < m; ++j) order[j] = (3 * j + 1) % m / 2;
      const auto [value, gradient] = tl::value_and_grad<0, 1>(chosen)(w, X, order);
      const auto [packed, slopes] = tl::value_and_grad<0, 1>(chosen, tl::simd)(w, X, order);
      const double size = 8.0 * n * m * m;
      CHECK(std::abs(value - packed) <= (n + m) * 1e-15 * size);
      CHECK(close(std::get<0>(gradient), std::get<0>(slopes), size, n + m));
      CHECK(close(std::get<1>(gradient), std::get<1>(slopes), size, n + m));
    }
  }
}

TEST_CASE("sums of rows and columns with rows as lanes") {
  constexpr auto sums = [](auto w, auto X, auto y) {
    return dot(square(sum(X, tl::axis<1>)), y) + dot(square(sum(X, tl::axis<0>)), w);
  };
  same_as_default<double>("sums", sums, plain,
                          [](int n, int m) { return 4.0 * (n * m * m + m * n * n) + 1; });
  constexpr auto exponentials = [](auto w, auto X, auto y) {
    return dot(logsumexp(X - rowwise(w), tl::axis<1>), y);
  };
  // The logarithm is at most 2 + log(m), and sums of exponentials cancel to a slope of 1.
  same_as_default<double>("logsumexp", exponentials, plain,
                          [](int n, int m) { return 8.0 * n * (m + 1); });
}

TEST_CASE("long loops inside with rows as lanes") {
  // Functions, and what all rows add to.
  constexpr auto functions = [](auto w, auto X, auto y) {
    return tl::sum(X.rows(), [&](auto i) {
      return tl::sum(X.cols(),
                     [&](auto j) {
                       return sin(X(i, j) * w[j]) * exp(w[j] * y[i]) + cos(X(i, j) * w[j]);
                     }) *
             y[i];
    });
  };
  const auto of_functions = [](int n, int m) { return 20.0 * n * m; };
  same_as_default<double>("functions", functions, plain, of_functions);
  same_as_default<float>("functions of floats", functions, block, of_functions);
  same_as_default<double>("functions, gaps", functions, gaps, of_functions);
}

TEST_CASE("matrices as results with rows as lanes") {
  constexpr auto scaled = [](auto X, auto y) {
    return tl::generate(X.rows(), X.cols(),
                        [&](auto i, auto j) { return X(i, j) * y[i] + exp(X(i, j)); });
  };
  for (int n : {0, 1, 7, 8, 9, 33, 41}) {
    for (int m : {1, 3, 8, 17}) {
      INFO(n << " x " << m);
      matrix<double> X(n, m), weights(n, m);
      vector<double> y(n);
      fill(X, 17), fill(y, 1), fill(weights, 5);
      const auto [value, pull] = tl::vjp(scaled, X, y);
      const auto [packed, pull_packed] = tl::vjp(scaled, tl::simd, X, y);
      CHECK(close(value, packed, 4, 4));
      const auto [of_X, of_y] = pull(weights);
      const auto [slopes_of_X, slopes_of_y] = pull_packed(weights);
      CHECK(close(of_X, slopes_of_X, 4, 4));
      CHECK(close(of_y, slopes_of_y, m, m));
    }
  }
}
