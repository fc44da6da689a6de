// SPDX-License-Identifier: BSL-1.0
// The examples of docs/reference/inspection.md.
// [include]
#include <tapeless/inspect.hpp>
// [end]

#include <cstdio>
#include <string>
#include <vector>

namespace tl = tapeless;

// [functions]
constexpr tl::variable<"x"> x;
constexpr tl::variable<"y"> y;
constexpr auto f = x * y + sin(x);
constexpr auto h = [](auto a, auto b) { return 100 * tl::square(b - a * a) + tl::square(1 - a); };
// [end]

// [graph_of]
constexpr auto graph = tl::graph_of<double, double>(h);
static_assert(graph.operations() == 7);
static_assert(graph.count("*") == 4 && graph.count("-") == 2 && graph.count("+") == 1);

constexpr auto both = tl::graph_of<double, double>(tl::value_and_grad(h));
static_assert(both.operations() == 12);
// [end]

// [loops]
constexpr auto squares = [](auto w, auto X, auto t) {
  return tl::sum(X.rows(), [&](auto i) {
    return tl::square(tl::sum(X.cols(), [&](auto j) { return X(i, j) * w[j]; }) - t[i]);
  });
};
constexpr auto decay = [](auto v) {
  return tl::fold(v.size(), 1, [&](auto c, auto i) { return exp(-c) * v[i]; });
};
using list = std::vector<double>;
using matrix = tl::matrix<double>;
// [end]

static void print(const std::string& text) { std::puts(text.c_str()); }

int main() {
  std::puts("[strings]");
  // [to_string]
  print(tl::to_string(f));
  print(tl::to_string(tl::grad<x>(f)));
  print(tl::to_string(tl::grad<x>(exp(-x * x))));

  const double rate = 0.5;
  print(tl::to_string(exp(-rate * x)));
  print(tl::to_string(tl::let(sin(x), [](auto t) { return t * t; })));

  print(tl::to_string<double, double>(h));
  print(tl::to_string(tl::value_and_grad(f)));
  // [end]

  std::puts("[drawing]");
  // [to_dot]
  std::fputs(tl::to_dot(x * y, x = 3.0, y = 2.0).c_str(), stdout);
  // [end]

  std::puts("[source]");
  // [to_source]
  std::fputs(tl::to_source(tl::value_and_grad(f), "program").c_str(), stdout);
  // [end]

  std::puts("[loop strings]");
  // [loop_strings]
  print(tl::to_string<list, matrix, list>(squares));
  print(tl::to_string<list>(decay));
  print(tl::to_string<list>(tl::grad(
      [](auto v) { return tl::sum(v.size() - 1, [&](auto i) { return v[i] * v[i + 1]; }); })));
  // [end]

  std::puts("[loop drawing]");
  // [loop_drawing]
  std::fputs(tl::to_dot<list>(decay).c_str(), stdout);
  // [end]

  std::puts("[loop source]");
  // [loop_source]
  std::fputs(tl::to_source<list>(tl::value_and_grad(decay), "decay").c_str(), stdout);
  // [end]
}
