// SPDX-License-Identifier: BSL-1.0
// write_loops FILE: writes the programs of loops.hpp as C++.
#include <tapeless/inspect.hpp>

#include <fstream>
#include <source/loops.hpp>
#include <span>

namespace tl = tapeless;
using namespace loops;

int main(int, char** argument) {
  std::ofstream file(argument[1]);
  using vector = list<double>;
  using matrix = tl::matrix<double>;
  using strided = tl::array_view<const double, 2, true>;
  using rows = std::array<std::array<double, 3>, 2>;
  using triple = std::array<double, 3>;
  using model = std::tuple<vector, double>;
  using data = std::pair<std::span<const double>, double>;
  file << "#pragma once\n"
       << tl::to_source<vector, matrix, vector>(least_squares, "least_squares_value_source")
       << tl::to_source<vector, matrix, vector>(tl::value_and_grad<0>(least_squares),
                                                "least_squares_source")
       << tl::to_source<vector, strided, vector>(tl::grad(least_squares),
                                                 "least_squares_all_source")
       << tl::to_source<vector>(log_sum_exp, "log_sum_exp_value_source")
       << tl::to_source<vector>(tl::value_and_grad(log_sum_exp), "log_sum_exp_source")
       << tl::to_source<vector>(tl::value_and_grad(rosenbrock), "rosenbrock_source")
       << tl::to_source<vector>(tl::value_and_grad(stencil), "stencil_source")
       << tl::to_source<vector>(tl::value_and_grad(recurrence), "recurrence_source")
       << tl::to_source<vector, double>(tl::value_and_grad(exchange), "exchange_source")
       << tl::to_source<vector, matrix>(tl::value_and_grad(recurrent), "recurrent_source")
       << tl::to_source<matrix>(tl::value_and_grad(rows_folded), "rows_folded_source")
       << tl::to_source<vector, int>(diffusion, "diffusion_value_source")
       << tl::to_source<vector, int>(tl::value_and_grad<0>(diffusion), "diffusion_source")
       << tl::to_source<matrix, matrix, vector>(tl::value_and_grad(hidden_states),
                                                "hidden_states_source")
       << tl::to_source<vector, list<int>, vector>(tl::value_and_grad<0, 2>(gathered),
                                                   "gathered_source")
       << tl::to_source<vector>(tl::value_and_grad(branches), "branches_source")
       << tl::to_source<vector, double>(tl::value_and_grad(huber), "huber_source")
       << tl::to_source<vector, vector>(tl::value_and_grad(products), "products_source")
       << tl::to_source<matrix, matrix, list<std::size_t>>(
              tl::value_and_grad<0>(softmax_cross_entropy), "softmax_source")
       << tl::to_source<double, int>(tl::value_and_grad<0>(powers), "powers_source")
       << tl::to_source<rows, triple>(tl::value_and_grad(fixed), "fixed_source")
       << tl::to_source<model, data>(tl::value_and_grad<0>(structured), "structured_source")
       << tl::to_source<vector, tl::matrix<int>>(tl::value_and_grad<0>(interpolated),
                                                 "interpolated_source")
       << tl::to_source<vector>(tl::value_and_grad(two_windows), "two_windows_source")
       << tl::to_source<vector>(squares, "squares_source")
       << tl::to_source<vector, vector>(tl::evaluate(outer), "outer_source")
       << tl::to_source<vector>(running, "running_source")
       << tl::to_source<vector, vector>(tl::value_and_grad<0>(curvature), "curvature_source")
       << tl::to_source<vector>(tl::value_and_grad(tl::bind_back(huber, 0.75)), "bound_source")
       << tl::to_source<list<float>, double>(tl::value_and_grad(huber), "mixed_source");
  return file.good() ? 0 : 1;
}
