// SPDX-License-Identifier: BSL-1.0
// Whole arrays in expressions: variables without a shape until they are bound, captured arrays.
#include <tapeless/tapeless.hpp>

#include <array>
#include <cmath>
#include <stdexcept>
#include <support/catch.hpp>
#include <type_traits>
#include <vector>

namespace tl = tapeless;
using namespace tl::literals;

namespace {

constexpr tl::variable<"X"> X;
constexpr tl::variable<"w"> w;
constexpr tl::variable<"y"> y;
constexpr auto loss = sum(square(X * w - y));
static_assert(std::is_empty_v<decltype(loss)>);

using vector = std::vector<double>;
using matrix = tl::matrix<double>;

matrix data(int rows, int cols) {
  matrix m(rows, cols);
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < cols; ++j) m(i, j) = std::sin(1.3 * i + 0.7 * j * j);
  }
  return m;
}
vector numbers(int n, double scale) {
  vector v;
  for (int i = 0; i < n; ++i) v.push_back(scale * std::cos(0.4 + i));
  return v;
}
constexpr auto as_function = [](auto X_, auto w_, auto y_) { return sum(square(X_ * w_ - y_)); };

}  // namespace

TEST_CASE("an expression of arrays is what the function of arrays is") {
  const matrix a = data(5, 3);
  const vector b = numbers(3, 1), c = numbers(5, 2);
  CHECK(loss(X = a, w = b, y = c) == tl::evaluate(as_function)(a, b, c));
  CHECK(tl::grad<w>(loss)(y = c, w = b, X = a) == tl::grad<1>(as_function)(a, b, c));
  const auto [value, gradient] = tl::value_and_grad(loss)(X = a, w = b, y = c);
  const auto [by_function, parts] = tl::value_and_grad(as_function)(a, b, c);
  CHECK(value == by_function);
  CHECK(gradient[X] == std::get<0>(parts));
  CHECK(gradient[w] == std::get<1>(parts));
  CHECK(gradient[y] == std::get<2>(parts));
  const auto some = tl::grad<y, w>(loss)(X = a, w = b, y = c);
  CHECK(some[y] == std::get<2>(parts));
  CHECK(some[w] == std::get<1>(parts));
}

TEST_CASE("one expression serves scalars, vectors and matrices") {
  constexpr auto e = sum(square(X * w - y));
  const vector b = numbers(3, 1), c = numbers(3, 2);
  const matrix m = data(3, 3);
  double elementwise = 0, scaled = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    elementwise += (b[i] * b[i] - c[i]) * (b[i] * b[i] - c[i]);
    scaled += (0.5 * b[i] - c[i]) * (0.5 * b[i] - c[i]);
  }
  CHECK(e(X = b, w = b, y = c) == Approx(elementwise));
  CHECK(e(X = 0.5, w = b, y = c) == Approx(scaled));
  CHECK(e(X = b, w = 0.5, y = c) == Approx(scaled));
  // Squares of a matrix are those of its elements, whatever * means.
  double of_matrix = 0;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      double d = -m(i, j);
      for (int k = 0; k < 3; ++k) d += m(i, k) * m(k, j);
      of_matrix += d * d;
    }
  }
  CHECK(e(X = m, w = m, y = m) == Approx(of_matrix));
}

TEST_CASE("reductions of a number") {
  static_assert(loss(X = 3.0, w = 2.0, y = 1.0) == 25);
  static_assert(as_function(tl::variable<"X">{}, w, y)(X = 3.0, w = 2.0, y = 1.0) == 25);
  const auto [value, gradient] = tl::value_and_grad(loss)(X = 3.0, w = 2.0, y = 1.0);
  CHECK(value == 25);
  CHECK(gradient[X] == 20);
  CHECK(gradient[w] == 30);
  CHECK(gradient[y] == -10);
  const auto [same, slopes] = tl::value_and_grad(as_function)(3.0, 2.0, 1.0);
  CHECK(same == 25);
  CHECK(std::get<1>(slopes) == 30);
  // A number is what an array of one element is.
  constexpr auto all = 2 * mean(w) + 3 * prod(y) + 5 * max(w * y) + 7 * min(y) +
                       11 * squared_norm(w) + 13 * norm(y) + 17 * l1_norm(w) + 19 * dot(w, y);
  for (const double a : {-1.5, 0.0, 2.0}) {
    const double b = a - 0.5;
    const auto [of_number, parts] = tl::value_and_grad(all)(w = a, y = b);
    const auto [of_array, arrays] = tl::value_and_grad(all)(w = vector{a}, y = vector{b});
    CHECK(of_number == Approx(of_array));
    CHECK(parts[w] == Approx(arrays[w][0]));
    CHECK(parts[y] == Approx(arrays[y][0]));
  }
  CHECK(tl::grad([factor = 3.0](auto v) { return mean(square(factor * v)); })(2.0) == 36);
  CHECK(tl::grad<0>([](auto v, auto s) { return mean(v * s) + sum(s); })(vector{1, 2}, 3.0) ==
        vector{1.5, 1.5});
}

TEST_CASE("expressions hold arrays and numbers") {
  const matrix a = data(4, 3);
  const vector b = numbers(3, 1), c = numbers(4, 2);
  const auto held = 0.5 * mean(square(a * w - c)) + sum(exp(w)) * 2_c;
  const auto expected = [](auto w_, auto a_, auto c_) {
    return 0.5 * mean(square(a_ * w_ - c_)) + sum(exp(w_)) * 2;
  };
  CHECK(held(w = b) == tl::evaluate(expected)(b, a, c));
  CHECK(tl::grad<w>(held)(w = b) == tl::grad<0>(expected)(b, a, c));
  // An array without a name is kept.
  const auto kept = dot(w, numbers(3, 5));
  CHECK(tl::grad<w>(kept)(w = b) == numbers(3, 5));
  CHECK(sizeof(held) <= 4 * sizeof(void*) + sizeof(double));
}

TEST_CASE("results are arrays too") {
  const matrix a = data(4, 3);
  const vector b = numbers(3, 1);
  const vector product = (X * w)(X = a, w = b);
  REQUIRE(product.size() == 4);
  CHECK(product[2] == Approx(a(2, 0) * b[0] + a(2, 1) * b[1] + a(2, 2) * b[2]));
  const vector columns = sum(X, tl::axis<0>)(X = a);
  CHECK(columns.size() == 3);
  const matrix turned = transpose(X)(X = a);
  CHECK(turned(2, 3) == a(3, 2));
}

TEST_CASE("sharing by let, select, comparisons") {
  const matrix a = data(4, 3);
  const vector b = numbers(3, 1);
  constexpr auto shared =
      tl::let(X * w, [](auto z) { return sum(select(z > 0, z * exp(z), z)) + max(z); });
  const auto expected = [](auto X_, auto w_) {
    const auto z = X_ * w_;
    return sum(select(z > 0, z * exp(z), z)) + max(z);
  };
  CHECK(tl::grad<w>(shared)(X = a, w = b) == tl::grad<1>(expected)(a, b));
}

TEST_CASE("outputs of the caller's") {
  const matrix a = data(5, 3);
  const vector b = numbers(3, 1), c = numbers(5, 2);
  vector gradient(3, 7.0);
  const double value = tl::value_and_grad<w>(loss).into(gradient)(X = a, w = b, y = c);
  const auto [expected, parts] = tl::value_and_grad<1>(as_function)(a, b, c);
  CHECK(value == expected);
  CHECK(gradient == parts);
  tl::grad<w>(loss).add_to(gradient)(X = a, w = b, y = c);
  for (std::size_t i = 0; i < 3; ++i) CHECK(gradient[i] == Approx(2 * parts[i]));
}

TEST_CASE("sizes of bound arrays are compared before anything is written") {
  const matrix a = data(5, 3);
  vector gradient{7, 7, 7};
  CHECK_THROWS_AS(tl::grad<w>(loss).into(gradient)(X = a, w = numbers(3, 1), y = numbers(4, 1)),
                  std::invalid_argument);
  CHECK(gradient == vector{7, 7, 7});
  CHECK_THROWS_AS(loss(X = a, w = numbers(2, 1), y = numbers(5, 1)), std::invalid_argument);
}

TEST_CASE("functions hold arrays") {
  const matrix a = data(5, 3);
  const vector b = numbers(3, 1), c = numbers(5, 2);
  const double scale = 0.25;
  const auto f = [&a, &c, scale](auto w_) { return scale * sum(square(a * w_ - c)); };
  const auto expected = [](auto w_, auto a_, auto c_) { return 0.25 * sum(square(a_ * w_ - c_)); };
  CHECK(tl::evaluate(f)(b) == tl::evaluate(expected)(b, a, c));
  CHECK(tl::grad(f)(b) == tl::grad<0>(expected)(b, a, c));
  vector gradient;
  tl::workspace memory;
  const double value = tl::value_and_grad(f).into(gradient)(memory, b);
  CHECK(value == tl::evaluate(expected)(b, a, c));
  CHECK(gradient == tl::grad<0>(expected)(b, a, c));
  // Several arguments, some of them chosen; a std::array among them.
  const auto g = [&a](auto w_, auto y_, auto s) { return s * sum(square(a * w_ - y_)); };
  const std::array<double, 3> fixed{b[0], b[1], b[2]};
  const auto [dw, ds] = tl::grad<0, 2>(g)(fixed, c, 2.0);
  static_assert(std::is_same_v<std::remove_const_t<decltype(dw)>, std::array<double, 3>>);
  CHECK(dw[1] == Approx(8 * tl::grad(f)(b)[1]));
  CHECK(ds == Approx(4 * tl::evaluate(f)(b)));
}

TEST_CASE("arrays of float make a program of float") {
  const std::vector<float> b{1, 2, 3};
  const auto gradient = tl::grad<w>(0.1 * sum(w * w))(w = b);
  static_assert(std::is_same_v<std::remove_const_t<decltype(gradient)>, std::vector<float>>);
  CHECK(gradient[2] == 0.1f * 3 + 0.1f * 3);
}

TEST_CASE("functions that hold arrays have all transforms") {
  const matrix a = data(5, 3);
  const vector b = numbers(3, 1), c = numbers(5, 2), direction = numbers(3, -0.5);
  const double scale = 0.25;
  const auto f = [&a, &c, scale](auto w_) { return scale * sum(pow(a * w_ - c, 4)); };
  const auto plain = tl::bind_back(
      [](auto w_, auto a_, auto c_, auto s) { return s * sum(pow(a_ * w_ - c_, 4)); }, a, c, scale);

  const auto [value, pullback] = tl::vjp(f, b);
  CHECK(value == tl::evaluate(plain)(b));
  CHECK(pullback(2.0) == tl::vjp(plain, b).pullback(2.0));
  vector out(3);
  tl::workspace memory;
  pullback.into(out)(memory, 1.0);
  CHECK(out == tl::grad(plain)(b));
  const auto [same, tangent] = tl::jvp(f, std::tuple{b}, std::tuple{direction});
  CHECK(same == value);
  CHECK(tangent == tl::jvp(plain, std::tuple{b}, std::tuple{direction}).tangent);
  double v = 0, t = 0;
  tl::jvp(f).into(v, t)(memory, std::tuple{b}, std::tuple{direction});
  CHECK(v == value);
  CHECK(t == tangent);
  CHECK_THROWS_AS(tl::jvp(f, std::tuple{b}, std::tuple{c}), std::invalid_argument);

  // A Hessian times a vector, forwards and backwards.
  const vector product = tl::jvp(tl::grad(plain), std::tuple{b}, std::tuple{direction}).tangent;
  CHECK(tl::jvp(tl::grad(f), std::tuple{b}, std::tuple{direction}).tangent == product);
  const vector transposed = tl::vjp(tl::grad(f), b).pullback(direction);
  REQUIRE(transposed.size() == product.size());
  for (std::size_t i = 0; i < 3; ++i) CHECK(transposed[i] == Approx(product[i]));
  const auto along = [&a, &b](auto s) { return sum(pow(a * (s * b), 3)); };
  CHECK(tl::grad(tl::grad(along))(1.0) == Approx(6 * tl::evaluate(along)(1.0)));

  // Data bound behind such a function; its value written by evaluate.
  const auto weighted = [&a, &c](auto w_, auto s) { return s * sum(pow(a * w_ - c, 4)); };
  CHECK(tl::grad(tl::bind_back(weighted, scale))(b) == tl::grad(plain)(b));
  tl::evaluate(f).into(v)(b);
  CHECK(v == value);
  CHECK(tl::evaluate(f)(memory, b) == value);
  CHECK(tl::evaluate(f).workspace_size(b) == tl::evaluate(plain).workspace_size(b));
}

TEST_CASE("captured arrays stand in select, beside != and in rows and columns") {
  const matrix a = data(4, 3);
  const vector b = numbers(3, 1), c = numbers(4, 2);
  const auto clipped = sum(select(a * w < c, a * w, c)) + sum(select(w != b, 3.0, w));
  const auto expected = [](auto w_, auto a_, auto b_, auto c_) {
    return sum(select(a_ * w_ < c_, a_ * w_, c_)) + sum(select(w_ != b_, 3.0, w_));
  };
  CHECK(tl::grad<w>(clipped)(w = b) == tl::grad<0>(expected)(b, a, b, c));
  const auto shifted = sum(square(X + tl::rowwise(b) - tl::colwise(c)));
  CHECK(shifted(X = a) == tl::evaluate([](auto a_, auto b_, auto c_) {
          return sum(square(a_ + rowwise(b_) - colwise(c_)));
        })(a, b, c));
  const vector back = (transpose(a) * w)(w = c);
  CHECK(back == (transpose(X) * w)(X = a, w = c));
}

TEST_CASE("numbers beside held arrays have the arrays' type") {
  const vector b = numbers(2, 1);
  const std::vector<float> ones{1, 1};
  const double tenth = 0.1;
  CHECK((0.1 * dot(w, b))(w = ones) == 0.1 * (b[0] + b[1]));
  CHECK(tl::evaluate([&b, tenth](auto q) { return tenth * dot(q, b); })(ones) ==
        0.1 * (b[0] + b[1]));
}

TEST_CASE("parts of arrays in expressions") {
  const matrix a = data(4, 6);
  const vector b = numbers(6, 1);
  const int two = 2;
  // Positions and numbers of elements: of run time, and exact.
  const auto e = sum(square(head(w, two) * tail(w, 2_c) + segment(w, 1, two))) +
                 dot(row(X, two), w) * sum(exp(col(X, 5_c))) + sum(reshape(w, 2, 3) * tail(w, 3));
  const auto f = [](auto a_, auto b_) {
    return sum(square(head(b_, 2) * tail(b_, 2) + segment(b_, 1, 2))) +
           dot(row(a_, 2), b_) * sum(exp(col(a_, 5))) + sum(reshape(b_, 2, 3) * tail(b_, 3));
  };
  const auto [value, gradient] = tl::value_and_grad(e)(X = a, w = b);
  const auto [expected, parts] = tl::value_and_grad(f)(a, b);
  CHECK(value == Approx(expected));
  for (std::size_t i = 0; i < 6; ++i) CHECK(gradient[w][i] == Approx(std::get<1>(parts)[i]));
  for (int i = 0; i < 4; ++i) {
    for (int j = 0; j < 6; ++j) CHECK(gradient[X](i, j) == Approx(std::get<0>(parts)(i, j)));
  }
  CHECK_THROWS_AS(sum(head(w, 7))(w = b), std::invalid_argument);
  CHECK_THROWS_AS(sum(head(w, -1) * w)(w = b), std::invalid_argument);
  CHECK_THROWS_AS(sum(row(X, 4))(X = a), std::invalid_argument);
}

TEST_CASE("functions of two beside captured arrays") {
  const vector b = numbers(4, 0.7), c{0.3, 1.2, 0.9, 2.1};
  const auto f = [&c](auto w_) {
    return sum(max(w_, c) * min(c, w_) + hypot(w_, c) * atan2(w_, c) + pow(c, w_) +
               copysign(c, w_) * logaddexp(c, w_) + xlogy(w_, c) * huber(w_, c) + fmod(w_, c));
  };
  const auto expected = [](auto w_, auto c_) {
    return sum(max(w_, c_) * min(c_, w_) + hypot(w_, c_) * atan2(w_, c_) + pow(c_, w_) +
               copysign(c_, w_) * logaddexp(c_, w_) + xlogy(w_, c_) * huber(w_, c_) + fmod(w_, c_));
  };
  CHECK(tl::evaluate(f)(b) == tl::evaluate(expected)(b, c));
  CHECK(tl::grad(f)(b) == tl::grad<0>(expected)(b, c));
}

TEST_CASE("argmax and argmin in expressions and beside captures") {
  const vector b{1, 7, 2, -3}, c{0.5, 2, 4, 8};
  matrix a(4, 4);
  for (int i = 0; i < 4; ++i) {
    for (int j = 0; j < 4; ++j) a(i, j) = (i * 7 + j * 5) % 11;
  }
  // As values.
  const auto e = argmax(w) * sum(w) + exp(0.5 * argmin(w)) + argmax(3 * w - c) * w;
  const auto f = [](auto w_, auto c_) {
    return argmax(w_) * sum(w_) + exp(0.5 * argmin(w_)) + argmax(3 * w_ - c_) * w_;
  };
  CHECK(e(w = b) == tl::evaluate(f)(b, c));
  CHECK(argmin(w)(w = b) == 3);
  CHECK((argmax(w) - argmin(w))(w = b) == -2);
  CHECK(tl::evaluate([&c](auto w_) { return argmax(w_ * c); })(b) == 1);
  // Of columns and rows.
  const auto along = dot(argmax(X, tl::axis<0>) + 2 * argmin(X, tl::axis<1>), w);
  const auto along_ = [](auto X_, auto w_) {
    return dot(argmax(X_, tl::axis<0>) + 2 * argmin(X_, tl::axis<1>), w_);
  };
  CHECK(along(X = a, w = b) == tl::evaluate(along_)(a, b));
  CHECK(tl::grad<w>(along)(X = a, w = b) == tl::grad<1>(along_)(a, b));
  CHECK(tl::grad<X>(along)(X = a, w = b) == matrix(4, 4));
  // As indices: elements and parts of arguments, parts of what is captured.
  const auto held = [&a, &c](auto w_, auto X_) {
    const auto i = argmax(c * w_);
    return w_[i] * sum(square(head(w_, i + 1_c))) + dot(X_[i], row(a, i)) +
           X_(i, argmin(w_)) * sum(segment(c, i, 1));
  };
  const auto same = [](auto w_, auto X_, auto a_, auto c_) {
    const auto i = argmax(c_ * w_);
    return w_[i] * sum(square(head(w_, i + 1))) + dot(X_[i], row(a_, i)) +
           X_(i, argmin(w_)) * c_[i];
  };
  CHECK(tl::evaluate(held)(b, a) == tl::evaluate(same)(b, a, a, c));
  const auto [value, slopes] = tl::value_and_grad(held)(b, a);
  const auto [value_, slopes_] = tl::value_and_grad<0, 1>(same)(b, a, a, c);
  CHECK(value == value_);
  CHECK(std::get<0>(slopes) == std::get<0>(slopes_));
  CHECK(std::get<1>(slopes) == std::get<1>(slopes_));
  // A number of elements that is an argument.
  CHECK(tl::grad<0>([&c](auto w_, auto n) { return dot(head(w_, n), head(c, n)); })(b, 2) ==
        vector{0.5, 2, 0, 0});
}
