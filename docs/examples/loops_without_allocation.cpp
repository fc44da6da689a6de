// SPDX-License-Identifier: BSL-1.0
// The examples of docs/how-to/loops-without-allocation.md, in the order of the page.
#include <tapeless/tapeless.hpp>

#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <span>
#include <tuple>
#include <vector>

namespace tl = tapeless;

// [count]
int allocations = 0;
volatile double used = 0;  // so that no call is left out
void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

/// How many times one more call allocates.
template <class F>
int allocations_of(const F& call) {
  used = call();
  const int before = allocations;
  used = call();
  return allocations - before;
}
// [end]

// [functions]
constexpr auto norm = [](auto x) { return tl::sum(x.size(), [&](auto i) { return x[i] * x[i]; }); };

constexpr auto soft_max = [](auto x) {
  return tl::logsumexp(x.size(), [&](auto i) { return x[i]; });
};
// one value a step, and a gradient of one element a step
constexpr auto decay = [](auto x) {
  return tl::fold(x.size(), 0.5, [&](auto c, auto i) { return sin(c) + x[i]; });
};
// two values a step
constexpr auto spring = [](auto x) {
  const auto [end, speed] = tl::fold(x.size(), std::tuple{1, 0}, [&](auto state, auto i) {
    auto [p, v] = state;
    return std::tuple{p + 0.1 * v, v - 0.1 * (sin(p) + v * v) + x[i]};
  });
  return end * end + speed * speed;
};
// each element is read at two indices
constexpr auto waves = [](auto x) {
  const auto s = tl::generate(x.size(), [&](auto i) { return sin(x[i]); });
  return tl::sum(x.size() - 1, [&](auto i) { return s[i] * s[i + 1]; });
};
// and where they are products
constexpr auto areas = [](auto x) {
  const auto s = tl::generate(x.size(), [&](auto i) { return x[i] * x[i]; });
  return tl::sum(x.size() - 1, [&](auto i) { return s[i] * s[i + 1]; });
};
// [end]

namespace {

template <class F>
void report(const char* name, const F& f, const std::vector<double>& x) {
  std::vector<double> gradient(x.size());
  std::printf("%-9s returned %d  into %d  add_to %d  value alone %d\n", name,
              allocations_of([&] { return tl::value_and_grad(f)(x).gradient[0]; }),
              allocations_of([&] { return tl::value_and_grad(f).into(gradient)(x); }),
              allocations_of([&] { return tl::value_and_grad(f).add_to(gradient)(x); }),
              allocations_of([&] { return tl::evaluate(f)(x); }));
}

void table() {
  const std::vector<double> x(100, 0.3);
  report("norm", norm, x);
  report("soft_max", soft_max, x);
  report("decay", decay, x);
  report("spring", spring, x);
  report("waves", waves, x);
  report("areas", areas, x);
}

void fixed() {
  // [fixed]
  double x[100] = {}, gradient[100];
  const auto call = tl::value_and_grad(spring).into(gradient);
  std::printf("%d\n", allocations_of([&] { return call(x); }));
  // [end]
}

void narrow() {
  // [narrow]
  std::vector<double> x(100, 0.3);
  std::vector<float> gradient(100);
  const auto call = tl::value_and_grad(decay).into(gradient);
  std::printf("%d\n", allocations_of([&] { return call(x); }));
  // [end]
}

void workspace() {
  // [workspace]
  std::vector<double> x(100, 0.3), gradient(100);
  tl::workspace memory(tl::value_and_grad(spring).workspace_size(x));
  const auto call = tl::value_and_grad(spring).into(gradient);
  std::printf("%d\n", allocations_of([&] { return call(memory, x); }));
  // [end]
}

void transforms() {
  // [transforms]
  const std::vector<double> x(100, 0.3), u(100, 1.0);
  std::vector<double> gradient(100), product(100);
  tl::workspace memory(10'000);

  const auto value = tl::evaluate(waves);
  std::printf("evaluate %d\n", allocations_of([&] { return value(memory, x); }));

  const std::span at(x), along(u);  // a tuple of vectors would copy them
  const auto tangent = tl::jvp(waves);
  std::printf("jvp      %d\n", allocations_of([&] {
                return tangent(memory, std::tuple{at}, std::tuple{along}).tangent;
              }));
  const auto hessian = tl::jvp(tl::grad(waves)).into(gradient, product);
  std::printf("Hessian  %d\n", allocations_of([&] {
                hessian(memory, std::tuple{at}, std::tuple{along});
                return product[0];
              }));
  const auto both = tl::vjp(waves);
  std::printf("vjp      %d\n", allocations_of([&] {
                const auto [result, pullback] = both(memory, at);
                pullback.into(gradient)(memory, 1.0);
                return result;
              }));
  // [end]
}

}  // namespace

int main() {
  std::puts("[table]");
  table();
  std::puts("[fixed]");
  fixed();
  std::puts("[narrow]");
  narrow();
  std::puts("[workspace]");
  workspace();
  std::puts("[transforms]");
  transforms();
}
