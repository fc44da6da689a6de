// SPDX-License-Identifier: BSL-1.0
#pragma once

// The variables, arrays and sizes of a program with loops, as its text calls them.

#include <tapeless/inspect/code.hpp>
#include <tapeless/inspect/nest_data.hpp>

#include <array>
#include <cstddef>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

class nest_text : protected nest_source_data, protected code_writer {
 protected:
  explicit nest_text(nest_source_data data) : nest_source_data(std::move(data)) {
    frames_.resize(regions.size());
    for (std::size_t r = 0; r < regions.size(); ++r) {
      const plan_region& x = regions[r];
      frames_[r].of[0].resize(size(x.values));
      frames_[r].of[1].resize(size(x.conditions));
      frames_[r].of[2].resize(size(x.indices));
    }
  }

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
  struct frame {
    std::vector<slot_state> of[3];  ///< by slot_class
    int loops = 0;                  ///< around and with it
  };

  static constexpr const char* index_names[]{"i", "j", "k", "l", "m", "n"};
  static constexpr std::size_t longest = 60;  ///< of an expression within another
  static std::size_t size(int n) { return static_cast<std::size_t>(n); }

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

  // ---- indices, statements ----------------------------------------------------------------------

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

  std::vector<frame> frames_{};
  std::vector<std::string> array_names_{};
  std::map<std::pair<int, int>, size_name> extents_{};
  std::set<int> used_{};  ///< arrays
};

}  // namespace detail
}  // namespace TAPELESS_ABI
}  // namespace tapeless
