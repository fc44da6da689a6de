// SPDX-License-Identifier: BSL-1.0
#pragma once

// Traced values: how primitives apply to them, and what the rules of primitives say in terms of
// them.

#include <tapeless/graph/algebra.hpp>
#include <tapeless/primitive/comparison.hpp>
#include <tapeless/trace/traced_value.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Enters an expression without inputs (expression/node.hpp).
template <class E>
constexpr int closed_expression_id(builder& g);
template <class E>
constexpr double closed_expression_value();

/// How primitives apply to traced values.
struct trace_family {
  static constexpr int rank = 1;

  template <class P, class...>
  using result = std::conditional_t<P::returns_condition, traced_condition, traced>;

  template <class P, class... A>
  static constexpr result<P> apply(const A&... a) {
    builder* g = nullptr;
    (find(g, a), ...);
    if (g == nullptr) return constants<P, result<P>>(as_constant(a)...);
    return result<P>(g, enter<P>(*g, a...));
  }
  /// The common case in few steps of constant evaluation.
  template <class P>
  static constexpr result<P> apply(const traced& a, const traced& b) {
    builder* const g = a.graph_ != nullptr ? a.graph_ : b.graph_;
    if (g == nullptr) return constants<P, result<P>>(a, b);
    return result<P>(g, g->apply(operation_for<P>, a.graph_ != nullptr ? a.id_ : a.id(*g),
                                 b.graph_ != nullptr ? b.id_ : b.id(*g)));
  }
  template <class P, number N>
  static constexpr result<P> apply(const traced& a, const N& b) {
    builder* const g = a.graph_;
    if (g == nullptr) return constants<P, result<P>>(a, traced(b));
    return result<P>(g, g->apply(operation_for<P>, a.id_, id(*g, b)));
  }
  template <class P, number N>
  static constexpr result<P> apply(const N& a, const traced& b) {
    builder* const g = b.graph_;
    if (g == nullptr) return constants<P, result<P>>(traced(a), b);
    return result<P>(g, g->apply(operation_for<P>, id(*g, a), b.id_));
  }
  /// The node of an operand in g; a constant, or an expression without inputs, is entered first.
  static constexpr int id(builder& g, const traced& v) { return v.id(g); }
  static constexpr int id(builder& g, const traced_condition& v) { return v.id(g); }
  static constexpr int id(builder& g, bool v) { return traced_condition(v).id(g); }
  template <number N>
  static constexpr int id(builder& g, N v) {
    if constexpr (sizeof(N) < sizeof(double) || std::same_as<N, double>) {
      return g.constant(static_cast<double>(v));
    } else {
      return traced(v).id(g);
    }
  }
  template <class E>
    requires requires { E::facts; }
  static constexpr int id(builder& g, const E&) {
    return closed_expression_id<E>(g);
  }
  /// Of an index: of the index as a value.
  template <class I>
    requires requires { typename I::is_index; }
  static constexpr int id(builder& g, const I& i) {
    return i.value_id(g);
  }

 private:
  template <class P, class A>
  static constexpr int enter(builder& g, const A& a) {
    return g.apply(operation_for<P>, id(g, a));
  }
  template <class P, class A, class B>
  static constexpr int enter(builder& g, const A& a, const B& b) {
    const int x = id(g, a), y = id(g, b);
    return g.apply(operation_for<P>, x, y);
  }
  template <class P, class A, class B, class C>
  static constexpr int enter(builder& g, const A& a, const B& b, const C& c) {
    const int x = id(g, a), y = id(g, b), z = id(g, c);
    return g.apply(operation_for<P>, x, y, z);
  }
  template <class V>
  static constexpr void find(builder*& g, const V& v) {
    if constexpr (requires { v.graph(); }) {
      if (v.graph() != nullptr) g = v.graph();
    }
  }

  static constexpr traced as_constant(const traced& v) { return v; }
  static constexpr traced_condition as_constant(const traced_condition& v) { return v; }
  static constexpr traced_condition as_constant(bool v) { return v; }
  template <number N>
  static constexpr traced as_constant(N v) {
    return traced(v);
  }
  template <class I>
    requires requires { typename I::is_index; }
  static constexpr traced as_constant(const I& i) {
    return traced(i);
  }
  template <class E>
    requires requires { E::value; }
  static constexpr traced as_constant(const E&) {
    return traced(E::value);
  }
  template <class E>
    requires(
        requires { E::facts; } && !requires { E::value; })
  static constexpr traced as_constant(const E&) {
    return traced(closed_expression_value<E>());
  }

  template <class P>
  static constexpr double compute(double a, [[maybe_unused]] double b) {
    if constexpr (P::arity == 1) {
      return P::primal(a);
    } else {
      return P::primal(a, b);
    }
  }
  template <class P>
  static constexpr const operation* named_late() {
    return operation_for<P>;
  }
  template <class P>
  static constexpr constant_operation_of pending{&named_late<P>, &compute<P>};

  template <class P, class... V>
  static constexpr bool is_exact(const V&... v) {
    const double x[]{v.value_...};
    switch (P::kind) {
      case algebra::add:
        return local_algebra::exact_sum(x[0], x[sizeof...(V) - 1]);
      case algebra::subtract:
        return local_algebra::exact_sum(x[0], -x[sizeof...(V) - 1]);
      case algebra::multiply:
        return local_algebra::exact_product(x[0], x[sizeof...(V) - 1]);
      case algebra::divide:
        return local_algebra::exact_quotient(x[0], x[sizeof...(V) - 1]);
      default:
        return P::kind == algebra::negate;
    }
  }
  /// Constants that have not met an argument: one operation can wait for it; more are computed in
  /// double.
  template <class P, class R, class... V>
  static constexpr R constants(const V&... v) {
    if constexpr (P::condition_operands == 0) {
      if ((v.is_unknown() || ...)) {
        if constexpr (P::returns_condition) {
          return R(false);
        } else {
          return R::unknown();
        }
      }
      if constexpr (!P::returns_condition && P::arity <= 2) {
        const bool plain = (... && (v.pending_ == nullptr && v.rest_ == 0));
        if (plain && !is_exact<P>(v...)) {
          const double x[]{v.value_...};
          return traced(&pending<P>, x[0], x[P::arity - 1]);
        }
      }
      return R(P::primal(v.number_in_double()...));
    } else if constexpr (P::returns_condition) {
      return R(P::primal(v.known_value()...));
    } else {
      return chosen(v...);
    }
  }
  static constexpr traced chosen(const traced_condition& c, const traced& a, const traced& b) {
    return c.known_value() ? a : b;
  }
};

// What arithmetic on any operands means for these, without the calls and copies on the way: bodies
// consist of it.
#define TAPELESS_TRACED_ARITHMETIC(op, P)                \
  template <std::same_as<traced> A>                      \
  constexpr traced operator op(const A& a, const A& b) { \
    return trace_family::apply<P>(a, b);                 \
  }                                                      \
  template <number N>                                    \
  constexpr traced operator op(const traced& a, N b) {   \
    return trace_family::apply<P>(a, b);                 \
  }                                                      \
  template <number N>                                    \
  constexpr traced operator op(N a, const traced& b) {   \
    return trace_family::apply<P>(a, b);                 \
  }
TAPELESS_TRACED_ARITHMETIC(+, add)
TAPELESS_TRACED_ARITHMETIC(-, subtract)
TAPELESS_TRACED_ARITHMETIC(*, multiply)
TAPELESS_TRACED_ARITHMETIC(/, divide)
#undef TAPELESS_TRACED_ARITHMETIC

template <bool Condition>
using traced_operand = std::conditional_t<Condition, traced_condition, traced>;

constexpr partial as_partial(builder&, no_derivative) { return {}; }
constexpr partial as_partial(builder& g, const traced& v) { return {v.id(g), -1}; }
template <class V>
constexpr partial as_partial(builder& g, const quotient<V>& q);

// By the types alone, so that operations whose derivatives have the same types share them.
template <class A>
constexpr void write_partials(builder& g, partial* out, const derivatives<A>& d) {
  out[0] = as_partial(g, d.first);
}
template <class A, class B>
constexpr void write_partials(builder& g, partial* out, const derivatives<A, B>& d) {
  out[0] = as_partial(g, d.first), out[1] = as_partial(g, d.second);
}
template <class A, class B, class C>
constexpr void write_partials(builder& g, partial* out, const derivatives<A, B, C>& d) {
  out[0] = as_partial(g, d.first), out[1] = as_partial(g, d.second);
  out[2] = as_partial(g, d.third);
}
template <class... D>
constexpr void write_partials(builder& g, partial* out, const std::tuple<D...>& d) {
  std::apply([&](const auto&... each) { ((*out++ = as_partial(g, each)), ...); }, d);
}

template <class P>
constexpr auto partials_of(builder& g, const int* x, int y) {
  constexpr int conditions = P::condition_operands;
  const traced_operand<(conditions > 0)> a(&g, x[0]);
  if constexpr (P::arity == 1) {
    return P::partials(a, traced(&g, y));
  } else if constexpr (P::arity == 2) {
    return P::partials(a, traced_operand<(conditions > 1)>(&g, x[1]), traced(&g, y));
  } else {
    return P::partials(a, traced_operand<(conditions > 1)>(&g, x[1]),
                       traced_operand<(conditions > 2)>(&g, x[2]), traced(&g, y));
  }
}

template <class P>
constexpr void traced_partials(builder& g, const int* x, int y, partial* out) {
  if constexpr (!P::returns_condition) {
    const auto all = partials_of<P>(g, x, y);
    if constexpr (derivative_count<std::remove_const_t<decltype(all)>> == P::arity) {
      write_partials(g, out, all);
    } else if constexpr (!P::has_vjp) {  // or the same mistake is reported once already
      wrong_partials<P, P::arity>();
    }
  }
}

/// A cotangent that a rule states as a quotient is that quotient; -1: none.
constexpr int cotangent_of(builder& g, const partial& p) {
  return p.denominator < 0 ? p.numerator : g.apply(g.operations.divide, p.numerator, p.denominator);
}

/// P::vjp(x..., y, w) returns the cotangents of the operands.
template <class P>
constexpr void traced_vjp(builder& g, const int* x, int y, int cotangent, int* out) {
  if constexpr (P::has_vjp) {
    [&]<int... I>(std::integer_sequence<int, I...>) {
      const auto all = P::vjp(traced_operand<(I < P::condition_operands)>(&g, x[I])...,
                              traced(&g, y), traced(&g, cotangent));
      if constexpr (derivative_count<std::remove_const_t<decltype(all)>> == sizeof...(I)) {
        ((out[I] =
              cotangent_of(g, as_partial(g, stated_derivative<static_cast<std::size_t>(I)>(all)))),
         ...);
      } else {
        // The mistake is reported where the function is used (api/custom.hpp).
        ((out[I] = -1), ...);
      }
    }(std::make_integer_sequence<int, P::arity>{});
  }
}

// Only from here on: an operation's rule must be defined before the operation is first named.
constexpr int traced_condition::id(builder& g) const {
  if (graph_ != nullptr) return id_;
  const int zero = g.constant(0);
  return g.intern(known_value() ? operation_for<less_equal> : operation_for<less>, zero, zero, -1,
                  0);
}

constexpr int traced::id(builder& g) const {
  if (graph_ != nullptr) return id_;
  if (id_ == structural) return g.structural_zero();
  const int k = g.constant(value_);
  if (pending_ != nullptr) {
    const operation* op = pending_->op();
    return g.apply(op, k, op->arity == 1 ? -1 : g.constant(rest_));
  }
  return rest_ == 0 ? k : g.intern(g.operations.add, k, g.constant(rest_), -1, 0);
}

constexpr double traced::number_in_double() const {
  return pending_ == nullptr ? value_ : pending_->compute(value_, rest_);
}

template <class One>
constexpr traced& traced::operator++() & {
  return *this += One(1);
}
template <class One>
constexpr traced& traced::operator--() & {
  return *this -= One(1);
}
template <class One>
constexpr traced traced::operator++(int) & {
  const traced before = *this;
  *this += One(1);
  return before;
}
template <class One>
constexpr traced traced::operator--(int) & {
  const traced before = *this;
  *this -= One(1);
  return before;
}

/// Templates, this and the operators above, because what only includes the library does not pay for
/// rules. `Void` is void, as something that depends on parameters: compilers do not wait otherwise.
template <class Void, class P>
constexpr const operation* later_operation_for() {
  return operation_for<std::enable_if_t<std::is_void_v<Void>, P>>;
}
template <class Void>
inline constexpr arithmetic_operations arithmetic{
    later_operation_for<Void, add>(),        later_operation_for<Void, subtract>(),
    later_operation_for<Void, multiply>(),   later_operation_for<Void, divide>(),
    later_operation_for<Void, negate>(),     later_operation_for<Void, choose>(),
    later_operation_for<Void, logical_or>(), later_operation_for<Void, logical_not>()};
/// What straight-line programs cannot do without: division comes with rules that divide, choice
/// with policies.
template <class Void>
inline constexpr arithmetic_operations straight_arithmetic{
    later_operation_for<Void, add>(),        later_operation_for<Void, subtract>(),
    later_operation_for<Void, multiply>(),   nullptr,
    later_operation_for<Void, negate>(),     nullptr,
    later_operation_for<Void, logical_or>(), later_operation_for<Void, logical_not>()};

template <class V>
constexpr partial as_partial(builder& g, const quotient<V>& q) {
  g.operations.divide = later_operation_for<std::enable_if_t<(sizeof(V) > 0)>, divide>();
  const traced numerator(q.numerator), denominator(q.denominator);
  return {numerator.id(g), denominator.id(g)};
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
