// SPDX-License-Identifier: BSL-1.0
// vjp, jvp, gradients in bodies, gradients of gradients, and data bound behind them, where loops
// and containers are involved.

#include "support/array_laws.hpp"
#include "support/mistakes.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

using namespace array_laws;

namespace {

constexpr auto product = [](auto a, auto x) {
  return tl::sum(a.size(), [&](auto i) { return a[i] * a[i] * x; });
};
constexpr auto gather = [](auto a, auto id) {
  return tl::sum(id.size(), [&](auto i) { return a[id[i]] * a[id[i]]; });
};
constexpr auto stored = [](auto a, auto s) {
  const auto squares = tl::generate(a.size(), [&](auto i) { return sin(a[i]) * s; });
  return tl::sum(a.size(), [&](auto i) {
    return tl::sum(a.size(), [&](auto j) { return squares[i] * squares[j]; });
  });
};
/// The gradient of `product` in a body, along u.
constexpr auto slope = [](auto a, auto x, auto u, auto t) {
  const auto g = tl::grad(product)(a, x);
  return std::get<1>(g) * t + tl::sum(a.size(), [&](auto i) { return std::get<0>(g)[i] * u[i]; });
};
constexpr auto tangent = [](auto a, auto x, auto u, auto t) {
  return tl::jvp(product, std::tuple{a, x}, std::tuple{u, t}).tangent;
};

const list a{1, 2, 3}, u{1, 0, -1};
const std::vector<int> id{0, 0, 1};

}  // namespace

TEST_CASE("a pullback of one array") {
  const auto squares = [](auto v) {
    return tl::sum(v.size(), [&](auto i) { return v[i] * v[i]; });
  };
  const auto [value, pullback] = tl::vjp(squares, a);
  CHECK(value == 14);
  CHECK(pullback(0.5) == list{1, 2, 3});
}

TEST_CASE("a pullback of an array and a scalar") {
  const auto [value, pullback] = tl::vjp(product, a, 0.5);
  CHECK(value == 7);
  CHECK(pullback(2.0) == std::tuple{list{2, 4, 6}, 28.0});
}

TEST_CASE("a pullback of what returns an array") {
  const auto scaled = [](auto v, auto s) {
    return tl::generate(v.size(), [&](auto i) { return v[i] * s; });
  };
  const auto [value, pullback] = tl::vjp(scaled, a, 0.5);
  CHECK(value == list{0.5, 1, 1.5});
  CHECK(pullback(list{1, 10, 100}) == std::tuple{list{0.5, 5, 50}, 321.0});
}

TEST_CASE("a pullback of a gradient") {
  const auto [value, pullback] = tl::vjp(tl::grad<0>(product), a, 0.5);
  CHECK(value == list{1, 2, 3});
  CHECK(pullback(u) == std::tuple{list{1, 0, -1}, -4.0});
}

TEST_CASE("a tangent or cotangent of another size is an exception, and nothing is written") {
  const auto doubled = [](auto v, auto k) {
    return tl::generate(v.size(), [&](auto i) { return 2 * v[i] + 0 * k(0, 0); });
  };
  const tl::matrix<double> wide(1, 2);
  const tl::matrix<double> tall(2, 2);
  list value{7}, moved{8};
  const auto tangents = [&](const list& t, const tl::matrix<double>& s) {
    tl::jvp(doubled).into(value, moved)(std::tuple{a, wide}, std::tuple{t, s});
  };
  CHECK(contains(mistake([&] { tangents(list{1, 2}, wide); }),
                 "the tangent of argument 0 has extent 2 in dimension 0, the argument has 3"));
  CHECK(contains(mistake([&] { tangents(list{1, 2, 3, 4}, wide); }),
                 "the tangent of argument 0 has extent 4 in dimension 0, the argument has 3"));
  CHECK(contains(mistake([&] { tangents(a, tall); }),
                 "the tangent of argument 1 has extent 2 in dimension 0, the argument has 1"));
  CHECK(value == list{7});
  CHECK(moved == list{8});
  tangents(a, wide);
  CHECK(moved == list{2, 4, 6});
  const auto pulled = tl::vjp(doubled, a, wide);
  CHECK(contains(mistake([&] { pulled.pullback(list{1, 2}); }),
                 "the cotangent of result 0 has extent 2 in dimension 0, the result has 3"));
  CHECK(contains(mistake([&] { pulled.pullback(list{1, 2, 3, 4}); }),
                 "the cotangent of result 0 has extent 4 in dimension 0, the result has 3"));
  const auto product_of_hessian = [&](const list& t) {
    return tl::jvp(tl::grad<0>(product), std::tuple{a, 0.5}, std::tuple{t, 0.0}).tangent;
  };
  CHECK(contains(mistake([&] { product_of_hessian(list{}); }), "has extent 0 in dimension 0"));
}

TEST_CASE("integers bound behind a function") {
  const auto bound = tl::bind_back(gather, id);
  CHECK(tl::evaluate(bound)(a) == 6);
  CHECK(tl::grad(bound)(a) == list{4, 4, 0});
  CHECK(tl::jvp(bound, std::tuple{a}, std::tuple{u}).tangent == 4);
}

TEST_CASE("a pullback of a function behind which data are bound") {
  const auto [value, pullback] = tl::vjp(tl::bind_back(gather, id), a);
  CHECK(value == 6);
  CHECK(pullback(0.5) == list{2, 2, 0});
}

TEST_CASE("the tangent of a function that stores an array and behind which data are bound") {
  const auto bound = tl::jvp(tl::bind_back(stored, 0.5), std::tuple{a}, std::tuple{u});
  const auto free = tl::jvp(stored, std::tuple{a, 0.5}, std::tuple{u, 0.0});
  close("value", bound.value, free.value, 1e-15);
  close("tangent", bound.tangent, free.tangent, 1e-15);
}

TEST_CASE("the tangent of a gradient behind which data are bound") {
  const auto [g, h] = tl::jvp(tl::bind_back(tl::grad<0>(gather), id), std::tuple{a}, std::tuple{u});
  CHECK(g == list{4, 4, 0});
  CHECK(h == list{4, 0, 0});
  const auto [g2, h2] =
      tl::jvp(tl::bind_back(tl::grad<0>(product), 0.5), std::tuple{a}, std::tuple{u});
  CHECK(g2 == list{1, 2, 3});
  CHECK(h2 == u);
}

TEST_CASE("a Hessian times a vector of a loss behind which data are bound") {
  constexpr auto loss = [](auto w, auto m, auto y) {
    return tl::sum(m.rows(), [&](auto i) {
      const auto r = tl::sum(m.cols(), [&](auto j) { return m(i, j) * w[j]; }) - y[i];
      return r * r * r;
    });
  };
  const std::array m{1.0, 2.0, 3.0, 4.0, 5.0, 6.0};
  const auto rows = tl::view(m.data(), 3, 2);
  const list y{1, 0, 2}, w{0.5, -0.3}, v{1, 2};
  const auto want =
      tl::jvp(tl::bind_back(tl::grad<0>(loss), rows, y), std::tuple{w}, std::tuple{v});
  const auto check = [&](const auto& f) {
    const auto [g, h] = tl::jvp(f, std::tuple{w}, std::tuple{v});
    CHECK(g == want.value);
    CHECK(h == want.tangent);
  };
  const auto bound = tl::bind_back(loss, rows, y);
  check(tl::grad(bound));
  check(tl::grad<0>(bound));
  check(tl::grad(tl::evaluate(bound)));
  check(tl::grad(tl::bind_back(tl::bind_back(loss, y), rows)));
  check(tl::grad(tl::bind_back(loss, rows, std::span(y))));
  tl::matrix<double> matrix(3, 2);
  std::copy(m.begin(), m.end(), matrix.begin());
  const double array[]{1, 0, 2};
  check(tl::grad(tl::bind_back(loss, matrix, array)));
  check(tl::bind_back(tl::grad<0>(tl::bind_back(loss, y)), rows));
  const auto [g, pullback] = tl::vjp(tl::grad(bound), w);
  CHECK(g == want.value);
  close("pullback of a gradient", pullback(v), want.tangent, 1e-14);
  // Without the last data only: both other arguments chosen.
  const auto [both, along] =
      tl::jvp(tl::grad(tl::bind_back(loss, y)), std::tuple{w, rows}, std::tuple{v, rows});
  const auto [free, free_along] =
      tl::jvp(tl::grad<0, 1>(loss), std::tuple{w, rows, y}, std::tuple{v, rows, list(3)});
  CHECK(both == free);
  CHECK(along == free_along);
}

TEST_CASE("gradients of gradients of functions behind which numbers are bound") {
  constexpr auto cubic = [](auto t, auto p, auto q) { return t * t * t * p * q; };
  const auto bound = tl::bind_back(cubic, 2.0, 0.5);
  CHECK(tl::grad(tl::grad(bound))(3.0) == 18);
  CHECK(tl::jvp(tl::grad(tl::grad(bound)), std::tuple{3.0}, std::tuple{2.0}).tangent == 12);
  CHECK(tl::grad(tl::bind_back(tl::grad<0>(tl::bind_back(cubic, 0.5)), 2.0))(3.0) == 18);
  const double k = 2;
  const auto captured = tl::bind_back([k](auto t, auto p) { return t * t * t * p * k; }, 0.5);
  CHECK(tl::grad(tl::grad(captured))(3.0) == 18);
}

TEST_CASE("an array of C behind a function is a copy") {
  double rows[3][2] = {{1, 2}, {3, 4}, {5, 6}};
  const auto f = tl::bind_back(
      [](auto t, auto m) { return tl::sum(3, [&](auto i) { return m[i][1] * t * t; }); }, rows);
  rows[0][1] = 100;
  CHECK(tl::grad(f)(1.0) == 24);
  CHECK(tl::grad(tl::grad(f))(1.0) == 24);
}

TEST_CASE("gradients and tangents in a body, differentiated again") {
  // H u = 2 x u + 2 a t; the other part is 2 a u.
  const list want{0.5 * 2 * 1 + 2 * 1 * 0.25, 2 * 2 * 0.25, -0.5 * 2 + 2 * 3 * 0.25};
  const auto [ga, gx] = tl::grad<0, 1>(slope)(a, 0.5, u, 0.25);
  close("reverse over reverse", ga, want, 1e-15);
  close("reverse over reverse", gx, 2 * (1 - 3), 1e-15);
  const auto [ta, tx] = tl::grad<0, 1>(tangent)(a, 0.5, u, 0.25);
  close("reverse over forward", ta, want, 1e-15);
  close("reverse over forward", tx, 2 * (1 - 3), 1e-15);
}

TEST_CASE("a gradient of all kinds of arguments, along a direction in all") {
  const auto [g, h] = tl::jvp(tl::grad(product), std::tuple{a, 0.5}, std::tuple{u, 0.25});
  CHECK(g == std::tuple{list{1, 2, 3}, 14.0});
  CHECK(h == std::tuple{list{1.5, 1, 0.5}, -4.0});
}

TEST_CASE("third order") {
  const auto quartic = [](auto v) {
    return tl::sum(v.size() - 1, [&](auto i) { return v[i] * v[i] * v[i + 1] * v[i + 1]; });
  };
  const auto hessian = [&](const list& v) {
    return tl::jvp(tl::grad(quartic), std::tuple{v}, std::tuple{u}).tangent;
  };
  const auto along = [](auto v, auto w) {
    const auto g = tl::grad([](auto x) {
      return tl::sum(x.size() - 1, [&](auto i) { return x[i] * x[i] * x[i + 1] * x[i + 1]; });
    })(v);
    return tl::sum(v.size(), [&](auto i) { return g[i] * w[i]; });
  };
  const list zero(3);
  const auto third = tl::jvp(tl::grad<0>(along), std::tuple{a, u}, std::tuple{u, zero});
  const auto up = hessian(moved(a, 1e-4, u)), down = hessian(moved(a, -1e-4, u));
  for (std::size_t i = 0; i < 3; ++i) {
    close("Hessian", third.value[i], hessian(a)[i], 1e-14);
    close("third derivative", third.tangent[i], (up[i] - down[i]) / 2e-4, 1e-7);
  }
}

TEST_CASE("a gradient of a gradient of a fold with a branch that reads what does not change") {
  const auto f = [](auto v, auto w) {
    const auto g = tl::grad([](auto x) {
      return tl::fold(x.size(), x[0], [&](auto c, auto j) {
        return tl::cond(0 < x[j], [&] { return c * x[0]; }, [&] { return c; });
      });
    })(v);
    return tl::sum(v.size(), [&](auto i) { return g[i] * w[i]; });
  };
  // x^4 where all of three elements are positive.
  CHECK(tl::grad<0>(f)(a, list{1, 0, 0}) == list{12, 0, 0});
}

TEST_CASE("the tangent of a gradient of std::array") {
  const auto f = [](auto v) { return tl::sum(v.size(), [&](auto i) { return v[i] * v[i]; }); };
  const std::array<double, 3> x{1, 2, 3};
  const auto [g, h] = tl::jvp(tl::grad(f), std::tuple{x}, std::tuple{x});
  CHECK(g == std::array<double, 3>{2, 4, 6});
  CHECK(h == std::array<double, 3>{2, 4, 6});
}
