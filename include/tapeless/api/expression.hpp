// SPDX-License-Identifier: BSL-1.0
#pragma once

// Calling expressions; grad, value_and_grad, vjp, jvp, evaluate of expressions.

#include <tapeless/api/array_expression.hpp>
#include <tapeless/api/bindings.hpp>
#include <tapeless/api/function.hpp>
#include <tapeless/api/gradients.hpp>
#include <tapeless/api/jvp.hpp>
#include <tapeless/api/vjp.hpp>
#include <tapeless/expression/derivative.hpp>
#include <tapeless/expression/source.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Runs the program that Transform makes of e(b...); further inputs and outputs as for functions.
template <class Transform, bool Add = false, int Kept = 0, class E, class Out, class More,
          class... B>
TAPELESS_INLINE constexpr void execute_expression(const E& e_, const Out& out_, const More& more_,
                                                  const B&... b_) {
  using call = expression_call<E, B...>;
  using T = typename call::scalar;
  std::array<T, static_cast<std::size_t>(E::facts.stored)> numbers_{};
  T* to_ = numbers_.data();
  gather(e_, to_);
  const auto values_ = call::arrange(b_...);
  const auto run_ = [&](auto&... in_) TAPELESS_LAMBDA {
    run_source<expression_source<E>, Transform, T, Add, Kept>(numbers_.data(), std::tie(in_...),
                                                              out_);
  };
  unpack(
      [&](auto&... more_part_) TAPELESS_LAMBDA {
        if constexpr (E::facts.stored > 0) {
          run_(std::as_const(numbers_), values_, more_part_...);
        } else {
          run_(values_, more_part_...);
        }
      },
      more_);
}

template <bool Packets, class E, class... B>
TAPELESS_INLINE constexpr auto evaluate_expression_in(const E& e_, const B&... b_) {
  if constexpr (!check_bindings<E, B...>()) {
    return refused{};
  } else if constexpr (of_arrays<E, B...>) {
    return evaluate_arrays<Packets>(e_, b_...);
  } else {
    typename expression_call<E, B...>::scalar value_{};
    execute_expression<value_only>(e_, std::tie(value_), std::tuple<>{}, b_...);
    return value_;
  }
}
template <class E, class... B>
TAPELESS_INLINE constexpr auto evaluate_expression(const E& e_, const B&... b_) {
  return evaluate_expression_in<false>(e_, b_...);
}

/// What evaluate(f, simd) of an expression returns.
template <class E>
struct expression_in_packets {
  [[no_unique_address]] E expression;

  template <class... B>
  TAPELESS_INLINE constexpr auto operator()(const B&... b_) const
      noexcept((has_plain_leaves<B> && ...)) {
    return evaluate_expression_in<true>(expression, b_...);
  }
};

/// The chosen variables; none chosen means all, in order of appearance.
template <class E, class... V>
struct chosen_variables {
  static constexpr int count =
      sizeof...(V) == 0 ? variable_names<E>::count : static_cast<int>(sizeof...(V));

  template <class Source>
  static constexpr auto inputs() {
    std::array<int, static_cast<std::size_t>(count)> list{};
    constexpr int first = Source::numbers;
    if constexpr (sizeof...(V) == 0) {
      for (int i = 0; i < count; ++i) list[static_cast<std::size_t>(i)] = first + i;
    } else {
      std::size_t k = 0;
      for (const int i : {expression_graph<E>.variable(V::name)...})
        list[k++] = i < 0 ? i : first + i;
    }
    return list;
  }
};

/// The keys of a gradient: the chosen variables, or all.
template <class T, class E, class... V>
struct gradients_type {
  using type = gradients<T, V...>;
};
template <class T, class E>
struct gradients_type<T, E> {
  template <int... I>
  static auto all(std::integer_sequence<int, I...>) -> gradients<T, variable_at<E, I>...>;
  using type = decltype(all(std::make_integer_sequence<int, variable_count<E>>{}));
};

/// Where .into and .add_to of an expression's gradient write.
template <class Function, bool Add, class... Out>
struct expression_target {
  [[no_unique_address]] Function function;
  std::tuple<output_holder<Out>...> outputs;

  template <class... B>
  TAPELESS_INLINE constexpr auto operator()(const B&... b_) const
      noexcept((has_plain_leaves<B> && ...)) {
    return function.template write<Add>(held_outputs<Out...>(outputs), b_...);
  }
};

/// For the check of outputs: one scalar for each chosen variable.
template <int N>
struct scalar_outputs {
  static constexpr int count = N;
  template <std::size_t>
  using scalar_shape = shape::scalar;
  template <std::size_t... I>
  static auto all(std::index_sequence<I...>) -> std::tuple<scalar_shape<I>...>;
  template <class>
  using shapes = decltype(all(std::make_index_sequence<N>{}));
};

/// What grad(f), grad<x, y>(f) and value_and_grad of an expression return.
template <class Policy, bool WithValue, class E, class... V>
struct expression_gradient {
  [[no_unique_address]] E expression;
  using list = chosen_variables<E, V...>;
  using transform = reverse_mode<Policy, WithValue, false, list>;

  template <class... B>
  TAPELESS_INLINE constexpr auto operator()(const B&... b_) const
      noexcept((has_plain_leaves<B> && ...)) {
    if constexpr (!check_bindings<E, B...>()) {
      if constexpr (WithValue) {
        return value_and_gradient<refused, refused>{};
      } else {
        return refused{};
      }
    } else if constexpr (of_arrays<E, B...>) {
      return grad_of_arrays<Policy, WithValue>(type_tag<std::tuple<V...>>{}, expression, b_...);
    } else {
      using T = typename expression_call<E, B...>::scalar;
      using G = std::conditional_t<sizeof...(V) == 1, T, typename gradients_type<T, E, V...>::type>;
      if constexpr (WithValue) {
        return filled<value_and_gradient<T, G>>([&](auto& r_) TAPELESS_LAMBDA {
          execute_expression<transform>(expression, std::tie(r_.value, leaves(r_.gradient)),
                                        std::tuple<>{}, b_...);
        });
      } else {
        return filled<G>([&](G& g_) TAPELESS_LAMBDA {
          execute_expression<transform>(expression, std::tie(leaves(g_)), std::tuple<>{}, b_...);
        });
      }
    }
  }
  template <class... Out>
  TAPELESS_INLINE constexpr auto into(Out&&... out_) const noexcept {
    return target<false>(std::forward<Out>(out_)...);
  }
  template <class... Out>
  TAPELESS_INLINE constexpr auto add_to(Out&&... out_) const noexcept {
    return target<true>(std::forward<Out>(out_)...);
  }

  template <bool Add, class... Out, class... B>
  TAPELESS_INLINE constexpr auto write(const std::tuple<Out&...>& out_, const B&... b_) const {
    if constexpr (!check_bindings<E, B...>()) {
      return refused{};
    } else if constexpr (of_arrays<E, B...>) {
      return write_grad_of_arrays<Policy, WithValue, Add>(type_tag<std::tuple<V...>>{}, expression,
                                                          out_, b_...);
    } else if constexpr (WithValue) {
      typename expression_call<E, B...>::scalar value_{};
      execute_expression<transform, Add, 1>(expression, std::tuple_cat(std::tie(value_), out_),
                                            std::tuple<>{}, b_...);
      return value_;
    } else {
      execute_expression<transform, Add, 0>(expression, out_, std::tuple<>{}, b_...);
    }
  }

 private:
  template <bool Add, class... Out>
  TAPELESS_INLINE constexpr auto target(Out&&... out_) const {
    if constexpr (!fits(E::facts)) {
      return beyond_limit<E>();
    } else if constexpr (!lasting_outputs<Out...>) {
      refuse_temporary<lasting_outputs<Out...>>();
      return refused{};
    } else if constexpr (E::facts.arrays) {
      // Which shapes they must have shows when the variables are bound.
      return expression_target<expression_gradient, Add, output_name<Out>...>{
          *this, {std::forward<Out>(out_)...}};
    } else if constexpr (!check_outputs<scalar_outputs<list::count>, std::tuple<>,
                                        std::remove_reference_t<Out>...>()) {
      return refused{};
    } else {
      return expression_target<expression_gradient, Add, output_name<Out>...>{
          *this, {std::forward<Out>(out_)...}};
    }
  }
};

/// grad(f): the gradient of an expression in all its variables, keyed by them: g[x].
/// grad<x>(f): the derivative, an expression again. grad<x, y>(f): in the variables chosen.
template <auto... V, expression E, class... Policies>
TAPELESS_INLINE constexpr auto grad(const E& e_, const Policies&...) noexcept {
  if constexpr (!(is_policy<Policies> && ...)) refuse_policies<Policies...>();
  using chosen_policy = combined_policy<policy_or_strict<Policies>...>;
  if constexpr (!(expression<decltype(V)> && ...)) {
    refuse_selection<expression<E>>();
    return refused{};
  } else if constexpr (sizeof...(V) == 1 && fits(E::facts) && !E::facts.arrays) {
    using result = derivative<chosen_policy, E, std::remove_const_t<decltype(V)>...>;
    if constexpr (std::is_empty_v<E>) {
      return result{};
    } else {
      return result{{}, e_};
    }
  } else if constexpr (sizeof...(V) == 1 && !fits(E::facts)) {
    return beyond_limit<E>();
  } else {
    return expression_gradient<chosen_policy, false, E, std::remove_const_t<decltype(V)>...>{e_};
  }
}

template <auto... V, expression E, class... Policies>
TAPELESS_INLINE constexpr auto value_and_grad(const E& e_, const Policies&...) noexcept {
  if constexpr (!(is_policy<Policies> && ...)) refuse_policies<Policies...>();
  if constexpr (!(expression<decltype(V)> && ...)) {
    refuse_selection<expression<E>>();
    return refused{};
  } else {
    return expression_gradient<combined_policy<policy_or_strict<Policies>...>, true, E,
                               std::remove_const_t<decltype(V)>...>{e_};
  }
}

/// evaluate(f)(x = 3.0): the same as f(x = 3.0).
template <expression E>
TAPELESS_INLINE constexpr E evaluate(const E& e_) noexcept {
  return e_;
}
/// evaluate(f, simd)(X = data, y = targets): its loops run in packets.
template <expression E, class... P>
  requires(sizeof...(P) > 0 && (is_policy<P> && ...))
TAPELESS_INLINE constexpr auto evaluate(const E& e_, P...) noexcept {
  if constexpr (combined_policy<P...>::is_packets) {
    return expression_in_packets<E>{e_};
  } else {
    return e_;
  }
}

/// The pullback of an expression: pullback(w)[x].
template <class Policy, class E, class... B>
struct expression_pullback {
  [[no_unique_address]] E expression;
  std::tuple<B...> bindings;

  template <class W>
  TAPELESS_INLINE constexpr auto operator()(const W& cotangent_) const
      noexcept(has_plain_leaves<W> && (has_plain_leaves<B> && ...)) {
    using T = typename expression_call<E, B...>::scalar;
    if constexpr (!std::same_as<shape_of<W>, shape::scalar>) {
      refuse_cotangent<W>();
      return refused{};
    } else {
      return filled<typename gradients_type<T, E>::type>([&](auto& g_) TAPELESS_LAMBDA {
        unpack(
            [&](const auto&... b_) TAPELESS_LAMBDA {
              execute_expression<reverse_mode<Policy, false, true, chosen_variables<E>>>(
                  expression, std::tie(leaves(g_)), std::tie(cotangent_), b_...);
            },
            bindings);
      });
    }
  }
};

template <class E, class... B>
constexpr auto check_bindings_of(types<B...>) {
  return check_scalar_bindings<E, B...>();
}

/// vjp(f, x = 3.0, y = 2.0): auto [value, pullback] = ...; pullback(w)[x].
template <expression E, class... B>
TAPELESS_INLINE constexpr auto vjp(const E& e_, const B&... b_) noexcept(
    ((is_policy<B> || has_plain_leaves<B>) && ...)) {
  if constexpr (check_bindings_of<E>(typename without_policies<B...>::type{})) {
    return unpack(
        [&]<class... C>(const C&... c_) TAPELESS_LAMBDA {
          using pullback = expression_pullback<combined_policy<policy_or_strict<B>...>, E, C...>;
          auto value_ = e_(c_...);
          return value_and_pullback<decltype(value_), pullback>{value_, {e_, {c_...}}};
        },
        std::tuple_cat(unless_policy(b_)...));
  } else {
    return value_and_pullback<refused, refused>{};
  }
}

/// jvp(f, std::tuple{x = 3.0}, std::tuple{x = 1.0}): auto [value, tangent] = ...
template <expression E, class... B, class... T, class... Policies>
TAPELESS_INLINE constexpr auto jvp(const E& e_, const std::tuple<B...>& primals_,
                                   const std::tuple<T...>& tangents_,
                                   Policies...) noexcept((has_plain_leaves<B> && ...) &&
                                                         (has_plain_leaves<T> && ...)) {
  if constexpr (!(is_policy<Policies> && ...)) {
    refuse_policies<Policies...>();
    return value_and_tangent<refused>{};
  } else if constexpr (!check_scalar_bindings<E, B...>()) {
    return value_and_tangent<refused>{};
  } else if constexpr (!check_bindings<E, T...>()) {
    return value_and_tangent<refused>{};
  } else {
    using R = typename expression_call<E, B...>::scalar;
    using transform = forward_mode<combined_policy<Policies...>, true, chosen_variables<E>>;
    value_and_tangent<R> r_{};
    const auto dx_ = unpack(
        [](const auto&... t_) TAPELESS_LAMBDA {
          const auto bound_ = expression_call<E, T...>::arrange(t_...);
          std::array<R, bound_.size()> all_{};
          for (std::size_t i = 0; i < bound_.size(); ++i) all_[i] = static_cast<R>(bound_[i]);
          return all_;
        },
        tangents_);
    unpack(
        [&](const auto&... b_) TAPELESS_LAMBDA {
          execute_expression<transform>(e_, std::tie(r_.value, r_.tangent), std::tie(dx_), b_...);
        },
        primals_);
    return r_;
  }
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
