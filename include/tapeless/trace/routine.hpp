// SPDX-License-Identifier: BSL-1.0
#pragma once

// Operations on whole arrays that have no useful element, such as the solution of linear equations.
// A routine makes an array of arrays that lie in memory; its derivatives are programs of whole
// arrays themselves. What it is stands in one description, what carries it out beside the library
// that does (array_routine, interop/eigen.hpp).

#include <tapeless/expression/variable.hpp>
#include <tapeless/trace/array_products.hpp>

#include <tuple>
#include <utility>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Base of a description: the ranks of the result and of the operands. A description has
///
///   name                     a fixed_string: what inspection calls it, and what carries it out
///   values, derivatives      which operands the result is computed of, and which it has
///                            derivatives with respect to, bit by bit
///   vjp(x..., y, w)          the cotangents of the operands x as a tuple, where y is the result
///                            and w its cotangent; no_derivative() for those without. Its type is
///                            spelled out: one routine's rule may call for the other's
///   strided_result           it writes or adds to memory of any strides, and so to the caller's
///   jvp(x..., y, dx...)      the tangent of the result
template <int Result, int... Operands>
struct routine {
  static constexpr algebra kind = algebra::routine;
  static constexpr int arity = static_cast<int>(sizeof...(Operands));
  static_assert(arity >= 1 && arity <= max_arity);
  static constexpr int rank = Result;
  static constexpr int ranks[]{Operands...};
  static constexpr bool strided_result = false;
};

/// The deepest scope of some nodes, for what is made of them.
template <class... Nodes>
constexpr int deepest_scope(builder& g, Nodes... n) {
  nest_tables& t = *g.nest;
  int scope = 0;
  ((scope = n < 0 ? scope : t.deeper(scope, t.scope[n])), ...);
  return scope;
}

template <class P>
constexpr void routine_vjp(builder& g, const int* x, int y, int cotangent, int* out) {
  const entered_scope inside(g, deepest_scope(g, y, cotangent));
  [&]<int... I>(std::integer_sequence<int, I...>) {
    const auto all = P::vjp(traced_view<P::ranks[I]>(&g, x[I])..., traced_view<P::rank>(&g, y),
                            traced_view<P::rank>(&g, cotangent));
    const auto node_of = [](const auto& a) {
      if constexpr (requires { a.id(); }) {
        return a.id();
      } else {
        return -1;
      }
    };
    ((out[I] = node_of(stated_derivative<static_cast<std::size_t>(I)>(all))), ...);
  }(std::make_integer_sequence<int, P::arity>{});
}
template <class P>
constexpr int routine_jvp(builder& g, const int* x, int y, const int* tangents) {
  return [&]<int... I>(std::integer_sequence<int, I...>) {
    const entered_scope inside(g, deepest_scope(g, y, tangents[I]...));
    return P::jvp(traced_view<P::ranks[I]>(&g, x[I])..., traced_view<P::rank>(&g, y),
                  traced_view<P::ranks[I]>(&g, tangents[I])...)
        .id();
  }(std::make_integer_sequence<int, P::arity>{});
}

template <class P>
  requires(P::kind == algebra::routine)
inline constexpr operation operation_of<P>{P::name.view(),
                                           hash_of(type_name<P>()),
                                           algebra::routine,
                                           P::arity,
                                           false,
                                           0,
                                           false,
                                           nullptr,
                                           false,
                                           &routine_vjp<P>,
                                           P::values,
                                           P::derivatives,
                                           &routine_jvp<P>,
                                           P::strided_result};

/// Defined where routines can be carried out: by interop/eigen.hpp.
struct routine_library;

/// One function for all arrays, so that there is one error.
template <class Library>
constexpr auto has_library() {
  constexpr bool defined = requires { sizeof(Library); };
  static_assert(defined,
                "tapeless: solve, inverse, det, logdet, cholesky and triangular systems are "
                "computed by Eigen: include <tapeless/interop/eigen.hpp>");
  return defined;
}

template <class A>
struct library_for {
  using type = routine_library;
};

/// What routine P makes of arrays: of these sizes.
template <class P, class... A>
constexpr traced_view<P::rank> call_routine(std::initializer_list<traced_index> sizes,
                                            const A&... a) {
  builder* g = nullptr;
  (array_elements::find_graph(g, a), ...);
  if (g == nullptr || !(array_elements::is_known(a) && ...)) return {};
  const int x[]{a.id()...};
  array_shape s{P::rank, {-1, -1, -1}};
  int d = 0;
  for (const traced_index& size : sizes) s.extent[d++] = size.id(*g);
  return {g, nest::routine(*g, operation_for<P>, x, s)};
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
