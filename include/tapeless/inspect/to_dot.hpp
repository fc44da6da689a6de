// SPDX-License-Identifier: BSL-1.0
#pragma once

// tl::to_dot: the graph of a program as a drawing by Graphviz.

#include <tapeless/inspect/nest_dot.hpp>
#include <tapeless/inspect/text.hpp>
#include <tapeless/inspect/values.hpp>

#include <span>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

/// What the drawing shows: plain data, so that one function draws every graph.
struct drawing {
  std::span<const graph_node> nodes;
  std::span<const int> outputs;
  std::vector<input_text> inputs;
  std::vector<std::string> output_names;
  std::vector<node_value> values{};  ///< none: not annotated

  std::string text() const {
    std::string s = "digraph tapeless {\n";
    for (std::size_t k = 0; k < nodes.size(); ++k) s += node_line(k);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      s += written("  out") + std::to_string(i) + " [label=" + dot_quoted(output_names[i]) +
           ", shape=box, style=rounded];\n";
    }
    for (std::size_t k = 0; k < nodes.size(); ++k) {
      for (int i = 0; i < nodes[k].arity(); ++i) {
        s += written("  ") + id(nodes[k].operand(i)) + " -> " + id(static_cast<int>(k)) +
             edge(nodes[k], i);
      }
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      s += written("  ") + id(outputs[i]) + " -> out" + std::to_string(i) + ";\n";
    }
    return s + "}\n";
  }

 private:
  static std::string id(int k) { return std::string("n").append(std::to_string(k)); }
  /// Six digits are enough for the eye.
  static std::string rounded(long double v) {
    return formatted(static_cast<double>(v), std::chars_format::general, 6);
  }

  bool is_number(const graph_node& n) const {
    return n.is_constant() || (n.is_input() && inputs[static_cast<std::size_t>(n.a)].is_number);
  }
  std::string node_line(std::size_t k) const {
    const graph_node& n = nodes[k];
    std::string label = n.is_constant() ? number_text(n.value())
                        : n.is_input()  ? inputs[static_cast<std::size_t>(n.a)].text
                                        : std::string(n.name());
    label = dot_quoted(label);
    label.pop_back();
    if (!values.empty()) {
      const node_value& v = values[k];
      if (n.op->returns_condition) {
        label += v.value != 0 ? "\\ntrue" : "\\nfalse";
      } else if (!is_number(n)) {
        label += written("\\n= ") + rounded(v.value);
      }
      if (v.has_cotangent) label += written("\\ncotangent ") + rounded(v.cotangent);
    }
    std::string line = written("  ") + id(static_cast<int>(k)) + " [label=" + label + '"';
    if (is_number(n)) {
      line += ", shape=plaintext";
    } else if (n.is_input()) {
      line += ", shape=box";
    }
    if (n.backward) line += ", style=dashed, color=blue, fontcolor=blue";
    return line + "];\n";
  }
  /// Operands are numbered where their order matters.
  static std::string edge(const graph_node& n, int i) {
    const bool ordered = n.arity() > 1 && n.op->kind != algebra::add &&
                         n.op->kind != algebra::multiply && n.a != n.b;
    std::string s;
    if (ordered) s = written("label=") + std::to_string(i + 1);
    if (n.backward) s += std::string(s.empty() ? "" : ", ") + "style=dashed, color=blue";
    return s.empty() ? std::string(";\n") : std::string(written(" [") + s + "];\n");
  }
};

template <class Subject, class F>
drawing drawing_of(const F& f) {
  drawing d{inspection<Subject>::graph.nodes,
            inspection<Subject>::graph.outputs,
            input_texts<Subject>(f),
            {}};
  d.output_names = output_texts<Subject>::make(d.inputs);
  return d;
}

}  // namespace detail

/// to_dot(f), to_dot<double, double>(h): Graphviz text of an expression's graph, or of a function's
/// for arguments of these types. Of a gradient both passes are drawn, the backward pass dashed and
/// blue. Loops are clusters, arrays boxes.
template <class... A, class C>
std::string to_dot(const C& c) {
  if constexpr (detail::subject_of<C, A...>::check::passes()) {
    using subject = typename detail::subject_of<C, A...>::type;
    if constexpr (detail::loops_at_run_time<subject>) {
      return detail::nest_drawing(detail::tables_of<subject>()).text();
    } else {
      return detail::drawing_of<subject>(detail::subject_of<C, A...>::inner(c)).text();
    }
  } else {
    return {};
  }
}

/// to_dot(f, x = 3.0), to_dot(h, 1.0, 2.0): the same with the value of each node at this point and,
/// for a gradient, the cotangent of each value.
template <class C, class... A>
  requires(sizeof...(A) > 0)
std::string to_dot(const C& c, const A&... a) {
  if constexpr (detail::subject_of<C, A...>::check::passes()) {
    using subject = typename detail::subject_of<C, A...>::type;
    constexpr bool loops = detail::loops_at_run_time<subject>;
    static_assert(!loops,
                  "tapeless::to_dot(f, x...): a node of a loop has a value in each iteration; name "
                  "the types of the arguments instead: tl::to_dot<std::vector<double>>(f)");
    if constexpr (loops) {
      return {};
    } else {
      const auto& inner = detail::subject_of<C, A...>::inner(c);
      detail::drawing d = detail::drawing_of<subject>(inner);
      d.values = detail::values_of<subject>(inner, a...);
      return d.text();
    }
  } else {
    return {};
  }
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
