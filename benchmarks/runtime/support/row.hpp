// SPDX-License-Identifier: BSL-1.0
// A row of the runtime table: one problem, several variants, the same data for each of them.
#pragma once
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace bench {

/// One point to evaluate at: N numbers that the gradient is taken of, M numbers that it is not.
template <std::size_t N, std::size_t M = 0>
struct input {
  static constexpr std::size_t active_count = N;
  static constexpr std::size_t passive_count = M;
  std::array<double, N> active;
  std::array<double, M> passive;
};

/// What the hand-written variants and the rivals return. The library's variants return the
/// library's own result, so that no variant pays for a conversion.
template <std::size_t N>
struct result {
  double value;
  std::array<double, N> gradient;
};

/// The library's own results are given to `add` together with a function that makes this of them.
using flat = std::vector<double>;
inline flat flatten(double value) { return {value}; }
template <std::size_t N>
flat flatten(const result<N>& r) {
  flat out{r.value};
  out.insert(out.end(), r.gradient.begin(), r.gradient.end());
  return out;
}

/// Enough points that no branch predictor or compiler learns one of them, few enough for L1.
inline constexpr std::size_t point_count = 16;
template <class Input>
using points = std::array<Input, point_count>;

/// A fixed sequence that does not depend on the standard library (splitmix64).
class uniform {
 public:
  explicit uniform(std::uint64_t seed) : state_(seed) {}
  double operator()(double low, double high) {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return low + (high - low) * (static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53);
  }

 private:
  std::uint64_t state_;
};

/// Forces an object into memory and forgets what memory holds. benchmark::DoNotOptimize offers the
/// compiler a choice of registers, which the two compilers use differently; this has one outcome.
template <class T>
[[gnu::always_inline]] inline void keep(T& object) {
  asm volatile("" : : "r"(&object) : "memory");
}

// flatten: otherwise the compilers choose for each variant whether it is inlined here, and a call
// more or less is visible in the smallest rows. The tag makes a second, separate copy of the code.
template <int Tag, class Input, class Variant>
[[gnu::flatten]] void measure(benchmark::State& state, const points<Input>& inputs,
                              const Variant& variant) {
  const Input* point = inputs.data();
  const Input* const end = point + inputs.size();
  keep(point);
  for (auto _ : state) {
    auto out = variant(*point);
    keep(out);
    if (++point == end) point = inputs.data();
  }
}

template <class Input>
class row {
 public:
  using variant = flat (*)(const Input&);

  row(std::string name, const points<Input>& inputs) : name_(std::move(name)), inputs_(inputs) {}

  /// The reference of the row, twice: the second copy, `control`, shows what differences mean
  /// nothing.
  template <class Variant>
  void hand_written(Variant v) {
    for (const Input& point : inputs_) expected_.push_back(flatten(v(point)));
    add_measured<0>("hand_written", v);
    add_measured<1>("control", v);
  }

  template <class Variant>
  void add(const std::string& label, Variant v) {
    add(label, v, [](const auto& r) { return flatten(r); });
  }

  template <class Variant, class Flatten>
  void add(const std::string& label, Variant v, Flatten flatten_result) {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      auto out = v(inputs_[i]);
      check(label, expected_[i], flatten_result(out));
    }
    add_measured<0>(label, v);
  }

 private:
  template <int Tag, class Variant>
  void add_measured(const std::string& label, Variant v) {
    const std::string full = name_ + "/" + label;
    benchmark::RegisterBenchmark(full.c_str(), [inputs = inputs_, v](benchmark::State& state) {
      measure<Tag>(state, inputs, v);
    });
  }

  /// A fast wrong gradient is no result. The floor, which has the value alone, compares that.
  void check(const std::string& label, const flat& expected, const flat& got) const {
    double scale = 1;
    for (const double e : expected) scale = std::max(scale, std::abs(e));
    bool good = got.size() == expected.size() || got.size() == 1;
    for (std::size_t i = 0; good && i < got.size(); ++i) {
      good = std::abs(got[i] - expected[i]) <= 1e-10 * scale;
      if (!good)
        std::fprintf(stderr, "component %zu: %.17g, by hand %.17g\n", i, got[i], expected[i]);
    }
    if (good) return;
    std::fprintf(stderr, "%s/%s disagrees with hand_written\n", name_.c_str(), label.c_str());
    std::abort();
  }

  std::string name_;
  points<Input> inputs_;
  std::vector<flat> expected_;
};

inline int run(int argc, char** argv) {
#if defined(__clang__)
  benchmark::AddCustomContext("compiler", "clang " __clang_version__);
#else
  benchmark::AddCustomContext("compiler", "gcc " __VERSION__);
#endif
  benchmark::AddCustomContext("flags", TAPELESS_BENCHMARK_FLAGS);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

}  // namespace bench
