// SPDX-License-Identifier: BSL-1.0
// Packets of arithmetic alone.
#include <support/packet_arithmetic.hpp>

TEST_CASE("programs of arithmetic in packets") {
  check_programs<double>();
  check_programs<float>();
}

TEST_CASE("instructions of packets") {
  check_packets<double>();
  check_packets<float>();
}

#if !defined(NDEBUG)
TEST_CASE("entries of index arrays are checked in every lane") {
  constexpr auto chosen = [](auto x, auto rows, auto at) {
    return tl::sum(at.size(), [&](auto i) { return rows(at[i], 1) * square(x[at[i]]); });
  };
  const std::vector<double> x(5, 2.0), m(10, 3.0);
  const auto rows = tl::view(m.data(), 5, 2);
  for (int n : {1, 3, 8, 21}) {
    std::vector<int> at(static_cast<std::size_t>(n), 4);
    const auto slopes = tl::grad<0>(chosen, tl::simd);
    CHECK(slopes(x, rows, at)[4] == 12.0 * n);
    for (std::size_t wrong : {std::size_t(0), at.size() / 2, at.size() - 1}) {
      for (int index : {-1, 5}) {
        CAPTURE(n, wrong, index);
        auto beyond = at;
        beyond[wrong] = index;
        CHECK_THROWS_WITH(slopes(x, rows, beyond),
                          Catch::Contains("tapeless: index " + std::to_string(index) + " is used"));
      }
    }
  }
}
#endif
