// SPDX-License-Identifier: BSL-1.0
#pragma once

// tl::jvp: the value and the Jacobian-vector product, in one program.

#include <tapeless/api/array_closure.hpp>
#include <tapeless/api/check.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// What jvp returns.
template <class V, class T = V>
struct value_and_tangent {
  V value;
  T tangent;
};

template <class P>
inline constexpr bool is_tuple = false;
template <class... A>
inline constexpr bool is_tuple<std::tuple<A...>> = true;

template <class Primals, class Tangents>
inline constexpr bool same_shapes = false;
template <class... A, class... T>
inline constexpr bool same_shapes<types<A...>, types<T...>> =
    same_shape<shape::tuple<shape_of<A>...>, shape::tuple<shape_of<T>...>>;

/// The parts of F, called with the elements of the tuple P, if it holds arrays and the tangents
/// fit.
template <class F, class P, class T>
struct closure_of_tuples {
  static constexpr bool exist = false;
};
template <class F, class... A, class... T>
  requires same_shapes<types<A...>, types<T...>>
struct closure_of_tuples<F, std::tuple<A...>, std::tuple<T...>> : closure_parts<F, A...> {};

template <class Policy, class... A>
using tangent_transform = forward_mode<Policy, true, chosen_or_all<static_cast<int>(sizeof...(A))>>;

template <class F, class Primals, class Tangents>
constexpr auto check_tangents() {
  if constexpr (!same_shapes<Primals, Tangents>) {
    return refuse_tangents<!expression<F>>();
  } else {
    return check_vjp<F>(traced_operands(Primals{}));
  }
}
template <class Policy, class F, class... A, class... T>
constexpr auto check_tangent_program(types<A...>, types<T...>) {
  if constexpr (any_expression<A..., T...>) {
    return true;
  } else {
    return check_program<function_call<F, A...>, tangent_transform<Policy, A...>>();
  }
}

template <class P>
struct types_of_tuple;
template <class... A>
struct types_of_tuple<std::tuple<A...>> {
  using type = types<A...>;
  template <class F>
  using result = typename function_call<F, A...>::result_type;
};
/// jvp(f).into(value, tangent)(primals, tangents).
template <class F, class P, class T, class... Out>
constexpr auto check_tangent_outputs() {
  if constexpr (!is_tuple<P> || !is_tuple<T>) {
    return refuse_tangents<is_tuple<P> && is_tuple<T>>();
  } else if constexpr (!check_tangents<F, typename types_of_tuple<P>::type,
                                       typename types_of_tuple<T>::type>()) {
    return false;
  } else {
    return check_results<typename types_of_tuple<P>::template result<F>, Out...>();
  }
}

template <class Policy, class F, class Out, class... A, class... T>
TAPELESS_INLINE constexpr void execute_tangent(auto memory_, const F& f_, const Out& out_,
                                               const std::tuple<A...>& primals_,
                                               const std::tuple<T...>& tangents_) {
  unpack(
      [&](const auto&... a_) TAPELESS_LAMBDA {
        execute_call_in<tangent_transform<Policy, A...>, false, 0>(
            memory_, f_, out_, active_parts_of_all(std::tie(tangents_)), a_...);
      },
      primals_);
}

template <class Policy, class F, class... A, class... T>
TAPELESS_INLINE constexpr auto value_and_tangent_of(auto memory_, const F& f_,
                                                    const std::tuple<A...>& primals_,
                                                    const std::tuple<T...>& tangents_) {
  if constexpr (any_expression<A..., T...>) {
    constexpr int count_ = static_cast<int>(sizeof...(A));
    const auto make_ = [&]<int Output>(std::integral_constant<int, Output>) TAPELESS_LAMBDA {
      return unpack(
          [&](const auto&... x_) TAPELESS_LAMBDA {
            return make_called<tangent_transform<Policy, A...>, Output, count_>(f_, x_...);
          },
          std::tuple_cat(primals_, tangents_));
    };
    const auto value_ = make_(std::integral_constant<int, 0>{});
    const auto tangent_ = make_(std::integral_constant<int, 1>{});
    return value_and_tangent<decltype(value_), decltype(tangent_)>{value_, tangent_};
  } else {
    value_and_tangent<value_type<function_call<F, A...>>> r_;
    execute_tangent<Policy>(memory_, f_, std::tie(r_.value, r_.tangent), primals_, tangents_);
    return r_;
  }
}

/// Where jvp(f).into writes. F: a reference where the function is the caller's.
template <class Policy, class F, class V, class D>
struct tangent_target {
  [[no_unique_address]] F function;
  output_holder<V> value;
  output_holder<D> tangent;
  using function_type = std::remove_cvref_t<F>;

  // P, T: tuples. Their names are shorter than those of packs in messages.
  template <class P, class T>
  TAPELESS_INLINE constexpr auto operator()(const P& primals_, const T& tangents_) const {
    if constexpr (closure_of_tuples<function_type, P, T>::exist) {
      return closure_of_tuples<function_type, P, T>::with_bound(
          function, [&]<class G>(const G& g_) TAPELESS_LAMBDA {
            return tangent_target<Policy, const G&, V, D>{g_, value, tangent}(primals_, tangents_);
          });
    } else if constexpr (!check_tangent_outputs<function_type, P, T, output_type<V>,
                                                output_type<D>>()) {
      return refused{};
    } else if constexpr (!check_tangent_program<Policy, function_type>(
                             typename types_of_tuple<P>::type{},
                             typename types_of_tuple<T>::type{})) {
      return refused{};
    } else {
      execute_tangent<Policy>(nullptr, function,
                              std::tuple<output_type<V>&, output_type<D>&>(held_output<V>(value),
                                                                           held_output<D>(tangent)),
                              primals_, tangents_);
    }
  }
  template <class P, class T>
  TAPELESS_INLINE constexpr auto operator()(workspace& memory_, const P& primals_,
                                            const T& tangents_) const {
    if constexpr (closure_of_tuples<function_type, P, T>::exist) {
      return closure_of_tuples<function_type, P, T>::with_bound(
          function, [&]<class G>(const G& g_) TAPELESS_LAMBDA {
            return tangent_target<Policy, const G&, V, D>{g_, value, tangent}(memory_, primals_,
                                                                              tangents_);
          });
    } else if constexpr (!check_tangent_outputs<function_type, P, T, output_type<V>,
                                                output_type<D>>()) {
      return refused{};
    } else if constexpr (!check_tangent_program<Policy, function_type>(
                             typename types_of_tuple<P>::type{},
                             typename types_of_tuple<T>::type{})) {
      return refused{};
    } else {
      execute_tangent<Policy>(&memory_, function,
                              std::tuple<output_type<V>&, output_type<D>&>(held_output<V>(value),
                                                                           held_output<D>(tangent)),
                              primals_, tangents_);
    }
  }
  /// Exists to say what is wrong with other arguments.
  template <class A, class... More>
  constexpr auto operator()(const A&, const More&...) const {
    refuse_tangent_call<A, More...>();
    return refused{};
  }
};

/// The derivative of F along given directions, a function of two tuples.
template <class Policy, class F>
struct tangent_function {
  [[no_unique_address]] F function;

  template <class... A, class... T>
  TAPELESS_INLINE constexpr auto operator()(const std::tuple<A...>& primals_,
                                            const std::tuple<T...>& tangents_) const
      noexcept(never_throws<F, A...>() && (has_plain_leaves<T> && ...)) {
    using parts = closure_of_tuples<F, std::tuple<A...>, std::tuple<T...>>;
    if constexpr (parts::exist) {
      return parts::with_bound(function, [&]<class G>(const G& g_) TAPELESS_LAMBDA {
        return tangent_function<Policy, G>{g_}(primals_, tangents_);
      });
    } else if constexpr (!check_tangents<F, types<A...>, types<T...>>()) {
      return value_and_tangent<refused>{};
    } else if constexpr (!check_tangent_program<Policy, F>(types<A...>{}, types<T...>{})) {
      return value_and_tangent<refused>{};
    } else {
      return value_and_tangent_of<Policy>(nullptr, function, primals_, tangents_);
    }
  }
  /// With memory for what the program stores, where sizes are known only at run time.
  template <class... A, class... T>
  TAPELESS_INLINE constexpr auto operator()(workspace& memory_, const std::tuple<A...>& primals_,
                                            const std::tuple<T...>& tangents_) const {
    using parts = closure_of_tuples<F, std::tuple<A...>, std::tuple<T...>>;
    if constexpr (parts::exist) {
      return parts::with_bound(function, [&]<class G>(const G& g_) TAPELESS_LAMBDA {
        return tangent_function<Policy, G>{g_}(memory_, primals_, tangents_);
      });
    } else if constexpr (!check_tangents<F, types<A...>, types<T...>>()) {
      return value_and_tangent<refused>{};
    } else if constexpr (!check_tangent_program<Policy, F>(types<A...>{}, types<T...>{})) {
      return value_and_tangent<refused>{};
    } else {
      return value_and_tangent_of<Policy>(&memory_, function, primals_, tangents_);
    }
  }

  /// Exists to say what is wrong with other arguments.
  template <class A, class... More>
  constexpr auto operator()(const A&, const More&...) const {
    refuse_tangent_call<A, More...>();
    return value_and_tangent<refused>{};
  }

  /// into(value, tangent)(std::tuple{a...}, std::tuple{t...}): overwrites the outputs, which both
  /// have the structure of the result.
  template <class V, class D>
  TAPELESS_INLINE constexpr auto into(V&& value_, D&& tangent_) const& noexcept {
    if constexpr (lasting_outputs<V, D>) {
      return tangent_target<Policy, const F&, output_name<V>, output_name<D>>{
          function, std::forward<V>(value_), std::forward<D>(tangent_)};
    } else {
      refuse_temporary<lasting_outputs<V, D>>();
      return refused{};
    }
  }
  template <class V, class D>
  TAPELESS_INLINE constexpr auto into(V&& value_, D&& tangent_) && noexcept(
      std::is_nothrow_move_constructible_v<F>) {
    if constexpr (lasting_outputs<V, D>) {
      return tangent_target<Policy, F, output_name<V>, output_name<D>>{
          std::move(function), std::forward<V>(value_), std::forward<D>(tangent_)};
    } else {
      refuse_temporary<lasting_outputs<V, D>>();
      return refused{};
    }
  }

  /// workspace_size(std::tuple{a...}, std::tuple{t...}): how many bytes of workspace the program
  /// needs for these arguments.
  template <class... A, class... T>
  TAPELESS_INLINE constexpr std::size_t workspace_size(const std::tuple<A...>& primals_,
                                                       const std::tuple<T...>& tangents_) const {
    using parts = closure_of_tuples<F, std::tuple<A...>, std::tuple<T...>>;
    if constexpr (parts::exist) {
      return parts::with_bound(function, [&]<class G>(const G& g_) TAPELESS_LAMBDA {
        return tangent_function<Policy, G>{g_}.workspace_size(primals_, tangents_);
      });
    } else if constexpr (check_tangents<F, types<A...>, types<T...>>()) {
      using call = function_call<F, A...>;
      return unpack(
          [&](const auto&... a_) TAPELESS_LAMBDA {
            return workspace_size_of<tangent_transform<Policy, A...>,
                                     holds_scalar<typename call::scalar, value_type<call>>()>(
                function, active_parts_of_all(std::tie(tangents_)), a_...);
          },
          primals_);
    } else {
      return 0;
    }
  }
};

/// jvp(f, std::tuple{a...}, std::tuple{t...}): auto [value, tangent] = ...; tangent = J t.
/// Shapes:   f: (S...) -> R; a, t: (S...); value, tangent: R
template <class F, class... A, class... T, class... Policies>
  requires(!expression<F>)
TAPELESS_INLINE constexpr auto jvp(
    const F& f_, const std::tuple<A...>& primals_, const std::tuple<T...>& tangents_,
    const Policies&...) noexcept(never_throws<std::decay_t<F>, A...>() &&
                                 (has_plain_leaves<T> && ...)) {
  // Asked here, where the way to a mistake in f's body is short.
  [[maybe_unused]] constexpr bool holds_ = holds_arrays<std::decay_t<F>, A...>();
  using parts = closure_of_tuples<std::decay_t<F>, std::tuple<A...>, std::tuple<T...>>;
  if constexpr (!(is_policy<Policies> && ...)) {
    refuse_policies<Policies...>();
    return value_and_tangent<refused>{};
  } else if constexpr (parts::exist) {
    return parts::with_bound(f_, [&]<class G>(const G& g_) TAPELESS_LAMBDA {
      return tangent_function<combined_policy<Policies...>, G>{g_}(primals_, tangents_);
    });
  } else if constexpr (!check_tangents<std::decay_t<F>, types<A...>, types<T...>>()) {
    return value_and_tangent<refused>{};
  } else if constexpr (!check_tangent_program<combined_policy<Policies...>, std::decay_t<F>>(
                           types<A...>{}, types<T...>{})) {
    return value_and_tangent<refused>{};
  } else {
    return value_and_tangent_of<combined_policy<Policies...>>(nullptr, f_, primals_, tangents_);
  }
}

/// jvp(f): the same as a function of the two tuples, which may write to what is there already:
/// jvp(f).into(value, tangent)(std::tuple{a...}, std::tuple{t...}).
template <class F, class... Policies>
  requires(!expression<F> && (is_policy<Policies> && ...))
TAPELESS_INLINE constexpr auto jvp(const F& f_, const Policies&...) noexcept(
    std::is_nothrow_copy_constructible_v<F>) {
  return tangent_function<combined_policy<Policies...>, std::decay_t<F>>{f_};
}

/// Exists to say what is wrong with jvp(f, 3.0, 1.0).
template <class F, class A, class T, class... Policies>
  requires(!is_policy<A>)
constexpr auto jvp(const F&, const A&, const T&, const Policies&...) {
  refuse_tangents<number<F>>();
  return value_and_tangent<refused>{};
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
