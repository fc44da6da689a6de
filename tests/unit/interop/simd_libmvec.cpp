// SPDX-License-Identifier: BSL-1.0
// Packets with the functions of glibc's vector library.
#include <tapeless/tapeless.hpp>
// After the core, which it does not include.
#include <tapeless/interop/simd_libmvec.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <support/catch.hpp>
#include <type_traits>
#include <vector>

#ifdef XSIMD_HPP
#error "the header for libmvec includes xsimd"
#endif

namespace tl = tapeless;

namespace {

/// Equal, or both NaN, or within so many units in the last place of what is exact.
template <class T, class Exact>
bool is_near(T x, Exact exact, int units) {
  if (std::isnan(exact)) return std::isnan(x);
  const T rounded = static_cast<T>(exact);
  if (x == rounded) return std::signbit(x) == std::signbit(rounded) || x != 0;
  if (std::isinf(x) || std::isinf(rounded)) return false;
  const T unit =
      std::nextafter(std::abs(rounded), std::numeric_limits<T>::infinity()) - std::abs(rounded);
  return std::abs(static_cast<Exact>(x) - exact) <= static_cast<Exact>(units) * unit;
}

template <class T>
using exact_of = std::conditional_t<std::is_same_v<T, double>, long double, double>;

template <class T, class F, class G>
void same_as_std(const char* name, F f, G g, std::vector<T> values) {
  using P = tl::packet<T>;
  using limits = std::numeric_limits<T>;
  for (T x : {T(0), -T(0), limits::infinity(), -limits::infinity(), limits::quiet_NaN()}) {
    values.push_back(x);
  }
  // All places in a packet, beside other numbers.
  while (values.size() % P::width != 0) values.push_back(values[values.size() / 2]);
  for (std::size_t i = 0; i < values.size(); i += P::width) {
    const P result = f(P::load(values.data() + i));
    for (int l = 0; l < P::width; ++l) {
      const T x = values[i + static_cast<std::size_t>(l)], got = result.v[l];
      const auto exact = g(static_cast<exact_of<T>>(x));
      CAPTURE(name, x, got, exact, sizeof(T));
      CHECK(is_near(got, exact, 4));
    }
  }
}

template <class T>
void check_functions() {
  const std::vector<T> any{T(0.1),  T(0.5),  T(1),  T(1.7),  T(3),  T(9.5),
                           -T(0.1), -T(0.5), -T(1), -T(1.7), -T(3), -T(9.5)};
  const std::vector<T> small{T(0.1), T(0.3), T(0.5), T(0.99), T(1), -T(0.2), -T(0.7), -T(1), T(2)};
#define SAME_AS_STD(f, values) \
  same_as_std<T>(#f, [](auto x) { return f(x); }, [](auto x) { return std::f(x); }, values)
  SAME_AS_STD(exp, any);
  SAME_AS_STD(exp2, any);
  SAME_AS_STD(expm1, any);
  SAME_AS_STD(log, any);
  SAME_AS_STD(log2, any);
  SAME_AS_STD(log10, any);
  SAME_AS_STD(log1p, any);
  SAME_AS_STD(cbrt, any);
  SAME_AS_STD(sin, any);
  SAME_AS_STD(cos, any);
  SAME_AS_STD(tan, any);
  SAME_AS_STD(asin, small);
  SAME_AS_STD(acos, small);
  SAME_AS_STD(atan, any);
  SAME_AS_STD(sinh, any);
  SAME_AS_STD(cosh, any);
  SAME_AS_STD(tanh, any);
  SAME_AS_STD(asinh, any);
  SAME_AS_STD(acosh, any);
  SAME_AS_STD(atanh, small);
  SAME_AS_STD(erf, any);
  SAME_AS_STD(erfc, any);
  SAME_AS_STD(floor, any);
  SAME_AS_STD(ceil, any);
  SAME_AS_STD(trunc, any);
  SAME_AS_STD(round, any);
#undef SAME_AS_STD
}

template <class T>
void check_functions_of_two() {
  using P = tl::packet<T>;
  using limits = std::numeric_limits<T>;
  const T values[]{T(0),
                   -T(0),
                   T(1),
                   -T(1),
                   T(0.5),
                   T(2),
                   -T(2.5),
                   T(3.7),
                   -T(10),
                   limits::infinity(),
                   -limits::infinity(),
                   limits::quiet_NaN()};
  for (T x : values) {
    for (T y : values) {
      const P first = P::of([&](int l) { return l % 2 == 0 ? x : T(1.5); });
      const P second = P::of([&](int l) { return l % 2 == 0 ? y : T(2.5); });
      const P results[]{pow(first, second), atan2(first, second), hypot(first, second),
                        fmod(first, second)};
      for (int l = 0; l < P::width; ++l) {
        const auto a = static_cast<exact_of<T>>(first.v[l]),
                   b = static_cast<exact_of<T>>(second.v[l]);
        CAPTURE(x, y, l, sizeof(T));
        CHECK(is_near(T(results[0].v[l]), std::pow(a, b), 4));
        CHECK(is_near(T(results[1].v[l]), std::atan2(a, b), 4));
        CHECK(is_near(T(results[2].v[l]), std::hypot(a, b), 4));
        CHECK(is_near(T(results[3].v[l]), std::fmod(a, b), 0));
      }
    }
  }
}

template <class T, class F>
void same_as_default(const char* name, F f) {
  for (int n : {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33, 70}) {
    CAPTURE(name, n, sizeof(T));
    std::vector<T> x;
    for (int i = 0; i < n; ++i) x.push_back(T((i * 7) % 11) / 8 - T(0.5));
    const auto [value, slopes] = tl::value_and_grad(f)(x);
    std::vector<T> g;
    const T in_packets = tl::value_and_grad(f, tl::simd).into(g)(x);
    const T eps = 200 * std::numeric_limits<T>::epsilon();
    CHECK((in_packets == value || std::abs(in_packets - value) <= eps * (1 + std::abs(value))));
    REQUIRE(g.size() == slopes.size());
    for (std::size_t i = 0; i < g.size(); ++i) {
      CHECK(std::abs(g[i] - slopes[i]) <= eps * (1 + std::abs(slopes[i])));
    }
  }
}

template <class T>
void check_programs() {
  same_as_default<T>("log-sum-exp", [](auto x) { return tl::logsumexp(x); });
  // Calls in the midst of sums, carries and stores; a sine and a cosine of one number.
  same_as_default<T>("functions", [](auto x) {
    return tl::sum(x.size(), [&](auto i) {
      return sin(x[i]) * cos(x[i]) + exp(-x[i]) * log(2 + x[i]) + tanh(x[i]) / (2 + atan(x[i]));
    });
  });
  same_as_default<T>("powers", [](auto x) {
    return tl::sum(x.size(), [&](auto i) {
      return pow(1 + x[i] * x[i], 0.3 + x[i]) + hypot(x[i], 1.0) + atan2(x[i], 2.0);
    });
  });
  same_as_default<T>("neighbours", [](auto x) {
    return tl::sum(x.size() - 1, [&](auto i) { return exp(x[i + 1] - sin(x[i])); });
  });
  same_as_default<T>("fold", [](auto x) {
    return tl::fold(x.size(), 0.5, [&](auto s, auto i) { return s * sin(x[i]) + exp(x[i]); });
  });
  same_as_default<T>("rows", [](auto x) {
    return tl::sum(x.size(), [&](auto i) {
      return logistic(tl::sum(x.size(), [&](auto j) { return sin(x[i] * x[j]); }));
    });
  });
  same_as_default<T>("losses", [](auto x) {
    return tl::sum(x.size(), [&](auto i) { return softplus(x[i]) + logistic(x[i]) + erf(x[i]); });
  });
}

}  // namespace

TEST_CASE("libmvec's functions of one number") {
  check_functions<double>();
  check_functions<float>();
}

TEST_CASE("libmvec's functions of two numbers") {
  check_functions_of_two<double>();
  check_functions_of_two<float>();
}

TEST_CASE("programs with libmvec's functions") {
  check_programs<double>();
  check_programs<float>();
}

// Its code has names of its own: a program may have files with the one header and with the other.
static_assert(tl::packets_of<double, true>() == 2 && tl::packets_of<float, true>() == 2);
static_assert(tl::packets_of<double, false>() == 0 && tl::packets_of<long double, true>() == 0);
