// SPDX-License-Identifier: BSL-1.0
// tl::graph_of is part of the core, and a constant.
#include <tapeless/tapeless.hpp>

#include <array>
#include <tuple>
#include <utility>

namespace tl = tapeless;
using namespace tl::literals;

constexpr tl::variable<"x"> x;
constexpr tl::variable<"y"> y;

constexpr auto f = x * y + sin(x);
constexpr auto h = [](auto a, auto b) { return a * b + sin(a); };

// A function and the expression of the same mathematics have one graph.
constexpr auto from_function = tl::graph_of<double, double>(h);
constexpr auto from_expression = tl::graph_of(f);
static_assert(from_function.size() == 5);
static_assert(from_function.operations() == 3);
static_assert(from_function.inputs() == 2 && from_function.constants() == 0);
static_assert(from_function.edges() == 5);
static_assert(from_function.count("*") == 1 && from_function.count("sin") == 1);
static_assert(from_function.count("cos") == 0);
static_assert(from_expression.size() == 5 && from_expression.edges() == 5);
static_assert([] {
  for (int i = 0; i < from_function.size(); ++i) {
    if (from_function[i].op != from_expression[i].op) return false;
  }
  return true;
}());

// Operands stand before what uses them; the result is the last node.
static_assert(from_function[0].is_input() && from_function[0].name() == "input");
static_assert(from_function.outputs[0] == 4 && from_function[4].name() == "+");
static_assert(from_function[from_function[4].operand(1)].name() == "sin");

// A gradient holds both passes: y + cos(x) and x.
constexpr auto both = tl::graph_of(tl::value_and_grad(f));
static_assert(both.operations() == 5 && both.count("cos") == 1);
static_assert(!both[4].backward && both[5].backward);
static_assert(tl::graph_of<double, double>(tl::value_and_grad(h)).operations() == 5);
static_assert(tl::graph_of(tl::grad<x>(f)).operations() == 2);
static_assert(tl::graph_of(tl::grad<y>(f)).size() == 1);

// What the results do not need is not there: grad without the value.
static_assert(tl::graph_of<double, double>(tl::grad<0>(h)).operations() == 2);
static_assert(tl::graph_of<double, double>(tl::grad<0>(h)).inputs() == 2);
static_assert(tl::graph_of<double, double>(tl::grad<1>(h)).operations() == 0);

// Gradients of gradients: d2/da2 = -sin(a).
static_assert(tl::graph_of<double, double>(tl::grad<0>(tl::grad<0>(h))).operations() == 2);
static_assert(tl::graph_of<double, double>(tl::grad<0>(tl::grad<0>(h))).count("sin") == 1);
static_assert(tl::graph_of(tl::grad<x>(tl::grad<x>(f))).operations() == 2);

// Arguments with structure; constants; integers.
constexpr auto weighted = [](auto p, auto q) { return 2.5 * p[0] + p[1] * q.first - q.second; };
constexpr auto mixed = tl::graph_of<std::array<double, 2>, std::pair<float, int>>(weighted);
static_assert(mixed.inputs() == 4 && mixed.constants() == 1 && mixed.operations() == 4);
constexpr auto swapped = [](auto t) { return std::tuple{std::get<1>(t), std::get<0>(t)}; };
static_assert(tl::graph_of<std::tuple<double, double>>(swapped).outputs[0] == 1);
static_assert(tl::graph_of(2_c * x).constants() == 1);
static_assert(tl::graph_of<double, double>(tl::evaluate(h)).operations() == 3);

// Sharing: twelve levels are 24 operations, as a function and with tl::let.
constexpr auto chain = [](auto t) {
  auto e = t;
  for (int i = 0; i < 12; ++i) e = sin(e) * e;
  return e;
};
template <int Levels>
struct levels {
  template <class E>
  constexpr auto operator()(E e) const {
    if constexpr (Levels == 0) {
      return e;
    } else {
      return tl::let(sin(e) * e, levels<Levels - 1>{});
    }
  }
};
constexpr auto chain_expression = levels<12>{}(x);
static_assert(tl::graph_of<double>(chain).operations() == 24);
static_assert(tl::graph_of<double>(chain).size() == 25);
static_assert(tl::graph_of(chain_expression).operations() == 24);
static_assert(tl::graph_of(chain_expression).size() == 25);
// Its derivative: sin(e) + e cos(e) for each level is a cosine, a product and a sum, and eleven
// products join the levels: 24 + 12 * 3 + 11.
static_assert(tl::graph_of<double>(tl::value_and_grad(chain)).operations() == 71);
static_assert(tl::graph_of<double>(tl::value_and_grad(chain)).size() == 72);
static_assert(tl::graph_of(tl::value_and_grad(chain_expression)).operations() == 71);

int main() {}
