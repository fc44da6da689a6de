// SPDX-License-Identifier: BSL-1.0
#pragma once

// A branch of which only the side taken runs, forward and backward.

#include <tapeless/trace/fold.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// One side of a branch, a loop of one iteration or none whose sum is the value.
template <class R, class F>
constexpr R traced_side(builder& g, int condition, bool taken, const F& side) {
  const int l = nest::branch(g, g.nest->current, condition, taken);
  R value{};
  {
    const entered_scope inside(g, l);
    assign_leaves(value, side());
    for_each_leaf(value, [&](auto& leaf) { leaf = traced(&g, leaf.id(g)); });
  }
  for_each_leaf(value, [&](auto& leaf) { leaf = traced(&g, nest::sum(g, l, leaf.id(g))); });
  return value;
}
template <class R>
constexpr void add_leaves(R& to, const R& from) {
  if constexpr (is_tuple_like<R>) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (add_leaves(part_of<I>(to), part_of<I>(from)), ...);
    }(part_indices<R>{});
  } else if constexpr (requires { to.begin(); }) {
    for (std::size_t i = 0; i < to.size(); ++i) add_leaves(to[i], from[i]);
  } else {
    to = to + from;
  }
}

/// No std::invocable, whose layers compilers would show above a mistake in the body.
template <class F>
concept branch_side = requires(const F& f) { f(); };

/// cond(condition, [&] { return a; }, [&] { return b; }): a where the condition holds, else b; only
/// the side taken is computed. select computes both, which is faster where they are cheap.
/// Shapes:   a, b: the same structure of scalars
template <class C, class F, class G>
  requires((std::same_as<C, bool> || symbolic_condition<C>) && branch_side<F> && branch_side<G>)
constexpr auto cond(const C& condition, const F& f, const G& g) {
  using side = typename expression_in<std::remove_cvref_t<decltype(f())>>::type;
  using other_side = typename expression_in<std::remove_cvref_t<decltype(g())>>::type;
  if constexpr (std::same_as<C, bool> && !std::same_as<side, other_side>) {
    // Two expressions, of which each is a type of its own.
    using one = std::conditional_t<std::is_void_v<side>, other_side, side>;
    if constexpr (!requires { typename one::is_refused; }) needs_tracing<one::facts.why>();
    return typename stand_in<one>::type();
  } else if constexpr (std::same_as<C, bool>) {
    using result = std::common_type_t<decltype(f()), decltype(g())>;
    return condition ? static_cast<result>(f()) : static_cast<result>(g());
  } else if constexpr (requires { C::facts.why; }) {
    if constexpr (!requires { typename C::is_refused; }) needs_tracing<C::facts.why>();
    return typename stand_in<C>::type();
  } else {
    using result = typename carry_type<std::remove_cvref_t<decltype(f())>>::type;
    using other = typename carry_type<std::remove_cvref_t<decltype(g())>>::type;
    constexpr bool same = std::same_as<result, other>;
    constexpr bool arrays = holds_views<result> || holds_views<other>;
    result value{};
    if constexpr (arrays) {
      sides_are_arrays<arrays>();
    } else if constexpr (!same) {
      carry_of_changing_type<same>();
    } else if (builder* const b = condition.graph(); b == nullptr) {
      if (condition.known_value()) {
        assign_leaves(value, f());
      } else {
        assign_leaves(value, g());
      }
    } else if (b->nest == nullptr) {
      b->ask_for_loops();
      for_each_leaf(value, [&](auto& leaf) { leaf = traced(b, 0); });
    } else {
      const traced_condition c = condition;
      value = traced_side<result>(*b, c.id(*b), true, f);
      add_leaves(value, traced_side<result>(*b, c.id(*b), false, g));
    }
    return value;
  }
}

/// Exists to say what is wrong with cond(condition, a, b).
template <class C, class A, class B>
  requires((std::same_as<C, bool> || symbolic_condition<C>) && !(branch_side<A> && branch_side<B>))
constexpr auto cond(const C&, const A&, const B&) {
  sides_are_values<branch_side<A> && branch_side<B>>();
  return traced();
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
