// SPDX-License-Identifier: BSL-1.0
#pragma once

// Functions for Ceres, http://ceres-solver.org: of all parameters for ceres::GradientProblem,
// residuals of blocks of parameters for ceres::Problem.

#include <tapeless/optimize/finite.hpp>
#include <tapeless/optimize/objective.hpp>
#include <tapeless/optimize/residual_blocks.hpp>

#include <ceres/first_order_function.h>
#include <ceres/sized_cost_function.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// ceres_function(f, p, data..., policies...): ceres::GradientProblem problem(new
/// tl::ceres_function(f, p, data...)), which takes possession of it.
/// Shapes:   f: (P, S...) -> number; p: any tree P
/// Errors:   where the value or a number of the gradient is not finite, Evaluate returns false
template <class F, tree P, class... Data>
class ceres_function final : public ceres::FirstOrderFunction {
 public:
  explicit ceres_function(const F& f_, const P& p, std::type_identity_t<Data>... data)
      : objective_(f_, p, std::forward<Data>(data)...) {}

  bool Evaluate(const double* x_, double* cost, double* gradient) const override {
    const std::size_t n = objective_.size();
    if (gradient == nullptr) {
      *cost = objective_.value({x_, n});
      return std::isfinite(*cost);
    }
    *cost = objective_.value_and_grad({x_, n}, {gradient, n});
    return std::isfinite(*cost) && all_finite(std::span<const double>(gradient, n));
  }
  int NumParameters() const override { return static_cast<int>(objective_.size()); }

  /// The numbers of p.
  const std::vector<double>& start() const { return objective_.start(); }
  /// x in the structure of p; overwritten by the next call.
  const auto& parameters(const double* x_) const {
    return objective_.parameters({x_, objective_.size()});
  }

 private:
  // Ceres evaluates constant functions; a GradientProblem's from one thread.
  mutable objective<F, P, Data...> objective_;
};
template <class F, class P, class... Data>
ceres_function(const F&, const P&, Data&&...) -> ceres_function<F, P, Data...>;

namespace detail {

template <class Residuals, int M, int... N>
class ceres_residuals final : public ceres::SizedCostFunction<M, N...> {
 public:
  explicit ceres_residuals(Residuals residuals) : residuals_(std::move(residuals)) {}
  bool Evaluate(double const* const* x_, double* values, double** jacobians) const override {
    return residuals_(x_, values, jacobians);
  }

 private:
  Residuals residuals_;
};

/// What f returns. A deduced type: in an error g++ would write out the whole expression.
template <class F, int... N, class... Data>
auto residuals_of(types<Data...>) {
  return type_tag<decltype(evaluate(std::declval<const F&>())(
      std::declval<const std::array<double, static_cast<std::size_t>(N)>&>()...,
      std::declval<const Data&>()...))>{};
}

}  // namespace detail

/// ceres_cost_function<M, N...>(f, data..., policies...): M residuals of blocks of N... parameters,
/// for problem.AddResidualBlock(tl::ceres_cost_function<M, N...>(f, data...).release(), ...), which
/// takes possession of it. Copies of the data are kept; of views of memory, copies of the views.
/// Shapes:   f: (std::array<double, N>..., S...) -> array of M; for M = 1 also a number
/// Errors:   where a residual or a number of the Jacobian is not finite, Evaluate returns false;
///           std::invalid_argument from Evaluate if f returns an array of another size than M
template <int M, int... N, class F, class... Data>
std::unique_ptr<ceres::SizedCostFunction<M, N...>> ceres_cost_function(const F& f_,
                                                                       const Data&... data) {
  static_assert(std::is_empty_v<F>,
                "tapeless::ceres_cost_function<M, N...>(f, data...): 'f' captures data; pass them "
                "as arguments behind the blocks");
  if constexpr (std::is_empty_v<F>) {
    using result = typename decltype(detail::residuals_of<F, N...>(
        typename without_policies<Data...>::type{}))::type;
    constexpr bool fits = detail::are_residuals<result, M>();
    static_assert(fits || std::is_same_v<result, refused>,
                  "tapeless::ceres_cost_function<M, N...>(f, data...): 'f' must return M "
                  "residuals: a std::array, what tl::generate makes, or a number if M is 1");
    if constexpr (fits) {
      auto residuals = detail::residual_blocks<M, N...>(f_, data...);
      return std::make_unique<detail::ceres_residuals<decltype(residuals), M, N...>>(
          std::move(residuals));
    }
  }
  return nullptr;
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
