// SPDX-License-Identifier: BSL-1.0
#pragma once

// Functions for LBFGS++, https://github.com/yixuan/LBFGSpp, and for whatever else takes a callable
// of Eigen's vectors. Its headers are not needed here.

#include <tapeless/optimize/objective.hpp>

#include <Eigen/Core>

#include <cstddef>
#include <span>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// lbfgs_function(f, p, data..., policies...): a callable value = o(x, gradient), for
/// solver.minimize(o, x, value).
/// Shapes:   f: (P, S...) -> number; p: any tree P; x: size() numbers; gradient: is resized
/// Domain:   where f is not a number the value is infinite, so that line searches turn back
/// Errors:   std::invalid_argument if x has another size than size()
template <class F, class P, class... Data>
class lbfgs_function : public objective<F, P, Data...> {
  using base = objective<F, P, Data...>;
  static std::span<const double> view(const Eigen::VectorXd& x_) {
    return {x_.data(), static_cast<std::size_t>(x_.size())};
  }

 public:
  using base::base;

  double operator()(const Eigen::VectorXd& x_, Eigen::VectorXd& gradient) {
    gradient.resize(static_cast<Eigen::Index>(this->size()));
    return detail::infinite_unless_number(
        this->value_and_grad(view(x_), {gradient.data(), this->size()}));
  }

  /// x in the structure of p; overwritten by the next call.
  const auto& parameters(std::span<const double> x_) { return base::parameters(x_); }
  const auto& parameters(const Eigen::VectorXd& x_) { return base::parameters(view(x_)); }
  /// The numbers of p.
  Eigen::VectorXd start() const {
    return Eigen::Map<const Eigen::VectorXd>(base::start().data(),
                                             static_cast<Eigen::Index>(this->size()));
  }
};
template <class F, class P, class... Data>
lbfgs_function(const F&, const P&, Data&&...) -> lbfgs_function<F, P, Data...>;

}  // namespace TAPELESS_ABI
}  // namespace tapeless
