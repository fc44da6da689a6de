// SPDX-License-Identifier: BSL-1.0
// Names convert from and to the standard library's texts, and compare by characters.
#include "support/catch.hpp"

#include <tapeless/tapeless.hpp>

#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>

namespace tl = tapeless;

namespace {

constexpr tl::text_view name = "sine";
static_assert(name == "sine" && name != "sin" && name != "sinh" && name != tl::text_view());
static_assert(name.contains("in") && name.contains("sine") && name.contains(""));
static_assert(!name.contains("ie") && !name.contains("sines") && !tl::text_view().contains("s"));
static_assert(tl::text_view(std::string_view("sines", 4)) == name);

constexpr std::string_view standard = name;
static_assert(standard == "sine" && standard == name && name == standard);

// An owning text is made only where that is said.
static_assert(!std::is_convertible_v<tl::text_view, std::string>);
static_assert(!std::is_convertible_v<tl::text_view, const char*>);

// Whichever text a primitive's name is.
template <class Name>
struct doubling : tl::primitive<1> {
  static constexpr Name name = "twice";
  template <class T>
  static constexpr T primal(const T& x) {
    return x + x;
  }
  template <class V>
  static constexpr auto partials(const V&, const V&) {
    return std::tuple{V(2)};
  }
};
template <class Name>
constexpr auto f = [](auto x) { return tl::lift<doubling<Name>>(x); };
static_assert(tl::graph_of<double>(f<tl::text_view>).count("twice") == 1);
static_assert(tl::graph_of<double>(f<std::string_view>).count("twice") == 1);
static_assert(tl::graph_of<double>(f<const char*>).count(std::string_view("twice")) == 1);

}  // namespace

TEST_CASE("A name becomes a std::string where that is said, is added to one and printed") {
  std::string all(name);
  all += name;
  CHECK(all == "sinesine");
  CHECK((all != name && name != all));
  CHECK(tl::text_view(all).contains("nes"));
  std::ostringstream to;
  to << name << ", " << tl::text_view() << '.';
  CHECK(to.str() == "sine, .");
}
