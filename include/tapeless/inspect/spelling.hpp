// SPDX-License-Identifier: BSL-1.0
#pragma once

// How C++ source spells an operation and a name.

#include <tapeless/inspect/graph_of.hpp>
#include <tapeless/inspect/text.hpp>

#include <string>
#include <string_view>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

/// Operations that are std:: functions of the same name and meaning.
constexpr bool is_standard_function(std::string_view name, int arity) {
  constexpr std::string_view one =
      " abs acos acosh asin asinh atan atanh cbrt ceil cos cosh erf erfc exp exp2 expm1 floor "
      "lgamma"
      " log log10 log1p log2 round sin sinh sqrt tan tanh tgamma trunc ";
  constexpr std::string_view two = " atan2 copysign fmod hypot pow ";
  const std::string_view all = arity == 1 ? one : arity == 2 ? two : " fma ";
  for (std::size_t at = all.find(name); at != all.npos; at = all.find(name, at + 1)) {
    if (all[at - 1] == ' ' && all[at + name.size()] == ' ') return true;
  }
  return false;
}

/// The namespace of a primitive, where its function is expected too; empty if it has no name that
/// other translation units could use.
template <class P>
consteval std::string_view namespace_of() {
  std::string_view text = type_name<P>();
  const std::size_t begin = text.find("P = ") + 4;
  text = text.substr(begin, text.find_first_of("<;]", begin) - begin);
  if (text.substr(0, 10) == "tapeless::") return "tapeless::";
  const std::size_t end = text.rfind("::");
  if (end == text.npos || text.find_first_of("({") != text.npos) return "";
  return text.substr(0, end + 2);
}

/// What stands before an operation's name where it is called as a function.
template <const operation* Op>
consteval std::string_view qualifier() {
  constexpr bool of_loops = Op->kind >= algebra::array && Op->kind <= algebra::carry;
  if constexpr (Op->arity == 0 || of_loops) {
    return "";
  } else {
    constexpr std::string_view space = namespace_of<primitive_of<Op>>();
    return space == "tapeless::" && is_standard_function(Op->name, Op->arity) ? "std::" : space;
  }
}

inline bool is_keyword(std::string_view name) {
  constexpr std::string_view words =
      " alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t "
      "char16_t"
      " char32_t class co_await co_return co_yield compl concept const const_cast consteval "
      "constexpr"
      " constinit continue decltype default delete do double dynamic_cast else enum explicit export"
      " extern false float for friend goto if inline int long mutable namespace new noexcept not"
      " not_eq nullptr operator or or_eq private protected public register reinterpret_cast "
      "requires"
      " return short signed sizeof static static_assert static_cast struct switch template this"
      " thread_local throw true try typedef typeid typename union unsigned using virtual void"
      " volatile wchar_t while xor xor_eq std tapeless T in out ";
  return words.find(std::string(written(" ") + name + " ")) != words.npos;
}

/// A text as a C++ identifier: a0[3] is a0_3.
inline std::string identifier(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const bool usable = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (usable) {
      name += c;
    } else if (!name.empty() && name.back() != '_') {
      name += '_';
    }
  }
  if (!name.empty() && name.back() == '_') name.pop_back();
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) name = written("v") + name;
  return name;
}

/// The word that names an operation's results.
inline std::string word_for(const operation& op) {
  switch (op.kind) {
    case algebra::add:
      return "sum";
    case algebra::subtract:
      return "difference";
    case algebra::multiply:
      return "product";
    case algebra::divide:
      return "quotient";
    case algebra::negate:
      return "negative";
    case algebra::select:
      return "choice";
    default:
      break;
  }
  return op.returns_condition ? "condition" : identifier(op.name);
}

}  // namespace detail
}  // namespace TAPELESS_ABI
}  // namespace tapeless
