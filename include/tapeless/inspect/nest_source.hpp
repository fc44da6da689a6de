// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the source of a program with loops is written from: the plan that the library runs, and what
// the arguments and results are.

#include <tapeless/inspect/nest_data.hpp>
#include <tapeless/inspect/spelling.hpp>
#include <tapeless/inspect/text.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

/// A program with loops at run time.
template <class Subject>
concept loops_at_run_time = requires { requires Subject::source::loops; };

template <class E>
std::span<const E> span_of(const E* first, int count) {
  return {first, static_cast<std::size_t>(count)};
}

/// The type of elements that a program of scalar type T converts.
template <class E, class T>
constexpr std::string_view converted_element() {
  return std::same_as<E, T>             ? ""
         : std::same_as<E, float>       ? "float"
         : std::same_as<E, double>      ? "double"
         : std::same_as<E, long double> ? "long double"
                                        : "integer";
}

/// The scalars and arrays that an argument consists of; T: the program's scalar type.
template <class A, class T>
void append_parts(std::vector<nest_part>& to, const std::string& name) {
  if constexpr (container<A>) {
    using traits = array_traits<A>;
    constexpr bool called = requires(A& a) { a(0, 0); };
    to.push_back({name, traits::rank, traits::rank == 2 && !called,
                  converted_element<typename traits::value_type, T>()});
  } else if constexpr (is_tuple_like<A>) {
    constexpr bool pair = requires(A& a) { a.first; };
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (append_parts<part_type<I, A>, T>(
           to, pair ? name + (I == 0 ? ".first" : ".second")
                    : written("get<") + std::to_string(I) + ">(" + name + ")"),
       ...);
    }(part_indices<A>{});
  } else if constexpr (holds_tuples<A>) {
    for (std::size_t i = 0; i < std::tuple_size_v<A>; ++i) {
      append_parts<typename A::value_type, T>(to, name + "[" + std::to_string(i) + "]");
    }
  } else if constexpr (requires(A& a) { a[0][0]; }) {
    using element = std::remove_cvref_t<decltype(std::declval<A&>()[0][0])>;
    to.push_back({name, 2, true, converted_element<element, T>()});
  } else if constexpr (requires(A& a) { a[0]; }) {
    to.push_back({name, 1, false, converted_element<typename A::value_type, T>()});
  } else {
    to.push_back({name, 0, false, {}});
  }
}

/// Data of tl::bind_back are arguments of the program behind the others.
template <class F, class... A>
struct all_arguments {
  using type = std::tuple<A...>;
};
template <class F, class... Data, class... A>
struct all_arguments<bound_function<F, Data...>, A...> : all_arguments<F, A..., Data...> {};

/// The program of a subject, its arguments and results.
template <class Subject>
struct nest_program;
template <class Transform, class F, class... A>
struct nest_program<function_subject<Transform, F, A...>> {
  using call = function_call<F, A...>;
  using T = typename call::scalar;
  using arguments = typename all_arguments<F, A...>::type;

  using compiled_program = compiled<typename call::source, Transform>;
  static std::vector<nest_part> input_parts() {
    std::vector<nest_part> parts;
    [&]<class... B>(std::tuple<B...>*) {
      int number_ = 0;
      (append_parts<std::remove_cvref_t<B>, T>(parts, written("a") + std::to_string(number_++)),
       ...);
    }(static_cast<arguments*>(nullptr));
    return parts;
  }
  static std::vector<nest_part> output_parts(const std::vector<nest_part>& inputs) {
    std::vector<input_text> texts;
    for (const nest_part& p : inputs) texts.push_back({p.text});
    std::vector<nest_part> parts;
    using names = output_texts<function_subject<Transform, F, A...>>;
    for (std::string& text : names::make(texts)) {
      nest_part part;
      for (const nest_part& p : inputs) {
        if (text.compare(0, 3, "d/d") == 0 && text.substr(3) == p.text) part = p;
      }
      part.text = std::move(text);
      parts.push_back(std::move(part));
    }
    return parts;
  }
};

/// Its plan as the library runs it, with results of its own.
template <class Subject>
struct nest_plan;
template <class Transform, class F, class... A>
struct nest_plan<function_subject<Transform, F, A...>> {
  using Subject = function_subject<Transform, F, A...>;
  using call = function_call<F, A...>;
  using T = typename call::scalar;

  template <class Mode>
  struct results {
    using type = std::tuple<value_type<call>>;
  };
  template <class Policy, bool WithValue, bool SeedIsInput, class Wrt>
  struct results<reverse_mode<Policy, WithValue, SeedIsInput, Wrt>> {
    using gradient = typename gradient_of<T, Wrt, A...>::type;
    using type = std::conditional_t<WithValue, std::tuple<T, gradient>, std::tuple<gradient>>;
  };
  using planned_program = compiled_nest<typename nest_program<Subject>::compiled_program,
                                        can_hold<T>(type_tag<typename results<Transform>::type>{})>;
  static constexpr bool in_budget = planned_program::in_budget;
  static constexpr const auto& plan = program_of<typename planned_program::name>::value;

  template <int... I>
  static constexpr auto all_qualifiers(std::integer_sequence<int, I...>) {
    return std::array<std::string_view, sizeof...(I)>{qualifier<plan.operations[I]>()...};
  }
  static constexpr auto qualifiers =
      all_qualifiers(std::make_integer_sequence<int, plan.sizes.instructions>{});

  static nest_source_data data() {
    constexpr plan_sizes n = plan.sizes;
    nest_source_data d{span_of(plan.operations, n.instructions),
                       span_of(plan.arrays, n.instructions),
                       span_of(plan.instructions, n.instructions),
                       qualifiers,
                       span_of(plan.regions, n.regions),
                       span_of(plan.imports, n.imports),
                       span_of(plan.accumulators, n.accumulators),
                       span_of(plan.carries, n.carries),
                       span_of(plan.windows, n.windows),
                       span_of(plan.moves, n.moves),
                       span_of(plan.routines, n.moves),
                       span_of(plan.checks, n.checks),
                       span_of(plan.storages, n.storages),
                       span_of(plan.outputs, n.outputs),
                       n.entry,
                       n.root,
                       nest_program<Subject>::input_parts()};
    d.outputs = nest_program<Subject>::output_parts(d.inputs);
    return d;
  }
};

}  // namespace detail
}  // namespace TAPELESS_ABI
}  // namespace tapeless
