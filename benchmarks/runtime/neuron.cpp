// SPDX-License-Identifier: BSL-1.0
// What does the gradient of a neuron tanh(w.x + b) in its 64 weights and its bias cost? The sum is
// one chain of additions, so its latency is the floor.
#include "support/rivals.hpp"
#include "support/row.hpp"
#include "support/variables.hpp"

#include <tapeless/tapeless.hpp>

namespace tl = tapeless;

namespace {

constexpr std::size_t size = 64;
// weights and, last, the bias; the inputs of the neuron are passive
using input = bench::input<size + 1, size>;
using result = bench::result<size + 1>;

constexpr auto neuron = [](const auto& parameters, const auto& signal) -> decltype(auto) {
  using std::tanh;
  std::remove_cvref_t<decltype(parameters[0])> sum = parameters[size];
  for (std::size_t i = 0; i < size; ++i) sum += parameters[i] * signal[i];
  return tanh(sum);
};

template <std::size_t I>
constexpr auto w = bench::variable_at<'w', I>;
template <std::size_t I>
constexpr auto x = bench::variable_at<'x', I>;
constexpr tl::variable<"b"> b;

constexpr auto neuron_expression =
    tanh(bench::with_indices<size>([](auto... i) { return (b + ... + (w<i> * x<i>)); }));

result hand_written(const input& in) {
  double sum = in.active[size];
  for (std::size_t i = 0; i < size; ++i) sum += in.active[i] * in.passive[i];
  result out;
  out.value = std::tanh(sum);
  const double sum_bar = 1 - out.value * out.value;
  for (std::size_t i = 0; i < size; ++i) out.gradient[i] = sum_bar * in.passive[i];
  out.gradient[size] = sum_bar;
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  bench::uniform random(5);
  bench::points<input> inputs;
  for (input& in : inputs) {
    for (double& weight : in.active) weight = random(-0.2, 0.2);
    for (double& signal : in.passive) signal = random(-1, 1);
  }

  bench::row<input> row("neuron_64", inputs);
  row.hand_written([](const input& in) { return hand_written(in); });
  row.add(
      "tapeless_function",
      [](const input& in) { return tl::value_and_grad<0>(neuron)(in.active, in.passive); },
      [](const auto& out) {
        const auto& [value, gradient] = out;
        bench::flat all{value};
        for (std::size_t i = 0; i <= size; ++i) all.push_back(gradient[i]);
        return all;
      });
  row.add(
      "tapeless_expression",
      [](const input& in) {
        return bench::with_indices<size>([&](auto... i) {
          return tl::value_and_grad<w<i>..., b>(neuron_expression)(
              (w<i> = in.active[i])..., b = in.active[size], (x<i> = in.passive[i])...);
        });
      },
      [](const auto& out) {
        const auto& [value, gradient] = out;
        return bench::with_indices<size>(
            [&v = value, &g = gradient](auto... i) { return bench::flat{v, g[w<i>]..., g[b]}; });
      });
  bench::add_rivals(row, inputs, neuron);
  return bench::run(argc, argv);
}
