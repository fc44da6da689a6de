// SPDX-License-Identifier: BSL-1.0
#pragma once

// From a source and a transform to the name of a program, stage by stage: each stage is a
// constant of its own, with a step budget of its own.

#include <tapeless/codegen/name.hpp>
#include <tapeless/codegen/planner.hpp>
#include <tapeless/trace/trace.hpp>
#include <tapeless/transform/hoisted.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// A constant as a type. A static data member would be a symbol in unoptimised object files, as
/// long as its name, and the names of what it refers to.
template <auto Value>
struct constant_of {
  static consteval const auto& value() { return Value; }
};

template <class Source, class Transform, int Capacity>
constexpr auto transformed_graph() {
  return Transform::template apply<Source, Capacity>(forward_graph<Source>::value());
}
/// The graph that a transform makes; void if it takes more steps than the compiler allows: only a
/// substitution failure survives that.
template <class Source, class Transform, int Capacity,
          auto Graph = transformed_graph<Source, Transform, Capacity>()>
constant_of<Graph> derive(int);
template <class Source, class Transform, int Capacity>
void derive(...);

/// Stands in for a graph that could not be made.
template <class Source, class Transform>
constexpr auto empty_graph() {
  decltype(transformed_graph<Source, Transform, 1>()) g{};
  g.nodes[0] = {&constant_operation, -1, -1, -1, 0};
  g.size = 1;
  return g;
}

/// The program that a transform makes of a source: full() is its graph, order() the nodes that it
/// needs. Programs with loops have no such order, and none is made for them.
template <class Source, class Transform>
struct compiled {
  static consteval const auto& forward() { return forward_graph<Source>::value(); }

 private:
  // A rule appends a handful of nodes; a program of unusually long rules gets a second attempt.
  static consteval int expected() { return rounded_up(forward().size * 6 + 64, 256); }
  using first = decltype(derive<Source, Transform, expected()>(0));
  static constexpr auto choose() {
    if constexpr (std::is_void_v<first>) {
      return constant_of<empty_graph<Source, Transform>()>{};
    } else if constexpr (first::value().full) {
      return constant_of<transformed_graph<Source, Transform, expected() * 8>()>{};
    } else {
      return first{};
    }
  }
  using graph = decltype(choose());

 public:
  static consteval bool in_budget() { return !std::is_void_v<first>; }
  static consteval const auto& full() { return graph::value(); }
  static consteval const auto& order() {
    return constant_of<scheduled<graph::value().size>(graph::value())>::value();
  }
};
/// What `run` takes.
template <class Compiled>
using program_name =
    decltype(name_of<compact<Compiled::order().sizes>(Compiled::full(), Compiled::order())>());

/// The graph with what can leave loops outside of them; void if that takes too many steps.
template <class Compiled, auto Graph = hoisted<has_clamps(Compiled::full())>(Compiled::full())>
constant_of<Graph> hoist(int);
template <class Compiled>
void hoist(...);

/// A plan, if there is room for it; void if that takes too many steps.
template <class Nest, plan_mode Mode, plan_sizes Room,
          auto Plan = planned<Mode, Room>(Nest::full())>
constant_of<Plan> make_plan(int);
template <class Nest, plan_mode Mode, plan_sizes Room>
void make_plan(...);

template <class Compiled>
struct hoisted_nest {
 private:
  struct unchanged {
    static consteval const auto& value() { return Compiled::full(); }
  };
  static constexpr auto choose() {
    if constexpr (std::bool_constant<has_hoistable(Compiled::full())>::value) {
      using found = decltype(hoist<Compiled>(0));
      if constexpr (!std::is_void_v<found>) {
        return found{};
      } else {
        return unchanged{};
      }
    } else {
      return unchanged{};
    }
  }
  using graph = decltype(choose());

 public:
  static consteval const auto& full() { return graph::value(); }
};

template <class Plan>
struct name_of_plan {
  using type = decltype(name_of<trimmed<Plan::value().used>(Plan::value().value)>());
};
template <>
struct name_of_plan<void> {
  using type = void;
};

/// The same for a program with loops; its results may serve as scratch if ScratchOutputs.
template <class Compiled, bool ScratchOutputs>
struct compiled_nest {
 private:
  using source = hoisted_nest<Compiled>;

  template <plan_mode Mode, plan_sizes Room>
  static constexpr auto plan_in() {
    using found = decltype(make_plan<source, Mode, Room>(0));
    if constexpr (std::is_void_v<found>) {
      return type_tag<void>{};
    } else if constexpr (found::value().instead != plan_mode::scratch) {
      return plan_in<found::value().instead, Room>();
    } else {
      constexpr bool failed = found::value().used.failed;
      static_assert(!failed, "tapeless: internal error: the loops have no order");
      if constexpr (failed || found::value().fits()) {
        return type_tag<found>{};
      } else {
        return plan_in<Mode, found::value().used>();
      }
    }
  }
  static constexpr plan_mode first = ScratchOutputs ? plan_mode::scratch : plan_mode::plain;
  using plan = typename decltype(plan_in<first, room_for_plan(source::full())>())::type;

 public:
  static consteval const auto& full() { return source::full(); }
  static constexpr bool in_budget = !std::is_void_v<plan>;
  using name = typename name_of_plan<plan>::type;
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
