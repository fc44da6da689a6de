// SPDX-License-Identifier: BSL-1.0
// Objectives whose gradient runs in packets.

#include "support/catch.hpp"

#include <tapeless/interop/simd.hpp>
#include <tapeless/optimize.hpp>
#include <tapeless/tapeless.hpp>

#include <cstddef>
#include <vector>

namespace tl = tapeless;
using list = std::vector<double>;

TEST_CASE("simd_objectives: the policy stands last") {
  constexpr auto loss = [](auto w, auto x, auto y) {
    return tl::sum(x.size(), [&](auto i) { return tl::square(w[0] * x[i] + w[1] - y[i]); });
  };
  list x, y;
  for (std::size_t i = 0; i < 103; ++i) {
    x.push_back(0.125 * static_cast<double>(i));
    y.push_back(1 / (1 + x.back()));
  }
  tl::objective plain(loss, list{1, 0}, x, y);
  tl::objective packets(loss, list{1, 0}, x, y, tl::simd);
  const list at{-0.25, 0.5};
  list g(2), h(2);
  const double value = plain.value_and_grad(at, g);
  REQUIRE(packets.value_and_grad(at, h) == Approx(value).epsilon(1e-13));
  REQUIRE(h[0] == Approx(g[0]).epsilon(1e-12));
  REQUIRE(h[1] == Approx(g[1]).epsilon(1e-12));
  REQUIRE(packets.value(at) == Approx(value).epsilon(1e-13));
}
