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
template <class T>
constexpr type_id make_type_id() {
  if constexpr (comparable_addresses<char, int>) {
    return {&type_address<T>, 0, true};
  } else {
    return {&type_address<T>, hash_of(__PRETTY_FUNCTION__), true};
  }
}
template <class T>
inline constexpr type_id type_identity = make_type_id<T>();

}  // namespace TAPELESS_ABI
}  // namespace tapeless
