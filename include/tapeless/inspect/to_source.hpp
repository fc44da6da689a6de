// SPDX-License-Identifier: BSL-1.0
#pragma once

// tl::to_source: a program as C++ source.

#include <tapeless/inspect/cotangents.hpp>
#include <tapeless/inspect/nest_source.hpp>
#include <tapeless/inspect/nest_writer.hpp>
#include <tapeless/inspect/source_writer.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

/// What to_source must know at compile time, for each node.
template <class Subject>
struct source_tables {
  using seen = inspection<Subject>;
  template <int... I>
  static constexpr auto all_qualifiers(std::integer_sequence<int, I...>) {
    return std::array<std::string_view, sizeof...(I)>{qualifier<seen::graph.nodes[I].op>()...};
  }
  static constexpr auto qualifiers = all_qualifiers(std::make_integer_sequence<int, seen::size>{});

  static constexpr auto all_cotangents() {
    std::array<int, static_cast<std::size_t>(seen::size)> r{};
    for (int& c : r) c = -1;
    if constexpr (cotangents_of<Subject>::known) {
      for (int n = 0; n < cotangents_of<Subject>::forward.size; ++n) {
        const int k = seen::position.of[n], c = cotangents_of<Subject>::graph.outputs[n];
        if (k >= 0 && c >= 0 && c < seen::full.size) {
          r[static_cast<std::size_t>(k)] = seen::position.of[c];
        }
      }
    }
    return r;
  }
  static constexpr auto cotangent = all_cotangents();
};

template <class Subject, class F>
std::string straight_line_source(const F& f, const std::string& name) {
  constexpr const auto& g = inspection<Subject>::graph;
  std::vector<input_text> inputs = input_texts<Subject>(f);
  std::vector<std::string> outputs = output_texts<Subject>::make(inputs);
  return source_writer({g.nodes, g.outputs, source_tables<Subject>::qualifiers,
                        source_tables<Subject>::cotangent, Subject::first_argument,
                        std::move(inputs), std::move(outputs)})
      .text(name);
}

}  // namespace detail

/// to_source<double, double>(tl::value_and_grad(h), "name"), to_source(tl::value_and_grad(f),
/// "name"): the program as `template <class T> void name(const T* in, T* out)`. Inputs are the
/// leaves of the arguments, or the variables in order of appearance; outputs the value, then the
/// gradient. Accuracy: the same operations in C++, bit for bit where contraction is off in both
template <class... A, class C>
std::string to_source(const C& c, const std::string& name) {
  if constexpr (detail::subject_of<C, A...>::check::passes()) {
    using subject = typename detail::subject_of<C, A...>::type;
    if constexpr (detail::loops_at_run_time<subject>) {
      using plan = detail::nest_plan<subject>;
      constexpr bool in_budget = plan::in_budget;
      if constexpr (in_budget) {
        return detail::nest_writer(plan::data()).text(name);
      } else {
        too_many_steps<!in_budget>();
        return {};
      }
    } else {
      return detail::straight_line_source<subject>(detail::subject_of<C, A...>::inner(c), name);
    }
  } else {
    return {};
  }
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
