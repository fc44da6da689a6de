// SPDX-License-Identifier: BSL-1.0
#pragma once

// The drawing of a graph with loops: every index space is a cluster, nodes are in the outermost one
// that defines what they use, arrays are boxes, puts are arrows into them.

#include <tapeless/inspect/nest_names.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

/// A text as Graphviz wants it.
inline std::string dot_quoted(const std::string& text) {
  std::string s = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') s += '\\';
    s += c;
  }
  return s + '"';
}

class nest_drawing : nest_names {
 public:
  explicit nest_drawing(nest_tables_view t) : nest_names(std::move(t)), number_(nodes.size(), -1) {}

  std::string text() {
    for (const int n : outputs) meet(n);
    while (!open_.empty()) {
      const int n = open_.back();
      open_.pop_back();
      each_edge(n, [&](int from, const std::string&, bool) { meet(from); });
    }
    int count = 0;
    for (int& n : number_) n = n < 0 ? -1 : count++;
    std::string s = "digraph tapeless {\n";
    write_scope(0, "  ", s);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      s += written("  out") + std::to_string(i) + " [label=" + dot_quoted(results[i].text) +
           ", shape=box, style=rounded];\n";
    }
    for (std::size_t n = 0; n < nodes.size(); ++n) {
      if (number_[n] < 0) continue;
      each_edge(static_cast<int>(n), [&](int from, const std::string& label, bool of_index) {
        s += written("  ") + id(from) + " -> " + id(static_cast<int>(n)) +
             edge(static_cast<int>(n), label, of_index);
      });
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      s += written("  ") + id(resolved(outputs[i])) + " -> out" + std::to_string(i) + ";\n";
    }
    return s + "}\n";
  }

 private:
  void meet(int n) {
    n = base_array(resolved(n));
    if (number_[place(n)] >= 0) return;
    number_[place(n)] = 0;
    open_.push_back(n);
  }
  std::string id(int n) const {
    return written("n") + std::to_string(number_[place(base_array(resolved(n)))]);
  }

  /// Calls use(from, label, of_index) for all arrows that end at a node.
  template <class Use>
  void each_edge(int n, const Use& use) const {
    const node& x = graph_node_at(n);
    const auto sources = [&](int index) {
      each_source(index, [&](int from) { use(from, "", true); });
    };
    switch (x.op->kind) {
      case algebra::array:
        return;
      case algebra::load:
        use(base_array(x.a), "", false);
        for (int a = x.a; kind(a) == algebra::slice; a = graph_node_at(a).a) {
          sources(graph_node_at(a).b);
        }
        sources(x.b);
        if (x.op->arity == 3) sources(x.c);
        return;
      case algebra::index_value:
        return sources(x.a);
      case algebra::index_compare:
        return sources(x.a), sources(x.b);
      case algebra::sum:
      case algebra::extremum: {
        const loop& l = loop_at(x.b);
        use(x.a, "", false);
        if (l.condition >= 0) {
          use(l.condition, l.taken ? "if" : "else", true);
        } else {
          sources(l.extent);
        }
        return;
      }
      case algebra::carry: {
        const carried& c = carries[place(loop_at(x.a).first_carry + x.b)];
        use(c.initial, "first", false);
        use(c.next, "next", false);
        return;
      }
      case algebra::fold_result: {
        const loop& l = loop_at(graph_node_at(x.a).a);
        use(carries[place(l.first_carry + x.b)].node, "last", false);
        return;
      }
      case algebra::routine:
        for (int i = 0; i < x.op->arity; ++i) {
          const bool ordered = x.op->arity > 1;
          if ((x.op->values >> i & 1u) == 0) continue;
          use(base_array(x.operand(i)), ordered ? std::to_string(i + 1) : std::string(), false);
        }
        return;
      case algebra::scatter: {
        const array_info& a = arrays[place(x.a)];
        for (int k = 0; k < a.puts; ++k) {
          const element_put& p = puts[place(a.first_put + k)];
          use(p.value, element_text("", indices_of(p)) + (is_generated(n) ? " =" : " +="), false);
          for (const int i : indices_of(p)) sources(i);
        }
        return;
      }
      default: {
        const bool ordered = x.op->arity > 1 && x.op->kind != algebra::add &&
                             x.op->kind != algebra::multiply && x.a != x.b;
        for (int i = 0; i < x.op->arity; ++i) {
          use(x.operand(i), ordered ? std::to_string(i + 1) : std::string(), false);
        }
      }
    }
  }
  std::string edge(int to, const std::string& label, bool of_index) const {
    std::string s;
    if (!label.empty()) s = written("label=") + dot_quoted(label);
    const auto add = [&](const char* attribute) {
      s += (s.empty() ? "" : ", ") + std::string(attribute);
    };
    if (of_index) {
      add("style=dotted");
    } else if (to >= primal) {
      add("style=dashed");
    }
    if (to >= primal) add("color=blue");
    if (label == "next") add("constraint=false");
    return s.empty() ? std::string(";\n") : std::string(written(" [") + s + "];\n");
  }

  std::string label(int n) const {
    const node& x = graph_node_at(n);
    switch (x.op->kind) {
      case algebra::constant:
        return number_text(static_cast<long double>(x.value()));
      case algebra::input:
      case algebra::array:
        return inputs[place(x.a)].text;
      case algebra::scatter: {
        const array_shape& s = shape_at(n);
        std::string size;
        for (int d = 0; d < s.rank; ++d) size += (d > 0 ? " x " : "") + index_text(s.extent[d]);
        return written("array of ") + size;
      }
      case algebra::load:
        if (is_scalar_routine(x.a)) return std::string(graph_node_at(x.a).op->name);
        return element_text(n, array_text(base_array(x.a)));
      case algebra::index_value:
        return index_text(x.a);
      case algebra::index_compare:
        return index_text(x.a) + " " + std::string(x.op->name) + " " + index_text(x.b);
      case algebra::sum:
        return loop_at(x.b).condition >= 0 ? loop_at(x.b).taken ? "if" : "else"
                                           : std::string(written("sum over ") + variable(x.b));
      case algebra::extremum:
        return written("max over ") + variable(x.b);
      case algebra::fold_result:
        return "result";
      default:
        return std::string(x.op->name);
    }
  }
  std::string node_line(int n) const {
    const algebra k = kind(n);
    std::string line = id(n) + " [label=" + dot_quoted(label(n));
    if (k == algebra::constant) {
      line += ", shape=plaintext";
    } else if (k == algebra::input || is_array(n)) {
      line += ", shape=box";
    }
    if (n >= primal) line += ", style=dashed, color=blue, fontcolor=blue";
    return line + "];\n";
  }

  bool is_drawn(int scope_number) const {
    for (std::size_t n = 0; n < nodes.size(); ++n) {
      if (number_[n] >= 0 && inside(scope[n], scope_number)) return true;
    }
    return false;
  }
  void write_scope(int s, const std::string& indent, std::string& to) const {
    for (std::size_t n = 0; n < nodes.size(); ++n) {
      if (number_[n] >= 0 && scope[n] == s) to += indent + node_line(static_cast<int>(n));
    }
    for (std::size_t k = 1; k < loops.size(); ++k) {
      const int l = static_cast<int>(k);
      const loop& x = loops[k];
      if (x.parent != s || !is_drawn(l)) continue;
      const std::string title = x.condition >= 0 ? x.taken ? "if" : "else"
                                : x.backward     ? range(l) + ", backward"
                                : x.sequential   ? range(l) + ", in order"
                                                 : range(l);
      to += indent + "subgraph cluster_" + std::to_string(l) + " {\n" + indent +
            "  label=" + dot_quoted(title) + ";\n";
      write_scope(l, indent + "  ", to);
      to += indent + "}\n";
    }
  }

  std::vector<int> number_, open_{};
};

}  // namespace detail
}  // namespace TAPELESS_ABI
}  // namespace tapeless
