// SPDX-License-Identifier: BSL-1.0
// The function that docs/explanation/how-it-works.md follows.
#include <tapeless/inspect.hpp>

#include <cstdio>
#include <string>
#include <type_traits>

namespace tl = tapeless;

// [function]
constexpr auto f = [](auto x, auto y) { return x * y + sin(x * y); };
// [end]

// [type]
constexpr tl::variable<"x"> x;
constexpr tl::variable<"y"> y;
constexpr auto e = f(x, y);

using product = tl::apply<tl::multiply, tl::variable<"x">, tl::variable<"y">>;
using expected = tl::apply<tl::add, product, tl::apply<tl::sine, product>>;
static_assert(std::is_same_v<std::remove_const_t<decltype(e)>, expected>);
static_assert(std::is_empty_v<expected>);
// [end]

// [graph]
constexpr auto forward = tl::graph_of<double, double>(f);
static_assert(forward.count("*") == 1);  // written twice, computed once
static_assert(forward.operations() == 3);
static_assert(tl::graph_of(e).operations() == 3);  // the expression gives the same graph
// [end]

// [backward]
constexpr auto both = tl::graph_of<double, double>(tl::value_and_grad(f));
static_assert(both.operations() == 3 + 4);
static_assert(both.count("cos") == 1 && both.count("*") == 3 && both.count("+") == 2);
// [end]

int main() {
  const auto print = [](const char* part, const std::string& text) {
    std::printf("[%s]\n%s\n", part, text.c_str());
  };
  std::puts("[source]");
  std::fputs(tl::to_source<double, double>(tl::value_and_grad(f), "value_and_gradient").c_str(),
             stdout);
  print("text", tl::to_string(e));
  print("derivative", tl::to_string(tl::grad<x>(e)));
  print("second", tl::to_string(tl::grad<x>(tl::grad<x>(e))));
}
