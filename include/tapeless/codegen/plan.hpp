// SPDX-License-Identifier: BSL-1.0
#pragma once

// The plan of a program with loops: regions, each one execution of a loop in another region.

#include <tapeless/codegen/program.hpp>
#include <tapeless/graph/nest_graph.hpp>

#include <initializer_list>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// The local variables of a region are counted by class.
enum class slot_class : std::uint8_t { value, condition, index, none };

/// By kind: a switch takes compilers a step for each of its labels.
struct slot_classes {
  slot_class of[static_cast<int>(algebra::select) + 1]{};

  constexpr slot_classes() {
    for (const algebra k :
         {algebra::array, algebra::slice, algebra::scatter, algebra::routine, algebra::fold}) {
      of[static_cast<int>(k)] = slot_class::none;
    }
    for (const algebra k :
         {algebra::extent, algebra::index_constant, algebra::iota, algebra::index_sum,
          algebra::index_difference, algebra::index_product, algebra::index_quotient,
          algebra::index_remainder, algebra::index_count, algebra::index_cast, algebra::index_truth,
          algebra::index_load, algebra::argument}) {
      of[static_cast<int>(k)] = slot_class::index;
    }
  }
};
inline constexpr slot_classes class_of_kind{};

constexpr slot_class class_of(const operation& op) {
  if (op.returns_condition) return slot_class::condition;
  if ((op.kind == algebra::carry || op.kind == algebra::fold_result) && is_carried_array(op)) {
    return slot_class::none;
  }
  return class_of_kind.of[static_cast<int>(op.kind)];
}

// What only plans have.
#define TAPELESS_PLAN_OPERATION(symbol, hash)         \
  inline constexpr operation symbol##_operation {     \
    #symbol, hash, algebra::other, 0, false, 0, false \
  }
TAPELESS_PLAN_OPERATION(run_region, 0x3c79ac492ba7b653ull);    ///< array: the region
TAPELESS_PLAN_OPERATION(load_element, 0x1c69b3f74ac4ae35ull);  ///< array, a, b, c: indices
TAPELESS_PLAN_OPERATION(load_guarded, 0x6a09e667f3bcc909ull);  ///< 0 if there is no element
TAPELESS_PLAN_OPERATION(load_index, 0xbb67ae8584caa73bull);
TAPELESS_PLAN_OPERATION(load_index_guarded, 0x27d4eb2f165667c5ull);
TAPELESS_PLAN_OPERATION(check_entries, 0x94d049bb133111ebull);  ///< in debug builds
TAPELESS_PLAN_OPERATION(put_element, 0x3c6ef372fe94f82bull);    ///< adds value `result`
TAPELESS_PLAN_OPERATION(put_guarded, 0xa54ff53a5f1d36f1ull);
TAPELESS_PLAN_OPERATION(store_element, 0x510e527fade682d1ull);
TAPELESS_PLAN_OPERATION(fill_array, 0x9b05688c2b3e6c1full);  ///< with zeros, within `bits` indices
TAPELESS_PLAN_OPERATION(fill_rest, 0x367cf5d9c1a0e2b1ull);   ///< from row a and column b on
TAPELESS_PLAN_OPERATION(move_array, 0x1f83d9abfb41bd6bull);  ///< array: which of the moves
#undef TAPELESS_PLAN_OPERATION

/// How many rows of an outer product can wait, and for how many iterations.
inline constexpr int most_delayed_rows = 512, most_delayed = 3;
/// Outer products that one iteration of a fold adds for several before.
struct plan_delay {
  int number = -1;          ///< which of the program's; -1: none
  int put = -1, load = -1;  ///< instructions
  int weight = -1;          ///< slot of the other factor, in the region around
  int row = -1;             ///< slot of the index, of what is loaded, that the fold moves
  int count = -1;           ///< of the region around: where its fold has the number of iterations
};
/// A fold that hands on a product has as many in each lane, and no packet has more lanes.
inline constexpr int product_chains = 2, most_lanes = 16;

struct plan_region {
  int extent = -1;  ///< slot in the parent's frame; -1: runs once
  bool backward = false;
  bool branch = false;           ///< of one iteration or none
  bool packets = false;          ///< several iterations can run at once
  bool nested = false;           ///< if so, with loops inside
  bool across = false;           ///< which run with the same lanes, or it does not
  bool too_long = false;         ///< for copies, inside of one that runs in packets
  bool hands_on_arrays = false;  ///< from iteration to iteration
  bool outermost = false;
  bool product = false;  ///< hands on a product, whose factors may come in any order
  int others = -1;       ///< slots in the parent's frame: the products of the other lanes' factors
  int counted = -1;      ///< slot of the number of iterations
  plan_delay delay{};
  int values = 0, conditions = 0, indices = 0;
  int first_instruction = 0, instructions = 0;
  int first_import = 0, imports = 0;
  int first_accumulator = 0, accumulators = 0;
  int first_carry = 0, carries = 0;
  int first_window = 0, windows = 0;
};
/// How an index moves from one iteration of a loop to the next.
enum class motion : std::uint8_t { none, step, any };
/// A local copy of a variable of the region around.
struct plan_import {
  slot_class kind = slot_class::value;
  int from = 0, to = 0;
  motion moves = motion::none;  ///< as the loop around does, if that runs in packets
};
struct plan_accumulator {
  bool maximum = false;
  int value = 0;      ///< slot, here
  int result = 0;     ///< slot, in the region around
  int argument = -1;  ///< slot of the position, in the region around
};
struct plan_carry {
  int initial = 0, local = 0, next = 0, result = -1;  ///< first and last in the region around
};
/// The elements around the loop's index of an array that only this loop puts into: variables that
/// move along with the index, each stored once, when it is complete. `adds`: there are more puts,
/// elsewhere; each is added once.
struct plan_window {
  int array = 0, slot = 0, width = 0;  ///< value slots slot ... slot + width - 1
  int offset = 0;                      ///< of the first from the index
  bool guarded = false;                ///< the window may reach out of the array
  bool adds = false;                   ///< to what others put there
};
/// An array, or what is left of one within its first indices.
struct plan_place {
  int array = 0;
  int index[max_rank]{-1, -1, -1};  ///< slots
  int indices = 0;
};
/// All elements of one place go to another, or two arrays of the program's own change places, or a
/// routine makes an array of others.
struct plan_move {
  plan_place to, from;
  int rank = 0;
  bool swap = false;
  int operands = 1;  ///< of a routine: the first is `from`
  plan_place others[2]{};

  constexpr const plan_place& operand(int i) const { return i == 0 ? from : others[i - 1]; }
  constexpr bool reads(int array) const {
    for (int i = 0; i < operands; ++i) {
      if (operand(i).array == array) return true;
    }
    return false;
  }
  constexpr bool writes(int array) const {
    return to.array == array || (swap && from.array == array);
  }
};
/// A graph's range_check, with slots of the entry region.
struct plan_check {
  check_kind kind = check_kind::range;
  size_rule rule = size_rule::elementwise;
  int array = 0, dimension = 0, input = -1, input_dimension = 0, first = 0, last = 0, extent = 0,
      loops[range_check::max_loops]{}, loop_count = 0;
};
struct plan_storage {
  int rank = 0;
  std::ptrdiff_t count = -1;         ///< number of elements, if it is known
  int extent[max_rank]{-1, -1, -1};  ///< slots of the entry region
};
struct plan_output {
  int slot = -1;  ///< of a scalar, in the outermost region; -1: an array
  int rank = 0;
  int extent[max_rank]{-1, -1, -1};  ///< slots of the entry region
};

/// What a plan may do. Where that would overwrite what is read later, another one is made.
enum class plan_mode : std::uint8_t {
  scratch,  ///< other values wait in the arrays of the results
  plain,
  separate,  ///< the last arrays of folds get a place of their own
};

struct plan_sizes {
  int regions = 0, instructions = 0, imports = 0, accumulators = 0, carries = 0, windows = 0,
      moves = 0, checks = 0, storages = 0, inputs = 0, outputs = 0;
  int entry = -1, root = -1;  ///< regions
  bool failed = false;        ///< more than the planner has room for

  constexpr bool operator==(const plan_sizes&) const = default;
  constexpr bool has_room_for(const plan_sizes& s) const {
    return s.regions <= regions && s.instructions <= instructions && s.imports <= imports &&
           s.accumulators <= accumulators && s.carries <= carries && s.windows <= windows &&
           s.moves <= moves && s.checks <= checks && s.storages <= storages && s.outputs <= outputs;
  }
};

/// Arrays are numbered: the inputs, the outputs, then the program's own.
template <plan_sizes S>
struct plan {
  static constexpr plan_sizes sizes = S;
  const operation* operations[S.instructions + 1]{};
  int arrays[S.instructions + 1]{};  ///< which array an instruction accesses; -1: none
  instruction instructions[S.instructions + 1]{};
  plan_region regions[S.regions + 1]{};
  plan_import imports[S.imports + 1]{};
  plan_accumulator accumulators[S.accumulators + 1]{};
  plan_carry carries[S.carries + 1]{};
  plan_window windows[S.windows + 1]{};
  plan_move moves[S.moves + 1]{};
  const operation* routines[S.moves + 1]{};  ///< of a move: what makes the array; null: a copy
  plan_check checks[S.checks + 1]{};
  plan_storage storages[S.storages + 1]{};
  plan_output outputs[S.outputs + 1]{};
  std::uint64_t high = 0, low = 0;
  bool anonymous = false;
};

/// A plan in arrays that are too large, unless even they are too small.
template <plan_sizes Room>
struct roomy_plan {
  plan_sizes used{};
  plan_mode instead = plan_mode::scratch;  ///< the one to be tried; scratch: none
  plan<Room> value{};

  constexpr bool fits() const { return Room.has_room_for(used); }
};
/// The same in arrays of their exact sizes.
template <plan_sizes S, plan_sizes Room>
constexpr plan<S> trimmed(const plan<Room>& from) {
  plan<S> to;
  for (int i = 0; i < S.instructions; ++i) {
    to.operations[i] = from.operations[i];
    to.arrays[i] = from.arrays[i];
    to.instructions[i] = from.instructions[i];
  }
  for (int i = 0; i < S.regions; ++i) to.regions[i] = from.regions[i];
  for (int i = 0; i < S.imports; ++i) to.imports[i] = from.imports[i];
  for (int i = 0; i < S.accumulators; ++i) to.accumulators[i] = from.accumulators[i];
  for (int i = 0; i < S.carries; ++i) to.carries[i] = from.carries[i];
  for (int i = 0; i < S.windows; ++i) to.windows[i] = from.windows[i];
  for (int i = 0; i < S.moves; ++i) to.moves[i] = from.moves[i];
  for (int i = 0; i < S.moves; ++i) to.routines[i] = from.routines[i];
  for (int i = 0; i < S.checks; ++i) to.checks[i] = from.checks[i];
  for (int i = 0; i < S.storages; ++i) to.storages[i] = from.storages[i];
  for (int i = 0; i < S.outputs; ++i) to.outputs[i] = from.outputs[i];
  to.high = from.high, to.low = from.low, to.anonymous = from.anonymous;
  return to;
}

template <int Count>
struct plan_instructions {
  instruction of[Count]{};
};
template <plan_sizes S>
constexpr auto instructions_of(const plan<S>& p) {
  plan_instructions<S.instructions + 1> all;
  for (int i = 0; i < S.instructions; ++i) all.of[i] = p.instructions[i];
  return all;
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
