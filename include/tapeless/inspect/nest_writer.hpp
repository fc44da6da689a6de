// SPDX-License-Identifier: BSL-1.0
#pragma once

// A program with loops as C++: its plan, region by region, as codegen/nest_run.hpp executes it.

#include <tapeless/codegen/plan.hpp>
#include <tapeless/inspect/code.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

/// An argument or result of a program with loops.
struct nest_part {
  std::string text;          ///< a0, get<1>(a0)
  int rank = 0;              ///< 0: a scalar
  bool nested = false;       ///< elements are a[i][j], not a(i, j)
  std::string_view element;  ///< the type of its elements; empty: T
};

/// What the source of a program with loops is written from: plain data, so that one function writes
/// every program.
struct nest_source_data {
  std::span<const operation* const> operations;
  std::span<const int> arrays;
  std::span<const instruction> instructions;
  std::span<const std::string_view> qualifiers;  ///< of the operations
  std::span<const plan_region> regions;
  std::span<const plan_import> imports;
  std::span<const plan_accumulator> accumulators;
  std::span<const plan_carry> carries;
  std::span<const plan_window> windows;
  std::span<const plan_move> moves;
  std::span<const plan_check> checks;
  std::span<const plan_storage> storages;
  std::span<const plan_output> results;
  int entry = 0, root = 0;
  std::vector<nest_part> inputs{}, outputs{};
};

class nest_writer : nest_source_data, code_writer {
 public:
  explicit nest_writer(nest_source_data data) : nest_source_data(std::move(data)) {}

  std::string text(const std::string& function) {
    taken_.insert(function);
    for (const char* i : index_names) taken_.insert(i);
    name_arrays();
    frames_.resize(regions.size());
    for (std::size_t r = 0; r < regions.size(); ++r) {
      const plan_region& x = regions[r];
      frames_[r].of[0].resize(size(x.values));
      frames_[r].of[1].resize(size(x.conditions));
      frames_[r].of[2].resize(size(x.indices));
    }
    count_uses();
    lines before, body;
    write_entry(before);
    write_steps(root, body);
    for (std::size_t o = 0; o < results.size(); ++o) {
      if (results[o].slot >= 0) {
        body.push_back(array_names_[inputs.size() + o] + " = " +
                       at(root, slot_class::value, results[o].slot).text + ";");
      }
    }
    const lines sizes = written_sizes();
    before.insert(before.begin(), sizes.begin(), sizes.end());
    before.insert(before.end(), body.begin(), body.end());
    drop_unused_sizes(before);
    std::string code = head() + "template <class T>\n" + signature(function) + " {\n";
    for (const std::string& line : before) code += written("  ") + line + "\n";
    return code + "}\n";
  }

 private:
  using lines = std::vector<std::string>;
  struct slot_state {
    piece text{};
    int uses = 0;
    bool known = false;
    piece condition{{}, atom};  ///< of an index that is 1 where it holds (`negated`: where not)
    bool negated = false;
  };
  struct size_name {
    std::string name{};
    bool used = false;
  };
  /// The if that was written last, for its else.
  struct written_branch {
    const lines* in = nullptr;
    std::size_t begin = 0, end = 0;
    std::string condition{};
    bool negated = false;
  };
  struct frame {
    std::vector<slot_state> of[3];  ///< by slot_class
    int loops = 0;                  ///< around and with it
  };

  static constexpr const char* index_names[]{"i", "j", "k", "l", "m", "n"};
  static constexpr std::size_t longest = 60;  ///< of an expression within another
  static std::size_t size(int n) { return static_cast<std::size_t>(n); }

  // ---- arrays, sizes ----------------------------------------------------------------------------

  void name_arrays() {
    for (const nest_part& x : inputs) array_names_.push_back(fresh(identifier(x.text)));
    for (const nest_part& x : outputs) {
      array_names_.push_back(fresh(x.text.compare(0, 3, "d/d") == 0
                                       ? written("d_") + identifier(x.text.substr(3))
                                       : identifier(x.text)));
    }
    for (std::size_t k = 0; k < storages.size(); ++k) array_names_.push_back(counted("kept"));
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      for (int d = 0; d < inputs[k].rank; ++d) {
        const char* const what = inputs[k].rank == 1 ? "_size" : d == 0 ? "_rows" : "_columns";
        extents_[{static_cast<int>(k), d}].name = fresh(array_names_[k] + what);
      }
    }
  }
  bool is_input(int array) const { return size(array) < inputs.size(); }
  bool is_output(int array) const {
    return !is_input(array) && size(array) < inputs.size() + outputs.size();
  }
  bool is_own(int array) const { return size(array) >= inputs.size() + outputs.size(); }
  const std::string& array_name(int array) const { return array_names_[size(array)]; }
  const plan_storage& storage(int array) const {
    return storages[size(array) - inputs.size() - outputs.size()];
  }
  int rank(int array) const {
    return is_input(array)    ? inputs[size(array)].rank
           : is_output(array) ? results[size(array) - inputs.size()].rank
                              : storage(array).rank;
  }

  /// The extent of a dimension of an array. Nested arguments have constant ones.
  piece extent(int array, int dimension) {
    if (is_input(array)) {
      size_name& x = extents_[{array, dimension}];
      x.used = true;
      return {x.name};
    }
    const int slot = is_output(array) ? results[size(array) - inputs.size()].extent[dimension]
                                      : storage(array).extent[dimension];
    return at(entry, slot_class::index, slot);
  }

  lines written_sizes() {
    lines all;
    for (const auto& [key, x] : extents_) {
      const auto [array, dimension] = key;
      const std::string& a = array_name(array);
      if (!x.used) continue;
      used_.insert(array);
      if (rank(array) == 1) headers_.insert("<iterator>");
      all.push_back(written("const std::ptrdiff_t ") + x.name + " = " +
                    (rank(array) == 1 ? written("std::ssize(") + a + ");"
                     : dimension == 0 ? a + ".rows();"
                                      : a + ".cols();"));
    }
    return all;
  }

  std::string element(int array, const std::array<piece, max_rank>& index) {
    const std::string& a = array_name(array);
    used_.insert(array);
    const int dimensions = rank(array);
    if (is_own(array)) {
      piece place = index[0];
      for (int d = 1; d < dimensions; ++d) {
        const piece& i = index[size(d)];
        const piece row{place.within(product) + " * " + extent(array, d).within(sign), product};
        place = place.text == "0" ? i
                : i.text == "0"   ? row
                                  : piece{row.text + " + " + i.within(product), sum};
      }
      return a + "[" + place.text + "]";
    }
    const nest_part& x =
        is_input(array) ? inputs[size(array)] : outputs[size(array) - inputs.size()];
    if (dimensions == 1) return a + "[" + index[0].text + "]";
    return x.nested ? a + "[" + index[0].text + "][" + index[1].text + "]"
                    : a + "(" + index[0].text + ", " + index[1].text + ")";
  }
  std::array<piece, max_rank> indices(int region, const instruction& n) {
    std::array<piece, max_rank> index;
    const int slots[max_rank]{n.a, n.b, n.c};
    for (std::size_t d = 0; d < max_rank; ++d) {
      index[d] = slots[d] < 0 ? piece{"0"} : at(region, slot_class::index, slots[d]);
    }
    return index;
  }
  /// The condition that there is such an element; empty if there always is.
  std::string is_element(int array, const std::array<piece, max_rank>& index) {
    std::string text;
    const auto add = [&](const std::string& condition) {
      text += (text.empty() ? "" : " && ") + condition;
    };
    for (int d = 0; d < rank(array); ++d) {
      const piece& i = index[size(d)];
      const piece bound = extent(array, d);
      if (is_below(bound, i) || bound.text == i.text) return "false";
      if (!is_never_negative(i)) add(written("0 <= ") + i.within(sum));
      if (!is_below(i, bound)) add(i.within(sum) + " < " + bound.within(sum));
    }
    return text;
  }
  /// A statement that is made only if there is such an element.
  static void guard(const std::string& condition, const std::string& statement, lines& to) {
    if (condition.empty()) {
      to.push_back(statement);
    } else if (condition != "false") {
      enclose(written("if (") + condition + ")", {statement}, to);
    }
  }
  /// A loop's variable or a number, and what is added to it is positive.
  static bool is_never_negative(const piece& index) {
    const auto [base, offset] = parts_of(index.text);
    bool known = base.empty();
    for (const char* i : index_names) known = known || base == i;
    return known && offset >= 0;
  }

  /// The statement that stores a value in an element of an array.
  std::string stored(int array, const std::array<piece, max_rank>& index, const std::string& value,
                     bool adds = false) {
    const std::string to = element(array, index);
    const std::string_view type =
        is_output(array) ? outputs[size(array) - inputs.size()].element : std::string_view();
    if (type.empty()) return to + (adds ? " += " : " = ") + value + ";";
    return to + " = static_cast<" + std::string(type) + ">(" + (adds ? to + " + " : "") + value +
           ");";
  }
  std::string cleared(int array, const std::array<piece, max_rank>& index) {
    return stored(array, index, "T(0.0)");
  }

  // ---- slots ------------------------------------------------------------------------------------

  slot_state& state(int region, slot_class kind, int slot) {
    return frames_[size(region)].of[size(static_cast<int>(kind))][size(slot)];
  }
  const piece& at(int region, slot_class kind, int slot) { return state(region, kind, slot).text; }
  void set(int region, slot_class kind, int slot, piece text) {
    slot_state& s = state(region, kind, slot);
    s.text = std::move(text);
    s.known = true;
  }

  static bool is_load(const operation& op) {
    return op.same_as(&load_element_operation) || op.same_as(&load_guarded_operation);
  }
  static bool is_index_load(const operation& op) {
    return op.same_as(&load_index_operation) || op.same_as(&load_index_guarded_operation);
  }
  static bool is_put(const operation& op) {
    return op.same_as(&put_element_operation) || op.same_as(&put_guarded_operation) ||
           op.same_as(&store_element_operation);
  }
  static bool accesses(const operation& op) {
    return is_load(op) || is_index_load(op) || is_put(op);
  }
  /// Has operands and a result, and no effect.
  static bool is_arithmetic(const operation& op) {
    return op.arity > 0 && (op.kind == algebra::other || op.kind >= algebra::add);
  }
  static slot_class result_class(const operation& op) {
    if (is_load(op)) return slot_class::value;
    if (is_index_load(op)) return slot_class::index;
    return class_of(op);
  }
  /// Calls use(kind, slot) for what an instruction reads.
  template <class Use>
  static void each_operand(const operation& op, const instruction& n, const Use& use) {
    const int slots[max_rank]{n.a, n.b, n.c};
    if (is_arithmetic(op)) {
      for (int i = 0; i < op.arity; ++i) {
        use(i < op.condition_operands ? slot_class::condition : slot_class::value, slots[i]);
      }
    } else if (op.kind == algebra::index_truth) {
      use(slot_class::condition, n.a);
    } else if (op.kind == algebra::index_cast) {
      use(slot_class::value, n.a);
    } else if (op.kind >= algebra::index_sum && op.kind <= algebra::index_value) {
      for (int i = 0; i < op.arity; ++i) use(slot_class::index, slots[i]);
    } else if (is_load(op) || is_index_load(op) || is_put(op) ||
               op.same_as(&check_entries_operation) || op.same_as(&fill_rest_operation) ||
               op.same_as(&fill_array_operation)) {
      for (const int s : slots) {
        if (s >= 0) use(slot_class::index, s);
      }
      if (is_put(op)) use(slot_class::value, n.result);
    }
  }
  /// How often the text of a slot would be written, or 2 where it must have a name.
  void count_uses() {
    const auto use = [&](int region, slot_class kind, int slot, int times) {
      state(region, kind, slot).uses += times;
    };
    for (std::size_t k = 0; k < regions.size(); ++k) {
      const plan_region& r = regions[k];
      const int region = static_cast<int>(k);
      for (int i = 0; i < r.instructions; ++i) {
        const std::size_t n = size(r.first_instruction + i);
        const operation& op = *operations[n];
        const bool twice =
            op.same_as(&load_guarded_operation) || op.same_as(&load_index_guarded_operation) ||
            op.same_as(&put_guarded_operation) || op.same_as(&check_entries_operation);
        each_operand(op, instructions[n], [&](slot_class kind, int slot) {
          use(region, kind, slot, twice && kind == slot_class::index ? 2 : 1);
        });
        if (op.same_as(&move_array_operation)) {
          const plan_move& m = moves[size(arrays[n])];
          for (const plan_place* p : {&m.to, &m.from}) {
            for (int d = 0; d < p->indices; ++d) use(region, slot_class::index, p->index[d], 2);
          }
        }
        if (op.same_as(&run_region_operation)) {
          const plan_region& in = regions[size(arrays[n])];
          if (in.extent >= 0) use(region, slot_class::index, in.extent, 1);
          for (int j = 0; j < in.imports; ++j) {
            const plan_import& x = imports[size(in.first_import + j)];
            use(region, x.kind, x.from, 2);
          }
          for (int j = 0; j < in.carries; ++j) {
            use(region, slot_class::value, carries[size(in.first_carry + j)].initial, 1);
          }
          if (in.windows > 0) use(region, slot_class::index, in.extent, 1);
        }
      }
      for (int i = 0; i < r.accumulators; ++i) {
        const plan_accumulator& a = accumulators[size(r.first_accumulator + i)];
        const int least = least_of(region, a);
        use(region, slot_class::value, least < 0 ? a.value : least, a.maximum ? 2 : 1);
      }
      for (int i = 0; i < r.carries; ++i) {
        use(region, slot_class::value, carries[size(r.first_carry + i)].next, r.carries);
      }
    }
    for (const plan_output& x : results) {
      if (x.slot >= 0) use(root, slot_class::value, x.slot, 1);
    }
  }

  /// Defines a slot: as an expression where it is used, or under a name.
  void define(int region, slot_class kind, int slot, piece value, const std::string& word,
              bool movable, lines& to, bool word_is_name = false) {
    const int uses = state(region, kind, slot).uses;
    const bool is_text = value.binds == atom && value.text.find_first_of(" [(") == value.text.npos;
    const bool short_index = kind == slot_class::index && value.text.size() < 12;
    if (movable && (is_text || short_index || (uses <= 1 && value.text.size() <= longest))) {
      set(region, kind, slot, std::move(value));
      return;
    }
    // Sizes are computed before anything else, and again where they are used.
    const bool outside = region == entry || region == root;
    if (kind == slot_class::index && outside) {
      std::string& known = known_sizes_[value.text];
      if (known.empty()) {
        known = counted(word);
        to.push_back(written("const std::ptrdiff_t ") + known + " = " + value.text + ";");
      }
      set(region, kind, slot, {known});
      return;
    }
    const std::string name = word_is_name ? fresh(word) : counted(word);
    to.push_back(written(kind == slot_class::value       ? "const T "
                         : kind == slot_class::condition ? "const bool "
                                                         : "const std::ptrdiff_t ") +
                 name + " = " + value.text + ";");
    set(region, kind, slot, {name});
  }

  // ---- statements -------------------------------------------------------------------------------

  /// An index as a name and what is added to it: n - 1.
  static std::pair<std::string, std::ptrdiff_t> parts_of(const std::string& text) {
    const std::size_t digits = text.find_last_not_of("0123456789") + 1;
    if (digits == text.size()) return {text, 0};
    std::ptrdiff_t k = 0;
    for (std::size_t i = digits; i < text.size(); ++i) k = k * 10 + (text[i] - '0');
    if (digits == 0) return {"", k};
    if (digits == 1 && text[0] == '-') return {"", -k};
    if (digits < 3 || text[digits - 1] != ' ') return {text, 0};
    const char op = text[digits - 2];
    if (op != '+' && op != '-') return {text, 0};
    return {text.substr(0, digits - 3), op == '+' ? k : -k};
  }
  static bool is_below(const piece& a, const piece& b) {
    const auto [x, j] = parts_of(a.text);
    const auto [y, k] = parts_of(b.text);
    return x == y && j < k;
  }

  void write_entry(lines& to) {
    write_steps(entry, to);
    for (const plan_check& c : checks) write_check(c, to);
    for (std::size_t k = 0; k < storages.size(); ++k) write_storage(k, to);
  }

  void write_check(const plan_check& c, lines& to) {
    std::string runs;
    for (int l = 0; l < c.loop_count; ++l) {
      runs += at(entry, slot_class::index, c.loops[l]).within(sum) + " > 0 && ";
    }
    const piece &first = at(entry, slot_class::index, c.first),
                &last = at(entry, slot_class::index, c.last),
                &bound = at(entry, slot_class::index, c.extent);
    const auto refuse = [&](const std::string& condition, const std::string& why) {
      headers_.insert("<stdexcept>");
      to.push_back(written("if (") + runs + condition + ")");
      to.push_back(written("  throw std::invalid_argument(\"") + why + "\");");
    };
    if (c.equal) {
      if (first.text == bound.text) return;
      return refuse(first.within(sum) + " != " + bound.within(sum),
                    "a fold hands on an array of another size");
    }
    if (is_below(last, bound) && is_below({"-1"}, first)) return;
    const bool positive = first.text.find_first_not_of("0123456789") == first.text.npos;
    const std::string above = last.within(sum) + " >= " + bound.within(sum);
    const std::string below = first.within(sum) + " < 0";
    refuse(positive       ? above
           : runs.empty() ? below + " || " + above
                          : std::string(written("(") + below + " || " + above + ")"),
           written("index out of range: ") +
               (is_own(c.array) ? std::string("an array of the program") : array_name(c.array)));
  }

  void write_storage(std::size_t number, lines& to) {
    const plan_storage& s = storages[number];
    const std::size_t array = inputs.size() + outputs.size() + number;
    const std::string& a = array_names_[array];
    bool swapped = false;
    for (const plan_move& m : moves) {
      swapped = swapped || (m.swap && (m.to.array == static_cast<int>(array) ||
                                       m.from.array == static_cast<int>(array)));
    }
    const std::string pointer = written(swapped ? "T* " : "T* const ") + a + " = ";
    if (s.count >= 0) {
      const std::string elements = written("[") + std::to_string(s.count > 0 ? s.count : 1) + "];";
      if (!swapped) {
        to.push_back(written("T ") + a + elements);
        return;
      }
      const std::string memory = fresh(a + "_memory");
      to.push_back(written("T ") + memory + elements);
      to.push_back(pointer + memory + ";");
      return;
    }
    piece count = at(entry, slot_class::index, s.extent[0]);
    for (int d = 1; d < s.rank; ++d) {
      count = {
          count.within(product) + " * " + at(entry, slot_class::index, s.extent[d]).within(sign),
          product};
    }
    headers_.insert("<memory>");
    const std::string memory = fresh(a + "_memory");
    to.push_back(written("const std::unique_ptr<T[]> ") + memory +
                 "(new T[static_cast<std::size_t>(" + count.text + ")]);");
    to.push_back(pointer + memory + ".get();");
  }

  std::string loop_head(const std::string& i, const std::string& from, const piece& to) {
    return written("for (std::ptrdiff_t ") + i + " = " + from + "; " + i + " < " + to.within(sum) +
           "; ++" + i + ")";
  }
  /// A statement that encloses others; the last bracket of the text is at its end.
  static void enclose(const std::string& head, const lines& body, lines& to) {
    if (body.size() == 1 && head.size() + body[0].size() < 90 &&
        body[0].compare(0, 4, "for ") != 0 && body[0].compare(0, 3, "if ") != 0) {
      to.push_back(head + " " + body[0]);
      return;
    }
    to.push_back(head + " {");
    for (const std::string& line : body) to.push_back(line.empty() ? line : written("  ") + line);
    to.push_back("}");
  }
  std::string index_name(int loops) {
    constexpr int names = static_cast<int>(std::size(index_names));
    return loops < names ? std::string(index_names[loops]) : written("i") + std::to_string(loops);
  }

  /// For all indices of an array that begin with the given ones, statement(index).
  template <class Statement>
  void for_all(int region, int array, const Statement& statement, lines& to,
               std::array<piece, max_rank> index = {}, int given = 0) {
    const int loops = frames_[size(region)].loops - given;
    for (int d = given; d < rank(array); ++d) index[size(d)] = {index_name(loops + d)};
    lines body{statement(index)};
    for (int d = rank(array) - 1; d >= given; --d) {
      lines around;
      enclose(loop_head(index[size(d)].text, "0", extent(array, d)), body, around);
      body = std::move(around);
    }
    to.insert(to.end(), body.begin(), body.end());
  }

  /// The instructions of a region, in order.
  void write_steps(int region, lines& to) {
    const plan_region& r = regions[size(region)];
    for (int i = 0; i < r.instructions; ++i) write_step(region, size(r.first_instruction + i), to);
  }

  void write_step(int region, std::size_t number, lines& to) {
    const operation& op = *operations[number];
    const instruction& n = instructions[number];
    const int array = arrays[number];
    if (op.same_as(&run_region_operation)) {
      write_region(array, region, to);
    } else if (op.same_as(&fill_array_operation)) {
      for_all(
          region, array, [&](const auto& index) { return cleared(array, index); }, to,
          indices(region, n), static_cast<int>(n.bits));
    } else if (op.same_as(&fill_rest_operation)) {
      fill_rest(region, n, array, to);
    } else if (op.same_as(&move_array_operation)) {
      write_move(region, moves[size(array)], to);
    } else if (op.same_as(&check_entries_operation)) {
      const std::string condition = is_element(array, indices(region, n));
      if (condition.empty()) return;
      headers_.insert("<cassert>");
      to.push_back(written("assert(") + condition + ");");
    } else if (is_put(op)) {
      write_put(region, number, to);
    } else if (is_load(op) || is_index_load(op)) {
      write_load(region, op, n, array, to);
    } else if (is_arithmetic(op)) {
      write_arithmetic(region, number, to);
    } else {
      write_leaf(region, op, n, array, to);
    }
  }

  void fill_rest(int region, const instruction& n, int array, lines& to) {
    const int reached[max_rank]{n.a, n.b, n.c};
    std::string beyond;
    for (int d = 0; d < rank(array); ++d) {
      const piece& end = at(region, slot_class::index, reached[d]);
      if (end.text == extent(array, d).text) continue;
      if (rank(array) == 1) {
        const std::string i = index_name(frames_[size(region)].loops);
        enclose(loop_head(i, end.text, extent(array, 0)),
                {cleared(array, {piece{i}, piece{}, piece{}})}, to);
        return;
      }
      beyond += (beyond.empty() ? "" : " || ") + index_name(frames_[size(region)].loops + d) +
                " >= " + end.within(sum);
    }
    if (beyond.empty()) return;
    for_all(
        region, array,
        [&](const auto& index) { return written("if (") + beyond + ") " + cleared(array, index); },
        to);
  }

  void write_move(int region, const plan_move& m, lines& to) {
    if (m.swap) {
      headers_.insert("<utility>");
      to.push_back(written("std::swap(") + array_name(m.to.array) + ", " +
                   array_name(m.from.array) + ");");
      return;
    }
    const auto place = [&](const plan_place& p, const std::array<piece, max_rank>& rest) {
      std::array<piece, max_rank> index;
      for (std::size_t d = 0; d < max_rank; ++d) {
        index[d] = static_cast<int>(d) < p.indices ? at(region, slot_class::index, p.index[d])
                                                   : rest[d - size(p.indices)];
      }
      return index;
    };
    std::array<piece, max_rank> rest;
    for (int d = 0; d < m.rank; ++d) {
      rest[size(d)] = {index_name(frames_[size(region)].loops + d)};
    }
    lines body{stored(m.to.array, place(m.to, rest), element(m.from.array, place(m.from, rest)))};
    for (int d = m.rank - 1; d >= 0; --d) {
      lines around;
      enclose(loop_head(rest[size(d)].text, "0", extent(m.from.array, m.from.indices + d)), body,
              around);
      body = std::move(around);
    }
    to.insert(to.end(), body.begin(), body.end());
  }

  void write_put(int region, std::size_t number, lines& to) {
    const operation& op = *operations[number];
    const instruction& n = instructions[number];
    const int array = arrays[number];
    const auto index = indices(region, n);
    const bool adds = !op.same_as(&store_element_operation);
    const std::string put =
        stored(array, index, at(region, slot_class::value, n.result).text, adds);
    if (op.same_as(&put_guarded_operation)) {
      guard(is_element(array, index), put, to);
    } else {
      to.push_back(waits(number) ? put + "  // waits here" : put);
    }
  }
  /// The program stores something in a result that it reads again before it writes the result.
  bool waits(std::size_t number) const {
    const int array = arrays[number];
    if (!is_output(array)) return false;
    bool read = false, later = false;
    for (std::size_t k = 0; k < operations.size(); ++k) {
      if (operations[k]->same_as(&move_array_operation)) {
        read = read || moves[size(arrays[k])].from.array == array;
        later = later || (k > number && moves[size(arrays[k])].to.array == array);
      }
      if (!accesses(*operations[k]) || arrays[k] != array) continue;
      read = read || is_load(*operations[k]);
      // Regions are numbered in the order in which they are begun.
      later = later || (k > number && is_put(*operations[k]));
    }
    return read && later;
  }

  /// Of a0[i - 1]: a0_i_minus_1.
  std::string name_of_element(int array, const std::array<piece, max_rank>& index) const {
    std::string text = array_name(array);
    for (int d = 0; d < rank(array); ++d) text += written("_") + index[size(d)].text;
    const auto spell_out = [&](const std::string& operation, const char* word) {
      for (std::size_t k = text.find(operation); k != text.npos; k = text.find(operation)) {
        text.replace(k, operation.size(), word);
      }
    };
    spell_out(" - ", "_minus_");
    spell_out(" + ", "_plus_");
    return identifier(text);
  }
  /// An iteration of the region writes to the array: what it reads there has its time.
  bool is_written_in(int region, int array) const {
    if (is_input(array)) return false;
    const plan_region& r = regions[size(region)];
    for (int i = 0; i < r.windows; ++i) {
      if (windows[size(r.first_window + i)].array == array) return true;
    }
    for (int i = 0; i < r.instructions; ++i) {
      const std::size_t n = size(r.first_instruction + i);
      const operation& op = *operations[n];
      if (op.same_as(&run_region_operation)) {
        if (is_written_in(arrays[n], array)) return true;
      } else if (op.same_as(&move_array_operation)) {
        const plan_move& m = moves[size(arrays[n])];
        if (m.to.array == array || (m.swap && m.from.array == array)) return true;
      } else if ((is_put(op) || op.same_as(&fill_array_operation) ||
                  op.same_as(&fill_rest_operation)) &&
                 arrays[n] == array) {
        return true;
      }
    }
    return false;
  }

  void write_load(int region, const operation& op, const instruction& n, int array, lines& to) {
    const auto index = indices(region, n);
    const std::string text = element(array, index);
    const bool cast = is_input(array) && !inputs[size(array)].element.empty();
    if (is_index_load(op)) {
      std::string value = written("static_cast<std::ptrdiff_t>(") + text + ")";
      if (op.same_as(&load_index_guarded_operation)) {
        const std::string condition = is_element(array, index);
        if (!condition.empty()) value = condition + " ? " + value + " : 0";
      }
      define(region, slot_class::index, n.result, {value}, array_name(array) + "_" + "entry", false,
             to);
      return;
    }
    piece value{cast ? written("T(") + text + ")" : text};
    if (op.same_as(&load_guarded_operation)) {
      const std::string condition = is_element(array, index);
      if (!condition.empty()) value = {condition + " ? " + value.text + " : T(0.0)", choice};
    }
    const std::string name = name_of_element(array, index);
    const bool named = !is_output(array) && name.size() < 24;
    define(region, slot_class::value, n.result, value,
           named              ? name
           : is_output(array) ? "waiting"
                              : "element",
           value.binds == atom && !is_written_in(region, array), to, named);
  }

  void write_arithmetic(int region, std::size_t number, lines& to) {
    const operation& op = *operations[number];
    const instruction& n = instructions[number];
    const bool condition = op.returns_condition;
    piece operands[max_arity];
    int k = 0;
    each_operand(op, n, [&](slot_class kind, int slot) { operands[k++] = at(region, kind, slot); });
    const piece value = expression(op, qualifiers[number], operands);
    if (!condition && state(region, slot_class::value, n.result).known) {
      // Into a window.
      const std::string& to_name = at(region, slot_class::value, n.result).text;
      const bool adds = op.kind == algebra::add || op.kind == algebra::subtract;
      to.push_back(adds && n.a == n.result ? to_name + (op.kind == algebra::add ? " += " : " -= ") +
                                                 operands[1].text + ";"
                                           : to_name + " = " + value.text + ";");
      return;
    }
    define(region, condition ? slot_class::condition : slot_class::value, n.result, value,
           word_for(op), op.kind != algebra::select, to);
  }

  /// Constants, arguments, arithmetic of indices.
  void write_leaf(int region, const operation& op, const instruction& n, int array, lines& to) {
    const auto index = [&](int slot) -> const piece& {
      return at(region, slot_class::index, slot);
    };
    const auto set_index = [&](piece value, const char* word = nullptr) {
      define(region, slot_class::index, n.result, std::move(value),
             word != nullptr ? word : "index", word == nullptr, to);
    };
    switch (op.kind) {
      case algebra::input:
        used_.insert(array);
        set(region, slot_class::value, n.result, {array_name(array)});
        return;
      case algebra::constant:
        set(region, slot_class::value, n.result,
            signed_atom(constant(static_cast<long double>(n.value()))));
        return;
      case algebra::extent:
        set(region, slot_class::index, n.result, extent(array, n.b));
        return;
      case algebra::index_constant:
        set(region, slot_class::index, n.result,
            signed_atom(std::to_string(static_cast<std::ptrdiff_t>(n.bits))));
        return;
      case algebra::index_sum:
        if (index(n.b).text[0] == '-') {
          return set_index({index(n.a).within(sum) + " - " + index(n.b).text.substr(1), sum});
        }
        return set_index({index(n.a).within(sum) + " + " + index(n.b).within(product), sum});
      case algebra::index_difference:
        if (const slot_state& b = state(region, slot_class::index, n.b);
            index(n.a).text == "1" && !b.condition.text.empty()) {
          slot_state& here = state(region, slot_class::index, n.result);
          here.text = {b.condition.within(disjunction) + (b.negated ? " ? 1 : 0" : " ? 0 : 1"),
                       choice};
          here.condition = b.condition;
          here.negated = !b.negated;
          return;
        }
        return set_index({index(n.a).within(sum) + " - " + index(n.b).within(product), sum});
      case algebra::index_product:
        return set_index({index(n.a).within(product) + " * " + index(n.b).within(sign), product});
      case algebra::index_count:
        headers_.insert("<algorithm>");
        return set_index({written("std::max<std::ptrdiff_t>(") + index(n.a).text + ", 0)"},
                         "count");
      case algebra::index_cast:
        return set_index({written("static_cast<std::ptrdiff_t>(") +
                          at(region, slot_class::value, n.a).text + ")"},
                         "count");
      case algebra::index_truth:
        set(region, slot_class::index, n.result,
            {at(region, slot_class::condition, n.a).within(disjunction) + " ? 1 : 0", choice});
        state(region, slot_class::index, n.result).condition =
            at(region, slot_class::condition, n.a);
        return;
      case algebra::index_value:
        define(region, slot_class::value, n.result, {written("T(") + index(n.a).text + ")"},
               "value", true, to);
        return;
      case algebra::index_compare:
        define(region, slot_class::condition, n.result,
               {index(n.a).within(sum) + " " + std::string(op.name) + " " + index(n.b).within(sum),
                op.name == "==" ? equality : relation},
               "condition", true, to);
        return;
      default:
        return;
    }
  }

  // ---- loops ------------------------------------------------------------------------------------

  void write_region(int region, int around, lines& to) {
    const plan_region& r = regions[size(region)];
    frame& f = frames_[size(region)];
    f.loops = frames_[size(around)].loops + (r.branch || r.extent < 0 ? 0 : 1);
    for (int i = 0; i < r.imports; ++i) {
      const plan_import& x = imports[size(r.first_import + i)];
      slot_state& here = state(region, x.kind, x.to);
      const int uses = here.uses;
      here = state(around, x.kind, x.from);
      here.uses = uses;
    }
    if (r.extent < 0) {
      write_steps(region, to);
      return;
    }
    lines before, after, body;
    const written_branch previous = std::exchange(branch_, written_branch{});
    const std::string i = r.branch ? "0" : index_name(f.loops - 1);
    if (r.indices > 0) set(region, slot_class::index, 0, {i});
    begin_carries(region, around, before);
    for (int k = 0; k < r.windows; ++k) {
      begin_window(region, windows[size(r.first_window + k)], before);
    }
    for (int k = 0; k < r.accumulators; ++k) {
      begin_accumulator(region, around, accumulators[size(r.first_accumulator + k)], before);
    }
    const std::set<std::string> outside = taken_;
    write_steps(region, body);
    for (int k = 0; k < r.accumulators; ++k) {
      accumulate(region, around, accumulators[size(r.first_accumulator + k)], i, body);
    }
    for (int k = 0; k < r.windows; ++k) {
      const plan_window& w = windows[size(r.first_window + k)];
      move_window(region, w, i, body);
      leave_window(region, around, w, after);
    }
    next_carries(region, body);
    taken_ = outside;
    branch_ = {};
    if (r.branch) {
      write_branch(state(around, slot_class::index, r.extent), previous, before, body, to);
      return;
    }
    const piece count = at(around, slot_class::index, r.extent);
    to.insert(to.end(), before.begin(), before.end());
    enclose(r.backward
                ? written("for (std::ptrdiff_t ") + i + " = " + count.text + "; " + i + "-- > 0;)"
                : loop_head(i, "0", count),
            body, to);
    to.insert(to.end(), after.begin(), after.end());
  }

  /// A branch of one iteration or none is an if; the other side, where it follows at once, an else.
  void write_branch(const slot_state& extent_of, const written_branch& previous,
                    const lines& before, const lines& body, lines& to) {
    const auto indented = [](const lines& all) {
      lines r;
      for (const std::string& line : all) r.push_back(written("  ") + line);
      return r;
    };
    const piece& c = extent_of.condition;
    const auto put = [&](std::size_t at, const lines& all) {
      to.insert(to.begin() + static_cast<std::ptrdiff_t>(at), all.begin(), all.end());
    };
    if (previous.end == to.size() && previous.in == &to && previous.condition == c.text &&
        previous.negated != extent_of.negated) {
      const std::size_t begin = previous.begin;
      if (previous.negated) {
        lines first = indented(body);
        first.push_back("} else {");
        to[begin] = written("if (") + c.text + ") {";
        put(begin + 1, first);
      } else {
        to.back() = "} else {";
        put(to.size(), indented(body));
        to.push_back("}");
      }
      put(begin, before);
      return;
    }
    put(to.size(), before);
    const std::size_t begin = to.size();
    to.push_back(written("if (") + (extent_of.negated ? written("!") + c.within(atom) : c.text) +
                 ") {");
    put(to.size(), indented(body));
    to.push_back("}");
    branch_ = {&to, begin, to.size(), c.text, extent_of.negated};
  }

  void begin_carries(int region, int around, lines& to) {
    const plan_region& r = regions[size(region)];
    for (int k = 0; k < r.carries; ++k) {
      const plan_carry& c = carries[size(r.first_carry + k)];
      const std::string name = counted("carry");
      to.push_back(written("T ") + name + " = " + at(around, slot_class::value, c.initial).text +
                   ";");
      set(region, slot_class::value, c.local, {name});
      if (c.result >= 0) set(around, slot_class::value, c.result, {name});
    }
  }
  void next_carries(int region, lines& to) {
    const plan_region& r = regions[size(region)];
    lines assignments;
    for (int k = 0; k < r.carries; ++k) {
      const plan_carry& c = carries[size(r.first_carry + k)];
      const std::string& local = at(region, slot_class::value, c.local).text;
      std::string next = at(region, slot_class::value, c.next).text;
      if (next == local) continue;
      // All are handed on at once.
      for (int other = 0; other < k; ++other) {
        const int slot = carries[size(r.first_carry + other)].local;
        if (next != at(region, slot_class::value, slot).text) continue;
        const std::string name = counted("next");
        to.push_back(written("const T ") + name + " = " + next + ";");
        next = name;
        break;
      }
      assignments.push_back(local + " = " + next + ";");
    }
    to.insert(to.end(), assignments.begin(), assignments.end());
  }

  /// The slot of x where an accumulator is the maximum of -x, which is run as the minimum of x.
  int least_of(int region, const plan_accumulator& a) const {
    const plan_region& r = regions[size(region)];
    for (int i = 0; i < r.instructions && a.maximum && !r.packets; ++i) {
      const std::size_t n = size(r.first_instruction + i);
      if (operations[n]->kind == algebra::negate && instructions[n].result == a.value) {
        return instructions[n].a;
      }
    }
    return -1;
  }
  void begin_accumulator(int region, int around, const plan_accumulator& a, lines& to) {
    const bool least = least_of(region, a) >= 0;
    const std::string name = counted(!a.maximum ? "total" : least ? "least" : "largest");
    if (a.maximum) headers_.insert("<limits>");
    to.push_back(written("T ") + name + " = " +
                 (!a.maximum ? "T(0.0);"
                  : least    ? "std::numeric_limits<T>::infinity();"
                             : "-std::numeric_limits<T>::infinity();"));
    set(around, slot_class::value, a.result,
        least ? piece{written("-") + name, sign} : piece{name});
    if (a.argument < 0) return;
    const std::string place = fresh(name + "_index");
    to.push_back(written("std::ptrdiff_t ") + place + " = 0;");
    set(around, slot_class::index, a.argument, {place});
  }
  void accumulate(int region, int around, const plan_accumulator& a, const std::string& i,
                  lines& to) {
    const int least = least_of(region, a);
    const std::string value =
        at(region, slot_class::value, least < 0 ? a.value : least).within(sum);
    std::string name = at(around, slot_class::value, a.result).text;
    if (least >= 0) name.erase(0, 1);
    if (!a.maximum) {
      to.push_back(name + " += " + at(region, slot_class::value, a.value).text + ";");
      return;
    }
    lines update{name + " = " + value + ";"};
    if (a.argument >= 0) {
      update.push_back(at(around, slot_class::index, a.argument).text + " = " + i + ";");
    }
    const std::string better = least < 0 ? name + " < " + value : value + " < " + name;
    enclose(written("if (") + better + " || " + value + " != " + value + ")", update, to);
  }

  // ---- windows ----------------------------------------------------------------------------------

  void begin_window(int region, const plan_window& w, lines& to) {
    std::string all;
    for (int k = 0; k < w.width; ++k) {
      const std::string name = fresh(array_name(w.array) + "_" + std::to_string(k));
      set(region, slot_class::value, w.slot + k, {name});
      all += (k > 0 ? ", " : "") + name + " = T(0.0)";
    }
    to.push_back(written("T ") + all + ";");
  }
  piece shifted(const piece& i, int offset) {
    if (offset == 0) return i;
    return {i.within(sum) + (offset > 0 ? " + " : " - ") +
                std::to_string(offset > 0 ? offset : -offset),
            sum};
  }
  void store_window(int region, const plan_window& w, const piece& i, int number, lines& to) {
    const std::array<piece, max_rank> index{i, piece{}, piece{}};
    const std::string put =
        stored(w.array, index, at(region, slot_class::value, w.slot + number).text);
    guard(w.guarded ? is_element(w.array, index) : std::string(), put, to);
  }
  void move_window(int region, const plan_window& w, const std::string& i, lines& to) {
    store_window(region, w, shifted({i}, w.offset), 0, to);
    for (int k = 0; k < w.width; ++k) {
      to.push_back(
          at(region, slot_class::value, w.slot + k).text + " = " +
          (k + 1 < w.width ? at(region, slot_class::value, w.slot + k + 1).text : "T(0.0)") + ";");
    }
  }
  void leave_window(int region, int around, const plan_window& w, lines& to) {
    const piece count = at(around, slot_class::index, regions[size(region)].extent);
    const std::string i = index_name(frames_[size(around)].loops);
    lines rest;
    for (int k = 0; k + 1 < w.width; ++k)
      store_window(region, w, shifted(count, w.offset + k), k, rest);
    if (!rest.empty()) enclose(written("if (") + count.within(sum) + " > 0)", rest, to);
    const auto clear = [&](const std::string& from, const piece& end) {
      enclose(loop_head(i, from, end), {cleared(w.array, {piece{i}, piece{}, piece{}})}, to);
    };
    const auto if_any = [&](const piece& value) {
      return piece{count.within(sum) + " > 0 ? " + value.text + " : 0", choice};
    };
    if (w.offset > 0) clear("0", if_any({std::to_string(w.offset)}));
    const piece last = shifted(count, w.offset + w.width - 1);
    if (last.text != extent(w.array, 0).text) {
      clear(w.offset + w.width == 1 ? last.text : if_any(last).text, extent(w.array, 0));
    }
  }

  // ---- the text around --------------------------------------------------------------------------

  std::string signature(const std::string& function) {
    std::string s = written("void ") + function + "(";
    const std::size_t indent = s.size();
    std::size_t column = indent;
    const auto add = [&](const std::string& parameter, bool last) {
      const std::string more = parameter + (last ? ")" : ",");
      if (column > indent && column + 1 + more.size() > 98) {
        s += "\n" + std::string(indent, ' ');
        column = indent;
      } else if (column > indent) {
        s += ' ', ++column;
      }
      s += more, column += more.size();
    };
    const std::size_t all = inputs.size() + outputs.size();
    for (std::size_t k = 0; k < all; ++k) {
      const int array = static_cast<int>(k);
      const bool read = is_input(array);
      add(std::string(read               ? rank(array) == 0 ? "T " : "const auto& "
                      : rank(array) == 0 ? "T& "
                                         : "auto&& ") +
              (used_.count(array) != 0 || !read ? array_name(array) : std::string()),
          k + 1 == all);
    }
    return s;
  }
  /// The size of an array of the results, in words.
  std::string size_of_result(std::size_t o) {
    const int array = static_cast<int>(inputs.size() + o);
    std::string s;
    for (int d = 0; d < rank(array); ++d) {
      std::string e = extent(array, d).text;
      for (const auto& [text, name] : known_sizes_) {
        if (name == e) e = text;
      }
      s += (d > 0 ? " x " : "") + e;
    }
    return s + " elements";
  }
  std::string head() {
    std::string s = "// Written by tapeless::to_source.\n//\n";
    std::size_t widest = 7;
    for (const std::string& name : array_names_) widest = std::max(widest, name.size());
    const auto line = [&](std::string name, const std::string& what) {
      name.resize(widest + 2, ' ');
      s += written("//   ") + name + what + "\n";
    };
    constexpr const char* kinds[]{"number", "array", "matrix"};
    const auto describe = [&](const char* direction, const std::string& name,
                              const std::string& part, std::string what) {
      line(name, written(direction) + (name == part ? std::string() : part + ", ") + what);
    };
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      describe("in   ", array_names_[k], inputs[k].text, kinds[inputs[k].rank]);
    }
    for (std::size_t o = 0; o < outputs.size(); ++o) {
      describe("out  ", array_names_[inputs.size() + o], outputs[o].text,
               results[o].slot >= 0 ? "number" : size_of_result(o));
    }
    headers_.insert("<cstddef>");
    return s + declarations() + "\n" + includes();
  }

  /// Sizes that nothing needs.
  static void drop_unused_sizes(lines& all) {
    const std::string start = "const std::ptrdiff_t ";
    const auto in_name = [](char c) {
      return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    };
    for (std::size_t k = all.size(); k-- > 0;) {
      if (all[k].compare(0, start.size(), start) != 0) continue;
      const std::string name =
          all[k].substr(start.size(), all[k].find(' ', start.size()) - start.size());
      bool used = false;
      for (std::size_t j = k + 1; j < all.size() && !used; ++j) {
        const std::string& line = all[j];
        for (std::size_t at = line.find(name); at != line.npos && !used;
             at = line.find(name, at + 1)) {
          const std::size_t end = at + name.size();
          used = (at == 0 || !in_name(line[at - 1])) && (end == line.size() || !in_name(line[end]));
        }
      }
      if (!used) all.erase(all.begin() + static_cast<std::ptrdiff_t>(k));
    }
  }

  std::vector<frame> frames_{};
  std::vector<std::string> array_names_{};
  std::map<std::pair<int, int>, size_name> extents_{};
  std::map<std::string, std::string> known_sizes_{};
  std::set<int> used_{};
  written_branch branch_{};
};

}  // namespace detail
}  // namespace TAPELESS_ABI
}  // namespace tapeless
