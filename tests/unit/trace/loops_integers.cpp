// SPDX-License-Identifier: BSL-1.0
// Integer arguments and elements of std::arrays of integers as indices.

#include "support/array_laws.hpp"
#include "support/mistakes.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

using namespace array_laws;

namespace {

constexpr auto gather = [](auto x, auto id) {
  return tl::sum(3, [&](auto i) { return x[i] * x[id[i]]; });
};
constexpr auto neighbours = [](auto x, auto k) { return x[k] * x[k + 1] * k; };
/// A matrix of K columns in a flat array, read from both ends.
constexpr auto flat = [](auto p, auto K, auto n, auto start) {
  return tl::sum(n, [&](auto i) {
    return tl::sum(3,
                   [&](auto c) { return p[start + i * K + c] * p[start + K * i + c] * (c + 1); });
  });
};
/// i % K of an index and an argument, as an index and as a value.
constexpr auto periodic = [](auto x, auto K) {
  return tl::sum(x.size(), [&](auto i) { return sin(x[i % K] * x[i]) * (i % K + 1); });
};
constexpr auto periodic_fold = [](auto x, auto K) {
  return tl::fold(x.size(), 1, [&](auto c, auto i) { return sin(c * x[i % K]) + x[i]; });
};
/// Of arguments alone, without a loop.
constexpr auto corners = [](auto x, auto K) { return x[K % 2] * x[7 % (K + 1)] * (K % 3); };

}  // namespace

TEST_CASE("a std::array of integers indexes") {
  const list a{1, 2, 4};
  CHECK(tl::grad<0>(gather)(a, std::array{0, 2, 1}) == list{2, 8, 4});
  CHECK(tl::grad<0>(gather)(a, std::array<std::uint8_t, 3>{0, 2, 1}) == list{2, 8, 4});
  const std::array<double, 3> b{1, 2, 4};
  CHECK(tl::grad<0>(gather)(b, std::array{0, 2, 1}) == std::array{2.0, 8.0, 4.0});
  static_assert(tl::grad<0>(gather)(std::array{1.0, 2.0, 4.0}, std::array{0, 2, 1})[1] == 8);
  // x0 x0 + 2 x1 x2
  const auto here = tl::bind_back(gather, std::array{0, 2, 1});
  const auto [gradient, product] =
      tl::jvp(tl::grad(here), std::tuple{a}, std::tuple{list{1, 2, 3}});
  CHECK(gradient == list{2, 8, 4});
  CHECK(product == list{2, 6, 4});
  const auto pairs = [](auto x, auto id) {
    return tl::sum(2, [&](auto i) { return x[id[i][0]] * x[id[i][1]]; });
  };
  CHECK(tl::grad<0>(pairs)(a, std::array<std::array<int, 2>, 2>{{{0, 1}, {1, 2}}}) ==
        list{2, 5, 2});
  const auto in_tuple = [](auto x, auto t) {
    return tl::sum(2, [&](auto i) { return x[std::get<1>(t)[i]] * std::get<0>(t); });
  };
  CHECK(tl::grad<0>(in_tuple)(a, std::tuple{3.0, std::array{2, 2}}) == list{0, 0, 6});
}

TEST_CASE("an integer argument indexes") {
  const list a{1, 2, 4};
  CHECK(tl::grad<0>(neighbours)(a, 1) == list{0, 4, 2});
  CHECK(tl::grad<0>(neighbours)(a, 1ul) == list{0, 4, 2});
  CHECK(tl::grad<0>(neighbours)(std::array{1.0, 2.0, 4.0}, 1) == std::array{0.0, 4.0, 2.0});
  const auto element = [](auto m, auto i, auto j) { return m(i, j) * m[j][i]; };
  tl::matrix<double> m(2, 2);
  m(0, 1) = 3, m(1, 0) = 5;
  CHECK(tl::grad<0>(element)(m, 0, 1)(1, 0) == 3);
  const auto divided = [](auto x, auto k) { return x[k] / k + k / 2; };  // values as before
  CHECK(tl::evaluate(divided)(list{1, 2, 4}, 1) == 2.5);
  const auto several = [](auto x, auto k) {
    return tl::sum(2, [&](auto i) { return tl::evaluate(neighbours)(x, i) + x[2 * i - k + 1]; });
  };
  CHECK(tl::evaluate(several)(a, 1) == 8 + 1 + 4);
}

TEST_CASE("remainders of integer arguments index") {
  const auto plain = [](const std::vector<long double>& x, int K) {
    long double s = 0;
    for (int i = 0; i < static_cast<int>(x.size()); ++i) {
      const int r = K == 0 ? 0 : i % K;
      s += std::sin(x[static_cast<std::size_t>(r)] * x[static_cast<std::size_t>(i)]) * (r + 1);
    }
    return s;
  };
  const auto plain_fold = [](const std::vector<long double>& x, int K) {
    long double s = 1;
    for (int i = 0; i < static_cast<int>(x.size()); ++i) {
      const int r = K == 0 ? 0 : i % K;
      s = std::sin(s * x[static_cast<std::size_t>(r)]) + x[static_cast<std::size_t>(i)];
    }
    return s;
  };
  const auto compare = [](const auto& f, const auto& wanted, const list& x, int K) {
    const std::vector<long double> exact(x.begin(), x.end());
    const auto [value, gradient] = tl::value_and_grad<0>(f)(x, K);
    CHECK(std::abs(value - static_cast<double>(wanted(exact, K))) < 1e-12);
    list direction(x.size());
    long double along = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      auto above = exact, below = exact;
      above[i] += 1e-6L, below[i] -= 1e-6L;
      const auto slope = static_cast<double>((wanted(above, K) - wanted(below, K)) / 2e-6L);
      CHECK(std::abs(gradient[i] - slope) < 1e-9);
      direction[i] = 1 + 0.5 * static_cast<double>(i);
      along += slope * direction[i];
    }
    const auto bound = tl::bind_back(f, K);
    CHECK(std::abs(tl::jvp(bound, std::tuple{x}, std::tuple{direction}).tangent -
                   static_cast<double>(along)) < 1e-8);
  };
  for (const int n : {0, 1, 5, 8}) {
    for (const int K : {0, 1, 2, 3, 7, 8, 20}) {  // by 0 it is 0
      list x(static_cast<std::size_t>(n));
      for (std::size_t i = 0; i < x.size(); ++i) x[i] = 0.3 + 0.1 * static_cast<double>(i);
      CAPTURE(n, K);
      compare(periodic, plain, x, K);
      compare(periodic_fold, plain_fold, x, K);
    }
  }
}

TEST_CASE("remainders of integer arguments need no loop") {
  const std::array<double, 4> x{2, 3, 5, 7};
  CHECK(tl::value_and_grad<0>(corners)(x, 3).value == 0);
  CHECK(tl::grad<0>(corners)(x, 4) == std::array{5.0, 0.0, 2.0, 0.0});   // x0 x2
  CHECK(tl::grad<0>(corners)(x, 5) == std::array{0.0, 12.0, 0.0, 0.0});  // 2 x1 x1
  const auto counted = [](auto t, auto k) { return t * t * (k % 4); };
  CHECK(tl::grad<0>(counted)(5.0, 7) == 30);
}

TEST_CASE("integer arguments as indices are checked") {
  const list a{1, 2, 4};
  CHECK(contains(mistake([&] { (void)tl::grad<0>(neighbours)(a, 2); }), "index 3"));
  CHECK(contains(mistake([&] { (void)tl::grad<0>(neighbours)(a, -1); }), "index -1"));
}

TEST_CASE("strides of either sign are checked") {
  const list p{1, 2, 3, 4, 5, 6};
  for (const int K : {3, 2, 1, 0, -1, -3, 4}) {
    for (const int n : {0, 1, 2, 3}) {
      for (const int start : {0, 1, 3, -1, 4}) {
        list expected(6);
        bool outside = false;
        for (int i = 0; i < n; ++i) {
          for (int c = 0; c < 3; ++c) {
            const int k = start + i * K + c;
            outside = outside || k < 0 || k >= 6;
            if (!outside) {
              const auto at = static_cast<std::size_t>(k);
              expected[at] += 2 * p[at] * (c + 1);
            }
          }
        }
        CAPTURE(K, n, start);
        if (outside) {
          CHECK_THROWS_AS(tl::grad<0>(flat)(p, K, n, start), std::invalid_argument);
        } else {
          CHECK(tl::grad<0>(flat)(p, K, n, start) == expected);
        }
      }
    }
  }
}
TEST_CASE("a size times an index is checked in either order") {
  const auto f = [](auto x, auto y) {
    const auto n = y.size();
    return tl::sum(2, [&](auto i) { return x[n * i]; });
  };
  CHECK(tl::evaluate(f)(list{1, 2, 3}, list{0, 0}) == 4);
  CHECK(contains(mistake([&] { (void)tl::evaluate(f)(list{1, 2}, list{0, 0}); }), "index 2"));
}

TEST_CASE("the number of iterations is an element of an array") {
  const auto sum = [](auto x) { return tl::sum(x[0] * 4, [&](auto i) { return x[i] * x[i]; }); };
  CHECK(tl::grad(sum)(list{0.5, 2, 3}) == list{1, 4, 0});
  const auto product = [](auto x) {
    return tl::fold(x[0] * 4, 1.0, [&](auto c, auto i) { return c * x[1] * (i + 1); });
  };
  CHECK(tl::evaluate(product)(list{0.5, 2}) == 8);
}

TEST_CASE("mistakes of bound data and of std::arrays are exceptions too") {
  const auto scaled = [](auto t, auto x) { return t * x[5]; };
  const auto bound = tl::bind_back(scaled, list{1, 2});
  CHECK(contains(mistake([&] { (void)tl::grad(bound)(2.0); }), "index 5"));
  CHECK(contains(mistake([&] { (void)tl::vjp(bound, 2.0).pullback(1.0); }), "index 5"));
  const auto first = [](auto x, auto n) { return tl::sum(n, [&](auto i) { return x[i]; }); };
  const std::array<double, 2> a{1, 2};
  CHECK(contains(mistake([&] { (void)tl::evaluate(first)(a, 3.0); }), "index 2"));
  CHECK(contains(mistake([&] { (void)tl::evaluate(neighbours)(a, 1); }), "index 2"));
}

TEST_CASE("integer arguments are indices as they are, not as the program's numbers") {
  constexpr auto squared = [](auto x, auto k) { return x[k] * x[k]; };
  constexpr auto both = [](auto x, auto k) { return tl::sum(2, [&](auto i) { return x[i + k]; }); };
  const std::size_t far = (std::size_t(1) << 24) + 1;  // no float
  std::vector<float> v(far + 3);
  v[far] = 2, v[far + 1] = 3;
  CHECK(tl::evaluate(squared)(v, far) == 4);
  CHECK(tl::evaluate(both)(v, far) == 5);
  const auto g = tl::grad<0>(squared)(v, far);
  CHECK(g[far] == 4);
  CHECK(g[far - 1] == 0);
  // Beyond all arrays.
  const std::vector<double> two{1, 2};
  for (const std::size_t k : {~std::size_t(0), std::size_t(1) << 63, std::size_t(1) << 62}) {
    CHECK_THROWS_AS(tl::grad<0>(squared)(two, k), std::invalid_argument);
    CHECK_THROWS_AS(tl::evaluate(squared)(two, k), std::invalid_argument);
  }
}
