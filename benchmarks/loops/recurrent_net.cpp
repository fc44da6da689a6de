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

/// What a step carries is unrolled, all products of a matrix and a vector with it; the planner has
/// no room for more.
constexpr std::size_t most_states_of_library = 4;

template <std::size_t States>
void add(suite& all) {
  all.add("recurrent", States, [&all](const std::string& name) {
    namespace f = recurrent;
    constexpr std::size_t inputs = 8;
    constexpr std::size_t steps = 200;
    const double range = 1 / std::sqrt(static_cast<double>(States));
    uniform random(14);
    constexpr std::size_t at_U = States * States;
    constexpr std::size_t at_b = at_U + States * inputs;
    constexpr std::size_t at_h0 = at_b + States;
    const numbers point(at_h0 + States, random, -range, range);  // W, U, b, h0
    const numbers data(steps * inputs, random, -1, 1);
    const double* W = point.data();
    const double* x = data.data();
    numbers workspace(f::workspace_size(States, inputs, steps));
    double* const work = workspace.data();
    group g(name, steps, point.size());
    const auto by_hand = [=](auto version) {
      return [=](double* gradient) {
        return version(W, W + at_U, W + at_b, W + at_h0, x, States, inputs, steps, gradient,
                       gradient + at_U, gradient + at_b, gradient + at_h0, work);
      };
    };
    g.scalar(by_hand([](auto... a) { return f::scalar(a...); }));
    g.add("packet", by_hand([](auto... a) { return f::packet(a...); }));
    if constexpr (States <= most_states_of_library)
      add_library(g, [=](double* gradient, auto... policies) {
        auto of_W = tl::view(gradient, States, States);
        auto of_U = tl::view(gradient + at_U, States, inputs);
        auto of_b = tl::view(gradient + at_b, States);
        auto of_h0 = tl::view(gradient + at_h0, States);
        return tl::value_and_grad<0, 1, 2, 3>(recurrent_loss<States>{}, policies...)
            .into(of_W, of_U, of_b, of_h0)(tl::view(W, States, States),
                                           tl::view(W + at_U, States, inputs),
                                           tl::view(W + at_b, States), tl::view(W + at_h0, States),
                                           tl::view(x, steps, inputs));
      });
    add_tapes(g, point, [=]<class T>(const T* a) {
      std::vector<T> active_work(2 * States);
      return f::generic(a, a + at_U, a + at_b, a + at_h0, x, States, inputs, steps,
                        active_work.data());
    });
    all.run();
  });
}

}  // namespace

int main(int argc, char** argv) {
  suite all;
  add<4>(all);
  add<16>(all);
  add<64>(all);
  return all.main(argc, argv);
}
