// SPDX-License-Identifier: BSL-1.0
// Residuals of blocks of parameters with their Jacobian: against central differences, by rows and
// by columns, of programs with and without loops.

#include "support/catch.hpp"

#include <tapeless/optimize/residual_blocks.hpp>
#include <tapeless/tapeless.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace tl = tapeless;
using list = std::vector<double>;

namespace {

struct evaluated {
  bool finite;
  list values;
  std::vector<list> jacobians;
};
/// `wanted`: which blocks' matrices are asked for.
template <class R>
evaluated evaluate_at(const R& residuals, const std::vector<list>& x, std::size_t count,
                      const std::vector<bool>& wanted) {
  evaluated e{false, list(count, 99), {}};
  std::vector<const double*> blocks;
  std::vector<double*> matrices;
  for (std::size_t k = 0; k < x.size(); ++k) {
    blocks.push_back(x[k].data());
    e.jacobians.emplace_back(x[k].size() * count, 99);
  }
  for (std::size_t k = 0; k < x.size(); ++k) {
    matrices.push_back(wanted[k] ? e.jacobians[k].data() : nullptr);
  }
  e.finite = residuals(blocks.data(), e.values.data(), matrices.data());
  return e;
}

/// Central differences of order h^2.
template <class R>
void check_jacobians(const R& residuals, std::vector<list> x, std::size_t count) {
  const std::vector<bool> all(x.size(), true);
  const evaluated e = evaluate_at(residuals, x, count, all);
  REQUIRE(e.finite);
  for (std::size_t k = 0; k < x.size(); ++k) {
    const std::size_t size = x[k].size();
    for (std::size_t j = 0; j < size; ++j) {
      const double at = x[k][j], h = 1e-5;
      x[k][j] = at + h;
      const list above = evaluate_at(residuals, x, count, all).values;
      x[k][j] = at - h;
      const list below = evaluate_at(residuals, x, count, all).values;
      x[k][j] = at;
      for (std::size_t i = 0; i < count; ++i) {
        INFO("residual " << i << ", block " << k << ", parameter " << j);
        const double difference = (above[i] - below[i]) / (2 * h);
        REQUIRE(e.jacobians[k][i * size + j] == Approx(difference).epsilon(1e-7).margin(1e-8));
      }
    }
  }
  // Each subset of matrices, the others null: the same numbers, nothing else is written.
  for (std::size_t subset = 0; subset < (std::size_t{1} << x.size()); ++subset) {
    std::vector<bool> wanted;
    for (std::size_t k = 0; k < x.size(); ++k) wanted.push_back((subset >> k) % 2 == 1);
    const evaluated some = evaluate_at(residuals, x, count, wanted);
    REQUIRE(some.finite);
    for (std::size_t i = 0; i < count; ++i) {
      REQUIRE(some.values[i] == Approx(e.values[i]).epsilon(1e-14).margin(1e-14));
    }
    for (std::size_t k = 0; k < x.size(); ++k) {
      REQUIRE(some.jacobians[k] == (wanted[k] ? e.jacobians[k] : list(x[k].size() * count, 99)));
    }
  }
  std::vector<const double*> blocks;
  for (const list& block : x) blocks.push_back(block.data());
  list values(count);
  REQUIRE(residuals(blocks.data(), values.data(), nullptr));
  for (std::size_t i = 0; i < count; ++i) {
    REQUIRE(values[i] == Approx(e.values[i]).epsilon(1e-14).margin(1e-14));
  }
}

}  // namespace

TEST_CASE("residual_blocks: by rows") {
  constexpr auto turned = [](auto angle, auto p, auto shift, auto seen) {
    const auto c = cos(angle[0]), s = sin(angle[0]);
    return std::array{c * p[0] - s * p[1] + shift[0] - seen[0],
                      s * p[0] + c * p[1] + shift[1] * shift[0] - seen[1]};
  };
  const auto residuals = tl::detail::residual_blocks<2, 1, 2, 2>(turned, std::array{0.5, 0.25});
  check_jacobians(residuals, {{0.7}, {1.5, -2}, {0.3, 0.4}}, 2);
}

TEST_CASE("residual_blocks: one, bare or in an array") {
  constexpr auto bare = [](auto p, auto x, auto y) { return y - p[0] * exp(p[1] * x); };
  check_jacobians(tl::detail::residual_blocks<1, 2>(bare, 0.5, 2.0), {{1.5, -0.5}}, 1);
  constexpr auto one = [](auto p) { return std::array{p[0] * p[0]}; };
  const auto e = evaluate_at(tl::detail::residual_blocks<1, 1>(one), {{3}}, 1, {true});
  REQUIRE((e.finite && e.values == list{9} && e.jacobians[0] == list{6}));
}

TEST_CASE("residual_blocks: by columns") {
  constexpr auto decay = [](auto scale, auto rate, auto t, auto seen) {
    return tl::generate(t.size(),
                        [&](auto i) { return scale[0] * exp(-rate[0] * t[i]) - seen[i]; });
  };
  const list x{0, 0.5, 1, 2, 3}, y{5, 3, 2, 1, 0.5};
  check_jacobians(tl::detail::residual_blocks<5, 1, 1>(decay, x, y), {{4.5}, {0.75}}, 5);
  constexpr auto powers = [](auto p) {
    return std::array{p[0], p[0] * p[1], p[1] * p[1] * p[1], sin(p[0]) * p[1]};
  };
  check_jacobians(tl::detail::residual_blocks<4, 2>(powers), {{0.5, 1.25}}, 4);
}

TEST_CASE("residual_blocks: loops by rows, integers among the data") {
  constexpr auto moments = [](auto p, auto c, auto power) {
    const auto mean = tl::sum(c.size(), [&](auto i) { return exp(p[0] * c[i]) * p[1]; });
    return std::array{mean * power, mean * mean * p[1]};
  };
  const list x{0.5, 0.25, -0.5};
  check_jacobians(tl::detail::residual_blocks<2, 2>(moments, x, 3), {{0.5, 1.5}}, 2);
  constexpr auto scaled = [](auto p, auto c) {
    return tl::generate(c.size(), [&](auto i) { return p[i] * p[0] * c[i]; });
  };
  check_jacobians(tl::detail::residual_blocks<2, 2>(scaled, list{2, 3}), {{0.5, 1.5}}, 2);
}

TEST_CASE("residual_blocks: what is not finite is reported, in residuals and in each matrix") {
  constexpr auto by_rows = [](auto p, auto q) { return std::array{sqrt(p[0]), q[0] + p[0]}; };
  const auto rows = tl::detail::residual_blocks<2, 1, 1>(by_rows);
  REQUIRE(evaluate_at(rows, {{1}, {1}}, 2, {true, true}).finite);
  REQUIRE_FALSE(evaluate_at(rows, {{-1}, {1}}, 2, {true, true}).finite);
  REQUIRE_FALSE(evaluate_at(rows, {{-1}, {1}}, 2, {false, false}).finite);
  // sqrt(0) is finite, its derivative is not.
  REQUIRE_FALSE(evaluate_at(rows, {{0}, {1}}, 2, {true, true}).finite);
  REQUIRE(evaluate_at(rows, {{0}, {1}}, 2, {false, true}).finite);
  REQUIRE(evaluate_at(rows, {{0}, {1}}, 2, {false, false}).finite);

  constexpr auto by_columns = [](auto p) { return std::array{sqrt(p[0]), 2 * p[0]}; };
  const auto columns = tl::detail::residual_blocks<2, 1>(by_columns);
  REQUIRE(evaluate_at(columns, {{1}}, 2, {true}).finite);
  REQUIRE_FALSE(evaluate_at(columns, {{-1}}, 2, {true}).finite);
  REQUIRE_FALSE(evaluate_at(columns, {{0}}, 2, {true}).finite);
  REQUIRE(evaluate_at(columns, {{0}}, 2, {false}).finite);
}

TEST_CASE("residual_blocks: another number of residuals than M") {
  constexpr auto scaled = [](auto p, auto c) {
    return tl::generate(c.size(), [&](auto i) { return p[0] * p[1] * c[i]; });
  };
  const std::vector<list> x{{0.5, 1.5}};
  for (bool wanted : {false, true}) {
    const auto rows = tl::detail::residual_blocks<2, 2>(scaled, list{1, 2, 3});
    REQUIRE_THROWS_AS(evaluate_at(rows, x, 2, {wanted}), std::invalid_argument);
    const auto columns = tl::detail::residual_blocks<4, 2>(scaled, list{1, 2, 3});
    REQUIRE_THROWS_AS(evaluate_at(columns, x, 4, {wanted}), std::invalid_argument);
  }
}

TEST_CASE("residual_blocks: one residual in an array, of a program with a loop") {
  constexpr auto bare = [](auto p, auto c) {
    return tl::sum(c.size(), [&](auto i) { return p[0] * c[i] + p[1] * p[1]; });
  };
  constexpr auto in_array = [](auto p, auto c) {
    return std::array{tl::sum(c.size(), [&](auto i) { return p[0] * c[i] + p[1] * p[1]; })};
  };
  check_jacobians(tl::detail::residual_blocks<1, 2>(bare, list{1, 2, 3}), {{0.5, 1.5}}, 1);
  check_jacobians(tl::detail::residual_blocks<1, 2>(in_array, list{1, 2, 3}), {{0.5, 1.5}}, 1);
}

TEST_CASE("residual_blocks: policies stand behind the data") {
  constexpr auto by_rows = [](auto p, auto q, auto c) { return c * p[0] * sqrt(p[0]) + q[0]; };
  const std::vector<list> at{{0}, {1}};
  REQUIRE_FALSE(
      evaluate_at(tl::detail::residual_blocks<1, 1, 1>(by_rows, 2.0), at, 1, {true, true}).finite);
  const auto rows = tl::detail::residual_blocks<1, 1, 1>(by_rows, 2.0, tl::safe);
  const evaluated e = evaluate_at(rows, at, 1, {true, true});
  REQUIRE((e.finite && e.jacobians == std::vector<list>{{0}, {1}}));
  check_jacobians(rows, {{0.5}, {1.5}}, 1);

  constexpr auto by_columns = [](auto p, auto c) { return std::array{c * sqrt(p[0]), p[0]}; };
  REQUIRE_FALSE(
      evaluate_at(tl::detail::residual_blocks<2, 1>(by_columns, 2.0), {{0}}, 2, {true}).finite);
  const auto columns = tl::detail::residual_blocks<2, 1>(by_columns, 2.0, tl::safe);
  REQUIRE(evaluate_at(columns, {{0}}, 2, {true}).finite);
}
