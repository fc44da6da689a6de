// SPDX-License-Identifier: BSL-1.0
#pragma once

// A transform of a function, called with expressions, is an expression.

#include <tapeless/api/call.hpp>
#include <tapeless/codegen/run.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class Transform, class F, int Output, int Arguments, class... X>
struct called;

/// Operands are scalars, whatever their expressions.
template <std::size_t>
using scalar_operand = traced;

/// Output number `Output` of the program that Transform makes of F. The first `Arguments` operands
/// are F's arguments, the others the further inputs of the program.
template <class Transform, class F, int Output, int Arguments, class... X>
struct called_node : expression_node<called<Transform, F, Output, Arguments, X...>> {
  template <std::size_t... I>
  static auto call_type(std::index_sequence<I...>) -> function_call<F, scalar_operand<I>...>;
  using call = decltype(call_type(std::make_index_sequence<Arguments>{}));
  using name = program_name<compiled<typename call::source, Transform>>;

  using outer = typename call::outer;

  template <class... L>
  static constexpr expression_facts facts_of(leaf_list<L...>) {
    return (X::facts + ... + (L::facts + ... + expression_facts{1, 1, call::numbers, false}));
  }
  static constexpr expression_facts facts = facts_of(outer{}).parent();

  template <class... L>
  static constexpr void lower_outer([[maybe_unused]] expression_context& c,
                                    [[maybe_unused]] traced* to, leaf_list<L...>) {
    ((*to++ = L::lower(c)), ...);
  }

  static constexpr traced lower(expression_context& c) {
    constexpr int total = static_cast<int>(sizeof...(X));
    const traced operands[]{X::lower(c)...};
    std::array<traced, static_cast<std::size_t>(total + call::numbers + outer::count)> in{};
    int k = 0;
    for (int i = 0; i < Arguments; ++i) in[static_cast<std::size_t>(k++)] = operands[i];
    for (int i = 0; i < call::numbers; ++i) in[static_cast<std::size_t>(k++)] = c.next_stored();
    lower_outer(c, in.data() + k, outer{});
    k += outer::count;
    for (int i = Arguments; i < total; ++i) in[static_cast<std::size_t>(k++)] = operands[i];
    std::array<traced, static_cast<std::size_t>(program_of<name>::value.sizes.outputs)> out{};
    run<name, traced>(std::tie(std::as_const(in)), std::tie(out));
    return out[Output];
  }
};

template <class Transform, class F, int Output, int Arguments, class... X, class G>
struct leaves_outside<called<Transform, F, Output, Arguments, X...>, G>
    : leaves_of_all<G, X..., typename called_node<Transform, F, Output, Arguments, X...>::outer> {};

template <class Transform, class F, int Output, int Arguments, class... X>
struct called : called_node<Transform, F, Output, Arguments, X...> {};

template <class Transform, class F, int Output, int Arguments, class... X>
  requires holds_data<F, X...>
struct called<Transform, F, Output, Arguments, X...>
    : called_node<Transform, F, Output, Arguments, X...> {
  F function;
  std::tuple<X...> operands;
};

template <class Transform, class F, int Output, int Arguments, class... X, class T>
  requires holds_data<F, X...>
TAPELESS_INLINE constexpr void gather(const called<Transform, F, Output, Arguments, X...>& e_,
                                      T*& to_) {
  unpack([&](const auto&... x_) TAPELESS_LAMBDA { (gather(x_, to_), ...); }, e_.operands);
  called_node<Transform, F, Output, Arguments, X...>::call::gather(e_.function, to_);
}

template <class... A>
inline constexpr bool any_expression = (expression<A> || ...);

/// Output number `Output` as an expression of the operands, numbers among them.
template <class Transform, int Output, int Arguments, class F, class... A>
TAPELESS_INLINE constexpr auto make_called(const F& f_, const A&... a_) {
  using result = called<Transform, F, Output, Arguments, decltype(expression_family::leaf(a_))...>;
  if constexpr (std::is_empty_v<result>) {
    return result{};
  } else {
    return result{{}, f_, {expression_family::leaf(a_)...}};
  }
}

/// The outputs First, First + 1, ... as a structure of their own: one bare, more a tuple.
template <class Transform, int First, int Count, int Arguments, class F, class... A>
TAPELESS_INLINE constexpr auto make_called_tuple(const F& f_, const A&... a_) {
  if constexpr (Count == 1) {
    return make_called<Transform, First, Arguments>(f_, a_...);
  } else {
    return [&]<int... I>(std::integer_sequence<int, I...>) TAPELESS_LAMBDA {
      return std::tuple{make_called<Transform, First + I, Arguments>(f_, a_...)...};
    }(std::make_integer_sequence<int, Count>{});
  }
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
