// SPDX-License-Identifier: BSL-1.0
// Indices that are quotients, remainders or entries of integer matrices.

#include "support/array_laws.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

using namespace array_laws;

namespace {

constexpr auto parity = [](auto x) {
  return tl::sum(x.size(), [&](auto i) { return tl::square(x[i]) * x[i % 3] * x[i / 2]; });
};
constexpr auto ring = [](auto x) {
  const auto n = x.size();
  return tl::sum(n, [&](auto i) { return tl::square(x[(i + 1) % n] - x[i]) * x[(i + n - 2) % n]; });
};
constexpr auto flat = [](auto x, auto cols) {  // matrix as flat array, by one loop
  const auto c = cols.size();
  return tl::sum(x.size(), [&](auto k) {
    const auto i = k / c, j = k % c;
    return x[k] * x[j * c + i] * (i + 2 * j);
  });
};
constexpr auto stored = [](auto x) {
  const auto s = tl::generate(x.size(), [&](auto i) { return sin(x[i]); });
  const auto t = tl::generate(x.size(), [&](auto i) { return exp(s[i / 2]) * s[i % 2]; });
  return tl::sum(x.size(), [&](auto i) { return t[i] * t[x.size() - 1 - i]; });
};
constexpr auto halves = [](auto x) {
  return tl::sum(x.size() / 2, [&](auto i) { return x[2 * i] * x[2 * i + 1] * x[i]; });
};
constexpr auto alternate = [](auto x) {
  return tl::fold(x.size(), 1.0, [&](auto c, auto i) {
    return tl::select(i % 2 == 0, c + x[i] * x[i], c * x[i / 2]);
  });
};
constexpr auto mesh = [](auto x, auto tri) {
  return tl::sum(tri.rows(), [&](auto t) {
    const auto a = x[tri(t, 0)], b = x[tri(t, 1)], c = x[tri(t, 2)];
    return tl::square(a - b) * c + tl::square(b - c) * a;
  });
};
constexpr auto mesh2 = [](auto x, auto tri) {
  return tl::sum(tri.rows(), [&](auto t) {
    const auto p = tl::generate(tri.cols(), [&](auto k) { return sin(x[tri[t][k]]); });
    return tl::prod(tri.cols(), [&](auto k) { return 1 + p[k]; }) +
           tl::sum(tri.cols(), [&](auto k) { return p[k] * p[tri.cols() - 1 - k]; });
  });
};
constexpr auto fraction = [](auto x) {
  return tl::sum(x.size(), [&](auto i) { return sin(1.0 * i / x.size() * x[i]); });
};

}  // namespace

TEST_CASE("quotients and remainders as indices") {
  for (int n : {2, 3, 6, 7}) {
    const auto x = numbers(n);
    if (n > 2) hold_with_data("parity", parity, x);
    hold_with_data("ring", ring, x);
    hold_with_data("stored", stored, x);
    hold_with_data("halves", halves, x);
    hold_with_data("alternate", alternate, x);
    hold_with_data("fraction", fraction, x);
  }
  hold_with_data("flat", flat, numbers(9), list(3));
  CHECK(tl::evaluate([](auto x) {
          return tl::sum(x.size(), [&](auto i) { return 10 * (i / 2) + i % 2; });
        })(list(4)) == 0 + 1 + 10 + 11);
}

TEST_CASE("quotients as indices are checked before anything is computed") {
  CHECK_THROWS_AS(tl::evaluate([](auto x, auto y) {
                    return tl::sum(x.size(), [&](auto i) { return y[i / 2]; });
                  })(list(4), list(1)),
                  std::invalid_argument);
  CHECK(tl::evaluate([](auto x, auto y) {
          return tl::sum(x.size(), [&](auto i) { return y[i / 2]; });
        })(list(4), list(2)) == 0);
}

TEST_CASE("entries of integer matrices as indices") {
  const std::array tri{0, 1, 2, 1, 2, 3, 4, 0, 4};
  hold_with_data("mesh", mesh, numbers(5), tl::view(tri.data(), 3, 3));
  hold_with_data("mesh2", mesh2, numbers(5), tl::view(tri.data(), 3, 3));
  tl::matrix<int> m(3, 3);
  std::copy(tri.begin(), tri.end(), m.begin());
  hold_with_data("mesh", mesh, numbers(5), m);
  int c[3][3] = {{0, 1, 2}, {1, 2, 3}, {4, 0, 4}};
  hold_with_data("mesh", mesh, numbers(5), c);
  CHECK_THROWS_AS(tl::evaluate(mesh)(numbers(5), tl::matrix<int>(3, 2)), std::invalid_argument);
}
