// SPDX-License-Identifier: BSL-1.0
#pragma once

// tl::let: sharing in expressions, whose types are trees.

#include <tapeless/expression/family.hpp>

#include <utility>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class F>
struct local : expression_node<local<F>> {
  static constexpr expression_facts facts{1, 1, 0, true, origin::other, false, {}, true};
  static constexpr traced lower(expression_context& c) {
    return c.local(type_identity<F>, type_identity<local>);
  }
};

template <class V, class F, class Body>
struct let_in;

template <class V, class F, class Body>
struct let_node : expression_node<let_in<V, F, Body>> {
  static constexpr expression_facts facts = (V::facts + Body::facts).parent();
  static constexpr traced lower(expression_context& c) {
    const traced v = V::lower(c);
    const expression_context::binding here{type_identity<F>, v, c.locals};
    c.locals = &here;
    const traced y = Body::lower(c);
    c.locals = here.outer;
    return y;
  }
};

template <class V, class F, class Body>
struct let_in : let_node<V, F, Body> {};

template <class V, class F, class Body>
  requires holds_data<V, Body>
struct let_in<V, F, Body> : let_node<V, F, Body> {
  [[no_unique_address]] V value;
  [[no_unique_address]] Body body;
};

template <class V, class F, class Body, class T>
  requires holds_data<V, Body>
TAPELESS_INLINE constexpr void gather(const let_in<V, F, Body>& e, T*& to) {
  gather(e.value, to);
  gather(e.body, to);
}

/// let(value, f): f(value), computed once however often f uses it. For numbers and traced values
/// it simply is f(value), so functions can use it too.
/// Shapes:   value and result are scalars
template <class V, class F>
TAPELESS_INLINE constexpr auto let(const V& value_, const F& f_) {
  if constexpr (expression<V>) {
    const auto body_ = expression_family::leaf(f_(local<F>{}));
    using body_type = std::remove_const_t<decltype(body_)>;
    using node_type = let_in<V, F, body_type>;
    if constexpr (!fits(node_type::facts)) {
      return beyond_limit<V, body_type>();
    } else if constexpr (std::is_empty_v<node_type>) {
      return node_type{};
    } else {
      return node_type{{}, value_, body_};
    }
  } else {
    return f_(value_);
  }
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
