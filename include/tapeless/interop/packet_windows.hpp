// SPDX-License-Identifier: BSL-1.0
#pragma once

// Results put together from neighbouring iterations, in packets.

#include <tapeless/interop/packet_steps.hpp>

namespace tapeless {
inline namespace TAPELESS_ABI {

/// Windows: the elements that one packet completes are sums over its own contributions and, at its
/// beginning, those of the packet before.
template <class Name, class T, int Region>
struct packet_windows : packet_steps<Name, T, Region> {
  using steps = packet_steps<Name, T, Region>;
  using steps::p;
  using steps::r;
  using typename steps::code;
  using typename steps::frame;
  using typename steps::P;
  static constexpr int width = P::width;
  template <int Count>
  using numbers = std::make_integer_sequence<int, Count>;

  /// What all windows keep of the packet before.
  static constexpr int room() {
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
  template <int K, class E, int... J>
  TAPELESS_KERNEL static void move(frame& s, [[maybe_unused]] P* before, E& e,
                                   std::integer_sequence<int, J...>) {
    constexpr plan_window w = code::template window<K>;
    P out = s.v[w.slot];
    (void)sink{nothing{},
               (out = out + shifted<J + 1>(before[J], s.v[w.slot + J + 1], numbers<width>{}),
                nothing{})...};
    (void)sink{nothing{}, (before[J] = s.v[w.slot + J + 1], nothing{})...};
    const auto& a = e.template array<w.array>();
    const std::ptrdiff_t i = s.i[0] + w.offset;
    using element = std::remove_cvref_t<decltype(a.at(0, 0, 0))>;
    constexpr bool add = w.adds || E::template keeps<w.array>;
    if constexpr (!w.guarded && std::same_as<element, T>) {
      if (lies_in_a_row<0>(a)) {
        T* const to = &a.at(i, 0, 0);
        if constexpr (add) out = P::load(to) + out;
        out.store(to);
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

 private:
  template <int J, int... L>
  TAPELESS_KERNEL static P shifted(const P& before, const P& here,
                                   std::integer_sequence<int, L...>) {
#if defined(__znver1__) && defined(__AVX__)
    // This processor joins halves of two registers in 8 steps, or in 3 where the compiler does not
    // see that it is one instruction.
    constexpr int half = width / 2;
    if constexpr (J < half) {
      typename P::lanes end;
      __asm__("vextractf128 $1, %1, %x0" : "=x"(end) : "x"(before.v));
      const P middle(__builtin_shufflevector(end, here.v, (L < half ? L : half + L)...), 0);
      return P(__builtin_shufflevector(middle.v, here.v,
                                       (L % half < J ? L + half - J : width + L - J)...),
               0);
    }
#endif
    return P(__builtin_shufflevector(before.v, here.v, (width - J + L)...), 0);
  }
};

}  // namespace TAPELESS_ABI
}  // namespace tapeless
