// SPDX-License-Identifier: BSL-1.0
#pragma once

// Residuals of blocks of parameters and their Jacobian, as least-squares solvers ask for them:
// pointers to blocks in, a row-major matrix for each block out.

#include <tapeless/api/evaluate.hpp>
#include <tapeless/api/grad.hpp>
#include <tapeless/api/jvp.hpp>
#include <tapeless/optimize/finite.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace tapeless {
inline namespace TAPELESS_ABI {
namespace detail {

/// F, whose only residual may be bare.
template <class F>
struct residual_list {
  [[no_unique_address]] F function;
  template <class... A>
  constexpr auto operator()(const A&... a_) const {
    const auto all = function(a_...);
    if constexpr (requires { all[0]; }) {
      return all;
    } else {
      return std::array{all};
    }
  }
};
template <int I, class F>
struct residual_at {
  [[no_unique_address]] F function;
  template <class... A>
  constexpr auto operator()(const A&... a_) const {
    return function(a_...)[I];
  }
};
/// Each residual of F with its gradient in the first arguments, K..., all as one program.
template <class Policy, class F, class Residuals, class Blocks>
struct residual_rows;
template <class Policy, class F, int... I, int... K>
struct residual_rows<Policy, F, std::integer_sequence<int, I...>,
                     std::integer_sequence<int, K...>> {
  [[no_unique_address]] F function;
  template <class... A>
  constexpr auto operator()(const A&... a_) const {
    return std::make_tuple(
        std::pair{residual_at<I, F>{function}(a_...),
                  in_tuple(tapeless::grad<K...>(residual_at<I, F>{function}, Policy{})(a_...))}...);
  }

 private:
  template <class G>
  static constexpr auto in_tuple(const G& g) {
    if constexpr (sizeof...(K) == 1) {
      return std::make_tuple(g);
    } else {
      return g;
    }
  }
};

/// Call: jvp(bind_back(f, data...), Policy{}). The Jacobian is made of a gradient for each residual
/// or of a tangent for each parameter, whichever are fewer. Calls keep what they need on the stack,
/// and several threads may make them.
template <class Policy, class Call, int M, int... N>
class residuals_with_jacobian {
  static constexpr int blocks = static_cast<int>(sizeof...(N));
  static constexpr bool by_rows = M <= (N + ...);
  using residuals = std::array<double, static_cast<std::size_t>(M)>;
  using parameters = std::tuple<std::array<double, static_cast<std::size_t>(N)>...>;

 public:
  explicit residuals_with_jacobian(Call call) : call_(std::move(call)) {}

  /// Writes the residuals and, unless they are null, the matrices jacobians[block]; false if a
  /// number that it has written is not finite.
  bool operator()(double const* const* x_, double* values, double** jacobians) const {
    parameters at;
    each<blocks>([&](auto k) {
      auto& block = std::get<k>(at);
      std::copy_n(x_[k], block.size(), block.data());
    });
    residuals value{};
    bool finite = true;
    if (jacobians == nullptr ||
        std::all_of(jacobians, jacobians + blocks, [](const double* j) { return j == nullptr; })) {
      with_data(evaluate(function()).into(value), at);
    } else if constexpr (by_rows) {
      finite = write_rows(jacobians, value, at);
    } else {
      finite = write_columns(jacobians, value, at);
    }
    std::copy_n(value.data(), value.size(), values);
    return finite && all_finite(value);
  }

 private:
  const auto& function() const { return call_.function.function; }
  /// use(the blocks, the data).
  decltype(auto) with_data(const auto& use, const parameters& at) const {
    return unpack(
        [&](const auto&... block) -> decltype(auto) {
          return unpack(
              [&](const auto&... data) -> decltype(auto) { return use(block..., data...); },
              call_.function.data);
        },
        at);
  }
  /// use(constant) for 0 to Count - 1.
  template <int Count>
  static void each(const auto& use) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (use(std::integral_constant<std::size_t, I>{}), ...);
    }(std::make_index_sequence<static_cast<std::size_t>(Count)>{});
  }

  bool write_rows(double** jacobians, residuals& value, const parameters& at) const {
    using F = std::remove_cvref_t<decltype(function())>;
    using all = residual_rows<Policy, F, std::make_integer_sequence<int, M>,
                              std::make_integer_sequence<int, blocks>>;
    using list = decltype(with_data(evaluate(function()), at));
    if constexpr (!requires { std::tuple_size<list>::value; }) {
      with_data(evaluate(function()).into(value), at);  // which checks their number
    }
    const auto rows = with_data(evaluate(all{function()}), at);
    each<M>([&](auto i) { value[i] = std::get<i>(rows).first; });
    bool finite = true;
    each<blocks>([&](auto k) {
      if (jacobians[k] == nullptr) return;
      double* to = jacobians[k];
      each<M>([&](auto i) {
        const auto& part = std::get<k>(std::get<i>(rows).second);
        to = std::copy_n(part.data(), part.size(), to);
        finite = finite && all_finite(part);
      });
    });
    return finite;
  }
  bool write_columns(double** jacobians, residuals& value, const parameters& at) const {
    bool finite = true;
    parameters direction{};
    residuals column{};
    each<blocks>([&](auto k) {
      if (jacobians[k] == nullptr) return;
      auto& unit = std::get<k>(direction);
      for (std::size_t j = 0; j < unit.size(); ++j) {
        unit[j] = 1;
        call_.into(value, column)(at, direction);
        unit[j] = 0;
        for (std::size_t i = 0; i < column.size(); ++i) {
          jacobians[k][i * unit.size() + j] = column[i];
        }
        finite = finite && all_finite(column);
      }
    });
    return finite;
  }

  Call call_;
};

/// What a function returns is M residuals, or may be at run time.
template <class R, int M>
constexpr bool are_residuals() {
  if constexpr (std::is_floating_point_v<R>) {
    return M == 1;
  } else if constexpr (requires { std::tuple_size<R>::value, typename R::value_type{}; }) {
    return std::is_floating_point_v<typename R::value_type> && std::tuple_size<R>::value == M;
  } else if constexpr (container<R>) {
    constexpr std::ptrdiff_t extent = array_traits<R>::extents[0];
    return array_traits<R>::rank == 1 && (extent == dynamic || extent == M);
  } else {
    return false;
  }
}

/// Policies stand behind the data.
template <int M, int... N, class F, class... Data>
auto residual_blocks(const F& f_, const Data&... data) {
  using chosen = combined_policy<policy_or_strict<Data>...>;
  return unpack(
      [&](const auto&... d) {
        auto call = jvp(bind_back(residual_list<F>{f_}, d...), chosen{});
        return residuals_with_jacobian<chosen, decltype(call), M, N...>(std::move(call));
      },
      std::tuple_cat(unless_policy(data)...));
}

}  // namespace detail
}  // namespace TAPELESS_ABI
}  // namespace tapeless
