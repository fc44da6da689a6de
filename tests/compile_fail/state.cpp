// SPDX-License-Identifier: BSL-1.0
#include <tapeless/tapeless.hpp>

#include <array>
#include <vector>

namespace tl = tapeless;

[[maybe_unused]] constexpr tl::variable<"x"> x;
[[maybe_unused]] constexpr tl::variable<"y"> y;
constexpr auto power = [](auto t, auto c) {
  auto s = t;
  for (int i = 0; i < 3; ++i) s = s * c;
  return s;
};
#ifndef MISTAKE
double right(double c) {
  // [right]
  double slope = tl::grad<0>(power)(3.0, c);
  auto cubed = tl::bind_back(power, c);  // a function of t alone
  return slope + tl::grad(cubed)(3.0);
  // [end]
}
#endif

#ifdef MISTAKE_1  // EXPECT: tapeless: a function that captures data can not reassign
// ALSO: tl::grad<0>(f)(x, c)
double reassigned(double c) {
  return tl::grad([c](auto t) {
    auto s = t;
    s = s * c;
    return s;
  })(3.0);
}
#endif
#ifdef MISTAKE_2  // EXPECT: tapeless: a function that captures data can not reassign
double compound(double c) {
  return tl::grad([c](auto t) {
    auto s = c * t;
    s += t;
    return s;
  })(3.0);
}
#endif
#ifdef MISTAKE_3  // EXPECT: tapeless: a function that captures data can not reassign
double loop(double c) {
  return tl::grad([c](auto t) {
    auto s = get<0>(t);
    for (auto e : t) s += c * e;
    return s;
  })(std::array{3.0, 2.0})[0];
}
#endif
#ifdef MISTAKE_4  // EXPECT: tapeless: a function that captures data can not reassign
double indexed_loop(double c) {
  return tl::grad([c](auto t) {
    auto s = c * get<0>(t);
    for (std::size_t i = 1; i < t.size(); ++i) s = s + t[i];
    return s;
  })(std::array{3.0, 2.0})[0];
}
#endif
#ifdef MISTAKE_5  // EXPECT: tapeless: a function that captures data can not reassign
double index(double c, int i) {
  return tl::grad([c, i](auto t) { return c * t[i]; })(std::array{3.0, 2.0})[0];
}
#endif
#ifdef MISTAKE_6  // EXPECT: tapeless: a function that captures data can not reassign
double from_zero(const std::vector<double>& data) {
  return tl::grad([&](auto t) {
    decltype(t) s = 0.0;
    for (double d : data) s += t * d;
    return s;
  })(3.0);
}
#endif
#ifdef MISTAKE_7  // EXPECT: tapeless: a function that captures data can not reassign
auto many(double c) {
  return tl::grad([c](auto t, auto u) {
    auto s = t;
    s = s * c;
    s -= u;
    s *= 2.0;
    u = 0.0;
    s = 1.0;
    s = s / u + t;
    return s;
  })(3.0, 2.0);
}
#endif
#ifdef MISTAKE_8  // EXPECT: tapeless: a function called with variables can not reassign
auto variable = power(x, y);
#endif
#ifdef MISTAKE_9  // EXPECT: tapeless: a variable can not be assigned to
double zero = [](auto a) {
  auto s = a;
  s = 0.0;
  return s + a;
}(x)(x = 3.0);
#endif
#ifdef MISTAKE_10  // EXPECT: tapeless: a function called with variables can not reassign
double accumulated = [](auto a) {
  decltype(a) s = 0.0;
  s += a * a;
  return s;
}(x)(x = 3.0);
#endif
#ifdef MISTAKE_11  // EXPECT: tapeless: a function that captures data can not reassign
double array_of(double c) {
  return tl::grad([c](auto t) {
    std::array<decltype(t), 2> s{t, c * t};
    return s[0] * s[1];
  })(3.0);
}
#endif
#ifdef MISTAKE_12  // EXPECT: tapeless::grad<I>(f): argument number I does not exist
inline constexpr std::array<double, 2> held{1, 2};
double chosen_data(std::array<double, 2> c) {
  return tl::grad<1>([c](auto t) { return sum(c * t); })(held)[0];
}
#endif
#ifdef MISTAKE_13  // EXPECT: tapeless: a function that captures data can not reassign, loop
auto g(double c) {
  return [c](auto t) { return tl::sum(3, [&](auto i) { return c * t + i; }); };
}
double in_sum = tl::grad(g(2))(3.0);
#endif
#ifdef MISTAKE_14  // EXPECT: tapeless: a function that captures data can not reassign, loop
auto g(double c) {
  return [c](auto t) { return tl::fold(3, t, [&](auto s, auto) { return c * s; }); };
}
double in_fold = tl::grad(g(2))(3.0);
#endif
#ifdef MISTAKE_15  // EXPECT: tapeless: a function that captures data can not reassign, loop
auto g(double c) {
  return [c](auto t) {
    const auto all = tl::scan(3, t, [&](auto s, auto) { return c * s; }).second;
    return all[1] * t;
  };
}
double in_scan = tl::grad(g(2))(3.0);
#endif
#ifdef MISTAKE_16  // EXPECT: tapeless: a function that captures data can not reassign, loop
auto g(double c) {
  return [c](auto t) { return tl::generate(3, [&](auto i) { return c * t + i; })[1] * t; };
}
double in_array = tl::grad(g(2))(3.0);
#endif
#ifdef MISTAKE_17  // EXPECT: tapeless: a function that captures data can not reassign, loop
auto g(double c) {
  return [c](auto t) { return tl::cond(t > c, [&] { return c * t; }, [&] { return t; }) * t; };
}
double in_side = tl::grad(g(2))(3.0);
#endif
#ifdef MISTAKE_18  // EXPECT: tapeless: a function that captures data can not reassign, loop
auto g(double c) {
  return [c](auto t) { return tl::cond(c > 0, [&] { return c * t; }, [&] { return t; }) * t; };
}
double by_data = tl::grad(g(2))(3.0);
#endif
#ifdef MISTAKE_19  // EXPECT: tapeless: a function called with variables can not reassign or loop
auto folded = [](auto t) { return tl::fold(3, t, [](auto s, auto) { return sin(s); }); }(x);
#endif
