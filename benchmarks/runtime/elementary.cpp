// SPDX-License-Identifier: BSL-1.0
// What does the gradient of x*sin(y) + exp(x*y) + x/y cost? A small formula bound by libm.
#include "support/rivals.hpp"
#include "support/row.hpp"

#include <tapeless/tapeless.hpp>

namespace tl = tapeless;

namespace {

using input = bench::input<2>;
using result = bench::result<2>;

constexpr auto formula = [](const auto& a, const auto& b) -> decltype(auto) {
  using std::exp;
  using std::sin;
  return a * sin(b) + exp(a * b) + a / b;
};

constexpr tl::variable<"x"> x;
constexpr tl::variable<"y"> y;

result hand_written(const input& in) {
  const auto [a, b] = in.active;
  const double sine = std::sin(b);
  const double cosine = std::cos(b);
  const double exponential = std::exp(a * b);
  const double inverse = 1 / b;
  const double quotient = a / b;
  return {a * sine + exponential + quotient,
          {sine + exponential * b + inverse, a * cosine + exponential * a - quotient * inverse}};
}

}  // namespace

int main(int argc, char** argv) {
  bench::uniform random(1);
  bench::points<input> inputs;
  for (input& in : inputs) in = {{random(0.2, 1.5), random(0.5, 2.0)}, {}};

  bench::row<input> row("elementary", inputs);
  row.hand_written([](const input& in) { return hand_written(in); });
  row.add(
      "tapeless_function",
      [](const input& in) { return tl::value_and_grad(formula)(in.active[0], in.active[1]); },
      [](const auto& out) {
        const auto& [value, gradient] = out;
        const auto& [da, db] = gradient;
        return bench::flat{value, da, db};
      });
  row.add(
      "tapeless_expression",
      [](const input& in) {
        return tl::value_and_grad(formula(x, y))(x = in.active[0], y = in.active[1]);
      },
      [](const auto& out) {
        const auto& [value, gradient] = out;
        return bench::flat{value, gradient[x], gradient[y]};
      });
  bench::add_rivals(row, inputs, [](const auto& p, const auto&) -> decltype(auto) {
    return formula(p[0], p[1]);
  });
  return bench::run(argc, argv);
}
