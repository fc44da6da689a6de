// SPDX-License-Identifier: BSL-1.0
#pragma once

// Operations on whole arrays, element by element. An array is an index space and what its element
// is there, so an operation makes no array: it makes a new element.

#include <tapeless/primitive/activation.hpp>
#include <tapeless/primitive/integer_power.hpp>
#include <tapeless/trace/comprehension.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// v in each row of the matrices it meets: element j in column j.
struct traced_rows {
  using operand_family = array_family;
  traced_view<1> vector;
  constexpr builder* graph() const { return vector.graph(); }
};
/// v in each column of the matrices it meets: element i in row i.
struct traced_columns {
  using operand_family = array_family;
  traced_view<1> vector;
  constexpr builder* graph() const { return vector.graph(); }
};

/// What an operand of an operation on whole arrays is: its rank, and which dimensions have its
/// sizes, bit by bit. Scalars have rank 0.
template <class A>
struct array_traits_of {
  static constexpr int rank = 0;
  static constexpr unsigned dimensions = 0;
};
template <int Rank>
struct ranked_array {
  static constexpr int rank = Rank;
  static constexpr unsigned dimensions = (1u << Rank) - 1;
};
template <int Rank, bool Integers>
struct array_traits_of<traced_view<Rank, Integers>> : ranked_array<Rank> {};
template <int Rank>
struct array_traits_of<traced_conditions<Rank>> : ranked_array<Rank> {};
template <class E, int N>
  requires is_element<E>
struct array_traits_of<traced_array<E, N>> : ranked_array<traced_array<E, N>::rank> {};
template <>
struct array_traits_of<traced_rows> {
  static constexpr int rank = 2;
  static constexpr unsigned dimensions = 2;
};
template <>
struct array_traits_of<traced_columns> {
  static constexpr int rank = 2;
  static constexpr unsigned dimensions = 1;
};
template <class A>
inline constexpr int array_rank = array_traits_of<std::remove_cvref_t<A>>::rank;

/// traced, once A is known: functions that are no templates pay for rules when they are included.
template <class A>
using late_traced = std::enable_if_t<(array_rank<A> > 0), traced>;

/// An array of values, whichever way it came.
template <class A>
concept array_of_values =
    operand<A> && (is_traced_view<A> || requires(A a) { a.array_node(); }) && (array_rank<A> > 0);
/// A vector or a matrix.
template <class A>
concept whole_array = array_of_values<A> && (array_rank<A> <= 2);
template <class A>
concept whole_vector = whole_array<A> && array_rank<A> == 1;
template <class A>
concept whole_matrix = whole_array<A> && array_rank<A> == 2;

template <class A>
constexpr auto as_view(const A& a) {
  if constexpr (is_traced_view<A>) {
    return a;
  } else {
    return traced_view<array_rank<A>>(a);
  }
}

/// Operands of one operation: all arrays among them have one rank and, together, all sizes.
template <class... A>
struct operand_ranks {
  static constexpr int rank = [] {
    int most = 0;
    ((most = array_rank<A> > most ? array_rank<A> : most), ...);
    return most;
  }();
  static constexpr bool agree = ((array_rank<A> == 0 || array_rank<A> == rank) && ...) &&
                                (0u | ... | array_traits_of<A>::dimensions) == (1u << rank) - 1;
};

/// Static functions: an operand seen from the index space of an operation.
struct array_elements {
  template <class A>
  static constexpr void find_graph(builder*& g, const A& a) {
    if constexpr (requires { a.graph(); }) {
      if (a.graph() != nullptr) g = a.graph();
    }
  }
  /// No stand-in for an array of a mistake that has been reported.
  template <class A>
  static constexpr bool is_known(const A& a) {
    if constexpr (array_rank<A> > 0) {
      return a.graph() != nullptr;
    } else {
      return true;
    }
  }
  /// The deepest scope that any operand lives in, and no branch is left.
  template <class A>
  static constexpr void find_scope(builder& g, int& scope, const A& a) {
    nest_tables& t = *g.nest;
    if constexpr (array_rank<A> > 0) {
      scope = t.deeper(scope, t.scope[node(a)]);
    } else if constexpr (requires { a.graph(); }) {
      if (a.graph() != nullptr) scope = t.deeper(scope, t.scope[trace_family::id(g, a)]);
    }
  }
  template <class A>
  static constexpr void find_extents(builder& g, size_rule rule, int* extent, const A& a) {
    if constexpr (array_rank<A> > 0) {
      for (int d = 0, own = 0; d < array_rank<A>; ++d) {
        if ((array_traits_of<A>::dimensions >> d & 1u) == 0) continue;
        const int e = nest::shape_of(g, node(a)).extent[own++];
        extent[d] = extent[d] < 0 ? size_algebra::canonical(g, e)
                                  : size_algebra::unify(g, rule, extent[d], e);
      }
    }
  }
  template <class A>
  static constexpr auto element([[maybe_unused]] builder& g, const A& a,
                                [[maybe_unused]] const int* index) {
    if constexpr (array_rank<A> == 0) {
      return a;
    } else if constexpr (std::same_as<A, traced_rows>) {
      return element(g, a.vector, index + 1);
    } else if constexpr (std::same_as<A, traced_columns>) {
      return element(g, a.vector, index);
    } else if constexpr (requires { typename A::is_condition; }) {
      return condition_of<A>(g, nest::element(g, a.id(), index));
    } else if constexpr (requires {
                           requires std::same_as<typename A::value_type, traced_index>;
                         }) {
      const int rows = array_rank<A> == 2 ? nest::slice(g, a.id(), index[0]) : a.id();
      return traced_index(&g, nest::index_load(g, rows, index[array_rank<A> - 1]));
    } else {
      return traced(&g, nest::element(g, node(a), index));
    }
  }

  /// Arrays hold numbers: of conditions, 1 and 0.
  template <class Element>
  static constexpr auto stored(const Element& element) {
    if constexpr (requires { typename Element::is_condition; }) {
      return lift<choose>(element, traced(1), traced(0));
    } else {
      return element;
    }
  }

 private:
  template <class A>
  static constexpr traced_condition condition_of(builder& g, int number) {
    using value = late_traced<A>;
    if (g.is(number, algebra::select)) {
      const auto chosen = g[number];
      const std::enable_if_t<(array_rank<A> > 0), traced_condition> c(&g, chosen.a);
      if (chosen.b == g.constant(1) && chosen.c == g.constant(0)) return c;
      if (chosen.b == g.constant(0) && chosen.c == g.constant(1)) return !c;
    }
    return value(0) < value(&g, number);
  }
  template <class A>
  static constexpr int node(const A& a) {
    if constexpr (requires { a.vector; }) {
      return a.vector.id();
    } else if constexpr (requires { a.array_node(); }) {
      return a.array_node();
    } else {
      return a.id();
    }
  }
};

template <int Rank, class Element>
struct array_of_elements {
  using type = traced_view<Rank>;
};
template <int Rank>
struct array_of_elements<Rank, traced_condition> {
  using type = traced_conditions<Rank>;
};

/// The array whose element is f of the operands' elements.
template <class F, class... A>
constexpr auto elementwise(size_rule rule, const F& f, const A&... a) {
  constexpr int rank = operand_ranks<A...>::rank;
  const int none[max_rank]{};
  using value = decltype(f(array_elements::element(std::declval<builder&>(), a, none)...));
  using result = typename array_of_elements<rank, value>::type;
  builder* g = nullptr;
  (array_elements::find_graph(g, a), ...);
  if (g == nullptr) return result();
  if (g->nest == nullptr) return g->ask_for_loops(), result();
  if (!(array_elements::is_known(a) && ...)) return result();
  nest_tables& t = *g->nest;
  int extent[max_rank]{-1, -1, -1}, index[max_rank]{-1, -1, -1};
  (array_elements::find_extents(*g, rule, extent, a), ...);
  int scope = t.branch_of(t.current);
  (array_elements::find_scope(*g, scope, a), ...);
  for (int d = 0; d < rank; ++d) {
    scope = nest::range(*g, scope, extent[d]);
    index[d] = nest::index(*g, scope);
  }
  const entered_scope inside(*g, scope);
  const value element = f(array_elements::element(*g, a, index)...);
  return result(
      g, nest::generated(*g, rank, scope, trace_family::id(*g, array_elements::stored(element))));
}

template <class P>
inline constexpr size_rule size_rule_of = P::kind == algebra::add        ? size_rule::add
                                          : P::kind == algebra::subtract ? size_rule::subtract
                                          : P::kind == algebra::multiply ? size_rule::multiply
                                          : P::kind == algebra::divide   ? size_rule::divide
                                                                         : size_rule::elementwise;

template <class A, class B>
constexpr auto array_product(const A& a, const B& b);

/// Which products are not element by element.
template <class P, class... A>
inline constexpr bool is_array_product = false;
template <class A, class B>
inline constexpr bool is_array_product<multiply, A, B> =
    array_rank<A> > 0 && array_rank<B> > 0 && array_rank<A> + array_rank<B> > 2;
template <class P, class... A>
inline constexpr bool is_refused_product = false;
template <class A, class B>
inline constexpr bool is_refused_product<multiply, A, B> =
    is_array_product<multiply, A, B> && (!whole_matrix<A> || !whole_array<B>);

/// How primitives apply to whole arrays.
struct array_family {
  static constexpr int rank = 1000;

  template <class P, class... A>
  struct result_of_operands {
    static constexpr int rank =
        is_array_product<P, A...> && !(... && (array_rank<A> == 2)) ? 1 : operand_ranks<A...>::rank;
    using type =
        std::conditional_t<P::returns_condition, traced_conditions<rank>, traced_view<rank>>;
  };
  template <class P, class... A>
  using result = typename result_of_operands<P, A...>::type;

  template <class P, class... A>
  static constexpr result<P, A...> apply(const A&... a) {
    if constexpr (is_refused_product<P, A...>) {
      no_such_product<result<P, A...>>();
      return {};
    } else if constexpr (is_array_product<P, A...>) {
      return array_product(a...);
    } else if constexpr (!operand_ranks<A...>::agree) {
      ranks_differ<result<P, A...>>();
      return {};
    } else {
      return elementwise(size_rule_of<P>, [](const auto&... e) { return lift<P>(e...); }, a...);
    }
  }
};

/// elementwise_product(a, b): the products of the elements, of matrices too.
/// Shapes:   a, b: equal, or one a scalar; rowwise, colwise
/// Partial:  of a: b; of b: a
/// Errors:   std::invalid_argument if sizes differ
template <operand A, operand B>
  requires(array_rank<A> > 0 || array_rank<B> > 0)
constexpr auto elementwise_product(const A& a, const B& b) {
  if constexpr (!operand_ranks<A, B>::agree) {
    ranks_differ<traced_view<operand_ranks<A, B>::rank>>();
    return traced_view<operand_ranks<A, B>::rank>();
  } else {
    return elementwise(
        size_rule::multiply, [](const auto& x_, const auto& y_) { return x_ * y_; }, a, b);
  }
}
// Functions that are spelled with a product of their argument by itself.
#define TAPELESS_ELEMENTWISE(name)                                                          \
  template <whole_array A>                                                                  \
  constexpr auto name(A a) {                                                                \
    return elementwise(size_rule::elementwise, [](const auto& x_) { return name(x_); }, a); \
  }
/// square(a), silu(a), gelu(a): of each element.
TAPELESS_ELEMENTWISE(square)
TAPELESS_ELEMENTWISE(silu)
TAPELESS_ELEMENTWISE(gelu)
#undef TAPELESS_ELEMENTWISE
/// pow(a, n): an integer power of each element.
template <whole_array A, integral_exponent N>
constexpr auto pow(A a, N n) {
  return elementwise(
      size_rule::elementwise, [](const auto& x_, N n_) { return pow(x_, n_); }, a, n);
}
template <int N, whole_array A>
constexpr auto pow(A a) {
  return elementwise(size_rule::elementwise, [](const auto& x_) { return pow<N>(x_); }, a);
}
template <whole_array A, integer_constant N>
constexpr auto pow(A a, const N&) {
  return pow<static_cast<int>(N::value)>(a);
}

/// rowwise(v): v in each row of the matrix it is combined with.
/// Shapes:   v: n, beside m x n
/// Errors:   std::invalid_argument if the matrix has not n columns
template <whole_vector V>
constexpr traced_rows rowwise(const V& v) {
  return {as_view(v)};
}
/// colwise(v): v in each column of the matrix it is combined with.
/// Shapes:   v: m, beside m x n
/// Errors:   std::invalid_argument if the matrix has not m rows
template <whole_vector V>
constexpr traced_columns colwise(const V& v) {
  return {as_view(v)};
}

// Exist to say what is wrong with transpose(v) and segment(A, 0, 2): those of the right rank, which
// ask for more, are preferred.
template <class A>
constexpr auto refuse_array() {
  if constexpr (array_rank<A> > 2) {
    more_than_two_dimensions<never<A>>();
  } else {
    array_of_other_rank<A>();
  }
}
#define TAPELESS_OF_ONE_RANK(name, result)          \
  template <array_of_values A, class... Rest>       \
  constexpr result name(const A&, const Rest&...) { \
    refuse_array<A>();                              \
    return {};                                      \
  }
#define TAPELESS_OF_VECTORS(name, result)                            \
  template <operand A, operand B>                                    \
    requires(whole_array<A> || whole_array<B>)                       \
  constexpr result name(const A&, const B&) {                        \
    array_of_other_rank<std::conditional_t<whole_array<A>, A, B>>(); \
    return {};                                                       \
  }
TAPELESS_OF_ONE_RANK(rowwise, traced_rows)
TAPELESS_OF_ONE_RANK(colwise, traced_columns)

}  // namespace TAPELESS_ABI
}  // namespace tapeless
