// SPDX-License-Identifier: BSL-1.0
// Every primitive: value and gradient against the plain tape, whose formulas are its own.

#include "support/plain_tape.hpp"

#include "support/catch.hpp"

#include <tapeless/interop/special_functions.hpp>
#include <tapeless/tapeless.hpp>

#include <array>
#include <cmath>
#include <tuple>
#include <vector>

namespace tl = tapeless;

namespace {

void close(const char* name, double got, double want) {
  INFO(name << ": got " << got << ", want " << want);
  CHECK(std::fabs(got - want) <= 1e-13 * (1 + std::fabs(want)));
}

template <std::size_t N, class F>
void agree(const char* name, const F& f, const std::vector<std::array<double, N>>& points) {
  for (const auto& point : points) {
    plain_tape<double> tape;
    std::array<plain_tape<double>::value, N> in;
    for (std::size_t i = 0; i < N; ++i) in[i] = tape.input(point[i]);
    const auto y = std::apply(f, in);
    const auto want = tape.gradient(y);
    const auto [value, gradient] = std::apply(tl::value_and_grad(f), point);
    close(name, value, y.v);
    if constexpr (N == 1) {
      close(name, gradient, want[0]);
    } else {
      [&, &g = gradient]<std::size_t... I>(std::index_sequence<I...>) {
        (close(name, std::get<I>(g), want[I]), ...);
      }(std::make_index_sequence<N>{});
    }
  }
}

// In functions of the library's and of the tape's namespace: argument-dependent lookup finds both.
#define ONE(name, ...) agree<1>(#name, [](auto x) { return name(x); }, {__VA_ARGS__})
#define TWO(name, ...) agree<2>(#name, [](auto x, auto y) { return name(x, y); }, {__VA_ARGS__})
#define THREE(name, ...) \
  agree<3>(#name, [](auto x, auto y, auto z) { return name(x, y, z); }, {__VA_ARGS__})

}  // namespace

TEST_CASE("plain tape: arithmetic and roots") {
  agree<2>("+ - * /", [](auto x, auto y) { return (x + y) * (x - y) / (2 * y) - (-x); },
           {{1.3, 0.7}, {-2.0, 0.4}});
  ONE(square, {1.3}, {-0.4});
  ONE(reciprocal, {1.3}, {-0.4});
  THREE(fma, {1.3, 0.7, -0.2});
  ONE(sqrt, {0.3}, {12.0});
  ONE(cbrt, {0.3}, {-12.0});
  ONE(rsqrt, {0.3}, {12.0});
  TWO(hypot, {0.3, -1.2}, {3.0, 4.0});
  THREE(hypot, {0.3, -1.2, 2.0});
  TWO(pow, {0.7, 2.3}, {3.1, -1.4});
  agree<1>("pow(x, 3)", [](auto x) { return pow(x, 3); }, {{0.7}, {-1.3}});
  agree<1>("pow(x, -2)", [](auto x) { return pow(x, -2); }, {{0.7}, {-1.3}});
}

TEST_CASE("plain tape: exponential, trigonometric, hyperbolic") {
  ONE(exp, {0.3}, {-2.0});
  ONE(exp2, {0.3}, {-2.0});
  ONE(expm1, {0.3}, {-2.0});
  ONE(log, {0.3}, {12.0});
  ONE(log2, {0.3}, {12.0});
  ONE(log10, {0.3}, {12.0});
  ONE(log1p, {0.3}, {-0.4});
  ONE(sin, {0.3}, {-2.0});
  ONE(cos, {0.3}, {-2.0});
  ONE(tan, {0.3}, {-1.2});
  ONE(asin, {0.3}, {-0.7});
  ONE(acos, {0.3}, {-0.7});
  ONE(atan, {0.3}, {-2.0});
  TWO(atan2, {0.3, -1.2}, {-3.0, -4.0});
  ONE(sinh, {0.3}, {-2.0});
  ONE(cosh, {0.3}, {-2.0});
  ONE(tanh, {0.3}, {-2.0});
  ONE(asinh, {0.3}, {-2.0});
  ONE(acosh, {1.3}, {4.0});
  ONE(atanh, {0.3}, {-0.7});
}

TEST_CASE("plain tape: functions that choose") {
  ONE(abs, {0.3}, {-2.0}, {0.0});
  ONE(sign, {0.3}, {-2.0}, {0.0});
  TWO(copysign, {0.3, -1.0}, {-0.3, -1.0}, {0.3, 2.0});
  TWO(max, {0.3, -1.0}, {-0.3, 1.0}, {0.5, 0.5});
  TWO(min, {0.3, -1.0}, {-0.3, 1.0}, {0.5, 0.5});
  TWO(huber, {0.3, 1.0}, {-2.0, 0.7}, {2.0, 0.7});
  THREE(clamp, {0.3, -1.0, 1.0}, {-2.0, -1.0, 1.0}, {2.0, -1.0, 1.0});
  TWO(fmod, {5.3, 2.0}, {-5.3, 2.0});
  ONE(floor, {1.3}, {-1.3});
  ONE(ceil, {1.3}, {-1.3});
  ONE(round, {1.7}, {-1.3});
  ONE(trunc, {1.7}, {-1.3});
  ONE(stop_gradient, {1.3});
  agree<2>("select", [](auto x, auto y) { return select(x < y, x * y, sqrt(x)); },
           {{0.3, 1.2}, {2.0, -1.0}});
  agree<2>("comparisons",
           [](auto x, auto y) {
             return select(x <= y, x, 2 * x) + select(x > y, y, 2 * y) + select(x >= y, x, y) +
                    select(x == y, 3 * x, y);
           },
           {{0.3, 1.2}, {2.0, -1.0}, {0.5, 0.5}});
  ONE(relu, {0.3}, {-2.0});
  TWO(leaky_relu, {0.3, 0.1}, {-2.0, 0.1});
  TWO(elu, {0.3, 1.5}, {-2.0, 1.5});
}

TEST_CASE("plain tape: probability, activations, special functions") {
  ONE(erf, {0.3}, {-1.1});
  ONE(erfc, {0.3}, {-1.1});
  ONE(normal_pdf, {0.3}, {-1.1});
  ONE(normal_cdf, {0.3}, {-1.1});
  ONE(inverse_mills, {0.3}, {-1.1});
  ONE(normal_log_cdf, {0.3}, {-1.1});
  ONE(logistic, {0.3}, {-1.1});
  ONE(softplus, {0.3}, {-1.1});
  ONE(log_sigmoid, {0.3}, {-1.1});
  ONE(silu, {0.3}, {-1.1});
  ONE(gelu, {0.3}, {-1.1});
  TWO(logaddexp, {0.3, -1.2}, {3.0, 4.0});
  TWO(xlogy, {0.3, 1.2}, {3.0, 4.0});
  ONE(log1mexp, {0.3}, {1.7});
  ONE(lgamma, {0.3}, {4.7});
  ONE(tgamma, {0.3}, {4.7});
}
