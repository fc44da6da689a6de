// SPDX-License-Identifier: BSL-1.0
// The problems of this folder as a user of the library writes them, by the same algebra as the
// generic versions that the tapes get. Vectors and matrices are whatever the function is called
// with; what a gradient is taken of and what is data is the caller's choice.
#pragma once
#include <tapeless/tapeless.hpp>

#include <array>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace bench::loops {

namespace tl = tapeless;

inline constexpr double half_log_2pi = 0.91893853320467274178;

struct sum_of {
  constexpr auto operator()(auto x) const {
    return tl::sum(x.size(), [&](auto i) { return x[i]; });
  }
};

struct product_of {
  constexpr auto operator()(auto x) const {
    return tl::prod(x.size(), [&](auto i) { return x[i]; });
  }
};

struct carried_loss {
  constexpr auto operator()(auto x) const {
    return tl::fold(x.size(), 0.0, [&](auto s, auto i) { return s * x[i] + x[i]; });
  }
};

struct log_sum_exp_of {
  constexpr auto operator()(auto x) const {
    return tl::logsumexp(x.size(), [&](auto i) { return x[i]; });
  }
};

struct normal_log_density {
  constexpr auto operator()(auto mean, auto scale, auto y) const {
    const auto squares = tl::sum(y.size(), [&](auto i) { return tl::square(y[i] - mean); });
    return -0.5 * squares / (scale * scale) - y.size() * (log(scale) + half_log_2pi);
  }
};

struct regression_loss {
  constexpr auto operator()(auto w, auto X, auto y) const {
    return tl::sum(X.rows(), [&](auto i) {
      return tl::square(tl::sum(X.cols(), [&](auto j) { return X(i, j) * w[j]; }) - y[i]);
    });
  }
};

struct rosenbrock_loss {
  constexpr auto operator()(auto x) const {
    return tl::sum(x.size() - 1, [&](auto i) {
      return 100 * tl::square(x[i + 1] - x[i] * x[i]) + tl::square(1 - x[i]);
    });
  }
};

struct huber_loss {
  constexpr auto operator()(auto x, auto y) const {
    return tl::sum(x.size(), [&](auto i) { return tl::huber(y[i] - x[i], 1); });
  }
};

struct gather_loss {
  constexpr auto operator()(auto b, auto id, auto y) const {
    return tl::sum(id.size(), [&](auto i) { return tl::square(b[id[i]] - y[i]); });
  }
};

/// Of a state that is never empty.
struct stochastic_volatility_log_density {
  constexpr auto operator()(auto h, auto mu, auto phi, auto sigma, auto y) const {
    const auto n = h.size();
    const auto rest = 1 - phi * phi;
    const auto residuals =
        tl::sum(n - 1, [&](auto t) { return tl::square((h[t + 1] - mu) - phi * (h[t] - mu)); });
    const auto squares = rest * tl::square(h[0] - mu) + residuals;
    const auto observed = tl::sum(n, [&](auto t) { return y[t] * y[t] * exp(-h[t]) + h[t]; });
    return -0.5 * (squares / (sigma * sigma) + observed - log(rest)) -
           n * (log(sigma) + 2 * half_log_2pi);
  }
};

struct body_16_loss {
  constexpr auto operator()(auto x, auto y, auto z) const {
    return tl::sum(x.size(), [&](auto i) {
      const auto v1 = x[i] * y[i];
      const auto v2 = v1 + z[i];
      const auto v3 = x[i] - 0.5 * z[i];
      const auto v4 = v2 * v3;
      const auto v5 = v4 * v4 + 1;
      const auto v6 = exp(-(v3 * v3));
      const auto v7 = v6 * v2;
      const auto v8 = v7 + 0.25 * v1;
      const auto v9 = v8 * v3;
      const auto v10 = v9 - y[i];
      const auto v11 = v10 * v10;
      const auto v12 = v11 / v5;
      const auto v13 = sin(v2);
      const auto v14 = v13 * v8;
      const auto v15 = v12 + v14;
      const auto v16 = v15 * x[i] + v4;
      return v16;
    });
  }
};

struct body_32_loss {
  constexpr auto operator()(auto x, auto y, auto z) const {
    return tl::sum(x.size(), [&](auto i) {
      const auto v1 = x[i] + y[i];
      const auto v2 = x[i] - z[i];
      const auto v3 = v1 * v2;
      const auto v4 = v3 + x[i];
      const auto v5 = v4 * v4 + 1;
      const auto v6 = v1 / v5;
      const auto v7 = v6 * v6;
      const auto v8 = v7 - v2;
      const auto v9 = exp(-(v8 * v8));
      const auto v10 = v9 * v4;
      const auto v11 = v10 + v6;
      const auto v12 = v11 * v3;
      const auto v13 = v12 - y[i];
      const auto v14 = sin(v13);
      const auto v15 = v14 * v11;
      const auto v16 = v15 + v10;
      const auto v17 = v16 * v2;
      const auto v18 = v17 - z[i] * v14;
      const auto v19 = v18 * v18;
      const auto v20 = v19 + 1;
      const auto v21 = v16 / v20;
      const auto v22 = v21 + v9;
      const auto v23 = v22 * v6;
      const auto v24 = v23 - 0.5 * v17;
      const auto v25 = v24 * v22;
      const auto v26 = v25 + v21 * x[i];
      const auto v27 = v26 * v9;
      const auto v28 = v27 - v7;
      const auto v29 = v28 * v28;
      const auto v30 = v29 + v18 / v20;
      const auto v31 = v30 * x[i];
      const auto v32 = v31 + v25;
      return v32;
    });
  }
};

struct recurrent_loss {
  constexpr auto operator()(auto W, auto U, auto b, auto h0, auto x) const {
    const auto last = tl::fold(x.rows(), std::pair{h0, 0}, [&](auto carry, auto t) {
      const auto h = carry.first;
      const auto next = tl::generate(b.size(), [&](auto i) {
        return tanh(b[i] + tl::sum(U.cols(), [&](auto j) { return U(i, j) * x(t, j); }) +
                    tl::sum(h.size(), [&](auto j) { return W(i, j) * h[j]; }));
      });
      return std::pair{next, carry.second + next[0]};
    });
    return last.second + tl::sum(h0.size(), [&](auto i) { return square(last.first[i]); });
  }
};

/// What Hessian-vector products are gradients of: the derivative of a loss in the direction v.
/// tl::jvp(tl::grad(loss), ...) returns vectors that it allocates; this writes where it is told.
template <class Loss>
struct derivative_along {
  constexpr auto operator()(auto x, auto v, auto... data) const {
    return tl::jvp(tl::bind_back(Loss{}, data...), std::tuple{x}, std::tuple{v}).tangent;
  }
};

/// The factors as a user without packed storage has them: the logarithms q of the diagonals, k by
/// d, and a matrix of k blocks, d by d each, of which only what is below the diagonals is read.
/// (The place of an entry in the packed columns is no linear function of its indices.)
struct gaussian_mixture_loss {
  constexpr auto operator()(auto alphas, auto means, auto q, auto below, auto x, auto gamma,
                            auto m) const {
    const auto k = alphas.size();
    const auto d = x.cols();
    const auto logarithm = [&](auto c) { return tl::sum(d, [&](auto r) { return q(c, r); }); };
    const auto points = tl::sum(x.rows(), [&](auto i) {
      return tl::logsumexp(k, [&](auto c) {
        const auto centred = [&](auto r) { return x(i, r) - means(c, r); };
        const auto squares = tl::sum(d, [&](auto r) {
          const auto rest = tl::sum(r, [&](auto s) { return below(c * d + r, s) * centred(s); });
          return tl::square(exp(q(c, r)) * centred(r) + rest);
        });
        return alphas[c] + logarithm(c) - 0.5 * squares;
      });
    });
    const auto prior = tl::sum(k, [&](auto c) {
      const auto squares = tl::sum(d, [&](auto r) {
        const auto rest = tl::sum(r, [&](auto s) { return tl::square(below(c * d + r, s)); });
        return tl::square(exp(q(c, r))) + rest;
      });
      return 0.5 * gamma * gamma * squares - m * logarithm(c);
    });
    return points - x.rows() * tl::logsumexp(k, [&](auto c) { return alphas[c]; }) + prior;
  }
};

struct k_means_loss {
  constexpr auto operator()(auto centres, auto points) const {
    return tl::sum(points.rows(), [&](auto i) {
      return tl::min(centres.rows(), [&](auto c) {
        return tl::sum(points.cols(),
                       [&](auto r) { return tl::square(points(i, r) - centres(c, r)); });
      });
    });
  }
};

}  // namespace bench::loops
