// SPDX-License-Identifier: BSL-1.0
#pragma once

// Functions for NLopt, https://nlopt.readthedocs.io. What NLopt calls are plain functions of
// pointers, so its header is not needed here.

#include <tapeless/optimize/objective.hpp>

#include <span>
#include <vector>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// nlopt_objective(f, p, data..., policies...): an objective to be minimised:
/// opt.set_min_objective(o.function, &o). NLopt keeps the address: `o` outlives `opt`, and is not
/// moved.
/// Shapes:   f: (P, S...) -> number; p: any tree P
/// Domain:   where f is not a number the value is infinite, so that line searches turn back
/// Errors:   std::invalid_argument if `opt` has another dimension than o.size(). NLopt catches all
///           exceptions, stops, and throws one of its own out of opt.optimize
template <class F, class P, class... Data>
class nlopt_objective : public objective<F, P, Data...> {
 public:
  using objective<F, P, Data...>::objective;

  /// An nlopt::func; `self` is the address of the nlopt_objective, `gradient` may be null.
  static double function(unsigned n, const double* x_, double* gradient, void* self) {
    auto& f_ = *static_cast<nlopt_objective*>(self);
    const double value =
        gradient == nullptr ? f_.value({x_, n}) : f_.value_and_grad({x_, n}, {gradient, n});
    return detail::infinite_unless_number(value);
  }
};
template <class F, class P, class... Data>
nlopt_objective(const F&, const P&, Data&&...) -> nlopt_objective<F, P, Data...>;

}  // namespace TAPELESS_ABI
}  // namespace tapeless
