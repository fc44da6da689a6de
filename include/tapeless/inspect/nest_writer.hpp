// SPDX-License-Identifier: BSL-1.0
#pragma once

// A program with loops as C++: its plan, region by region, as codegen/region_loop.hpp executes it.

#include <tapeless/inspect/nest_loops.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

class nest_writer final : nest_loops {
 public:
  explicit nest_writer(nest_source_data data) : nest_loops(std::move(data)) {}

  std::string text(const std::string& function) {
    taken_.insert(function);
    for (const char* i : index_names) taken_.insert(i);
    name_arrays();
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
};

}  // namespace detail
}  // namespace TAPELESS_ABI
}  // namespace tapeless
