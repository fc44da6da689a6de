// SPDX-License-Identifier: BSL-1.0
// Products of whole arrays, their parts, and arrays made of parts.

#include "support/array_laws.hpp"

#include <algorithm>
#include <array>
#include <cmath>

using namespace array_laws;

namespace {

tl::matrix<double> some_matrix(int rows, int cols, double start) {
  tl::matrix<double> m(rows, cols);
  const list all = numbers(rows * cols, start);
  std::copy(all.begin(), all.end(), m.begin());
  return m;
}
/// A function of a matrix is one of its elements, row by row: x and the matrix with the same rows.
tl::matrix<double> as_matrix(const list& x, int rows) {
  tl::matrix<double> m(rows, static_cast<int>(x.size()) / rows);
  std::copy(x.begin(), x.end(), m.begin());
  return m;
}
list elements(const tl::matrix<double>& m) { return {m.begin(), m.end()}; }

}  // namespace

TEST_CASE("array products: matrix times vector, chained and transposed") {
  const auto f = [](auto a) {
    const auto m = outer(sin(a), a + 1) + 0.5;
    const auto r = m * a - 1;
    return dot(transpose(m) * tanh(r), r) + sum(m * (m * a));
  };
  hold("products", f, [](const auto& x) {
    using n = number<decltype(x)>;
    const std::size_t k = x.size();
    const auto m = [&](std::size_t i, std::size_t j) {
      return std::sin(x[i]) * (x[j] + 1) + n(0.5);
    };
    std::vector<n> r(k), z(k);
    for (std::size_t i = 0; i < k; ++i) {
      for (std::size_t j = 0; j < k; ++j) z[i] += m(i, j) * x[j];
      r[i] = z[i] - 1;
    }
    n s = 0;
    for (std::size_t i = 0; i < k; ++i) {
      for (std::size_t j = 0; j < k; ++j) s += m(j, i) * std::tanh(r[j]) * r[i] + m(i, j) * z[j];
    }
    return s;
  });
}

TEST_CASE("array products: least squares") {
  const auto f = [](auto w, auto X, auto y) { return sum(square(X * w - y)); };
  for (const int rows : {0, 1, 2, 3, 5, 8, 17, 33}) {
    for (const int cols : {0, 1, 3}) {
      const tl::matrix<double> X = some_matrix(rows, cols, 0.2);
      const list w = numbers(cols, 0.9), y = numbers(rows, 1.3);
      double want = 0;
      list slope(w.size());
      for (int i = 0; i < rows; ++i) {
        double r = -y[static_cast<std::size_t>(i)];
        for (int j = 0; j < cols; ++j) r += X(i, j) * w[static_cast<std::size_t>(j)];
        want += r * r;
        for (int j = 0; j < cols; ++j) slope[static_cast<std::size_t>(j)] += 2 * r * X(i, j);
      }
      const auto [value, gradient] = tl::value_and_grad<0>(f)(w, X, y);
      close("least squares", value, want, 1e-14);
      close("least squares", gradient, slope, 1e-14);
    }
  }
}

TEST_CASE("array products: matrix times matrix") {
  const auto f = [](auto A, auto B) { return sum(sin(A * B)) + trace(transpose(A) * A); };
  for (const auto& [m, k, n] :
       {std::tuple{1, 1, 1}, {2, 3, 4}, {5, 1, 2}, {3, 8, 1}, {0, 2, 3}, {2, 0, 3}, {9, 5, 7}}) {
    const tl::matrix<double> A = some_matrix(m, k, 0.2), B = some_matrix(k, n, 0.8);
    double want = 0;
    tl::matrix<double> slope_a(m, k), slope_b(k, n);
    for (int i = 0; i < m; ++i) {
      for (int j = 0; j < n; ++j) {
        double s = 0;
        for (int l = 0; l < k; ++l) s += A(i, l) * B(l, j);
        want += std::sin(s);
        for (int l = 0; l < k; ++l) slope_a(i, l) += std::cos(s) * B(l, j);
        for (int l = 0; l < k; ++l) slope_b(l, j) += std::cos(s) * A(i, l);
      }
      for (int l = 0; l < k; ++l) want += A(i, l) * A(i, l), slope_a(i, l) += 2 * A(i, l);
    }
    const auto [value, gradient] = tl::value_and_grad(f)(A, B);
    const auto [got_a, got_b] = gradient;
    close("matrix product", value, want, 1e-14);
    close("matrix product", elements(got_a), elements(slope_a), 1e-13);
    close("matrix product", elements(got_b), elements(slope_b), 1e-13);
  }
}

TEST_CASE("array products: second order of products of matrices") {
  const auto f = [](auto x, auto B) {
    const auto A = reshape(x, B.cols(), B.rows());
    return sum(square(A * B)) * trace(B * A) + sum(A);
  };
  hold_with_data("products", f, numbers(6), some_matrix(3, 2, 0.7));
  hold_with_data("products", f, numbers(8), some_matrix(2, 4, 0.7));
}

TEST_CASE("array parts: head, tail, segment, reverse, concat, and what is read twice") {
  const auto f = [](auto a) {
    const auto n = a.size();
    const auto both = concat(sin(a), reverse(a) * 2);
    const auto middle = segment(both, n / 2, n);
    return dot(middle, a) + sum(square(head(both, n / 2) - tail(a, n / 2))) +
           dot(both, concat(a, a)) * both[0] + sum(concat(head(a, 1), head(a, 1)));
  };
  const auto plain = [](const auto& x) {
    using n = number<decltype(x)>;
    const std::size_t k = x.size(), half = k / 2;
    const auto both = [&](std::size_t i) { return i < k ? std::sin(x[i]) : 2 * x[2 * k - 1 - i]; };
    n s = 0, t = 0;
    for (std::size_t i = 0; i < k; ++i) s += both(half + i) * x[i];
    for (std::size_t i = 0; i < half; ++i) {
      s += (both(i) - x[k - half + i]) * (both(i) - x[k - half + i]);
    }
    for (std::size_t i = 0; i < 2 * k; ++i) t += both(i) * x[i % k];
    return s + t * both(0) + 2 * x[0];
  };
  for (const int n : {1, 2, 3, 5, 8, 17, 33}) hold_at("parts", f, plain, numbers(n));
}

TEST_CASE("array parts: rows, columns, diagonal, trace") {
  const auto f = [](auto x, auto rows, auto columns) {
    const auto m = reshape(x, rows, columns);
    const auto q = m * transpose(m);
    return sum(square(row(m, 0)) * m[m.rows() - 1]) + dot(col(m, 0), col(m, columns - 1)) +
           trace(q) * sum(sin(diagonal(q)));
  };
  for (const auto& [rows, columns] : {std::pair{1, 1}, {2, 3}, {4, 2}, {9, 1}}) {
    const list x = numbers(rows * columns);
    const auto r = static_cast<std::size_t>(rows), c = static_cast<std::size_t>(columns);
    const auto plain = [r, c](const auto& v) {
      using n = number<decltype(v)>;
      n s = 0, t = 0, u = 0;
      for (std::size_t j = 0; j < c; ++j) s += v[j] * v[j] * v[(r - 1) * c + j];
      for (std::size_t i = 0; i < r; ++i) {
        n q = 0;
        for (std::size_t j = 0; j < c; ++j) q += v[i * c + j] * v[i * c + j];
        s += v[i * c] * v[i * c + c - 1];
        t += q, u += std::sin(q);
      }
      return s + t * u;
    };
    const auto [value, gradient] = tl::value_and_grad<0>(f)(x, rows, columns);
    close("rows", value, plain(x), 1e-14);
    close("rows", gradient, differences(plain, x), 1e-8);
  }
}

TEST_CASE("array parts: reshape and flatten") {
  const auto f = [](auto m) {
    const auto other = reshape(m, m.cols(), m.rows());
    return dot(flatten(transpose(m)), flatten(m)) + sum(elementwise_product(other, transpose(m)));
  };
  for (const auto& [rows, columns] : {std::pair{1, 1}, {2, 3}, {5, 4}, {0, 3}, {3, 0}}) {
    const auto r = static_cast<std::size_t>(rows), c = static_cast<std::size_t>(columns);
    const list x = numbers(rows * columns);
    const auto plain = [r, c](const auto& v) {
      number<decltype(v)> s = 0;
      for (std::size_t k = 0; k < v.size(); ++k) s += 2 * v[k] * v[k % r * c + k / r];
      return s;
    };
    const tl::matrix<double> m = rows > 0 ? as_matrix(x, rows) : tl::matrix<double>(rows, columns);
    const auto [value, gradient] = tl::value_and_grad(f)(m);
    close("reshape", value, plain(x), 1e-14);
    close("reshape", elements(gradient), differences(plain, x), 1e-8);
  }
  const auto flat = [](auto m) { return flatten(m); };
  CHECK(tl::evaluate(flat)(as_matrix({1, 2, 3, 4, 5, 6}, 2)) == list{1, 2, 3, 4, 5, 6});
  CHECK(tl::evaluate(flat)(list{1, 2}) == list{1, 2});
}

TEST_CASE("array parts: cumsum and convolve") {
  const auto f = [](auto a) {
    const auto c = cumsum(a * a);
    const auto s = convolve(c, head(a, a.size() / 2));
    return dot(c, sin(c)) + sum(square(s));
  };
  const auto plain = [](const auto& x) {
    using n = number<decltype(x)>;
    const std::size_t half = x.size() / 2;
    std::vector<n> c(x.size()), s(x.size() + half);
    n sum = 0, result = 0;
    for (std::size_t i = 0; i < x.size(); ++i) c[i] = sum += x[i] * x[i];
    for (std::size_t i = 0; i < x.size(); ++i) {
      for (std::size_t j = 0; j < half; ++j) s[i + j] += c[i] * x[j];
      result += c[i] * std::sin(c[i]);
    }
    for (const n e : s) result += e * e;
    return result;
  };
  hold("convolve", f, plain);
  const auto product = [](auto a, auto b) { return convolve(a, b); };
  // (1 + 2 t) (3 + 4 t + 5 t^2)
  CHECK(tl::evaluate(product)(list{1, 2}, list{3, 4, 5}) == list{3, 10, 13, 10});
  CHECK(tl::evaluate(product)(list{3, 4, 5}, list{1, 2}) == list{3, 10, 13, 10});
  CHECK(tl::evaluate(product)(list{}, list{}).empty());
  CHECK(tl::evaluate(product)(list{}, list{1, 2, 3}) == list{0, 0});
}

TEST_CASE("array parts: tangents ask first whether there is an element, then for its branches") {
  const auto f = [](auto x) {
    const auto part = segment(x, 1, 1);
    return sum(concat(max(part, 0), x)) + sum(concat(x, min(part, 0)));
  };
  const list x{0.25, 0.5, -2}, u{1, 10, 100};
  const auto [value, tangent] = tl::jvp(f, std::tuple{x}, std::tuple{u});
  CHECK(value == 0.5 + 2 * (0.25 + 0.5 - 2));
  CHECK(tangent == 10 + 2 * (1 + 10 + 100));
  const auto [same, safe] = tl::jvp(f, std::tuple{x}, std::tuple{u}, tl::safe);
  CHECK(safe == tangent);
}

TEST_CASE("array parts: convolve of matrices") {
  const auto f = [](auto A, auto B) { return sum(square(convolve(A, B))); };
  for (const auto& sides : {std::array{1, 1, 1, 1}, {3, 4, 2, 2}, {2, 2, 3, 1}, {5, 3, 1, 3}}) {
    const int r = sides[0], c = sides[1], p = sides[2], q = sides[3];
    const tl::matrix<double> A = some_matrix(r, c, 0.2), B = some_matrix(p, q, 0.8);
    tl::matrix<double> full(r + p - 1, c + q - 1), slope(p, q);
    const auto over_all = [&](auto&& body) {
      for (int i = 0; i < r; ++i) {
        for (int j = 0; j < c; ++j) {
          for (int k = 0; k < p; ++k) {
            for (int l = 0; l < q; ++l) body(i, j, k, l);
          }
        }
      }
    };
    over_all([&](int i, int j, int k, int l) { full(i + k, j + l) += A(i, j) * B(k, l); });
    over_all([&](int i, int j, int k, int l) { slope(k, l) += 2 * full(i + k, j + l) * A(i, j); });
    const auto [value, gradient] = tl::value_and_grad<1>(f)(A, B);
    close("convolve", value, dot(elements(full), elements(full)), 1e-14);
    close("convolve", elements(gradient), elements(slope), 1e-14);
  }
}
