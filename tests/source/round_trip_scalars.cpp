// SPDX-License-Identifier: BSL-1.0
// Programs written by tl::to_source return the same bits as the library's.
#include "generated_scalars.hpp"  // first: it includes what it needs

#include <tapeless/tapeless.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <source/scalars.hpp>
#include <support/catch.hpp>
#include <tuple>
#include <type_traits>

namespace tl = tapeless;

namespace {

template <class T>
auto bits(T v) {
  using word = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  return std::isnan(v) ? std::bit_cast<word>(std::numeric_limits<T>::quiet_NaN())
                       : std::bit_cast<word>(v);
}

template <class T, class R>
void flatten(T*& to, const R& r) {
  if constexpr (requires { r.value; }) {
    flatten(to, r.value);
    flatten(to, r.gradient);
  } else if constexpr (requires { r.values; }) {
    flatten(to, r.values);
  } else {
    tl::for_each_leaf(r, [&](const auto& v) { *to++ = v; });
  }
}

/// Calls both with numbers of every kind: In inputs, Out outputs.
template <class T, int In, int Out, class Library, class Source>
void compare(const Library& library, const Source& source) {
  std::mt19937 random(20240229);
  std::uniform_real_distribution<double> number(-2, 2);
  for (int round = 0; round < 2000; ++round) {
    std::array<T, In> in{};
    for (T& v : in) v = static_cast<T>(number(random));
    if (round % 50 == 0) in[static_cast<std::size_t>(round / 50 % In)] = 0;
    if (round % 70 == 0) in[0] = static_cast<T>(0.5);
    if (round % 90 == 0) in[In - 1] = in[0];
    std::array<T, Out> expected{}, got{};
    T* to = expected.data();
    flatten(to, library(in));
    REQUIRE(to == expected.data() + Out);
    source(in.data(), got.data());
    for (std::size_t i = 0; i < Out; ++i) {
      CAPTURE(round, i, in, expected[i], got[i]);
      REQUIRE(bits(got[i]) == bits(expected[i]));
    }
  }
}

TEMPLATE_TEST_CASE("written programs return the library's bits", "", double, float) {
  using T = TestType;
  using namespace functions;
  SECTION("scalars") {
    compare<T, 2, 3>([](auto a) { return tl::value_and_grad(elementary)(a[0], a[1]); },
                     elementary_source<T>);
    compare<T, 2, 1>([](auto a) { return tl::evaluate(elementary)(a[0], a[1]); },
                     elementary_value_source<T>);
    compare<T, 2, 2>([](auto a) { return tl::grad(elementary, tl::strong_zero)(a[0], a[1]); },
                     guarded_source<T>);
  }
  SECTION("arrays, tuples, pairs") {
    compare<T, 6, 7>([](auto a) { return tl::value_and_grad(rosenbrock)(a); },
                     rosenbrock_source<T>);
    compare<T, 8, 7>(
        [](auto a) {
          const std::array<std::array<T, 3>, 2> w{{{a[0], a[1], a[2]}, {a[3], a[4], a[5]}}};
          return tl::value_and_grad<0>(layer)(w, std::array{a[6], a[7]});
        },
        layer_source<T>);
    compare<T, 2, 3>([](auto a) { return tl::value_and_grad(powers)(std::pair{a[0], a[1]}); },
                     powers_source<T>);
    compare<T, 2, 3>([](auto a) { return tl::value_and_grad(special)(std::tuple{a[0], a[1]}); },
                     special_source<T>);
  }
  SECTION("conditions") {
    compare<T, 2, 3>([](auto a) { return tl::value_and_grad(branches)(a[0], a[1]); },
                     branches_source<T>);
    compare<T, 2, 2>([](auto a) { return tl::grad(tl::grad<0>(branches))(a[0], a[1]); },
                     branches_second_source<T>);
  }
  SECTION("many primitives, long chains") {
    compare<T, 1, 2>([](auto a) { return tl::value_and_grad(all_of_one)(a[0]); },
                     all_of_one_source<T>);
    compare<T, 1, 2>([](auto a) { return tl::value_and_grad(chain)(a[0]); }, chain_source<T>);
    compare<T, 1, 1>([](auto a) { return tl::grad(tl::grad(chain))(a[0]); },
                     chain_second_source<T>);
  }
  SECTION("expressions") {
    compare<T, 2, 3>([](auto a) { return tl::value_and_grad(expression)(x = a[0], y = a[1]); },
                     expression_source<T>);
    compare<T, 2, 1>(
        [](auto a) { return tl::grad<y>(tl::grad<x>(expression))(x = a[0], y = a[1]); },
        expression_mixed_source<T>);
  }
  SECTION("callables that hold numbers") {
    compare<T, 1, 2>([](auto a) { return tl::value_and_grad(with_state(0.7, 0.1L))(a[0]); },
                     with_state_source<T>);
  }
}

}  // namespace
