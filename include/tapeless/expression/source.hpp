// SPDX-License-Identifier: BSL-1.0
#pragma once

// An expression as a source of graphs, and its bindings as the inputs of programs.

#include <tapeless/codegen/scalar.hpp>
#include <tapeless/expression/let.hpp>
#include <tapeless/expression/stored_scalar.hpp>
#include <tapeless/expression/variable.hpp>
#include <tapeless/trace/trace.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// The graph of an expression knows the names of its variables, in order of appearance.
template <int Capacity, int Names>
struct named_graph : graph<Capacity, 1> {
  text_view names[Names]{};
  int variables = 0;

  constexpr int variable(text_view name) const {
    for (int i = 0; i < variables; ++i) {
      if (names[i] == name) return i;
    }
    return -1;
  }
};

/// Inputs: the stored numbers, then the variables.
template <class E>
struct expression_source {
  using result_type = traced;
  static constexpr int numbers = E::facts.stored;
  static constexpr int outputs = 1;
  static constexpr bool gathered = true;  ///< the inputs, from bindings
  static constexpr int size =
      static_cast<int>(E::facts.size < TAPELESS_MAX_TREE ? E::facts.size : TAPELESS_MAX_TREE);
  static constexpr int expected_nodes = size + numbers + 16;

  template <int Capacity>
  static constexpr auto trace(merging* merge = nullptr) {
    workshop<Capacity, 1, named_graph<Capacity, size>> w;
    // Programs number their live inputs in the order of their nodes, so these come first.
    for (int i = 0; i < numbers; ++i) w.g.input(i);
    expression_context c{w.g, 0, numbers, w.result.names};
    c.merge = merge;
    w.result.outputs[0] = E::lower(c).id(w.g);
    w.result.variables = c.variables;
    w.result.inputs = numbers + c.variables;
    return w.finish();
  }
};

/// The graph of an expression, and the variable that stands at each position.
template <class E>
inline constexpr const auto& expression_graph = forward_graph<expression_source<E>>::value();

template <class E>
inline constexpr int variable_count = expression_graph<E>.variables;

template <class E, int I>
constexpr auto symbol_at() {
  return []<std::size_t... C>(std::index_sequence<C...>) {
    return symbol<expression_graph<E>.names[I][C]...>{};
  }(std::make_index_sequence<expression_graph<E>.names[I].size()>{});
}
template <class E, int I>
using variable_at = decltype(symbol_at<E, I>());

template <class T>
inline constexpr bool is_binding = false;
template <class T, char... Name>
inline constexpr bool is_binding<binding<T, Name...>> = true;

/// Position of the binding of a name; -1: none.
template <class... B>
constexpr int binding_of([[maybe_unused]] text_view name) {
  int i = 0, found = -1;
  ((B::name == name ? found = i : 0, ++i), ...);
  return found;
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
