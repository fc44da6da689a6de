// SPDX-License-Identifier: BSL-1.0
// Plans of programs with loops: one that would overwrite what is read later says which mode does
// not.
#include <tapeless/tapeless.hpp>

#include <vector>

namespace tl = tapeless;

struct loss {
  constexpr auto operator()(const auto& v, const auto& x) const {
    const auto last =
        tl::fold(x.size(), v, [&](const auto& c, const auto& i) { return tanh(c * x[i]) + c; });
    return dot(last, last) * sum(softmax(last) * last);
  }
};
/// The gradient along a direction: its own gradient runs the fold twice.
struct slope {
  constexpr auto operator()(const auto& v, const auto& x, const auto& u) const {
    return dot(tl::grad<0>(loss{})(v, x), u);
  }
};

using list = std::vector<double>;
template <class F, class... A>
using gradient = tl::hoisted_nest<tl::compiled<
    tl::source_for<F, tl::shape_of<A>...>,
    tl::reverse_mode<tl::policy<false, false>, true, false, tl::chosen_arguments<0, 1>>>>;
template <class Nest, tl::plan_mode Mode>
inline constexpr auto plan = tl::planned<Mode, tl::room_for_plan(Nest::full())>(Nest::full());

using once = gradient<loss, list, list>;
static_assert(plan<once, tl::plan_mode::plain>.instead == tl::plan_mode::scratch);
static_assert(!plan<once, tl::plan_mode::plain>.used.failed);

using twice = gradient<slope, list, list, list>;
static_assert(plan<twice, tl::plan_mode::plain>.instead == tl::plan_mode::separate);
static_assert(!plan<twice, tl::plan_mode::plain>.used.failed);
static_assert(plan<twice, tl::plan_mode::separate>.instead == tl::plan_mode::scratch);
static_assert(!plan<twice, tl::plan_mode::separate>.used.failed);
