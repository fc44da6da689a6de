// SPDX-License-Identifier: BSL-1.0
// The problems of this folder as a user of the library writes them: functions of whole arrays, and
// the same as expressions.
#pragma once
#include <tapeless/tapeless.hpp>

namespace bench::arrays {

namespace tl = tapeless;

struct sum_of_product {
  constexpr auto operator()(auto A, auto B) const { return sum(A * B); }
};

struct linear_loss {
  constexpr auto operator()(auto w, auto X, auto y) const { return sum(square(X * w - y)); }
};

/// Labels y are 0 or 1.
struct logistic_loss {
  constexpr auto operator()(auto w, auto X, auto y) const {
    const auto z = X * w;
    return sum(softplus(z)) - dot(y, z);
  }
};

struct network_loss {
  constexpr auto operator()(auto U, auto b, auto V, auto c, auto X, auto Y) const {
    const auto hidden = tanh(X * U + rowwise(b));
    return sum(square(hidden * V + rowwise(c) - Y));
  }
};

struct layers_loss {
  constexpr auto operator()(auto s, auto X) const {
    for (int k = 0; k < 3; ++k) s = tanh(X * s);
    return sum(s);
  }
};

/// Rows of T are distributions.
struct cross_entropy {
  constexpr auto operator()(auto W, auto b, auto X, auto T) const {
    return -sum(elementwise_product(T, log_softmax(X * W + rowwise(b), tl::axis<1>)));
  }
};

namespace expressions {
inline constexpr tl::variable<"A"> A;
inline constexpr tl::variable<"B"> B;
inline constexpr tl::variable<"C"> C;
inline constexpr tl::variable<"U"> U;
inline constexpr tl::variable<"V"> V;
inline constexpr tl::variable<"X"> X;
inline constexpr tl::variable<"Y"> Y;
inline constexpr tl::variable<"b"> b;
inline constexpr tl::variable<"c"> c;
inline constexpr tl::variable<"s"> s;
inline constexpr tl::variable<"w"> w;
inline constexpr tl::variable<"y"> y;

inline constexpr auto of_product = sum(A * B);
inline constexpr auto linear = sum(square(X * w - y));
inline constexpr auto logistic = sum(softplus(X * w)) - dot(y, X* w);
inline constexpr auto network = sum(square(tanh(X * U + rowwise(b)) * V + rowwise(c) - Y));
inline constexpr auto layers = sum(tanh(X * tanh(X * tanh(X * s))));
inline constexpr auto entropy =
    -sum(elementwise_product(Y, log_softmax(X* U + rowwise(b), tl::axis<1>)));
}  // namespace expressions

}  // namespace bench::arrays
