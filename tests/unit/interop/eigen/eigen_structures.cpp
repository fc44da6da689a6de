// SPDX-License-Identifier: BSL-1.0
// Structures with Eigen's matrices in them, plain ones and templates over their leaves.

#include "support/catch.hpp"

#include <tapeless/interop/eigen.hpp>
#include <tapeless/tapeless.hpp>

#include <Eigen/Core>
#include <boost/hana/define_struct.hpp>

#include <array>
#include <string>
#include <type_traits>

namespace tl = tapeless;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

template <template <class> class Leaf = std::type_identity_t>
struct layer {
  BOOST_HANA_DEFINE_STRUCT(layer, (Leaf<MatrixXd>, W), (Leaf<VectorXd>, b), (Leaf<int>, n),
                           (Leaf<std::string>, name));
};
template <template <class> class Leaf = std::type_identity_t>
struct network {
  BOOST_HANA_DEFINE_STRUCT(network, (layer<Leaf>, first), (Leaf<double>, s),
                           (std::array<layer<Leaf>, 2>, rest));
};
struct plain {
  BOOST_HANA_DEFINE_STRUCT(plain, (MatrixXd, W), (VectorXd, b), (Eigen::Vector2d, c));
};

const layer<> l{MatrixXd::Constant(2, 2, 0.5), VectorXd::Constant(2, 1.0), 3, "l"};
const network<> p{l, 2.0, {l, l}};
const VectorXd ones = VectorXd::Constant(2, 1.0);

}  // namespace

TEST_CASE("structures with Eigen: a template over its leaves keeps its names in a body") {
  constexpr auto f = [](auto q, auto in) {
    auto h = q.first.n * (q.first.W * in + q.first.b);
    return q.s * sum(q.rest[0].W * h + q.rest[1].b);
  };
  // h = 3 (1 + 1) for each of two.
  const auto [value, g] = tl::value_and_grad<0>(f)(p, ones);
  STATIC_REQUIRE(std::is_same_v<decltype(g), const network<>>);
  REQUIRE(value == 2 * (6 + 6 + 2));
  REQUIRE(g.s == 14);
  REQUIRE(g.first.W(0, 1) == 2 * 3 * 1);
  REQUIRE(g.rest[0].W(0, 1) == 12);
  REQUIRE(g.rest[1].W == MatrixXd::Zero(2, 2));
  REQUIRE(g.rest[1].b == VectorXd::Constant(2, 2.0));
  REQUIRE(g.first.n == 3);
  REQUIRE(g.first.name == "l");
}

TEST_CASE("structures with Eigen: gradients inside of functions") {
  // The gradient in s is 2 s S, S the sum of W in; its square's derivative in s is 8 s S^2.
  constexpr auto f = [](auto q, auto in) {
    constexpr auto inner = [](auto r, auto i) { return r.s * r.s * sum(r.first.W * i); };
    return square(tl::grad<0>(inner)(q, in).s);
  };
  REQUIRE(tl::grad<0>(f)(p, ones).s == 8 * 2 * 4);
}

TEST_CASE("structures with Eigen: by structured binding and by name") {
  const plain q{MatrixXd::Constant(2, 3, 0.5), VectorXd::Constant(2, 1.0), {1, 2}};
  const VectorXd in = VectorXd::Constant(3, 2.0);
  constexpr auto bound = [](auto r, auto x_) {
    auto [W, b, c] = r;
    return dot(c, W * x_ + b);
  };
  constexpr auto named = [](auto r, auto x_) {
    return dot(tl::get<"c">(r), tl::get<"W">(r) * x_ + tl::get<"b">(r));
  };
  const auto [value, g] = tl::value_and_grad<0>(bound)(q, in);
  STATIC_REQUIRE(std::is_same_v<decltype(g), const plain>);
  REQUIRE(value == 4 + 8);
  REQUIRE(g.W == Eigen::Vector2d(1, 2) * in.transpose());
  REQUIRE(g.b == Eigen::Vector2d(1, 2));
  REQUIRE(g.c == Eigen::Vector2d(4, 4));
  plain h;
  REQUIRE(tl::value_and_grad<0>(named).into(h)(q, in) == value);
  REQUIRE(h.W == g.W);
}
