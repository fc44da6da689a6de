// SPDX-License-Identifier: BSL-1.0
#pragma once

// tl::vjp: the value and the pullback, cotangent of the result -> cotangents of the arguments.

#include <tapeless/api/array_closure.hpp>
#include <tapeless/api/check.hpp>
#include <tapeless/api/evaluate.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// What vjp returns.
template <class V, class P>
struct value_and_pullback {
  V value;
  P pullback;
};

template <class P, class W, class... O>
constexpr auto check_pullback() {
  if constexpr (!P::template fits<W>()) {
    return refuse_cotangent<W>();
  } else if constexpr (!check_program<typename P::call, typename P::transform>()) {
    return false;
  } else {
    return check_outputs<typename P::list, typename P::argument_list, O...>();
  }
}

/// Where the .into of a pullback writes. P: the pullback, a reference where it is the caller's.
template <class P, class... O>
struct pullback_target {
  P pullback;
  std::tuple<output_holder<O>...> outputs;

  template <class W>
  TAPELESS_INLINE constexpr auto operator()(const W& cotangent_) const {
    if constexpr (check_pullback<std::remove_cvref_t<P>, W, output_type<O>...>()) {
      pullback.write_to(nullptr, held_outputs<O...>(outputs), cotangent_);
    } else {
      return refused{};
    }
  }
  template <class W>
  TAPELESS_INLINE constexpr auto operator()(workspace& memory_, const W& cotangent_) const {
    if constexpr (check_pullback<std::remove_cvref_t<P>, W, output_type<O>...>()) {
      pullback.write_to(&memory_, held_outputs<O...>(outputs), cotangent_);
    } else {
      return refused{};
    }
  }
  /// Exists to say what is wrong with several cotangents.
  template <class W, class V, class... More>
  constexpr auto operator()(const W&, const V&, const More&...) const {
    refuse_cotangents<W, V>();
    return refused{};
  }
};

/// The pullback keeps the arguments, no record of the evaluation: its program recomputes what it
/// needs, and where it is called beside the value the compiler merges the two.
template <class Policy, class F, class... A>
struct function_pullback {
  [[no_unique_address]] F function;
  std::tuple<A...> arguments;
  using list = chosen_or_all<static_cast<int>(sizeof...(A))>;
  using argument_list = std::tuple<A...>;
  using closure = closure_parts<F, A...>;
  using call = function_call<typename closure::function, A...>;
  using transform = reverse_mode<Policy, false, true, list>;

  template <class W>
  TAPELESS_INLINE constexpr auto operator()(const W& cotangent_) const
      noexcept(has_plain_leaves<W> && never_throws<F, A...>()) {
    if constexpr (any_expression<A..., W>) {
      return unpack(
          [&](const auto&... a_) TAPELESS_LAMBDA {
            return make_called_tuple<transform, 0, list::count, list::count>(function, a_...,
                                                                             cotangent_);
          },
          arguments);
    } else if constexpr (check<W>()) {
      return returned(nullptr, cotangent_);
    } else {
      return refused_parts<list::count>();
    }
  }
  /// With memory for what the program stores, where sizes are known only at run time.
  template <class W>
  TAPELESS_INLINE constexpr auto operator()(workspace& memory_, const W& cotangent_) const {
    if constexpr (check<W>()) {
      return returned(&memory_, cotangent_);
    } else {
      return refused_parts<list::count>();
    }
  }

  /// Exists to say what is wrong with several cotangents.
  template <class W, class V, class... More>
  constexpr auto operator()(const W&, const V&, const More&...) const {
    refuse_cotangents<W, V>();
    return refused_parts<list::count>();
  }

  /// into(gx, gy)(w): overwrites the outputs.
  template <class... Out>
  TAPELESS_INLINE constexpr auto into(Out&&... out_) const& noexcept {
    if constexpr (lasting_outputs<Out...>) {
      return pullback_target<const function_pullback&, output_name<Out>...>{
          *this, {std::forward<Out>(out_)...}};
    } else {
      refuse_temporary<lasting_outputs<Out...>>();
      return refused{};
    }
  }
  template <class... Out>
  TAPELESS_INLINE constexpr auto into(Out&&... out_) && {
    if constexpr (lasting_outputs<Out...>) {
      return pullback_target<function_pullback, output_name<Out>...>{std::move(*this),
                                                                     {std::forward<Out>(out_)...}};
    } else {
      refuse_temporary<lasting_outputs<Out...>>();
      return refused{};
    }
  }

  /// workspace_size(w): how many bytes of workspace the program needs.
  template <class W>
  TAPELESS_INLINE constexpr std::size_t workspace_size(const W& cotangent_) const {
    if constexpr (check<W>()) {
      using T = typename call::scalar;
      using G = typename gradient_of<T, list, A...>::type;
      return with_function([&](const auto& f_) TAPELESS_LAMBDA {
        return unpack(
            [&](const auto&... a_) TAPELESS_LAMBDA {
              return workspace_size_of<transform, holds_scalar<T, G>()>(f_, cotangents(cotangent_),
                                                                        a_...);
            },
            arguments);
      });
    } else {
      return 0;
    }
  }

  template <class... Out, class W>
  TAPELESS_INLINE constexpr void write_to(auto memory_, const std::tuple<Out&...>& out_,
                                          const W& cotangent_) const {
    constexpr bool loops_ = has_loops();
    using shapes = typename list::template shapes<argument_list>;
    write(memory_, program_outputs<loops_, false, shapes>(out_), cotangent_);
    list::pass(out_, arguments);
  }
  template <class W>
  static constexpr bool fits() {
    using result =
        typename function_call<typename closure::function, traced_operand_for<A>...>::result_type;
    return same_shape<shape_of<W>, shape_of<result>>;
  }
  template <class W>
  static constexpr auto check() {
    if constexpr (!fits<W>()) {
      return refuse_cotangent<W>();
    } else {
      return check_program<call, transform>();
    }
  }

 private:
  static constexpr bool has_loops() {
    return requires { requires call::source::loops; };
  }
  /// A program with loops names each number of an array that the function puts together.
  template <class W>
  TAPELESS_INLINE static constexpr auto cotangents(const W& cotangent_) {
    if constexpr (has_loops()) {
      return scalar_parts(cotangent_);
    } else {
      return std::tuple<const W&>(cotangent_);
    }
  }

  /// use(the function without arrays of its own).
  template <class Use>
  TAPELESS_INLINE constexpr decltype(auto) with_function(const Use& use_) const {
    if constexpr (closure::exist) {
      return closure::with_bound(function, use_);
    } else {
      return use_(function);
    }
  }
  template <class Out, class W>
  TAPELESS_INLINE constexpr void write(auto memory_, const Out& out_, const W& cotangent_) const {
    with_function([&](const auto& f_) TAPELESS_LAMBDA {
      unpack(
          [&](const auto&... a_) TAPELESS_LAMBDA {
            execute_call_in<transform, false, 0>(memory_, f_, active_parts_of_all(out_),
                                                 cotangents(cotangent_), a_...);
          },
          arguments);
    });
  }

  template <class W>
  TAPELESS_INLINE constexpr auto returned(auto memory_, const W& cotangent_) const {
    using T = typename call::scalar;
    using G = typename gradient_of<T, list, A...>::type;
    return filled<G>([&](G& g_) TAPELESS_LAMBDA {
      write(memory_, std::tuple<G&>(g_), cotangent_);
      list::pass_result(g_, arguments);
    });
  }
};

/// A function that holds arrays is what it is as a function that holds none.
template <class Policy, class F, class... A>
constexpr bool check_pullback_of(types<A...>) {
  using plain = typename closure_parts<F, A...>::function;
  if constexpr (!check_vjp<plain>(traced_operands(types<A...>{}))) {
    return false;
  } else if constexpr (Policy::is_packets && !any_expression<A...>) {
    return bool(check_program<function_call<plain, A...>, value_mode<true>>());
  } else {
    return true;
  }
}

template <class Policy, class F, class... A>
TAPELESS_INLINE constexpr auto value_and_pullback_of(auto memory_, const F& f_, const A&... a_) {
  using pullback = function_pullback<Policy, F, A...>;
  if constexpr (any_expression<A...>) {
    auto value_ = f_(a_...);
    return value_and_pullback<decltype(value_), pullback>{value_, {f_, {a_...}}};
  } else if constexpr (closure_parts<F, A...>::exist) {
    auto value_ = closure_parts<F, A...>::with_bound(f_, [&](const auto& g_) TAPELESS_LAMBDA {
      value_type<function_call<typename closure_parts<F, A...>::function, A...>> v_{};
      execute_call_in<value_mode<Policy::is_packets>, false, 0>(memory_, g_, std::tie(v_),
                                                                std::tuple<>{}, a_...);
      return v_;
    });
    return value_and_pullback<decltype(value_), pullback>{std::move(value_), {f_, {a_...}}};
  } else {
    value_type<function_call<F, A...>> value_{};
    execute_call_in<value_mode<Policy::is_packets>, false, 0>(memory_, f_, std::tie(value_),
                                                              std::tuple<>{}, a_...);
    return value_and_pullback<decltype(value_), pullback>{std::move(value_), {f_, {a_...}}};
  }
}

/// The value of F and its pullback, a function of F's arguments.
template <class Policy, class F>
struct pullback_function {
  [[no_unique_address]] F function;

  template <class... A>
  TAPELESS_INLINE constexpr auto operator()(const A&... a_) const {
    if constexpr (check_pullback_of<Policy, F>(types<A...>{})) {
      return value_and_pullback_of<Policy>(nullptr, function, a_...);
    } else {
      return value_and_pullback<refused, refused_pullback<static_cast<int>(sizeof...(A))>>{};
    }
  }
  /// With memory for what the program of the value stores.
  template <class... A>
  TAPELESS_INLINE constexpr auto operator()(workspace& memory_, const A&... a_) const {
    if constexpr (check_pullback_of<Policy, F>(types<A...>{})) {
      return value_and_pullback_of<Policy>(&memory_, function, a_...);
    } else {
      return value_and_pullback<refused, refused_pullback<static_cast<int>(sizeof...(A))>>{};
    }
  }
  /// workspace_size(a...): how many bytes of workspace the program of the value needs.
  template <class... A>
  TAPELESS_INLINE constexpr std::size_t workspace_size(const A&... a_) const {
    return evaluated_function<F, Policy::is_packets>{function}.workspace_size(a_...);
  }
};

/// vjp(f, a...): auto [value, pullback] = vjp(f, a...); pullback(w) gives the cotangents of all
/// arguments: J^T w, for one argument bare, else a tuple.
/// Shapes:   f: (S...) -> R; w: R; pullback(w): S...
template <class F, class... A>
  requires(!expression<F> && !(is_policy<A> && ...))
TAPELESS_INLINE constexpr auto vjp(const F& f_, const A&... a_) noexcept(
    std::is_nothrow_copy_constructible_v<F> &&
    never_throws<std::decay_t<F>>(typename without_policies<A...>::type{})) {
  using function_type = std::decay_t<F>;
  using arguments = typename without_policies<A...>::type;
  using chosen_policy = combined_policy<policy_or_strict<A>...>;
  if constexpr (check_pullback_of<chosen_policy, function_type>(arguments{})) {
    return unpack(
        [&](const auto&... b_) TAPELESS_LAMBDA {
          return value_and_pullback_of<chosen_policy, function_type>(nullptr, f_, b_...);
        },
        std::tuple_cat(unless_policy(a_)...));
  } else {
    return value_and_pullback<refused, refused_pullback<arguments::count>>{};
  }
}

/// vjp(f): the same as a function of f's arguments: vjp(f)(workspace, a...).
template <class F, class... Policies>
  requires(!expression<F> && (is_policy<Policies> && ...))
TAPELESS_INLINE constexpr auto vjp(const F& f_, const Policies&...) noexcept(
    std::is_nothrow_copy_constructible_v<F>) {
  return pullback_function<combined_policy<Policies...>, std::decay_t<F>>{f_};
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
