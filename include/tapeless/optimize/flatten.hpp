// SPDX-License-Identifier: BSL-1.0
#pragma once

// A tree as one vector of numbers and back, for other people's optimisers.

#include <tapeless/optimize/tree.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

template <class P>
inline constexpr bool is_bare_matrix = false;
template <container P>
inline constexpr bool is_bare_matrix<P> = array_traits<P>::rank > 1;

template <class Numbers>
constexpr auto refuse_numbers() {
  static_assert(never<Numbers>,
                "tapeless::flatten(p, to), unflatten(from, p): 'to' and 'from' are double, "
                "whatever the numbers of p: std::vector<double>, std::span<double>");
  return false;
}
inline void check_length(const char* function, std::size_t length, std::size_t numbers) {
  if (length == numbers) return;
  char text[160];
  __builtin_snprintf(text, sizeof text,
                     "tapeless::%s: the vector has %zu elements, the tree %zu numbers", function,
                     length, numbers);
  invalid(text);
}

}  // namespace detail

/// flatten(p, to): the numbers of p, as double, in the order of its members; matrices in the order
/// in which they lie in memory.
/// Errors:   std::invalid_argument if `to` has another size than tree_size(p)
template <tree_argument P>
void flatten(const P& p, std::span<double> to) {
  detail::check_length("flatten", to.size(), tree_size(p));
  std::size_t k = 0;
  detail::each_number([&](const auto& number) { to[k++] = static_cast<double>(number); }, p);
}
template <tree P, class To>
  requires(!std::convertible_to<To, std::span<double>>)
void flatten(const P&, To&&) {
  detail::refuse_numbers<std::remove_cvref_t<To>>();
}
/// flatten(p): the same in a vector.
/// Errors:   compile error of a bare matrix, whose order flatten(p, to) and the operation on arrays
///           take differently
template <tree_argument P>
std::vector<double> flatten(const P& p) {
  static_assert(!detail::is_bare_matrix<P>,
                "tapeless::flatten(p): of a matrix that is no member of a structure take "
                "tl::flatten(p, to), which keeps the order of memory");
  std::vector<double> to(tree_size(p));
  flatten(p, to);
  return to;
}
/// unflatten(from, p): writes the numbers back into p, whose sizes say where they belong.
/// Errors:   std::invalid_argument if `from` has another size than tree_size(p)
template <tree_argument P>
void unflatten(std::span<const double> from, P& p) {
  detail::check_length("unflatten", from.size(), tree_size(p));
  std::size_t k = 0;
  detail::each_number(
      [&](auto& number) {
        number = static_cast<std::remove_reference_t<decltype(number)>>(from[k++]);
      },
      p);
}
template <class From, tree P>
  requires(!std::convertible_to<From, std::span<const double>>)
void unflatten(From&&, P&) {
  detail::refuse_numbers<std::remove_cvref_t<From>>();
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
