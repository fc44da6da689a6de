// SPDX-License-Identifier: BSL-1.0
#pragma once

// What all transforms of functions share: chosen arguments, types of results, execution.

#include <tapeless/api/call.hpp>
#include <tapeless/api/called.hpp>
#include <tapeless/api/refuse.hpp>
#include <tapeless/codegen/run.hpp>
#include <tapeless/expression/merged.hpp>
#include <tapeless/transform/differentiate.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// What value_and_grad returns.
template <class V, class G>
struct value_and_gradient {
  V value;
  G gradient;
};
template <class V, class G>
value_and_gradient(V, G) -> value_and_gradient<V, G>;

template <class A>
constexpr bool has_integer_leaf() {
  using plain = std::remove_cvref_t<A>;
  if constexpr (container<plain>) {
    return std::is_integral_v<typename array_traits<plain>::value_type>;
  } else if constexpr (is_tuple_like<plain>) {
    return []<std::size_t... I>(std::index_sequence<I...>) {
      return ((!has_passive_part<plain, I>() && has_integer_leaf<part_type<I, plain>>()) || ...);
    }(part_indices<plain>{});
  } else if constexpr (requires { std::tuple_size<plain>::value; }) {
    return has_integer_leaf<typename plain::value_type>();
  } else {
    return std::is_integral_v<plain>;
  }
}

/// An argument, or what a (nested) std::array holds, is a value of another function's body.
template <class A>
constexpr bool has_traced_leaf() {
  if constexpr (requires { std::tuple_size<A>::value; }) {
    return has_traced_leaf<typename A::value_type>();
  } else {
    return std::same_as<A, traced> || std::same_as<A, traced_index>;
  }
}

/// References to what has a derivative in outputs or tangents, one tuple; without members of
/// records that are passed through it is that tuple.
template <class A>
TAPELESS_KERNEL constexpr auto active_parts(A& a) {
  using plain = std::remove_const_t<A>;
  if constexpr (!find_passive<plain>()) {
    return std::tuple<A&>(a);
  } else {
    return [&]<std::size_t... I>(std::index_sequence<I...>) TAPELESS_LAMBDA {
      const auto part = [&]<std::size_t P>(std::integral_constant<std::size_t, P>) TAPELESS_LAMBDA {
        if constexpr (has_passive_part<plain, P>()) {
          return std::tuple<>{};
        } else {
          return active_parts(part_of<P>(a));
        }
      };
      return std::tuple_cat(part(std::integral_constant<std::size_t, I>{})...);
    }(part_indices<plain>{});
  }
}
template <class... A>
TAPELESS_KERNEL constexpr auto active_parts_of_all(const std::tuple<A...>& all) {
  if constexpr ((find_passive<std::remove_cvref_t<A>>() || ...)) {
    return unpack([](auto&... a) TAPELESS_LAMBDA { return std::tuple_cat(active_parts(a)...); },
                  all);
  } else {
    return all;
  }
}
/// Gives the other members the values that they have in the argument.
template <class To, class From>
TAPELESS_INLINE constexpr void pass_through(To& to, const From& from) {
  if constexpr (find_passive<To>()) {
    [&]<std::size_t... I>(std::index_sequence<I...>) TAPELESS_LAMBDA {
      const auto part = [&]<std::size_t P>(std::integral_constant<std::size_t, P>) TAPELESS_LAMBDA {
        if constexpr (has_passive_part<To, P>()) {
          if constexpr (requires { part_of<P>(to) = part_of<P>(from); }) {
            part_of<P>(to) = part_of<P>(from);
          }
        } else {
          pass_through(part_of<P>(to), part_of<P>(from));
        }
      };
      (part(std::integral_constant<std::size_t, I>{}), ...);
    }(part_indices<To>{});
  }
}
/// The chosen arguments of a function, by position.
template <int... Chosen>
struct chosen_arguments {
  static constexpr int count = static_cast<int>(sizeof...(Chosen));
  static constexpr bool all_below(int arguments) {
    return ((Chosen >= 0 && Chosen < arguments) && ...);
  }
  template <class... A>
  static constexpr bool any_integer() {
    return (has_integer_leaf<
                std::tuple_element_t<static_cast<std::size_t>(Chosen), std::tuple<A...>>>() ||
            ...);
  }
  /// Outputs, one for each chosen argument, take over what is passed through.
  template <class... Out, class In>
  TAPELESS_INLINE static constexpr void pass(const std::tuple<Out&...>& out_, const In& in_) {
    if constexpr ((find_passive<Out>() || ...)) {
      unpack(
          [&](auto&... to_) TAPELESS_LAMBDA {
            (pass_through(to_, std::get<static_cast<std::size_t>(Chosen)>(in_)), ...);
          },
          out_);
    }
  }
  /// The same of a result: the bare gradient of one argument, or a tuple.
  template <class G, class In>
  TAPELESS_INLINE static constexpr void pass_result(G& g_, const In& in_) {
    if constexpr (!find_passive<G>()) {
    } else if constexpr (count == 1) {
      pass(std::tuple<G&>(g_), in_);
    } else {
      unpack([&](auto&... to_) TAPELESS_LAMBDA { pass(std::tie(to_...), in_); }, g_);
    }
  }
  template <class Arguments>
  using shapes =
      std::tuple<shape_of<std::tuple_element_t<static_cast<std::size_t>(Chosen), Arguments>>...>;

  template <class Source>
  static constexpr auto inputs() {
    std::array<int, static_cast<std::size_t>(count_inputs<Source>())> list{};
    std::size_t k = 0;
    each_input<Source>([&](int leaf) { list[k++] = leaf; });
    return list;
  }

 private:
  template <class Source, class Use>
  static constexpr void each_input(const Use& use) {
    for (int argument : {Chosen...}) {
      for (int i = 0; i < Source::leaves_of(argument); ++i) {
        const int leaf = Source::first_leaf(argument) + i;
        if (!is_passive_leaf<Source>(leaf)) use(leaf);
      }
    }
  }
  /// Members of records may have no derivative.
  template <class Source>
  static constexpr bool is_passive_leaf([[maybe_unused]] int leaf) {
    if constexpr (requires { requires Source::has_passive; }) {
      constexpr auto passive = passive_leaves(static_cast<const Source*>(nullptr));
      return passive[static_cast<std::size_t>(leaf)];
    } else {
      return false;
    }
  }
  template <class Source>
  static constexpr int count_inputs() {
    int inputs = 0;
    each_input<Source>([&](int) { ++inputs; });
    return inputs;
  }
};
template <int... I>
constexpr chosen_arguments<I...> first_arguments(std::integer_sequence<int, I...>);
template <int N, int... Chosen>
using chosen_or_all =
    std::conditional_t<sizeof...(Chosen) == 0,
                       decltype(first_arguments(std::make_integer_sequence<int, N>{})),
                       chosen_arguments<Chosen...>>;

/// Gradient of an argument of type A in a program of scalar type T: A, owning its leaves.
template <class A, class T>
using gradient_type = rebuilt_t<A, std::conditional_t<std::is_arithmetic_v<T>, keep, T>>;

template <class T, class List, class... A>
struct gradient_of;
template <class T, int I, class... A>
struct gradient_of<T, chosen_arguments<I>, A...> {
  using type = gradient_type<std::tuple_element_t<I, std::tuple<A...>>, T>;
};
template <class T, int... I, class... A>
struct gradient_of<T, chosen_arguments<I...>, A...> {
  using type = std::tuple<gradient_type<std::tuple_element_t<I, std::tuple<A...>>, T>...>;
};

/// The value of a call: the function's own structure with leaves of the program's scalar type.
template <class Call>
struct value_of_call {
  using type = rebuilt_t<typename Call::result_type, typename Call::scalar>;
};
template <class Call>
using value_type = typename value_of_call<Call>::type;
/// What F returns has the types of its arguments A, and is a gradient of them (grad.hpp).
template <class T, class F, class... A>
struct value_like_arguments {};
template <class T, class F, class... Data, class... A>
struct value_like_arguments<T, bound_function<F, Data...>, A...>
    : value_like_arguments<T, F, A..., Data...> {};
template <class F, class... A>
  requires requires {
    typename value_like_arguments<typename function_call<F, A...>::scalar, F, A...>::type;
  }
struct value_of_call<function_call<F, A...>>
    : value_like_arguments<typename function_call<F, A...>::scalar, F, A...> {};

/// All arrays among the results have elements of type T: other values of the program can wait
/// there.
template <class T, class A>
constexpr bool holds_scalar() {
  using plain = std::remove_cvref_t<A>;
  if constexpr (container<plain>) {
    return std::same_as<typename array_traits<plain>::value_type, T>;
  } else if constexpr (is_tuple_like<plain>) {
    return []<std::size_t... I>(std::index_sequence<I...>) {
      return ((has_passive_part<plain, I>() || holds_scalar<T, part_type<I, plain>>()) && ...);
    }(part_indices<plain>{});
  } else if constexpr (requires { typename plain::value_type; }) {
    return holds_scalar<T, typename plain::value_type>();
  } else {
    return std::same_as<plain, T>;
  }
}
template <class T, class... Out>
constexpr bool can_hold(type_tag<std::tuple<Out...>>) {
  return (holds_scalar<T, Out>() && ...);
}

/// Runs the program that Transform makes of the call f(a...): its inputs are the call's, then
/// `more`; it writes to the tuple of references `out`. `memory`: for what a program with loops
/// stores.
template <class Transform, bool Add, int Kept, class F, class Out, class More, class... A>
TAPELESS_INLINE constexpr void execute_call_in([[maybe_unused]] auto memory_, const F& f_,
                                               const Out& out_, const More& more_, const A&... a_) {
  using call = function_call<F, A...>;
  using T = typename call::scalar;
  // Where a traced body calls such a function, only this call knows that it has no expression.
  constexpr bool named_ = call::outer::count > 0;
  if constexpr (named_) {
    refuse_variables<named_>();
  } else if constexpr (requires { requires call::source::loops; }) {
    using program = compiled<typename call::source, Transform>;
    constexpr bool in_budget = program::in_budget();
    constexpr bool lacks_ = lacks_functions<T, Transform::packets>(program::full());
    if constexpr (!in_budget) too_many_steps<!in_budget>();
    const auto in_ = std::tuple_cat(call::bound_data(f_, std::tuple<const A&...>(a_...)), more_);
    if constexpr (std::same_as<T, traced>) {
      enter_nest<program>(in_, out_);
    } else if constexpr (lacks_) {
      packets_of_arithmetic_alone<lacks_>();
    } else {
      constexpr bool scratch_ = !Add && can_hold<T>(type_tag<Out>{});
      using plan_ = compiled_nest<program, scratch_>;
      constexpr bool in_budget_ = plan_::in_budget;
      if constexpr (in_budget_) {
        run_nest<typename plan_::name, T, Add, Kept, Transform::packets>(memory_, in_, out_);
      } else {
        too_many_steps<!in_budget_>();
      }
    }
  } else {
    std::array<T, static_cast<std::size_t>(call::numbers)> numbers_{};
    T* to_ = numbers_.data();
    call::gather(f_, to_);
    // The data of bound functions come first and are no part of expressions.
    unpack(
        [&](auto&... more_part_) TAPELESS_LAMBDA {
          const auto run_ = [&](auto&... in_) TAPELESS_LAMBDA {
            run_source<typename call::source, Transform, T, Add, Kept>(
                numbers_.data() + call::bound, std::tuple<decltype(in_)...>(in_...), out_);
          };
          if constexpr (call::numbers > 0) {
            run_(a_..., std::as_const(numbers_), more_part_...);
          } else {
            run_(a_..., more_part_...);
          }
        },
        more_);
  }
}
/// The same without memory: a program that needs some allocates it.
template <class Transform, bool Add = false, int Kept = 0, class F, class Out, class More,
          class... A>
TAPELESS_INLINE constexpr void execute_call(const F& f_, const Out& out_, const More& more_,
                                            const A&... a_) {
  execute_call_in<Transform, Add, Kept>(nullptr, f_, out_, more_, a_...);
}

/// How many bytes of workspace that takes. Scratch: its results may serve as memory.
template <class Transform, bool Scratch, class F, class More, class... A>
TAPELESS_INLINE constexpr std::size_t workspace_size_of([[maybe_unused]] const F& f_,
                                                        [[maybe_unused]] const More& more_,
                                                        const A&... a_) {
  using call = function_call<F, A...>;
  if constexpr (requires { requires call::source::loops; }) {
    using program = compiled<typename call::source, Transform>;
    using plan_ = compiled_nest<program, Scratch>;
    constexpr bool in_budget_ = plan_::in_budget;
    if constexpr (in_budget_) {
      return nest_workspace_size<typename plan_::name, typename call::scalar>(
          std::tuple_cat(call::bound_data(f_, std::tuple<const A&...>(a_...)), more_));
    } else {
      too_many_steps<!in_budget_>();
      return std::size_t{0};
    }
  } else {
    return ((void)a_, ..., std::size_t{0});
  }
}

/// Policies stand behind all other arguments: the arguments without them, as references.
template <class A>
TAPELESS_INLINE constexpr auto unless_policy(const A& a_) {
  if constexpr (is_policy<A>) {
    return std::tuple<>{};
  } else {
    return std::tuple<const A&>(a_);
  }
}
template <class... A>
struct types {
  static constexpr int count = static_cast<int>(sizeof...(A));
};
/// Their types.
template <class... A>
struct without_policies {
  template <class... B>
  static auto list(const std::tuple<B...>&) -> types<std::remove_cvref_t<B>...>;
  using type = decltype(list(std::tuple_cat(unless_policy(std::declval<const A&>())...)));
};
template <class A>
using policy_or_strict = std::conditional_t<is_policy<A>, A, policy<false, false>>;

}  // namespace TAPELESS_ABI
}  // namespace tapeless
