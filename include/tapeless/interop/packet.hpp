// SPDX-License-Identifier: BSL-1.0
#pragma once

// Packets of as many numbers as the machine's registers hold. Arithmetic on them is the compilers'
// own, so that they fuse it like that of numbers; functions are called in packet_calls.hpp.

#if defined(__FAST_MATH__)
#error "tapeless: tl::simd needs IEEE arithmetic, which -ffast-math is not"
#endif

#define TAPELESS_PACKETS

#include <tapeless/codegen/region_loop.hpp>
#include <tapeless/interop/packet_parts.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

template <class T>
struct register_of;
template <>
struct register_of<double> {
  static constexpr std::size_t width = register_bytes / sizeof(double);
  using type = register_of_doubles;
  typedef std::ptrdiff_t indices __attribute__((vector_size(sizeof(std::ptrdiff_t) * width)));
};
template <>
struct register_of<float> {
  static constexpr std::size_t width = register_bytes / sizeof(float);
  using type = register_of_floats;
  typedef std::ptrdiff_t indices __attribute__((vector_size(sizeof(std::ptrdiff_t) * width)));
};

// What primitives do with packets is compiled under the packets' name: two files of one program
// that have the functions from different libraries must not take each other's.
#if defined(TAPELESS_PACKETS_BY_LIBMVEC)
inline namespace with_libmvec {
#else
inline namespace with_xsimd {
#endif

/// A register of numbers.
template <class T>
struct packet {
  static constexpr int width = static_cast<int>(register_of<T>::width);
  using lanes = typename register_of<T>::type;
  using indices = typename register_of<T>::indices;
  using mask = decltype(lanes{} < lanes{});
  using condition_type = packet<T>;
  lanes v;

  packet() = default;
  // x + 0 would be an addition for the sake of -0.
  template <class Number>
    requires std::is_arithmetic_v<Number>
  TAPELESS_KERNEL packet(Number number) : v(static_cast<T>(number) - lanes{}) {}
  TAPELESS_KERNEL packet(const lanes& all, int) : v(all) {}

  TAPELESS_KERNEL static packet load(const T* from) {
    packet p;
    __builtin_memcpy(&p.v, from, sizeof(p.v));
    return p;
  }
  TAPELESS_KERNEL void store(T* to) const { __builtin_memcpy(to, &v, sizeof(v)); }
  /// The first `count` lanes; the others are zero, and no memory is touched for them.
  TAPELESS_KERNEL static packet load_part(const T* from, int count) {
    packet p;
    load_first(p.v, from, count);
    return p;
  }
  TAPELESS_KERNEL void store_part(T* to, int count) const { store_first(to, v, count); }

  /// Of f(0), f(1) ...: inserted one by one, because a packet loaded from where its lanes have just
  /// been stored would wait for the stores.
  template <class F>
  TAPELESS_KERNEL static packet of(const F& f) {
    return of(f, std::make_integer_sequence<int, width>{});
  }
  /// Lane l is the sum over the lanes of x[l]. (xsimd 8.1 gives another order for 16 floats.)
  TAPELESS_KERNEL static packet sum_of_each(const packet* x) {
    return sum_of_each<width, 0>(x, std::make_integer_sequence<int, width>{});
  }
  /// `first` and the numbers after it. (Returned, it would be larger than a register.)
  TAPELESS_KERNEL static void count_from(indices& to, std::ptrdiff_t first) {
    count_from(to, first, std::make_integer_sequence<int, width>{});
  }
  /// Which lanes are among the first `count`.
  TAPELESS_KERNEL static mask first(int count) {
    using number = std::remove_cvref_t<decltype(mask{}[0])>;
    return first<number>(count, std::make_integer_sequence<int, width>{});
  }

 private:
  template <class F, int... L>
  TAPELESS_KERNEL static packet of(const F& f, std::integer_sequence<int, L...>) {
    return packet(lanes{f(L)...}, 0);
  }
  template <int Count, int First, int... L>
  TAPELESS_KERNEL static packet sum_of_each(const packet* x, std::integer_sequence<int, L...> all) {
    if constexpr (Count == 1) {
      return x[First];
    } else {
      constexpr int half = Count / 2;
      const packet a = sum_of_each<half, First>(x, all);
      const packet b = sum_of_each<half, First + half>(x, all);
      return {__builtin_shufflevector(a.v, b.v, ((L & half) != 0 ? width + L - half : L)...) +
                  __builtin_shufflevector(a.v, b.v, ((L & half) != 0 ? width + L : L + half)...),
              0};
    }
  }
  template <int... L>
  TAPELESS_KERNEL static void count_from(indices& to, std::ptrdiff_t first,
                                         std::integer_sequence<int, L...>) {
    to = indices{L...} + first;
  }
  template <class Number, int... L>
  TAPELESS_KERNEL static mask first(int count, std::integer_sequence<int, L...>) {
    return mask{L...} < mask{} + static_cast<Number>(count);
  }
};

}  // the inline namespace

/// What comparing packets gives.
template <class T>
struct packet_mask {
  typename packet<T>::mask v;

  packet_mask() = default;
  TAPELESS_KERNEL packet_mask(bool b) : v(typename packet<T>::mask{} - (b ? 1 : 0)) {}
  TAPELESS_KERNEL packet_mask(const typename packet<T>::mask& m, int) : v(m) {}
};
template <class T>
struct condition_type<packet<T>> {
  using type = packet_mask<T>;
};

// Templates over T would not convert numbers; these are found by argument-dependent lookup.
#define TAPELESS_PACKET_OPERATOR(op)                                                     \
  template <class T>                                                                     \
  TAPELESS_KERNEL packet<T> operator op(const packet<T>& a, const packet<T>& b) {        \
    TAPELESS_CONTRACT                                                                    \
    return {a.v op b.v, 0};                                                              \
  }                                                                                      \
  template <class T>                                                                     \
  TAPELESS_KERNEL packet<T> operator op(const packet<T>& a, std::type_identity_t<T> b) { \
    TAPELESS_CONTRACT                                                                    \
    return {a.v op b, 0};                                                                \
  }                                                                                      \
  template <class T>                                                                     \
  TAPELESS_KERNEL packet<T> operator op(std::type_identity_t<T> a, const packet<T>& b) { \
    TAPELESS_CONTRACT                                                                    \
    return {a op b.v, 0};                                                                \
  }
TAPELESS_PACKET_OPERATOR(+)
TAPELESS_PACKET_OPERATOR(-)
TAPELESS_PACKET_OPERATOR(*)
TAPELESS_PACKET_OPERATOR(/)
#undef TAPELESS_PACKET_OPERATOR
template <class T>
TAPELESS_KERNEL packet<T> operator-(const packet<T>& a) {
  return {-a.v, 0};
}

#define TAPELESS_PACKET_COMPARISON(op)                                                        \
  template <class T>                                                                          \
  TAPELESS_KERNEL packet_mask<T> operator op(const packet<T>& a, const packet<T>& b) {        \
    return {a.v op b.v, 0};                                                                   \
  }                                                                                           \
  template <class T>                                                                          \
  TAPELESS_KERNEL packet_mask<T> operator op(const packet<T>& a, std::type_identity_t<T> b) { \
    return {a.v op packet<T>(b).v, 0};                                                        \
  }                                                                                           \
  template <class T>                                                                          \
  TAPELESS_KERNEL packet_mask<T> operator op(std::type_identity_t<T> a, const packet<T>& b) { \
    return {packet<T>(a).v op b.v, 0};                                                        \
  }
TAPELESS_PACKET_COMPARISON(<)
TAPELESS_PACKET_COMPARISON(<=)
TAPELESS_PACKET_COMPARISON(>)
TAPELESS_PACKET_COMPARISON(>=)
TAPELESS_PACKET_COMPARISON(==)
TAPELESS_PACKET_COMPARISON(!=)
#undef TAPELESS_PACKET_COMPARISON
template <class T>
TAPELESS_KERNEL packet_mask<T> operator&&(const packet_mask<T>& a, const packet_mask<T>& b) {
  return {a.v & b.v, 0};
}
template <class T>
TAPELESS_KERNEL packet_mask<T> operator||(const packet_mask<T>& a, const packet_mask<T>& b) {
  return {a.v | b.v, 0};
}
template <class T>
TAPELESS_KERNEL packet_mask<T> operator!(const packet_mask<T>& a) {
  return {~a.v, 0};
}
template <class T>
TAPELESS_KERNEL packet<T> select(const packet_mask<T>& c, const packet<T>& a, const packet<T>& b) {
  return {c.v ? a.v : b.v, 0};
}

/// The number without its sign, or with that of y.
template <class T>
TAPELESS_KERNEL packet<T> abs(const packet<T>& x) {
  using mask = typename packet<T>::mask;
  return {(typename packet<T>::lanes)((mask)x.v & ~(mask)packet<T>(T(-0.0)).v), 0};
}
template <class T>
TAPELESS_KERNEL packet<T> copysign(const packet<T>& x, const packet<T>& y) {
  using mask = typename packet<T>::mask;
  const mask sign = (mask)packet<T>(T(-0.0)).v;
  return {(typename packet<T>::lanes)(((mask)x.v & ~sign) | ((mask)y.v & sign)), 0};
}
template <class T>
TAPELESS_KERNEL packet<T> sqrt(const packet<T>& x) {
  return {root_of(x.v), 0};
}

/// The larger one, or the smaller; NaN if one is.
template <class T>
TAPELESS_KERNEL packet<T> larger(const packet<T>& x, const packet<T>& y) {
  return select(y == y, packet<T>(larger_of(y.v, x.v), 0), y);
}
template <class T>
TAPELESS_KERNEL packet<T> smaller(const packet<T>& x, const packet<T>& y) {
  return select(y == y, packet<T>(smaller_of(y.v, x.v), 0), y);
}

// What users' own primitives call them.
template <class T>
TAPELESS_KERNEL packet<T> max(const packet<T>& x, const packet<T>& y) {
  return larger(x, y);
}
template <class T>
TAPELESS_KERNEL packet<T> min(const packet<T>& x, const packet<T>& y) {
  return smaller(x, y);
}

/// Lanes that lie `By` apart change places.
template <int By, class T, int... L>
TAPELESS_KERNEL packet<T> exchanged(const packet<T>& x, std::integer_sequence<int, L...>) {
  return {__builtin_shufflevector(x.v, x.v, (L ^ By)...), 0};
}
/// The largest lane; NaN if one is. Without branches, of which nobody could predict which lane it
/// is.
template <class T, int By = packet<T>::width / 2>
TAPELESS_KERNEL T largest(const packet<T>& x) {
  if constexpr (By == 0) {
    return x.v[0];
  } else {
    const auto there = exchanged<By>(x, std::make_integer_sequence<int, packet<T>::width>{});
    return largest<T, By / 2>(larger(x, there));
  }
}
/// The smallest of the numbers of lanes.
template <class T, int By, int... L>
TAPELESS_KERNEL std::ptrdiff_t smallest_index(typename packet<T>::indices& x,
                                              std::integer_sequence<int, L...> all) {
  if constexpr (By == 0) {
    return x[0];
  } else {
    const typename packet<T>::indices there = __builtin_shufflevector(x, x, (L ^ By)...);
    x = there < x ? there : x;
    return smallest_index<T, By / 2>(x, all);
  }
}

/// What is less or greater than zero, which a NaN is not, becomes one of that sign.
template <class T>
TAPELESS_KERNEL packet<T> sign(const packet<T>& x) {
#if defined(__AVX512F__)
  // One instruction, which goes by what kind of number it is. From the last digit on: both kinds of
  // NaN and zero stay, then 1, infinities, what is less or greater than zero.
  constexpr int table = static_cast<int>(0xa9a9a111u);
  if constexpr (std::is_same_v<T, double>) {
    typedef long long entries __attribute__((vector_size(register_bytes)));
    return {__builtin_ia32_fixupimmpd512_mask(x.v, x.v, entries{} + table, 0, all_doubles, 4), 0};
  } else {
    typedef int entries __attribute__((vector_size(register_bytes)));
    return {__builtin_ia32_fixupimmps512_mask(x.v, x.v, entries{} + table, 0, all_floats, 4), 0};
  }
#else
  return select(x < T(0) || T(0) < x, copysign(packet<T>(T(1)), x), x);
#endif
}

/// The sum of the lanes: of halves, of quarters ...
template <class T, class Lanes, int... L>
TAPELESS_KERNEL T sum_of_halves(const Lanes& x, std::integer_sequence<int, L...>) {
  if constexpr (sizeof...(L) == 0) {
    return x[0];
  } else {
    constexpr int half = sizeof...(L);
    return sum_of_halves<T>(
        __builtin_shufflevector(x, x, L...) + __builtin_shufflevector(x, x, (L + half)...),
        std::make_integer_sequence<int, half / 2>{});
  }
}
template <class T>
TAPELESS_KERNEL T sum_of_lanes(const packet<T>& x) {
  return sum_of_halves<T>(x.v, std::make_integer_sequence<int, packet<T>::width / 2>{});
}

}  // namespace TAPELESS_ABI
}  // namespace tapeless
