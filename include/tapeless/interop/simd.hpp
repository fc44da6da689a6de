// SPDX-License-Identifier: BSL-1.0
#pragma once

// tl::simd: loops in packets of as many numbers as the machine's registers hold. Arithmetic on
// packets is the compilers' own, so that they fuse it like that of numbers; mathematics is xsimd's.
//
// Sums are kept one a lane and added at the end: results differ from the default's by rounding.

#if defined(__FAST_MATH__)
#error "tapeless: tl::simd needs IEEE arithmetic: xsimd's functions are wrong under -ffast-math"
#endif

#include <tapeless/codegen/nest_run.hpp>
#include <tapeless/transform/policy.hpp>

// These compilers take the undefined operands in their own AVX-512 headers for mistakes (gcc bug
// 105593), wherever they are inlined.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <xsimd/xsimd.hpp>

#include <cmath>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// A policy: grad(f, tl::simd), value_and_grad(f, tl::simd).
inline constexpr policy<false, false, true> simd{};

template <class T>
struct register_of;
template <>
struct register_of<double> {
  typedef double type __attribute__((vector_size(sizeof(double) * xsimd::batch<double>::size)));
};
template <>
struct register_of<float> {
  typedef float type __attribute__((vector_size(sizeof(float) * xsimd::batch<float>::size)));
};

/// A register of numbers.
template <class T>
struct packet {
  static constexpr int width = static_cast<int>(xsimd::batch<T>::size);
  using lanes = typename register_of<T>::type;
  using mask = decltype(lanes{} < lanes{});
  using condition_type = packet<T>;
  using batch = xsimd::batch<T>;
  lanes v;

  packet() = default;
  TAPELESS_KERNEL packet(T x) : v(lanes{} + x) {}
  TAPELESS_KERNEL packet(const lanes& x, int) : v(x) {}
  TAPELESS_KERNEL packet(const batch& x)
      : v((lanes) static_cast<typename batch::register_type>(x)) {}
  TAPELESS_KERNEL batch to_batch() const { return batch((typename batch::register_type)v); }

  TAPELESS_KERNEL static packet load(const T* from) {
    packet p;
    __builtin_memcpy(&p.v, from, sizeof(p.v));
    return p;
  }
  TAPELESS_KERNEL void store(T* to) const { __builtin_memcpy(to, &v, sizeof(v)); }
};
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

#define TAPELESS_PACKET_FUNCTION(f)                 \
  template <class T>                                \
  TAPELESS_KERNEL packet<T> f(const packet<T>& x) { \
    return xsimd::f(x.to_batch());                  \
  }
TAPELESS_PACKET_FUNCTION(exp)
TAPELESS_PACKET_FUNCTION(exp2)
TAPELESS_PACKET_FUNCTION(expm1)
TAPELESS_PACKET_FUNCTION(log)
TAPELESS_PACKET_FUNCTION(log2)
TAPELESS_PACKET_FUNCTION(log10)
TAPELESS_PACKET_FUNCTION(log1p)
TAPELESS_PACKET_FUNCTION(sqrt)
TAPELESS_PACKET_FUNCTION(cbrt)
TAPELESS_PACKET_FUNCTION(sin)
TAPELESS_PACKET_FUNCTION(cos)
TAPELESS_PACKET_FUNCTION(tan)
TAPELESS_PACKET_FUNCTION(asin)
TAPELESS_PACKET_FUNCTION(acos)
TAPELESS_PACKET_FUNCTION(atan)
TAPELESS_PACKET_FUNCTION(sinh)
TAPELESS_PACKET_FUNCTION(cosh)
TAPELESS_PACKET_FUNCTION(tanh)
TAPELESS_PACKET_FUNCTION(asinh)
TAPELESS_PACKET_FUNCTION(acosh)
TAPELESS_PACKET_FUNCTION(atanh)
TAPELESS_PACKET_FUNCTION(erf)
TAPELESS_PACKET_FUNCTION(erfc)
TAPELESS_PACKET_FUNCTION(abs)
TAPELESS_PACKET_FUNCTION(floor)
TAPELESS_PACKET_FUNCTION(ceil)
TAPELESS_PACKET_FUNCTION(trunc)
#undef TAPELESS_PACKET_FUNCTION

/// Functions that xsimd does not have, or not of the meaning wanted here, lane by lane.
template <class T, class F, class... X>
TAPELESS_KERNEL packet<T> lane_by_lane(const F& f, const packet<T>& first, const X&... x) {
  packet<T> r;
  for (int i = 0; i < packet<T>::width; ++i) r.v[i] = f(first.v[i], x.v[i]...);
  return r;
}
#define TAPELESS_PACKET_FUNCTION(f)                                        \
  template <class T>                                                       \
  TAPELESS_KERNEL packet<T> f(const packet<T>& x) {                        \
    return lane_by_lane([](T a) TAPELESS_LAMBDA { return std::f(a); }, x); \
  }
TAPELESS_PACKET_FUNCTION(tgamma)
TAPELESS_PACKET_FUNCTION(lgamma)
TAPELESS_PACKET_FUNCTION(round)
TAPELESS_PACKET_FUNCTION(rint)
TAPELESS_PACKET_FUNCTION(nearbyint)
#undef TAPELESS_PACKET_FUNCTION
#define TAPELESS_PACKET_FUNCTION(f)                                                   \
  template <class T>                                                                  \
  TAPELESS_KERNEL packet<T> f(const packet<T>& x, const packet<T>& y) {               \
    return lane_by_lane([](T a, T b) TAPELESS_LAMBDA { return std::f(a, b); }, x, y); \
  }
TAPELESS_PACKET_FUNCTION(pow)
TAPELESS_PACKET_FUNCTION(atan2)
TAPELESS_PACKET_FUNCTION(hypot)
TAPELESS_PACKET_FUNCTION(fmod)
TAPELESS_PACKET_FUNCTION(remainder)
TAPELESS_PACKET_FUNCTION(copysign)
#undef TAPELESS_PACKET_FUNCTION

template <>
struct packet_of<double> {
  using type = packet<double>;
  static constexpr int width = type::width;
};
template <>
struct packet_of<float> {
  using type = packet<float>;
  static constexpr int width = type::width;
};

// ---- instructions on packets
// ---------------------------------------------------------------------

/// The elements that an instruction accesses, one a lane; `Dimension` is that of the index that
/// moves with the loop, -1 if none does.
template <int Dimension, class A>
TAPELESS_KERNEL constexpr bool is_contiguous() {
  if constexpr (Dimension < 0) {
    return false;
  } else if constexpr (requires { A::known[0]; }) {
    return Dimension < A::rank && A::known[Dimension < A::rank ? Dimension : 0] == 1;
  } else {
    return false;
  }
}
/// Whether the array's elements in this dimension lie side by side; known at run time for the
/// program's own arrays, whose last dimension does.
template <int Dimension, class A>
TAPELESS_KERNEL bool lies_in_a_row([[maybe_unused]] const A& a) {
  if constexpr (is_contiguous<Dimension, A>()) {
    return true;
  } else if constexpr (Dimension < 0) {
    return false;
  } else if constexpr (requires { a.template stride<0>(); }) {
    return a.strides[Dimension] == 1;
  } else {
    return Dimension == a.rank - 1;
  }
}
template <class S, class A>
TAPELESS_KERNEL decltype(auto) lane(const S& s, const instruction& n, const A& a, int dimension,
                                    int l) {
  const std::ptrdiff_t i = index_of(s, n.a) + (dimension == 0 ? l : 0);
  const std::ptrdiff_t j = index_of(s, n.b) + (dimension == 1 ? l : 0);
  const std::ptrdiff_t k = index_of(s, n.c) + (dimension == 2 ? l : 0);
  return a.at(i, j, k);
}
template <class S, class A>
TAPELESS_KERNEL bool has_lane(const S& s, const instruction& n, const A& a, int dimension, int l) {
  const std::ptrdiff_t i = index_of(s, n.a) + (dimension == 0 ? l : 0);
  const std::ptrdiff_t j = index_of(s, n.b) + (dimension == 1 ? l : 0);
  const std::ptrdiff_t k = index_of(s, n.c) + (dimension == 2 ? l : 0);
  return i >= 0 && i < a.extent(0) && (n.b < 0 || (j >= 0 && j < a.extent(1))) &&
         (n.c < 0 || (k >= 0 && k < a.extent(2)));
}

template <class T, const operation* Op, int Array, int Dimension>
struct packet_executor {
  using P = packet<T>;

  template <class S, class E>
  TAPELESS_KERNEL static void run(S& s, const instruction& n, [[maybe_unused]] E& e) {
    constexpr algebra kind = Op->kind;
    if constexpr (Op == &load_element_operation || Op == &load_guarded_operation) {
      load(s, n, e.template array<Array>());
    } else if constexpr (Op == &store_element_operation) {
      store<E::template keeps<Array>>(s, n, e.template array<Array>());
    } else if constexpr (Op == &put_element_operation || Op == &put_guarded_operation) {
      store<true>(s, n, e.template array<Array>());
    } else if constexpr (kind == algebra::constant) {
      s.v[n.result] = P(static_cast<T>(n.a == 1 ? 0.0 : n.value()));
    } else if constexpr (kind == algebra::index_value) {
      for (int l = 0; l < P::width; ++l)
        s.v[n.result].v[l] = static_cast<T>(s.i[n.a] + (Dimension == 0 ? l : 0));
    } else if constexpr (kind == algebra::index_compare) {
      compare(s, n);
    } else if constexpr (kind == algebra::compare) {
      if constexpr (Op->name == "<") {
        s.c[n.result] = s.v[n.a] < s.v[n.b];
      } else if constexpr (Op->name == "<=") {
        s.c[n.result] = s.v[n.a] <= s.v[n.b];
      } else {
        s.c[n.result] = s.v[n.a] == s.v[n.b];
      }
    } else if constexpr (kind == algebra::select) {
      s.v[n.result] = select(s.c[n.a], s.v[n.b], s.v[n.c]);
    } else if constexpr (kind == algebra::logical_not) {
      s.c[n.result] = !s.c[n.a];
    } else if constexpr (Op->condition_operands == 2) {
      if constexpr (Op->name == "&&") {
        s.c[n.result] = s.c[n.a] && s.c[n.b];
      } else {
        s.c[n.result] = s.c[n.a] || s.c[n.b];
      }
    } else {
      executor<void, P, Op, Array>::run(s, n, e);
    }
  }

 private:
  template <class S, class A>
  TAPELESS_KERNEL static void load(S& s, const instruction& n, const A& a) {
    if constexpr (Dimension < 0) {
      const bool there = Op != &load_guarded_operation || has_lane(s, n, a, -1, 0);
      s.v[n.result] = P(there ? static_cast<T>(lane(s, n, a, -1, 0)) : T(0));
      return;
    }
    using element = std::remove_cvref_t<decltype(lane(s, n, a, 0, 0))>;
    if constexpr (Op == &load_element_operation && std::same_as<element, T>) {
      if (lies_in_a_row<Dimension>(a)) {
        s.v[n.result] = P::load(&lane(s, n, a, Dimension, 0));
        return;
      }
    }
    for (int l = 0; l < P::width; ++l) {
      const bool there = Op != &load_guarded_operation || has_lane(s, n, a, Dimension, l);
      s.v[n.result].v[l] = there ? static_cast<T>(lane(s, n, a, Dimension, l)) : T(0);
    }
  }
  template <bool Add, class S, class A>
  TAPELESS_KERNEL static void store(S& s, const instruction& n, const A& a) {
    TAPELESS_CONTRACT
    using element = std::remove_cvref_t<decltype(lane(s, n, a, 0, 0))>;
    if constexpr (Op != &put_guarded_operation && std::same_as<element, T>) {
      if (lies_in_a_row<Dimension>(a)) {
        T* const to = &lane(s, n, a, Dimension, 0);
        if constexpr (Add) {
          (P::load(to) + s.v[n.result]).store(to);
        } else {
          s.v[n.result].store(to);
        }
        return;
      }
    }
    for (int l = 0; l < P::width; ++l) {
      if (Op == &put_guarded_operation && !has_lane(s, n, a, Dimension, l)) continue;
      put<Add>(lane(s, n, a, Dimension, l), static_cast<T>(s.v[n.result].v[l]));
    }
  }
  /// The index of the loop is on one side at most that moves; bits say on which.
  template <class S>
  TAPELESS_KERNEL static void compare(S& s, const instruction& n) {
    using M = packet_mask<T>;
    for (int l = 0; l < P::width; ++l) {
      const std::ptrdiff_t a = s.i[n.a] + ((Dimension & 1) != 0 ? l : 0);
      const std::ptrdiff_t b = s.i[n.b] + ((Dimension & 2) != 0 ? l : 0);
      bool holds_here = a == b;
      if constexpr (Op->name == "<") holds_here = a < b;
      if constexpr (Op->name == "<=") holds_here = a <= b;
      s.c[n.result].v[l] = holds_here ? -1 : 0;
    }
    (void)sizeof(M);
  }
};

/// A region whose iterations run `width` at a time.
template <class Name, class T, int Region>
struct packet_code {
  using code = region_code<Name, T, Region>;
  using P = packet<T>;
  static constexpr const auto& p = code::p;
  static constexpr plan_region r = code::r;
  static constexpr int width = P::width;
  using frame = region_slots<P, r.values, r.conditions, r.indices>;
  template <int Count>
  using numbers = std::make_integer_sequence<int, Count>;
  /// Short sums wait for their additions: four at a time do not. Inner loops are too short for
  /// that.
  static constexpr int chains =
      r.outermost && r.accumulators > 0 && r.accumulators <= 4 && r.instructions <= 8 ? 4 : 1;

  template <class S, class Up, class E>
  TAPELESS_KERNEL static std::ptrdiff_t run(S& remainder, const Up& up, E& e, std::ptrdiff_t count,
                                            T* sum) {
    return body(remainder, up, e, count, sum, numbers<r.imports>{}, numbers<r.accumulators>{},
                numbers<r.windows>{}, numbers<r.instructions>{});
  }

 private:
  template <int K, class Up>
  TAPELESS_KERNEL static void import(frame& s, const Up& up) {
    constexpr plan_import x = p.imports[r.first_import + K];
    if constexpr (x.kind == slot_class::value) {
      s.v[x.to] = P(up.v[x.from]);
    } else if constexpr (x.kind == slot_class::condition) {
      s.c[x.to] = packet_mask<T>(up.c[x.from]);
    } else {
      s.i[x.to] = up.i[x.from];
    }
  }
  /// What moves along with the loop in instruction K: the planner has written it down.
  template <int K>
  static constexpr int moving() {
    constexpr const operation* op = p.operations[r.first_instruction + K];
    constexpr auto bits = p.instructions[r.first_instruction + K].bits;
    return op->kind == algebra::constant        ? -1
           : op->kind == algebra::index_compare ? static_cast<int>(bits)
                                                : static_cast<int>(bits) - 1;
  }
  template <class E, int... K>
  TAPELESS_KERNEL static void steps([[maybe_unused]] frame& s, [[maybe_unused]] E& e,
                                    std::integer_sequence<int, K...>) {
    (void)sink{0, (packet_executor<T, p.operations[r.first_instruction + K],
                                   p.arrays[r.first_instruction + K],
                                   moving<K>()>::run(s, code::code[r.first_instruction + K], e),
                   0)...};
  }
  template <int K>
  TAPELESS_KERNEL static void accumulate(P& sum, const frame& s) {
    TAPELESS_CONTRACT
    constexpr plan_accumulator a = code::template accumulator<K>;
    const P& x = s.v[a.value];
    if constexpr (a.maximum) {
      sum = select(sum < x || x != x, x, sum);
    } else {
      sum = sum + x;
    }
  }
  template <int K>
  TAPELESS_KERNEL static void gather(T& to, const P& sum) {
    constexpr plan_accumulator a = code::template accumulator<K>;
    if constexpr (a.maximum) {
      for (int l = 0; l < width; ++l) {
        const T x = sum.v[l];
        if (to < x || x != x) to = x;
      }
    } else {
      to = to + xsimd::hadd(sum.to_batch());
    }
  }

  // Windows: the elements that one packet completes are sums over its own contributions and, at its
  // beginning, those of the packet before.
  template <int J, int... L>
  TAPELESS_KERNEL static P shifted(const P& before, const P& here,
                                   std::integer_sequence<int, L...>) {
    return P(__builtin_shufflevector(before.v, here.v, (width - J + L)...), 0);
  }
  template <int K, class E, int... J>
  TAPELESS_KERNEL static void move(frame& s, P* before, E& e, std::integer_sequence<int, J...>) {
    constexpr plan_window w = code::template window<K>;
    P out = s.v[w.slot];
    (void)sink{
        0, (out = out + shifted<J + 1>(before[J], s.v[w.slot + J + 1], numbers<width>{}), 0)...};
    (void)sink{0, (before[J] = s.v[w.slot + J + 1], 0)...};
    const auto& a = e.template array<w.array>();
    const std::ptrdiff_t i = s.i[0] + w.offset;
    using element = std::remove_cvref_t<decltype(a.at(0, 0, 0))>;
    constexpr bool add = w.adds || E::template keeps<w.array>;
    if constexpr (!w.guarded && std::same_as<element, T> && !add) {
      if (lies_in_a_row<0>(a)) {
        out.store(&a.at(i, 0, 0));
        return;
      }
    }
    for (int l = 0; l < width; ++l) {
      if (!w.guarded || (i + l >= 0 && i + l < a.extent(0)))
        put<add>(a.at(i + l, 0, 0), T(out.v[l]));
    }
  }
  /// The window of the remaining iterations starts with what the last packet has left.
  template <int K, class S, int... J>
  TAPELESS_KERNEL static void hand_over(S& to, const P* before, std::integer_sequence<int, J...>) {
    constexpr plan_window w = code::template window<K>;
    for (int j = 0; j < w.width - 1; ++j) {
      for (int k = 0; k + j < w.width - 1; ++k) {
        to.v[w.slot + k] = to.v[w.slot + k] + before[j + k].v[width - 1 - j];
      }
    }
  }
  static constexpr int widest() {
    int all = 1;
    for (int i = 0; i < r.windows; ++i) all += p.windows[r.first_window + i].width;
    return all;
  }
  template <int K>
  static constexpr int first_before() {
    int all = 0;
    for (int i = 0; i < K; ++i) all += p.windows[r.first_window + i].width;
    return all;
  }
  template <int K>
  TAPELESS_KERNEL static void clear(frame& s) {
    constexpr plan_window w = code::template window<K>;
    for (int j = 0; j < w.width; ++j) s.v[w.slot + j] = P(T(0));
  }

  template <class S, class Up, class E, int... I, int... A, int... W, class Steps>
  TAPELESS_KERNEL static std::ptrdiff_t body([[maybe_unused]] S& remainder,
                                             [[maybe_unused]] const Up& up, E& e,
                                             std::ptrdiff_t count, [[maybe_unused]] T* total,
                                             std::integer_sequence<int, I...>,
                                             std::integer_sequence<int, A...>,
                                             std::integer_sequence<int, W...>, Steps all) {
    if (count < width) return 0;
    frame s;
    (void)sink{0, (import <I>(s, up), 0)...};
    [[maybe_unused]] P sum[chains][sizeof...(A) + 1];
    for (auto& chain_ : sum) {
      (void)sink{0, (chain_[A] = P(code::template accumulator<A>.maximum
                                       ? -std::numeric_limits<T>::infinity()
                                       : T(0)),
                     0)...};
    }
    [[maybe_unused]] P before[static_cast<std::size_t>(widest())];
    for (P& b : before) b = P(T(0));
    const auto once = [&](std::ptrdiff_t i_, P* chain_) TAPELESS_LAMBDA {
      s.i[0] = i_;
      (void)sink{0, (clear<W>(s), 0)...};
      steps(s, e, all);
      (void)sink{0, (accumulate<A>(chain_[A], s), 0)...};
      (void)sink{0, (move<W>(s, before + first_before<W>(), e,
                             numbers<code::template window<W>.width - 1>{}),
                     0)...};
      (void)chain_;
    };
    std::ptrdiff_t k = 0;
    if constexpr (chains > 1) {
      for (; k + chains * width <= count; k += chains * width) {
        once(k, sum[0]), once(k + width, sum[1]);
        once(k + 2 * width, sum[2]), once(k + 3 * width, sum[3]);
      }
    }
    for (; k + width <= count; k += width) once(k, sum[0]);
    for (int c = 0; c < chains; ++c) {
      (void)sink{0, (gather<A>(total[A], sum[c][A]), 0)...};
    }
    (void)sink{0, (hand_over<W>(remainder, before + first_before<W>(),
                                numbers<code::template window<W>.width - 1>{}),
                   0)...};
    return k;
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless

#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#pragma GCC diagnostic pop
#endif
