// SPDX-License-Identifier: BSL-1.0
#include <tapeless/optimize.hpp>
#include <tapeless/tapeless.hpp>

#include <boost/hana/define_struct.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

namespace tl = tapeless;

struct layer {
  BOOST_HANA_DEFINE_STRUCT(layer, (std::vector<double>, w), (double, b));
};

// [right]
struct network {
  BOOST_HANA_DEFINE_STRUCT(network, (std::array<layer, 3>, layers), (double, scale));
};
std::size_t numbers(const network& p) { return tl::tree_size(p); }
// [end]

#ifdef MISTAKE_1  // EXPECT: tapeless: a member of this structure holds numbers, but
struct deep_network {
  BOOST_HANA_DEFINE_STRUCT(deep_network, (std::vector<layer>, layers), (double, scale));
};
std::size_t numbers_of(const deep_network& p) { return tl::tree_size(p); }
#endif
#ifdef MISTAKE_2  // EXPECT: tapeless: a member of this structure holds numbers, but
struct perhaps {
  BOOST_HANA_DEFINE_STRUCT(perhaps, (std::optional<double>, w), (double, s));
};
auto some = tl::grad([](auto q) { return square(tl::get<"s">(q)); })(perhaps{1, 2});
#endif
#ifdef MISTAKE_3  // EXPECT: tapeless: a member of this structure holds numbers, but
// Eigen's matrices, without interop/eigen.hpp, say of themselves what they hold.
struct foreign {
  using Scalar = double;
};
struct weights {
  BOOST_HANA_DEFINE_STRUCT(weights, (foreign, w), (double, s));
};
void step(weights& q, const weights& g) {
  const auto opt = tl::sgd();
  auto state = opt.init(q);
  opt.update(q, g, state);
}
#endif
#ifdef MISTAKE_4  // EXPECT: tapeless: an argument is no scalar and no array
struct unknown {
  double a, b;
};
double length(const unknown& q) { return tl::global_norm(q); }
#endif
