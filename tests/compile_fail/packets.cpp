// SPDX-License-Identifier: BSL-1.0
#include <tapeless/interop/simd_arithmetic.hpp>
#include <tapeless/primitive/integer_power.hpp>
#include <tapeless/tapeless.hpp>

#include <span>
#include <tuple>
#include <vector>

namespace tl = tapeless;

const std::vector<double> data{1, 2, 3};
constexpr auto squares = [](auto x) {
  return tl::sum(x.size(), [&](auto i) { return sqrt(square(x[i]) + 1); });
};
auto slopes = tl::grad(squares, tl::simd)(data);
constexpr auto exponentials = [](auto x) {
  return tl::sum(x.size(), [&](auto i) { return exp(x[i]); });
};
#ifndef MISTAKE
auto one_by_one = tl::grad(exponentials)(data);
// A function outside of loops is no matter of packets.
auto outside = tl::grad([](auto x) { return exp(squares(x)); }, tl::simd)(data);
#endif

#ifdef MISTAKE_1  // EXPECT: tapeless: functions in packets (exp, sin, pow ...) need
auto of_exponentials = tl::grad(exponentials, tl::simd)(data);
#endif
#ifdef MISTAKE_2  // EXPECT: tapeless: functions in packets (exp, sin, pow ...) need
auto of_sines = tl::value_and_grad(
    [](auto x) { return tl::sum(x.size(), [&](auto i) { return sin(x[i]); }); }, tl::simd)(data);
#endif
#ifdef MISTAKE_3  // EXPECT: tapeless: functions in packets (exp, sin, pow ...) need
auto of_powers =
    tl::grad([](auto x, auto p) { return tl::sum(x.size(), [&](auto i) { return pow(x[i], p); }); },
             tl::simd)(data, 1.5);
#endif
#ifdef MISTAKE_4  // EXPECT: tapeless: functions in packets (exp, sin, pow ...) need #include
                  // <tapeless/interop/simd.hpp>
double into(std::vector<double>& slopes_of_all) {
  return tl::value_and_grad(exponentials, tl::simd).into(slopes_of_all)(data);
}
#endif
#ifdef MISTAKE_5  // EXPECT: tapeless: functions in packets (exp, sin, pow ...) need
constexpr auto cubes = [](auto x, auto n) {
  return tl::sum(x.size(), [&](auto i) { return tl::integer_pow(x[i], n); });
};
auto of_cubes = tl::grad<0>(cubes, tl::simd)(data, 3.0);
#endif
#ifdef MISTAKE_6  // EXPECT: tapeless: functions in packets (exp, sin, pow ...) need
auto pulled_back = tl::vjp(exponentials, data, tl::simd).pullback(1.0);
#endif
#ifdef MISTAKE_7  // EXPECT: tapeless: functions in packets (exp, sin, pow ...) need
void pull_back(std::vector<double>& slopes_of_all) {
  tl::vjp(exponentials, data, tl::simd).pullback.into(slopes_of_all)(1.0);
}
#endif
#ifdef MISTAKE_8  // EXPECT: tapeless: functions in packets (exp, sin, pow ...) need
auto along = tl::jvp(exponentials, std::tuple{data}, std::tuple{data}, tl::simd);
#endif
#ifdef MISTAKE_9  // EXPECT: tapeless: functions in packets (exp, sin, pow ...) need
void along_into(double& value, double& tangent) {
  tl::jvp(exponentials, tl::simd).into(value, tangent)(std::tuple{data}, std::tuple{data});
}
#endif
#ifdef MISTAKE_10  // EXPECT: tapeless: functions in packets (exp, sin, pow ...) need
double with_memory(tl::workspace& memory, std::span<double> slopes_of_all) {
  return tl::value_and_grad(exponentials, tl::simd).into(slopes_of_all)(memory, data);
}
#endif
#ifdef MISTAKE_11  // EXPECT: tapeless: functions in packets (exp, sin, pow ...) need
auto value_alone = tl::evaluate(exponentials, tl::simd)(data);
#endif
#ifdef MISTAKE_12  // EXPECT: tapeless: functions in packets (exp, sin, pow ...) need
void value_into(double& value) { tl::evaluate(exponentials, tl::simd).into(value)(data); }
#endif
