// SPDX-License-Identifier: BSL-1.0
#pragma once

// The scalar type that the numbers held by an expression demand of its program.

#include <tapeless/codegen/scalar.hpp>
#include <tapeless/expression/let.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// The scalar that the numbers held by an expression demand: none, unless they are symbolic.
template <class E>
struct stored_scalar {
  using type = no_scalar;
};
template <class V>
struct stored_scalar<stored<V>> {
  using type = std::conditional_t<std::is_arithmetic_v<V>, no_scalar, V>;
};
template <class... E>
struct stored_scalars {
  using type = no_scalar;
};
template <class E, class... Rest>
struct stored_scalars<E, Rest...> {
  using type = typename combined_scalar<typename stored_scalar<E>::type,
                                        typename stored_scalars<Rest...>::type>::type;
};
template <class P, class... X>
struct stored_scalar<apply<P, X...>> : stored_scalars<X...> {};
template <class V, class F, class B>
struct stored_scalar<let_in<V, F, B>> : stored_scalars<V, B> {};
template <class... E>
struct stored_scalar<std::tuple<E...>> : stored_scalars<E...> {};
template <class E, std::size_t N>
struct stored_scalar<std::array<E, N>> : stored_scalar<E> {};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
