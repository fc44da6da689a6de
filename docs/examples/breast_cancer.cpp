// SPDX-License-Identifier: BSL-1.0
// Tells benign from malignant tumours: a network of 30 inputs, 16 hidden units and a logistic
// output, by mini-batches and Adam. The first 455 patients train it, the last 114 test it.
#include <tapeless/interop/eigen.hpp>
#include <tapeless/optimize.hpp>
#include <tapeless/tapeless.hpp>

#include <Eigen/Core>
#include <boost/hana/define_struct.hpp>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace tl = tapeless;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

constexpr Index features = 30, hidden = 16, training = 455, all = 569, batch = 35;

// [network]
struct network {
  BOOST_HANA_DEFINE_STRUCT(network, (MatrixXd, W), (VectorXd, b), (VectorXd, v), (double, c));
};
/// One patient in each row; a logit is the logarithm of the odds that the tumour is benign.
constexpr auto logits = [](const auto& net, const auto& patients) {
  const auto h = tanh(tl::dense(tl::get<"W">(net), tl::get<"b">(net), patients));
  return h * tl::get<"v">(net) + tl::get<"c">(net);
};
constexpr auto loss = [](const auto& net, const auto& patients, const auto& benign) {
  return tl::binary_cross_entropy(logits(net, patients), benign);
};
// [end]

struct data {
  MatrixXd patients;
  VectorXd benign;
};

/// The first line says what the others hold; their last column is 1 for benign, 0 for malignant.
/// Features are scaled to mean 0 and variance 1 of those that train.
bool read(data& d, const char* path) {
  d = {MatrixXd(all, features), VectorXd(all)};
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  char comma;
  for (Index i = 0; i < all; ++i) {
    for (Index j = 0; j < features; ++j) file >> d.patients(i, j) >> comma;
    file >> d.benign(i);
  }
  for (Index j = 0; j < features; ++j) {
    const double mean = d.patients.col(j).head(training).mean();
    d.patients.col(j).array() -= mean;
    const double variance = d.patients.col(j).head(training).squaredNorm() / training;
    d.patients.col(j) /= std::sqrt(variance);
  }
  return static_cast<bool>(file);
}

/// The share of the patients from `first` to before `last` whose logit has the right sign.
double accuracy(const network& net, const data& d, Index first, Index last) {
  VectorXd scores;
  tl::evaluate(logits).into(scores)(net, d.patients.middleRows(first, last - first));
  Index right = 0;
  for (Index i = 0; i < scores.size(); ++i) right += (scores(i) > 0) == (d.benign(first + i) > 0.5);
  return static_cast<double>(right) / static_cast<double>(scores.size());
}

void train(network& net, const data& d, std::mt19937_64& generator) {
  const auto opt = tl::adam({.learning_rate = 0.003, .weight_decay = 1e-3});
  auto state = opt.init(net);
  network gradient = net;
  tl::workspace memory;
  MatrixXd patients(batch, features);
  VectorXd benign(batch);
  std::vector<Index> order(static_cast<std::size_t>(training));
  std::iota(order.begin(), order.end(), Index{0});
  for (int epoch = 0; epoch < 30; ++epoch) {
    for (std::size_t i = order.size(); i > 1; --i) {
      const double random = tl::random_uniform(generator) * static_cast<double>(i);
      std::swap(order[i - 1], order[static_cast<std::size_t>(random)]);
    }
    for (std::size_t begin = 0; begin < order.size(); begin += batch) {
      for (Index i = 0; i < batch; ++i) {
        const Index chosen = order[begin + static_cast<std::size_t>(i)];
        patients.row(i) = d.patients.row(chosen);
        benign(i) = d.benign(chosen);
      }
      // [step]
      tl::value_and_grad<0>(loss).into(gradient)(memory, net, patients, benign);
      opt.update(net, gradient, state);
      // [end]
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  data d;
  if (!read(d, BREAST_CANCER_CSV)) {
    std::printf("cannot read %td patients from %s\n", all, BREAST_CANCER_CSV);
    return 1;
  }
  std::mt19937_64 generator(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1);
  network net{MatrixXd(hidden, features), VectorXd::Zero(hidden), VectorXd::Zero(hidden), 0};
  tl::glorot_uniform(net.W, generator);
  train(net, d, generator);
  std::printf("training accuracy %.3f\n", accuracy(net, d, 0, training));
  std::printf("test accuracy %.3f\n", accuracy(net, d, training, all));
}
