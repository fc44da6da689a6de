// SPDX-License-Identifier: BSL-1.0
#pragma once

// Emission: a program as straight-line code for a scalar type T.

#include <tapeless/codegen/kernel.hpp>
#include <tapeless/codegen/name.hpp>
#include <tapeless/trace/structure.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

// In loops that it has unrolled, g++ warns of iterations that do not run.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Warray-bounds"
#endif
template <bool Add, class A, class T>
TAPELESS_KERNEL constexpr void put(A& to, const T& value) {
  if constexpr (Add) {
    to += static_cast<A>(value);
  } else {
    to = static_cast<A>(value);
  }
}
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

/// Where a leaf stands, the structure and its number there, and the slot of its value.
struct place {
  std::size_t part;
  int leaf, slot;
};
// The places of leaves, which are numbered through the structures A... Constants of their own: what
// refers to a program makes compilers emit all rules of the operations that it names. And immediate
// functions read them, because unoptimised a table would be a symbol that names them all.
template <int Count>
struct place_list {
  place of[Count + 1];
};
template <class... A>
constexpr place place_of_leaf(int leaf, int slot) {
  constexpr int sizes[] = {shape_of<A>::leaves..., 0};
  std::size_t part = 0;
  while (leaf >= sizes[part]) leaf -= sizes[part++];
  return {part, leaf, slot};
}
template <class... A, program_sizes S>
constexpr auto places_of_inputs(const program<S>& p) {
  place_list<S.inputs> all{};
  for (int i = 0; i < S.inputs; ++i) {
    all.of[i] = place_of_leaf<A...>(p.input[i].leaf, p.input[i].slot);
  }
  return all;
}
template <class... A, program_sizes S>
constexpr auto places_of_outputs(const program<S>& p) {
  place_list<S.outputs> all{};
  for (int i = 0; i < S.outputs; ++i) all.of[i] = place_of_leaf<A...>(i, p.output[i]);
  return all;
}

/// References, numbered: of std::tuple compilers check for each whether it converts to others.
template <std::size_t I, class A>
struct numbered_reference {
  A& of;
};
template <class Indices, class... A>
struct reference_list;
template <std::size_t... I, class... A>
struct reference_list<std::index_sequence<I...>, A...> : numbered_reference<I, A>... {};
template <class... A>
using references = reference_list<std::index_sequence_for<A...>, A...>;

/// A long output as a place of its own, which has nothing to do with what stands around it.
template <class A>
TAPELESS_KERNEL constexpr A& apart(A& a) {
#ifdef TAPELESS_FORGET
  if (!std::is_constant_evaluated()) {
    A* pointer = &a;
    TAPELESS_FORGET(pointer);
    return *pointer;
  }
#endif
  return a;
}

template <class A>
TAPELESS_KERNEL constexpr A& output_part(A& a) {
  if constexpr (shape_of<A>::leaves >= long_output) {
    return apart(a);
  } else {
    return a;
  }
}

/// Tuples, pairs and arrays of them fall apart into references to their parts: what remains are
/// scalars and (nested) arrays, whose leaves have one type.
template <bool Output, class A>
TAPELESS_KERNEL constexpr auto parts(A& a) {
  using plain = std::remove_cv_t<A>;
  if constexpr (is_tuple_like<plain> || holds_tuples<plain>) {
    return unpack(
        [](auto&... part) TAPELESS_LAMBDA { return std::tuple_cat(parts<Output>(part)...); }, a);
  } else if constexpr (shape_of<plain>::leaves == 0) {
    return std::tuple<>{};
  } else if constexpr (Output) {
    return std::tuple<A&>(output_part(a));
  } else {
    return std::tuple<A&>(a);
  }
}
/// A reference to what stays as it is.
template <class A>
inline constexpr bool is_one_part =
    std::is_lvalue_reference_v<A> && !is_tuple_like<std::remove_cvref_t<A>> &&
    !holds_tuples<std::remove_cvref_t<A>> && shape_of<std::remove_cvref_t<A>>::leaves > 0;

/// The program as a function of references to its inputs, then its outputs. Only `call` can leave a
/// symbol behind, so it names nothing but the program, T and the types of the parts.
template <class Name, class T, bool Add, int Kept, int Inputs>
struct program_function {
  static constexpr const auto& p = program_of<Name>::value;
  static constexpr const auto& code = program_of<Name>::instructions;

  /// Operations on other types may throw, and then nothing is written.
  static constexpr bool in_turns = std::is_arithmetic_v<T> && writes_in_turns(p.sizes);
  /// The instructions up to the last call to libm. After them long inputs are read again, so that
  /// compilers need not store what they have of them in registers; nothing is written before.
  static constexpr int calling = [] {
    if (!std::is_arithmetic_v<T> || !p.sizes.calls) return 0;
    int k = p.sizes.instructions;
    while (k > 0 && TAPELESS_ELEMENT(p.operations, k - 1)->kind != algebra::other) --k;
    return in_turns && k > turn_length ? 0 : k;
  }();
  /// What follows them.
  static constexpr int others = p.sizes.instructions - calling;
  static constexpr const auto* later_operations = TAPELESS_TABLE(p.operations, calling);
  static constexpr int turns = (others + turn_length - 1) / turn_length;

  /// The outputs in the order in which they are written, and where those of each turn begin.
  struct turns_of_outputs {
    int output[p.sizes.outputs + 1]{}, first[turns + 2]{};
  };
  static constexpr turns_of_outputs written = [] {
    turns_of_outputs all;
    if (!in_turns) return all;
    int last[p.sizes.values + 1]{}, at[p.sizes.outputs + 1]{};
    for (int k = 0; k < p.sizes.instructions; ++k) {
      const operation& op = *TAPELESS_ELEMENT(p.operations, k);
      if (op.returns_condition) continue;
      const int result = TAPELESS_ELEMENT(code, k).result;
      const int turn = k < calling ? 0 : (k - calling) / turn_length;
      last[result] = turn;
      if (op.same_as(&product_row_operation)) {
        for (int j = 1; j < row_length; ++j) last[result + j] = turn;
      }
    }
    for (int i = 0; i < p.sizes.outputs; ++i) ++all.first[(at[i] = last[p.output[i]]) + 2];
    for (int t = 2; t < turns + 2; ++t) all.first[t] += all.first[t - 1];
    for (int i = 0; i < p.sizes.outputs; ++i) all.output[all.first[at[i] + 1]++] = i;
    return all;
  }();

  template <class...>
  struct sequences {};
  /// Parts that are inputs, parts that are outputs, inputs, instructions up to the last call, those
  /// after it, outputs, turns.
  template <std::size_t Outputs>
  using all_sequences =
      sequences<std::make_index_sequence<static_cast<std::size_t>(Inputs)>,
                std::make_index_sequence<Outputs>, std::make_integer_sequence<int, p.sizes.inputs>,
                std::make_integer_sequence<int, calling>,
                std::make_integer_sequence<int, in_turns ? 0 : others>,
                std::make_integer_sequence<int, in_turns ? 0 : p.sizes.outputs>,
                std::make_integer_sequence<int, in_turns ? turns : 0>>;

  using slots_of = slots<T, p.sizes.values, p.sizes.conditions>;
  template <std::size_t K, class A>
  TAPELESS_KERNEL static constexpr A& part(const numbered_reference<K, A>& all) {
    return all.of;
  }

  template <class Parts, class In, class Out>
  struct ends;
  template <class... Parts, std::size_t... I, std::size_t... O>
  struct ends<std::tuple<Parts...>, std::index_sequence<I...>, std::index_sequence<O...>> {
    static constexpr auto from =
        places_of_inputs<std::tuple_element_t<I, std::tuple<Parts...>>...>(p);
    /// In the order in which they are written.
    static constexpr auto to = [] {
      constexpr auto all =
          places_of_outputs<std::tuple_element_t<Inputs + O, std::tuple<Parts...>>...>(p);
      if constexpr (in_turns) {
        auto sorted = all;
        for (int i = 0; i < p.sizes.outputs; ++i) sorted.of[i] = all.of[written.output[i]];
        return sorted;
      } else {
        return all;
      }
    }();
    /// An input of an array that is so long that nobody expects it in registers.
    static consteval bool is_long(int i) {
      constexpr int leaves[]{shape_of<std::remove_const_t<Parts>>::leaves..., 0};
      return leaves[from.of[i].part] >= long_output;
    }
    static consteval bool any_long() {
      for (int i = 0; i < p.sizes.inputs; ++i) {
        if (is_long(i)) return true;
      }
      return false;
    }
    /// Part number K as an input, and as an output.
    template <std::size_t K>
    TAPELESS_KERNEL static constexpr nothing read(slots_of& s, const references<Parts...>& all,
                                                  int k, int slot) {
      s.v[slot] = static_cast<T>(leaf(part<K>(all), k));
      return {};
    }
    template <std::size_t K, bool Accumulated>
    TAPELESS_KERNEL static constexpr nothing write(const slots_of& s,
                                                   const references<Parts...>& all, int k,
                                                   int slot) {
      put<Accumulated>(leaf(part<K>(all), k), s.v[slot]);
      return {};
    }
    static consteval int input_leaf(int i) { return from.of[i].leaf; }
    static consteval int input_slot(int i) { return from.of[i].slot; }
    static consteval int output_leaf(int i) { return to.of[i].leaf; }
    static consteval int output_slot(int i) { return to.of[i].slot; }
  };

  /// Some instructions, and the outputs that are known then. What `body` does in one, because a
  /// function more for each output costs long programs 5 % of their compile time.
  template <class At, int First, int FirstOutput, class Slots, class All, int... K, int... R>
  TAPELESS_KERNEL static constexpr void take_turn(Slots& s, const All& all,
                                                  std::integer_sequence<int, K...>,
                                                  std::integer_sequence<int, R...>) {
    (void)sink{nothing{}, kernel<TAPELESS_ELEMENT(p.operations, First + K), Slots>::run(
                              s, TAPELESS_ELEMENT(code, First + K))...};
    (void)sink{nothing{},
               At::template write<Inputs + At::to.of[FirstOutput + R].part,
                                  (Add && written.output[FirstOutput + R] >= Kept)>(
                   s, all, At::output_leaf(FirstOutput + R), At::output_slot(FirstOutput + R))...};
  }
  template <int C>
  using instructions_of_turn =
      std::make_integer_sequence<int, C + 1 < turns ? turn_length : others - C * turn_length>;
  template <int C>
  using outputs_of_turn = std::make_integer_sequence<int, written.first[C + 1] - written.first[C]>;

  /// One function that owns the slots: to a reference g++ writes as to memory, for longer.
  template <std::size_t... I, std::size_t... O, int... L, int... K, int... J, int... R, int... C,
            std::size_t... N, class... Parts>
  TAPELESS_KERNEL static constexpr void body(
      sequences<std::index_sequence<I...>, std::index_sequence<O...>,
                std::integer_sequence<int, L...>, std::integer_sequence<int, K...>,
                std::integer_sequence<int, J...>, std::integer_sequence<int, R...>,
                std::integer_sequence<int, C...>>,
      const reference_list<std::index_sequence<N...>, Parts...>& all) {
    using at = ends<std::tuple<Parts...>, std::index_sequence<I...>, std::index_sequence<O...>>;
    slots_of s;
    (void)sink{nothing{}, at::template read<at::from.of[L].part>(s, all, at::input_leaf(L),
                                                                 at::input_slot(L))...};
    if constexpr (std::same_as<T, traced>) {
      for (int i = 0; i < p.sizes.inputs; ++i) s.meet(s.v[at::from.of[i].slot]);
    }
    (void)sink{nothing{}, kernel<TAPELESS_ELEMENT(p.operations, K), slots_of>::run(
                              s, TAPELESS_ELEMENT(code, K))...};
    if constexpr (calling > 0 && at::any_long()) {
      (void)sink{nothing{},
                 (at::is_long(L) ? void(s.v[at::input_slot(L)] = static_cast<T>(leaf(
                                            part<at::from.of[L].part>(all), at::input_leaf(L))))
                                 : void(),
                  nothing{})...};
    }
    [[maybe_unused]] const auto* const later = TAPELESS_TABLE(code, calling);
    (void)sink{nothing{}, kernel<TAPELESS_ENTRY(later_operations, calling, J), slots_of>::run(
                              s, TAPELESS_ENTRY(later, calling, J))...};
    (void)sink{nothing{}, at::template write<Inputs + at::to.of[R].part, (Add && R >= Kept)>(
                              s, all, at::output_leaf(R), at::output_slot(R))...};
    (void)sink{nothing{}, (take_turn<at, calling + C * turn_length, written.first[C]>(
                               s, all, instructions_of_turn<C>{}, outputs_of_turn<C>{}),
                           nothing{})...};
  }
  template <class... Parts>
  TAPELESS_INLINE static constexpr void inlined(Parts&... parts) {
    body(all_sequences<sizeof...(Parts) - Inputs>{}, references<Parts...>{{parts}...});
  }
  /// Clang copies the body once less without `inlined` between; g++ takes twice as long without it.
  template <class... Parts>
  static constexpr void call(Parts&... parts) {
#if defined(__clang__)
    body(all_sequences<sizeof...(Parts) - Inputs>{}, references<Parts...>{{parts}...});
#else
    inlined(parts...);
#endif
  }
};

/// Programs up to this size are always inlined: a call would cost as much as they do. Where the
/// inputs have just been gathered into an array, a call would read them back before they have left
/// the store buffer. g++ takes twice as long for large ones with calls to libm if it inlines them.
constexpr int inlined_instructions([[maybe_unused]] bool calls, bool gathered) {
#if defined(__clang__)
  return gathered ? 500 : 250;
#else
  return !gathered ? 100 : calls ? 400 : 500;
#endif
}

/// run<Name, T>(inputs, outputs): executes the program with local variables of type T. Inputs and
/// outputs are tuples of references to structures; their leaves are numbered through.
/// The first `Kept` outputs are overwritten, the others accumulated into if Add.
template <class Name, class T, bool Add = false, int Kept = 0, bool Gathered = false, class... In,
          class... Out>
TAPELESS_INLINE constexpr void run(const std::tuple<In...>& in_, const std::tuple<Out...>& out_) {
  constexpr auto execute_ = []<int Inputs>(std::integral_constant<int, Inputs>,
                                           auto&... part_) TAPELESS_LAMBDA {
    using function = program_function<Name, T, Add, Kept, Inputs>;
    constexpr program_sizes sizes = program_of<Name>::value.sizes;
    if constexpr (sizes.instructions <= inlined_instructions(sizes.calls, Gathered)) {
      function::inlined(part_...);
    } else {
      function::call(part_...);
    }
  };
  if constexpr ((is_one_part<In> && ...) && (is_one_part<Out> && ...)) {
    unpack(
        [&](auto&... from_) TAPELESS_LAMBDA {
          unpack(
              [&](auto&... to_) TAPELESS_LAMBDA {
                execute_(std::integral_constant<int, sizeof...(In)>{}, from_...,
                         output_part(to_)...);
              },
              out_);
        },
        in_);
  } else {
    const auto from_ =
        unpack([](auto&... a) TAPELESS_LAMBDA { return std::tuple_cat(parts<false>(a)...); }, in_);
    const auto to_ =
        unpack([](auto&... a) TAPELESS_LAMBDA { return std::tuple_cat(parts<true>(a)...); }, out_);
    constexpr int inputs = std::tuple_size_v<std::remove_const_t<decltype(from_)>>;
    unpack([&](auto&... part_)
               TAPELESS_LAMBDA { execute_(std::integral_constant<int, inputs>{}, part_...); },
           std::tuple_cat(from_, to_));
  }
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
