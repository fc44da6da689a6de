// SPDX-License-Identifier: BSL-1.0
// The laws of support/laws.hpp on the normal distribution, activation functions and their kin.

#include "support/laws.hpp"

namespace tl = tapeless;

TEST_CASE("laws of the normal distribution") {
  laws::hold<1>("erf", [](auto x) { return tl::erf(x); }, {{0.3}, {-1.5}});
  laws::hold<1>("erfc", [](auto x) { return tl::erfc(x); }, {{0.3}, {-1.5}});
  laws::hold<1>("normal_pdf", [](auto x) { return tl::normal_pdf(x); }, {{0.3}, {-1.5}});
  laws::hold<1>("normal_cdf", [](auto x) { return tl::normal_cdf(x); }, {{0.3}, {-1.5}});
  laws::hold<1>("inverse_mills", [](auto x) { return tl::inverse_mills(x); },
                {{0.3}, {-1.5}, {-14.0}});
  laws::hold<1>("normal_log_cdf", [](auto x) { return tl::normal_log_cdf(x); },
                {{0.3}, {-1.5}, {-8.0}, {-14.0}});
}

TEST_CASE("laws of activation functions") {
  laws::hold<1>("logistic", [](auto x) { return tl::logistic(x); }, {{0.3}, {-2.5}});
  laws::hold<1>("softplus", [](auto x) { return tl::softplus(x); }, {{0.3}, {-2.5}});
  laws::hold<1>("log_sigmoid", [](auto x) { return tl::log_sigmoid(x); }, {{0.3}, {-2.5}});
  laws::hold<1>("silu", [](auto x) { return tl::silu(x); }, {{0.3}, {-2.5}});
  laws::hold<1>("gelu", [](auto x) { return tl::gelu(x); }, {{0.3}, {-2.5}});
}

TEST_CASE("laws of functions on a logarithmic scale") {
  laws::hold<2>("logaddexp", [](auto x, auto y) { return tl::logaddexp(x, y); },
                {{0.3, -1.2}, {-2.0, 0.6}, {0.5, 0.5}});
  laws::hold<2>("xlogy", [](auto x, auto y) { return tl::xlogy(x, y); }, {{0.3, 1.2}, {-2.0, 0.6}});
  laws::hold<1>("reciprocal_expm1", [](auto x) { return tl::reciprocal_expm1(x); },
                {{0.3}, {-2.5}});
  laws::hold<1>("log1mexp", [](auto x) { return tl::log1mexp(x); }, {{0.3}, {2.5}});
}
