// SPDX-License-Identifier: BSL-1.0
// The laws of support/laws.hpp on roots and powers, at ordinary points of their domains.

#include "support/laws.hpp"

namespace tl = tapeless;

TEST_CASE("laws of roots") {
  laws::hold<1>("sqrt", [](auto x) { return tl::sqrt(x); }, {{0.3}, {2.5}, {140.0}});
  laws::hold<1>("cbrt", [](auto x) { return tl::cbrt(x); }, {{0.3}, {-2.5}, {140.0}});
  laws::hold<1>("rsqrt", [](auto x) { return tl::rsqrt(x); }, {{0.4}, {2.5}, {140.0}});
  laws::hold<1>("reciprocal", [](auto x) { return tl::reciprocal(x); }, {{0.5}, {-2.5}});
}

TEST_CASE("laws of hypot") {
  laws::hold<2>("hypot", [](auto x, auto y) { return tl::hypot(x, y); }, {{0.3, -1.2}, {4.0, 3.0}});
  laws::hold<3>("hypot", [](auto x, auto y, auto z) { return tl::hypot(x, y, z); },
                {{0.3, -1.2, 0.7}});
}

TEST_CASE("laws of powers") {
  laws::hold<2>("pow", [](auto x, auto y) { return tl::pow(x, y); }, {{0.7, 2.3}, {3.1, -1.4}});
  laws::hold<1>("pow(x, 2.5)", [](auto x) { return tl::pow(x, 2.5); }, {{0.7}, {3.1}});
  laws::hold<1>("pow(x, 3)", [](auto x) { return tl::pow(x, 3); }, {{0.7}, {-1.3}});
  laws::hold<1>("pow(x, -2)", [](auto x) { return tl::pow(x, -2); }, {{0.7}, {-1.3}});
  laws::hold<1>("pow<2>", [](auto x) { return tl::pow<2>(x); }, {{0.7}, {-1.3}});
  laws::hold<1>("pow<5>", [](auto x) { return tl::pow<5>(x); }, {{0.7}, {-1.3}});
  laws::hold<1>("pow<-3>", [](auto x) { return tl::pow<-3>(x); }, {{0.7}, {-1.3}});
  laws::hold<1>("pow<13>", [](auto x) { return tl::pow<13>(x); }, {{0.7}, {-1.1}});
}
