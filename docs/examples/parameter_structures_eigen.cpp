// SPDX-License-Identifier: BSL-1.0
// The examples of docs/how-to/parameter-structures.md, in the order of the page.
#include <tapeless/interop/eigen.hpp>
#include <tapeless/optimize.hpp>
#include <tapeless/tapeless.hpp>

#include <Eigen/Core>
#include <boost/hana/adapt_struct.hpp>
#include <boost/hana/define_struct.hpp>

#include <array>
#include <cassert>
#include <cmath>
#include <string>
#include <type_traits>
#include <vector>

namespace tl = tapeless;

// [plain]
struct layer {
  BOOST_HANA_DEFINE_STRUCT(layer, (Eigen::MatrixXd, W), (Eigen::VectorXd, b), (double, scale));
};
// [end]

// [adapt]
struct line {
  double slope, offset;
};
BOOST_HANA_ADAPT_STRUCT(line, slope, offset);
// [end]

// [templated]
template <template <class> class Leaf = std::type_identity_t>
struct dense_layer {
  BOOST_HANA_DEFINE_STRUCT(dense_layer, (Leaf<Eigen::MatrixXd>, W), (Leaf<Eigen::VectorXd>, b));
};
template <template <class> class Leaf = std::type_identity_t>
struct network {
  BOOST_HANA_DEFINE_STRUCT(network, (dense_layer<Leaf>, hidden), (dense_layer<Leaf>, output));
};
// [end]

// [data]
struct model {
  BOOST_HANA_DEFINE_STRUCT(model, (std::vector<double>, w), (int, degree), (std::string, name));
};
// [end]

int main() {
  const Eigen::VectorXd input = Eigen::VectorXd::Constant(3, 1.0);
  {
    // [binding]
    constexpr auto loss = [](auto p, auto x) {
      auto [W, b, scale] = p;
      return scale * sum(W * x + b);
    };
    const layer start{Eigen::MatrixXd::Constant(2, 3, 0.5), Eigen::VectorXd::Constant(2, 1.0), 2.0};
    auto [value, gradient] = tl::value_and_grad<0>(loss)(start, input);
    static_assert(std::is_same_v<decltype(gradient), layer>);
    assert(value == 2 * 2 * 2.5);
    assert(gradient.W == Eigen::MatrixXd::Constant(2, 3, 2.0));
    assert(gradient.scale == 5);
    // [end]

    // [name]
    constexpr auto named = [](auto p, auto x) {
      return tl::get<"scale">(p) * sum(tl::get<"W">(p) * x + tl::get<"b">(p));
    };
    assert(tl::evaluate(named)(start, input) == value);
    // [end]
  }
  {
    // [keeps]
    constexpr auto loss = [](auto p, auto x) {
      auto h = tanh(p.hidden.W * x + p.hidden.b);
      return sum(square(p.output.W * h + p.output.b));
    };
    const network<> start{{Eigen::MatrixXd::Zero(4, 3), Eigen::VectorXd::Zero(4)},
                          {Eigen::MatrixXd::Zero(2, 4), Eigen::VectorXd::Constant(2, 0.5)}};
    const network<> gradient = tl::grad<0>(loss)(start, input);
    assert(gradient.output.b == Eigen::VectorXd::Constant(2, 1.0));
    // [end]
  }
  {
    // [use_adapted]
    constexpr auto residuals = [](auto p, auto t, auto y) {
      return sum(square(tl::get<"slope">(p) * t + tl::get<"offset">(p) - y));
    };
    const line g = tl::grad<0>(residuals)(line{2, 1}, std::array{0.0, 1.0}, std::array{1.0, 2.0});
    assert(g.slope == 2 && g.offset == 2);
    // [end]
  }
  {
    // [passive]
    constexpr auto power = [](auto p) { return sum(tl::get<"w">(p)) * tl::get<"degree">(p); };
    const model g = tl::grad(power)(model{{1, 2}, 3, "cubic"});
    assert((g.w == std::vector<double>{3, 3}));
    assert(g.degree == 3 && g.name == "cubic");  // passed through
    // [end]
  }
  {
    // [trees]
    model p{{3, 4}, 3, "cubic"};
    assert(tl::global_norm(p) == 5);
    const model twice = tl::tree_map([](double w) { return 2 * w; }, p);
    const model sum = tl::tree_zip([](double v, double w) { return v + w; }, p, twice);
    assert((sum.w == std::vector<double>{9, 12}));
    assert(tl::tree_reduce([](double s, double w) { return s + w; }, 0.0, sum) == 21);
    std::vector<double> flat = tl::flatten(p);  // for other people's optimisers
    flat[0] = 5;
    tl::unflatten(flat, p);
    assert(p.w[0] == 5 && p.name == "cubic");
    // [end]
  }
}
