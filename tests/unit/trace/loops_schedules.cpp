// SPDX-License-Identifier: BSL-1.0
// What programs with nested loops compute how often, and what they store for that. How often is
// counted by a primitive that counts its calls.

#include "support/array_laws.hpp"

#include <tapeless/interop/simd.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

using namespace array_laws;

namespace {

int calls = 0;

struct counted_sine : tl::primitive<1> {
  static constexpr std::string_view name = "counted_sine";
  template <class T>
  static constexpr T primal(const T& x) {
    if (!std::is_constant_evaluated()) ++calls;
    using std::sin;
    return sin(x);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V&) {
    return std::tuple{cos(x)};
  }
};
template <tl::operand A>
constexpr auto counted(A a) {
  return tl::lift<counted_sine>(a);
}

template <class F>
int calls_of(const F& f) {
  calls = 0;
  f();
  return calls;
}

struct matrix {
  list data;
  std::size_t rows, columns;

  matrix(std::size_t m, std::size_t n, double start)
      : data(numbers(static_cast<int>(m * n), start)), rows(m), columns(n) {}
  auto view() const { return tl::view(data.data(), rows, columns); }
  auto view() { return tl::view(data.data(), rows, columns); }
  double operator()(std::size_t i, std::size_t j) const { return data[i * columns + j]; }
};

// What depends on the inner loop alone.
constexpr auto weighted = [](auto q, auto x) {
  return tl::sum(x.rows(), [&](auto i) {
    return tl::sum(q.size(), [&](auto c) { return counted(q[c]) * tl::square(x(i, c)); });
  });
};
// Two passes over the loop over c, both of which need the sums over r.
constexpr auto mixture = [](auto means, auto x) {
  return tl::sum(x.rows(), [&](auto i) {
    return log(1 + tl::sum(means.rows(), [&](auto c) {
                 const auto s = tl::sum(
                     x.cols(), [&](auto r) { return counted(x(i, r) - means(c, r)) * x(i, r); });
                 return tl::square(s);
               }));
  });
};
double plain_mixture(const matrix& means, const matrix& x) {
  double all = 0;
  for (std::size_t i = 0; i < x.rows; ++i) {
    double sum = 0;
    for (std::size_t c = 0; c < means.rows; ++c) {
      double s = 0;
      for (std::size_t r = 0; r < x.columns; ++r) s += std::sin(x(i, r) - means(c, r)) * x(i, r);
      sum += s * s;
    }
    all += std::log(1 + sum);
  }
  return all;
}

}  // namespace

TEST_CASE("what an inner loop computes independently of an outer one is computed once") {
  const list q = numbers(4);
  for (const std::size_t n : {0UL, 1UL, 3UL, 20UL}) {
    const matrix x(n, q.size(), 0.7);
    double want = 0;
    list of_q(q.size());
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t c = 0; c < q.size(); ++c) {
        want += std::sin(q[c]) * x(i, c) * x(i, c);
        of_q[c] += std::cos(q[c]) * x(i, c) * x(i, c);
      }
    }
    const auto xs = x.view();
    double got = 0;
    CHECK(calls_of([&] { got = tl::evaluate(weighted)(q, xs); }) == 4);
    close("value", got, want, 1e-14);
    list g(q.size());
    CHECK(calls_of([&] { got = tl::value_and_grad<0>(weighted).into(g)(q, xs); }) == 4);
    close("value beside the gradient", got, want, 1e-14);
    close("gradient", g, of_q, 1e-14);
    // One array of as many elements as q has, whatever n is.
    CHECK(tl::value_and_grad<0>(weighted).workspace_size(q, xs) % (4 * sizeof(double)) == 0);
    CHECK(tl::value_and_grad<0>(weighted).workspace_size(q, xs) ==
          tl::value_and_grad<0>(weighted).workspace_size(q, matrix(100, 4, 0.1).view()));
  }
}

TEST_CASE("what leaves a loop without iterations need not exist") {
  const auto f = [](auto q, auto x) {
    return tl::sum(x.rows(), [&](auto i) {
      return tl::sum(x.cols(), [&](auto c) { return exp(q[c]) * x(i, c); });
    });
  };
  const auto [value, gradient] = tl::value_and_grad<0>(f)(list{1}, matrix(0, 4, 0.1).view());
  CHECK(value == 0);
  CHECK(gradient == list{0});
  CHECK_THROWS_AS(tl::grad<0>(f)(list{1}, matrix(1, 4, 0.1).view()), std::invalid_argument);
  // Another loop reads it whatever the first one does.
  const auto both = [](auto q, auto x) {
    const auto weights = tl::sum(x.cols(), [&](auto c) { return exp(q[c]); });
    return weights + tl::sum(x.rows(), [&](auto i) {
             return tl::sum(x.cols(), [&](auto c) { return exp(q[c]) * x(i, c); });
           });
  };
  CHECK_THROWS_AS(tl::grad<0>(both)(list{1}, matrix(0, 4, 0.1).view()), std::invalid_argument);
  CHECK(tl::grad<0>(both)(list{0, 0}, matrix(0, 2, 0.1).view()) == list{1, 1});
}

TEST_CASE("what two passes over inner loops need is computed once, in memory that is used again") {
  for (const std::size_t n : {1UL, 2UL, 9UL}) {
    for (const std::size_t d : {1UL, 2UL, 5UL}) {
      const matrix means(3, d, 0.2), x(n, d, 0.9);
      const auto at = means.view(), xs = x.view();
      matrix g(3, d, 0);
      auto to = g.view();
      double value = 0;
      const int sines = static_cast<int>(n * 3 * d);
      CHECK(calls_of([&] { value = tl::value_and_grad<0>(mixture).into(to)(at, xs); }) == sines);
      close("value", value, plain_mixture(means, x), 1e-14);
      for (std::size_t k = 0; k < g.data.size(); ++k) {
        constexpr double h = 1e-5;
        matrix up = means, down = means;
        up.data[k] += h, down.data[k] -= h;
        close("gradient", g.data[k], (plain_mixture(up, x) - plain_mixture(down, x)) / (2 * h),
              1e-8);
      }
      CHECK(tl::value_and_grad<0>(mixture).workspace_size(at, xs) ==
            tl::value_and_grad<0>(mixture).workspace_size(at, matrix(50, d, 0.1).view()));
    }
  }
}

TEST_CASE("what is put is added up over the outer loop before it is multiplied") {
  // of_a[s] += Q(r, s) * w(i, r): the w are added up first.
  const auto f = [](auto a, auto q, auto x) {
    return tl::sum(x.rows(), [&](auto i) {
      const auto all = tl::sum(q.rows(), [&](auto r) {
        return tl::square(tl::sum(q.cols(), [&](auto s) { return q(r, s) * (x(i, s) - a[s]); }));
      });
      return tl::select(x(i, 0) > 0, all, 0);
    });
  };
  for (const std::size_t n : {0UL, 1UL, 2UL, 9UL}) {
    const list a = numbers(4);
    const matrix q(3, 4, 0.4), x(n, 4, 0.9);
    double want = 0;
    list of_a(4);
    matrix of_q(3, 4, 0);
    for (double& e : of_q.data) e = 0;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t r = 0; r < 3 && x(i, 0) > 0; ++r) {
        double sum = 0;
        for (std::size_t s = 0; s < 4; ++s) sum += q(r, s) * (x(i, s) - a[s]);
        want += sum * sum;
        for (std::size_t s = 0; s < 4; ++s) {
          of_a[s] -= 2 * sum * q(r, s);
          of_q.data[r * 4 + s] += 2 * sum * (x(i, s) - a[s]);
        }
      }
    }
    list g(4);
    matrix h(3, 4, 0);
    auto to = h.view();
    const auto qs = q.view(), xs = x.view();
    close("value", tl::value_and_grad<0, 1>(f).into(g, to)(a, qs, xs), want, 1e-14);
    close("gradient", g, of_a, 1e-13);
    close("gradient of the factors", h.data, of_q.data, 1e-13);
  }
  // Where no condition holds there is nothing, whatever the factors are.
  matrix q(3, 4, 0.4), x(2, 4, 0.9);
  q.data[5] = std::numeric_limits<double>::infinity();
  for (double& e : x.data) e = -1;
  const auto qs = q.view(), xs = x.view();
  CHECK(tl::grad<0>(f)(list(4, 1.0), qs, xs) == list(4));
}

TEST_CASE("what several loops put into one array") {
  // Neighbours in one loop, all elements in another, single ones outside of loops.
  const auto f = [](auto a) {
    const auto n = a.size();
    const auto steps =
        tl::sum(n - 1, [&](auto i) { return tl::square(a[i + 1] - 0.5 * a[i]) * a[i]; });
    const auto all = tl::sum(n, [&](auto i) { return exp(-a[i]); });
    return steps + all + tl::sum(tl::min(n, 1), [&](auto i) { return 3 * a[i] * a[i]; });
  };
  hold("neighbours and all", f, [](const auto& x) {
    using real = number<decltype(x)>;
    real s = 0;
    for (std::size_t i = 0; i + 1 < x.size(); ++i) {
      s += (x[i + 1] - real(0.5) * x[i]) * (x[i + 1] - real(0.5) * x[i]) * x[i];
    }
    for (const real e : x) s += std::exp(-e);
    if (!x.empty()) s += 3 * x[0] * x[0];
    return s;
  });
  // In packets, and added to what is there.
  for (const int n : sizes) {
    const list x = numbers(n);
    const list want = tl::grad(f)(x);
    close("in packets, size " + std::to_string(n), tl::grad(f, tl::simd)(x), want, 1e-13);
    for (const bool packets : {false, true}) {
      list g(x.size(), 2.0), sum = want;
      for (double& e : sum) e += 2;
      if (packets) {
        tl::grad(f, tl::simd).add_to(g)(x);
      } else {
        tl::grad(f).add_to(g)(x);
      }
      close("added, size " + std::to_string(n), g, sum, 1e-13);
    }
  }
}

TEST_CASE("elements stored column by column, and those that no loop reaches") {
  constexpr auto inner = [](auto x) {
    return tl::sum(x.cols() - 1, [&](auto j) {
      return (j + 1) * tl::sum(x.rows() - 2, [&](auto i) { return tl::square(x(i, j)); });
    });
  };
  const auto check = [&](const auto& gradient) {
    for (std::size_t m : {0u, 1u, 2u, 3u, 6u}) {
      for (std::size_t n : {0u, 1u, 2u, 5u, 9u}) {
        const matrix x(m, n, 0.4);
        matrix slopes(m, n, 7);
        auto out = slopes.view();
        gradient.into(out)(x.view());
        for (std::size_t i = 0; i < m; ++i) {
          for (std::size_t j = 0; j < n; ++j) {
            const bool reached = i + 2 < m && j + 1 < n;
            CHECK(slopes(i, j) == (reached ? 2 * x(i, j) * static_cast<double>(j + 1) : 0));
          }
        }
      }
    }
  };
  check(tl::grad(inner));
  check(tl::grad(inner, tl::simd));
}

TEST_CASE("differences of large neighbours keep their digits") {
  const auto f = [](auto a) {
    return tl::sum(a.size() - 1, [&](auto i) { return 0.5 * tl::square(a[i + 1] - a[i]); });
  };
  // All differences are exact, their sums with the elements would not be.
  constexpr double large = 1e15;
  const list g = tl::grad(f)(list{large, large + 0.125, large + 0.375, large + 0.5});
  CHECK(g == list{-0.125, -0.125, 0.125, 0.125});
}

TEST_CASE("the position of an extremum: the first winner, the last NaN") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  // The gradient is 1 where the winner is, scaled so that NaN does not get into it.
  const auto largest = [](auto a) { return max(a.size(), [&](auto i) { return a[i]; }); };
  const auto smallest = [](auto a) { return min(a.size(), [&](auto i) { return a[i]; }); };
  CHECK(tl::grad(largest)(list{1, 3, 2, 3}) == list{0, 1, 0, 0});
  CHECK(tl::grad(smallest)(list{2, 1, 1, 3}) == list{0, 1, 0, 0});
  CHECK(tl::grad(smallest)(list{infinity, infinity}) == list{1, 0});
  CHECK(tl::grad(largest)(list{-infinity, -infinity}) == list{1, 0});
  CHECK(tl::grad(smallest)(list{0.0, -0.0}) == list{1, 0});
  CHECK(tl::grad(largest)(list{nan, 1, nan, 2}) == list{0, 0, 1, 0});
  CHECK(tl::grad(smallest)(list{nan, 1, nan, -infinity}) == list{0, 0, 1, 0});
  CHECK(std::isnan(tl::evaluate(smallest)(list{1, nan, -infinity})));
  CHECK(tl::evaluate(smallest)(list{3, 1, 2}) == 1);
}

TEST_CASE("guards that are looked at before a loop") {
  // The row of the winner, with fewer columns than the loop has: what is not there is zero.
  const auto f = [](auto centres, auto points) {
    return tl::sum(points.rows(), [&](auto i) {
      return min(centres.rows(), [&](auto c) {
        return tl::sum(points.cols(),
                       [&](auto r) { return tl::square(points(i, r) - centres(c, r)); });
      });
    });
  };
  const matrix centres(3, 4, 0.2), points(5, 4, 1.1);
  double value = 0;
  matrix want(3, 4, 0);
  for (double& e : want.data) e = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    double best = std::numeric_limits<double>::infinity();
    std::size_t at = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      double s = 0;
      for (std::size_t r = 0; r < 4; ++r) {
        s += (points(i, r) - centres(c, r)) * (points(i, r) - centres(c, r));
      }
      if (s < best) best = s, at = c;
    }
    value += best;
    for (std::size_t r = 0; r < 4; ++r) {
      want.data[at * 4 + r] += 2 * (centres(at, r) - points(i, r));
    }
  }
  matrix g(3, 4, 0);
  auto to = g.view();
  close("value", tl::value_and_grad<0>(f).into(to)(centres.view(), points.view()), value, 1e-14);
  close("gradient", g.data, want.data, 1e-14);
  // No centre: no row to look into.
  const matrix none(0, 4, 0.2);
  matrix nothing(0, 4, 0);
  auto to_nothing = nothing.view();
  CHECK(tl::value_and_grad<0>(f).into(to_nothing)(none.view(), points.view()) ==
        std::numeric_limits<double>::infinity());
}

TEST_CASE("a loop that adds something only under a condition outside of it") {
  // One side of a parabola of each row's product with w: where it is flat, the row is not read
  // again, infinite as it may be.
  const auto above = [](auto w, auto x) {
    return tl::sum(x.rows(), [&](auto i) {
      const auto d = tl::sum(x.cols(), [&](auto j) { return x(i, j) * w[j]; });
      return select(d > 0, d * d, 0);
    });
  };
  const auto below = [](auto w, auto x) {
    return tl::sum(x.rows(), [&](auto i) {
      const auto d = tl::sum(x.cols(), [&](auto j) { return x(i, j) * w[j]; });
      return select(d > 0, 0, d * d);
    });
  };
  const list w = numbers(5);
  matrix x(6, 5, 0.7);
  for (const double sign : {1.0, -1.0}) {
    const auto check = [&](const auto& f, const auto&... policies) {
      double value = 0;
      list gradient(5);
      for (std::size_t i = 0; i < 6; ++i) {
        double d = 0;
        for (std::size_t j = 0; j < 5; ++j) d += x(i, j) * w[j];
        if (d * sign <= 0) continue;
        value += d * d;
        for (std::size_t j = 0; j < 5; ++j) gradient[j] += 2 * d * x(i, j);
      }
      const auto got = tl::value_and_grad<0>(f, policies...)(w, x.view());
      close("value", got.value, value, 1e-13);
      close("gradient", got.gradient, gradient, 1e-13);
      const auto [same, along] = tl::jvp(tl::bind_back(f, x.view()), std::tuple{w}, std::tuple{w});
      close("value of jvp", same, value, 1e-13);
      close("adjoint identity", along, dot(gradient, w), 1e-13);
    };
    if (sign > 0) {
      check(above), check(above, tl::simd);
    } else {
      check(below), check(below, tl::simd);
    }
  }
  double& entry = x.data[7];
  entry =
      w[2] > 0 ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  const list g = tl::grad<0>(above)(w, x.view());
  for (const double e : g) CHECK(std::isfinite(e));
}
