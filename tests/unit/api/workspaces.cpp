// SPDX-License-Identifier: BSL-1.0
// Memory that calls borrow: with it, outputs that are there and arguments that are views, no
// transform allocates. A program of its own, because it counts allocations.
// FLAGS: -DTAPELESS_TEST_COUNTS_ALLOCATIONS

#include "support/array_laws.hpp"
#include "support/counting_new.hpp"

#include <span>
#include <tuple>
#include <vector>

using namespace array_laws;

namespace {

using list = std::vector<double>;
using view = std::span<const double>;

// Each stores an array.
constexpr auto waves = [](auto x) {
  const auto s = tl::generate(x.size(), [&](auto i) { return sin(x[i]); });
  return tl::sum(x.size() - 1, [&](auto i) { return s[i] * s[i + 1]; });
};
constexpr auto products = [](auto x) {
  const auto s = tl::generate(x.size(), [&](auto i) { return sin(x[i]); });
  return tl::generate(x.size() - 1, [&](auto i) { return s[i] * s[i + 1]; });
};

template <class F>
int allocations_of(const F& call) {
  const int before = allocations;
  call();
  return allocations - before;
}

struct setting {
  list x = numbers(20), u = numbers(20, 2.1), w = numbers(19, 0.7);
  list g = list(20), h = list(20), y = list(19), dy = list(19);
  view at{x}, along{u}, cotangent{w};
  tl::workspace empty;
};

}  // namespace

TEST_CASE("a value with a workspace") {
  setting s;
  tl::workspace memory(tl::evaluate(waves).workspace_size(s.x));
  CHECK(memory.size() == 20 * sizeof(double));
  double value = 0;
  CHECK(allocations_of([&] { value = tl::evaluate(waves)(memory, s.x); }) == 0);
  CHECK(value == tl::evaluate(waves)(s.x));
  CHECK(allocations_of([&] { value = tl::evaluate(waves)(s.x); }) == 1);
}

TEST_CASE("a workspace grows to what a program needs") {
  setting s;
  CHECK(allocations_of([&] { (void)tl::evaluate(waves)(s.empty, s.x); }) == 1);
  CHECK(s.empty.size() == tl::evaluate(waves).workspace_size(s.x));
  CHECK(allocations_of([&] { (void)tl::evaluate(waves)(s.empty, s.x); }) == 0);
}

TEST_CASE("an array of the function's own is written to what is there") {
  setting s;
  tl::workspace memory(tl::evaluate(products).workspace_size(s.x));
  CHECK(allocations_of([&] { tl::evaluate(products).into(s.y)(memory, s.x); }) == 0);
  CHECK(s.y == tl::evaluate(products)(s.x));
  // Without a workspace, and where the output grows.
  list small;
  CHECK(allocations_of([&] { tl::evaluate(products).into(small)(s.x); }) == 2);
  CHECK(small == s.y);
  double fixed[19];
  tl::evaluate(products).into(fixed)(s.x);
  CHECK(list(fixed, fixed + 19) == s.y);
  const auto f = tl::evaluate(products);
  f.into(small)(s.x);
  CHECK(small == s.y);
}

TEST_CASE("a result of numbers is written to what is there") {
  double value = 0;
  tl::evaluate([](auto a) { return a * a; }).into(value)(3.0);
  CHECK(value == 9);
  std::tuple<double, std::array<double, 2>> both;
  tl::evaluate([](auto a) { return std::tuple{a, std::array{a, 2 * a}}; }).into(both)(3.0);
  CHECK(both == std::tuple{3.0, std::array{3.0, 6.0}});
}

TEST_CASE("value and gradient with a workspace") {
  setting s;
  const auto f = tl::value_and_grad(waves);
  tl::workspace memory(f.workspace_size(s.x));
  const auto want = f(s.x);
  CHECK(f(memory, s.x).gradient == want.gradient);
  CHECK(tl::grad(waves)(memory, s.x) == want.gradient);
  // The gradient alone is allocated.
  list kept;
  CHECK(allocations_of([&] { kept = f(memory, s.x).gradient; }) == 1);
  CHECK(kept == want.gradient);
  double value = 0;
  CHECK(allocations_of([&] { value = f.into(s.g)(memory, s.x); }) == 0);
  CHECK(value == want.value);
  CHECK(s.g == want.gradient);
}

TEST_CASE("a tangent with a workspace") {
  setting s;
  const auto want = tl::jvp(waves, std::tuple{s.x}, std::tuple{s.u});
  const auto f = tl::jvp(waves);
  tl::workspace memory(f.workspace_size(std::tuple{s.at}, std::tuple{s.along}));
  CHECK(memory.size() > 0);
  auto got = want;
  CHECK(allocations_of([&] { got = f(memory, std::tuple{s.at}, std::tuple{s.along}); }) == 0);
  CHECK((got.value == want.value && got.tangent == want.tangent));
  got = f(std::tuple{s.at}, std::tuple{s.along});
  CHECK((got.value == want.value && got.tangent == want.tangent));
  double value = 0, tangent = 0;
  f.into(value, tangent)(memory, std::tuple{s.x}, std::tuple{s.u});
  CHECK((value == want.value && tangent == want.tangent));
  // A policy.
  CHECK(tl::jvp(waves, tl::safe)(memory, std::tuple{s.x}, std::tuple{s.u}).tangent == want.tangent);
}

TEST_CASE("tangents of arrays are written to what is there") {
  setting s;
  const auto want = tl::jvp(products, std::tuple{s.x}, std::tuple{s.u});
  const auto f = tl::jvp(products);
  tl::workspace memory(f.workspace_size(std::tuple{s.at}, std::tuple{s.along}));
  const auto call = f.into(s.y, s.dy);
  CHECK(allocations_of([&] { call(memory, std::tuple{s.at}, std::tuple{s.along}); }) == 0);
  CHECK(s.y == want.value);
  CHECK(s.dy == want.tangent);
}

TEST_CASE("a Hessian times a vector allocates nothing") {
  setting s;
  const auto want = tl::jvp(tl::grad(waves), std::tuple{s.x}, std::tuple{s.u});
  const auto f = tl::jvp(tl::grad(waves));
  tl::workspace memory(f.workspace_size(std::tuple{s.at}, std::tuple{s.along}));
  const auto call = f.into(s.g, s.h);
  CHECK(allocations_of([&] { call(memory, std::tuple{s.at}, std::tuple{s.along}); }) == 0);
  CHECK(s.g == want.value);
  CHECK(s.h == want.tangent);
  CHECK(f(memory, std::tuple{s.x}, std::tuple{s.u}).tangent == want.tangent);
}

TEST_CASE("a pullback with a workspace") {
  setting s;
  const auto want = tl::vjp(products, s.x);
  tl::workspace memory(tl::vjp(products).workspace_size(s.x));
  const auto got = tl::vjp(products)(memory, s.at);
  CHECK(got.value == want.value);
  CHECK(tl::vjp(products)(s.at).value == want.value);
  tl::workspace more(got.pullback.workspace_size(s.w));
  const list cotangent = want.pullback(s.w);
  CHECK(got.pullback(more, s.w) == cotangent);
  CHECK(allocations_of([&] { got.pullback.into(s.g)(more, s.cotangent); }) == 0);
  CHECK(s.g == cotangent);
  list small;
  got.pullback.into(small)(s.w);
  CHECK(small == cotangent);
  // From beginning to end.
  double value = 0;
  tl::workspace enough(4096);
  CHECK(allocations_of([&] {
          const auto [v, pullback] = tl::vjp(waves)(enough, s.at);
          pullback.into(s.g)(enough, 2.0);
          value = v;
        }) == 0);
  CHECK(value == tl::evaluate(waves)(s.x));
  CHECK(tl::vjp(waves, tl::safe)(enough, s.x).pullback(2.0) == s.g);
}

TEST_CASE("what needs no memory needs no workspace") {
  const auto squares = [](auto x) {
    return tl::sum(x.size(), [&](auto i) { return x[i] * x[i]; });
  };
  setting s;
  CHECK(tl::evaluate(squares).workspace_size(s.x) == 0);
  CHECK(tl::jvp(squares).workspace_size(std::tuple{s.x}, std::tuple{s.u}) == 0);
  CHECK(tl::grad(squares)(s.empty, s.x) == tl::grad(squares)(s.x));
  CHECK(tl::grad([](auto x) { return x * x; })(s.empty, 3.0) == 6);
  CHECK(tl::evaluate([](auto x) { return x * x; }).workspace_size(3.0) == 0);
  CHECK(s.empty.size() == 0);
}

TEST_CASE("targets outlive the expression that made them") {
  setting s;
  const auto call =
      tl::value_and_grad(
          tl::bind_back(
              [](auto x, auto d) { return tl::sum(x.size(), [&](auto i) { return x[i] * d[i]; }); },
              s.u))
          .into(s.g);
  CHECK(call(s.x) == dot(s.x, s.u));
  CHECK(s.g == s.u);
}

TEST_CASE("a workspace moves with its memory") {
  static_assert(std::is_nothrow_move_constructible_v<tl::workspace>);
  static_assert(std::is_nothrow_move_assignable_v<tl::workspace>);
  static_assert(!std::is_copy_constructible_v<tl::workspace>);
  tl::workspace memory(1000);
  tl::workspace moved = std::move(memory);
  CHECK(moved.size() == 1000);
  CHECK(memory.size() == 0);
  std::vector<tl::workspace> each_thread;
  each_thread.push_back(std::move(moved));
  each_thread.resize(3);
  CHECK(each_thread[0].size() == 1000);
  each_thread[1] = std::move(each_thread[0]);
  CHECK(each_thread[1].size() == 1000);
  const auto f = [](auto x) {
    return tl::fold(x.size(), 1.0, [&](auto c, auto i) { return sin(c) * x[i]; });
  };
  const std::vector<double> a{1, 2};
  CHECK(tl::grad(f)(each_thread[0], a) == tl::grad(f)(a));
}
