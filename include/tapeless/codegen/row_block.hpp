// SPDX-License-Identifier: BSL-1.0
#pragma once

// Loops whose iterations lie side by side in memory, which those of loops inside of them do not:
// several of their iterations run at a time, statement by statement.

#include <tapeless/codegen/executor.hpp>
#include <tapeless/codegen/interleaved.hpp>
#include <tapeless/codegen/layout.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// How many rows at a time. Each sum keeps its order.
inline constexpr int rows_in_block = 8;

/// Several iterations of a region at a time, each with local variables of its own.
template <class Name, class T, int Region>
struct row_block {
  using code = region_code<Name, T, Region>;
  static constexpr const auto& p = program_of<Name>::value;
  static constexpr plan_region r = p.regions[Region];
  template <int Count>
  using numbers = std::make_integer_sequence<int, Count>;

  template <class E>
  static constexpr bool applies() {
    if constexpr (!E::in_packets && r.packets && r.nested && !r.across && r.windows == 0) {
      // A variable: of a condition clang evaluates each operand, and more than once.
      constexpr bool apart = writes_apart();
      if constexpr (!apart) {
        return false;
      } else {
        return lies_across(p, r, neighbours_of<E>);
      }
    } else {
      return false;
    }
  }
  /// All instructions but sums.
  template <int From = 0, class S, class E>
  TAPELESS_KERNEL static void run(S* s, E& e) {
    constexpr int inner = next_loop(From);
    // Of long code one copy is enough.
    if constexpr (is_long_between(From, inner)) {
      for (int n = 0; n < rows_in_block; ++n) {
        between<From>(s + n, e, numbers<1>{}, numbers<inner - From>{});
      }
    } else {
      between<From>(s, e, numbers<rows_in_block>{}, numbers<inner - From>{});
    }
    if constexpr (inner < r.instructions) {
      using inside = row_block<Name, T, p.arrays[r.first_instruction + inner]>;
      inside::across(s, e, numbers<rows_in_block>{}, numbers<inside::r.accumulators>{},
                     numbers<inside::r.instructions>{});
      run<inner + 1>(s, e);
    }
  }

 private:
  template <class, class, int>
  friend struct row_block;

  /// What one instruction adds up in an array keeps its order; what two do would not.
  static consteval bool writes_apart() {
    bool written[p.sizes.inputs + p.sizes.outputs + p.sizes.storages + 1]{};
    return writes_apart(r, written);
  }
  static constexpr bool writes_apart(const plan_region& x, bool* written) {
    for (int k = x.first_instruction; k < x.first_instruction + x.instructions; ++k) {
      const operation& op = *p.operations[k];
      if (op.same_as(&run_region_operation)) {
        if (!writes_apart(p.regions[p.arrays[k]], written)) return false;
      } else if (writes_array(op)) {
        if (written[p.arrays[k]]) return false;
        written[p.arrays[k]] = true;
      }
    }
    return true;
  }
  static constexpr int next_loop(int from) {
    while (from < r.instructions &&
           p.operations[r.first_instruction + from] != &run_region_operation) {
      ++from;
    }
    return from;
  }
  static constexpr bool is_long_between(int from, int to) {
    for (int k = from; k < to; ++k) {
      if (is_long(*p.operations[r.first_instruction + k])) return true;
    }
    return false;
  }
  template <int K, class S, class E, int... N>
  TAPELESS_KERNEL static void step(S* s, E& e, std::integer_sequence<int, N...>) {
    using one =
        executor<Name, T, p.operations[r.first_instruction + K], p.arrays[r.first_instruction + K]>;
    (void)sink{nothing{}, (one::run(s[N], code::code[r.first_instruction + K], e), nothing{})...};
  }
  template <int From, class S, class E, int... N, int... K>
  TAPELESS_KERNEL static void between([[maybe_unused]] S* s, [[maybe_unused]] E& e,
                                      [[maybe_unused]] std::integer_sequence<int, N...> all,
                                      std::integer_sequence<int, K...>) {
    (void)sink{nothing{}, (step<From + K>(s, e, all), nothing{})...};
  }
  template <int... A>
  TAPELESS_KERNEL static void start([[maybe_unused]] T* sum) {
    (void)sink{nothing{}, (sum[A] = code::template start_of<A>(), nothing{})...};
  }
  template <int... A, class S>
  TAPELESS_KERNEL static void add([[maybe_unused]] T* sum, [[maybe_unused]] const S& s) {
    [[maybe_unused]] std::ptrdiff_t at = 0;
    (void)sink{nothing{}, (code::template accumulate<A>(sum[A], at, s), nothing{})...};
  }
  template <int... A, class Up>
  TAPELESS_KERNEL static void leave([[maybe_unused]] Up& up, [[maybe_unused]] const T* sum) {
    (void)sink{nothing{}, (code::template deliver<A>(up, sum[A], 0), nothing{})...};
  }
  template <class Up, class E, int... N, int... A, int... K>
  TAPELESS_KERNEL static void across(Up* up, E& e, std::integer_sequence<int, N...> all,
                                     std::integer_sequence<int, A...>,
                                     std::integer_sequence<int, K...>) {
    typename code::frame s[sizeof...(N)];
    (void)sink{nothing{}, (code::import_all(s[N], up[N], numbers<r.imports>{}), nothing{})...};
    T sum[sizeof...(N)][sizeof...(A) + 1];
    (void)sink{nothing{}, (start<A...>(sum[N]), nothing{})...};
    const std::ptrdiff_t count = up[0].i[r.extent];
    for (std::ptrdiff_t k = 0; k < count; ++k) {
      (void)sink{nothing{}, (s[N].i[0] = k, nothing{})...};
      (void)sink{nothing{}, (step<K>(s, e, all), nothing{})...};
      (void)sink{nothing{}, (add<A...>(sum[N], s[N]), nothing{})...};
    }
    (void)sink{nothing{}, (leave<A...>(up[N], sum[N]), nothing{})...};
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
