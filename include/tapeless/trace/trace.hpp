// SPDX-License-Identifier: BSL-1.0
#pragma once

// Running a callable once, in constant evaluation, on traced arguments.

#include <tapeless/graph/nest_graph.hpp>
#include <tapeless/graph/sizes.hpp>
#include <tapeless/trace/structure.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Scratch of one constant evaluation: a graph under construction with its hash table.
template <int Capacity, int Outputs, class Graph = graph<Capacity, Outputs>>
struct workshop {
  static constexpr int buckets = rounded_up(2 * Capacity, 256);
  Graph result{};
  int table[buckets]{};
  builder g{straight_arithmetic<std::enable_if_t<(Capacity > 0)>>, result.nodes, Capacity, table,
            buckets};

  /// Enters the nodes of another graph, which come first and keep their ids.
  template <int C, int O>
  constexpr void enter(const graph<C, O>& first) {
    g.enter(first.nodes, first.size);
    result.inputs = first.inputs;
    result.primal = first.size;
  }
  constexpr auto finish() {
    result.size = g.size();
    result.full = g.full();
    result.loops = g.asks_for_loops();
    result.refused = g.refused();
    return result;
  }
};

/// The same for a graph with loops.
template <int Capacity, int Outputs>
struct nest_workshop {
  static constexpr int buckets = rounded_up(2 * Capacity, 256);
  nest_graph<Capacity, Outputs> result{};
  int table[buckets]{};
  nest_tables tables = result.tables();
  builder g{arithmetic<std::enable_if_t<(Capacity > 0)>>,
            result.nodes,
            Capacity,
            table,
            buckets,
            &tables};

  template <int C, int O>
  constexpr void enter(const nest_graph<C, O>& first) {
    g.enter(first.nodes, first.size);
    result.inputs = first.inputs;
    result.primal = first.size;
    copy_tables(result, first);
    tables = result.tables();
    tables.escaped = first.escaped;
  }
  constexpr auto finish() {
    result.size = g.size();
    result.full = g.full();
    result.refused = g.refused();
    for (int n : result.outputs) tables.escaped = tables.escaped || tables.scope[n] != 0;
    result.take_counts(tables);
    return result;
  }
};

/// An object of an empty callable type; closures without captures are default constructible.
template <class F>
constexpr F stateless() {
  if constexpr (std::is_default_constructible_v<F>) {
    return F{};
  } else {
    return std::bit_cast<F>(char{});
  }
}

// Short calls, because g++ repeats their arguments in its messages.
template <class Shape>
constexpr auto make_argument(builder* g, int first) {
  return traced_argument<Shape>::make(g, first);
}
template <class F, class... X>
constexpr auto call_stateless(X... x) {
  return stateless<F>()(std::move(x)...);
}

/// A source of graphs: the stateless callable F on arguments of the given shapes.
/// A source has: inputs, outputs, value_shape<T>, and trace<Capacity>().
template <bool Loops, class F, class... Shapes>
struct traced_source : argument_layout<Shapes...> {
  using raw_result =
      decltype(std::declval<const F&>()(std::declval<typename traced_argument<Shapes>::type>()...));
  using result_type = std::remove_cvref_t<raw_result>;
  using result_shape = shape_of<result_type>;
  static constexpr int inputs = argument_layout<Shapes...>::total_leaves;
  static constexpr bool loops = Loops;
  static constexpr int outputs = result_shape::leaves;

  template <int Capacity>
  static constexpr auto trace() {
    if constexpr (loops) {
      known_sizes sizes;
      auto result = trace_with<Capacity>(sizes);
      // Each time less is left to find out.
      for (int i = 0; i < known_sizes::capacity && sizes.fresh && !result.full; ++i) {
        result = trace_with<Capacity>(sizes);
      }
      return result;
    } else {
      workshop<Capacity, outputs> w;
      for (int i = 0; i < inputs; ++i) w.g.input(i);
      return trace_into(w);
    }
  }

 private:
  template <int Capacity>
  static constexpr auto trace_with(known_sizes& sizes) {
    nest_workshop<Capacity, outputs> w;
    w.tables.known = &sizes;
    enter_inputs(w.g);
    return trace_into(w);
  }
  template <class Workshop>
  static constexpr auto trace_into(Workshop& w) {
    w.result.inputs = inputs;
    auto y = call(&w.g, std::make_integer_sequence<int, static_cast<int>(sizeof...(Shapes))>{});
    int k = 0;
    for_each_leaf(y, [&](const auto& v) { w.result.outputs[k++] = output_node(w.g, v); });
    return w.finish();
  }

  /// Of each leaf, and one more: no array is empty.
  using marks = std::array<bool, static_cast<std::size_t>(inputs) + 1>;
  static constexpr marks find_integers() {
    marks found{};
    const auto mark = [&]<class Shape>(int leaf) {
      found[static_cast<std::size_t>(leaf)] = may_be_integer<Shape>;
    };
    int first = 0;
    (parts_of_shape<Shapes>::each(std::exchange(first, first + Shapes::leaves), mark), ...);
    return found;
  }
  static constexpr marks integers = find_integers();

  static constexpr void enter_inputs(builder& g) {
    g.nest->may_be_integer = integers.data();
    g.nest->input_count = inputs;
    const auto each = [](const auto& use) {
      int first = 0;
      (parts_of_shape<Shapes>::each(std::exchange(first, first + Shapes::leaves), use), ...);
    };
    each([&]<class Shape>(int leaf) {
      if constexpr (has_container<Shape>) {
        g.intern(&array_operation, leaf, -1, -1, is_integer_array<Shape> ? 1u : 0u);
      } else {
        g.input(leaf);
      }
    });
    each([&]<class Shape>(int leaf) {
      if constexpr (has_container<Shape>) traced_argument<Shape>::enter(g, leaf);
    });
    size_algebra::recall(g);
    for (int i = 0; i < inputs && g.nest->known->count > 0; ++i) {
      if (!g.is(i, algebra::array)) continue;
      array_shape s = nest::shape_of(g, i);
      for (int d = 0; d < s.rank; ++d) s.extent[d] = size_algebra::canonical(g, s.extent[d]);
      g.set_shape(i, nest::shape(g, s));
    }
  }
  template <class V>
  static constexpr int output_node(builder& g, const V& v) {
    if constexpr (requires { v.extent(0); }) {
      // An array that could not be made belongs to a graph that is not complete.
      return v.id() < 0 ? g.structural_zero() : v.id();
    } else {
      return traced(v).id(g);
    }
  }
  template <int... I>
  static constexpr auto call(builder* g, std::integer_sequence<int, I...>) {
    constexpr int first[] = {argument_layout<Shapes...>::first_leaf(I)..., 0};
    return call_stateless<F>(make_argument<Shapes>(g, first[I])...);
  }
};

template <class F, class... Shapes>
using function_source = traced_source<(has_container<Shapes> || ...), F, Shapes...>;
/// The same for a body that loops over what only scalars and std::arrays say.
template <class F, class... Shapes>
using looped_source = traced_source<true, F, looped<Shapes>...>;

/// What counting the nodes of a source may find instead of their number.
inline constexpr int not_constant = -1;   ///< the body is no constant expression
inline constexpr int too_many = -2;       ///< the graph does not fit
inline constexpr int wrong_index = -3;    ///< an index is out of range
inline constexpr int beyond_budget = -4;  ///< more steps than the compiler allows

/// A graph as a template argument: where computing it is no constant expression, substitution
/// fails, and where it is one, it need not be computed again.
template <auto Graph>
struct traced_graph {
  static constexpr const auto& value = Graph;
  static constexpr int count = Graph.refused.extent >= 0 ? wrong_index
                               : Graph.full              ? too_many
                                                         : Graph.size;
};
struct untraced_graph {
  static constexpr int count = not_constant;
};
template <class Source, int Capacity, auto Graph = Source::template trace<Capacity>()>
traced_graph<Graph> probe(int);
template <class Source, int Capacity>
untraced_graph probe(...);

/// Small graphs are cheaper to build in small memory; most fit into the first, whatever their
/// inputs.
inline constexpr int first_capacity = 1024;

template <class Source, int Capacity = first_capacity>
struct find_graph {
  using probed = decltype(probe<Source, Capacity + 8 * Source::inputs>(0));
  static constexpr auto choose() {
    if constexpr (probed::count == too_many && Capacity < TAPELESS_MAX_NODES) {
      constexpr int next = Capacity < 8192 && TAPELESS_MAX_NODES > 8192 ? 8192 : TAPELESS_MAX_NODES;
      return typename find_graph<Source, next>::type{};
    } else {
      return probed{};
    }
  }
  using type = decltype(choose());
  static constexpr int count =
      type::count == not_constant && probed::count != not_constant ? beyond_budget : type::count;
};
template <class Source>
inline constexpr int node_count = find_graph<Source>::count;

/// The graph of a source, traced once; everything else reads this constant.
template <class Source>
struct forward_graph {
  template <int Capacity>
  static constexpr auto attempt = Source::template trace<Capacity>();

  static consteval const auto& value() {
    if constexpr (!requires { Source::expected_nodes; }) {
      return find_graph<Source>::type::value;
    } else if constexpr (!attempt<Source::expected_nodes>.full) {
      return attempt<Source::expected_nodes>;
    } else if constexpr (Source::expected_nodes < 8192 && !attempt<8192>.full) {
      return attempt<8192>;
    } else {
      return attempt<TAPELESS_MAX_NODES>;
    }
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
