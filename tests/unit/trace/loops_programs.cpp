// SPDX-License-Identifier: BSL-1.0
// Programs as users write them first, to the second order.

#include "support/array_laws.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

using namespace array_laws;

namespace {

constexpr auto least = [](auto w, auto X, auto y) {
  return tl::sum(y.size(),
                 [&](auto i) {
                   const auto p = tl::sum(w.size(), [&](auto j) { return X(i, j) * w[j]; });
                   return tl::square(p - y[i]);
                 }) /
         y.size();
};
constexpr auto logistic = [](auto w, auto X, auto y) {
  const auto z = tl::generate(
      X.rows(), [&](auto i) { return tl::sum(X.cols(), [&](auto j) { return X(i, j) * w[j]; }); });
  return tl::sum(y.size(), [&](auto i) { return log1p(exp(z[i])) - y[i] * z[i]; }) +
         0.5 * tl::sum(w.size(), [&](auto j) { return w[j] * w[j]; });
};
constexpr auto softmax_ce = [](auto w, auto X, auto label) {  // w: cols x 3 flat
  return tl::sum(X.rows(), [&](auto i) {
    const auto s = tl::generate(3, [&](auto k) {
      return tl::sum(X.cols(), [&](auto j) { return X(i, j) * w[j * 3 + k]; });
    });
    return tl::logsumexp(3, [&](auto k) { return s[k]; }) - s[label[i]];
  });
};
constexpr auto softmax_entropy = [](auto x) {
  const auto m = tl::max(x.size(), [&](auto i) { return x[i]; });
  const auto e = tl::generate(x.size(), [&](auto i) { return exp(x[i] - m); });
  const auto s = tl::sum(x.size(), [&](auto i) { return e[i]; });
  const auto p = tl::generate(x.size(), [&](auto i) { return e[i] / s; });
  return -tl::sum(x.size(), [&](auto i) { return p[i] * log(p[i]); });
};
constexpr auto conv = [](auto x, auto k) {
  const auto y = tl::generate(x.size() - k.size() + 1, [&](auto i) {
    return tl::sum(k.size(), [&](auto j) { return x[i + j] * k[j]; });
  });
  return tl::sum(y.size(), [&](auto i) { return tl::square(y[i]) * y[i]; });
};
constexpr auto conv_reverse = [](auto x, auto k) {
  return tl::sum(x.size() + k.size() - 1, [&](auto n) {
    return tl::square(tl::sum(k.size(), [&](auto j) {
      return tl::select(n - j >= 0 && n - j < x.size(), x[n - j] * k[j], 0);
    }));
  });
};
constexpr auto cumulative = [](auto x) {
  const auto [last, all] = tl::scan(x.size(), 0.0, [&](auto c, auto i) { return c + x[i] * x[i]; });
  const auto& c = all;
  return tl::sum(x.size(), [&](auto i) { return sin(c[i]) * x[i]; }) + last;
};
constexpr auto cumprod = [](auto x) {
  const auto r = tl::scan(x.size(), 1.0, [&](auto c, auto i) { return c * x[i]; });
  return tl::sum(r.second.size(), [&](auto i) { return r.second[i] * r.second[i]; });
};
constexpr auto triangle = [](auto x) {
  return tl::sum(x.size(), [&](auto i) {
    return tl::sum(i, [&](auto j) { return tl::square(x[i] - x[j]) * x[j]; });
  });
};
constexpr auto pairs = [](auto x) {
  return tl::sum(x.size(), [&](auto i) {
    return tl::sum(x.size() - i - 1, [&](auto k) {
      const auto j = i + 1 + k;
      return 1 / (2 + x[i] * x[j]);
    });
  });
};
constexpr auto gather = [](auto x, auto id) {
  return tl::sum(id.size(), [&](auto k) { return tl::square(x[id[k]]) * x[k]; });
};
constexpr auto dot3 = [](auto x, auto y) {
  return tl::sum(x.size(), [&](auto i) { return x[i] * x[i] * y[i]; });
};
constexpr auto matvec = [](auto x, auto A) {
  const auto y = tl::generate(
      A.rows(), [&](auto i) { return tl::sum(A.cols(), [&](auto j) { return A(i, j) * x[j]; }); });
  const auto z = tl::generate(A.rows(), [&](auto i) { return tanh(y[i]) * x[i]; });
  return tl::sum(z.size(), [&](auto i) { return z[i] * y[i]; });
};
constexpr auto quadratic = [](auto x, auto A) {
  return tl::sum(A.rows(), [&](auto i) {
    return x[i] * tl::sum(A.cols(), [&](auto j) { return A(i, j) * x[j]; });
  });
};
constexpr auto stencil = [](auto x, auto rows, auto cols) {  // flat image
  const auto r = rows.size(), c = cols.size();
  const auto u = tl::generate(r, c, [&](auto i, auto j) { return sin(x[i * c + j]); });
  return tl::sum(r - 2, [&](auto i) {
    return tl::sum(c - 2, [&](auto j) {
      return tl::square(u(i, j + 1) + u(i + 2, j + 1) + u(i + 1, j) + u(i + 1, j + 2) -
                        4 * u(i + 1, j + 1));
    });
  });
};
constexpr auto matmul = [](auto x, auto B) {
  const auto n = B.rows();
  const auto A = tl::generate(n, n, [&](auto i, auto j) { return x[i] * x[j] + B(i, j); });
  const auto C = tl::generate(
      n, n, [&](auto i, auto j) { return tl::sum(n, [&](auto k) { return A(i, k) * A(k, j); }); });
  return tl::sum(
      n, [&](auto i) { return C(i, i) + tl::sum(n, [&](auto j) { return C(i, j) * B(j, i); }); });
};
constexpr auto rowsoft = [](auto x, auto B) {
  return tl::sum(B.rows(), [&](auto i) {
    const auto row = B[i];
    const auto l = tl::logsumexp(row.size(), [&](auto j) { return row[j] * x[j]; });
    return l * l;
  });
};
constexpr auto kmeans = [](auto x, auto P) {  // x: centers flat 2 per center
  return tl::sum(P.rows(), [&](auto i) {
    return tl::min(3, [&](auto c) {
      return tl::sum(2, [&](auto d) { return tl::square(P(i, d) - x[c * 2 + d]); });
    });
  });
};
constexpr auto rnn = [](auto x, auto A) {
  const auto [h, s] = tl::fold(A.rows(), std::tuple{0.1, 0.0}, [&](auto state, auto t) {
    auto [p, acc] = state;
    const auto q = tanh(x[0] * p + x[1] * A(t, 0) + x[2]);
    return std::tuple{q, acc + tl::square(q - A(t, 1))};
  });
  return s + h * h;
};
constexpr auto boundary = [](auto x) {
  return tl::sum(x.size(), [&](auto i) {
    const auto l = tl::select(i > 0, x[i - 1], 0), r = tl::select(i + 1 < x.size(), x[i + 1], 0);
    return tl::square(l * x[i] - r);
  });
};
constexpr auto periodic = [](auto x) {
  return tl::sum(x.size(), [&](auto i) {
    const auto r = tl::select(i + 1 < x.size(), x[i + 1], x[0]);
    return x[i] * x[i] * r;
  });
};
constexpr auto branchy = [](auto x) {
  return tl::sum(x.size(), [&](auto i) {
    return tl::cond(
        x[i] > 0, [&] { return sqrt(x[i]) * x[0]; }, [&] { return x[i] * x[i] * x[0]; });
  });
};
constexpr auto rev = [](auto x) {
  return tl::sum(x.size(), [&](auto i) { return x[i] * x[x.size() - 1 - i] * x[i]; });
};
constexpr auto stride2 = [](auto x, auto half) {
  return tl::sum(half.size(), [&](auto i) { return x[2 * i] * x[2 * i + 1] * x[2 * i]; });
};
constexpr auto lse_nest = [](auto x, auto B) {
  return tl::logsumexp(B.rows(), [&](auto i) {
    return tl::logsumexp(B.cols(), [&](auto j) { return B(i, j) * x[j] * x[j]; });
  });
};
constexpr auto variance = [](auto x) {
  const auto n = x.size();
  const auto mean = tl::sum(n, [&](auto i) { return x[i]; }) / n;
  return tl::sum(n, [&](auto i) { return tl::square(x[i] - mean) * x[i]; }) / (n - 1);
};
constexpr auto prods = [](auto x) {
  return tl::prod(x.size(), [&](auto i) { return 1 + x[i] * x[i]; }) *
         tl::min(x.size(), [&](auto i) { return x[i]; });
};
constexpr auto normal = [](auto x, auto y) {
  const auto mu = x[0], sigma = exp(x[1]);
  return -tl::sum(y.size(),
                  [&](auto i) { return tl::square((y[i] - mu) / sigma) / 2 + log(sigma); });
};
constexpr auto horner = [](auto x, auto t) {
  return tl::sum(t.size(), [&](auto k) {
    return tl::square(tl::fold(x.size(), 0.0, [&](auto s, auto i) { return s * t[k] + x[i]; }));
  });
};

}  // namespace

TEST_CASE("programs of losses, sums and recurrences") {
  const auto x = numbers(7);
  tl::matrix<double> X(5, 3);
  int c = 0;
  for (double& e : X) e = std::sin(++c);
  hold_with_data("least", least, numbers(3), X, numbers(5, 0.9));
  hold_with_data("logistic", logistic, numbers(3), X, numbers(5, 0.9));
  hold_with_data("softmax_ce", softmax_ce, numbers(9), X, std::vector<int>{0, 2, 1, 1, 0});
  hold_with_data("softmax_entropy", softmax_entropy, x);
  hold_with_data("conv", conv, x, numbers(3, 1.1));
  hold_with_data("conv_reverse", conv_reverse, x, numbers(3, 1.1));
  hold_with_data("cumulative", cumulative, x);
  hold_with_data("cumprod", cumprod, x);
  hold_with_data("triangle", triangle, x);
  hold_with_data("pairs", pairs, x);
  hold_with_data("gather", gather, x, std::vector<int>{0, 6, 2, 2});
  hold_with_data("gather", gather, x, std::vector<long>{0, 6, 2, 2});
  hold_with_data("gather", gather, x, std::vector<std::size_t>{0, 6, 2, 2});
  hold_with_data("gather", gather, x, std::vector<unsigned char>{0, 6, 2, 2});
  hold_with_data("dot3", dot3, x, numbers(7, 0.1));
}

TEST_CASE("programs of matrices, stencils and nests") {
  const auto x = numbers(6);
  tl::matrix<double> A(6, 6);
  int c = 0;
  for (double& e : A) e = std::sin(++c);
  hold_with_data("matvec", matvec, x, A);
  hold_with_data("quadratic", quadratic, x, A);
  hold_with_data("stencil", stencil, numbers(20), list(4), list(5));
  hold_with_data("matmul", matmul, x, A);
  hold_with_data("rowsoft", rowsoft, x, A);
  hold_with_data("kmeans", kmeans, x, A);
  hold_with_data("rnn", rnn, numbers(3), A);
  hold_with_data("boundary", boundary, x);
  hold_with_data("periodic", periodic, x);
  hold_with_data("branchy", branchy, x);
  hold_with_data("rev", rev, x);
  hold_with_data("stride2", stride2, x, list(3));
  hold_with_data("lse_nest", lse_nest, x, A);
  hold_with_data("variance", variance, x);
  hold_with_data("prods", prods, x);
  hold_with_data("normal", normal, numbers(2), x);
  hold_with_data("horner", horner, x, numbers(4));
}
