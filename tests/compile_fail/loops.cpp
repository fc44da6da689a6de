// SPDX-License-Identifier: BSL-1.0
#include <tapeless/tapeless.hpp>

#include <array>
#include <tuple>
#include <vector>

namespace tl = tapeless;

const std::vector<double> p{1.0, 2.0, 3.0, 4.0};
#ifndef MISTAKE
// [right]
auto right = tl::grad(
    [](auto a) { return tl::sum(a.size() - 1, [&](auto i) { return a[i] * a[i + 1]; }); })(p);
// [end]
#endif

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
#ifdef MISTAKE_14  // EXPECT: tapeless: a function that captures data
// ALSO: tl::bind_back(f, c)
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
#ifdef MISTAKE_17  // EXPECT: tapeless: a function that captures data
auto captured_array(const std::vector<double>& y) {
  return tl::grad([&y](auto a) { return tl::sum(a.size(), [&](auto i) { return y[i] * a[i]; }); })(
      p);
}
#endif
#ifdef MISTAKE_18  // EXPECT: tapeless: a function that captures data
auto captured_tangent(double c) {
  return tl::jvp([c](auto a) { return c * tl::sum(a.size(), [&](auto i) { return a[i]; }); },
                 std::tuple{p}, std::tuple{p});
}
#endif
#ifdef MISTAKE_19  // EXPECT: tapeless: x[v]: an index is a loop's index
auto by_number = tl::grad([](auto a) { return a[1.0]; })(p);
#endif
#ifdef MISTAKE_20  // EXPECT: tapeless: x[v]: an index is a loop's index
auto by_element = tl::grad([](auto m) { return m(0, m(0, 1)); })(tl::matrix<double>(2, 2));
#endif
#ifdef MISTAKE_21  // EXPECT: tapeless: x(i), m(i, j): an array has as many indices as dimensions
auto one_index = tl::grad([](auto m) { return m(0); })(tl::matrix<double>(2, 2));
#endif
#ifdef MISTAKE_22  // EXPECT: tapeless: x(i), m(i, j): an array has as many indices as dimensions
auto two_indices = tl::grad([](auto a) { return a(0, 1); })(p);
#endif
#ifdef MISTAKE_23  // EXPECT: tapeless: a matrix and a vector have no elementwise operation
auto both = tl::grad([](auto a) { return sum(outer(a, a) + a); })(p);
#endif
#ifdef MISTAKE_24  // EXPECT: tapeless: no product of these operands
auto vector_first = tl::grad([](auto a) { return sum(a * outer(a, a)); })(p);
#endif
#ifdef MISTAKE_25  // EXPECT: tapeless: a size known at run time can not bound a loop
auto until = tl::grad([](auto a) {
  auto s = a[0];
  for (std::size_t i = 1; i != a.size(); ++i) s += a[i];
  return s;
})(p);
#endif
#ifdef MISTAKE_26  // EXPECT: instead of `if`, tl::select(i > 0, a, b)
auto branch_on_index = tl::grad([](auto a) {
  return tl::sum(a.size(), [&](auto i) {
    if (i == 0) return a[i];
    return 2 * a[i];
  });
})(p);
#endif
#ifdef MISTAKE_27  // EXPECT: tapeless: an index or a size known at run time was used as a plain
                   // number
auto size_as_int = tl::grad([](auto a) {
  const int n = a.size();
  return a[n - 1];
})(p);
#endif
#ifdef MISTAKE_28  // EXPECT: tapeless: an index or a size known at run time was used as a plain
                   // number
auto table = tl::grad([](auto a) {
  constexpr std::array<double, 4> weights{1, 2, 3, 4};
  return tl::sum(a.size(), [&](auto i) { return weights[i] * a[i]; });
})(p);
#endif
#ifdef MISTAKE_29  // EXPECT: tapeless: the body of a loop does not accept what it is given
auto without_index = tl::grad([](auto a) { return tl::sum(a.size(), [&] { return a[0]; }); })(p);
#endif
#ifdef MISTAKE_30  // EXPECT: tapeless: the body of a loop does not accept what it is given
auto one_of_two = tl::grad([](auto a) {
  const auto m = tl::generate(2, 2, [&](auto i) { return a[i]; });
  return m(0, 0) + m[1][1];
})(p);
#endif
#ifdef MISTAKE_31  // EXPECT: tapeless: the body of a loop does not accept what it is given
auto without_carry =
    tl::grad([](auto a) { return tl::fold(a.size(), 0, [&](auto i) { return a[i]; }); })(p);
#endif
#ifdef MISTAKE_32  // EXPECT: the same structure of scalars
auto scan_changing = tl::grad([](auto a) {
  const auto [last, all] =
      tl::scan(a.size(), 0, [&](auto c, auto i) { return std::tuple{c, a[i]}; });
  return last + all[0];
})(p);
#endif
#ifdef MISTAKE_33  // EXPECT: the same structure of scalars
auto fold_of_nothing =
    tl::grad([](auto a) { return tl::fold(a.size(), 0, [&](auto c, auto i) { c += a[i]; }); })(p);
#endif
#ifdef MISTAKE_34  // EXPECT: tapeless: the number of a loop's iterations is an integer
auto fraction = tl::grad([](auto a) { return tl::sum(3.0, [&](auto i) { return a[i]; }); })(p);
#endif
#ifdef MISTAKE_35  // EXPECT: tapeless: the number of a loop's iterations is an integer
auto fraction_of_fold =
    tl::grad([](auto a) { return tl::fold(3.0, 0, [&](auto c, auto i) { return c + a[i]; }); })(p);
#endif
#ifdef MISTAKE_36  // EXPECT: tapeless: the body of a loop must return one number or traced value
auto product_of_arrays = tl::grad(
    [](auto a) { return tl::prod(a.size(), [&](auto i) { return std::array{a[i]}; }); })(p);
#endif
#ifdef MISTAKE_37  // EXPECT: tapeless: the body of a loop must return one number or traced value
auto soft_of_arrays = tl::grad(
    [](auto a) { return tl::logsumexp(a.size(), [&](auto i) { return std::array{a[i]}; }); })(p);
#endif
#ifdef MISTAKE_38  // EXPECT: tapeless: the body of a loop must return one number or traced value
auto least_of_nothing =
    tl::grad([](auto a) { return tl::min(a.size(), [&](auto i) { (void)a[i]; }); })(p);
#endif
#ifdef MISTAKE_39  // EXPECT: tapeless: the body of a loop must return one number or traced value
auto condition =
    tl::grad([](auto a) { return tl::sum(a.size(), [&](auto i) { return a[i] > 0; }); })(p);
#endif
#ifdef MISTAKE_40  // EXPECT: tapeless: an output of .into(...) differs in shape from the function's
                   // result
constexpr auto doubled = [](auto a) {
  return tl::generate(a.size(), [&](auto i) { return 2 * a[i]; });
};
void number_for_array() {
  double value = 0;
  tl::evaluate(doubled).into(value)(p);
}
#endif
#ifdef MISTAKE_41  // EXPECT: tapeless: an output of .into(...) differs in shape from the function's
                   // result
constexpr auto total = [](auto a) { return tl::sum(a.size(), [&](auto i) { return a[i]; }); };
void arrays_for_numbers(std::vector<double>& v) {
  double value = 0;
  tl::jvp(total).into(value, v)(std::tuple{p}, std::tuple{p});
}
#endif
#ifdef MISTAKE_42  // EXPECT: tapeless: .into(...) and .add_to(...) take one output
constexpr auto total = [](auto a) { return tl::sum(a.size(), [&](auto i) { return a[i]; }); };
void two_outputs(std::vector<double>& v) {
  const auto [value, pullback] = tl::vjp(total, p);
  pullback.into(v, v)(value);
}
#endif
#ifdef MISTAKE_43  // EXPECT: tapeless::jvp(f, primals, tangents): 'tangents' differ
constexpr auto total = [](auto a) { return tl::sum(a.size(), [&](auto i) { return a[i]; }); };
double other_tangent() { return tl::jvp(total)(std::tuple{p}, std::tuple{1.0}).value; }
#endif
#ifdef MISTAKE_44  // EXPECT: tapeless: x[v]: an index is a loop's index
auto no_integer = tl::grad<0>([](auto a, auto k) { return a[k]; })(p, 1.0);
#endif
#ifdef MISTAKE_45  // EXPECT: tapeless: x[v]: an index is a loop's index
auto half = tl::grad<0>([](auto a, auto k) { return a[k / 2]; })(p, 2);
#endif
#ifdef MISTAKE_46  // EXPECT: tapeless: x[v]: an index is a loop's index
constexpr auto at = [](auto a, auto k) { return a[k]; };
auto no_integer_within = tl::grad([](auto a) { return tl::evaluate(at)(a, a[0]); })(p);
#endif
#ifdef MISTAKE_47  // EXPECT: the derivative of tl::fold or tl::prod
auto ragged = tl::grad<0>([](auto a, auto n) {
  return tl::fold(n[0], a[0], [&](auto c, auto i) { return sin(c) * a[i]; });
})(p, std::vector<int>{1});
#endif
#ifdef MISTAKE_48  // EXPECT: tapeless: a function that captures data
auto in_sum(double c) {
  return tl::grad([c](auto t) { return tl::sum(3, [&](auto) { return t * c; }); })(2.0);
}
#endif
#ifdef MISTAKE_50  // EXPECT: tapeless: x[i]: an array of pairs or tuples has no element
constexpr std::array<std::tuple<double>, 3> lines{{{1}, {2}, {3}}};
#if defined(__clang__)
constexpr auto firsts = [](auto a, auto n) {
  return tl::sum(n, [&](auto i) { return std::get<0>(a[i]); });
};
double of_tuples = tl::evaluate(firsts)(lines, 3);
#else
constexpr auto firsts = [](auto a) {
  return tl::sum(3, [&](auto i) { return std::get<0>(a[i]); });
};
auto of_tuples = tl::grad(firsts)(lines);
#endif
#endif
#ifdef MISTAKE_49  // EXPECT: captured structured binding
#if defined(__clang__) && __clang_major__ >= 16
auto captured_binding = tl::grad([](auto a) {
  const auto [last, all] = tl::scan(a.size(), 0, [&](auto s, auto i) { return s + a[i]; });
  return tl::sum(a.size(), [&](auto i) { return last * all[i]; });
})(p);
#else
double half_of(double x) { return x / 2; }
auto not_constant = tl::grad([](auto a) { return a[0] * half_of(2.0); })(p);
#endif
#endif
#ifdef MISTAKE_51  // EXPECT: tapeless: tl::cond takes functions
auto of_values = tl::grad([](auto a) { return tl::cond(a[0] > 0, a[0], a[1]); })(p);
#endif
#ifdef MISTAKE_52  // EXPECT: tapeless: the sides of tl::cond return scalars
auto of_arrays = tl::grad([](auto a) {
  const auto twice = tl::generate(a.size(), [&](auto i) { return 2 * a[i]; });
  return tl::cond(a[0] > 0, [&] { return twice; }, [&] { return a; })[1];
})(p);
#endif
#ifdef MISTAKE_53  // EXPECT: tapeless: the sizes of the operands of an operation on whole arrays
                   // differ
constexpr std::array<double, 2> two{};
constexpr std::array<double, 3> three{};
auto other_size = tl::grad([](auto a, auto b) { return sum(a * b); })(two, three);
#endif
#ifdef MISTAKE_54  // EXPECT: tapeless: s = x: a variable that holds a vector can not hold a matrix
auto other_rank = tl::grad([](auto a) {
  auto s = tanh(a);
  s = outer(s, s);
  return sum(s);
})(p);
#endif
#ifdef MISTAKE_55  // EXPECT: tapeless: a condition on traced values or expressions has no bool
auto of_conditions = tl::grad([](auto a) {
  if (a > 0) return sum(a);
  return sum(2 * a);
})(p);
#endif
#ifdef MISTAKE_56  // EXPECT: a quotient of an integer argument
auto quotient = tl::grad<0>(
    [](auto a, auto k) { return tl::sum(a.size(), [&](auto i) { return a[i / k]; }); })(p, 2);
#endif
#ifdef MISTAKE_57  // EXPECT: tapeless: x[v]: an index is a loop's index
auto no_integer = tl::grad<0>(
    [](auto a, auto k) { return tl::sum(a.size(), [&](auto i) { return a[i % k]; }); })(p, 2.0);
#endif
#ifdef MISTAKE_58  // EXPECT: tapeless: x[v]: an index is a loop's index
auto no_whole_number =
    tl::grad([](auto a) { return tl::sum(a.size(), [&](auto i) { return a[i % 2.5]; }); })(p);
#endif
#ifdef MISTAKE_59  // EXPECT: tapeless: an array in a function with loops has one or two dimensions
using cube = std::array<std::array<std::array<double, 2>, 3>, 4>;
auto three_indices(const cube& c) {
  return tl::grad([](auto x) { return tl::sum(4, [&](auto i) { return x[i][1][0]; }); })(c);
}
#endif
#ifdef MISTAKE_60  // EXPECT: tapeless: an array in a function with loops has one or two dimensions
auto three_extents = tl::grad([](auto a) {
  return tl::generate(2, 2, a.size(), [&](auto i, auto j, auto k) { return a[k] * i * j; })(1, 1,
                                                                                            1);
})(p);
#endif
#ifdef MISTAKE_61  // EXPECT: tapeless: the body of a loop must return one number
auto rows = tl::grad([](auto a) {
  const auto m = tl::generate(a.size(), [&](auto i) { return std::array{a[i], 2 * a[i]}; });
  return tl::sum(a.size(), [&](auto i) { return m[i][1]; });
})(p);
#endif
