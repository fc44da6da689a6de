// SPDX-License-Identifier: BSL-1.0
#include <tapeless/inspect.hpp>

#include <array>
#include <limits>
#include <string>
#include <support/catch.hpp>
#include <tuple>

namespace tl = tapeless;
using namespace tl::literals;
using tl::to_string;

namespace {

constexpr tl::variable<"x"> x;
constexpr tl::variable<"y"> y;
constexpr tl::variable<"t1"> t1;

constexpr auto f = x * y + sin(x);
constexpr auto h = [](auto a, auto b) { return a * b + sin(a); };

TEST_CASE("an expression is printed as it was written") {
  CHECK(to_string(f) == "x * y + sin(x)");
  CHECK(to_string(x) == "x");
  CHECK(to_string(x + x) == "x + x");
  CHECK(to_string(2_c + 3_c) == "2 + 3");
  CHECK(to_string(exp(-x) / (1 + exp(-x))) == "exp(-x) / (1 + exp(-x))");
}

TEST_CASE("parentheses stand where the operations need them") {
  CHECK(to_string((x + y) * x) == "(x + y) * x");
  CHECK(to_string(x + y * x) == "x + y * x");
  CHECK(to_string((x - y) - x) == "x - y - x");
  CHECK(to_string(x - (y - x)) == "x - (y - x)");
  CHECK(to_string(x + (y + x)) == "x + (y + x)");
  CHECK(to_string(x / y * x) == "x / y * x");
  CHECK(to_string(x / (y * x)) == "x / (y * x)");
  CHECK(to_string(-(x * y)) == "-(x * y)");
  CHECK(to_string(-x * y) == "-x * y");
  CHECK(to_string(-(-x)) == "-(-x)");
}

TEST_CASE("numbers are the shortest decimals, stored ones by value") {
  const double rate = 0.1;
  CHECK(to_string(rate * x) == "0.1 * x");
  CHECK(to_string(-0.5 * x - 1e-3) == "-0.5 * x - 0.001");
  CHECK(to_string(100 * x) == "100 * x");
  CHECK(to_string(1e-7 * x) == "1e-07 * x");
  CHECK(to_string(1e300 * x) == "1e+300 * x");
  CHECK(to_string(0.5_c * x) == "0.5 * x");
  CHECK(to_string(0.1F * x) == "0.10000000149011612 * x");
  CHECK(to_string(std::numeric_limits<double>::infinity() * x) == "inf * x");
}

TEST_CASE("conditions and select") {
  CHECK(to_string(select(x < y, x * x, y)) == "select(x < y, x * x, y)");
  CHECK(to_string(select(x > y, x, y)) == "select(y < x, x, y)");
  CHECK(to_string(select(x < y && x != 1, x, y)) == "select(x < y && x != 1, x, y)");
  CHECK(to_string(select(!(x < y || x == y), x, y)) == "select(!(x < y || x == y), x, y)");
  CHECK(to_string(x <= y) == "x <= y");
}

TEST_CASE("let is printed as let, with a name that no variable has") {
  constexpr auto twice = [](auto t) { return t * t; };
  CHECK(to_string(tl::let(sin(x), twice)) == "let t1 = sin(x) in t1 * t1");
  CHECK(to_string(tl::let(x * t1, twice)) == "let t2 = x * t1 in t2 * t2");
  CHECK(to_string(exp(tl::let(sin(x), twice)) + y) == "exp(let t1 = sin(x) in t1 * t1) + y");
  CHECK(to_string(tl::let(0.5 * x, [](auto t) {
          return tl::let(t + 2.5, [t](auto u) { return t * u; });
        })) == "let t1 = 0.5 * x in let t2 = t1 + 2.5 in t1 * t2");
}

TEST_CASE("a derivative is printed as mathematics") {
  CHECK(to_string(tl::grad<x>(f)) == "y + cos(x)");
  CHECK(to_string(tl::grad_expression<y>(f)) == "x");
  CHECK(to_string(tl::grad<x>(tl::grad<x>(f))) == "-sin(x)");
  CHECK(to_string(tl::grad<y>(tl::grad<x>(f))) == "1");
  CHECK(to_string(tl::grad<x>(y * y)) == "0");
  CHECK(to_string(tl::grad<x>(3_c * x * x)) == "6 * x");
  CHECK(to_string(tl::grad<x>(cos(x) + y)) == "-sin(x)");
  CHECK(to_string(tl::grad<x>(0.5 * x * y)) == "0.5 * y");
}

TEST_CASE("what a derivative uses twice has a name") {
  const std::string text = to_string(tl::grad<x>(exp(x * y + sin(x))));
  CHECK(text == "exp(x * y + sin(x)) * (y + cos(x))");
  CHECK(to_string<double>([](auto a) { return sqrt(a * a + 1) + log(a * a + 1); }) ==
        "let t1 = a0 * a0 + 1 in sqrt(t1) + log(t1)");
}

TEST_CASE("derivatives inside expressions") {
  CHECK(to_string(2 * tl::grad<x>(f)) == "2 * (y + cos(x))");
  CHECK(to_string(tl::let(x * y, [](auto t) { return t + tl::grad<x>(sin(x) * t); })) ==
        "let t1 = x * y in t1 + t1 * cos(x)");
  CHECK(to_string(0.5 * x + tl::grad<x>(0.25 * x * y)) == "0.5 * x + 0.25 * y");
  CHECK(to_string(1 + tl::grad<0>(h)(x, y)) == "1 + (y + cos(x))");
}

TEST_CASE("functions are printed as mathematics of their arguments") {
  CHECK(to_string<double, double>(h) == "a0 * a1 + sin(a0)");
  CHECK(to_string<double, double>(tl::value_and_grad(h)) ==
        "(a0 * a1 + sin(a0), a1 + cos(a0), a0)");
  CHECK(to_string<double, double>(tl::grad<0>(h)) == "a1 + cos(a0)");
  CHECK(to_string<double, double>(tl::grad<0>(tl::grad<0>(h))) == "-sin(a0)");
  CHECK(to_string<std::array<double, 2>>([](auto p) { return p[0] - p[1] * (p[0] + p[1]); }) ==
        "a0[0] - a0[1] * (a0[0] + a0[1])");
  CHECK(to_string<std::tuple<double, std::pair<double, double>>>([](auto t) {
          return std::get<0>(t) * std::get<1>(t).first / std::get<1>(t).second;
        }) == "get<0>(a0) * get<1>(a0).first / get<1>(a0).second");
  const double rate = 0.25;
  CHECK(to_string<double>([rate](auto a) { return exp(rate * a); }) == "exp(a0 * 0.25)");
  CHECK(to_string<double>(tl::bind_back(h, 2.5)) == "a0 * 2.5 + sin(a0)");
}

TEST_CASE("gradients of expressions are printed in the order of the variables") {
  CHECK(to_string(tl::grad(f)) == "(y + cos(x), x)");
  CHECK(to_string(tl::value_and_grad<y, x>(f)) == "(x * y + sin(x), x, y + cos(x))");
}

}  // namespace
