// SPDX-License-Identifier: BSL-1.0
#pragma once

// Running a program with loops: arguments and results fall apart into what the program names.

#include <tapeless/codegen/nest_function.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Tuples, pairs and arrays of them fall apart; every array is one part.
template <class A>
TAPELESS_KERNEL constexpr auto nest_parts(A& a) {
  using plain = std::remove_cv_t<A>;
  if constexpr (is_tuple_like<plain> || holds_tuples<plain>) {
    return unpack([](auto&... part) TAPELESS_LAMBDA { return std::tuple_cat(nest_parts(part)...); },
                  a);
  } else {
    return std::tuple<A&>(a);
  }
}

/// The same with every scalar a part: results that the function put together.
template <class A>
TAPELESS_KERNEL constexpr auto scalar_parts(A& a) {
  using plain = std::remove_cv_t<A>;
  if constexpr (is_tuple_like<plain> ||
                (requires { std::tuple_size<plain>::value; } && !container<plain>)) {
    return unpack(
        [](auto&... part) TAPELESS_LAMBDA { return std::tuple_cat(scalar_parts(part)...); }, a);
  } else {
    return std::tuple<A&>(a);
  }
}
/// The parts that the program's outputs are.
template <int Outputs, class... Out>
TAPELESS_KERNEL constexpr auto output_parts(const std::tuple<Out...>& out) {
  using whole = decltype(unpack([](auto&... a) { return std::tuple_cat(nest_parts(a)...); }, out));
  if constexpr (std::tuple_size_v<whole> == static_cast<std::size_t>(Outputs)) {
    return unpack([](auto&... a) TAPELESS_LAMBDA { return std::tuple_cat(nest_parts(a)...); }, out);
  } else {
    return unpack([](auto&... a) TAPELESS_LAMBDA { return std::tuple_cat(scalar_parts(a)...); },
                  out);
  }
}

/// run for programs with loops.
template <class Name, class T, bool Add = false, int Kept = 0, bool Packets = false, class... In,
          class... Out>
TAPELESS_INLINE constexpr void run_nest([[maybe_unused]] workspace* memory_,
                                        const std::tuple<In...>& in_,
                                        const std::tuple<Out...>& out_) {
  const auto from_ =
      unpack([](auto&... a) TAPELESS_LAMBDA { return std::tuple_cat(nest_parts(a)...); }, in_);
  const auto to_ = output_parts<program_of<Name>::value.sizes.outputs>(out_);
  const auto all_ = std::tuple_cat(from_, to_);
  unpack(
      [&](auto&... part_) TAPELESS_LAMBDA {
        nest_function<Name, T, Add, Kept, Packets,
                      std::tuple_size_v<std::remove_const_t<decltype(from_)>>>::call(memory_,
                                                                                     part_...);
      },
      all_);
}

/// How many bytes of workspace that takes.
template <class Name, class T, class... In>
TAPELESS_INLINE constexpr std::size_t nest_workspace_size(const std::tuple<In...>& in_) {
  const auto from_ =
      unpack([](auto&... a) TAPELESS_LAMBDA { return std::tuple_cat(nest_parts(a)...); }, in_);
  return unpack(
      [](auto&... part_) TAPELESS_LAMBDA {
        return nest_function<
            Name, T, false, 0, false,
            std::tuple_size_v<std::remove_const_t<decltype(from_)>>>::workspace_size(part_...);
      },
      from_);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
