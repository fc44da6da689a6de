// SPDX-License-Identifier: BSL-1.0
#pragma once

// Running a program with loops: arguments and results fall apart into what the program names.

#include <tapeless/codegen/nest_function.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Tuples, pairs and arrays of them fall apart; every array is one part.
template <class A>
inline constexpr bool falls_apart = is_tuple_like<A> || holds_tuples<A>;
template <class A>
TAPELESS_KERNEL constexpr auto nest_parts(A& a) {
  using plain = std::remove_cv_t<A>;
  if constexpr (falls_apart<plain>) {
    return unpack([](auto&... part) TAPELESS_LAMBDA { return std::tuple_cat(nest_parts(part)...); },
                  a);
  } else if constexpr (is_opaque<plain>) {
    return std::tuple<>{};
  } else {
    return std::tuple<A&>(a);
  }
}
/// All parts of the elements of a tuple; it is that tuple where nothing falls apart.
template <class... A>
TAPELESS_KERNEL constexpr auto all_nest_parts(const std::tuple<A...>& all) {
  if constexpr ((std::is_lvalue_reference_v<A> && ...) &&
                !(falls_apart<std::remove_cvref_t<A>> || ...)) {
    return all;
  } else {
    return unpack([](auto&... a) TAPELESS_LAMBDA { return std::tuple_cat(nest_parts(a)...); }, all);
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
  } else if constexpr (is_opaque<plain>) {
    return std::tuple<>{};
  } else {
    return std::tuple<A&>(a);
  }
}
/// The parts that the program's outputs are.
template <int Outputs, class... Out>
TAPELESS_KERNEL constexpr auto output_parts(const std::tuple<Out...>& out) {
  using whole = decltype(all_nest_parts(out));
  if constexpr (std::tuple_size_v<whole> == static_cast<std::size_t>(Outputs)) {
    return all_nest_parts(out);
  } else {
    return unpack([](auto&... a) TAPELESS_LAMBDA { return std::tuple_cat(scalar_parts(a)...); },
                  out);
  }
}

template <class Name, class T, bool Add, int Kept, bool Packets, class From, class To,
          std::size_t... I, std::size_t... O>
TAPELESS_INLINE constexpr void call_nest(auto memory_, const From& from_, const To& to_,
                                         std::index_sequence<I...>, std::index_sequence<O...>) {
  nest_function<Name, T, Add, Kept, packets_of<T, Packets>(), sizeof...(I)>::call(
      memory_, std::get<I>(from_)..., std::get<O>(to_)...);
}

/// run for programs with loops.
template <class Name, class T, bool Add = false, int Kept = 0, bool Packets = false, class... In,
          class... Out>
TAPELESS_INLINE constexpr void run_nest([[maybe_unused]] auto memory_, const std::tuple<In...>& in_,
                                        const std::tuple<Out...>& out_) {
  const auto from_ = all_nest_parts(in_);
  const auto to_ = output_parts<program_of<Name>::value.sizes.outputs>(out_);
  call_nest<Name, T, Add, Kept, Packets>(
      memory_, from_, to_,
      std::make_index_sequence<std::tuple_size_v<std::remove_const_t<decltype(from_)>>>{},
      std::make_index_sequence<std::tuple_size_v<std::remove_const_t<decltype(to_)>>>{});
}

/// How many bytes of workspace that takes.
template <class Name, class T, class... In>
TAPELESS_INLINE constexpr std::size_t nest_workspace_size(const std::tuple<In...>& in_) {
  const auto from_ = all_nest_parts(in_);
  return unpack(
      [](auto&... part_) TAPELESS_LAMBDA {
        return nest_function<
            Name, T, false, 0, 0,
            std::tuple_size_v<std::remove_const_t<decltype(from_)>>>::workspace_size(part_...);
      },
      from_);
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
