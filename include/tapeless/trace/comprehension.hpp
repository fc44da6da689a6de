// SPDX-License-Identifier: BSL-1.0
#pragma once

// Loops as functions of an index: sums, products, extrema, arrays. The body is run once, on a
// traced index; what it returns is a node that lives in the index space of the loop.

#include <tapeless/graph/nest.hpp>
#include <tapeless/primitive/exponential.hpp>
#include <tapeless/primitive/logarithmic.hpp>
#include <tapeless/primitive/piecewise.hpp>
#include <tapeless/trace/traced_view.hpp>

#include <limits>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// The number of iterations: an integer, a size, or a value that is truncated.
template <class N>
concept extent_operand = index_operand<N> || std::same_as<N, traced>;

template <extent_operand... N>
traced_index traced_index_for();

/// The last parameter of each loop, of whose body decltype(...) is the result: asked in this way
/// compilers show least above a mistake in the body.
template <class Result>
struct result_of {};
/// The body of the overloads that exist to say what is wrong: those of loops are preferred.
struct any_body {
  template <class F>
  constexpr any_body(const F&) {}
};
template <class... N>
constexpr auto refuse_loop() {
  if constexpr (!(requires { typename N::is_refused; } || ...)) {
    constexpr bool extents = (extent_operand<N> && ...);
    if constexpr (!extents) {
      extent_of_other_type<extents>();
    } else {
      body_does_not_accept<!extents>();
    }
  }
}

template <class Result>
constexpr auto check_body() {
  if constexpr (requires { typename Result::is_refused; }) {
    return false;
  } else if constexpr (requires { Result::facts.why; }) {
    needs_tracing<Result::facts.why>();
    return false;
  } else if constexpr (!std::convertible_to<Result, traced>) {
    return body_without_scalar<Result>();
  } else {
    return true;
  }
}

/// What a body is given: indices of loops that run at once are numbers. Of what is no extent there
/// are none: clang looks at parameters before it looks at constraints.
template <extent_operand N>
std::conditional_t<std::integral<N>, std::ptrdiff_t, traced_index> index_for();

template <class N>
constexpr traced_index as_extent(const N& n) {
  if constexpr (std::same_as<N, traced>) {
    if (n.graph() == nullptr) return static_cast<std::ptrdiff_t>(0);
    return {n.graph(), n.graph()->nest == nullptr ? 0 : nest::cast(*n.graph(), n.id(*n.graph()))};
  } else {
    return n;
  }
}

/// Enters a body's index space while the body runs.
struct entered_scope {
  builder& g;
  int before;
  in_branch_of branch;

  constexpr entered_scope(builder& b, int scope)
      : g(b), before(b.nest->current), branch(*b.nest, scope) {
    g.nest->current = scope;
  }
  entered_scope(const entered_scope&) = delete;
  entered_scope& operator=(const entered_scope&) = delete;
  constexpr ~entered_scope() { g.nest->current = before; }
};

/// The graph that a body belongs to if the number of iterations does not tell.
template <class F, class... I>
constexpr builder* graph_of_body(const F& body, const I&... tried) {
  return traced(body(tried...)).graph();
}

/// What a reduction over a loop of a graph makes of the body's value.
struct sum_reduction {
  static constexpr int node(builder& g, int l, int b) { return nest::sum(g, l, b); }
  template <class T>
  static constexpr T start() {
    return T(0);
  }
  template <class T>
  static constexpr T next(const T& s, const T& v) {
    return s + v;
  }
};

/// A reduction whose body has been given the loop's index.
template <class Reduction, class F>
constexpr traced reduced(builder& g, const traced_index& extent, const F& body) {
  if (g.nest == nullptr) return g.ask_for_loops(), traced(&g, 0);
  const int l = nest::range(g, g.nest->current, extent.id(g));
  const entered_scope inside(g, l);
  const int value = traced(body(traced_index(&g, nest::index(g, l)))).id(g);
  return {&g, Reduction::node(g, l, value)};
}

template <class Reduction, class N, class F>
constexpr auto reduce(const N& n, const F& body) {
  if constexpr (std::integral<N>) {
    using plain = std::remove_cvref_t<decltype(body(std::ptrdiff_t{}))>;
    if constexpr (std::is_arithmetic_v<plain>) {
      auto s = Reduction::template start<plain>();
      for (std::ptrdiff_t i = 0; i < static_cast<std::ptrdiff_t>(n); ++i) {
        s = Reduction::template next<plain>(s, body(i));
      }
      return s;
    } else {
      if (builder* const g = graph_of_body(body, traced_index::unknown()); g != nullptr) {
        return reduced<Reduction>(*g, n, body);
      }
      auto s = Reduction::template start<traced>();
      for (std::ptrdiff_t i = 0; i < static_cast<std::ptrdiff_t>(n); ++i) {
        s = Reduction::template next<traced>(s, traced(body(traced_index(i))));
      }
      return s;
    }
  } else {
    const traced_index extent = as_extent(n);
    builder* g = extent.graph();
    if (g == nullptr) g = graph_of_body(body, traced_index::unknown());
    return g == nullptr ? traced(0) : reduced<Reduction>(*g, extent, body);
  }
}

/// sum(n, [&](auto i) { return ...; }): the sum of the body over i = 0 ... n - 1.
/// Shapes:   n: an integer, x.size(), or computed from them; negative is empty; body: index ->
/// scalar Edges:    0 if empty
template <extent_operand N, class F>
constexpr auto sum(const N& n, const F& body, result_of<decltype(body(index_for<N>()))> = {}) {
  if constexpr (check_body<decltype(body(index_for<N>()))>()) {
    return reduce<sum_reduction>(n, body);
  } else {
    return typename stand_in<std::remove_cvref_t<decltype(body(index_for<N>()))>>::type();
  }
}

/// The largest value and, for its derivative, the body at the first index that has it.
struct maximum_reduction {
  static constexpr int node(builder& g, int l, int b) {
    nest_tables& t = *g.nest;
    const int m = nest::extremum(g, l, b);
    const int at = g.intern(&argument_operation, m, -1, -1, 0);
    // The body may have been moved out of loops that it does not depend on.
    const int own = g[m].b, body = g[m].a;
    mapping winner(g);
    winner.set_loop(own, t.loops[own].parent);
    winner.set(t.loops[own].index, at);
    return g.intern(&pick_operation, m, winner.clone(own, body), -1, 0);
  }
  template <class T>
  static constexpr T start() {
    return -std::numeric_limits<T>::infinity();
  }
  template <class T>
  static constexpr T next(const T& s, const T& v) {
    if constexpr (symbolic<T>) {
      return select(s < v, v, s);
    } else {
      return s < v || v != v ? v : s;
    }
  }
};

/// Of max(a, b), which is no loop: compilers may ask for a result before they see that.
struct no_body {
  traced operator()(const traced_index&) const;
  traced operator()(std::ptrdiff_t) const;
};
template <class F>
const F& loop_body(const F&);
template <operand F>
no_body loop_body(const F&);

/// max(n, body): the largest value of the body; its derivative goes to the first index that has it.
/// Edges:    -inf, gradient 0, if empty
template <extent_operand N, class F>
  requires(!operand<F>)
constexpr auto max(const N& n, const F& body,
                   result_of<decltype(loop_body(body)(index_for<N>()))> = {}) {
  if constexpr (check_body<decltype(body(index_for<N>()))>()) {
    return reduce<maximum_reduction>(n, body);
  } else {
    return typename stand_in<std::remove_cvref_t<decltype(body(index_for<N>()))>>::type();
  }
}
/// min(n, body): the smallest value of the body; its derivative goes to the first index that has
/// it. Edges:    +inf, gradient 0, if empty
template <extent_operand N, class F>
  requires(!operand<F>)
constexpr auto min(const N& n, const F& body,
                   result_of<decltype(loop_body(body)(index_for<N>()))> = {}) {
  if constexpr (check_body<decltype(body(index_for<N>()))>()) {
    return -reduce<maximum_reduction>(n, [&](auto i) { return -body(i); });
  } else {
    return typename stand_in<std::remove_cvref_t<decltype(body(index_for<N>()))>>::type();
  }
}

/// logsumexp(n, body): log(sum(exp(body))), without overflow.
/// Edges:    -inf, gradient 0, if empty or all -inf; NaN in a term: NaN in value and gradient
template <extent_operand N, class F>
  requires(!operand<F>)
constexpr auto logsumexp(const N& n, const F& body,
                         result_of<decltype(loop_body(body)(index_for<N>()))> = {}) {
  if constexpr (check_body<decltype(body(index_for<N>()))>()) {
    // The shift cancels in every derivative.
    const auto largest = stop_gradient(max(n, body));
    const auto shift = select(isfinite(largest), largest, decltype(largest)(0));
    const auto total = sum(n, [&](auto i) { return exp(body(i) - shift); });
    // A total that is no number goes on, into the derivatives too.
    const auto some = total != 0;
    return select(some, shift + log(select(some, total, decltype(total)(1))), largest);
  } else {
    return typename stand_in<std::remove_cvref_t<decltype(body(index_for<N>()))>>::type();
  }
}

template <class N, class F>
constexpr traced_view<1> generated_vector(const N& n, const F& body) {
  const traced_index extent = as_extent(n);
  builder* g = extent.graph();
  if (g == nullptr) g = graph_of_body(body, traced_index::unknown());
  if (g == nullptr) return traced_view<1>();
  if (g->nest == nullptr) return g->ask_for_loops(), traced_view<1>();
  const int l = nest::range(*g, g->nest->current, extent.id(*g));
  const entered_scope inside(*g, l);
  const int value = traced(body(traced_index(g, nest::index(*g, l)))).id(*g);
  return traced_view<1>(g, nest::generated(*g, 1, l, value));
}

template <class M, class N, class F>
constexpr traced_view<2> generated_matrix(const M& m, const N& n, const F& body) {
  const traced_index rows = as_extent(m), columns = as_extent(n);
  builder* g = rows.graph() != nullptr ? rows.graph() : columns.graph();
  if (g == nullptr) g = graph_of_body(body, traced_index::unknown(), traced_index::unknown());
  if (g == nullptr) return traced_view<2>();
  if (g->nest == nullptr) return g->ask_for_loops(), traced_view<2>();
  const int k = nest::range(*g, g->nest->current, rows.id(*g));
  const int l = nest::range(*g, k, columns.id(*g));
  const entered_scope inside(*g, l);
  const int value =
      traced(body(traced_index(g, nest::index(*g, k)), traced_index(g, nest::index(*g, l)))).id(*g);
  return traced_view<2>(g, nest::generated(*g, 2, l, value));
}

/// generate(n, [&](auto i) { return ...; }): the array of the body's values. Where it is cheap or
/// used once it is computed where it is used, otherwise stored.
template <extent_operand N, class F>
constexpr auto generate(const N& n, const F& body,
                        result_of<decltype(body(traced_index_for<N>()))> = {}) {
  if constexpr (check_body<decltype(body(traced_index()))>()) {
    return generated_vector(n, body);
  } else {
    return typename stand_in<decltype(body(traced_index()))>::type();
  }
}
template <extent_operand M, extent_operand N, class F>
constexpr auto generate(const M& m, const N& n, const F& body,
                        result_of<decltype(body(traced_index_for<M, N>(), traced_index()))> = {}) {
  if constexpr (check_body<decltype(body(traced_index(), traced_index()))>()) {
    return generated_matrix(m, n, body);
  } else {
    return typename stand_in<decltype(body(traced_index(), traced_index()))>::type();
  }
}

// Exist to say what is wrong with tl::sum(3.0, body) and bodies with other parameters.
template <class N>
constexpr auto sum(const N&, const any_body&) {
  refuse_loop<N>();
  return traced();
}
template <extent_operand N>
constexpr auto max(const N&, const any_body&) {
  refuse_loop<N>();
  return traced();
}
template <extent_operand N>
constexpr auto min(const N&, const any_body&) {
  refuse_loop<N>();
  return traced();
}
template <class N>
constexpr auto logsumexp(const N&, const any_body&) {
  refuse_loop<N>();
  return traced();
}
template <class N>
constexpr auto generate(const N&, const any_body&) {
  refuse_loop<N>();
  return traced_view<1>();
}
template <class M, class N>
constexpr auto generate(const M&, const N&, const any_body&) {
  refuse_loop<M, N>();
  return traced_view<2>();
}
template <class L, class M, class N>
constexpr auto generate(const L&, const M&, const N&, const any_body&) {
  more_than_two_dimensions<never<L>>();
  return typename stand_in<N>::type();
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
