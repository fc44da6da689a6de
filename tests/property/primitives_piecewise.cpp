// SPDX-License-Identifier: BSL-1.0
// The laws of support/laws.hpp on piecewise functions, away from their corners and jumps.

#include "support/laws.hpp"

namespace tl = tapeless;

TEST_CASE("laws of rounding functions") {
  laws::hold<1>("floor", [](auto x) { return tl::floor(x); }, {{0.3}, {-2.7}});
  laws::hold<1>("ceil", [](auto x) { return tl::ceil(x); }, {{0.3}, {-2.7}});
  laws::hold<1>("round", [](auto x) { return tl::round(x); }, {{0.3}, {-2.7}});
  laws::hold<1>("trunc", [](auto x) { return tl::trunc(x); }, {{0.3}, {-2.7}});
  laws::hold<2>("fmod", [](auto x, auto y) { return tl::fmod(x, y); }, {{5.3, 2.0}, {-7.3, 1.6}});
}

TEST_CASE("laws of functions with corners") {
  laws::hold<1>("abs", [](auto x) { return tl::abs(x); }, {{0.3}, {-2.5}});
  laws::hold<1>("sign", [](auto x) { return tl::sign(x); }, {{0.3}, {-2.5}});
  laws::hold<2>("copysign", [](auto x, auto s) { return tl::copysign(x, s); },
                {{0.3, -1.2}, {-2.0, -0.6}, {-2.0, 0.6}});
  laws::hold<2>("max", [](auto x, auto y) { return tl::max(x, y); }, {{0.3, -1.2}, {-2.0, 0.6}});
  laws::hold<2>("min", [](auto x, auto y) { return tl::min(x, y); }, {{0.3, -1.2}, {-2.0, 0.6}});
  laws::hold<2>("huber", [](auto x, auto delta) { return tl::huber(x, delta); },
                {{0.3, 1.2}, {-2.5, 0.7}, {4.0, 3.0}});
  laws::hold<3>("clamp", [](auto x, auto l, auto h) { return tl::clamp(x, l, h); },
                {{0.3, -1.2, 2.0}, {-2.0, -1.2, 2.0}, {3.0, -1.2, 2.0}});
  laws::hold<1>("relu", [](auto x) { return tl::relu(x); }, {{0.3}, {-2.5}});
  laws::hold<1>("leaky_relu", [](auto x) { return tl::leaky_relu(x, 0.125); }, {{0.3}, {-2.5}});
  laws::hold<2>("leaky_relu", [](auto x, auto s) { return tl::leaky_relu(x, s); },
                {{0.3, 0.2}, {-2.5, 0.2}});
  laws::hold<1>("elu", [](auto x) { return tl::elu(x); }, {{0.3}, {-2.5}});
  laws::hold<2>("elu", [](auto x, auto s) { return tl::elu(x, s); }, {{0.3, 0.2}, {-2.5, 0.2}});
}
