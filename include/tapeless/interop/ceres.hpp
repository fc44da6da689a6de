// SPDX-License-Identifier: BSL-1.0
#pragma once

// Functions for Ceres, http://ceres-solver.org: of all parameters for ceres::GradientProblem,
// residuals of blocks of parameters for ceres::Problem.

#include <tapeless/api/jvp.hpp>
#include <tapeless/api/vjp.hpp>
#include <tapeless/optimize/finite.hpp>
#include <tapeless/optimize/objective.hpp>

#include <ceres/first_order_function.h>
#include <ceres/sized_cost_function.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <memory>
#include <span>
#include <tuple>
#include <utility>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// ceres_function(f, p, data..., policies...): ceres::GradientProblem problem(new
/// tl::ceres_function(f, p, data...)), which takes possession of it.
/// Shapes:   f: (P, S...) -> number; p: any tree P
/// Errors:   where the value or a number of the gradient is not finite, Evaluate returns false
template <class F, tree P, class... Data>
class ceres_function final : public ceres::FirstOrderFunction {
 public:
  explicit ceres_function(const F& f, const P& p, std::type_identity_t<Data>... data)
      : objective_(f, p, std::forward<Data>(data)...) {}

  bool Evaluate(const double* x, double* cost, double* gradient) const override {
    const std::size_t n = objective_.size();
    if (gradient == nullptr) {
      *cost = objective_.value({x, n});
      return std::isfinite(*cost);
    }
    *cost = objective_.value_and_grad({x, n}, {gradient, n});
    return std::isfinite(*cost) && all_finite(std::span<const double>(gradient, n));
  }
  int NumParameters() const override { return static_cast<int>(objective_.size()); }

  /// x, numbers of the parameters one after the other, in the structure of p.
  const auto& parameters(const double* x) const {
    return objective_.parameters({x, objective_.size()});
  }

 private:
  // Ceres evaluates constant functions; a GradientProblem's from one thread.
  mutable objective<F, P, Data...> objective_;
};
template <class F, class P, class... Data>
ceres_function(const F&, const P&, Data&&...) -> ceres_function<F, P, Data...>;

namespace detail {

template <class F, int M, int... N>
class ceres_residuals final : public ceres::SizedCostFunction<M, N...> {
 public:
  explicit ceres_residuals(const F& f) : function_(f), derivative_(f) {}

  bool Evaluate(double const* const* x, double* residuals, double** jacobians) const override {
    blocks at;
    each_block([&](auto k, auto& block) { std::copy_n(x[k], block.size(), block.data()); }, at);
    ...
  }
};

}  // namespace detail
}
}
