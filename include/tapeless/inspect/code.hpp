// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the writers of C++ share: names, constants, headers, expressions with few parentheses.

#include <tapeless/inspect/spelling.hpp>
#include <tapeless/inspect/text.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

class code_writer {
 protected:
  /// How tightly the outermost operation of an expression binds.
  enum level { choice, disjunction, conjunction, equality, relation, sum, product, sign, atom };
  struct piece {
    std::string text;
    level binds = atom;

    std::string within(level least) const {
      return binds < least ? written("(") + text + ")" : text;
    }
  };

  std::string fresh(const std::string& name) {
    std::string unique = is_keyword(name) ? name + "_" : name;
    while (!taken_.insert(unique).second) unique += '_';
    return unique;
  }
  /// The next of the names word1, word2 ...
  std::string counted(std::string word) {
    if (word.back() >= '0' && word.back() <= '9') word += '_';
    return fresh(word + std::to_string(++count_[word]));
  }

  /// A floating literal, so that neither -0.0 nor the largest integers change.
  std::string constant(long double v) {
    if (v - v != 0) {
      headers_.insert("<limits>");
      return std::string(v < 0 ? "-" : "") +
             "std::numeric_limits<T>::" + (v == v ? "infinity()" : "quiet_NaN()");
    }
    std::string text = number_text(v);
    if (text.find_first_of(".e") == text.npos) text += ".0";
    if (static_cast<long double>(static_cast<double>(v)) != v) text += 'L';
    return written("T(") + text + ")";
  }

  static piece signed_atom(std::string text) {
    const level binds = text[0] == '-' ? sign : atom;
    return {std::move(text), binds};
  }

  /// An operation of arithmetic; with operands of their own level it is as written, operation by
  /// operation.
  piece expression(const operation& op, std::string_view qualifier, const piece* x) {
    const std::string name(op.name);
    if (op.kind == algebra::negate || op.kind == algebra::logical_not) {
      return {name + x[0].within(atom), sign};
    }
    if (op.kind == algebra::select) {
      return {x[0].within(disjunction) + " ? " + x[1].within(disjunction) + " : " +
                  x[2].within(disjunction),
              choice};
    }
    if (name == "stop_gradient") return x[0];
    if (name == "reciprocal") return {written("T(1.0) / ") + x[0].within(sign), product};
    if (op.arity == 2 && name.find_first_of("+-*/<=&|") == 0) {
      const level binds = level_of(name);
      // Compilers ask for parentheses around && in ||.
      const bool mixed = binds == disjunction || binds == conjunction || binds == equality;
      return {x[0].within(mixed ? relation : binds) + " " + name + " " +
                  x[1].within(mixed ? relation : static_cast<level>(binds + 1)),
              binds};
    }
    std::string call = function(name, qualifier) + "(" + x[0].text;
    for (int i = 1; i < op.arity; ++i) call += written(", ") + x[i].text;
    return {call + ")", atom};
  }

  /// The lines that include what the text uses.
  std::string includes() const {
    std::string s;
    for (const std::string& header : headers_) {
      if (header[1] != 't') s += written("#include ") + header + "\n";
    }
    for (const std::string& header : headers_) {
      if (header[1] == 't') s += written("#include ") + header + "\n";
    }
    return s.empty() ? s : s + '\n';
  }
  std::string declarations() const {
    std::string s;
    for (const std::string& name : foreign_) s += written("//\n// Declare before: ") + name + "\n";
    return s;
  }

  std::set<std::string> taken_{}, headers_{};

 private:
  static level level_of(const std::string& name) {
    return name == "||"                 ? disjunction
           : name == "&&"               ? conjunction
           : name == "=="               ? equality
           : name[0] == '<'             ? relation
           : name == "+" || name == "-" ? sum
                                        : product;
  }
  std::string function(const std::string& name, std::string_view qualifier) {
    if (qualifier == "std::") {
      headers_.insert("<cmath>");
    } else if (qualifier == "tapeless::") {
      headers_.insert("<tapeless/tapeless.hpp>");
    } else {
      foreign_.insert(std::string(qualifier) + name);
    }
    return std::string(qualifier) + name;
  }

  std::map<std::string, int> count_{};
  std::set<std::string> foreign_{};
};

}  // namespace detail
}  // namespace TAPELESS_ABI
}  // namespace tapeless
