// SPDX-License-Identifier: BSL-1.0
// The examples of docs/how-to/vectors-and-views.md, in the order of the page.
#include <tapeless/tapeless.hpp>

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdio>
#include <span>
#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace tl = tapeless;

// [losses]
constexpr auto chain = [](auto x) {
  return tl::sum(x.size() - 1, [&](auto i) { return tl::square(x[i + 1] - x[i]); });
};
constexpr auto row_squares = [](auto m) {
  return tl::sum(m.rows(), [&](auto i) {
    return tl::square(tl::sum(m.cols(), [&](auto j) { return m(i, j); }));
  });
};
// [end]

// [own]
struct series {  // a container of one's own
  int length;
  double values[8];
};

template <>
struct tapeless::array_traits<series> {
  static constexpr bool is_array = true;
  using value_type = double;
  static constexpr int rank = 1;
  static constexpr std::ptrdiff_t extents[rank] = {tl::dynamic};
  static constexpr std::ptrdiff_t strides[rank] = {1};
  static constexpr auto* data(auto& a) { return &a.values[0]; }
  static constexpr std::ptrdiff_t extent(const series& a, int) { return a.length; }
  static constexpr std::ptrdiff_t stride(const series&, int) { return 1; }
  template <class T>
  using owning = std::vector<T>;  // what gradients are returned in
  template <class T>
  static owning<T> make(const std::ptrdiff_t* sizes) {
    return owning<T>(static_cast<std::size_t>(sizes[0]));
  }
  static constexpr bool resizable = false;
};
// [end]

namespace {

template <class T, class A>
constexpr bool is(const A&) {
  return std::is_same_v<A, T>;
}

void types() {
  // [vector]
  std::vector<double> x{1, 2, 4, 8};
  auto [value, gradient] = tl::value_and_grad(chain)(x);
  static_assert(std::is_same_v<decltype(gradient), std::vector<double>>);
  std::printf("value %.0f, gradient", value);
  for (double e : gradient) std::printf(" %.0f", e);
  std::puts("");
  // [end]

  // [kinds]
  double c[4] = {1, 2, 4, 8};
  std::span<const double> all = x;
  std::array fixed{1.0, 2.0, 4.0, 8.0};
  assert(is<std::vector<double>>(tl::grad(chain)(all)));
  assert(is<std::vector<double>>(tl::grad(chain)(tl::view(x.data(), 4))));
  assert((is<std::array<double, 4>>(tl::grad(chain)(c))));
  assert((is<std::array<double, 4>>(tl::grad(chain)(fixed))));
  // [end]
}

void matrices() {
  // [matrices]
  std::vector<double> numbers{1, 2, 3, 4, 5, 6};
  auto by_rows = tl::view(numbers.data(), 2, 3);           // 1 2 3 | 4 5 6
  auto by_columns = tl::view(numbers.data(), 2, 3, 1, 2);  // 1 3 5 | 2 4 6
  auto left = tl::view(numbers.data(), 2, 2, 3, 1);        // 1 2 | 4 5
  auto backward = tl::view(numbers.data() + 5, 2, 3, -3, -1);
  std::printf("%.0f %.0f %.0f %.0f\n", tl::evaluate(row_squares)(by_rows),
              tl::evaluate(row_squares)(by_columns), tl::evaluate(row_squares)(left),
              tl::evaluate(row_squares)(backward));

  tl::matrix<double> gradient = tl::grad(row_squares)(by_rows);  // owns its elements, row by row
  std::printf("%td rows, %td columns: %.0f %.0f\n", gradient.rows(), gradient.cols(),
              gradient(0, 0), gradient(1, 2));
  // [end]
}

void outputs() {
  // [into]
  std::vector<double> x{1, 2, 4}, gradient;  // empty
  double value = tl::value_and_grad(chain).into(gradient)(x);
  assert(value == 5 && (gradient == std::vector<double>{-2, -2, 4}));
  tl::grad(chain).into(gradient)(std::vector<double>{1, 2});  // another size: resized again
  assert((gradient == std::vector<double>{-2, 2}));
  // [end]

  // [add_to]
  std::vector<double> total(3, 10.0);
  tl::grad(chain).add_to(total)(x);
  assert((total == std::vector<double>{8, 8, 14}));
  // [end]

  // [memory]
  std::vector<double> memory(10, 7.0);
  auto middle = std::span(memory).subspan(4, 3);
  tl::grad(chain).into(middle)(x);  // writes memory[4], memory[5], memory[6]
  assert(memory[3] == 7 && memory[4] == -2 && memory[6] == 4 && memory[7] == 7);

  auto column = tl::view(memory.data(), 3, 2, 1, 3);  // strides: an output may have them too
  tl::grad(row_squares).into(column)(tl::view(x.data(), 3, 2, 1, 0));  // 1 1 | 2 2 | 4 4
  assert(memory[0] == 4 && memory[2] == 16 && memory[3] == 4 && memory[5] == 16);
  // [end]
}

void mistakes() {
  std::vector<double> x{1, 2, 4};
  // [mistakes]
  auto said = [](auto action) {
    try {
      action();
    } catch (const std::invalid_argument& e) {
      std::puts(e.what());
    }
  };
  std::vector<double> two(2);
  said([&] { tl::grad(chain).add_to(two)(x); });  // never resized
  said([&] { tl::grad(chain).into(x)(x); });
  said([&] { (void)tl::evaluate([](auto v) { return v[3]; })(x); });
  // [end]
}

void structures() {
  // [structures]
  constexpr auto model = [](auto layer, auto x) {
    const auto product = tl::sum(x.size(), [&](auto i) { return layer.first[i] * x[i]; });
    return tl::square(product + layer.second);
  };
  std::pair layer{std::vector<double>{1, 2}, 0.5};
  std::vector<double> x{3, 4};
  auto gradient = tl::grad<0>(model)(layer, x);
  assert((gradient.first == std::vector<double>{69, 92} && gradient.second == 23));
  // [end]
}

void integers() {
  // [integers]
  constexpr auto ratings = [](auto effect, auto group, auto y) {
    return tl::sum(y.size(), [&](auto i) { return tl::square(effect[group[i]] - y[i]); });
  };
  std::vector<double> effect{0.5, 1.5};
  std::vector<int> group{0, 1, 1};
  std::vector<double> y{1, 2, 3};
  auto gradient = tl::grad<0>(ratings)(effect, group, y);
  assert((gradient == std::vector<double>{-1, -4}));
  // [end]
}

void own() {
  // [use_own]
  series s{3, {1, 2, 4}};
  std::vector<double> gradient = tl::grad(chain)(s);
  assert((gradient == std::vector<double>{-2, -2, 4}));
  // [end]
}

void bound() {
  // [bound]
  std::vector<double> x{1, 2, 4}, y{1, 1, 1};
  constexpr auto distance = [](auto a, auto b) {
    return tl::sum(a.size(), [&](auto i) { return tl::square(a[i] - b[i]); });
  };
  auto to_y = tl::bind_back(distance, std::span<const double>(y));  // a copy of the span only
  assert((tl::grad(to_y)(x) == std::vector<double>{0, 2, 6}));
  // [end]
}

}  // namespace

int main() {
  std::puts("[types]");
  types();
  std::puts("[matrices]");
  matrices();
  std::puts("[outputs]");
  outputs();
  std::puts("[mistakes]");
  mistakes();
  structures();
  integers();
  own();
  bound();
}
