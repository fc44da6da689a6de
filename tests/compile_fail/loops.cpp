// SPDX-License-Identifier: BSL-1.0
#include <tapeless/tapeless.hpp>

#include <array>
#include <tuple>
#include <vector>

namespace tl = tapeless;

const std::vector<double> p{1.0, 2.0, 3.0, 4.0};
// [right]
auto right = tl::grad(
    [](auto a) { return tl::sum(a.size() - 1, [&](auto i) { return a[i] * a[i + 1]; }); })(p);
// [end]

#ifdef MISTAKE_1  // EXPECT: tapeless: a size known at run time can not bound a loop of the
                  // function's body
auto natural = tl::grad([](auto a) {
  auto s = 0 * a[0];
  for (int i = 0; i < a.size(); ++i) s += a[i] * a[i];
  return s;
})(p);
#endif
#ifdef MISTAKE_2  // EXPECT: tapeless: an array whose size is known at run time has no iterators
auto range = tl::grad([](auto a) {
  auto s = 0 * a[0];
  for (auto e : a) s += e * e;
  return s;
})(p);
#endif
#ifdef MISTAKE_3  // EXPECT: tapeless: the body of a loop must return one number or traced value
auto pair_body = tl::grad(
    [](auto a) { return tl::sum(a.size(), [&](auto i) { return std::tuple{a[i], a[i]}; }); })(p);
#endif
#ifdef MISTAKE_4  // EXPECT: tapeless: the body of a loop must return one number or traced value
auto no_body = tl::grad([](auto a) { return tl::max(a.size(), [&](auto i) { (void)a[i]; }); })(p);
#endif
#ifdef MISTAKE_5  // EXPECT: tapeless: the body of tl::fold and tl::scan must return what it is
                  // given
auto changing = tl::grad([](auto a) {
  return tl::fold(a.size(), a[0], [&](auto c, auto i) { return std::tuple{c, a[i]}; });
})(p);
#endif
#ifdef MISTAKE_6  // EXPECT: tapeless: the body of tl::fold and tl::scan must return what it is
                  // given
auto shrinking = tl::grad([](auto a) {
  const auto c = tl::fold(a.size(), std::array{a[0], a[0], a[0]},
                          [&](auto d, auto i) { return std::array{d[0], a[i]}; });
  return c[0];
})(p);
#endif
#ifdef MISTAKE_7  // EXPECT: use tl::select(condition, a, b)
auto branch = tl::grad(
    [](auto a) { return tl::sum(a.size(), [&](auto i) { return a[i] > 0 ? a[i] : -a[i]; }); })(p);
#endif
#ifdef MISTAKE_8  // EXPECT: tapeless: the body of a loop must return one number or traced value
auto array_body = tl::grad([](auto a) {
  const auto g = tl::generate(a.size(), [&](auto) { return a; });
  return g[0];
})(p);
#endif
#ifdef MISTAKE_9  // EXPECT: tapeless: a value of a loop's body is used outside of the loop
auto escaping = tl::grad([](auto a) {
  auto kept = a[0];
  const auto s = tl::sum(a.size(), [&](auto i) { return kept = a[i]; });
  return s * kept;
})(p);
#endif
#ifdef MISTAKE_10  // EXPECT: tapeless::grad(f): 'f' must return a scalar; use tapeless::vjp(f, ...)
auto no_scalar =
    tl::grad([](auto a) { return tl::generate(a.size(), [&](auto i) { return a[i] * a[i]; }); })(p);
#endif
#ifdef MISTAKE_11  // EXPECT: tapeless: a[i] = value
auto assigned = tl::grad([](auto a) {
  a[0] = a[1] * 2.0;
  return a[0];
})(p);
#endif
#ifdef MISTAKE_12  // EXPECT: tapeless: x[v]: an index is a loop's index
auto by_value =
    tl::grad([](auto a) { return tl::sum(a.size(), [&](auto i) { return a[a[i]]; }); })(p);
#endif
#ifdef MISTAKE_13  // EXPECT: tapeless: the function's body is no constant expression
double square_of(double x) { return x * x; }
auto not_constant = tl::grad(
    [](auto a) { return tl::sum(a.size(), [&](auto i) { return a[i] * square_of(2.0); }); })(p);
#endif
#ifdef MISTAKE_14  // EXPECT: tapeless
auto captured(double c) {
  return tl::grad([c](auto a) { return tl::sum(a.size(), [&](auto i) { return c * a[i]; }); })(p);
}
#endif
#ifdef MISTAKE_15  // EXPECT: the same structure of scalars
auto sides = tl::grad([](auto a) {
  return tl::cond(a[0] > 0, [&] { return a[0]; }, [&] { return std::tuple{a[0], a[1]}; });
})(p);
#endif
#ifdef MISTAKE_16  // EXPECT: tapeless: an integer argument was asked for its gradient
auto integers = tl::grad([](auto a, auto id) {
  return tl::sum(id.size(), [&](auto i) { return a[id[i]]; });
})(p, std::vector<int>{1});
#endif
