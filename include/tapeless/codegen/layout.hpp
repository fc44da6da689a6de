// SPDX-License-Identifier: BSL-1.0
#pragma once

// How what loops access lies in memory, as far as types know.

#include <tapeless/codegen/environment.hpp>
#include <tapeless/codegen/lanes.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// The dimension in which the iterations of a loop follow one another in an access, all others
/// being the same.
constexpr int moving_dimension(int motions) {
  int found = -1;
  for (int d = 0; d < max_rank; ++d) {
    if (motion_of(motions, d) == motion::any) return -1;
    if (motion_of(motions, d) == motion::none) continue;
    if (found >= 0) return -1;
    found = d;
  }
  return found;
}
/// Whether neighbours in this dimension lie side by side.
template <class A>
constexpr bool is_contiguous(int dimension) {
  if constexpr (requires { A::rank; }) {
    if (dimension < 0 || dimension >= A::rank) return false;
    if constexpr (requires { A::known[0]; }) {
      return A::known[dimension] == 1;
    } else {
      return dimension == A::rank - 1;
    }
  } else {
    return false;
  }
}

/// The same of all arrays that a running program sees, one bit for each dimension.
template <class Arrays>
struct neighbours_in;
template <int... K, class... A>
struct neighbours_in<numbered_parts<std::integer_sequence<int, K...>, A...>> {
  static constexpr int of[sizeof...(A) + 1]{
      (is_contiguous<std::remove_cvref_t<A>>(0) | is_contiguous<std::remove_cvref_t<A>>(1) << 1 |
       is_contiguous<std::remove_cvref_t<A>>(2) << 2)...,
      0};
};
template <class E>
inline constexpr const auto& neighbours_of = neighbours_in<decltype(E::arrays)>::of;

/// Accesses of a loop inside of another that are not neighbours as it moves, or as that one does.
struct scattered_accesses {
  int along = 0, across = 0;
};
template <class Plan>
constexpr scattered_accesses scattered(const Plan& p, const plan_region& r, const int* neighbours) {
  scattered_accesses all;
  for (int k = r.first_instruction; k < r.first_instruction + r.instructions; ++k) {
    const operation* op = p.operations[k];
    if (op != &load_element_operation && op != &store_element_operation &&
        op != &put_element_operation) {
      continue;
    }
    const auto misses = [&](std::uint64_t bits) {
      const int motions = static_cast<int>(bits) & ((1 << bits_of_motions) - 1);
      const int dimension = moving_dimension(motions);
      return motions != 0 && (dimension < 0 || (neighbours[p.arrays[k]] >> dimension & 1) == 0);
    };
    all.along += misses(p.instructions[k].bits);
    all.across += misses(p.instructions[k].bits >> bits_of_motions);
  }
  return all;
}
/// The loops inside of a region can run for several packets of it: memory lies along the region,
/// and not along them. Along some of them it may lie, if the region is the outermost and they are
/// short: these run for one iteration after the other.
template <class Plan>
constexpr bool lies_across(const Plan& p, const plan_region& r, const int* neighbours) {
  bool some = false;
  for (int k = r.first_instruction; k < r.first_instruction + r.instructions; ++k) {
    if (p.operations[k] != &run_region_operation) continue;
    const plan_region& x = p.regions[p.arrays[k]];
    const scattered_accesses inside = scattered(p, x, neighbours);
    if (inside.across > 0 && (!r.outermost || x.too_long)) return false;
    some = some || (inside.across == 0 && inside.along > 0);
  }
  return some;
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
