// SPDX-License-Identifier: BSL-1.0
#pragma once

// A number with an infinitesimal imaginary part: f({x, h}).imag() / h is f'(x) without the
// cancellation of differences. Comparisons, and functions that choose, look at the real part.

#include <cmath>
#include <complex>
#include <type_traits>

struct complex_step {
  static constexpr double h = 1e-40;

  constexpr complex_step(double real = 0, double imaginary = 0) : z(real, imaginary) {}
  constexpr complex_step(const std::complex<double>& v) : z(v) {}
  constexpr double real() const { return z.real(); }
  constexpr double derivative() const { return z.imag() / h; }
  std::complex<double> z;

  using S = complex_step;
  friend S operator+(const S& x, const S& y) { return x.z + y.z; }
  friend S operator-(const S& x, const S& y) { return x.z - y.z; }
  friend S operator*(const S& x, const S& y) { return x.z * y.z; }
  friend S operator/(const S& x, const S& y) { return x.z / y.z; }
  friend S operator-(const S& x) { return -x.z; }
  friend bool operator<(const S& x, const S& y) { return x.real() < y.real(); }
  friend bool operator<=(const S& x, const S& y) { return x.real() <= y.real(); }
  friend bool operator>(const S& x, const S& y) { return x.real() > y.real(); }
  friend bool operator>=(const S& x, const S& y) { return x.real() >= y.real(); }
  friend bool operator==(const S& x, const S& y) { return x.real() == y.real(); }

  friend S sqrt(const S& x) { return std::sqrt(x.z); }
  friend S cbrt(const S& x) { return x < 0 ? -cbrt(-x) : pow(x, 1.0 / 3); }
  friend S exp(const S& x) { return std::exp(x.z); }
  friend S expm1(const S& x) { return std::exp(x.z) - 1.0; }
  friend S log(const S& x) { return std::log(x.z); }
  friend S sin(const S& x) { return std::sin(x.z); }
  friend S cos(const S& x) { return std::cos(x.z); }
  friend S tan(const S& x) { return std::tan(x.z); }
  friend S sinh(const S& x) { return std::sinh(x.z); }
  friend S cosh(const S& x) { return std::cosh(x.z); }
  friend S tanh(const S& x) { return std::tanh(x.z); }
  friend S hypot(const S& x, const S& y) { return sqrt(x * x + y * y); }
  friend S pow(const S& x, const S& y) { return exp(y * log(x)); }
  // The standard library has no complex error function, and its inverse functions cancel a small
  // imaginary part away; this is what they are to first order.
  constexpr S step(double y, double slope) const { return {y, z.imag() * slope}; }
  friend S asin(const S& x) {
    return x.step(std::asin(x.real()), 1 / std::sqrt(1 - x.real() * x.real()));
  }
  friend S acos(const S& x) {
    return x.step(std::acos(x.real()), -1 / std::sqrt(1 - x.real() * x.real()));
  }
  friend S atan(const S& x) { return x.step(std::atan(x.real()), 1 / (1 + x.real() * x.real())); }
  friend S atan2(const S& y, const S& x) {
    const double squares = x.real() * x.real() + y.real() * y.real();
    return {std::atan2(y.real(), x.real()),
            (x.real() * y.z.imag() - y.real() * x.z.imag()) / squares};
  }
  friend S asinh(const S& x) {
    return x.step(std::asinh(x.real()), 1 / std::sqrt(1 + x.real() * x.real()));
  }
  friend S acosh(const S& x) {
    return x.step(std::acosh(x.real()), 1 / std::sqrt(x.real() * x.real() - 1));
  }
  friend S atanh(const S& x) { return x.step(std::atanh(x.real()), 1 / (1 - x.real() * x.real())); }
  friend S erf(const S& x) {
    return x.step(std::erf(x.real()),
                  2 / std::sqrt(std::acos(-1.0)) * std::exp(-x.real() * x.real()));
  }
  friend S erfc(const S& x) { return {std::erfc(x.real()), -erf(x).z.imag()}; }
  friend S fmod(const S& x, const S& y) { return x - std::trunc(x.real() / y.real()) * y; }
  friend S floor(const S& x) { return std::floor(x.real()); }
  friend S ceil(const S& x) { return std::ceil(x.real()); }
  friend S round(const S& x) { return std::round(x.real()); }
  friend S trunc(const S& x) { return std::trunc(x.real()); }
};
