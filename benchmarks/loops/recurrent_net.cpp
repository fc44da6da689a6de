// SPDX-License-Identifier: BSL-1.0
// What does the gradient of a dense recurrent net over 200 steps cost?
#include "losses.hpp"
#include "recurrent.hpp"
#include "support/library.hpp"
#include "support/tapes.hpp"

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

using namespace bench::loops;

namespace {

void add(suite& all, std::size_t states) {
  all.add("recurrent", states, [&all, states](const std::string& name) {
    namespace f = recurrent;
    constexpr std::size_t inputs = 8;
    constexpr std::size_t steps = 200;
    const double range = 1 / std::sqrt(static_cast<double>(states));
    uniform random(14);
    const std::size_t at_U = states * states;
    const std::size_t at_b = at_U + states * inputs;
    const std::size_t at_h0 = at_b + states;
    const numbers point(at_h0 + states, random, -range, range);  // W, U, b, h0
    const numbers data(steps * inputs, random, -1, 1);
    const double* W = point.data();
    const double* x = data.data();
    numbers workspace(f::workspace_size(states, inputs, steps));
    double* const work = workspace.data();
    group g(name, steps, point.size());
    const auto by_hand = [=](auto version) {
      return [=](double* gradient) {
        return version(W, W + at_U, W + at_b, W + at_h0, x, states, inputs, steps, gradient,
                       gradient + at_U, gradient + at_b, gradient + at_h0, work);
      };
    };
    g.scalar(by_hand([](auto... a) { return f::scalar(a...); }));
    g.add("packet", by_hand([](auto... a) { return f::packet(a...); }));
    tl::workspace memory;
    add_library(g, [=, &memory](double* gradient, auto... policies) {
      auto of_W = tl::view(gradient, states, states);
      auto of_U = tl::view(gradient + at_U, states, inputs);
      auto of_b = tl::view(gradient + at_b, states);
      auto of_h0 = tl::view(gradient + at_h0, states);
      return tl::value_and_grad<0, 1, 2, 3>(recurrent_loss{}, policies...)
          .into(of_W, of_U, of_b, of_h0)(
              memory, tl::view(W, states, states), tl::view(W + at_U, states, inputs),
              tl::view(W + at_b, states), tl::view(W + at_h0, states), tl::view(x, steps, inputs));
    });
    add_tapes(g, point, [=]<class T>(const T* a) {
      std::vector<T> active_work(2 * states);
      return f::generic(a, a + at_U, a + at_b, a + at_h0, x, states, inputs, steps,
                        active_work.data());
    });
    all.run();
  });
}

}  // namespace

int main(int argc, char** argv) {
  suite all;
  add(all, 4);
  add(all, 16);
  add(all, 64);
  return all.main(argc, argv);
}
