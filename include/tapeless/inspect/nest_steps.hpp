// SPDX-License-Identifier: BSL-1.0
#pragma once

// The instructions of a plan as statements, and the sizes, checks and arrays that come first.

#include <tapeless/inspect/nest_uses.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

class nest_steps : protected nest_uses {
 protected:
  explicit nest_steps(nest_source_data data) : nest_uses(std::move(data)) {}
  ~nest_steps() = default;

  /// Runs the loop of a region.
  virtual void write_region(int region, int around, lines& to) = 0;

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
      if (const operation* const routine = routines[size(array)]; routine != nullptr) {
        write_routine(region, *routine, moves[size(array)], to);
      } else {
        write_move(region, moves[size(array)], to);
      }
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
    if (c.kind == check_kind::tangent || c.kind == check_kind::cotangent) {
      return refuse(first.within(sum) + " != " + extent(c.input, c.dimension).within(sum),
                    "a tangent or cotangent of another size");
    }
    if (c.kind == check_kind::equal) {
      return refuse(first.within(sum) + " != " + bound.within(sum),
                    written("sizes differ in ") + text_of(c.rule));
    }
    if (c.kind == check_kind::carried) {
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

  std::map<std::string, std::string> known_sizes_{};

 private:
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

  void write_routine(int region, const operation& op, const plan_move& m, lines& to) {
    headers_.insert("<tapeless/tapeless.hpp>");
    headers_.insert("<tapeless/interop/eigen.hpp>");
    to.push_back(written("tapeless::array_routine<\"") + std::string(op.name) + "\">::run(");
    to.push_back("    " + strided_text(region, m.to));
    for (int i = 0; i < m.operands; ++i) {
      to.back() += ",";
      to.push_back("    " + strided_text(region, m.operand(i)));
    }
    to.back() += ");";
  }
  /// An array, or a row of it, as a routine is handed it.
  std::string strided_text(int region, const plan_place& p) {
    const std::string& a = array_name(p.array);
    const int left = rank(p.array) - p.indices;
    used_.insert(p.array);
    std::string index;
    for (int d = 0; d < p.indices; ++d) {
      index += (d > 0 ? ", " : "") + at(region, slot_class::index, p.index[d]).text;
    }
    const std::string rank_text = std::to_string(left);
    if (!is_own(p.array)) {
      const std::string part = index.empty() ? index : ", {" + index + "}";
      return written("tapeless::strided<") + rank_text + ">(" + a + part + ")";
    }
    std::string start = a, extents, strides;
    piece stride{"1"};
    for (int d = rank(p.array) - 1; d >= 0; --d) {
      const piece size_text = extent(p.array, d);
      if (d >= p.indices) {
        extents = size_text.text + (extents.empty() ? "" : ", ") + extents;
        strides = stride.text + (strides.empty() ? "" : ", ") + strides;
      } else {
        start += " + " + at(region, slot_class::index, p.index[d]).within(sign) + " * " +
                 stride.within(sign);
      }
      stride = stride.text == "1"
                   ? size_text
                   : piece{size_text.within(product) + " * " + stride.within(sign), product};
    }
    return written("tapeless::strided_array<T, ") + rank_text + ">{" + start + ", {" + extents +
           "}, {" + strides + "}}";
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
      case algebra::index_quotient:
      case algebra::index_remainder: {
        const char* const sign_of = op.kind == algebra::index_quotient ? " / " : " % ";
        const piece& b = index(n.b);
        const piece value{index(n.a).within(product) + sign_of + b.within(sign), product};
        if (b.text.find_first_not_of("0123456789") == b.text.npos && b.text != "0") {
          return set_index(value);
        }
        return set_index({b.within(sum) + " == 0 ? 0 : " + value.text, choice});
      }
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
};

}  // namespace detail
}  // namespace TAPELESS_ABI
}  // namespace tapeless
