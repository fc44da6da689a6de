// SPDX-License-Identifier: BSL-1.0
// The text; that it compiles to the same bits is tested in tests/source.
#include <tapeless/inspect.hpp>

#include <array>
#include <limits>
#include <string>
#include <string_view>
#include <support/catch.hpp>

namespace tl = tapeless;
using tl::to_source;

namespace my {

struct clipped : tl::primitive<1> {
  static constexpr std::string_view name = "softclip";
  template <class T>
  static constexpr T primal(const T& x) {
    return x / (1 + x * x);
  }
  template <class V>
  static constexpr auto partials(const V& x, const V& y) {
    return std::tuple{y / x - 2 * y * y};
  }
};
template <tl::operand A>
constexpr tl::lifted<clipped, A> softclip(const A& x) {
  return tl::lift<clipped>(x);
}

}  // namespace my

namespace {

constexpr tl::variable<"x"> x;
constexpr tl::variable<"y"> y;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("value and gradient of an expression as a function") {
  CHECK(to_source(tl::value_and_grad(x * y + sin(x)), "program") ==
        R"text(// Written by tapeless::to_source.
//
//   in[0]    x
//   in[1]    y
//   out[0]   value
//   out[1]   d/dx
//   out[2]   d/dy

#include <cmath>

template <class T>
void program(const T* in, T* out) {
  const T x = in[0];
  const T y = in[1];
  const T product1 = x * y;
  const T sin1 = std::sin(x);
  const T sum1 = product1 + sin1;

  // derivatives
  const T cos1 = std::cos(x);
  const T d_x = y + cos1;

  out[0] = sum1;
  out[1] = d_x;
  out[2] = x;
}
)text");
}

TEST_CASE("the value alone, without arguments, without headers") {
  using namespace tl::literals;
  CHECK(to_source(0.1_c + 0.2_c, "three_tenths") == R"text(// Written by tapeless::to_source.
//
//   out[0]   value

template <class T>
void three_tenths(const T*, T* out) {
  const T sum1 = T(0.1) + T(0.2);

  out[0] = sum1;
}
)text");
}

TEST_CASE("names that C++ or the program uses otherwise") {
  constexpr tl::variable<"in"> in;
  constexpr tl::variable<"double"> number;
  constexpr tl::variable<"product1"> product;
  constexpr tl::variable<"f"> f;
  constexpr tl::variable<"1 + 2"> sum;
  const std::string text = to_source(in * number + product * f * sum, "f");
  CHECK(contains(text, "const T in_ = in[0];"));
  CHECK(contains(text, "const T double_ = in[1];"));
  CHECK(contains(text, "const T product1 = in[2];"));
  CHECK(contains(text, "const T f_ = in[3];"));
  CHECK(contains(text, "const T v1_2 = in[4];"));
  CHECK(contains(text, "const T product1_ = "));
}

TEST_CASE("constants keep their bits") {
  const auto text = [](auto number) {
    return to_source<double>([number](auto a) { return a + number; }, "f");
  };
  CHECK(contains(text(-0.0), "T(-0.0)"));
  CHECK(contains(text(100.0), "T(100.0)"));
  CHECK(contains(text(1e300), "T(1e+300)"));
  CHECK(contains(text(0.1L), "T(0.1L)"));
  CHECK(contains(text(std::numeric_limits<double>::infinity()),
                 "std::numeric_limits<T>::infinity()"));
  CHECK(contains(
      to_source<double>([](auto a) { return a + std::numeric_limits<double>::infinity(); }, "f"),
      "std::numeric_limits<T>::infinity()"));
}

TEST_CASE("conditions, the library's own primitives, primitives of users") {
  const auto text = to_source<double, std::array<double, 2>>(
      [](auto a, auto b) { return tl::select(a < b[0] && a != 1, my::softclip(a), rsqrt(b[1])); },
      "f");
  CAPTURE(text);
  CHECK(contains(text, "const T a1_0 = in[1];"));
  CHECK(contains(text, "const bool condition1 = a0 < a1_0;"));
  CHECK(contains(text, "const T softclip1 = my::softclip(a0);"));
  CHECK(contains(text, "// Declare before: my::softclip\n"));
  CHECK(contains(text, "const T rsqrt1 = tapeless::rsqrt(a1_1);"));
  CHECK(contains(text, "#include <tapeless/tapeless.hpp>\n"));
  CHECK(contains(text, " ? softclip1 : rsqrt1;"));
}

}  // namespace
