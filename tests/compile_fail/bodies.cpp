// SPDX-License-Identifier: BSL-1.0
// What is wrong with a body by the rules of C++ the compiler says, once and alone.
#include <tapeless/tapeless.hpp>

#include <boost/hana/define_struct.hpp>

#include <concepts>
#include <string>
#include <tuple>
#include <vector>

namespace tl = tapeless;

struct parameters {
  BOOST_HANA_DEFINE_STRUCT(parameters, (double, a), (double, b));
};
constexpr parameters p{1, 2};
enum class kind { line, circle };
struct model {
  BOOST_HANA_DEFINE_STRUCT(model, (double, w), (kind, k), (std::string, text));
};
const model m{};
#ifndef MISTAKE
const double w = tl::grad([](auto q) { return tl::get<"w">(q); })(m).w;
#endif
const std::vector<double> x{1, 2};

#ifndef MISTAKE
// [right]
auto by_name = tl::grad([](auto q) { return tl::get<"a">(q); })(p);
auto by_binding = tl::grad([](auto q) {
  auto [a, b] = q;
  return a;
})(p);
// [end]
#endif

struct constrained {
  constexpr auto operator()(auto t) const { return t * t; }
  double operator()(std::integral auto) const = delete;
};
#ifndef MISTAKE
double square = tl::grad(constrained{})(3.0);
#endif
struct last final {
  constexpr auto operator()(auto t) const { return t * t; }
};
#ifndef MISTAKE
double square_of_last = tl::grad(last{})(3.0);
#endif

#ifdef MISTAKE_1  // EXPECT: members_by_get_or_binding
auto member = tl::grad([](auto q) { return q.a; })(p);
#endif
#ifdef MISTAKE_2  // EXPECT: only 1 name
auto bindings = tl::grad([](auto q) {
  auto [a] = q;
  return a;
})(p);
#endif
#ifdef MISTAKE_3  // EXPECT: 'missing'
auto of_scalar = tl::evaluate([](auto t) { return t.missing(); })(1.0);
#endif
#ifdef MISTAKE_4  // EXPECT: 'missing'
auto of_vector = tl::grad([](auto v) { return v.missing(); })(x);
#endif
#ifdef MISTAKE_5  // EXPECT: 'missing'
auto capturing(double c) {
  return tl::grad([=](auto t) { return t.missing() * c; })(1.0);
}
#endif
#ifdef MISTAKE_6  // EXPECT: 'missing'
auto vector_in_capturing(double c) {
  return tl::grad([=](auto v) { return v.missing() * c; })(x);
}
#endif
#ifdef MISTAKE_7  // EXPECT: 'missing'
auto product() {
  return tl::vjp([](auto t) { return t.missing(); }, 1.0);
}
#endif

#ifdef MISTAKE_8  // EXPECT: tapeless: a member of a structure that is neither
auto text = tl::grad([](auto q) { return tl::get<"w">(q) * tl::get<"text">(q).size(); })(m);
#endif
#ifdef MISTAKE_9  // EXPECT: tapeless: a member of a structure that is neither
auto enumeration = tl::grad([](auto q) {
  auto [w, k, text] = q;
  if (k == kind::line) return w;
  return 2 * w;
})(m);
#endif
#ifdef MISTAKE_10  // EXPECT: 'length'
auto other_member =
    tl::grad([](auto q) { return tl::get<"w">(q) * tl::get<"text">(q).length(); })(m);
#endif

// Not accepted, which nobody has said yet.
struct deleted {
  double operator()(auto) const = delete;
};
struct ambiguous {
  constexpr auto operator()(auto t, tl::traced) const { return t; }
  constexpr auto operator()(tl::traced, auto t) const { return t; }
};
#ifdef MISTAKE_11  // EXPECT: deleted
auto of_deleted = tl::grad(deleted{})(1.0);
#endif
#ifdef MISTAKE_12  // EXPECT: ambiguous
auto of_ambiguous = tl::grad(ambiguous{})(1.0, 2.0);
#endif
#ifdef MISTAKE_13  // EXPECT: tapeless: the function does not accept these arguments
auto no_function = tl::grad(p)(1.0);
#endif
#ifdef MISTAKE_14  // EXPECT: tapeless: the function does not accept these arguments
auto of_two = tl::grad([](auto t, auto) { return t; })(1.0);
#endif
#ifdef MISTAKE_15  // EXPECT: tapeless: the function does not accept these arguments
auto with_type = tl::grad([](auto t) -> decltype(t.missing()) { return t; })(1.0);
#endif
