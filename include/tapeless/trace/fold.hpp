// SPDX-License-Identifier: BSL-1.0
#pragma once

// Loops whose iterations depend on each other: what one iteration leaves is what the next one gets.

#include <tapeless/trace/comprehension.hpp>
#include <tapeless/trace/structure.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <bool Same>
constexpr auto carry_of_changing_type() {
  static_assert(
      Same,
      "tapeless: the body of tl::fold and tl::scan must return what it is given: the same "
      "structure of scalars as the initial value");
  return 0;
}

/// What a body is given for an initial value: its structure, of traced values.
template <class Init>
struct carry_type {
  using type = traced;
};
template <class T, std::size_t N>
struct carry_type<std::array<T, N>> {
  using type = std::array<typename carry_type<T>::type, N>;
};
template <class... T>
struct carry_type<std::tuple<T...>> {
  using type = std::tuple<typename carry_type<T>::type...>;
};
template <class A, class B>
struct carry_type<std::pair<A, B>> {
  using type = std::pair<typename carry_type<A>::type, typename carry_type<B>::type>;
};

template <class T>
constexpr int count_leaves(const T& x) {
  int count = 0;
  for_each_leaf(x, [&](const auto&) { ++count; });
  return count;
}
/// Leaf by leaf; the structures are alike.
template <class To, class From>
constexpr void assign_leaves(To& to, const From& from) {
  if constexpr (is_tuple_like<To>) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (assign_leaves(std::get<I>(to), std::get<I>(from)), ...);
    }(std::make_index_sequence<std::tuple_size_v<To>>{});
  } else if constexpr (requires { to.begin(); }) {
    for (std::size_t i = 0; i < to.size(); ++i) assign_leaves(to[i], from[i]);
  } else {
    to = To(from);
  }
}

/// The graph that any part of a structure belongs to.
template <class T>
constexpr builder* graph_of_leaves(const T& x) {
  builder* g = nullptr;
  for_each_leaf(x, [&](const auto& leaf) {
    if constexpr (requires { leaf.graph(); }) {
      if (leaf.graph() != nullptr) g = leaf.graph();
    }
  });
  return g;
}

/// A fold that has been entered into a graph: the final carry, and the values after each iteration
/// if Trajectory.
template <bool Trajectory, class Carry, class F>
constexpr auto entered_fold(builder& g, const traced_index& extent, const Carry& init,
                            const F& body) {
  nest_tables& t = *g.nest();
  const int outside = t.current;
  const int l = nest::sequence(g, outside, extent.id(g));
  Carry carry = init;
  mapping m(g);
  // All initial values before the first carry.
  for_each_leaf(carry, [&](auto& leaf) { leaf = traced(&g, leaf.id(g)); });
  for_each_leaf(carry, [&](auto& leaf) { leaf = traced(&g, m.add_carry(l, leaf.id(g))); });
  {
    const entered_scope inside(g, l);
    const auto next = body(carry, traced_index(&g, nest::index(g, l)));
    Carry values{};
    assign_leaves(values, next);
    int k = t.loops[l].first_carry;
    for_each_leaf(values, [&](const auto& leaf) { t.carries[k++].next = leaf.id(g); });
  }
  const int fold = nest::fold(g, l);
  int k = 0;
  for_each_leaf(carry, [&](auto& leaf) {
    leaf = traced(&g, g.intern({&fold_result_operation, fold, k++, -1, 0}));
  });
  if constexpr (!Trajectory) {
    return carry;
  } else {
    const auto history = [&](int c) {
      element_put p;
      p.index[0] = nest::index(g, l);
      p.value = t.carries[t.loops[l].first_carry + c].next;
      p.scope = l;
      const int s = nest::shape(g, {1, {t.loops[l].extent, -1, -1}});
      return traced_view<1>(&g, nest::scatter(g, outside, s, &p, 1, true));
    };
    if constexpr (std::same_as<Carry, traced>) {
      return std::pair{carry, history(0)};
    } else {
      return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return std::pair{carry, std::array{history(static_cast<int>(I))...}};
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
    for_each_leaf(unknown, [](auto& leaf) { leaf = traced::unknown(); });
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
  } else if (g->nest() == nullptr) {
    g->ask_for_loops();
    return result{};
  } else {
    return entered_fold<Trajectory>(*g, extent, carry, body);
  }
}

template <bool Trajectory, class N, class Init, class F>
constexpr auto traced_fold(const N& n, const Init& init, const F& body) {
  using carry_of = typename carry_type<Init>::type;
  carry_of carry{};
  assign_leaves(carry, init);
  constexpr bool same =
      std::same_as<shape_of<carry_of>, shape_of<decltype(body(carry, traced_index{}))>>;
  if constexpr (!same) {
    carry_of_changing_type<same>();
    return carry;
  } else {
    return traced_fold_of<Trajectory>(n, carry, body);
  }
}

/// fold(n, init, [&](auto carry, auto i) { return ...; }): the last carry of the recurrence
/// carry = body(carry, i), i = 0 ... n - 1, that starts from init.
/// Shapes:   init, carry: a scalar, or a std::tuple, std::pair, std::array of scalars
/// Edges:    init if empty
template <extent_operand N, class Init, class F>
constexpr auto fold(const N& n, const Init& init, const F& body) {
  if constexpr (std::integral<N> && std::is_arithmetic_v<Init>) {
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
/// auto [last, all] = scan(...); all[i]. A structure of k scalars gives a std::array of k arrays.
template <extent_operand N, class Init, class F>
constexpr auto scan(const N& n, const Init& init, const F& body) {
  return traced_fold<true>(n, init, body);
}

/// prod(n, body): the product of the body over i = 0 ... n - 1. Its derivatives are exact where
/// factors are zero.
/// Edges:    1 if empty
template <extent_operand N, class F>
constexpr auto prod(const N& n, const F& body) {
  return fold(n, 1, [&](auto product, auto i) { return product * body(i); });
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
