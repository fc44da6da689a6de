// SPDX-License-Identifier: BSL-1.0
#pragma once

// What calls to transforms are refused with, and what refused calls return.

#include <tapeless/codegen/workspace.hpp>
#include <tapeless/expression/tree.hpp>
#include <tapeless/transform/policy.hpp>

#include <array>
#include <tuple>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class A>
constexpr bool has_run_time_size() {
  if constexpr (requires(const A& a) { std::begin(a) != std::end(a); }) {
    using element = std::remove_cvref_t<decltype(*std::begin(std::declval<const A&>()))>;
    return has_run_time_size<element>() || (!requires {
             std::tuple_size<A>::value;
           } && !std::is_array_v<A> && number<element> && sizeof(element) > 1);
  } else {
    return false;
  }
}

/// Or refers to one.
template <class A>
inline constexpr bool is_workspace =
    std::same_as<std::remove_cvref_t<std::remove_pointer_t<A>>, workspace>;
template <bool Misplaced>
constexpr auto refuse_workspace() {
  static_assert(!Misplaced,
                "tapeless: a tl::workspace stands once, before all arguments, and is neither const "
                "nor a temporary: tl::grad(f)(memory, x), tl::grad(f).into(g)(memory, x), "
                "pullback(memory, w)");
  return false;
}

/// A structure with a member that has no shape.
template <class A>
inline constexpr bool hides_numbers = is_record<A> && !shape_of<A>::valid;

/// An argument is no structure of scalars.
template <class A>
constexpr auto refuse_argument() {
  constexpr bool run_time_size = has_run_time_size<A>();
  if constexpr (is_workspace<A>) return refuse_workspace<is_workspace<A>>();
  static_assert(is_workspace<A> || !run_time_size,
                "tapeless: this argument of run-time size is not supported: std::vector, std::span "
                "and tl::view of numbers are; Eigen's matrices are with interop/eigen.hpp");
  static_assert(!hides_numbers<A>,
                "tapeless: a member of this structure holds numbers, but is none of the arrays and "
                "structures that have derivatives: take std::array, std::vector or tl::matrix of "
                "numbers, std::array or std::tuple of structures; Eigen's matrices are with "
                "tapeless/interop/eigen.hpp");
  constexpr bool told = is_workspace<A> || run_time_size || hides_numbers<A>;
  static_assert(told,
                "tapeless: an argument is no scalar and no array, std::tuple or std::pair of "
                "scalars; of a structure: BOOST_HANA_ADAPT_STRUCT");
  return false;
}

/// Of a structure that is a template over its leaves.
template <bool Follow>
constexpr auto refuse_members() {
  static_assert(Follow,
                "tapeless: all members of a structure that is a template over its leaves are "
                "written with Leaf: (Leaf<int>, n), (layer<Leaf>, hidden), not (int, n)");
  return false;
}

template <class F>
inline constexpr bool is_function_pointer = false;
template <class R, class... A>
inline constexpr bool is_function_pointer<R (*)(A...)> = true;
template <class R, class... A>
inline constexpr bool is_function_pointer<R (*)(A...) noexcept> = true;

/// The parameters of F have types of their own.
template <class F>
inline constexpr bool is_generic = !(is_function_pointer<F> || requires { &F::operator(); });

template <class F>
constexpr auto refuse_function() {
  static_assert(never<F>,
                "tapeless: the function is not generic: it is run on the library's values, not on "
                "double; write [](auto x) { ... }, or [](auto x) { return f(x); } around a "
                "function template");
  return false;
}
template <class F>
constexpr auto refuse_arguments() {
  static_assert(never<F>,
                "tapeless: the function does not accept these arguments: write one generic "
                "parameter for each, by value or by const reference: [](auto x, auto y) { ... }");
  return false;
}

/// A structure with a refused part, of which the user has been told.
template <class R>
inline constexpr bool is_refused = std::same_as<R, refused>;
template <class... R>
inline constexpr bool is_refused<std::tuple<R...>> = (false || ... || is_refused<R>);
template <class R, std::size_t N>
inline constexpr bool is_refused<std::array<R, N>> = is_refused<R>;

/// The function's result is no structure of scalars.
template <class R>
constexpr auto refuse_result() {
  if constexpr (std::same_as<R, too_large>) {
    too_many_nodes<R>();
  } else if constexpr (!is_refused<R>) {
    constexpr bool is_void = std::is_void_v<R>;
    constexpr bool is_condition = std::same_as<R, bool> || requires { typename R::is_condition; };
    static_assert(!is_void, "tapeless: the function returns void; return its value");
    static_assert(!is_condition,
                  "tapeless: the function returns a condition; use tl::select(condition, a, b)");
    static_assert(is_void || is_condition,
                  "tapeless: the function's result is no scalar and no std::array, std::tuple or "
                  "std::pair of scalars");
  }
  return false;
}
/// A result, or a part of it, that is an expression of variables.
template <class R>
inline constexpr bool mentions_variables = false;
template <class R>
  requires requires { R::facts.named; }
inline constexpr bool mentions_variables<R> = R::facts.named;
template <class... R>
inline constexpr bool mentions_variables<std::tuple<R...>> =
    (false || ... || mentions_variables<R>);
template <class R, std::size_t N>
inline constexpr bool mentions_variables<std::array<R, N>> = mentions_variables<R>;

template <bool Mentions>
constexpr bool refuse_variables() {
  static_assert(!Mentions,
                "tapeless: the function mentions a tl::variable, which has no value in it: give it "
                "as an argument");
  return false;
}
template <bool Several>
constexpr auto refuse_several_results() {
  static_assert(!Several,
                "tapeless::grad(f): 'f' must return a scalar; use tapeless::vjp(f, ...) or "
                "tapeless::jvp(f, ...)");
  return false;
}

template <bool Exists>
constexpr auto refuse_chosen() {
  static_assert(Exists,
                "tapeless::grad<I>(f): argument number I does not exist; arguments are counted "
                "from 0");
  static_assert(!Exists,
                "tapeless: an integer argument was asked for its gradient; pass a floating-point "
                "value (3.0) or choose other arguments: tl::grad<0>(f)");
  return false;
}

enum class output_mistake { none, number, constant, integer, shape, result };

/// An output of .into or .add_to.
template <output_mistake M>
constexpr auto refuse_outputs() {
  static_assert(holds < M != output_mistake::number >,
                "tapeless: .into(...) and .add_to(...) take one output for each chosen argument or "
                "variable");
  static_assert(holds < M != output_mistake::constant >,
                "tapeless: an output of .into(...) or .add_to(...) is const");
  static_assert(holds < M != output_mistake::integer >,
                "tapeless: an output of .into(...) or .add_to(...) is no floating-point number or "
                "array of them");
  static_assert(holds < M != output_mistake::shape >,
                "tapeless: an output of .into(...) or .add_to(...) differs in shape from its "
                "argument");
  static_assert(holds < M != output_mistake::result >,
                "tapeless: an output of .into(...) differs in shape from the function's result");
  return false;
}

template <bool Lasting>
constexpr auto refuse_temporary() {
  static_assert(Lasting,
                "tapeless: an output of .into(...) or .add_to(...) is a temporary, which ends with "
                "what is written to it: give it a name, or pass a view of what has one");
  return false;
}

template <class W>
constexpr auto refuse_cotangent() {
  static_assert(never<W>, "tapeless: pullback(w): 'w' differs in shape from the function's result");
  return false;
}
template <bool Tuples>
constexpr auto refuse_tangents() {
  static_assert(Tuples,
                "tapeless::jvp(f, primals, tangents): 'primals' and 'tangents' are std::tuples, "
                "std::tuple{3.0}; behind them stand policies only");
  static_assert(!Tuples,
                "tapeless::jvp(f, primals, tangents): 'tangents' differ in number or shape from "
                "'primals'");
  return false;
}

/// What stands where jvp(f) and a pullback expect something else.
template <class A, class... More>
constexpr auto refuse_tangent_call() {
  constexpr bool misplaced =
      (is_workspace<More> || ...) || (is_workspace<A> && sizeof...(More) == 2 &&
                                      (requires { std::tuple_size<More>::value; } && ...));
  if constexpr (misplaced) {
    return refuse_workspace<misplaced>();
  } else {
    return refuse_tangents<is_workspace<A> && misplaced>();
  }
}
template <class A, class B>
constexpr auto refuse_cotangents() {
  if constexpr (is_workspace<B>) {
    return refuse_workspace<is_workspace<B>>();
  } else {
    return refuse_cotangent<A>();
  }
}

/// As many parts as the caller may name; or none, where it expects a number.
template <int Parts>
struct refused_list : refused {};
template <std::size_t I, int Parts>
constexpr refused get(const refused_list<Parts>&) {
  return {};
}
/// The gradient of a refused call.
template <int Parts>
constexpr auto refused_parts() {
  if constexpr (Parts > 1) {
    return refused_list<Parts>{};
  } else {
    return refused{};
  }
}
template <int Parts>
struct refused_pullback {
  template <class W>
  constexpr auto operator()(const W&) const {
    return refused_parts<Parts>();
  }
  template <class... Out>
  constexpr refused into(Out&&...) const {
    return {};
  }
};

template <class... Policies>
constexpr auto refuse_policies() {
  static_assert((is_policy<Policies> && ...),
                "tapeless: a trailing argument is no policy (tl::safe, tl::strong_zero); the "
                "function's own arguments go into a second list: tl::grad(f)(x)");
  return false;
}

/// tl::grad<0>(expression) and tl::grad<x>(function).
template <bool Expression>
constexpr auto refuse_selection() {
  static_assert(!Expression,
                "tapeless: an expression is differentiated in variables: tl::grad<x>(f), not in "
                "positions: tl::grad<0>(f)");
  static_assert(Expression,
                "tapeless: a function is differentiated in positions: tl::grad<0>(f), not in "
                "variables: tl::grad<x>(f); called with variables it is an expression: "
                "tl::grad<x>(f(x, y))");
  return false;
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless

template <int Parts>
struct std::tuple_size<tapeless::refused_list<Parts>>
    : std::integral_constant<std::size_t, static_cast<std::size_t>(Parts)> {};
template <std::size_t I, int Parts>
struct std::tuple_element<I, tapeless::refused_list<Parts>> {
  using type = tapeless::refused;
};
