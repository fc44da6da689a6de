// SPDX-License-Identifier: BSL-1.0
#pragma once

// tl::evaluate: the value alone, from a program of the same quality as a gradient's.

#include <tapeless/api/array_closure.hpp>
#include <tapeless/api/check.hpp>
#include <tapeless/api/function.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Packets: loops run in packets, as the policy `simd` says.
template <class F, bool Packets = false>
struct evaluated_function;

/// Where evaluate(f).into writes. F: a reference where the function is the caller's.
template <bool Packets, class F, class Out>
struct evaluation_target {
  F function;
  output_holder<Out> output;
  using function_type = std::remove_cvref_t<F>;

  template <class... A>
  TAPELESS_INLINE constexpr auto operator()(const A&... a_) const {
    if constexpr (closure_parts<function_type, A...>::exist) {
      return closure_parts<function_type, A...>::with_bound(
          function, [&]<class G>(const G& g_) TAPELESS_LAMBDA {
            return evaluated_function<G, Packets>{g_}.into(held_output<Out>(output))(a_...);
          });
    } else if constexpr (!check_function<result_kind::structure, function_type, chosen_arguments<>,
                                         A...>()) {
      return refused{};
    } else if constexpr (!check_results<typename function_call<function_type, A...>::result_type,
                                        output_type<Out>>()) {
      return refused{};
    } else {
      execute_call<value_mode<Packets>>(
          function, std::tuple<output_type<Out>&>(held_output<Out>(output)), std::tuple<>{}, a_...);
    }
  }
  template <class... A>
  TAPELESS_INLINE constexpr auto operator()(workspace& memory_, const A&... a_) const {
    if constexpr (closure_parts<function_type, A...>::exist) {
      return closure_parts<function_type, A...>::with_bound(
          function, [&]<class G>(const G& g_) TAPELESS_LAMBDA {
            return evaluated_function<G, Packets>{g_}.into(held_output<Out>(output))(memory_,
                                                                                     a_...);
          });
    } else if constexpr (!check_function<result_kind::structure, function_type, chosen_arguments<>,
                                         A...>()) {
      return refused{};
    } else if constexpr (!check_results<typename function_call<function_type, A...>::result_type,
                                        output_type<Out>>()) {
      return refused{};
    } else {
      execute_call_in<value_mode<Packets>, false, 0>(
          &memory_, function, std::tuple<output_type<Out>&>(held_output<Out>(output)),
          std::tuple<>{}, a_...);
    }
  }
};

template <class F, bool Packets>
struct evaluated_function {
  [[no_unique_address]] F function;

  template <class... A>
  TAPELESS_INLINE constexpr auto operator()(const A&... a_) const
      noexcept(never_throws<F, A...>()) {
    if constexpr (any_expression<A...>) {
      return function(a_...);
    } else if constexpr (closure_parts<F, A...>::exist) {
      return closure_parts<F, A...>::with_bound(
          function, [&]<class G>(const G& g_)
                        TAPELESS_LAMBDA { return evaluated_function<G, Packets>{g_}(a_...); });
    } else if constexpr (check_function<result_kind::structure, F, chosen_arguments<>, A...>()) {
      value_type<function_call<F, A...>> value_{};
      execute_call<value_mode<Packets>>(function, std::tie(value_), std::tuple<>{}, a_...);
      return value_;
    } else {
      return refused{};
    }
  }
  /// With memory for what the program stores, where sizes are known only at run time.
  template <class... A>
  TAPELESS_INLINE constexpr auto operator()(workspace& memory_, const A&... a_) const {
    if constexpr (closure_parts<F, A...>::exist) {
      return closure_parts<F, A...>::with_bound(
          function, [&]<class G>(const G& g_) TAPELESS_LAMBDA {
            return evaluated_function<G, Packets>{g_}(memory_, a_...);
          });
    } else if constexpr (check_function<result_kind::structure, F, chosen_arguments<>, A...>()) {
      value_type<function_call<F, A...>> value_{};
      execute_call_in<value_mode<Packets>, false, 0>(&memory_, function, std::tie(value_),
                                                     std::tuple<>{}, a_...);
      return value_;
    } else {
      return refused{};
    }
  }

  /// into(value)(a, b): overwrites the output, which has the structure of the result.
  template <class Out>
  TAPELESS_INLINE constexpr auto into(Out&& out_) const noexcept {
    if constexpr (lasting_outputs<Out>) {
      return evaluation_target<Packets, F, output_name<Out>>{function, std::forward<Out>(out_)};
    } else {
      refuse_temporary<lasting_outputs<Out>>();
      return refused{};
    }
  }
  /// workspace_size(a, b): how many bytes of workspace the program needs for these arguments.
  template <class... A>
  TAPELESS_INLINE constexpr std::size_t workspace_size(const A&... a_) const {
    if constexpr (closure_parts<F, A...>::exist) {
      return closure_parts<F, A...>::with_bound(
          function, [&]<class G>(const G& g_) TAPELESS_LAMBDA {
            return evaluated_function<G, Packets>{g_}.workspace_size(a_...);
          });
    } else if constexpr (check_function<result_kind::structure, F, chosen_arguments<>, A...>()) {
      using call = function_call<F, A...>;
      return workspace_size_of<value_mode<Packets>,
                               holds_scalar<typename call::scalar, value_type<call>>()>(
          function, std::tuple<>{}, a_...);
    } else {
      return 0;
    }
  }
};

/// f itself, also where data are bound behind it.
template <class F, bool Packets, int Count>
  requires bound_parts<F, Count>::exist
struct bound_parts<evaluated_function<F, Packets>, Count> : bound_parts<F, Count> {
  using inner = bound_parts<F, Count>;
  TAPELESS_INLINE static constexpr decltype(auto) core_of(
      const evaluated_function<F, Packets>& f_) {
    return inner::core_of(f_.function);
  }
  TAPELESS_INLINE static constexpr auto data_of(const evaluated_function<F, Packets>& f_) {
    return inner::data_of(f_.function);
  }
};

template <class F, bool Packets, class... A>
struct closure_parts<evaluated_function<F, Packets>, A...> {
  using inner = closure_parts<F, A...>;
  static constexpr bool exist = inner::exist;
  using function = typename inner::function;
  template <class Use>
  TAPELESS_INLINE static constexpr decltype(auto) with_bound(
      const evaluated_function<F, Packets>& f_, const Use& use_) {
    return inner::with_bound(f_.function, use_);
  }
};

/// evaluate(f): f itself, run as a program: common subexpressions shared, constants folded. Of the
/// policies, `simd` runs its loops in packets; the others are about derivatives.
/// Shapes:   f: (S...) -> R; result: R
template <class F, class... P>
  requires(!expression<F> && (is_policy<P> && ...))
TAPELESS_INLINE constexpr auto evaluate(const F& f_,
                                        P...) noexcept(std::is_nothrow_copy_constructible_v<F>) {
  return evaluated_function<std::decay_t<F>, combined_policy<P...>::is_packets>{f_};
}

/// A copy of an array of C, which is seen as the array is.
template <class A>
struct array_copy {
  A elements{};
  template <class I>
  constexpr const auto& operator[](const I& i) const {
    return elements[i];
  }
};
template <container A>
struct array_traits<array_copy<A>> : array_traits<A> {
  static constexpr auto* data(auto& a) { return array_traits<A>::data(a.elements); }
  static constexpr std::ptrdiff_t extent(const array_copy<A>& a, int dimension) {
    return array_traits<A>::extent(a.elements, dimension);
  }
  static constexpr std::ptrdiff_t stride(const array_copy<A>& a, int dimension) {
    return array_traits<A>::stride(a.elements, dimension);
  }
};

/// What is kept of bound data.
template <class A>
TAPELESS_INLINE constexpr const A& kept_data(const A& a_) {
  return a_;
}
template <class A, std::size_t N>
TAPELESS_INLINE constexpr auto kept_data(const A (&a_)[N]) {
  array_copy<A[N]> kept_;
  for (std::size_t i_ = 0; i_ < N; ++i_) kept_.elements[i_] = a_[i_];
  return kept_;
}
template <class A, std::size_t N, std::size_t M>
TAPELESS_INLINE constexpr auto kept_data(const A (&a_)[N][M]) {
  array_copy<A[N][M]> kept_;
  for (std::size_t i_ = 0; i_ < N; ++i_) {
    for (std::size_t j_ = 0; j_ < M; ++j_) kept_.elements[i_][j_] = a_[i_][j_];
  }
  return kept_;
}
template <class A>
using kept = std::remove_cvref_t<decltype(kept_data(std::declval<const A&>()))>;

/// bind_back(f, data...): f with its last arguments fixed. Transforms treat the data as arguments
/// that are not differentiated, so the body may loop over them and reassign. Copies are kept; of
/// views of memory, copies of the views.
template <class F, class... Data>
TAPELESS_INLINE constexpr auto bind_back(const F& f_, const Data&... data_) noexcept(
    std::is_nothrow_copy_constructible_v<F> &&
    (std::is_nothrow_copy_constructible_v<Data> && ...)) {
  if constexpr ((is_workspace<Data> || ...)) {
    refuse_workspace<(is_workspace<Data> || ...)>();
    return refused{};
  } else {
    return bound_function<F, kept<Data>...>{f_, {kept_data(data_)...}};
  }
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
