// SPDX-License-Identifier: BSL-1.0
#pragma once

// How much room a plan gets.

#include <tapeless/codegen/plan.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class Graph>
constexpr int routines_of(const Graph& g) {
  int count = 0;
  for (int n = 0; n < g.size; ++n) count += g.nodes[n].op->kind == algebra::routine;
  return count;
}

/// More room than most plans of a graph need. Sizes are types, so what they turn out to be could
/// only be used by planning again.
template <int Capacity, int Outputs>
constexpr plan_sizes room_for_plan(const nest_graph<Capacity, Outputs>& g) {
  plan_sizes s;
  const int loops = rounded_up(g.loop_count, 8), nodes = rounded_up(g.size, 64);
  s.regions = 3 * loops + 5;
  s.instructions = 2 * nodes + 8 * loops + 32;
  s.imports = nodes + 8 * loops + 16;
  s.accumulators = s.storages = 2 * loops + 16;
  s.carries = rounded_up(3 * g.carry_count, 4);
  s.windows = rounded_up(g.put_count, 8) + 4;
  s.moves = rounded_up(4 * g.carry_count + Outputs + 16 + routines_of(g), 16);
  s.checks = rounded_up(g.check_count, 16);
  s.outputs = Outputs;
  return s;
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
