// SPDX-License-Identifier: BSL-1.0
#pragma once

// Whole arrays in expressions: what holds one, the operations on them, and operators that have a
// user's array on one side. Whether a variable is a scalar, a vector or a matrix shows only when it
// is bound.

#include <tapeless/expression/placeholder.hpp>
#include <tapeless/primitive/activation.hpp>
#include <tapeless/trace/array_parts.hpp>

#include <utility>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// A user's array that an expression refers to (A is const B*) or owns.
template <class A>
struct held_array : expression_node<held_array<A>> {
  static constexpr expression_facts facts{1, 1, 1, false, origin::other, false, {}, false, true};
  A array;
  static constexpr traced lower(expression_context& c) { return c.next_stored(); }

  constexpr const auto& get() const {
    if constexpr (std::is_pointer_v<A>) {
      return *array;
    } else {
      return array;
    }
  }
};

/// What stands beside an expression as an array: containers, and what Eigen computes.
template <class A>
concept array_operand_of_expression =
    container<A> || is_lazy_eigen<std::remove_cvref_t<A>> ||
    is_eigen_base<std::remove_cvref_t<A>> || scalar_rank<shape_of<A>> == 1 ||
    scalar_rank<shape_of<A>> == 2;

/// Objects that only refer to elements are kept themselves.
template <class A>
inline constexpr bool refers_to_elements = false;
template <container A>
inline constexpr bool refers_to_elements<A> =
    !array_traits<std::remove_cvref_t<A>>::resizable && !std::is_array_v<std::remove_cvref_t<A>> &&
    !std::same_as<typename array_traits<std::remove_cvref_t<A>>::template owning<
                      typename array_traits<std::remove_cvref_t<A>>::value_type>,
                  std::remove_cvref_t<A>>;

template <class A>
constexpr auto held(A&& a) {
  using plain = std::remove_cvref_t<A>;
  if constexpr (expression<plain>) {
    return plain(a);
  } else if constexpr (is_eigen_base<plain>) {
    return held(std::forward<A>(a).derived());
  } else if constexpr (is_lazy_eigen<plain>) {
    using value = typename plain::PlainObject;
    return held_array<value>{{}, value(a)};
  } else if constexpr (std::is_lvalue_reference_v<A> && !refers_to_elements<plain>) {
    return held_array<const plain*>{{}, &a};
  } else {
    return held_array<plain>{{}, std::forward<A>(a)};
  }
}

/// One operand at least is an expression, the others are expressions or arrays.
template <class... A>
concept with_arrays =
    (expression<std::remove_cvref_t<A>> || ...) &&
    ((expression<std::remove_cvref_t<A>> || array_operand_of_expression<A>) && ...);
/// Of two expressions nothing else is asked: their types may be long.
template <class A, class B>
concept beside_array =
    (expression<std::remove_cvref_t<A>> != expression<std::remove_cvref_t<B>>) && with_arrays<A, B>;

#define TAPELESS_ARRAY_OPERATOR(symbol, primitive)                        \
  template <class A, class B>                                             \
    requires beside_array<A, B>                                           \
  constexpr auto operator symbol(A&& a, B&& b) {                          \
    return expression_family::apply<primitive>(held(std::forward<A>(a)),  \
                                               held(std::forward<B>(b))); \
  }
TAPELESS_ARRAY_OPERATOR(+, add)
TAPELESS_ARRAY_OPERATOR(-, subtract)
TAPELESS_ARRAY_OPERATOR(*, multiply)
TAPELESS_ARRAY_OPERATOR(/, divide)
TAPELESS_ARRAY_OPERATOR(<, less)
TAPELESS_ARRAY_OPERATOR(<=, less_equal)
TAPELESS_ARRAY_OPERATOR(==, equal_to)
#undef TAPELESS_ARRAY_OPERATOR
template <class A, class B>
  requires beside_array<A, B>
constexpr auto operator>(A&& a, B&& b) {
  return std::forward<B>(b) < std::forward<A>(a);
}
template <class A, class B>
  requires beside_array<A, B>
constexpr auto operator>=(A&& a, B&& b) {
  return std::forward<B>(b) <= std::forward<A>(a);
}

template <class A, class B>
  requires beside_array<A, B>
constexpr auto operator!=(A&& a, B&& b) {
  return !(std::forward<A>(a) == std::forward<B>(b));
}

/// What select takes besides expressions: arrays, and numbers as of old.
template <class A>
constexpr auto branch(A&& a) {
  if constexpr (number<std::remove_cvref_t<A>>) {
    return expression_family::leaf(a);
  } else {
    return held(std::forward<A>(a));
  }
}
template <class A>
concept branch_operand = expression<std::remove_cvref_t<A>> || number<std::remove_cvref_t<A>> ||
                         array_operand_of_expression<A>;
template <symbolic_condition C, branch_operand A, branch_operand B>
  requires(expression<C> && (array_operand_of_expression<A> || array_operand_of_expression<B>))
constexpr auto select(const C& condition, A&& a, B&& b) {
  return expression_family::apply<choose>(condition, branch(std::forward<A>(a)),
                                          branch(std::forward<B>(b)));
}

/// Base of operations on whole arrays, which stand where primitives stand: an expression of one is
/// apply<F, X...>.
struct array_function {
  static constexpr bool returns_condition = false;
  static constexpr bool is_index = false;
};
template <class F>
concept is_array_function = std::is_base_of_v<array_function, F>;

/// The types of scalars' graphs have no place for them.
template <is_array_function F, class... X>
struct apply_node<F, X...> : array_node<apply<F, X...>> {
  static constexpr expression_facts facts = [] {
    expression_facts all_ = (X::facts + ...).parent();
    all_.arrays = true;
    return all_;
  }();
  static constexpr traced lower(expression_context& c) {
    ((void)X::lower(c), ...);
    return {};
  }
  /// Exists to say what is wrong with y[argmax(w)] of a user's array y.
  template <class I>
    requires F::is_index && (std::same_as<I, std::size_t> || std::same_as<I, std::ptrdiff_t>)
  constexpr operator I() const {
    static_assert(
        never<I>,
        "tapeless: an expression is no index of an array of the user's: take "
        "sum(segment(y, argmax(x), 1)), row(Y, argmax(x)), or pass the array as an argument: "
        "tl::grad<0>(f)(x, y)");
    return I();
  }
};

template <class F, class... A>
constexpr auto array_apply(A&&... a) {
  return expression_family::apply<F>(held(std::forward<A>(a))...);
}

/// In the place of the result stands the only operand, or a number: with it nothing else is wrong.
template <class... A>
constexpr auto no_array_operation(const A&... a) {
  static_assert(sizeof...(A) == 0,
                "tapeless: an operation on whole arrays (sum, dot, transpose, ...) is used with a "
                "number, or with a vector in the place of a matrix, or the other way round");
  if constexpr (sizeof...(A) == 1) {
    return (a, ...);
  } else {
    return traced();
  }
}

// A function of one array, and the same along an axis.
#define TAPELESS_ARRAY_FUNCTION(name) TAPELESS_ARRAY_FUNCTION_OR_INDEX(name, false)
#define TAPELESS_ARRAY_FUNCTION_OR_INDEX(name, index) \
  struct name##_of_array : array_function {           \
    static constexpr bool is_index = index;           \
    template <class A>                                \
    static constexpr auto call(const A& a) {          \
      if constexpr (requires { name(a); }) {          \
        return name(a);                               \
      } else {                                        \
        return no_array_operation(a);                 \
      }                                               \
    }                                                 \
  };                                                  \
  template <expression E>                             \
  constexpr auto name(const E& e) {                   \
    return array_apply<name##_of_array>(e);           \
  }
#define TAPELESS_ARRAY_FUNCTION_ALONG(name) TAPELESS_ARRAY_FUNCTION_OR_INDEX_ALONG(name, false)
#define TAPELESS_ARRAY_FUNCTION_OR_INDEX_ALONG(name, index)   \
  TAPELESS_ARRAY_FUNCTION_OR_INDEX(name, index)               \
  template <int Dimension>                                    \
  struct name##_along : array_function {                      \
    template <class A>                                        \
    static constexpr auto call(const A& a) {                  \
      if constexpr (requires { name(a, axis<Dimension>); }) { \
        return name(a, axis<Dimension>);                      \
      } else {                                                \
        return no_array_operation(a);                         \
      }                                                       \
    }                                                         \
  };                                                          \
  template <expression E, int Dimension>                      \
  constexpr auto name(const E& e, axis_tag<Dimension>) {      \
    return array_apply<name##_along<Dimension>>(e);           \
  }
#define TAPELESS_ARRAY_FUNCTION_OF_TWO(name)                                      \
  struct name##_of_arrays : array_function {                                      \
    template <class A, class B>                                                   \
    static constexpr auto call(const A& a, const B& b) {                          \
      if constexpr (requires { name(a, b); }) {                                   \
        return name(a, b);                                                        \
      } else {                                                                    \
        return no_array_operation(a, b);                                          \
      }                                                                           \
    }                                                                             \
  };                                                                              \
  template <class A, class B>                                                     \
    requires with_arrays<A, B>                                                    \
  constexpr auto name(A&& a, B&& b) {                                             \
    return array_apply<name##_of_arrays>(std::forward<A>(a), std::forward<B>(b)); \
  }
TAPELESS_ARRAY_FUNCTION_ALONG(sum)
TAPELESS_ARRAY_FUNCTION_ALONG(prod)
TAPELESS_ARRAY_FUNCTION_ALONG(max)
TAPELESS_ARRAY_FUNCTION_ALONG(min)
TAPELESS_ARRAY_FUNCTION_ALONG(logsumexp)
TAPELESS_ARRAY_FUNCTION_ALONG(mean)
TAPELESS_ARRAY_FUNCTION_ALONG(squared_norm)
TAPELESS_ARRAY_FUNCTION_ALONG(norm)
TAPELESS_ARRAY_FUNCTION_ALONG(l1_norm)
TAPELESS_ARRAY_FUNCTION_ALONG(variance)
TAPELESS_ARRAY_FUNCTION_ALONG(softmax)
TAPELESS_ARRAY_FUNCTION_ALONG(log_softmax)
TAPELESS_ARRAY_FUNCTION_OR_INDEX_ALONG(argmax, true)
TAPELESS_ARRAY_FUNCTION_OR_INDEX_ALONG(argmin, true)
TAPELESS_ARRAY_FUNCTION(transpose)
TAPELESS_ARRAY_FUNCTION(diagonal)
TAPELESS_ARRAY_FUNCTION(trace)
TAPELESS_ARRAY_FUNCTION(reverse)
TAPELESS_ARRAY_FUNCTION(flatten)
TAPELESS_ARRAY_FUNCTION(cumsum)
TAPELESS_ARRAY_FUNCTION(rowwise)
TAPELESS_ARRAY_FUNCTION(colwise)
TAPELESS_ARRAY_FUNCTION(inverse)
TAPELESS_ARRAY_FUNCTION(det)
TAPELESS_ARRAY_FUNCTION(logdet)
TAPELESS_ARRAY_FUNCTION(cholesky)
TAPELESS_ARRAY_FUNCTION_OF_TWO(solve)
TAPELESS_ARRAY_FUNCTION_OF_TWO(solve_lower)
TAPELESS_ARRAY_FUNCTION_OF_TWO(solve_upper)
TAPELESS_ARRAY_FUNCTION_OF_TWO(solve_lower_transposed)
TAPELESS_ARRAY_FUNCTION_OF_TWO(solve_upper_transposed)
TAPELESS_ARRAY_FUNCTION_OF_TWO(dot)
TAPELESS_ARRAY_FUNCTION_OF_TWO(outer)
TAPELESS_ARRAY_FUNCTION_OF_TWO(concat)
TAPELESS_ARRAY_FUNCTION_OF_TWO(convolve)
#undef TAPELESS_ARRAY_FUNCTION
#undef TAPELESS_ARRAY_FUNCTION_OR_INDEX
#undef TAPELESS_ARRAY_FUNCTION_ALONG
#undef TAPELESS_ARRAY_FUNCTION_OR_INDEX_ALONG
#undef TAPELESS_ARRAY_FUNCTION_OF_TWO

/// How a user's array meets an expression: rowwise(v), colwise(v), transpose(m).
template <array_operand_of_expression A>
  requires(!symbolic<std::remove_cvref_t<A>>)
constexpr auto rowwise(A&& a) {
  return array_apply<rowwise_of_array>(std::forward<A>(a));
}
template <array_operand_of_expression A>
  requires(!symbolic<std::remove_cvref_t<A>>)
constexpr auto colwise(A&& a) {
  return array_apply<colwise_of_array>(std::forward<A>(a));
}
template <array_operand_of_expression A>
  requires(!symbolic<std::remove_cvref_t<A>>)
constexpr auto transpose(A&& a) {
  return array_apply<transpose_of_array>(std::forward<A>(a));
}

template <class A, class B>
  requires with_arrays<A, B>
constexpr auto elementwise_product(A&& a, B&& b) {
  return expression_family::apply<multiply_elements>(held(std::forward<A>(a)),
                                                     held(std::forward<B>(b)));
}
template <expression E>
constexpr auto silu(E e) {
  return expression_family::apply<multiply_elements>(e, logistic(e));
}
template <expression E>
constexpr auto gelu(E e) {
  return expression_family::apply<multiply_elements>(e, normal_cdf(e));
}

/// v[i], A[i], A(i, j) where an index is an expression.
struct element_of_array : array_function {
  template <class A, class... I>
  static constexpr auto call(const A& a, const I&... i) {
    if constexpr (sizeof...(I) == 1 && requires { a[(i, ...)]; }) {
      return read(a[(i, ...)]);
    } else if constexpr (sizeof...(I) == 2 && requires { a(i...); }) {
      return read(a(i...));
    } else {
      return no_array_operation(a, i...);
    }
  }

 private:
  template <class E>
  static constexpr auto read(const E& e) {
    if constexpr (array_rank<E> > 0) {
      return e;
    } else {
      return traced(e);
    }
  }
};

/// An array among the arguments of a function that holds data: it has operations, and elements
/// where the index is an expression.
template <int Rank, int Leaf, class F>
struct array_argument : array_node<array_argument<Rank, Leaf, F>> {
  static constexpr expression_facts facts{
      1, 1, 0, true, origin_of<F>, false, type_identity<F>, false, true};
  static constexpr traced lower(expression_context& c) { return c.input(Leaf); }

  template <expression I>
  constexpr auto operator[](const I& i) const {
    return expression_family::apply<element_of_array>(*this, i);
  }
  template <expression I, expression J>
  constexpr auto operator()(const I& i, const J& j) const {
    return expression_family::apply<element_of_array>(*this, i, j);
  }
  // Deduced results: compilers report where these are named.
  template <class I>
  constexpr auto operator[](const I&) const {
    needs_tracing<origin_of<F>>();
    return refused{};
  }
  template <class I, class J>
  constexpr auto operator()(const I& i, const J&) const {
    return (*this)[i];
  }
  constexpr auto size() const {
    needs_tracing<origin_of<F>>();
    return refused{};
  }
  constexpr auto rows() const { return size(); }
  constexpr auto cols() const { return size(); }
  constexpr const refused* begin() const {
    needs_tracing<origin_of<F>>();
    return nullptr;
  }
  constexpr const refused* end() const { return nullptr; }
};
template <int Rank, bool Integers, std::ptrdiff_t... Extents, int First, class F>
struct placeholder<shape::container<Rank, Integers, Extents...>, First, F> {
  using type = array_argument<Rank, First, F>;
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
