// SPDX-License-Identifier: BSL-1.0
// What do the price of a European call and its five first-order Greeks cost?
#include "support/rivals.hpp"
#include "support/row.hpp"

#include <tapeless/tapeless.hpp>

namespace tl = tapeless;
using namespace tl::literals;

namespace {

// spot, strike, rate, volatility, time: delta, dual delta, rho, vega, theta
using input = bench::input<5>;
using result = bench::result<5>;

constexpr auto call_price = []<class T>(const T& spot, const T& strike, const T& rate,
                                        const T& volatility, const T& time) -> T {
  using bench::normal_cdf;
  using std::exp;
  using std::log;
  using std::sqrt;
  using tl::normal_cdf;
  const T deviation = volatility * sqrt(time);
  const T d1 = (log(spot / strike) + (rate + 0.5 * volatility * volatility) * time) / deviation;
  const T d2 = d1 - deviation;
  return spot * normal_cdf(d1) - strike * exp(-rate * time) * normal_cdf(d2);
};

constexpr tl::variable<"spot"> spot;
constexpr tl::variable<"strike"> strike;
constexpr tl::variable<"rate"> rate;
constexpr tl::variable<"volatility"> volatility;
constexpr tl::variable<"time"> maturity;

constexpr auto call_expression = tl::let(volatility * sqrt(maturity), [](auto deviation) {
  return tl::let(
      (log(spot / strike) + (rate + 0.5_c * volatility * volatility) * maturity) / deviation,
      [deviation](auto d1) {
        return spot * normal_cdf(d1) - strike * exp(-rate * maturity) * normal_cdf(d1 - deviation);
      });
});

// The chain rule, and nothing but: that spot * pdf(d1) equals strike * discount * pdf(d2), which
// saves an exponential, is knowledge about finance.
result hand_written(const input& in) {
  const auto [s, k, r, v, t] = in.active;
  const double root = std::sqrt(t);
  const double deviation = v * root;
  const double drift = r + 0.5 * v * v;
  const double d1 = (std::log(s / k) + drift * t) / deviation;
  const double d2 = d1 - deviation;
  const double cdf1 = bench::normal_cdf(d1);
  const double cdf2 = bench::normal_cdf(d2);
  const double discount = std::exp(-r * t);
  const double present = k * discount;

  const double d2_bar = -present * bench::normal_pdf(d2);
  const double d1_bar = s * bench::normal_pdf(d1) + d2_bar;
  const double numerator_bar = d1_bar / deviation;
  const double deviation_bar = -d2_bar - d1 * numerator_bar;
  const double drift_bar = numerator_bar * t;
  const double exponent_bar = -present * cdf2;
  return {s * cdf1 - present * cdf2,
          {cdf1 + numerator_bar / s, -discount * cdf2 - numerator_bar / k,
           drift_bar - exponent_bar * t, drift_bar * v + deviation_bar * root,
           numerator_bar * drift + 0.5 * deviation_bar * v / root - exponent_bar * r}};
}

}  // namespace

int main(int argc, char** argv) {
  bench::uniform random(2);
  bench::points<input> inputs;
  for (input& in : inputs)
    in = {{random(80, 120), random(80, 120), random(0.01, 0.06), random(0.1, 0.5), random(0.2, 2)},
          {}};

  bench::row<input> row("black_scholes", inputs);
  row.hand_written([](const input& in) { return hand_written(in); });
  row.add(
      "tapeless_function",
      [](const input& in) {
        const auto [s, k, r, v, t] = in.active;
        return tl::value_and_grad(call_price)(s, k, r, v, t);
      },
      [](const auto& out) {
        const auto& [value, gradient] = out;
        const auto& [delta, dual_delta, rho, vega, theta] = gradient;
        return bench::flat{value, delta, dual_delta, rho, vega, theta};
      });
  row.add(
      "tapeless_expression",
      [](const input& in) {
        const auto [s, k, r, v, t] = in.active;
        return tl::value_and_grad(call_expression)(spot = s, strike = k, rate = r, volatility = v,
                                                   maturity = t);
      },
      [](const auto& out) {
        const auto& [value, g] = out;
        return bench::flat{value, g[spot], g[strike], g[rate], g[volatility], g[maturity]};
      });
  bench::add_rivals(row, inputs, [](const auto& p, const auto&) {
    return call_price(p[0], p[1], p[2], p[3], p[4]);
  });
  return bench::run(argc, argv);
}
