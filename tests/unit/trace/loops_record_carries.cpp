// SPDX-License-Identifier: BSL-1.0
// Recurrences whose carry is an aggregate adapted for Boost.Hana, a hana::tuple, or what a body
// sees for one of them as an argument; nested in each other and in standard tuples.

#include "support/array_laws.hpp"

#include <boost/hana/define_struct.hpp>

#include <array>
#include <cmath>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

using namespace array_laws;
namespace hana = boost::hana;

namespace {

template <class T>
struct motion {
  BOOST_HANA_DEFINE_STRUCT(motion, (T, place), (T, speed));
};
template <class T>
struct pendulums {
  BOOST_HANA_DEFINE_STRUCT(pendulums, (motion<T>, first), (T, pull), (motion<T>, second));
};
struct spring {
  BOOST_HANA_DEFINE_STRUCT(spring, (double, place), (std::string, name), (double, speed), (int, k));
};
template <template <class> class Leaf = std::type_identity_t>
struct chain {
  BOOST_HANA_DEFINE_STRUCT(chain, (Leaf<list>, places), (Leaf<double>, energy), (Leaf<int>, k),
                           (Leaf<std::string>, name));
};
template <template <class> class Leaf = std::type_identity_t>
struct pair_of_chains {
  BOOST_HANA_DEFINE_STRUCT(pair_of_chains, (chain<Leaf>, a), (Leaf<std::array<double, 2>>, b));
};

/// A step of a pendulum that is pushed; of numbers and of traced values.
template <class T, class U>
constexpr motion<T> swung(motion<T> m, const U& push) {
  using std::sin;
  m.speed += 0.1 * (push - sin(m.place));
  m.place += 0.1 * m.speed;
  return m;
}
template <class T, class U>
constexpr pendulums<T> swung(pendulums<T> p, const U& push) {
  p.pull = 0.5 * p.pull + 0.3 * (p.second.place - p.first.place);
  p.first = swung(p.first, p.pull + push);
  p.second = swung(p.second, -p.pull);
  return p;
}

}  // namespace

TEST_CASE("a structure as a carry obeys the laws, and keeps its members' names") {
  hold(
      "pendulum",
      [](auto a) {
        const auto last = tl::fold(a.size(), motion<decltype(a[0] + 0)>{0.3, 1},
                                   [&](auto m, auto i) { return swung(m, a[i]); });
        return last.place * last.speed;
      },
      [](const auto& a) {
        motion<number<decltype(a)>> m{static_cast<number<decltype(a)>>(0.3), 1};
        for (const auto& push : a) m = swung(m, push);
        return m.place * m.speed;
      });
}

TEST_CASE("structures in structures, arrays, tuples and pairs as a carry obey the laws") {
  hold(
      "pendulums",
      [](auto a) {
        using value = decltype(a[0] + 0);
        const std::array<motion<value>, 2> both{{{0.1, 0.2}, {0.3, 0.4}}};
        const auto start = std::tuple{pendulums<value>{{1, 0}, 0.5, {0, 1}},
                                      std::pair{both, hana::make_tuple(2.0)}};
        const auto last = tl::fold(a.size(), start, [&](auto carry, auto i) {
          auto [p, rest] = carry;
          auto [two, one] = rest;
          two[0] = swung(two[0], a[i] * two[1].place);
          two[1] = swung(two[1], p.pull);
          return std::tuple{swung(p, two[0].speed + a[i]),
                            std::pair{two, hana::make_tuple(hana::at_c<0>(one) * cos(a[i]))}};
        });
        const auto [p, rest] = last;
        return p.first.place * p.second.speed * hana::at_c<0>(rest.second) + p.pull +
               rest.first[0].place * rest.first[1].speed;
      },
      [](const auto& a) {
        using T = number<decltype(a)>;
        pendulums<T> p{{1, 0}, T(0.5), {0, 1}};
        std::array<motion<T>, 2> two{{{T(0.1), T(0.2)}, {T(0.3), T(0.4)}}};
        T one = 2;
        for (const auto& e : a) {
          two[0] = swung(two[0], e * two[1].place);
          two[1] = swung(two[1], p.pull);
          p = swung(p, two[0].speed + e);
          one *= std::cos(e);
        }
        return p.first.place * p.second.speed * one + p.pull + two[0].place * two[1].speed;
      });
}

TEST_CASE("a plain structure as a carry: an argument, and one of numbers") {
  // Whatever the type of the initial value, members have names; what is no number is left out.
  constexpr auto last_place = [](auto start, auto n) {
    const auto last = tl::fold(n, start, [](auto s, auto) {
      tl::get<"speed">(s) -= 0.1 * tl::get<"k">(s) * sin(tl::get<"place">(s));
      tl::get<"place">(s) += 0.1 * tl::get<"speed">(s);
      return s;
    });
    return tl::get<"place">(last);
  };
  constexpr auto plain = [](double place, double speed, int n) {
    for (int i = 0; i < n; ++i) {
      speed -= 0.1 * 2 * std::sin(place);
      place += 0.1 * speed;
    }
    return place;
  };
  const spring start{1.5, "s", 0.25, 2};
  const auto [value, g] = tl::value_and_grad<0>(last_place)(start, 6);
  STATIC_REQUIRE(std::is_same_v<decltype(g), const spring>);
  close("value", value, plain(1.5, 0.25, 6), 1e-15);
  constexpr double h = 1e-5;
  close("by place", g.place, (plain(1.5 + h, 0.25, 6) - plain(1.5 - h, 0.25, 6)) / (2 * h), 1e-9);
  close("by speed", g.speed, (plain(1.5, 0.25 + h, 6) - plain(1.5, 0.25 - h, 6)) / (2 * h), 1e-9);
  REQUIRE(g.name == "s");

  constexpr auto of_numbers = [=](auto x, auto n) {
    const auto last = tl::fold(n, motion<double>{1.5, 0.25}, [&](auto m, auto) {
      static_assert(std::is_same_v<decltype(m.place), decltype(x * 1)>);
      m.speed -= 0.1 * x * sin(m.place);
      m.place += 0.1 * m.speed;
      return m;
    });
    return last.place;
  };
  close("of numbers", tl::evaluate(of_numbers)(2.0, 6), plain(1.5, 0.25, 6), 1e-15);
}

TEST_CASE("a template over its leaves as a carry: arrays and numbers by name") {
  constexpr auto moved_on = [](auto start, auto n) {
    const auto last = tl::fold(n, start, [](auto c, auto) {
      const auto x = c.a.places;
      c.a.energy += c.a.k * sum(square(x)) * c.b[0];
      c.a.places = tl::generate(x.size(), [&](auto i) { return sin(x[i]) + c.b[1]; });
      c.b = tl::generate(c.b.size(), [&](auto i) { return c.b[i] * cos(c.b[1 - i]); });
      return c;
    });
    return last.a.energy + sum(last.a.places) * last.b[0] * last.b[1];
  };
  constexpr auto plain = [](pair_of_chains<> c, int n) {
    const auto summed = [](const list& x, auto f) {
      double total = 0;
      for (const double e : x) total += f(e);
      return total;
    };
    for (int t = 0; t < n; ++t) {
      c.a.energy += c.a.k * summed(c.a.places, [](double e) { return e * e; }) * c.b[0];
      for (double& e : c.a.places) e = std::sin(e) + c.b[1];
      c.b = {c.b[0] * std::cos(c.b[1]), c.b[1] * std::cos(c.b[0])};
    }
    return c.a.energy + summed(c.a.places, [](double e) { return e; }) * c.b[0] * c.b[1];
  };
  const pair_of_chains<> start{{{0.5, -1, 2}, 0.25, 3, "c"}, {0.75, 0.5}};
  const auto [value, g] = tl::value_and_grad<0>(moved_on)(start, 4);
  close("value", value, plain(start, 4), 1e-14);
  constexpr double h = 1e-5;
  const auto slope = [&](auto member) {
    auto up = start, down = start;
    member(up) += h, member(down) -= h;
    return (plain(up, 4) - plain(down, 4)) / (2 * h);
  };
  for (std::size_t i = 0; i < 3; ++i) {
    close("by places", g.a.places[i], slope([=](auto& c) -> double& { return c.a.places[i]; }),
          1e-8);
  }
  for (std::size_t i = 0; i < 2; ++i) {
    close("by b", g.b[i], slope([=](auto& c) -> double& { return c.b[i]; }), 1e-8);
  }
  REQUIRE(g.a.energy == 1);
  REQUIRE(g.a.name == "c");
}

TEST_CASE("scan: the histories of a structure are arrays in the order of its members") {
  constexpr auto places = [](auto a) {
    const auto all = tl::scan(a.size(), motion<decltype(a[0] + 0)>{0.5, 0},
                              [&](auto m, auto i) { return swung(m, a[i]); });
    return std::tuple{all.second[0], all.first.speed * sum(all.second[1])};
  };
  const list a{1, 2, 3};
  const auto [history, product] = tl::evaluate(places)(a);
  motion<double> m{0.5, 0};
  double speeds = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    m = swung(m, a[i]);
    speeds += m.speed;
    close("place", history[i], m.place, 1e-15);
  }
  close("product", product, m.speed * speeds, 1e-15);

  // With an array in it, a tuple; the history of the array is a matrix.
  constexpr auto rows = [](auto start) {
    const auto all = tl::scan(3, start, [](auto c, auto) {
      c.energy *= 2;
      c.places = 3 * c.places;
      return c;
    });
    return std::get<0>(all.second)(1, 0) + std::get<1>(all.second)[2];
  };
  REQUIRE(tl::evaluate(rows)(chain<>{{1, 0}, 5, 0, ""}) == 9 + 40);
  REQUIRE(tl::grad(rows)(chain<>{{1, 0}, 5, 0, ""}).places == list{9, 0});
}

TEST_CASE("cond: the same structure from both sides") {
  hold(
      "structures",
      [](auto a) {
        return tl::sum(a.size(), [&](auto i) {
          using value = decltype(a[i] + 0);
          const auto m = tl::cond(
              a[i] > 0, [&] { return motion<value>{a[i] * a[i], 2}; },
              [&] { return motion<value>{3, sin(a[i])}; });
          return m.place * m.speed;
        });
      },
      [](const auto& a) {
        number<decltype(a)> total = 0;
        for (const auto& e : a) total += e > 0 ? 2 * e * e : 3 * std::sin(e);
        return total;
      });
}

TEST_CASE("a fold of structures of constants is computed while the function is traced") {
  constexpr auto constant = [](auto x) {
    const auto last = tl::fold(4, motion<double>{1, 1}, [](auto m, auto i) {
      m.place += m.speed * i;
      m.speed *= 2;
      return m;
    });
    return last.place * x;
  };
  STATIC_REQUIRE(tl::grad(constant)(2.0) == 1 + 2 + 8 + 24);
  STATIC_REQUIRE(tl::graph_of<double>(constant).operations() == 1);
}
