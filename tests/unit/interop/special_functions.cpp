// SPDX-License-Identifier: BSL-1.0
// The gamma function and its kin. Reference values: mpmath 1.3 with 60 digits.

#include "support/laws.hpp"

#include <tapeless/interop/special_functions.hpp>

#include <cmath>
#include <limits>

namespace tl = tapeless;

TEST_CASE("laws of the gamma function and its kin") {
  laws::hold<1>("tgamma", [](auto x) { return tl::tgamma(x); }, {{0.75}, {3.3}, {-1.5}});
  laws::hold<1>("lgamma", [](auto x) { return tl::lgamma(x); }, {{0.75}, {3.3}, {-1.5}});
  laws::hold<1>("digamma", [](auto x) { return tl::digamma(x); }, {{0.75}, {3.3}, {30.0}});
  laws::hold<1>("trigamma", [](auto x) { return tl::trigamma(x); }, {{0.75}, {3.3}, {30.0}});
}

TEST_CASE("values of the gamma function and its kin") {
  CHECK(tl::tgamma(0.75) == Approx(1.225416702465177645129).epsilon(1e-15));
  CHECK(tl::lgamma(0.75) == Approx(0.2032809514312953714814).epsilon(1e-15));
  CHECK(tl::digamma(0.75) == Approx(-1.085860879786472169627).epsilon(1e-15));
  CHECK(tl::digamma(-1.5) == Approx(0.7031566406452431872257).epsilon(2e-15));
  CHECK(tl::digamma(30) == Approx(3.384438132685524876562).epsilon(1e-15));
  CHECK(tl::trigamma(0.75) == Approx(2.541879647671606498398).epsilon(1e-15));
  CHECK(tl::polygamma(2, 0.75) == Approx(-5.302633216337639631433).epsilon(1e-15));
  CHECK(tl::polygamma(3, 0.75) == Approx(19.76331253485059976025).epsilon(2e-15));
}

TEST_CASE("derivatives of the gamma function and its kin") {
  constexpr auto gamma = [](auto x) { return tl::tgamma(x); };
  CHECK(tl::grad(gamma)(0.75) == Approx(-1.330632058643875397316).epsilon(1e-15));
  CHECK(tl::grad(tl::grad(gamma))(0.75) == Approx(4.559743073784210772046).epsilon(1e-14));
  constexpr auto log_gamma = [](auto x) { return tl::lgamma(x); };
  const auto third = tl::grad(tl::grad(tl::grad(log_gamma)));
  CHECK(third(0.75) == Approx(-5.302633216337639631433).epsilon(1e-15));
  CHECK(tl::grad(third)(0.75) == Approx(19.76331253485059976025).epsilon(2e-15));
}

TEST_CASE("poles and NaN neither throw nor crash") {
  const double inf = std::numeric_limits<double>::infinity();
  CHECK(tl::lgamma(0.0) == inf);
  CHECK(tl::lgamma(-2.0) == inf);
  CHECK(tl::tgamma(inf) == inf);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (double x : {nan, 0.0, -2.0, -inf}) {
    INFO(x);
    CHECK(std::isnan(tl::digamma(x)));
    CHECK(std::isnan(tl::grad([](auto t) { return tl::lgamma(t); })(x)));
  }
  CHECK(std::isnan(tl::polygamma(1, nan)));
  CHECK(std::isnan(tl::polygamma(2, nan)));
}
