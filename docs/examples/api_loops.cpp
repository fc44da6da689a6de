// SPDX-License-Identifier: BSL-1.0
// The examples of docs/reference/loops.md, in the order of the page.
#include <tapeless/tapeless.hpp>

#include <boost/hana/define_struct.hpp>

#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <span>
#include <tuple>
#include <vector>

namespace tl = tapeless;

// [using]
using list = std::vector<double>;
constexpr double infinity = std::numeric_limits<double>::infinity();
// [end]

namespace {

// [motion]
template <class T>
struct motion {
  BOOST_HANA_DEFINE_STRUCT(motion, (T, height), (T, speed));
};
// [end]

void sum() {
  // [sum]
  constexpr auto squares = [](auto x) {
    return tl::sum(x.size(), [&](auto i) { return x[i] * x[i]; });
  };
  assert(tl::evaluate(squares)(list{1, 2, 3}) == 14);
  assert((tl::grad(squares)(list{1, 2, 3}) == list{2, 4, 6}));
  assert(tl::evaluate(squares)(list{}) == 0);
  // [end]
  // [plain]
  static_assert(tl::sum(4, [](auto i) { return i * i; }) == 14);  // 0 + 1 + 4 + 9
  // [end]
}

void prod() {
  // [prod]
  constexpr auto product = [](auto x) { return tl::prod(x.size(), [&](auto i) { return x[i]; }); };
  assert((tl::grad(product)(list{2, 0, 3}) == list{0, 6, 0}));
  assert(tl::evaluate(product)(list{}) == 1);
  // [end]
}

void extrema() {
  // [max]
  constexpr auto largest = [](auto x) { return tl::max(x.size(), [&](auto i) { return x[i]; }); };
  constexpr auto smallest = [](auto x) { return tl::min(x.size(), [&](auto i) { return x[i]; }); };
  assert((tl::grad(largest)(list{1, 3, 2, 3}) == list{0, 1, 0, 0}));  // the first of equals
  assert(tl::evaluate(largest)(list{}) == -infinity);
  assert(tl::evaluate(smallest)(list{}) == infinity);
  // [end]
}

void logsumexp() {
  // [logsumexp]
  constexpr auto soft = [](auto x) {
    return tl::logsumexp(x.size(), [&](auto i) { return x[i]; });
  };
  assert(tl::evaluate(soft)(list{1000, 1000}) == 1000 + std::log(2.0));  // no overflow
  assert((tl::grad(soft)(list{1000, 1000}) == list{0.5, 0.5}));
  assert(tl::evaluate(soft)(list{}) == -infinity);
  // [end]
}

void empty() {
  // [empty]
  constexpr auto scaled = [](auto t, auto x) {
    return tl::max(x.size(), [&](auto i) { return t * x[i]; });
  };
  assert(tl::grad<0>(scaled)(2.0, list{}) == 0);
  // [end]
}

void generate() {
  // [generate]
  constexpr auto waves = [](auto x) {
    const auto s = tl::generate(x.size(), [&](auto i) { return sin(x[i]); });
    return tl::sum(s.size() - 1, [&](auto i) { return s[i] * s[i + 1]; });
  };
  assert(tl::grad(waves)(list{0, 0, 0})[1] == 0);

  constexpr auto outer = [](auto x, auto y) {  // rows, columns
    const auto m = tl::generate(x.size(), y.size(), [&](auto i, auto j) { return x[i] * y[j]; });
    return tl::sum(m.rows(), [&](auto i) { return m(i, 0) + m(i, m.cols() - 1); });
  };
  assert(tl::evaluate(outer)(list{1, 2}, list{3, 4, 5}) == 3 * (3 + 5));

  constexpr auto doubled = [](auto x) {  // a result may be an array
    return tl::generate(x.size(), [&](auto i) { return 2 * x[i]; });
  };
  assert((tl::evaluate(doubled)(list{1, 2}) == list{2, 4}));
  auto [value, tangent] = tl::jvp(doubled, std::tuple{list{1, 2}}, std::tuple{list{1, 10}});
  assert((value == list{2, 4} && tangent == list{2, 20}));
  // [end]
}

void fold() {
  // [fold]
  constexpr auto horner = [](auto a, auto t) {  // a[0] + t (a[1] + t (a[2] + ...))
    const auto n = a.size();
    return tl::fold(n, 0, [&](auto sum, auto i) { return sum * t + a[n - 1 - i]; });
  };
  assert(tl::evaluate(horner)(list{1, 2, 3}, 2.0) == 17);
  assert(tl::grad<1>(horner)(list{1, 2, 3}, 2.0) == 2 + 2 * 3 * 2);
  assert(tl::evaluate(horner)(list{}, 2.0) == 0);  // the initial value

  constexpr auto fibonacci = [](auto t) {
    const auto [a, b] = tl::fold(10, std::tuple{t, t}, [](auto carry, auto) {
      auto [p, q] = carry;
      return std::tuple{q, p + q};
    });
    return a + b;
  };
  assert(tl::grad(fibonacci)(0.5) == 89 + 144);
  // [end]
  // [fold_structure]
  constexpr auto thrown = [](auto speed) {  // how high it is after four seconds
    const auto last = tl::fold(4, motion<decltype(speed)>{0, speed}, [](auto m, auto) {
      m.height += m.speed - 5;
      m.speed -= 10;
      return m;
    });
    return last.height;
  };
  assert(tl::evaluate(thrown)(30.0) == 25 + 15 + 5 - 5);
  assert(tl::grad(thrown)(30.0) == 4);
  // [end]
  // [fold_array]
  constexpr auto heat = [](auto x) {  // after three steps of diffusion, the warmth in the middle
    const auto end = tl::fold(3, x, [](auto h, auto) {
      const auto n = h.size();
      return tl::generate(n, [&](auto i) {
        const auto left = tl::select(i > 0, h[i - 1], 0);
        const auto right = tl::select(i + 1 < n, h[i + 1], 0);
        return h[i] / 2 + (left + right) / 4;
      });
    });
    return end[2];
  };
  assert(tl::evaluate(heat)(list{0, 0, 64, 0, 0}) == 20);
  assert(
      (tl::grad(heat)(list{0, 0, 64, 0, 0}) == list{0.09375, 0.234375, 0.3125, 0.234375, 0.09375}));
  // [end]
}

void scan_arrays() {
  // [scan_array]
  constexpr auto positions = [](auto x) {  // a row for each step
    const auto [last, all] = tl::scan(3, x, [](auto h, auto) {
      return tl::generate(h.size(), [&](auto i) { return 2 * h[i]; });
    });
    return all(1, 0) + last[1];
  };
  assert(tl::evaluate(positions)(list{1, 10}) == 4 + 80);
  // [end]
}

void scan() {
  // [scan]
  constexpr auto drawdown = [](auto x) {
    const auto [last, level] = tl::scan(x.size(), 0, [&](auto sum, auto i) { return sum + x[i]; });
    const auto& levels = level;  // with clang a structured binding can not be captured
    return last - tl::min(x.size(), [&](auto i) { return levels[i]; });
  };
  assert(tl::evaluate(drawdown)(list{1, -3, 1, 1}) == 2);
  assert((tl::grad(drawdown)(list{1, -3, 1, 1}) == list{0, 0, 1, 1}));
  // [end]
}

void cond() {
  // [cond]
  constexpr auto kinked = [](auto x) {
    return tl::sum(x.size(), [&](auto i) {
      return tl::cond(x[i] > 0, [&] { return sqrt(x[i]); }, [&] { return -x[i]; });
    });
  };
  assert((tl::grad(kinked)(list{4, -1, 0}) == list{0.25, -1, -1}));

  constexpr auto root = [](auto x) {  // no array is needed
    return tl::cond(x > 0, [&] { return sqrt(x); }, [&] { return -x; });
  };
  assert(tl::grad(root)(4.0) == 0.25 && tl::grad(root)(-4.0) == -1);
  // [end]
}

void indices() {
  // [triangle]
  constexpr auto triangle = [](auto m) {
    return tl::sum(m.rows(), [&](auto i) {
      return tl::sum(i + 1, [&](auto j) { return m(i, j); });  // on and below the diagonal
    });
  };
  tl::matrix<double> m(2, 2);
  m(0, 0) = m(0, 1) = m(1, 0) = m(1, 1) = 1;
  assert(tl::evaluate(triangle)(m) == 3);
  // [end]

  // [value]
  constexpr auto weighted = [](auto x) {
    return tl::sum(x.size(), [&](auto i) { return i * x[i] / x.size(); });
  };
  assert((tl::grad(weighted)(list{5, 5}) == list{0, 0.5}));
  // [end]

  // [row]
  constexpr auto row_products = [](auto x) {
    const auto first = x[0];  // a row: an array
    return tl::sum(first.size(), [&](auto j) { return first[j] * x[1][j]; });
  };
  const std::array<list::value_type, 4> flat{1, 2, 3, 4};
  assert(tl::evaluate(row_products)(tl::view(flat.data(), 2, 2)) == 11);
  // [end]

  // [gather]
  constexpr auto picked = [](auto x, auto id) {
    return tl::sum(id.size(), [&](auto k) { return x[id[k]]; });
  };
  assert((tl::grad<0>(picked)(list{1, 2, 3}, std::vector<int>{2, 0, 2}) == list{1, 0, 2}));
  // [end]

  // [division]
  constexpr auto ring = [](auto x) {  // the last one's neighbour is the first
    const auto n = x.size();
    return tl::sum(n, [&](auto i) { return x[i] * x[(i + 1) % n]; });
  };
  assert(tl::evaluate(ring)(list{1, 2, 3}) == 1 * 2 + 2 * 3 + 3 * 1);
  constexpr auto ramp = [](auto x) {
    return tl::sum(x.size(), [&](auto i) { return 1.0 * i / x.size() * x[i]; });
  };
  assert(tl::evaluate(ramp)(list{5, 4}) == 2);  // i / x.size() would be 0, as in C++
  // [end]

  // [boundary]
  constexpr auto smooth = [](auto x) {
    return tl::sum(x.size(), [&](auto i) {
      const auto left = tl::select(i > 0, x[i - 1], x[i]);
      const auto right = tl::select(i + 1 < x.size(), x[i + 1], x[i]);
      return tl::square(left - 2 * x[i] + right);
    });
  };
  assert(tl::evaluate(smooth)(list{0, 1, 2}) == 2);
  // [end]
}

void products() {
  // [pullback]
  constexpr auto squares = [](auto x) {
    return tl::sum(x.size(), [&](auto i) { return x[i] * x[i]; });
  };
  auto [value, pullback] = tl::vjp(squares, list{1, 2});
  assert((value == 5 && pullback(3.0) == list{6, 12}));
  // [end]

  // [hessian]
  constexpr auto quartic = [](auto x) {
    return tl::sum(x.size(), [&](auto i) { return x[i] * x[i] * x[i] * x[i]; });
  };
  auto [gradient, product] =
      tl::jvp(tl::grad(quartic), std::tuple{list{1, 2}}, std::tuple{list{1, 10}});
  assert((gradient == list{4, 32} && product == list{12, 480}));  // 12 x^2 times the direction
  // [end]

  // [hessian_data]
  constexpr auto cubes = [](auto w, auto x) {  // w: parameters, x: data
    return tl::sum(x.size(), [&](auto i) {
      const auto r = w[0] + w[1] * x[i];
      return r * r * r;
    });
  };
  const list data{1, 2};
  const auto loss = tl::bind_back(cubes, std::span(data));
  auto [slope, along] = tl::jvp(tl::grad(loss), std::tuple{list{1, 0}}, std::tuple{list{1, 0}});
  assert((slope == list{6, 9} && along == list{12, 18}));
  // [end]
}

}  // namespace

int main() {
  sum();
  prod();
  extrema();
  logsumexp();
  empty();
  generate();
  fold();
  scan();
  scan_arrays();
  cond();
  indices();
  products();
}
