// SPDX-License-Identifier: BSL-1.0
#pragma once

// What all optimisers share: update(parameters, gradient, state).

#include <tapeless/optimize/tree.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

/// use(numbers of p, g and the trees of a state) for all numbers of an update. Nothing is written
/// if sizes differ.
template <class Use, class P, class G, class... S>
constexpr void update_each(const Use& use, P& p, const G& g, S&... state) {
  check_sizes(update_names, p, g, state...);
  each_number_unchecked(use, p, g, state...);
}
template <class State>
constexpr auto refuse_state() {
  static_assert(never<State>,
                "tapeless: opt.update(p, g, state): 'state' is that of another optimiser, or can "
                "not change; write auto state = opt.init(p)");
  return false;
}

}  // namespace detail

/// Base of an optimiser O that has `options` and a function advance(p, g, state, learning_rate).
/// `state.step` counts the updates before.
template <class O, template <class> class State>
struct optimizer {
  /// One step, in place. The last argument: a step size instead of the options'.
  /// Errors:   trees of different structure do not compile; std::invalid_argument if arrays differ
  ///           in size; it names the first, and nothing has changed
  template <tree_argument P, tree_argument G, class S>
  constexpr void update(P& p, const G& g, State<S>& state) const {
    if constexpr (detail::check_trees<P, G, S>()) {
      step(p, g, state, self().options.learning_rate);
    }
  }
  template <tree_argument P, tree_argument G, class S>
  constexpr void update(P& p, const G& g, State<S>& state, double learning_rate) const {
    if constexpr (detail::check_trees<P, G, S>()) step(p, g, state, learning_rate);
  }
  /// Where no other fits.
  template <tree P, tree G, class S>
  constexpr void update(P&, const G&, const S&, double = 0) const {
    detail::refuse_state<S>();
  }

 private:
  template <class P, class G, class S>
  constexpr void step(P& p, const G& g, State<S>& state, double learning_rate) const {
    self().advance(p, g, state, learning_rate);
    ++state.step;
  }
  constexpr const O& self() const { return static_cast<const O&>(*this); }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
