// SPDX-License-Identifier: BSL-1.0
#pragma once

// An expression as a function of its variables and of what it holds: where these are arrays, it is
// traced as any other function is.

#include <tapeless/expression/array_parts.hpp>
#include <tapeless/expression/source.hpp>

#include <concepts>
#include <tuple>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// The values of an expression's leaves: its inputs, then what it holds.
template <class Inputs, class Values, class... Locals>
struct leaf_values {
  const Values& values;
  std::tuple<Locals...> locals;  ///< those of tl::let, pairs of a name and a value
};
template <class F, class V>
struct local_value {
  V value;
};

template <class T>
constexpr auto not_in_array_expressions() {
  static_assert(never<T>,
                "tapeless: this part of an expression has no meaning among whole arrays "
                "(derivatives, tl::custom_vjp, arguments of another function): write the function "
                "as a lambda whose arrays are arguments");
  return traced();
}

/// expansion<E>::of<First>(values): the value of E, whose first held leaf is number First.
template <class E>
struct expansion {
  template <int First, class Values>
  static constexpr auto of(const Values&) {
    return not_in_array_expressions<E>();
  }
};
template <std::uint64_t Bits>
struct expansion<constant<Bits>> {
  template <int First, class Values>
  static constexpr traced of(const Values&) {
    return constant<Bits>::value;
  }
};
template <char... Name>
struct expansion<symbol<Name...>> {
  template <int First, class Inputs, class Values, class... L>
  static constexpr auto of(const leaf_values<Inputs, Values, L...>& v) {
    return Inputs::template variable<symbol<Name...>>(v.values);
  }
};
template <class V>
struct expansion<stored<V>> {
  template <int First, class Inputs, class Values, class... L>
  static constexpr auto of(const leaf_values<Inputs, Values, L...>& v) {
    return std::get<static_cast<std::size_t>(Inputs::count + First)>(v.values);
  }
};
template <>
struct expansion<stored<bool>> {
  template <int First, class Inputs, class Values, class... L>
  static constexpr traced_condition of(const leaf_values<Inputs, Values, L...>& v) {
    return std::get<static_cast<std::size_t>(Inputs::count + First)>(v.values) != 0;
  }
};
template <class A>
struct expansion<held_array<A>> : expansion<stored<double>> {};
template <>
struct expansion<held_integer> : expansion<stored<double>> {};
template <int Leaf, class F>
struct expansion<argument<Leaf, F>> {
  template <int First, class Inputs, class Values, class... L>
  static constexpr auto of(const leaf_values<Inputs, Values, L...>& v) {
    if constexpr (!std::same_as<typename Inputs::function, F>) {
      return not_in_array_expressions<F>();
    } else {
      return Inputs::template leaf<Leaf>(v.values);
    }
  }
};
template <int Rank, int Leaf, class F>
struct expansion<array_argument<Rank, Leaf, F>> : expansion<argument<Leaf, F>> {};
template <class E, int N, int Leaf, class F>
struct expansion<placeholder_array<E, N, Leaf, F>> {
  template <int First, class Inputs, class Values, class... L>
  static constexpr auto of(const leaf_values<Inputs, Values, L...>& v) {
    if constexpr (!std::same_as<typename Inputs::function, F>) {
      return not_in_array_expressions<F>();
    } else {
      return Inputs::template leaf<Leaf, N * E::leaves>(v.values);
    }
  }
};

/// In the place of a refused result: an operand like it, so that nothing else is wrong.
template <class Result>
constexpr Result operand_like() {
  return {};
}
template <class Result, class A, class... More>
constexpr Result operand_like(const A& a, const More&... more) {
  if constexpr (std::same_as<A, Result>) {
    return a;
  } else {
    return operand_like<Result>(more...);
  }
}
/// Refused here, where the types of results are found: compilers would go on to say that what has a
/// mistake is no constant.
template <class P, class... A>
constexpr auto array_operands_fit() {
  if constexpr (((array_rank<A> == 0) && ...) || std::same_as<P, multiply_elements>) {
    return true;
  } else if constexpr (is_refused_product<P, A...>) {
    no_such_product<lifted<P, A...>>();
    return false;
  } else if constexpr (!is_array_product<P, A...> && !operand_ranks<A...>::agree) {
    ranks_differ<lifted<P, A...>>();
    return false;
  } else {
    return true;
  }
}
template <class P, class... A>
constexpr auto expanded_apply(const A&... a) {
  if constexpr (is_array_function<P>) {
    return P::call(a...);
  } else if constexpr (!array_operands_fit<P, A...>()) {
    return operand_like<lifted<P, A...>>(a...);
  } else if constexpr (std::same_as<P, multiply_elements>) {
    if constexpr (((array_rank<A> > 0) && ...)) {
      return elementwise_product(a...);
    } else {
      return lift<multiply>(a...);
    }
  } else {
    return lift<P>(a...);
  }
}
template <class P, class... X>
struct expansion<apply<P, X...>> {
  template <int First, class Values>
  static constexpr auto of(const Values& v) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return expanded_apply<P>(expansion<X>::template of<First + before(I)>(v)...);
    }(std::index_sequence_for<X...>{});
  }

 private:
  static constexpr int before(std::size_t operand) {
    const int each[]{X::facts.stored...};
    int sum = 0;
    for (std::size_t i = 0; i < operand; ++i) sum += each[i];
    return sum;
  }
};
template <class V, class F, class Body>
struct expansion<let_in<V, F, Body>> {
  template <int First, class Inputs, class Values, class... L>
  static constexpr auto of(const leaf_values<Inputs, Values, L...>& v) {
    const auto value = expansion<V>::template of<First>(v);
    using named = local_value<F, std::remove_const_t<decltype(value)>>;
    const leaf_values<Inputs, Values, named, L...> inner{
        v.values, std::tuple_cat(std::tuple<named>(named{value}), v.locals)};
    return expansion<Body>::template of<First + V::facts.stored>(inner);
  }
};
template <class F>
struct expansion<local<F>> {
  template <int First, class Inputs, class Values, class... L>
  static constexpr auto of(const leaf_values<Inputs, Values, L...>& v) {
    return find(v.locals, type_tag<std::tuple<L...>>{});
  }

 private:
  template <class Locals, class V, class... L>
  static constexpr V find(const Locals& all, type_tag<std::tuple<local_value<F, V>, L...>>) {
    return std::get<local_value<F, V>>(all).value;
  }
  template <class Locals, class Other, class... L>
  static constexpr auto find(const Locals& all, type_tag<std::tuple<Other, L...>>) {
    return find(all, type_tag<std::tuple<L...>>{});
  }
};

// ---- inputs
// --------------------------------------------------------------------------------------

/// The variables of an expression, in the order of appearance.
template <class... V>
struct expression_variables {
  static constexpr int count = static_cast<int>(sizeof...(V));
  using function = void;
  template <class S>
  static constexpr int position() {
    int i = 0, found = -1;
    ((std::same_as<S, V> ? found = i : 0, ++i), ...);
    return found;
  }
  template <class S, class Values>
  static constexpr auto variable(const Values& v) {
    return std::get<static_cast<std::size_t>(position<S>())>(v);
  }
};
/// The arguments of the function F that made the expression.
template <class F, class... Shapes>
struct function_arguments {
  static constexpr int count = static_cast<int>(sizeof...(Shapes));
  using function = F;
  /// The part of an argument that has so many leaves from leaf number Leaf on.
  template <int Leaf, int Leaves = 1, class Values>
  static constexpr auto leaf(const Values& v) {
    return part_of_several<Leaf, Leaves>(v, type_tag<shape::tuple<Shapes...>>{});
  }
  template <class S, class Values>
  static constexpr auto variable(const Values&) {
    return not_in_array_expressions<S>();
  }

 private:
  template <int Leaf, int Leaves, class Shape, class X>
  static constexpr auto part(const X& x) {
    if constexpr (is_tuple_like<X>) {
      return part_of_several<Leaf, Leaves>(x, type_tag<Shape>{});
    } else if constexpr (Leaves == Shape::leaves) {
      return x;
    } else {
      return part_of_array<Leaf, Leaves>(x, type_tag<Shape>{});
    }
  }
  template <int Leaf, int Leaves, class X, class E, int N>
  static constexpr auto part_of_array(const X& x, type_tag<shape::array<E, N>>) {
    return part<Leaf % E::leaves, Leaves, E>(x[Leaf / E::leaves]);
  }
  template <int Leaf, int Leaves, class X, class Form, class... E>
  static constexpr auto part_of_several(const X& x, type_tag<shape::structure<Form, E...>>) {
    return part_of_elements<Leaf, Leaves, E...>(x);
  }
  template <int Leaf, int Leaves, class X, class A, class B>
  static constexpr auto part_of_several(const X& x, type_tag<shape::pair<A, B>>) {
    return part_of_elements<Leaf, Leaves, A, B>(x);
  }
  template <int Leaf, int Leaves, class... E, class X>
  static constexpr auto part_of_elements(const X& x) {
    using layout = argument_layout<E...>;
    constexpr std::size_t number = [] {
      int i = 0;
      while (i + 1 < static_cast<int>(sizeof...(E)) && layout::first_leaf(i + 1) <= Leaf) ++i;
      return static_cast<std::size_t>(i);
    }();
    using shape = std::tuple_element_t<number, std::tuple<E...>>;
    return part<Leaf - layout::first_leaf(static_cast<int>(number)), Leaves, shape>(
        part_of<number>(x));
  }
};

/// The function that an expression is.
template <class E, class Inputs>
struct expanded_expression {
  template <class... A>
  constexpr auto operator()(const A&... a) const {
    const std::tuple<A...> all(a...);
    return expansion<E>::template of<0>(leaf_values<Inputs, std::tuple<A...>>{all, {}});
  }
};

// ---- what an expression holds
// --------------------------------------------------------------------

/// References to the leaves that hold something, in order; numbers as T.
template <class T, class E>
constexpr auto held_leaves(const E&) {
  return std::tuple<>{};
}
template <class T, class V>
constexpr auto held_leaves(const stored<V>& e) {
  return std::tuple<T>(static_cast<T>(e.value));
}
template <class T, class A>
constexpr auto held_leaves(const held_array<A>& e) {
  return std::tuple<decltype(e.get())>(e.get());
}
// The tuple depends on E, or whoever includes this would pay for it.
template <class T, std::same_as<held_integer> E>
constexpr auto held_leaves(const E& e) {
  return std::tuple<decltype(e.value)>(e.value);
}
template <class T, class P, class A>
  requires holds_data<A>
constexpr auto held_leaves(const apply<P, A>& e) {
  return held_leaves<T>(e.a);
}
template <class T, class P, class A, class B>
  requires holds_data<A, B>
constexpr auto held_leaves(const apply<P, A, B>& e) {
  return std::tuple_cat(held_leaves<T>(e.a), held_leaves<T>(e.b));
}
template <class T, class P, class A, class B, class C>
  requires holds_data<A, B, C>
constexpr auto held_leaves(const apply<P, A, B, C>& e) {
  return std::tuple_cat(held_leaves<T>(e.a), held_leaves<T>(e.b), held_leaves<T>(e.c));
}
template <class T, class V, class F, class Body>
  requires holds_data<V, Body>
constexpr auto held_leaves(const let_in<V, F, Body>& e) {
  return std::tuple_cat(held_leaves<T>(e.value), held_leaves<T>(e.body));
}

/// The type of a program with such arguments and with what E holds: numbers do not count.
template <class E, class... A>
struct scalar_beside {
  template <class... Held>
  static auto of(const std::tuple<Held...>&)
      -> type_tag<program_scalar_t<A..., std::remove_cvref_t<Held>...>>;
  using type = typename decltype(of(held_leaves<int>(std::declval<const E&>())))::type;
};
template <class E, class... A>
using scalar_beside_held = typename scalar_beside<E, A...>::type;

}  // namespace TAPELESS_ABI
}  // namespace tapeless
