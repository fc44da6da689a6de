// SPDX-License-Identifier: BSL-1.0
#include <tapeless/tapeless.hpp>

#include <array>
#include <string>

namespace tl = tapeless;

constexpr auto polar = [](auto r, auto t) { return std::array{r * cos(t), r * sin(t)}; };
// [right]
auto [position, pullback] = tl::vjp(polar, 3.0, 2.0);
auto [along_r, along_t] = pullback(std::array{1.0, 0.0});  // the first row of the Jacobian
// [end]

#ifdef MISTAKE_1  // EXPECT: tapeless::grad(f): 'f' must return a scalar; use tapeless::vjp(f, ...)
auto gradient = tl::grad(polar)(3.0, 2.0);
#endif
#ifdef MISTAKE_2  // EXPECT: tapeless::grad(f): 'f' must return a scalar; use tapeless::vjp(f, ...)
auto [value, both] = tl::value_and_grad<1>(polar)(3.0, 2.0);
#endif
#ifdef MISTAKE_3  // EXPECT: tapeless: the function returns void; return its value
double nothing = tl::grad([](auto) {})(3.0);
#endif
#ifdef MISTAKE_4  // EXPECT: tapeless: the function returns void; return its value
double no_value = tl::evaluate([](auto a) { a += 1; })(3.0);
#endif
#ifdef MISTAKE_5  // EXPECT: tapeless: the function returns a condition; use tl::select
double condition = tl::evaluate([](auto a) { return a > 2; })(3.0);
#endif
#ifdef MISTAKE_6  // EXPECT: tapeless: the function's result is no scalar and no std::array
double text = tl::grad([](auto) { return std::string(); })(3.0);
#endif
#ifdef MISTAKE_7  // EXPECT: tapeless: the function's result is no scalar and no std::array
auto pull = tl::vjp([](auto a) { return std::tuple{a, "text"}; }, 3.0);
#endif
#ifdef MISTAKE_8  // EXPECT: tapeless: the function's result is no scalar and no std::array
auto push = tl::jvp([](auto) { return "text"; }, std::tuple{3.0}, std::tuple{1.0});
#endif
#ifdef MISTAKE_9  // EXPECT: tapeless: the function returns void; return its value
double captured(double c) {
  return tl::grad([c](auto a) { (void)(c * a); })(3.0);
}
#endif
#ifdef MISTAKE_10  // EXPECT: tapeless: the function returns a condition; use tl::select
double captured(double c) {
  return tl::grad([c](auto a) { return a < c; })(3.0);
}
#endif
#ifdef MISTAKE_11  // EXPECT: tapeless::grad(f): 'f' must return a scalar; use tapeless::vjp(f, ...)
double captured(double c) {
  return tl::grad([c](auto a) { return std::tuple{a, c * a}; })(3.0);
}
#endif
#ifdef MISTAKE_12  // EXPECT: tapeless::grad(f): 'f' must return a scalar; use tapeless::vjp(f, ...)
auto second = tl::grad(tl::grad([](auto a, auto b) { return a * b; }))(3.0, 2.0);
#endif
