// SPDX-License-Identifier: BSL-1.0
// Programs with loops; that their source compiles to the same bits is tested in tests/source.
#include <tapeless/inspect.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <support/catch.hpp>
#include <vector>

namespace tl = tapeless;
using tl::to_dot;
using tl::to_source;
using tl::to_string;

namespace {

using list = std::vector<double>;
using matrix = tl::matrix<double>;

constexpr auto least_squares = [](auto w, auto X, auto y) {
  return tl::sum(X.rows(), [&](auto i) {
    return tl::square(tl::sum(X.cols(), [&](auto j) { return X(i, j) * w[j]; }) - y[i]);
  });
};
constexpr auto orbit = [](auto x) {
  return tl::fold(x.size(), 0.5, [&](auto c, auto i) { return sin(c * x[i]); });
};
constexpr auto branch = [](auto x) {
  return tl::sum(x.size(), [&](auto i) {
    return tl::cond(x[i] > 0, [&] { return sqrt(x[i]); }, [&] { return exp(x[i]); });
  });
};
constexpr auto gathered = [](auto x, auto id) {
  return tl::sum(id.size(), [&](auto k) { return tl::square(x[id[k]]); });
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}
int count(const std::string& text, const std::string& part) {
  int n = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++n;
  return n;
}

TEST_CASE("the loops of least squares as a function of containers") {
  CHECK(to_source<list, matrix, list>(tl::value_and_grad<0>(least_squares), "program") ==
        R"text(// Written by tapeless::to_source.
//
//   a0       in   array
//   a1       in   matrix
//   a2       in   array
//   value    out  number
//   d_a0     out  d/da0, a0_size elements

#include <cstddef>
#include <iterator>
#include <stdexcept>

template <class T>
void program(const auto& a0, const auto& a1, const auto& a2, T& value, auto&& d_a0) {
  const std::ptrdiff_t a0_size = std::ssize(a0);
  const std::ptrdiff_t a1_rows = a1.rows();
  const std::ptrdiff_t a1_columns = a1.cols();
  const std::ptrdiff_t a2_size = std::ssize(a2);
  if (a1_columns > 0 && a1_rows > 0 && a1_columns - 1 >= a0_size)
    throw std::invalid_argument("index out of range: a0");
  if (a1_rows > 0 && a1_rows - 1 >= a2_size)
    throw std::invalid_argument("index out of range: a2");
  for (std::ptrdiff_t i = 0; i < a0_size; ++i) d_a0[i] = T(0.0);
  T total1 = T(0.0);
  for (std::ptrdiff_t i = 0; i < a1_rows; ++i) {
    T total2 = T(0.0);
    for (std::ptrdiff_t j = 0; j < a1_columns; ++j) total2 += a1(i, j) * a0[j];
    const T difference1 = total2 - a2[i];
    const T product1 = T(2.0) * difference1;
    for (std::ptrdiff_t j = 0; j < a1_columns; ++j) d_a0[j] += a1(i, j) * product1;
    total1 += difference1 * difference1;
  }
  value = total1;
}
)text");
}

TEST_CASE("a fold and its mirror, whose history waits in the gradient") {
  const std::string text = to_source<list>(tl::value_and_grad(orbit), "f");
  CAPTURE(text);
  CHECK(contains(text, "  T carry1 = T(0.5);\n"));
  CHECK(contains(text, "    d_a0[i] = carry1;  // waits here\n"));
  CHECK(contains(text, "  for (std::ptrdiff_t i = a0_size; i-- > 0;) {\n"));
  CHECK(!contains(text, "new T"));
}

TEST_CASE("the gradient of the sum of a product of matrices is stored, column by column") {
  const std::string text =
      to_source<matrix, matrix>(tl::value_and_grad([](auto A, auto B) { return sum(A * B); }), "f");
  CAPTURE(text);
  CHECK(contains(text, "      d_a0(j, i) = total2;\n"));
  CHECK(contains(text, "d_a1(i, j) = total3;\n"));
  CHECK(count(text, "for (") == 4);
}

TEST_CASE("arrays of the program's own") {
  // Only the last value is a result: the history has no place to wait.
  const std::string text = to_source<double, std::span<const int>>(
      tl::grad<0>([](auto a, auto n) {
        return tl::fold(n.size(), a, [&](auto c, auto i) { return sin(c * n[i]); });
      }),
      "f");
  CAPTURE(text);
  CHECK(contains(text, "#include <memory>\n"));
  CHECK(contains(text, "const std::unique_ptr<T[]> kept1_memory(new T["));
  const std::string constant = to_source<double>(
      tl::grad([](auto a) { return tl::fold(20, a, [&](auto c, auto) { return sin(c); }); }), "f");
  CAPTURE(constant);
  CHECK(contains(constant, "  T kept1[21];\n"));
}

TEST_CASE("branches are if and else") {
  const std::string text = to_source<list>(tl::value_and_grad(branch), "f");
  CAPTURE(text);
  CHECK(contains(text, "    if (T(0.0) < a0_i) {\n"));
  CHECK(contains(text, "    } else {\n"));
  CHECK(count(text, "if (") == 1);
  CHECK(count(text, "for (") == 1);
}

TEST_CASE("integer arrays, structures, arrays of known size") {
  const std::string gather = to_source<list, std::vector<int>>(tl::grad<0>(gathered), "f");
  CAPTURE(gather);
  CHECK(contains(gather, "static_cast<std::ptrdiff_t>(a1[i])"));
  CHECK(contains(gather, "  assert(0 <= a1_entry1 && a1_entry1 < a0_size);\n"));
  using pair = std::pair<list, double>;
  const std::string parts = to_source<pair>(
      [](auto p) { return tl::sum(p.first.size(), [&](auto i) { return p.first[i] * p.second; }); },
      "f");
  CHECK(contains(parts, "void f(const auto& a0_first, T a0_second, T& value)"));
  const std::string fixed = to_source<std::array<std::array<double, 3>, 2>>(
      [](auto A) {
        return tl::sum(2, [&](auto i) { return tl::sum(3, [&](auto j) { return A[i][j]; }); });
      },
      "f");
  CHECK(contains(fixed, "for (std::ptrdiff_t j = 0; j < 3; ++j) total2 += a0[i][j];"));
}

TEST_CASE("loops as mathematics") {
  CHECK(to_string<list, matrix, list>(least_squares) ==
        "sum(i < a1.rows(), let t1 = sum(j < a1.cols(), a1(i, j) * a0[j]) - a2[i] in t1 * t1)");
  CHECK(to_string<list>(orbit) == "fold(i < a0.size(), c1 = 0.5, sin(c1 * a0[i]))");
  CHECK(to_string<list>(branch) == "sum(i < a0.size(), cond(0 < a0[i], sqrt(a0[i]), exp(a0[i])))");
  CHECK(to_string<list, std::vector<int>>(gathered) == "sum(i < a1.size(), a0[a1[i]] * a0[a1[i]])");
}

TEST_CASE("arrays as mathematics") {
  CHECK(to_string<list>([](auto x) {
          return tl::generate(x.size(), [&](auto i) { return 2 * x[i] + i; });
        }) == "generate(i < a0.size(), 2 * a0[i] + i)");
  CHECK(to_string<list>(tl::grad([](auto x) {
          return tl::sum(x.size() - 1, [&](auto i) { return x[i] * x[i + 1]; });
        })) ==
        "array(a0.size(), i < max(a0.size() - 1, 0): [i + 1] += a0[i], "
        "i < max(a0.size() - 1, 0): [i] += a0[i + 1])");
  CHECK(to_string<list>([](auto x) {
          const auto [a, b] = tl::fold(x.size(), std::pair{1.0, x[0]}, [&](auto c, auto i) {
            return std::pair{c.second, c.first * x[i]};
          });
          return a + 0 * b;
        }) ==
        "let t1 = fold(i < a0.size(), c1 = 1, c2 = a0[0], (c2, c1 * a0[i])) in "
        "get<0>(t1) + 0 * get<1>(t1)");
  CHECK(to_string<list>([](auto x) {
          const auto last = tl::fold(3, x, [&](auto h, auto) {
            return tl::generate(h.size(), [&](auto i) { return sin(h[i]); });
          });
          return tl::sum(x.size(), [&](auto i) { return last[i] * last[i]; });
        }) ==
        "sum(i < a0.size(), let t1 = fold(i < 3, c1 = a0, "
        "generate(j < a0.size(), sin(c1[j])))[i] in t1 * t1)");
}

TEST_CASE("index spaces are clusters, arrays boxes") {
  const std::string text = to_dot<list, matrix, list>(tl::value_and_grad<0>(least_squares));
  CAPTURE(text);
  CHECK(contains(text, "  n0 [label=\"a0\", shape=box];\n"));
  CHECK(contains(text, "  subgraph cluster_1 {\n    label=\"i < a1.rows()\";\n"));
  CHECK(contains(text, "    subgraph cluster_2 {\n      label=\"j < a1.cols()\";\n"));
  CHECK(contains(text, "      n3 [label=\"a1(i, j)\"];\n"));
  CHECK(contains(text, "    n6 [label=\"sum over j\"];\n"));
  CHECK(contains(text, "n14 [label=\"array of a0.size()\", shape=box, style=dashed, color=blue"));
  CHECK(contains(text, "n13 -> n14 [label=\"[j] +=\", style=dashed, color=blue];"));
  CHECK(contains(text, "n14 -> out1;"));
  CHECK(count(text, "{") == count(text, "}"));
}

TEST_CASE("folds and branches in drawings") {
  const std::string fold = to_dot<list>(tl::grad(orbit));
  CAPTURE(fold);
  CHECK(contains(fold, "label=\"i < a0.size(), in order\""));
  CHECK(contains(fold, "label=\"i < a0.size(), backward\""));
  CHECK(contains(fold, "[label=\"next\", constraint=false]"));
  const std::string sides = to_dot<list>(branch);
  CAPTURE(sides);
  CHECK(contains(sides, "[label=\"else\", style=dotted]"));
  const std::string index = to_dot<list, std::vector<int>>(gathered);
  CHECK(contains(index, "[label=\"a0[a1[i]]\"]"));
}

bool accepted_by_dot(const std::string& text) {
  std::FILE* dot = popen("dot -Tsvg > /dev/null 2>&1", "w");
  std::fputs(text.c_str(), dot);
  return pclose(dot) == 0;
}

TEST_CASE("Graphviz accepts clusters") {
  if (std::system("dot -V > /dev/null 2>&1") != 0) {
    WARN("dot is not installed");
    return;
  }
  CHECK(accepted_by_dot(to_dot<list, matrix, list>(tl::value_and_grad(least_squares))));
  CHECK(accepted_by_dot(to_dot<list>(tl::value_and_grad(orbit))));
  CHECK(accepted_by_dot(to_dot<list>(tl::value_and_grad(branch))));
}

}  // namespace
