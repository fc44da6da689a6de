// SPDX-License-Identifier: BSL-1.0
#pragma once

// A program with loops that is run on traced values: its graph is entered into theirs.

#include <tapeless/codegen/nest_run.hpp>
#include <tapeless/graph/access.hpp>
#include <tapeless/graph/sizes.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// The same on traced values: the graph is entered into the one that is being recorded.
template <class Compiled, class... In, class... Out>
constexpr void enter_nest(const std::tuple<In...>& in, const std::tuple<Out...>& out) {
  const auto from = all_nest_parts(in);
  const auto to = all_nest_parts(out);
  builder* g = nullptr;
  const auto look = [&](const auto& x) {
    if constexpr (requires { x.graph(); }) {  // not plain numbers
      if (x.graph() != nullptr) g = x.graph();
    }
  };
  unpack([&](const auto&... x) { (look(x), ...); }, from);
  if (g == nullptr || g->nest == nullptr) {
    if (g != nullptr) g->ask_for_loops();
    return;
  }
  auto f = Compiled::full();
  nest_tables tables = f.tables();
  mapping m(*g, f.nodes, f.size, tables);
  int k = 0;
  const auto enter_input = [&](const auto& x) {
    const int n = f.input_node(k++);
    if (n < 0) return;
    if constexpr (requires { x.array_node(); }) {
      m.set(n, x.array_node());
    } else if constexpr (requires { x.extent(0); }) {
      m.set(n, x.id());
    } else {
      m.set(n, traced(x).id(*g));
    }
  };
  unpack([&](const auto&... x) { (enter_input(x), ...); }, from);
  for (int i = 0; i < f.integer_count; ++i) {
    const int n = m(f.input_node(f.integers[i]));
    const bool is_integer =
        g->is(n, algebra::array) ? g->nest->demand_integer((*g)[n].a) : nest::integer(*g, n) >= 0;
    if (!is_integer) g->refuse_index(0, refused_index::no_integer);
  }
  const usage<std::remove_cvref_t<decltype(f)>::capacity> use(f, f.outputs, true);
  for (int n = 0; n < f.size; ++n) {
    if (use.live[n] && f.nodes[n].op->kind != algebra::input &&
        f.nodes[n].op->kind != algebra::array) {
      m.set(n, m.rebuilt(n));
    }
  }
  m.close_folds();
  for (int i = 0; i < f.equal_count; ++i) {
    const equal_sizes e = f.equal[i];
    size_algebra::unify(*g, e.rule, m(e.left), m(e.right));
  }
  for (int i = 0; i < f.check_count; ++i) {
    const range_check& c = f.checks[i];
    if (c.kind != check_kind::tangent && c.kind != check_kind::cotangent) continue;
    const int n = f.input_node(c.input);
    if (n < 0 || !use.live[c.extent]) continue;
    size_algebra::unify(*g, size_rule::direction, m(c.extent),
                        nest::shape_of(*g, m(n)).extent[c.dimension]);
  }
  k = 0;
  const auto next = [&] { return m(f.outputs[k++]); };
  const auto leave = [&](auto& x) {
    if constexpr (requires { x.extent(0); }) {
      x = std::remove_reference_t<decltype(x)>(g, next());
    } else if constexpr (!requires { x[0]; }) {
      x = traced(g, next());
    } else if (!nest_tables::is_array((*g)[m(f.outputs[k])])) {
      // An array that the function put together: each of its numbers is an output.
      unpack([&](auto&... number) { ((number = traced(g, next())), ...); }, scalar_parts(x));
    } else {
      const int n = next();
      for (std::size_t i = 0; i < x.size(); ++i) {
        int index[]{nest::number(*g, static_cast<std::ptrdiff_t>(i)), -1};
        if constexpr (requires { x[0][0]; }) {
          for (std::size_t j = 0; j < x[i].size(); ++j) {
            index[1] = nest::number(*g, static_cast<std::ptrdiff_t>(j));
            x[i][j] = traced(g, nest::element(*g, n, index));
          }
        } else {
          x[i] = traced(g, nest::element(*g, n, index));
        }
      }
    }
  };
  unpack([&](auto&... x) { (leave(x), ...); }, to);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
