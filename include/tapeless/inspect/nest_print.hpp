// SPDX-License-Identifier: BSL-1.0
#pragma once

// Graphs with loops as text: sum(i < n, square(x[i])).

#include <tapeless/inspect/nest_names.hpp>
#include <tapeless/inspect/print.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

/// A loop's body is printed where the loop is, with names of its own for what it uses more than
/// once.
class nest_printer final : nest_names, printer {
  using printer::atom;
  using printer::sum;

 public:
  nest_printer(nest_tables_view t, std::vector<input_text> arguments)
      : nest_names(std::move(t)),
        printer({nodes.begin(), nodes.end()}, std::move(arguments)),
        arrays_(nodes.size()) {}

  /// The results: one bare, more in parentheses.
  std::string text() {
    const std::vector<int> roots(outputs.begin(), outputs.end());
    std::string s = name_shared_in(0, roots);
    if (roots.size() != 1) s += '(';
    for (std::size_t i = 0; i < roots.size(); ++i) {
      s += (i > 0 ? ", " : "") + value_or_array(roots[i]);
    }
    return roots.size() != 1 ? s + ')' : s;
  }

 private:
  std::string value_or_array(int n) {
    if (kind(n) == algebra::fold) return fold_text(n);
    return is_array(n) ? array_text(n) : print(n, true).text;
  }

  /// Calls use(node) for the operands of a node that its text shows, of bodies what is outside of
  /// them.
  template <class Use>
  void each_shown(int n, const Use& use) const {
    const auto indices = [&](int index_node) { each_source(index_node, use); };
    const node& x = graph_node_at(n);
    switch (x.op->kind) {
      case algebra::load:
      case algebra::index_load:
        use(x.a);
        indices(x.b);
        if (x.op->arity == 3) indices(x.c);
        return;
      case algebra::slice:
        use(x.a);
        return indices(x.b);
      case algebra::routine:
        return each_routine_operand(n, use);
      case algebra::index_value:
        return indices(x.a);
      case algebra::index_compare:
        return indices(x.a), indices(x.b);
      case algebra::sum:
      case algebra::extremum:
        if (loop_at(x.b).condition >= 0) {
          use(loop_at(x.b).condition);
        } else {
          indices(loop_at(x.b).extent);
        }
        return use(x.a);
      case algebra::carry:
        return;
      case algebra::fold_result:
        return use(x.a);
      case algebra::fold: {
        const loop& l = loop_at(x.a);
        indices(l.extent);
        for (int k = 0; k < l.carries; ++k) {
          use(carries[place(l.first_carry + k)].initial);
          use(carries[place(l.first_carry + k)].next);
        }
        return;
      }
      case algebra::scatter: {
        const array_info& a = array_at(n);
        for (int k = 0; k < a.puts; ++k) {
          const element_put& p = puts[place(a.first_put + k)];
          for (const int i : indices_of(p)) indices(i);
          use(p.value);
        }
        return;
      }
      default:
        for (int i = 0; i < x.op->arity; ++i) use(x.operand(i));
    }
  }

  /// Names the nodes of a scope that the roots in it or in its loops use more than once.
  std::string name_shared_in(int s, const std::vector<int>& roots) {
    std::vector<int> uses(nodes.size()), weight(nodes.size()), open;
    std::vector<bool> seen(nodes.size());
    const auto meet = [&](int n) {
      n = resolved(n);
      if (!inside(scope[place(n)], s)) return;
      ++uses[place(n)];
      if (seen[place(n)]) return;
      seen[place(n)] = true;
      open.push_back(n);
    };
    for (const int r : roots) meet(r);
    while (!open.empty()) {
      const int n = open.back();
      open.pop_back();
      each_shown(n, meet);
    }
    std::string text;
    for (std::size_t k = 0; k < nodes.size(); ++k) {
      const int n = static_cast<int>(k);
      if (!seen[k]) continue;
      int w = is_leaf(n) ? 0 : kind(n) == algebra::load ? 2 : 1;
      each_shown(n, [&](int operand) { w += is_leaf(n) ? 0 : weight[place(resolved(operand))]; });
      weight[k] = w;
      if (scope[k] != s || kind(n) == algebra::slice || uses[k] < 2 || w < 2 ||
          kind(n) == algebra::carry)
        continue;
      const std::string value = value_or_array(n);
      std::string& name_of = is_array(n) ? arrays_[k] : name(n);
      name_of = new_name();
      named_.push_back(n);
      text += written("let ") + name_of + " = " + value + " in ";
      weight[k] = 0;
    }
    return text;
  }
  /// Not worth a name.
  bool is_leaf(int n) const {
    const node& x = graph_node_at(n);
    switch (x.op->kind) {
      case algebra::scatter:
      case algebra::routine:
      case algebra::fold:
      case algebra::fold_result:
        return false;
      case algebra::index_value:
        return true;
      case algebra::load: {
        const int a = base_array(x.a);
        return kind(a) == algebra::array || kind(a) == algebra::carry || !arrays_[place(a)].empty();
      }
      default:
        return x.op->arity == 0;
    }
  }

  /// A body with names of its own, which end with it.
  std::string body(int l, const std::vector<int>& roots) {
    const std::size_t before = named_.size();
    std::string text = name_shared_in(l, roots);
    if (roots.size() > 1) text += '(';
    for (std::size_t i = 0; i < roots.size(); ++i) {
      text += (i > 0 ? ", " : "") + value_or_array(roots[i]);
    }
    if (roots.size() > 1) text += ')';
    for (; named_.size() > before; named_.pop_back()) {
      const int n = named_.back();
      (is_array(n) ? arrays_[place(n)] : name(n)).clear();
    }
    return text;
  }

  piece print(int id, bool) override {
    const node& n = graph_node_at(id);
    if (!name(id).empty()) return {name(id), atom};
    switch (n.op->kind) {
      case algebra::pick:
        return print(n.a, true);
      case algebra::load: {
        const std::string array = array_text(base_array(n.a));
        return {is_scalar_routine(n.a) ? array : element_text(id, array), atom};
      }
      case algebra::index_value: {
        const std::string text = index_text(n.a);
        return {text, text.find(' ') == text.npos ? atom : sum};
      }
      case algebra::index_compare:
        return {index_text(n.a) + " " + std::string(n.op->name) + " " + index_text(n.b),
                n.op->name == "==" ? equality : relation};
      case algebra::sum: {
        const loop& l = loop_at(n.b);
        if (l.condition < 0) return reduction("sum", n);
        const std::string condition = print(l.condition, true).text, value = body(n.b, {n.a});
        return {
            written("cond(") + condition + ", " + (l.taken ? value + ", 0)" : "0, " + value + ")"),
            atom};
      }
      case algebra::extremum:
        return reduction("max", n);
      case algebra::fold_result:
        return {result_text(n), atom};
      case algebra::add:
        if (is_branch(n.a) && is_branch(n.b)) {
          const node &a = graph_node_at(n.a), &b = graph_node_at(n.b);
          const loop &x = loop_at(a.b), &y = loop_at(b.b);
          if (x.condition == y.condition && x.taken != y.taken) {
            const node &yes = x.taken ? a : b, &no = x.taken ? b : a;
            const std::string condition = print(x.condition, true).text;
            return {written("cond(") + condition + ", " + body(yes.b, {yes.a}) + ", " +
                        body(no.b, {no.a}) + ")",
                    atom};
          }
        }
        return printer::print(id, true);
      default:
        return printer::print(id, true);
    }
  }
  bool is_branch(int n) {
    return kind(n) == algebra::sum && name(n).empty() && loop_at(graph_node_at(n).b).condition >= 0;
  }
  piece reduction(const char* what, const node& n) {
    return {written(what) + "(" + range(n.b) + ", " + body(n.b, {n.a}) + ")", atom};
  }
  std::string result_text(const node& n) {
    const std::string text = name(n.a).empty() ? fold_text(n.a) : name(n.a);
    return loop_at(graph_node_at(n.a).a).carries == 1
               ? text
               : written("get<") + std::to_string(n.b) + ">(" + text + ")";
  }
  std::string fold_text(int n) {
    const int l = graph_node_at(n).a;
    const loop& x = loop_at(l);
    std::string text = written("fold(") + range(l);
    if (x.backward) text += " backward";
    std::vector<int> next;
    for (int k = 0; k < x.carries; ++k) {
      const carried& c = carries[place(x.first_carry + k)];
      const std::string initial = value_or_array(c.initial), own = new_carry();
      (is_array(c.node) ? arrays_[place(c.node)] : name(c.node)) = own;
      text += written(", ") + own + " = " + initial;
      next.push_back(c.next);
    }
    return text + ", " + body(l, next) + ")";
  }
  std::string new_carry() { return written("c") + std::to_string(++carry_count_); }

  /// An array as it is written where it is used.
  std::string array_text(int n) const override {
    auto& self = const_cast<nest_printer&>(*this);
    if (!arrays_[place(n)].empty()) return arrays_[place(n)];
    switch (kind(n)) {
      case algebra::scatter:
        return self.made_array(n);
      case algebra::routine: {
        std::string text = std::string(graph_node_at(n).op->name) + "(", between;
        each_routine_operand(n, [&](int operand) {
          text += between + array_text(operand);
          between = ", ";
        });
        return text + ")";
      }
      case algebra::fold_result:
        return self.result_text(graph_node_at(n));
      case algebra::slice:
        return array_text(graph_node_at(n).a) + "[" + index_text(graph_node_at(n).b) + "]";
      default:
        return nest_names::array_text(n);
    }
  }
  std::string made_array(int n) {
    const array_info& a = array_at(n);
    const array_shape& shape = shape_at(n);
    if (is_generated(n) && is_own_loops(n)) {
      const element_put& p = puts[place(a.first_put)];
      return written("generate(") + ranges(p.scope, a.scope) + ", " + bodies(p, a.scope) + ")";
    }
    std::string text = "array(";
    for (int d = 0; d < shape.rank; ++d) text += (d > 0 ? " x " : "") + index_text(shape.extent[d]);
    for (int k = 0; k < a.puts; ++k) {
      const element_put& p = puts[place(a.first_put + k)];
      text +=
          (p.scope != a.scope ? written(", ") + ranges(p.scope, a.scope) + ": " : written(", ")) +
          element_text("", indices_of(p)) + " += " + bodies(p, a.scope);
    }
    return text + ")";
  }
  bool is_own_loops(int n) const {
    const array_info& a = array_at(n);
    const element_put& p = puts[place(a.first_put)];
    int l = p.scope;
    for (int d = shape_at(n).rank - 1; d >= 0; --d, l = loop_at(l).parent) {
      if (l == a.scope || loop_at(l).condition >= 0 || p.index[d] != loop_at(l).index) return false;
    }
    return l == a.scope;
  }
  /// The loops from one scope in to another.
  std::string ranges(int s, int outer) {
    std::string text;
    for (; s != outer; s = loop_at(s).parent) {
      const loop& l = loop_at(s);
      const std::string one = l.condition < 0
                                  ? range(s)
                                  : std::string(l.taken ? "" : "!") +
                                        print(l.condition, true).within(l.taken ? whole : atom);
      text = text.empty() ? one : one + ", " + text;
    }
    return text;
  }
  std::string bodies(const element_put& p, int outer) {
    return p.scope == outer ? print(p.value, true).text : body(p.scope, {p.value});
  }

  std::string index_of_value(int n) const override {
    auto& self = const_cast<nest_printer&>(*this);
    const node& x = graph_node_at(n);
    if (x.op->kind == algebra::argument) {
      const node& m = graph_node_at(x.a);
      return self.reduction("argmax", m).text;
    }
    return self.print(x.a, true).text;
  }

  std::vector<std::string> arrays_;
  std::vector<int> named_{};
  int carry_count_ = 0;
};

/// An array has elements that a fold puts there one after another: what a scan returns and what the
/// gradient of a fold reads. No formula says that.
template <class Subject>
consteval bool fills_arrays_in_order() {
  constexpr const auto& g = nest_program<Subject>::compiled_program::full();
  const usage<std::remove_cvref_t<decltype(g)>::capacity> use(g, g.outputs);
  for (int n = 0; n < g.size; ++n) {
    if (!use.live[n] || g.nodes[n].op->kind != algebra::scatter) continue;
    const array_info& a = g.arrays[g.nodes[n].a];
    for (int k = 0; k < a.puts; ++k) {
      for (int l = g.puts[a.first_put + k].scope; l != a.scope; l = g.loops[l].parent) {
        if (g.loops[l].sequential) return true;
      }
    }
  }
  return false;
}

template <class Subject>
std::string loops_as_text() {
  constexpr bool in_order = fills_arrays_in_order<Subject>();
  static_assert(!in_order,
                "tapeless::to_string(f): a fold stores values one after another (a scan, the "
                "gradient of a fold), for which there is no formula; use tl::to_source");
  if constexpr (in_order) return {};
  nest_tables_view tables = tables_of<Subject>();
  std::vector<input_text> arguments;
  for (const nest_part& p : tables.inputs) arguments.push_back({p.text});
  return nest_printer(std::move(tables), std::move(arguments)).text();
}

}  // namespace detail
}  // namespace TAPELESS_ABI
}  // namespace tapeless
