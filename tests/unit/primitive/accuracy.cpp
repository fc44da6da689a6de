// SPDX-License-Identifier: BSL-1.0
// The accuracy that the headers document: float and double against long double over a range, and
// long double against reference values.
//
// Reference values: mpmath 1.3 with 60 digits (400 where log(1 + tiny) occurs), from the defining
// formulas; normal_cdf(x) = erfc(-x / sqrt(2)) / 2.

#include "support/catch.hpp"

#include <tapeless/tapeless.hpp>

#include <cmath>
#include <limits>
#include <type_traits>

namespace tl = tapeless;

namespace {

/// The largest of |f(x) - exact| / (|exact| epsilon allowed(x)) on a fine grid.
template <class T, class F, class A>
double worst(const F& f, double low, double high, const A& allowed) {
  double largest = 0;
  for (int i = 0; i <= 20000; ++i) {
    const T x = static_cast<T>(low + (high - low) * i / 20000);
    const long double exact = f(static_cast<long double>(x));
    const long double error = (f(x) - exact) / exact / std::numeric_limits<T>::epsilon();
    largest = std::fmax(largest, static_cast<double>(std::fabs(error)) /
                                     static_cast<double>(allowed(static_cast<double>(x))));
  }
  return largest;
}

template <class F, class A>
void within(const char* name, const F& f, double low, double high, const A& allowed) {
  INFO(name << " on [" << low << ", " << high << "]");
  CHECK(worst<double>(f, low, high, allowed) < 1);
  CHECK(worst<float>(f, low, high, allowed) < 1);
}

constexpr auto two = [](double) { return 2.0; };
constexpr auto square_of_x = [](double x) { return 2 + x * x; };

/// Relative error in units of long double's epsilon, scaled to the reference's 22 digits.
void near(const char* what, long double got, long double want) {
  INFO(what << ": got " << static_cast<double>(got) << ", want " << static_cast<double>(want));
  CHECK(std::fabs(got - want) <= 4e-19L * std::fabs(want));
}

}  // namespace

TEST_CASE("activation functions are within 2 epsilon") {
  within("logistic", [](auto x) { return tl::logistic(x); }, -80, 80, two);
  within("softplus", [](auto x) { return tl::softplus(x); }, -80, 80, two);
  within("log_sigmoid", [](auto x) { return tl::log_sigmoid(x); }, -80, 80, two);
}

TEST_CASE("tanh as loops compute it is within 2 epsilon") {
  constexpr auto f = [](auto x) {
    if constexpr (std::is_same_v<decltype(x), double>) {
      return tl::hyperbolic_tangent::in_loop(x);
    } else {
      return std::tanh(x);
    }
  };
  for (const double high : {1e-300, 1e-9, 0.9, 3.0, 50.0}) {
    CHECK(worst<double>(f, high / 1e5, high, two) < 1);
    CHECK(worst<double>(f, -high, -high / 1e5, two) < 1);
  }
  constexpr double infinity = std::numeric_limits<double>::infinity();
  CHECK(f(infinity) == 1);
  CHECK(f(-infinity) == -1);
  CHECK(f(1e300) == 1);
  CHECK(f(0.0) == 0);
  CHECK(std::signbit(f(-0.0)));
  CHECK(f(5e-324) == 5e-324);
  CHECK(std::isnan(f(std::numeric_limits<double>::quiet_NaN())));
}

TEST_CASE("functions on a logarithmic scale are within 2 epsilon") {
  within("log1mexp", [](auto x) { return tl::log1mexp(x); }, 1e-6, 80, two);
  within("logaddexp", [](auto x) { return tl::logaddexp(x, 1); }, 0, 100, two);
}

TEST_CASE("the normal distribution") {
  within("normal_pdf", [](auto x) { return tl::normal_pdf(x); }, -12, 12, square_of_x);
  within("normal_cdf", [](auto x) { return tl::normal_cdf(x); }, -12, 12, square_of_x);
  within("normal_log_cdf", [](auto x) { return tl::normal_log_cdf(x); }, -100, 0, two);
  within("normal_log_cdf", [](auto x) { return tl::normal_log_cdf(x); }, 0, 12, square_of_x);
  within("inverse_mills", [](auto x) { return tl::inverse_mills(x); }, -100, -12.01, two);
  within("inverse_mills", [](auto x) { return tl::inverse_mills(x); }, -12, 12, square_of_x);
}

TEST_CASE("integer powers") {
  // One rounding a multiplication, one more for the reciprocal, which is raised to the power.
  const auto allowed = [](double) { return 5.0; };
  within("pow<5>", [](auto x) { return tl::pow<5>(x); }, 0.5, 3, allowed);
  within("pow<-5>", [](auto x) { return tl::pow<-5>(x); }, 0.5, 3, allowed);
}

TEST_CASE("normal_log_cdf and its derivatives against references") {
  constexpr auto f = [](auto x) { return tl::normal_log_cdf(x); };
  near("-3", f(-3.0L), -6.607726221510349543276L);
  near("-11.96875", f(-11.96875L), -75.03358882720621803473L);
  near("-12.03125", f(-12.03125L), -75.78872722403003888739L);
  near("-14", f(-14.0L), -101.5630344074499582441L);
  near("-40", f(-40.0L), -804.6084420137537881666L);
  near("-1000", f(-1000.0L), -500007.8266948121843098L);
  near("-1e8", f(-1e8L), -5000000000000019.339619L);

  const auto first = tl::grad(f);
  near("first, -12.03125", first(-12.03125L), 12.1132562355486462833L);
  near("first, -14", first(-14.0L), 14.070717632184742834L);
  near("first, -40", first(-40.0L), 40.02496884720726372324L);
  near("first, -1e8", first(-1e8L), 100000000.00000001L);
  CHECK(first(-40.0) == Approx(40.02496884720726372324).epsilon(1e-15));
  CHECK(first(-40.0f) == Approx(40.02496884720726372324).epsilon(2e-7));

  const auto second = tl::grad(first);
  CHECK(second(-3.0) == Approx(-0.9294408132147318831376).epsilon(1e-13));
  CHECK(second(-14.0) == Approx(-0.9950478340882162515426).epsilon(1e-13));
  CHECK(second(-40.0) == Approx(-0.9993773316214086112265).epsilon(1e-12));
}

TEST_CASE("normal_cdf in the tail against references") {
  CHECK(tl::normal_cdf(-30.0) == Approx(4.906713927148187059534e-198).epsilon(2e-13));
  CHECK(tl::normal_cdf(-5.0) == Approx(2.866515718791939116738e-7).epsilon(1e-14));
  near("2", tl::normal_cdf(2.0L), 0.9772498680518207927997L);
}

TEST_CASE("log1mexp against references") {
  constexpr auto f = [](auto x) { return tl::log1mexp(x); };
  near("0.5", f(0.5L), -0.9327521295671885718946L);
  near("1", f(1.0L), -0.4586751453870818910216L);
  near("50", f(50.0L), -1.928749847963917783018e-22L);
  CHECK(f(1e-10) == Approx(-23.02585092999045680375).epsilon(1e-15));
  CHECK(tl::grad(f)(1e-10) == Approx(9999999999.499999635686).epsilon(1e-15));
  near("first, 0.5", tl::grad(f)(0.5L), 1.541494082536798284131L);
  near("first, 50", tl::grad(f)(50.0L), 1.928749847963917783018e-22L);
}

TEST_CASE("sums on a logarithmic scale against references") {
  near("softplus(-40)", tl::softplus(-40.0L), 4.248354255291588986305e-18L);
  near("softplus(1)", tl::softplus(1.0L), 1.313261687518222834049L);
  CHECK(tl::softplus(800.0) == 800.0);
  CHECK(tl::log_sigmoid(-800.0) == -800.0);
  near("logaddexp(1000, 1000.5)", tl::logaddexp(1000.0L, 1000.5L), 1000.974076984180106681L);
  near("logaddexp(-1000, -1001)", tl::logaddexp(-1000.0L, -1001.0L), -999.686738312481777166L);
}

// The constants in rules have the precision of long double where they are used in long double.
TEST_CASE("derivatives in long double are no worse than the function") {
  // log(2) and its reciprocal, log10(e), 2 / sqrt(pi): OEIS A002162, A007525, A002285, A190732.
  near("exp2'(0)", tl::grad([](auto x) { return tl::exp2(x); })(0.0L), 0.6931471805599453094172L);
  near("log2'(1)", tl::grad([](auto x) { return tl::log2(x); })(1.0L), 1.442695040888963407360L);
  near("log10'(1)", tl::grad([](auto x) { return tl::log10(x); })(1.0L), 0.4342944819032518276511L);
  near("erf'(0)", tl::grad([](auto x) { return tl::erf(x); })(0.0L), 1.128379167095512573896L);
  near("erfc'(0)", tl::grad([](auto x) { return tl::erfc(x); })(0.0L), -1.128379167095512573896L);
}
