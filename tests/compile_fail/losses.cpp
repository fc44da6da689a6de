// SPDX-License-Identifier: BSL-1.0
#include <tapeless/optimize/layers.hpp>
#include <tapeless/tapeless.hpp>

#include <array>
#include <vector>

namespace tl = tapeless;
using list = std::vector<double>;

constexpr auto softmax = [](auto z, auto l) { return tl::softmax_cross_entropy(z, l); };
constexpr auto squares = [](auto y, auto t) { return tl::mean_squared_error(y, t); };

#ifndef MISTAKE
// [right]
double loss(const list& y, const list& t) { return tl::evaluate(squares)(y, t); }
// [end]
auto of_one(const list& z, int label) { return tl::grad<0>(softmax)(z, label); }
auto of_many(const tl::matrix<double>& z) { return tl::grad<0>(softmax)(z, std::array{0, 1}); }
double captured(const list& y, const list& t) {
  return tl::evaluate([&](auto s) { return tl::mean_squared_error(s * t, y); })(2.0);
}
static_assert(tl::mean_squared_error(3.0, 1) == 4);
#endif

#ifdef MISTAKE_1  // EXPECT: labels of tl::softmax_cross_entropy are indices
auto of_many_double(const tl::matrix<double>& z, const list& labels) {
  return tl::grad<0>(softmax)(z, labels);
}
#endif
#ifdef MISTAKE_2  // EXPECT: labels of tl::softmax_cross_entropy are indices
auto of_one_double(const list& z) { return tl::grad<0>(softmax)(z, 1.0); }
#endif
#ifdef MISTAKE_3  // EXPECT: tapeless: losses and layers of arrays are for bodies of functions
double outside(const list& y, const list& t) { return tl::mean_squared_error(y, t); }
#endif
#ifdef MISTAKE_4  // EXPECT: tapeless: losses and layers of arrays are for bodies of functions
double labels_outside(const list& z) { return tl::softmax_cross_entropy(z, 1); }
#endif
#ifdef MISTAKE_5  // EXPECT: tapeless: losses and layers of arrays are for bodies of functions
double of_arrays(const std::array<double, 2>& y) { return tl::huber_loss(y, y); }
#endif
#ifdef MISTAKE_6  // EXPECT: tapeless: losses and layers of arrays are for bodies of functions
auto layer(const tl::matrix<double>& W, const list& b) { return tl::dense(W, b, b); }
#endif
