// SPDX-License-Identifier: BSL-1.0
// The examples of docs/reference/inspection.md: what the page shows is what this program checks.
#include <tapeless/inspect.hpp>

#include <array>
#include <cstdio>
#include <string>

namespace tl = tapeless;

constexpr tl::variable<"x"> x;
constexpr tl::variable<"y"> y;
constexpr auto f = x * y + sin(x);
constexpr auto h = [](auto a, auto b) { return 100 * tl::square(b - a * a) + tl::square(1 - a); };

// graph_of
constexpr auto graph = tl::graph_of<double, double>(h);
static_assert(graph.operations() == 7);
static_assert(graph.count("*") == 4 && graph.count("-") == 2 && graph.count("+") == 1);
constexpr auto both = tl::graph_of<double, double>(tl::value_and_grad(h));
static_assert(both.operations() == 12);

static int wrong = 0;
static void same(const std::string& got, const std::string& expected) {
  if (got == expected) return;
  std::printf("got\n%s\nexpected\n%s\n", got.c_str(), expected.c_str());
  ++wrong;
}

int main() {
  // to_string
  same(tl::to_string(f), "x * y + sin(x)");
  same(tl::to_string(tl::grad<x>(f)), "y + cos(x)");
  same(tl::to_string(tl::grad<x>(exp(-x * x))), "-2 * x * exp(-x * x)");
  const double rate = 0.5;
  same(tl::to_string(exp(-rate * x)), "exp(-0.5 * x)");
  same(tl::to_string(tl::let(sin(x), [](auto t) { return t * t; })), "let t1 = sin(x) in t1 * t1");
  same(tl::to_string<double, double>(h),
       "let t1 = a1 - a0 * a0 in 100 * t1 * t1 + (1 - a0) * (1 - a0)");
  same(tl::to_string(tl::value_and_grad(f)), "(x * y + sin(x), y + cos(x), x)");

  // to_dot
  same(tl::to_dot(x * y, x = 3.0, y = 2.0), R"text(digraph tapeless {
  n0 [label="x\n= 3", shape=box];
  n1 [label="y\n= 2", shape=box];
  n2 [label="*\n= 6"];
  out0 [label="value", shape=box, style=rounded];
  n0 -> n2;
  n1 -> n2;
  n2 -> out0;
}
)text");

  // to_source
  same(tl::to_source(tl::value_and_grad(f), "program"), R"text(// Written by tapeless::to_source.
//
//   in[0]    x
//   in[1]    y
//   out[0]   value
//   out[1]   d/dx
//   out[2]   d/dy

#include <cmath>

template <class T>
void program(const T* in, T* out) {
  const T x = in[0];
  const T y = in[1];
  const T product1 = x * y;
  const T sin1 = std::sin(x);
  const T sum1 = product1 + sin1;

  // derivatives
  const T cos1 = std::cos(x);
  const T d_x = y + cos1;

  out[0] = sum1;
  out[1] = d_x;
  out[2] = x;
}
)text");
  return wrong;
}
