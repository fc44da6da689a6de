// SPDX-License-Identifier: BSL-1.0
// The tapes of the table of loops, each used the way that is fastest for value plus gradient.
#pragma once
// Assignment shares a Sacado node instead of copying it: one tape entry less a local variable.
#define RAD_EQ_ALIAS
#include "group.hpp"

#include <adolc/adolc.h>

#include <Sacado_trad.hpp>
#include <cstddef>
#include <vector>

namespace bench::loops {

using sacado_scalar = Sacado::Rad::ADvar<double>;

/// ADOL-C and Sacado at `point`. `model` is called with a pointer to active numbers.
template <class Model>
void add_tapes(group& g, const numbers& point, Model model) {
  const std::size_t n = point.size();
  const double* at = point.data();
  constexpr short retaped = 1;
  constexpr short reused = 2;
  const auto record = [=](short tape, int keep) {
    double value = 0;
    trace_on(tape, keep);
    {
      std::vector<adouble> active(n);
      for (std::size_t i = 0; i < n; ++i) active[i] <<= at[i];
      adouble result = model(static_cast<const adouble*>(active.data()));
      result >>= value;
    }
    trace_off();
    return value;
  };
  const auto reverse = [=](short tape, double* gradient) {
    double weight = 1;
    fos_reverse(tape, 1, static_cast<int>(n), &weight, gradient);
  };
  g.add("adolc_retaped", [=](double* gradient) {
    const double value = record(retaped, 1);
    reverse(retaped, gradient);
    return value;
  });
  // Branches are those of this point; the tape stands for no other.
  record(reused, 0);
  g.add("adolc_reused", [=](double* gradient) {
    double value = 0;
    zos_forward(reused, 1, static_cast<int>(n), 1, at, &value);
    reverse(reused, gradient);
    return value;
  });
  g.add("sacado", [=](double* gradient) {
    std::vector<sacado_scalar> active(n);
    for (std::size_t i = 0; i < n; ++i) active[i] = at[i];
    sacado_scalar result = model(static_cast<const sacado_scalar*>(active.data()));
    sacado_scalar::Gradcomp();
    for (std::size_t i = 0; i < n; ++i) gradient[i] = active[i].adj();
    return result.val();
  });
}

}  // namespace bench::loops
