// SPDX-License-Identifier: BSL-1.0
// What do the gradients of linear and logistic regression cost, on either storage order?
#include "losses.hpp"
#include "support/columns.hpp"

#include <cmath>
#include <cstddef>
#include <string>

using namespace bench::arrays;

namespace {

std::string size_of(std::size_t n, std::size_t m) {
  return std::to_string(n) + "x" + std::to_string(m);
}

template <class Matrix>
constexpr const char* suffix = Matrix::IsRowMajor ? "_by_rows" : "_by_columns";

/// Tapes beyond this many entries of X would take longer than all the rest.
constexpr std::size_t largest_tape = 100'000;

template <class Matrix>
void add_linear(suite& all, std::size_t n, std::size_t m) {
  const std::string problem = std::string("linear") + suffix<Matrix>;
  all.add(problem, size_of(n, m), [=, &all](const std::string& name) {
    uniform random(22);
    const numbers point(m, random, -1, 1), matrix(n * m, random, -1, 1), data(n, random, -1, 1);
    const auto w = map(point), y = map(data);
    const auto X = map<Matrix>(matrix, n, m);
    vector r(length(n));
    group g(name, n, m);
    g.reference("eigen", [=, &r](double* gradient) {
      return by_hand::linear(w, X, y, r, part(gradient, m));
    });
    add_library(
        g,
        [=](double* gradient, auto... policies) {
          auto out = part(gradient, m);
          return tl::value_and_grad<0>(linear_loss{}, policies...).into(out)(w, X, y);
        },
        [=](double* gradient) {
          namespace e = expressions;
          auto out = part(gradient, m);
          return tl::value_and_grad<e::w>(e::linear).into(out)(e::w = w, e::X = X, e::y = y);
        });
    if (n * m <= largest_tape)
      add_tapes(g, point, [=]<class T>(const T* a) {
        T sum = 0;
        for (std::size_t i = 0; i < n; ++i) {
          T r_i = -y[length(i)];
          for (std::size_t j = 0; j < m; ++j) r_i += X(length(i), length(j)) * a[j];
          sum += r_i * r_i;
        }
        return sum;
      });
    all.run();
  });
}

template <class Matrix>
void add_logistic(suite& all, std::size_t n, std::size_t m) {
  const std::string problem = std::string("logistic") + suffix<Matrix>;
  all.add(problem, size_of(n, m), [=, &all](const std::string& name) {
    uniform random(23);
    const numbers point(m, random, -1, 1), matrix(n * m, random, -1, 1);
    numbers data(n, random, 0, 1);
    for (std::size_t i = 0; i < n; ++i) data[i] = data[i] < 0.5 ? 0 : 1;
    const auto w = map(point), y = map(data);
    const auto X = map<Matrix>(matrix, n, m);
    vector z(length(n)), p(length(n));
    group g(name, n, m);
    g.reference("eigen", [=, &z, &p](double* gradient) {
      return by_hand::logistic(w, X, y, z, p, part(gradient, m));
    });
    add_library(
        g,
        [=](double* gradient, auto... policies) {
          auto out = part(gradient, m);
          return tl::value_and_grad<0>(logistic_loss{}, policies...).into(out)(w, X, y);
        },
        [=](double* gradient) {
          namespace e = expressions;
          auto out = part(gradient, m);
          return tl::value_and_grad<e::w>(e::logistic).into(out)(e::w = w, e::X = X, e::y = y);
        });
    if (n * m <= largest_tape)
      add_tapes(g, point, [=]<class T>(const T* a) {
        using std::exp, std::log;
        T sum = 0;
        for (std::size_t i = 0; i < n; ++i) {
          T z_i = 0;
          for (std::size_t j = 0; j < m; ++j) z_i += X(length(i), length(j)) * a[j];
          sum += log(1 + exp(z_i)) - y[length(i)] * z_i;
        }
        return sum;
      });
    all.run();
  });
}

}  // namespace

int main(int argc, char** argv) {
  suite all;
  constexpr std::size_t sizes[][2] = {{1000, 3}, {1000, 10}, {1000, 100}, {100'000, 10}};
  for (const auto& [n, m] : sizes) {
    add_linear<by_columns>(all, n, m);
    add_linear<by_rows>(all, n, m);
    add_logistic<by_columns>(all, n, m);
    add_logistic<by_rows>(all, n, m);
  }
  return all.main(argc, argv);
}
