// SPDX-License-Identifier: BSL-1.0
// What is empty, trivially copyable, small, and what types results have.
#include <tapeless/tapeless.hpp>

#include <array>
#include <concepts>
#include <tuple>
#include <type_traits>
#include <utility>

namespace tl = tapeless;
using namespace tl::literals;

constexpr tl::variable<"x"> x;
constexpr tl::variable<"y"> y;

template <class T>
constexpr bool free_of_charge =
    std::is_empty_v<std::remove_cvref_t<T>> && std::is_trivially_copyable_v<T> &&
    std::is_trivially_destructible_v<T>;
template <class T>
constexpr bool holds_only(std::size_t bytes) {
  return sizeof(T) == bytes && std::is_trivially_copyable_v<T> &&
         std::is_trivially_destructible_v<T>;
}
/// A std::tuple of numbers is not trivially copyable everywhere.
template <class T>
constexpr bool holds_tuple(std::size_t bytes) {
  return sizeof(T) == bytes && std::is_trivially_copy_constructible_v<T> &&
         std::is_trivially_destructible_v<T>;
}
#define TYPE(...) std::remove_cvref_t<decltype(__VA_ARGS__)>

// Expressions are empty where nothing is stored.
constexpr auto f = x * y + sin(x);
static_assert(free_of_charge<TYPE(x)>);
static_assert(free_of_charge<TYPE(2_c)>);
static_assert(free_of_charge<TYPE(f)>);
static_assert(free_of_charge<TYPE(2_c * f / 0.5_c - pow<3>(f))>);
static_assert(free_of_charge<TYPE(select(x < y && !(x == y), x, f))>);
static_assert(free_of_charge<TYPE(tl::let(f, [](auto t) { return t * t; }))>);
static_assert(free_of_charge<TYPE(tl::grad<x>(f))>);
static_assert(free_of_charge<TYPE(tl::grad<x>(tl::grad<y>(f)))>);
static_assert(free_of_charge<TYPE(tl::grad(f))>);
static_assert(free_of_charge<TYPE(tl::value_and_grad<x, y>(f))>);

// Stored numbers take their own place, no more.
double number = 0.5;
static_assert(holds_only<TYPE(number* f)>(sizeof(double)));
static_assert(holds_only<TYPE(number* x + number)>(2 * sizeof(double)));
static_assert(holds_only<TYPE(0.5f * x)>(sizeof(float)));
static_assert(holds_only<TYPE(tl::grad<x>(number* f))>(sizeof(double)));
static_assert(holds_only<TYPE(tl::let(number* x, [](auto t) { return t * t; }))>(sizeof(double)));
static_assert(holds_only<TYPE(x = 3.0)>(sizeof(double)));

// Transforms of functions without data are empty; others hold the function.
constexpr auto h = [](auto a, auto b) { return a * b; };
static_assert(free_of_charge<TYPE(tl::grad(h))>);
static_assert(free_of_charge<TYPE(tl::grad<0>(tl::grad<1>(h)))>);
static_assert(free_of_charge<TYPE(tl::evaluate(h))>);
static_assert(free_of_charge<TYPE(tl::value_and_grad(h, tl::safe))>);
static_assert(holds_only<TYPE(tl::grad([n = number](auto t) { return n * t; }))>(sizeof(double)));
static_assert(holds_tuple<TYPE(tl::bind_back(h, number))>(sizeof(double)));
static_assert(holds_tuple<TYPE(tl::bind_back(h, std::array<double, 5>{}))>(5 * sizeof(double)));
static_assert(holds_tuple<TYPE(tl::vjp(h, 1.0, 2.0).pullback)>(2 * sizeof(double)));

// Types of results.
static_assert(std::same_as<TYPE(f(x = 1.0, y = 2.0)), double>);
static_assert(std::same_as<TYPE(tl::grad<0>(h)(1.0f, 2.0f)), float>);
static_assert(std::same_as<TYPE(tl::grad(h)(1.0f, 2.0L)), std::tuple<float, long double>>);
static_assert(std::same_as<TYPE(tl::grad([](auto t) { return t * t; })(1.0)), double>);
static_assert(
    std::same_as<TYPE(tl::value_and_grad(h)(1.0, 2.0).gradient), std::tuple<double, double>>);
static_assert(std::same_as<TYPE(tl::grad<1>(h)(1.0, 2.0)), double>);
static_assert(std::same_as<TYPE(tl::grad<x>(f)(x = 1.0, y = 2.0)), double>);
static_assert(holds_only<TYPE(tl::grad(f)(x = 1.0, y = 2.0))>(2 * sizeof(double)));

// One policy, one type: programs of different policies never share a symbol.
static_assert(!std::same_as<TYPE(tl::grad(h)), TYPE(tl::grad(h, tl::safe))>);
static_assert(std::same_as<TYPE(tl::grad(h)), TYPE(tl::grad(h, tl::strict))>);
static_assert(std::same_as<TYPE(tl::grad(h, tl::safe, tl::strong_zero)),
                           TYPE(tl::grad(h, tl::strong_zero, tl::safe))>);

// What must not be.
static_assert(!std::is_copy_assignable_v<TYPE(x)>);
static_assert(!std::is_convertible_v<TYPE(f), float>);
static_assert(!std::is_convertible_v<TYPE(f), int>);
static_assert(!std::is_convertible_v<tl::traced, int>);
static_assert(!std::is_convertible_v<TYPE(x < y), bool>);
template <class A, class B>
concept addable = requires(A a, B b) { a + b; };
static_assert(addable<TYPE(x), int>);
static_assert(!addable<TYPE(x), const char*>);
static_assert(addable<TYPE(x), std::array<double, 2>>);
static_assert(!addable<TYPE(x), std::array<const char*, 2>>);
static_assert(!addable<tl::traced, const char*>);
