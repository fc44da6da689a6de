// SPDX-License-Identifier: BSL-1.0
// Sizes that do not fit, known only when a program runs: what the exception says, and that nothing
// has been written before.

#include "support/array_laws.hpp"
#include "support/mistakes.hpp"

#include <array>
#include <string>

using namespace array_laws;

namespace {

using matrix = tl::matrix<double>;

}  // namespace

TEST_CASE("array sizes: elementwise operations name themselves, the arguments and both sizes") {
  const list x(3), y(4);
  const auto says = [&](const auto& f, const std::string& text) {
    CHECK(mistake([&] { tl::evaluate(f)(x, y); }) == text);
    CHECK(mistake([&] { tl::grad(f)(x, y); }) == text);
  };
  const std::string both = ": argument 0 has 3 elements (rows), argument 1 has 4 elements (rows)";
  says([](auto a, auto b) { return sum(a + b); }, "tapeless: sizes differ in +" + both);
  says([](auto a, auto b) { return sum(a - b); }, "tapeless: sizes differ in -" + both);
  says([](auto a, auto b) { return sum(a * b); }, "tapeless: sizes differ in *" + both);
  says([](auto a, auto b) { return sum(a / b); }, "tapeless: sizes differ in /" + both);
  says([](auto a, auto b) { return dot(a, b); }, "tapeless: sizes differ in dot" + both);
  says([](auto a, auto b) { return sum(select(a < b, a, 0)); },
       "tapeless: sizes differ in an elementwise operation" + both);
}

TEST_CASE("array sizes: products, broadcasts, diagonals") {
  const matrix m(2, 3), k(4, 2);
  const list three(3), four(4);
  CHECK(mistake([&] { tl::evaluate([](auto a, auto b) { return a * b; })(m, four); }) ==
        "tapeless: sizes differ in matrix * vector: argument 0 has 3 columns, argument 1 has 4 "
        "elements (rows)");
  CHECK(mistake([&] { tl::evaluate([](auto a, auto b) { return sum(a * b); })(m, k); }) ==
        "tapeless: sizes differ in matrix * matrix: argument 0 has 3 columns, argument 1 has 4 "
        "elements (rows)");
  CHECK(contains(
      mistake([&] { tl::evaluate([](auto a, auto b) { return sum(a + rowwise(b)); })(m, four); }),
      "sizes differ in +: argument 0 has 3 columns, argument 1 has 4"));
  CHECK(contains(
      mistake([&] { tl::evaluate([](auto a, auto b) { return sum(colwise(b) / a); })(m, three); }),
      "sizes differ in /: argument 0 has 2 elements (rows), argument 1 has 3"));
  CHECK(contains(mistake([&] { tl::evaluate([](auto a) { return trace(a); })(m); }),
                 "sizes differ in diagonal: argument 0 has 2 elements (rows), argument 0 has 3"));
  CHECK(contains(mistake([&] { tl::evaluate([](auto a, auto b) { return sum(a + b); })(m, k); }),
                 "argument 0 has 2 elements (rows), argument 1 has 4"));
}

TEST_CASE("array sizes: through chains of operations, against fixed sizes, and within functions") {
  const auto loss = [](auto w, auto X, auto y) { return sum(square(X * w - y)); };
  const matrix X(5, 2);
  CHECK(contains(mistake([&] { tl::grad<0>(loss)(list(2), X, list(4)); }),
                 "sizes differ in -: argument 1 has 5 elements (rows), argument 2 has 4"));
  CHECK(contains(mistake([&] { tl::grad<0>(loss)(list(3), X, list(5)); }), "matrix * vector"));
  CHECK(
      contains(mistake([&] { tl::grad<0>(loss)(std::array<double, 2>{}, matrix(5, 3), list(5)); }),
               "matrix * vector"));
  CHECK(tl::evaluate(loss)(std::array<double, 2>{}, X, list(5)) == 0);

  // s keeps the size that it had, so A must be square.
  const auto layers = [](auto s, auto A) {
    for (int i = 0; i < 2; ++i) s = tanh(A * s);
    return sum(s);
  };
  CHECK(tl::evaluate(layers)(std::array<double, 3>{}, matrix(3, 3)) == 0);
  CHECK(contains(mistake([&] { tl::grad<0>(layers)(std::array<double, 3>{}, matrix(4, 3)); }),
                 "sizes differ in assignment: 3 elements (rows), argument 1 has 4"));
  CHECK(!mistake([&] { tl::grad<0>(layers)(list(3), matrix(4, 3)); }).empty());

  const auto outer_function = [](auto w, auto y, auto X_) {
    constexpr auto inner = [](auto w_, auto M, auto y_) { return sum(square(M * w_ - y_)); };
    return norm(tl::grad<0>(inner)(w, X_, y));
  };
  CHECK(tl::evaluate(outer_function)(list{1, 2}, list(5), X) == 0);
  CHECK(contains(mistake([&] { tl::grad<0>(outer_function)(list(2), list(4), X); }),
                 "sizes differ in -: argument 1 has 4 elements (rows), argument 2 has 5"));

  // Also where no iteration would ever read anything.
  const auto in_loop = [](auto m, auto x) {
    return tl::sum(m.rows(), [&](auto i) { return dot(m[i], x); });
  };
  CHECK(contains(mistake([&] { tl::evaluate(in_loop)(X, list(3)); }), "sizes differ in dot"));
}

TEST_CASE("array sizes: parts that are not there, and reshape") {
  const auto part = [](auto x, auto first, auto n) { return sum(segment(x, first, n)); };
  CHECK(tl::evaluate(part)(list{1, 2, 3}, 1, 2) == 5);
  CHECK(tl::evaluate(part)(list{1, 2, 3}, 3, 0) == 0);
  CHECK(mistake([&] { tl::evaluate(part)(list{1, 2, 3}, 2, 2); }) ==
        "tapeless: index 3 is used, but argument 0 has 3 elements (rows)");
  CHECK(!mistake([&] { tl::evaluate(part)(list{1, 2, 3}, -1, 2); }).empty());
  CHECK(!mistake([&] { tl::grad([](auto x) { return sum(head(x, 4)); })(list(3)); }).empty());
  CHECK(!mistake([&] { tl::grad([](auto x) { return sum(tail(x, 4)); })(list(3)); }).empty());
  CHECK(!mistake([&] { tl::grad([](auto m) { return sum(row(m, 2)); })(matrix(2, 3)); }).empty());
  CHECK(!mistake([&] { tl::grad([](auto m) { return sum(col(m, 3)); })(matrix(2, 3)); }).empty());
  const auto f = [](auto x) { return sum(reshape(x, 2, 3)); };
  CHECK(tl::evaluate(f)(list{1, 2, 3, 4, 5, 6}) == 21);
  CHECK(mistake([&] { tl::grad(f)(list(5)); }) ==
        "tapeless: sizes differ in reshape: 6 elements (rows), argument 0 has 5 elements (rows)");
  CHECK(contains(mistake([&] { tl::grad(f)(matrix(5, 1)); }), "sizes differ in reshape"));
  CHECK(tl::evaluate(f)(matrix(3, 2)) == 0);
}

TEST_CASE("array sizes: also in programs that are made again with less in their loops") {
  const auto huber = [](auto a, auto b) {
    const auto r = a - b;
    return sum(select(abs(r) < 1, r * r / 2, abs(r) - 0.5));
  };
  CHECK(contains(mistake([&] { tl::grad(huber)(list(3), list(1)); }), "sizes differ in -"));
  const auto fit = [](auto w, auto x, auto y) {
    return sum(square(w[0] * x * x + w[1] * sin(x) + w[2] - y));
  };
  CHECK(contains(mistake([&] { tl::grad<0>(fit)(list(3), list(2), list(5)); }),
                 "sizes differ in -: argument 1 has 2 elements (rows), argument 2 has 5"));
}

TEST_CASE("array sizes: of tangents and cotangents, also in such programs") {
  const auto huber = [](auto a) {
    const auto r = a - 1.5;
    return select(abs(r) < 1, r * r / 2, abs(r) - 0.5);
  };
  const auto total = [](auto a) {
    const auto r = a - 1.5;
    return sum(select(abs(r) < 1, r * r / 2, abs(r) - 0.5));
  };
  const std::string text = "the tangent of argument 0 has extent 2 in dimension 0";
  CHECK(contains(mistake([&] { tl::jvp(total, std::tuple{list(3)}, std::tuple{list(2)}); }), text));
  CHECK(contains(
      mistake([&] { tl::jvp(tl::grad(total), std::tuple{list(3)}, std::tuple{list(2)}); }), text));
  const auto result = tl::vjp(huber, list(3));
  CHECK(contains(mistake([&] { result.pullback(list(2)); }),
                 "the cotangent of result 0 has extent 2 in dimension 0"));
  // The type fixes the size of the result, but not that of the cotangent.
  const auto fixed = tl::vjp([](auto v) { return sin(v) + 1; }, std::array{1.0, 2.0, 3.0});
  CHECK(contains(mistake([&] { fixed.pullback(list(2)); }),
                 "the cotangent of result 0 has extent 2 in dimension 0"));
  // Both extents of the result are the one of the argument.
  const list numbers{1, 2, 3, 4, 5, 6};
  const auto wide = tl::view(numbers.data(), 2, 3);
  const auto gram = tl::vjp([](auto A) { return A * transpose(A); }, wide);
  CHECK(contains(mistake([&] { gram.pullback(wide); }),
                 "the cotangent of result 0 has extent 3 in dimension 1"));
  const auto square = [](auto A) { return A * A; };
  const auto tall = tl::view(numbers.data(), 3, 2);
  const auto two = tl::view(numbers.data(), 2, 2);
  CHECK(contains(mistake([&] { tl::jvp(square, std::tuple{two}, std::tuple{wide}); }),
                 "the tangent of argument 0 has extent 3 in dimension 1"));
  CHECK(contains(mistake([&] { tl::jvp(square, std::tuple{two}, std::tuple{tall}); }),
                 "the tangent of argument 0 has extent 3 in dimension 0"));
  const auto within = [](auto x, auto u) {
    constexpr auto inner = [](auto v) { return sum(sin(v)); };
    const auto [value, tangent] = tl::jvp(inner, std::tuple{x}, std::tuple{u});
    return value * tangent;
  };
  CHECK(tl::evaluate(within)(list{0, 0}, list{1, 2}) == 0);
  CHECK(contains(mistake([&] { tl::evaluate(within)(list(2), list(3)); }),
                 "sizes differ in a tangent or cotangent: argument 0 has 2"));
  // What does not fit among the arguments is said first.
  CHECK(contains(mistake([&] {
                   tl::jvp([](auto a, auto b) { return dot(a, b); }, std::tuple{list(3), list(2)},
                           std::tuple{list(3), list(2)});
                 }),
                 "sizes differ in dot"));
}

TEST_CASE("array sizes: a mistake leaves outputs as they were") {
  const auto loss = [](auto w, auto X, auto y) { return sum(square(X * w - y)); };
  list gradient{7, 8};
  CHECK(
      !mistake([&] { tl::grad<0>(loss).into(gradient)(list(2), matrix(5, 2), list(4)); }).empty());
  CHECK(gradient == list{7, 8});
  CHECK(!mistake([&] {
           tl::value_and_grad<0>(loss).add_to(gradient)(list(2), matrix(5, 3), list(5));
         }).empty());
  CHECK(gradient == list{7, 8});
  list grown{1};
  CHECK(!mistake([&] {
           tl::evaluate([](auto X, auto y) { return X * y; }).into(grown)(matrix(5, 2), list(4));
         }).empty());
  CHECK(grown == list{1});
}
