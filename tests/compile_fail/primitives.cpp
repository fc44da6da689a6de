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

struct twice {
  constexpr double operator()(double a) const { return 2 * a; }
};
struct scaled {
  double factor;
  constexpr double operator()(double a) const { return factor * a; }
};
/// With a number: data; with an int: none.
template <class Data>
struct slope {
  Data factor;
  constexpr auto operator()(auto, auto, auto w) const { return factor * w; }
};
template <>
struct slope<int> {
  constexpr auto operator()(auto, auto, auto w) const { return 2 * w; }
};
constexpr auto area_of = [](double a, double b) { return a * b; };

#ifndef MISTAKE
double right = tl::grad([](auto a) { return tl::lift<product<2>>(a, sin(a)); })(3.0) +
               tl::grad([](auto a) { return area<true>(a, sin(a)); })(3.0) + area_of(3.0, 4.0);
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
#ifdef MISTAKE_5  // EXPECT: tapeless::custom_vjp(f, rule): 'rule' must return one cotangent
auto three_of_two = tl::grad(tl::custom_vjp(
    area_of, [](auto a, auto b, auto, auto w) { return std::tuple(w * b, w * a, w); }))(3.0, 4.0);
#endif
#ifdef MISTAKE_6  // EXPECT: tapeless::custom_vjp(f, rule): 'rule' must return one cotangent
auto none_of_two = tl::grad(tl::custom_vjp(area_of, [](auto, auto, auto, auto) {}))(3.0, 4.0);
#endif
#ifdef MISTAKE_7  // EXPECT: tapeless::custom_vjp(f, rule): 'rule' must take, as 'auto'
auto without_result = tl::grad(tl::custom_vjp(
    area_of, [](auto a, auto b, auto w) { return tl::derivatives{w * b, w * a}; }))(3.0, 4.0);
#endif
#ifdef MISTAKE_8  // EXPECT: tapeless::custom_jvp(f, rule): 'rule' must return one value
auto two_tangents =
    tl::grad(tl::custom_jvp(area_of, [](auto... all) { return std::tuple(all...); }))(3.0, 4.0);
#endif
#ifdef MISTAKE_9  // EXPECT: tapeless::custom_jvp(f, rule): 'rule' must take, as 'auto'
auto one_tangent =
    tl::grad(tl::custom_jvp(area_of, [](auto, auto b, auto, auto s) { return b * s; }))(3.0, 4.0);
#endif
#ifdef MISTAKE_10  // EXPECT: tapeless::custom_vjp(f, rule), custom_jvp(f, rule): 'f' must
constexpr auto four = [](double a, double b, double c, double d) { return a * b * c * d; };
auto of_four = tl::grad(
    [](auto a) { return tl::custom_vjp(four, [](auto...) { return 1; })(a, a, a, a); })(3.0);
#endif
#ifdef MISTAKE_11  // EXPECT: tapeless::custom_vjp(f, rule), custom_jvp(f, rule): 'f' and 'rule'
                   // must
auto rule_with_data = tl::grad(tl::custom_vjp(twice{}, slope<double>{2}))(3.0);
#endif
#ifdef MISTAKE_12  // EXPECT: tapeless::custom_vjp(f, rule), custom_jvp(f, rule): 'f' and 'rule'
                   // must
auto function_with_data = tl::grad(tl::custom_jvp(scaled{2}, slope<int>{}))(3.0);
#endif
