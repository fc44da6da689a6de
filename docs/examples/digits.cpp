// SPDX-License-Identifier: BSL-1.0
// Trains a network of 64 inputs, 32 hidden units and 10 outputs on handwritten digits, by
// mini-batches and an optimiser of choice. The first 1437 images train it, the last 360 test it.
#include <tapeless/interop/eigen.hpp>
#include <tapeless/optimize.hpp>
#include <tapeless/tapeless.hpp>

#include <Eigen/Core>
#include <boost/hana/define_struct.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>
#if __has_include(<unistd.h>)
#include <unistd.h>
#endif
#if __has_include(<CLI/CLI.hpp>)
#include <CLI/CLI.hpp>
#define HAS_CLI11
#endif

namespace tl = tapeless;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

constexpr Index pixels = 64, hidden = 32, digits = 10, training = 1437, all = 1797, batch = 32;

// [network]
template <template <class> class Leaf = std::type_identity_t>
struct layer {
  BOOST_HANA_DEFINE_STRUCT(layer, (Leaf<MatrixXd>, W), (Leaf<VectorXd>, b));
};
template <template <class> class Leaf = std::type_identity_t>
struct network {
  BOOST_HANA_DEFINE_STRUCT(network, (layer<Leaf>, first), (layer<Leaf>, second));
};

/// One image in each row.
constexpr auto logits = [](const auto& net, const auto& images) {
  const auto h = tanh(tl::dense(net.first.W, net.first.b, images));
  return tl::dense(net.second.W, net.second.b, h);
};
constexpr auto loss = [](const auto& net, const auto& images, const auto& labels) {
  return tl::softmax_cross_entropy(logits(net, images), labels);
};
// [end]

struct data {
  MatrixXd images;
  std::vector<int> labels;
};

/// Pixels are between 0 and 16; the last column is the digit.
data read(const char* path) {
  data d{MatrixXd(all, pixels), std::vector<int>(static_cast<std::size_t>(all))};
  std::ifstream file(path);
  char comma;
  for (Index i = 0; i < all; ++i) {
    for (Index j = 0; j < pixels; ++j) {
      file >> d.images(i, j) >> comma;
      d.images(i, j) /= 16;
    }
    file >> d.labels[static_cast<std::size_t>(i)];
  }
  if (!file) d.labels.clear();
  return d;
}

/// The share of the images from `first` to before `last` whose digit has the largest logit.
double accuracy(const network<>& net, const data& d, Index first, Index last) {
  MatrixXd scores;
  tl::evaluate(logits).into(scores)(net, d.images.middleRows(first, last - first));
  Index right = 0;
  for (Index i = 0; i < scores.rows(); ++i) {
    Index best = 0;
    scores.row(i).maxCoeff(&best);
    right += best == d.labels[static_cast<std::size_t>(first + i)];
  }
  return static_cast<double>(right) / static_cast<double>(scores.rows());
}

struct options {
  std::string optimizer = "adam";
  std::uint64_t seed = 1;
  int epochs = 60;
  std::string curve;
};

/// False: the program has nothing to do but to return `code`.
bool parse(options& o, int argc, char** argv, int& code) {
#ifdef HAS_CLI11
  CLI::App app("Trains a network on handwritten digits");
  app.add_option("--optimizer", o.optimizer)
      ->check(CLI::IsMember({"sgd", "adagrad", "rmsprop", "adam", "adamw"}))
      ->capture_default_str();
  app.add_option("--seed", o.seed, "of the first weights and the order of the images")
      ->capture_default_str();
  app.add_option("--epochs", o.epochs)->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--curve", o.curve, "file for the epochs with their losses and accuracies");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    code = app.exit(e);
    return false;
  }
  return true;
#else
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--optimizer") o.optimizer = argv[i + 1];
    if (name == "--seed") o.seed = std::strtoull(argv[i + 1], nullptr, 10);
    if (name == "--epochs") o.epochs = std::atoi(argv[i + 1]);
    if (name == "--curve") o.curve = argv[i + 1];
  }
  code = 1;
  return argc % 2 == 1 && o.epochs > 0;
#endif
}

bool is_terminal() {
#if __has_include(<unistd.h>)
  return isatty(STDOUT_FILENO) != 0;
#else
  return false;
#endif
}

template <class Optimizer>
void train(network<>& net, const Optimizer& opt, const data& d, std::mt19937_64& generator,
           const options& o) {
  auto state = opt.init(net);
  network<> gradient = net;
  tl::workspace memory;
  MatrixXd images(batch, pixels);
  std::vector<int> labels;
  std::vector<Index> order(static_cast<std::size_t>(training));
  std::iota(order.begin(), order.end(), Index{0});
  const bool progress = is_terminal();
  std::ofstream curve;
  if (!o.curve.empty()) curve.open(o.curve);

  for (int epoch = 1; epoch <= o.epochs; ++epoch) {
    for (std::size_t i = order.size(); i > 1; --i) {
      const auto j =
          static_cast<std::size_t>(tl::random_uniform(generator) * static_cast<double>(i));
      std::swap(order[i - 1], order[j]);
    }
    double sum = 0;
    for (std::size_t begin = 0; begin < order.size(); begin += batch) {
      const std::size_t size = std::min<std::size_t>(batch, order.size() - begin);
      images.resize(static_cast<Index>(size), pixels);
      labels.resize(size);
      for (std::size_t i = 0; i < size; ++i) {
        images.row(static_cast<Index>(i)) = d.images.row(order[begin + i]);
        labels[i] = d.labels[static_cast<std::size_t>(order[begin + i])];
      }
      // [step]
      const double value = tl::value_and_grad<0>(loss).into(gradient)(memory, net, images, labels);
      tl::require_finite(gradient);
      opt.update(net, gradient, state);
      // [end]
      sum += value * static_cast<double>(size);
    }
    if (!progress && o.curve.empty()) continue;
    const double mean = sum / static_cast<double>(training), right = accuracy(net, d, 0, training);
    if (curve.is_open()) curve << epoch << ' ' << mean << ' ' << right << '\n';
    if (progress) {
      std::printf("\repoch %3d  loss %.4f  training accuracy %.3f ", epoch, mean, right);
      std::fflush(stdout);
    }
  }
  if (progress) std::puts("");
}

}  // namespace

int main(int argc, char** argv) {
  options o;
  int code = 0;
  if (!parse(o, argc, argv, code)) return code;
  const data d = read(DIGITS_CSV);
  if (d.labels.empty()) {
    std::printf("cannot read %td images from %s\n", all, DIGITS_CSV);
    return 1;
  }

  std::mt19937_64 generator(o.seed);
  network<> net{{MatrixXd(hidden, pixels), VectorXd::Zero(hidden)},
                {MatrixXd(digits, hidden), VectorXd::Zero(digits)}};
  tl::glorot_uniform(net.first.W, generator);
  tl::glorot_uniform(net.second.W, generator);
  const auto with = [&](const auto& opt) { train(net, opt, d, generator, o); };
  if (o.optimizer == "sgd") {
    with(tl::sgd({.learning_rate = 0.1, .momentum = 0.9, .nesterov = true}));
  } else if (o.optimizer == "adagrad") {
    with(tl::adagrad({.learning_rate = 0.03}));
  } else if (o.optimizer == "rmsprop") {
    with(tl::rmsprop({.learning_rate = 0.001}));
  } else if (o.optimizer == "adam") {
    with(tl::adam({.learning_rate = 0.003}));
  } else if (o.optimizer == "adamw") {
    with(tl::adamw({.learning_rate = 0.003}));
  } else {
    std::printf("there is no optimizer '%s'\n", o.optimizer.c_str());
    return 1;
  }
  std::printf("test accuracy %.3f\n", accuracy(net, d, training, all));
}
