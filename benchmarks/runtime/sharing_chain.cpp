// SPDX-License-Identifier: BSL-1.0
// What does sharing cost? Twelve levels of e = sin(e) * e are 24 operations, or 4096 sines when
// shared values are not recognised. Bound by the latency of libm.
#include "support/rivals.hpp"
#include "support/row.hpp"

#include <tapeless/tapeless.hpp>

namespace tl = tapeless;

namespace {

constexpr int levels = 12;
using input = bench::input<1>;
using result = bench::result<1>;

constexpr auto chain = []<class T>(const T& start) {
  using std::sin;
  T e = start;
  for (int i = 0; i < levels; ++i) e = sin(e) * e;
  return e;
};

constexpr tl::variable<"x"> x;

template <int Levels, class E>
constexpr auto chain_expression(E e) {
  if constexpr (Levels == 0)
    return e;
  else
    return tl::let(sin(e) * e, [](auto next) { return chain_expression<Levels - 1>(next); });
}

// One input and one output: the order in which the twelve factors are multiplied is free.
result hand_written(const input& in) {
  double e = in.active[0];
  double derivative = 1;
  for (int i = 0; i < levels; ++i) {
    const double sine = std::sin(e);
    derivative *= std::cos(e) * e + sine;
    e *= sine;
  }
  return {e, {derivative}};
}

}  // namespace

int main(int argc, char** argv) {
  bench::uniform random(6);
  bench::points<input> inputs;
  for (input& in : inputs) in = {{random(1.6, 1.9)}, {}};

  bench::row<input> row("sharing_chain", inputs);
  row.hand_written([](const input& in) { return hand_written(in); });
  row.add(
      "tapeless_function", [](const input& in) { return tl::value_and_grad(chain)(in.active[0]); },
      [](const auto& out) {
        const auto& [value, gradient] = out;
        return bench::flat{value, gradient};
      });
  row.add(
      "tapeless_expression",
      [](const input& in) {
        return tl::value_and_grad(chain_expression<levels>(x))(x = in.active[0]);
      },
      [](const auto& out) {
        const auto& [value, gradient] = out;
        return bench::flat{value, gradient[x]};
      });
  bench::add_rivals(row, inputs, [](const auto& p, const auto&) { return chain(p[0]); });
  return bench::run(argc, argv);
}
