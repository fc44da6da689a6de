// SPDX-License-Identifier: BSL-1.0
// Losses beside the same formulas in long double, their gradients beside central differences of
// those, at ordinary logits and at +-800; the dense layer; initial weights.

#include "support/catch.hpp"

#include <tapeless/optimize/initialise.hpp>
#include <tapeless/optimize/layers.hpp>
#include <tapeless/optimize/losses.hpp>
#include <tapeless/tapeless.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace tl = tapeless;
using list = std::vector<double>;
using wide = std::vector<long double>;

namespace {

constexpr std::size_t rows = 3, columns = 4;
const std::vector<int> labels{2, 0, 3};

/// The loss and its gradient in the first argument beside `reference`.
template <class F, class R, class... A>
void compare(const F& f, const R& reference, const list& at, const A&... a) {
  const auto view = [](const list& v) { return v; };
  const auto [value, g] = tl::value_and_grad<0>(f)(view(at), a...);
  wide w(at.begin(), at.end());
  REQUIRE(value == Approx(static_cast<double>(reference(w))).epsilon(1e-12).margin(1e-300));
  for (std::size_t k = 0; k < at.size(); ++k) {
    const long double h = 1e-6L;
    w[k] = at[k] + h;
    const long double up = reference(w);
    w[k] = at[k] - h;
    const long double down = reference(w);
    w[k] = at[k];
    REQUIRE(g[k] == Approx(static_cast<double>((up - down) / (2 * h))).epsilon(1e-7).margin(1e-7));
  }
}

const list ordinary{0.3, -1.2, 2.5, 0.7, -0.4, 1.1, 0.2, -3, 0.9, 0.6, -0.8, 1.7};
const list extreme{800, -800, 0, 1, -800, 799.5, -1, 800, -800, -800, 800, -800};

long double log_sum_exp(const long double* z, std::size_t n) {
  const long double most = *std::max_element(z, z + n);
  long double s = 0;
  for (std::size_t j = 0; j < n; ++j) s += std::exp(z[j] - most);
  return most + std::log(s);
}

}  // namespace

TEST_CASE("losses: of softmax, by labels and by probabilities") {
  constexpr auto by_label = [](auto z, auto l) {
    return tl::softmax_cross_entropy(reshape(z, 3, 4), l);
  };
  constexpr auto by_probability = [](auto z, auto t) {
    return tl::softmax_cross_entropy(reshape(z, 3, 4), reshape(t, 3, 4));
  };
  constexpr auto of_one = [](auto z, auto l) { return tl::softmax_cross_entropy(z, l); };
  const list some{0.1, 0.2, 0.3, 0.4, 0, 0, 1, 0, 0.5, 0, 0.5, 0};
  for (const list& z : {ordinary, extreme}) {
    compare(
        by_label,
        [](const wide& w) {
          long double s = 0;
          for (std::size_t i = 0; i < rows; ++i) {
            s += log_sum_exp(&w[i * columns], columns) -
                 w[i * columns + static_cast<std::size_t>(labels[i])];
          }
          return s / rows;
        },
        z, labels);
    compare(
        by_probability,
        [&](const wide& w) {
          long double s = 0;
          for (std::size_t i = 0; i < rows; ++i) {
            for (std::size_t j = 0; j < columns; ++j) {
              const std::size_t k = i * columns + j;
              s += some[k] * (log_sum_exp(&w[i * columns], columns) - w[k]);
            }
          }
          return s / rows;
        },
        z, some);
    compare(of_one, [&](const wide& w) { return log_sum_exp(w.data(), w.size()) - w[5]; }, z, 5);
  }
}

TEST_CASE("losses: of softmax, logits in arrays of constant size; another number of labels") {
  constexpr auto f = [](auto z, auto l) { return tl::softmax_cross_entropy(z, l); };
  const std::array<std::array<double, 2>, 2> fixed{{{1, 2}, {3, 4}}};
  const double log_of = std::log1p(std::exp(-1.0));
  const auto [value, gradient] = tl::value_and_grad<0>(f)(fixed, std::array{0, 1});
  CHECK(value == Approx((1 + log_of + log_of) / 2).epsilon(1e-15));
  CHECK(gradient[0][0] == Approx((std::exp(-1 - log_of) - 1) / 2).epsilon(1e-14));
  tl::matrix<double> z(3, 2);
  for (const std::size_t n : {2U, 4U}) {
    const auto text = [&](const auto& wrong) {
      try {
        tl::evaluate(f)(z, wrong);
      } catch (const std::invalid_argument& e) {
        return std::string(e.what());
      }
      return std::string();
    };
    const std::string message =
        "tapeless: sizes differ in an elementwise operation: argument 0 has 3 elements (rows), "
        "argument 1 has " +
        std::to_string(n) + " elements (rows)";
    CHECK(text(std::vector<int>(n)) == message);
    CHECK(text(tl::matrix<double>(n, 2)) == message);
  }
}

TEST_CASE("losses: element by element") {
  const list t{1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 0.25};
  const auto mean = [](const auto& term) {
    return [=](const wide& w) {
      long double s = 0;
      for (std::size_t k = 0; k < w.size(); ++k) s += term(w[k], k);
      return s / static_cast<long double>(w.size());
    };
  };
  constexpr auto squared = [](auto y, auto u) { return tl::mean_squared_error(y, u); };
  constexpr auto huber = [](auto y, auto u) { return tl::huber_loss(y, u, 0.75); };
  constexpr auto hinge = [](auto y, auto u) { return tl::hinge_loss(y, 2 * u - 1); };
  constexpr auto binary = [](auto y, auto u) { return tl::binary_cross_entropy(y, u); };
  for (const list& z : {ordinary, extreme}) {
    compare(squared, mean([&](long double v, std::size_t k) { return (v - t[k]) * (v - t[k]); }), z,
            t);
    compare(huber, mean([&](long double v, std::size_t k) {
              const long double r = std::abs(v - t[k]);
              return r <= 0.75L ? r * r / 2 : 0.75L * (r - 0.375L);
            }),
            z, t);
    compare(binary, mean([&](long double v, std::size_t k) {
              return std::max(v, 0.0L) + std::log1p(std::exp(-std::abs(v))) - t[k] * v;
            }),
            z, t);
  }
  // At 1 there would be a corner.
  const list beside{0.3, -1.2, 2.5, 0.7, -0.4, 1.1, 800, -800, 0.9, -800, 800, 1.7};
  compare(hinge, mean([&](long double v, std::size_t k) {
            return std::max(0.0L, 1 - (2 * static_cast<long double>(t[k]) - 1) * v);
          }),
          beside, t);
  // Of scalars.
  REQUIRE(tl::evaluate(squared)(3.0, 1.0) == 4);
  REQUIRE(tl::evaluate(binary)(800.0, 1.0) == 0);
  REQUIRE(tl::grad<0>(binary)(-800.0, 1.0) == -1);
}

TEST_CASE("losses: Kullback-Leibler") {
  constexpr auto kl = [](auto p, auto q) { return tl::kl_divergence(p, q); };
  const list p{0.1, 0, 0.4, 0.5}, q{0.25, 0.25, 0.3, 0.2};
  const double expected =
      0.1 * std::log(0.1 / 0.25) + 0.4 * std::log(0.4 / 0.3) + 0.5 * std::log(0.5 / 0.2);
  const auto [value, g] = tl::value_and_grad<1>(kl)(p, q);
  REQUIRE(value == Approx(expected));
  for (std::size_t k = 0; k < q.size(); ++k) REQUIRE(g[k] == Approx(-p[k] / q[k]));
}

TEST_CASE("layers: dense of one sample and of many") {
  constexpr auto one = [](auto W, auto b, auto v) {
    return sum(tl::dense(reshape(W, 2, 3), b, v) * (b - 5));
  };
  constexpr auto many = [](auto W, auto b, auto v) {
    return sum(tl::dense(reshape(W, 2, 3), b, reshape(concat(v, 2 * v), 2, 3))[1] * (b - 5));
  };
  const list W{1, 2, 3, 4, 5, 6}, b{7, 8}, v{1, 0, -1}, twice{2, 0, -2};
  // W v + b = {5, 6}; of 2 v {3, 4}.
  REQUIRE(tl::evaluate(one)(W, b, v) == 5 * 2 + 6 * 3);
  REQUIRE(tl::evaluate(many)(W, b, v) == 3 * 2 + 4 * 3);
  REQUIRE(tl::grad<0>(one)(W, b, v) == list{2, 0, -2, 3, 0, -3});
  REQUIRE(tl::grad<0>(many)(W, b, v) == list{4, 0, -4, 6, 0, -6});
}

TEST_CASE("initial weights: reproducible, of the right range and variance") {
  // The 10,000th number of the default generator, as the standard prescribes it.
  std::mt19937_64 reference;
  reference.discard(9999);
  const double last = tl::random_uniform(reference);
  REQUIRE(last == static_cast<double>(9981545732273789042u >> 11) * 0x1p-53);

  static double w[40][60];
  const auto moments = [&](auto& fill) {
    std::mt19937_64 g(1);
    fill(w, g);
    double s = 0, s2 = 0, most = 0;
    for (const auto& row : w) {
      for (const double e : row) {
        s += e;
        s2 += e * e;
        most = std::max(most, std::abs(e));
      }
    }
    const double n = 40 * 60;
    REQUIRE(s / n == Approx(0).margin(4 * std::sqrt(s2 / n / n)));
    return std::pair{s2 / n, most};
  };
  const auto glorot = [](auto& m, auto& g) { tl::glorot_uniform(m, g); };
  const auto glorot_n = [](auto& m, auto& g) { tl::glorot_normal(m, g); };
  const auto he = [](auto& m, auto& g) { tl::he_uniform(m, g); };
  const auto he_n = [](auto& m, auto& g) { tl::he_normal(m, g); };
  // Variances to four of their own deviations: sqrt(2 / n) of a normal distribution.
  REQUIRE(moments(glorot).first == Approx(2 / 100.0).epsilon(0.12));
  REQUIRE(moments(glorot).second < std::sqrt(6 / 100.0));
  REQUIRE(moments(glorot_n).first == Approx(2 / 100.0).epsilon(0.12));
  REQUIRE(moments(he).first == Approx(2 / 60.0).epsilon(0.12));
  REQUIRE(moments(he).second < std::sqrt(6 / 60.0));
  REQUIRE(moments(he_n).first == Approx(2 / 60.0).epsilon(0.12));
}
