// SPDX-License-Identifier: BSL-1.0
#pragma once

// The regions of a plan as loops: accumulators, carries, windows, branches.

#include <tapeless/inspect/nest_steps.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

class nest_loops : protected nest_steps {
 protected:
  explicit nest_loops(nest_source_data data) : nest_steps(std::move(data)) {}
  ~nest_loops() = default;

 private:
  /// The if that was written last, for its else.
  struct written_branch {
    const lines* in = nullptr;
    std::size_t begin = 0, end = 0;
    std::string condition{};
    bool negated = false;
  };

  void write_region(int region, int around, lines& to) override {
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
    if (a.argument < 0 || state(around, slot_class::index, a.argument).uses == 0) return;
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
    if (a.argument >= 0 && state(around, slot_class::index, a.argument).uses > 0) {
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
        stored(w.array, index, at(region, slot_class::value, w.slot + number).text, w.adds);
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
    if (w.adds) return;
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

  written_branch branch_{};
};

}  // namespace detail
}  // namespace TAPELESS_ABI
}  // namespace tapeless
