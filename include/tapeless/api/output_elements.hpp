// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which outputs fit an argument, and containers as outputs of programs without loops, which name
// each element of a std::array.

#include <tapeless/codegen/mistakes.hpp>
#include <tapeless/expression/array_tree.hpp>
#include <tapeless/trace/structure.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Rank and extents of what is one array of scalars; other shapes have rank -1.
struct array_form {
  int rank = -1;
  std::ptrdiff_t extents[2]{1, 1};
};
template <class Shape>
inline constexpr array_form form_of_array{};
template <std::ptrdiff_t N>
inline constexpr array_form form_of_array<shape::container<1, false, N>>{1, {N, 1}};
constexpr std::ptrdiff_t known_or_dynamic(std::ptrdiff_t n) { return n < 0 ? dynamic : n; }
template <std::ptrdiff_t N, std::ptrdiff_t M>
inline constexpr array_form form_of_array<shape::container<2, false, N, M>>{
    2, {known_or_dynamic(N), known_or_dynamic(M)}};
template <int N>
inline constexpr array_form form_of_array<shape::array<shape::scalar, N>>{1, {N, 1}};
template <int N, int M>
inline constexpr array_form form_of_array<shape::array<shape::array<shape::scalar, M>, N>>{2,
                                                                                           {N, M}};
constexpr bool may_agree(const array_form& a, const array_form& b) {
  if (a.rank < 0 || a.rank != b.rank) return false;
  for (int d = 0; d < a.rank; ++d) {
    if (a.extents[d] != b.extents[d] && a.extents[d] != dynamic && b.extents[d] != dynamic) {
      return false;
    }
  }
  return true;
}
/// An output of shape O can hold the gradient of an argument of shape A, as far as types know.
template <class A, class O>
inline constexpr bool output_fits =
    std::same_as<A, O> || may_agree(form_of_array<A>, form_of_array<O>);
template <class Form, class... A, class... O>
  requires(sizeof...(A) == sizeof...(O))
inline constexpr bool output_fits<shape::structure<Form, A...>, shape::structure<Form, O...>> =
    (output_fits<A, O> && ...);
template <class A, class B, class O, class P>
inline constexpr bool output_fits<shape::pair<A, B>, shape::pair<O, P>> =
    output_fits<A, O> && output_fits<B, P>;

/// What O&& refers to lasts longer than O does: it has a name, or is a view.
template <class O>
constexpr bool outlives_itself() {
  if constexpr (std::is_lvalue_reference_v<O>) {
    return true;
  } else if constexpr (container<O>) {
    return refers_to_elements<O>;
  } else if constexpr (requires { std::tuple_size<O>::value; } && is_tuple_like<O>) {
    return []<std::size_t... I>(std::index_sequence<I...>) {
      return (outlives_itself<std::tuple_element_t<I, O>>() && ...);
    }(std::make_index_sequence<std::tuple_size_v<O>>{});
  } else {
    return false;
  }
}
template <class... O>
inline constexpr bool lasting_outputs = (outlives_itself<O>() && ...);
/// An output of type O that is kept itself: a view without a name.
template <class O>
struct kept_view {};
template <class O>
struct output_forms {
  using type = O;
  using holder = O&;
};
template <class O>
struct output_forms<kept_view<O>> {
  using type = O;
  using holder = O;
};
/// How targets of .into and .add_to name what was given as O&&, what that is, and what they hold.
template <class O>
using output_name = std::conditional_t<std::is_lvalue_reference_v<O>, std::remove_reference_t<O>,
                                       kept_view<std::remove_reference_t<O>>>;
template <class O>
using output_type = typename output_forms<O>::type;
template <class O>
using output_holder = typename output_forms<O>::holder;
/// The output itself. A view is written through, not to.
template <class O>
TAPELESS_INLINE constexpr output_type<O>& held_output(const output_type<O>& held_) {
  return const_cast<output_type<O>&>(held_);
}
template <class... O>
TAPELESS_INLINE constexpr std::tuple<output_type<O>&...> held_outputs(
    const std::tuple<output_holder<O>...>& held_) {
  return unpack(
      [](const auto&... o_)
          TAPELESS_LAMBDA { return std::tuple<output_type<O>&...>(held_output<O>(o_)...); },
      held_);
}

/// The elements of a container, in the order of those of a (nested) std::array of this shape.
template <class E, class Shape>
struct output_elements {
  static constexpr int total_leaves = Shape::leaves;
  static constexpr std::ptrdiff_t columns = form_of_array<Shape>.extents[1];
  E* data;
  std::ptrdiff_t strides[2];

  TAPELESS_KERNEL constexpr E& leaf(int k) const {
    return data[k / columns * strides[0] + k % columns * strides[1]];
  }
};
template <class E, class Shape>
struct shape_of_type<output_elements<E, Shape>> {
  using type = Shape;
};

/// A member that is passed through is no output of a program.
struct no_output {
  template <class A>
  static constexpr void check(const A&) {}
  template <class A>
  static constexpr std::tuple<> elements(A&) {
    return {};
  }
};
/// Output number O in the place of a structure of this shape.
template <int O, bool Add, class Shape>
struct output_for {
  /// Its size is that of the std::array, or can become it.
  template <class A>
  static constexpr void check([[maybe_unused]] const A& output) {
    if constexpr (container<A>) {
      using traits = array_traits<A>;
      for (int d = 0; d < traits::rank && (Add || !traits::resizable); ++d) {
        const std::ptrdiff_t wanted = form_of_array<Shape>.extents[d];
        if (traits::extent(output, d) != wanted) {
          wrong_output_size(O, d, traits::extent(output, d), wanted);
        }
      }
    }
  }
  /// What a program without loops writes to.
  template <class A>
  static constexpr auto elements(A& output) {
    if constexpr (container<A>) {
      using traits = array_traits<A>;
      if constexpr (!Add && traits::resizable) {
        if (traits::extent(output, 0) != form_of_array<Shape>.extents[0] ||
            (traits::rank > 1 && traits::extent(output, 1) != form_of_array<Shape>.extents[1])) {
          traits::resize(output, form_of_array<Shape>.extents);
        }
      }
      using E = std::remove_pointer_t<decltype(traits::data(output))>;
      return std::tuple(output_elements<E, Shape>{
          traits::data(output),
          {traits::stride(output, 0), traits::rank > 1 ? traits::stride(output, 1) : 0}});
    } else {
      return std::tuple<A&>(output);
    }
  }
};
template <int O, bool Add, class Shape>
  requires is_passive<Shape>
struct output_for<O, Add, Shape> : no_output {};
template <int O, bool Add, class... S>
struct outputs_for {
  template <class A>
  static constexpr void check(const A& outputs) {
    unpack([](const auto&... a) { (output_for<O, Add, S>::check(a), ...); }, outputs);
  }
  template <class A>
  static constexpr auto elements(A& outputs) {
    return unpack([](auto&... a) { return std::tuple_cat(output_for<O, Add, S>::elements(a)...); },
                  outputs);
  }
};
template <int O, bool Add, class Form, class... S>
struct output_for<O, Add, shape::structure<Form, S...>> : outputs_for<O, Add, S...> {};
template <int O, bool Add, class S, class R>
struct output_for<O, Add, shape::pair<S, R>> : outputs_for<O, Add, S, R> {};

/// What a program without loops writes to for these outputs: all sizes are looked at before. One
/// tuple, in which what has the shape of its argument is the caller's.
template <bool Add, class... S, class... Out, std::size_t... I>
constexpr auto elements_of_outputs(type_tag<std::tuple<S...>>, const std::tuple<Out&...>& out,
                                   std::index_sequence<I...>) {
  (output_for<static_cast<int>(I), Add, S>::check(std::get<I>(out)), ...);
  return std::tuple_cat(output_for<static_cast<int>(I), Add, S>::elements(std::get<I>(out))...);
}
template <bool Loops, bool Add, class Shapes, class... Out>
TAPELESS_INLINE constexpr auto program_outputs(const std::tuple<Out&...>& out_) {
  if constexpr (Loops || std::same_as<Shapes, std::tuple<shape_of<Out>...>>) {
    return out_;
  } else {
    return elements_of_outputs<Add>(type_tag<Shapes>{}, out_, std::index_sequence_for<Out...>{});
  }
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
