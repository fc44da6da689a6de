// SPDX-License-Identifier: BSL-1.0
// Recurrences of arrays: what one iteration hands to the next is a vector or a matrix.

#include "support/array_laws.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

using namespace array_laws;

namespace {

// One step of diffusion on a line with walls, and the same for plain vectors.
constexpr auto diffused = [](auto h) {
  const auto n = h.size();
  return tl::generate(n, [&](auto i) {
    const auto left = select(i > 0, h[i - 1], 0);
    const auto right = select(i + 1 < n, h[i + 1], 0);
    return h[i] / 2 + (left + right) / 4;
  });
};
template <class V>
V plain_diffused(const V& h) {
  V next = h;
  for (std::size_t i = 0; i < h.size(); ++i) {
    next[i] = h[i] / 2;
    if (i > 0) next[i] += h[i - 1] / 4;
    if (i + 1 < h.size()) next[i] += h[i + 1] / 4;
  }
  return next;
}
template <class V>
number<V> weighted(const V& h) {
  number<V> total = 0;
  for (std::size_t i = 0; i < h.size(); ++i) {
    total += h[i] * h[i] * static_cast<number<V>>(i + 1);
  }
  return total;
}
constexpr auto weighted_sum = [](auto h) {
  return tl::sum(h.size(), [&](auto i) { return square(h[i]) * (i + 1); });
};

}  // namespace

TEST_CASE("an array that starts from an argument obeys the laws") {
  hold(
      "diffusion",
      [](auto a) { return weighted_sum(tl::fold(3, a, [](auto h, auto) { return diffused(h); })); },
      [](const auto& x) {
        auto h = x;
        for (int t = 0; t < 3; ++t) h = plain_diffused(h);
        return weighted(h);
      });
}

TEST_CASE("a recurrent net obeys the laws") {
  // Its weights, inputs and state at first are functions of one vector.
  const auto net = [](auto a) {
    const auto n = a.size();
    const auto start = tl::generate(n, [&](auto i) { return a[i] / 3; });
    const auto last = tl::fold(4, std::pair{start, 0}, [&](auto carry, auto t) {
      const auto h = carry.first;
      const auto next = tl::generate(n, [&](auto i) {
        return tanh(a[i] * (t + 1) + tl::sum(n, [&](auto j) { return sin(a[i] + 2 * j) * h[j]; }));
      });
      return std::pair{next, carry.second + tl::sum(n, [&](auto i) { return next[i] * h[i]; })};
    });
    return last.second + tl::sum(n, [&](auto i) { return square(last.first[i]); });
  };
  hold("net", net, [](const auto& x) {
    using T = number<decltype(x)>;
    auto h = x;
    for (auto& e : h) e /= 3;
    T value = 0;
    for (int t = 0; t < 4; ++t) {
      auto next = h;
      for (std::size_t i = 0; i < x.size(); ++i) {
        T sum = x[i] * static_cast<T>(t + 1);
        for (std::size_t j = 0; j < x.size(); ++j) {
          sum += std::sin(x[i] + static_cast<T>(2 * j)) * h[j];
        }
        next[i] = std::tanh(sum);
      }
      for (std::size_t i = 0; i < x.size(); ++i) value += next[i] * h[i];
      h = next;
    }
    for (const T e : h) value += e * e;
    return value;
  });
}

TEST_CASE("arrays that change places, stay, or are replaced") {
  const auto turned = [](auto a) {
    const auto n = a.size();
    const auto ones = tl::generate(n, [&](auto i) { return 1 + 0.1 * i; });
    using std::get;
    const auto end = tl::fold(n, std::tuple{a, ones, a, ones}, [&](auto carry, auto t) {
      const auto p = get<0>(carry), q = get<1>(carry), r = get<2>(carry);
      // The first two change places in part, the third stays, the last is what the first was.
      const auto mixed = tl::generate(n, [&](auto i) { return q[i] * a[t] + 0.5 * p[i] * r[i]; });
      return std::tuple{q, mixed, r, p};
    });
    return tl::sum(n, [&](auto i) {
      return get<0>(end)[i] * get<1>(end)[i] + get<2>(end)[i] * get<3>(end)[i] * (i + 1);
    });
  };
  hold("turned", turned, [](const auto& x) {
    using T = number<decltype(x)>;
    auto p = x, q = x;
    for (std::size_t i = 0; i < x.size(); ++i) q[i] = 1 + static_cast<T>(i) * T(0.1);
    auto s = q;
    for (std::size_t t = 0; t < x.size(); ++t) {
      auto mixed = q;
      for (std::size_t i = 0; i < x.size(); ++i) mixed[i] = q[i] * x[t] + p[i] * x[i] / 2;
      s = p, p = q, q = mixed;
    }
    T total = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      total += p[i] * q[i] + x[i] * s[i] * static_cast<T>(i + 1);
    }
    return total;
  });
  const auto replaced = [](auto a) {
    const auto end = tl::fold(3, a, [&](auto, auto) {
      return tl::generate(a.size(), [&](auto i) { return exp(a[i]); });
    });
    return weighted_sum(end);
  };
  hold("replaced", replaced, [](const auto& x) {
    auto h = x;
    for (auto& e : h) e = std::exp(e);
    return weighted(h);
  });
}

TEST_CASE("all arrays of a recurrence, as a matrix") {
  const auto seen = [](auto a) {
    const auto run = tl::scan(3, a, [](auto h, auto) { return diffused(h); });
    return weighted_sum(run.first) + tl::sum(3, [&](auto t) {
             return tl::sum(a.size(), [&](auto i) { return sin(run.second(t, i)) * (t + 1); });
           });
  };
  hold("history", seen, [](const auto& x) {
    using T = number<decltype(x)>;
    auto h = x;
    T total = 0;
    for (int t = 0; t < 3; ++t) {
      h = plain_diffused(h);
      for (const T e : h) total += std::sin(e) * static_cast<T>(t + 1);
    }
    return total + weighted(h);
  });
}

TEST_CASE("a matrix that is handed on obeys the laws") {
  const auto powers = [](auto a) {
    const auto n = a.size();
    const auto start = tl::generate(n, 2, [&](auto i, auto j) { return a[i] + 0.3 * j; });
    const auto end = tl::fold(3, start, [&](auto m, auto) {
      return tl::generate(
          n, 2, [&](auto i, auto j) { return 0.5 * m(i, j) + 0.2 * sin(m(i, 1 - j)) * m(0, j); });
    });
    return tl::sum(n, [&](auto i) { return end(i, 0) * end(i, 1) * (i + 1); });
  };
  hold("matrix", powers, [](const auto& x) {
    using T = number<decltype(x)>;
    std::array<std::remove_cvref_t<decltype(x)>, 2> m{x, x};
    for (auto& e : m[1]) e += T(0.3);
    for (int t = 0; t < 3; ++t) {
      auto next = m;
      for (std::size_t i = 0; i < x.size(); ++i) {
        for (std::size_t j = 0; j < 2; ++j) {
          next[j][i] = m[j][i] / 2 + std::sin(m[1 - j][i]) * m[j][0] / 5;
        }
      }
      m = next;
    }
    T total = 0;
    for (std::size_t i = 0; i < x.size(); ++i) total += m[0][i] * m[1][i] * static_cast<T>(i + 1);
    return total;
  });
}
