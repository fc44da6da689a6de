// SPDX-License-Identifier: BSL-1.0
// What do the gradients of small networks cost, with all data of a batch in one matrix?
#include "losses.hpp"
#include "support/columns.hpp"

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

using namespace bench::arrays;

namespace {

void add_by_hand(group& g, auto gradient_by_hand) {
  g.reference("eigen",
              [=](double* gradient) { return gradient_by_hand(gradient, by_hand::tanh_of_eigen); });
  g.add("eigen_by_exp",
        [=](double* gradient) { return gradient_by_hand(gradient, by_hand::tanh_by_exp); });
}

void add_network(suite& all, std::size_t h) {
  all.add("network", "hidden=" + std::to_string(h), [=, &all](const std::string& name) {
    constexpr std::size_t n = 256, d = 16, k = 4;
    uniform random(24);
    const std::size_t of_b = d * h, of_V = of_b + h, of_c = of_V + h * k, size = of_c + k;
    const numbers point(size, random, -0.5, 0.5);
    const numbers inputs(n * d, random, -1, 1), targets(n * k, random, -1, 1);
    const auto X = map<by_columns>(inputs, n, d), Y = map<by_columns>(targets, n, k);
    numbers first(d * h), offsets(h), second(h * k), last(k);
    std::copy_n(point.data(), d * h, first.data());
    std::copy_n(point.data() + of_b, h, offsets.data());
    std::copy_n(point.data() + of_V, h * k, second.data());
    std::copy_n(point.data() + of_c, k, last.data());
    const auto U = map<by_columns>(first, d, h), V = map<by_columns>(second, h, k);
    const auto b = map(offsets), c = map(last);
    by_columns H(length(n), length(h)), R(length(n), length(k)), D(length(n), length(h));
    group g(name, n, size);
    add_by_hand(g, [=, &H, &R, &D](double* gradient, auto activate) {
      return by_hand::network(U, b, V, c, X, Y, H, R, D, part(gradient, d, h),
                              part(gradient + of_b, h), part(gradient + of_V, h, k),
                              part(gradient + of_c, k), activate);
    });
    add_library(
        g,
        [=](double* gradient, auto... policies) {
          auto U_ = part(gradient, d, h), V_ = part(gradient + of_V, h, k);
          auto b_ = part(gradient + of_b, h), c_ = part(gradient + of_c, k);
          return tl::value_and_grad<0, 1, 2, 3>(network_loss{}, policies...)
              .into(U_, b_, V_, c_)(U, b, V, c, X, Y);
        },
        [=](double* gradient) {
          namespace e = expressions;
          auto U_ = part(gradient, d, h), V_ = part(gradient + of_V, h, k);
          auto b_ = part(gradient + of_b, h), c_ = part(gradient + of_c, k);
          return tl::value_and_grad<e::U, e::b, e::V, e::c>(e::network)
              .into(U_, b_, V_, c_)(e::U = U, e::b = b, e::V = V, e::c = c, e::X = X, e::Y = Y);
        });
    add_tapes(g, point, [=]<class T>(const T* a) {
      using std::tanh;
      std::vector<T> hidden(h);
      T sum = 0;
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t q = 0; q < h; ++q) {
          T s = a[of_b + q];
          for (std::size_t j = 0; j < d; ++j) s += X(length(i), length(j)) * a[j + q * d];
          hidden[q] = tanh(s);
        }
        for (std::size_t q = 0; q < k; ++q) {
          T s = a[of_c + q] - Y(length(i), length(q));
          for (std::size_t j = 0; j < h; ++j) s += hidden[j] * a[of_V + j + q * h];
          sum += s * s;
        }
      }
      return sum;
    });
    all.run();
  });
}

/// s = tanh(X * s) three times: the gradient of s.
void add_layers(suite& all, std::size_t n) {
  all.add("layers", n, [=, &all](const std::string& name) {
    uniform random(25);
    const numbers point(n, random, -1, 1);
    const double most = 1 / std::sqrt(static_cast<double>(n));
    const numbers matrix(n * n, random, -most, most);
    const auto s = map(point);
    const auto X = map<by_columns>(matrix, n, n);
    vector s1(length(n)), s2(length(n)), s3(length(n)), q(length(n));
    group g(name, n * n, n);
    add_by_hand(g, [=, &s1, &s2, &s3, &q](double* gradient, auto activate) {
      return by_hand::layers(s, X, s1, s2, s3, q, part(gradient, n), activate);
    });
    add_library(
        g,
        [=](double* gradient, auto... policies) {
          auto out = part(gradient, n);
          return tl::value_and_grad<0>(layers_loss{}, policies...).into(out)(s, X);
        },
        [=](double* gradient) {
          namespace e = expressions;
          auto out = part(gradient, n);
          return tl::value_and_grad<e::s>(e::layers).into(out)(e::s = s, e::X = X);
        });
    add_tapes(g, point, [=]<class T>(const T* a) {
      using std::tanh;
      std::vector<T> now(a, a + n), next(n);
      for (int k = 0; k < 3; ++k) {
        for (std::size_t i = 0; i < n; ++i) {
          T z = 0;
          for (std::size_t j = 0; j < n; ++j) z += X(length(i), length(j)) * now[j];
          next[i] = tanh(z);
        }
        now.swap(next);
      }
      T sum = 0;
      for (std::size_t i = 0; i < n; ++i) sum += now[i];
      return sum;
    });
    all.run();
  });
}

void add_cross_entropy(suite& all, std::size_t n) {
  all.add("cross_entropy", n, [=, &all](const std::string& name) {
    constexpr std::size_t d = 20, k = 10;
    uniform random(26);
    const numbers point(d * k + k, random, -0.5, 0.5), inputs(n * d, random, -1, 1);
    numbers weights(d * k), offsets(k), labels(n * k);
    std::copy_n(point.data(), d * k, weights.data());
    std::copy_n(point.data() + d * k, k, offsets.data());
    for (std::size_t i = 0; i < n; ++i) labels[i + n * static_cast<std::size_t>(random(0, k))] = 1;
    const auto W = map<by_columns>(weights, d, k);
    const auto b = map(offsets);
    const auto X = map<by_columns>(inputs, n, d), T = map<by_columns>(labels, n, k);
    by_columns Z(length(n), length(k));
    vector row(length(n));
    group g(name, n, d * k + k);
    g.reference("eigen", [=, &Z, &row](double* gradient) {
      return by_hand::cross_entropy(W, b, X, T, Z, row, part(gradient, d, k),
                                    part(gradient + d * k, k));
    });
    add_library(
        g,
        [=](double* gradient, auto... policies) {
          auto W_ = part(gradient, d, k);
          auto b_ = part(gradient + d * k, k);
          return tl::value_and_grad<0, 1>(cross_entropy{}, policies...).into(W_, b_)(W, b, X, T);
        },
        [=](double* gradient) {
          namespace e = expressions;
          auto W_ = part(gradient, d, k);
          auto b_ = part(gradient + d * k, k);
          return tl::value_and_grad<e::U, e::b>(e::entropy)
              .into(W_, b_)(e::U = W, e::b = b, e::X = X, e::Y = T);
        });
    if (n <= 1000)
      add_tapes(g, point, [=]<class N>(const N* a) {
        using std::exp, std::log;
        N sum = 0;
        for (std::size_t i = 0; i < n; ++i) {
          N total = 0, chosen = 0;
          for (std::size_t q = 0; q < k; ++q) {
            N z = a[d * k + q];
            for (std::size_t j = 0; j < d; ++j) z += X(length(i), length(j)) * a[j + q * d];
            total += exp(z);
            chosen += T(length(i), length(q)) * z;
          }
          sum += log(total) - chosen;
        }
        return sum;
      });
    all.run();
  });
}

}  // namespace

int main(int argc, char** argv) {
  suite all;
  for (const std::size_t h : {8UL, 64UL}) add_network(all, h);
  for (const std::size_t n : {17UL, 100UL, 300UL}) add_layers(all, n);
  for (const std::size_t n : {256UL, 4096UL}) add_cross_entropy(all, n);
  return all.main(argc, argv);
}
