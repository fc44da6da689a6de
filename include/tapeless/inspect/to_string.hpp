// SPDX-License-Identifier: BSL-1.0
#pragma once

// tl::to_string: an expression as it was written, a derivative or a function as mathematics.

#include <tapeless/inspect/nest_print.hpp>
#include <tapeless/inspect/print.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// to_string(f): the expression as written; numbers it holds by value, what tl::let shares as
/// `let t1 = ... in ...`, a derivative as mathematics.
template <expression E>
std::string to_string(const E& e) {
  if constexpr (detail::subject_of<E>::check::passes()) {
    constexpr const auto& tree = detail::syntax_of<E>::tree;
    std::vector<detail::input_text> inputs;
    std::array<long double, static_cast<std::size_t>(E::facts.stored)> held{};
    long double* to = held.data();
    gather(e, to);
    for (const long double v : held) inputs.push_back({detail::number_text(v), true, v});
    for (int i = 0; i < tree.variables; ++i) inputs.push_back({std::string(tree.names[i])});
    return detail::printer({tree.nodes, tree.nodes + tree.size}, std::move(inputs)).tree(tree.root);
  } else {
    return {};
  }
}

/// to_string<double, double>(h), to_string(tl::value_and_grad(f)): the results of a program for
/// arguments of these types as mathematics, several in parentheses. Loops are
/// `sum(i < a0.size(), ...)`.
template <class... A, class C>
  requires(!expression<C>)
std::string to_string(const C& c) {
  if constexpr (detail::subject_of<C, A...>::check::passes()) {
    using subject = typename detail::subject_of<C, A...>::type;
    if constexpr (detail::loops_at_run_time<subject>) {
      return detail::loops_as_text<subject>();
    } else {
      constexpr const auto& g = detail::inspection<subject>::graph;
      return detail::printer({g.begin(), g.end()},
                             detail::input_texts<subject>(detail::subject_of<C, A...>::inner(c)))
          .graph({std::begin(g.outputs), std::end(g.outputs)});
    }
  } else {
    return {};
  }
}

/// grad_expression<x>(f): the derivative of f with respect to x, an expression: tl::grad<x>(f).
template <auto V, expression E, class... Policies>
constexpr auto grad_expression(const E& e, Policies... policies) {
  return grad<V>(e, policies...);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
