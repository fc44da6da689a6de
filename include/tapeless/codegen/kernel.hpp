// SPDX-License-Identifier: BSL-1.0
#pragma once

// One kernel an operation and scalar type, never one a node.

#include <tapeless/codegen/program.hpp>
#include <tapeless/primitive/arithmetic.hpp>
#include <tapeless/trace/traced.hpp>

#include <type_traits>
#include <utility>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// What comparing two values of type T gives.
template <class T>
struct condition_type {
  using type = bool;
};
template <class T>
  requires requires { typename T::condition_type; }
struct condition_type<T> {
  using type = typename T::condition_type;
};
template <class T>
using condition_of = typename condition_type<T>::type;

/// Where constants come from: for traced values the graph that the inputs belong to, because
/// functions of constants are its nodes, not calls to libm in constant evaluation.
template <class T>
struct constant_maker {
  TAPELESS_KERNEL constexpr T constant(const instruction& n) const {
    return static_cast<T>(n.value());
  }
};
template <>
struct constant_maker<traced> {
  builder* graph = nullptr;

  constexpr void meet(const traced& input) {
    if (input.graph() != nullptr) graph = input.graph();
  }
  constexpr traced constant(const instruction& n) const {
    if (n.a == 1) return traced(structural_zero{});
    return graph == nullptr ? traced(n.value()) : traced(graph, graph->constant(n.value()));
  }
};

/// The local variables of a running program. Every index is a constant after inlining, so the
/// compiler dissolves both arrays into registers; one run-time index would keep them in memory.
template <class T, int Values, int Conditions>
struct slots : constant_maker<T> {
  T v[Values > 0 ? Values : 1];
  condition_of<T> c[Conditions > 0 ? Conditions : 1];
};

/// The primal of P, or what P means for operands that are symbolic themselves.
template <class P, class... X>
TAPELESS_KERNEL constexpr auto perform(const X&... x) {
  TAPELESS_CONTRACT
  if constexpr ((symbolic<X> || ...)) {
    return lift<P>(x...);
  } else {
    return P::primal(x...);
  }
}

#ifdef TAPELESS_VECTOR
template <class T, int Count>
struct vector_of {
  typedef T type TAPELESS_VECTOR(sizeof(T) * Count);
};
#endif

/// Target of a pack expansion in order; a fold expression would end at clang's depth limit of 256.
/// Nothing is stored: thousands of stores that nobody reads cost compilers as much as the program.
struct nothing {};
using sink = nothing[];

/// S: the slots. `run` is no template of its own, whose arguments would be deduced for each node.
template <const operation* Op, class S>
struct kernel {
  using P = primitive_of<Op>;

  template <int I>
  TAPELESS_KERNEL static constexpr const auto& operand(const S& s, int i) {
    if constexpr (I < P::condition_operands) {
      return s.c[i];
    } else {
      return s.v[i];
    }
  }
  TAPELESS_KERNEL static constexpr auto& result(S& s, int i) {
    if constexpr (P::returns_condition) {
      return s.c[i];
    } else {
      return s.v[i];
    }
  }
  // The arithmetic of long programs is spelled out: a call to the primal would double the number of
  // functions that the compiler inlines.
  TAPELESS_KERNEL static constexpr nothing run(S& s, const instruction& n) {
    TAPELESS_CONTRACT
    if constexpr (P::kind == algebra::add) {
      s.v[n.result] = s.v[n.a] + s.v[n.b];
    } else if constexpr (P::kind == algebra::subtract) {
      s.v[n.result] = s.v[n.a] - s.v[n.b];
    } else if constexpr (P::kind == algebra::multiply) {
      s.v[n.result] = s.v[n.a] * s.v[n.b];
    } else if constexpr (P::arity == 1) {
      result(s, n.result) = perform<P>(operand<0>(s, n.a));
    } else if constexpr (P::arity == 2) {
      result(s, n.result) = perform<P>(operand<0>(s, n.a), operand<1>(s, n.b));
    } else {
      result(s, n.result) = perform<P>(operand<0>(s, n.a), operand<1>(s, n.b), operand<2>(s, n.c));
    }
    return {};
  }
};

template <class S>
struct kernel<&separate_product_operation, S> {
  TAPELESS_KERNEL static constexpr nothing run(S& s, const instruction& n) {
    using T = std::remove_cvref_t<decltype(s.v[0])>;
    if constexpr (std::is_floating_point_v<T>) {
      s.v[n.result] = TAPELESS_SEPARATE(s.v[n.a] * s.v[n.b]);
    } else {
      s.v[n.result] = s.v[n.a] * s.v[n.b];
    }
    return {};
  }
};
template <class S>
struct kernel<&product_row_operation, S> {
  TAPELESS_KERNEL static constexpr nothing run(S& s, const instruction& n) {
    using T [[maybe_unused]] = std::remove_cvref_t<decltype(s.v[0])>;
    const int a = n.a, b = n.b, c = n.result, next_a = n.c, next_b = static_cast<int>(n.bits);
#ifdef TAPELESS_VECTOR
    if constexpr (std::is_same_v<T, double> || std::is_same_v<T, float>) {
      if (!std::is_constant_evaluated()) {
        using row = typename vector_of<T, row_length>::type;
        const row products =
            row{s.v[a], s.v[a + next_a], s.v[a + 2 * next_a], s.v[a + 3 * next_a]} *
            row{s.v[b], s.v[b + next_b], s.v[b + 2 * next_b], s.v[b + 3 * next_b]};
        s.v[c] = products[0];
        s.v[c + 1] = products[1];
        s.v[c + 2] = products[2];
        s.v[c + 3] = products[3];
        return {};
      }
    }
#endif
    using one = kernel<&separate_product_operation, S>;
    one::run(s, {c, a, b, -1, 0});
    one::run(s, {c + 1, a + next_a, b + next_b, -1, 0});
    one::run(s, {c + 2, a + 2 * next_a, b + 2 * next_b, -1, 0});
    one::run(s, {c + 3, a + 3 * next_a, b + 3 * next_b, -1, 0});
    return {};
  }
};
template <class S>
struct kernel<&pinned_sum_operation, S> {
  TAPELESS_KERNEL static constexpr nothing run(S& s, const instruction& n) {
    TAPELESS_CONTRACT
#ifdef TAPELESS_PIN
    using T = std::remove_cvref_t<decltype(s.v[0])>;
    if constexpr (std::is_same_v<T, double> || std::is_same_v<T, float>) {
      if (!std::is_constant_evaluated()) {
        T sum = s.v[n.a] + s.v[n.b];
        TAPELESS_PIN(sum);
        s.v[n.result] = sum;
        return {};
      }
    }
#endif
    s.v[n.result] = s.v[n.a] + s.v[n.b];
    return {};
  }
};
template <class S>
struct kernel<&constant_operation, S> {
  TAPELESS_KERNEL static constexpr nothing run(S& s, const instruction& n) {
    s.v[n.result] = s.constant(n);
    return {};
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
