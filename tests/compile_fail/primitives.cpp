// SPDX-License-Identifier: BSL-1.0
#include <tapeless/tapeless.hpp>

#include <vector>

namespace tl = tapeless;

template <int Partials>
struct product : tl::primitive<2> {
  static constexpr tl::text_view name = "product";
  template <class T>
  static constexpr T primal(const T& a, const T& b) {
    return a * b;
  }
  template <class V>
  static constexpr auto partials(const V& a, const V& b, const V&) {
    if constexpr (Partials == 0) {
      return b;
    } else if constexpr (Partials == 1) {
      return std::tuple{b};
    } else {
      return tl::derivatives{b, a};
    }
  }
};

template <bool Both>
constexpr auto area = tl::custom_vjp([](double a, double b) { return a * b; },
                                     []([[maybe_unused]] auto a, auto b, auto, auto w) {
                                       if constexpr (Both) {
                                         return tl::derivatives{w * b, w * a};
                                       } else {
                                         return w * b;
                                       }
                                     });

#ifndef MISTAKE
double right = tl::grad([](auto a) { return tl::lift<product<2>>(a, sin(a)); })(3.0) +
               tl::grad([](auto a) { return area<true>(a, sin(a)); })(3.0);
#endif

#ifdef MISTAKE_1  // EXPECT: tapeless: a primitive's 'partials' must return tl::derivatives{...}
auto one = tl::operation_for<product<1>>;
#endif
#ifdef MISTAKE_2  // EXPECT: tapeless: a primitive's 'partials' must return tl::derivatives{...}
auto bare = tl::operation_for<product<0>>;
#endif
#ifdef MISTAKE_3  // EXPECT: tapeless::custom_vjp(f, rule): 'rule' must return one cotangent
auto one_of_two = tl::grad([](auto a) { return area<false>(a, sin(a)); })(3.0);
#endif
#ifdef MISTAKE_4  // EXPECT: tapeless::custom_vjp(f, rule): 'rule' must return one cotangent
constexpr auto in_a_loop = [](auto v) {
  return tl::sum(v.size(), [&](auto i) { return area<false>(v[i], v[i]); });
};
auto one_of_two_in_a_loop = tl::grad(in_a_loop)(std::vector<double>{3.0});
#endif
