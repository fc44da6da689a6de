// SPDX-License-Identifier: BSL-1.0
#pragma once

// A function of a structure of parameters as a function of one vector of numbers, which is how
// other people's optimisers see it. Their adapters are in interop/.

#include <tapeless/api/evaluate.hpp>
#include <tapeless/api/grad.hpp>
#include <tapeless/optimize/flatten.hpp>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <limits>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

inline void check_numbers(const char* argument, std::size_t numbers, std::size_t wanted) {
  if (numbers == wanted) return;
  char text[120];
  std::snprintf(text, sizeof text, "tapeless: objective: '%s' has %zu numbers, the parameters %zu",
                argument, numbers, wanted);
  invalid(text);
}
/// A tree that owns its numbers, those of p.
template <tree P>
constexpr auto owned_tree(const P& p) {
  auto copy = zeros_like(p);
  each_number([](auto& to, const auto& from) { to = from; }, copy, p);
  return copy;
}
template <class F, class P, class... D>
constexpr bool returns_number(types<D...>) {
  using result = decltype(evaluate(std::declval<const F&>())(std::declval<const P&>(),
                                                             std::declval<const D&>()...));
  constexpr bool number = std::is_floating_point_v<result>;
  static_assert(number || std::is_same_v<result, refused>,
                "tapeless::objective(f, p, data...): 'f' must return a number");
  return number;
}
/// What a line search is told where there is no value: that it went too far.
inline double infinite_unless_number(double value) {
  return std::isnan(value) ? std::numeric_limits<double>::infinity() : value;
}
/// value_and_grad<0>(f, the policies among D).
template <class... D, class F>
constexpr auto value_and_grad_with(const F& f_) {
  return value_and_grad<0>(f_, policy_or_strict<D>{}...);
}

}  // namespace detail

/// objective(f, p, data..., policies...): f(parameters, data...), a number, as a function of the
/// numbers of p in the order of flatten. Data that have a name are referred to, others are kept.
/// One call at a time may use it: it holds the parameters and their gradient. After construction
/// it allocates only where data have grown.
/// Shapes:   f: (P, S...) -> number; p: any tree P; x, gradient: size() numbers
/// Errors:   std::invalid_argument if x or a gradient has another size than size()
template <class F, class P, class... Data>
class objective {
  static_assert(never<P>,
                "tapeless::objective(f, p, data...): 'p' is no tree: numbers, arrays of numbers, "
                "and structures of them (BOOST_HANA_DEFINE_STRUCT, std::tuple, std::array)");

 public:
  explicit objective(const auto&...) {}
};
template <class F, tree P, class... Data>
class objective<F, P, Data...> {
  using number = std::bool_constant<detail::returns_number<F, P>(
      typename without_policies<std::remove_cvref_t<Data>...>::type{})>;

 public:
  explicit objective(const F& f_, const P& p, std::type_identity_t<Data>... data)
      : value_{f_},
        value_and_grad_(detail::value_and_grad_with<std::remove_cvref_t<Data>...>(f_)),
        data_(std::forward<Data>(data)...),
        parameters_(detail::owned_tree(p)),
        gradient_(zeros_like(p)),
        start_(tree_size(p)),
        memory_(with_data([&](const auto&... d) {
          const std::size_t value = value_.workspace_size(parameters_, d...);
          const std::size_t both = value_and_grad_.workspace_size(parameters_, d...);
          return value < both ? both : value;
        })) {
    flatten(p, start_);
  }

  /// How many numbers the parameters hold.
  std::size_t size() const { return start_.size(); }

  /// f(x).
  double value(std::span<const double> x_) {
    set(x_);
    return static_cast<double>(
        with_data([&](const auto&... d) { return value_(memory_, parameters_, d...); }));
  }
  /// f(x); overwrites `gradient`.
  double value_and_grad(std::span<const double> x_, std::span<double> gradient) {
    detail::check_numbers("gradient", gradient.size(), size());
    set(x_);
    const double value = static_cast<double>(with_data([&](const auto&... d) {
      return value_and_grad_.into(gradient_)(memory_, parameters_, d...);
    }));
    flatten(gradient_, gradient);
    return value;
  }

  /// The numbers of p.
  const std::vector<double>& start() const { return start_; }
  /// x in the structure of p; overwritten by the next call.
  const auto& parameters(std::span<const double> x_) {
    set(x_);
    return parameters_;
  }

 private:
  void set(std::span<const double> x_) {
    detail::check_numbers("x", x_.size(), size());
    unflatten(x_, parameters_);
  }
  /// use(the data without policies), a number.
  template <class Use>
  auto with_data(const Use& use) const {
    if constexpr (number::value) {
      return unpack(
          [&](const auto&... d) { return unpack(use, std::tuple_cat(unless_policy(d)...)); },
          data_);
    } else {
      return 0U;
    }
  }

  [[no_unique_address]] evaluated_function<
      F, combined_policy<policy_or_strict<std::remove_cvref_t<Data>>...>::is_packets> value_;
  [[no_unique_address]] decltype(detail::value_and_grad_with<std::remove_cvref_t<Data>...>(
      std::declval<const F&>())) value_and_grad_;
  std::tuple<Data...> data_;
  decltype(zeros_like(std::declval<const P&>())) parameters_, gradient_;
  std::vector<double> start_;
  workspace memory_;
};
template <class F, class P, class... Data>
objective(const F&, const P&, Data&&...) -> objective<F, P, Data...>;

}  // namespace TAPELESS_ABI
}  // namespace tapeless
