// SPDX-License-Identifier: BSL-1.0
// NaN in an operand is NaN in the value, except where C says otherwise, and no derivative crashes.

#include "support/catch.hpp"

#include <tapeless/tapeless.hpp>

#include <cmath>
#include <limits>

namespace tl = tapeless;

namespace {

constexpr double quiet = std::numeric_limits<double>::quiet_NaN();

void is_nan(const char* what, double got) {
  INFO(what << ": " << got);
  CHECK(std::isnan(got));
}

template <class F>
void spreads(const char* name, F f) {
  is_nan(name, f(quiet));
  (void)tl::grad(f)(quiet);
}
/// The derivative is NaN too: for all functions without pieces.
template <class F>
void spreads_smoothly(const char* name, F f) {
  is_nan(name, f(quiet));
  is_nan(name, tl::grad(f)(quiet));
}
template <class F>
void spreads(const char* name, F f, double x, double y) {
  is_nan(name, f(quiet, y));
  is_nan(name, f(x, quiet));
  is_nan(name, f(quiet, quiet));
}

}  // namespace

TEST_CASE("NaN spreads through smooth functions and their derivatives") {
  spreads_smoothly("exp", [](auto x) { return tl::exp(x); });
  spreads_smoothly("exp2", [](auto x) { return tl::exp2(x); });
  spreads_smoothly("expm1", [](auto x) { return tl::expm1(x); });
  spreads_smoothly("log", [](auto x) { return tl::log(x); });
  spreads_smoothly("log2", [](auto x) { return tl::log2(x); });
  spreads_smoothly("log10", [](auto x) { return tl::log10(x); });
  spreads_smoothly("log1p", [](auto x) { return tl::log1p(x); });
  spreads_smoothly("sqrt", [](auto x) { return tl::sqrt(x); });
  spreads_smoothly("cbrt", [](auto x) { return tl::cbrt(x); });
  spreads_smoothly("rsqrt", [](auto x) { return tl::rsqrt(x); });
  spreads_smoothly("reciprocal", [](auto x) { return tl::reciprocal(x); });
  spreads_smoothly("pow(x, 2.5)", [](auto x) { return tl::pow(x, 2.5); });
  spreads_smoothly("pow(2.5, x)", [](auto x) { return tl::pow(2.5, x); });
  spreads_smoothly("pow(x, 3)", [](auto x) { return tl::pow(x, 3); });
  spreads_smoothly("pow<-3>", [](auto x) { return tl::pow<-3>(x); });
  spreads_smoothly("sin", [](auto x) { return tl::sin(x); });
  spreads_smoothly("cos", [](auto x) { return tl::cos(x); });
  spreads_smoothly("tan", [](auto x) { return tl::tan(x); });
  spreads_smoothly("asin", [](auto x) { return tl::asin(x); });
  spreads_smoothly("acos", [](auto x) { return tl::acos(x); });
  spreads_smoothly("atan", [](auto x) { return tl::atan(x); });
  spreads_smoothly("sinh", [](auto x) { return tl::sinh(x); });
  spreads_smoothly("cosh", [](auto x) { return tl::cosh(x); });
  spreads_smoothly("tanh", [](auto x) { return tl::tanh(x); });
  spreads_smoothly("asinh", [](auto x) { return tl::asinh(x); });
  spreads_smoothly("acosh", [](auto x) { return tl::acosh(x); });
  spreads_smoothly("atanh", [](auto x) { return tl::atanh(x); });
  spreads_smoothly("erf", [](auto x) { return tl::erf(x); });
  spreads_smoothly("erfc", [](auto x) { return tl::erfc(x); });
  spreads_smoothly("normal_pdf", [](auto x) { return tl::normal_pdf(x); });
  spreads_smoothly("normal_cdf", [](auto x) { return tl::normal_cdf(x); });
  spreads_smoothly("inverse_mills", [](auto x) { return tl::inverse_mills(x); });
  spreads_smoothly("normal_log_cdf", [](auto x) { return tl::normal_log_cdf(x); });
  spreads_smoothly("logistic", [](auto x) { return tl::logistic(x); });
  spreads_smoothly("softplus", [](auto x) { return tl::softplus(x); });
  spreads_smoothly("log_sigmoid", [](auto x) { return tl::log_sigmoid(x); });
  spreads_smoothly("silu", [](auto x) { return tl::silu(x); });
  spreads_smoothly("gelu", [](auto x) { return tl::gelu(x); });
  spreads_smoothly("log1mexp", [](auto x) { return tl::log1mexp(x); });
  spreads_smoothly("reciprocal_expm1", [](auto x) { return tl::reciprocal_expm1(x); });
}

TEST_CASE("NaN spreads through piecewise functions") {
  spreads("abs", [](auto x) { return tl::abs(x); });
  spreads("sign", [](auto x) { return tl::sign(x); });
  spreads("floor", [](auto x) { return tl::floor(x); });
  spreads("ceil", [](auto x) { return tl::ceil(x); });
  spreads("round", [](auto x) { return tl::round(x); });
  spreads("trunc", [](auto x) { return tl::trunc(x); });
  spreads("relu", [](auto x) { return tl::relu(x); });
  spreads("leaky_relu", [](auto x) { return tl::leaky_relu(x); });
  spreads("elu", [](auto x) { return tl::elu(x); });
  spreads("clamp", [](auto x) { return tl::clamp(x, 0, 1); });
  spreads("huber", [](auto x) { return tl::huber(x, 1); });
  spreads("huber, delta", [](auto x) { return tl::huber(0.5, x); });
  spreads("clamp, low", [](auto x) { return tl::clamp(0.5, x, 1); });
  spreads("clamp, high", [](auto x) { return tl::clamp(0.5, 0, x); });
  spreads("copysign", [](auto x) { return tl::copysign(x, -1); });
  spreads("stop_gradient", [](auto x) { return tl::stop_gradient(x); });
}

TEST_CASE("NaN spreads from either of two operands") {
  spreads("max", [](auto x, auto y) { return tl::max(x, y); }, 1, 2);
  spreads("min", [](auto x, auto y) { return tl::min(x, y); }, 1, 2);
  spreads("hypot", [](auto x, auto y) { return tl::hypot(x, y); }, 0, 0);
  spreads("hypot, third", [](auto x, auto y) { return tl::hypot(x, y, 0); }, 0, 0);
  spreads("hypot, first", [](auto x, auto y) { return tl::hypot(0, x, y); }, 0, 0);
  spreads("atan2", [](auto x, auto y) { return tl::atan2(x, y); }, 1, 2);
  spreads("fmod", [](auto x, auto y) { return tl::fmod(x, y); }, 1, 2);
  spreads("pow", [](auto x, auto y) { return tl::pow(x, y); }, 2, 2);
  spreads("logaddexp", [](auto x, auto y) { return tl::logaddexp(x, y); }, 1, 1);
  spreads("xlogy", [](auto x, auto y) { return tl::xlogy(x, y); }, 0, 1);
}

// ISO C17 F.10.4.3, F.10.4.4.
TEST_CASE("where C takes the other operand's word") {
  const double inf = std::numeric_limits<double>::infinity();
  CHECK(tl::pow(quiet, 0.0) == 1);
  CHECK(tl::pow(quiet, 0) == 1);
  CHECK(tl::pow<0>(quiet) == 1);
  CHECK(tl::pow(1.0, quiet) == 1);
  CHECK(tl::hypot(inf, quiet) == inf);
  CHECK(tl::hypot(quiet, 1, inf) == inf);
}

TEST_CASE("isnan and isfinite are conditions") {
  const double inf = std::numeric_limits<double>::infinity(), nan = std::nan("");
  constexpr auto guarded = [](auto x) { return tl::select(isnan(x), 0 * x + 1, x * x); };
  constexpr auto bounded = [](auto x) { return tl::select(isfinite(x), x * x, decltype(x)(-1)); };
  CHECK(tl::grad(guarded)(3.0) == 6);
  CHECK(tl::evaluate(bounded)(3.0) == 9);
  CHECK(tl::evaluate(bounded)(inf) == -1);
  CHECK(tl::evaluate(bounded)(-inf) == -1);
  CHECK(tl::evaluate(bounded)(nan) == -1);
  CHECK(tl::grad(bounded)(inf) == 0);
  constexpr auto is_nan = [](auto x) {
    return tl::select(isnan(x), decltype(x)(1), decltype(x)(0));
  };
  CHECK(tl::evaluate(is_nan)(nan) == 1);
  CHECK(tl::evaluate(is_nan)(inf) == 0);
  constexpr tl::variable<"x"> x;
  CHECK(tl::select(isfinite(x), x, 2 * x)(x = 2.0) == 2);
}
