// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the body of a function takes from its surroundings: captured expressions are made of
// variables, of arguments of enclosing functions and of values under tl::let.

#include <tapeless/expression/derivative.hpp>
#include <tapeless/expression/let.hpp>
#include <tapeless/expression/variable.hpp>

#include <array>
#include <tuple>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class... L>
struct leaf_list {
  static constexpr int count = static_cast<int>(sizeof...(L));
  static constexpr type_id identities[sizeof...(L) + 1] = {type_identity<L>..., {}};
};

/// The list A and those leaves of B that it does not have.
template <class A, class B>
struct joined_leaves;
template <class... X>
struct joined_leaves<leaf_list<X...>, leaf_list<>> {
  using type = leaf_list<X...>;
};
template <class... X, class Y, class... Z>
struct joined_leaves<leaf_list<X...>, leaf_list<Y, Z...>>
    : joined_leaves<
          std::conditional_t<(std::same_as<X, Y> || ...), leaf_list<X...>, leaf_list<X..., Y>>,
          leaf_list<Z...>> {};

/// The list A without the leaf X.
template <class A, class X>
struct without_leaf;
template <class X, class... Y>
struct without_leaf<leaf_list<Y...>, X> {
  template <class Kept, class... Z>
  struct filtered {
    using type = Kept;
  };
  template <class... Kept, class Z, class... More>
  struct filtered<leaf_list<Kept...>, Z, More...>
      : filtered<std::conditional_t<std::same_as<X, Z>, leaf_list<Kept...>, leaf_list<Kept..., Z>>,
                 More...> {};
  using type = typename filtered<leaf_list<>, Y...>::type;
};

/// leaves_outside<E, F>: the leaves of an expression, or of a structure of them, but for the
/// arguments of F. Specialised for each node that has operands or comes from outside.
template <class E, class F>
struct leaves_outside {
  using type = leaf_list<>;
};
template <class F, class... E>
struct leaves_of_all {
  using type = leaf_list<>;
};
template <class F, class E, class... More>
struct leaves_of_all<F, E, More...>
    : joined_leaves<typename leaves_outside<E, F>::type, typename leaves_of_all<F, More...>::type> {
};
template <class... L, class F>
struct leaves_outside<leaf_list<L...>, F> : leaves_of_all<F, L...> {};

template <char... Name, class F>
struct leaves_outside<symbol<Name...>, F> {
  using type = leaf_list<symbol<Name...>>;
};
template <class G, class F>
struct leaves_outside<local<G>, F> {
  using type = leaf_list<local<G>>;
};
template <int Leaf, class G, class F>
struct leaves_outside<argument<Leaf, G>, F> {
  using type = std::conditional_t<std::same_as<F, G>, leaf_list<>, leaf_list<argument<Leaf, G>>>;
};
template <class P, class... X, class F>
struct leaves_outside<apply<P, X...>, F> : leaves_of_all<F, X...> {};
template <class V, class G, class Body, class F>
struct leaves_outside<let_in<V, G, Body>, F>
    : joined_leaves<typename leaves_outside<V, F>::type,
                    typename without_leaf<typename leaves_outside<Body, F>::type, local<G>>::type> {
};
template <class Policy, class E, class V, class F>
struct leaves_outside<derivative<Policy, E, V>, F> : leaves_of_all<F, E, V> {};
template <class... E, class F>
struct leaves_outside<std::tuple<E...>, F> : leaves_of_all<F, E...> {};
template <class E, std::size_t N, class F>
struct leaves_outside<std::array<E, N>, F> : leaves_outside<E, F> {};

/// Most bodies take nothing from outside, which their facts tell without a visit.
template <class R, class F>
constexpr bool takes_from_outside() {
  if constexpr (requires { R::facts; }) {
    return R::facts.named || R::facts.mixed ||
           (R::facts.function.exists && !(R::facts.function == type_identity<F>));
  } else {
    return true;
  }
}
template <class R, class F>
struct outer_leaves {
  using type = leaf_list<>;
};
template <class R, class F>
  requires(takes_from_outside<R, F>())
struct outer_leaves<R, F> : leaves_outside<R, F> {};
template <class R, class F>
using outer_leaves_t = typename outer_leaves<R, F>::type;

}  // namespace TAPELESS_ABI
}  // namespace tapeless
