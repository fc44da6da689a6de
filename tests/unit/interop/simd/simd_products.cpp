// SPDX-License-Identifier: BSL-1.0
#include "support/packets.hpp"

#include <algorithm>
#include <span>
#include <vector>

using namespace packets;

TEST_CASE("products in packets") {
  constexpr auto product = [](auto x) { return tl::prod(x.size(), [&](auto i) { return x[i]; }); };
  same_as_default("of functions", [](auto x) {
    return tl::prod(x.size(), [&](auto i) { return 1 + 0.1 * sin(exp(x[i])) * x[0]; });
  });
  same_as_default("of indices", [](auto x) {
    return tl::prod(x.size(), [&](auto i) { return (1 + 0.2 * x[i]) * (i + 1) / (i + 2); });
  });
  same_as_default("several", [](auto x) {
    return tl::prod(x.size(), [&](auto i) { return 1 + 0.1 * x[i]; }) *
           tl::prod(x.size(), [&](auto i) { return 1 - 0.1 * x[x.size() - 1 - i]; });
  });
  same_as_default("of rows", [](auto x) {
    return tl::sum(5, [&](auto j) {
      return (j + 1) * tl::prod(x.size(), [&](auto i) { return 1 + 0.1 * x[i] * j; });
    });
  });
  same_as_default("of parts", [](auto x) {
    return tl::sum(x.size(), [&](auto i) {
      return tl::prod(i + 1, [&](auto j) { return 1 + 0.1 * x[j] * x[i]; });
    });
  });
  same_as_default("from another number on", [](auto x) {
    return tl::fold(x.size(), 0.7, [&](auto s, auto i) { return -s * (1 + 0.1 * x[i]) / 1.01; });
  });
  same_as_default("from a variable on", [](auto x) {
    return tl::fold(x.size(), sum_of(x), [&](auto s, auto i) { return s * (1 + 0.1 * x[i]); });
  });
  same_as_default("and its gradient", [&](auto x) {
    return tl::jvp(
               [](auto y) { return tl::prod(y.size(), [&](auto i) { return 1 + 0.1 * y[i]; }); },
               std::tuple{x}, std::tuple{x})
        .tangent;
  });
  same_as_default("of a conditional factor", [](auto x) {
    return tl::fold(x.size(), 1.0,
                    [&](auto s, auto i) { return select(x[i] > 0.3, s * (1 + 0.1 * x[i]), -s); });
  });
  // What is before an iteration and what is after it, used apart.
  same_as_default("and sum of its parts", [](auto x) {
    const auto parts = tl::fold(x.size(), std::tuple{1.0, 0.0}, [&](auto c, auto i) {
      const auto [s, t] = c;
      return std::tuple{s * (1 + 0.1 * x[i]), t + s};
    });
    return std::get<0>(parts) * std::get<1>(parts);
  });
  // Nothing is divided: zeros are exact, wherever they are.
  for (int n : sizes) {
    for (int first = 0; first < n; ++first) {
      std::vector<double> x(static_cast<std::size_t>(n), 0.5);
      x[static_cast<std::size_t>(first)] = 0;
      auto slopes = tl::grad(product, tl::simd)(x);
      for (int i = 0; i < n; ++i) {
        CHECK(slopes[static_cast<std::size_t>(i)] == (i == first ? std::pow(0.5, n - 1) : 0));
      }
      if (first == n / 2) continue;
      x[static_cast<std::size_t>(n / 2)] = 0;
      slopes = tl::grad(product, tl::simd)(x);
      for (int i = 0; i < n; ++i) {
        CHECK(slopes[static_cast<std::size_t>(i)] == 0);
      }
    }
  }
}

TEST_CASE("outer products of a fold in packets") {
  constexpr auto net = [](auto W, auto U, auto h0, auto x) {
    const auto last = tl::fold(x.rows(), h0, [&](auto h, auto t) {
      return tl::generate(h.size(), [&](auto i) {
        return tanh(tl::sum(U.cols(), [&](auto j) { return U(i, j) * x(t, j); }) +
                    tl::sum(h.size(), [&](auto j) { return W(i, j) * h[j]; }));
      });
    });
    return tl::sum(h0.size(), [&](auto i) { return square(last[i]); });
  };
  for (std::ptrdiff_t states : {1, 2, 3, 4, 5, 7, 8, 9, 16, 27, 520}) {
    for (std::ptrdiff_t steps : {0, 1, 2, 3, 4, 5, 6, 9}) {
      if (states > 100 && steps != 3) continue;
      const std::ptrdiff_t inputs = states % 8 + 1;
      INFO("states " << states << ", steps " << steps);
      const auto weights = numbers<double>(static_cast<int>(states * states));
      const auto inner = numbers<double>(static_cast<int>(states * inputs));
      const auto start = numbers<double>(static_cast<int>(states));
      const auto data = numbers<double>(static_cast<int>(steps * inputs));
      const auto gradients = [&](auto... policies) {
        std::vector<double> of_W(weights.size(), 0.5), of_U(inner.size(), 0.5), of_h(start.size());
        auto to_W = tl::view(of_W.data(), states, states);
        auto to_U = tl::view(of_U.data(), states, inputs);
        auto to_h = tl::view(of_h.data(), states);
        tl::value_and_grad<0, 1, 2>(net, policies...)
            .add_to(to_W, to_U, to_h)(
                tl::view(weights.data(), states, states), tl::view(inner.data(), states, inputs),
                tl::view(start.data(), states), tl::view(data.data(), steps, inputs));
        of_W.insert(of_W.end(), of_U.begin(), of_U.end());
        of_W.insert(of_W.end(), of_h.begin(), of_h.end());
        return of_W;
      };
      const auto expected = gradients(), packed = gradients(tl::simd);
      double scale = 1;
      for (double e : expected) scale = std::max(scale, std::abs(e));
      bool same = true;
      for (std::size_t i = 0; i < expected.size(); ++i) {
        same = same && close(expected[i], packed[i], scale * static_cast<double>(states));
      }
      CHECK(same);
    }
  }
}

TEST_CASE("positions of extrema in packets") {
  constexpr auto largest = [](auto x) {
    return tl::max(x.size(), [&](auto i) { return x[i] * 2; });
  };
  same_as_default("max", largest);
  same_as_default<float>("max of floats", largest);
  same_as_default("huber", [](auto x) {
    return tl::sum(x.size(), [&](auto i) { return tl::huber(3 * x[i], 0.5); });
  });
  same_as_default("min",
                  [](auto x) { return tl::min(x.size(), [&](auto i) { return sin(x[i]); }); });
  // The first winner takes all, whatever lane it is in.
  for (std::size_t n : {3u, 8u, 9u, 16u, 40u}) {
    for (std::size_t first = 0; first < n; ++first) {
      std::vector<double> x(n, 0.5);
      for (std::size_t i = first; i < n; i += 3) x[i] = 1;
      const auto slopes = tl::grad(largest, tl::simd)(x);
      for (std::size_t i = 0; i < n; ++i) CHECK(slopes[i] == (i == first ? 2 : 0));
    }
  }
  // A NaN beats all numbers, and the last one those before.
  const auto with_nan = [&]<class T>(T) {
    for (std::size_t n : {3u, 8u, 9u, 16u, 33u, 40u}) {
      for (std::size_t last = 0; last < n; ++last) {
        auto x = numbers<T>(static_cast<int>(n));
        for (std::size_t i = last % 3; i <= last; i += 3) {
          x[i] = std::numeric_limits<T>::quiet_NaN();
        }
        const auto [value, slopes] = tl::value_and_grad(largest, tl::simd)(x);
        CHECK(std::isnan(value));
        for (std::size_t i = 0; i < n; ++i) CHECK(slopes[i] == (i == last ? 2 : 0));
      }
    }
  };
  with_nan(double());
  with_nan(float());
  // Nothing is larger than what none of them is.
  const std::vector<double> least(11, -std::numeric_limits<double>::infinity());
  CHECK(tl::value_and_grad(largest, tl::simd)(least).value == least[0]);
}

TEST_CASE("short sums inside extrema in packets") {
  constexpr auto clusters = [](auto w, auto X, auto y) {
    return tl::sum(y.size(), [&](auto i) {
      return select(X.rows() > 0,
                    tl::min(X.rows(),
                            [&](auto k) {
                              return tl::sum(X.cols(),
                                             [&](auto j) { return square(w[j] * y[i] - X(k, j)); });
                            }),
                    0.0);
    });
  };
  same_for_matrices<double>("rows", clusters, row_by_row);
  same_for_matrices<float>("rows of floats", clusters, row_by_row);
  same_for_matrices<double>("columns", clusters, column_by_column);
  same_for_matrices<double>("gaps", clusters, with_gaps);
}

TEST_CASE("ties of sums in packets") {
  // Equal rows are equally far: the first one is the nearest, in whichever packet or lane it is.
  constexpr auto clusters = [](auto centres, auto points) {
    return tl::sum(points.rows(), [&](auto i) {
      return tl::min(centres.rows(), [&](auto k) {
        return tl::sum(points.cols(), [&](auto j) { return square(points(i, j) - centres(k, j)); });
      });
    });
  };
  for (int columns : {1, 2, 5, 9, 20}) {
    for (int rows : {3, 8, 9, 10, 16, 17, 25}) {
      INFO(columns << " columns, " << rows << " rows");
      const int first = rows > 8 ? 1 : 0;
      const Eigen::MatrixXd points = Eigen::MatrixXd::Constant(3, columns, 0.3);
      Eigen::MatrixXd centres = Eigen::MatrixXd::Constant(rows, columns, 7.0);
      for (int j = 0; j < columns; ++j) {
        for (int k = first; k < rows; k += 8) centres(k, j) = 1.1 + 0.37 * j;
        centres(rows - 1, j) = centres(first, j);
      }
      const Eigen::Matrix<double, -1, -1, Eigen::RowMajor> p = points, c = centres;
      const auto slopes = tl::grad<0>(clusters, tl::simd)(c, p);
      const auto by_column = tl::grad<0>(clusters, tl::simd)(centres, points);
      bool only_first = true;
      for (int k = 0; k < rows; ++k) {
        only_first = only_first && (slopes(k, 0) != 0) == (k == first) &&
                     (by_column(k, 0) != 0) == (k == first);
      }
      CHECK(only_first);
    }
  }
}
