// SPDX-License-Identifier: BSL-1.0
// write_linear_algebra FILE: writes the programs of linear_algebra.hpp as C++.
#include <tapeless/inspect.hpp>

#include <fstream>
#include <source/linear_algebra.hpp>

using namespace linear_algebra;

int main(int, char** argument) {
  std::ofstream file(argument[1]);
  file << "#pragma once\n"
       << tl::to_source<matrix, row_major>(tl::value_and_grad(product), "product_source")
       << tl::to_source<matrix>(tl::value_and_grad(gram), "gram_source")
       << tl::to_source<matrix, matrix>(tl::value_and_grad(powers), "powers_source")
       << tl::to_source<matrix, vector>(tl::value_and_grad(solution), "solution_source")
       << tl::to_source<row_major, matrix>(tl::value_and_grad(solutions), "solutions_source")
       << tl::to_source<matrix>(tl::value_and_grad(inverse_and_det), "inverse_and_det_source")
       << tl::to_source<matrix, vector>(tl::value_and_grad(normal), "normal_source")
       << tl::to_source<matrix, matrix>(tl::value_and_grad(triangular), "triangular_source");
  return file.good() ? 0 : 1;
}
