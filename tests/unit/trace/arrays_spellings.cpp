// SPDX-License-Identifier: BSL-1.0
// An operation on whole arrays is the loop that it stands for: both spellings are the same program,
// line by line, but for what is compared when it is called.

#include "support/catch.hpp"

#include <tapeless/inspect/to_source.hpp>
#include <tapeless/tapeless.hpp>

#include <string>
#include <vector>

namespace tl = tapeless;

namespace {

using vector = std::vector<double>;
using matrix = tl::matrix<double>;

/// The program without its checks: `if (...)`, whose next line throws.
std::string without_checks(const std::string& source) {
  std::string text, pending;
  for (std::size_t i = 0; i < source.size();) {
    const std::size_t end = source.find('\n', i) + 1;
    const std::string line = source.substr(i, end - i);
    i = end;
    if (line.find("throw std::invalid_argument") != std::string::npos) {
      pending.clear();
      continue;
    }
    if (line == "#include <stdexcept>\n") continue;
    text += pending;
    pending = line;
  }
  return text + pending;
}

template <class... A>
void same(const auto& whole, const auto& loops) {
  const std::string a = tl::to_source<A...>(tl::value_and_grad<0>(whole), "program");
  const std::string b = tl::to_source<A...>(tl::value_and_grad<0>(loops), "program");
  CHECK(without_checks(a) == without_checks(b));
  CHECK(a.find("for (") != std::string::npos);
}

}  // namespace

TEST_CASE("spellings: least squares") {
  same<vector, matrix, vector>(
      [](auto w, auto X, auto y) { return sum(square(X * w - y)); },
      [](auto w, auto X, auto y) {
        return tl::sum(X.rows(), [&](auto i) {
          return square(tl::sum(w.size(), [&](auto j) { return X(i, j) * w[j]; }) - y[i]);
        });
      });
}

TEST_CASE("spellings: logistic regression") {
  same<vector, matrix, vector>(
      [](auto w, auto X, auto y) {
        const auto z = X * w;
        return sum(softplus(z) - y * z);
      },
      [](auto w, auto X, auto y) {
        return tl::sum(X.rows(), [&](auto i) {
          const auto z = tl::sum(w.size(), [&](auto j) { return X(i, j) * w[j]; });
          return softplus(z) - y[i] * z;
        });
      });
}

TEST_CASE("spellings: a value that is used twice") {
  same<vector, matrix, vector>(
      [](auto w, auto X, auto y) {
        const auto r = X * w - y;
        return dot(r, r) + max(r);
      },
      [](auto w, auto X, auto y) {
        const auto r = tl::generate(X.rows(), [&](auto i) {
          return tl::sum(w.size(), [&](auto j) { return X(i, j) * w[j]; }) - y[i];
        });
        return tl::sum(r.size(), [&](auto i) { return r[i] * r[i]; }) +
               tl::max(r.size(), [&](auto i) { return r[i]; });
      });
}

TEST_CASE("spellings: layers") {
  same<vector, matrix>(
      [](auto s, auto A) {
        for (int k = 0; k < 2; ++k) s = tanh(A * s);
        return sum(s);
      },
      [](auto s, auto A) {
        const auto n = s.size();
        for (int k = 0; k < 2; ++k) {
          s = tl::generate(
              n, [&](auto i) { return tanh(tl::sum(n, [&](auto j) { return A(i, j) * s[j]; })); });
        }
        return tl::sum(n, [&](auto i) { return s[i]; });
      });
}

TEST_CASE("spellings: a product with a transposed matrix") {
  same<vector, matrix>([](auto w, auto X) { return sum(square(transpose(X) * tanh(X * w))); },
                       [](auto w, auto X) {
                         const auto h = tl::generate(X.rows(), [&](auto i) {
                           return tanh(tl::sum(w.size(), [&](auto j) { return X(i, j) * w[j]; }));
                         });
                         return tl::sum(w.size(), [&](auto j) {
                           return square(tl::sum(X.rows(), [&](auto i) { return X(i, j) * h[i]; }));
                         });
                       });
}

TEST_CASE("spellings: products of matrices") {
  same<matrix, matrix>(
      [](auto A, auto B) { return sum(sin(A * B)); },
      [](auto A, auto B) {
        return tl::sum(A.rows(), [&](auto i) {
          return tl::sum(B.cols(), [&](auto j) {
            return sin(tl::sum(A.cols(), [&](auto k) { return A(i, k) * B(k, j); }));
          });
        });
      });
}

TEST_CASE("spellings: softmax cross-entropy of a batch") {
  same<matrix, matrix>(
      [](auto Z, auto T) {
        return sum(logsumexp(Z, tl::axis<1>) - sum(elementwise_product(Z, T), tl::axis<1>));
      },
      [](auto Z, auto T) {
        return tl::sum(Z.rows(), [&](auto i) {
          return tl::logsumexp(Z.cols(), [&](auto j) { return Z(i, j); }) -
                 tl::sum(Z.cols(), [&](auto j) { return Z(i, j) * T(i, j); });
        });
      });
}

TEST_CASE("spellings: broadcasts") {
  same<vector, vector, matrix>(
      [](auto v, auto w, auto M) { return sum(tanh(M - rowwise(v)) / colwise(w)); },
      [](auto v, auto w, auto M) {
        return tl::sum(w.size(), [&](auto i) {
          return tl::sum(v.size(), [&](auto j) { return tanh(M(i, j) - v[j]) / w[i]; });
        });
      });
}

TEST_CASE("spellings: the rows of a computed matrix are not stored") {
  same<vector, matrix>(
      [](auto v, auto M) {
        const auto scaled = 2 * M + rowwise(v);
        return tl::sum(scaled.rows(), [&](auto i) { return logsumexp(scaled[i]); });
      },
      [](auto v, auto M) {
        return tl::sum(M.rows(), [&](auto i) {
          return tl::logsumexp(v.size(), [&](auto j) { return 2 * M(i, j) + v[j]; });
        });
      });
}

TEST_CASE("spellings: neighbours, and an element from the other end") {
  same<vector>(
      [](auto a) {
        const auto n = a.size();
        return sum(square(tail(a, n - 1) - head(a, n - 1))) + dot(sin(reverse(a)), a);
      },
      [](auto a) {
        const auto n = a.size();
        return tl::sum(n - 1, [&](auto i) { return square(a[i + 1] - a[i]); }) +
               tl::sum(n, [&](auto i) { return sin(a[n - 1 - i]) * a[i]; });
      });
}

TEST_CASE("spellings: a choice by comparison") {
  same<vector, vector>(
      [](auto a, auto b) {
        const auto r = a - b;
        return sum(select(abs(r) < 1, r * r / 2, abs(r) - 0.5));
      },
      [](auto a, auto b) {
        return tl::sum(a.size(), [&](auto i) {
          const auto r = a[i] - b[i];
          return tl::select(abs(r) < 1, r * r / 2, abs(r) - 0.5);
        });
      });
}

TEST_CASE("spellings: softmax, a mean and a recurrence") {
  same<vector>([](auto a) { return sum(square(softmax(a))) * mean(cumsum(a)); },
               [](auto a) {
                 const auto most = stop_gradient(tl::max(a.size(), [&](auto i) { return a[i]; }));
                 const auto e = tl::generate(a.size(), [&](auto i) { return exp(a[i] - most); });
                 const auto total = tl::sum(e.size(), [&](auto i) { return e[i]; });
                 const auto scale = tl::select(total != 0, total, 1);
                 const auto [last, sums] =
                     tl::scan(a.size(), 0, [&](auto s, auto i) { return s + a[i]; });
                 const auto& all = sums;
                 return tl::sum(a.size(), [&](auto i) { return square(e[i] / scale); }) *
                        (tl::sum(a.size(), [&](auto i) { return all[i]; }) / a.size());
               });
}

TEST_CASE("spellings: the sum of a product of matrices is sums of columns and rows") {
  same<matrix, matrix>([](auto A, auto B) { return sum(A * B); },
                       [](auto A, auto B) {
                         return tl::sum(A.cols(), [&](auto k) {
                           return tl::sum(B.cols(), [&](auto j) { return B(k, j); }) *
                                  tl::sum(A.rows(), [&](auto i) { return A(i, k); });
                         });
                       });
}
