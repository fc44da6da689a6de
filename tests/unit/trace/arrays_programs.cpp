// SPDX-License-Identifier: BSL-1.0
// Whole arrays in programs: variables that are assigned again, bodies of loops, functions within
// functions, outputs, containers.

#include "support/array_laws.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

using namespace array_laws;

namespace {

tl::matrix<double> some_matrix(int rows, int cols, double start) {
  tl::matrix<double> m(rows, cols);
  const list all = numbers(rows * cols, start);
  std::copy(all.begin(), all.end(), m.begin());
  return m;
}

}  // namespace

TEST_CASE("array programs: a variable is assigned again and again") {
  const auto f = [](auto s, auto A) {
    const auto first = s;
    for (int k = 0; k < 3; ++k) s = tanh(A * s);
    auto r = s - first;
    r *= 2;
    return dot(r, r) + max(s);
  };
  for (const int n : {1, 2, 3, 5, 8, 17}) {
    const tl::matrix<double> A = some_matrix(n, n, 0.4);
    hold_with_data("layers", f, numbers(n), A);
    list s = numbers(n);
    for (int k = 0; k < 3; ++k) {
      list z(s.size());
      for (int i = 0; i < n * n; ++i) {
        z[static_cast<std::size_t>(i / n)] += A(i / n, i % n) * s[static_cast<std::size_t>(i % n)];
      }
      for (double& e : z) e = std::tanh(e);
      s = z;
    }
    double want = 0;
    for (int i = 0; i < n; ++i) {
      const auto k = static_cast<std::size_t>(i);
      want += 4 * (s[k] - numbers(n)[k]) * (s[k] - numbers(n)[k]);
    }
    close("layers", tl::evaluate(f)(numbers(n), A), want + *std::max_element(s.begin(), s.end()),
          1e-14);
  }
  // A variable that was a std::array keeps its size; only what is assigned is computed.
  const auto g = [](auto s, auto A) {
    for (int k = 0; k < 2; ++k) s = sin(A * s) + s;
    return sum(s * s);
  };
  const std::array fixed{0.1, 0.2, 0.3};
  const tl::matrix<double> A = some_matrix(3, 3, 0.4);
  const auto [value, gradient] = tl::value_and_grad<0>(g)(fixed, A);
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(gradient)>, std::array<double, 3>>);
  const auto [same, slope] = tl::value_and_grad<0>(g)(list{0.1, 0.2, 0.3}, A);
  close("static", value, same, 1e-15);
  close("static", list(gradient.begin(), gradient.end()), slope, 1e-15);
}

TEST_CASE("array programs: in the bodies of loops") {
  const auto f = [](auto x, auto X) {
    const auto row_terms = tl::sum(X.rows(), [&](auto i) {
      const auto r = X[i] * x;
      return logsumexp(r) * norm(X[i] + 2) + tl::max(r.size(), [&](auto j) { return r[j]; });
    });
    const auto last = tl::fold(X.rows(), x, [&](auto s, auto i) { return s + sin(X[i] * s) / 2; });
    const auto [end, all] = tl::scan(2, x, [&](auto s, auto) { return s * s - 0.5; });
    const auto guarded =
        tl::cond(sum(x) > 0.2, [&] { return dot(x, x); }, [&] { return sum(exp(x)) + max(x); });
    const auto made = tl::generate(X.rows(), [&](auto i) { return dot(X[i], last) + X(i, 0); });
    return row_terms + sum(last) + sum(square(all)) * dot(end, x) + guarded + sum(sin(made));
  };
  const auto plain = [](const list& x, const tl::matrix<double>& X) {
    const auto n = x.size();
    double terms = 0;
    list last = x, first = x, second = x;
    for (int i = 0; i < X.rows(); ++i) {
      double e = 0, s = 0, most = -99;
      for (std::size_t j = 0; j < n; ++j) {
        const double v = X(i, static_cast<int>(j)), r = v * x[j];
        e += std::exp(r), s += (v + 2) * (v + 2), most = std::max(most, r);
        last[j] += std::sin(v * last[j]) / 2;
      }
      terms += std::log(e) * std::sqrt(s) + most;
    }
    double result = terms, total = 0, squares = 0, product = 0, guarded = 0;
    for (std::size_t j = 0; j < n; ++j) {
      first[j] = x[j] * x[j] - 0.5, second[j] = first[j] * first[j] - 0.5;
      squares += first[j] * first[j] + second[j] * second[j], product += second[j] * x[j];
      result += last[j], total += x[j];
    }
    for (const double e : x) guarded += total > 0.2 ? e * e : std::exp(e);
    if (!(total > 0.2)) guarded += *std::max_element(x.begin(), x.end());
    for (int i = 0; i < X.rows(); ++i) {
      double d = X(i, 0);
      for (std::size_t j = 0; j < n; ++j) d += X(i, static_cast<int>(j)) * last[j];
      result += std::sin(d);
    }
    return result + squares * product + guarded;
  };
  for (const auto& [rows, cols] : {std::pair{1, 1}, {3, 2}, {2, 5}, {8, 3}}) {
    for (const double start : {0.3, 3.3}) {
      const list x = numbers(cols, start);
      const tl::matrix<double> X = some_matrix(rows, cols, 0.8);
      close("in loops", tl::evaluate(f)(x, X), plain(x, X), 1e-14);
    }
    hold_with_data("in loops", f, numbers(cols), some_matrix(rows, cols, 0.8));
  }
}

TEST_CASE("array programs: scalars of a loop meet arrays, conditions are used again") {
  const auto f = [](auto a) {
    const auto c = a > 0.1;
    const auto t = sum(a);
    return sum(select(c, 1, 0)) * t + sum(select(t > 0, a, 2 * a)) + sum(max(0, a)) +
           sum(min(a, 0)) * 3 + tl::sum(a.size(), [&](auto i) {
             return sum(a * i) + sum(exp(a * a[i])) + sum(select(a > a[i], a, 0));
           });
  };
  const auto plain = [](const auto& x) {
    using n = number<decltype(x)>;
    n t = 0, c = 0, s = 0;
    for (const n e : x) t += e, c += e > n(0.1) ? 1 : 0;
    for (const n e : x) s += (t > 0 ? e : 2 * e) + std::max(n(0), e) + 3 * std::min(n(0), e);
    for (std::size_t i = 0; i < x.size(); ++i) {
      for (const n e : x) s += e * static_cast<n>(i) + std::exp(e * x[i]) + (e > x[i] ? e : 0);
    }
    return s + c * t;
  };
  const auto whole = tl::value_and_grad(f);
  for (const int n : {0, 1, 2, 5, 17}) {
    const auto [value, gradient] = whole(numbers(n));
    close("scalars", value, plain(numbers(n)), 1e-14);
    close("scalars", gradient, differences(plain, numbers(n)), 1e-8);
  }
}

TEST_CASE("array programs: loops that wait for a later pass of each other") {
  const auto f = [](auto x, auto y, auto A) {
    const auto S = softmax(A, tl::axis<1>);
    const auto largest = tl::generate(A.rows(), [&](auto) { return max(S); });
    const auto v = sin(A * x);
    return sum(tanh(y * largest)) + max(sin(sum(colwise(v) + rowwise(v), tl::axis<1>)));
  };
  const list x = numbers(3), y = numbers(4), u = numbers(3, 1.1), w = numbers(4, 0.7);
  const tl::matrix<double> A = some_matrix(4, 3, 0.4), B = some_matrix(4, 3, 1.9);
  const auto at = [&](double h) {
    tl::matrix<double> moved_A = A;
    for (int k = 0; k < 12; ++k) moved_A.begin()[k] += h * B.begin()[k];
    return tl::grad<0, 1, 2>(f)(moved(x, h, u), moved(y, h, w), moved_A);
  };
  const auto along = tl::jvp(tl::grad<0, 1, 2>(f), std::tuple{x, y, A}, std::tuple{u, w, B});
  const auto elements = [](const auto& a) { return list(a.begin(), a.end()); };
  constexpr double h = 1e-5;
  const auto check = [&](const auto& got, const auto& up, const auto& down) {
    list want = elements(up);
    const list other = elements(down);
    for (std::size_t i = 0; i < want.size(); ++i) want[i] = (want[i] - other[i]) / (2 * h);
    close("Hessian times a direction", elements(got), want, 1e-8);
  };
  const auto up = at(h), down = at(-h);
  check(std::get<0>(along.tangent), std::get<0>(up), std::get<0>(down));
  check(std::get<1>(along.tangent), std::get<1>(up), std::get<1>(down));
  check(std::get<2>(along.tangent), std::get<2>(up), std::get<2>(down));
}

TEST_CASE("array programs: std::array in parts and as a whole") {
  const auto f = [](auto x) {
    auto [a, b, c] = x;
    return sum(x * a) + b * c + x[1];
  };
  const std::array want{7.0, 5.0, 3.0};
  CHECK(tl::grad(f)(std::array{1.0, 2.0, 3.0}) == want);
  CHECK(tl::evaluate([](auto x) { return sum(x * x) + prod(x); })(std::array<double, 0>{}) == 1);
  CHECK(tl::evaluate([](auto x) { return x[argmax(x)]; })(std::array<double, 3>{5, 6, 2}) == 6);
}

TEST_CASE("array programs: gradients inside of functions of arrays") {
  const auto f = [](auto x, auto X, auto y) {
    constexpr auto loss = [](auto w, auto X_, auto y_) { return sum(square(X_ * w - y_)); };
    const auto step = x - 0.1 * tl::grad<0>(loss)(x, X, y);  // one step of gradient descent
    return loss(step, X, y) + norm(tl::grad([](auto v) { return logsumexp(v); })(x));
  };
  for (const auto& [rows, cols] : {std::pair{2, 1}, {3, 3}, {9, 2}}) {
    hold_with_data("step", f, numbers(cols), some_matrix(rows, cols, 0.8), numbers(rows, 0.5));
  }
}

TEST_CASE("array programs: results that are arrays, written into what is there and added to it") {
  const auto f = [](auto A, auto x) { return tanh(A * x) - x; };
  const tl::matrix<double> A = some_matrix(3, 3, 0.4);
  const list x = numbers(3), u = numbers(3, 1.9);
  const list want = tl::evaluate(f)(A, x);
  list out(3, 7.0);
  tl::evaluate(f).into(out)(A, x);
  CHECK(out == want);

  const auto of_x = tl::bind_back([](auto x_, auto A_) { return tanh(A_ * x_) - x_; }, A);
  const auto [value, pullback] = tl::vjp(of_x, x);
  const auto [same, tangent] = tl::jvp(of_x, std::tuple{x}, std::tuple{u});
  CHECK(value == want);
  CHECK(same == want);
  const list w = numbers(3, 0.6);
  close("adjoint identity", dot(pullback(w), u), dot(w, tangent), 1e-14);

  const auto loss = [](auto w_, auto M) { return sum(square(M * w_)); };
  list gradient(3);
  const double total = tl::evaluate(loss)(x, A);
  CHECK(tl::value_and_grad<0>(loss).into(gradient)(x, A) == total);
  CHECK(gradient == tl::grad<0>(loss)(x, A));
  tl::grad<0>(loss).add_to(gradient)(x, A);
  close("added", gradient[1], 2 * tl::grad<0>(loss)(x, A)[1], 1e-14);

  const auto two = [](auto m, auto v) { return std::tuple{m * v, transpose(m), sum(m)}; };
  const auto [product, turned, all] = tl::evaluate(two)(some_matrix(2, 3, 0.4), list{1, 0, 0});
  CHECK(product == list{some_matrix(2, 3, 0.4)(0, 0), some_matrix(2, 3, 0.4)(1, 0)});
  CHECK((turned.rows() == 3 && turned(2, 1) == some_matrix(2, 3, 0.4)(1, 2)));
}

TEST_CASE("array programs: views with strides, spans, C arrays, float") {
  const auto f = [](auto X, auto w, auto y) { return sum(square(X * w - y)) + sum(exp(X)); };
  const tl::matrix<double> X = some_matrix(3, 2, 0.4);
  const list w = numbers(2), y = numbers(3, 0.7);
  const auto [want, all] = tl::value_and_grad(f)(X, w, y);
  const auto& [slope_x, slope_w, slope_y] = all;

  // The same matrix column by column with gaps, and with its rows upside down.
  list memory(20);
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 2; ++j) memory[static_cast<std::size_t>(2 * i + 7 * j)] = X(i, j);
  }
  const auto columns = tl::view(static_cast<const double*>(memory.data()), 3, 2, 2, 7);
  const auto [value, slopes] = tl::value_and_grad<0, 1>(f)(columns, std::span(w), y);
  close("strides", value, want, 1e-14);
  const auto& [slope, slope_of_w] = slopes;
  close("strides", list(slope.begin(), slope.end()), list(slope_x.begin(), slope_x.end()), 1e-14);
  close("strides", slope_of_w, slope_w, 1e-14);
  list written(20, 1);
  auto target = tl::view(written.data(), 3, 2, 2, 7);
  tl::grad<0>(f).into(target)(columns, w, y);
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 2; ++j) {
      close("written", written[static_cast<std::size_t>(2 * i + 7 * j)], slope_x(i, j), 1e-14);
    }
  }
  CHECK(written[1] == 1);

  const double c_array[3][2] = {{X(0, 0), X(0, 1)}, {X(1, 0), X(1, 1)}, {X(2, 0), X(2, 1)}};
  close("C array", tl::evaluate(f)(c_array, w, y), want, 1e-14);
  const std::array<std::array<double, 2>, 3> fixed{
      {{X(0, 0), X(0, 1)}, {X(1, 0), X(1, 1)}, {X(2, 0), X(2, 1)}}};
  close("std::array", tl::evaluate(f)(fixed, w, y), want, 1e-14);
  const auto fixed_slope = tl::grad<0>(f)(fixed, std::array{w[0], w[1]}, y);
  close("std::array", fixed_slope[2][1], slope_x(2, 1), 1e-14);

  tl::matrix<float> narrow(3, 2);
  std::copy(X.begin(), X.end(), narrow.begin());
  const std::vector<float> narrow_w(w.begin(), w.end()), narrow_y(y.begin(), y.end());
  const auto [narrow_value, narrow_slope] = tl::value_and_grad<1>(f)(narrow, narrow_w, narrow_y);
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(narrow_value)>, float>);
  close("float", narrow_value, want, 1e-6);
  close("float", list(narrow_slope.begin(), narrow_slope.end()), slope_w, 1e-6);
}
