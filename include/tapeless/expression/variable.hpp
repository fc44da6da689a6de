// SPDX-License-Identifier: BSL-1.0
#pragma once

// Named inputs and their bindings: x = 3.0.

#include <tapeless/expression/family.hpp>

#include <utility>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <char... Name>
struct symbol;

/// What x = 3.0 makes: a value with the variable it belongs to.
template <class T, char... Name>
struct binding {
  using variable_type = symbol<Name...>;
  static constexpr text_view name = variable_type::name;
  T value;
};
template <class T, char... Name>
inline constexpr bool has_plain_leaves<binding<T, Name...>> = has_plain_leaves<T>;

template <class Value>
constexpr auto variable_assigned() {
  static_assert(never<Value>,
                "tapeless: a variable can not be assigned to: declare it constexpr to bind a "
                "value, x = 3.0; a function called with variables can not reassign them");
  return 0;
}
template <bool Expression>
constexpr auto bound_to_no_number() {
  static_assert(!Expression, "tapeless: x = expression: a variable is bound to a number");
  static_assert(Expression, "tapeless: x = value: a variable is bound to a number or an array");
  return 0;
}

template <class T>
concept bindable = number<T> || (symbolic<T> && !expression<T>);
/// Containers of numbers and (nested) std::arrays of them. They are referred to; what has no name
/// is kept.
template <class T>
concept bindable_array =
    container<T> || scalar_rank<shape_of<T>> == 1 || scalar_rank<shape_of<T>> == 2;

/// Characters rather than a text: compilers print them readably, and shorter.
template <char... Name>
struct symbol : expression_node<symbol<Name...>> {
  static constexpr expression_facts facts{1, 1, 0, true, origin::variables, true};
  static constexpr char text[] = {Name..., 0};
  static constexpr text_view name{text, sizeof...(Name)};
  static constexpr traced lower(expression_context& c) {
    return c.variable(name, type_identity<symbol>);
  }

  constexpr symbol() = default;
  constexpr symbol(const symbol&) = default;
  symbol& operator=(const symbol&) = delete;
  /// decltype(x) s = 0.0, which only traced values can be.
  template <number N>
  constexpr symbol(N) {
    needs_tracing<number<N> ? origin::variables : origin::other>();
  }

  /// Binds a value. Const-qualified: declare variables constexpr.
  template <bindable T>
  [[nodiscard]] TAPELESS_INLINE constexpr binding<T, Name...> operator=(T v_) const& noexcept {
    return {v_};
  }
  /// What Eigen computes is computed here.
  template <class T>
    requires(is_lazy_eigen<T> && !is_eigen_base<T>)
  [[nodiscard]] constexpr auto operator=(const T& v_) const& {
    return binding<typename T::PlainObject, Name...>{v_};
  }
  template <class T>
    requires(is_eigen_base<T>)
  [[nodiscard]] constexpr auto operator=(const T& v_) const& {
    return *this = v_.derived();
  }
  template <class T>
    requires(!bindable<std::remove_cvref_t<T>> && bindable_array<T>)
  [[nodiscard]] TAPELESS_INLINE constexpr auto operator=(T&& v_) const& {
    using plain = std::remove_cvref_t<T>;
    using kept = std::conditional_t<std::is_lvalue_reference_v<T>, const plain&, plain>;
    return binding<kept, Name...>{std::forward<T>(v_)};
  }
  /// Without this overload a reassignment inside a function would build a binding, drop it and go
  /// on with a wrong graph.
  template <class T>
  constexpr binding<double, Name...> operator=(const T&) & {
    if constexpr (expression<T>) {
      needs_tracing<expression<T> ? origin::variables : origin::other>();
    } else {
      variable_assigned<T>();
    }
    return {};
  }
  template <class T>
    requires(!bindable<T> && !bindable_array<T> && !is_lazy_eigen<T> && !is_eigen_base<T>)
  constexpr binding<double, Name...> operator=(const T&) const& {
    bound_to_no_number<expression<T>>();
    return {};
  }
};

template <fixed_string Name, class = std::make_index_sequence<Name.view().size()>>
struct symbol_of;
template <fixed_string Name, std::size_t... I>
struct symbol_of<Name, std::index_sequence<I...>> {
  using type = symbol<Name.text[I]...>;
};

/// constexpr tl::variable<"x"> x: an input of expressions.
template <fixed_string Name>
using variable = typename symbol_of<Name>::type;

}  // namespace TAPELESS_ABI
}  // namespace tapeless
