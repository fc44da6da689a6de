// SPDX-License-Identifier: BSL-1.0
#include <tapeless/tapeless.hpp>

#include <array>
#include <deque>
#include <list>
#include <string>
#include <vector>

namespace tl = tapeless;

constexpr auto f = [](auto a, auto b) { return a * b; };
constexpr auto sum_of = [](auto w, auto data) {
  auto s = w;
  for (std::size_t i = 0; i < data.size(); ++i) s += data[i];
  return s;
};
struct point {
  double x, y;
};
#ifndef MISTAKE
// [right]
double slope = tl::grad<0>(f)(3.0, 2) + tl::grad<0>(f, tl::safe)(3.0, 2.0);
double total = tl::evaluate(sum_of)(1.0, std::array{1.0, 2.0});
// [end]
#endif

#ifdef MISTAKE_1  // EXPECT: tapeless: the function does not accept these arguments
double few = tl::evaluate(f)(3.0);
#endif
#ifdef MISTAKE_2  // EXPECT: tapeless: the function does not accept these arguments
double many = tl::evaluate(f)(3.0, 2.0, 1.0);
#endif
#ifdef MISTAKE_3  // EXPECT: tapeless: the function does not accept these arguments
double few_gradient = tl::grad<0>(f)(3.0);
#endif
#ifdef MISTAKE_4  // EXPECT: tapeless: the function does not accept these arguments
auto [many_a, many_b, many_c] = tl::grad(f)(3.0, 2.0, 1.0);
#endif
#ifdef MISTAKE_5  // EXPECT: tapeless: the function does not accept these arguments
auto [value, few_in_both] = tl::value_and_grad(f)(3.0);
#endif
#ifdef MISTAKE_6  // EXPECT: tapeless: the function does not accept these arguments
auto [value, pullback] = tl::vjp(f, 3.0);
auto pulled = pullback(1.0);
#endif
#ifdef MISTAKE_7  // EXPECT: tapeless: the function does not accept these arguments
auto [value, tangent] = tl::jvp(f, std::tuple{3.0, 2.0, 1.0}, std::tuple{3.0, 2.0, 1.0});
#endif
#ifdef MISTAKE_8  // EXPECT: tapeless: the function does not accept these arguments
double captured(double c) {
  return tl::grad([c](auto a, auto b) { return a * b * c; })(3.0);
}
#endif
#ifdef MISTAKE_9  // EXPECT: tapeless: the function does not accept these arguments
double none = tl::grad(f)();
#endif
#ifdef MISTAKE_10  // EXPECT: tapeless: the function does not accept these arguments
auto bound_many = tl::grad(tl::bind_back(f, 2.0))(3.0, 1.0);
#endif
#ifdef MISTAKE_11  // EXPECT: tapeless: an integer argument was asked for its gradient
auto integer = tl::grad(f)(3, 2.0);
#endif
#ifdef MISTAKE_12  // EXPECT: tapeless: an integer argument was asked for its gradient
auto [value, integer_pullback] = tl::vjp(f, 3, 2.0);
#endif
#ifdef MISTAKE_13  // EXPECT: tapeless: an integer argument was asked for its gradient
double integers = tl::grad([](auto a) { return a[0]; })(std::array{1, 2});
#endif
#ifdef MISTAKE_14  // EXPECT: tapeless::grad<I>(f): argument number I does not exist
double out_of_range = tl::grad<5>(f)(3.0, 2.0);
#endif
#ifdef MISTAKE_15  // EXPECT: tapeless::grad<I>(f): argument number I does not exist
double negative = tl::grad<-1>(f)(3.0, 2.0);
#endif
#ifdef MISTAKE_16  // EXPECT: tapeless: an argument is no scalar and no array
double text = tl::grad<0>(f)(3.0, std::string("2"));
#endif
#ifdef MISTAKE_17  // EXPECT: tapeless: an argument is no scalar and no array
double literal = tl::grad<0>(f)(3.0, "2");
#endif
#ifdef MISTAKE_18  // EXPECT: tapeless: an argument is no scalar and no array
double structure = tl::grad<0>(f)(3.0, point{1, 2});
#endif
#ifdef MISTAKE_19  // EXPECT: tapeless: an argument is no scalar and no array
double pointer(const double* p) { return tl::evaluate(f)(3.0, p); }
#endif
#ifdef MISTAKE_20  // EXPECT: tapeless: this argument of run-time size is not supported
// ALSO: tl::view
double queue(const std::deque<double>& data) { return tl::grad<0>(sum_of)(3.0, data); }
#endif
#ifdef MISTAKE_21  // EXPECT: tapeless: this argument of run-time size is not supported
double list(const std::list<double>& data) { return tl::evaluate(sum_of)(3.0, data); }
#endif
#ifdef MISTAKE_22  // EXPECT: tapeless: this argument of run-time size is not supported
double bound(const std::deque<double>& data) { return tl::grad(tl::bind_back(sum_of, data))(3.0); }
#endif
#ifdef MISTAKE_23  // EXPECT: tapeless: this argument of run-time size is not supported
auto nested(const std::array<std::deque<double>, 2>& data) {
  return tl::vjp([](auto d) { return d[0][0]; }, data);
}
#endif
#ifdef MISTAKE_24  // EXPECT: tapeless: a trailing argument is no policy
auto together = tl::grad(f, 3.0, 2.0)(1.0, 1.0);
#endif
#ifdef MISTAKE_25  // EXPECT: tapeless: a function is differentiated in positions
                   // position
constexpr tl::variable<"x"> x;
double by_variable = tl::grad<x>(f)(3.0, 2.0);
#endif
#ifdef MISTAKE_26  // EXPECT: tapeless: the function does not accept these arguments
constexpr tl::variable<"x"> x;
auto called_with_expression = tl::grad(f)(x);
#endif
#ifdef MISTAKE_27  // EXPECT: tapeless: the function does not accept these arguments
double reference = tl::grad([](auto& a) { return a * a; })(3.0);
#endif
#ifdef MISTAKE_28  // EXPECT: tapeless: the function does not accept these arguments
double bare_number_expected = tl::grad([](auto a) { return a * a; })(1.0, 2.0);
#endif
