// SPDX-License-Identifier: BSL-1.0
#pragma once

// Traced integers: index variables, sizes, entries of integer arrays, and what is computed of them.

#include <tapeless/graph/nest.hpp>
#include <tapeless/trace/traced.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// What comparing indices gives.
class index_condition : public traced_condition {
 public:
  using traced_condition::traced_condition;

  /// Exists to say what is wrong with `for (int i = 0; i < x.size(); ++i)`.
  template <std::same_as<bool> B>
  explicit constexpr operator B() const {
    return loop_over_traced_size<std::same_as<B, bool>>();
  }
};

/// A traced signed integer. Without a graph it is a number, or what a body is tried with before its
/// graph is known.
class traced_index {
 public:
  using operand_family = trace_family;
  using is_index = void;

  constexpr traced_index() = default;
  template <std::integral I>
  constexpr traced_index(I v) : number_(static_cast<std::ptrdiff_t>(v)) {}
  constexpr traced_index(builder* g, int id) : graph_(g), id_(id) {}

  /// Exists to say what is wrong with `int n = x.size()` and with tables of plain numbers.
  template <tapeless::number N>
  constexpr operator N() const {
    static_assert(never<N>, TAPELESS_INDEX_AS_NUMBER);
    return N();
  }

  static constexpr traced_index unknown() {
    traced_index i;
    i.id_ = tried;
    return i;
  }
  constexpr bool is_unknown() const { return graph_ == nullptr && id_ == tried; }
  constexpr bool is_number() const { return graph_ == nullptr; }
  constexpr std::ptrdiff_t number() const { return number_; }

  constexpr builder* graph() const { return graph_; }
  constexpr int id(builder& g) const { return graph_ != nullptr ? id_ : nest::number(g, number_); }
  /// The node of the index as a value.
  constexpr int value_id(builder& g) const {
    return graph_ != nullptr ? nest::value(g, id_) : g.constant(static_cast<double>(number_));
  }

  constexpr traced_index& operator+=(const traced_index& b) { return *this = add(*this, b); }
  constexpr traced_index& operator-=(const traced_index& b) { return *this = subtract(*this, b); }

  static constexpr traced_index add(const traced_index& a, const traced_index& b) {
    return apply(a, b, a.number_ + b.number_, &nest::index_sum);
  }
  static constexpr traced_index subtract(const traced_index& a, const traced_index& b) {
    return apply(a, b, a.number_ - b.number_, &nest::index_difference);
  }
  static constexpr traced_index multiply(const traced_index& a, const traced_index& b) {
    return apply(a, b, a.number_ * b.number_, &nest::index_product);
  }
  /// By zero: zero.
  static constexpr traced_index divide(const traced_index& a, const traced_index& b) {
    return apply(a, b, b.number_ == 0 ? 0 : a.number_ / b.number_, &nest::index_quotient);
  }
  static constexpr traced_index remainder(const traced_index& a, const traced_index& b) {
    return apply(a, b, b.number_ == 0 ? 0 : a.number_ % b.number_, &nest::index_remainder);
  }
  static constexpr index_condition compare(const operation* relation, const traced_index& a,
                                           const traced_index& b, bool known) {
    builder* const g = a.graph_ != nullptr ? a.graph_ : b.graph_;
    if (g == nullptr) return index_condition(known);
    const int x = a.id(*g), y = b.id(*g);
    return {g, g->intern(relation, x, y, -1, 0)};
  }

 private:
  static constexpr int tried = -2;

  static constexpr traced_index apply(const traced_index& a, const traced_index& b,
                                      std::ptrdiff_t number, int (*rule)(builder&, int, int)) {
    builder* const g = a.graph_ != nullptr ? a.graph_ : b.graph_;
    if (g != nullptr) return {g, rule(*g, a.id(*g), b.id(*g))};
    if (a.is_unknown() || b.is_unknown()) return unknown();
    return number;
  }

  builder* graph_ = nullptr;
  int id_ = -1;
  std::ptrdiff_t number_ = 0;
};

template <class T>
concept index_operand = std::integral<T> || std::same_as<T, traced_index>;
/// What elements are asked for with: also values that are integers by the types of arguments.
template <class T>
concept element_index = index_operand<T> || std::same_as<T, traced>;

/// The node of an element's index. What is no integer the graph remembers; the error comes when it
/// is complete.
constexpr int index_node(builder& g, const traced_index& i) {
  return i.is_unknown() ? nest::number(g, 0) : i.id(g);
}
constexpr int index_node(builder& g, const traced& v) {
  const int i = v.is_unknown() ? nest::number(g, 0) : nest::integer(g, v.id(g));
  if (i >= 0) return i;
  g.refuse_index(0, refused_index::no_integer);
  return nest::number(g, 0);
}
template <std::integral I>
constexpr int index_node(builder& g, I i) {
  return nest::number(g, static_cast<std::ptrdiff_t>(i));
}
/// More constrained than `operands`, so that these overloads win over those of values.
template <class A, class B>
concept index_operands = operands<A, B> && index_operand<A> && index_operand<B>;

template <class A, class B>
  requires index_operands<A, B>
constexpr traced_index operator+(A a, B b) {
  return traced_index::add(a, b);
}
template <class A, class B>
  requires index_operands<A, B>
constexpr traced_index operator-(A a, B b) {
  return traced_index::subtract(a, b);
}
template <class A, class B>
  requires index_operands<A, B>
constexpr traced_index operator*(A a, B b) {
  return traced_index::multiply(a, b);
}
/// As of integers in C++: rounded towards zero.
template <class A, class B>
  requires index_operands<A, B>
constexpr traced_index operator/(A a, B b) {
  return traced_index::divide(a, b);
}
template <class A, class B>
  requires index_operands<A, B>
constexpr traced_index operator%(A a, B b) {
  return traced_index::remainder(a, b);
}
/// Also of values that are integers by the types of arguments: i % k.
template <class A, class B>
  requires((std::same_as<A, traced> && element_index<B>) ||
           (index_operand<A> && std::same_as<B, traced>))
constexpr traced_index operator%(A a, B b) {
  builder* g = nullptr;
  bool tried = false;
  const auto meet = [&](const auto& v) {
    if constexpr (requires { v.graph(); }) {
      if (v.graph() != nullptr) g = v.graph();
      tried = tried || v.is_unknown();
    }
  };
  meet(a), meet(b);
  if (tried) return traced_index::unknown();
  if (g == nullptr) {
    const auto known = [](const auto& v) {
      if constexpr (std::same_as<std::remove_cvref_t<decltype(v)>, traced>) {
        return traced_index(static_cast<std::ptrdiff_t>(v.number_in_double()));
      } else {
        return traced_index(v);
      }
    };
    return traced_index::remainder(known(a), known(b));
  }
  if (g->nest == nullptr) {
    g->ask_for_loops();
    return 0;
  }
  const int x = index_node(*g, a), y = index_node(*g, b);
  return {g, nest::index_remainder(*g, x, y)};
}
/// Exist to say what is wrong with i % 2.5.
template <element_index A, std::floating_point B>
  requires(symbolic<A>)
constexpr auto operator%(A, B) {
  index_is_a_value<B>();
  return traced_index();
}
template <std::floating_point A, element_index B>
  requires(symbolic<B>)
constexpr auto operator%(A, B) {
  index_is_a_value<A>();
  return traced_index();
}
template <class A>
  requires(symbolic<A> && std::same_as<A, traced_index>)
constexpr traced_index operator-(A a) {
  return traced_index::subtract(0, a);
}
template <class A, class B>
  requires index_operands<A, B>
constexpr index_condition operator<(A a, B b) {
  const traced_index x = a, y = b;
  return traced_index::compare(&index_less_operation, x, y, x.number() < y.number());
}
template <class A, class B>
  requires index_operands<A, B>
constexpr index_condition operator<=(A a, B b) {
  const traced_index x = a, y = b;
  return traced_index::compare(&index_less_equal_operation, x, y, x.number() <= y.number());
}
template <class A, class B>
  requires index_operands<A, B>
constexpr index_condition operator>(A a, B b) {
  return b < a;
}
template <class A, class B>
  requires index_operands<A, B>
constexpr index_condition operator>=(A a, B b) {
  return b <= a;
}
template <class A, class B>
  requires index_operands<A, B>
constexpr index_condition operator==(A a, B b) {
  const traced_index x = a, y = b;
  return traced_index::compare(&index_equal_operation, x, y, x.number() == y.number());
}
template <class A, class B>
  requires index_operands<A, B>
constexpr index_condition operator!=(A a, B b) {
  const auto same = a == b;
  if (same.graph() == nullptr) return index_condition(!same.known_value());
  builder& g = *same.graph();
  return {&g, g.apply(g.operations.opposite, traced_condition(same).id(g))};
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
