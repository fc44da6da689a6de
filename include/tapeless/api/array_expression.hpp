// SPDX-License-Identifier: BSL-1.0
#pragma once

// Expressions whose variables are arrays, and functions that hold arrays: both are functions of
// what their leaves stand for, and are evaluated and differentiated as such.

#include <tapeless/api/bindings.hpp>
#include <tapeless/api/evaluate.hpp>
#include <tapeless/api/grad.hpp>
#include <tapeless/api/gradients.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class T>
inline constexpr bool is_bound_array = bindable_array<std::remove_cvref_t<T>>;
template <number T>
inline constexpr bool is_bound_array<T> = false;

/// An expression bound to numbers alone, and without operations on arrays, is a program of scalars.
template <class E, class... B>
concept of_arrays = E::facts.arrays || (is_bound_array<decltype(B::value)> || ...);

template <bool Arrays>
constexpr auto refuse_products_of_arrays() {
  static_assert(!Arrays,
                "tapeless: vjp and jvp of an expression of arrays: write it as a function of them, "
                "tl::vjp([](auto X, auto w) { return X * w; }, a, b)");
  return false;
}
template <class E, class... B>
constexpr auto check_scalar_bindings() {
  if constexpr (!check_bindings<E, B...>()) {
    return false;
  } else if constexpr (of_arrays<E, B...>) {
    return refuse_products_of_arrays<of_arrays<E, B...>>();
  } else {
    return true;
  }
}

/// The gradient of arrays: g[x], each of its own type.
template <class Values, class... V>
struct array_gradients {
  using hana_tag = gradients_tag<V...>;
  Values values;

  template <char... Name>
  constexpr const auto& operator[](const symbol<Name...>&) const {
    return at<symbol<Name...>>(values);
  }
  template <char... Name>
  constexpr auto& operator[](const symbol<Name...>&) {
    return at<symbol<Name...>>(values);
  }

 private:
  template <class S, class All>
  static constexpr auto& at(All& all) {
    constexpr int i = expression_variables<V...>::template position<S>();
    if constexpr (i < 0) not_differentiated<S>();
    return std::get<static_cast<std::size_t>(i < 0 ? 0 : i)>(all);
  }
};

/// An expression with bindings as a call of a function.
template <class E, class... B>
struct array_call {
  using variables = array_variables<E>;
  using function = expanded_expression<E, variables>;
  using scalar = scalar_beside_held<E, std::remove_cvref_t<decltype(B::value)>...>;

  /// use(values of the variables in order..., what the expression holds...).
  template <class Use>
  TAPELESS_INLINE static constexpr decltype(auto) with_values(const E& e_, const Use& use_,
                                                              const B&... b_) {
    const auto held_ = held_leaves<scalar>(e_);
    const std::tuple<const B&...> all_(b_...);
    return [&]<class... V>(expression_variables<V...>) TAPELESS_LAMBDA -> decltype(auto) {
      return unpack(
          [&](const auto&... h_) TAPELESS_LAMBDA -> decltype(auto) {
            return use_(
                std::get<static_cast<std::size_t>(binding_of<B...>(V::name))>(all_).value...,
                h_...);
          },
          held_);
    }(variables{});
  }
};

/// The positions of the chosen variables; none chosen: all.
template <class Variables, class... V>
struct chosen_positions {
  template <class Policy, bool WithValue, class F>
  using gradient = gradient_function<Policy, WithValue, F, Variables::template position<V>()...>;
};
template <class... All>
struct chosen_positions<expression_variables<All...>>
    : chosen_positions<expression_variables<All...>, All...> {};

template <class E, class... V>
struct array_gradient_of {
  using variables = array_variables<E>;
  template <class Policy, bool WithValue>
  using function = typename chosen_positions<variables, V...>::template gradient<
      Policy, WithValue, expanded_expression<E, variables>>;

  template <class... All>
  static auto keys(expression_variables<All...>)
      -> std::conditional_t<sizeof...(V) == 0, expression_variables<All...>,
                            expression_variables<V...>>;
  /// A tuple of gradients with the variables as keys; one chosen variable: its gradient.
  template <class G>
  TAPELESS_INLINE static constexpr auto keyed(G&& g_) {
    return keyed_by(std::forward<G>(g_), decltype(keys(variables{})){});
  }

 private:
  template <class G, class... K>
  TAPELESS_INLINE static constexpr auto keyed_by(G&& g_, expression_variables<K...>) {
    using plain = std::remove_cvref_t<G>;
    if constexpr (sizeof...(V) == 1 || is_refused<plain>) {
      return plain(std::forward<G>(g_));
    } else if constexpr (sizeof...(K) == 1) {
      return array_gradients<std::tuple<plain>, K...>{std::tuple<plain>(std::forward<G>(g_))};
    } else {
      return array_gradients<plain, K...>{std::forward<G>(g_)};
    }
  }
};

template <bool Packets, class E, class... B>
TAPELESS_INLINE constexpr auto evaluate_arrays(const E& e_, const B&... b_) {
  using call = array_call<E, B...>;
  return call::with_values(
      e_,
      [](const auto&... a_)
          TAPELESS_LAMBDA { return evaluated_function<typename call::function, Packets>{}(a_...); },
      b_...);
}

template <class Policy, bool WithValue, class E, class... V, class... B>
TAPELESS_INLINE constexpr auto grad_of_arrays(type_tag<std::tuple<V...>>, const E& e_,
                                              const B&... b_) {
  using gradient = array_gradient_of<E, V...>;
  return array_call<E, B...>::with_values(
      e_,
      [](const auto&... a_) TAPELESS_LAMBDA {
        auto r_ = typename gradient::template function<Policy, WithValue>{}(a_...);
        if constexpr (WithValue) {
          return value_and_gradient{std::move(r_.value), gradient::keyed(std::move(r_.gradient))};
        } else {
          return gradient::keyed(std::move(r_));
        }
      },
      b_...);
}

/// into(gx, gy)(x = a, y = b) and add_to.
template <class Policy, bool WithValue, bool Add, class E, class... V, class... Out, class... B>
TAPELESS_INLINE constexpr auto write_grad_of_arrays(type_tag<std::tuple<V...>>, const E& e_,
                                                    const std::tuple<Out&...>& out_,
                                                    const B&... b_) {
  using function = typename array_gradient_of<E, V...>::template function<Policy, WithValue>;
  return array_call<E, B...>::with_values(
      e_,
      [&](const auto&... a_) TAPELESS_LAMBDA {
        return unpack(
            [&](auto&... o_) TAPELESS_LAMBDA {
              const function f_{};
              if constexpr (Add) {
                return f_.add_to(o_...)(a_...);
              } else {
                return f_.into(o_...)(a_...);
              }
            },
            out_);
      },
      b_...);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
