// SPDX-License-Identifier: BSL-1.0
#include <tapeless/tapeless.hpp>

#include <array>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace tl = tapeless;

constexpr tl::variable<"x"> x;
constexpr tl::variable<"y"> y;
constexpr auto f = [](auto a, auto b) { return a * b[0] + b[1]; };
constexpr auto e = x * y;
constexpr auto sine = sin(x);
constexpr std::array b{1.0, 2.0};

#ifndef MISTAKE
double right() {
  // [right]
  double gx = 0;
  std::array<double, 2> gb{};
  double value = tl::value_and_grad(f).into(gx, gb)(3.0, b);
  tl::grad<0>(f).add_to(gx)(3.0, b);
  // [end]
  return value + tl::value_and_grad<x>(e).into(gx)(x = 3.0, y = 2.0) +
         tl::value_and_grad(sine).into(gx)(x = 3.0);
}
#endif

#ifdef MISTAKE_1  // EXPECT: tapeless: .into(...) and .add_to(...) take one output for each chosen
double few() {
  double gx = 0;
  return tl::value_and_grad(f).into(gx)(3.0, b);
}
#endif
#ifdef MISTAKE_2  // EXPECT: tapeless: .into(...) and .add_to(...) take one output for each chosen
void many() {
  double gx = 0, gy = 0;
  tl::grad<0>(f).add_to(gx, gy)(3.0, b);
}
#endif
#ifdef MISTAKE_3  // EXPECT: tapeless: an output of .into(...) or .add_to(...) differs in shape
double shape() {
  double gx = 0, gb = 0;
  return tl::value_and_grad(f).into(gx, gb)(3.0, b);
}
#endif
#ifdef MISTAKE_4  // EXPECT: tapeless: an output of .into(...) or .add_to(...) differs in shape
double extent() {
  double gx = 0;
  std::array<double, 3> gb{};
  return tl::value_and_grad(f).into(gx, gb)(3.0, b);
}
#endif
#ifdef MISTAKE_5  // EXPECT: tapeless: an output of .into(...) or .add_to(...) is const
double constant() {
  const double gx = 0;
  return tl::value_and_grad<0>(f).into(gx)(3.0, b);
}
#endif
#ifdef MISTAKE_6  // EXPECT: tapeless: an output of .into(...) or .add_to(...) is const
double constant() {
  const double gx = 0;
  return tl::value_and_grad(sine).into(gx)(x = 3.0);
}
#endif
#ifdef MISTAKE_7  // EXPECT: tapeless: .into(...) and .add_to(...) take one output for each chosen
double few() {
  double gx = 0;
  return tl::value_and_grad(e).into(gx)(x = 3.0, y = 2.0);
}
#endif
#ifdef MISTAKE_8  // EXPECT: tapeless: .into(...) and .add_to(...) take one output for each chosen
double many() {
  double gx = 0, gy = 0;
  return tl::value_and_grad(sine).into(gx, gy)(x = 3.0);
}
#endif
#ifdef MISTAKE_9  // EXPECT: tapeless: an output of .into(...) or .add_to(...) differs in shape
double shape() {
  std::array<double, 1> gx{};
  return tl::value_and_grad(sine).into(gx)(x = 3.0);
}
#endif
#ifdef MISTAKE_10  // EXPECT: tapeless: an output of .into(...) or .add_to(...) is no floating-point
void integer() {
  int gx = 0;
  tl::grad<0>(f).into(gx)(3.0, b);
}
#endif
#ifdef MISTAKE_11  // EXPECT: tapeless: an output of .into(...) or .add_to(...) is a temporary
std::vector<double> made();
void temporary(const std::vector<double>& p) {
  tl::grad([](auto a) { return sum(a * a); }).into(made())(p);
}
#endif
#ifdef MISTAKE_12  // EXPECT: tapeless: an output of .into(...) or .add_to(...) is a temporary
void moved() {
  double gx = 0;
  tl::grad<0>(f).add_to(std::move(gx))(3.0, b);
}
#endif
#ifdef MISTAKE_13  // EXPECT: tapeless: an output of .into(...) or .add_to(...) is a temporary
double number() { return tl::value_and_grad(sine).into(0.0)(x = 3.0); }
#endif
#ifdef MISTAKE_14  // EXPECT: tapeless: an output of .into(...) or .add_to(...) is a temporary
void value(const std::vector<double>& p) {
  tl::evaluate([](auto a) { return a * a; }).into(std::vector<double>{})(p);
}
#endif
#ifdef MISTAKE_15  // EXPECT: tapeless: an output of .into(...) or .add_to(...) is a temporary
void tangent(double& v) { tl::jvp(f).into(v, 0.0)(std::tuple{1.0, b}, std::tuple{1.0, b}); }
#endif
#ifdef MISTAKE_16  // EXPECT: tapeless: an output of .into(...) or .add_to(...) is a temporary
void pulled(double& g) { tl::vjp(f, 3.0, b).pullback.into(g, std::array<double, 2>{})(1.0); }
#endif
#ifdef MISTAKE_17  // EXPECT: tapeless: an output of .into(...) or .add_to(...) is const
constexpr auto squares = [](auto a) { return sum(a * a); };
void read_only(const std::vector<double>& p) { tl::grad(squares).into(std::span(p))(p); }
#endif
