// SPDX-License-Identifier: BSL-1.0
#pragma once

// Types as values that constant evaluation can compare.

#include <tapeless/graph/graph.hpp>

#include <type_traits>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class T>
inline constexpr char type_address = 0;

template <class A, class B>
concept comparable_addresses =
    requires { typename std::bool_constant<&type_address<A> == &type_address<B>>; };

/// A type's address; under sanitizers, where g++ does not compare addresses in constant
/// evaluation, the hash of its name.
struct type_id {
  const char* address = nullptr;
  std::uint64_t text = 0;
  bool exists = false;

  friend constexpr bool operator==(const type_id& a, const type_id& b) {
    if constexpr (comparable_addresses<char, int>) {
      return a.address == b.address;
    } else {
      return a.text == b.text;
    }
  }
};
/// A function of its own: g++ writes the name down, which may be very long, wherever it could be
/// asked for.
template <class T>
constexpr std::uint64_t hash_of_name() {
  return hash_of(__PRETTY_FUNCTION__);
}
template <class T>
constexpr type_id make_type_id() {
  if constexpr (comparable_addresses<char, int>) {
    return {&type_address<T>, 0, true};
  } else {
    return {&type_address<T>, hash_of_name<T>(), true};
  }
}
template <class T>
inline constexpr type_id type_identity = make_type_id<T>();

}  // namespace TAPELESS_ABI
}  // namespace tapeless
