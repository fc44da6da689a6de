// SPDX-License-Identifier: BSL-1.0
// Mistakes in loops over data, with the error that docs/reference/errors.md shows.
#include <tapeless/tapeless.hpp>

#include <deque>
#include <tuple>
#include <vector>

namespace tl = tapeless;

using list = std::vector<double>;

// [sum]
constexpr auto squares = [](auto x) {
  return tl::sum(x.size(), [&](auto i) { return x[i] * x[i]; });
};
// [end]
// [fold]
constexpr auto orbit = [](auto x) {
  const auto [p, q] = tl::fold(x.size(), std::tuple{1, 0}, [&](auto carry, auto i) {
    auto [a, b] = carry;
    return std::tuple{b + x[i], a};
  });
  return p * q;
};
// [end]
// [last]
constexpr auto last = [](auto x) {
  return tl::fold(x.size(), 0, [&](auto, auto i) { return x[i] * x[i]; });
};
// [end]
// [triangle]
constexpr auto triangle = [](auto x) {
  return tl::sum(x.size(), [&](auto i) {
    const auto waves = tl::generate(i, [&](auto j) { return sin(x[j]); });  // at most x.size()
    return tl::sum(i, [&](auto j) { return waves[j] * waves[i - 1 - j]; });
  });
};
// [end]
list right(const list& x) {
  const double value = tl::evaluate(orbit)(x) + tl::evaluate(last)(x) + tl::evaluate(triangle)(x);
  list gradient = tl::grad(squares)(x);
  gradient[0] += value;
  return gradient;
}

// clang-format off
#ifdef MISTAKE_1  // EXPECT: tapeless: a size known at run time can not bound a loop of the function's body; use tl::sum(n, body), tl::generate(n, body), tl::fold(n, init, body); instead of `if`, tl::select(i > 0, a, b)
auto bounded(const list& v) {
  return tl::grad([](auto x) {
    decltype(1.0 * x[0]) s = 0;
    for (int i = 0; i < x.size(); ++i) s += x[i] * x[i];
    return s;
  })(v);
}
#endif
#ifdef MISTAKE_2  // EXPECT: tapeless: an array whose size is known at run time has no iterators in a function's body; use tl::sum(x.size(), [&](auto i) { return x[i]; }), tl::fold(n, init, body)
auto iterated(const list& v) {
  return tl::grad([](auto x) {
    decltype(1.0 * x[0]) s = 0;
    for (auto e : x) s += e * e;
    return s;
  })(v);
}
#endif
#ifdef MISTAKE_3  // EXPECT: tapeless: the body of a loop must return one number or traced value
auto several(const list& v) {
  return tl::grad([](auto x) {
    return tl::sum(x.size(), [&](auto i) { return std::tuple{x[i], x[i] * x[i]}; });
  })(v);
}
#endif
#ifdef MISTAKE_4  // EXPECT: tapeless: the body of tl::fold and tl::scan must return what it is given: the same structure of scalars as the initial value
double sides(const list& v) {
  return tl::evaluate([](auto x) {
    const auto [a, b] = tl::cond(x[0] > 0, [&] { return std::tuple{x[0], x[1]}; }, [&] { return x[0]; });
    return a * b;
  })(v);
}
#endif
#ifdef MISTAKE_5  // EXPECT: tapeless: this argument of run-time size is not supported: std::vector, std::span and tl::view of numbers are; Eigen's matrices are with interop/eigen.hpp
auto other(const std::deque<double>& v) { return tl::grad(squares)(v); }
#endif
#ifdef MISTAKE_6  // EXPECT: tapeless: an output of .into(...) or .add_to(...) differs in shape from its argument
void shape(const list& v, double& slope) { tl::grad(squares).into(slope)(v); }
#endif
// clang-format on
