// SPDX-License-Identifier: BSL-1.0
// Prints one of the drawings of docs/images as Graphviz text; the build draws it.
#include <tapeless/inspect.hpp>

#include <cstdio>
#include <string>

namespace tl = tapeless;

int main(int count, char** names) {
  constexpr tl::variable<"x"> x;
  constexpr tl::variable<"y"> y;
  constexpr auto e = x * y + sin(x * y);  // the function of docs/explanation/how-it-works.md

  const std::string name = count > 1 ? names[1] : "";
  if (name == "forward") std::fputs(tl::to_dot(e, x = 3.0, y = 2.0).c_str(), stdout);
  if (name == "backward") {
    std::fputs(tl::to_dot(tl::value_and_grad(e), x = 3.0, y = 2.0).c_str(), stdout);
  }
}
