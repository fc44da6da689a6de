// SPDX-License-Identifier: BSL-1.0
// Programs with loops written by tl::to_source return the same bits as the library's.

// clang's -Wconversion warns where a signed index is given to a std::vector.
#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wsign-conversion"
#endif
#include "generated_loops.hpp"  // before all others: it includes what it needs
#if defined(__clang__)
#pragma clang diagnostic pop
#endif

#include <tapeless/tapeless.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <source/loops.hpp>
#include <span>
#include <stdexcept>
#include <support/catch.hpp>
#include <type_traits>

namespace tl = tapeless;
using namespace loops;

namespace {

/// All numbers of a result, NaNs alike.
template <class T, class R>
void append_bits(std::vector<std::uint64_t>& to, const R& r) {
  if constexpr (std::is_floating_point_v<R>) {
    using word = std::conditional_t<sizeof(R) == 4, std::uint32_t, std::uint64_t>;
    to.push_back(std::bit_cast<word>(std::isnan(r) ? std::numeric_limits<R>::quiet_NaN() : r));
  } else if constexpr (requires { r.begin(); }) {
    for (const auto& element : r) append_bits<T>(to, element);
  } else {
    std::apply([&](const auto&... part) { (append_bits<T>(to, part), ...); }, r);
  }
}
template <class T, class... R>
std::vector<std::uint64_t> bits(const R&... r) {
  std::vector<std::uint64_t> all;
  (append_bits<T>(all, r), ...);
  return all;
}

/// Something that must be overwritten.
template <class R>
void spoil(R& r) {
  if constexpr (std::is_floating_point_v<R>) {
    r = 7;
  } else if constexpr (requires { r.begin(); }) {
    for (auto& element : r) spoil(element);
  } else {
    std::apply([](auto&... part) { (spoil(part), ...); }, r);
  }
}

/// `source` writes value and gradient over copies of what the library returns.
template <class T, class Library, class Source>
void compare(const Library& library, const Source& source) {
  auto [value, gradient] = library();
  const auto expected = bits<T>(value, gradient);
  spoil(value);
  spoil(gradient);
  source(value, gradient);
  REQUIRE(bits<T>(value, gradient) == expected);
}
template <class T, class R, class Source>
void compare_result(R result, const Source& source) {
  const auto expected = bits<T>(result);
  spoil(result);
  source(result);
  REQUIRE(bits<T>(result) == expected);
}

template <class T>
struct numbers {
  std::mt19937 random{20261126};
  T operator()() {
    const int k = static_cast<int>(random() % 12);
    if (k < 3) return k == 0 ? T(0) : k == 1 ? T(0.5) : T(-1);
    return static_cast<T>(std::uniform_real_distribution<double>(-2, 2)(random));
  }
  list<T> vector(std::size_t n) {
    list<T> x(n);
    for (T& e : x) e = (*this)();
    return x;
  }
  tl::matrix<T> matrix(std::size_t rows, std::size_t columns) {
    tl::matrix<T> x(rows, columns);
    for (T& e : x) e = (*this)();
    return x;
  }
};

constexpr std::size_t sizes[]{0, 1, 2, 3, 5, 17};

TEMPLATE_TEST_CASE("written loops return the library's bits", "", double, float) {
  using T = TestType;
  numbers<T> random;
  for (const std::size_t n : sizes) {
    CAPTURE(n);
    const list<T> x = random.vector(n), y = random.vector(n), w = random.vector(4);
    const tl::matrix<T> X = random.matrix(n, 4U);
    const T a = random();
    compare_result<T>(tl::evaluate(least_squares)(w, X, y),
                      [&](auto& v) { least_squares_value_source<T>(w, X, y, v); });
    compare<T>([&] { return tl::value_and_grad<0>(least_squares)(w, X, y); },
               [&](auto& v, auto& g) { least_squares_source<T>(w, X, y, v, g); });
    compare_result<T>(tl::grad(least_squares)(w, X, y), [&](auto& g) {
      auto& [dw, dX, dy] = g;
      least_squares_all_source<T>(w, X, y, dw, dX, dy);
    });
    compare_result<T>(tl::evaluate(log_sum_exp)(x),
                      [&](auto& v) { log_sum_exp_value_source<T>(x, v); });
    compare<T>([&] { return tl::value_and_grad(log_sum_exp)(x); },
               [&](auto& v, auto& g) { log_sum_exp_source<T>(x, v, g); });
    compare<T>([&] { return tl::value_and_grad(rosenbrock)(x); },
               [&](auto& v, auto& g) { rosenbrock_source<T>(x, v, g); });
    compare<T>([&] { return tl::value_and_grad(two_windows)(x); },
               [&](auto& v, auto& g) { two_windows_source<T>(x, v, g); });
    compare<T>([&] { return tl::value_and_grad(stencil)(x); },
               [&](auto& v, auto& g) { stencil_source<T>(x, v, g); });
    compare<T>([&] { return tl::value_and_grad(recurrence)(x); },
               [&](auto& v, auto& g) { recurrence_source<T>(x, v, g); });
    compare<T>(
        [&] { return tl::value_and_grad(recurrent)(w, X); },
        [&](auto& v, auto& g) { recurrent_source<T>(w, X, v, std::get<0>(g), std::get<1>(g)); });
    compare<T>([&] { return tl::value_and_grad(rows_folded)(X); },
               [&](auto& v, auto& g) { rows_folded_source<T>(X, v, g); });
    compare<T>([&] { return tl::value_and_grad(branches)(x); },
               [&](auto& v, auto& g) { branches_source<T>(x, v, g); });
    compare<T>([&] { return tl::value_and_grad(huber)(x, a); },
               [&](auto& v, auto& g) { huber_source<T>(x, a, v, std::get<0>(g), std::get<1>(g)); });
    compare<T>(
        [&] { return tl::value_and_grad(products)(x, y); },
        [&](auto& v, auto& g) { products_source<T>(x, y, v, std::get<0>(g), std::get<1>(g)); });
    compare_result<T>(tl::evaluate(squares)(x), [&](auto& v) { squares_source<T>(x, v); });
    compare_result<T>(tl::evaluate(outer)(x, w), [&](auto& v) { outer_source<T>(x, w, v); });
    compare_result<T>(tl::evaluate(running)(x),
                      [&](auto& v) { running_source<T>(x, std::get<0>(v), std::get<1>(v)); });
    compare<T>([&] { return tl::value_and_grad<0>(curvature)(x, y); },
               [&](auto& v, auto& g) { curvature_source<T>(x, y, v, g); });
    const T width(0.75);
    compare<T>([&] { return tl::value_and_grad(tl::bind_back(huber, width))(x); },
               [&](auto& v, auto& g) { bound_source<T>(x, width, v, g); });
    compare<T>([&] { return tl::value_and_grad<0>(powers)(a, static_cast<int>(n)); },
               [&](auto& v, auto& g) { powers_source<T>(a, static_cast<T>(n), v, g); });
    const std::tuple<list<T>, T> model{x, a};
    const std::pair<std::span<const T>, T> data{y, T(1.5)};
    compare<T>([&] { return tl::value_and_grad<0>(structured)(model, data); },
               [&](auto& v, auto& g) {
                 structured_source<T>(x, a, data.first, data.second, v, std::get<0>(g),
                                      std::get<1>(g));
               });
    if (n == 0) continue;
    compare<T>(
        [&] { return tl::value_and_grad(exchange)(x, a); },
        [&](auto& v, auto& g) { exchange_source<T>(x, a, v, std::get<0>(g), std::get<1>(g)); });
    const list<T> state = random.vector(4);
    const tl::matrix<T> mixing = random.matrix(4U, 4U);
    compare<T>([&] { return tl::value_and_grad(hidden_states)(mixing, X, state); },
               [&](auto& v, auto& g) {
                 auto& [dW, dX, ds] = g;
                 hidden_states_source<T>(mixing, X, state, v, dW, dX, ds);
               });
    for (const int steps : {0, 1, 2, 5}) {
      const auto count = static_cast<T>(steps);
      compare_result<T>(tl::evaluate(diffusion)(x, steps),
                        [&](auto& v) { diffusion_value_source<T>(x, count, v); });
      compare<T>([&] { return tl::value_and_grad<0>(diffusion)(x, steps); },
                 [&](auto& v, auto& g) { diffusion_source<T>(x, count, v, g); });
    }
    tl::matrix<int> corners(n, 3U);
    for (int& corner : corners) corner = static_cast<int>(random.random() % n);
    compare<T>([&] { return tl::value_and_grad<0>(interpolated)(x, corners); },
               [&](auto& v, auto& g) { interpolated_source<T>(x, corners, v, g); });
    list<int> entries;
    for (std::size_t k = 0; k < 2 * n; ++k) {
      entries.push_back(static_cast<int>(random.random() % n));
    }
    const list<T> targets = random.vector(2 * n + 1);
    compare<T>([&] { return tl::value_and_grad<0, 2>(gathered)(x, entries, targets); },
               [&](auto& v, auto& g) {
                 gathered_source<T>(x, entries, targets, v, std::get<0>(g), std::get<1>(g));
               });
    list<std::size_t> labels(n);
    for (std::size_t& label : labels) label = random.random() % 3;
    const tl::matrix<T> W = random.matrix(3U, 4U);
    compare<T>([&] { return tl::value_and_grad<0>(softmax_cross_entropy)(W, X, labels); },
               [&](auto& v, auto& g) { softmax_source<T>(W, X, labels, v, g); });
  }
  std::array<std::array<T, 3>, 2> A{};
  std::array<T, 3> b{};
  for (auto& row : A) {
    for (T& e : row) e = random();
  }
  for (T& e : b) e = random();
  compare<T>([&] { return tl::value_and_grad(fixed)(A, b); },
             [&](auto& v, auto& g) { fixed_source<T>(A, b, v, std::get<0>(g), std::get<1>(g)); });
}

TEST_CASE("elements of another type than the program's") {
  numbers<float> random;
  const list<float> x = random.vector(9);
  compare<double>(
      [&] { return tl::value_and_grad(huber)(x, 0.7); },
      [&](auto& v, auto& g) { mixed_source<double>(x, 0.7, v, std::get<0>(g), std::get<1>(g)); });
}

TEST_CASE("views with strides, columns first") {
  numbers<double> random;
  const list<double> w = random.vector(3), y = random.vector(5), elements = random.vector(15);
  const auto X = tl::view(elements.data(), 5, 3, 1, 5);
  compare_result<double>(tl::grad(least_squares)(w, X, y), [&](auto& g) {
    auto& [dw, dX, dy] = g;
    least_squares_all_source<double>(w, X, y, dw, dX, dy);
  });
}

TEST_CASE("written loops check the sizes that the library checks") {
  const list<double> w(3), y(4);
  const tl::matrix<double> X(5, 3);
  double value = 0;
  CHECK_THROWS_AS(least_squares_value_source<double>(w, X, y, value), std::invalid_argument);
  CHECK_THROWS_AS(tl::evaluate(least_squares)(w, X, y), std::invalid_argument);
  CHECK_NOTHROW(least_squares_value_source<double>(w, X, list<double>(6), value));
  CHECK_NOTHROW(tl::evaluate(least_squares)(w, X, list<double>(6)));
}

}  // namespace
