// SPDX-License-Identifier: BSL-1.0
// Are the hand-written loops right? Value and gradient of every version against the generic value,
// its central differences and the two tapes, for sizes around those of a packet. One line per
// problem; exit status 1 if one fails.
#define RAD_EQ_ALIAS  // as the benchmarks use Sacado
#include "body_16.hpp"
#include "body_32.hpp"
#include "carried.hpp"
#include "gather.hpp"
#include "gaussian_mixture.hpp"
#include "hessian_vector.hpp"
#include "huber.hpp"
#include "k_means.hpp"
#include "log_sum_exp.hpp"
#include "normal.hpp"
#include "product.hpp"
#include "recurrent.hpp"
#include "regression.hpp"
#include "rosenbrock.hpp"
#include "stochastic_volatility.hpp"
#include "sum.hpp"

#include <adolc/adolc.h>

#include <Sacado_trad.hpp>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <initializer_list>
#include <limits>
#include <string>
#include <vector>

namespace loops = bench::loops;

namespace {

using numbers = std::vector<double>;
using sacado_scalar = Sacado::Rad::ADvar<double>;

constexpr double of_differences = 1e-6;  // central ones lose a third of the digits
constexpr double of_tapes = 1e-12;
constexpr std::size_t sizes[] = {0, 1, 2, 7, 8, 33, 100};

/// A fixed sequence that does not depend on the standard library (splitmix64).
double random(double low, double high) {
  static std::uint64_t state = 1;
  std::uint64_t z = (state += 0x9e3779b97f4a7c15U);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return low + (high - low) * (static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53);
}

numbers random_numbers(std::size_t n, double low, double high) {
  numbers out(n);
  for (double& number : out) number = random(low, high);
  return out;
}

struct evaluated {
  double value;
  numbers gradient;
};

template <class Value>
evaluated by_adolc(const Value& value, const numbers& point) {
  evaluated out{0, numbers(point.size())};
  trace_on(1, 1);
  {
    std::vector<adouble> active(point.size());
    for (std::size_t i = 0; i < point.size(); ++i) active[i] <<= point[i];
    adouble result = value(active.data());
    result >>= out.value;
  }
  trace_off();
  double weight = 1;
  fos_reverse(1, 1, static_cast<int>(point.size()), &weight, out.gradient.data());
  return out;
}

template <class Value>
evaluated by_sacado(const Value& value, const numbers& point) {
  std::vector<sacado_scalar> active(point.size());
  for (std::size_t i = 0; i < point.size(); ++i) active[i] = point[i];
  sacado_scalar result = value(active.data());
  sacado_scalar::Gradcomp();
  evaluated out{result.val(), numbers(point.size())};
  for (std::size_t i = 0; i < point.size(); ++i) out.gradient[i] = active[i].adj();
  return out;
}

struct version {
  const char* name;
  std::function<double(const double* point, double* gradient)> run;
};

class problem {
 public:
  explicit problem(const char* name) : name_(name) {}
  problem(const problem&) = delete;
  problem& operator=(const problem&) = delete;
  ~problem() {
    std::printf("%-22s %s, %5d comparisons, worst error: differences %.1e, tapes %.1e\n", name_,
                good_ ? "ok" : "FAILED", comparisons_, worst_difference_, worst_tape_);
    all_good = all_good && good_;
  }

  /// `value` is called with a pointer to numbers of any kind, the versions with plain ones.
  template <class Value>
  void compare(std::size_t size, const numbers& point, const Value& value,
               std::initializer_list<version> versions) {
    const double expected = value(point.data());
    std::vector<evaluated> tapes;
    if (!point.empty()) tapes = {by_adolc(value, point), by_sacado(value, point)};
    const std::size_t stride = point.size() / 500 + 1;
    numbers differences;
    numbers moved = point;
    for (std::size_t i = 0; i < point.size(); i += stride) {
      const double step = 1e-5 * std::max(1.0, std::abs(point[i]));
      moved[i] = point[i] + step;
      const double above = value(moved.data());
      moved[i] = point[i] - step;
      differences.push_back((above - value(moved.data())) / (2 * step));
      moved[i] = point[i];
    }

    for (const version& v : versions) {
      // Every entry must be written, and none after the last.
      constexpr double untouched = 12345;
      numbers gradient(point.size() + 1, std::numeric_limits<double>::quiet_NaN());
      gradient.back() = untouched;
      const double got = v.run(point.data(), gradient.data());
      const std::string what = std::string(v.name) + ", size " + std::to_string(size);
      if (gradient.back() != untouched) fail(what + ": writes past the gradient");
      gradient.pop_back();
      double scale = std::max(1.0, std::abs(expected));
      for (const double g : gradient) scale = std::max(scale, std::abs(g));
      near(what + ": value", got, expected, scale, of_tapes, worst_tape_);
      for (const evaluated& tape : tapes) {
        near(what + ": value of a tape", got, tape.value, scale, of_tapes, worst_tape_);
        for (std::size_t i = 0; i < point.size(); ++i)
          near(what + ": tape, entry " + std::to_string(i), gradient[i], tape.gradient[i], scale,
               of_tapes, worst_tape_);
      }
      for (std::size_t i = 0; i < differences.size(); ++i)
        near(what + ": difference, entry " + std::to_string(i * stride), gradient[i * stride],
             differences[i], scale, of_differences, worst_difference_);
    }
  }

  /// A Hessian times a direction against differences of the gradient along it.
  void compare_product(std::size_t size, const numbers& point, const numbers& direction,
                       const std::function<void(const double*, double*)>& gradient,
                       const std::function<void(double*)>& product) {
    constexpr double step = 1e-5;
    const std::size_t n = point.size();
    numbers moved(n);
    numbers above(n);
    numbers below(n);
    numbers got(n, std::numeric_limits<double>::quiet_NaN());
    for (std::size_t i = 0; i < n; ++i) moved[i] = point[i] + step * direction[i];
    gradient(moved.data(), above.data());
    for (std::size_t i = 0; i < n; ++i) moved[i] = point[i] - step * direction[i];
    gradient(moved.data(), below.data());
    product(got.data());
    double scale = 1;
    for (const double g : got) scale = std::max(scale, std::abs(g));
    for (std::size_t i = 0; i < n; ++i)
      near("size " + std::to_string(size) + ": entry " + std::to_string(i), got[i],
           (above[i] - below[i]) / (2 * step), scale, of_differences, worst_difference_);
  }

  static inline bool all_good = true;

 private:
  void near(const std::string& what, double got, double expected, double scale, double tolerance,
            double& worst) {
    ++comparisons_;
    const double error = std::abs(got - expected) / scale;
    worst = std::max(worst, error);
    if (error <= tolerance) return;  // a NaN is not
    fail(what + ": " + std::to_string(got) + ", expected " + std::to_string(expected));
  }
  void fail(const std::string& what) {
    if (failures_++ < 5) std::fprintf(stderr, "%s, %s\n", name_, what.c_str());
    good_ = false;
  }

  const char* name_;
  bool good_ = true;
  int comparisons_ = 0;
  int failures_ = 0;
  double worst_difference_ = 0;
  double worst_tape_ = 0;
};

void check_sum() {
  namespace f = loops::sum;
  problem p("sum");
  for (const std::size_t n : sizes)
    p.compare(n, random_numbers(n, -2, 2), [=](auto* x) { return f::generic(x, n); },
              {{"scalar", [=](auto* x, auto* g) { return f::scalar(x, n, g); }},
               {"packet", [=](auto* x, auto* g) { return f::packet(x, n, g); }}});
}

void check_product() {
  namespace f = loops::product;
  problem p("product");
  for (const std::size_t n : sizes)
    for (std::size_t zeros = 0; zeros <= std::min<std::size_t>(n, 2); ++zeros) {
      numbers point = random_numbers(n, 0.7, 1.4);
      for (std::size_t k = 0; k < zeros; ++k) point[k * (n - 1)] = 0;
      p.compare(n, point, [=](auto* x) { return f::generic(x, n); },
                {{"scalar", [=](auto* x, auto* g) { return f::scalar(x, n, g); }},
                 {"packet", [=](auto* x, auto* g) { return f::packet(x, n, g); }}});
    }
}

void check_carried() {
  namespace f = loops::carried;
  problem p("carried");
  for (const std::size_t n : sizes)
    p.compare(n, random_numbers(n, 0.7, 1.3), [=](auto* x) { return f::generic(x, n); },
              {{"scalar", [=](auto* x, auto* g) { return f::scalar(x, n, g); }},
               {"packet", [=](auto* x, auto* g) { return f::packet(x, n, g); }}});
}

void check_log_sum_exp() {
  namespace f = loops::log_sum_exp;
  problem p("log_sum_exp");
  for (const std::size_t n : sizes) {
    if (n == 0) continue;
    for (const double offset : {0.0, 1000.0})  // exp(1000) is infinite
      p.compare(n, random_numbers(n, offset - 3, offset + 3),
                [=](auto* x) { return f::generic(x, n); },
                {{"scalar", [=](auto* x, auto* g) { return f::scalar(x, n, g); }},
                 {"packet", [=](auto* x, auto* g) { return f::packet(x, n, g); }}});
  }
}

void check_normal() {
  namespace f = loops::normal;
  problem p("normal");
  for (const std::size_t n : sizes) {
    const numbers data = random_numbers(n, -2, 3);
    const double* y = data.data();
    p.compare(n, {0.4, 1.3}, [=](auto* a) { return f::generic(a[0], a[1], y, n); },
              {{"scalar", [=](auto* a, auto* g) { return f::scalar(a[0], a[1], y, n, g); }},
               {"packet", [=](auto* a, auto* g) { return f::packet(a[0], a[1], y, n, g); }}});
  }
}

void check_regression() {
  namespace f = loops::regression;
  problem p("regression");
  for (const std::size_t n : sizes)
    for (const std::size_t m : {3UL, 8UL, 10UL, 100UL}) {
      const numbers matrix = random_numbers(n * m, -1, 1);
      const numbers data = random_numbers(n, -1, 1);
      const double* X = matrix.data();
      const double* y = data.data();
      p.compare(n, random_numbers(m, -1, 1), [=](auto* w) { return f::generic(w, X, y, n, m); },
                {{"scalar", [=](auto* w, auto* g) { return f::scalar(w, X, y, n, m, g); }},
                 {"packet", [=](auto* w, auto* g) { return f::packet(w, X, y, n, m, g); }}});
    }
}

void check_rosenbrock() {
  namespace f = loops::rosenbrock;
  problem p("rosenbrock");
  for (const std::size_t n : sizes)
    p.compare(n, random_numbers(n, -1.5, 1.5), [=](auto* x) { return f::generic(x, n); },
              {{"scalar", [=](auto* x, auto* g) { return f::scalar(x, n, g); }},
               {"packet", [=](auto* x, auto* g) { return f::packet(x, n, g); }}});
}

void check_huber() {
  namespace f = loops::huber;
  problem p("huber");
  for (const std::size_t n : sizes) {
    const numbers data = random_numbers(n, -1.5, 1.5);
    const double* y = data.data();
    p.compare(n, random_numbers(n, -1.5, 1.5), [=](auto* x) { return f::generic(x, y, n); },
              {{"scalar", [=](auto* x, auto* g) { return f::scalar(x, y, n, g); }},
               {"packet", [=](auto* x, auto* g) { return f::packet(x, y, n, g); }}});
  }
}

void check_stochastic_volatility() {
  namespace f = loops::stochastic_volatility;
  problem p("stochastic_volatility");
  for (const std::size_t n : sizes) {
    const numbers data = random_numbers(n, -1, 1);
    const double* y = data.data();
    numbers point = random_numbers(n, -1.5, 0.5);
    point.insert(point.end(), {-0.4, 0.9, 0.3});
    p.compare(n, point, [=](auto* h) { return f::generic(h, h + n, y, n); },
              {{"scalar", [=](auto* h, auto* g) { return f::scalar(h, h + n, y, n, g, g + n); }},
               {"packet", [=](auto* h, auto* g) { return f::packet(h, h + n, y, n, g, g + n); }}});
  }
}

void check_gather() {
  namespace f = loops::gather;
  problem p("gather");
  for (const std::size_t n : sizes)
    for (const std::size_t groups : {1UL, 5UL, 50UL}) {
      std::vector<int> indices(n);
      for (int& i : indices) i = static_cast<int>(random(0, static_cast<double>(groups)));
      const numbers data = random_numbers(n, -1, 1);
      const int* id = indices.data();
      const double* y = data.data();
      p.compare(n, random_numbers(groups, -1, 1), [=](auto* b) { return f::generic(b, id, y, n); },
                {{"scalar", [=](auto* b, auto* g) { return f::scalar(b, groups, id, y, n, g); }},
                 {"packet", [=](auto* b, auto* g) { return f::packet(b, groups, id, y, n, g); }}});
    }
}

void check_body_16() {
  namespace f = loops::body_16;
  problem p("body_16");
  for (const std::size_t n : sizes) {
    const numbers data = random_numbers(2 * n, -1, 1);
    const double* y = data.data();
    const double* z = y + n;
    p.compare(n, random_numbers(n, -1, 1), [=](auto* x) { return f::generic(x, y, z, n); },
              {{"scalar", [=](auto* x, auto* g) { return f::scalar(x, y, z, n, g); }},
               {"packet", [=](auto* x, auto* g) { return f::packet(x, y, z, n, g); }}});
  }
}

void check_body_32() {
  namespace f = loops::body_32;
  problem p("body_32");
  for (const std::size_t n : sizes) {
    const numbers data = random_numbers(2 * n, -1, 1);
    const double* y = data.data();
    const double* z = y + n;
    p.compare(n, random_numbers(n, -1, 1), [=](auto* x) { return f::generic(x, y, z, n); },
              {{"scalar", [=](auto* x, auto* g) { return f::scalar(x, y, z, n, g); }},
               {"packet", [=](auto* x, auto* g) { return f::packet(x, y, z, n, g); }}});
  }
}

void check_recurrent(std::size_t states, std::size_t inputs, std::size_t steps, problem& p) {
  namespace f = loops::recurrent;
  const double range = 1 / std::sqrt(static_cast<double>(states));
  const numbers data = random_numbers(steps * inputs, -1, 1);
  const double* x = data.data();
  // Everything in one array: W, U, b, h0.
  const std::size_t U = states * states;
  const std::size_t b = U + states * inputs;
  const std::size_t h0 = b + states;
  const auto versions = [=](auto run) {
    return [=](const double* a, double* g) {
      numbers workspace(f::workspace_size(states, inputs, steps));
      return run(a, a + U, a + b, a + h0, x, states, inputs, steps, g, g + U, g + b, g + h0,
                 workspace.data());
    };
  };
  p.compare(steps, random_numbers(h0 + states, -range, range),
            [=]<class T>(const T* a) {
              std::vector<T> workspace(2 * states);
              return f::generic(a, a + U, a + b, a + h0, x, states, inputs, steps,
                                workspace.data());
            },
            {{"scalar", versions([](auto... a) { return f::scalar(a...); })},
             {"packet", versions([](auto... a) { return f::packet(a...); })}});
}

void check_recurrent() {
  problem p("recurrent");
  for (const std::size_t steps : sizes) {
    check_recurrent(1, 1, steps, p);
    check_recurrent(7, 9, steps, p);
    check_recurrent(16, 8, steps, p);
  }
  check_recurrent(16, 8, 200, p);
  check_recurrent(64, 10, 7, p);
}

void check_hessian_vector() {
  namespace f = loops::hessian_vector;
  {
    problem p("rosenbrock, products");
    for (const std::size_t n : sizes) {
      const numbers x = random_numbers(n, -1.5, 1.5);
      const numbers v = random_numbers(n, -1, 1);
      p.compare_product(
          n, x, v, [=](auto* at, auto* g) { loops::rosenbrock::scalar(at, n, g); },
          [&](double* out) { f::rosenbrock(x.data(), v.data(), n, out); });
    }
  }
  {
    problem p("regression, products");
    for (const std::size_t n : sizes) {
      constexpr std::size_t m = 10;
      const numbers X = random_numbers(n * m, -1, 1);
      const numbers y = random_numbers(n, -1, 1);
      const numbers w = random_numbers(m, -1, 1);
      const numbers v = random_numbers(m, -1, 1);
      p.compare_product(
          n, w, v,
          [&](auto* at, auto* g) { loops::regression::scalar(at, X.data(), y.data(), n, m, g); },
          [&](double* out) { f::regression(v.data(), X.data(), n, m, out); });
    }
  }
  {
    problem p("log_sum_exp, products");
    for (const std::size_t n : sizes) {
      const numbers x = random_numbers(n, -3, 3);
      const numbers v = random_numbers(n, -1, 1);
      p.compare_product(
          n, x, v, [=](auto* at, auto* g) { loops::log_sum_exp::scalar(at, n, g); },
          [&](double* out) { f::log_sum_exp(x.data(), v.data(), n, out); });
    }
  }
}

/// Of points, and how many components or centres.
struct dimensions {
  std::size_t d;
  std::size_t k;
};

void check_gaussian_mixture() {
  namespace f = loops::gaussian_mixture;
  problem p("gaussian_mixture");
  constexpr double gamma = 0.8;
  constexpr int m = 2;
  for (const std::size_t n : sizes)
    for (const dimensions& of : {dimensions{1, 1}, {2, 3}, {7, 2}, {10, 5}}) {
      const std::size_t d = of.d;
      const std::size_t k = of.k;
      const numbers data = random_numbers(n * d, -1, 1);
      const double* x = data.data();
      // Everything in one array: alphas, means, factors.
      const std::size_t icf = k + k * d;
      const numbers point = random_numbers(icf + k * d * (d + 1) / 2, -1, 1);
      p.compare(n, point,
                [=]<class T>(const T* a) {
                  std::vector<T> workspace(f::workspace_size(d, k));
                  return f::generic(a, a + k, a + icf, x, n, d, k, gamma, m, workspace.data());
                },
                {{"scalar", [=](const double* a, double* g) {
                    numbers workspace(f::workspace_size(d, k));
                    return f::scalar(a, a + k, a + icf, x, n, d, k, gamma, m, g, g + k, g + icf,
                                     workspace.data());
                  }}});
    }
}

void check_k_means() {
  namespace f = loops::k_means;
  problem p("k_means");
  for (const std::size_t n : sizes)
    for (const dimensions& of : {dimensions{1, 1}, {2, 3}, {10, 5}}) {
      const std::size_t d = of.d;
      const std::size_t k = of.k;
      const numbers data = random_numbers(n * d, -1, 1);
      const double* points = data.data();
      p.compare(n, random_numbers(k * d, -1, 1),
                [=](auto* c) { return f::generic(c, points, n, d, k); },
                {{"scalar", [=](auto* c, auto* g) { return f::scalar(c, points, n, d, k, g); }}});
    }
}

}  // namespace

int main() {
  check_sum();
  check_product();
  check_carried();
  check_log_sum_exp();
  check_normal();
  check_regression();
  check_rosenbrock();
  check_huber();
  check_stochastic_volatility();
  check_gather();
  check_body_16();
  check_body_32();
  check_recurrent();
  check_hessian_vector();
  check_gaussian_mixture();
  check_k_means();
  return problem::all_good ? 0 : 1;
}
