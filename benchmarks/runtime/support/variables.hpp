// SPDX-License-Identifier: BSL-1.0
// Expression variables named by position: x00, x01, x02 ...
#pragma once
#include <tapeless/tapeless.hpp>

#include <cstddef>
#include <utility>

namespace bench {

template <char Letter, std::size_t I>
inline constexpr char name_at[4] = {Letter, static_cast<char>('0' + I / 10),
                                    static_cast<char>('0' + I % 10), '\0'};

template <char Letter, std::size_t I>
inline constexpr tapeless::variable<name_at<Letter, I>> variable_at{};

template <class F, std::size_t... I>
constexpr decltype(auto) with_indices(std::index_sequence<I...>, F f) {
  return f(std::integral_constant<std::size_t, I>{}...);
}

/// Calls f with the constants 0 ... N-1.
template <std::size_t N, class F>
constexpr decltype(auto) with_indices(F f) {
  return with_indices(std::make_index_sequence<N>{}, f);
}

}  // namespace bench
