// SPDX-License-Identifier: BSL-1.0
#pragma once

// The types of what a function's body sees while its graph is recorded in constant evaluation.

#include <tapeless/primitive/arithmetic.hpp>
#include <tapeless/trace/misuse.hpp>
#include <tapeless/trace/operation.hpp>

#include <limits>

namespace tapeless {
inline namespace TAPELESS_ABI {

struct trace_family;

/// A condition met while tracing: the argument of select, never of `if`.
class traced_condition {
 public:
  using operand_family = trace_family;
  using is_condition = void;

  constexpr traced_condition() = default;
  constexpr traced_condition(builder* g, int id) : graph_(g), id_(id) {}
  constexpr traced_condition(bool v) : id_(v ? 1 : 0) {}

  /// Exists to say what is wrong with `if (a > b)`.
  template <std::same_as<bool> B>
  explicit constexpr operator B() const {
    return branch_on_condition<B>();
  }

  constexpr builder* graph() const { return graph_; }
  constexpr bool known_value() const { return id_ != 0; }
  constexpr int id(builder& g) const;

 private:
  builder* graph_ = nullptr;  ///< none for a known condition, whose value `id_` then holds
  int id_ = 0;
};

/// An operation on constants that no graph has entered yet: what double can not hold exactly, and
/// functions, which clang does not evaluate in constant evaluation, become nodes when the result
/// meets an argument. The compiler computes them in the program's own scalar type.
struct constant_operation_of {
  const operation* (*op)();  ///< called late: a rule may name operations that name it
  double (*compute)(double, double);
};

/// Is no constant expression: such a body is recorded as an expression
/// (expression/placeholder.hpp).
inline void beyond_double() {}

/// A traced value: regular, 0 by default, built from numbers.
class traced {
 public:
  using operand_family = trace_family;
  using condition_type = traced_condition;

  constexpr traced() = default;
  template <number N>
  constexpr traced(N v) : value_(static_cast<double>(v)) {
    // What a double can not hold (long double, large integers) stands as a second summand.
    if constexpr (std::is_integral_v<N> && sizeof(N) >= sizeof(double)) {
      // The nearest double may be beyond the type's range.
      constexpr N step = 2048;
      if (value_ >= static_cast<double>(std::numeric_limits<N>::max()) ||
          static_cast<N>(value_) != v) {
        value_ = static_cast<double>(v - v % step);
        rest_ = static_cast<double>(v % step);
      }
    } else if constexpr (sizeof(N) > sizeof(double)) {
      constexpr double most = std::numeric_limits<double>::max();
      if (value_ >= -most && value_ <= most) {
        if (v != static_cast<N>(value_)) rest_ = static_cast<double>(v - static_cast<N>(value_));
      } else if (v >= std::numeric_limits<N>::lowest() && v <= std::numeric_limits<N>::max()) {
        beyond_double();
      }
    }
  }
  constexpr traced(tapeless::structural_zero) : id_(structural) {}
  template <class I>
    requires requires { typename I::is_index; }
  constexpr traced(const I& i)
      : graph_(i.graph()),
        id_(i.graph() != nullptr ? i.value_id(*i.graph())
            : i.is_unknown()     ? tried
                                 : -1),
        value_(static_cast<double>(i.number())) {}
  template <class T, T v>
  constexpr traced(std::integral_constant<T, v>) : traced(v) {}
  constexpr traced(builder* g, int id) : graph_(g), id_(id) {}

  /// Exists to say what is wrong with `std::sin(a)` and `double d = a`.
  template <std::same_as<double> D>
  constexpr operator D() const {
    return traced_as_number<D>();
  }
  template <std::same_as<bool> B>
  explicit constexpr operator B() const {
    return branch_on_condition<B>();
  }

  constexpr traced(const traced&) = default;
  constexpr traced& operator=(const traced&) & = default;
  /// a[i] = value would change a copy of the element.
  template <operand B>
  constexpr traced operator=(const B&) && {
    assigned_to_element<B>();
    return *this;
  }
  template <operand B>
  constexpr traced& operator+=(B b) & {
    return *this = *this + b;
  }
  template <operand B>
  constexpr traced& operator-=(B b) & {
    return *this = *this - b;
  }
  template <operand B>
  constexpr traced& operator*=(B b) & {
    return *this = *this * b;
  }
  template <operand B>
  constexpr traced& operator/=(B b) & {
    return *this = *this / b;
  }
  template <class One = int>
  constexpr traced& operator++() &;
  template <class One = int>
  constexpr traced& operator--() &;
  template <class One = int>
  constexpr traced operator++(int) &;
  template <class One = int>
  constexpr traced operator--(int) &;

  /// What a body is tried with before its graph is known: nothing is computed with it.
  static constexpr traced unknown() {
    traced t;
    t.id_ = tried;
    return t;
  }
  constexpr bool is_unknown() const { return graph_ == nullptr && id_ == tried; }

  constexpr builder* graph() const { return graph_; }
  /// The node in `g`; a constant is entered first.
  constexpr int id(builder& g) const;
  /// The number that a constant is, in double.
  constexpr double number_in_double() const;

 private:
  static constexpr int structural = -2;
  static constexpr int tried = -3;
  friend struct trace_family;

  constexpr traced(const constant_operation_of* pending, double a, double b)
      : pending_(pending), value_(a), rest_(b) {}

  builder* graph_ = nullptr;  ///< none for a constant that has not met an argument yet
  const constant_operation_of* pending_ = nullptr;  ///< to be applied to value_ and rest_
  int id_ = -1;
  double value_ = 0;
  double rest_ = 0;
};

template <operand B>
constexpr void operator+=(traced&&, B) {
  assigned_to_element<B>();
}
template <operand B>
constexpr void operator-=(traced&&, B) {
  assigned_to_element<B>();
}
template <operand B>
constexpr void operator*=(traced&&, B) {
  assigned_to_element<B>();
}
template <operand B>
constexpr void operator/=(traced&&, B) {
  assigned_to_element<B>();
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless

/// Those of double: literals do not know the program's scalar type either.
template <>
struct std::numeric_limits<tapeless::traced> : std::numeric_limits<double> {};
