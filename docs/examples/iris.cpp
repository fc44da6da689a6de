// SPDX-License-Identifier: BSL-1.0
// Fits a multinomial logistic regression to Fisher's irises by full-batch gradient descent. The
// loss of one flower is an ordinary function of nested arrays; its gradient has their type.
#include <tapeless/tapeless.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace tl = tapeless;

namespace {

constexpr std::size_t classes = 3;
constexpr std::size_t features = 5;  // four lengths and the constant 1, whose weight is the bias

template <class T>
using vector = std::array<T, features>;
template <class T>
using matrix = std::array<vector<T>, classes>;

struct flower {
  vector<double> measured;
  std::array<double, classes> species;  // one-hot
};

/// Cross-entropy of one flower: logsumexp(scores) - score of its species.
constexpr auto loss = [](const auto& weights, const auto& measured, const auto& species) {
  using std::exp;
  using std::log;
  using T = std::remove_cvref_t<decltype(weights[0][0])>;
  std::array<T, classes> scores{};
  for (std::size_t c = 0; c < classes; ++c)
    for (std::size_t f = 0; f < features; ++f) scores[c] += weights[c][f] * measured[f];
  // The scores are taken relative to that of the first class: the difference is unchanged, and with
  // the standardised features below no exponential comes near overflow.
  T sum = 0.0;
  T own = 0.0;
  for (std::size_t c = 0; c < classes; ++c) {
    const T relative = scores[c] - scores[0];
    sum += exp(relative);
    own += species[c] * relative;
  }
  return log(sum) - own;
};

std::vector<flower> read(const char* path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);  // row and column counts, class names
  std::vector<flower> flowers;
  while (std::getline(file, line)) {
    std::istringstream cells(line);
    flower next{};
    std::size_t species = 0;
    char comma;
    for (std::size_t f = 0; f + 1 < features; ++f) cells >> next.measured[f] >> comma;
    cells >> species;
    if (!cells || species >= classes) return {};
    next.measured[features - 1] = 1;
    next.species[species] = 1;
    flowers.push_back(next);
  }
  return flowers;
}

/// Mean 0 and deviation 1 in every feature but the constant one.
void standardise(std::vector<flower>& flowers) {
  const auto count = static_cast<double>(flowers.size());
  for (std::size_t f = 0; f + 1 < features; ++f) {
    double mean = 0;
    double variance = 0;
    for (const flower& each : flowers) mean += each.measured[f] / count;
    for (const flower& each : flowers) {
      const double distance = each.measured[f] - mean;
      variance += distance * distance / count;
    }
    for (flower& each : flowers) each.measured[f] = (each.measured[f] - mean) / std::sqrt(variance);
  }
}

struct batch_result {
  double loss = 0;
  matrix<double> gradient{};
};

batch_result mean_loss(const matrix<double>& weights, const std::vector<flower>& flowers) {
  batch_result sum;
  for (const flower& each : flowers)
    sum.loss +=
        tl::value_and_grad<0>(loss).add_to(sum.gradient)(weights, each.measured, each.species);
  const auto count = static_cast<double>(flowers.size());
  sum.loss /= count;
  for (auto& row : sum.gradient)
    for (double& entry : row) entry /= count;
  return sum;
}

double accuracy(const matrix<double>& weights, const std::vector<flower>& flowers) {
  std::size_t right = 0;
  for (const flower& each : flowers) {
    std::array<double, classes> scores{};
    for (std::size_t c = 0; c < classes; ++c)
      for (std::size_t f = 0; f < features; ++f) scores[c] += weights[c][f] * each.measured[f];
    const auto best = std::max_element(scores.begin(), scores.end()) - scores.begin();
    if (each.species[static_cast<std::size_t>(best)] > 0) ++right;
  }
  return static_cast<double>(right) / static_cast<double>(flowers.size());
}

/// The complex step: d f / d w is the imaginary part of f(w + ih) / h, exact to rounding because
/// nothing is subtracted. It runs the same loss on complex numbers and knows no derivative rule.
matrix<double> complex_step(const matrix<double>& weights, const std::vector<flower>& flowers) {
  using complex = std::complex<double>;
  constexpr double h = 1e-30;
  matrix<complex> moved{};
  for (std::size_t c = 0; c < classes; ++c)
    for (std::size_t f = 0; f < features; ++f) moved[c][f] = weights[c][f];
  matrix<double> gradient{};
  for (std::size_t c = 0; c < classes; ++c)
    for (std::size_t f = 0; f < features; ++f) {
      moved[c][f] += complex(0, h);
      for (const flower& each : flowers) {
        vector<complex> measured{};
        std::array<complex, classes> species{};
        std::copy(each.measured.begin(), each.measured.end(), measured.begin());
        std::copy(each.species.begin(), each.species.end(), species.begin());
        gradient[c][f] += tl::evaluate(loss)(moved, measured, species).imag() / h /
                          static_cast<double>(flowers.size());
      }
      moved[c][f] = weights[c][f];
    }
  return gradient;
}

bool gradient_agrees(const char* when, const matrix<double>& weights,
                     const std::vector<flower>& flowers) {
  const matrix<double> gradient = mean_loss(weights, flowers).gradient;
  const matrix<double> expected = complex_step(weights, flowers);
  double largest = 0;
  double difference = 0;
  for (std::size_t c = 0; c < classes; ++c)
    for (std::size_t f = 0; f < features; ++f) {
      largest = std::max(largest, std::abs(expected[c][f]));
      difference = std::max(difference, std::abs(gradient[c][f] - expected[c][f]));
    }
  const bool good = largest > 0 && difference <= 1e-10 * largest;
  std::printf("gradient against complex step, %s: %.1e of its largest element: %s\n", when,
              difference / largest, good ? "ok" : "WRONG");
  return good;
}

}  // namespace

int main() {
  std::vector<flower> flowers = read(IRIS_CSV);
  if (flowers.size() != 150) {
    std::printf("cannot read 150 flowers from %s\n", IRIS_CSV);
    return 1;
  }
  standardise(flowers);

  matrix<double> weights{};
  bool good = gradient_agrees("at the start", weights, flowers);
  constexpr int steps = 1000;
  constexpr double rate = 0.5;
  for (int step = 0; step <= steps; ++step) {
    const batch_result now = mean_loss(weights, flowers);
    if (step % 100 == 0)
      std::printf("step %4d  loss %.6f  accuracy %.3f\n", step, now.loss,
                  accuracy(weights, flowers));
    if (step == steps / 2) good = gradient_agrees("in mid-fit", weights, flowers) && good;
    for (std::size_t c = 0; c < classes; ++c)
      for (std::size_t f = 0; f < features; ++f) weights[c][f] -= rate * now.gradient[c][f];
  }
  // 1.0986 is log 3, the loss of knowing nothing
  const bool learned = mean_loss(weights, flowers).loss < 0.07 && accuracy(weights, flowers) > 0.97;
  std::printf("fitted: %s\n", learned ? "ok" : "WRONG");
  return good && learned ? 0 : 1;
}
