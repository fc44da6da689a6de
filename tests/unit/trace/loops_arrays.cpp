// SPDX-License-Identifier: BSL-1.0
// Arrays that a function makes, rows of matrices, gathers, triangles, nests.

#include "support/array_laws.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

using namespace array_laws;

namespace {

tl::matrix<double> random_matrix(int rows, int cols) {
  tl::matrix<double> m(rows, cols);
  const list all = numbers(rows * cols, 0.9);
  std::copy(all.begin(), all.end(), m.begin());
  return m;
}

}  // namespace

TEST_CASE("an array that is read once, and one that is read often") {
  const auto f = [](auto a) {
    const auto squares = tl::generate(a.size(), [&](auto i) { return a[i] * a[i]; });
    const auto sines =
        tl::generate(squares.size() - 1, [&](auto i) { return sin(squares[i] + squares[i + 1]); });
    return tl::sum(sines.size(), [&](auto i) {
      return tl::sum(sines.size(), [&](auto j) { return sines[i] * sines[j] * a[j]; });
    });
  };
  hold("generated", f, [](const auto& x) {
    number<decltype(x)> s = 0;
    const auto e = [&](std::size_t i) { return std::sin(x[i] * x[i] + x[i + 1] * x[i + 1]); };
    for (std::size_t i = 0; i + 1 < x.size(); ++i) {
      for (std::size_t j = 0; j + 1 < x.size(); ++j) s += e(i) * e(j) * x[j];
    }
    return s;
  });
}

TEST_CASE("an array of two dimensions") {
  const auto f = [](auto a) {
    const auto outer = tl::generate(a.size(), a.size() + 1,
                                    [&](auto i, auto j) { return sin(a[i] * (j + 1)) * a[i]; });
    return tl::sum(outer.rows(), [&](auto i) {
      return tl::prod(outer.cols(), [&](auto j) { return outer(i, j) + 0.5 * outer(0, j); });
    });
  };
  const auto plain = [](const auto& x) {
    number<decltype(x)> s = 0;
    const auto at = [&](std::size_t i, std::size_t j) {
      return std::sin(x[i] * static_cast<number<decltype(x)>>(j + 1)) * x[i];
    };
    for (std::size_t i = 0; i < x.size(); ++i) {
      number<decltype(x)> p = 1;
      for (std::size_t j = 0; j <= x.size(); ++j) p *= at(i, j) + at(0, j) / 2;
      s += p;
    }
    return s;
  };
  for (const int n : {0, 1, 2, 3, 5, 8}) hold_at("2-D", f, plain, numbers(n));
}

TEST_CASE("rows of a matrix, by [i][j] and by (i, j)") {
  const auto f = [](auto m) {
    return tl::sum(m.rows(), [&](auto i) {
      const auto row = m[i];
      return sin(tl::sum(row.size(), [&](auto j) { return row[j] * m(i, j); })) *
             tl::max(m.cols(), [&](auto j) { return m[i][j]; });
    });
  };
  for (const auto& [r, c] : {std::pair{0, 3}, {1, 1}, {2, 3}, {3, 1}, {5, 7}, {17, 4}}) {
    const tl::matrix<double> m = random_matrix(r, c);
    double want = 0;
    tl::matrix<double> slope(r, c);
    for (int i = 0; i < r; ++i) {
      double s = 0;
      int winner = 0;
      for (int j = 0; j < c; ++j) {
        s += m(i, j) * m(i, j);
        if (m(i, j) > m(i, winner)) winner = j;
      }
      want += std::sin(s) * m(i, winner);
      for (int j = 0; j < c; ++j) slope(i, j) = std::cos(s) * 2 * m(i, j) * m(i, winner);
      slope(i, winner) += std::sin(s);
    }
    const auto [value, gradient] = tl::value_and_grad(f)(m);
    close("value", value, want, 1e-14);
    CHECK((gradient.rows() == r && gradient.cols() == c));
    close("gradient", list(gradient.begin(), gradient.end()), list(slope.begin(), slope.end()),
          1e-14);
  }
}

TEST_CASE("a matrix without columns: extrema are infinite, sums zero") {
  const auto f = [](auto m) {
    return tl::sum(m.rows(),
                   [&](auto i) { return tl::prod(m.cols(), [&](auto j) { return m(i, j); }); });
  };
  const auto [value, gradient] = tl::value_and_grad(f)(tl::matrix<double>(4, 0));
  CHECK(value == 4);
  CHECK((gradient.rows() == 4 && gradient.cols() == 0));
}

TEST_CASE("a gather adds up where an entry is met more than once") {
  const auto f = [](auto a, auto id) {
    return tl::sum(id.size(), [&](auto i) { return a[id[i]] * a[id[id.size() - 1 - i]]; });
  };
  const std::vector<int> id{4, 0, 0, 2, 4, 4};
  const list a = numbers(6);
  list want(6);
  double value = 0;
  for (std::size_t i = 0; i < id.size(); ++i) {
    const auto p = static_cast<std::size_t>(id[i]);
    const auto q = static_cast<std::size_t>(id[id.size() - 1 - i]);
    value += a[p] * a[q];
    want[p] += a[q];
    want[q] += a[p];
  }
  const auto got = tl::value_and_grad<0>(f)(a, id);
  close("value", got.value, value, 1e-14);
  close("gradient", got.gradient, want, 1e-14);
  const std::vector<short> narrow(id.begin(), id.end());
  CHECK(tl::grad<0>(f)(a, narrow) == got.gradient);
  const std::vector<unsigned long> wide(id.begin(), id.end());
  CHECK(tl::grad<0>(f)(a, wide) == got.gradient);
  CHECK(tl::grad<0>(f)(a, std::vector<int>{}) == list(6));
  CHECK(tl::grad<0>(f)(list{}, std::vector<int>{}).empty());
}

TEST_CASE("a gather of a gather, of rows, and of an array of the function's own") {
  const auto f = [](auto m, auto id) {
    const auto norms = tl::generate(m.rows(), [&](auto i) {
      return tl::sum(m.cols(), [&](auto j) { return m(i, j) * m(i, j); });
    });
    return tl::sum(id.size(), [&](auto k) { return norms[id[id[k]]] * m[id[k]][k]; });
  };
  const tl::matrix<double> m = random_matrix(3, 3);
  const std::vector<int> id{2, 0, 2};
  double want = 0;
  const auto norm = [&](int i) {
    return m(i, 0) * m(i, 0) + m(i, 1) * m(i, 1) + m(i, 2) * m(i, 2);
  };
  for (int k = 0; k < 3; ++k) {
    const int at = id[static_cast<std::size_t>(k)];
    want += norm(id[static_cast<std::size_t>(at)]) * m(at, k);
  }
  const auto [value, gradient] = tl::value_and_grad<0>(f)(m, id);
  close("value", value, want, 1e-14);
  tl::matrix<double> up = m, down = m;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      up(i, j) += 1e-6, down(i, j) -= 1e-6;
      const double d = (tl::evaluate(f)(up, id) - tl::evaluate(f)(down, id)) / 2e-6;
      close("gradient", gradient(i, j), d, 1e-8);
      up(i, j) = down(i, j) = m(i, j);
    }
  }
}

TEST_CASE("triangles") {
  const auto f = [](auto a) {
    const auto below = tl::sum(a.size(), [&](auto i) {
      return tl::sum(i, [&](auto j) { return sin(a[i] - a[j]) * a[i]; });
    });
    const auto above = tl::sum(a.size(), [&](auto i) {
      return tl::sum(a.size() - i - 1, [&](auto k) { return a[i] * a[i + 1 + k] * a[k]; });
    });
    return below * above;
  };
  hold("triangles", f, [](const auto& x) {
    number<decltype(x)> below = 0, above = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) below += std::sin(x[i] - x[j]) * x[i];
      for (std::size_t k = 0; i + 1 + k < x.size(); ++k) above += x[i] * x[i + 1 + k] * x[k];
    }
    return below * above;
  });
}

TEST_CASE("three loops deep, with indices as numbers") {
  const auto f = [](auto a) {
    return tl::sum(a.size(), [&](auto i) {
      return tl::max(i + 1, [&](auto j) {
        return tl::sum(3, [&](auto k) { return sin(a[i] * k + a[j] * (i - j + 1)); });
      });
    });
  };
  const auto plain = [](const auto& x) {
    using n = number<decltype(x)>;
    n s = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      n m = -9;
      for (std::size_t j = 0; j <= i; ++j) {
        n t = 0;
        for (int k = 0; k < 3; ++k) {
          t += std::sin(x[i] * static_cast<n>(k) + x[j] * static_cast<n>(i - j + 1));
        }
        m = std::max(m, t);
      }
      s += m;
    }
    return s;
  };
  for (const int n : {0, 1, 2, 3, 5, 9}) hold_at("three deep", f, plain, numbers(n));
}

TEST_CASE("a loop that does not depend on the one around it") {
  const auto f = [](auto a) {
    return tl::sum(a.size(), [&](auto k) {
      return a[k] * tl::sum(a.size(), [&](auto i) {
               return tl::max(i + 1, [&](auto j) { return a[j] * a[j]; });
             });
    });
  };
  // (1 + 2) (1 + 4), whose derivatives are 5 + 3 * 2 and 5 + 3 * 4.
  CHECK(tl::evaluate(f)(list{1, 2}) == 15);
  CHECK(tl::grad(f)(list{1, 2}) == list{11, 17});
}

TEST_CASE("the largest of products of growing length") {
  const auto f = [](auto a) {
    return tl::max(a.size(), [&](auto i) { return tl::prod(i + 1, [&](auto j) { return a[j]; }); });
  };
  CHECK(tl::grad(f)(list{2, 3, 0.5}) == list{3, 2, 0});
}
