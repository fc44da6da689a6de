// SPDX-License-Identifier: BSL-1.0
#pragma once

// tl::grad and tl::value_and_grad of functions.

#include <tapeless/api/array_closure.hpp>
#include <tapeless/api/check.hpp>
#include <tapeless/api/function.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Where .into and .add_to write: outputs first, then inputs. F: the function, or a reference
/// where it is the caller's.
template <class F, bool Add, class... O>
struct gradient_target {
  [[no_unique_address]] F function;
  std::tuple<output_holder<O>...> outputs;
  using function_type = std::remove_cvref_t<F>;
  using plain = decltype(function_type::function);

  template <class... A>
  TAPELESS_INLINE constexpr auto operator()(const A&... a_) const
      noexcept(never_throws<plain, A...>() && (has_plain_leaves<output_type<O>> && ...)) {
    using list = typename function_type::template chosen_list<A...>;
    if constexpr (closure_parts<plain, A...>::exist) {
      return function.template write_closure<Add, A...>(held_outputs<O...>(outputs), a_...);
    } else if constexpr (!check_function<result_kind::scalar, plain, list, A...>()) {
      return refused{};
    } else if constexpr (!check_outputs<list, std::tuple<A...>, output_type<O>...>()) {
      return refused{};
    } else if constexpr (!check_program<function_call<plain, A...>,
                                        typename function_type::template transform<A...>>()) {
      return refused{};
    } else {
      return function.template write<Add>(held_outputs<O...>(outputs), nullptr, a_...);
    }
  }
  /// With memory for what the program stores, where sizes are known only at run time.
  template <class... A>
  TAPELESS_INLINE constexpr auto operator()(workspace& memory_, const A&... a_) const {
    using list = typename function_type::template chosen_list<A...>;
    if constexpr (closure_parts<plain, A...>::exist) {
      return function.template write_closure<Add, A...>(held_outputs<O...>(outputs), memory_,
                                                        a_...);
    } else if constexpr (!check_function<result_kind::scalar, plain, list, A...>()) {
      return refused{};
    } else if constexpr (!check_outputs<list, std::tuple<A...>, output_type<O>...>()) {
      return refused{};
    } else if constexpr (!check_program<function_call<plain, A...>,
                                        typename function_type::template transform<A...>>()) {
      return refused{};
    } else {
      return function.template write<Add>(held_outputs<O...>(outputs), &memory_, a_...);
    }
  }
};

template <bool WithValue, int Gradients>
constexpr auto refused_result() {
  if constexpr (WithValue) {
    return value_and_gradient{refused{}, refused_parts<Gradients>()};
  } else {
    return refused_parts<Gradients>();
  }
}

/// The gradient of F with respect to the chosen arguments (none: all), a function itself.
template <class Policy, bool WithValue, class F, int... Chosen>
struct gradient_function {
  [[no_unique_address]] F function;

  template <class... A>
  using chosen_list = chosen_or_all<static_cast<int>(sizeof...(A)), Chosen...>;
  template <class... A>
  using transform = reverse_mode<Policy, WithValue, false, chosen_list<A...>>;

  template <class... A>
  TAPELESS_INLINE constexpr auto operator()(const A&... a_) const
      noexcept(never_throws<F, A...>()) {
    if constexpr (any_expression<A...>) {
      constexpr int arguments = static_cast<int>(sizeof...(A));
      constexpr int count = chosen_list<A...>::count;
      if constexpr (!check_function<result_kind::scalar, F, chosen_list<A...>,
                                    traced_operand_for<A>...>()) {
        return refused{};
      } else if constexpr (WithValue) {
        return value_and_gradient{
            make_called<transform<A...>, 0, arguments>(function, a_...),
            make_called_tuple<transform<A...>, 1, count, arguments>(function, a_...)};
      } else {
        return make_called_tuple<transform<A...>, 0, count, arguments>(function, a_...);
      }
    } else if constexpr (holds_arrays<F, A...>() || closure_parts<F, A...>::exist) {
      if constexpr (!check_function<result_kind::scalar, typename closure_parts<F, A...>::function,
                                    chosen_list<A...>, A...>()) {
        return refused_result<WithValue, chosen_list<A...>::count>();
      } else {
        return of_closure<A...>([&](const auto& gradient_)
                                    TAPELESS_LAMBDA { return gradient_(a_...); });
      }
    } else if constexpr (!check_function<result_kind::scalar, F, chosen_list<A...>, A...>()) {
      return refused_result<WithValue, chosen_list<A...>::count>();
    } else if constexpr (!check_program<function_call<F, A...>, transform<A...>>()) {
      return refused_result<WithValue, chosen_list<A...>::count>();
    } else {
      return returned(nullptr, a_...);
    }
  }
  /// With memory for what the program stores, where sizes are known only at run time.
  template <class... A>
  TAPELESS_INLINE constexpr auto operator()(workspace& memory_, const A&... a_) const {
    if constexpr (closure_parts<F, A...>::exist) {
      return of_closure<A...>([&](const auto& gradient_)
                                  TAPELESS_LAMBDA { return gradient_(memory_, a_...); });
    } else if constexpr (!check_function<result_kind::scalar, F, chosen_list<A...>, A...>()) {
      return refused_result<WithValue, chosen_list<A...>::count>();
    } else if constexpr (!check_program<function_call<F, A...>, transform<A...>>()) {
      return refused_result<WithValue, chosen_list<A...>::count>();
    } else {
      return returned(&memory_, a_...);
    }
  }

  /// into(gx, gy)(a, b): overwrites the outputs, returns the value (value_and_grad) or nothing.
  template <class... Out>
  TAPELESS_INLINE constexpr auto into(Out&&... out_) const& noexcept {
    if constexpr (lasting_outputs<Out...>) {
      return target<const gradient_function&, false, output_name<Out>...>{
          *this, {std::forward<Out>(out_)...}};
    } else {
      refuse_temporary<lasting_outputs<Out...>>();
      return refused{};
    }
  }
  template <class... Out>
  TAPELESS_INLINE constexpr auto into(Out&&... out_) && noexcept(nothrow_move) {
    if constexpr (lasting_outputs<Out...>) {
      return target<gradient_function, false, output_name<Out>...>{std::move(*this),
                                                                   {std::forward<Out>(out_)...}};
    } else {
      refuse_temporary<lasting_outputs<Out...>>();
      return refused{};
    }
  }
  /// add_to(gx, gy)(a, b): accumulates into the outputs.
  template <class... Out>
  TAPELESS_INLINE constexpr auto add_to(Out&&... out_) const& noexcept {
    if constexpr (lasting_outputs<Out...>) {
      return target<const gradient_function&, true, output_name<Out>...>{
          *this, {std::forward<Out>(out_)...}};
    } else {
      refuse_temporary<lasting_outputs<Out...>>();
      return refused{};
    }
  }
  template <class... Out>
  TAPELESS_INLINE constexpr auto add_to(Out&&... out_) && noexcept(nothrow_move) {
    if constexpr (lasting_outputs<Out...>) {
      return target<gradient_function, true, output_name<Out>...>{std::move(*this),
                                                                  {std::forward<Out>(out_)...}};
    } else {
      refuse_temporary<lasting_outputs<Out...>>();
      return refused{};
    }
  }

  /// workspace_size(a, b): how many bytes of workspace the program needs for these arguments.
  template <class... A>
  TAPELESS_INLINE constexpr std::size_t workspace_size(const A&... a_) const {
    if constexpr (closure_parts<F, A...>::exist) {
      return of_closure<A...>([&](const auto& gradient_)
                                  TAPELESS_LAMBDA { return gradient_.workspace_size(a_...); });
    } else if constexpr (check_function<result_kind::scalar, F, chosen_list<A...>, A...>()) {
      using T = typename function_call<F, A...>::scalar;
      using G = typename gradient_of<T, chosen_list<A...>, A...>::type;
      return workspace_size_of<reverse_mode<Policy, WithValue, false, chosen_list<A...>>,
                               holds_scalar<T, G>()>(function, std::tuple<>{}, a_...);
    } else {
      return 0;
    }
  }

  /// Before the arguments there may be a workspace.
  template <bool Add, class... A>
  TAPELESS_INLINE constexpr auto write_closure(const auto& out_, auto&... all_) const {
    return of_closure<A...>([&](const auto& gradient_) TAPELESS_LAMBDA {
      return unpack(
          [&](auto&... to_) TAPELESS_LAMBDA {
            if constexpr (Add) {
              return gradient_.add_to(to_...)(all_...);
            } else {
              return gradient_.into(to_...)(all_...);
            }
          },
          out_);
    });
  }

  template <bool Add, class... Out, class... A>
  TAPELESS_INLINE constexpr auto write(const std::tuple<Out&...>& out_, auto memory_,
                                       const A&... a_) const {
    using call = function_call<F, A...>;
    constexpr bool loops_ = requires { requires call::source::loops; };
    using shapes = typename chosen_list<A...>::template shapes<std::tuple<A...>>;
    const auto to_ = program_outputs<loops_, Add, shapes>(out_);
    if constexpr (!Add) chosen_list<A...>::pass(out_, std::tuple<const A&...>(a_...));
    if constexpr (WithValue) {
      typename call::scalar value_{};
      unpack([&](auto&... part_)
                 TAPELESS_LAMBDA { execute<Add>(std::tie(value_, part_...), memory_, a_...); },
             to_);
      return value_;
    } else {
      execute<Add>(to_, memory_, a_...);
    }
  }

 private:
  static constexpr bool nothrow_move = std::is_nothrow_move_constructible_v<F>;
  template <class Holder, bool Add, class... Out>
  using target = gradient_target<Holder, Add, Out...>;

  /// use(the gradient of what a function that holds arrays is).
  template <class... A, class Use>
  TAPELESS_INLINE constexpr auto of_closure(const Use& use_) const {
    return closure_parts<F, A...>::with_bound(function, [&]<class G>(const G& g_) TAPELESS_LAMBDA {
      return use_(gradient_function<Policy, WithValue, G, Chosen...>{g_});
    });
  }

  template <class... A>
  TAPELESS_INLINE constexpr auto returned(auto memory_, const A&... a_) const {
    using call = function_call<F, A...>;
    using T = typename call::scalar;
    using G = typename gradient_of<T, chosen_list<A...>, A...>::type;
    if constexpr (WithValue) {
      return filled<value_and_gradient<T, G>>([&](auto& r_) TAPELESS_LAMBDA {
        execute<false>(std::tuple<T&, G&>(r_.value, r_.gradient), memory_, a_...);
        chosen_list<A...>::pass_result(r_.gradient, std::tuple<const A&...>(a_...));
      });
    } else {
      return filled<G>([&](G& g_) TAPELESS_LAMBDA {
        execute<false>(std::tuple<G&>(g_), memory_, a_...);
        chosen_list<A...>::pass_result(g_, std::tuple<const A&...>(a_...));
      });
    }
  }
  template <bool Add, class Out, class... A>
  TAPELESS_INLINE constexpr void execute(const Out& out_, auto memory_, const A&... a_) const {
    execute_call_in<transform<A...>, Add, WithValue ? 1 : 0>(
        memory_, function, active_parts_of_all(out_), std::tuple<>{}, a_...);
  }
};

/// A gradient that another transform evaluates has the types that it has alone.
template <class T, class Policy, class F, int... Chosen, class... A>
  requires(std::is_arithmetic_v<T> && (container<A> || ...) && !(find_passive<A>() || ...))
struct value_like_arguments<T, gradient_function<Policy, false, F, Chosen...>, A...>
    : gradient_of<T, chosen_or_all<static_cast<int>(sizeof...(A)), Chosen...>, A...> {};

/// The gradient of a function behind which data are bound is a function behind which they are.
template <class Policy, bool WithValue, class F, int... Chosen, int Count>
  requires bound_parts<F, Count>::exist
struct bound_parts<gradient_function<Policy, WithValue, F, Chosen...>, Count> {
  static constexpr bool exist = true;
  using inner = bound_parts<F, Count>;
  template <int... I>
  static auto choose(chosen_arguments<I...>)
      -> gradient_function<Policy, WithValue, typename inner::core, I...>;
  using core = decltype(choose(chosen_or_all<Count, Chosen...>{}));
  using data = typename inner::data;
  using function = gradient_function<Policy, WithValue, F, Chosen...>;
  TAPELESS_INLINE static constexpr core core_of(const function& f_) {
    return {inner::core_of(f_.function)};
  }
  TAPELESS_INLINE static constexpr data data_of(const function& f_) {
    return inner::data_of(f_.function);
  }
};

/// The same for functions that hold arrays.
template <class Policy, bool WithValue, class F, int... Chosen, class... A>
struct closure_parts<gradient_function<Policy, WithValue, F, Chosen...>, A...> {
  using inner = closure_parts<F, A...>;
  static constexpr bool exist = inner::exist;
  using function = gradient_function<Policy, WithValue, typename inner::function, Chosen...>;
  template <class Use>
  TAPELESS_INLINE static constexpr decltype(auto) with_bound(
      const gradient_function<Policy, WithValue, F, Chosen...>& f_, const Use& use_) {
    return inner::with_bound(f_.function, [&](const auto& g_) TAPELESS_LAMBDA -> decltype(auto) {
      return use_(function{g_});
    });
  }
};

/// grad(f), grad<0, 2>(f), grad(f, tl::strong_zero): the gradient of a scalar function, in the
/// arguments chosen by position or in all. One argument chosen: the bare gradient; more: a tuple.
/// Shapes:   f: (S...) -> scalar; result: S for each chosen argument
/// Errors:   compile error if f's result is no scalar, an argument is no scalar or array of
///           scalars, a chosen argument is an integer or does not exist
template <int... Chosen, class F, class... Policies>
  requires(!expression<F>)
TAPELESS_INLINE constexpr auto grad(const F& f_, const Policies&...) noexcept(
    std::is_nothrow_copy_constructible_v<F>) {
  if constexpr (!(is_policy<Policies> && ...)) refuse_policies<Policies...>();
  return gradient_function<combined_policy<policy_or_strict<Policies>...>, false, std::decay_t<F>,
                           Chosen...>{f_};
}

/// value_and_grad(f): like grad, with the value beside it: auto [value, gradient] = ...
template <int... Chosen, class F, class... Policies>
  requires(!expression<F>)
TAPELESS_INLINE constexpr auto value_and_grad(const F& f_, const Policies&...) noexcept(
    std::is_nothrow_copy_constructible_v<F>) {
  if constexpr (!(is_policy<Policies> && ...)) refuse_policies<Policies...>();
  return gradient_function<combined_policy<policy_or_strict<Policies>...>, true, std::decay_t<F>,
                           Chosen...>{f_};
}

/// Exist to say what is wrong with grad<x>(f).
template <auto V, auto... More, class F, class... Policies>
  requires(!expression<F> && expression<decltype(V)>)
constexpr auto grad(const F&, const Policies&...) {
  refuse_selection<expression<F>>();
  return refused{};
}
template <auto V, auto... More, class F, class... Policies>
  requires(!expression<F> && expression<decltype(V)>)
constexpr auto value_and_grad(const F&, const Policies&...) {
  refuse_selection<expression<F>>();
  return refused{};
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
