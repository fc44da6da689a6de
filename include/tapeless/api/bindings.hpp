// SPDX-License-Identifier: BSL-1.0
#pragma once

// The bindings of a call, x = 3.0: checked against an expression's variables and put in order.

#include <tapeless/api/refuse.hpp>
#include <tapeless/expression/expansion.hpp>

#include <array>
#include <tuple>
#include <utility>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class Variable>
constexpr auto variable_without_binding() {
  static_assert(never<Variable>,
                "tapeless: a variable of the expression has no value: bind it, x = 3.0");
  return false;
}
template <class Variable>
constexpr auto binding_of_unknown_variable() {
  static_assert(never<Variable>,
                "tapeless: a binding names a variable that the expression does not have");
  return false;
}
template <class Variable>
constexpr auto variable_bound_twice() {
  static_assert(never<Variable>, "tapeless: a variable is bound twice");
  return false;
}
template <class B>
constexpr auto no_binding() {
  static_assert(is_binding<B>,
                "tapeless: an expression is called with bindings: f(x = 3.0, y = 2.0)");
  return false;
}

template <class Leaves>
struct variables_among;
template <class... V>
struct variables_among<leaf_list<V...>> {
  using type = expression_variables<V...>;
};
/// The variables of an expression of whole arrays, which has no graph of its own.
template <class E>
using array_variables = typename variables_among<typename leaves_outside<E, void>::type>::type;

/// The variables of an expression by name and position.
template <class E>
struct variable_names {
  static constexpr int count = variable_count<E>;
  static constexpr text_view name(int i) { return expression_graph<E>.names[i]; }
  static constexpr int position(text_view n) { return expression_graph<E>.variable(n); }
  template <int I>
  using at = variable_at<E, I>;
};
template <class E>
  requires(E::facts.arrays)
struct variable_names<E> {
  template <class... V>
  static constexpr auto names_of(expression_variables<V...>) {
    return std::array<text_view, sizeof...(V) + 1>{V::name..., ""};
  }
  template <int I, class... V>
  static auto one_of(expression_variables<V...>)
      -> std::tuple_element_t<static_cast<std::size_t>(I), std::tuple<V...>>;
  static constexpr int count = array_variables<E>::count;
  static constexpr auto names = names_of(array_variables<E>{});
  static constexpr text_view name(int i) { return names[static_cast<std::size_t>(i)]; }
  static constexpr int position(text_view n) {
    for (int i = 0; i < count; ++i) {
      if (name(i) == n) return i;
    }
    return -1;
  }
  template <int I>
  using at = decltype(one_of<I>(array_variables<E>{}));
};

/// The variables of E against the bindings B.
template <class E, class... B>
struct binding_table {
  using variables = variable_names<E>;
  static constexpr int missing() {
    for (int i = 0; i < variables::count; ++i) {
      if (binding_of<B...>(variables::name(i)) < 0) return i;
    }
    return -1;
  }
  static constexpr int unknown() {
    int i = 0, found = -1;
    ((variables::position(B::name) < 0 ? found = i : 0, ++i), ...);
    return found;
  }
  static constexpr int twice() {
    int i = 0, found = -1;
    ((binding_of<B...>(B::name) != i ? found = i : 0, ++i), ...);
    return found;
  }
  template <int I>
  using variable_of = typename std::tuple_element_t<I, std::tuple<B...>>::variable_type;
};

template <class... B>
constexpr std::size_t first_no_binding() {
  std::size_t i = 0;
  (void)((is_binding<B> && ++i) && ...);
  return i;
}

/// The call e(b...): each mistake is one error that names the variable.
template <class E, class... B>
constexpr auto check_bindings() {
  using table = binding_table<E, B...>;
  if constexpr (std::same_as<E, refused>) {
    return false;
  } else if constexpr (E::facts.size > TAPELESS_MAX_TREE) {
    return too_many_nodes<std::conditional_t<fits(E::facts), E, too_large>>();
  } else if constexpr (requires { typename E::is_condition; }) {
    return refuse_result<E>();
  } else if constexpr (!(is_binding<B> && ...)) {
    return no_binding<std::tuple_element_t<first_no_binding<B...>(), std::tuple<B...>>>();
  } else if constexpr (table::twice() >= 0) {
    return variable_bound_twice<typename table::template variable_of<table::twice()>>();
  } else if constexpr (table::missing() >= 0) {
    return variable_without_binding<typename table::variables::template at<table::missing()>>();
  } else if constexpr (table::unknown() >= 0) {
    return binding_of_unknown_variable<typename table::template variable_of<table::unknown()>>();
  } else {
    return true;
  }
}
template <class E, class... B>
struct binding_check {
  static constexpr bool passes() { return check_bindings<E, B...>(); }
};

/// References to bindings, by position.
template <std::size_t I, class B>
struct bound_at {
  const B& binding;
};
template <class Positions, class... B>
struct bound;
template <std::size_t... I, class... B>
struct bound<std::index_sequence<I...>, B...> : bound_at<I, B>... {};

template <std::size_t I, class B>
TAPELESS_INLINE constexpr const B& pick(const bound_at<I, B>& b_) {
  return b_.binding;
}

template <class E, class... B>
struct expression_call {
  using scalar_list = combined_scalar<typename scalar_of_types<decltype(B::value)...>::type,
                                      typename stored_scalar<E>::type>;
  using scalar = program_scalar_t<typename scalar_list::type>;
  static constexpr int variables = variable_count<E>;
  using values = std::array<scalar, static_cast<std::size_t>(variables)>;

  /// The bound values in the order of the variables.
  template <int... I>
  TAPELESS_INLINE static constexpr values arrange(std::integer_sequence<int, I...>,
                                                  const B&... b_) {
    // Not std::tuple: the name of its constructor would carry all bindings twice.
    [[maybe_unused]] const bound<std::index_sequence_for<B...>, B...> all_{{b_}...};
    return {static_cast<scalar>(
        pick<static_cast<std::size_t>(binding_of<B...>(expression_graph<E>.names[I]))>(all_)
            .value)...};
  }
  TAPELESS_INLINE static constexpr values arrange(const B&... b_) {
    return arrange(std::make_integer_sequence<int, variables>{}, b_...);
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
