// SPDX-License-Identifier: BSL-1.0
#pragma once

// The bridge between a primitive's type and the pointer that stands for it in a graph.
//
// Types met inside a constant evaluation can not leave it, but a pointer can: a node points to
// `operation_of<P>`. The way back, from pointer to type, is a friend function that the primitive's
// registration defines; `primitive_of<pointer>` finds it by argument-dependent lookup.

#include <tapeless/graph/builder.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class P>
struct type_tag {
  using type = P;
};

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-template-friend"
#endif
template <const operation* Pointer>
struct operation_key {
  friend constexpr auto tapeless_primitive(operation_key);
};
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

/// A member, because in a function of its own namespace g++ leaves out P's.
template <class P>
struct type_text {
  static consteval text_view get() {
#if defined(__clang__) || defined(__GNUC__)
    return __PRETTY_FUNCTION__;
#endif
  }
};
template <class P>
consteval text_view type_name() {
  return type_text<P>::get();
}

/// The rule of P on traced values: defined where traced values are (trace/traced.hpp).
template <class P>
constexpr void traced_partials(builder& g, const int* x, int y, partial* out);

/// A rule of its own for the pullback, of a primitive that has `vjp`.
template <class P>
constexpr void traced_vjp(builder& g, const int* x, int y, int cotangent, int* out);

template <class P>
inline constexpr std::uint64_t hash_of_operation = hash_of(type_name<P>());

/// Another type may have the name. A function, because of an operator here clang evaluates each
/// operand twice more, to warn.
constexpr bool is_anonymous(text_view type) {
  return type.contains("lambda") || type.contains("anonymous");
}

template <class P>
inline constexpr operation operation_of{P::name,
                                        hash_of_operation<P>,
                                        P::kind,
                                        P::arity,
                                        P::returns_condition,
                                        P::condition_operands,
                                        is_anonymous(type_name<P>()),
                                        &traced_partials<P>,
                                        P::has_vjp,
                                        &traced_vjp<P>};

template <class P>
struct registered {
  friend constexpr auto tapeless_primitive(operation_key<&operation_of<P>>) {
    return type_tag<P>{};
  }
};

/// The operation of P; from now on its pointer leads back to P.
template <class P>
inline constexpr const operation* operation_for =
    sizeof(registered<P>) > 0 ? &operation_of<P> : nullptr;

/// Whether `o` is the operation of P; naming that would compile its rules.
template <class P>
constexpr bool is_operation_of(const operation& o) {
  return o.hash == hash_of_operation<P>;
}

template <const operation* Pointer>
using primitive_of = typename decltype(tapeless_primitive(operation_key<Pointer>{}))::type;

}  // namespace TAPELESS_ABI
}  // namespace tapeless
