// SPDX-License-Identifier: BSL-1.0
#pragma once

// How a callable and its arguments become the source of a program and the program's inputs: the
// leaves of the arguments, then the numbers that the callable holds.

#include <tapeless/codegen/compile.hpp>
#include <tapeless/codegen/scalar.hpp>
#include <tapeless/expression/let.hpp>
#include <tapeless/expression/placeholder.hpp>
#include <tapeless/expression/stored_scalar.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// The tag of what f(x...) returns, found without an error if f does not accept x; wrong_body if it
/// does, and the compiler has shown an error in it. No standard trait, because compilers show all
/// of its layers above a mistake in f's body.
struct not_callable {};
template <class F, class... X>
struct wrong_body {};
template <class T>
T any();
/// F, and what accepts anything that F does not.
template <class F>
struct or_anything {
  using type = F;
};
template <class F>
  requires(std::is_class_v<F> && !std::is_final_v<F>)
struct or_anything<F> {
  struct type : F {
    using function = not_callable (*)(...);
    operator function() const;
  };
};
template <class F>
const typename or_anything<F>::type& callee();
template <class F, class... X>
auto call_of(int) -> type_tag<decltype(callee<F>()(any<X>()...))>;
template <class F, class... X>
auto call_of(...) -> type_tag<wrong_body<F, X...>>;

template <class R>
inline constexpr bool is_result = !std::same_as<R, not_callable>;
template <class F, class... X>
inline constexpr bool is_result<wrong_body<F, X...>> = false;

/// An expression as an argument: a scalar, whatever it is.
template <class A>
using traced_operand_for = std::conditional_t<symbolic<A> && !is_traced_view<A>, traced, A>;

/// The source that a callable without data is. Containers make it a program with loops; so does a
/// body that asks for one.
template <class F, class... Shapes>
constexpr auto source_of() {
  using with_loops = looped_source<F, Shapes...>;
  using plain = function_source<F, Shapes...>;
  if constexpr ((has_container<Shapes> || ...)) {
    return type_tag<with_loops>{};
  } else if constexpr (node_count<plain> == not_constant) {
    return type_tag<plain>{};
  } else if constexpr (find_graph<plain>::type::value.loops) {
    return type_tag<with_loops>{};
  } else {
    return type_tag<plain>{};
  }
}
template <class F, class... Shapes>
using source_for = typename decltype(source_of<F, Shapes...>())::type;

/// A callable without data, which is traced in constant evaluation.
template <class F, class... Shapes>
concept traceable =
    std::is_empty_v<F> &&
    is_result<typename decltype(call_of<F, typename traced_argument<Shapes>::type...>(0))::type> &&
    (node_count<source_for<F, Shapes...>> != not_constant);

/// f called with the placeholders of its arguments.
template <class... Shapes, class F, std::size_t... I>
TAPELESS_INLINE constexpr auto call_placeholders(const F& f_, std::index_sequence<I...>) {
  return f_(
      typename placeholder<Shapes, argument_layout<Shapes...>::first_leaf(static_cast<int>(I)),
                           mark_of<F>>::type{}...);
}
template <class... Shapes, class F>
TAPELESS_INLINE constexpr auto call_placeholders(const F& f_) {
  return as_expressions(
      call_placeholders<Shapes...>(f_, std::make_index_sequence<sizeof...(Shapes)>{}));
}

/// One call of a callable on arguments. A callable that holds data is run on placeholders.
template <class F, class... A>
struct function_call {
  using result_type = decltype(call_placeholders<shape_of<A>...>(std::declval<const F&>()));
  using source = placeholder_source<result_type, mark_of<F>, shape_of<A>...>;
  using outer = typename source::outer;
  using scalar_list = combined_scalar<typename scalar_of_types<A...>::type,
                                      typename stored_scalar<result_type>::type>;
  using scalar = program_scalar_t<typename scalar_list::type>;

  static constexpr int bound = 0;
  static constexpr int numbers = stored_in<result_type>::value;
  template <class T>
  TAPELESS_INLINE static constexpr void gather(const F& f_, T*& to_) {
    // Even if no number comes of it: the body may check what it captured, and throw.
    if constexpr (numbers > 0 || !std::is_empty_v<F>) {
      gather_structure(call_placeholders<shape_of<A>...>(f_), to_);
    }
  }
};

template <class F, class... A>
  requires traceable<F, shape_of<A>...>
struct function_call<F, A...> {
  using source = source_for<F, shape_of<A>...>;
  using result_type = typename source::result_type;
  using scalar = program_scalar_t<A...>;
  using outer = leaf_list<>;

  static constexpr int bound = 0;
  static constexpr int numbers = 0;
  template <class T>
  TAPELESS_INLINE static constexpr void gather(const F&, T*&) {}
  template <class In>
  TAPELESS_INLINE static constexpr const In& bound_data(const F&, const In& in_) {
    return in_;
  }
};

/// What bind_back makes: a function with its last arguments fixed.
template <class F, class... Data>
struct bound_function {
  [[no_unique_address]] F function;
  std::tuple<Data...> data;

  template <class... A>
  TAPELESS_INLINE constexpr auto operator()(const A&... a_) const {
    return unpack([&](const auto&... d_) TAPELESS_LAMBDA { return function(a_..., d_...); }, data);
  }
};

/// A program runs nothing of the user's, but callables that hold data are called each time.
template <class F>
inline constexpr bool calls_no_user_code = std::is_empty_v<F>;
template <class F, class... Data>
inline constexpr bool calls_no_user_code<bound_function<F, Data...>> = calls_no_user_code<F>;

/// For transforms a bound function is the function itself: its data are passive trailing
/// arguments. F, called with `Count` arguments, as a `core` without bound data and the data behind
/// the arguments. Transforms of bound functions have parts of their own (grad.hpp, evaluate.hpp).
template <class F, int Count>
struct bound_parts {
  static constexpr bool exist = false;
  using core = F;
  using data = std::tuple<>;
  TAPELESS_INLINE static constexpr const F& core_of(const F& f_) { return f_; }
  TAPELESS_INLINE static constexpr std::tuple<> data_of(const F&) { return {}; }
};
template <class F, class... Data, int Count>
struct bound_parts<bound_function<F, Data...>, Count> {
  static constexpr bool exist = true;
  using inner = bound_parts<F, Count + static_cast<int>(sizeof...(Data))>;
  using core = typename inner::core;
  using data = decltype(std::tuple_cat(std::declval<std::tuple<const Data&...>>(),
                                       inner::data_of(std::declval<const F&>())));
  TAPELESS_INLINE static constexpr decltype(auto) core_of(const bound_function<F, Data...>& f_) {
    return inner::core_of(f_.function);
  }
  TAPELESS_INLINE static constexpr data data_of(const bound_function<F, Data...>& f_) {
    return std::tuple_cat(
        unpack([](const auto&... d_) TAPELESS_LAMBDA { return std::tuple<const Data&...>(d_...); },
               f_.data),
        inner::data_of(f_.function));
  }
};
template <class F, class... A>
using bound_parts_of = bound_parts<F, static_cast<int>(sizeof...(A))>;

/// The call of the core, with the data.
template <class F, class Data, class... A>
struct call_with_data;
template <class F, class... Data, class... A>
struct call_with_data<F, std::tuple<const Data&...>, A...> {
  using type = function_call<F, A..., Data...>;
  static constexpr int leaves = (0 + ... + shape_of<Data>::leaves);
};
template <class F, class... A>
  requires bound_parts_of<F, A...>::exist
struct function_call<F, A...> : call_with_data<typename bound_parts_of<F, A...>::core,
                                               typename bound_parts_of<F, A...>::data, A...>::type {
  using parts = bound_parts_of<F, A...>;
  using with_data = call_with_data<typename parts::core, typename parts::data, A...>;
  using inner = typename with_data::type;
  static constexpr int bound = with_data::leaves;
  static constexpr int numbers = inner::numbers + bound;
  template <class T>
  TAPELESS_INLINE static constexpr void gather(const F& f_, T*& to_) {
    const auto data_ = parts::data_of(f_);
    for_each_leaf(data_, [&](const auto& v_) TAPELESS_LAMBDA { *to_++ = static_cast<T>(v_); });
    inner::gather(parts::core_of(f_), to_);
  }
  /// The arguments, then what is bound: where arrays stay arrays nothing is gathered.
  template <class In>
  TAPELESS_INLINE static constexpr auto bound_data(const F& f_, const In& in_) {
    return std::tuple_cat(in_, parts::data_of(f_));
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
