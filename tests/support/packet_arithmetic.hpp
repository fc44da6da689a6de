// SPDX-License-Identifier: BSL-1.0
// Packets of arithmetic alone, without the library that the functions come from.
#pragma once
#include <tapeless/tapeless.hpp>
// After the core, which it does not include.
#include <tapeless/interop/simd_arithmetic.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <support/catch.hpp>
#include <tuple>
#include <vector>

#ifdef XSIMD_HPP
#error "the header for arithmetic includes xsimd"
#endif

namespace tl = tapeless;

namespace {

/// A primitive of one's own, spelled as for numbers.
struct between : tl::primitive<3> {
  static constexpr tl::text_view name = "between";
  template <class T>
  static constexpr T primal(const T& x, const T& low, const T& high) {
    using std::max, std::min;
    return min(max(x, low), high);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V& low, const V& high, const V& /*y*/) {
    return std::tuple{select(x > low && x < high, 1.0, 0.0), tl::no_derivative{},
                      tl::no_derivative{}};
  }
};

template <class T>
std::vector<T> numbers(int n) {
  std::vector<T> v;
  for (int i = 0; i < n; ++i) v.push_back(T((i * 7) % 11) / 8 - T(0.5));
  return v;
}

template <class T, class F>
void same_as_default(const char* name, F f) {
  for (int n : {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33, 70}) {
    CAPTURE(name, n, sizeof(T));
    const auto x = numbers<T>(n);
    const auto [value, slopes] = tl::value_and_grad(f)(x);
    std::vector<T> g;
    const T in_packets = tl::value_and_grad(f, tl::simd).into(g)(x);
    const T near = 100 * std::numeric_limits<T>::epsilon() * (1 + std::abs(value));
    CHECK((in_packets == value || std::abs(in_packets - value) <= near));
    REQUIRE(g.size() == slopes.size());
    for (std::size_t i = 0; i < g.size(); ++i) {
      CHECK(std::abs(g[i] - slopes[i]) <=
            100 * std::numeric_limits<T>::epsilon() * (1 + std::abs(slopes[i])));
    }
  }
}

template <class T>
void check_programs() {
  same_as_default<T>("chain", [](auto x) {
    return tl::sum(x.size() - 1,
                   [&](auto i) { return 100 * square(x[i + 1] - x[i] * x[i]) + square(1 - x[i]); });
  });
  same_as_default<T>("roots and signs", [](auto x) {
    return tl::sum(x.size(), [&](auto i) {
      return sqrt(1 + x[i] * x[i]) * abs(x[i]) + tl::sign(x[i]) * x[i] / (2 + x[i]) +
             max(x[i], 0.25) * min(x[i], 0.5) + tl::huber(x[i], 0.3) + tl::relu(x[i]);
    });
  });
  same_as_default<T>("choices", [](auto x) {
    return tl::sum(x.size(), [&](auto i) {
      return select(x[i] > 0.2 && !(x[i] >= 0.8), x[i] * x[i], i * x[i]);
    });
  });
  same_as_default<T>(
      "product", [](auto x) { return tl::prod(x.size(), [&](auto i) { return 1 + x[i] / 4; }); });
  same_as_default<T>("largest and smallest", [](auto x) {
    return tl::max(x.size(), [&](auto i) { return x[i] * x[i]; }) -
           3 * tl::min(x.size(), [&](auto i) { return x[i] + x[i] * x[i]; });
  });
  same_as_default<T>("fold", [](auto x) {
    return tl::fold(x.size(), 0.5, [&](auto s, auto i) { return s * x[i] + x[i]; });
  });
  same_as_default<T>("a primitive of one's own", [](auto x) {
    return tl::sum(x.size(), [&](auto i) {
      const auto y = tl::lift<between>(x[i], -0.25 + 0 * x[i], 0.5 + 0 * x[i]);
      return y * y;
    });
  });
  // A function outside of loops is one of numbers.
  same_as_default<T>("outside", [](auto x) {
    return exp(-tl::sum(x.size(), [&](auto i) { return x[i] * x[i]; }));
  });
}

template <class T>
T of_bits(T x, T y) {
  return std::memcmp(&x, &y, sizeof(T)) == 0 ? T(0) : T(1);
}
/// f of packets is g of the numbers in their lanes, bit by bit; all NaN are one.
template <class T, class F, class G>
void same_bits(const char* name, F f, G g) {
  using P = tl::packet<T>;
  using limits = std::numeric_limits<T>;
  const T values[]{0,
                   -T(0),
                   1,
                   -1,
                   T(0.1),
                   -T(1e30),
                   limits::infinity(),
                   -limits::infinity(),
                   limits::quiet_NaN(),
                   limits::denorm_min(),
                   limits::max()};
  for (T x : values) {
    for (T y : values) {
      CAPTURE(name, x, y, sizeof(T));
      // The other lanes have something else.
      const P first = P::of([&](int l) { return l % 2 == 0 ? x : T(1.5); });
      const P second = P::of([&](int l) { return l % 2 == 0 ? y : T(2.5); });
      const P result = f(first, second);
      for (int l = 0; l < P::width; ++l) {
        const T expected = l % 2 == 0 ? g(x, y) : g(T(1.5), T(2.5)), got = result.v[l];
        CHECK(((std::isnan(expected) && std::isnan(got)) || of_bits(expected, got) == 0));
      }
    }
  }
}
template <class T>
void check_packets() {
  using P = tl::packet<T>;
  same_bits<T>("abs", [](P x, P) { return abs(x); }, [](T x, T) { return std::abs(x); });
  same_bits<T>("sqrt", [](P x, P) { return sqrt(x); }, [](T x, T) { return std::sqrt(x); });
  same_bits<T>(
      "copysign", [](P x, P y) { return copysign(x, y); },
      [](T x, T y) { return std::copysign(x, y); });
  same_bits<T>(
      "sign", [](P x, P) { return sign(x); },
      [](T x, T) { return x > 0   ? T(1)
                          : x < 0 ? T(-1)
                                  : x; });
  // Which zero is larger is left open.
  const auto open = [](P x) { return x + P(T(0)); };
  same_bits<T>(
      "larger", [&](P x, P y) { return open(larger(x, y)); },
      [](T x, T y) { return std::isnan(x) || std::isnan(y) ? x + y : T(0) + (x > y ? x : y); });
  same_bits<T>(
      "smaller", [&](P x, P y) { return open(smaller(x, y)); },
      [](T x, T y) { return std::isnan(x) || std::isnan(y) ? x + y : T(0) + (x < y ? x : y); });
  T sum = 0;
  for (int l = 0; l < P::width; ++l) sum += static_cast<T>(1 << l);
  CHECK(sum_of_lanes(P::of([](int l) { return static_cast<T>(1 << l); })) == sum);
}

}  // namespace
