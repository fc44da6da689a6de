// SPDX-License-Identifier: BSL-1.0
#pragma once

// Running a callable once, in constant evaluation, on traced arguments.

#include <tapeless/trace/structure.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Scratch of one constant evaluation: a graph under construction with its hash table.
template <int Capacity, int Outputs, class Graph = graph<Capacity, Outputs>>
struct workshop {
  static constexpr int buckets = Capacity <= 1024 ? 256 : 4096;
  Graph result{};
  int heads[buckets]{};
  int next[Capacity]{};
  builder g{arithmetic, result.nodes, Capacity, heads, buckets, next};

  /// Enters the nodes of another graph, which come first and keep their ids.
  template <int C, int O>
  constexpr void enter(const graph<C, O>& first) {
    for (int i = 0; i < first.size; ++i) g.append(first.nodes[i]);
    result.inputs = first.inputs;
    result.primal = first.size;
  }
  constexpr auto finish() {
    result.size = g.size();
    result.full = g.full();
    result.refused = g.refused();
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
template <class F, class... Shapes>
struct function_source : argument_layout<Shapes...> {
  using raw_result =
      decltype(std::declval<const F&>()(std::declval<typename traced_argument<Shapes>::type>()...));
  using result_type = std::remove_cvref_t<raw_result>;
  using result_shape = shape_of<result_type>;
  static constexpr int inputs = argument_layout<Shapes...>::total_leaves;
  static constexpr int outputs = result_shape::leaves;

  template <int Capacity>
  static constexpr auto trace() {
    workshop<Capacity, outputs> w;
    for (int i = 0; i < inputs; ++i) w.g.input(i);
    w.result.inputs = inputs;
    auto y = call(&w.g, std::make_integer_sequence<int, static_cast<int>(sizeof...(Shapes))>{});
    int k = 0;
    for_each_leaf(y, [&](const auto& v) { w.result.outputs[k++] = traced(v).id(w.g); });
    return w.finish();
  }

 private:
  template <int... I>
  static constexpr auto call(builder* g, std::integer_sequence<int, I...>) {
    constexpr int first[] = {argument_layout<Shapes...>::first_leaf(I)..., 0};
    return call_stateless<F>(make_argument<Shapes>(g, first[I])...);
  }
};

/// The number of nodes that tracing a source makes: -1 if its body is no constant expression (found
/// by substitution failure), -2 if it exceeds the first capacity, -3 if an index is out of range.
inline constexpr int first_capacity = 512;
inline constexpr int not_constant = -1;
inline constexpr int beyond_first_capacity = -2;
inline constexpr int wrong_index = -3;

template <class Source>
constexpr int count_nodes() {
  const auto g = Source::template trace<first_capacity>();
  return g.refused.extent >= 0 ? wrong_index : g.full ? beyond_first_capacity : g.size;
}
template <class Source, int Count = count_nodes<Source>()>
constexpr std::integral_constant<int, Count> probe(int);
template <class Source>
constexpr std::integral_constant<int, not_constant> probe(...);

template <class Source>
inline constexpr int node_count = decltype(probe<Source>(0))::value;

/// The graph of a source, traced once; everything else reads this constant.
template <class Source>
struct forward_graph {
  template <int Capacity>
  static constexpr auto attempt = Source::template trace<Capacity>();

  /// A source that knows how many nodes it may make is not counted first.
  static constexpr int guess() {
    if constexpr (requires { Source::expected_nodes; }) {
      return Source::expected_nodes;
    } else {
      constexpr int next_capacity = TAPELESS_MAX_NODES < 8192 ? TAPELESS_MAX_NODES : 8192;
      return node_count<Source> >= 0 ? node_count<Source> + 1 : next_capacity;
    }
  }
  static constexpr const auto& choose() {
    if constexpr (!attempt<guess()>.full) {
      return attempt<guess()>;
    } else if constexpr (!attempt<TAPELESS_MAX_NODES>.full) {
      return attempt<TAPELESS_MAX_NODES>;
    } else {
      too_many_operations<attempt<TAPELESS_MAX_NODES>.full>();
      return attempt<first_capacity>;  // a small graph that stands in
    }
  }
  static constexpr const auto& value = choose();
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
