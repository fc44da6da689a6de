// SPDX-License-Identifier: BSL-1.0
#pragma once

// Functions of packets, by name. packet_functions.hpp and packet_libmvec.hpp have them, from one
// library each; without them, programs that need them are refused.

#include <tapeless/interop/packet.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class T>
struct packet_functions {
  static constexpr bool missing = true;
  static constexpr int library = 1;  ///< as with xsimd, where only functions would differ
};

// Lists of them, by what the libraries have.
#define TAPELESS_ELEMENTARY_FUNCTIONS(of)                                                          \
  of(exp) of(exp2) of(expm1) of(log) of(log2) of(log10) of(log1p) of(cbrt) of(sin) of(cos) of(tan) \
      of(asin) of(acos) of(atan) of(sinh) of(cosh) of(tanh) of(asinh) of(acosh) of(atanh) of(erf)  \
          of(erfc)
#define TAPELESS_ROUNDING_FUNCTIONS(of) of(floor) of(ceil) of(trunc)
#define TAPELESS_LANE_FUNCTIONS(of) of(round) of(rint) of(nearbyint) of(tgamma) of(lgamma)
#define TAPELESS_POWERS_AND_ANGLES(of) of(pow) of(atan2) of(hypot)
#define TAPELESS_LANE_FUNCTIONS_OF_TWO(of) of(fmod) of(remainder)
#define TAPELESS_FUNCTIONS_OF_ONE(of) \
  TAPELESS_ELEMENTARY_FUNCTIONS(of)   \
  TAPELESS_ROUNDING_FUNCTIONS(of) TAPELESS_LANE_FUNCTIONS(of)
#define TAPELESS_FUNCTIONS_OF_TWO(of) \
  TAPELESS_POWERS_AND_ANGLES(of) TAPELESS_LANE_FUNCTIONS_OF_TWO(of)

// Met without them only by users' own primitives: programs with the library's are refused before
// (api/check.hpp).
#define TAPELESS_CALL_PACKET_FUNCTION(f, ...)                                                  \
  static_assert(!packet_functions<T>::missing,                                                 \
                "tapeless: " #f                                                                \
                " in packets needs #include <tapeless/interop/simd.hpp> or simd_libmvec.hpp"); \
  if constexpr (!packet_functions<T>::missing) return packet_functions<T>::f(__VA_ARGS__)
#define TAPELESS_PACKET_FUNCTION(f)                 \
  template <class T>                                \
  TAPELESS_KERNEL packet<T> f(const packet<T>& x) { \
    TAPELESS_CALL_PACKET_FUNCTION(f, x);            \
  }
TAPELESS_FUNCTIONS_OF_ONE(TAPELESS_PACKET_FUNCTION)
#undef TAPELESS_PACKET_FUNCTION
#define TAPELESS_PACKET_FUNCTION(f)                                     \
  template <class T>                                                    \
  TAPELESS_KERNEL packet<T> f(const packet<T>& x, const packet<T>& y) { \
    TAPELESS_CALL_PACKET_FUNCTION(f, x, y);                             \
  }
TAPELESS_FUNCTIONS_OF_TWO(TAPELESS_PACKET_FUNCTION)
#undef TAPELESS_PACKET_FUNCTION
#undef TAPELESS_CALL_PACKET_FUNCTION

/// The library's primitives that are not made of arithmetic alone.
#define TAPELESS_NAME(f) #f,
inline constexpr text_view primitives_with_functions[]{
    TAPELESS_FUNCTIONS_OF_ONE(TAPELESS_NAME) TAPELESS_FUNCTIONS_OF_TWO(TAPELESS_NAME) "digamma",
    "elu",
    "integer_pow",
    "inverse_mills",
    "log1mexp",
    "logaddexp",
    "logistic",
    "normal_cdf",
    "normal_log_cdf",
    "normal_pdf",
    "polygamma",
    "reciprocal_expm1",
    "softplus",
    "xlogy"};
#undef TAPELESS_NAME
/// A loop of g has one of those.
template <class Graph>
consteval bool has_functions_in_loops(const Graph& g) {
  for (int n = 0; n < g.size; ++n) {
    const operation& op = *g.nodes[n].op;
    if (op.kind != algebra::other || g.scope[n] == 0) continue;
    for (text_view name : primitives_with_functions) {
      if (op.name == name) return true;
    }
  }
  return false;
}

/// What regions that can run in packets ask for.
template <class T>
struct packet_facts {
  using type = packet<T>;
  static constexpr int width = type::width;
  static constexpr int library = packet_functions<T>::library;
  template <class Graph>
  static consteval bool lacks_functions(const Graph& g) {
    return packet_functions<T>::missing && has_functions_in_loops(g);
  }
};
template <>
struct packet_of<double> : packet_facts<double> {};
template <>
struct packet_of<float> : packet_facts<float> {};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
