// SPDX-License-Identifier: BSL-1.0
// What does the gradient of the sum of a product of matrices cost? No product of matrices: the sum
// is that of the products of the column sums of A with the row sums of B.
#include "losses.hpp"
#include "support/columns.hpp"

#include <cstddef>

using namespace bench::arrays;

namespace {

void add_product(suite& all, std::size_t n) {
  all.add("sum_of_product", n, [=, &all](const std::string& name) {
    uniform random(21);
    numbers point(2 * n * n, random, -1, 1);
    numbers left(n * n), right(n * n);
    for (std::size_t i = 0; i < n * n; ++i) left[i] = point[i], right[i] = point[n * n + i];
    const auto A = map<by_columns>(left, n, n), B = map<by_columns>(right, n, n);
    vector columns(length(n)), rows(length(n));
    group g(name, n * n, 2 * n * n);
    g.reference("eigen", [=, &columns, &rows](double* gradient) {
      return by_hand::sum_of_product(A, B, columns, rows, part(gradient, n, n),
                                     part(gradient + n * n, n, n));
    });
    add_library(
        g,
        [=](double* gradient, auto... policies) {
          auto of_A = part(gradient, n, n), of_B = part(gradient + n * n, n, n);
          return tl::value_and_grad<0, 1>(sum_of_product{}, policies...).into(of_A, of_B)(A, B);
        },
        [=](double* gradient) {
          namespace e = expressions;
          auto of_A = part(gradient, n, n), of_B = part(gradient + n * n, n, n);
          return tl::value_and_grad<e::A, e::B>(e::of_product).into(of_A, of_B)(e::A = A, e::B = B);
        });
    if (n <= 100)
      add_tapes(g, point, [=]<class T>(const T* a) {
        const T* b = a + n * n;
        T sum = 0;
        for (std::size_t j = 0; j < n; ++j)
          for (std::size_t i = 0; i < n; ++i) {
            T entry = 0;
            for (std::size_t k = 0; k < n; ++k) entry += a[i + k * n] * b[k + j * n];
            sum += entry;
          }
        return sum;
      });
    all.run();
  });
}

}  // namespace

int main(int argc, char** argv) {
  suite all;
  for (const std::size_t n : {10UL, 31UL, 100UL, 181UL}) add_product(all, n);
  return all.main(argc, argv);
}
