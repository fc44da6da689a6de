// SPDX-License-Identifier: BSL-1.0
// The examples of docs/explanation/loops.md: functions and the loops made of them. That the written
// loops do what the library does is tested in tests/source.
#include <tapeless/inspect.hpp>

#include <cstdio>
#include <string>
#include <vector>

namespace tl = tapeless;
using list = std::vector<double>;
using matrix = tl::matrix<double>;

// [squares]
constexpr auto squares = [](auto w, auto X, auto y) {
  return tl::sum(X.rows(), [&](auto i) {
    return tl::square(tl::sum(X.cols(), [&](auto j) { return X(i, j) * w[j]; }) - y[i]);
  });
};
// [end]

// [mean]
constexpr auto spread = [](auto x) {
  const auto mean = tl::sum(x.size(), [&](auto i) { return x[i]; }) / x.size();
  return tl::sum(x.size(), [&](auto i) { return tl::square(x[i] - mean); });
};
// [end]

// [soft_max]
constexpr auto soft_max = [](auto x) {
  return tl::logsumexp(x.size(), [&](auto i) { return x[i]; });
};
// [end]

// [chain]
constexpr auto chain = [](auto x) {
  return tl::sum(x.size() - 1, [&](auto i) { return tl::square(x[i + 1] - x[i] * x[i]); });
};
// [end]

// [orbit]
constexpr auto orbit = [](auto x) {
  return tl::fold(x.size(), 0.5, [&](auto c, auto i) { return sin(c * x[i]); });
};
// [end]

// [branch]
constexpr auto branch = [](auto x) {
  return tl::sum(x.size(), [&](auto i) {
    return tl::cond(x[i] > 0, [&] { return sqrt(x[i]); }, [&] { return x[i] * x[i]; });
  });
};
// [end]

constexpr auto logistic = [](auto w, auto X, auto y) {
  return tl::sum(X.rows(), [&](auto i) {
    const auto s = tl::sum(X.cols(), [&](auto j) { return X(i, j) * w[j]; });
    return softplus(s) - y[i] * s;
  });
};

// [invariant]
constexpr auto with_norm = [](auto w, auto x) {
  return tl::sum(x.size(), [&](auto i) {
    const auto norm = tl::sum(w.size(), [&](auto j) { return w[j] * w[j]; });  // does not use i
    return tl::square(x[i]) * norm;
  });
};
// [end]

namespace {

/// Prints the loops of value and gradient, without the lines before the function.
template <class... A, class F>
void show(const char* name, const F& f) {
  const std::string text = tl::to_source<A...>(tl::value_and_grad<0>(f), name);
  std::printf("[%s]\n%s", name, text.c_str() + text.find("template"));
}

/// How many times a program runs a loop, nested ones counted where they stand in the code, and how
/// many arrays of its own it has. This is what the library knows, not part of its interface.
template <class... A, class F>
void count(const char* name, const F&) {
  using call = tl::function_call<F, A...>;
  using transform =
      tl::reverse_mode<tl::policy<false, false>, true, false, tl::chosen_arguments<0>>;
  using program = tl::compiled_nest<tl::compiled<typename call::source, transform>, true>;
  constexpr tl::plan_sizes sizes = tl::program_of<typename program::name>::value.sizes;
  std::printf("%-10s loops %d  arrays of its own %d\n", name, sizes.regions - 2, sizes.storages);
}

}  // namespace

int main() {
  show<list, matrix, list>("squares", squares);
  show<list>("soft_max", soft_max);
  show<list>("chain", chain);
  show<list>("orbit", orbit);
  show<list>("branch", branch);

  std::puts("[counted]");
  count<list, matrix, list>("squares", squares);
  count<list, matrix, list>("logistic", logistic);
  count<list>("chain", chain);
  count<list>("spread", spread);
  count<list>("soft_max", soft_max);
  count<list>("orbit", orbit);
  count<list>("branch", branch);
  count<list, list>("with_norm", with_norm);
}
