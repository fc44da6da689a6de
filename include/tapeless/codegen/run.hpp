// SPDX-License-Identifier: BSL-1.0
#pragma once

// Emission: a program as straight-line code for a scalar type T.

#include <tapeless/codegen/kernel.hpp>
#include <tapeless/codegen/name.hpp>
#include <tapeless/trace/structure.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Target of a pack expansion in order; a fold expression would end at clang's depth limit of 256.
using sink = int[];

template <class Name, int First, class S, class A, int... I>
TAPELESS_KERNEL constexpr void load(S& s, const A& argument, std::integer_sequence<int, I...>) {
  constexpr const auto& p = program_of<Name>::value;
  constexpr int begin = p.first_input(First);
  using T = std::remove_reference_t<decltype(s.v[0])>;
  (void)sink{0, ((s.v[p.input[begin + I].slot] =
                      static_cast<T>(leaf(argument, p.input[begin + I].leaf - First))),
                 0)...};
}

template <class Name, class S, int... I>
TAPELESS_KERNEL constexpr void execute(S& s, std::integer_sequence<int, I...>) {
  constexpr const auto& p = program_of<Name>::value;
  (void)sink{0, (kernel<p.code[I].op>::run(s, p.code[I]), 0)...};
}

template <bool Add, class A, class T>
TAPELESS_KERNEL constexpr void put(A& to, const T& value) {
  if constexpr (Add) {
    to += static_cast<A>(value);
  } else {
    to = static_cast<A>(value);
  }
}
template <class Name, int First, bool Add, class S, class A, int... I>
TAPELESS_KERNEL constexpr void store(const S& s, A& to, std::integer_sequence<int, I...>) {
  constexpr const auto& p = program_of<Name>::value;
  (void)sink{0, (put<Add>(leaf(to, I), s.v[p.output[First + I]]), 0)...};
}

/// The number of the first leaf of each of several structures.
template <class... A>
struct offsets {
  int first[sizeof...(A) + 1]{};
  constexpr offsets() {
    constexpr int leaves[] = {shape_of<A>::leaves..., 0};
    for (std::size_t i = 0; i < sizeof...(A); ++i) first[i + 1] = first[i] + leaves[i];
  }
  static constexpr int at(std::size_t i) { return offsets().first[i]; }
};

/// Tuples and pairs fall apart into references to their parts: what remains are scalars and
/// (nested) arrays, whose leaves have one type.
template <class A>
TAPELESS_KERNEL constexpr auto parts(A& a) {
  using plain = std::remove_cv_t<A>;
  if constexpr (is_tuple_like<plain>) {
    return std::apply([](auto&... part) { return std::tuple_cat(parts(part)...); }, a);
  } else {
    return std::tuple<A&>(a);
  }
}

template <class Name, class T, bool Add, int Kept, class... In, class... Out, std::size_t... I,
          std::size_t... O>
inline constexpr void run_on_parts(const std::tuple<In...>& in, const std::tuple<Out...>& out,
                                   std::index_sequence<I...>, std::index_sequence<O...>) {
  constexpr const auto& p = program_of<Name>::value;
  slots<T, p.sizes.values, p.sizes.conditions> s;
  (load<Name, offsets<In...>::at(I)>(
       s, std::get<I>(in),
       std::make_integer_sequence<int, p.first_input(offsets<In...>::at(I + 1)) -
                                           p.first_input(offsets<In...>::at(I))>{}),
   ...);
  execute<Name>(s, std::make_integer_sequence<int, p.sizes.instructions>{});
  (store < Name, offsets<Out...>::at(O),
   Add &&
       (offsets<Out...>::at(O) >= Kept) >
           (s, std::get<O>(out),
            std::make_integer_sequence<int, offsets<Out...>::at(O + 1) - offsets<Out...>::at(O)>{}),
   ...);
}

/// run<Name, T>(inputs, outputs): executes the program with local variables of type T. Inputs and
/// outputs are tuples of references to structures; their leaves are numbered through.
/// The first `Kept` outputs are overwritten, the others accumulated into if Add.
template <class Name, class T, bool Add = false, int Kept = 0, class... In, class... Out>
TAPELESS_INLINE constexpr void run(const std::tuple<In...>& in, const std::tuple<Out...>& out) {
  const auto from = std::apply([](auto&... a) { return std::tuple_cat(parts(a)...); }, in);
  const auto to = std::apply([](auto&... a) { return std::tuple_cat(parts(a)...); }, out);
  run_on_parts<Name, T, Add, Kept>(from, to,
                                   std::make_index_sequence<std::tuple_size_v<decltype(from)>>{},
                                   std::make_index_sequence<std::tuple_size_v<decltype(to)>>{});
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
