// SPDX-License-Identifier: BSL-1.0
#pragma once

// Short names for programs: whatever the source, one program is one symbol of fixed length.

#include <tapeless/codegen/program.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-template-friend"
#endif
template <std::uint64_t High, std::uint64_t Low>
struct named {
  friend constexpr auto tapeless_program(named);
};
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

/// Ties the name to the program VALUE: two sources with equal programs give one definition.
template <auto Program>
struct tie_name {
  using name = named<Program.high, Program.low>;
  friend constexpr auto tapeless_program(name) { return Program; }
};
template <class Tie>
struct forced {
  static_assert(sizeof(Tie) > 0);
  using name = typename Tie::name;
};

/// The name of a program with operations that two closures may share the name of: the program.
template <auto Program>
struct named_by_value {
  friend constexpr auto tapeless_program(named_by_value) { return Program; }
};

template <auto Program>
constexpr auto name_of() {
  if constexpr (Program.anonymous) {
    return named_by_value<Program>{};
#if defined(__GNUC__) && !defined(__clang__)
  } else if constexpr (requires { tapeless_program(named<Program.high, Program.low>{}); }) {
    // To g++ equal constants are two if one was made with its zeros written out and one without.
    return named<Program.high, Program.low>{};
#endif
  } else {
    return typename forced<tie_name<Program>>::name{};
  }
}

template <class Name>
struct program_of {
  static constexpr auto value = tapeless_program(Name{});
  /// A constant of its own, which names no operation: g++ would compile all rules of the operations
  /// that a reference to `value` leads to.
  static constexpr auto instructions = instructions_of(value);
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
