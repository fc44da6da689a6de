// SPDX-License-Identifier: BSL-1.0
#include <tapeless/tapeless.hpp>

#include <cmath>

namespace tl = tapeless;

[[maybe_unused]] constexpr tl::variable<"x"> x;
// [right]
constexpr auto square_of = [](auto a) { return a * a; };
double right = tl::grad([](auto a) { return sin(a) * square_of(a); })(3.0);
// [end]

#ifndef MISTAKE
// [sum]
auto summed = tl::grad([](auto v) {
  decltype(1.0 * v[0]) s = 0;
  for (auto e : v) s += e * e;
  return s;
})(std::array{1.0, 2.0});
// [end]
#endif

double energy(double a) { return a * a; }

#ifdef MISTAKE_1  // EXPECT: tapeless: a traced value or expression was used as a plain number
double sine = tl::grad([](auto a) { return std::sin(a); })(3.0);
#endif
#ifdef MISTAKE_2  // EXPECT: tapeless: a traced value or expression was used as a plain number
double power = tl::grad([](auto a) { return std::pow(a, 2.5) * a; })(3.0);
#endif
#ifdef MISTAKE_3  // EXPECT: tapeless: a traced value or expression was used as a plain number
double converted = tl::grad([](auto a) {
  double d = a;
  return d * a;
})(3.0);
#endif
#ifdef MISTAKE_4  // EXPECT: tapeless: a traced value or expression was used as a plain number
double called = tl::grad([](auto a) { return energy(a) * a; })(3.0);
#endif
#ifdef MISTAKE_5  // EXPECT: tapeless: a traced value or expression was used as a plain number
double of_expression = std::sin(x);
#endif
#ifdef MISTAKE_6  // EXPECT: tapeless: a traced value or expression was used as a plain number
double captured(double c) {
  return tl::grad([c](auto a) { return c * std::exp(a); })(3.0);
}
#endif
#ifdef MISTAKE_7  // EXPECT: tapeless: a traced value or expression was used as a plain number
double cast = tl::grad([](auto a) { return a * static_cast<double>(a); })(3.0);
#endif
#ifdef MISTAKE_8  // EXPECT: tapeless: the function is not generic
double not_generic = tl::grad([](double a) { return a * a; })(3.0);
#endif
#ifdef MISTAKE_9  // EXPECT: tapeless: the function is not generic
double pointer = tl::grad(energy)(3.0);
#endif
#ifdef MISTAKE_10  // EXPECT: tapeless: a traced value or expression was used as a plain number
double half_generic = tl::grad<1>([](double a, auto b) { return a * b; })(3.0, 2.0);
#endif
#ifdef MISTAKE_11  // EXPECT: tapeless: the function is not generic
double not_generic_captured(double c) {
  return tl::grad([c](double a) { return a * c; })(3.0);
}
#endif
#ifdef MISTAKE_12  // EXPECT: tapeless: a number can not hold a traced value or expression
auto summed_in_a_number = tl::grad([](auto v) {
  double s = 0;
  for (auto e : v) s += e * e;
  return s;
})(std::array{1.0, 2.0});
#endif
#ifdef MISTAKE_13  // EXPECT: tapeless: a number can not hold a traced value or expression
double in_an_array = tl::grad([](auto t) {
  std::array<float, 2> s{};
  s[0] -= t;
  return s[0] * t;
})(3.0);
#endif
#ifdef MISTAKE_14  // EXPECT: tapeless: a number can not hold a traced value or expression
double of_captured(double c) {
  return tl::grad([c](auto t) {
    double s = 1;
    s *= t * c;
    return t;
  })(3.0);
}
#endif
