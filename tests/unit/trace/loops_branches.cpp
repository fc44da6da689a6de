// SPDX-License-Identifier: BSL-1.0
// Branches inside of loops: cond, of which one side runs, and select, which keeps an index that is
// out of range from being read.

#include "support/array_laws.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <utility>

using namespace array_laws;

TEST_CASE("cond of values obeys the laws") {
  const auto f = [](auto a) {
    return tl::sum(a.size(), [&](auto i) {
      return tl::cond(
          a[i] > 0.1, [&] { return sqrt(a[i]) * a[i]; },
          [&] { return tl::sum(i, [&](auto j) { return a[i] * a[j] * a[j]; }); });
    });
  };
  hold("cond", f, [](const auto& x) {
    number<decltype(x)> s = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (x[i] > 0.1) s += std::sqrt(x[i]) * x[i];
      for (std::size_t j = 0; j < i && !(x[i] > 0.1); ++j) s += x[i] * x[j] * x[j];
    }
    return s;
  });
}

TEST_CASE("cond of structures, and branches in branches") {
  const auto f = [](auto a) {
    return tl::fold(a.size(), 0.3, [&](auto c, auto i) {
      const auto [p, q] = tl::cond(
          c > a[i], [&] { return std::tuple{c * a[i], c}; },
          [&] {
            return std::tuple{
                tl::cond(a[i] > 0.5, [&] { return sin(c); }, [&] { return a[i]; }), 0.5};
          });
      return p + q * a[i];
    });
  };
  hold("cond of a tuple", f, [](const auto& x) {
    number<decltype(x)> c = 0.3;
    for (const auto e : x) {
      const auto p = c > e ? c * e : e > 0.5 ? std::sin(c) : e;
      const auto q = c > e ? c : 0.5;
      c = p + q * e;
    }
    return c;
  });
}

TEST_CASE("neighbours at a boundary, by select and by cond") {
  const auto by_select = [](auto a) {
    return tl::sum(a.size(), [&](auto i) {
      const auto left = tl::select(i > 0, a[i - 1], 0.25);
      const auto right = tl::select(i + 1 < a.size(), a[i + 1], a[i]);
      return left * right * a[i];
    });
  };
  const auto by_cond = [](auto a) {
    return tl::sum(a.size(), [&](auto i) {
      const auto left = tl::cond(i > 0, [&] { return a[i - 1]; }, [&] { return 0.25; });
      const auto right =
          tl::cond(i == a.size() - 1, [&] { return a[i]; }, [&] { return a[i + 1]; });
      return left * right * a[i];
    });
  };
  const auto plain = [](const auto& x) {
    number<decltype(x)> s = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const auto left = i > 0 ? x[i - 1] : 0.25;
      s += left * (i + 1 < x.size() ? x[i + 1] : x[i]) * x[i];
    }
    return s;
  };
  hold("select", by_select, plain);
  for (const int n : sizes) {
    const auto want = tl::value_and_grad(by_select)(numbers(n));
    const auto got = tl::value_and_grad(by_cond)(numbers(n));
    close("cond", got.value, want.value, 1e-14);
    close("cond", got.gradient, want.gradient, 1e-14);
  }
}

TEST_CASE("an array that is shorter than the loop is read where the condition says") {
  const auto f = [](auto a, auto b) {
    return tl::sum(a.size(), [&](auto i) { return a[i] * tl::select(i < b.size(), b[i], 0.0); });
  };
  const auto g = [](auto a, auto b) {
    return tl::sum(a.size(), [&](auto i) {
      return tl::cond(i < b.size(), [&] { return a[i] * b[i]; }, [&] { return 0 * a[i]; });
    });
  };
  const list a{1, 2, 3}, b{5, 7};
  CHECK(tl::evaluate(f)(a, b) == 19);
  CHECK(std::get<1>(tl::grad(f)(a, b)) == list{1, 2});
  CHECK(tl::evaluate(g)(a, b) == 19);
  CHECK(std::get<0>(tl::grad(g)(a, b)) == list{5, 7, 0});
}

TEST_CASE("the side not taken contributes nothing, not even NaN") {
  const auto by_cond = [](auto a) {
    return tl::sum(a.size(), [&](auto i) {
      return tl::cond(a[i] > 0, [&] { return sqrt(a[i]); }, [&] { return a[i] * a[i]; });
    });
  };
  const auto by_select = [](auto a) {
    return tl::sum(a.size(), [&](auto i) { return tl::select(a[i] > 0, sqrt(a[i]), a[i] * a[i]); });
  };
  const list x{-1, 0, 4, -2};
  CHECK(tl::evaluate(by_cond)(x) == 7);
  CHECK(tl::grad(by_cond)(x) == list{-2, 0, 0.25, -4});
  CHECK(tl::evaluate(by_select)(x) == 7);
  CHECK(tl::grad(by_select)(x) == list{-2, 0, 0.25, -4});
  const auto second = [&](const auto& f) {
    return tl::jvp(tl::grad(f), std::tuple{x}, std::tuple{list{1, 1, 1, 1}}).tangent;
  };
  CHECK(second(by_cond) == list{2, 2, -0.03125, 2});
  CHECK(second(by_select) == list{2, 2, -0.03125, 2});
}

TEST_CASE("what only a branch in an inner loop reads need not exist elsewhere, at any order") {
  static constexpr auto f = [](auto a, auto k) {
    const auto start = tl::generate(a.size(), [&](auto i) { return sin(a[i]); });
    const auto last = tl::fold(a.size(), start, [&](const auto&, auto) {
      return tl::generate(a.size(), [&](auto i) {
        const auto before = tl::sum(3, [&](auto j) {
          return tl::cond(0 < i, [&] { return a[i - 1]; }, [&] { return 0.125 * tl::traced(j); });
        });
        return sin(before) / (1 + k * k);
      });
    });
    return tl::sum(a.size(), [&](auto i) { return tanh(last[i] + last[i]); });
  };
  const auto slope = [](auto a, auto k, auto u, auto v) {
    // With clang a structured binding can not be captured.
    const auto gradient = tl::grad(f)(a, k);
    return tl::sum(a.size(), [&](auto i) { return std::get<0>(gradient)[i] * u[i]; }) +
           std::get<1>(gradient) * v;
  };
  const list x{0.1, 0.2, 0.3, 0.4}, u{1, 2, 3, 4};
  const auto [backward, backward_k] = tl::grad<0, 1>(slope)(x, 0.5, u, 0.7);
  const auto forward = tl::jvp(tl::grad(f), std::tuple{x, 0.5}, std::tuple{u, 0.7}).tangent;
  for (std::size_t i = 0; i < x.size(); ++i) {
    CHECK(backward[i] == Approx(std::get<0>(forward)[i]).margin(1e-14));
  }
  CHECK(backward_k == Approx(std::get<1>(forward)));
}

TEST_CASE("an infinite cotangent of a side not taken") {
  const auto f = [](auto q, auto m) {
    return tl::generate(m.size(), [&](auto i) {
      return tl::sum(
          3, [&](auto k) { return tl::cond(m[i] > 0, [&] { return q * k; }, [] { return 0; }); });
    });
  };
  const list m{-1, 1, 1};
  const double infinity = std::numeric_limits<double>::infinity();
  const auto [q, of_m] = tl::vjp(f, 0.5, m).pullback(list{infinity, 2, 5});
  CHECK(q == 3 * (2 + 5));
}

TEST_CASE("a NaN in a condition takes the second side") {
  const auto f = [](auto a) {
    return tl::sum(a.size(), [&](auto i) {
      return tl::cond(a[i] > 0, [&] { return a[i]; }, [&] { return 0 * a[0] + 7; });
    });
  };
  CHECK(tl::evaluate(f)(list{1, std::numeric_limits<double>::quiet_NaN()}) == 8);
}

TEST_CASE("conditions that are joined, and parities of an index") {
  const auto f = [](auto a) {
    return tl::sum(a.size(), [&](auto i) {
      return tl::select((a[i] > 0 && i != 0) || a[i] < -0.5, a[i] * a[i], sin(a[i]));
    });
  };
  hold("joined conditions", f, [](const auto& x) {
    number<decltype(x)> s = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      s += (x[i] > 0 && i != 0) || x[i] < -0.5 ? x[i] * x[i] : std::sin(x[i]);
    }
    return s;
  });
}

TEST_CASE("a gradient that only a condition outside of its loop makes anything but zero") {
  // The loop over the columns may end before the gradient does.
  const auto nearest = [](auto w, auto X) {
    return tl::select(X.rows() > 0,
                      tl::min(X.rows(),
                              [&](auto i) {
                                return tl::sum(X.cols(),
                                               [&](auto j) { return tl::square(X(i, j) - w[j]); });
                              }),
                      0.0);
  };
  const list w{1, 1, 1}, data{3, 4, 5};
  list g{7, 7, 7};
  tl::grad<0>(nearest).into(g)(w, tl::view(data.data(), 0, 3));
  CHECK(g == list{0, 0, 0});
  tl::grad<0>(nearest).into(g)(w, tl::view(data.data(), 1, 3));
  CHECK(g == list{-4, -6, -8});
  g = {7, 7, 7};
  tl::grad<0>(nearest).into(g)(w, tl::view(data.data(), 1, 2));
  CHECK(g == list{-4, -6, 0});
}

TEST_CASE("conditions outside and inside of a loop guard the sum over it in either order") {
  const list x{-1, 2, -3}, t{1, 2, 3};
  const auto inner_last = [](auto s, auto a, auto b) {
    const auto root = sqrt(s);
    return tl::sum(a.size(), [&](auto i) {
      return tl::select(s > 0, tl::select(a[i] < 1, root * b[i], 0.0), 0.0);
    });
  };
  const auto inner_first = [](auto s, auto a, auto b) {
    const auto root = sqrt(s);
    return tl::sum(a.size(), [&](auto i) {
      return tl::select(a[i] < 1, tl::select(s > 0, root * b[i], 0.0), 0.0);
    });
  };
  const auto inner_first_opposite = [](auto s, auto a, auto b) {
    const auto root = sqrt(s);
    return tl::sum(a.size(), [&](auto i) {
      return tl::select(a[i] >= 1, 0.0, tl::select(s <= 0, 0.0, root * b[i]));
    });
  };
  for (const double s : {0.0, 4.0}) {
    const double want = s == 0 ? 0 : 1;
    CHECK(tl::grad<0>(inner_last)(s, x, t) == want);
    CHECK(tl::grad<0>(inner_first)(s, x, t) == want);
    CHECK(tl::grad<0>(inner_first_opposite)(s, x, t) == want);
  }
}

TEST_CASE("a value in a loop that is used under several conditions") {
  static constexpr auto f = [](auto a, auto b) {
    return tl::sum(a.size(), [&](auto i) {
      const auto root = sqrt(a[i]);
      return tl::select(a[i] > 0, root, 0.0) + tl::select(a[i] > 1, 2 * root * b[i], 0.0);
    });
  };
  const list x{0, 1, 4, -1}, b{1, 2, 3, 4}, u{1, 1, 1, 1};
  CHECK(tl::grad<0>(f)(x, b) == list{0, 0.5, 0.25 + 1.5, 0});
  const list second{0, -0.25, -(1 + 6) / 32.0, 0};
  CHECK(std::get<0>(tl::jvp(tl::grad(f), std::tuple{x, b}, std::tuple{u, list(4)}).tangent) ==
        second);
  const auto slope = [](auto a, auto d, auto v) { return dot(tl::grad<0>(f)(a, d), v); };
  CHECK(tl::grad<0>(slope)(x, b, u) == second);
}

TEST_CASE("a norm that is 0 and another use of its elements, reverse over reverse") {
  static constexpr auto f = [](auto a, auto k) {
    const auto zero = tl::generate(a.size(), [&](auto i) { return 0 * a[i]; });
    return sum(tl::select(a < k, square(a), 0.0)) + norm(tl::select(zero < k, a, zero));
  };
  const auto slope = [](auto a, auto k, auto u) { return dot(tl::grad<0>(f)(a, k), u); };
  CHECK(tl::grad<0>(slope)(list{-0.5, 1, -2}, -0.25, list{1, 3, 5}) == list{2, 0, 10});
}

TEST_CASE("no iteration chooses what has an infinite derivative: strong_zero") {
  constexpr auto outside = [](auto x, auto y) {
    auto root = sqrt(x);
    return tl::sum(y.size(), [&](auto i) { return select(y[i] > 0, root * y[i], 0); });
  };
  constexpr auto inside = [](auto x, auto y) {
    return tl::sum(y.size(), [&](auto i) { return select(y[i] > 0, sqrt(x) * y[i], 0); });
  };
  constexpr auto branch = [](auto x, auto y) {
    auto root = sqrt(x);
    return tl::cond(x > 0, [&] { return root * y[0]; }, [&] { return 0 * y[0]; });
  };
  const std::vector<double> y{-1, -2};
  CHECK(tl::grad<0>(outside, tl::strong_zero)(0.0, y) == 0);
  CHECK(tl::grad<0>(inside, tl::strong_zero)(0.0, y) == 0);
  CHECK(tl::grad<0>(branch, tl::strong_zero)(0.0, y) == 0);
  CHECK(tl::grad<0>(outside)(4.0, std::vector<double>{-1, 2}) == 0.5);
}
