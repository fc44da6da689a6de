// SPDX-License-Identifier: BSL-1.0
#include <tapeless/inspect.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <support/catch.hpp>

namespace tl = tapeless;
using tl::to_dot;

namespace {

constexpr tl::variable<"x"> x;
constexpr tl::variable<"y"> y;

constexpr auto f = x * y + sin(x);
constexpr auto h = [](auto a, auto b) { return a * b + sin(a); };

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("the graph of an expression") {
  CHECK(to_dot(f) == R"dot(digraph tapeless {
  n0 [label="x", shape=box];
  n1 [label="y", shape=box];
  n2 [label="*"];
  n3 [label="sin"];
  n4 [label="+"];
  out0 [label="value", shape=box, style=rounded];
  n0 -> n2;
  n1 -> n2;
  n0 -> n3;
  n2 -> n4;
  n3 -> n4;
  n4 -> out0;
}
)dot");
}

TEST_CASE("the graph of a gradient at a point: values and cotangents") {
  // At x = 0, y = 2: value 0, d/dx = y + cos(x) = 3, d/dy = x = 0.
  CHECK(to_dot(tl::value_and_grad(f), x = 0.0, y = 2.0) == R"dot(digraph tapeless {
  n0 [label="x\n= 0\ncotangent 3", shape=box];
  n1 [label="y\n= 2\ncotangent 0", shape=box];
  n2 [label="*\n= 0\ncotangent 1"];
  n3 [label="sin\n= 0\ncotangent 1"];
  n4 [label="+\n= 0\ncotangent 1"];
  n5 [label="cos\n= 1", style=dashed, color=blue, fontcolor=blue];
  n6 [label="+\n= 3", style=dashed, color=blue, fontcolor=blue];
  out0 [label="value", shape=box, style=rounded];
  out1 [label="d/dx", shape=box, style=rounded];
  out2 [label="d/dy", shape=box, style=rounded];
  n0 -> n2;
  n1 -> n2;
  n0 -> n3;
  n2 -> n4;
  n3 -> n4;
  n0 -> n5 [style=dashed, color=blue];
  n1 -> n6 [style=dashed, color=blue];
  n5 -> n6 [style=dashed, color=blue];
  n4 -> out0;
  n6 -> out1;
  n0 -> out2;
}
)dot");
}

TEST_CASE("a function is drawn like the expression, its arguments by number") {
  std::string text = to_dot(f);
  text.replace(text.find("\"x\""), 3, "\"a0\"");
  text.replace(text.find("\"y\""), 3, "\"a1\"");
  CHECK(to_dot<double, double>(h) == text);
  CHECK(contains(to_dot<double, double>(tl::grad(h)), "d/da1"));
}

TEST_CASE("operands are numbered where their order matters") {
  const std::string text = to_dot<std::array<double, 2>>(
      [](auto p) { return tl::select(p[0] < p[1], p[0] / p[1], 0.5 * p[1]); });
  CHECK(contains(text, "n0 [label=\"a0[0]\", shape=box];"));
  CHECK(contains(text, "[label=\"0.5\", shape=plaintext];"));
  CHECK(contains(text, "n0 -> n2 [label=1];"));
  CHECK(contains(text, "n1 -> n2 [label=2];"));
  CHECK(contains(text, "n2 -> n6 [label=1];"));
}

TEST_CASE("values of conditions, constants and stored numbers") {
  const double rate = 2.5;
  const auto held = [rate](auto a, auto b) { return tl::select(a < b, a * rate, b); };
  const std::string text = to_dot(held, 1.0, 2.0);
  CHECK(contains(text, "[label=\"<\\ntrue\"]"));
  CHECK(contains(text, "[label=\"2.5\", shape=plaintext]"));
  CHECK(contains(text, "[label=\"*\\n= 2.5\"]"));
  CHECK(contains(to_dot(held, 3.0, 2.0), "[label=\"<\\nfalse\"]"));
  CHECK(contains(to_dot(rate * x, x = 2.0F), "[label=\"*\\n= 5\"]"));
}

TEST_CASE("the branch not taken has a cotangent of zero") {
  const std::string text =
      to_dot(tl::value_and_grad([](auto a) { return tl::select(a > 0, sqrt(a), a * a); }), -2.0);
  CHECK(contains(text, "[label=\"*\\n= 4\\ncotangent 1\"]"));
  CHECK(!contains(text, "cotangent nan"));
}

TEST_CASE("gradients of gradients") {
  const std::string text = to_dot(tl::value_and_grad(tl::grad<0>(h)), 0.0, 2.0);
  CHECK(contains(text, "[label=\"+\\n= 3\\ncotangent 1\"]"));
  CHECK(contains(text, "[label=\"cos\\n= 1\\ncotangent 1\"]"));
  CHECK(contains(to_dot(tl::grad<x>(tl::grad<x>(f))), "[label=\"sin\"]"));
}

TEST_CASE("names are quoted") {
  constexpr tl::variable<"a \"b\" \\"> odd;
  CHECK(contains(to_dot(odd * odd), "label=\"a \\\"b\\\" \\\\\""));
}

bool accepted_by_dot(const std::string& text) {
  std::FILE* dot = popen("dot -Tsvg > /dev/null 2>&1", "w");
  std::fputs(text.c_str(), dot);
  return pclose(dot) == 0;
}

TEST_CASE("Graphviz accepts it") {
  if (std::system("dot -V > /dev/null 2>&1") != 0) {
    WARN("dot is not installed");
    return;
  }
  constexpr tl::variable<"a \"b\" \\"> odd;
  CHECK(!accepted_by_dot("digraph {"));
  CHECK(accepted_by_dot(to_dot(f)));
  CHECK(accepted_by_dot(to_dot(odd * odd, odd = 1.0)));
  CHECK(accepted_by_dot(to_dot(tl::value_and_grad(f), x = 3.0, y = 2.0)));
  CHECK(accepted_by_dot(to_dot<double, double>(tl::grad(tl::grad<0>(h)))));
}

}  // namespace
