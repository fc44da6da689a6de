// SPDX-License-Identifier: BSL-1.0
// What is allocated: nothing by numbers and by arrays whose sizes are part of their types, nothing
// by .into where a program needs no memory of its own or gets it.

#include "../../../benchmarks/loops/losses.hpp"

#include <tapeless/optimize.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <random>
#include <support/catch.hpp>
#include <tuple>
#include <vector>
#if __has_include(<Eigen/Core>)
#include <tapeless/interop/eigen.hpp>

#include <Eigen/Core>
#define HAS_EIGEN
#endif
#if __has_include(<xsimd/xsimd.hpp>)
#include <tapeless/interop/simd.hpp>
#define HAS_PACKETS
#endif

// What a sanitizer replaces is left to it.
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif

namespace {
int allocations = 0;
}

// Counts what this whole program allocates, by `new` and by C's functions.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* p = std::malloc(size)) return p;
  std::abort();
}
// The standard's own would not pair with the one below under a sanitizer.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
// Not inlined: g++ would take `free` of what `new` returned for a mistake.
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }
// A sanitizer's own would not call those above.
void* operator new[](std::size_t size) { return operator new(size); }
[[gnu::noinline]] void operator delete[](void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete[](void* p, std::size_t) noexcept { std::free(p); }

#if defined(__GLIBC__) && !defined(SANITIZED)
#define COUNTS_MALLOC
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t size) noexcept {
  ++allocations;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) noexcept {
  ++allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* p, std::size_t size) noexcept {
  ++allocations;
  return __libc_realloc(p, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  ++allocations;
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** p, std::size_t alignment, std::size_t size) noexcept {
  ++allocations;
  *p = __libc_memalign(alignment, size);
  return *p == nullptr;
}
}
#endif

namespace {

namespace tl = tapeless;
using namespace bench::loops;

volatile double used = 0;  // no call is left out

/// Whether a call allocates: `new` counts twice where malloc counts too.
template <class F>
bool allocates(const F& call) {
  const int before = allocations;
  used = call();
  return allocations != before;
}

constexpr auto h = [](auto a, auto b) { return a * a * b; };
constexpr auto dot = [](auto p, auto q) {
  auto s = 0 * p[0];
  for (std::size_t i = 0; i < p.size(); ++i) s += p[i] * q[i];
  return s;
};
constexpr tl::variable<"x"> x;

// Two arrays that are read at other indices than their own, a history of two carries: the gradient
// needs memory.
constexpr auto stored = [](auto a) {
  const auto s = tl::generate(a.size(), [&](auto i) { return sin(a[i]); });
  const auto [p, q] = tl::fold(a.size() - 1, std::tuple{a[0], 0.5}, [&](auto c, auto i) {
    const auto [l, r] = c;
    return std::tuple{sin(l * s[i + 1]) + r, l * r + s[i]};
  });
  return p * q;
};
constexpr auto with_branches = [](auto a) {
  return tl::prod(a.size(), [&](auto i) {
    return tl::cond(
        a[i] > 0.5, [&] { return tl::max(i + 1, [&](auto j) { return a[j] * a[i]; }); },
        [&] { return exp(a[i]); });
  });
};

constexpr std::size_t n = 40;

/// Of arrays of n elements in any form: value and gradient by .into.
template <class F, class Out, class... A>
bool gradient_allocates(const F& f, Out& out, const A&... a) {
  return allocates([&] { return tl::value_and_grad<0>(f).into(out)(a...); });
}

}  // namespace

TEST_CASE("allocations are counted") {
  CHECK(allocates([] { return std::vector<double>(3, 1.0)[1]; }));
#if defined(COUNTS_MALLOC)
  CHECK(allocates([] {
    void* volatile p = std::malloc(8);
    std::free(p);
    return 0;
  }));
  CHECK(allocates([] {
    void* volatile p = std::calloc(2, 8);
    p = std::realloc(p, 1000);
    std::free(p);
    return 0;
  }));
#endif
}

TEST_CASE("nothing is allocated") {
  const std::array p{1.0, 2.0, 3.0}, q{4.0, 5.0, 6.0};
  std::array<double, 3> gp{}, gq{};
  const double c = 2.5;
  double sum = 0;
  CHECK(!allocates([&] {
    sum = tl::value_and_grad(dot).into(gp, gq)(p, q);
    sum += tl::evaluate(h)(3.0, 2.0);
    sum += tl::vjp(h, 3.0, 2.0).pullback(1.0) == std::tuple{12.0, 9.0};
    sum += tl::jvp(h, std::tuple{3.0, 2.0}, std::tuple{1.0, 0.0}).tangent;
    sum += tl::grad([c](auto t) { return c * t * t; })(3.0);
    sum += tl::grad(c * x * x)(x = 3.0)[x];
    sum += tl::grad(tl::grad(tl::bind_back(h, 2.0)))(3.0);
    return sum;
  }));
  CHECK(sum == 32 + 18 + 1 + 12 + 15 + 15 + 4);
}

TEST_CASE("nothing is allocated by loops over arrays whose sizes are types") {
  std::array<double, n> a{}, b{}, u{};
  for (std::size_t i = 0; i < n; ++i) {
    a[i] = 0.02 * static_cast<double>(i), b[i] = 1 - a[i], u[i] = 0.5;
  }
  CHECK(!allocates([&] { return tl::evaluate(stored)(a); }));
  CHECK(!allocates([&] { return tl::grad(stored)(a)[1]; }));
  CHECK(!gradient_allocates(stored, b, a));
  CHECK(!allocates([&] { return tl::value_and_grad(stored).add_to(b)(a); }));
  CHECK(!allocates([&] { return tl::vjp(stored, a).pullback(2.0)[1]; }));
  const auto in_u = [&](const auto& f) { return tl::jvp(f, std::tuple{a}, std::tuple{u}); };
  CHECK(!allocates([&] { return in_u(stored).tangent; }));
  CHECK(!allocates([&] { return in_u(tl::grad(stored)).tangent[1]; }));
  CHECK(!gradient_allocates(log_sum_exp_of{}, b, a));
  CHECK(!gradient_allocates(with_branches, b, a));
  CHECK(tl::value_and_grad(stored).workspace_size(a) == 0);

  std::array<std::array<double, 5>, n> X{};
  std::array<double, 5> w{}, g{};
  const auto least_squares = [](auto v, auto M, auto t) {
    return tl::sum(M.size(), [&](auto i) {
      return tl::square(tl::sum(v.size(), [&](auto j) { return M[i][j] * v[j]; }) - t[i]);
    });
  };
  CHECK(!gradient_allocates(least_squares, g, w, X, b));
  CHECK(!allocates([&] { return std::get<1>(tl::grad(least_squares)(w, X, b))[1][2]; }));
}

TEST_CASE("nothing is allocated by .into where a program stores nothing") {
  const std::vector<double> a(n, 0.3), b(n, 0.4), X(5 * n, 0.1), w(5, 0.2);
  std::vector<double> g(n);
  const std::vector<int> id(n, 3);
  CHECK(!gradient_allocates(log_sum_exp_of{}, g, a));
  CHECK(!gradient_allocates(carried_loss{}, g, a));
  CHECK(!gradient_allocates(rosenbrock_loss{}, g, a));
  CHECK(!gradient_allocates(gather_loss{}, g, a, id, b));
  CHECK(!gradient_allocates(stochastic_volatility_log_density{}, g, a, 0.1, 0.9, 0.3, b));
  double of_mean = 0, of_scale = 0;
  CHECK(!allocates([&] {
    return tl::value_and_grad<0, 1>(normal_log_density{}).into(of_mean, of_scale)(0.1, 0.9, a);
  }));
  CHECK(!allocates([&] { return tl::value_and_grad(rosenbrock_loss{}).add_to(g)(a); }));
  CHECK(!allocates([&] { return tl::evaluate(log_sum_exp_of{})(a); }));
}

TEST_CASE("least squares stores nothing, whatever the number of rows") {
  const regression_loss f;
  std::vector<double> g(10);
  tl::workspace unused;
  for (const std::size_t rows : {0UL, 1UL, 7UL, 100UL, 10'000UL}) {
    const std::vector<double> w(10, 0.2), X(10 * rows, 0.1), b(rows, 0.4);
    const auto matrix = tl::view(X.data(), rows, 10);
    CHECK(tl::value_and_grad<0>(f).workspace_size(w, matrix, b) == 0);
    CHECK(!gradient_allocates(f, g, w, matrix, b));
#if defined(HAS_PACKETS)
    CHECK(tl::value_and_grad<0>(f, tl::simd).workspace_size(w, matrix, b) == 0);
    CHECK(!allocates([&] { return tl::value_and_grad<0>(f, tl::simd).into(g)(w, matrix, b); }));
#endif
    CHECK(!allocates([&] { return tl::value_and_grad<0>(f).add_to(g)(unused, w, matrix, b); }));
  }
  CHECK(unused.size() == 0);
}

TEST_CASE("a workspace is allocated once; without one each call allocates") {
  const std::vector<double> a(n, 0.3), shorter(n / 2, 0.3);
  std::vector<double> g(n);
  const auto f = tl::value_and_grad(stored);
  REQUIRE(f.workspace_size(a) > f.workspace_size(shorter));
  REQUIRE(f.workspace_size(shorter) > 0);
  CHECK(gradient_allocates(stored, g, a));
  tl::workspace memory(f.workspace_size(a));
  CHECK(!allocates([&] { return f.into(g)(memory, a); }));
  CHECK(!allocates([&] { return f.into(g)(memory, shorter); }));  // g becomes smaller
  CHECK(!allocates([&] { return f.into(g)(memory, a); }));
  CHECK(memory.size() == f.workspace_size(a));
  tl::workspace grows;
  CHECK(allocates([&] { return f.into(g)(grows, a); }));
  CHECK(!allocates([&] { return f.into(g)(grows, a); }));
}

TEST_CASE("the workspace of a Gaussian mixture does not grow with the number of points") {
  constexpr std::size_t d = 3, k = 4;
  const std::vector<double> alphas(k, 0.2), means(k * d, 0.1), q(k * d, -0.1),
      below(k * d * d, 0.05);
  std::vector<double> of_alphas(k), of_means(k * d), of_q(k * d), of_below(k * d * d);
  auto out_means = tl::view(of_means.data(), k, d), out_q = tl::view(of_q.data(), k, d),
       out_below = tl::view(of_below.data(), k * d, d);
  const auto f = tl::value_and_grad<0, 1, 2, 3>(gaussian_mixture_loss{});
  const auto size = [&](std::size_t points, const std::vector<double>& data) {
    return f.workspace_size(alphas, tl::view(means.data(), k, d), tl::view(q.data(), k, d),
                            tl::view(below.data(), k * d, d), tl::view(data.data(), points, d), 0.8,
                            2.0);
  };
  const std::vector<double> data(10'000 * d, 0.3);
  const std::size_t of_one = size(1, data);
  CHECK(of_one > 0);
  // A few numbers for each number of a component.
  CHECK(of_one <= sizeof(double) * 8 * k * (d * d + d + 1));
  tl::workspace memory(of_one);
  for (const std::size_t points : {0UL, 1UL, 2UL, 33UL, 1000UL, 10'000UL}) {
    CHECK(size(points, data) <= of_one);
    CHECK(!allocates([&] {
      return f.into(of_alphas, out_means, out_q, out_below)(
          memory, alphas, tl::view(means.data(), k, d), tl::view(q.data(), k, d),
          tl::view(below.data(), k * d, d), tl::view(data.data(), points, d), 0.8, 2.0);
    }));
  }
  CHECK(size(10'000, data) == of_one);
}

TEST_CASE("a training step allocates nothing after init, of static sizes nothing at all") {
  constexpr auto loss = [](auto q) { return std::get<0>(q) * sum(square(std::get<1>(q))); };
  const auto steps = [&](auto& p, auto& g, const auto& opt, auto& state) {
    return allocates([&] {
      double length = 0;
      for (int i = 0; i < 3; ++i) {
        tl::value_and_grad(loss).into(g)(p);
        tl::require_finite(g);
        length += tl::clip_by_global_norm(g, 1);
        opt.update(p, g, state, tl::cosine_schedule{}(state.step));
      }
      return length;
    });
  };
  const auto each = [&](const auto& initial, bool fixed) {
    const auto run = [&](const auto& opt) {
      auto p = initial, g = initial;
      const int before = allocations;
      auto state = opt.init(p);
      if (fixed) CHECK(allocations == before);
      CHECK(!steps(p, g, opt, state));
    };
    run(tl::sgd({.momentum = 0.9, .nesterov = true}));
    run(tl::adagrad());
    run(tl::rmsprop({.momentum = 0.9, .centered = true}));
    run(tl::adam());
    run(tl::adamw());
  };
  each(std::tuple{2.0, std::vector<double>(n, 1.0)}, false);
  each(std::tuple{2.0, std::array<double, 3>{1, 2, 3}}, true);
}

#if defined(HAS_EIGEN)
namespace {

/// What Adam makes of a network's weights in `steps` steps; whether those after the first allocate.
/// Every second batch is smaller, as the last of an epoch.
auto trained(std::uint64_t seed, int steps, bool& allocated) {
  using Eigen::MatrixXd, Eigen::VectorXd;
  constexpr auto loss = [](const auto& weights, auto images, auto digits) {
    const auto& [W, b, V, c] = weights;
    const auto hidden = tanh(tl::dense(W, b, images));
    return tl::softmax_cross_entropy(tl::dense(V, c, hidden), digits);
  };
  std::mt19937_64 generator(seed);
  std::tuple net(MatrixXd(32, 64), VectorXd(VectorXd::Zero(32)), MatrixXd(10, 32),
                 VectorXd(VectorXd::Zero(10)));
  tl::glorot_uniform(std::get<0>(net), generator);
  tl::glorot_uniform(std::get<2>(net), generator);
  const auto pixel = [&] { return tl::random_uniform(generator); };
  const MatrixXd batches[]{MatrixXd::NullaryExpr(32, 64, pixel),
                           MatrixXd::NullaryExpr(29, 64, pixel)};
  std::vector<int> labels[]{std::vector<int>(32), std::vector<int>(29)};
  for (std::vector<int>& some : labels) {
    for (int& label : some) label = static_cast<int>(10 * tl::random_uniform(generator));
  }
  auto gradient = net;
  const auto optimizer = tl::adam({.learning_rate = 0.01});
  auto state = optimizer.init(net);
  tl::workspace memory;
  for (int i = 0; i < steps; ++i) {
    const auto k = static_cast<std::size_t>(i % 2);
    const bool any = allocates([&] {
      const double value =
          tl::value_and_grad<0>(loss).into(gradient)(memory, net, batches[k], labels[k]);
      tl::require_finite(gradient);
      optimizer.update(net, gradient, state);
      return value;
    });
    if (i == 0) CHECK(any);  // memory grows
    allocated = i > 0 && (allocated || any);
  }
  return tl::flatten(net);
}

}  // namespace

TEST_CASE(
    "training a network of Eigen's matrices allocates in the first step alone, is repeatable") {
  bool allocated = true;
  const std::vector<double> once = trained(1, 7, allocated);
  CHECK(!allocated);
  CHECK(once.size() == 32 * 64 + 32 + 10 * 32 + 10);
  // Elsewhere in memory.
  const std::vector<double> gap(1001);
  CHECK(trained(1, 7, allocated) == once);
  CHECK(trained(2, 7, allocated) != once);
}
#endif
