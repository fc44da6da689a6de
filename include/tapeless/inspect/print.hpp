// SPDX-License-Identifier: BSL-1.0
#pragma once

// Trees and graphs as infix text with as few parentheses as possible.

#include <tapeless/inspect/syntax.hpp>
#include <tapeless/inspect/text.hpp>

#include <algorithm>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

/// As written, parentheses keep every operation where it is: x + (y + z). In graphs, which are read
/// as mathematics, sums and products need none, and what is used more than once gets a name.
class printer {
 public:
  printer(std::vector<node> nodes, std::vector<input_text> inputs)
      : nodes_(std::move(nodes)), inputs_(std::move(inputs)), names_(nodes_.size()) {}

  virtual ~printer() = default;

  std::string tree(int root) { return print(root, false).text; }

  /// The results of a graph of which all nodes are in use: one bare, more in parentheses.
  std::string graph(const std::vector<int>& results) {
    std::string text = name_shared(0, static_cast<int>(nodes_.size()), results);
    if (results.size() != 1) text += '(';
    for (std::size_t i = 0; i < results.size(); ++i) {
      text += (i > 0 ? ", " : "") + print(results[i], true).text;
    }
    return results.size() != 1 ? text + ')' : text;
  }

 protected:
  /// How tightly the outermost operation of a text binds.
  enum level { whole, disjunction, conjunction, equality, relation, sum, product, sign, atom };
  struct piece {
    std::string text;
    level binds;
    std::string within(level least) const {
      return binds < least ? written("(") + text + ")" : text;
    }
  };

  const node& at(int id) const { return nodes_[static_cast<std::size_t>(id)]; }
  std::string& name(int id) { return names_[static_cast<std::size_t>(id)]; }

  std::string new_name() {
    std::string fresh;
    do {
      fresh = written("t") + std::to_string(++introduced_);
    } while (std::any_of(inputs_.begin(), inputs_.end(),
                         [&](const input_text& i) { return i.text == fresh; }));
    return fresh;
  }

  /// Names the nodes of a graph that are worth it; the text that introduces them.
  std::string name_shared(int first, int last, const std::vector<int>& results) {
    const auto size = static_cast<std::size_t>(last - first);
    std::vector<int> uses(size), weight(size);
    const auto index = [first](int id) { return static_cast<std::size_t>(id - first); };
    for (const int r : results) ++uses[index(r)];
    for (int n = last - 1; n >= first; --n) {
      if (uses[index(n)] == 0) continue;
      for (int i = 0; i < at(n).op->arity; ++i) ++uses[index(at(n).operand(i))];
    }
    std::string text;
    for (int n = first; n < last; ++n) {
      if (uses[index(n)] == 0 || at(n).op->arity == 0) continue;
      for (int i = 0; i < at(n).op->arity; ++i) {
        weight[index(n)] += weight[index(at(n).operand(i))];
      }
      if (++weight[index(n)] > 1 && uses[index(n)] > 1) {
        const std::string value = print(n, true).text;
        name(n) = new_name();
        text += written("let ") + name(n) + " = " + value + " in ";
        weight[index(n)] = 0;
      }
    }
    return text;
  }

  static piece number(std::string text) {
    const bool negative = text[0] == '-';
    return {std::move(text), negative ? sign : atom};
  }

  virtual piece print(int id, bool mathematics) {
    const node& n = at(id);
    if (n.op == &let_operation) {
      const std::string value = print(n.a, false).text;
      name(id) = new_name();
      return {written("let ") + name(id) + " = " + value + " in " + print(n.b, false).text, whole};
    }
    if (n.op == &local_operation) return {name(n.a), atom};
    if (n.op == &graph_operation) {
      const std::string shared = name_shared(n.b, id, {n.a});
      const piece result = print(n.a, true);
      return shared.empty() ? result : piece{shared + result.text, whole};
    }
    if (!name(id).empty()) return {name(id), atom};
    if (n.is_constant()) return number(number_text(n.value()));
    if (n.is_input()) {
      const input_text& input = inputs_[static_cast<std::size_t>(n.a)];
      return input.is_number ? number(input.text) : piece{input.text, atom};
    }
    return operation_text(n, mathematics);
  }

  piece operation_text(const node& n, bool mathematics) {
    const std::string_view op = n.op->name;
    if (n.op->kind == algebra::negate) {
      const piece x = print(n.a, mathematics);
      const level binds = mathematics && x.binds == product ? product : sign;
      return {written("-") + x.within(binds == product ? product : atom), binds};
    }
    if (n.op->kind == algebra::logical_not) {
      if (at(n.a).op->name == "==" && name(n.a).empty()) {
        return infix(at(n.a), " != ", equality, mathematics);
      }
      return {written("!") + print(n.a, mathematics).within(atom), sign};
    }
    if (n.op->arity == 2) {
      constexpr std::pair<std::string_view, level> operators[]{
          {"||", disjunction}, {"&&", conjunction}, {"==", equality},
          {"<", relation},     {"<=", relation},    {"+", sum},
          {"-", sum},          {"*", product},      {"/", product}};
      for (const auto& [spelling, binds] : operators) {
        if (op == spelling)
          return infix(n, std::string(" ").append(op).append(" "), binds, mathematics);
      }
    }
    std::string text = std::string(op) + "(";
    for (int i = 0; i < n.op->arity; ++i) {
      text += (i > 0 ? ", " : "") + print(n.operand(i), mathematics).text;
    }
    return {text + ")", atom};
  }

  piece infix(const node& n, const std::string& op, level binds, bool mathematics) {
    const bool associative = n.op->kind == algebra::add || n.op->kind == algebra::multiply;
    const bool chain = mathematics && associative;
    const level tighter = static_cast<level>(binds + 1);
    const std::string left = print(n.a, mathematics).within(binds);
    const std::string right = print(n.b, mathematics).within(chain ? binds : tighter);
    if (mathematics && binds == sum && right[0] == '-') {  // a + -b is a - b
      return {left + (n.op->kind == algebra::add ? " - written(" : ") + ") + right.substr(1), sum};
    }
    return {left + op + right, binds};
  }

 private:
  std::vector<node> nodes_;
  std::vector<input_text> inputs_;
  std::vector<std::string> names_;
  int introduced_ = 0;
};

}  // namespace detail
}  // namespace TAPELESS_ABI
}  // namespace tapeless
