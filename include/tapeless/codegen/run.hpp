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
    return unpack([](auto&... part) TAPELESS_LAMBDA { return std::tuple_cat(parts(part)...); }, a);
  } else if constexpr (shape_of<plain>::leaves == 0) {
    return std::tuple<>{};
  } else {
    return std::tuple<A&>(a);
  }
}

/// The program as a function of references to its inputs, then its outputs. Only this function can
/// leave a symbol behind, so it names nothing but the program, T and the types of the parts.
template <class Name, class T, bool Add, int Kept, int Inputs>
struct program_function {
  template <std::size_t... I, std::size_t... O, class... Parts>
  TAPELESS_INLINE static constexpr void body(std::index_sequence<I...>, std::index_sequence<O...>,
                                             const std::tuple<Parts&...>& all) {
    constexpr const auto& p = program_of<Name>::value;
    using from = offsets<std::remove_const_t<std::tuple_element_t<I, std::tuple<Parts...>>>...>;
    using to = offsets<std::tuple_element_t<Inputs + O, std::tuple<Parts...>>...>;
    slots<T, p.sizes.values, p.sizes.conditions> s;
    (load<Name, from::at(I)>(s, std::get<I>(all),
                             loads<p.first_input(from::at(I)), p.first_input(from::at(I + 1))>{}),
     ...);
    execute<Name>(s, std::make_integer_sequence<int, p.sizes.instructions>{});
    (store<Name, to::at(O), accumulates<to::at(O)>>(s, std::get<Inputs + O>(all),
                                                    loads<to::at(O), to::at(O + 1)>{}),
     ...);
  }
  template <class... Parts>
  TAPELESS_INLINE static constexpr void inlined(Parts&... parts) {
    body(std::make_index_sequence<Inputs>{}, std::make_index_sequence<sizeof...(Parts) - Inputs>{},
         std::tuple<Parts&...>(parts...));
  }
  template <class... Parts>
  static constexpr void call(Parts&... parts) {
    inlined(parts...);
  }

 private:
  template <int First, int Last>
  using loads = std::make_integer_sequence<int, Last - First>;
  template <int First>
  static constexpr bool accumulates = Add && First >= Kept;
};

/// Programs up to this size are always inlined: a call would cost as much as they do. g++ spills
/// the inputs of larger ones one by one around calls to libm if it inlines them.
#if defined(__clang__)
inline constexpr int inlined_instructions = 250;
#else
inline constexpr int inlined_instructions = 100;
#endif

/// run<Name, T>(inputs, outputs): executes the program with local variables of type T. Inputs and
/// outputs are tuples of references to structures; their leaves are numbered through.
/// The first `Kept` outputs are overwritten, the others accumulated into if Add.
template <class Name, class T, bool Add = false, int Kept = 0, class... In, class... Out>
TAPELESS_INLINE constexpr void run(const std::tuple<In...>& in_, const std::tuple<Out...>& out_) {
  const auto from_ =
      unpack([](auto&... a) TAPELESS_LAMBDA { return std::tuple_cat(parts(a)...); }, in_);
  const auto to_ =
      unpack([](auto&... a) TAPELESS_LAMBDA { return std::tuple_cat(parts(a)...); }, out_);
  const auto all_ = std::tuple_cat(from_, to_);
  using function =
      program_function<Name, T, Add, Kept, std::tuple_size_v<std::remove_const_t<decltype(from_)>>>;
  unpack(
      [](auto&... part_) TAPELESS_LAMBDA {
        if constexpr (program_of<Name>::value.sizes.instructions <= inlined_instructions) {
          function::inlined(part_...);
        } else {
          function::call(part_...);
        }
      },
      all_);
}

/// An R that `fill` writes. The explicit return type makes sure that results are built where the
/// caller wants them: a copy would read them back before they have left the store buffer.
template <class R, class Fill>
TAPELESS_INLINE constexpr R filled(const Fill& fill_) {
  R r_;
  fill_(r_);
  return r_;
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
