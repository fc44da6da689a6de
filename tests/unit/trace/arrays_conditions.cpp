// SPDX-License-Identifier: BSL-1.0
// Arrays of conditions: made where they are used or long before, of what is cheap to compute again
// and of what is stored.

#include <tapeless/inspect/to_string.hpp>
#include <tapeless/tapeless.hpp>
#include <tapeless/trace/view.hpp>

#include <cmath>
#include <support/catch.hpp>
#include <tuple>
#include <vector>

namespace tl = tapeless;

namespace {

const std::vector<double> v{-0.4, 0.9, 0.2, -1.3};
constexpr double x = 0.15;

tl::matrix<double> matrix() {
  tl::matrix<double> a(3, 4);
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 4; ++j) a(i, j) = std::sin(1.0 + 5 * i + 2 * j);
  }
  return a;
}

/// The element of the sums below. `chosen` says where.
constexpr auto element = [](const auto& chosen, const auto& a, const auto& v_) {
  return tl::select(chosen, exp(a) + v_, sin(a) - v_);
};

/// `program` of whole arrays gives what `chosen` gives element by element.
template <class Program, class Chosen>
void same_as_elements(const char* name, Program program, Chosen chosen) {
  INFO(name);
  constexpr auto elements = [](auto v_, auto A, auto x_) {
    return tl::sum(A.rows(), [&](auto i) {
      return tl::sum(A.cols(),
                     [&](auto j) { return element(Chosen()(v_[j], A(i, j), x_), A(i, j), v_[j]); });
    });
  };
  const tl::matrix<double> A = matrix();
  double sum = 0;
  for (int i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 4; ++j) {
      const double a = A(i, static_cast<int>(j));
      sum += chosen(v[j], a, x) ? std::exp(a) + v[j] : std::sin(a) - v[j];
    }
  }
  const auto [value, gradient] = tl::value_and_grad<0, 1, 2>(program)(v, A, x);
  const auto [same, slopes] = tl::value_and_grad<0, 1, 2>(elements)(v, A, x);
  CHECK(value == Approx(sum));
  CHECK(same == Approx(sum));
  for (std::size_t j = 0; j < 4; ++j) {
    CHECK(std::get<0>(gradient)[j] == Approx(std::get<0>(slopes)[j]));
  }
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 4; ++j) {
      CHECK(std::get<1>(gradient)(i, j) == Approx(std::get<1>(slopes)(i, j)));
    }
  }
  CHECK(std::get<2>(gradient) == std::get<2>(slopes));
}

}  // namespace

TEST_CASE("conditions of arrays from outside the loop that uses them") {
  using std::max, std::tanh;
  same_as_elements(
      "of elements",
      [](auto v_, auto A, auto x_) {
        return tl::sum(A.rows(), [&](auto i) { return sum(element(v_ < x_, row(A, i), v_)); });
      },
      [](auto v_, auto, auto x_) { return v_ < x_; });
  same_as_elements(
      "of a cheap function",
      [](auto v_, auto A, auto x_) {
        const auto larger = max(v_, x_);
        return tl::sum(A.rows(), [&](auto i) { return sum(element(larger <= x_, row(A, i), v_)); });
      },
      [](auto v_, auto, auto x_) { return max(v_, x_) <= x_; });
  same_as_elements(
      "of an expensive function",
      [](auto v_, auto A, auto x_) {
        const auto t = tanh(v_);
        return tl::sum(A.rows(), [&](auto i) { return sum(element(t < x_, row(A, i), v_)); });
      },
      [](auto v_, auto, auto x_) { return tanh(v_) < x_; });
  same_as_elements(
      "that were conditions outside already",
      [](auto v_, auto A, auto x_) {
        const auto inside = tanh(v_) < x_ && !(tanh(v_) < -x_);
        return tl::sum(A.rows(), [&](auto i) { return sum(element(inside, row(A, i), v_)); });
      },
      [](auto v_, auto, auto x_) { return tanh(v_) < x_ && !(tanh(v_) < -x_); });
  same_as_elements(
      "of a body",
      [](auto v_, auto A, auto x_) {
        const auto t = tl::generate(v_.size(), [&](auto j) { return tanh(v_[j]); });
        return tl::sum(A.rows(), [&](auto i) { return sum(element(t != x_, row(A, i), v_)); });
      },
      [](auto v_, auto, auto x_) { return tanh(v_) != x_; });
  same_as_elements(
      "in a fold",
      [](auto v_, auto A, auto x_) {
        const auto t = tanh(v_);
        return sum(tl::fold(A.rows(), 0 * v_, [&](auto carry, auto i) {
          return carry + element(t < x_ || t < -x_, row(A, i), v_);
        }));
      },
      [](auto v_, auto, auto x_) { return tanh(v_) < x_ || tanh(v_) < -x_; });
}

TEST_CASE("conditions of matrices") {
  using std::abs, std::tanh;
  same_as_elements(
      "of rows",
      [](auto v_, auto A, auto) { return sum(element(rowwise(tanh(v_)) < A, A, rowwise(v_))); },
      [](auto v_, auto a, auto) { return tanh(v_) < a; });
  same_as_elements(
      "in a loop",
      [](auto v_, auto A, auto x_) {
        const auto t = tanh(A);
        return tl::sum(1, [&](auto) { return sum(element(abs(t) < x_, A, rowwise(v_))); }) + 0 * x_;
      },
      [](auto, auto a, auto x_) { return abs(tanh(a)) < x_; });
}

TEST_CASE("conditions that are used where they are made cost nothing more") {
  constexpr auto arrays = [](auto a, auto b) { return sum(tl::select(a < b, a * b, a)); };
  constexpr auto negated = [](auto a, auto b) { return sum(tl::select(!(a < b), a, a * b)); };
  constexpr auto body = [](auto a, auto b) {
    return tl::sum(a.size(), [&](auto i) { return tl::select(a[i] < b[i], a[i] * b[i], a[i]); });
  };
  using list = std::vector<double>;
  CHECK(tl::to_string<list, list>(arrays) == tl::to_string<list, list>(body));
  CHECK(tl::to_string<list, list>(negated) == tl::to_string<list, list>(body));
}
