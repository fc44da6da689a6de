// SPDX-License-Identifier: BSL-1.0
#include <tapeless/tapeless.hpp>

#include <boost/hana/define_struct.hpp>

#include <array>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace tl = tapeless;

struct parameters {
  BOOST_HANA_DEFINE_STRUCT(parameters, (std::vector<double>, w), (double, s), (int, n));
};
const parameters p{{1, 2}, 3, 4};

template <template <class> class Leaf = std::type_identity_t>
struct model {
  BOOST_HANA_DEFINE_STRUCT(model, (Leaf<double>, s), (Leaf<int>, n), (Leaf<std::string>, name));
};
template <template <class> class Leaf = std::type_identity_t>
struct nested {
  using models = std::array<model<Leaf>, 2>;
  using pair = std::pair<Leaf<double>, model<Leaf>>;
  BOOST_HANA_DEFINE_STRUCT(nested, (model<Leaf>, first), (models, others), (pair, last),
                           (Leaf<std::vector<double>>, w), (Leaf<std::vector<int>>, n));
};
#ifndef MISTAKE
auto of_nested(const nested<>& q) {
  return tl::grad([](auto p) { return p.first.s * p.others[1].n * p.last.first + sum(p.w); })(q);
}
#endif

#ifndef MISTAKE
// [right]
auto gradient = tl::grad([](auto q) { return sum(tl::get<"w">(q)) * tl::get<"s">(q); })(p);
// [end]
#endif

#ifdef MISTAKE_1  // EXPECT: tapeless::get<name>(p): 'p' has no member of this name
auto no_member_of_body = tl::grad([](auto q) { return tl::get<"t">(q) * tl::get<"s">(q); })(p);
#endif
#ifdef MISTAKE_2  // EXPECT: tapeless::get<name>(p): 'p' has no member of this name
double no_member = tl::get<"t">(p);
#endif
#ifdef MISTAKE_3  // EXPECT: tapeless: an output of .into(...) or .add_to(...) differs in shape
double other(double out) {
  return tl::value_and_grad([](auto q) { return tl::get<"s">(q); }).into(out)(p);
}
#endif
#ifdef MISTAKE_4  // EXPECT: tapeless::get<name>(p): 'p' is no structure with names
auto no_names = tl::grad([](auto q) { return tl::get<"a">(q) * 2.0; })(std::tuple{1.0, 2.0});
#endif
#ifdef MISTAKE_5  // EXPECT: tapeless::get<name>(p): 'p' is no structure with names
double no_names = tl::get<"a">(std::pair{1.0, 2.0});
#endif
#ifdef MISTAKE_6  // EXPECT: tapeless::get<name>(p): 'p' has no member of this name
std::vector<double> no_layer = tl::get<"w">(tl::get<"layer">(p));
#endif
#ifdef MISTAKE_7  // EXPECT: tapeless::get<name>(p): 'p' has no member of this name
auto no_layer =
    tl::grad([](auto q) { return sum(tl::get<"w">(tl::get<"layer">(q))) * tl::get<"s">(q); })(p);
#endif
#ifdef MISTAKE_8  // EXPECT: tapeless: all members of a structure that is a template over its leaves
template <template <class> class Leaf = std::type_identity_t>
struct plain_member {
  BOOST_HANA_DEFINE_STRUCT(plain_member, (Leaf<double>, s), (int, n));
};
auto integer(const plain_member<>& q) {
  return tl::grad([](auto p) { return p.s * p.n; })(q);
}
#endif
#ifdef MISTAKE_9  // EXPECT: tapeless: all members of a structure that is a template over its leaves
template <template <class> class Leaf = std::type_identity_t>
struct outer {
  BOOST_HANA_DEFINE_STRUCT(outer, (Leaf<double>, s), (model<>, m));
};
auto whole(const outer<>& q) {
  return tl::evaluate([](auto p) { return p.s; })(q);
}
#endif
#ifdef MISTAKE_10  // EXPECT: tapeless: all members of a structure that is a template
template <template <class> class Leaf = std::type_identity_t>
struct mixed {
  BOOST_HANA_DEFINE_STRUCT(mixed, (Leaf<std::vector<double>>, w), (double, s));
};
auto number =
    tl::grad([](auto p) { return sum(p.second.w) * p.second.s; })(std::pair(1.0, mixed<>{}));
#endif
