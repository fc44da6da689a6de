// SPDX-License-Identifier: BSL-1.0
#pragma once

// What can be inspected, seen in one way: a source of graphs, the transform made of it, and where
// the numbers that enter at run time come from.

#include <tapeless/api/evaluate.hpp>
#include <tapeless/api/expression.hpp>
#include <tapeless/api/grad.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

/// A program's inputs are its arguments (leaf by leaf, or the variables) and the numbers that the
/// callable holds: for functions arguments come first, for expressions numbers do.
template <class Transform, class F, class... A>
struct function_subject {
  using call = function_call<F, A...>;
  using source = typename call::source;
  using transform = Transform;
  using scalar = typename call::scalar;
  using argument_shapes = std::tuple<shape_of<A>...>;
  using result_shape = shape_of<typename call::result_type>;
  static constexpr int arguments = (0 + ... + shape_of<A>::leaves);
  static constexpr int numbers = call::numbers;
  static constexpr int first_argument = 0;
  static constexpr int first_number = arguments;

  template <class T>
  static constexpr void gather(const F& f, T*& to) {
    call::gather(f, to);
  }
  template <class Name, class Out>
  static constexpr void execute(const F& f, const Out& out, const A&... a) {
    std::array<scalar, static_cast<std::size_t>(numbers)> held{};
    scalar* to = held.data();
    gather(f, to);
    run<Name, scalar>(std::tie(a..., std::as_const(held)), out);
  }
};

template <class Transform, class E, class... B>
struct expression_subject {
  using call = expression_call<E, B...>;
  using source = expression_source<E>;
  using transform = Transform;
  using scalar = typename call::scalar;
  using result_shape = shape::scalar;
  static constexpr int arguments = variable_count<E>;
  static constexpr int numbers = E::facts.stored;
  static constexpr int first_argument = numbers;
  static constexpr int first_number = 0;
  static constexpr text_view name(int i) { return expression_graph<E>.names[i]; }

  template <class T>
  static constexpr void gather(const E& e, T*& to) {
    tapeless::gather(e, to);
  }
  template <class Name, class Out>
  static constexpr void execute(const E& e, const Out& out, const B&... b) {
    std::array<scalar, static_cast<std::size_t>(numbers)> held{};
    scalar* to = held.data();
    gather(e, to);
    const auto values = call::arrange(b...);
    run<Name, scalar>(std::tie(std::as_const(held), values), out);
  }
};

/// The designed errors of a call, named so that messages stay short.
template <class F, class... A>
struct function_check {
  static constexpr bool passes() { return check_call<F, A...>(); }
};
template <class F, class List, class... A>
struct gradient_check {
  static constexpr bool passes() { return check_gradient_call<F, List, A...>(); }
};
/// Without bindings an expression stands for itself.
template <class E, class... B>
struct expression_check : binding_check<E, B...> {};
template <class E>
struct expression_check<E> {
  static constexpr bool passes() {
    constexpr bool fits = E::facts.size <= TAPELESS_MAX_TREE;
    static_assert(fits, TAPELESS_TOO_LARGE);
    return fits;
  }
};

/// subject_of<C, A...>: `type` describes C called with arguments (bindings) of these types, `check`
/// whether it can be, `inner` is the function or expression that C is a transform of.
template <class C, class... A>
struct subject_of {
  using type = function_subject<value_only, C, A...>;
  using check = function_check<C, A...>;
  static constexpr const C& inner(const C& c) { return c; }
};
template <class F, bool Packets, class... A>
struct subject_of<evaluated_function<F, Packets>, A...> {
  using type = function_subject<value_mode<Packets>, F, A...>;
  using check = function_check<F, A...>;
  static constexpr const F& inner(const evaluated_function<F, Packets>& c) { return c.function; }
};
template <class Policy, bool WithValue, class F, int... Chosen, class... A>
struct subject_of<gradient_function<Policy, WithValue, F, Chosen...>, A...> {
  using list = chosen_or_all<static_cast<int>(sizeof...(A)), Chosen...>;
  using type = function_subject<reverse_mode<Policy, WithValue, false, list>, F, A...>;
  using check = gradient_check<F, list, A...>;
  static constexpr const F& inner(const gradient_function<Policy, WithValue, F, Chosen...>& c) {
    return c.function;
  }
};
template <expression E, class... B>
struct subject_of<E, B...> {
  using type = expression_subject<value_only, E, B...>;
  using check = expression_check<E, B...>;
  static constexpr const E& inner(const E& c) { return c; }
};
template <class Policy, bool WithValue, class E, class... V, class... B>
struct subject_of<expression_gradient<Policy, WithValue, E, V...>, B...> {
  using gradient = expression_gradient<Policy, WithValue, E, V...>;
  using type = expression_subject<typename gradient::transform, E, B...>;
  using check = expression_check<E, B...>;
  static constexpr const E& inner(const gradient& c) { return c.expression; }
};

}  // namespace detail
}  // namespace TAPELESS_ABI
}  // namespace tapeless
