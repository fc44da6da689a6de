// SPDX-License-Identifier: BSL-1.0
// Loops whose iterations depend on each other: carries of every form, inside of each other, and the
// history of a carry.

#include "support/array_laws.hpp"

#include <array>
#include <cmath>
#include <utility>

using namespace array_laws;

TEST_CASE("a scalar carry obeys the laws") {
  const auto orbit = [](auto a) {
    return tl::fold(a.size(), 0.5, [&](auto c, auto i) { return sin(c * a[i]) + c / 2; });
  };
  hold("scalar carry", orbit, [](const auto& x) {
    number<decltype(x)> c = 0.5;
    for (const auto e : x) c = std::sin(c * e) + c / 2;
    return c;
  });
}

TEST_CASE("a carry that an iteration replaces, and one that does not change") {
  const auto last = [](auto a) {
    const auto replaced = tl::fold(a.size(), 1, [&](auto, auto i) { return a[i] * a[i]; });
    const auto kept = tl::fold(a.size(), 3, [&](auto c, auto) { return c; });
    return replaced * kept;
  };
  hold("replaced", last, [](const auto& x) {
    number<decltype(x)> c = 1;
    for (const auto e : x) c = e * e;
    return 3 * c;
  });
}

TEST_CASE("carries as tuple, pair and array obey the laws") {
  const auto recurrence = [](auto a) {
    const auto [p, q] = tl::fold(a.size(), std::tuple{1, 0}, [&](auto c, auto i) {
      const auto [x, y] = c;
      return std::tuple{x * a[i] + y, x - 0.5 * y};
    });
    return p * p + q;
  };
  const auto with_pair = [](auto a) {
    const auto c = tl::fold(a.size(), std::pair{1, 0.0}, [&](auto d, auto i) {
      return std::pair{d.first * a[i] + d.second, d.first - 0.5 * d.second};
    });
    return c.first * c.first + c.second;
  };
  const auto with_array = [](auto a) {
    const auto c = tl::fold(a.size(), std::array{1.0, 0.0}, [&](auto d, auto i) {
      return std::array{d[0] * a[i] + d[1], d[0] - 0.5 * d[1]};
    });
    return c[0] * c[0] + c[1];
  };
  const auto plain = [](const auto& x) {
    number<decltype(x)> p = 1, q = 0;
    for (const auto e : x) {
      const auto next = p * e + q;
      q = p - q / 2;
      p = next;
    }
    return p * p + q;
  };
  hold("tuple", recurrence, plain);
  for (const int n : sizes) {
    const list x = numbers(n);
    const auto want = tl::value_and_grad(recurrence)(x);
    for (const auto& got : {tl::value_and_grad(with_pair)(x), tl::value_and_grad(with_array)(x)}) {
      close("another structure", got.value, want.value, 1e-14);
      close("another structure", got.gradient, want.gradient, 1e-14);
    }
  }
}

TEST_CASE("a carry swaps its parts at once") {
  const auto swapped = [](auto a) {
    const auto [p, q] = tl::fold(a.size(), std::tuple{a[0], a[1]}, [](auto c, auto) {
      const auto [x, y] = c;
      return std::tuple{y, x};
    });
    return p + 10 * q;
  };
  CHECK(tl::evaluate(swapped)(list{1, 2}) == 21);
  CHECK(tl::evaluate(swapped)(list{1, 2, 0}) == 12);
  CHECK(tl::grad(swapped)(list{1, 2}) == list{1, 10});
  CHECK(tl::grad(swapped)(list{1, 2, 0}) == list{10, 1, 0});
}

TEST_CASE("a nested carry keeps its structure") {
  const auto f = [](auto a, auto x) {
    const auto [p, q] =
        tl::fold(a.size(), std::tuple{std::array{x, 2 * x}, std::pair{x, 1}}, [&](auto c, auto i) {
          const auto [l, r] = c;
          return std::tuple{std::array{l[1], l[0] * a[i]}, std::pair{r.second, r.first + a[i]}};
        });
    return p[0] * q.first + p[1] * q.second;
  };
  const auto plain = [](const list& a, double x) {
    double l0 = x, l1 = 2 * x, r0 = x, r1 = 1;
    for (const double e : a) {
      const double l = l0 * e, r = r0 + e;
      l0 = l1, l1 = l, r0 = r1, r1 = r;
    }
    return l0 * r0 + l1 * r1;
  };
  for (const int n : sizes) {
    const list a = numbers(n);
    const auto [value, gradient] = tl::value_and_grad(f)(a, 0.7);
    close("value", value, plain(a, 0.7), 1e-14);
    const double h = 1e-6;
    close("slope", std::get<1>(gradient), (plain(a, 0.7 + h) - plain(a, 0.7 - h)) / (2 * h), 1e-8);
  }
}

TEST_CASE("folds inside of folds and sums") {
  const auto inner = [](auto a) {
    return tl::fold(a.size(), 0.25, [&](auto c, auto i) {
      const auto power =
          tl::fold(i, c, [&](auto d, auto j) { return tanh(d + a[j] * a[i]) + 0.1 * c; });
      return c / 2 + tl::sum(i + 1, [&](auto j) { return power * a[j]; });
    });
  };
  const auto plain = [](const auto& x) {
    number<decltype(x)> c = 0.25;
    for (std::size_t i = 0; i < x.size(); ++i) {
      auto d = c, s = c / 2;
      for (std::size_t j = 0; j < i; ++j) d = std::tanh(d + x[j] * x[i]) + c / 10;
      for (std::size_t j = 0; j <= i; ++j) s += d * x[j];
      c = s;
    }
    return c;
  };
  for (const int n : {0, 1, 2, 3, 5, 8}) hold_at("inner fold", inner, plain, numbers(n));
}

TEST_CASE("extrema of a carry, and products of folds") {
  const auto f = [](auto a) {
    return tl::fold(a.size(), 1, [&](auto c, auto i) {
      return tl::max(3, [&](auto k) { return c * (k + 1) * a[i]; }) +
             tl::prod(i, [&](auto j) { return 1 + 0.1 * c * a[j]; });
    });
  };
  const auto plain = [](const auto& x) {
    number<decltype(x)> c = 1;
    for (std::size_t i = 0; i < x.size(); ++i) {
      auto m = c * x[i], p = 0 * c + 1;
      for (int k = 1; k < 3; ++k) m = std::max(m, c * static_cast<decltype(c)>(k + 1) * x[i]);
      for (std::size_t j = 0; j < i; ++j) p *= 1 + c * x[j] / 10;
      c = m + p;
    }
    return c;
  };
  for (const int n : {0, 1, 2, 3, 5, 8}) hold_at("reductions of a carry", f, plain, numbers(n));
}

TEST_CASE("scan keeps the carries after each iteration") {
  const auto f = [](auto a) {
    const auto scanned = tl::scan(a.size(), 0.5, [&](auto c, auto i) { return sin(c + a[i]); });
    const auto& all = scanned.second;
    return scanned.first * tl::sum(a.size(), [&](auto i) { return all[i] * all[i] * a[i]; });
  };
  hold("scan", f, [](const auto& x) {
    number<decltype(x)> c = 0.5, s = 0;
    for (const auto e : x) c = std::sin(c + e), s += c * c * e;
    return c * s;
  });
}

TEST_CASE("scan of a structure gives an array for each part") {
  const auto f = [](auto a) {
    const auto scanned = tl::scan(a.size(), std::tuple{1, 0}, [&](auto c, auto i) {
      const auto [p, q] = c;
      return std::tuple{p / 2 + a[i], p * q + a[i]};
    });
    const auto [p, q] = scanned.first;
    const auto& all = scanned.second;
    return p * q + tl::sum(a.size(), [&](auto i) { return all[0][i] * all[1][i]; });
  };
  hold("scan of a tuple", f, [](const auto& x) {
    number<decltype(x)> p = 1, q = 0, s = 0;
    for (const auto e : x) {
      q = p * q + e;
      p = p / 2 + e;
      s += p * q;
    }
    return p * q + s;
  });
}

TEST_CASE("without iterations a fold is its initial value") {
  const auto f = [](auto a, auto x) {
    return tl::fold(a.size(), x * x, [&](auto c, auto i) { return c * a[i]; });
  };
  const auto [value, gradient] = tl::value_and_grad(f)(list{}, 3.0);
  CHECK(value == 9);
  CHECK(std::get<0>(gradient).empty());
  CHECK(std::get<1>(gradient) == 6);
  const auto negative = [](auto a, auto x) {
    return tl::fold(a.size() - 5, x, [](auto c, auto) { return c * c; });
  };
  CHECK(tl::grad<1>(negative)(list{1, 2}, 3.0) == 1);
}
