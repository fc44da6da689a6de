// SPDX-License-Identifier: BSL-1.0
// write_scalars FILE: writes the programs of scalars.hpp as C++.
#include <tapeless/inspect.hpp>

#include <fstream>
#include <source/scalars.hpp>

namespace tl = tapeless;
using namespace functions;

int main(int, char** argument) {
  std::ofstream file(argument[1]);
  using pair_of_rows = std::array<std::array<double, 3>, 2>;
  using point = std::array<double, 2>;
  file << tl::to_source<double, double>(tl::value_and_grad(elementary), "elementary_source")
       << tl::to_source<double, double>(elementary, "elementary_value_source")
       << tl::to_source<std::array<double, 6>>(tl::value_and_grad(rosenbrock), "rosenbrock_source")
       << tl::to_source<double, double>(tl::value_and_grad(branches), "branches_source")
       << tl::to_source<pair_of_rows, point>(tl::value_and_grad<0>(layer), "layer_source")
       << tl::to_source<std::pair<double, double>>(tl::value_and_grad(powers), "powers_source")
       << tl::to_source<std::tuple<double, double>>(tl::value_and_grad(special), "special_source")
       << tl::to_source<double>(tl::value_and_grad(all_of_one), "all_of_one_source")
       << tl::to_source<double>(tl::value_and_grad(chain), "chain_source")
       << tl::to_source<double>(tl::grad(tl::grad(chain)), "chain_second_source")
       << tl::to_source<double, double>(tl::grad(tl::grad<0>(branches)), "branches_second_source")
       << tl::to_source<double, double>(tl::grad(elementary, tl::strong_zero), "guarded_source")
       << tl::to_source(tl::value_and_grad(expression), "expression_source")
       << tl::to_source(tl::grad<y>(tl::grad<x>(expression)), "expression_mixed_source")
       << tl::to_source<double>(tl::value_and_grad(with_state(0.7, 0.1L)), "with_state_source");
  return file.good() ? 0 : 1;
}
