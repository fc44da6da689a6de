// SPDX-License-Identifier: BSL-1.0
#pragma once

// The gradient of an expression: an aggregate keyed by variables and, for Boost.Hana, a Struct.

#include <tapeless/expression/variable.hpp>

#include <boost/hana/fwd/accessors.hpp>
#include <boost/hana/fwd/bool.hpp>
#include <boost/hana/fwd/equal.hpp>
#include <boost/hana/fwd/hash.hpp>
#include <boost/hana/fwd/type.hpp>
#include <boost/hana/pair.hpp>
#include <boost/hana/tuple.hpp>

#include <array>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class... V>
struct gradients_tag {};
struct variable_tag {};

template <class Variable>
constexpr auto not_differentiated() {
  static_assert(never<Variable>,
                "tapeless: g[x]: the gradient was not taken with respect to this variable");
  return 0;
}

/// g[x]: the partial derivative with respect to the variable x.
template <class T, class... V>
struct gradients {
  using hana_tag = gradients_tag<V...>;
  static constexpr std::size_t size = sizeof...(V);
  std::array<T, size> values;

  template <class Key>
  static constexpr int position() {
    int i = 0, found = -1;
    ((std::is_same_v<Key, V> ? found = i : 0, ++i), ...);
    return found;
  }
  template <char... Name>
  TAPELESS_INLINE constexpr const T& operator[](const symbol<Name...>&) const {
    constexpr int i = position<symbol<Name...>>();
    if constexpr (i < 0) not_differentiated<symbol<Name...>>();
    return values[static_cast<std::size_t>(i < 0 ? 0 : i)];
  }
  template <char... Name>
  TAPELESS_INLINE constexpr T& operator[](const symbol<Name...>&) {
    constexpr int i = position<symbol<Name...>>();
    if constexpr (i < 0) not_differentiated<symbol<Name...>>();
    return values[static_cast<std::size_t>(i < 0 ? 0 : i)];
  }
  constexpr bool operator==(const gradients&) const = default;
};

/// The leaves of a gradient as a structure that programs write to.
template <class T, class... V>
constexpr std::array<T, sizeof...(V)>& leaves(gradients<T, V...>& g) {
  return g.values;
}
template <class T>
constexpr T& leaves(T& g) {
  return g;
}

template <class V>
struct gradient_member {
  template <class G>
  constexpr decltype(auto) operator()(G&& g) const {
    return (static_cast<G&&>(g)[V{}]);
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless

namespace boost::hana {

template <class... V>
struct accessors_impl<tapeless::gradients_tag<V...>> {
  static constexpr auto apply() {
    return make_tuple(make_pair(V{}, tapeless::gradient_member<V>{})...);
  }
};
template <char... Name>
struct tag_of<tapeless::symbol<Name...>> {
  using type = tapeless::variable_tag;
};
template <>
struct equal_impl<tapeless::variable_tag, tapeless::variable_tag> {
  template <class X, class Y>
  static constexpr auto apply(const X&, const Y&) {
    return bool_c<std::is_same_v<X, Y>>;
  }
};
template <>
struct hash_impl<tapeless::variable_tag> {
  template <class X>
  static constexpr auto apply(const X&) {
    return type_c<X>;
  }
};

}  // namespace boost::hana
