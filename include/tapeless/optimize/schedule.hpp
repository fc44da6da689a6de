// SPDX-License-Identifier: BSL-1.0
#pragma once

// Step sizes that change: opt.update(p, g, state, schedule(state.step)). Steps count from 0.

#include <tapeless/codegen/mistakes.hpp>

#include <cmath>
#include <numbers>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// constant_schedule{0.1}(step): always the same.
struct constant_schedule {
  double rate = 1e-3;
  constexpr double operator()(long) const { return rate; }
};

/// step_schedule{.rate = 0.1, .every = 100, .factor = 0.5}(step): rate factor^floor(step / every).
/// Errors:   std::invalid_argument if `every` is not positive
struct step_schedule {
  double rate = 1e-3;
  long every = 1000;
  double factor = 0.1;
  double operator()(long step) const {
    if (every <= 0) invalid("tapeless: step_schedule: 'every' is not positive");
    return rate * std::pow(factor, static_cast<double>(step / every));
  }
};

/// exponential_schedule{.rate = 0.1, .factor = 0.99}(step): rate factor^step.
struct exponential_schedule {
  double rate = 1e-3;
  double factor = 0.999;
  double operator()(long step) const { return rate * std::pow(factor, static_cast<double>(step)); }
};

/// cosine_schedule{.rate = 0.1, .steps = 1000}(step): half a cosine from rate to least, which it
/// keeps after `steps`.
/// Source:   Loshchilov, Hutter: SGDR: Stochastic gradient descent with warm restarts (2017), (5)
struct cosine_schedule {
  double rate = 1e-3;
  long steps = 1000;
  double least = 0;
  double operator()(long step) const {
    if (step >= steps) return least;
    const double part = static_cast<double>(step) / static_cast<double>(steps);
    return least + (rate - least) * (1 + std::cos(std::numbers::pi * part)) / 2;
  }
};

/// warm_up{100, cosine_schedule{...}}(step): `after`, whose steps count from the
/// end of the warm-up, reached on a line from 0: its first rate times (step + 1) / (steps + 1).
template <class Schedule>
struct warm_up {
  long steps = 0;
  Schedule after{};
  double operator()(long step) const {
    if (step >= steps) return after(step - steps);
    return after(0) * static_cast<double>(step + 1) / static_cast<double>(steps + 1);
  }
};
template <class Schedule>
warm_up(long, Schedule) -> warm_up<Schedule>;

}  // namespace TAPELESS_ABI
}  // namespace tapeless
