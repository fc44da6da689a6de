// SPDX-License-Identifier: BSL-1.0
#pragma once

// What all nodes of the syntax tree share.

#include <tapeless/expression/context.hpp>
#include <tapeless/trace/structure.hpp>

#include <boost/hana/fwd/integral_constant.hpp>

#include <bit>
#include <concepts>
#include <limits>
#include <type_traits>

namespace tapeless {
inline namespace TAPELESS_ABI {

struct expression_family;

template <class T>
concept expression = symbolic<T> && std::same_as<typename T::operand_family, expression_family>;

/// What an expression is converted to by mistake only.
template <class D>
concept mistaken_target = std::same_as<D, double> || (expression<D> && !std::is_const_v<D>);

template <class E, class... Bindings>
TAPELESS_INLINE constexpr auto evaluate_expression(const E& e, const Bindings&... bindings);

/// Members of every node: calling it with bindings, and the designed errors of misuse. The base is
/// another one for every node, so it never costs a byte.
template <class E>
struct expression_node {
  using operand_family = expression_family;

  /// f(x = 3.0, y = 2.0): the value; bindings in any order.
  template <class... B>
  TAPELESS_INLINE constexpr auto operator()(const B&... bindings) const
      noexcept((has_plain_leaves<B> && ...)) {
    return evaluate_expression(static_cast<const E&>(*this), bindings...);
  }
  /// std::sin(x), double d = x; s = s * x where s is of another type. A single template, because
  /// every node pays for each.
  template <mistaken_target D>
  constexpr operator D() const {
    if constexpr (std::same_as<D, double>) {
      return traced_as_number<D>();
    } else {
      needs_tracing<D::facts.why>();
      return D{};
    }
  }
  template <std::same_as<bool> B>
  explicit constexpr operator B() const {
    return branch_on_condition<B>();
  }
};

/// Of operations that were refused: everything can be done with it, and nothing is reported again.
struct refused {
  using is_refused = void;
  using operand_family = expression_family;
  using is_condition = void;
  static constexpr expression_facts facts{expression_facts::limit, 1, 0, true};
  static constexpr traced lower(expression_context&) { return {}; }

  constexpr refused() = default;
  template <class T>
  constexpr refused& operator=(const T&) {
    return *this;
  }
  template <class... A>
  constexpr refused operator()(const A&...) const {
    return {};
  }
  template <class I>
  constexpr refused operator[](const I&) const {
    return {};
  }
  template <mistaken_target D>
  constexpr operator D() const {
    return {};
  }
  template <std::same_as<bool> B>
  explicit constexpr operator B() const {
    return {};
  }
};

template <class A, class B>
constexpr A& reassigned(A& a) {
  if constexpr (!std::same_as<A, refused> && !std::same_as<B, refused>) {
    needs_tracing<A::facts.why>();
  }
  return a;
}
template <expression A, operand B>
constexpr A& operator+=(A& a, B) {
  return reassigned<A, B>(a);
}
template <expression A, operand B>
constexpr A& operator-=(A& a, B) {
  return reassigned<A, B>(a);
}
template <expression A, operand B>
constexpr A& operator*=(A& a, B) {
  return reassigned<A, B>(a);
}
template <expression A, operand B>
constexpr A& operator/=(A& a, B) {
  return reassigned<A, B>(a);
}

/// What a node's operation is in a graph of scalars.
template <class P>
struct lowered_operation {
  using type = P;
};
struct multiply_elements;
template <>
struct lowered_operation<multiply_elements> {
  using type = multiply;
};

template <class P, class A>
constexpr auto lower_apply(expression_context& c) {
  return trace_family::apply<P>(A::lower(c));
}
template <class P, class A, class B>
constexpr auto lower_apply(expression_context& c) {
  const auto x = A::lower(c);
  const auto y = B::lower(c);
  return trace_family::apply<typename lowered_operation<P>::type>(x, y);
}
template <class P, class A, class B, class C>
constexpr auto lower_apply(expression_context& c) {
  const auto x = A::lower(c);
  const auto y = B::lower(c);
  const auto z = C::lower(c);
  return trace_family::apply<P>(x, y, z);
}

template <class P, class... X>
struct apply;

/// Lowers a node with data, or finds its earlier occurrence.
template <class P, class... X>
constexpr traced lower_merging(expression_context& c, int numbers) {
  constexpr type_id type = type_identity<apply<P, X...>>;
  const int first = c.met_stored;
  const int earlier = c.merge->find(type, first, numbers);
  if (earlier >= 0) {
    c.met_stored += numbers;
    return traced(&c.graph, earlier);
  }
  const int n = lower_apply<P, X...>(c).id(c.graph);
  c.merge->note(type, n, first);
  return traced(&c.graph, n);
}

template <class P, class... X>
struct apply_node : expression_node<apply<P, X...>> {
  static constexpr expression_facts facts = (X::facts + ...).parent();
  static constexpr auto lower(expression_context& c) {
    if constexpr (facts.stored > 0 && facts.open) {
      if (c.merge != nullptr) return lower_merging<P, X...>(c, facts.stored);
    }
    return lower_apply<P, X...>(c);
  }
};
template <class P, class... X>
  requires P::returns_condition
struct apply_node<P, X...> : expression_node<apply<P, X...>> {
  using is_condition = void;
  static constexpr expression_facts facts = (X::facts + ...).parent();
  static constexpr auto lower(expression_context& c) { return lower_apply<P, X...>(c); }
};

template <class E>
constexpr int closed_expression_id(builder& g) {
  expression_context c{g};
  return E::lower(c).id(g);
}

template <class... X>
concept holds_data = !(std::is_empty_v<X> && ...);

}  // namespace TAPELESS_ABI
}  // namespace tapeless

template <tapeless::expression E>
struct std::numeric_limits<E> : std::numeric_limits<double> {};
