// SPDX-License-Identifier: BSL-1.0
#include <tapeless/tapeless.hpp>

#include <span>
#include <tuple>
#include <vector>

namespace tl = tapeless;
using list = std::vector<double>;

constexpr auto f = [](auto x) { return tl::sum(x.size(), [&](auto i) { return x[i] * x[i]; }); };
[[maybe_unused]] constexpr auto squares = [](auto x) {
  return tl::generate(x.size(), [&](auto i) { return x[i] * x[i]; });
};
[[maybe_unused]] constexpr auto product = [](auto x, auto y) {
  return tl::sum(x.size(), [&](auto i) { return x[i] * y[i]; });
};

#ifndef MISTAKE
double right(const list& x) {
  // [right]
  tl::workspace memory;
  list g;
  double value = tl::value_and_grad(f).into(g)(memory, x);  // before all arguments
  auto [norm, pullback] = tl::vjp(f)(memory, x);
  pullback.into(g)(memory, 1.0);
  // [end]
  return value + norm;
}
#endif

#ifdef MISTAKE_1  // EXPECT: tapeless: a tl::workspace stands once, before all arguments
auto behind(tl::workspace& memory, const list& x) { return tl::grad(f)(x, memory); }
#endif
#ifdef MISTAKE_2  // EXPECT: tapeless: a tl::workspace stands once, before all arguments
auto twice(tl::workspace& memory, const list& x) { return tl::grad(f)(memory, memory, x); }
#endif
#ifdef MISTAKE_3  // EXPECT: tapeless: a tl::workspace stands once, before all arguments
auto between(tl::workspace& memory, const list& x) { return tl::evaluate(product)(x, memory, x); }
#endif
#ifdef MISTAKE_4  // EXPECT: is neither const nor a temporary
auto constant(const tl::workspace& memory, const list& x) { return tl::grad(f)(memory, x); }
#endif
#ifdef MISTAKE_5  // EXPECT: is neither const nor a temporary
auto temporary(const list& x) { return tl::grad(f)(tl::workspace(100), x); }
#endif
#ifdef MISTAKE_6  // EXPECT: tapeless: a tl::workspace stands once, before all arguments
auto pointer(tl::workspace& memory, const list& x) { return tl::grad(f)(&memory, x); }
#endif
#ifdef MISTAKE_7  // EXPECT: tapeless: a tl::workspace stands once, before all arguments
void output(tl::workspace& memory, const list& x) {
  list g;
  tl::grad(f).into(memory, g)(x);
}
#endif
#ifdef MISTAKE_8  // EXPECT: tapeless: a tl::workspace stands once, before all arguments
void value(tl::workspace& memory, const list& x) { tl::evaluate(squares).into(memory)(x); }
#endif
#ifdef MISTAKE_9  // EXPECT: tapeless: a tl::workspace stands once, before all arguments
auto of_vjp(tl::workspace& memory, const list& x) { return tl::vjp(f, memory, x); }
#endif
#ifdef MISTAKE_10  // EXPECT: tapeless: a tl::workspace stands once, before all arguments
auto behind_cotangent(tl::workspace& memory, const list& x) {
  return tl::vjp(f, x).pullback(1.0, memory);
}
#endif
#ifdef MISTAKE_11  // EXPECT: tapeless: pullback(w): 'w' differs in shape from the function's result
auto cotangents(const list& x) { return tl::vjp(f, x).pullback(1.0, 2.0); }
#endif
#ifdef MISTAKE_12  // EXPECT: tapeless: a tl::workspace stands once, before all arguments
auto behind_tangents(tl::workspace& memory, std::span<double> x) {
  return tl::jvp(f)(std::tuple{x}, std::tuple{x}, memory);
}
#endif
#ifdef MISTAKE_13  // EXPECT: 'primals' and 'tangents' are std::tuples
auto no_tuples(tl::workspace& memory, const list& x) { return tl::jvp(f)(memory, x, x); }
#endif
#ifdef MISTAKE_14  // EXPECT: tapeless: a trailing argument is no policy
auto policy(tl::workspace& memory, const list& x) { return tl::grad(f, memory)(x); }
#endif
#ifdef MISTAKE_15  // EXPECT: tapeless: a trailing argument is no policy
auto policy_of_jvp(tl::workspace& memory, const list& x) {
  return tl::jvp(f, std::tuple{x}, std::tuple{x}, memory);
}
#endif
#ifdef MISTAKE_16  // EXPECT: tapeless: a tl::workspace stands once, before all arguments
auto bound(tl::workspace& memory, const list& x) { return tl::grad(tl::bind_back(f, memory))(x); }
#endif
#ifdef MISTAKE_17  // EXPECT: tapeless: a tl::workspace stands once, before all arguments
auto its_size(tl::workspace& memory, const list& x) {
  return tl::evaluate(f).workspace_size(memory, x);
}
#endif
