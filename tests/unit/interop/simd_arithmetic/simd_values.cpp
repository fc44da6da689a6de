// SPDX-License-Identifier: BSL-1.0
// tl::evaluate in packets: the value alone.
#include <tapeless/optimize/objective.hpp>
#include <tapeless/tapeless.hpp>
// After the core, which it does not include.
#include <tapeless/interop/simd_arithmetic.hpp>

#include <cstddef>
#include <support/catch.hpp>
#include <tuple>
#include <vector>

namespace tl = tapeless;

namespace {

constexpr auto total = [](auto x) { return tl::sum(x.size(), [&](auto i) { return x[i]; }); };
constexpr auto ends = [](auto x) { return std::tuple{tl::max(x), tl::min(x)}; };
constexpr auto scaled = [](auto x, auto k) { return k * x; };
constexpr auto residuals = [](auto x, auto y) {
  const auto d = tl::generate(x.size(), [&](auto i) { return x[i] - y[i]; });
  return sum(d * d) / (1 + sum(d));
};

/// One big number and many small ones, which are lost where they are added to it one by one.
std::vector<double> uneven(int n) {
  std::vector<double> x(static_cast<std::size_t>(n), 0x1p-53);
  if (n > 0) x[0] = 1;
  return x;
}

}  // namespace

TEST_CASE("the value alone in packets", "[simd]") {
  for (const int n : {0, 1, 3, 8, 9, 1000}) {
    const auto x = uneven(n);
    CHECK(tl::evaluate(total, tl::simd)(x) == tl::value_and_grad(total, tl::simd)(x).value);
  }
  const auto x = uneven(1000);
  CHECK(tl::evaluate(total)(x) == 1);
  CHECK(tl::evaluate(total, tl::strict)(x) == 1);
  CHECK(tl::evaluate(total, tl::simd)(x) > 1);
  CHECK(tl::evaluate(total, tl::strict, tl::simd)(x) > 1);
  const std::vector<float> narrow{1, 2, 4};
  CHECK(tl::evaluate(total, tl::simd)(narrow) == 7);
  CHECK(tl::evaluate(ends, tl::simd)(x) == std::tuple{1.0, 0x1p-53});
}

TEST_CASE("outputs, workspaces and bound data of the value in packets", "[simd]") {
  const auto x = uneven(1000);
  double value = 0;
  tl::evaluate(total, tl::simd).into(value)(x);
  CHECK(value > 1);
  std::vector<double> twice;
  tl::evaluate(scaled, tl::simd).into(twice)(x, 2.0);
  REQUIRE(twice.size() == x.size());
  CHECK((twice.front() == 2 && twice.back() == 0x1p-52));
  CHECK(tl::evaluate(tl::bind_back(scaled, 3.0), tl::simd)(x)[0] == 3);

  const std::vector<double> one{3, 5, 7, 9, 11}, other{1, 2, 3, 4, 5};
  tl::workspace memory;
  const auto in_packets = tl::evaluate(residuals, tl::simd);
  CHECK(in_packets(one, other) == tl::evaluate(residuals)(one, other));
  CHECK(in_packets(memory, one, other) == in_packets(one, other));
  CHECK(memory.size() >= in_packets.workspace_size(one, other));
}

TEST_CASE("what an optimiser sees has its value in packets", "[simd]") {
  const auto x = uneven(1000);
  tl::objective one_by_one(total, x);
  tl::objective in_packets(total, x, tl::simd);
  CHECK(one_by_one.value(x) == 1);
  CHECK(in_packets.value(x) > 1);
}

TEST_CASE("pullbacks and expressions have their value in packets", "[simd]") {
  const auto x = uneven(1000);
  const auto [value, pullback] = tl::vjp(total, x, tl::simd);
  CHECK(value > 1);
  CHECK(pullback(2.0)[5] == 2);
  constexpr tl::variable<"x"> v;
  constexpr auto all = sum(v);
  CHECK(tl::evaluate(all)(v = x) == 1);
  CHECK(tl::evaluate(all, tl::strict)(v = x) == 1);
  CHECK(tl::evaluate(all, tl::simd)(v = x) > 1);
  CHECK(tl::evaluate(v * v, tl::simd)(v = 3.0) == 9);
}
