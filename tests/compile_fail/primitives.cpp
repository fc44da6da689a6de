// SPDX-License-Identifier: BSL-1.0
#include <tapeless/tapeless.hpp>

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

#ifndef MISTAKE
double right = tl::grad([](auto a) { return tl::lift<product<2>>(a, sin(a)); })(3.0);
#endif

#ifdef MISTAKE_1  // EXPECT: tapeless: a primitive's 'partials' must return tl::derivatives{...} (or
                  // a
auto one = tl::operation_for<product<1>>();
#endif
#ifdef MISTAKE_2  // EXPECT: tapeless: a primitive's 'partials' must return tl::derivatives{...} (or
                  // a
auto bare = tl::operation_for<product<0>>();
#endif
