// SPDX-License-Identifier: BSL-1.0
// Indices that leave an array: an exception before anything is written.

#include "support/array_laws.hpp"
#include "support/mistakes.hpp"

#include <cmath>
#include <limits>
#include <string>

using namespace array_laws;

namespace {

constexpr auto product = [](auto a, auto b) {
  return tl::sum(a.size(), [&](auto i) { return a[i] * b[i]; });
};

const list a{1, 2, 3};

}  // namespace

TEST_CASE("an index out of range is an exception before anything is written") {
  list ga(3, 7.0), gb(9, 7.0);
  for (const int n : {0, 1, 2}) {
    const list shorter(static_cast<std::size_t>(n));
    const auto run = [&] { tl::value_and_grad(product).into(ga, gb)(a, shorter); };
    CHECK(contains(mistake(run), "argument 1 has " + std::to_string(n)));
    CHECK(contains(mistake([&] { (void)tl::evaluate(product)(a, shorter); }), "argument 1"));
    CHECK(contains(mistake([&] { (void)tl::grad(product)(a, shorter); }), "argument 1"));
  }
  CHECK(ga == list(3, 7.0));
  CHECK(gb == list(9, 7.0));
  // No iteration, no mistake.
  CHECK(tl::evaluate(product)(list{}, list{}) == 0);
  CHECK(tl::evaluate(product)(list{1}, list{2, 3}) == 2);

  const auto beyond = [](auto x) { return tl::sum(x.size(), [&](auto i) { return x[i + 1]; }); };
  CHECK(contains(mistake([&] { (void)tl::evaluate(beyond)(a); }), "index 3"));
  CHECK(tl::evaluate(beyond)(list{}) == 0);
  const auto before = [](auto x) { return tl::sum(x.size(), [&](auto i) { return x[i - 1]; }); };
  CHECK(contains(mistake([&] { (void)tl::evaluate(before)(a); }), "index -1"));
  const auto constant = [](auto x) { return x[2] * x[0]; };
  CHECK(tl::evaluate(constant)(a) == 3);
  CHECK(contains(mistake([&] { (void)tl::grad(constant)(list{1, 2}); }), "index 2"));
  CHECK(contains(mistake([&] { (void)tl::grad(constant)(list{}); }), "index"));
  const auto columns = [](auto m) {
    return tl::sum(m.rows(),
                   [&](auto i) { return tl::sum(m.rows(), [&](auto j) { return m(i, j); }); });
  };
  CHECK(contains(mistake([&] { (void)tl::grad(columns)(tl::matrix<double>(3, 2)); }), "columns"));
  CHECK(tl::grad(columns)(tl::matrix<double>(2, 3))(1, 1) == 1);
}

TEST_CASE("a gradient that does not read its argument names it all the same") {
  const auto linear = [](auto p, auto m) {
    return tl::sum(m.rows(), [&](auto i) {
      return tl::sum(m.cols(), [&](auto j) { return p[j] * m(i, j); });
    });
  };
  const tl::matrix<double> m(2, 3);
  CHECK(contains(mistake([&] { (void)tl::grad<0>(linear)(list{1, 2}, m); }),
                 "index 2 is used, but argument 0 has 2"));
}

TEST_CASE("triangles that leave an array") {
  const auto f = [](auto x) {
    return tl::sum(x.size(),
                   [&](auto i) { return tl::sum(i + 1, [&](auto j) { return x[i + j]; }); });
  };
  CHECK(tl::evaluate(f)(list{5}) == 5);
  CHECK(contains(mistake([&] { (void)tl::evaluate(f)(list{5, 6}); }), "index 2"));
}

#if !defined(NDEBUG)
TEST_CASE("an entry of an integer array that is no index") {
  const auto gather = [](auto x, auto id) {
    return tl::sum(id.size(), [&](auto i) { return x[id[i]] * x[id[i]]; });
  };
  list g(3, 7.0);
  for (const int wrong : {3, -1, 1000000}) {
    const std::vector<int> id{0, wrong, 1};
    CHECK(!mistake([&] { (void)tl::evaluate(gather)(a, id); }).empty());
    CHECK(!mistake([&] { tl::grad<0>(gather).into(g)(a, id); }).empty());
  }
}
#endif

TEST_CASE("an index that only the gradient is written at") {
  // The gradient of a sum of elements reads none of them.
  const auto f = [](auto x, auto y) { return tl::sum(x.size(), [&](auto i) { return y[i]; }); };
  const list shorter{1, 2};
  CHECK(contains(mistake([&] { (void)tl::evaluate(f)(a, shorter); }), "argument 1"));
  CHECK(contains(mistake([&] { (void)tl::grad<1>(f)(a, shorter); }), "has 2 elements"));
  CHECK(contains(mistake([&] { (void)tl::value_and_grad<1>(f)(a, shorter); }), "argument 1"));
}

TEST_CASE("an array that a function makes is left") {
  const auto f = [](auto x) {
    const auto y = tl::generate(x.size() - 1, [&](auto i) { return x[i] * x[i + 1]; });
    return tl::sum(x.size(), [&](auto i) { return y[i] * y[i]; });
  };
  CHECK(!mistake([&] { (void)tl::evaluate(f)(a); }).empty());
  CHECK(!mistake([&] { (void)tl::grad(f)(a); }).empty());
  CHECK(tl::evaluate(f)(list{}) == 0);
}

TEST_CASE("an extremum of nothing reads no entry of an integer array") {
  const auto f = [](auto x, auto id) {
    return tl::max(id.size() - 1, [&](auto i) { return x[id[i + 1]]; });
  };
  for (const int n : {0, 1}) {
    const std::vector<int> id(static_cast<std::size_t>(n));
    const auto [value, gradient] = tl::value_and_grad<0>(f)(a, id);
    CHECK(value == -std::numeric_limits<double>::infinity());
    CHECK(gradient == list(3));
  }
}

TEST_CASE("an element that only a loop without iterations wants need not exist") {
  const auto scaled = [](auto x) { return tl::sum(x.size(), [&](auto i) { return x[i] * x[0]; }); };
  const auto bent = [](auto x) {
    return tl::sum(x.size(), [&](auto i) { return exp(x[i] * x[0]); });
  };
  const auto grown = [](auto x) {
    return tl::fold(x.size(), 0, [&](auto c, auto i) { return c * x[0] + sin(x[i]); });
  };
  const auto check = [](const auto& f, double want) {
    CHECK(tl::evaluate(f)(list{}) == 0);
    CHECK(tl::grad(f)(list{}).empty());
    CHECK(tl::jvp(f, std::tuple{list{}}, std::tuple{list{}}).tangent == 0);
    CHECK(tl::jvp(tl::grad(f), std::tuple{list{}}, std::tuple{list{}}).tangent.empty());
    close("with one element", tl::evaluate(f)(list{0.5}), want, 1e-15);
  };
  check(scaled, 0.25);
  check(bent, std::exp(0.25));
  check(grown, std::sin(0.5));

  // What is missing is noticed where the loop runs.
  const auto needs = [](auto x, auto y) {
    return tl::sum(x.size(), [&](auto i) { return exp(x[i] * y[3]); });
  };
  const list one{1};
  CHECK(tl::evaluate(needs)(list{}, one) == 0);
  CHECK(tl::grad<1>(needs)(list{}, one) == list{0});
  list gx{7}, gy{7};
  CHECK(contains(mistake([&] { tl::value_and_grad(needs).into(gx, gy)(one, one); }), "index 3"));
  CHECK(gx == list{7});
  CHECK(gy == list{7});
  // Another loop wants it too, or nothing but the function itself.
  const auto twice = [&](auto x, auto y) {
    return tl::sum(x.size(), [&](auto i) { return exp(x[i] * y[3]); }) +
           tl::sum(y.size(), [&](auto i) { return exp(y[i] * y[3]); });
  };
  CHECK(contains(mistake([&] { (void)tl::evaluate(twice)(list{}, one); }), "index 3"));
  const auto always = [&](auto x, auto y) {
    return tl::sum(x.size(), [&](auto i) { return exp(x[i] * y[3]); }) + y[3];
  };
  CHECK(contains(mistake([&] { (void)tl::evaluate(always)(list{}, one); }), "index 3"));
}
