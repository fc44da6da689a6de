// SPDX-License-Identifier: BSL-1.0
// A group of the table of loops: one problem of one size, several variants, the same data for each.
#pragma once
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace bench::loops {

inline constexpr std::size_t sizes[] = {10, 100, 1000, 10'000, 1'000'000};

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

/// Numbers at an address that is the same in every run. No two begin at the same distance from a
/// page: a load would wait for a store to another array that has the same twelve last bits.
class numbers {
 public:
  explicit numbers(std::size_t n) : size_(n) {
    static std::size_t made = 0;
    constexpr std::size_t page = 4096;
    const std::size_t skip = made++ % 8 * 5 * 64;  // whole cache lines
    const std::size_t bytes = n * sizeof(double) + skip;
    memory_.reset(std::aligned_alloc(page, (bytes / page + 1) * page));
    data_ = reinterpret_cast<double*>(static_cast<char*>(memory_.get()) + skip);
    std::fill(data_, data_ + n, 0.0);
  }
  numbers(std::size_t n, uniform& random, double low, double high) : numbers(n) {
    for (std::size_t i = 0; i < n; ++i) data_[i] = random(low, high);
  }

  double* data() { return data_; }
  const double* data() const { return data_; }
  std::size_t size() const { return size_; }
  double& operator[](std::size_t i) { return data_[i]; }
  double operator[](std::size_t i) const { return data_[i]; }

 private:
  struct release {
    void operator()(void* memory) const { std::free(memory); }
  };
  std::unique_ptr<void, release> memory_;
  double* data_;
  std::size_t size_;
};

// Not inlined: the compiler sees a variant without its data and without the loop around it, and a
// call costs all of them the same. The tag makes a second, separate copy of the code.
template <int Tag, class Variant>
[[gnu::noinline]] double call(const Variant& variant, double* gradient) {
  return variant(gradient);
}

/// A variant writes the gradient and returns the value; what has no value returns 0.
class group {
 public:
  group(std::string name, std::size_t elements, std::size_t gradient_size)
      : name_(std::move(name)), elements_(elements), gradient_(gradient_size) {}

  template <class Variant>
  void scalar(Variant v) {
    reference("scalar", v);
  }
  /// What all others are compared with. It comes first, twice: the second copy, `control`, shows
  /// what differences mean nothing.
  template <class Variant>
  void reference(const std::string& label, Variant v) {
    const auto start = std::chrono::steady_clock::now();
    value_ = call<0>(v, gradient_.data());
    const auto end = std::chrono::steady_clock::now();
    // Where a call takes that long, a few are enough.
    repetitions_ = end - start > std::chrono::milliseconds(20) ? 3 : 9;
    expected_.assign(gradient_.data(), gradient_.data() + gradient_.size());
    measured<0>(label, v);
    measured<1>("control", v);
  }

  /// The value alone, by hand.
  template <class Variant>
  void primal(Variant v) {
    const double value = v();
    if (!near("value", value, value_, std::max(1.0, std::abs(value_)))) std::exit(1);
    measured<0>("primal", [v](double*) { return v(); });
  }

  template <class Variant>
  void add(const std::string& label, Variant v) {
    add(label, v, [](double*) {});
  }
  /// `finish` brings what the variant keeps elsewhere into the gradient, for the comparison.
  template <class Variant, class Finish>
  void add(const std::string& label, Variant v, Finish finish) {
    std::fill(gradient_.data(), gradient_.data() + gradient_.size(),
              std::numeric_limits<double>::quiet_NaN());
    const double value = call<0>(v, gradient_.data());
    finish(gradient_.data());
    check(label, value);
    measured<0>(label, v);
  }

 private:
  template <int Tag, class Variant>
  void measured(const std::string& label, Variant v) {
    const std::string full = name_ + "/" + label;
    benchmark::RegisterBenchmark(full.c_str(),
                                 [this, v](benchmark::State& state) {
                                   for (auto _ : state) {
                                     double value = call<Tag>(v, gradient_.data());
                                     benchmark::DoNotOptimize(value);
                                   }
                                   state.counters["elements"] = static_cast<double>(elements_);
                                 })
        ->Repetitions(repetitions_)
        ->MinTime(0.01);
  }

  /// A fast wrong gradient is no result.
  void check(const std::string& label, double value) const {
    double scale = 1;
    for (const double e : expected_) scale = std::max(scale, std::abs(e));
    bool good = near("value", value, value_, std::max(1.0, std::abs(value_)));
    for (std::size_t i = 0; good && i < expected_.size(); ++i)
      good = near("entry " + std::to_string(i), gradient_[i], expected_[i], scale);
    if (good) return;
    std::fprintf(stderr, "%s/%s disagrees with the code by hand\n", name_.c_str(), label.c_str());
    std::exit(1);
  }
  static bool near(const std::string& what, double got, double expected, double scale) {
    if (std::abs(got - expected) <= 1e-10 * scale) return true;  // a NaN is not
    std::fprintf(stderr, "%s: %.17g, by hand %.17g\n", what.c_str(), got, expected);
    return false;
  }

  std::string name_;
  std::size_t elements_;
  numbers gradient_;
  double value_ = 0;
  std::vector<double> expected_;
  int repetitions_ = 9;
};

/// The groups of an executable. `--groups` prints their names; otherwise the first argument names
/// the one to measure, for which alone data are made.
class suite {
 public:
  /// `measure` makes data, adds the variants to a group and calls `run`.
  void add(const std::string& problem, const std::string& size,
           std::function<void(const std::string& name)> measure) {
    groups_.emplace_back(problem + "/" + size, std::move(measure));
  }
  void add(const std::string& problem, std::size_t size,
           std::function<void(const std::string& name)> measure) {
    add(problem, std::to_string(size), std::move(measure));
  }

  int main(int argc, char** argv) {
    const std::string wanted = argc > 1 ? argv[1] : "";
    if (wanted == "--groups") {
      for (const auto& known : groups_) std::puts(known.first.c_str());
      return 0;
    }
    for (const auto& [name, measure] : groups_) {
      if (name != wanted) continue;
      arguments_.assign(argv + 1, argv + argc);
      measure(name);
      return status_;
    }
    std::fprintf(stderr, "usage: %s --groups | GROUP [flags of Google Benchmark]\n", argv[0]);
    return 2;
  }

  void run() {
    static char interleaved[] = "--benchmark_enable_random_interleaving=true";
    arguments_.push_back(interleaved);
    int argc = static_cast<int>(arguments_.size());
#if defined(__clang__)
    benchmark::AddCustomContext("compiler", "clang " __clang_version__);
#else
    benchmark::AddCustomContext("compiler", "gcc " __VERSION__);
#endif
    benchmark::AddCustomContext("flags", TAPELESS_BENCHMARK_FLAGS);
    benchmark::Initialize(&argc, arguments_.data());
    status_ = benchmark::ReportUnrecognizedArguments(argc, arguments_.data()) ? 1 : 0;
    if (status_ == 0) benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
  }

 private:
  std::vector<std::pair<std::string, std::function<void(const std::string&)>>> groups_;
  std::vector<char*> arguments_;
  int status_ = 0;
};

}  // namespace bench::loops
