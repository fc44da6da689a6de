// SPDX-License-Identifier: BSL-1.0
#pragma once

// Loops whose iterations depend on each other: what one iteration leaves is what the next one gets.

#include <tapeless/trace/carry.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// The values of carry number c after each iteration of the fold l, as one array.
template <int Rank>
constexpr traced_view<Rank> carry_history(builder& g, int l, int c) {
  nest_tables& t = *g.nest;
  element_put p = no_put;
  p.index[0] = nest::index(g, l);
  p.value = t.carries[c].next;
  p.scope = l;
  array_shape s{1, {t.loops[l].extent, -1, -1}};
  if constexpr (Rank > 1) {
    const array_shape row = nest::shape_of(g, t.carries[c].node);
    for (int d = 0; d < row.rank; ++d) s.extent[s.rank++] = row.extent[d];
  }
  return {&g, nest::scatter(g, t.loops[l].parent, nest::shape(g, s), &p, 1, true)};
}
template <class Leaf>
inline constexpr int history_rank = 1;
template <int Rank>
inline constexpr int history_rank<traced_view<Rank>> = Rank + 1;

/// The histories in the structure of the carry.
template <class T>
constexpr auto carry_histories(builder& g, int l, int& c, const T& carry) {
  if constexpr (is_tuple_like<T>) {
    // Braces: from left to right.
    return unpack(
        [&](const auto&... part) { return std::tuple{carry_histories(g, l, c, part)...}; }, carry);
  } else {
    return carry_history<history_rank<T>>(g, l, c++);
  }
}

/// A fold that has been entered into a graph: the final carry, and the values after each iteration
/// if Trajectory.
template <bool Trajectory, class Carry, class F>
constexpr auto entered_fold(builder& g, const traced_index& extent, const Carry& init,
                            const F& body) {
  nest_tables& t = *g.nest;
  const int outside = t.current;
  const int l = nest::sequence(g, outside, extent.id(g));
  Carry carry = init;
  mapping m(g);
  // All initial values before the first carry.
  for_each_leaf(carry, [&](auto& leaf) { set_leaf(g, leaf, node_of_leaf(g, leaf, 0)); });
  for_each_leaf(carry,
                [&](auto& leaf) { set_leaf(g, leaf, m.add_carry(l, node_of_leaf(g, leaf, 0))); });
  {
    const entered_scope inside(g, l);
    const auto next = body(carry, traced_index(&g, nest::index(g, l)));
    Carry values{};
    assign_leaves(values, next);
    int k = t.loops[l].first_carry;
    for_each_leaf(values, [&](const auto& leaf) {
      t.carries[k].next = node_of_leaf(g, leaf, t.carries[k].node);
      ++k;
    });
  }
  const int fold = nest::fold(g, l);
  int k = 0;
  for_each_leaf(carry, [&](auto& leaf) { set_leaf(g, leaf, nest::fold_result(g, fold, k++)); });
  if constexpr (!Trajectory) {
    return carry;
  } else {
    int c = t.loops[l].first_carry;
    if constexpr (std::same_as<Carry, traced> || holds_views<Carry>) {
      return std::pair{carry, carry_histories(g, l, c, carry)};
    } else {
      return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return std::pair{carry, std::array{carry_history<1>(g, l, c + static_cast<int>(I))...}};
      }(std::make_index_sequence<static_cast<std::size_t>(shape_of<Carry>::leaves)>{});
    }
  }
}

template <bool Trajectory, class N, class Carry, class F>
constexpr auto traced_fold_of(const N& n, Carry carry, const F& body) {
  using carry_of = Carry;
  const traced_index extent = as_extent(n);
  builder* g = extent.graph();
  if (g == nullptr) g = graph_of_leaves(carry);
  if (g == nullptr) {
    carry_of unknown{};
    for_each_leaf(unknown, [](auto& leaf) {
      if constexpr (std::same_as<std::remove_cvref_t<decltype(leaf)>, traced>) {
        leaf = traced::unknown();
      }
    });
    g = graph_of_leaves(body(unknown, traced_index::unknown()));
  }
  using result = decltype(entered_fold<Trajectory>(*g, extent, carry, body));
  if (g == nullptr) {
    // Constants only: there is no graph to loop in.
    for (std::ptrdiff_t i = 0; i < extent.number() && !Trajectory; ++i) {
      assign_leaves(carry, body(carry, traced_index(i)));
    }
    if constexpr (Trajectory) {
      return result{};
    } else {
      return carry;
    }
  } else if (g->nest == nullptr) {
    g->ask_for_loops();
    return result{};
  } else {
    return entered_fold<Trajectory>(*g, extent, carry, body);
  }
}

/// An expression among the parts of a structure: void if there is none.
template <class T>
struct expression_in {
  using type = void;
};
template <class T>
  requires requires { T::facts.why; }
struct expression_in<T> {
  using type = T;
};
template <class... T>
struct first_of;
template <>
struct first_of<> {
  using type = void;
};
template <class T, class... More>
struct first_of<T, More...> {
  using found = typename expression_in<T>::type;
  using type =
      typename std::conditional_t<std::is_void_v<found>, first_of<More...>, expression_in<T>>::type;
};
template <class... T>
struct expression_in<std::tuple<T...>> : first_of<T...> {};
template <class A, class B>
struct expression_in<std::pair<A, B>> : first_of<A, B> {};
template <class T, std::size_t N>
struct expression_in<std::array<T, N>> : expression_in<T> {};

template <class Carry, class Result>
constexpr auto check_carry() {
  using result = std::remove_cvref_t<Result>;
  constexpr bool same = shape_of<result>::valid &&
                        std::same_as<shape_of<Carry>, shape_of<typename carry_type<result>::type>>;
  if constexpr (requires { typename result::is_refused; }) {
    return false;
  } else if constexpr (!same) {
    return carry_of_changing_type<same>();
  } else {
    return true;
  }
}

/// What a fold or a scan of a body with a mistake returns: mistakes have been reported.
template <bool Trajectory, class Carry>
constexpr auto refused_fold(const Carry& carry) {
  if constexpr (!Trajectory) {
    return carry;
  } else if constexpr (shape_of<Carry>::leaves == 1) {
    return std::pair{carry, traced_view<1>()};
  } else {
    return std::pair{
        carry, std::array<traced_view<1>, static_cast<std::size_t>(shape_of<Carry>::leaves)>{}};
  }
}

/// The same where expressions were among what it was given: with stand-ins for all values.
template <class Value, class T>
constexpr auto stand_ins(type_tag<T>) {
  return Value();
}
template <class Value, class... T>
constexpr auto stand_ins(type_tag<std::tuple<T...>>) {
  return std::tuple{stand_ins<Value>(type_tag<T>{})...};
}
template <class Value, class A, class B>
constexpr auto stand_ins(type_tag<std::pair<A, B>>) {
  return std::pair{stand_ins<Value>(type_tag<A>{}), stand_ins<Value>(type_tag<B>{})};
}
template <class Value, class T, std::size_t N>
constexpr auto stand_ins(type_tag<std::array<T, N>>) {
  return std::array<decltype(stand_ins<Value>(type_tag<T>{})), N>{};
}
template <bool Trajectory, class Expression, class Carry>
constexpr auto fold_of_expressions() {
  using value = typename stand_in<Expression>::type;
  const auto last = stand_ins<value>(type_tag<Carry>{});
  if constexpr (Trajectory) {
    return std::pair{last, value()};
  } else {
    return last;
  }
}

template <bool Trajectory, class N, class Init, class F>
constexpr auto traced_fold(const N& n, const Init& init, const F& body) {
  using carry_of = typename carry_type<Init>::type;
  using result = std::remove_cvref_t<decltype(body(carry_of(), traced_index()))>;
  using start = typename expression_in<Init>::type;
  using next = typename expression_in<result>::type;
  if constexpr (!std::is_void_v<start>) {
    if constexpr (!requires { typename start::is_refused; }) needs_tracing<start::facts.why>();
    return fold_of_expressions<Trajectory, start, carry_of>();
  } else if constexpr (!std::is_void_v<next>) {
    if constexpr (!requires { typename next::is_refused; }) needs_tracing<next::facts.why>();
    return fold_of_expressions<Trajectory, next, carry_of>();
  } else {
    carry_of carry{};
    assign_leaves(carry, init);
    if constexpr (!check_carry<carry_of, result>()) {
      return refused_fold<Trajectory>(carry);
    } else {
      return traced_fold_of<Trajectory>(n, carry, body);
    }
  }
}

/// What a body is given first: a recurrence of plain numbers is computed at once.
template <class N, class Init>
inline constexpr bool runs_at_once = std::integral<N> && std::is_arithmetic_v<Init>;
template <class Init>
typename carry_type<Init>::type carry_of();
template <class N, class Init>
std::conditional_t<runs_at_once<N, Init>, Init, typename carry_type<Init>::type> carry_for();
template <extent_operand N, class Init>
std::conditional_t<runs_at_once<N, Init>, std::ptrdiff_t, traced_index> step_for();

/// fold(n, init, [&](auto carry, auto i) { return ...; }): the last carry of the recurrence
/// carry = body(carry, i), i = 0 ... n - 1, that starts from init.
/// Shapes:   init, carry: a scalar, an array whose size stays the same, or a std::tuple, std::pair,
///           hana::tuple, adapted aggregate of them; a std::array of scalars counts as so many
///           scalars
/// Errors:   std::invalid_argument if the body returns an array of another size
/// Edges:    init if empty
template <extent_operand N, class Init, class F>
constexpr auto fold(const N& n, const Init& init, const F& body,
                    result_of<decltype(body(carry_for<N, Init>(), step_for<N, Init>()))> = {}) {
  if constexpr (runs_at_once<N, Init>) {
    using plain = std::remove_cvref_t<decltype(body(init, std::ptrdiff_t{}))>;
    if constexpr (std::is_arithmetic_v<plain>) {
      auto carry = static_cast<std::common_type_t<plain, Init>>(init);
      for (std::ptrdiff_t i = 0; i < static_cast<std::ptrdiff_t>(n); ++i) carry = body(carry, i);
      return carry;
    } else {
      return traced_fold<false>(n, init, body);
    }
  } else {
    return traced_fold<false>(n, init, body);
  }
}

/// scan(n, init, body): like fold, with the carries after each iteration beside the last one:
/// auto [last, all] = scan(...); all[i]. A structure of k scalars gives a std::array of k arrays,
/// one with arrays in it a std::tuple; an array gives a matrix of a row each.
template <extent_operand N, class Init, class F>
constexpr auto scan(const N& n, const Init& init, const F& body,
                    result_of<decltype(body(carry_of<Init>(), traced_index_for<N>()))> = {}) {
  return traced_fold<true>(n, init, body);
}

/// prod(n, body): the product of the body over i = 0 ... n - 1. Its derivatives are exact where
/// factors are zero.
/// Edges:    1 if empty
template <extent_operand N, class F>
constexpr auto prod(const N& n, const F& body, result_of<decltype(body(index_for<N>()))> = {}) {
  if constexpr (check_body<decltype(body(index_for<N>()))>()) {
    return fold(n, 1, [&](auto product, auto i) { return product * body(i); });
  } else {
    return typename stand_in<std::remove_cvref_t<decltype(body(index_for<N>()))>>::type();
  }
}

// Exist to say what is wrong with other extents and bodies.
template <class N, class Init>
constexpr auto fold(const N&, const Init&, const any_body&) {
  refuse_loop<N>();
  return typename carry_type<Init>::type();
}
template <class N, class Init>
constexpr auto scan(const N&, const Init&, const any_body&) {
  refuse_loop<N>();
  return refused_fold<true>(typename carry_type<Init>::type());
}
template <class N>
constexpr auto prod(const N&, const any_body&) {
  refuse_loop<N>();
  return traced();
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
