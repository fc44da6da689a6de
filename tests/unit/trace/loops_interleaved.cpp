// SPDX-License-Identifier: BSL-1.0
// Sums within loops, some of whose iterations may begin together: all around the numbers of
// iterations and terms where that starts, and where it must not be. Whole numbers: sums are exact.

#include "support/catch.hpp"

#include <tapeless/tapeless.hpp>

#include <cstddef>
#include <vector>

namespace tl = tapeless;

namespace {

using list = std::vector<double>;
constexpr std::size_t rows[] = {0, 1, 3, 4, 5, 8, 11};
constexpr std::size_t terms[] = {0, 1, 15, 16, 17, 37};

list whole(std::size_t n, int step) {
  list x(n);
  for (std::size_t i = 0; i < n; ++i)
    x[i] = static_cast<double>(static_cast<int>(i) * step % 7 - 3);
  return x;
}

constexpr auto residuals = [](auto w, auto X, auto y) {
  return tl::sum(X.rows(), [&](auto i) {
    return tl::square(tl::sum(X.cols(), [&](auto j) { return X(i, j) * w[j]; }) - y[i]);
  });
};
constexpr auto reordered = [](auto w, auto X, auto y, auto order) {
  return tl::sum(order.size(), [&](auto i) {
    return tl::square(tl::sum(w.size(), [&](auto j) { return X(order[i], j) * w[j]; }) - y[i]);
  });
};
// Two sums over one loop, and a number of terms that grows.
constexpr auto triangle = [](auto x, auto y) {
  return tl::sum(y.size(), [&](auto i) {
    const auto products = tl::sum(i, [&](auto j) { return x[j] * y[i]; });
    const auto squares = tl::sum(i, [&](auto j) { return x[j] * x[j]; });
    return y[i] * products + 2 * squares;
  });
};
constexpr auto nearest = [](auto centres, auto points) {
  return tl::sum(points.rows(), [&](auto i) {
    return tl::min(centres.rows(), [&](auto c) {
      return tl::sum(points.cols(),
                     [&](auto r) { return tl::square(points(i, r) - centres(c, r)); });
    });
  });
};
// Each sum reads what the iteration before has written.
constexpr auto recurrence = [](auto h, auto w, auto c, auto steps) {
  const auto last = tl::fold(steps.size(), h, [&](auto now, auto) {
    const auto s = tl::sum(w.size(), [&](auto j) { return now[j] * w[j]; });
    return tl::generate(c.size(), [&](auto i) { return now[i] + s * c[i]; });
  });
  return tl::sum(h.size(), [&](auto i) { return tl::square(last[i]); });
};

void check_rows(std::size_t n, std::size_t m) {
  INFO(n << " rows of " << m);
  const list w = whole(m, 2), data = whole(n * m, 3), y = whole(n, 5);
  double value = 0;
  list slope(m, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    double r = -y[i];
    for (std::size_t j = 0; j < m; ++j) r += data[i * m + j] * w[j];
    value += r * r;
    for (std::size_t j = 0; j < m; ++j) slope[j] += 2 * r * data[i * m + j];
  }
  const auto got = tl::value_and_grad<0>(residuals)(w, tl::view(data.data(), n, m), y);
  CHECK(got.value == value);
  CHECK(got.gradient == slope);
}

}  // namespace

TEST_CASE("rows of sums, whatever their number and length") {
  for (const std::size_t n : rows) {
    for (const std::size_t m : terms) check_rows(n, m);
  }
}

TEST_CASE("rows of sums, so many terms that they are fetched ahead") {
  check_rows(4099, 33);
  check_rows(131, 1024);
  check_rows(131, 1025);
}

TEST_CASE("rows in any order, fetched ahead") {
  const std::size_t n = 4099, m = 33;
  const list w = whole(m, 2), data = whole(n * m, 3), y = whole(n, 5);
  std::vector<int> order(n);
  for (std::size_t i = 0; i < n; ++i) order[i] = static_cast<int>(i * 577 % n);
  double value = 0;
  list slope(m, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    const double* const row = data.data() + static_cast<std::size_t>(order[i]) * m;
    double r = -y[i];
    for (std::size_t j = 0; j < m; ++j) r += row[j] * w[j];
    value += r * r;
    for (std::size_t j = 0; j < m; ++j) slope[j] += 2 * r * row[j];
  }
  const auto got = tl::value_and_grad<0>(reordered)(w, tl::view(data.data(), n, m), y, order);
  CHECK(got.value == value);
  CHECK(got.gradient == slope);
}

TEST_CASE("sums of more and more terms") {
  for (const std::size_t n : {0u, 3u, 16u, 17u, 21u, 41u}) {
    INFO(n);
    const list x = whole(n, 2), y = whole(n, 3);
    double value = 0;
    list slope(n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        value += y[i] * y[i] * x[j] + 2 * x[j] * x[j];
        slope[j] += y[i] * y[i] + 4 * x[j];
      }
    }
    const auto got = tl::value_and_grad<0>(triangle)(x, y);
    CHECK(got.value == value);
    CHECK(got.gradient == slope);
  }
}

TEST_CASE("the nearest of several, whose distances are sums") {
  for (const std::size_t n : rows) {
    for (const std::size_t m : terms) {
      constexpr std::size_t points = 3;
      if (n == 0) continue;
      INFO(n << " centres of " << m);
      const list centres = whole(n * m, 4), data = whole(points * m, 3);
      double value = 0;
      list slope(n * m, 0.0);
      for (std::size_t i = 0; i < points; ++i) {
        double best = 0;
        std::size_t at = n;
        for (std::size_t c = 0; c < n; ++c) {
          double distance = 0;
          for (std::size_t r = 0; r < m; ++r) {
            const double d = data[i * m + r] - centres[c * m + r];
            distance += d * d;
          }
          if (at == n || distance < best) best = distance, at = c;
        }
        value += best;
        for (std::size_t r = 0; r < m; ++r) {
          slope[at * m + r] += 2 * (centres[at * m + r] - data[i * m + r]);
        }
      }
      list gradient(n * m);
      auto out = tl::view(gradient.data(), n, m);
      CHECK(tl::value_and_grad<0>(nearest).into(out)(tl::view(centres.data(), n, m),
                                                     tl::view(data.data(), points, m)) == value);
      CHECK(gradient == slope);
    }
  }
}

TEST_CASE("sums of what the iteration before has written") {
  for (const std::size_t n : {1u, 16u, 19u}) {
    for (const std::size_t steps : {0u, 1u, 4u, 5u, 9u}) {
      INFO(steps << " steps of " << n);
      const list h = whole(n, 2), w = whole(n, 3), c = whole(n, 5);
      list state = h;
      for (std::size_t t = 0; t < steps; ++t) {
        double s = 0;
        for (std::size_t j = 0; j < n; ++j) s += state[j] * w[j];
        for (std::size_t i = 0; i < n; ++i) state[i] += s * c[i];
      }
      double value = 0;
      list slope(n);
      for (std::size_t i = 0; i < n; ++i) value += state[i] * state[i], slope[i] = 2 * state[i];
      for (std::size_t t = 0; t < steps; ++t) {
        double s = 0;
        for (std::size_t i = 0; i < n; ++i) s += slope[i] * c[i];
        for (std::size_t j = 0; j < n; ++j) slope[j] += s * w[j];
      }
      const auto got = tl::value_and_grad<0>(recurrence)(h, w, c, list(steps));
      CHECK(got.value == Approx(value).epsilon(1e-12));
      for (std::size_t i = 0; i < n; ++i) {
        CHECK(got.gradient[i] == Approx(slope[i]).epsilon(1e-10));
      }
    }
  }
}
