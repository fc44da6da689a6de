// SPDX-License-Identifier: BSL-1.0
// Primals on a type of the user's, whose functions are found by argument-dependent lookup and whose
// comparisons give a mask rather than bool.

#include "support/catch.hpp"

#include <tapeless/tapeless.hpp>

#include <cmath>

namespace user {

struct mask {
  bool on;
};

/// A packet of one: nothing but arithmetic, comparisons and functions of its own.
struct packet {
  double v;
  explicit packet(double value) : v(value) {}
};

packet operator+(packet a, packet b) { return packet(a.v + b.v); }
packet operator-(packet a, packet b) { return packet(a.v - b.v); }
packet operator*(packet a, packet b) { return packet(a.v * b.v); }
packet operator/(packet a, packet b) { return packet(a.v / b.v); }
packet operator-(packet a) { return packet(-a.v); }
mask operator<(packet a, packet b) { return {a.v < b.v}; }
mask operator==(packet a, packet b) { return {a.v == b.v}; }
packet select(mask m, packet a, packet b) { return m.on ? a : b; }

#define FUNCTION(name) \
  packet name(packet a) { return packet(std::name(a.v)); }
FUNCTION(abs)
FUNCTION(acos)
FUNCTION(acosh)
FUNCTION(asin)
FUNCTION(asinh)
FUNCTION(atan)
FUNCTION(atanh)
FUNCTION(cbrt)
FUNCTION(ceil)
FUNCTION(cos)
FUNCTION(cosh)
FUNCTION(erf)
FUNCTION(erfc)
FUNCTION(exp)
FUNCTION(exp2)
FUNCTION(expm1)
FUNCTION(floor)
FUNCTION(log)
FUNCTION(log10)
FUNCTION(log1p)
FUNCTION(log2)
FUNCTION(round)
FUNCTION(sin)
FUNCTION(sinh)
FUNCTION(sqrt)
FUNCTION(tan)
FUNCTION(tanh)
FUNCTION(trunc)
#undef FUNCTION
packet atan2(packet a, packet b) { return packet(std::atan2(a.v, b.v)); }
packet copysign(packet a, packet b) { return packet(std::copysign(a.v, b.v)); }
packet fmod(packet a, packet b) { return packet(std::fmod(a.v, b.v)); }
packet hypot(packet a, packet b) { return packet(std::hypot(a.v, b.v)); }
packet pow(packet a, packet b) { return packet(std::pow(a.v, b.v)); }

}  // namespace user

namespace tl = tapeless;

namespace {

template <class P, class... X>
void same(X... x) {
  INFO(P::name);
  CHECK(P::primal(user::packet(x)...).v == P::primal(x...));
}
template <class... P>
void same_at(double x) {
  (same<P>(x), ...);
}
template <class... P>
void same_at(double x, double y) {
  (same<P>(x, y), ...);
}

}  // namespace

TEST_CASE("primals of one operand") {
  for (double x : {0.3, 0.7}) {
    same_at<tl::exponential, tl::binary_exponential, tl::exponential_minus_one,
            tl::natural_logarithm, tl::binary_logarithm, tl::decimal_logarithm,
            tl::logarithm_of_one_plus, tl::square_root, tl::cube_root, tl::reciprocal_square_root,
            tl::reciprocal_value, tl::constant_power<5>, tl::arc_sine, tl::arc_cosine,
            tl::inverse_hyperbolic_tangent, tl::logarithm_of_difference>(x);
  }
  for (double x : {0.3, -0.7, 0.0, -14.5, 2.5}) {
    same_at<tl::sine, tl::cosine, tl::tangent, tl::arc_tangent, tl::hyperbolic_sine,
            tl::hyperbolic_cosine, tl::hyperbolic_tangent, tl::inverse_hyperbolic_sine,
            tl::round_down, tl::round_up, tl::round_nearest, tl::round_toward_zero,
            tl::absolute_value, tl::signum, tl::rectifier, tl::error_function,
            tl::complementary_error_function, tl::normal_density, tl::normal_distribution,
            tl::inverse_mills_ratio, tl::normal_log_distribution, tl::logistic_function,
            tl::softplus_function, tl::gradient_stopped>(x);
  }
  same<tl::inverse_hyperbolic_cosine>(1.5);
}

TEST_CASE("primals of more operands") {
  for (double x : {0.3, 0.0, 1.2}) {
    same_at<tl::hypotenuse, tl::power, tl::arc_tangent_of_point, tl::floating_remainder,
            tl::sign_copied, tl::maximum, tl::minimum, tl::leaky_rectifier,
            tl::exponential_rectifier, tl::logarithm_of_sum, tl::product_with_logarithm>(x, 1.2);
  }
  same<tl::integral_power>(0.3, 2.0);
  same<tl::space_hypotenuse>(0.3, 0.4, 1.2);
  for (double x : {0.3, -1.0, 3.0}) same<tl::huber_function>(x, 1.0);
  for (double x : {0.3, -1.0, 3.0}) same<tl::clamped>(x, 0.0, 1.0);
}
