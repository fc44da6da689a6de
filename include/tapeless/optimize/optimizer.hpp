// SPDX-License-Identifier: BSL-1.0
#pragma once

// What all optimisers share: update(parameters, gradient, state).

#include <tapeless/optimize/tree.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Base of an optimiser O that has `options` and a function advance(p, g, state, learning_rate).
template <class O, template <class> class State>
struct optimizer {
  /// One step, in place. The last argument: a step size instead of the options'.
  /// Errors:   trees of different structure do not compile; std::invalid_argument if arrays differ
  ///           in size
  template <tree P, tree G, class S>
  constexpr void update(P& p, const G& g, State<S>& state) const {
    if constexpr (detail::check_trees<P, G, S>()) {
      step(p, g, state, self().options.learning_rate);
    }
  }
  template <tree P, tree G, class S>
  constexpr void update(P& p, const G& g, State<S>& state, double learning_rate) const {
    if constexpr (detail::check_trees<P, G, S>()) step(p, g, state, learning_rate);
  }

 private:
  template <class P, class G, class S>
  constexpr void step(P& p, const G& g, State<S>& state, double learning_rate) const {
    detail::check_sizes(p, g);  // before the step counts
    self().advance(p, g, state, learning_rate);
  }
  constexpr const O& self() const { return static_cast<const O&>(*this); }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
