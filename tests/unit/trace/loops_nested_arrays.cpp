// SPDX-License-Identifier: BSL-1.0
// Recurrences of arrays inside of other loops and of each other, their results, and their sizes.

#include "support/array_laws.hpp"

#include <array>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>

using namespace array_laws;

namespace {

/// h = sin(h + s) twice, for each s, from the elements of a.
constexpr auto swung = [](auto start, auto s) {
  return tl::fold(2, start, [&](auto h, auto) {
    return tl::generate(h.size(), [&](auto i) { return sin(h[i] + s) * h[h.size() - 1 - i]; });
  });
};
template <class V, class T>
V plain_swung(V h, T s) {
  for (int t = 0; t < 2; ++t) {
    V next = h;
    for (std::size_t i = 0; i < h.size(); ++i) next[i] = std::sin(h[i] + s) * h[h.size() - 1 - i];
    h = next;
  }
  return h;
}

}  // namespace

TEST_CASE("a recurrence of arrays for each element of a sum") {
  hold(
      "in a sum",
      [](auto a) {
        return tl::sum(a.size(), [&](auto k) {
          const auto end = swung(a, a[k]);
          return tl::sum(a.size(), [&](auto i) { return end[i] * a[k]; });
        });
      },
      [](const auto& x) {
        number<decltype(x)> total = 0;
        for (const auto s : x) {
          for (const auto e : plain_swung(x, s)) total += e * s;
        }
        return total;
      });
}

TEST_CASE("a recurrence of arrays within another") {
  hold(
      "within another",
      [](auto a) {
        const auto end = tl::fold(3, a, [&](auto h, auto t) {
          return swung(h, 0.2 * tl::sum(a.size(), [&](auto i) { return a[i] * h[i]; }) + t);
        });
        return tl::sum(a.size(), [&](auto i) { return end[i] * (i + 1); });
      },
      [](const auto& x) {
        using T = number<decltype(x)>;
        auto h = x;
        for (int t = 0; t < 3; ++t) {
          T s = 0;
          for (std::size_t i = 0; i < x.size(); ++i) s += x[i] * h[i] / 5;
          h = plain_swung(h, s + static_cast<T>(t));
        }
        T total = 0;
        for (std::size_t i = 0; i < x.size(); ++i) total += h[i] * static_cast<T>(i + 1);
        return total;
      });
}

TEST_CASE("a recurrence of arrays that some iterations leave alone") {
  hold(
      "some iterations",
      [](auto a) {
        const auto end = tl::fold(a.size(), a, [&](auto h, auto t) {
          return tl::generate(a.size(), [&](auto i) {
            return tl::cond(
                a[t] > 0, [&] { return h[i] * exp(a[t] * a[i]); }, [&] { return h[i]; });
          });
        });
        return tl::sum(a.size(), [&](auto i) { return end[i] * (i + 1); });
      },
      [](const auto& x) {
        using T = number<decltype(x)>;
        auto h = x;
        for (const T e : x) {
          for (std::size_t i = 0; i < x.size(); ++i) {
            if (e > 0) h[i] *= std::exp(e * x[i]);
          }
        }
        T total = 0;
        for (std::size_t i = 0; i < x.size(); ++i) total += h[i] * static_cast<T>(i + 1);
        return total;
      });
}

TEST_CASE("the array at last can be the result") {
  const auto end = [](auto a) {
    return tl::fold(3, a, [](auto h, auto) {
      return tl::generate(h.size(), [&](auto i) { return h[i] * h[0]; });
    });
  };
  const list x{0.5, 2, -3};
  const double first = 0.5 * 0.5;
  // h[0] is x[0], its square, its fourth power: x[0]^7 in all.
  const double factor = 0.5 * first * first * first;
  const list y = tl::evaluate(end)(x);
  close("result", y, list{0.5 * factor, 2 * factor, -3 * factor}, 1e-15);

  const auto [same, pull] = tl::vjp(end, x);
  close("primal of vjp", same, y, 1e-15);
  const list w{1, 0.25, 2};
  const auto gradient = pull(w);
  const list u = numbers(3);
  const auto [value, tangent] = tl::jvp(end, std::tuple{x}, std::tuple{u});
  close("primal of jvp", value, y, 1e-15);
  close("adjoint identity", dot(w, tangent), dot(gradient, u), 1e-13);
}

TEST_CASE("rows of a matrix begin and end a recurrence") {
  const auto last = [](auto A) {
    const auto end = tl::fold(A.rows(), A[0], [&](auto h, auto t) {
      const auto unused = tl::sum(h.size(), [&](auto i) { return h[i] * A(t, i); });
      (void)unused;
      return A[A.rows() - 1 - t];
    });
    return tl::sum(A.cols(), [&](auto i) { return end[i] * end[i] * (i + 1); });
  };
  const list x = numbers(6);
  const auto [value, gradient] = tl::value_and_grad(last)(tl::view(x.data(), 3, 2));
  close("value", value, x[0] * x[0] + 2 * x[1] * x[1], 1e-15);
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 2; ++j) {
      const double want = i == 0 ? 2 * (j + 1) * x[static_cast<std::size_t>(j)] : 0;
      close("gradient", gradient(i, j), want, 1e-15);
    }
  }
}

TEST_CASE("a fold must return arrays of the size that it is given") {
  const auto grown = [](auto a, auto b) {
    const auto end = tl::fold(
        2, a, [&](auto, auto) { return tl::generate(b.size(), [&](auto i) { return b[i]; }); });
    return tl::sum(a.size(), [&](auto i) { return end[i]; });
  };
  CHECK(tl::evaluate(grown)(list{1, 2}, list{3, 4}) == 7);
  list da{-1, -1}, db{-1, -1, -1};
  std::string message;
  try {
    tl::value_and_grad(grown).into(da, db)(list{1, 2}, list{3, 4, 5});
  } catch (const std::invalid_argument& e) {
    message = e.what();
  }
  CHECK(message ==
        "tapeless: the body of tl::fold or tl::scan is given an array of extent 2 in dimension 0 "
        "and returns one of extent 3 (carry 0)");
  CHECK(da == list{-1, -1});
  CHECK(db == list{-1, -1, -1});
}

TEST_CASE("third derivatives of a recurrence of arrays") {
  const auto along = [](auto v, auto w) {
    const auto g = tl::grad([](auto a) {
      const auto end = tl::fold(2, a, [](auto h, auto) {
        return tl::generate(h.size(), [&](auto i) { return h[i] * h[i] + h[0]; });
      });
      return tl::sum(a.size(), [&](auto i) { return end[i]; });
    })(v);
    return tl::sum(v.size(), [&](auto i) { return g[i] * w[i]; });
  };
  const list x = numbers(3), u = numbers(3, 0.7), zero(3);
  const auto hessian = [&](const list& v) { return tl::grad<0>(along)(v, u); };
  const auto third = tl::jvp(tl::grad<0>(along), std::tuple{x, u}, std::tuple{u, zero});
  const auto up = hessian(moved(x, 1e-4, u)), down = hessian(moved(x, -1e-4, u));
  close("Hessian", third.value, hessian(x), 1e-13);
  for (std::size_t i = 0; i < 3; ++i) {
    close("third derivative", third.tangent[i], (up[i] - down[i]) / 2e-4, 1e-6);
  }
}

TEST_CASE("a recurrence within another that does not depend on it, at the largest index") {
  // What the outer one hands on is known only after the inner one.
  const auto f = [](auto x, auto s) {
    return tl::max(x.rows(), [&](auto i) {
      return s * tl::fold(x.rows() - 1, 0.3, [&](auto, auto) {
               return sin(tl::prod(x.cols(), [&](auto j) { return x(i, j); }));
             });
    });
  };
  list x(6);
  for (std::size_t i = 0; i < 6; ++i) x[i] = 0.2 * static_cast<double>(i + 1);
  const auto [value, gradient] = tl::value_and_grad(f)(tl::view(x.data(), 3, 2), 2.0);
  const auto& [dx, ds] = gradient;
  close("value", value, 2 * std::sin(1.0 * 1.2), 1e-15);
  close("gradient in s", ds, std::sin(1.0 * 1.2), 1e-15);
  close("gradient in the row", dx(2, 0), 2 * std::cos(1.0 * 1.2) * 1.2, 1e-14);
  close("gradient in another row", dx(0, 0), 0, 0);
}

TEST_CASE("std::arrays have elements x(i), m(i, j)") {
  const auto f = [](auto m, auto x) {
    return tl::sum(2, [&](auto i) { return sin(m(i, 0) * m(1, i)) * x(i); }) + m(0, 1) * x(0);
  };
  using matrix = std::array<std::array<double, 2>, 2>;
  const matrix m{{{0.1, 0.2}, {0.3, 0.4}}};
  const std::array<double, 2> x{2, 3};
  const auto plain = [&](const matrix& a) {
    return std::sin(a[0][0] * a[1][0]) * x[0] + std::sin(a[1][0] * a[1][1]) * x[1] + a[0][1] * x[0];
  };
  const auto [value, gradient] = tl::value_and_grad<0>(f)(m, x);
  CHECK(std::abs(value - plain(m)) < 1e-15);
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 0; j < 2; ++j) {
      matrix above = m, below = m;
      above[i][j] += 1e-5, below[i][j] -= 1e-5;
      CHECK(std::abs(gradient[i][j] - (plain(above) - plain(below)) / 2e-5) < 1e-9);
    }
  }
  // without a loop
  const auto straight = [](auto a) { return a(0, 1) * a(1, 0); };
  CHECK(tl::grad(straight)(m) == matrix{{{0, 0.3}, {0.2, 0}}});
}
