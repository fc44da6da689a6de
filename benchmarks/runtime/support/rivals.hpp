// SPDX-License-Identifier: BSL-1.0
// The tapes of the table, each used the way that is fastest for value plus gradient. Larger or
// smaller ADOL-C buffers do not change its times: switching a tape in and out dominates them.
#pragma once
// Assignment shares a Sacado node instead of copying it: one tape entry less a local variable.
#define RAD_EQ_ALIAS
#include "row.hpp"

#include <adolc/adolc.h>

#include <Sacado_trad.hpp>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

namespace bench {

using sacado_scalar = Sacado::Rad::ADvar<double>;

inline constexpr double half_sqrt2 = 0.70710678118654752440;
inline constexpr double one_over_sqrt_2pi = 0.39894228040143267794;

inline double normal_pdf(double x) { return one_over_sqrt_2pi * std::exp(-0.5 * x * x); }
inline double normal_cdf(double x) { return 0.5 * std::erfc(-half_sqrt2 * x); }
/// ADOL-C has erf and no erfc.
inline adouble normal_cdf(const adouble& x) { return 0.5 + 0.5 * erf(half_sqrt2 * x); }
/// Sacado has neither, but takes a value and its derivative as one operation.
inline sacado_scalar normal_cdf(const sacado_scalar& x) {
  return Sacado::Rad::ADf1(normal_cdf(x.val()), normal_pdf(x.val()), x);
}

// Models return decltype(auto) or a named type: Sacado's operators return references to nodes, and
// a plain auto would copy a node off its tape.

/// ADOL-C knows a tape by a number; two variants of one binary must not share one.
inline short next_tape() {
  static short last = 0;
  return ++last;
}

/// A tape for every call. keep = 1 stores the intermediate values while taping, which saves a
/// forward sweep. `model` is called with an array of active and an array of passive numbers.
template <class Input, class Model>
auto adolc_retaped(Model model) {
  constexpr std::size_t n = Input::active_count;
  const short tag = next_tape();
  return [tag, model](const Input& in) {
    result<n> out;
    trace_on(tag, 1);
    {
      std::array<adouble, n> active;
      for (std::size_t i = 0; i < n; ++i) active[i] <<= in.active[i];
      adouble value = model(active, in.passive);
      value >>= out.value;
    }
    trace_off();
    double weight = 1;
    fos_reverse(tag, 1, static_cast<int>(n), &weight, out.gradient.data());
    return out;
  };
}

/// One tape for all calls; passive numbers are ADOL-C parameters, so that they can change too.
template <class Input, class Model>
auto adolc_reused(const Input& first, Model model) {
  constexpr std::size_t n = Input::active_count;
  constexpr std::size_t m = Input::passive_count;
  const short tag = next_tape();
  trace_on(tag);
  {
    std::array<adouble, n> active;
    for (std::size_t i = 0; i < n; ++i) active[i] <<= first.active[i];
    auto passive = [&]<std::size_t... I>(std::index_sequence<I...>) {
      return std::array<pdouble, m>{mkparam(first.passive[I])...};
    }(std::make_index_sequence<m>{});
    adouble value = model(active, passive);
    double ignored;
    value >>= ignored;
  }
  trace_off();
  return [tag](const Input& in) {
    result<n> out;
    if constexpr (m > 0) {
      auto passive = in.passive;
      set_param_vec(tag, m, passive.data());
    }
    zos_forward(tag, 1, static_cast<int>(n), 1, in.active.data(), &out.value);
    double weight = 1;
    fos_reverse(tag, 1, static_cast<int>(n), &weight, out.gradient.data());
    return out;
  };
}

template <class Input, class Model>
auto sacado(Model model) {
  constexpr std::size_t n = Input::active_count;
  return [model](const Input& in) {
    result<n> out;
    std::array<sacado_scalar, n> active;
    for (std::size_t i = 0; i < n; ++i) active[i] = in.active[i];
    sacado_scalar value = model(active, in.passive);
    sacado_scalar::Gradcomp();
    out.value = value.val();
    for (std::size_t i = 0; i < n; ++i) out.gradient[i] = active[i].adj();
    return out;
  };
}

/// The primal alone, and the three tapes: what a row has whatever the library does.
template <class Input, class Model>
void add_rivals(row<Input>& r, const points<Input>& inputs, Model model) {
  r.add("adolc_retaped", adolc_retaped<Input>(model));
  r.add("adolc_reused", adolc_reused<Input>(inputs[0], model));
  r.add("sacado", sacado<Input>(model));
  r.add("floor", [model](const Input& in) -> double { return model(in.active, in.passive); });
}

}  // namespace bench
