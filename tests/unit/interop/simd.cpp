// SPDX-License-Identifier: BSL-1.0
#include <tapeless/tapeless.hpp>
// After the core, which it does not include.
#include <tapeless/interop/eigen.hpp>
#include <tapeless/interop/simd.hpp>
#include <tapeless/trace/view.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <support/catch.hpp>
#include <tuple>
#include <vector>

namespace tl = tapeless;

namespace {

constexpr int sizes[]{0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
                      12, 13, 14, 15, 16, 17, 31, 33, 64, 70, 100};

template <class T>
std::vector<T> numbers(int n) {
  std::vector<T> v(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i)
    v[static_cast<std::size_t>(i)] = static_cast<T>(std::sin(1.3 * i) + 0.1);
  return v;
}
template <class T>
bool close(T a, T b, T scale) {
  return a == b || std::abs(a - b) <= 100 * std::numeric_limits<T>::epsilon() * (1 + scale);
}

/// Packets give what numbers do, up to the order of sums.
template <class T = double, class F>
void same_as_default(const char* name, F f) {
  for (int n : sizes) {
    INFO(name << ", n = " << n);
    const auto x = numbers<T>(n);
    const auto [value, gradient] = tl::value_and_grad(f)(x);
    const auto [packed, slopes] = tl::value_and_grad(f, tl::simd)(x);
    CHECK(close(value, packed, std::abs(value) + static_cast<T>(n)));
    for (std::size_t i = 0; i < x.size(); ++i) {
      CHECK(close(gradient[i], slopes[i], std::abs(gradient[i]) + static_cast<T>(n)));
    }
    // Accumulated, and into memory of the caller's.
    std::vector<T> sum(x.size(), T(2));
    tl::value_and_grad(f, tl::simd).add_to(sum)(x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      CHECK(close(sum[i], 2 + slopes[i], std::abs(gradient[i]) + static_cast<T>(n)));
    }
  }
}

constexpr auto sum_of = [](auto x) { return tl::sum(x.size(), [&](auto i) { return x[i]; }); };
constexpr auto rosenbrock = [](auto x) {
  return tl::sum(x.size() - 1,
                 [&](auto i) { return 100 * square(x[i + 1] - x[i] * x[i]) + square(1 - x[i]); });
};
constexpr auto logarithm_of_sum = [](auto x) {
  return tl::logsumexp(x.size(), [&](auto i) { return x[i] * x[i]; });
};

}  // namespace

TEST_CASE("sums in packets") {
  same_as_default("sum", sum_of);
  same_as_default<float>("sum of floats", sum_of);
  same_as_default("variance", [](auto x) {
    const auto mean = sum_of(x) / (x.size() + 1);
    return tl::sum(x.size(), [&](auto i) { return square(x[i] - mean); });
  });
  same_as_default("index as a value", [](auto x) {
    return tl::sum(x.size(), [&](auto i) { return x[i] * (i + 1) * i; });
  });
}

TEST_CASE("neighbouring elements in packets") {
  same_as_default("two", rosenbrock);
  same_as_default<float>("two floats", rosenbrock);
  same_as_default("three", [](auto x) {
    return tl::sum(x.size() - 2, [&](auto i) { return exp(x[i + 1] * x[i + 2] - x[i] * x[i]); });
  });
  same_as_default("at a boundary", [](auto x) {
    return tl::sum(x.size(), [&](auto i) { return select(i > 0, x[i - 1], 2.0) * x[i]; });
  });
}

TEST_CASE("extrema and conditions in packets") {
  same_as_default("logsumexp", logarithm_of_sum);
  same_as_default("max",
                  [](auto x) { return tl::max(x.size(), [&](auto i) { return x[i] * x[i]; }); });
  same_as_default("select", [](auto x) {
    return tl::sum(x.size(), [&](auto i) {
      return select(x[i] > 0.2 && !(x[i] >= 0.8), sin(x[i]), select(i == 3, x[i] * 5, x[i] * i));
    });
  });
}

TEST_CASE("functions in packets") {
  same_as_default("elementary", [](auto x) {
    return tl::sum(x.size(), [&](auto i) {
      const auto a = abs(x[i]) + 1;
      return pow(a, 1.5) + tanh(x[i]) / sqrt(a) + max(x[i], 0.3) + log1p(a) * cos(x[i]) +
             atan2(x[i], a) + cbrt(a) + logistic(x[i]);
    });
  });
}

TEST_CASE("signs in packets") {
  constexpr auto distance = [](auto x) {
    return tl::sum(x.size(), [&](auto i) { return abs(x[i]) + i * sign(x[i]); });
  };
  same_as_default("abs", distance);
  same_as_default<float>("abs of floats", distance);
  std::vector<double> x(17, 0.0);
  x[3] = -0.0, x[5] = std::numeric_limits<double>::quiet_NaN();
  x[6] = -std::numeric_limits<double>::infinity();
  const auto slopes = tl::grad(distance, tl::simd)(x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (i == 5) {
      CHECK(std::isnan(slopes[i]));
    } else {
      CHECK(slopes[i] == (i == 6 ? -1 : 0));
    }
  }
}

TEST_CASE("nests in packets") {
  same_as_default("inner loop", [](auto x) {
    return tl::sum(x.size(), [&](auto i) {
      return x[i] * tl::sum(x.size(), [&](auto j) { return sin(x[j] * x[i]); });
    });
  });
  same_as_default("triangle", [](auto x) {
    return tl::sum(x.size(), [&](auto i) {
      return x[i] * exp(0.1 * tl::sum(i + 1, [&](auto j) { return x[j] * x[i - j]; }));
    });
  });
  same_as_default("fold", [](auto x) {
    return tl::fold(x.size(), 0.3, [&](auto c, auto i) { return 0.5 * sin(c + x[i]); });
  });
}

TEST_CASE("matrices in packets, whatever their strides") {
  constexpr auto loss = [](auto w, auto X) {
    return tl::sum(X.rows(), [&](auto i) {
      return square(tl::sum(X.cols(), [&](auto j) { return X(i, j) * w[j]; }) - 1);
    });
  };
  const auto data = numbers<double>(17 * 13 * 2);
  const auto w = numbers<double>(13);
  for (int stride : {1, 2}) {
    const auto X = tl::view(data.data(), 17, 13, 13 * stride, stride);
    const auto [value, gradient] = tl::value_and_grad<0, 1>(loss)(w, X);
    const auto [packed, slopes] = tl::value_and_grad<0, 1>(loss, tl::simd)(w, X);
    CHECK(close(value, packed, value));
    for (std::size_t j = 0; j < 13; ++j) {
      CHECK(close(std::get<0>(gradient)[j], std::get<0>(slopes)[j], value));
    }
    for (int i = 0; i < 17; ++i) {
      for (int j = 0; j < 13; ++j) {
        CHECK(close(std::get<1>(gradient)(i, j), std::get<1>(slopes)(i, j), value));
      }
    }
  }
}

/// Of n rows and m columns that lie as the strides say, with w[m].
template <class T, class Loss, class Make>
void same_for_matrices(const char* name, Loss loss, Make make) {
  for (int n : {0, 1, 3, 8, 17, 33}) {
    for (int m : {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 33}) {
      INFO(name << ", " << n << " x " << m);
      const auto data = numbers<T>(2 * n * m + 1);
      const auto w = numbers<T>(m);
      const auto y = numbers<T>(n);
      const auto X = make(data.data(), n, m);
      const auto [value, gradient] = tl::value_and_grad<0, 1>(loss)(w, X, y);
      const auto [packed, slopes] = tl::value_and_grad<0, 1>(loss, tl::simd)(w, X, y);
      const T scale = std::abs(value) + static_cast<T>(n * m);
      CHECK(close(value, packed, scale));
      for (std::size_t j = 0; j < w.size(); ++j) {
        CHECK(close(std::get<0>(gradient)[j], std::get<0>(slopes)[j], scale));
      }
      bool all = true;
      for (int i = 0; i < n; ++i) {
        for (int j = 0; j < m; ++j) {
          all = all && close(std::get<1>(gradient)(i, j), std::get<1>(slopes)(i, j), scale);
        }
      }
      CHECK(all);
    }
  }
}
constexpr auto row_by_row = [](const auto* data, int n, int m) { return tl::view(data, n, m); };
constexpr auto column_by_column = [](const double* data, int n, int m) {
  return Eigen::MatrixXd(Eigen::Map<const Eigen::MatrixXd>(data, n, m));
};
constexpr auto with_gaps = [](const auto* data, int n, int m) {
  return tl::view(data, n, m, 2 * m, 2);
};

TEST_CASE("packets of rows") {
  constexpr auto regression = [](auto w, auto X, auto y) {
    return tl::sum(X.rows(), [&](auto i) {
      return square(tl::sum(X.cols(), [&](auto j) { return X(i, j) * w[j]; }) - y[i]);
    });
  };
  same_for_matrices<double>("rows", regression, row_by_row);
  same_for_matrices<float>("rows of floats", regression, row_by_row);
  same_for_matrices<double>("columns", regression, column_by_column);
  same_for_matrices<double>("gaps", regression, with_gaps);
  constexpr auto chosen = [](auto w, auto X, auto y) {
    return tl::sum(X.rows(), [&](auto i) {
      const auto largest = tl::max(X.cols(), [&](auto j) { return X(i, j) - w[j]; });
      return tl::sum(X.cols(),
                     [&](auto j) {
                       return select(X(i, j) < y[i] && y[i] > 0.3, X(i, j) * w[j] * (i + 1),
                                     w[j] * j + y[i]);
                     }) *
             select(X.cols() > 0, largest, 1.0);
    });
  };
  same_for_matrices<double>("conditions", chosen, row_by_row);
  constexpr auto over_columns = [](auto w, auto X, auto y) {
    return tl::sum(X.cols(), [&](auto j) {
      return w[j] * tl::sum(X.rows(), [&](auto i) { return square(X(i, j) * y[i]); });
    });
  };
  same_for_matrices<float>("rows inside", over_columns, row_by_row);
}

TEST_CASE("gathers in packets") {
  constexpr auto loss = [](auto b, auto id, auto y) {
    return tl::sum(id.size(), [&](auto i) { return square(b[id[i]] - y[i]) * b[id[i]]; });
  };
  const auto check = [&]<class T, class I>(T, I) {
    for (int n : sizes) {
      INFO("n = " << n);
      const auto b = numbers<T>(7);
      const auto y = numbers<T>(n);
      std::vector<I> id(static_cast<std::size_t>(n));
      for (std::size_t i = 0; i < id.size(); ++i) id[i] = static_cast<I>(i * i % 7);
      const auto [value, gradient] = tl::value_and_grad<0, 2>(loss)(b, id, y);
      const auto [packed, slopes] = tl::value_and_grad<0, 2>(loss, tl::simd)(b, id, y);
      const T scale = std::abs(value) + static_cast<T>(n);
      CHECK(close(value, packed, scale));
      for (std::size_t k = 0; k < b.size(); ++k) {
        CHECK(close(std::get<0>(gradient)[k], std::get<0>(slopes)[k], scale));
      }
      for (std::size_t k = 0; k < y.size(); ++k) {
        CHECK(close(std::get<1>(gradient)[k], std::get<1>(slopes)[k], scale));
      }
    }
  };
  check(double(), int());
  check(double(), std::ptrdiff_t());
  check(float(), int());
}

TEST_CASE("slopes other than one in packets") {
  same_as_default("every second", [](auto x) {
    return tl::sum((x.size() + 1) / 2, [&](auto i) { return square(x[2 * i]) * i; });
  });
  same_as_default("quotients", [](auto x) {
    return tl::sum(x.size(), [&](auto i) { return square(x[i / 2]) * x[i % 3]; });
  });
  same_as_default("from the end", [](auto x) {
    return tl::sum(x.size(), [&](auto i) { return x[i] * x[x.size() - 1 - i]; });
  });
}

TEST_CASE("folds in packets") {
  same_as_default(
      "product", [](auto x) { return tl::prod(x.size(), [&](auto i) { return 1 + 0.2 * x[i]; }); });
  same_as_default<float>("product of floats", [](auto x) {
    return tl::prod(x.size(), [&](auto i) { return 1 + x[i] / 10; });
  });
  same_as_default("zeros", [](auto x) {
    return tl::prod(x.size(), [&](auto i) { return select(x[i] > 1.0, 0.0, 1 + 0.1 * x[i]); });
  });
  same_as_default("sum and product", [](auto x) {
    return tl::fold(x.size(), 0.4, [&](auto s, auto i) { return 0.3 * s * x[i] - (x[i] - s); });
  });
  same_as_default("conditions", [](auto x) {
    return tl::fold(x.size(), 0.4, [&](auto s, auto i) {
      return select(x[i] > 0.3, -s / (2 + x[i]), x[i] * 0.7 - s * x[i]);
    });
  });
  same_as_default("not affine", [](auto x) {
    return tl::fold(x.size(), 0.4, [&](auto s, auto i) { return 0.5 * s * s + x[i] * 0.2; });
  });
  same_as_default("the last", [](auto x) {
    return tl::fold(x.size(), 0.4, [&](auto, auto i) { return 0.5 * x[i] * x[i]; });
  });
  same_as_default("two", [](auto x) {
    const auto [a, b] = tl::fold(x.size(), std::tuple{0.0, 1.0}, [&](auto c, auto i) {
      const auto [s, t] = c;
      return std::tuple{s + t * x[i], t * 0.9};
    });
    return a * b;
  });
}

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

TEST_CASE("NaN and infinity in packets") {
  auto x = numbers<double>(33);
  x[20] = std::numeric_limits<double>::quiet_NaN();
  CHECK(std::isnan(tl::value_and_grad(sum_of, tl::simd)(x).value));
  x[20] = std::numeric_limits<double>::infinity();
  CHECK(tl::value_and_grad(sum_of, tl::simd)(x).value == x[20]);
}
