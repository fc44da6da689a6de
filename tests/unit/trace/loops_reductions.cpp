// SPDX-License-Identifier: BSL-1.0
// Sums, products, extrema and logsumexp over an extent that is known at run time: laws at all
// sizes, and what they do where there is nothing, zeros, ties, NaN and infinities.

#include "support/array_laws.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace array_laws;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
const double quiet_nan = std::numeric_limits<double>::quiet_NaN();
constexpr auto sum = [](auto a) {
  return tl::sum(a.size(), [&](auto i) { return a[i] * sin(a[i]); });
};
constexpr auto product = [](auto a) { return tl::prod(a.size(), [&](auto i) { return a[i]; }); };
constexpr auto largest = [](auto a) {
  return tl::max(a.size(), [&](auto i) { return a[i] * a[i]; });
};
constexpr auto largest_element = [](auto a) {
  return tl::max(a.size(), [&](auto i) { return a[i]; });
};
constexpr auto smallest_element = [](auto a) {
  return tl::min(a.size(), [&](auto i) { return a[i]; });
};
constexpr auto soft = [](auto a) {
  return tl::logsumexp(a.size(), [&](auto i) { return 3 * a[i]; });
};

}  // namespace

TEST_CASE("sums obey the laws") {
  hold("sum", sum, [](const auto& x) {
    auto s = 0 * (x.empty() ? 0 : x[0]);
    for (const auto e : x) s += e * std::sin(e);
    return s;
  });
}

TEST_CASE("products obey the laws") {
  hold("product", product, [](const auto& x) {
    auto p = 1 + 0 * (x.empty() ? 0 : x[0]);
    for (const auto e : x) p *= e;
    return p;
  });
}

TEST_CASE("extrema obey the laws") {
  const auto two = [](auto a) {
    const auto m = tl::max(a.size() - 1, [&](auto i) { return a[i] * a[i + 1]; });
    return max(m, -2) * min(tl::min(a.size(), [&](auto i) { return sin(a[i]); }), 2);
  };
  hold("extrema", two, [](const auto& x) {
    number<decltype(x)> most = -2, least = 2;
    for (std::size_t i = 0; i + 1 < x.size(); ++i) most = std::max(most, x[i] * x[i + 1]);
    for (const auto e : x) least = std::min(least, std::sin(e));
    return most * least;
  });
}

TEST_CASE("logsumexp obeys the laws") {
  const auto f = [](auto a) {
    return max(-9, tl::logsumexp(a.size(), [&](auto i) { return 3 * a[i]; }));
  };
  hold("logsumexp", f, [](const auto& x) {
    number<decltype(x)> s = 0;
    for (const auto e : x) s += std::exp(3 * e);
    return x.empty() ? number<decltype(x)>(-9) : std::log(s);
  });
}

TEST_CASE("of nothing: the neutral element, and a gradient of nothing") {
  const auto empty = [](const auto& f, double want) {
    const auto [value, gradient] = tl::value_and_grad(f)(list{});
    CHECK(value == want);
    CHECK(tl::evaluate(f)(list{}) == want);
    CHECK(gradient.empty());
  };
  empty(sum, 0);
  empty(product, 1);
  empty(largest, -infinity);
  empty(smallest_element, infinity);
  empty(soft, -infinity);
}

TEST_CASE("of nothing that depends on a scalar: the gradient is zero at both orders") {
  const auto check = [](const auto& f, double want) {
    const auto [value, gradient] = tl::value_and_grad<0>(f)(0.5, list{});
    CHECK(value == want);
    CHECK(gradient == 0);
    // A negative extent is none.
    CHECK(tl::grad<0>(f)(0.5, list{}) == 0);
    const auto [g, h] = tl::jvp(tl::grad(f), std::tuple{0.5, list{}}, std::tuple{1.0, list{}});
    CHECK(std::get<0>(g) == 0);
    CHECK(std::get<0>(h) == 0);
  };
  check([](auto x, auto a) { return tl::sum(a.size(), [&](auto) { return x * x; }); }, 0);
  check([](auto x, auto a) { return tl::sum(a.size() - 3, [&](auto) { return x * x; }); }, 0);
  check([](auto x, auto a) { return tl::prod(a.size(), [&](auto) { return x * x; }); }, 1);
  check([](auto x, auto a) { return tl::max(a.size(), [&](auto) { return x * x; }); }, -infinity);
  check([](auto x, auto a) { return tl::min(a.size() - 2, [&](auto) { return x * x; }); },
        infinity);
  check([](auto x, auto a) { return tl::logsumexp(a.size(), [&](auto) { return x * x; }); },
        -infinity);
  check([](auto x, auto a) { return tl::fold(a.size(), 2, [&](auto c, auto) { return c * x; }); },
        2);
}

TEST_CASE("products with zeros have exact derivatives") {
  CHECK(tl::grad(product)(list{2, 3, 4}) == list{12, 8, 6});
  CHECK(tl::grad(product)(list{2, 0, 4}) == list{0, 8, 0});
  CHECK(tl::grad(product)(list{0, 3, 4}) == list{12, 0, 0});
  CHECK(tl::grad(product)(list{2, 3, 0}) == list{0, 0, 6});
  CHECK(tl::grad(product)(list{0, 3, 0, 4}) == list{0, 0, 0, 0});
  CHECK(tl::grad(product)(list{0}) == list{1});
  // The Hessian of a b c d at (0, 3, 0, 4) is 12 at (a, c).
  const auto second = [](list x, list u) {
    return tl::jvp(tl::grad(product), std::tuple{x}, std::tuple{u}).tangent;
  };
  CHECK(second({0, 3, 0, 4}, {1, 0, 0, 0}) == list{0, 0, 12, 0});
  CHECK(second({0, 3, 0, 4}, {0, 1, 0, 0}) == list{0, 0, 0, 0});
  CHECK(second({0, 3, 2, 4}, {0, 1, 0, 1}) == list{14, 0, 0, 0});
  CHECK(second({0, 0, 0, 4}, {1, 1, 1, 1}) == list{0, 0, 0, 0});
}

TEST_CASE("all of an extremum's derivative goes to the first winner") {
  CHECK(tl::grad(largest_element)(list{1, 3, 2, 3}) == list{0, 1, 0, 0});
  CHECK(tl::grad(smallest_element)(list{1, 3, 1, 3}) == list{1, 0, 0, 0});
  CHECK(tl::grad(largest)(list{-2, 2, 1}) == list{-4, 0, 0});
  CHECK(tl::grad(largest_element)(list{0.0, -0.0}) == list{1, 0});
  CHECK(tl::grad(largest_element)(list{-infinity, -infinity}) == list{1, 0});
  const auto [g, h] = tl::jvp(tl::grad(largest), std::tuple{list{-2, 2}}, std::tuple{list{1, 1}});
  CHECK(g == list{-4, 0});
  CHECK(h == list{2, 0});
}

TEST_CASE("NaN propagates, infinities are numbers") {
  CHECK(std::isnan(tl::evaluate(sum)(list{1, quiet_nan, 2})));
  CHECK(std::isnan(tl::evaluate(product)(list{1, quiet_nan, 0})));
  for (const list& x :
       {list{quiet_nan, 1, 2}, list{1, quiet_nan, 2}, list{1, 2, quiet_nan}, list{quiet_nan}}) {
    CHECK(std::isnan(tl::evaluate(largest_element)(x)));
    CHECK(std::isnan(tl::evaluate(smallest_element)(x)));
    CHECK(std::isnan(tl::evaluate(soft)(x)));
    CHECK(tl::grad(largest_element)(x).size() == x.size());
    CHECK(tl::grad(smallest_element)(x).size() == x.size());
    for (const double slope : tl::grad(soft)(x)) CHECK(std::isnan(slope));
  }
  CHECK(tl::evaluate(largest_element)(list{1, infinity, 2}) == infinity);
  CHECK(tl::grad(largest_element)(list{1, infinity, 2}) == list{0, 1, 0});
  CHECK(tl::evaluate(smallest_element)(list{1, infinity, 2}) == 1);
  CHECK(tl::evaluate(soft)(list{1, infinity, 2}) == infinity);
  CHECK(tl::evaluate(soft)(list{-infinity, -infinity}) == -infinity);
  CHECK(tl::evaluate(soft)(list{-infinity, 0}) == 0);
  CHECK(tl::grad(soft)(list{-infinity, 0}) == list{0, 3});
  // No overflow: exp(3000) is infinite.
  CHECK(tl::evaluate(soft)(list{1000, 1000}) == 3000 + std::log(2.0));
  CHECK(tl::grad(soft)(list{1000, 1000}) == list{1.5, 1.5});
}
