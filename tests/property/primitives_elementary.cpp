// SPDX-License-Identifier: BSL-1.0
// The laws of support/laws.hpp on the elementary functions, at ordinary points of their domains.

#include "support/laws.hpp"

namespace tl = tapeless;

TEST_CASE("laws of exponentials and logarithms") {
  laws::hold<1>("exp", [](auto x) { return tl::exp(x); }, {{0.3}, {-2.5}, {4.0}});
  laws::hold<1>("exp2", [](auto x) { return tl::exp2(x); }, {{0.3}, {-2.5}, {4.0}});
  laws::hold<1>("expm1", [](auto x) { return tl::expm1(x); }, {{0.3}, {-2.5}, {1e-3}});
  laws::hold<1>("log", [](auto x) { return tl::log(x); }, {{0.3}, {2.5}, {140.0}});
  laws::hold<1>("log2", [](auto x) { return tl::log2(x); }, {{0.3}, {2.5}, {140.0}});
  laws::hold<1>("log10", [](auto x) { return tl::log10(x); }, {{0.3}, {2.5}, {140.0}});
  laws::hold<1>("log1p", [](auto x) { return tl::log1p(x); }, {{0.3}, {-0.6}, {140.0}});
}

TEST_CASE("laws of trigonometric functions") {
  laws::hold<1>("sin", [](auto x) { return tl::sin(x); }, {{0.3}, {-2.5}});
  laws::hold<1>("cos", [](auto x) { return tl::cos(x); }, {{0.3}, {-2.5}});
  laws::hold<1>("tan", [](auto x) { return tl::tan(x); }, {{0.3}, {-2.5}});
  laws::hold<1>("asin", [](auto x) { return tl::asin(x); }, {{0.3}, {-0.8}});
  laws::hold<1>("acos", [](auto x) { return tl::acos(x); }, {{0.3}, {-0.8}});
  laws::hold<1>("atan", [](auto x) { return tl::atan(x); }, {{0.3}, {-2.5}});
  laws::hold<2>("atan2", [](auto y, auto x) { return tl::atan2(y, x); },
                {{0.3, -1.2}, {-2.0, 0.6}});
}

TEST_CASE("laws of hyperbolic functions") {
  laws::hold<1>("sinh", [](auto x) { return tl::sinh(x); }, {{0.3}, {-2.5}});
  laws::hold<1>("cosh", [](auto x) { return tl::cosh(x); }, {{0.3}, {-2.5}});
  laws::hold<1>("tanh", [](auto x) { return tl::tanh(x); }, {{0.3}, {-2.5}});
  laws::hold<1>("asinh", [](auto x) { return tl::asinh(x); }, {{0.3}, {-2.5}});
  laws::hold<1>("acosh", [](auto x) { return tl::acosh(x); }, {{1.3}, {2.5}});
  laws::hold<1>("atanh", [](auto x) { return tl::atanh(x); }, {{0.3}, {-0.7}});
}
