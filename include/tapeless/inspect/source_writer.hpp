// SPDX-License-Identifier: BSL-1.0
#pragma once

// A program as C++ that a reader can follow and a compiler can compile.

#include <tapeless/inspect/code.hpp>

#include <algorithm>
#include <span>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

/// What source is written from: plain data, so that one function writes every program.
struct source_data {
  std::span<const graph_node> nodes;
  std::span<const int> outputs;
  std::span<const std::string_view> qualifiers;  ///< of the nodes
  std::span<const int> cotangent;                ///< of each node, a node; -1: none
  int first_argument;
  std::vector<input_text> inputs;
  std::vector<std::string> output_names;
};

class source_writer : source_data, code_writer {
 public:
  explicit source_writer(source_data data) : source_data(std::move(data)) {}

  std::string text(const std::string& function) {
    taken_.insert(function);
    name_values();
    std::string body, backward;
    bool reads = false;
    for (std::size_t k = 0; k < nodes.size(); ++k) {
      const graph_node& n = nodes[k];
      reads = reads || (n.is_input() && !is_number(n));
      if (names_[k].empty()) continue;
      (n.backward ? backward : body) += std::string("  const ") +
                                        (n.op->returns_condition ? "bool " : "T ") + names_[k] +
                                        " = " + statement(n) + ";\n";
    }
    if (!backward.empty()) body += written("\n  // derivatives\n") + backward;
    body += '\n';
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      body += written("  out[") + std::to_string(i) + "] = " + value(outputs[i]) + ";\n";
    }
    return head() + "template <class T>\nvoid " + function + "(const T*" + (reads ? " in" : "") +
           ", T* out) {\n" + body + "}\n";
  }

 private:
  std::string head() const {
    std::string s = "// Written by tapeless::to_source.\n//\n";
    const auto line = [&](std::string place, const std::string& name) {
      place.resize(std::max(place.size(), std::string("out[10]  ").size()), ' ');
      s += written("//   ") + place + name + "\n";
    };
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (!inputs[i].is_number) line(written("in[") + position(i) + "]  ", inputs[i].text);
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      line(written("out[") + std::to_string(i) + "]  ", output_names[i]);
    }
    return s + declarations() + "\n" + includes();
  }

  bool is_number(const graph_node& n) const {
    return n.is_input() && inputs[static_cast<std::size_t>(n.a)].is_number;
  }
  std::string position(std::size_t input) const {
    return std::to_string(static_cast<int>(input) - first_argument);
  }

  /// Arguments keep their names, derivatives have those of their values, the rest is counted.
  void name_values() {
    names_.resize(nodes.size());
    for (std::size_t k = 0; k < nodes.size(); ++k) {
      const graph_node& n = nodes[k];
      if (n.is_input() && !is_number(n)) {
        names_[k] = fresh(identifier(inputs[static_cast<std::size_t>(n.a)].text));
      }
    }
    const auto count = [&](std::size_t k) { names_[k] = counted(word_for(*nodes[k].op)); };
    for (std::size_t k = 0; k < nodes.size(); ++k) {
      if (nodes[k].arity() > 0 && !nodes[k].backward) count(k);
    }
    const auto derivative = [&](int id, const std::string& of) {
      const auto k = static_cast<std::size_t>(id);
      if (nodes[k].backward && nodes[k].arity() > 0 && names_[k].empty()) {
        names_[k] = fresh(written("d_") + of);
      }
    };
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (output_names[i].compare(0, 3, "d/d") == 0) {
        derivative(outputs[i], identifier(output_names[i].substr(3)));
      }
    }
    for (std::size_t k = 0; k < nodes.size(); ++k) {
      if (cotangent[k] >= 0 && !names_[k].empty()) derivative(cotangent[k], names_[k]);
    }
    for (std::size_t k = 0; k < nodes.size(); ++k) {
      if (nodes[k].arity() > 0 && names_[k].empty()) count(k);
    }
  }

  std::string value(int id) {
    const graph_node& n = nodes[static_cast<std::size_t>(id)];
    if (n.is_constant()) return constant(static_cast<long double>(n.value()));
    if (!is_number(n)) return names_[static_cast<std::size_t>(id)];
    return constant(inputs[static_cast<std::size_t>(n.a)].value);
  }

  std::string statement(const graph_node& n) {
    if (n.is_input()) return written("in[") + position(static_cast<std::size_t>(n.a)) + "]";
    piece operands[max_arity];
    for (int i = 0; i < n.arity(); ++i) operands[i] = signed_atom(value(n.operand(i)));
    return expression(*n.op, qualifiers[static_cast<std::size_t>(&n - nodes.data())], operands)
        .text;
  }

  std::vector<std::string> names_{};
};

}  // namespace detail
}  // namespace TAPELESS_ABI
}  // namespace tapeless
