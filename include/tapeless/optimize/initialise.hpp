// SPDX-License-Identifier: BSL-1.0
#pragma once

// Random weights to start from. Their arithmetic is the library's: a seed gives the same numbers
// with every standard library; those that are normally distributed to the rounding of std::log and
// std::cos.

#include <tapeless/codegen/reference.hpp>

#include <cmath>
#include <cstdint>
#include <numbers>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// std::mt19937_64 and its likes: all 64-bit numbers with equal probability.
template <class G>
concept generator_64 = requires(G& g) {
  { g() } -> std::convertible_to<std::uint64_t>;
  requires G::min() == 0;
  requires G::max() == UINT64_MAX;
};

namespace detail {

template <bool Fits>
constexpr auto refuse_generator() {
  static_assert(Fits, "tapeless: random numbers are made of 64 bits at a time: std::mt19937_64");
  return 0.0;
}

}  // namespace detail

/// random_uniform(g): in [0, 1), a multiple of 2^-53.
/// Errors:   compile error if g is no generator_64, here and in what follows
template <class G>
double random_uniform(G& g) {
  if constexpr (!generator_64<G>) {
    return detail::refuse_generator<generator_64<G>>();
  } else {
    return static_cast<double>(g() >> 11) * 0x1p-53;
  }
}
/// random_normal(g): normally distributed, mean 0, variance 1.
/// Source:   Box, Muller: A note on the generation of random normal deviates (1958)
template <class G>
double random_normal(G& g) {
  const double radius = std::sqrt(-2 * std::log(1 - random_uniform(g)));
  return radius * std::cos(2 * std::numbers::pi * random_uniform(g));
}

namespace detail {

template <class W>
inline constexpr bool is_matrix = scalar_rank<shape_of<W>> == 2;
template <container W>
inline constexpr bool is_matrix<W> = array_traits<std::remove_const_t<W>>::rank == 2;

template <bool Matrix>
constexpr auto refuse_weights() {
  static_assert(Matrix,
                "tapeless: weights to initialise are a matrix, outputs by inputs: one member of a "
                "structure, tl::glorot_uniform(layer.W, g)");
  return false;
}
/// Row by row, in whatever order they lie; deviation(outputs, inputs) times what `draw` gives.
template <class W, class Deviation, class Draw>
void fill_weights(W& w, const Deviation& deviation, const Draw& draw) {
  if constexpr (!is_matrix<W>) {
    refuse_weights<is_matrix<W>>();
  } else {
    const auto to = reference_to(w);
    const double scale =
        deviation(static_cast<double>(to.extents[0]), static_cast<double>(to.extents[1]));
    for (std::ptrdiff_t i = 0; i < to.extents[0]; ++i) {
      for (std::ptrdiff_t j = 0; j < to.extents[1]; ++j) {
        auto& element = to.at(i, j, 0);
        element = static_cast<std::remove_reference_t<decltype(element)>>(scale * draw());
      }
    }
  }
}
inline double glorot_deviation(double outputs, double inputs) {
  return std::sqrt(2 / (inputs + outputs));
}
inline double he_deviation(double, double inputs) { return std::sqrt(2 / inputs); }
/// Of variance 1.
template <class G>
double random_centred(G& g) {
  return std::numbers::sqrt3 * (2 * random_uniform(g) - 1);
}

}  // namespace detail

/// glorot_uniform(W, g): in [-a, a), a = sqrt(6 / (inputs + outputs)), W outputs by inputs.
/// Source:   Glorot, Bengio: Understanding the difficulty of training deep feedforward neural
///           networks (2010), (16)
template <class W, class G>
void glorot_uniform(W& w, G& g) {
  detail::fill_weights(w, detail::glorot_deviation, [&] { return detail::random_centred(g); });
}
/// glorot_normal(W, g): variance 2 / (inputs + outputs), W outputs by inputs.
/// Source:   as glorot_uniform, (12)
template <class W, class G>
void glorot_normal(W& w, G& g) {
  detail::fill_weights(w, detail::glorot_deviation, [&] { return random_normal(g); });
}
/// he_uniform(W, g): in [-a, a), a = sqrt(6 / inputs), W outputs by inputs.
/// Source:   He, Zhang, Ren, Sun: Delving deep into rectifiers (2015), (10)
template <class W, class G>
void he_uniform(W& w, G& g) {
  detail::fill_weights(w, detail::he_deviation, [&] { return detail::random_centred(g); });
}
/// he_normal(W, g): variance 2 / inputs, W outputs by inputs.
/// Source:   as he_uniform
template <class W, class G>
void he_normal(W& w, G& g) {
  detail::fill_weights(w, detail::he_deviation, [&] { return random_normal(g); });
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
