// SPDX-License-Identifier: BSL-1.0
#pragma once

// Arithmetic of indices: signed integers, in a form in which equal ones are one node.

#include <tapeless/graph/builder.hpp>

#include <cstddef>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Static functions, as in local_algebra.
struct index_algebra {
  static constexpr int number(builder& g, std::ptrdiff_t v) {
    return g.intern(&index_constant_operation, -1, -1, -1, static_cast<std::uint64_t>(v));
  }
  static constexpr bool is_number(const builder& g, int i) {
    return g.is(i, algebra::index_constant);
  }
  static constexpr std::ptrdiff_t number_of(const builder& g, int i) {
    return static_cast<std::ptrdiff_t>(g[i].bits);
  }
  /// Constants stand last and meet each other: i + 1 - 1 is i.
  static constexpr int index_sum(builder& g, int a, int b) {
    if (is_number(g, a)) {
      if (is_number(g, b)) return number(g, number_of(g, a) + number_of(g, b));
      const int swap = a;
      a = b, b = swap;
    }
    const node x = g[a], y = g[b];
    if (is_number(g, b)) {
      if (number_of(g, b) == 0) return a;
      if (x.op->kind == algebra::index_sum && is_number(g, x.b)) {
        return index_sum(g, x.a, number(g, number_of(g, x.b) + number_of(g, b)));
      }
      return g.intern(&index_sum_operation, a, b, -1, 0);
    }
    if (x.op->kind == algebra::index_sum && is_number(g, x.b)) {
      return index_sum(g, index_sum(g, x.a, b), x.b);
    }
    if (y.op->kind == algebra::index_sum && is_number(g, y.b)) {
      return index_sum(g, index_sum(g, a, y.a), y.b);
    }
    if (y.op->kind == algebra::index_difference && y.b == a) return y.a;
    if (x.op->kind == algebra::index_difference && x.b == b) return x.a;
    return g.intern(&index_sum_operation, a < b ? a : b, a < b ? b : a, -1, 0);
  }
  static constexpr int index_difference(builder& g, int a, int b) {
    if (a == b) return number(g, 0);
    if (is_number(g, b)) return index_sum(g, a, number(g, -number_of(g, b)));
    const node x = g[a], y = g[b];
    if (x.op->kind == algebra::index_sum) {
      if (x.a == b) return x.b;
      if (x.b == b) return x.a;
      if (is_number(g, x.b)) return index_sum(g, index_difference(g, x.a, b), x.b);
    }
    if (y.op->kind == algebra::index_sum && is_number(g, y.b)) {
      return index_sum(g, index_difference(g, a, y.a), number(g, -number_of(g, y.b)));
    }
    return g.intern(&index_difference_operation, a, b, -1, 0);
  }
  static constexpr int index_product(builder& g, int a, int b) {
    if (is_number(g, a)) {
      const int swap = a;
      a = b, b = swap;
    }
    if (is_number(g, b)) {
      const std::ptrdiff_t k = number_of(g, b);
      if (is_number(g, a)) return number(g, number_of(g, a) * k);
      if (k == 0) return b;
      if (k == 1) return a;
    }
    return g.intern(&index_product_operation, a, b, -1, 0);
  }
  // Of numbers as in C++, rounded towards zero. By zero they are zero: what is computed outside of
  // a loop without iterations is not used.
  static constexpr int index_quotient(builder& g, int a, int b) {
    if (is_number(g, b)) {
      const std::ptrdiff_t k = number_of(g, b);
      if (k == 1) return a;
      if (is_number(g, a)) return number(g, k == 0 ? 0 : number_of(g, a) / k);
    }
    return g.intern(&index_quotient_operation, a, b, -1, 0);
  }
  static constexpr int index_remainder(builder& g, int a, int b) {
    if (is_number(g, b)) {
      const std::ptrdiff_t k = number_of(g, b);
      if (k == 1 || k == -1) return number(g, 0);
      if (is_number(g, a)) return number(g, k == 0 ? 0 : number_of(g, a) % k);
    }
    return g.intern(&index_remainder_operation, a, b, -1, 0);
  }
  /// max(a, 0): a number of elements.
  static constexpr int count(builder& g, int a) {
    if (is_number(g, a)) return number_of(g, a) < 0 ? number(g, 0) : a;
    if (never_negative(g, a)) return a;
    return g.intern(&index_count_operation, a, -1, -1, 0);
  }
  static constexpr bool never_negative(const builder& g, int a) {
    const node& n = g[a];
    switch (n.op->kind) {
      case algebra::extent:
      case algebra::index_count:
      case algebra::iota:
        return true;
      case algebra::index_constant:
        return number_of(g, a) >= 0;
      case algebra::index_sum:
      case algebra::index_product:
      case algebra::index_quotient:
        return never_negative(g, n.a) && never_negative(g, n.b);
      case algebra::index_remainder:
        return never_negative(g, n.a);
      default:
        return false;
    }
  }
  /// The index as a value.
  static constexpr int value(builder& g, int i) {
    if (is_number(g, i)) return g.constant(static_cast<double>(number_of(g, i)));
    return g.intern(&index_value_operation, i, -1, -1, 0);
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
