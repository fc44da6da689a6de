// SPDX-License-Identifier: BSL-1.0
#pragma once

// A program: the live nodes of a graph, renumbered, each with its slot.

#include <tapeless/codegen/schedule.hpp>

#include <bit>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Where an instruction finds its operands and leaves its result; which operation it is stands
/// elsewhere, because this much is data at run time until everything is inlined.
struct instruction {
  int result;          ///< slot: values and conditions are counted apart
  int a, b, c;         ///< slots of the operands; a structural zero has a = 1
  std::uint64_t bits;  ///< a constant's value

  constexpr double value() const { return std::bit_cast<double>(bits); }
};

/// A product that is rounded before it is added.
inline constexpr operation separate_product_operation{
    "*", 0x8ebc6af09c88c6e3ull, algebra::multiply, 2, false, 0, false};

/// Four of them, of operands at equal distances: `c` and `bits` are the distances of the slots.
inline constexpr operation product_row_operation{
    "* * * *", 0x5d1f0a3be97c4c27ull, algebra::multiply, 2, false, 0, false};

/// A sum that is computed where it stands.
inline constexpr operation pinned_sum_operation{
    "+", 0x27c4b1d07f93ae65ull, algebra::add, 2, false, 0, false};

struct input_slot {
  int leaf, slot;
};

/// Constant arrays are stored in rows where TAPELESS_ROWS says so.
template <class T, int Count>
struct constant_array {
#ifdef TAPELESS_ROWS
  T of[Count / TAPELESS_ROWS + 1][TAPELESS_ROWS]{};
#else
  T of[Count + 1]{};
#endif
};

template <program_sizes S>
struct program {
  static constexpr program_sizes sizes = S;
  constant_array<const operation*, S.instructions> operations;
  constant_array<instruction, S.instructions> instructions;
  input_slot input[S.inputs + 1]{};
  int output[S.outputs + 1]{};
  std::uint64_t high = 0, low = 0;  ///< digest
  bool anonymous = false;           ///< an operation's name does not identify it
};

template <program_sizes S>
constexpr auto instructions_of(const program<S>& p) {
  return p.instructions;
}

/// `low` sums up all that `high` has been: programs that meet in the one still differ in the other.
struct digest {
  std::uint64_t high = 0x243f6a8885a308d3ull, low = 0x13198a2e03707344ull;
  constexpr void mix(std::uint64_t v, std::uint64_t w = 0) {
    high = (high ^ (high >> 32) ^ v ^ (w * 0xbf58476d1ce4e5b9ull)) * 0x9e3779b97f4a7c15ull;
    low += high;
  }
};

/// The program of the scheduled nodes of g.
template <program_sizes Sizes, int Size, int Capacity, int Outputs>
constexpr auto compact(const graph<Capacity, Outputs>& g, const schedule<Size>& s) {
  program<Sizes> p;
  int slot_memory[Size + 1]{};
  int* const slot = slot_memory + 1;  // slot[-1]: no operand
  int values = 0, conditions = 0, instructions = 0, inputs = 0;
  digest d;
  // The digest of the instructions, as `mix` would form it: variables are cheaper than members.
  std::uint64_t high = d.high, low = d.low;
  const int* const order = s.order();
  for (int k = 0; k < s.count; ++k) {
    const int n = order[k];
    const node& x = g.nodes[n];
    const operation* op = x.op;
    const algebra kind = op->kind;
    const int to = slot[n] =
        Sizes.conditions > 0 && op->returns_condition ? conditions++ : values++;
    if (kind == algebra::input) {
      p.input[inputs++] = {x.a, to};
      d.mix(static_cast<unsigned>(x.a));
      continue;
    }
    int a = x.a, b = slot[x.b], c = slot[x.c];
    std::uint64_t bits = 0;
    if (kind == algebra::constant) {
      a = a == 1, bits = x.bits;
    } else {
      a = slot[a];
    }
    if (s.sums.any) {
      if (kind == algebra::multiply && s.sums.separate[n]) op = &separate_product_operation;
      if (kind == algebra::add && s.sums.pinned[n]) op = &pinned_sum_operation;
      if (kind == algebra::multiply && s.sums.row[n]) {
        const node& next = g.nodes[order[k + 1]];
        op = &product_row_operation;
        c = slot[next.a] - a;
        bits = static_cast<std::uint64_t>(slot[next.b] - b);
        for (int j = 1; j < row_length; ++j) slot[order[++k]] = values++;
      }
    }
    TAPELESS_ELEMENT(p.operations, instructions) = op;
    TAPELESS_ELEMENT(p.instructions, instructions) = {to, a, b, c, bits};
    ++instructions;
    high =
        (high ^ (high >> 32) ^ op->hash ^ bits ^
         ((static_cast<std::uint64_t>(a) * 0xbf58476d1ce4e5b9ull + static_cast<std::uint64_t>(b)) *
              0x94d049bb133111ebull +
          static_cast<std::uint64_t>(c))) *
        0x9e3779b97f4a7c15ull;
    low += high;
  }
  d.high ^= high, d.low += low;
  for (int i = 0; i < Outputs; ++i) d.mix(static_cast<unsigned>(p.output[i] = slot[g.outputs[i]]));
  p.high = d.high;
  p.low = d.low;
  p.anonymous = s.anonymous;
  return p;
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
