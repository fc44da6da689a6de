// SPDX-License-Identifier: BSL-1.0
#pragma once

// A graph with loops as plain data, and how its indices and arrays are called.

#include <tapeless/inspect/nest_source.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

struct nest_tables_view {
  std::span<const node> nodes;
  std::span<const int> scope, outputs;
  std::span<const loop> loops;
  std::span<const element_put> puts;
  std::span<const array_shape> shapes;
  std::span<const array_info> arrays;
  std::span<const carried> carries;
  int primal = 0;  ///< nodes from here on belong to the derivative
  std::vector<nest_part> inputs{}, results{};
};

template <class Subject>
nest_tables_view tables_of() {
  using program = nest_program<Subject>;
  constexpr const auto& g = program::compiled_program::full();
  nest_tables_view t{span_of(g.nodes, g.size),
                     span_of(g.scope, g.size),
                     g.outputs,
                     span_of(g.loops, g.loop_count),
                     span_of(g.puts, g.put_count),
                     span_of(g.shapes, g.shape_count),
                     span_of(g.arrays, g.array_count),
                     span_of(g.carries, g.carry_count),
                     g.primal,
                     program::input_parts()};
  t.results = program::output_parts(t.inputs);
  return t;
}

class nest_names : protected nest_tables_view {
 public:
  explicit nest_names(nest_tables_view t) : nest_tables_view(std::move(t)) {}

 protected:
  static std::size_t place(int n) { return static_cast<std::size_t>(n); }
  const node& graph_node_at(int n) const { return nodes[place(n)]; }
  algebra kind(int n) const { return graph_node_at(n).op->kind; }
  const loop& loop_at(int l) const { return loops[place(l)]; }
  bool inside(int s, int outer) const {
    while (loop_at(s).depth > loop_at(outer).depth) s = loop_at(s).parent;
    return s == outer;
  }
  /// Another name of the same value.
  int resolved(int n) const {
    while (kind(n) == algebra::pick) n = graph_node_at(n).a;
    return n;
  }
  bool is_array(int n) const { return nest_tables::is_array(graph_node_at(n)); }
  /// A row is part of an array.
  int base_array(int n) const {
    while (kind(n) == algebra::slice) n = graph_node_at(n).a;
    return n;
  }
  const array_info& array_at(int n) const { return arrays[place(graph_node_at(n).a)]; }
  const array_shape& shape_at(int n) const {
    const node& x = graph_node_at(n);
    return shapes[place(x.op->kind == algebra::scatter   ? arrays[place(x.a)].shape
                        : x.op->kind == algebra::routine ? static_cast<int>(x.bits)
                                                         : x.c)];
  }
  /// Of a routine: the operands of the function that it is part of, without factors of matrices.
  template <class Use>
  void each_routine_operand(int n, const Use& use) const {
    const node& x = graph_node_at(n);
    const unsigned shown = x.op->derivatives != 0 ? x.op->derivatives : x.op->values;
    for (int i = 0; i < x.op->arity; ++i) {
      if ((shown >> i & 1u) != 0) use(x.operand(i));
    }
  }
  /// What a routine makes is a scalar, as an array of one element.
  bool is_scalar_routine(int n) const {
    if (kind(n) != algebra::routine || shape_at(n).rank != 1) return false;
    const node& extent = graph_node_at(shape_at(n).extent[0]);
    return extent.op->kind == algebra::index_constant && extent.bits == 1;
  }
  /// One put, which gives every element its value.
  bool is_generated(int n) const {
    const array_info& a = array_at(n);
    return a.exact && a.puts == 1;
  }

  /// i, j, k by depth; a branch has no variable.
  std::string variable(int l) const {
    constexpr const char* names[]{"i", "j", "k", "l", "m"};
    int depth = -1;
    for (; l > 0; l = loop_at(l).parent) depth += loop_at(l).condition < 0 ? 1 : 0;
    if (depth >= 5) return written("i") + std::to_string(depth);
    return names[depth < 0 ? 0 : depth];
  }
  /// i < n.
  std::string range(int l) const {
    return variable(l) + " < " + index_text(loop_at(l).extent, sum);
  }

  enum level { sum, product, atom };
  std::string index_text(int n, level least = sum) const {
    const node& x = graph_node_at(n);
    const auto within = [&](std::string text, level binds) {
      return binds < least ? written("(") + text + ")" : std::string(std::move(text));
    };
    switch (x.op->kind) {
      case algebra::index_constant:
        return std::to_string(static_cast<std::ptrdiff_t>(x.bits));
      case algebra::extent: {
        const nest_part& a = inputs[place(x.a)];
        return a.text + (a.rank == 1 ? ".size()" : x.b == 0 ? ".rows()" : ".cols()");
      }
      case algebra::iota:
        return loop_at(x.a).condition >= 0 ? "0" : variable(x.a);
      case algebra::index_sum: {
        std::string right = index_text(x.b, product);
        return within(index_text(x.a) + (right[0] == '-' ? " - " + right.substr(1) : " + " + right),
                      sum);
      }
      case algebra::index_difference:
        return within(index_text(x.a) + " - " + index_text(x.b, product), sum);
      case algebra::index_product:
        return within(index_text(x.a, product) + " * " + index_text(x.b, atom), product);
      case algebra::index_quotient:
      case algebra::index_remainder:
        return within(
            index_text(x.a, product) + " " + std::string(x.op->name) + " " + index_text(x.b, atom),
            product);
      case algebra::index_count:
        return written("max(") + index_text(x.a) + ", 0)";
      case algebra::index_load:
        return element_text(n, array_text(base_array(x.a)));
      default:
        return index_of_value(n);
    }
  }
  /// An index that a value gives.
  virtual std::string index_of_value(int n) const {
    return kind(n) == algebra::argument ? "argmax" : graph_node_at(n).op->name.data();
  }
  virtual std::string array_text(int n) const {
    if (kind(n) == algebra::array) return inputs[place(graph_node_at(n).a)].text;
    return std::string(graph_node_at(n).op->name);
  }

  /// a[i], a(i, j): the element that a load reads.
  std::string element_text(int load, const std::string& array) const {
    const node& x = graph_node_at(load);
    std::vector<int> index;
    for (int a = x.a; kind(a) == algebra::slice; a = graph_node_at(a).a) {
      index.insert(index.begin(), graph_node_at(a).b);
    }
    index.push_back(x.b);
    if (x.op->arity == 3) index.push_back(x.c);
    return element_text(array, index);
  }
  std::string element_text(const std::string& array, const std::vector<int>& index) const {
    std::string text = array + (index.size() == 1 ? "[" : "(");
    for (std::size_t d = 0; d < index.size(); ++d) {
      text += (d > 0 ? ", " : "") + index_text(index[d]);
    }
    return text + (index.size() == 1 ? "]" : ")");
  }
  static std::vector<int> indices_of(const element_put& p) {
    std::vector<int> index;
    for (const int i : p.index) {
      if (i >= 0) index.push_back(i);
    }
    return index;
  }

  /// Calls use(node) for what an index is read from: arrays, positions, values.
  template <class Use>
  void each_source(int n, const Use& use) const {
    if (n < 0) return;
    const node& x = graph_node_at(n);
    switch (x.op->kind) {
      case algebra::index_load:
        use(base_array(x.a));
        each_source(x.b, use);
        if (x.op->arity == 3) each_source(x.c, use);
        return;
      case algebra::argument:
      case algebra::index_cast:
      case algebra::index_truth:
        use(resolved(x.a));
        return;
      case algebra::index_sum:
      case algebra::index_difference:
      case algebra::index_product:
      case algebra::index_quotient:
      case algebra::index_remainder:
      case algebra::index_count:
        for (int i = 0; i < x.op->arity; ++i) each_source(x.operand(i), use);
        return;
      default:
        return;
    }
  }

  ~nest_names() = default;
};

}  // namespace detail
}  // namespace TAPELESS_ABI
}  // namespace tapeless
