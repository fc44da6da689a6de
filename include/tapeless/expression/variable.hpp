// SPDX-License-Identifier: BSL-1.0
#pragma once

// Named inputs and their bindings: x = 3.0.

#include <tapeless/expression/family.hpp>

#include <algorithm>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// A text as a template argument.
template <std::size_t N>
struct fixed_string {
  char text[N]{};
  consteval fixed_string(const char (&s)[N]) { std::copy_n(s, N, text); }
  consteval explicit fixed_string(std::string_view s) { std::copy_n(s.data(), N - 1, text); }
  constexpr std::string_view view() const { return {text, N - 1}; }
};

template <fixed_string Name>
struct variable;

/// What x = 3.0 makes: a value with the variable it belongs to.
template <fixed_string Name, class T>
struct binding {
  static constexpr std::string_view name = Name.view();
  using variable_type = variable<Name>;
  T value;
};

template <class T>
concept bindable = number<T> || (symbolic<T> && !expression<T>);

template <fixed_string Name>
struct variable : expression_node<variable<Name>> {
  static constexpr expression_facts facts{1, 1, 0, true};
  static constexpr std::string_view name = Name.view();
  static constexpr traced lower(expression_context& c) { return c.variable(name); }

  constexpr variable() = default;
  constexpr variable(const variable&) = default;
  variable& operator=(const variable&) = delete;

  /// Binds a value. Const-qualified: declare variables constexpr.
  template <bindable T>
  [[nodiscard]] TAPELESS_INLINE constexpr binding<Name, T> operator=(T v_) const& {
    return {v_};
  }
  /// Without this overload a reassignment inside a function would build a binding, drop it and go
  /// on with a wrong graph.
  template <class T>
  constexpr binding<Name, double> operator=(const T&) & {
    static_assert(never<T>,
                  "tapeless: a variable can not be assigned to: declare it constexpr to bind a "
                  "value (x = 3.0); inside a function reassign a copy of a traced argument");
    return {};
  }
  template <expression E>
  constexpr binding<Name, double> operator=(const E&) const& {
    static_assert(never<E>, "tapeless: x = expression: a variable is bound to a number");
    return {};
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
