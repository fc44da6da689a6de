// SPDX-License-Identifier: BSL-1.0
// The examples of docs/explanation/loops.md: functions, and loops written by hand that do what the
// programs made of them do. Both must give the same values and gradients.
#include <tapeless/tapeless.hpp>

#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <limits>
#include <type_traits>
#include <vector>

namespace tl = tapeless;
using std::size_t;
using list = std::vector<double>;

// [squares]
constexpr auto squares = [](auto w, auto X, auto y) {
  return tl::sum(X.rows(), [&](auto i) {
    return tl::square(tl::sum(X.cols(), [&](auto j) { return X(i, j) * w[j]; }) - y[i]);
  });
};
// [end]

// [squares_by_hand]
double squares_by_hand(const list& w, const tl::matrix<double>& X, const list& y, list& dw) {
  double value = 0;
  for (double& e : dw) e = 0;
  for (size_t i = 0; i < y.size(); ++i) {
    double r = 0;
    for (size_t j = 0; j < w.size(); ++j) r += X(i, j) * w[j];
    r -= y[i];
    value += r * r;
    const double d_r = 2 * r;  // the cotangent of r, as soon as r is there
    for (size_t j = 0; j < w.size(); ++j) dw[j] += d_r * X(i, j);
  }
  return value;
}
// [end]

// [mean]
constexpr auto spread = [](auto x) {
  const auto mean = tl::sum(x.size(), [&](auto i) { return x[i]; }) / x.size();
  return tl::sum(x.size(), [&](auto i) { return tl::square(x[i] - mean); });
};
// [end]

constexpr auto soft_max = [](auto x) {
  return tl::logsumexp(x.size(), [&](auto i) { return x[i]; });
};

// [log_sum_exp_by_hand]
double log_sum_exp_by_hand(const list& x, list& dx) {
  double largest = -std::numeric_limits<double>::infinity();
  for (double e : x) largest = e > largest ? e : largest;  // 1: needs nothing
  double total = 0;
  for (size_t i = 0; i < x.size(); ++i) {  // 2: needs the largest
    dx[i] = std::exp(x[i] - largest);      // kept where the gradient will be
    total += dx[i];
  }
  for (size_t i = 0; i < x.size(); ++i) dx[i] *= 1 / total;  // 3: needs the total
  return largest + std::log(total);
}
// [end]

// [chain]
constexpr auto chain = [](auto x) {
  return tl::sum(x.size() - 1, [&](auto i) { return tl::square(x[i + 1] - x[i] * x[i]); });
};
// [end]

// [chain_by_hand]
double chain_by_hand(const list& x, list& dx) {
  double value = 0;
  double here = 0, next = 0;  // what has been put into dx[i] and dx[i + 1]
  for (size_t i = 0; i + 1 < x.size(); ++i) {
    const double r = x[i + 1] - x[i] * x[i];
    value += r * r;
    next += 2 * r;
    here += -4 * r * x[i];
    dx[i] = here;  // complete: no later iteration puts anything there
    here = next;
    next = 0;
  }
  if (!x.empty()) dx.back() = here;
  return value;
}
// [end]

// [orbit]
constexpr auto orbit = [](auto x) {
  return tl::fold(x.size(), 0.5, [&](auto c, auto i) { return sin(c * x[i]); });
};
// [end]

// [orbit_by_hand]
double orbit_by_hand(const list& x, list& dx) {
  double c = 0.5;
  for (size_t i = 0; i < x.size(); ++i) {
    dx[i] = c;  // the history: what iteration i was given
    c = std::sin(c * x[i]);
  }
  double d_c = 1;
  for (size_t i = x.size(); i-- > 0;) {  // the mirror
    const double before = dx[i];
    const double d = d_c * std::cos(before * x[i]);  // the body once more, as far as needed
    dx[i] = d * before;
    d_c = d * x[i];
  }
  return c;
}
// [end]

// [branch]
constexpr auto branch = [](auto x) {
  return tl::sum(x.size(), [&](auto i) {
    return tl::cond(x[i] > 0, [&] { return sqrt(x[i]); }, [&] { return x[i] * x[i]; });
  });
};
// [end]

// [branch_by_hand]
double branch_by_hand(const list& x, list& dx) {
  double value = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const bool taken = x[i] > 0;
    double v = 0, d = 0;
    for (int once = 0; once < (taken ? 1 : 0); ++once) {
      const double root = std::sqrt(x[i]);
      v += root;
      d += 0.5 / root;
    }
    for (int once = 0; once < (taken ? 0 : 1); ++once) {
      v += x[i] * x[i];
      d += 2 * x[i];
    }
    value += v;
    dx[i] = d;
  }
  return value;
}
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

/// How many times a program runs a loop, nested ones counted where they stand in the code, and how
/// many arrays of its own it has. This is what the library knows, not part of its interface.
template <class F, class... A>
void count(const char* name, const F&, const A&...) {
  using call = tl::function_call<F, A...>;
  using transform =
      tl::reverse_mode<tl::policy<false, false>, true, false, tl::chosen_arguments<0>>;
  using program = tl::compiled_nest<tl::compiled<typename call::source, transform>, true>;
  constexpr tl::plan_sizes sizes = program::sizes::value();
  std::printf("%-10s loops %d  arrays of its own %d\n", name, sizes.regions - 2, sizes.storages);
}

list numbers(size_t n) {
  list x(n);
  for (size_t i = 0; i < n; ++i) x[i] = std::sin(1.7 * static_cast<double>(i) + 0.4);
  return x;
}

bool near(double a, double b) { return std::abs(a - b) <= 1e-12 * (1 + std::abs(b)); }

template <class F, class G>
void compare(const F& f, const G& by_hand) {
  for (size_t n : {1U, 2U, 3U, 10U, 101U}) {
    const list x = numbers(n);
    list want(n);
    const double value = by_hand(x, want);
    const auto got = tl::value_and_grad(f)(x);
    assert(near(got.value, value));
    for (size_t i = 0; i < n; ++i) assert(near(got.gradient[i], want[i]));
  }
}

}  // namespace

int main() {
  compare(soft_max, log_sum_exp_by_hand);
  compare(chain, chain_by_hand);
  compare(orbit, orbit_by_hand);
  compare(branch, branch_by_hand);

  const list w = numbers(3), y = numbers(7);
  tl::matrix<double> X(7, 3);
  for (int i = 0; i < 7; ++i) {
    for (int j = 0; j < 3; ++j) X(i, j) = std::cos(i + 2.0 * j);
  }
  list want(3);
  const double value = squares_by_hand(w, X, y, want);
  const auto got = tl::value_and_grad<0>(squares)(w, X, y);
  assert(near(got.value, value));
  for (size_t j = 0; j < 3; ++j) assert(near(got.gradient[j], want[j]));

  std::puts("[counted]");
  count("squares", squares, w, X, y);
  count("logistic", logistic, w, X, y);
  count("chain", chain, w);
  count("spread", spread, w);
  count("soft_max", soft_max, w);
  count("orbit", orbit, w);
  count("branch", branch, w);
  count("with_norm", with_norm, w, y);
}
