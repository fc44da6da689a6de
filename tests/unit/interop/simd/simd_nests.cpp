// SPDX-License-Identifier: BSL-1.0
#include "support/packets.hpp"

#include <algorithm>
#include <span>
#include <vector>

using namespace packets;

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

// The number that is put comes from outside the loop, and its next iteration reads it again.
TEST_CASE("the same put by every iteration, in packets") {
  constexpr auto broadcast = [](auto w, auto, auto y) { return sum(colwise(y) + rowwise(w)); };
  constexpr auto product = [](auto w, auto X, auto y) {
    return tl::sum(X.rows(), [&](auto i) {
      const auto c = sin(y[i]);
      return tl::sum(X.cols(), [&](auto j) { return c * w[j] + sin(X(i, j)); });
    });
  };
  constexpr auto twice = [](auto w, auto X, auto y) {
    return tl::sum(X.rows(), [&](auto i) {
      const auto c = sin(y[i]);
      return tl::sum(X.cols(), [&](auto j) { return c * (X(i, j) + w[j]) + exp(c) * w[j]; });
    });
  };
  same_for_matrices<double>("broadcast", broadcast, row_by_row);
  same_for_matrices<double>("rows", product, row_by_row);
  same_for_matrices<double>("columns", product, column_by_column);
  same_for_matrices<float>("rows, more than one use", twice, row_by_row);
  same_for_matrices<double>("columns, more than one use", twice, column_by_column);
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
  const auto sum_and_product = [](auto x) {
    return tl::fold(x.size(), 0.4, [&](auto s, auto i) { return s * x[i] / 3 - (x[i] - s / 4); });
  };
  same_as_default("sum and product", sum_and_product);
  same_as_default<float>("sum and product of floats", sum_and_product);
  same_as_default("conditions", [](auto x) {
    return tl::fold(x.size(), 0.4, [&](auto s, auto i) {
      return select(x[i] > 0.3, -s / (2 + x[i]), x[i] * 0.7 - s * x[i]);
    });
  });
  same_as_default("not affine", [](auto x) {
    return tl::fold(x.size(), 0.4, [&](auto s, auto i) { return 0.5 * s * s + x[i] * 0.2; });
  });
  const auto last = [](auto x) {
    return tl::fold(x.size(), 0.4, [&](auto, auto i) { return 0.5 * x[i] * x[i]; });
  };
  same_as_default("the last", last);
  same_as_default<float>("the last of floats", last);
  same_as_default("two", [](auto x) {
    const auto [a, b] = tl::fold(x.size(), std::tuple{0.0, 1.0}, [&](auto c, auto i) {
      const auto [s, t] = c;
      return std::tuple{s + t * x[i], t * 0.9};
    });
    return a * b;
  });
}
