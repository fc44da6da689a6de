// SPDX-License-Identifier: BSL-1.0
#pragma once

// A program with loops as one function: sizes and checks, memory, the regions.

#include <tapeless/codegen/reference.hpp>
#include <tapeless/codegen/region_loop.hpp>
#include <tapeless/codegen/workspace.hpp>

// g++ does not see that loops of unknown length have filled the program's own arrays.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Memory for a program's own arrays, uninitialised.
template <class T>
struct owned_memory {
  T* data;

  explicit constexpr owned_memory(std::ptrdiff_t count)
      : data(new T[static_cast<std::size_t>(count)]) {}
  owned_memory(const owned_memory&) = delete;
  owned_memory& operator=(const owned_memory&) = delete;
  constexpr ~owned_memory() { delete[] data; }
};

/// The program as a function of references to its inputs, then its outputs.
template <class Name, class T, bool Add, int Kept, int Packets, int Inputs>
struct nest_function {
  static constexpr const auto& p = program_of<Name>::value;
  static constexpr int own = p.sizes.storages;
  // Constants of their own: a reference to `p` at run time would lead to the operations, and the
  // compilers would translate all of their rules.
  template <int K>
  static constexpr plan_storage storage = p.storages[K];
  template <int O>
  static constexpr plan_output output = p.outputs[O];
  static constexpr int first_own = p.sizes.inputs + p.sizes.outputs;
  template <std::size_t Count>
  using numbers = std::make_integer_sequence<int, static_cast<int>(Count)>;
  using entry_code = region_code<Name, T, p.sizes.entry>;
  using root_code = region_code<Name, T, p.sizes.root>;

  /// `memory`: the workspace that the program's own arrays go to; nullptr: it allocates. Which of
  /// them is known to the compiler: one copy of the program, and nothing else can point into what
  /// it has allocated.
  template <class... Parts>
  static constexpr void call(auto memory, Parts&... parts) {
    run(memory, numbers<Inputs>{}, numbers<sizeof...(Parts) - Inputs>{}, numbers<own>{},
        parts_of<Parts&...>{{parts}...});
  }
  /// How many bytes it needs for these inputs.
  template <class... Parts>
  static constexpr std::size_t workspace_size(Parts&... parts) {
    if constexpr (known_total() >= 0) {
      return 0;
    } else {
      typename entry_code::frame sizes;
      prepare(sizes, parts_of<decltype(reference_to(parts))...>{{reference_to(parts)}...});
      return sizeof(T) * static_cast<std::size_t>(total_of(sizes, numbers<own>{}));
    }
  }

 private:
  template <class S, int... K>
  static constexpr std::ptrdiff_t total_of(const S& sizes, std::integer_sequence<int, K...>) {
    return (count_of<K>(sizes) + ... + 0);
  }
  template <int K, class S>
  static constexpr std::ptrdiff_t count_of(const S& sizes) {
    std::ptrdiff_t count = 1;
    for (int d = 0; d < storage<K>.rank; ++d) count *= sizes.i[storage<K>.extent[d]];
    return count;
  }
  static constexpr int count_of_delays() {
    int count = 0;
    for (int i = 0; i < p.sizes.regions; ++i) count += p.regions[i].delay.number >= 0;
    return count;
  }
  static constexpr std::ptrdiff_t known_total() {
    std::ptrdiff_t total = 0;
    for (int i = 0; i < own; ++i) {
      if (p.storages[i].count < 0) return -1;
      total += p.storages[i].count;
    }
    return total;
  }

  /// What the inputs say: extents, and what follows from them.
  template <class S, class In>
  static constexpr void prepare(S& sizes, const In& inputs) {
    environment<T, false, false, Inputs, 0, In> e{inputs};
    entry_code::steps(sizes, e, numbers<entry_code::r.instructions>{});
  }
  template <int... I, int... O, int... K, class All>
  static constexpr void run(auto memory, std::integer_sequence<int, I...> in,
                            std::integer_sequence<int, O...>,
                            std::integer_sequence<int, K...> own_numbers, const All& all) {
    const parts_of<decltype(reference_to(part<I>(all)))...> inputs{{reference_to(part<I>(all))}...};
    typename entry_code::frame sizes;
    prepare(sizes, inputs);
    check(sizes, numbers<p.sizes.checks>{}, inputs);
    (check_output<O, Add>(part<Inputs + O>(all), sizes), ...);
    if (!std::is_constant_evaluated()) {
      const memory_range read[]{memory_of(part<I>(inputs))..., {}};
      const memory_range written[]{memory_of(reference_to(part<Inputs + O>(all)))..., {}};
      (check_overlap<O>(written[O], read, in), ...);
      if constexpr (!Add) {
        (check_apart<O>(all, written, numbers<O>{}), ...);
      }
    }
    (prepare_output<O, Add>(part<Inputs + O>(all), sizes), ...);
    using arrays = parts_of<decltype(reference_to(part<I>(all)))...,
                            decltype(reference_to(part<Inputs + O>(all)))...,
                            own_array<T, storage<K>.rank>...>;
    environment<T, Add, Packets != 0, Inputs, static_cast<int>(sizeof...(O)), arrays> e{
        arrays{{part<I>(inputs)}...,
               {reference_to(part<Inputs + O>(all))}...,
               {own_array<T, storage<K>.rank>{}}...}};
    constexpr int delays = Packets != 0 ? count_of_delays() : 0;
    T delayed[static_cast<std::size_t>(delays * most_delayed * most_delayed_rows + 1)];
    if constexpr (delays > 0) e.delayed = delayed;
    if constexpr (own == 0) {
      execute(e, numbers<sizeof...(O)>{}, numbers<root_code::r.instructions>{});
    } else {
      constexpr std::ptrdiff_t known = known_total();
      if constexpr (known >= 0) {
        T here[static_cast<std::size_t>(known) + 1];
        place(e, sizes, here, own_numbers);
        execute(e, numbers<sizeof...(O)>{}, numbers<root_code::r.instructions>{});
      } else if constexpr (std::is_null_pointer_v<decltype(memory)>) {
        const owned_memory<T> allocated(place(e, sizes, nullptr, own_numbers));
        place(e, sizes, allocated.data, own_numbers);
        execute(e, numbers<sizeof...(O)>{}, numbers<root_code::r.instructions>{});
      } else {
        place(e, sizes, memory->template borrow<T>(place(e, sizes, nullptr, own_numbers)),
              own_numbers);
        execute(e, numbers<sizeof...(O)>{}, numbers<root_code::r.instructions>{});
      }
    }
  }

  template <class E, int... O, int... K>
  TAPELESS_KERNEL static constexpr void execute(E& e, std::integer_sequence<int, O...>,
                                                std::integer_sequence<int, K...>) {
    typename root_code::frame s;
    (void)sink{nothing{}, (root_code::template executor_of<K>::run(
                               s, root_code::code[root_code::r.first_instruction + K], e),
                           nothing{})...};
    (write_output<O>(e, s), ...);
  }
  template <int O, class E, class S>
  TAPELESS_KERNEL static constexpr void write_output(E& e, const S& s) {
    if constexpr (output<O>.slot >= 0) {
      auto& to = e.template array<Inputs + O>();
      if constexpr (requires { to.value; }) {
        put<(Add && O >= Kept)>(*to.value, s.v[output<O>.slot]);
      } else {  // an array of one, which the function put together
        put<(Add && O >= Kept)>(to.data[0], s.v[output<O>.slot]);
      }
    }
  }

  /// Gives the program's own arrays their places in memory; returns how much they need.
  template <class E, class S, int... K>
  static constexpr std::ptrdiff_t place(E& e, const S& sizes, T* memory,
                                        std::integer_sequence<int, K...>) {
    std::ptrdiff_t total = 0;
    (place_one<K>(part<first_own + K>(e.arrays), sizes, memory, total), ...);
    return total;
  }
  template <int K, class A, class S>
  TAPELESS_KERNEL static constexpr void place_one(A& a, const S& sizes, T* memory,
                                                  std::ptrdiff_t& total) {
    a.data = memory == nullptr ? nullptr : memory + total;
    std::ptrdiff_t stride = 1;
    for (int d = a.rank - 1; d >= 0; --d) {
      a.extents[d] = sizes.i[storage<K>.extent[d]];
      a.strides[d] = stride;
      stride *= a.extents[d];
    }
    total += stride;
  }

  template <class S, int... K, class In>
  TAPELESS_KERNEL static constexpr void check(const S& s, std::integer_sequence<int, K...>,
                                              const In& inputs) {
    (check_range<K>(s, inputs), ...);
  }
  template <int K, class S, class In>
  TAPELESS_KERNEL static constexpr void check_range(const S& s, [[maybe_unused]] const In& inputs) {
    constexpr plan_check c = p.checks[K];
    bool runs = true;
    for (int l = 0; l < c.loop_count; ++l) runs = runs && s.i[c.loops[l]] > 0;
    const std::ptrdiff_t first = s.i[c.first], last = s.i[c.last], extent = s.i[c.extent];
    if constexpr (c.kind == check_kind::range) {
      if (runs && (first < 0 || last >= extent)) {
        index_beyond_array(c.array < Inputs ? c.array : -1, c.dimension, first < 0 ? first : last,
                           extent);
      }
    } else if constexpr (c.kind == check_kind::carried) {
      if (runs && first != extent) carry_of_changing_size(c.array, c.dimension, extent, first);
    } else if constexpr (c.kind == check_kind::equal) {
      if (runs && first != extent) {
        sizes_differ(c.rule, {c.array, c.dimension, first}, {c.input, c.input_dimension, extent});
      }
    } else {
      const std::ptrdiff_t size = part<c.input>(inputs).extents[c.dimension];
      if (size != first) {
        constexpr bool tangent = c.kind == check_kind::tangent;
        wrong_direction_size(tangent, c.array, c.dimension, size, first);
      }
    }
  }
  template <int O, bool Keep, class A, class S>
  TAPELESS_KERNEL static constexpr void check_output(A& a, const S& s) {
    if constexpr (output<O>.slot < 0 &&
                  !(!Keep && requires { requires array_traits<A>::resizable; })) {
      const auto to = reference_to(a);
      for (int d = 0; d < to.rank; ++d) {
        if (to.extents[d] != s.i[output<O>.extent[d]]) {
          wrong_output_size(O, d, to.extents[d], s.i[output<O>.extent[d]]);
        }
      }
    }
  }
  template <int O, int... I>
  TAPELESS_KERNEL static void check_overlap([[maybe_unused]] const memory_range& written,
                                            [[maybe_unused]] const memory_range* read,
                                            std::integer_sequence<int, I...>) {
    ((overlap(written, read[I]) ? output_overlaps_input(O, I) : void()), ...);
  }
  /// Two outputs are one place. What is accumulated may be: each adds.
  template <int O, class All, int... Before>
  TAPELESS_KERNEL static void check_apart([[maybe_unused]] const All& all,
                                          [[maybe_unused]] const memory_range* written,
                                          std::integer_sequence<int, Before...>) {
    ((are_one<O, Before>(all) || overlap(written[O], written[Before]) ? outputs_overlap(Before, O)
                                                                      : void()),
     ...);
  }
  template <int O, int Before, class All>
  TAPELESS_KERNEL static bool are_one([[maybe_unused]] const All& all) {
    if constexpr (output<O>.slot < 0 && output<Before>.slot < 0) {
      return static_cast<const void*>(&part<Inputs + O>(all)) ==
             static_cast<const void*>(&part<Inputs + Before>(all));
    } else {
      return false;
    }
  }
  template <int O, bool Keep, class A, class S>
  static constexpr void prepare_output(A& a, const S& s) {
    if constexpr (output<O>.slot < 0 && !Keep &&
                  requires { requires array_traits<A>::resizable; }) {
      std::ptrdiff_t extents[max_rank]{};
      bool same = true;
      for (int d = 0; d < output<O>.rank; ++d) {
        extents[d] = s.i[output<O>.extent[d]];
        same = same && array_traits<A>::extent(a, d) == extents[d];
      }
      if (!same) array_traits<A>::resize(a, extents);
    }
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
