// SPDX-License-Identifier: BSL-1.0
// What does the gradient of the chained Rosenbrock function cost? Cheap operations, no libm: all
// that counts is how good the code is.
#include "support/rivals.hpp"
#include "support/row.hpp"
#include "support/variables.hpp"

#include <tapeless/tapeless.hpp>

namespace tl = tapeless;
using namespace tl::literals;

namespace {

template <class T>
constexpr T squared(const T& t) {
  return t * t;
}

template <std::size_t N>
constexpr auto rosenbrock = [](const auto& x) {
  using T = std::remove_cvref_t<decltype(x[0])>;
  T sum = 100 * squared<T>(x[1] - x[0] * x[0]) + squared<T>(1 - x[0]);
  for (std::size_t i = 1; i + 1 < N; ++i)
    sum += 100 * squared<T>(x[i + 1] - x[i] * x[i]) + squared<T>(1 - x[i]);
  return sum;
};

template <std::size_t I>
constexpr auto x = bench::variable_at<'x', I>;

template <std::size_t N>
constexpr auto rosenbrock_expression = bench::with_indices<N - 1>([](auto... i) {
  using tl::square;
  return (... + (100_c * square(x<i + 1> - x<i> * x<i>) + square(1_c - x<i>)));
});

template <std::size_t N>
bench::result<N> hand_written(const bench::input<N>& in) {
  const auto& point = in.active;
  bench::result<N> out;
  double sum = 0;
  double carried = 0;  // from the term before
  for (std::size_t i = 0; i + 1 < N; ++i) {
    const double valley = point[i + 1] - point[i] * point[i];
    const double distance = 1 - point[i];
    sum += 100 * (valley * valley) + distance * distance;
    out.gradient[i] = carried - 400 * valley * point[i] - 2 * distance;
    carried = 200 * valley;
  }
  out.gradient[N - 1] = carried;
  out.value = sum;
  return out;
}

// The same in two loops over an array between them: more memory, but both compilers vectorise it
// (the library unrolls loops; only the compiler's SLP vectoriser sees what they had in common).
template <std::size_t N>
bench::result<N> in_two_loops(const bench::input<N>& in) {
  const auto& point = in.active;
  bench::result<N> out;
  std::array<double, N> valley_bar;  // of the term before: entry i + 1 belongs to x[i+1] - x[i]^2
  valley_bar[0] = 0;
  double sum = 0;
  for (std::size_t i = 0; i + 1 < N; ++i) {
    const double valley = point[i + 1] - point[i] * point[i];
    const double distance = 1 - point[i];
    valley_bar[i + 1] = 200 * valley;
    sum += 100 * (valley * valley) + distance * distance;
  }
  for (std::size_t i = 0; i + 1 < N; ++i)
    out.gradient[i] = valley_bar[i] - 2 * (valley_bar[i + 1] * point[i] + (1 - point[i]));
  out.gradient[N - 1] = valley_bar[N - 1];
  out.value = sum;
  return out;
}

template <std::size_t N>
void add_row(std::uint64_t seed) {
  using input = bench::input<N>;
  bench::uniform random(seed);
  bench::points<input> inputs;
  for (input& in : inputs)
    for (double& coordinate : in.active) coordinate = random(-1.5, 1.5);

  bench::row<input> row("rosenbrock_" + std::to_string(N), inputs);
  row.hand_written([](const input& in) { return hand_written<N>(in); });
  row.add("two_loops", [](const input& in) { return in_two_loops<N>(in); });
  row.add(
      "tapeless_function",
      [](const input& in) { return tl::value_and_grad(rosenbrock<N>)(in.active); },
      [](const auto& out) {
        const auto& [value, gradient] = out;
        bench::flat all{value};
        for (std::size_t i = 0; i < N; ++i) all.push_back(gradient[i]);
        return all;
      });
  row.add(
      "tapeless_expression",
      [](const input& in) {
        return bench::with_indices<N>([&](auto... i) {
          // Chosen in this order: by default a gradient has the order of appearance.
          return tl::value_and_grad<x<i>...>(rosenbrock_expression<N>)((x<i> = in.active[i])...);
        });
      },
      [](const auto& out) {
        const auto& [value, gradient] = out;
        return bench::with_indices<N>(
            [&v = value, &g = gradient](auto... i) { return bench::flat{v, g[x<i>]...}; });
      });
  bench::add_rivals(row, inputs, [](const auto& p, const auto&) { return rosenbrock<N>(p); });
}

}  // namespace

int main(int argc, char** argv) {
  add_row<8>(3);
  add_row<32>(4);
  return bench::run(argc, argv);
}
