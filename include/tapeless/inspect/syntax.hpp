// SPDX-License-Identifier: BSL-1.0
#pragma once

// An expression's type as a flat tree, exactly as it was written: what a graph forgets, because
// equal nodes are one there and local algebra has had its say.

#include <tapeless/api/expression.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

/// let a in b.
inline constexpr operation let_operation{"let", 1, algebra::other, 2, false, 0, false};
/// The value of the let at position a.
inline constexpr operation local_operation{"local", 2, algebra::other, 0, false, 0, false};
/// The graph at positions b, b + 1, ... with the result a: a derivative.
inline constexpr operation graph_operation{"graph", 3, algebra::other, 1, false, 0, false};

/// Inputs are numbered as in the expression's program: stored numbers, then variables.
template <int Capacity, int Names>
struct syntax_tree {
  node nodes[Capacity]{};
  int size = 0;
  int root = 0;
  int variables = 0;
  text_view names[Names]{};
  bool full = false;
  int numbers = 0, met_numbers = 0;

  constexpr int append(const node& n) {
    if (size == Capacity) return full = true, 0;
    nodes[size] = n;
    return size++;
  }
  constexpr int variable(text_view name) {
    int i = 0;
    while (i < variables && names[i] != name) ++i;
    if (i == variables) names[variables++] = name;
    return append({&input_operation, numbers + i, -1, -1, 0});
  }
};
/// A tree that is being written. To g++ 12 a constant that has held the address of a local variable
/// is none, so the result is the tree alone.
template <int Capacity, int Names>
struct syntax_draft : syntax_tree<Capacity, Names> {
  struct scope {
    type_id name;
    int let;
    const scope* outer;
  };
  const scope* scopes = nullptr;
};

/// Writes an expression into a tree. A derivative, or anything else that is defined by its graph,
/// is written as that graph.
template <class E>
struct syntax {
  template <int Capacity, int Names>
  static constexpr int write(syntax_draft<Capacity, Names>& t) {
    workshop<Capacity, 1> w;
    expression_context c{w.g, 0, t.numbers, t.names, t.variables, t.met_numbers};
    int depth = 0;
    for (auto s = t.scopes; s != nullptr; s = s->outer) ++depth;
    // Locals are inputs with negative numbers.
    scratch<expression_context::binding> locals(depth, {{}, {}, nullptr});
    int k = depth;
    for (auto s = t.scopes; s != nullptr; s = s->outer) {
      locals.of[--k] = {s->name, traced(&w.g, w.g.input(-1 - s->let)), nullptr};
    }
    for (int i = 0; i < depth; ++i) {
      locals.of[i].outer = c.locals;
      c.locals = &locals.of[i];
    }
    const int root = E::lower(c).id(w.g);
    t.variables = c.variables;
    t.met_numbers = c.met_stored;
    if (w.g.full() || t.size + w.g.size() >= Capacity) return t.full = true, 0;
    const int first = t.size;
    for (int i = 0; i < w.g.size(); ++i) {
      node n = w.g[i];
      if (n.op->kind == algebra::input && n.a < 0) n = {&local_operation, -1 - n.a, -1, -1, 0};
      if (n.op->arity > 0) n.a += first;
      if (n.op->arity > 1) n.b += first;
      if (n.op->arity > 2) n.c += first;
      t.append(n);
    }
    return t.append({&graph_operation, first + root, first, -1, 0});
  }
};

template <std::uint64_t Bits>
struct syntax<constant<Bits>> {
  template <class Tree>
  static constexpr int write(Tree& t) {
    return t.append({&constant_operation, -1, -1, -1, Bits});
  }
};
template <class V>
struct syntax<stored<V>> {
  template <class Tree>
  static constexpr int write(Tree& t) {
    return t.append({&input_operation, t.met_numbers++, -1, -1, 0});
  }
};
template <char... Name>
struct syntax<symbol<Name...>> {
  template <class Tree>
  static constexpr int write(Tree& t) {
    return t.variable(symbol<Name...>::name);
  }
};
template <class P, class... X>
struct syntax<apply<P, X...>> {
  template <class Tree>
  static constexpr int write(Tree& t) {
    const int x[]{syntax<X>::write(t)..., -1, -1};
    return t.append({operation_for<P>, x[0], x[1], x[2], 0});
  }
};
template <class F>
struct syntax<local<F>> {
  template <class Tree>
  static constexpr int write(Tree& t) {
    auto s = t.scopes;
    while (!(s->name == type_identity<F>)) s = s->outer;
    return t.append({&local_operation, s->let, -1, -1, 0});
  }
};
template <class V, class F, class Body>
struct syntax<let_in<V, F, Body>> {
  template <class Tree>
  static constexpr int write(Tree& t) {
    const int let = t.append({&let_operation, -1, -1, -1, 0});
    const int value = syntax<V>::write(t);
    const typename Tree::scope here{type_identity<F>, let, t.scopes};
    t.scopes = &here;
    const int body = syntax<Body>::write(t);
    t.scopes = here.outer;
    t.nodes[let].a = value;
    t.nodes[let].b = body;
    return let;
  }
};

template <class E>
struct syntax_of {
  static constexpr int size = static_cast<int>(E::facts.size);

  template <int Capacity>
  static constexpr auto write() {
    syntax_draft<Capacity, size> t;
    t.numbers = E::facts.stored;
    t.root = syntax<E>::write(t);
    return syntax_tree<Capacity, size>(t);
  }
  template <int Capacity>
  static constexpr auto attempt = write<Capacity>();
  static constexpr const auto& choose() {
    if constexpr (!attempt<4 * size + 64>.full) {
      return attempt<4 * size + 64>;
    } else {
      return attempt<64 * size + 1024>;
    }
  }
  static constexpr const auto& tree = choose();
};

}  // namespace detail
}  // namespace TAPELESS_ABI
}  // namespace tapeless
